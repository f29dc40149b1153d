//! `rolecall credentials`, `env` and `exec`: what is handed out, to whom, and when it is fetched anew.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use sim::Options;

use crate::program::until;
use crate::world::{GRANT, OTHER, World};

fn expiration(credentials: &Value) -> Timestamp {
    credentials["Expiration"].as_str().unwrap().parse().unwrap()
}

/// The variables that any shell should have in the end, from the JSON form.
fn variables(credentials: &Value) -> BTreeMap<&'static str, String> {
    let named = [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
        ("AWS_CREDENTIAL_EXPIRATION", "Expiration"),
    ];
    let mut all: BTreeMap<_, _> =
        named.map(|(name, key)| (name, credentials[key].as_str().unwrap().to_owned())).into();
    all.extend([("AWS_REGION", "us-east-1".to_owned()), ("AWS_DEFAULT_REGION", "us-east-1".to_owned())]);
    all
}

#[test]
fn the_process_form_is_what_every_sdk_reads() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    let outcome = world.rolecall(["credentials", "--profile", "dev"]).run().succeeded();
    let given = outcome.json();
    let keys: Vec<_> = given.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = ["AccessKeyId", "AccountId", "Expiration", "SecretAccessKey", "SessionToken", "Version"];
    assert_eq!(keys, wanted);
    assert_eq!(given["Version"].as_u64(), Some(1), "the number");
    assert_eq!(given["AccountId"], "111122223333");
    let text = given["Expiration"].as_str().unwrap();
    assert!(text.len() == 20 && text.ends_with('Z'), "RFC 3339, UTC, whole seconds: {text}");
    let left = expiration(&given).duration_since(Timestamp::now());
    assert!((58..=60).contains(&left.as_mins()), "{left}");
    assert_eq!(outcome.stderr, "", "whatever is said here becomes somebody's error message");
}

#[test]
fn kept_credentials_are_handed_out_without_a_request() {
    let world = World::listed();
    let first = world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    let before = world.requests().len();
    let again = world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    assert_eq!(first.stdout, again.stdout);
    assert_eq!(world.requests().len(), before);
    // Another role has credentials of its own.
    let other = world.rolecall(["credentials", "--grant", OTHER]).run().succeeded();
    assert_eq!(other.json()["AccountId"], "001234567890");
    assert_ne!(other.json()["AccessKeyId"], first.json()["AccessKeyId"]);
}

#[test]
fn credentials_are_renewed_before_they_end() {
    let world = World::signed_in_with(Options { role_seconds: 9, ..Options::default() });
    let fetch = || world.rolecall(["credentials", "--grant", GRANT]).run().succeeded().json();
    let first = fetch();
    assert_eq!(fetch()["AccessKeyId"], first["AccessKeyId"]);
    let mut renewed = Value::Null;
    until("new credentials", || {
        renewed = fetch();
        renewed["AccessKeyId"] != first["AccessKeyId"]
    });
    assert!(Timestamp::now() < expiration(&first), "nobody was handed credentials that had ended");
    assert!(expiration(&renewed) > expiration(&first));
    assert_eq!(world.asked("GetRoleCredentials"), 2);
}

#[test]
fn shell_exports_make_the_aws_cli_that_role() {
    let world = World::listed();
    let rolecall = env!("CARGO_BIN_EXE_rolecall");
    // What a former session left behind must not win.
    let script = format!(
        "eval \"$({rolecall} env {GRANT})\" && /usr/bin/aws sts get-caller-identity && test -z \"$AWS_PROFILE\""
    );
    let shell = world.program("/bin/sh").args(["-c", &script]);
    let outcome = shell.env("AWS_PROFILE", "no-such").env("AWS_SECURITY_TOKEN", "stale").run().succeeded();
    assert_eq!(outcome.json()["Account"], "111122223333");
}

#[test]
fn every_format_carries_the_same_credentials() {
    let world = World::listed();
    let print = |format: &str| {
        let args = ["credentials", "--grant", GRANT, "--format", format];
        world.rolecall(args).run().succeeded()
    };
    let json = print("json").json();
    assert!(json.get("Version").is_none());
    let wanted = variables(&json);
    let values = |text: &str, before: &str, between: &str, quote: &str| -> BTreeMap<String, String> {
        let set = text.lines().filter_map(|line| line.strip_prefix(before)?.split_once(between));
        let set = set.filter(|(name, _)| name.starts_with("AWS_"));
        set.map(|(name, value)| {
            (name.to_owned(), value.trim_matches(quote.chars().next().unwrap_or(' ')).to_owned())
        })
        .collect()
    };
    for (format, before, between, quote) in [
        ("env", "export ", "=", "'"),
        ("fish", "set -gx ", " ", "'"),
        ("powershell", "$env:", " = ", "'"),
        ("dotenv", "", "=", ""),
    ] {
        let text = print(format).stdout;
        let found = values(&text, before, between, quote);
        let found: BTreeMap<&str, String> = found.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
        assert_eq!(found, wanted, "{format}: {text}");
    }
    // A real shell reads the first as meant.
    let rolecall = env!("CARGO_BIN_EXE_rolecall");
    let script = format!(
        "eval \"$({rolecall} credentials --grant {GRANT} --format env)\"; printenv AWS_SESSION_TOKEN"
    );
    let told = world.program("/bin/sh").args(["-c", &script]).run().succeeded();
    assert_eq!(told.stdout.trim(), wanted["AWS_SESSION_TOKEN"]);
}

