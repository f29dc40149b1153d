//! Switches for a while, and modes, at the desktop.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::desk::Desk;
use crate::program::until;
use crate::world::{GRANT, OTHER, World};

/// The switcher is open, and the list has what the words find.
fn find(desk: &Desk, words: &str) {
    desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text(words);
    desk.painted(words);
}

fn choice(desk: &Desk) -> String {
    desk.web().text("[role=menu]")
}

fn config(desk: &Desk) -> String {
    fs::read_to_string(desk.world.config_path()).unwrap_or_default()
}

/// How many minutes the profile still points there.
fn minutes_left(desk: &Desk) -> Option<i64> {
    let status = desk.world.rolecall(["status", "--json"]).run().succeeded().json();
    let profile = status["profiles"].as_array()?.iter().find(|p| p["name"] == "default")?.clone();
    let until: jiff::Timestamp = profile["until"].as_str()?.parse().ok()?;
    Some((until.duration_since(jiff::Timestamp::now()).as_secs() + 30) / 60)
}

#[test]
fn alt_and_enter_switches_for_a_while_and_the_tray_goes_back() {
    let world = World::listed();
    world.switch(OTHER, "default");
    let before = world.config();
    let desk = Desk::start(world);
    find(&desk, "admin 1111");
    desk.display.press("alt+Return");
    until("the choice is there", || choice(&desk).contains("2 h"));
    let said = desk.web().text("#hints");
    assert!(said.contains("Switch default for") && said.contains("until I switch"), "{said}");
    // Enter alone is half an hour.
    desk.display.press("Return");
    until("it is switched", || config(&desk).contains("rolecall_account_id = 111122223333"));
    assert_eq!(minutes_left(&desk), Some(30));
    until("the tray says when it goes back", || desk.panel.says("Back to "));
    let labels = desk.panel.labels();
    let back = labels.iter().find(|label| label.starts_with("Back to ")).unwrap();
    assert!(back.ends_with(" min, or now"), "{back}");
    assert!(desk.panel.tooltip().contains("back in"));
    let web = desk.open_main();
    let row = || web.text("table.profiles tbody");
    until("the table says so", || row().contains("then ") && row().contains("process"));
    web.to("main.html");
    desk.panel.click(back);
    until("the file is as it was", || config(&desk) == before);
    until("the tray offers it no more", || !desk.panel.says("Back to "));
    web.until("it is told", |view| view["notice"]["text"].as_str().is_some_and(|t| t.ends_with("again")));
}

#[test]
fn digits_and_arrows_choose_and_escape_goes_back() {
    let desk = Desk::start(World::listed());
    find(&desk, "admin 1111");
    desk.display.press("alt+Return");
    until("the choice is there", || choice(&desk).contains("2 h"));
    desk.display.press("Escape");
    until("it is gone", || choice(&desk).is_empty());
    assert!(desk.display.shows("^Rolecall$"), "the switcher is still there");
    assert!(!desk.world.config_path().exists(), "nothing was switched");
    desk.display.press("alt+Return");
    until("the choice is there", || choice(&desk).contains("2 h"));
    desk.display.press("4");
    until("it is switched", || config(&desk).contains("rolecall_until"));
    assert_eq!(minutes_left(&desk), Some(120));
    until("the switcher is put away", || !desk.display.shows("^Rolecall$"));
    find(&desk, "admin 1111");
    desk.display.press("alt+Return");
    until("the choice is there", || choice(&desk).contains("2 h"));
    desk.display.press("Left");
    desk.display.press("Return");
    until("it is for a quarter of an hour", || minutes_left(&desk) == Some(15));
    until("the switcher is put away", || !desk.display.shows("^Rolecall$"));
    find(&desk, "admin 1111");
    desk.display.press("alt+Return");
    desk.display.press("End");
    desk.display.press("Return");
    until("it is for good", || !config(&desk).contains("rolecall_until"));
}

#[test]
fn keys_that_come_before_the_list_choose_the_time_and_switch_for_no_longer() {
    let desk = Desk::start(World::listed());
    desk.panel.activate();
    // As fast as a person who knows the way, and faster than the page.
    until("the switcher is there", || desk.display.shows("^Rolecall$"));
    desk.display.xdotool(["type", "--delay", "1", "admin 1111"]);
    desk.display.xdotool(["key", "--delay", "1", "alt+Return", "3"]);
    until("it is switched", || config(&desk).contains("rolecall_account_id = 111122223333"));
    assert_eq!(minutes_left(&desk), Some(60));
}

