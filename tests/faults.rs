//! Everything the simulator can do wrong, each with what a person sees and how often AWS is asked.

use jiff::{SignedDuration, Timestamp};
use sim::{Decision, Options, Organisation};

use crate::program::until;
use crate::world::{GRANT, OTHER, PORTAL, World, code_of, every_grant};

/// Requests that one page may cost at most when the portal stumbles.
const TRIES: u64 = 4;

fn all_grants(world: &World) {
    let mut grants = world.grants();
    grants.sort_unstable();
    assert_eq!(grants, every_grant(Organisation::Small));
}

/// The portal fails, what was known is shown all the same, and the failure is told by code and words.
fn shows_the_old_list_and_fails(world: &World, code: i32, words: &str) {
    let refreshed = world.rolecall(["list", "--refresh", "--json"]).run().failed(code);
    let grants = refreshed.json().as_array().unwrap().len();
    assert_eq!(grants, every_grant(Organisation::Small).len());
    assert!(refreshed.failure().0.contains(words), "{}", refreshed.stderr);
    let before = world.requests().len();
    all_grants(world);
    assert_eq!(world.requests().len(), before, "a known list costs no request");
}

#[test]
fn a_slow_portal_is_waited_for() {
    let world = World::signed_in();
    world.set_faults(|faults| faults.latency = 800);
    all_grants(&world);
    let fetched = world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    assert!(fetched.took.as_millis() >= 800, "the fault is in force");
}

#[test]
fn a_throttling_portal_is_asked_more_slowly_until_the_list_is_complete() {
    let world = World::signed_in();
    world.set_faults(|faults| faults.throttle = Some(3));
    all_grants(&world);
    let stats = world.sim.stats().services["portal"].clone();
    let pages = Organisation::Small.accounts().len() as u64 + 1;
    assert!(stats.throttled > 0, "the fault is in force");
    assert!(stats.count <= 3 * pages, "{stats:?}");
}

#[test]
fn single_server_errors_are_not_noticed() {
    let world = World::signed_in();
    world.set_faults(|faults| faults.server_error = 0.4);
    all_grants(&world);
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    let failed = world.requests().iter().filter(|record| record.status == 503).count();
    assert!(failed > 0, "the fault is in force");
}

#[test]
fn broken_connections_are_not_noticed() {
    let world = World::signed_in();
    world.set_faults(|faults| faults.reset = 0.4);
    all_grants(&world);
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    let reset = Some("(connection reset)");
    let broken = world.requests().iter().filter(|record| record.exception.as_deref() == reset).count();
    assert!(broken > 0, "the fault is in force");
}

#[test]
fn a_portal_that_is_down_costs_a_few_requests_and_no_list() {
    let world = World::listed();
    world.set_faults(|faults| faults.server_error = 1.0);
    let before = world.asked("ListAccounts");
    shows_the_old_list_and_fails(&world, 1, "AWS does not answer as it should");
    assert_eq!(world.asked("ListAccounts") - before, TRIES);
    let refused = world.rolecall(["credentials", "--grant", GRANT]).run().failed(1);
    assert!(refused.failure().1.contains("network"), "{}", refused.stderr);
    assert_eq!(world.asked("GetRoleCredentials"), TRIES);
    world.rolecall(["login", PORTAL, "--no-open"]).run().failed(1);
}

#[test]
fn no_network_is_told_as_such() {
    let world = World::listed();
    let nowhere = "http://127.0.0.1:9";
    let refresh = world.rolecall(["list", "--refresh"]).env("AWS_ENDPOINT_URL_SSO", nowhere).run().failed(1);
    assert!(refresh.stdout.contains("Meadow Production"), "{}", refresh.stdout);
    assert!(refresh.failure().0.contains("AWS does not answer as it should"), "{}", refresh.stderr);
}

#[test]
fn a_captive_portal_is_recognised() {
    let world = World::listed();
    world.set_faults(|faults| faults.html = true);
    shows_the_old_list_and_fails(&world, 1, "something between you and AWS answered");
    for args in [&["credentials", "--grant", GRANT][..], &["login", PORTAL, "--no-open"]] {
        let before = world.requests().len();
        let failed = world.rolecall(args.iter().copied()).run().failed(1);
        assert!(failed.failure().0.contains("something between you and AWS"), "{}", failed.stderr);
        assert!(!failed.stderr.contains("<html"), "no page in the message: {}", failed.stderr);
        assert!((world.requests().len() - before) as u64 <= TRIES);
    }
}

