//! Browsers, as the page of settings shows them.

use super::*;
use crate::app::view::BrowserView;
use crate::browser::{Browser, Known, Open, Profile as BrowserProfile};

fn found(known: Known, program: &str) -> Browser {
    let profile = BrowserProfile { name: "Me".into(), dir: "Default".into() };
    Browser {
        known: Some(known),
        program: program.into(),
        is_elsewhere: program.starts_with("/opt"),
        data_dir: None,
        profiles: vec![profile],
        trouble: None,
    }
}

fn with_browser(text: &str) -> Settings {
    Settings { browser: Settings::parse(text).unwrap().browser, ..settings() }
}

fn shown(app: &App) -> Vec<(String, String, bool)> {
    let row = |view: BrowserView| (view.id, view.label, view.missing);
    app.view(start()).browsers.into_iter().map(row).collect()
}

fn row(id: &str, label: &str, missing: bool) -> (String, String, bool) {
    (id.into(), label.into(), missing)
}

#[test]
fn browsers_are_looked_for_when_a_page_shows_them_and_not_before() {
    let (mut app, effects) = App::begin(settings(), "1", String::new(), None);
    assert!(!effects.contains(&Effect::ReadBrowsers), "nothing that takes time at the start");
    assert_eq!(shown(&app), []);
    assert_eq!(app.handle(Input::Act(Action::ReadBrowsers), start()), [Effect::ReadBrowsers]);
    let both = vec![found(Known::Firefox, "/bin/firefox"), found(Known::Edge, "/bin/edge")];
    assert_eq!(app.handle(Input::Browsers(both), start()), []);
    assert_eq!(shown(&app), [row("firefox", "Firefox", false), row("edge", "Edge", false)]);
    let views = app.view(start()).browsers;
    assert_eq!((views[0].profiles, views[0].containers, views[1].containers), (1, true, false));
}

#[test]
fn a_browser_that_the_settings_name_is_shown_though_it_is_not_found() {
    let (mut app, _) = App::begin(with_browser("[browser]\nprogram = \"brave\"\n"), "1", String::new(), None);
    assert_eq!(shown(&app), [row("brave", "Brave", false)], "nobody has looked yet");
    app.handle(Input::Browsers(vec![found(Known::Firefox, "/bin/firefox")]), start());
    assert_eq!(shown(&app), [row("firefox", "Firefox", false), row("brave", "Brave", true)]);

    let elsewhere = with_browser("[browser]\nprogram = \"/opt/\u{202e}firefox\"\n");
    assert_eq!(app.handle(Input::Settings(Ok(elsewhere)), start()), [Effect::ReadBrowsers]);
    let path = "/opt/\u{202e}firefox";
    assert_eq!(shown(&app)[1], row(path, "/opt/\\u{202e}firefox", true));
    app.handle(Input::Browsers(vec![found(Known::Firefox, path)]), start());
    assert_eq!(shown(&app), [row(path, "/opt/\\u{202e}firefox", false)]);
    // The usual Firefox by its path is the same one, and another choice.
    let usual = with_browser("[browser]\nprogram = \"/bin/firefox\"\n");
    app.handle(Input::Settings(Ok(usual)), start());
    app.handle(Input::Browsers(vec![found(Known::Firefox, "/bin/firefox")]), start());
    assert_eq!(shown(&app), [row("firefox", "Firefox", false), row("/bin/firefox", "/bin/firefox", false)]);
}

#[test]
fn a_portals_own_browser_is_shown_with_the_portal() {
    let own = Settings::parse("[browser]\nopen = \"profile\"\nname = \"Work\"\n").unwrap().browser;
    let portal = Portal { browser: Some(own), ..portal() };
    let settings = Settings { portals: vec![portal], ..Settings::default() };
    let (app, _) = App::begin(settings, "1", String::new(), None);
    let view = app.view(start());
    let own = view.portals[0].browser.as_ref().unwrap();
    assert_eq!((own.open, own.name.as_str(), own.program.as_deref()), (Open::Profile, "Work", None));
    assert_eq!(view.settings.browser.open, Open::Default);
}
