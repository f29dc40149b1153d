//! Edits as before/edit/after files, and reading, in examples. The laws are in [`laws`], those of many edits and of
//! quick reading in [`many`].

use super::*;

pub(crate) mod laws;
mod many;

/// A case is a folder with the bytes before, an edit script and the bytes after. The script has one
/// word and its rest a line: `credentials` (for that kind of file), then `profile`, `sso-session` or
/// `remove-profile` with a name, `set KEY = VALUE`, `remove KEY`, and `refused` with how the reason starts.
fn check(before: &[u8], script: &str, after: &[u8]) {
    let kind = if script.starts_with("credentials") { FileKind::Credentials } else { FileKind::Config };
    let mut file = ConfigFile::parse(before, kind).unwrap();
    assert_eq!(file.to_bytes(), before);
    let (mut verb, mut name, mut changes, mut refused) = ("", "", Vec::new(), None);
    for line in script.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("credentials", "") => {}
            ("set", rest) => {
                let (key, value) = rest.split_once(" = ").unwrap();
                changes.push((key, Some(value)));
            }
            ("remove", key) => changes.push((key, None)),
            ("refused", reason) => refused = Some(reason),
            (word, rest) => (verb, name) = (word, rest),
        }
    }
    let outcome = match verb {
        "profile" => file.set_profile(name, &changes),
        "sso-session" => file.set_sso_session(name, &changes),
        "remove-profile" => file.remove_profile(name),
        other => panic!("no such verb: {other}"),
    };
    match refused {
        Some(reason) => assert!(outcome.unwrap_err().to_string().starts_with(reason)),
        None => outcome.unwrap(),
    }
    assert_eq!(String::from_utf8_lossy(&file.to_bytes()), String::from_utf8_lossy(after));
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(
                include_bytes!(concat!("cases/", stringify!($name), "/before")),
                include_str!(concat!("cases/", stringify!($name), "/edit")),
                include_bytes!(concat!("cases/", stringify!($name), "/after")),
            );
        }
    )*};
}

cases! {
    aligned_columns
    byte_order_mark
    byte_order_mark_remove_first
    colon
    comments_stay
    credentials
    credentials_new
    crlf
    default_in_both_forms
    duplicate_key
    duplicate_key_removed
    duplicate_section
    empty_file
    empty_file_default
    indented_comment_below
    indented_comment_below_removed
    indented_keys
    inline_comment_goes
    junk_elsewhere
    mixed_line_endings
    nested_block
    nested_block_last
    nested_block_replaced
    no_final_newline_blank_line_above
    no_final_newline_last_key_goes
    no_final_newline_new_key
    no_final_newline_new_profile
    no_spaces
    only_blank_lines
    only_comments
    quoted_name
    quoted_name_with_space
    refused_hidden_key
    refused_inherited
    refused_leading_space_name
    refused_new_name
    refused_next_header_unclear
    refused_no_break_space
    refused_unclear_header
    refused_value
    remove_profile_last
    remove_profile_middle
    same_value_untouched
    set_existing_keeps_place
    sso_session
    tabs
    two_blanks_in_header
    unicode_comments
    upper_case_key
}

fn config(text: &str) -> ConfigFile {
    ConfigFile::parse(text.as_bytes(), FileKind::Config).unwrap()
}

fn names(sections: impl Iterator<Item = Section>) -> Vec<String> {
    sections.map(|section| section.name().to_owned()).collect()
}

#[test]
fn what_cannot_be_told_apart_is_unreadable() {
    let problem = |bytes: &[u8]| ConfigFile::parse(bytes, FileKind::Config).unwrap_err();
    assert_eq!(problem(b"a\nb\xff"), Unreadable { line: 2, problem: Problem::NotUtf8 });
    assert_eq!(problem(b"\xff\xfe[\0"), Unreadable { line: 1, problem: Problem::Utf16 });
    assert_eq!(problem(b"\n\n\0"), Unreadable { line: 3, problem: Problem::Nul });
    assert_eq!(problem(b"a\rb"), Unreadable { line: 1, problem: Problem::LoneCarriageReturn });
}

