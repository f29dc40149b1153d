//! What holds for every text and every edit. The texts are made of what real files have, mixed with
//! everything that some client trips over.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const KEYS: [&str; 6] = ["region", "output", "role_arn", "sso_session", "credential_process", "s3"];
pub(super) const NAMES: [&str; 5] = ["default", "a", "b", "dev.x", "DEFAULT"];

/// A key that no generated text has.
const ABSENT: &str = "not_there_yet";

fn header() -> impl Strategy<Value = String> {
    let plain = select(&NAMES[..]).prop_map(|name| match name {
        "default" => "[default]".to_owned(),
        name => format!("[profile {name}]"),
    });
    let form = select(vec![
        "[profile NAME]",
        "[NAME]",
        "[sso-session NAME]",
        "[services NAME]",
        "[profile  NAME]",
        "[profile\tNAME ]",
        "[profile \"NAME\"]",
        "[profile 'NAME']",
        "[profile NAME x]",
        "[ profile NAME]",
        "[profiles NAME]",
        "[profile NAME] # c",
        "[profile NAME] ; see [x]",
        "[profile NAME]#c",
        "[profile NAME] junk",
        "  [profile NAME]",
        "[profile NAME\u{a0}]",
        "[profile NAME",
    ]);
    let odd = (form, select(&NAMES[..])).prop_map(|(form, name)| form.replace("NAME", name));
    prop_oneof![3 => plain, 1 => odd]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![8 => select(&KEYS[..]).prop_map(str::to_owned), 1 => Just("Region".to_owned()), 1 => "[a-zA-Z :]{1,6}"]
}

fn setting() -> impl Strategy<Value = String> {
    let indent = prop_oneof![8 => Just(""), 1 => select(vec!["  ", "\t", "    ", "\u{a0}"])];
    let sign = prop_oneof![
        6 => select(vec![" = ", "="]),
        1 => select(vec![" =", "= ", "\t=\t", "   =  ", ":", " : "]),
    ];
    let value = select(vec![
        "us-east-1",
        "json",
        "a=b",
        "x#y",
        "v # c",
        "v ; c",
        "",
        "\"q\"",
        "'q'",
        "é ✓",
        "x\u{a0}",
        "#c",
        "arn:aws:iam::1:role/x",
        "C:\\new dir\\x",
        "100%",
        "trailing  ",
    ]);
    (indent, key(), sign, value).prop_map(|(indent, key, sign, value)| format!("{indent}{key}{sign}{value}"))
}

fn line() -> impl Strategy<Value = String> {
    let rest = select(vec![
        "",
        "",
        "# comment é",
        "; comment",
        "#region = x",
        "  # indented",
        "\t; indented",
        "  nested = x",
        "  region = hidden",
        "    deeper = x",
        "  just text",
        "junk",
        "= x",
        "[]",
        "[open",
        "[a = b",
        " \t ",
        "\u{c}",
        "\u{a0}region = x",
        "region:x = y",
        "[DEFAULT]",
    ]);
    prop_oneof![2 => header(), 5 => setting(), 3 => rest.prop_map(str::to_owned), 1 => "[^\\n\\r\\x00]{0,12}"]
}

/// Lines with endings of one sort or of both, with or without the last one and a byte-order mark.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let lines = proptest::collection::vec((line(), any::<bool>()), 0..24);
    let style = select(vec!["lf", "crlf", "mixed"]);
    (lines, style, any::<bool>(), proptest::bool::weighted(0.1)).prop_map(|(lines, style, cut, bom)| {
        let mut text = String::from(if bom { "\u{feff}" } else { "" });
        for (line, flag) in &lines {
            text.push_str(line);
            text.push_str(if style == "crlf" || (style == "mixed" && *flag) { "\r\n" } else { "\n" });
        }
        if cut {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    })
}

pub(super) fn changes() -> impl Strategy<Value = Vec<(&'static str, Option<&'static str>)>> {
    let values = vec!["eu-west-1", "a b", "\"/opt/my app/x\" --profile y", "json"];
    let value = proptest::option::weighted(0.7, select(values));
    proptest::collection::btree_map(select(&KEYS[..]), value, 1..4).prop_map(|map| map.into_iter().collect())
}

pub(super) fn kind() -> impl Strategy<Value = FileKind> {
    prop_oneof![3 => Just(FileKind::Config), 1 => Just(FileKind::Credentials)]
}

type Reading = BTreeMap<String, BTreeMap<String, String>>;

fn reading(sections: impl Iterator<Item = Section>) -> Reading {
    let keys = |section: &Section| {
        section.settings().iter().map(|s| (s.key.clone(), s.value.clone())).collect::<BTreeMap<_, _>>()
    };
    sections.map(|section| (section.name().to_owned(), keys(&section))).collect()
}

