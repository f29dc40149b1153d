//! The other ways to sign in, from the desktop; and what happens where somebody else wants a sign-in.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use sim::{ChangeKind, Decision, IdentitySource, Options};

use super::desk::Desk;
use crate::program::{Running, until};
use crate::session::Keyring;
use crate::world::{GRANT, World};

fn with_portal(options: Options) -> World {
    let world = World::with(options, Keyring::Unlocked);
    world.add_portal();
    world
}

/// Puts something in place of the program that opens browsers; it notes what it was started with.
fn install_browser(world: &World) -> PathBuf {
    let opened = world.session.path("opened");
    let script = format!("#!/bin/sh\nprintf '%s' \"$1\" > {}.part; mv {0}.part {0}\n", opened.display());
    let browser = world.session.path("bin/xdg-open");
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    opened
}

fn prepend_settings(world: &World, text: &str) {
    let path = world.session.home().join(".config/rolecall/settings.toml");
    fs::write(&path, format!("{text}\n{}", fs::read_to_string(&path).unwrap())).unwrap();
}

#[test]
fn in_the_persons_browser_the_page_comes_back_by_itself() {
    let world = with_portal(Options::default());
    let opened = install_browser(&world);
    prepend_settings(&world, "sign_in = \"browser\"");
    let desk = Desk::start(world);
    desk.panel.click("Sign in to corp…");
    until("the browser has the page", || opened.exists());
    let page = fs::read_to_string(&opened).unwrap();
    assert!(page.contains("/authorize?"), "{page}");
    until("the tray says what is waited for", || desk.panel.says("sign in in your browser"));
    assert!(!desk.display.shows("Sign in to"), "no window of ours");
    desk.world.visit(&page, Decision::Allow);
    until("the tray knows", || desk.panel.says("corp: signed in"));
}

#[test]
fn where_codes_are_blocked_the_browser_takes_over_and_it_is_told() {
    let world = with_portal(Options::default());
    let opened = install_browser(&world);
    world.set_faults(|faults| faults.device_blocked = true);
    let desk = Desk::start(world);
    desk.panel.click("Sign in to corp…");
    until("the browser has the page", || opened.exists());
    until("our window is gone", || !desk.display.shows("Sign in to"));
    desk.open_main().until("it is told", |view| {
        view["notice"]["text"].as_str().is_some_and(|text| text.contains("does not allow codes"))
    });
    desk.world.visit(&fs::read_to_string(&opened).unwrap(), Decision::Allow);
    until("the tray knows", || desk.panel.says("corp: signed in"));
}

#[test]
fn a_code_that_expires_is_replaced_in_the_same_window() {
    let desk = Desk::start(with_portal(Options::default()));
    desk.world.set_faults(|faults| faults.expired_code = Some(3));
    desk.begin_sign_in();
    desk.web().to("sign-in.html");
    let code = |view: &Value| view["portals"][0]["state"]["userCode"].as_str().unwrap_or_default().to_owned();
    let first = code(&desk.web().view());
    desk.world.set_faults(|_| {});
    let view =
        desk.web().until("there is another code", |view| !code(view).is_empty() && code(view) != first);
    // A search that meets a window which is just going finds nothing.
    until("it is in the same window", || desk.display.windows("Sign in to corp").len() == 1);
    until("the header shows it", || desk.web().text("body").contains(&code(&view)));
    assert!(desk.world.sim.approve(&code(&view)));
    until("the tray knows", || desk.panel.says("corp: signed in"));
}

#[test]
fn many_programs_that_want_a_sign_in_cause_one_notification_and_no_window() {
    let world = World::listed();
    let opened = install_browser(&world);
    let mut desk = Desk::empty(world);
    let notifier = desk.world.session.program("/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd");
    let _notifier = notifier.env("DISPLAY", &desk.display.name).env("NO_AT_BRIDGE", "1").start();
    desk.start_again();
    until("it is signed in", || desk.panel.says("corp: signed in"));
    desk.world.sim.revoke_sessions();
    let began = desk.world.asked("StartDeviceAuthorization");
    let asking: Vec<Running> =
        (0..8).map(|_| desk.world.rolecall(["credentials", "--grant", GRANT]).start()).collect();
    for running in asking {
        running.finish().failed(3);
    }
    until("it is told", || !desk.display.windows_of_class("xfce4-notifyd").is_empty());
    thread::sleep(Duration::from_millis(500));
    assert_eq!(desk.display.windows_of_class("xfce4-notifyd").len(), 1);
    assert!(!opened.exists() && !desk.display.shows("Sign in to"), "nothing opens by itself");
    assert_eq!(desk.world.asked("StartDeviceAuthorization"), began);
}

