//! Many processes at once: AWS tools start Rolecall whenever they like.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::program::{Running, until};
use crate::world::{GRANT, OTHER, World, every_grant};

const CROWD: usize = 10;

fn crowd(world: &World, args: &[&str]) -> Vec<Running> {
    (0..CROWD).map(|_| world.rolecall(args.iter().copied()).start()).collect()
}

#[test]
fn ten_tools_at_once_cost_one_request() {
    let world = World::listed();
    let given = crowd(&world, &["credentials", "--grant", GRANT]).into_iter().map(Running::finish);
    let given: BTreeSet<String> = given.map(|outcome| outcome.succeeded().stdout).collect();
    assert_eq!(given.len(), 1, "all got the same credentials");
    assert_eq!(world.asked("GetRoleCredentials"), 1);
}

#[test]
fn ten_tools_at_once_renew_an_ending_token_once() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.short_tokens = Some(8));
    world.sign_in().succeeded();
    world.rolecall(["list"]).run().succeeded();
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let end: Timestamp = status["portals"][0]["expiresAt"].as_str().unwrap().parse().unwrap();
    until("the token has ended", || Timestamp::now() > end);
    let before = world.asked("CreateToken");
    // Each asks for a grant of its own, so that none is served by what another fetched.
    let grants = every_grant(sim::Organisation::Small).into_iter();
    let asking: Vec<Running> =
        grants.map(|grant| world.rolecall(["credentials", "--grant", &grant]).start()).collect();
    assert!(asking.len() >= CROWD);
    for running in asking {
        running.finish().succeeded();
    }
    assert_eq!(world.asked("CreateToken") - before, 1);
}

#[test]
fn nothing_comes_back_after_a_sign_out() {
    let world = World::listed();
    // Slow enough that the sign-out falls into the middle of the requests.
    world.set_faults(|faults| faults.latency = 150);
    let mut asking = crowd(&world, &["credentials", "--grant", GRANT]);
    asking.extend(crowd(&world, &["credentials", "--grant", OTHER]));
    until("the first request is at AWS", || world.asked("GetRoleCredentials") > 0);
    world.rolecall(["logout"]).run().succeeded();
    for running in asking {
        let outcome = running.finish();
        assert!(matches!(outcome.code(), 0 | 3), "{outcome:?}");
    }
    let kept = world.session.kept_secrets();
    for trace in ["accessToken", "refreshToken", "secretAccessKey"] {
        assert!(!kept.contains(trace), "{trace} is in the keyring after the sign-out");
    }
    world.rolecall(["credentials", "--grant", GRANT]).run().failed(3);
}

#[test]
fn ten_switches_at_once_are_all_done() {
    let world = World::listed();
    world.write_config("# mine\n[profile theirs]\nregion = eu-west-1\n");
    let names: Vec<String> = (0..CROWD).map(|number| format!("p{number}")).collect();
    let switching: Vec<Running> =
        names.iter().map(|name| world.rolecall(["switch", GRANT, "--profile", name]).start()).collect();
    for running in switching {
        running.finish().succeeded();
    }
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let found: BTreeSet<String> = status["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, names.into_iter().collect());
    assert!(world.config().starts_with("# mine\n[profile theirs]\nregion = eu-west-1\n"));
}

#[test]
fn two_listings_at_once_ask_for_each_account_once() {
    let world = World::signed_in();
    let listing: Vec<Running> = (0..3).map(|_| world.rolecall(["list", "--json"]).start()).collect();
    for running in listing {
        let grants = running.finish().succeeded().json().as_array().unwrap().len();
        assert_eq!(grants, every_grant(sim::Organisation::Small).len());
    }
    assert_eq!(world.asked("ListAccountRoles"), sim::Organisation::Small.accounts().len() as u64);
}

#[test]
fn ten_tools_at_once_share_one_failure() {
    let world = World::listed();
    world.set_faults(|faults| faults.server_error = 1.0);
    for running in crowd(&world, &["credentials", "--grant", GRANT]) {
        let outcome = running.finish().failed(1);
        assert!(outcome.failure().0.contains("HTTP 5"), "{}", outcome.stderr);
    }
    assert_eq!(world.asked("GetRoleCredentials"), 4, "the tries of one, for all of them");
    world.set_faults(|_| ());
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
}