#[test]
fn exec_runs_a_command_as_the_role() {
    let world = World::listed();
    let exec = |args: &[&str]| {
        let all = ["exec", GRANT, "--region", "eu-north-1", "--"].into_iter().chain(args.iter().copied());
        world.rolecall(all).env("AWS_PROFILE", "no-such").run()
    };
    let identity = exec(&["/usr/bin/aws", "sts", "get-caller-identity"]).succeeded().json();
    assert_eq!(identity["Account"], "111122223333");
    let told = exec(&[
        "/bin/sh",
        "-c",
        "echo $AWS_REGION $AWS_DEFAULT_REGION [$AWS_PROFILE] \"$1\"",
        "sh",
        "a  b;c",
    ]);
    assert_eq!(told.succeeded().stdout, "eu-north-1 eu-north-1 [] a  b;c\n");
    assert_eq!(exec(&["/bin/sh", "-c", "exit 42"]).code(), 42, "the command's own exit code");
    assert_eq!(exec(&["/bin/sh", "-c", "kill -TERM $$"]).code(), 128 + 15, "the command's own end");
}

#[test]
fn env_speaks_of_the_switched_profile() {
    let world = World::listed();
    world.rolecall(["env"]).run().failed(4);
    world.switch(GRANT, "default");
    world.switch(OTHER, "dev");
    let of_default = world.rolecall(["env"]).run().succeeded();
    let of_dev = world.rolecall(["env", "--profile", "dev", "--format", "dotenv"]).run().succeeded();
    let wanted = world.rolecall(["credentials", "--profile", "dev", "--format", "json"]).run().json();
    assert!(of_dev.stdout.contains(wanted["AccessKeyId"].as_str().unwrap()), "{}", of_dev.stdout);
    assert!(!of_default.stdout.contains(wanted["AccessKeyId"].as_str().unwrap()), "{}", of_default.stdout);
}

#[test]
fn without_a_grant_it_is_the_profile_in_use() {
    let world = World::listed();
    world.switch(GRANT, "default");
    world.switch(OTHER, "work");
    let account = |name: &str, profile: &str| {
        let env = world.rolecall(["env", "--format", "json"]).env(name, profile).run().succeeded();
        env.json()["AccountId"].as_str().unwrap().to_owned()
    };
    assert_eq!(account("AWS_PROFILE", ""), "111122223333");
    assert_eq!(account("AWS_PROFILE", "work"), "001234567890");
    assert_eq!(account("AWS_DEFAULT_PROFILE", "work"), "001234567890");
    let page = world.rolecall(["link"]).env("AWS_PROFILE", "work").run().succeeded().stdout;
    assert!(page.contains("001234567890"), "{page}");
    // Another account than the one that the shell shows is never taken instead.
    let theirs = world.rolecall(["env"]).env("AWS_PROFILE", "theirs").run().failed(4);
    assert!(theirs.failure().0.contains("theirs was not written by Rolecall"), "{}", theirs.stderr);
    let both = world.rolecall(["env"]).env("AWS_PROFILE", "work").env("AWS_DEFAULT_PROFILE", "default");
    let both = both.run().failed(4);
    assert!(both.failure().1.contains("unset AWS_DEFAULT_PROFILE"), "{}", both.stderr);
}

#[test]
fn a_command_that_cannot_be_run_ends_as_in_a_shell() {
    let world = World::listed();
    let exec = |command: &str| world.rolecall(["exec", GRANT, "--", command]).run();
    let missing = exec("no-such-command").failed(127);
    assert!(missing.failure().0.contains("`no-such-command` can't be run"), "{}", missing.stderr);
    exec("/").failed(126);
}

#[test]
fn profiles_of_others_get_nothing() {
    let world = World::listed();
    world.write_config("[profile theirs]\nregion = eu-west-1\n");
    for profile in ["theirs", "unknown"] {
        let refused = world.rolecall(["credentials", "--profile", profile]).run().failed(4);
        assert_eq!(refused.stdout, "");
    }
    assert_eq!(world.asked("GetRoleCredentials"), 0);
}

#[test]
fn nobody_signed_in_means_exit_code_3_and_one_hint() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    world.rolecall(["logout"]).run().succeeded();
    let before = world.requests().len();
    let refused = world.rolecall(["credentials", "--profile", "dev"]).run().failed(3);
    assert_eq!(refused.stdout, "");
    assert!(refused.failure().1.contains("rolecall login corp"), "{}", refused.stderr);
    assert_eq!(world.requests().len(), before);
    // The AWS CLI shows that sentence to its user.
    let shown = world.aws(["sts", "get-caller-identity", "--profile", "dev"]).run();
    assert_ne!(shown.code(), 0);
    assert!(shown.stderr.contains("rolecall login corp"), "{}", shown.stderr);
}

#[test]
fn a_chained_role_starts_from_a_switched_profile() {
    let world = World::listed();
    world.switch(GRANT, "base");
    let chained = "\n[profile chained]\nrole_arn = arn:aws:iam::222233334444:role/Deploy\nsource_profile = base\nregion = us-east-1\n";
    world.write_config(world.config() + chained);
    let identity = world.aws(["sts", "get-caller-identity", "--profile", "chained"]).run().succeeded().json();
    assert!(identity["Arn"].as_str().unwrap().contains("222233334444:assumed-role/Deploy/"), "{identity}");
}
