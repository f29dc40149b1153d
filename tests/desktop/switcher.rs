//! The quick switcher.

use std::fs;

use serde_json::{Value, json};
use sim::{Options, Organisation};

use super::desk::Desk;
use crate::browsers;
use crate::program::until;
use crate::world::{GRANT, World};

#[test]
fn typing_narrows_and_enter_switches() {
    let desk = Desk::start(World::listed());
    let web = desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text("admin 1111");
    desk.painted("admin 1111");
    assert!(web.text("[role=option][aria-selected=true]").contains("AdministratorAccess"));
    desk.display.press("Return");
    until("the profile points there", || {
        fs::read_to_string(desk.world.config_path())
            .is_ok_and(|c| c.contains("rolecall_account_id = 111122223333"))
    });
    until("the switcher is put away", || !desk.display.shows("^Rolecall$"));
    let who = desk.world.aws(["sts", "get-caller-identity"]).run().succeeded().json();
    assert_eq!(who["Account"], "111122223333");
    until("the tray says so", || desk.panel.labels()[0].contains("default: "));
}

#[test]
fn escape_puts_it_away_and_it_comes_back_empty() {
    let desk = Desk::start(World::listed());
    desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text("read");
    desk.painted("read");
    desk.display.press("Escape");
    until("it is put away", || !desk.display.shows("^Rolecall$"));
    desk.open_switcher();
    desk.painted("");
}

/// A desk whose browser leaves the address that it is called with in a file.
fn with_browser() -> (Desk, std::path::PathBuf) {
    let world = World::listed();
    let opened = world.session.path("opened");
    let script = format!("#!/bin/sh\nprintf '%s' \"$1\" > {}.part; mv {0}.part {0}\n", opened.display());
    let browser = world.session.path("bin/xdg-open");
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    (Desk::start(world), opened)
}

#[test]
fn control_and_enter_opens_the_console() {
    let (desk, opened) = with_browser();
    desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text("admin 1111");
    desk.painted("admin 1111");
    desk.display.press("ctrl+Return");
    until("the browser is called", || opened.exists());
    let page = desk.world.open(&fs::read_to_string(&opened).unwrap()).unwrap();
    assert!(page.body.contains("111122223333"), "the console is the account's");
}

#[test]
fn control_and_enter_opens_the_page_of_what_was_pasted() {
    let (desk, opened) = with_browser();
    let web = desk.open_switcher();
    desk.display.focus("^Rolecall$");
    let long = format!("arn:aws:sqs:eu-north-1:111122223333:{}", "long-name-".repeat(8));
    desk.display.type_text(&long);
    desk.painted(&long);
    let fits = "const line = document.getElementById('hints'); return line.scrollWidth <= line.clientWidth";
    assert_eq!(web.run(fits, Value::Null), true, "a long name pushes nothing out of the line");
    desk.display.press("ctrl+a");
    let query = "arn:aws:ec2:eu-north-1:111122223333:instance/i-0abc bill";
    desk.display.type_text(query);
    desk.painted(query);
    let row = web.text("[role=option][aria-selected=true]");
    assert!(row.contains("Meadow Production") && row.contains("Billing"), "{row}");
    let hints = web.text("#hints");
    assert!(hints.contains("Opens instance i-0abc"), "{hints}");
    desk.display.press("ctrl+Return");
    until("the browser is called", || opened.exists());
    let page = desk.world.open(&fs::read_to_string(&opened).unwrap()).unwrap();
    for shown in ["111122223333", "Billing", "eu-north-1", "#InstanceDetails:instanceId=i-0abc"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    web.until("it is said what opened", |view| {
        view["notice"]["text"].as_str().is_some_and(|text| text.contains("instance i-0abc"))
    });
}

/// Whoever has chosen a role and is about to press Enter must not get the one that has taken its place.
#[test]
fn what_is_selected_stays_so_when_the_list_changes() {
    let desk = Desk::start(World::listed());
    let web = desk.open_switcher();
    desk.look_for("read");
    let rows = || web.text("[role=option]").matches("ReadOnlyAccess").count();
    assert!(rows() > 2, "{}", rows());
    desk.display.press("Down");
    let selected = || web.text("[role=option][aria-selected=true]");
    let place = "return document.querySelector('[role=option][aria-selected=true]').ariaPosInSet";
    until("another row is selected", || web.run(place, Value::Null) == "2");
    let (chosen, first) = (selected(), web.text("[role=option][aria-posinset='1']"));
    // A use in a terminal moves a role to the top.
    let last = web.text(&format!("[role=option][aria-posinset='{}']", rows()));
    desk.world.switch(&format!("{}/ReadOnlyAccess", account_in(&last)), "elsewhere");
    until("the list changes", || web.text("[role=option][aria-posinset='1']") != first);
    assert_eq!(selected(), chosen);
    assert_eq!(web.run(place, Value::Null), "3", "it moved with its row");
    desk.display.press("Return");
    until("it is switched", || desk.world.config().contains("[default]"));
    let config = desk.world.config();
    let default = config.split("[default]").nth(1).unwrap().split('[').next().unwrap();
    assert!(default.contains(&account_in(&chosen)), "{chosen}: {config}");
}

/// The id that a row shows.
fn account_in(row: &str) -> String {
    let is_id = |word: &&str| word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit());
    row.split_whitespace().find(is_id).unwrap().to_owned()
}

