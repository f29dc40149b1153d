//! The global hotkey.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::desk::Desk;
use super::panel::Panel;
use super::web::{Web, free_port};
use crate::program::until;
use crate::world::World;

#[test]
fn the_hotkey_opens_the_switcher_and_closes_it() {
    let desk = Desk::start(World::listed());
    // Pressed again only if nothing came of it for long: a busy computer shows it late, and the next press hides it.
    let press_until = |shown: bool| {
        desk.display.press("ctrl+alt+r");
        desk.display.comes_to_show("^Rolecall$", shown)
    };
    until("it is grabbed", || press_until(true));
    desk.web().to("switcher.html");
    desk.painted("");
    desk.display.focus("^Rolecall$");
    until("it is put away", || press_until(false));
}

#[test]
fn what_is_typed_before_the_list_is_there_is_searched_for() {
    let desk = Desk::start(World::listed());
    // The hotkey is grabbed soon after the icon is in the tray; a second press would put the switcher away.
    thread::sleep(Duration::from_secs(1));
    desk.display.press("ctrl+alt+r");
    desk.display.focus("^Rolecall$");
    // Keys go where the focus is, as fast as a person types who knows the way.
    desk.display.type_text("admin 1112");
    desk.display.press("BackSpace");
    desk.display.type_text("1");
    desk.display.press("Return");
    until("the profile points there", || {
        fs::read_to_string(desk.world.config_path())
            .is_ok_and(|c| c.contains("rolecall_account_id = 111122223333"))
    });
}

#[test]
fn a_hotkey_that_another_program_holds_is_told() {
    let desk = Desk::start(World::listed());
    desk.open_main().until("the first one has it", |view| view["hotkey"]["state"] == "active");
    let other = World::new();
    let _panel = Panel::start(&other.session);
    let inspector = free_port();
    let program = other.program(env!("CARGO_BIN_EXE_rolecall-desktop")).env("DISPLAY", &desk.display.name);
    let program = program.env("TAURI_WEBVIEW_AUTOMATION", "true");
    let _second = program.env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}")).start();
    let web = Web::attach(inspector);
    web.to("main.html");
    let view = web.until("the second one can't have it", |view| view["hotkey"]["state"] == "refused");
    assert_eq!(view["notice"]["about"], "hotkey");
    assert!(view["notice"]["text"].as_str().unwrap().contains("Ctrl+Alt+R"), "{view}");
}

#[test]
fn another_hotkey_is_chosen_in_the_window_and_works() {
    let desk = Desk::start(World::listed());
    let web = desk.open_main();
    web.invoke(
        "act",
        &json!({ "action": { "type": "choose", "choice": { "key": "hotkey", "value": "ctrl+shift+F9" } } }),
    );
    web.until("it works", |view| {
        view["hotkey"] == json!({ "keys": "Ctrl+Shift+F9", "state": "active", "why": null })
    });
    let settings =
        fs::read_to_string(desk.world.session.home().join(".config/rolecall/settings.toml")).unwrap();
    assert!(settings.contains("hotkey = \"ctrl+shift+F9\""), "{settings}");
    web.hide();
    until("the window is closed", || !desk.display.shows("^Rolecall$"));
    desk.display.press("ctrl+shift+F9");
    until("the switcher is there", || desk.display.shows("^Rolecall$"));
}
