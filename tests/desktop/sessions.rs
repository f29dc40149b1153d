//! Sessions that end, networks that go, files that change.

use std::fs;

use serde_json::json;

use super::desk::Desk;
use crate::program::until;
use crate::world::{GRANT, World};

#[test]
fn a_session_that_aws_ended_needs_attention() {
    let world = World::listed();
    let desk = Desk::start(world);
    until("it is signed in", || desk.panel.labels().iter().any(|l| l.contains("corp: signed in")));
    let calm = desk.panel.picture();
    desk.world.sim.revoke_sessions();
    desk.panel.click("List roles anew");
    until("the tray tells", || desk.panel.labels().iter().any(|l| l.contains("the session has ended")));
    assert_ne!(desk.panel.picture(), calm);
}

#[test]
fn without_a_network_it_says_so_and_recovers_by_itself() {
    let desk = Desk::start(World::listed());
    until("it is signed in", || desk.panel.labels().iter().any(|l| l.contains("corp: signed in")));
    let calm = desk.panel.picture();
    desk.world.set_faults(|faults| faults.reset = 1.0);
    desk.panel.click("List roles anew");
    until("the tray tells", || {
        desk.panel.labels().iter().any(|l| l.starts_with("corp: signed in") && l.contains(';'))
    });
    assert_ne!(desk.panel.picture(), calm, "it shows in the icon");
    let listed = desk.world.asked("ListAccounts");
    desk.world.set_faults(|_| {});
    until("it tries again by itself", || desk.world.asked("ListAccounts") > listed);
    until("all is well", || desk.panel.picture() == calm);
}

#[test]
fn settings_are_read_again_when_they_change_and_mistakes_are_told() {
    let desk = Desk::start(World::listed());
    let web = desk.open_main();
    let path = desk.world.session.home().join(".config/rolecall/settings.toml");
    let before = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("theme = \"dark\"\n{before}")).unwrap();
    web.until("the change is in force", |view| view["settings"]["theme"] == "dark");
    fs::write(&path, format!("theme = 7\n{before}")).unwrap();
    let view = web.until("the mistake is told", |view| !view["settingsFailure"].is_null());
    assert!(view["settingsFailure"]["summary"].as_str().unwrap().contains("line 1: `theme`"));
    assert_eq!(view["settings"]["theme"], "dark", "what was in force still is");
    fs::write(&path, &before).unwrap();
    web.until("it is mended", |view| {
        view["settingsFailure"].is_null() && view["settings"]["theme"] == "system"
    });
}

#[test]
fn a_setting_that_is_chosen_changes_its_line_and_nothing_else() {
    let desk = Desk::start(World::listed());
    let path = desk.world.session.home().join(".config/rolecall/settings.toml");
    let before =
        format!("# mine\ndefault_region = \"eu-west-1\" # near\n{}", fs::read_to_string(&path).unwrap());
    fs::write(&path, &before).unwrap();
    let web = desk.open_main();
    web.until("it is read", |view| view["settings"]["defaultRegion"] == "eu-west-1");
    let choice = json!({ "key": "defaultRegion", "value": "eu-north-1" });
    web.invoke("act", &json!({ "action": { "type": "choose", "choice": choice } }));
    web.until("it is in force", |view| view["settings"]["defaultRegion"] == "eu-north-1");
    assert_eq!(fs::read_to_string(&path).unwrap(), before.replace("eu-west-1", "eu-north-1"));
}

#[test]
fn a_role_that_comes_is_shown_as_news() {
    let world = World::listed();
    let path = world.session.home().join(".local/state/rolecall/catalogues/corp.json");
    let mut catalogue: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let account =
        catalogue["accounts"].as_array_mut().unwrap().iter_mut().find(|a| a["id"] == "111122223333");
    account.unwrap()["roles"] = json!(["OldRole"]);
    fs::write(&path, catalogue.to_string()).unwrap();
    let desk = Desk::start(world);
    let web = desk.open_main();
    web.invoke("act", &json!({ "action": { "type": "refresh", "portal": "corp" } }));
    let view = web.until("the news are there", |view| !view["portals"][0]["changes"].is_null());
    let changes = &view["portals"][0]["changes"];
    assert!(changes["added"].to_string().contains("AdministratorAccess"), "{changes}");
    assert!(changes["removed"].to_string().contains("OldRole"), "{changes}");
}

#[test]
fn a_profile_is_used_through_the_window() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let desk = Desk::start(world);
    let web = desk.open_main();
    let view = web.until("the profile is shown", |view| view["profiles"][0]["name"] == "default");
    assert_eq!(view["profiles"][0]["grant"]["id"]["accountId"], "111122223333");
    let grant = view["profiles"][0]["grant"]["id"].clone();
    web.invoke("act", &json!({ "action": { "type": "copyExports", "grant": grant } }));
    web.until("it is told", |view| view["notice"]["about"] == "copyExports");
    let paste = crate::program::Program::new("/usr/bin/xclip".as_ref());
    let paste = paste.env("DISPLAY", &desk.display.name).args(["-o", "-selection", "clipboard"]);
    let exports = paste.run().succeeded().stdout;
    assert!(
        exports.contains("export AWS_ACCESS_KEY_ID=") || exports.contains("AWS_ACCESS_KEY_ID="),
        "{exports}"
    );
    assert!(!web.view().to_string().contains("ASIA"), "no credential is in the view");
}