#[test]
fn a_key_that_is_held_down_opens_one_console_and_answers_no_question() {
    let (desk, opened) = with_browser();
    let web = desk.open_switcher();
    desk.look_for("admin 1111");
    let press = |repeat: bool| {
        let keys =
            json!({ "key": "Enter", "ctrlKey": true, "bubbles": true, "cancelable": true, "repeat": repeat });
        web.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', arguments[0]))", keys);
    };
    (0..5).for_each(|_| press(true));
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(!opened.exists(), "a repetition opens nothing");
    press(false);
    until("the browser is called", || opened.exists());
}

#[test]
fn what_was_pasted_and_is_no_page_opens_nothing() {
    let (desk, opened) = with_browser();
    let web = desk.open_switcher();
    let query = "https://example.com/111122223333?token=secret bill";
    desk.look_for(query);
    assert!(web.text("#hints").contains("no page of AWS’s console"), "{}", web.text("#hints"));
    desk.display.press("ctrl+Return");
    let told = web.until("it is told", |view| view["notice"]["kind"] == "failed");
    let text = told["notice"]["text"].as_str().unwrap();
    assert!(text.contains("example.com") && !text.contains("secret"), "{text}");
    assert!(!opened.exists(), "no other page opens in its place");
}

#[test]
fn the_console_opens_in_the_container_that_the_settings_want() {
    let world = World::listed();
    browsers::choose(&world, "open = \"firefox-container\"");
    let firefox = browsers::install_stand_in(&world, "firefox");
    let desk = Desk::start(world);
    desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text("admin 1111");
    desk.painted("admin 1111");
    desk.display.press("ctrl+Return");
    let words = browsers::taken(&firefox);
    let (scheme, values) = browsers::values(&words[1]);
    assert_eq!((scheme.as_str(), values[0].as_str()), ("ext+container", "Meadow Production"));
    let page = desk.world.open(&values[1]).unwrap();
    assert!(page.body.contains("111122223333"), "the console is the account's");
}

#[test]
fn control_and_p_pins_and_the_number_switches() {
    let desk = Desk::start(World::listed());
    let web = desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text("read 0012");
    desk.painted("read 0012");
    desk.display.press("ctrl+p");
    web.until("it is pinned", |view| view["pinned"].as_array().is_some_and(|pinned| pinned.len() == 1));
    until("the tray has it", || desk.panel.labels().iter().any(|l| l.starts_with('★')));
    desk.display.press("ctrl+1");
    until("the profile points there", || {
        fs::read_to_string(desk.world.config_path())
            .is_ok_and(|c| c.contains("rolecall_account_id = 001234567890"))
    });
}