#[test]
fn profiles_and_sessions_have_the_names_botocore_gives_them() {
    let file = config(
        "[default]\n[profile a]\n[profile  b ]\n[profile 'c d']\n[profile \"e\"]\n[nobody]\n\
         [ profile f]\n[sso-session s]\n[services t]\n[profile g h]\n[profile a]\n[DEFAULT]\n",
    );
    assert_eq!(names(file.profiles()), ["default", "a", "b", "c d", "e"]);
    assert_eq!(names(file.sso_sessions()), ["s"]);
    let file = ConfigFile::parse(b"[a]\n[profile b]\n[DEFAULT]\n", FileKind::Credentials).unwrap();
    assert_eq!(names(file.profiles()), ["a", "profile b"]);
}

#[test]
fn values_are_read_like_botocore_and_doubts_are_told() {
    let file =
        config("[profile a]\nRegion = x # c\ns3 =\n  k = v\n  l=w\n\nlong = one\n  role_arn = y\nq: \"z\"\n");
    let profile = file.profile("a").unwrap();
    let region = profile.setting("region").unwrap();
    assert_eq!((region.value.as_str(), region.without_comment(), region.line), ("x # c", "x", 2));
    assert_eq!(region.doubts, [Doubt::InlineComment, Doubt::UpperCase]);
    assert_eq!(profile.setting("s3").unwrap().nested(), [("k", "v"), ("l", "w")]);
    assert_eq!(profile.get("long"), Some("one\nrole_arn = y"));
    assert_eq!(profile.credential_keys(), ["role_arn"]);
    assert_eq!(profile.setting("q").unwrap().doubts, [Doubt::Colon, Doubt::Quoted]);
}

#[test]
fn of_repeated_sections_the_last_value_counts() {
    let file =
        config("[profile a]\nx = 1\ny = 1\n[profile a]\nx = 2\n[profile 'b']\nx = 1\n[profile b]\ny = 2\n");
    let merged = file.profile("a").unwrap();
    assert_eq!((merged.get("x"), merged.get("y")), (Some("2"), Some("1")));
    assert_eq!(merged.doubts(), [Doubt::DuplicateSection]);
    let replaced = file.profile("b").unwrap();
    assert_eq!((replaced.get("x"), replaced.get("y")), (None, Some("2")));
    assert_eq!(replaced.doubts(), [Doubt::SeveralHeaders]);
}

#[test]
fn findings_name_lines_that_break_the_file_for_some() {
    let file = config("\u{feff}k = v\n[profile a]\n  x = 1\njunk\n[profile a]\n[open\n");
    let found: Vec<_> = file.findings().into_iter().map(|f| (f.line, f.doubt)).collect();
    let expected = [
        (1, Doubt::ByteOrderMark),
        (1, Doubt::StrayLine),
        (3, Doubt::IndentedKey),
        (4, Doubt::NotASetting),
        (5, Doubt::DuplicateSection),
        (6, Doubt::UnclearHeader),
        (6, Doubt::NotASetting),
    ];
    assert_eq!(found, expected);
}

#[test]
fn credential_kinds_of_a_profile() {
    let kinds = |keys: &[&str]| {
        let text: String = keys.iter().flat_map(|key| [key, " = x\n"]).collect();
        config(&format!("[default]\n{text}")).profile("default").unwrap().credential_kinds()
    };
    assert_eq!(kinds(&["region", "output"]), []);
    assert_eq!(kinds(&["sso_session"]), []);
    assert_eq!(kinds(&["role_arn", "source_profile"]), [CredentialKind::AssumeRole]);
    assert_eq!(kinds(&["role_arn", "web_identity_token_file"]), [CredentialKind::WebIdentity]);
    assert_eq!(kinds(&["sso_session", "sso_account_id", "sso_role_name"]), [CredentialKind::SsoSession]);
    assert_eq!(kinds(&["sso_start_url", "sso_account_id"]), [CredentialKind::LegacySso]);
    let both = [CredentialKind::CredentialProcess, CredentialKind::StaticKeys];
    assert_eq!(kinds(&["aws_access_key_id", "credential_process"]), both);
}

#[test]
fn an_edit_that_is_refused_halfway_changes_nothing() {
    let text = "[profile a]\nx = 1\n  y = 2\n";
    let mut file = config(text);
    file.set_profile("a", &[("z", Some("3")), ("y", None)]).unwrap_err();
    assert_eq!(file.to_bytes(), text.as_bytes());
}

