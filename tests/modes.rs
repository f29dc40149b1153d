//! The ways in which a profile gets its credentials, and switches that end by themselves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use sim::Options;

use crate::agent::agent;
use crate::program::until;
use crate::world::{GRANT, OTHER, World};

fn credentials_path(world: &World) -> PathBuf {
    world.session.home().join(".aws/credentials")
}

fn credentials_file(world: &World) -> String {
    fs::read_to_string(credentials_path(world)).unwrap_or_default()
}

fn write_credentials(world: &World, text: &str) {
    fs::create_dir_all(credentials_path(world).parent().unwrap()).unwrap();
    fs::write(credentials_path(world), text).unwrap();
}

/// The account that boto3 is in, through a profile.
fn account_of(world: &World, profile: &str) -> String {
    let script = format!(
        "import boto3; print(boto3.Session(profile_name='{profile}').client('sts').get_caller_identity()['Account'])"
    );
    world.python(&script).run().succeeded().stdout.trim().to_owned()
}

/// The account through `rolecall credentials`, without AWS.
fn grant_of(world: &World, profile: &str) -> String {
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let profiles = status["profiles"].as_array().unwrap().clone();
    let found = profiles.iter().find(|p| p["name"] == profile);
    found.map_or_else(String::new, |p| {
        format!("{}/{}", p["accountId"].as_str().unwrap(), p["roleName"].as_str().unwrap())
    })
}

#[test]
fn keys_are_for_tools_that_know_nothing_else() {
    let world = World::listed();
    let theirs = "# mine\n[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n";
    write_credentials(&world, theirs);
    let switch = world.rolecall(["switch", GRANT, "--profile", "old", "--mode", "keys"]).run().succeeded();
    assert!(switch.stderr.contains("not renewed"), "no agent runs: {}", switch.stderr);
    let file = credentials_file(&world);
    assert!(file.starts_with(theirs) && file.contains("[old]\naws_access_key_id = ASIA"), "{file}");
    assert!(!world.config().contains("credential_process"), "{}", world.config());
    // An old tool reads that file alone; the AWS CLI and boto3 take it as well.
    let identity = world.aws(["sts", "get-caller-identity", "--profile", "old"]).run().succeeded().json();
    assert_eq!(identity["Account"], "111122223333");
    assert_eq!(account_of(&world, "old"), "111122223333");
    // A switch writes the other role's keys, and stays in its mode.
    world.rolecall(["switch", OTHER, "--profile", "old"]).run().succeeded();
    assert_eq!(account_of(&world, "old"), "001234567890");
    // Signing out takes them away, and nothing else.
    world.rolecall(["logout"]).run().succeeded();
    assert_eq!(credentials_file(&world), theirs);
    // Keys of somebody else are refused, also with --force.
    world.sign_in().succeeded();
    let refused =
        world.rolecall(["switch", GRANT, "--profile", "work", "--mode", "keys", "--force"]).run().failed(5);
    assert!(refused.failure().0.contains("not ours"), "{}", refused.stderr);
    assert_eq!(credentials_file(&world), theirs);
}

#[test]
fn a_switch_of_keys_is_taken_back_with_its_keys() {
    let world = World::listed();
    world.rolecall(["switch", GRANT, "--profile", "old", "--mode", "keys"]).run().succeeded();
    world.rolecall(["undo"]).run().succeeded();
    assert!(!credentials_file(&world).contains("ASIA"), "{}", credentials_file(&world));
    // Without an agent nobody writes those of the first one again, and that is said.
    world.rolecall(["switch", GRANT, "--profile", "old", "--mode", "keys"]).run().succeeded();
    world.rolecall(["switch", OTHER, "--profile", "old"]).run().succeeded();
    let told = world.rolecall(["undo"]).run().succeeded().stderr;
    assert!(told.contains("the keys of old are written when the desktop application"), "{told}");
    assert!(!credentials_file(&world).contains("ASIA"), "{}", credentials_file(&world));
    // From one role to another and back: an agent writes the keys of the first one again.
    let _agent = agent(&world);
    world.rolecall(["switch", GRANT, "--profile", "old", "--mode", "keys"]).run().succeeded();
    world.rolecall(["switch", OTHER, "--profile", "old"]).run().succeeded();
    world.rolecall(["undo"]).run().succeeded();
    until("the keys are there again", || credentials_file(&world).contains("ASIA"));
    assert_eq!(account_of(&world, "old"), "111122223333");
}

