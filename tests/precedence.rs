//! Which credentials win: what `rolecall doctor profiles` says, against what botocore and the AWS CLI really take.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use sim::Options;

use crate::agent::agent;
use crate::session::Keyring;
use crate::world::{GRANT, World};

/// What a profile of the config can hold, each with a letter.
const KINDS: [(char, &str); 6] = [
    ('r', "role_arn = arn:aws:iam::111122223333:role/R\nsource_profile = base\n"),
    ('w', "web_identity_token_file = /token\nrole_arn = arn:aws:iam::111122223333:role/W\n"),
    (
        's',
        "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 111122223333\n\
           sso_role_name = R\n",
    ),
    ('n', "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R\n"),
    ('k', "aws_access_key_id = CONFIG\naws_secret_access_key = s\n"),
    ('p', "credential_process = PROGRAM\n"),
];

/// And the credentials file under the same name.
const OTHERS: [(&str, &str); 3] = [
    ("", ""),
    ("-keys", "aws_access_key_id = SHARED\naws_secret_access_key = s\n"),
    ("-process", "credential_process = PROGRAM\n"),
];

/// What is broken, or odd, in ways of its own.
const ODD: &str = "
[profile odd-role-alone]\nrole_arn = arn:aws:iam::111122223333:role/R\n
[profile odd-role-both]\nrole_arn = a\nsource_profile = base\ncredential_source = Environment\n
[profile odd-role-nowhere]\nrole_arn = a\nsource_profile = nowhere\n
[profile odd-role-source]\nrole_arn = a\ncredential_source = Elsewhere\n
[profile odd-circle-a]\nrole_arn = a\nsource_profile = odd-circle-b\n
[profile odd-circle-b]\nrole_arn = a\nsource_profile = odd-circle-a\n
[profile odd-self]\nrole_arn = a\nsource_profile = odd-self\n
[profile odd-self-keys]\nrole_arn = a\nsource_profile = odd-self-keys\naws_access_key_id = A\naws_secret_access_key = s\n
[profile odd-chain]\nrole_arn = a\nsource_profile = odd-chain-2\n
[profile odd-chain-2]\nrole_arn = a\nsource_profile = base\n
[profile odd-empty-source]\nrole_arn = a\nsource_profile = odd-nothing\n
[profile odd-nothing]\nregion = us-east-1\n
[profile odd-web]\nweb_identity_token_file = /token\n
[profile odd-sso-half]\nsso_start_url = u\nsso_region = us-east-1\nsso_account_id = 111122223333\n
[profile odd-sso-none]\nsso_session = corp\n
[profile odd-sso-session]\nsso_session = nowhere\nsso_account_id = 1\nsso_role_name = R\n
[profile odd-sso-twice]\nsso_session = corp\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = R\n
[profile odd-sso-differs]\nsso_session = corp\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = R\n
[profile odd-sso-split]\nsso_session = corp\nsso_account_id = 1\n
[profile odd-sso-stray]\nsso_session = nowhere\ncredential_process = PROGRAM\n
[profile odd-sso-stray-role]\nsso_session = nowhere\nrole_arn = a\nsource_profile = base\n
[profile odd-sso-stray-half]\nsso_session = half\ncredential_process = PROGRAM\n
[profile odd-sso-stray-fine]\nsso_session = corp\ncredential_process = PROGRAM\n
[sso-session half]\nsso_region = us-east-1\n
[profile odd-config-half]\naws_access_key_id = A\n
[profile odd-case]\nCredential_Process = PROGRAM\n
[profile odd-login]\nlogin_session = arn:aws:iam::111122223333:user/me\n
";

/// botocore in each of the ways that a profile can be named; what won, or that it failed.
const JUDGE: &str = r"
import botocore.session, json, os, sys
NAMES = {'env': 'environment', 'assume-role': 'assumeRole', 'assume-role-with-web-identity': 'webIdentity',
         'sso': 'sso', 'shared-credentials-file': 'credentialsFile', 'config-file': 'configFile', 'login': 'login',
         'custom-process': 'process'}
def won(name, by_call):
    os.environ.pop('AWS_PROFILE', None)
    if not by_call:
        os.environ['AWS_PROFILE'] = name
    try:
        session = botocore.session.Session(profile=name if by_call else None)
        credentials = session.get_credentials()
        # As every client does.
        session.get_auth_token()
        return NAMES[credentials.method] if credentials else 'nothing'
    except Exception as error:
        # Its companion is not installed here; but it is what was asked.
        return 'login' if 'login credential provider' in str(error) else 'fails'
profiles = json.loads(sys.stdin.read())
print(json.dumps({name: [won(name, False), won(name, True)] for name in profiles}))
";

fn bare() -> World {
    World::with(Options::default(), Keyring::NoBus)
}