#[test]
fn a_lease_that_ends_is_told_in_tray_and_windows() {
    let world = World::listed();
    world.switch(OTHER, "default");
    let before = world.config();
    let desk = Desk::start(world);
    until("the tray has it", || desk.panel.labels()[0].contains("default: "));
    let first = desk.panel.labels()[0].clone();
    let web = desk.open_main();
    desk.world.rolecall(["switch", GRANT, "--for", "4s"]).run().succeeded();
    web.until("the window says for how long", |view| view["profiles"][0]["lease"] != Value::Null);
    until("the tray says so", || desk.panel.says("Back to "));
    web.until("it is told", |view| {
        view["notice"]["text"]
            .as_str()
            .is_some_and(|text| text.starts_with("default is ") && text.ends_with(" again"))
    });
    let now = web.view();
    assert_eq!(now["profiles"][0]["lease"], Value::Null);
    assert_eq!(now["profiles"][0]["grant"]["id"]["accountId"], "001234567890");
    until("the tray has gone back", || desk.panel.labels()[0] == first);
    until("the file is as it was", || config(&desk) == before);
}

#[test]
fn the_button_of_a_notification_switches_again_for_half_an_hour() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let mut desk = Desk::empty(world);
    let notifier = desk.world.session.program("/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd");
    let _notifier = notifier.env("DISPLAY", &desk.display.name).env("NO_AT_BRIDGE", "1").start();
    desk.start_again();
    desk.world.rolecall(["switch", OTHER, "--for", "3s"]).run().succeeded();
    until("its button is clicked and the role is there again", || {
        if let Some(window) = desk.display.windows_of_class("xfce4-notifyd").pop() {
            let (width, height) = desk.display.size(&window);
            let (x, y) = ((width - 58).to_string(), (height - 31).to_string());
            desk.display.xdotool(["mousemove", "--window", &window, &x, &y, "click", "1"]);
            thread::sleep(Duration::from_millis(300));
        }
        minutes_left(&desk) == Some(30)
    });
    assert!(config(&desk).contains("rolecall_account_id = 001234567890"));
}

#[test]
fn production_is_asked_about_with_the_time() {
    let world = World::listed();
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let mark = "[[mark]]\naccount = \"111122223333\"\nproduction = true\nconfirm = true\n\n";
    fs::write(&settings, format!("{mark}{}", fs::read_to_string(&settings).unwrap())).unwrap();
    let desk = Desk::start(world);
    find(&desk, "admin 1111");
    until("a time is suggested", || !desk.web().text("#hints.suggests-lease").is_empty());
    desk.display.press("alt+Return");
    until("the choice is there", || choice(&desk).contains("2 h"));
    desk.display.press("1");
    until("the question says for how long", || desk.web().text("[role=alertdialog]").contains("for 15 min?"));
    desk.display.press("ctrl+Return");
    until("it is switched", || config(&desk).contains("rolecall_until"));
    assert_eq!(minutes_left(&desk), Some(15));
}

#[test]
fn a_profile_of_keys_is_switched_by_the_switcher() {
    let world = World::listed();
    world.rolecall(["switch", OTHER, "--mode", "keys"]).run().succeeded();
    let desk = Desk::start(world);
    let web = desk.open_main();
    until("the table says its mode", || web.text("table.profiles tbody").contains("keys"));
    find(&desk, "admin 1111");
    desk.display.press("Return");
    until("the profile points there", || config(&desk).contains("rolecall_account_id = 111122223333"));
    let script = "import boto3; print(boto3.Session().client('sts').get_caller_identity()['Account'])";
    assert_eq!(desk.world.python(script).run().succeeded().stdout.trim(), "111122223333");
    assert!(!config(&desk).contains("credential_process"), "it stays in its mode");
    // Where nobody is signed in, that comes first.
    desk.world.rolecall(["logout"]).run().succeeded();
    until("the tray knows", || desk.panel.says("Sign in to corp…"));
    find(&desk, "read 0012");
    desk.display.press("Return");
    until("the sign-in begins", || desk.display.shows("Sign in to corp"));
    web.to("main.html");
    let view = web.until("there is a code", |view| view["portals"][0]["state"]["userCode"].is_string());
    assert!(desk.world.sim.approve(view["portals"][0]["state"]["userCode"].as_str().unwrap()));
    until("the switch is done after it", || config(&desk).contains("rolecall_account_id = 001234567890"));
    assert_eq!(desk.world.python(script).run().succeeded().stdout.trim(), "001234567890");
}