#[test]
fn leaving_a_mode_leaves_nothing_of_it() {
    let world = World::listed();
    world.rolecall(["switch", GRANT, "--profile", "dev", "--mode", "keys"]).run().succeeded();
    assert!(credentials_file(&world).contains("ASIA"));
    world.rolecall(["switch", GRANT, "--profile", "dev", "--mode", "process"]).run().succeeded();
    assert!(!credentials_file(&world).contains("ASIA"), "{}", credentials_file(&world));
    assert!(world.config().contains("credential_process"));
    assert_eq!(account_of(&world, "dev"), "111122223333");
    let backups = world.session.home().join(".aws/rolecall-backups");
    for backup in fs::read_dir(backups).into_iter().flatten() {
        let kept = fs::read_to_string(backup.unwrap().path()).unwrap();
        assert!(!kept.contains("ASIA"), "no keys of ours in a backup: {kept}");
    }
}

#[test]
fn the_agent_renews_keys_before_they_end() {
    let world = World::signed_in_with(Options { role_seconds: 12, ..Options::default() });
    let _agent = agent(&world);
    let switch = world.rolecall(["switch", GRANT, "--profile", "old", "--mode", "keys"]).run().succeeded();
    assert!(!switch.stderr.contains("not renewed"), "{}", switch.stderr);
    let first = credentials_file(&world);
    until("newer keys are in the file", || {
        let file = credentials_file(&world);
        file.contains("ASIA") && file != first
    });
    assert_eq!(account_of(&world, "old"), "111122223333");
}

#[test]
fn an_sso_profile_is_the_aws_clis_own() {
    let world = World::new();
    world.share_with_cli();
    world.sign_in().succeeded();
    let switch = world.rolecall(["switch", GRANT, "--profile", "native", "--mode", "sso"]).run().succeeded();
    assert!(!switch.stderr.contains("warning"), "{}", switch.stderr);
    let config = world.config();
    assert!(!config.contains("credential_process") && config.contains("[sso-session corp]"), "{config}");
    let identity = world.aws(["sts", "get-caller-identity", "--profile", "native"]).run().succeeded().json();
    assert_eq!(identity["Account"], "111122223333");
    assert_eq!(account_of(&world, "native"), "111122223333");
    // Where the session is not shared, the person is told what is missing.
    world.write_settings(&format!(
        "[portal.corp]\nstart_url = \"{}\"\nregion = \"us-east-1\"\n",
        world.start_url()
    ));
    let told = world.rolecall(["switch", OTHER, "--profile", "native"]).run().succeeded().stderr;
    assert!(told.contains("aws sso login"), "{told}");
}

#[test]
fn a_lease_ends_by_itself_with_or_without_an_agent() {
    let world = World::listed();
    for with_agent in [false, true] {
        world.switch(OTHER, "dev");
        let before = world.config();
        let _agent = with_agent.then(|| agent(&world));
        let told = world.rolecall(["switch", GRANT, "--profile", "dev", "--for", "5s"]).run().succeeded();
        assert!(told.stderr.contains("for 5 s"), "{}", told.stderr);
        let leased = world.rolecall(["credentials", "--profile", "dev"]).run().succeeded().json();
        assert_eq!(grant_of(&world, "dev"), GRANT);
        // Tools are told to ask again in time.
        let expiry: jiff::Timestamp = leased["Expiration"].as_str().unwrap().parse().unwrap();
        assert!(expiry <= jiff::Timestamp::now() + Duration::from_secs(5), "{expiry}");
        until("it has gone back", || grant_of(&world, "dev") == OTHER);
        assert_eq!(account_of(&world, "dev"), "001234567890");
        if with_agent {
            until("the file is as it was", || world.config() == before);
        }
    }
}

#[test]
fn a_lease_from_nothing_ends_in_nothing() {
    let world = World::listed();
    world.rolecall(["switch", GRANT, "--profile", "dev", "--for", "1s"]).run().succeeded();
    thread::sleep(Duration::from_millis(1500));
    let refused = world.rolecall(["credentials", "--profile", "dev"]).run().failed(4);
    assert!(refused.failure().0.contains("time of the profile dev is over"), "{}", refused.stderr);
    for bad in ["0", "soon", "-5m", "400d"] {
        world.rolecall(["switch", GRANT, "--for", bad]).run().failed_as_usage();
    }
}

#[test]
fn a_lease_that_ended_while_nobody_ran_is_ended_by_the_next_agent() {
    let world = World::new();
    world.share_with_cli();
    world.sign_in().succeeded();
    world.switch(OTHER, "dev");
    // In this mode AWS tools ask AWS, and nobody reads the time but us.
    world.rolecall(["switch", GRANT, "--profile", "dev", "--mode", "sso", "--for", "1s"]).run().succeeded();
    thread::sleep(Duration::from_millis(1500));
    assert!(world.config().contains("sso_role_name"));
    let _agent = agent(&world);
    until("the profile is what it was, in its mode", || {
        let config = world.config();
        config.contains("credential_process")
            && !config.contains("sso_role_name")
            && !config.contains("_until")
    });
    assert_eq!(account_of(&world, "dev"), "001234567890");
}