#[test]
fn keys_and_values_that_tools_read_differently_are_refused() {
    let reason = |key: &str, value: &str| match config("").set_profile("a", &[(key, Some(value))]) {
        Err(EditRefused::Value { reason, .. }) => Some(reason),
        other => {
            other.unwrap();
            None
        }
    };
    assert_eq!(reason("region", "a#b;c=d%e \\ \"f\" '"), None);
    assert_eq!(reason("Region", "x"), Some(ValueRefused::Key));
    assert_eq!(reason("a b", "x"), Some(ValueRefused::Key));
    for (value, expected) in [
        ("", ValueRefused::Empty),
        ("a\nb", ValueRefused::Control),
        ("a\tb", ValueRefused::Control),
        ("é", ValueRefused::NonAscii),
        (" a", ValueRefused::OuterSpace),
        ("a ", ValueRefused::OuterSpace),
        ("# a", ValueRefused::Comment),
        ("a ;b", ValueRefused::Comment),
        ("\"a\"", ValueRefused::Quoted),
        ("C:\\new", ValueRefused::Escape),
    ] {
        assert_eq!(reason("region", value), Some(expected), "{value:?}");
    }
}

#[test]
fn names_that_are_created() {
    let refused = |name: &str, kind| {
        ConfigFile::parse(b"", kind).unwrap().set_profile(name, &[("region", Some("x"))]).err()
    };
    for name in ["a", "Dev_1-x.y/z%@:+", "profile"] {
        assert_eq!(refused(name, FileKind::Config), None, "{name}");
    }
    for name in ["", "a b", "a=b", "é", "a]", "#", "a\n"] {
        let expected = Some(EditRefused::Name(NameRefused::UnsafeCharacter));
        assert_eq!(refused(name, FileKind::Config), expected, "{name:?}");
    }
    let reserved = Some(EditRefused::Name(NameRefused::Reserved));
    assert_eq!(refused("DEFAULT", FileKind::Credentials), reserved);
    assert_eq!(refused("DEFAULT", FileKind::Config), None);
    let mut credentials = ConfigFile::parse(b"", FileKind::Credentials).unwrap();
    let outcome = credentials.set_sso_session("a", &[("sso_region", Some("x"))]);
    assert_eq!(outcome, Err(EditRefused::Name(NameRefused::WrongFile)));
}

#[test]
fn command_lines() {
    for (words, line) in [
        (
            &["/usr/bin/rolecall", "credentials", "--profile", "a.b/c+d"][..],
            "/usr/bin/rolecall credentials --profile a.b/c+d",
        ),
        (&["/Applications/My App/x", "-p", "a"], "\"/Applications/My App/x\" -p a"),
        (&[r"C:\Program Files\Rolecall\rolecall.exe", "a"], r#""C:\Program Files\Rolecall\rolecall.exe" a"#),
        (&[r"C:\Users\nick\rolecall.exe", "a"], r"C:\Users\Nick\rolecall.exe a"),
        (&["C:/Tools/rolecall.exe"], r"C:\Tools\rolecall.exe"),
    ] {
        assert_eq!(command_line(words).as_deref(), Ok(line));
    }
    for (words, reason) in [
        (&[][..], CommandRefused::Empty),
        (&["rolecall"], CommandRefused::NotAbsolute),
        (&["~/bin/rolecall"], CommandRefused::NotAbsolute),
        (&["/home/$me/x"], CommandRefused::Program('$')),
        (&["/a`b"], CommandRefused::Program('`')),
        (&["/a\"b"], CommandRefused::Program('"')),
        (&["/a\\b"], CommandRefused::Program('\\')),
        (&["/é"], CommandRefused::Program('é')),
        (&[r"C:\Program Files (x86)\x.exe", "a"], CommandRefused::Program('(')),
        (&[r"C:\100%\x.exe", "a"], CommandRefused::Program('%')),
        (&["/x", ""], CommandRefused::EmptyArgument),
        (&["/x", "a b"], CommandRefused::Argument(' ')),
        (&["/x", "a;b"], CommandRefused::Argument(';')),
        // Nothing but a quoted program: the Go SDK would strip the quotes.
        (&["/my app/x"], CommandRefused::Value(ValueRefused::Quoted)),
    ] {
        assert_eq!(command_line(words), Err(reason), "{words:?}");
    }
}

#[test]
fn a_unix_command_line_splits_into_the_words_it_was_made_of() {
    let words = ["/opt/My (own), App & Co/it's 100%/rolecall", "credentials", "--profile", "a@b"];
    assert_eq!(header::shell_words(&command_line(&words).unwrap()).unwrap(), words);
}
