//! The page of settings, with real keys.

use std::fs;

use serde_json::{Value, json};

use super::desk::Desk;
use crate::browsers::{choose, install_stand_in, sent_to, taken, values};
use crate::program::until;
use crate::world::World;

/// Opens the page, and waits until it knows the browsers.
fn open_page(desk: &Desk) {
    let web = desk.open_main();
    assert!(web.view()["browsers"].as_array().unwrap().len() < 2, "nobody has looked for them yet");
    web.run("location.hash = 'settings'", Value::Null);
    web.until("browsers are found", |view| view["browsers"].to_string().contains("\"firefox\""));
    desk.display.focus("^Rolecall$");
}

fn focus(desk: &Desk, selector: &str) {
    desk.web().run("document.querySelector(arguments[0]).focus()", json!(selector));
}

#[test]
fn containers_and_their_browser_are_chosen_by_keys_and_comments_stay() {
    let world = World::listed();
    let firefox = install_stand_in(&world, "firefox");
    install_stand_in(&world, "google-chrome");
    choose(&world, "# at work\nprogram = \"chrome\"  # usual\nprivate = true # hush\n# the end");
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let mut expected = fs::read_to_string(&path).unwrap();
    let desk = Desk::start(world);
    open_page(&desk);
    let web = desk.web();
    let mut written = |before: &str, after: &str| {
        assert!(expected.contains(before), "{expected}");
        expected = expected.replace(before, after);
        until(&format!("it is written: {expected}"), || fs::read_to_string(&path).unwrap() == expected);
    };

    focus(&desk, "[name=browser-open]:checked");
    desk.display.press("Right");
    written(
        "\"chrome\"  # usual\nprivate = true # hush\n",
        "\"auto\"  # usual\nprivate = false # hush\nopen = \"firefox-container\"\n",
    );
    web.until("it is in force", |view| view["settings"]["browser"]["open"] == "firefox-container");
    let options = || web.text("#browser-program option");
    until("only Firefox has containers", || options() == "Automatic (Firefox)\nFirefox");
    assert!(!web.text("#content").contains("Use a private window"), "containers exclude it");

    focus(&desk, "#browser-program");
    desk.display.press("f");
    written("\"auto\"", "\"firefox\"");
    focus(&desk, "#browser-name");
    desk.display.press("ctrl+a");
    desk.display.type_text("{user}\t");
    until("the mistake is told", || web.text("#browser-name-hint").contains("There is no {user}"));
    let invalid = "return document.querySelector('#browser-name').getAttribute('aria-invalid')";
    assert_eq!(web.run(invalid, Value::Null), "true");
    focus(&desk, "#browser-name");
    desk.display.press("ctrl+a");
    desk.display.type_text("{account} {role}\t");
    written("open = \"firefox-container\"\n", "open = \"firefox-container\"\nname = \"{account} {role}\"\n");
    web.until("it is in force", |view| view["settings"]["browser"]["name"] == "{account} {role}");

    let admin = json!({ "portal": "corp", "accountId": "111122223333", "roleName": "AdministratorAccess" });
    let action = json!({ "type": "console", "grant": admin, "destination": null });
    web.invoke("act", &json!({ "action": action }));
    let (_, values) = values(&taken(&firefox)[1]);
    assert_eq!(values[0], "Meadow Production AdministratorAccess");
    assert!(desk.world.open(&values[1]).unwrap().body.contains("111122223333"));
}

#[test]
fn a_browser_that_is_not_there_is_shown_as_chosen_and_not_found() {
    let world = World::listed();
    install_stand_in(&world, "firefox");
    choose(&world, "program = \"/opt/nothing/edge\"\n[portal.corp.browser]\nopen = \"profile\"");
    let desk = Desk::start(world);
    open_page(&desk);
    let web = desk.web();
    let chosen = "const at = document.querySelector('#browser-program'); return at.selectedOptions[0].text";
    until("it is shown", || web.run(chosen, Value::Null) == "/opt/nothing/edge (not found)");
    assert!(web.text("#browser-program-hint").contains("consoles don’t open"));
    web.run("location.hash = 'portals'", Value::Null);
    until("the portal's own is shown with it", || {
        web.text("#content li").contains("Consoles open in: A profile per account")
    });
}

#[test]
fn the_portals_page_opens_where_the_portals_consoles_open() {
    let world = World::listed();
    let firefox = install_stand_in(&world, "firefox");
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let own = "[portal.corp.browser]\nopen = \"firefox-container\"";
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("console_via = \"federation\" # mine\n{settings}\n{own}\n")).unwrap();
    let desk = Desk::start(world);
    open_page(&desk);
    let web = desk.web();
    focus(&desk, "[name=console-via]:checked");
    desk.display.press("Right");
    web.until("it is in force", |view| view["settings"]["consoleVia"] == "portal");
    assert!(fs::read_to_string(&path).unwrap().starts_with("console_via = \"portal\" # mine\n"));
    until("it is told what that means", || web.text("#console-via-hint").contains("several consoles"));
    focus(&desk, "[name=console-page]:checked");
    desk.display.press("Right");
    web.until("it is in force", |view| view["settings"]["consolePage"] == "last");
    assert!(fs::read_to_string(&path).unwrap().contains("\nconsole_page = \"last\"\n"));
    let admin = json!({ "portal": "corp", "accountId": "111122223333", "roleName": "AdministratorAccess" });
    let action = json!({ "type": "console", "grant": admin, "destination": null });
    web.invoke("act", &json!({ "action": action }));
    let (_, values) = values(&taken(&firefox)[1]);
    assert_eq!(values[0], "Meadow Production");
    assert!(desk.world.open(&values[1]).is_ok(), "it is sent on");
    let told = web.until("it is told where", |view| view["notice"]["about"] == "console");
    assert!(told["notice"]["text"].as_str().unwrap().contains("(Firefox, container Meadow Production)"));

    desk.panel.click("Sign the browser out of the console");
    let (_, values) = crate::browsers::values(&taken(&firefox)[1]);
    assert_eq!(values[0], "Meadow Production", "where it was opened");
    let page = sent_to(&values[1]);
    assert!(page.contains("Action=logout"), "{page}");
}
