//! Starting, starting again, and the demo.

use std::fs;
use std::path::Path;

use super::desk::Desk;
use super::display::Display;
use crate::console::{install_browser, started_with};
use crate::program::until;
use crate::session::Keyring;
use crate::world::World;

#[test]
fn a_second_start_shows_the_window_of_the_first() {
    let desk = Desk::start(World::listed());
    assert!(!desk.display.shows("^Rolecall$"));
    desk.program().run().succeeded();
    until("the window is there", || desk.display.shows("^Rolecall$"));
}

#[test]
fn toggle_is_forwarded_for_desktops_that_bind_keys_themselves() {
    let desk = Desk::start(World::listed());
    desk.program().args(["--toggle"]).run().succeeded();
    until("the switcher is there", || desk.display.shows("^Rolecall$"));
    desk.display.focus("^Rolecall$");
    desk.program().args(["--toggle"]).run().succeeded();
    until("it is put away", || !desk.display.shows("^Rolecall$"));
}

#[test]
fn a_link_that_is_followed_asks_and_only_a_deliberate_act_opens_its_page() {
    let world = World::listed();
    install_browser(&world);
    let page = "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1";
    let link = format!(
        "rolecall://open?portal_url={}&account_id=111122223333&role_name=AdministratorAccess&destination={page}",
        world.start_url()
    );
    let desk = Desk::start(world);
    let browser = desk.world.session.home().join("browser.argv");
    let follow = || {
        desk.plain_program().args([&link]).run().succeeded();
        until("the switcher is there", || desk.display.shows("^Rolecall$"));
        let web = desk.web();
        web.to("switcher.html");
        web.until("the question stands", |view| view["question"]["byLink"] == true);
        until("its dialog is there", || !web.text("[role=alertdialog]").is_empty());
        web
    };
    let web = follow();
    let asked = web.text("[role=alertdialog]");
    for told in ["AdministratorAccess", "Meadow Production", "111122223333", page, "anybody can have made it"]
    {
        assert!(asked.contains(told), "{told}: {asked}");
    }
    desk.display.focus("^Rolecall$");
    desk.display.press("Return");
    web.until("Enter was no", |view| view["question"].is_null());
    assert!(
        !browser.exists() && desk.world.asked("GetRoleCredentials") == 0,
        "a link opens nothing by itself"
    );

    follow();
    // Whatever is pressed in the first moment was meant for something else.
    std::thread::sleep(std::time::Duration::from_millis(800));
    desk.display.focus("^Rolecall$");
    desk.display.press("ctrl+Return");
    let address = started_with(&desk.world);
    let console = desk.world.open(address.trim()).unwrap().body;
    assert!(console.contains("Meadow Production") && console.contains("/s3/home"), "{console}");
    assert!(!desk.world.config_path().exists(), "no profile was switched");
}

#[test]
fn the_desktop_hands_links_to_the_program_that_was_packed_and_it_starts_with_the_question() {
    let mut desk = Desk::empty(World::listed());
    let session = &desk.world.session;
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rolecall-desktop"), session.path("bin/rolecall-desktop"))
        .unwrap();
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/rolecall-desktop.desktop");
    let packed = fs::read_to_string(packed).unwrap();
    let types = packed.lines().find_map(|line| line.strip_prefix("MimeType=")).unwrap();
    let folder = session.home().join(".local/share/applications");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("rolecall-desktop.desktop"), &packed).unwrap();
    // As `update-desktop-database` writes it after an installation.
    let cache = types.split_terminator(';').map(|of| format!("{of}=rolecall-desktop.desktop;\n"));
    fs::write(folder.join("mimeinfo.cache"), format!("[MIME Cache]\n{}", cache.collect::<String>())).unwrap();

    let link = format!("rolecall://open?portal_url={}&account_id=111122223333", desk.world.start_url());
    let link = format!("{link}&role_name=AdministratorAccess");
    desk.app = Some(desk.driven("/usr/bin/gio").args(["open", &link]).start());
    let web = desk.web();
    web.to("switcher.html");
    web.until("the question stands", |view| view["question"]["byLink"] == true);
    until("its dialog is there", || web.text("[role=alertdialog]").contains("Meadow Production"));
    assert_eq!(desk.world.asked("GetRoleCredentials"), 0, "a link opens nothing by itself");
    desk.program().args(["--quit"]).run().succeeded();
    desk.app.take().unwrap().finish().succeeded();
}

