//! Switches for a while, on the command line: ended by hand, and told in words.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::Duration;

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
fn the_region_of_a_lease_ends_with_it() {
    let world = World::listed();
    world.switch(OTHER, "dev");
    let before = world.config();
    let region = || {
        let asked = world.aws(["configure", "get", "region", "--profile", "dev"]).run().succeeded();
        asked.stdout.trim().to_owned()
    };
    let former = region();
    let lend = |time: &str| {
        let lend = ["switch", GRANT, "--profile", "dev", "--region", "ap-south-1", "--for", time];
        world.rolecall(lend).run().succeeded();
        assert_eq!(region(), "ap-south-1");
    };
    lend("1h");
    world.rolecall(["switch", "--back", "--profile", "dev"]).run().succeeded();
    assert_eq!((world.config(), region()), (before.clone(), former.clone()));
    // No mode has tools ask us for it: the next command writes it.
    lend("1s");
    thread::sleep(Duration::from_millis(1500));
    let status = world.rolecall(["status"]).run().succeeded();
    assert!(status.stderr.contains(&format!("the time of dev was over: it is {OTHER} again")), "{status:?}");
    assert_eq!((world.config(), region()), (before, former));
}

#[test]
fn keys_go_back_too() {
    let world = World::listed();
    let file = || fs::read_to_string(world.session.home().join(".aws/credentials")).unwrap_or_default();
    world.rolecall(["switch", OTHER, "--profile", "old", "--mode", "keys"]).run().succeeded();
    world.rolecall(["switch", GRANT, "--profile", "old", "--for", "1h"]).run().succeeded();
    let told = world.rolecall(["switch", "--back", "--profile", "old"]).run().succeeded();
    assert!(!file().contains("ASIA"), "nobody has keys of the role that was left: {}", file());
    assert!(told.stderr.contains("are written when"), "{}", told.stderr);
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

/// The account that boto3 is in, through the profile `dev`.
fn account_of_tools(world: &World) -> String {
    let script = "import boto3; print(boto3.Session(profile_name='dev').client('sts').get_caller_identity()['Account'])";
    world.python(script).run().succeeded().stdout.trim().to_owned()
}

fn lend_for_a_second(world: &World, mode: &str) {
    let lend = ["switch", GRANT, "--profile", "dev", "--for", "1s", "--mode", mode];
    world.rolecall(lend).run().succeeded();
    thread::sleep(Duration::from_millis(1500));
}

fn keys(world: &World) -> bool {
    let file = fs::read_to_string(world.session.home().join(".aws/credentials"));
    file.unwrap_or_default().contains("ASIA")
}

/// The lines of the profile, whatever their order; a session that a mode has put behind it may stay.
fn sorted(config: &str) -> Vec<&str> {
    let profile = config.split("[sso-session").next().unwrap_or_default();
    let mut lines: Vec<&str> = profile.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn what_tools_do_not_notice_is_ended_by_the_next_command_and_told_by_the_prompt() {
    let world = World::new();
    world.share_with_cli();
    world.sign_in().succeeded();
    world.rolecall(["list"]).run().succeeded();
    for mode in ["keys", "sso"] {
        world.switch(OTHER, "dev");
        let before = world.config();
        lend_for_a_second(&world, mode);
        let lent = world.config();
        assert_eq!(account_of_tools(&world), "111122223333", "nobody has told them");
        let prompt = world.rolecall(["prompt"]).env("AWS_PROFILE", "dev").run().succeeded().stdout;
        assert!(prompt.contains("AdministratorAccess (time is over)"), "{prompt}");
        assert_eq!(world.config(), lent, "a prompt writes nothing");
        let status = world.rolecall(["status"]).run().succeeded();
        assert!(
            status.stderr.contains(&format!("the time of dev was over: it is {OTHER} again")),
            "{status:?}"
        );
        assert_eq!((sorted(&world.config()), keys(&world)), (sorted(&before), false));
        assert_eq!(grant_of(&world, "dev"), OTHER);
        assert_eq!(account_of_tools(&world), "001234567890");
    }
}

#[test]
fn the_list_of_profiles_says_what_tools_get_when_the_time_is_over() {
    let world = World::listed();
    world.switch(OTHER, "dev");
    lend_for_a_second(&world, "process");
    world.rolecall(["switch", GRANT, "--profile", "new", "--for", "1s"]).run().succeeded();
    thread::sleep(Duration::from_millis(1500));
    let list = world.rolecall(["profiles", "list", "--json"]).run().succeeded().json();
    let entry = |name: &str| list.as_array().unwrap().iter().find(|p| p["name"] == name).unwrap().clone();
    let (account, _) = OTHER.split_once('/').unwrap();
    assert_eq!((entry("dev")["accountId"].as_str(), &*account_of_tools(&world)), (Some(account), account));
    let new = entry("new");
    assert!(new["accountId"].is_null() && new["source"] == "nothing: its time is over", "{new}");
}

#[test]
fn a_lease_that_cannot_be_ended_is_told_as_what_tools_use() {
    let world = World::listed();
    world.switch(OTHER, "dev");
    lend_for_a_second(&world, "keys");
    let (path, writable) = (world.config_path(), fs::metadata(world.config_path()).unwrap().permissions());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let status = world.rolecall(["status"]).run().succeeded();
    let told = "the time of dev is over, but tools still use Meadow Production/AdministratorAccess: \
                run `rolecall switch --back --profile dev`";
    assert!(status.stderr.contains(told), "{}", status.stderr);
    let line = status.stdout.lines().find(|line| line.starts_with("dev")).unwrap();
    assert!(line.contains("AdministratorAccess") && line.contains("time is over, should be"), "{line}");
    assert_eq!(grant_of(&world, "dev"), GRANT);
    fs::set_permissions(&path, writable).unwrap();
    let back = world.rolecall(["switch", "--back", "--profile", "dev"]).run().succeeded();
    assert!(back.stderr.contains(&format!("dev is {OTHER} again")), "{}", back.stderr);
    assert_eq!((account_of_tools(&world).as_str(), keys(&world)), ("001234567890", false));
}

#[test]
fn the_mode_of_a_lease_does_not_outlive_it() {
    let world = World::listed();
    for time in ["1s", "1h"] {
        world.switch(OTHER, "dev");
        world
            .rolecall(["switch", GRANT, "--profile", "dev", "--for", time, "--mode", "keys"])
            .run()
            .succeeded();
        assert!(keys(&world));
        if time == "1s" {
            thread::sleep(Duration::from_millis(1500));
        }
        world.rolecall(["switch", GRANT, "--profile", "dev"]).run().succeeded();
        assert!(!keys(&world), "{time}: nobody asked for keys that stay");
        assert!(world.config().contains("credential_process"), "{time}: {}", world.config());
    }
}

#[test]
fn a_profile_of_somebody_else_is_not_lent_by_force() {
    let world = World::listed();
    let theirs = "[profile dev]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = base\n";
    world.write_config(theirs);
    let refused =
        world.rolecall(["switch", GRANT, "--profile", "dev", "--for", "5m", "--force"]).run().failed(5);
    let (happened, hint) = refused.failure();
    assert!(happened.contains("its role_arn, source_profile would be replaced"), "{happened}");
    assert!(hint.contains("without `--for`"), "{hint}");
    assert_eq!(world.config(), theirs);
}
