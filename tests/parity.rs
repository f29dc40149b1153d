//! What a switch writes, read by botocore and by the Rust SDK: exactly what was meant, and every other
//! profile as before. Whatever either of them could read before, it still can.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use domain::ids::{AccountId, GrantId, PortalName, ProfileName, Region, RoleName};
use domain::profile::{Delivery, Switch, our_profile, read_config, switch};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::program::Program;
use crate::world::python;

const CASES: usize = 600;
const NAMES: [&str; 5] = ["default", "dev", "a.b", "pro+d@1", "x/y%z:1"];
const PROGRAM: &str = "/opt/my tools/rolecall";

/// Keys by which a tool would find other credentials than ours (AWS SDKs and Tools Reference Guide).
const CREDENTIAL_KEYS: [&str; 14] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
    "login_session",
    "aws_security_token",
];
const OTHER_KEYS: [&str; 6] = ["output", "cli_pager", "services", "custom", "s3", "max_attempts"];
const OUR_KEYS: [&str; 3] = ["rolecall_portal", "rolecall_account_id", "rolecall_role_name"];

/// A key with a value, written in one of the ways that people and tools write them.
fn setting() -> impl Strategy<Value = String> {
    let plain = (
        select(&OTHER_KEYS[..4]),
        select(vec![
            "json",
            "100%",
            "a=b",
            "x#y",
            "'q'",
            "\"/opt/my app/x\" y",
            "https://x/start?a=b",
            "ünï",
        ]),
        select(vec![" = ", "=", " =", "= ", "\t=\t"]),
    );
    let plain = plain.prop_map(|(key, value, equals)| format!("{key}{equals}{value}"));
    let credentials = select(&CREDENTIAL_KEYS[..11]).prop_map(|key| format!("{key} = x"));
    let region = select(vec![
        "region = eu-west-1",
        "region=eu-west-1",
        "region = eu-west-1 # near",
        "REGION = eu-west-1",
    ]);
    let nested = Just("s3 =\n  max_queue_size = 10\n  addressing_style = path".to_owned());
    let process = Just("credential_process = /usr/bin/other --x".to_owned());
    let odd = select(vec![
        "output: json",
        "output = json ; kept",
        "custom =",
        "  # indented",
        "junk",
        "custom = a\n  b",
    ]);
    prop_oneof![
        8 => plain,
        2 => credentials,
        2 => region.prop_map(str::to_owned),
        1 => nested,
        1 => process,
        1 => odd.prop_map(str::to_owned),
        1 => select(vec!["# comment", "; comment", "", "#region = x"]).prop_map(str::to_owned),
    ]
}

fn header() -> impl Strategy<Value = String> {
    let plain = select(&NAMES[..]).prop_map(|name| match name {
        "default" => "[default]".to_owned(),
        name => format!("[profile {name}]"),
    });
    let decorated = (
        select(&NAMES[..]),
        select(vec![
            "[profile NAME] # c",
            "[profile  NAME]",
            "[profile \"NAME\"]",
            "[profile NAME ]",
            "[NAME]",
            "[ profile NAME]",
        ]),
    );
    let decorated = decorated.prop_map(|(name, form)| form.replace("NAME", name));
    let foreign = select(vec![
        "[sso-session dev]",
        "[services dev]",
        "[profile 'two words']",
        "[plugins]",
        "[preview]",
        "[profile ünï]",
    ]);
    prop_oneof![8 => plain, 1 => decorated, 2 => foreign.prop_map(str::to_owned)]
}

/// A whole config file. Mostly sound, with a sprinkling of everything that is seen in the field.
fn config() -> impl Strategy<Value = String> {
    let section = (header(), prop::collection::vec(setting(), 0..5), 0..3_usize);
    let section = section.prop_map(|(header, settings, blank)| {
        let mut lines = vec![header];
        let key = |line: &str| line.split(['=', ':']).next().unwrap_or_default().trim().to_lowercase();
        for line in settings {
            // A key twice is an error to botocore, which would leave little to compare.
            if line.starts_with(['#', ';']) || !lines.iter().any(|known| key(known) == key(&line)) {
                lines.push(line);
            }
        }
        lines.extend(std::iter::repeat_n(String::new(), blank));
        lines
    });
    let start = select(vec!["", "", "", "# mine ✓\n", "\n\n", "\u{feff}"]);
    let end = select(vec!["\n", "\n", "\r\n"]);
    (start, prop::collection::vec(section, 0..5), end, prop::bool::weighted(0.2)).prop_map(
        |(start, sections, end, cut)| {
            let mut seen: Vec<String> = Vec::new();
            // The Rust SDK merges two spellings of one header in no fixed order: nothing to compare with.
            let fresh = sections.into_iter().filter(|lines| {
                let header = lines[0].split(" #").next().unwrap_or_default().replace("profile", "");
                let name: String = header.chars().filter(|c| !matches!(c, '"' | ' ')).collect();
                let again = seen.contains(&name);
                seen.push(name);
                !again
            });
            let text = format!("{start}{}", fresh.flatten().map(|line| line + "\n").collect::<String>());
            let text = text.replace('\n', end);
            if cut { text.trim_end().to_owned() } else { text }
        },
    )
}

struct Case {
    name: &'static str,
    before: String,
    after: String,
}

fn grant() -> GrantId {
    GrantId {
        portal: PortalName::parse("corp").unwrap(),
        account_id: AccountId::parse("001234567890").unwrap(),
        role_name: RoleName::parse("Deploy+Rollback=Now,v2.1@eu-west").unwrap(),
    }
}