/// The lines of `before` and `after` that are not in their longest common subsequence. The ending of
/// a last line without newline may be added or go.
fn difference<'a>(before: &'a str, after: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let bare = |line: &'a str| line.trim_end_matches(['\r', '\n']);
    let same = |i: usize, j: usize| {
        let (a, b): (&str, &str) = (old[i], new[j]);
        a == b || (bare(a) == bare(b) && !(a.ends_with('\n') && b.ends_with('\n')))
    };
    let mut table = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] =
                if same(i, j) { table[i + 1][j + 1] + 1 } else { table[i + 1][j].max(table[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && same(i, j) {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && table[i + 1][j] >= table[i][j + 1]) {
            gone.push(bare(old[i]));
            i += 1;
        } else {
            come.push(bare(new[j]));
            j += 1;
        }
    }
    (gone, come)
}

/// The name a line sets, if it does.
fn key_of(line: &str) -> Option<String> {
    line.find(['=', ':']).map(|at| line[..at].trim().to_lowercase())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_come_back_or_are_unreadable(bytes in any::<Vec<u8>>(), kind in kind()) {
        if let Ok(mut file) = ConfigFile::parse(&bytes, kind) {
            prop_assert_eq!(file.to_bytes(), bytes);
            let _ = (file.findings(), reading(file.profiles()), reading(file.sso_sessions()));
            let _ = (file.set_profile("a", &[("region", Some("x"))]), file.remove_profile("a"));
        }
    }

    #[test]
    fn any_text_comes_back(text in prop_oneof![text(), "(\\PC|[\\[\\]= \t\n#;]|\r\n){0,60}"], kind in kind()) {
        let file = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        prop_assert_eq!(file.to_bytes(), text.as_bytes());
    }

    #[test]
    fn an_edit_touches_only_lines_of_its_keys(
        text in text(), kind in kind(), name in select(&NAMES[..]), changes in changes(),
    ) {
        let mut file = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        let outcome = file.set_profile(name, &changes);
        let after = String::from_utf8(file.to_bytes()).unwrap();
        if outcome.is_err() {
            prop_assert_eq!(&after, &text);
        }
        let (gone, come) = difference(&text, &after);
        let changed = |line: &str| key_of(line).is_some_and(|key| changes.iter().any(|(k, _)| *k == key));
        let created: BTreeSet<String> =
            ["[default]".to_owned(), format!("[{name}]"), format!("[profile {name}]"), String::new()].into();
        for line in &gone {
            prop_assert!(changed(line) || line.starts_with(char::is_whitespace), "took out {:?}", line);
        }
        for line in &come {
            let moved = gone.iter().any(|old| old.trim() == *line && line.starts_with(['#', ';']));
            let value = changes.iter().any(|(_, v)| v.is_some_and(|v| line.ends_with(v)));
            prop_assert!(changed(line) && value || moved || created.contains(*line), "put in {:?}", line);
        }
    }

    #[test]
    fn an_edit_is_read_back_and_changes_no_other_reading(
        text in text(), kind in kind(), name in select(&NAMES[..]), changes in changes(),
    ) {
        let mut file = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        let (mut before, sessions) = (reading(file.profiles()), reading(file.sso_sessions()));
        if file.set_profile(name, &changes).is_err() {
            return Ok(());
        }
        let reparsed = ConfigFile::parse(&file.to_bytes(), kind).unwrap();
        prop_assert_eq!(&reparsed, &file);
        let mut after = reading(file.profiles());
        prop_assert_eq!(sessions, reading(file.sso_sessions()));
        let known = before.contains_key(name);
        let mut own = after.remove(name).unwrap_or_default();
        let mut own_before = before.remove(name).unwrap_or_default();
        prop_assert_eq!(before, after);
        for (key, value) in &changes {
            own_before.remove(*key);
            let read = own.remove(*key);
            prop_assert_eq!(read.as_deref(), *value);
        }
        // A new profile may inherit further keys from [DEFAULT].
        prop_assert!(own == own_before || (!known && text.contains("[DEFAULT]")));
    }

    #[test]
    fn an_edit_made_twice_is_made_once(
        text in text(), kind in kind(), name in select(&NAMES[..]), changes in changes(),
    ) {
        let mut file = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        if file.set_profile(name, &changes).is_ok() {
            let once = file.clone();
            file.set_profile(name, &changes).unwrap();
            prop_assert_eq!(file, once);
        }
    }

    #[test]
    fn removing_a_key_that_was_set_gives_back_the_bytes(
        text in text(), kind in kind(), name in select(&NAMES[..]),
    ) {
        let mut file = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        if file.profile(name).is_some() && file.set_profile(name, &[(ABSENT, Some("x"))]).is_ok() {
            file.set_profile(name, &[(ABSENT, None)]).unwrap();
            prop_assert_eq!(String::from_utf8(file.to_bytes()).unwrap(), text);
        }
    }

    #[test]
    fn a_removed_profile_is_gone_and_others_read_the_same(
        text in text(), kind in kind(), name in select(&NAMES[..]),
    ) {
        let mut file = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        let mut before = reading(file.profiles());
        if file.remove_profile(name).is_ok() {
            before.remove(name);
            prop_assert_eq!(before, reading(file.profiles()));
            let after = String::from_utf8(file.to_bytes()).unwrap();
            prop_assert_eq!(&ConfigFile::parse(after.as_bytes(), kind).unwrap(), &file);
            let (_, come) = difference(&text, &after);
            prop_assert!(come.iter().all(|line| line.trim_start_matches('\u{feff}').is_empty()), "put in {:?}", come);
        }
    }

    #[test]
    fn a_profile_created_and_removed_leaves_nothing(text in text(), kind in kind()) {
        let mut file = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        let ends_blank = text.lines().last().is_some_and(|last| last.trim().is_empty());
        if ends_blank || text.starts_with('\u{feff}') {
            // The blank line is used as the separator; behind a byte-order mark one has to stay.
            return Ok(());
        }
        file.set_profile("new", &[("region", Some("x")), ("output", Some("json"))]).unwrap();
        file.remove_profile("new").unwrap();
        prop_assert_eq!(String::from_utf8(file.to_bytes()).unwrap(), text);
    }
}
