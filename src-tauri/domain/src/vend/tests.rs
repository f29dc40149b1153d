use super::*;

fn at(minute: i64) -> Timestamp {
    second(minute * 60)
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn credentials(key: &str, token: &str) -> Credentials {
    Credentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: Secret::new(key),
        session_token: Secret::new(token),
        expires_at: "2026-11-23T21:05:39.887Z".parse().unwrap(),
        obtained_at: at(0),
    }
}

#[test]
fn what_is_left_decides() {
    let check = |lifetime: Timestamp, now: Timestamp, expected: Decision| {
        let kept = Credentials { expires_at: lifetime, ..credentials("k", "t") };
        assert_eq!(decide(Some(&kept), now), expected, "until {lifetime}, at {now}");
    };
    assert_eq!(decide(None, at(0)), Decision::Fetch);
    // An hour: botocore would ask again and again from minute 45 on.
    check(at(60), at(0), Decision::Serve);
    check(at(60), at(39), Decision::Serve);
    check(at(60), at(40), Decision::Renew);
    check(at(60), second(3569), Decision::Renew);
    check(at(60), second(3570), Decision::Fetch);
    check(at(60), at(600), Decision::Fetch);
    // A quarter of an hour is renewed in its last third, or no call would ever be served.
    check(at(15), at(9), Decision::Serve);
    check(at(15), at(10), Decision::Renew);
    // A minute: the last call comes after three quarters of it.
    check(second(60), second(39), Decision::Serve);
    check(second(60), second(40), Decision::Renew);
    check(second(60), second(45), Decision::Fetch);
    // Over when they came.
    check(at(0), at(0), Decision::Fetch);
    check(at(-10), at(0), Decision::Fetch);
    check(at(-10), at(-3), Decision::Fetch);
    check(at(-10), second(-610), Decision::Fetch);
}

#[test]
fn credentials_from_the_future_are_not_believed() {
    let kept = Credentials { expires_at: at(60), ..credentials("k", "t") };
    assert_eq!(decide(Some(&kept), at(-4)), Decision::Serve, "clocks differ a little");
    assert_eq!(decide(Some(&kept), at(-5)), Decision::Fetch);
    assert_eq!(decide(Some(&kept), Timestamp::MIN), Decision::Fetch);
    assert_eq!(decide(Some(&kept), Timestamp::MAX), Decision::Fetch);
    let absurd = Credentials { expires_at: Timestamp::MAX, obtained_at: Timestamp::MIN, ..kept };
    assert_eq!(decide(Some(&absurd), at(0)), Decision::Serve);
}

#[test]
fn each_format_says_it_in_its_own_words() {
    let check = |format: Format, region: Option<&str>, expected: &str| {
        let printed = print(&credentials("se/cr+et=", "tok/en+=="), "000011112222", region, format);
        assert_eq!(printed.reveal(), expected, "{format:?}");
    };
    let mut object = serde_json::json!({
        "Version": 1,
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "se/cr+et=",
        "SessionToken": "tok/en+==",
        "Expiration": "2026-11-23T21:05:39Z",
        "AccountId": "000011112222",
    });
    check(Format::Process, Some("eu-west-1"), &format!("{object}\n"));
    object.as_object_mut().unwrap().remove("Version");
    check(Format::Json, None, &format!("{object}\n"));
    check(
        Format::Env,
        Some("eu-west-1"),
        "unset AWS_PROFILE\nunset AWS_DEFAULT_PROFILE\nunset AWS_SECURITY_TOKEN\nunset AWS_LOGIN_SESSION\n\
         export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'\nexport AWS_SECRET_ACCESS_KEY='se/cr+et='\n\
         export AWS_SESSION_TOKEN='tok/en+=='\nexport AWS_CREDENTIAL_EXPIRATION='2026-11-23T21:05:39Z'\n\
         export AWS_REGION='eu-west-1'\nexport AWS_DEFAULT_REGION='eu-west-1'\n",
    );
    check(
        Format::Fish,
        None,
        "set -e AWS_PROFILE\nset -e AWS_DEFAULT_PROFILE\nset -e AWS_SECURITY_TOKEN\nset -e AWS_LOGIN_SESSION\n\
         set -gx AWS_ACCESS_KEY_ID 'ASIAEXAMPLE'\nset -gx AWS_SECRET_ACCESS_KEY 'se/cr+et='\n\
         set -gx AWS_SESSION_TOKEN 'tok/en+=='\nset -gx AWS_CREDENTIAL_EXPIRATION '2026-11-23T21:05:39Z'\n",
    );
    check(
        Format::Dotenv,
        Some("eu-west-1"),
        "AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nAWS_SECRET_ACCESS_KEY=se/cr+et=\nAWS_SESSION_TOKEN=tok/en+==\n\
         AWS_CREDENTIAL_EXPIRATION=2026-11-23T21:05:39Z\nAWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\n",
    );
    let shell = print(&credentials("k", "t"), "000011112222", None, Format::PowerShell);
    assert!(shell.reveal().starts_with("Remove-Item Env:AWS_PROFILE -ErrorAction SilentlyContinue\n"));
    assert!(shell.reveal().contains("\n$env:AWS_SECRET_ACCESS_KEY = 'k'\n"));
}