#[test]
fn a_role_that_is_not_there_yet_is_told_when_it_appears() {
    let desk = Desk::start(World::listed());
    let web = desk.open_switcher();
    desk.display.focus("^Rolecall$");
    desk.display.type_text("auditor");
    desk.painted("auditor");
    until("it is offered to wait for it", || web.text("#state").contains("Tell me when it appears"));
    web.run("[...document.querySelectorAll('#state button')].at(-1).click()", Value::Null);
    web.until("it is waited for", |view| view["awaited"] == json!(["auditor"]));
    let assigned =
        ChangeKind::AssignRole { account_id: "111122223333".into(), role: "Auditor".into(), user: None };
    desk.world.sim.provision(assigned).unwrap();
    web.invoke("act", &json!({ "action": { "type": "refresh", "portal": "corp" } }));
    web.until("it is there", |view| view["awaited"] == json!([]));
    until("the list has it", || web.text("[role=option]").contains("Auditor"));
}

#[test]
fn a_provider_that_refuses_windows_of_programs_is_named_and_the_browser_offered() {
    let desk =
        Desk::start(with_portal(Options { identity_source: IdentitySource::Google, ..Options::default() }));
    let opened = install_browser(&desk.world);
    desk.begin_sign_in();
    desk.submit("");
    desk.web().to("sign-in.html");
    desk.web().until("the header knows why", |view| view["portals"][0]["state"]["visit"]["hint"] == "google");
    until("and says so", || desk.web().text("body").contains("Google does not allow"));
    let act = json!({ "action": { "type": "signIn", "portal": "corp", "place": "browser" } });
    desk.web().send("act", &act);
    until("the browser has the page", || opened.exists());
    desk.world.visit(&fs::read_to_string(&opened).unwrap(), Decision::Allow);
    until("the tray knows", || desk.panel.says("corp: signed in"));
}

#[test]
fn people_of_entra_sign_in_in_the_window_and_stay_signed_in_there() {
    let desk =
        Desk::start(with_portal(Options { identity_source: IdentitySource::Entra, ..Options::default() }));
    let person = desk.world.person().clone();
    desk.begin_sign_in();
    desk.submit("");
    desk.submit(&format!("{}@corp.example", person.user));
    desk.submit(&person.password);
    desk.submit(&desk.world.sim.one_time_code().unwrap());
    desk.confirm_to_the_end();
    assert_eq!(desk.world.state(), "signedIn");
}

#[test]
fn people_of_adfs_and_of_active_directory_sign_in_in_the_window() {
    let adfs =
        Desk::start(with_portal(Options { identity_source: IdentitySource::Adfs, ..Options::default() }));
    adfs.begin_sign_in();
    adfs.go_through_the_identity_provider();
    until("the window of the sign-in is gone", || !adfs.display.shows("Sign in to"));
    assert_eq!(adfs.world.state(), "signedIn");

    let options = Options { identity_source: IdentitySource::ActiveDirectory, ..Options::default() };
    let directory = Desk::start(with_portal(options));
    directory.begin_sign_in();
    directory.go_through_the_pages();
    until("the window of the sign-in is gone", || !directory.display.shows("Sign in to"));
    assert_eq!(directory.world.state(), "signedIn");
}

#[test]
fn people_of_okta_prove_themselves_in_a_pop_up_of_the_window() {
    let desk =
        Desk::start(with_portal(Options { identity_source: IdentitySource::Okta, ..Options::default() }));
    let person = desk.world.person().clone();
    desk.begin_sign_in();
    desk.submit("");
    desk.submit(&person.user);
    desk.submit(&person.password);
    until("the second factor has a window of its own", || {
        // The page's only button; a page may open windows only when somebody presses something.
        desk.display.press("Tab");
        desk.display.press("Return");
        thread::sleep(Duration::from_millis(900));
        desk.display.windows("Sign in to corp").len() == 2
    });
    // The smaller of the two.
    let windows = desk.display.windows("Sign in to corp");
    let pop_up = windows.iter().min_by_key(|window| desk.display.size(window)).unwrap();
    desk.display.xdotool(["windowactivate", "--sync", pop_up]);
    until("the factor is taken and its window goes", || {
        desk.display.press("ctrl+a");
        desk.display.type_text(&desk.world.sim.one_time_code().unwrap());
        desk.display.press("Return");
        thread::sleep(Duration::from_millis(1200));
        desk.display.windows("Sign in to corp").len() < 2
    });
    desk.display.focus("Sign in to corp");
    desk.confirm_to_the_end();
    assert_eq!(desk.world.state(), "signedIn");
}
