use super::*;
use crate::app::{Entry, Icon, left};

fn labels(entries: &[Entry]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in entries {
        match entry {
            Entry::Item { label, .. } | Entry::Text(label) => found.push(label.clone()),
            Entry::Submenu(label, entries) => {
                found.push(label.clone());
                found.extend(labels(entries).into_iter().map(|label| format!("  {label}")));
            }
            Entry::Separator => found.push("-".to_owned()),
        }
    }
    found
}

#[test]
fn the_menu_at_work() {
    let mut app = at_work(&prod());
    let mut usage = crate::recent::Usage::default();
    usage.pin(&prod());
    usage.record(&dev(), start());
    app.handle(Input::Usage(usage), start());
    app.handle(switched(&prod()), start());
    assert_eq!(
        labels(&app.menu(start()).entries),
        [
            "⚠ default: Shop Prod · Admin, about 8 h left",
            "Open console",
            "Copy environment exports",
            "Copy console link",
            "Copy link for colleagues",
            "-",
            "★ ⚠ Shop Prod · Admin",
            "Shop Dev · Developer",
            "-",
            "All roles…",
            "-",
            "corp: signed in, about 8 h left",
            "  List roles anew",
            "  Sign in anew…",
            "  Sign in afresh… (ends the session)",
            "  Sign out",
            "  Sign the browser out of the console",
            "-",
            "Undo the last switch",
            "Settings…",
            "Quit Rolecall",
        ]
    );
}

#[test]
fn the_icon_tells_the_most_pressing() {
    let mut app = at_work(&dev());
    assert_eq!(app.menu(start()).icon, Icon::SignedIn);
    assert_eq!(app.menu(at(466)).icon, Icon::Expiring);
    app.handle(Input::Profiles(Ok(vec![profile("default", &prod())])), start());
    assert_eq!(app.menu(at(466)).icon, Icon::Production);
    app.handle(Input::Session { portal: corp(), session: Ok(Session::Expired) }, start());
    assert_eq!(app.menu(start()).icon, Icon::Attention);
    let (app, _) = App::begin(Settings::default(), "1", String::new(), None);
    assert_eq!(app.menu(start()).icon, Icon::SignedOut);
}

#[test]
fn the_menu_of_a_sign_in_holds_the_code() {
    let mut app = at_work(&dev());
    app.handle(sign_in(Some(SignInPlace::Browser)), start());
    app.handle(code(), start());
    let shown = labels(&app.menu(start()).entries);
    assert!(shown.contains(&"corp: approve the code ABCD-EFGH (10 min left)".to_owned()), "{shown:?}");
    let copy = Action::CopyCode { portal: corp() };
    assert_eq!(
        app.handle(Input::Act(copy), start()),
        [Effect::CopyText("ABCD-EFGH".into(), About::CopyCode)]
    );
}

#[test]
fn the_menu_changes_exactly_when_it_is_said_to() {
    let (mut app, _) = App::begin(settings(), "1", String::new(), None);
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(300), false)) }, start());
    let (mut now, mut changes, moment) = (start(), 0, SignedDuration::from_millis(1));
    while let Some(next) = app.next(now).filter(|next| *next < at(300)) {
        assert!(next > now, "time goes on at {now}");
        assert_eq!(app.menu(next - moment), app.menu(now), "nothing changes between {now} and {next}");
        changes += u32::from(app.menu(next) != app.menu(now));
        app.handle(Input::Tick, next);
        now = next;
    }
    assert_eq!(changes, 2 + 12 + 10 + 10 + 1, "hours, tens, fives, minutes, and the icon once");
}

#[test]
fn time_is_told_as_people_do() {
    let left_at = |minute| left(at(480), at(minute));
    assert_eq!(left_at(1), "8 h");
    assert_eq!(left_at(31), "7 h");
    assert_eq!(left_at(371), "1 h 40 min");
    assert_eq!(left_at(421), "55 min");
    assert_eq!(left_at(471), "9 min");
    assert_eq!(left_at(480), "less than a minute");
}

#[test]
fn a_long_menu_stays_short() {
    let mut app = at_work(&dev());
    let mut usage = crate::recent::Usage::default();
    for number in 0..40 {
        usage.pin(&grant(&format!("{number:012}"), &"R".repeat(60)));
    }
    app.handle(Input::Usage(usage), start());
    let entries = app.menu(start()).entries;
    assert!(entries.len() <= 30, "{}", entries.len());
    assert!(labels(&entries).iter().all(|label| label.chars().count() < 100));
}

#[test]
fn all_portals_can_be_signed_out_at_once() {
    let mut other = portal();
    other.name = PortalName::parse("other").unwrap();
    let settings = Settings { portals: vec![portal(), other.clone()], ..Settings::default() };
    let (mut app, _) = App::begin(settings, "1", String::new(), None);
    let says = |app: &App| format!("{:?}", app.menu(start()).entries).contains("Sign out of all portals");
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(480), true)) }, start());
    assert!(!says(&app), "one is signed out by its own entry");
    app.handle(Input::Session { portal: other.name.clone(), session: Ok(signed_in(at(480), true)) }, start());
    assert!(says(&app));
    let effects = app.handle(Input::Act(Action::SignOutAll), start());
    assert_eq!(effects, [Effect::SignOut(corp()), Effect::SignOut(other.name)]);
}