#[test]
fn an_administrators_denial_is_told() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.denied = true);
    let login = world.begin_sign_in();
    world.visit(&code_of(&login).0, Decision::Allow);
    let denied = login.finish().failed(1);
    assert!(denied.failure().0.contains("denied"), "{}", denied.stderr);
}

#[test]
fn a_code_that_expires_ends_the_sign_in() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.expired_code = Some(2));
    let login = world.rolecall(["login", PORTAL, "--no-open"]).run().failed(1);
    assert!(login.failure().0.contains("not approved in time"), "{}", login.stderr);
    assert!(world.asked("CreateToken") <= 5, "{}", world.asked("CreateToken"));
}

#[test]
fn slow_down_makes_the_polls_rarer_for_good() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.slow_down = Some(1));
    let login = world.begin_sign_in();
    until("a poll is told to slow down", || world.asked("CreateToken") == 1);
    world.set_faults(|_| ());
    world.visit(&code_of(&login).0, Decision::Allow);
    login.finish().succeeded();
    let polls = world.requests().into_iter().filter(|r| r.operation == "CreateToken");
    let times: Vec<Timestamp> = polls.map(|record| record.time.parse().unwrap()).collect();
    let gap = times[1].duration_since(times[0]);
    // RFC 8628: five seconds more than the interval of one second.
    assert!(times.len() == 2 && gap.as_secs_f64() > 5.8, "{times:?}");
}

#[test]
fn a_forgotten_registration_is_replaced_once() {
    let world = World::signed_in();
    world.rolecall(["logout"]).run().succeeded();
    world.set_faults(|faults| faults.unregistered = true);
    world.sign_in().succeeded();
    assert_eq!(world.asked("RegisterClient"), 2);
    assert_eq!(world.state(), "signedIn");
}

#[test]
fn a_session_that_an_administrator_ended_wants_a_new_sign_in() {
    let world = World::listed();
    world.sim.revoke_sessions();
    world.set_faults(|faults| faults.revoked_token = true);
    let before = world.asked("CreateToken");
    shows_the_old_list_and_fails(&world, 3, "has ended");
    assert_eq!(world.asked("CreateToken") - before, 1, "one try to renew");
    assert_eq!(world.state(), "signedOut", "AWS is believed");
    let refused = world.rolecall(["credentials", "--grant", GRANT]).run().failed(3);
    assert!(refused.failure().1.contains("rolecall login corp"), "{}", refused.stderr);
    assert_eq!(world.asked("CreateToken") - before, 1, "what is known to be over is not tried again");
    world.set_faults(|_| ());
    world.sign_in().succeeded();
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
}

#[test]
fn short_lived_tokens_are_renewed_again_and_again() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.short_tokens = Some(3));
    world.sign_in().succeeded();
    for round in 1..=3 {
        let ends = || -> Timestamp {
            let status = world.rolecall(["status", "--json"]).run().succeeded().json();
            status["portals"][0]["expiresAt"].as_str().unwrap().parse().unwrap()
        };
        // Whole seconds are shown.
        let end = ends() + SignedDuration::from_secs(1);
        until("the token has ended", || Timestamp::now() > end);
        assert_eq!(world.state(), "signedIn", "renewable");
        world.rolecall(["list", "--refresh"]).run().succeeded();
        let polls = world.requests().into_iter().filter(|r| {
            r.operation == "CreateToken" && r.parameters["grantType"].as_deref() == Some("refresh_token")
        });
        assert_eq!(polls.filter(|r| r.status == 200).count(), round);
    }
}

#[test]
fn without_a_refresh_token_the_sign_in_ends_with_its_token() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| (faults.no_refresh_token, faults.short_tokens) = (true, Some(4)));
    world.sign_in().succeeded();
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    assert_eq!(status["portals"][0]["refreshable"], false);
    world.rolecall(["list"]).run().succeeded();
    until("the token has ended", || world.state() == "expired");
    let before = world.requests().len();
    world.rolecall(["credentials", "--grant", GRANT]).run().failed(3);
    assert_eq!(world.requests().len(), before, "there is nothing to ask for");
}

#[test]
fn empty_pages_are_not_the_end_of_a_list() {
    let world = World::signed_in();
    world.set_faults(|faults| faults.empty_pages = true);
    all_grants(&world);
}

