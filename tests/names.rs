//! Account and role names are whatever somebody typed: they must not steer a terminal, a shell or a file.

use sim::Organisation;

use crate::program::Outcome;
use crate::world::{World, every_grant};

/// An account whose name holds everything a careless program chokes on.
const HOSTILE: &str = "666677778888";

/// Nothing that steers a terminal, or makes one name look like another: neither C0 nor C1, no bidirectional
/// control, nothing invisible.
#[track_caller]
fn is_harmless(outcome: &Outcome) {
    for text in [&outcome.stdout, &outcome.stderr] {
        let harmful = |c: &char| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let found: Vec<char> = text.chars().filter(harmful).collect();
        assert!(found.is_empty(), "{found:?} in {text:?}");
    }
}

#[test]
fn hostile_names_never_reach_the_terminal_raw() {
    let world = World::listed();
    world.switch("666677778888/ReadOnlyAccess", "evil");
    for args in [
        &["list"][..],
        &["list", "evil"],
        &["list", "--refresh"],
        &["status"],
        &["switch", "evil", "--profile", "evil"],
        &["switch", "Read", "--profile", "x"],
        &["switch", "evil/ReadOnlyAcces", "--profile", "x"],
        &["pin", "evil"],
        &["console", "evil", "--print"],
        &["doctor"],
        &["list", "--json"],
        &["status", "--json"],
    ] {
        is_harmless(&world.rolecall(args.iter().copied()).run());
    }
    // What was typed is shown as carefully.
    for args in [
        &["switch", "\u{1b}]0;owned\u{7}/\u{202e}x"][..],
        &["list", "\u{1b}[2J"],
        &["login", "\u{1b}[2J"],
        &["credentials", "--profile", "a\u{9b}31m"],
        &["console", "\u{1b}[2J", "--print"],
        &["simulate", "--fault", "\u{1b}[2J"],
    ] {
        is_harmless(&world.rolecall(args.iter().copied()).run());
    }
}

#[test]
fn the_json_form_still_tells_names_exactly() {
    let world = World::listed();
    let list = world.rolecall(["list", "--json"]).run().succeeded().json();
    let row = list.as_array().unwrap().iter().find(|row| row["accountId"] == HOSTILE).unwrap();
    let account = Organisation::Small.accounts().into_iter().find(|account| account.id == HOSTILE).unwrap();
    assert_eq!(row["accountName"], account.name.as_str());
}

#[test]
fn every_grant_works_through_its_profile() {
    let world = World::listed();
    let grants = every_grant(Organisation::Small);
    for (number, grant) in grants.iter().enumerate() {
        world.switch(grant, &format!("p{number}"));
    }
    let script = "import boto3, sys\n\
                  for n in range(int(sys.argv[1])):\n\
                  \x20   sts = boto3.Session(profile_name=f'p{n}').client('sts')\n\
                  \x20   arn = sts.get_caller_identity()['Arn']\n\
                  \x20   print(arn.split(':')[4] + '/' + arn.split('AWSReservedSSO_')[1].rsplit('_', 1)[0])\n";
    let told = world.python(script).args([grants.len().to_string()]).run().succeeded();
    assert_eq!(told.stdout.lines().collect::<Vec<_>>(), grants);
}

#[test]
fn hostile_names_do_not_reach_the_aws_config() {
    let world = World::listed();
    world.switch("666677778888/ReadOnlyAccess", "evil");
    let config = world.config();
    assert!(config.is_ascii() && !config.contains("script") && !config.contains("[profile x]"), "{config}");
    let profiles = world.aws(["configure", "list-profiles"]).run().succeeded();
    assert_eq!(profiles.stdout.trim(), "evil");
}