/// Takes the value of the session token out of the text as the shell would. `escaped` are the ways in which a
/// quoted character is written inside quotes; anything else up to the closing quote stands for itself.
fn read(format: Format, before: &str, escaped: &[(&str, &str)], close: &[char], value: &str) -> String {
    let printed = print(&credentials("k", value), "000011112222", None, format);
    let (_, mut rest) = printed.reveal().split_once(before).unwrap();
    let mut read = String::new();
    loop {
        if let Some((written, meant)) = escaped.iter().find(|(written, _)| rest.starts_with(written)) {
            read.push_str(meant);
            rest = &rest[written.len()..];
            continue;
        }
        let c = rest.chars().next().unwrap();
        rest = &rest[c.len_utf8()..];
        if close.contains(&c) {
            assert!(rest.starts_with('\n'), "{format:?}: the value ends early: {rest}");
            return read;
        }
        read.push(c);
    }
}

#[test]
fn no_value_breaks_out_of_its_quotes() {
    let values = [
        "plain/+=",
        "it's",
        "''",
        "'\\''",
        "\\",
        "\\'",
        "ends with \\",
        "a\nb",
        "$(touch x) `touch x` \"$HOME\" %PATH% ; rm & | < > !",
        "\u{2018}\u{2019}\u{201A}\u{201B}; Remove-Item x",
        "\u{2019}'\u{2019}",
        "",
    ];
    let typographic = ["''", "\u{2018}\u{2018}", "\u{2019}\u{2019}", "\u{201A}\u{201A}", "\u{201B}\u{201B}"];
    let meant = ["'", "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}"];
    let power_shell: Vec<(&str, &str)> = typographic.into_iter().zip(meant).collect();
    for value in values {
        let posix = read(Format::Env, "export AWS_SESSION_TOKEN='", &[(r"'\''", "'")], &['\''], value);
        assert_eq!(posix, value);
        let fish = [(r"\\", "\\"), (r"\'", "'")];
        assert_eq!(read(Format::Fish, "set -gx AWS_SESSION_TOKEN '", &fish, &['\''], value), value);
        let quotes = ['\'', '\u{2018}', '\u{2019}', '\u{201A}', '\u{201B}'];
        let shell = read(Format::PowerShell, "$env:AWS_SESSION_TOKEN = '", &power_shell, &quotes, value);
        assert_eq!(shell, value);
    }
    let dotenv = print(&credentials("k", "a b#c\nX=1"), "000011112222", None, Format::Dotenv);
    assert!(dotenv.reveal().contains("AWS_SESSION_TOKEN='a b#c\nX=1'\n"), "in quotes");
}

#[test]
fn json_survives_any_value() {
    let value = "\"quoted\" \\ \n \u{1b} é";
    let printed = print(&credentials(value, "t"), "000011112222", None, Format::Process);
    let read: serde_json::Value = serde_json::from_str(printed.reveal()).unwrap();
    assert_eq!(read["SecretAccessKey"], value);
    assert_eq!(read["Version"], 1, "a number");
    assert_eq!(printed.reveal().lines().count(), 1);
}

#[test]
fn times_are_utc_in_whole_seconds() {
    let check = |given: &str, expected: &str| {
        assert_eq!(rfc3339(given.parse().unwrap()), expected);
    };
    check("2026-11-23T21:05:39.999999999Z", "2026-11-23T21:05:39Z");
    check("2026-11-23T23:05:39+02:00", "2026-11-23T21:05:39Z");
    check("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
    assert!(rfc3339(Timestamp::MAX).ends_with('Z'));
    assert!(!rfc3339(Timestamp::MIN).contains('.'));
}

#[test]
fn a_child_sees_keys_and_nothing_that_wins_over_them() {
    let names = |region| environment(&credentials("k", "t"), region).into_iter().map(|(n, _)| n);
    let set: Vec<&str> = names(Some("eu-west-1")).collect();
    assert!(stale_environment().iter().all(|stale| !set.contains(stale)));
    assert_eq!(set.len(), 6);
    assert_eq!(names(None).filter(|n| n.ends_with("REGION")).count(), 0);
}
