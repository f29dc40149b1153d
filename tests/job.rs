//! The whole job, from a start URL to a signed-out computer.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sim::{Decision, IdentitySource, Options, Organisation};

use crate::program::until;
use crate::session::Keyring;
use crate::world::{GRANT, PORTAL, World, code_of, every_grant};

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn is_rfc3339(time: &Value) -> bool {
    let text = time.as_str().unwrap();
    text.len() == 20 && text.ends_with('Z') && text.parse::<Timestamp>().is_ok()
}

#[test]
fn from_a_start_url_to_a_working_profile_and_out_again() {
    let world = World::with(Options::default(), Keyring::Unlocked);
    world.add_portal();
    assert_eq!(world.state(), "signedOut");

    // Sign in: the page and the code come on stderr, the data channel stays clean.
    let login = world.begin_sign_in();
    let (page, code) = code_of(&login);
    let last = world.visit(&page, Decision::Allow);
    assert_eq!(last.status, 200, "{}", last.body);
    let done = login.finish().succeeded();
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains(&code) && done.stderr.contains("signed in to corp"), "{}", done.stderr);
    assert_eq!(world.state(), "signedIn");

    // List: every account and role, whatever its name.
    let table = world.rolecall(["list", "--json"]).run().succeeded().json();
    let wanted =
        ["accountEmail", "accountId", "accountName", "lastUsed", "pinned", "portal", "profiles", "roleName"];
    for row in table.as_array().unwrap() {
        assert_eq!(keys(row), BTreeSet::from(wanted));
    }
    let mut grants = world.grants();
    grants.sort_unstable();
    assert_eq!(grants, every_grant(Organisation::Small));
    for account in Organisation::Small.accounts() {
        let row =
            table.as_array().unwrap().iter().find(|row| row["accountId"] == account.id.as_str()).unwrap();
        assert_eq!(row["accountName"], account.name.as_str());
        assert_eq!(row["accountEmail"].as_str(), account.email.as_deref());
    }

    // Switch: AWS's own tools are the role, through the profile.
    let switched = world.rolecall(["switch", GRANT, "--region", "eu-west-1"]).run().succeeded();
    assert_eq!(switched.stdout, "");
    let identity = world.aws(["sts", "get-caller-identity"]).run().succeeded().json();
    assert_eq!(identity["Account"], "111122223333");
    let arn = identity["Arn"].as_str().unwrap();
    assert!(arn.contains("assumed-role/AWSReservedSSO_AdministratorAccess_"), "{arn}");
    let boto3 = "import boto3; s = boto3.Session(); print(s.client('sts').get_caller_identity()['Arn'], s.region_name)";
    let told = world.python(boto3).run().succeeded();
    assert_eq!(told.stdout.trim(), format!("{arn} eu-west-1"));
    assert_eq!(world.asked("GetRoleCredentials"), 1, "all of them used the same credentials");

    // Status.
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    assert_eq!(keys(&status), BTreeSet::from(["portals", "profiles"]));
    let portal = &status["portals"][0];
    let wanted = ["expiresAt", "name", "refreshable", "region", "startUrl", "state"];
    assert_eq!(keys(portal), BTreeSet::from(wanted));
    assert_eq!((&portal["name"], &portal["region"]), (&PORTAL.into(), &"us-east-1".into()));
    assert_eq!((&portal["startUrl"], &portal["refreshable"]), (&world.start_url().into(), &true.into()));
    assert!(is_rfc3339(&portal["expiresAt"]));
    let profile = &status["profiles"][0];
    let wanted = [
        "accountId",
        "accountName",
        "expiresAt",
        "generated",
        "mode",
        "name",
        "portal",
        "region",
        "roleName",
    ];
    assert_eq!(keys(profile), BTreeSet::from(wanted));
    assert_eq!((&profile["name"], &profile["accountId"]), (&"default".into(), &"111122223333".into()));
    assert_eq!(
        (&profile["roleName"], &profile["region"]),
        (&"AdministratorAccess".into(), &"eu-west-1".into())
    );
    assert_eq!((&profile["accountName"], &profile["mode"]), (&"Meadow Production".into(), &"process".into()));
    assert!(is_rfc3339(&profile["expiresAt"]));
    let used = world.rolecall(["list", "111122223333", "AdministratorAccess", "--json"]).run().json();
    assert_eq!(used[0]["profiles"], serde_json::json!(["default"]));
    assert!(is_rfc3339(&used[0]["lastUsed"]));

    // Sign out: AWS is told, the keyring holds nothing that opens anything.
    world.rolecall(["logout"]).run().succeeded();
    assert_eq!(world.asked("Logout"), 1);
    assert_eq!(world.state(), "signedOut");
    let kept = world.session.kept_secrets();
    for trace in ["accessToken", "refreshToken", "secretAccessKey", "sessionToken"] {
        assert!(!kept.contains(trace), "{trace} is still in the keyring");
    }
    world.rolecall(["credentials", "--profile", "default"]).run().failed(3);
}

#[test]
fn people_of_an_external_identity_provider_sign_in_there() {
    let options = Options { identity_source: IdentitySource::ExternalIdp, ..Options::default() };
    let world = World::signed_in_with(options);
    assert!(world.sim.requests().iter().any(|record| record.service == "idp"));
    assert_eq!(world.state(), "signedIn");
    assert_eq!(world.grants().len(), every_grant(Organisation::Small).len());
}

#[test]
fn a_sign_in_that_the_person_denies_fails() {
    let world = World::new();
    world.add_portal();
    let login = world.begin_sign_in();
    world.visit(&code_of(&login).0, Decision::Deny);
    let denied = login.finish().failed(1);
    assert!(denied.failure().0.contains("denied"), "{}", denied.stderr);
    assert_eq!(world.state(), "signedOut");
}

#[test]
fn signing_in_again_uses_the_same_registration() {
    let world = World::signed_in();
    world.rolecall(["logout"]).run().succeeded();
    world.sign_in().succeeded();
    assert_eq!(world.asked("RegisterClient"), 1);
    assert_eq!(world.state(), "signedIn");
}

#[test]
fn signing_out_without_network_still_forgets_everything_here() {
    let world = World::listed();
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    let nowhere = "http://127.0.0.1:9";
    let out = world.rolecall(["logout"]).env("AWS_ENDPOINT_URL_SSO", nowhere).run().failed(1);
    assert!(out.failure().0.contains("AWS could not be told"), "{}", out.stderr);
    assert_eq!(world.state(), "signedOut");
    let kept = world.session.kept_secrets();
    assert!(!kept.contains("secretAccessKey") && !kept.contains("accessToken"), "{kept}");
}

#[test]
fn signing_out_ends_a_session_whose_token_is_over() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.short_tokens = Some(2));
    world.sign_in().succeeded();
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let end: Timestamp = status["portals"][0]["expiresAt"].as_str().unwrap().parse().unwrap();
    until("the token has ended", || Timestamp::now() > end + SignedDuration::from_secs(1));
    world.rolecall(["logout"]).run().succeeded();
    // Only a token that works can log out; without it the session would live on with its refresh token.
    let ended = world.requests().into_iter().filter(|r| r.operation == "Logout" && r.status == 200);
    assert_eq!(ended.count(), 1);
}

#[test]
fn a_log_out_that_stumbles_is_tried_again() {
    let world = World::signed_in();
    world.set_faults(|faults| faults.server_error = 0.5);
    world.rolecall(["logout"]).run().succeeded();
    assert_eq!(
        world.requests().last().map(|r| (r.operation.clone(), r.status)),
        Some(("Logout".into(), 200))
    );
}
