//! Switches for a while, on the command line: ended by hand, and told in words.

use std::fs;

use crate::agent::agent;
use crate::program::until;
use crate::world::{GRANT, OTHER, World};

/// `ACCOUNT/ROLE` where the profile points, as `rolecall status` says.
fn grant_of(world: &World, profile: &str) -> String {
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let profiles = status["profiles"].as_array().unwrap().clone();
    profiles.iter().find(|p| p["name"] == profile).map_or_else(String::new, |p| {
        format!("{}/{}", p["accountId"].as_str().unwrap(), p["roleName"].as_str().unwrap())
    })
}

#[test]
fn a_lease_is_ended_by_hand_and_that_can_be_undone() {
    let world = World::listed();
    world.switch(OTHER, "dev");
    let before = world.config();
    let lease = || world.rolecall(["switch", GRANT, "--profile", "dev", "--for", "1h"]).run().succeeded();
    lease();
    let leased = world.config();
    let told = world.rolecall(["switch", "--back", "--profile", "dev"]).run().succeeded();
    assert!(told.stderr.contains(&format!("dev is {OTHER} again (")), "{}", told.stderr);
    assert!(told.stdout.is_empty());
    assert_eq!(world.config(), before);
    assert_eq!(grant_of(&world, "dev"), OTHER);
    world.rolecall(["undo"]).run().succeeded();
    assert_eq!(world.config(), leased);
    // With an agent it goes as well, and the agent has nothing left to end.
    let _agent = agent(&world);
    lease();
    world.rolecall(["switch", "--back", "--profile", "dev"]).run().succeeded();
    assert_eq!(world.config(), before);
}

#[test]
fn what_has_nothing_to_go_back_to_is_told() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    let before = world.config();
    for profile in ["dev", "nobody"] {
        let refused = world.rolecall(["switch", "--back", "--profile", profile]).run().failed(4);
        assert!(refused.failure().0.contains("nothing to go back to"), "{}", refused.stderr);
    }
    assert_eq!(world.config(), before);
    for wrong in [&[GRANT, "--back"][..], &["--back", "--for", "1h"], &[]] {
        world.rolecall(["switch"].into_iter().chain(wrong.iter().copied())).run().failed_as_usage();
    }
    // A profile that came into being by it is gone with it.
    world.rolecall(["switch", GRANT, "--profile", "new", "--for", "1h"]).run().succeeded();
    let told = world.rolecall(["switch", "--back", "--profile", "new"]).run().succeeded();
    assert!(told.stderr.contains("new points nowhere"), "{}", told.stderr);
    assert_eq!(world.config(), before);
}

#[test]
fn keys_go_back_too() {
    let world = World::listed();
    let file = || fs::read_to_string(world.session.home().join(".aws/credentials")).unwrap_or_default();
    world.rolecall(["switch", OTHER, "--profile", "old", "--mode", "keys"]).run().succeeded();
    world.rolecall(["switch", GRANT, "--profile", "old", "--for", "1h"]).run().succeeded();
    let told = world.rolecall(["switch", "--back", "--profile", "old"]).run().succeeded();
    assert!(!file().contains("ASIA"), "nobody has keys of the role that was left: {}", file());
    assert!(told.stderr.contains("its keys are written when"), "{}", told.stderr);
    let _agent = agent(&world);
    until("the agent writes those of before", || file().contains("ASIA"));
    let script = "import boto3; print(boto3.Session(profile_name='old').client('sts').get_caller_identity()['Account'])";
    assert_eq!(world.python(script).run().succeeded().stdout.trim(), "001234567890");
}

#[test]
fn the_status_says_for_how_long_and_what_comes_then() {
    let world = World::listed();
    world.switch(OTHER, "dev");
    let plain = world.rolecall(["status"]).run().succeeded().stdout;
    assert!(!plain.contains("SWITCHED"), "{plain}");
    world.rolecall(["switch", GRANT, "--profile", "dev", "--for", "25m"]).run().succeeded();
    world.rolecall(["switch", GRANT, "--profile", "new", "--for", "2h"]).run().succeeded();
    world.switch(GRANT, "other");
    let status = world.rolecall(["status"]).run().succeeded().stdout;
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let (_, role) = OTHER.split_once('/').unwrap();
    assert!(line("dev").contains("for 25 min, then ") && line("dev").ends_with(role), "{status}");
    assert!(line("new").ends_with("for 2 h, then nothing"), "{status}");
    assert!(line("other").ends_with("for good"), "{status}");
    let json = world.rolecall(["status", "--json"]).run().succeeded().json();
    let dev = json["profiles"].as_array().unwrap().iter().find(|p| p["name"] == "dev").unwrap();
    assert!(dev["until"].is_string() && dev["before"]["accountId"] == "001234567890", "{dev}");
}