#[test]
fn production_that_wants_it_is_asked_about_and_the_safe_answer_has_the_focus() {
    let world = World::listed();
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let mark = "[[mark]]\naccount = \"111122223333\"\nproduction = true\nconfirm = true\n\n";
    let before = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{mark}{before}")).unwrap();
    let desk = Desk::start(world);
    let web = desk.open_switcher();
    desk.display.focus("^Rolecall$");
    let ask = || {
        desk.display.type_text("admin 1111");
        desk.painted("admin 1111");
        desk.display.press("Return");
        web.until("the question stands", |view| view["question"] != Value::Null);
        until("its dialog is there", || !web.text("[role=alertdialog], [role=dialog]").is_empty());
    };
    ask();
    desk.display.press("Return");
    web.until("Enter was no", |view| view["question"] == Value::Null);
    assert!(!desk.world.config_path().exists(), "nothing was written");
    desk.display.press("ctrl+a");
    ask();
    desk.display.press("ctrl+Return");
    until("the profile points there", || desk.world.config_path().exists());
    until("the tray warns", || desk.panel.labels()[0].starts_with('⚠'));
}

#[test]
fn twenty_thousand_roles_are_found_and_scrolled() {
    let world = World::signed_in_with(Options { organisation: Organisation::Small, ..Options::default() });
    let portal = world.start_url();
    let accounts: Vec<Value> = (0..5_000_u64)
        .map(|n| {
            json!({ "id": format!("{n:012}"), "name": format!("Team {n} <b>{}</b>", if n % 7 == 0 { "x".repeat(290) } else { "y".into() }),
                "roles": ["Admin", "Developer", "ReadOnly", "Support"], "rolesAt": "2026-01-01T00:00:00Z" })
        })
        .collect();
    let now = "2099-01-01T00:00:00Z";
    let catalogue = json!({ "version": 1, "portal": "corp", "startUrl": portal, "fetchedAt": now, "listingSince": null, "accounts": accounts });
    let dir = world.session.home().join(".local/state/rolecall/catalogues");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("corp.json"), catalogue.to_string()).unwrap();
    let desk = Desk::start(world);
    let web = desk.open_switcher();
    desk.display.focus("^Rolecall$");
    web.until("all are known", |view| view["grants"] == 20_000);
    desk.display.type_text("team 4999 support");
    desk.painted("team 4999 support");
    assert!(web.text("[role=option][aria-selected=true]").contains("Team 4999 <b>y</b>"), "names are text");
    let drawn = web.run("return document.querySelectorAll('[role=option]').length", Value::Null);
    assert!(drawn.as_u64() < Some(60), "only what is seen is there: {drawn}");
    desk.display.press("ctrl+a");
    desk.display.press("BackSpace");
    desk.painted("");
    desk.display.press("ctrl+End");
    until("the last one is drawn", || {
        let last = web.run("return [...document.querySelectorAll('[role=option]')].map(e => e.getAttribute('aria-posinset'))", Value::Null);
        last.as_array().is_some_and(|places| places.iter().any(|place| place == "20000"))
    });
}

#[test]
fn a_chained_role_is_found_and_shows_what_it_starts_from() {
    let world = World::listed();
    let args =
        ["chain", "add", "deploy", "--role", "arn:aws:iam::222233334444:role/Pipeline", "--from", GRANT];
    world.rolecall(args).run().succeeded();
    let desk = Desk::start(world);
    let web = desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text("pipeline");
    desk.painted("pipeline");
    let row = web.text("[role=option][aria-selected=true]");
    assert!(row.contains("deploy ← AdministratorAccess") && row.contains("Meadow Staging"), "{row}");
    desk.display.press("Return");
    until("the profile points there", || {
        fs::read_to_string(desk.world.config_path()).is_ok_and(|c| c.contains("rolecall_role_name = ~deploy"))
    });
    let who = desk.world.aws(["sts", "get-caller-identity"]).run().succeeded().json();
    assert!(who["Arn"].as_str().unwrap().contains("222233334444:assumed-role/Pipeline/"), "{who}");
    until("the tray says so", || desk.panel.labels()[0].contains("deploy ← Admin"));
}
