//! One session for Rolecall, the AWS CLI and SDKs, in both directions.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use sim::Decision;

use crate::program::until;
use crate::world::{GRANT, World, code_of};

const PROFILE: &str = "[profile theirs]\nsso_session = corp\nsso_account_id = 111122223333\n\
    sso_role_name = AdministratorAccess\nregion = us-east-1\n";

/// What `aws configure sso` writes, and what Rolecall makes of it.
fn world(aws_cli: &str) -> World {
    let world = World::new();
    let url = world.start_url();
    world.write_config(format!(
        "[sso-session corp]\nsso_start_url = {url}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n\n{PROFILE}"
    ));
    let choice = if aws_cli.is_empty() { String::new() } else { format!("aws_cli = \"{aws_cli}\"\n") };
    world.write_settings(&format!("[portal.corp]\nstart_url = \"{url}\"\nregion = \"us-east-1\"\n{choice}"));
    world
}

/// `aws sso login`, with the person at the pages.
fn sign_in_by_the_aws_cli(world: &World) {
    let login = world.aws(["sso", "login", "--no-browser", "--profile", "theirs"]).start();
    until("page and code are shown", || login.printed().contains("user_code="));
    let printed = login.printed();
    let page = printed.split_whitespace().find(|word| word.contains("user_code=")).unwrap();
    world.visit(page, Decision::Allow);
    login.finish().succeeded();
}

fn record_path(world: &World) -> PathBuf {
    // SHA-1 of the session's name.
    world.session.home().join(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json")
}

fn record(world: &World) -> Value {
    serde_json::from_slice(&fs::read(record_path(world)).unwrap()).unwrap()
}

/// The token of the cache has this many minutes left.
fn age(world: &World, minutes: i64) {
    let mut record = record(world);
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
    record["expiresAt"] = jiff::Timestamp::from_second(end.as_second()).unwrap().to_string().into();
    fs::write(record_path(world), record.to_string()).unwrap();
}

fn boto3(world: &World) -> String {
    let script = "import boto3; print(boto3.Session(profile_name='theirs').client('sts').get_caller_identity()['Account'])";
    world.python(script).without("AWS_DATA_PATH").run().succeeded().stdout.trim().to_owned()
}

#[test]
fn who_signed_in_with_the_aws_cli_need_not_do_so_again() {
    let world = world("");
    assert_eq!(world.state(), "signedOut");
    sign_in_by_the_aws_cli(&world);
    assert_eq!(world.state(), "signedIn");
    world.switch(GRANT, "ours");
    let who = world.aws(["sts", "get-caller-identity", "--profile", "ours"]).run().succeeded().json();
    assert_eq!(who["Account"], "111122223333");
    assert_eq!(world.asked("StartDeviceAuthorization"), 1, "one sign-in for all");
    let kept = world.session.kept_secrets();
    assert!(
        !kept.contains("access-token") && !kept.contains("refresh-token"),
        "it lives where it was: {kept}"
    );
}

#[test]
fn a_session_of_the_aws_cli_is_renewed_in_its_place() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    let before = record(&world);
    age(&world, -1);
    world.rolecall(["list"]).run().succeeded();
    let after = record(&world);
    assert_ne!(before["accessToken"], after["accessToken"]);
    assert_ne!(before["refreshToken"], after["refreshToken"], "rotated");
    assert_eq!(before["clientId"], after["clientId"]);
    assert_eq!(boto3(&world), "111122223333");
    world.aws(["sts", "get-caller-identity", "--profile", "theirs"]).run().succeeded();
    assert_eq!(world.sim.stats().refreshes, 1, "they use what we renewed");
    // And the other way round.
    age(&world, 10);
    assert_eq!(boto3(&world), "111122223333");
    assert_eq!(world.sim.stats().refreshes, 2);
    world.rolecall(["list", "--refresh"]).run().succeeded();
    let stats = world.sim.stats();
    assert_eq!(
        (stats.refreshes, stats.rotated_out_uses, stats.refused_refreshes),
        (2, 0, 0),
        "we use what they renewed"
    );
}

#[test]
fn signing_out_with_the_aws_cli_is_noticed() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    assert_eq!(world.state(), "signedIn");
    world.aws(["sso", "logout"]).run().succeeded();
    assert_eq!(world.state(), "signedOut");
    world.rolecall(["list"]).run().failed(3);
}

#[test]
fn signing_out_here_ends_the_session_of_the_aws_cli_that_was_used() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    world.rolecall(["list"]).run().succeeded();
    world.rolecall(["logout"]).run().succeeded();
    assert_eq!(world.state(), "signedOut");
    assert!(!record_path(&world).exists(), "no token is left behind");
    assert_eq!(world.sim.stats().live_logins, 0, "at AWS too");
    sign_in_by_the_aws_cli(&world);
    assert_eq!(world.state(), "signedIn", "a later one counts again");
}

#[test]
fn a_session_of_ones_own_goes_before_that_of_the_aws_cli() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    world.sign_in().succeeded();
    world.rolecall(["logout"]).run().succeeded();
    assert_eq!(world.state(), "signedOut", "signed out is signed out");
    assert!(record_path(&world).exists(), "theirs was not used and is left alone");
    world.aws(["sts", "get-caller-identity", "--profile", "theirs"]).run().succeeded();
    // Its renewal by an SDK is no sign-in here; what comes after its end is.
    age(&world, 10);
    assert_eq!(boto3(&world), "111122223333");
    assert_eq!(world.state(), "signedOut");
    world.aws(["sso", "logout"]).run().succeeded();
    assert_eq!(world.state(), "signedOut");
    sign_in_by_the_aws_cli(&world);
    assert_eq!(world.state(), "signedIn");
}