/// A program that hands out credentials.
fn program(dir: &Path) -> String {
    let path = dir.join("credentials.sh");
    let answer = r#"{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "s", "SessionToken": "t"}"#;
    fs::write(&path, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Every combination of kinds, with everything that the credentials file can have under the name.
fn write_files(world: &World) {
    let program = program(&world.session.home());
    let mut config =
        "[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
        \n[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n"
            .to_owned();
    let mut credentials =
        "[odd-sso-split]\nsso_role_name = R\n\n[odd-shared-half]\naws_access_key_id = A\n".to_owned();
    for bits in 1..1_u32 << KINDS.len() {
        let chosen: Vec<_> =
            KINDS.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, kind)| kind).collect();
        // A key must not be there twice.
        let mut keys: BTreeMap<&str, &str> = BTreeMap::new();
        chosen.iter().flat_map(|(_, text)| text.lines()).for_each(|line| {
            let (key, value) = line.split_once(" = ").unwrap();
            keys.insert(key, value);
        });
        let letters: String = chosen.iter().map(|(letter, _)| *letter).collect();
        for (suffix, others) in OTHERS {
            let name = format!("{letters}{suffix}");
            let _ = write!(config, "\n[profile {name}]\n");
            for (key, value) in &keys {
                let _ = writeln!(config, "{key} = {value}");
            }
            if !others.is_empty() {
                let _ = write!(credentials, "\n[{name}]\n{others}");
            }
        }
    }
    world.write_config((config + ODD).replace("PROGRAM", &program));
    fs::write(world.config_path().with_file_name("credentials"), credentials.replace("PROGRAM", &program))
        .unwrap();
}

/// As botocore's answer would be.
fn told(outcome: &Value) -> String {
    match outcome {
        Value::String(word) => word.clone(),
        outcome if outcome["fails"].is_string() => "fails".to_owned(),
        outcome => outcome["takes"].as_str().unwrap().replace("webIdentityVariable", "webIdentity"),
    }
}

#[test]
fn what_is_said_of_botocore_is_what_it_does() {
    let world = bare();
    write_files(&world);
    let keys = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let half = [("AWS_ACCESS_KEY_ID", "ENV")];
    let web = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/R")];
    let mut compared = 0;
    for variables in [&[][..], &keys[..], &half[..], &web[..]] {
        let run = |program: crate::program::Program| {
            let with =
                |program: crate::program::Program, (name, value): &(&str, &str)| program.env(name, value);
            variables.iter().fold(program.env("AWS_EC2_METADATA_DISABLED", "true"), with).run()
        };
        let said = run(world.rolecall(["doctor", "profiles", "--json"])).json();
        let said = said.as_array().unwrap();
        // What the credentials file has is of no matter to half a key and to a token.
        let everything = variables.is_empty() || variables == keys;
        let is_asked = |name: &str| everything || name.starts_with("odd-") || !name.contains('-');
        let names = said.iter().map(|e| e["profile"].as_str().unwrap()).filter(|name| is_asked(name));
        let names: Vec<&str> = names.collect();
        let judge =
            world.python(JUDGE).without("AWS_DATA_PATH").input(&serde_json::to_string(&names).unwrap());
        let really = run(judge).succeeded().json();
        for explanation in said {
            let name = explanation["profile"].as_str().unwrap();
            if !is_asked(name) {
                continue;
            }
            for (at, key) in ["awsCli", "awsCliNamed"].iter().enumerate() {
                let (said, really) = (told(&explanation[key]), really[name][at].as_str().unwrap());
                assert_eq!(said, really, "{name}, {key}, with {variables:?}: {explanation}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn a_profile_that_is_not_there_is_told_as_tools_take_it() {
    let world = bare();
    world.write_config("[default]\nregion = us-east-1\n");
    let missing = world.rolecall(["doctor", "profiles", "nowhere"]).run();
    assert_eq!(missing.code(), 4, "{}", missing.stderr);
    assert!(missing.stdout.contains("there is no profile nowhere"), "{}", missing.stdout);
    let judge = world.python(JUDGE).without("AWS_DATA_PATH").env("AWS_EC2_METADATA_DISABLED", "true");
    assert_eq!(judge.input(r#"["nowhere"]"#).run().succeeded().json()["nowhere"][0], "fails");
}

/// The kind of credentials in the AWS CLI's own words.
fn aws_cli_takes(world: &World, profile: &str, variables: &[(&str, &str)]) -> String {
    let list = world.aws(["configure", "list"]).env("AWS_PROFILE", profile);
    let list = variables.iter().fold(list, |list, (name, value)| list.env(name, value));
    let list = list.run().succeeded().stdout;
    let line = list.lines().find(|line| line.trim_start().starts_with("access_key")).unwrap();
    line.split_whitespace().nth(2).unwrap().to_owned()
}

#[test]
fn what_is_said_of_the_aws_cli_is_what_it_does() {
    let world = bare();
    write_files(&world);
    for (profile, takes) in [
        ("k", "config-file"),
        ("k-keys", "shared-credentials-file"),
        ("p", "custom-process"),
        ("kp", "custom-process"),
        ("p-keys", "shared-credentials-file"),
        ("k-process", "custom-process"),
    ] {
        assert_eq!(aws_cli_takes(&world, profile, &[]), takes, "{profile}");
        let said = world.rolecall(["doctor", "profiles", profile, "--json"]).run().json();
        let names = [
            ("custom-process", "process"),
            ("config-file", "configFile"),
            ("shared-credentials-file", "credentialsFile"),
        ];
        let name = names.iter().find(|(theirs, _)| *theirs == takes).unwrap().1;
        assert_eq!(told(&said[0]["awsCli"]), name, "{profile}");
    }
    let keys = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    assert_eq!(aws_cli_takes(&world, "p", &keys), "env");
}

#[test]
fn what_wins_over_a_switch_is_named_and_mended() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    let fine = world.rolecall(["doctor", "profiles", "dev"]).run().succeeded();
    assert_eq!(fine.stdout.matches("Rolecall").count(), 4, "{}", fine.stdout);
    let switched = world.config();
    let shadowed = switched.clone()
        + "# mine\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
        sso_account_id = 001234567890\nsso_role_name = R\noutput = json\n";
    world.write_config(&shadowed);
    let broken = world.rolecall(["doctor", "profiles", "dev"]).run();
    assert_eq!(broken.code(), 1);
    assert!(
        broken.stdout.contains("AWS CLI and boto3: sso") && broken.stdout.contains("--fix"),
        "{}",
        broken.stdout
    );
    assert_eq!(world.config(), shadowed, "only looked at");
    world.rolecall(["doctor", "profiles", "--fix"]).run().succeeded();
    assert_eq!(world.config(), switched + "# mine\noutput = json\n");
    let identity = world.aws(["sts", "get-caller-identity", "--profile", "dev"]).run().succeeded().json();
    assert_eq!(identity["Account"], "111122223333");
    world.rolecall(["undo"]).run().succeeded();
    assert_eq!(world.config(), shadowed);
}

#[test]
fn a_session_that_is_not_there_stops_tools_that_do_not_need_it() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    let switched = world.config();
    let stray = switched.replace("[profile dev]\n", "[profile dev]\nsso_session = nowhere\n");
    world.write_config(&stray);
    let identity = || world.aws(["sts", "get-caller-identity", "--profile", "dev"]).run();
    assert_ne!(identity().code(), 0);
    let broken = world.rolecall(["doctor", "profiles", "dev"]).run();
    assert_eq!(broken.code(), 1);
    let reason = "AWS CLI and boto3: there is no [sso-session nowhere]";
    assert!(broken.stdout.contains(reason) && broken.stdout.contains("--fix"), "{}", broken.stdout);
    world.rolecall(["doctor", "profiles", "--fix"]).run().succeeded();
    assert_eq!(world.config(), switched);
    identity().succeeded();
}

#[test]
fn keys_of_the_credentials_file_are_told_of_and_left_alone() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    let credentials = world.config_path().with_file_name("credentials");
    let theirs = "[dev]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = nobody-sees-this\n";
    fs::write(&credentials, theirs).unwrap();
    let told = world.rolecall(["doctor", "profiles", "dev", "--fix"]).run();
    assert_eq!(told.code(), 1);
    assert!(told.stdout.contains("take line 2 (aws_access_key_id)"), "{}", told.stdout);
    assert!(
        !told.stdout.contains("nobody-sees-this") && !told.stdout.contains("AKIDEXAMPLE"),
        "{}",
        told.stdout
    );
    assert_eq!(fs::read_to_string(&credentials).unwrap(), theirs);
    let keys = world
        .rolecall(["doctor", "profiles", "dev"])
        .env("AWS_ACCESS_KEY_ID", "A")
        .env("AWS_SECRET_ACCESS_KEY", "s");
    let told = keys.run();
    assert!(told.stdout.contains("unset AWS_ACCESS_KEY_ID"), "{}", told.stdout);
    assert!(told.stdout.contains("note     dev: with `--profile dev`"), "{}", told.stdout);
}

#[test]
fn a_profile_of_any_mode_is_judged_by_what_the_mode_means() {
    let world = World::listed();
    let _agent = agent(&world);
    let judged = |variables: &[(&str, &str)]| {
        let program = world.rolecall(["doctor", "profiles", "dev"]);
        variables.iter().fold(program, |program, (name, value)| program.env(name, value)).run()
    };
    let wrong = |variables: &[(&str, &str)], told: &str| {
        let judged = judged(variables);
        assert_eq!(judged.code(), 1, "{}", judged.stdout);
        assert!(judged.stdout.contains(told), "{}", judged.stdout);
    };
    let web = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/R")];
    for mode in ["process", "sso", "keys"] {
        world.rolecall(["switch", GRANT, "--profile", "dev", "--mode", mode]).run().succeeded();
        let fine = judged(&[]);
        assert_eq!(fine.code(), 0, "{mode}: {}", fine.stdout);
        wrong(&web, "BROKEN   dev: AWS_WEB_IDENTITY_TOKEN_FILE is set and wins in");
        wrong(&[("AWS_ACCESS_KEY_ID", "A")], "AWS CLI and boto3 stop");
    }
    fs::remove_file(world.config_path().with_file_name("credentials")).unwrap();
    wrong(&[], "not every tool uses the switch");
    world.rolecall(["switch", GRANT, "--profile", "dev", "--mode", "endpoint"]).run().succeeded();
    wrong(&[], "no tool finds the endpoint");
    let theirs = "http://127.0.0.1:9/v1/credentials";
    wrong(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", theirs)], "lead elsewhere");
    let env = world.rolecall(["endpoint", "env", "--profile", "dev", "--format", "dotenv"]).run().succeeded();
    let ours: Vec<(&str, &str)> = env.stdout.lines().filter_map(|line| line.split_once('=')).collect();
    let fine = judged(&ours);
    assert_eq!(fine.code(), 0, "{}", fine.stdout);
    world.switch(GRANT, "default");
    let apart = [("AWS_PROFILE", "default"), ("AWS_DEFAULT_PROFILE", "dev")];
    let program = world.rolecall(["doctor", "profiles", "default"]);
    let told = apart.iter().fold(program, |program, (name, value)| program.env(name, value)).run();
    assert_eq!(told.code(), 1);
    assert!(
        told.stdout.contains("AWS_PROFILE is `default` and AWS_DEFAULT_PROFILE is `dev`"),
        "{}",
        told.stdout
    );
}

#[test]
fn what_makes_tools_refuse_a_whole_file_is_told_once() {
    let world = World::listed();
    world.switch(GRANT, "one");
    world.switch(GRANT, "two");
    let broken = format!("\u{feff}{}[profile one]\noutput = x\n[profile mine]\nregion = y\n", world.config());
    world.write_config(&broken);
    let told = world.rolecall(["doctor", "profiles"]).run();
    assert_eq!(told.code(), 1);
    for once in ["byte-order mark", "the section is there twice", "mend that line by hand"] {
        let count = if once.starts_with("mend") { 2 } else { 1 };
        assert_eq!(told.stdout.matches(once).count(), count, "{once}: {}", told.stdout);
    }
    assert!(!told.stdout.contains("one kind of credentials"), "{}", told.stdout);
    let doctor = world.rolecall(["doctor"]).run();
    assert_eq!(
        doctor.stdout.matches("warning  AWS config: AWS tools may refuse").count(),
        2,
        "{}",
        doctor.stdout
    );
}

#[test]
fn doctor_finds_profiles_that_cannot_work() {
    let world = World::listed();
    let found = |variables: &[(&str, &str)], told: &str| {
        let program = world.rolecall(["doctor"]);
        let doctor = variables.iter().fold(program, |program, (name, value)| program.env(name, value)).run();
        assert_ne!(doctor.code(), 0, "{}", doctor.stdout);
        assert!(doctor.stdout.contains(told), "{told}: {}", doctor.stdout);
    };
    world.switch(GRANT, "default");
    let good = world.config();
    let program = env!("CARGO_BIN_EXE_rolecall");
    world.write_config(good.replace(program, "/nowhere/rolecall"));
    found(
        &[],
        "broken   profile default: the program of its credential_process is not there: /nowhere/rolecall",
    );
    world.write_config(good.replace("AdministratorAccess", "GoneAccess"));
    found(&[], "is not in the list of accounts and roles any more");
    world.write_config(good.replace("rolecall_portal = corp", "rolecall_portal = former"));
    found(&[], "broken   profile default: ");
    world.write_config(good.replace("AdministratorAccess", "~gone"));
    found(&[], "the settings have no chained role `gone`");
    world.write_config(&good);
    let keys = [("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s")];
    found(&keys, "broken   profile default in this shell: AWS_ACCESS_KEY_ID is set and wins in");
    let elsewhere = world.rolecall(["doctor"]).env("AWS_REGION", "eu-west-1").run().succeeded();
    assert!(elsewhere.stdout.contains("warning  profile default in this shell: AWS_REGION is `eu-west-1`"));
}
