//! The icon, its menu, and the desktop that has none.

use std::path::Path;
use std::thread;
use std::time::Duration;

use super::desk::Desk;
use super::display::Display;
use super::panel::Panel;
use crate::program::{Program, until};
use crate::session::{Keyring, Session};
use crate::world::{GRANT, OTHER, World};

#[test]
fn the_tray_icon_quits_from_its_menu() {
    let mut desk = Desk::start(World::new());
    desk.quit();
}

#[test]
fn the_tray_icon_waits_for_a_panel_that_comes_later() {
    let session = Session::start(Keyring::Absent);
    let display = Display::start(&session);
    let program = session.program(env!("CARGO_BIN_EXE_rolecall-desktop")).args(["--hidden"]);
    let mut desktop = program.env("DISPLAY", &display.name).start();
    // Long enough to have asked for a panel more than once, in vain.
    thread::sleep(Duration::from_secs(2));
    assert!(!desktop.is_over(), "without a panel it goes on: {}", desktop.told());
    let panel = Panel::start(&session);
    panel.click("Quit Rolecall");
    desktop.finish().succeeded();
}

#[test]
fn without_a_tray_its_window_is_offered() {
    let world = World::listed();
    let display = Display::start(&world.session);
    let program = world.program(env!("CARGO_BIN_EXE_rolecall-desktop")).env("DISPLAY", &display.name);
    let _desktop = program.start();
    until("the window stands in for the icon", || display.shows("^Rolecall$"));
}

#[test]
fn a_click_in_the_menu_switches_and_another_takes_it_back() {
    let world = World::listed();
    world.switch(GRANT, "default");
    world.switch(OTHER, "other");
    let before = world.config();
    let desk = Desk::start(world);
    until("both are there", || desk.panel.labels().iter().any(|label| label.contains("ReadOnlyAccess")));
    let labels = desk.panel.labels();
    let entry = labels.iter().find(|l| l.ends_with("· ReadOnlyAccess") && !l.contains(": ")).unwrap();
    desk.panel.click(entry);
    until("the profile points there", || {
        let config = desk.world.config();
        config.matches("rolecall_account_id = 001234567890").count() == 2
    });
    until("the menu says so", || {
        desk.panel.labels()[0].contains("default: ") && desk.panel.labels()[0].contains("ReadOnlyAccess")
    });
    desk.panel.click("Undo the last switch");
    until("every byte is as it was", || desk.world.config() == before);
}

#[test]
fn a_left_click_opens_the_switcher() {
    let desk = Desk::start(World::listed());
    desk.open_switcher();
}

#[test]
fn what_the_command_line_does_shows_in_the_tray() {
    let desk = Desk::start(World::listed());
    until("nothing is active", || desk.panel.labels().iter().any(|l| l.contains("corp: signed in")));
    let picture = desk.panel.picture();
    desk.world.switch(GRANT, "default");
    until("the switch shows", || desk.panel.labels()[0].contains("AdministratorAccess"));
    assert!(desk.panel.tooltip().contains("AdministratorAccess"));
    desk.world.rolecall(["logout", "corp"]).run().succeeded();
    until("the sign-out shows", || desk.panel.labels().iter().any(|l| l == "Sign in to corp…"));
    assert_ne!(desk.panel.picture(), picture, "another state has another icon");
}

/// A program that links a toolkit needs some 50 ms before its first instruction, and this one is on the way of
/// every AWS request.
#[test]
fn the_command_line_links_no_toolkit() {
    let linked = |program: &str| {
        let ldd = Program::new(Path::new("/usr/bin/ldd")).args([program]).env("PATH", "/usr/bin:/bin");
        ldd.run().succeeded().stdout
    };
    for library in ["libgtk", "libwebkit", "libdbus", "libssl"] {
        assert!(!linked(env!("CARGO_BIN_EXE_rolecall")).contains(library), "{library}");
    }
    assert!(linked(env!("CARGO_BIN_EXE_rolecall-desktop")).contains("libwebkit"), "the question can tell");
}

#[test]
fn a_bookmark_of_the_terminal_is_in_the_menu_and_opens_its_page() {
    let world = World::listed();
    crate::console::install_browser(&world);
    let desk = Desk::start(world);
    let page = "https://eu-west-1.console.aws.amazon.com/s3/home";
    let add = ["bookmark", "add", "payments buckets", GRANT, "--at", page];
    desk.world.rolecall(add).run().succeeded();
    until("the menu has it", || desk.panel.labels().iter().any(|label| label.contains("payments buckets")));
    desk.panel.click("⚠ payments buckets");
    let address = crate::console::started_with(&desk.world);
    let console = desk.world.open(address.trim()).unwrap().body;
    assert!(console.contains("Meadow Production") && console.contains("/s3/home"), "{console}");
}