#[test]
fn a_switch_that_is_refused_leaves_no_keys() {
    let world = World::listed();
    world.switch(OTHER, "dev");
    let config = world.config_path();
    fs::set_permissions(&config, fs::Permissions::from_mode(0o444)).unwrap();
    let refused = world.rolecall(["switch", GRANT, "--profile", "dev", "--mode", "keys"]).run();
    assert_ne!(refused.code(), 0, "{refused:?}");
    assert!(!credentials_file(&world).contains("ASIA"), "{}", credentials_file(&world));
}

#[test]
fn keys_of_ours_are_found_without_their_profile() {
    let world = World::listed();
    write_credentials(&world, "[mine]\naws_access_key_id = AKIDEXAMPLE\n");
    fs::set_permissions(credentials_path(&world), fs::Permissions::from_mode(0o644)).unwrap();
    for name in ["one", "two"] {
        world.rolecall(["switch", GRANT, "--profile", name, "--mode", "keys"]).run().succeeded();
    }
    let mode = fs::metadata(credentials_path(&world)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others may not read our keys");
    world.rolecall(["profiles", "remove", "one"]).run().succeeded();
    assert!(!credentials_file(&world).contains("[one]"), "{}", credentials_file(&world));
    // Taken out by hand, and then signed out.
    world.write_config("# nothing\n");
    assert!(credentials_file(&world).contains("[two]"));
    world.rolecall(["logout"]).run().succeeded();
    assert_eq!(credentials_file(&world), "[mine]\naws_access_key_id = AKIDEXAMPLE\n");
}

#[test]
fn after_a_new_sign_in_the_agent_writes_keys_again() {
    let world = World::listed();
    let _agent = agent(&world);
    world.rolecall(["switch", GRANT, "--profile", "old", "--mode", "keys"]).run().succeeded();
    world.rolecall(["logout"]).run().succeeded();
    assert!(!credentials_file(&world).contains("ASIA"), "{}", credentials_file(&world));
    world.sign_in().succeeded();
    until("the keys are there again", || credentials_file(&world).contains("ASIA"));
}

#[test]
fn keys_that_cannot_be_renewed_do_not_make_the_agent_hurry() {
    let world = World::signed_in_with(Options { role_seconds: 30, ..Options::default() });
    let _agent = agent(&world);
    world.rolecall(["switch", GRANT, "--profile", "old", "--mode", "keys"]).run().succeeded();
    world.set_faults(|faults| faults.server_error = 1.0);
    let before = world.asked("GetRoleCredentials");
    thread::sleep(Duration::from_secs(26));
    let asked = world.asked("GetRoleCredentials") - before;
    // Each try is a few requests; two tries may fall into this time, one of them of the memory's own.
    assert!(asked < 40, "{asked} requests");
}

#[test]
fn what_a_switch_needs_beside_the_files_is_told() {
    let world = World::listed();
    let told = |args: &[&str]| {
        let all = ["switch", GRANT, "--profile", "dev"].into_iter().chain(args.iter().copied());
        world.rolecall(all).run().succeeded().stderr
    };
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let before = fs::read_to_string(&settings).unwrap();
    assert!(!told(&[]).contains("warning"));
    let alone = told(&["--mode", "endpoint"]);
    assert!(alone.contains("warning: nobody answers at the endpoint unless"), "{alone}");
    {
        let _agent = agent(&world);
        assert!(!told(&[]).contains("warning"));
        let elsewhere = world.rolecall(["switch", GRANT, "--profile", "dev"]);
        let elsewhere = elsewhere.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/").run();
        assert!(
            elsewhere.stderr.contains("lead elsewhere than to Rolecall's endpoint"),
            "{}",
            elsewhere.stderr
        );
        // This agent has no window.
        fs::write(&settings, format!("{before}\n[[mark]]\naccount = \"*\"\nask = true\n")).unwrap();
        let unasked = told(&["--mode", "process"]);
        assert!(unasked.contains("nobody who could ask you"), "{unasked}");
    }
    fs::write(&settings, &before).unwrap();
    world.rolecall(["logout"]).run().succeeded();
    let signed_out = told(&["--mode", "process"]);
    assert!(
        signed_out.contains("nobody is signed in to corp") && signed_out.contains("`rolecall login corp`"),
        "{signed_out}"
    );
    let shared = before.replace("region = ", "aws_cli = \"share\"\nregion = ");
    assert_ne!(shared, before);
    fs::write(&settings, shared).unwrap();
    let no_session = told(&["--mode", "sso"]);
    assert!(no_session.contains("`rolecall login corp`"), "{no_session}");
}
