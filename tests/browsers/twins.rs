//! Accounts that are called alike, in containers and profiles.

use std::fs;

use super::{followed, install_stand_in, led, values};
use crate::world::{GRANT, World};

/// Two accounts of the small organisation called Sandbox.
const TWINS: [&str; 2] = ["333344445555", "444455556666"];

#[test]
fn two_accounts_of_one_name_get_a_container_and_a_profile_each() {
    let world = World::listed();
    let (firefox, chrome) = (install_stand_in(&world, "firefox"), install_stand_in(&world, "google-chrome"));
    let container = |grant: &str| {
        let (words, page) = followed(&world, &firefox, &[grant, "--container"]);
        let id = grant.rsplit('/').nth(1).unwrap();
        assert!(page.contains(id), "{page}");
        values(&words[1]).1.remove(0)
    };
    for _ in 0..2 {
        for id in TWINS {
            assert_eq!(container(&format!("{id}/AdministratorAccess")), format!("Sandbox ({id})"));
        }
    }
    assert_eq!(container(GRANT), "Meadow Production", "it has its name for itself");

    // A profile that bears the name is neither one's; one that bears the id too is its account's.
    let data = world.session.home().join(".config/google-chrome");
    fs::create_dir_all(&data).unwrap();
    let state = r#"{"profile":{"info_cache":{"Profile 1":{"name":"Sandbox"},"Profile 2":{"name":"Sandbox (444455556666)"}}}}"#;
    fs::write(data.join("Local State"), state).unwrap();
    let profile = |id: &str, name: &str| {
        let grant = format!("{id}/AdministratorAccess");
        let args = [&grant, "--browser", "chrome", "--browser-profile", name];
        followed(&world, &chrome, &args).0.remove(0)
    };
    assert_eq!(profile(TWINS[0], "{account}"), "--profile-directory=rolecall-333344445555");
    assert_eq!(profile(TWINS[1], "{account}"), "--profile-directory=Profile 2");
    for id in TWINS {
        assert_eq!(profile(id, "Sandbox"), "--profile-directory=Profile 1", "the person wants it shared");
    }
}

#[test]
fn an_account_of_another_portal_may_bear_the_name_too() {
    let world = World::listed();
    let firefox = install_stand_in(&world, "firefox");
    let url = "https://d-1234567890.awsapps.com/start";
    world.rolecall(["portal", "add", "lab", "--start-url", url, "--region", "us-east-1"]).run().succeeded();
    let catalogues = world.session.home().join(".local/state/rolecall/catalogues");
    let of_corp = fs::read_to_string(catalogues.join("corp.json")).unwrap();
    let mut of_lab: serde_json::Value = serde_json::from_str(&of_corp).unwrap();
    of_lab["portal"] = "lab".into();
    of_lab["startUrl"] = url.into();
    let keep = |catalogue: &serde_json::Value| {
        fs::write(catalogues.join("lab.json"), catalogue.to_string()).unwrap();
    };
    keep(&of_lab);
    let name = || {
        let args = [&format!("corp/{GRANT}"), "--container"];
        values(&followed(&world, &firefox, &args).0[1]).1.remove(0)
    };
    assert_eq!(name(), "Meadow Production", "it is the same account in both portals");

    let accounts = of_lab["accounts"].as_array_mut().unwrap();
    let account = accounts.iter_mut().find(|account| account["id"] == "111122223333").unwrap();
    account["id"] = "111122223334".into();
    keep(&of_lab);
    assert_eq!(name(), "Meadow Production (111122223333)");
    // Signing out of it finds the same place.
    let sign_out = ["console", &format!("corp/{GRANT}"), "--container", "--sign-out"];
    let (words, to) = led(&world, &firefox, &sign_out);
    assert_eq!(values(&words[1]).1[0], "Meadow Production (111122223333)");
    assert!(to.contains("Action=logout"), "{to}");
}