#[test]
fn one_forbidden_account_does_not_spoil_the_list() {
    let world = World::signed_in();
    world.set_faults(|faults| faults.forbidden_account = Some("111122223333".to_owned()));
    let list = world.rolecall(["list", "--json"]).run().succeeded();
    let grants = list.json().as_array().unwrap().len();
    assert_eq!(grants, every_grant(Organisation::Small).len() - 3);
    assert!(list.stderr.contains("111122223333"), "the gap is told: {}", list.stderr);
    assert!(world.asked("ListAccountRoles") <= Organisation::Small.accounts().len() as u64 + 1);
}

#[test]
fn a_grant_that_was_taken_away_is_told() {
    let world = World::listed();
    world.set_faults(|faults| faults.forbidden_account = Some("111122223333".to_owned()));
    let refused = world.rolecall(["credentials", "--grant", GRANT]).run().failed(1);
    assert!(refused.failure().0.contains("no access"), "{}", refused.stderr);
    assert!(world.asked("GetRoleCredentials") <= 2);
    world.rolecall(["credentials", "--grant", OTHER]).run().succeeded();
}

#[test]
fn a_clock_that_is_hours_off_does_no_harm() {
    for skew in [7200, -7200] {
        let world = World::new();
        world.add_portal();
        world.set_faults(|faults| faults.clock_skew = skew);
        world.sign_in().succeeded();
        all_grants(&world);
        let fetch = || world.rolecall(["credentials", "--grant", GRANT]).run().succeeded().json();
        let given = fetch();
        let end: Timestamp = given["Expiration"].as_str().unwrap().parse().unwrap();
        let left = end.duration_since(Timestamp::now()).as_mins();
        assert!((58..=60).contains(&left), "by this computer's clock: {skew}: {left}");
        assert_eq!(fetch(), given, "kept");
        assert_eq!(world.asked("GetRoleCredentials"), 1);
        let doctor = world.rolecall(["doctor"]).run();
        let way = if skew > 0 { "min behind AWS's" } else { "min ahead of AWS's" };
        assert!(doctor.stdout.contains(way), "{}", doctor.stdout);
        world.rolecall(["list", "--refresh"]).run().succeeded();
    }
}

#[test]
fn a_wrong_region_or_start_url_is_told_with_the_portal_to_check() {
    let world = World::with(Options::default(), crate::session::Keyring::Unlocked);
    let url = "https://d-0000000000.awsapps.com/start";
    world.rolecall(["portal", "add", PORTAL, "--start-url", url, "--region", "us-east-1"]).run().succeeded();
    let login = world.rolecall(["login"]).run().failed(1);
    assert!(login.failure().1.contains("start URL"), "{}", login.stderr);
    assert_eq!(world.asked("StartDeviceAuthorization"), 1);
}

#[test]
fn a_variable_that_holds_no_address_is_named() {
    let world = World::new();
    world.add_portal();
    for name in ["AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO"] {
        let login = world.rolecall(["login", "--no-open"]).env(name, "localhost:4566").run().failed(2);
        assert!(login.failure().0.contains(&format!("{name} is no address")), "{}", login.stderr);
    }
    assert_eq!(world.asked("RegisterClient"), 0);
}

#[test]
fn a_registration_that_is_forgotten_while_signed_in_wants_a_new_sign_in() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.short_tokens = Some(3));
    world.sign_in().succeeded();
    world.rolecall(["list"]).run().succeeded();
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let end: Timestamp = status["portals"][0]["expiresAt"].as_str().unwrap().parse().unwrap();
    until("the token has ended", || Timestamp::now() > end + SignedDuration::from_secs(1));
    world.set_faults(|faults| faults.unregistered = true);
    let refused = world.rolecall(["credentials", "--grant", GRANT]).run().failed(3);
    assert!(refused.failure().1.contains("rolecall login corp"), "{}", refused.stderr);
    world.sign_in().succeeded();
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
}

#[test]
fn a_portal_that_refuses_every_request_is_given_up() {
    let world = World::listed();
    world.set_faults(|faults| faults.throttle = Some(0));
    let refused = world.rolecall(["credentials", "--grant", GRANT]).run().failed(1);
    assert!(refused.failure().0.contains("limits the number of requests"), "{}", refused.stderr);
    assert_eq!(world.asked("GetRoleCredentials"), TRIES);
}