#[test]
fn a_sign_in_of_the_aws_cli_in_the_middle_of_a_renewal_is_not_written_over() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    age(&world, -1);
    world.set_faults(|faults| faults.latency = 700);
    let list = world.rolecall(["list"]).start();
    until("it renews", || world.asked("CreateToken") > 1 || world.sim.stats().refreshes > 0);
    let mut newer = record(&world);
    newer["accessToken"] = "newer".into();
    newer["refreshToken"] = "newer".into();
    fs::write(record_path(&world), newer.to_string()).unwrap();
    list.finish();
    assert_eq!(record(&world)["refreshToken"], "newer");
}

#[test]
fn where_nothing_can_be_written_nothing_is_rotated() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    age(&world, -1);
    // Root may write everywhere; a full disk stops everybody.
    let script = format!("trap '' XFSZ; ulimit -f 0; exec {} list", env!("CARGO_BIN_EXE_rolecall"));
    world.program("/bin/sh").args(["-c", &script]).run().failed(3);
    assert_eq!(world.sim.stats().refreshes, 0);
    world.rolecall(["list"]).run().succeeded();
}

#[test]
fn every_copy_of_a_shared_session_is_renewed() {
    let world = world("share");
    let url = world.start_url();
    let config = world.config();
    world.write_config(format!(
        "{config}\n[profile legacy]\nsso_start_url = {url}\nsso_region = us-east-1\nsso_account_id = 111122223333\n\
         sso_role_name = AdministratorAccess\nregion = us-east-1\n"
    ));
    world.sign_in().succeeded();
    let token = |name: &str| {
        let path = record_path(&world).with_file_name(name);
        let record: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        record["accessToken"].as_str().unwrap().to_owned()
    };
    let names: Vec<String> = fs::read_dir(record_path(&world).parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "one for the sso-session, one for the older form: {names:?}");
    let before = token(&names[0]);
    for name in &names {
        let path = record_path(&world).with_file_name(name);
        let mut record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        record["expiresAt"] = "2020-01-01T00:00:00Z".into();
        fs::write(path, record.to_string()).unwrap();
    }
    world.rolecall(["list"]).run().succeeded();
    assert_ne!(token(&names[0]), before);
    assert_eq!(token(&names[0]), token(&names[1]));
    world.aws(["sts", "get-caller-identity", "--profile", "legacy"]).run().succeeded();
}

#[test]
fn a_session_is_shared_even_if_the_aws_config_makes_no_sense() {
    let world = world("share");
    world.write_config("[profile broken\nx");
    world.sign_in().succeeded();
    assert_eq!(world.state(), "signedIn", "what somebody has approved is not thrown away");
}

#[test]
fn a_refresh_token_that_aws_refused_is_not_sent_again() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    age(&world, -1);
    world.sim.revoke_sessions();
    let before = fs::read(record_path(&world)).unwrap();
    for _ in 0..3 {
        world.rolecall(["list"]).run().failed(3);
    }
    assert_eq!(world.sim.stats().refused_refreshes, 1);
    assert_eq!(
        fs::read(record_path(&world)).unwrap(),
        before,
        "a file of the AWS CLI's is not ours to change"
    );
}

#[test]
fn where_the_person_shares_the_session_all_tools_are_signed_in_at_once() {
    let world = world("share");
    world.sign_in().succeeded();
    let who = world.aws(["sts", "get-caller-identity", "--profile", "theirs"]).run().succeeded().json();
    assert_eq!(who["Account"], "111122223333", "without aws sso login");
    assert_eq!(boto3(&world), "111122223333");
    let kept = world.session.kept_secrets();
    assert!(!kept.contains("access-token") && !kept.contains("refresh-token"), "one owner: {kept}");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(record_path(&world)).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    // Renewed by them, used by us; renewed by us, used by them.
    age(&world, 10);
    assert_eq!(boto3(&world), "111122223333");
    world.rolecall(["list"]).run().succeeded();
    age(&world, 1);
    world.rolecall(["list", "--refresh"]).run().succeeded();
    assert_eq!(boto3(&world), "111122223333");
    let stats = world.sim.stats();
    assert_eq!((stats.refreshes, stats.rotated_out_uses, stats.refused_refreshes), (2, 0, 0));
    world.aws(["sso", "logout"]).run().succeeded();
    assert_eq!(world.state(), "signedOut");
    assert_eq!(world.sim.stats().live_logins, 0);
}

#[test]
fn the_settings_can_keep_us_from_the_aws_clis_sessions() {
    let world = world("off");
    sign_in_by_the_aws_cli(&world);
    assert_eq!(world.state(), "signedOut");
}

#[test]
fn nobody_knows_whose_session_it_is_where_two_portals_have_one_address() {
    let world = world("");
    sign_in_by_the_aws_cli(&world);
    let url = world.start_url();
    world
        .rolecall(["portal", "add", "admin", "--start-url", &url, "--region", "us-east-1"])
        .run()
        .succeeded();
    assert_eq!(world.state(), "signedOut");
    let login = world.rolecall(["login", "admin", "--no-open"]).start();
    until("the code is shown", || login.told().contains("Waiting for your approval"));
    world.visit(&code_of(&login).0, Decision::Allow);
    login.finish().succeeded();
}