/// Texts before and after; those that the editor refuses are left out, which must not be many.
fn cases() -> Vec<Case> {
    let mut runner = TestRunner::deterministic();
    let both = (config(), select(&NAMES[..]));
    let grant = grant();
    let made = (0..CASES).filter_map(|_| {
        let (before, name) = both.new_tree(&mut runner).unwrap().current();
        let profile = ProfileName::parse(name).unwrap();
        let wanted = Switch {
            profile: &profile,
            grant: &grant,
            region: None,
            fallback_region: &Region::parse("us-east-1").unwrap(),
            delivery: Delivery::Process(PROGRAM),
            until: None,
            force: true,
        };
        let switched = switch(before.as_bytes(), None, &wanted).ok()?;
        let ours =
            our_profile(&read_config(&switched.config).unwrap(), &profile).expect("we read it ourselves");
        assert_eq!(ours.grant, grant);
        let after = String::from_utf8(switched.config).unwrap();
        Some(Case { name, before, after })
    });
    let cases: Vec<Case> = made.collect();
    assert!(cases.len() > CASES * 3 / 4, "only {} of {CASES} texts were edited", cases.len());
    cases
}

/// The meaning of a file: profiles with their keys. `None`: it is refused as a whole.
type Meaning = Option<BTreeMap<String, Map<String, Value>>>;

/// Compares what a reader saw before and after.
fn check(reader: &str, case: &Case, before: &Meaning, after: &Meaning) {
    let Case { name, before: old, after: new } = case;
    let told = format!("{reader}, {name}:\n{old}\n----\n{new}");
    let Some(after) = after else {
        assert!(before.is_none(), "it could be read before: {told}");
        return;
    };
    let profile = after.get(*name).unwrap_or_else(|| panic!("no such profile: {told}"));
    let command = format!("\"{PROGRAM}\" credentials --profile {name}");
    let grant = grant();
    let wanted = [
        ("credential_process", command.as_str()),
        (OUR_KEYS[0], grant.portal.as_str()),
        (OUR_KEYS[1], grant.account_id.as_str()),
        (OUR_KEYS[2], grant.role_name.as_str()),
    ];
    for (key, value) in wanted {
        assert_eq!(profile.get(key), Some(&json!(value)), "{key}: {told}");
    }
    assert!(["us-east-1", "eu-west-1"].contains(&profile["region"].as_str().unwrap()), "{told}");
    for key in CREDENTIAL_KEYS {
        assert!(!profile.contains_key(key), "{key} would win: {told}");
    }
    let Some(before) = before else { return };
    let kept = |profile: Option<&Map<String, Value>>| {
        let mut rest = profile.cloned().unwrap_or_default();
        let ours = CREDENTIAL_KEYS.iter().chain(&OUR_KEYS).chain(&["credential_process", "region"]);
        ours.for_each(|key| drop(rest.remove(*key)));
        rest
    };
    assert_eq!(kept(before.get(*name)), kept(Some(profile)), "its other keys: {told}");
    for other in before.keys().chain(after.keys()).filter(|other| other != name) {
        assert_eq!(before.get(other), after.get(other), "{other}: {told}");
    }
}

/// Reads all files in one process.
fn botocore(paths: &str, count: usize) -> Vec<Meaning> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/botocore_read.py");
    let told =
        Program::new(&python()).args([script]).input(paths).env("PATH", "/usr/bin:/bin").run().succeeded();
    let meanings: Vec<Meaning> = told
        .stdout
        .lines()
        .map(|line| match serde_json::from_str(line).unwrap() {
            Value::Object(error) if error.get("error").is_some_and(Value::is_string) => None,
            profiles => Some(serde_json::from_value(profiles).unwrap()),
        })
        .collect();
    assert_eq!(meanings.len(), count);
    meanings
}

#[test]
fn botocore_reads_what_was_meant() {
    let dir = tempfile::tempdir().unwrap();
    let cases = cases();
    let mut paths = String::new();
    for (number, case) in cases.iter().enumerate() {
        for (kind, text) in [("before", &case.before), ("after", &case.after)] {
            let path = dir.path().join(format!("{number}.{kind}"));
            fs::write(&path, text).unwrap();
            paths += path.to_str().unwrap();
            paths.push('\n');
        }
    }
    let meanings = botocore(&paths, cases.len() * 2);
    for (case, meanings) in cases.iter().zip(meanings.chunks(2)) {
        check("botocore", case, &meanings[0], &meanings[1]);
    }
    let readable = meanings.chunks(2).filter(|pair| pair[0].is_some()).count();
    assert!(readable > cases.len() / 2, "{readable} of {} texts say something", cases.len());
}

/// The profiles as the Rust SDK sees them, by the keys that occur here.
fn rust_sdk(text: &str) -> Meaning {
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, text).build();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let source = runtime.block_on(source::load(&Env::from_slice(&[]), &Fs::real(), &files)).unwrap();
    let sections = EnvConfigSections::parse(source).ok()?;
    let keys: Vec<&str> = CREDENTIAL_KEYS
        .iter()
        .chain(&OTHER_KEYS)
        .chain(&OUR_KEYS)
        .chain(&["region", "credential_process"])
        .copied()
        .collect();
    let profile = |name: &str| {
        let profile = sections.get_profile(name).unwrap();
        let values = keys.iter().filter_map(|key| Some(((*key).to_owned(), json!(profile.get(key)?))));
        (name.to_owned(), values.collect())
    };
    Some(sections.profiles().map(profile).collect())
}

#[test]
fn the_rust_sdk_reads_what_was_meant() {
    let cases = cases();
    let mut readable = 0;
    for case in &cases {
        let before = rust_sdk(&case.before);
        readable += usize::from(before.is_some());
        check("the Rust SDK", case, &before, &rust_sdk(&case.after));
    }
    assert!(readable > cases.len() / 2, "{readable} of {} texts say something", cases.len());
}