#[test]
fn quit_ends_the_one_that_runs_and_leaves_nothing() {
    let mut desk = Desk::start(World::listed());
    desk.open_switcher();
    desk.program().args(["--quit"]).run().succeeded();
    desk.app.take().unwrap().finish().succeeded();
    let mark = desk.world.session.path("run").display().to_string();
    until("no process of it is left", || {
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let webkit = processes.filter(|entry| {
            let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
            String::from_utf8_lossy(&read("environ")).contains(&mark)
                && String::from_utf8_lossy(&read("cmdline")).contains("WebKit")
        });
        webkit
            .filter(|entry| {
                !String::from_utf8_lossy(&fs::read(entry.path().join("cmdline")).unwrap_or_default())
                    .contains("WebKitWebDriver")
            })
            .count()
            == 0
    });
}

#[test]
fn without_a_session_bus_a_second_one_does_not_start() {
    let world = World::with(sim::Options::default(), Keyring::NoBus);
    let display = Display::start(&world.session);
    let program = || world.program(env!("CARGO_BIN_EXE_rolecall-desktop")).env("DISPLAY", &display.name);
    let first = program().start();
    until("it runs", || display.shows("^Rolecall$"));
    let second = program().run();
    assert_ne!(second.code(), 0);
    assert!(second.stderr.contains("runs already"), "{}", second.stderr);
    drop(first);
}

#[test]
fn without_a_display_it_says_what_to_do() {
    let world = World::new();
    let outcome = world.program(env!("CARGO_BIN_EXE_rolecall-desktop")).run();
    outcome.failed(1);
}

#[test]
fn autostart_is_a_file_that_comes_and_goes() {
    let world = World::listed();
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let file = || fs::read_dir(world.session.home().join(".config/autostart")).map_or(0, Iterator::count);
    let display = Display::start(&world.session);
    let _panel = super::panel::Panel::start(&world.session);
    let _app = world
        .program(env!("CARGO_BIN_EXE_rolecall-desktop"))
        .args(["--hidden"])
        .env("DISPLAY", &display.name)
        .start();
    let before = fs::read_to_string(&settings).unwrap();
    assert_eq!(file(), 0);
    fs::write(&settings, format!("autostart = true\n{before}")).unwrap();
    until("it is there", || file() == 1);
    fs::write(&settings, before).unwrap();
    until("it is gone", || file() == 0);
}

#[test]
fn the_demo_signs_in_switches_and_touches_nothing_of_the_persons() {
    let world = World::new();
    let mut desk = Desk::empty(world);
    desk.app = Some(desk.program().args(["--demo"]).start());
    until("its window is there", || desk.display.shows("^Rolecall$"));
    let web = desk.web();
    web.to("main.html");
    let view = web.until("it knows its portal", |view| view["portals"][0]["state"]["state"] == "signedOut");
    let environment = view["demo"]["environment"].as_str().unwrap();
    assert!(environment.contains("AWS_ENDPOINT_URL_SSO_OIDC"), "{environment}");
    let folder = environment.lines().find_map(|l| l.strip_prefix("export ROLECALL_CONFIG_DIR='")).unwrap();
    let folder = std::path::PathBuf::from(folder.trim_end_matches('\'')).parent().unwrap().to_owned();
    assert!(folder.exists());
    desk.panel.click("Quit Rolecall");
    desk.app.take().unwrap().finish().succeeded();
    assert!(!folder.exists(), "the demo's folder goes with it");
    let home = desk.world.session.home();
    for name in [".aws", ".config/rolecall", ".local/state/rolecall"] {
        assert!(!home.join(name).exists(), "{name}");
    }
    assert!(!desk.world.session.kept_secrets().contains("larkspur"));
}

#[test]
fn a_while_after_its_last_window_it_is_small_again_and_works_on() {
    let desk = Desk::start(World::listed());
    desk.open_main().hide();
    until("the window is closed", || !desk.display.shows("^Rolecall$"));
    let maps = format!("/proc/{}/smaps_rollup", desk.app.as_ref().unwrap().id());
    let anonymous = || {
        // There is nothing to read for the moment in which the program replaces itself.
        let rollup = fs::read_to_string(&maps).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Anonymous:"))?;
        Some(line.trim().trim_end_matches(" kB").parse::<u64>().unwrap())
    };
    let before = anonymous().unwrap();
    until("what the window needed is given back", || anonymous().is_some_and(|now| now < before * 3 / 4));
    until("the icon is there again", || desk.panel.says("corp: signed in"));
    desk.panel.activate();
    until("the switcher opens", || desk.display.shows("^Rolecall$"));
}
