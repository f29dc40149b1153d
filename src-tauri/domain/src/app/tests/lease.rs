//! Switches that end by themselves.

use super::*;
use crate::app::{Entry, Menu};
use crate::profile::{Lease, Mode, RegionAfter};

fn default() -> ProfileName {
    ProfileName::default_profile()
}

/// `default` points at `grant` until `minute`, and at `before` then.
fn leased(grant: &GrantId, before: Option<&GrantId>, minute: i64) -> Profile {
    let mut profile = profile("default", grant);
    profile.ours.lease = Some(Lease {
        until: at(minute),
        before: before.cloned(),
        mode: Mode::Process,
        region: RegionAfter::Same,
        generated: false,
    });
    profile
}

fn with(profile: Profile) -> App {
    let mut app = at_work(&dev());
    app.handle(Input::Profiles(Ok(vec![profile])), start());
    app
}

fn entry(menu: &Menu, begins: &str) -> Option<(String, Action)> {
    fn flat(entries: &[Entry]) -> Vec<(String, Action)> {
        let one = |entry: &Entry| match entry {
            Entry::Item { label, action, .. } => vec![(label.clone(), action.clone())],
            Entry::Submenu(_, entries) => flat(entries),
            Entry::Text(_) | Entry::Separator => Vec::new(),
        };
        entries.iter().flat_map(one).collect()
    }
    flat(&menu.entries).into_iter().find(|(label, _)| label.starts_with(begins))
}

fn notified(effects: &[Effect]) -> Option<&crate::app::Notification> {
    effects.iter().find_map(|effect| match effect {
        Effect::Notify(notification) => Some(notification),
        _ => None,
    })
}

#[test]
fn a_switch_for_a_while_says_for_how_long() {
    let mut app = at_work(&dev());
    let act = Input::Act(Action::Switch { grant: prod(), profile: None, minutes: Some(120) });
    assert_eq!(app.handle(act, start()), [Effect::Switch(prod(), None, Some(120))]);
    let done = Switched {
        profile: default(),
        grant: prod(),
        minutes: Some(120),
        changed: true,
        warnings: Vec::new(),
    };
    app.handle(Input::Switched(Ok(done)), start());
    assert_eq!(app.view(start()).notice.unwrap().text, "default is now Shop Prod / Admin for 2 h");
}

#[test]
fn the_question_about_a_marked_grant_says_for_how_long() {
    let mut app = at_work(&dev());
    let text = "[[mark]]\naccount = \"prod\"\nconfirm = true\n[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"us-east-1\"\n";
    app.handle(Input::Settings(Settings::parse(text)), start());
    let act = Action::Switch { grant: prod(), profile: None, minutes: Some(15) };
    app.handle(Input::Act(act), start());
    assert_eq!(app.view(start()).question.unwrap().minutes, Some(15));
    let effects = app.handle(Input::Act(Action::Answer { yes: true }), start());
    assert_eq!(effects, [Effect::Switch(prod(), None, Some(15))]);
}

#[test]
fn the_tray_and_the_view_tell_when_it_goes_back() {
    let mut app = with(leased(&prod(), Some(&dev()), 26));
    let menu = app.menu(start());
    assert!(menu.tooltip.starts_with("default: Shop Prod · Admin (production), back in 25 min"), "{menu:?}");
    let (label, action) = entry(&menu, "Back to").unwrap();
    assert_eq!(label, "Back to Shop Dev · Developer in 25 min, or now");
    assert_eq!(action, Action::EndLease { profile: default() });
    assert_eq!(app.handle(Input::Act(action), start()), [Effect::EndLease(default())]);
    let lease = app.view(start()).profiles[0].lease.clone().unwrap();
    assert_eq!((lease.until.0, lease.back.unwrap().id), (at(26), dev()));
    let app = with(leased(&prod(), None, 26));
    assert_eq!(entry(&app.menu(start()), "Back to").unwrap().0, "Back to nothing in 25 min, or now");
}

#[test]
fn a_profile_beside_the_default_one_goes_back_from_its_own_entries() {
    let mut other = leased(&prod(), Some(&dev()), 10);
    other.ours.name = ProfileName::parse("deploy").unwrap();
    let app = with(other);
    let menu = app.menu(start());
    let submenu = menu.entries.iter().find_map(|entry| match entry {
        Entry::Submenu(label, entries) if label.contains("deploy") => Some((label, entries)),
        _ => None,
    });
    let (label, entries) = submenu.unwrap();
    assert!(label.ends_with("back in 10 min"), "{label}");
    assert!(matches!(&entries[0], Entry::Item { label, .. } if label.starts_with("Back to Shop Dev")));
}

#[test]
fn the_end_is_due_at_its_time_and_told_once() {
    let mut app = with(leased(&prod(), Some(&dev()), 1));
    app.handle(switched(&prod()), start());
    app.handle(Input::Tick, at(0) + SignedDuration::from_secs(20));
    let end = app.next(at(0) + SignedDuration::from_secs(59)).unwrap();
    assert_eq!(end, at(1));
    let effects = app.handle(Input::Tick, end);
    assert_eq!(effects[0], Effect::ReadProfiles);
    let told = notified(&effects).unwrap();
    assert_eq!(told.topic, Topic::Lease(default()));
    assert_eq!(told.title, "default is Shop Dev / Developer again");
    assert!(told.button.is_none(), "production is no careless click away: {told:?}");
    let view = app.view(end);
    assert_eq!((view.profiles[0].grant.id.clone(), &view.profiles[0].lease), (dev(), &None));
    assert!(entry(&app.menu(end), "Undo").is_none(), "the file is not what the switch made of it");
    // What was read from the file a moment before changes nothing.
    let effects = app.handle(Input::Profiles(Ok(vec![leased(&prod(), Some(&dev()), 1)])), at(2));
    assert_eq!(effects, []);
    assert_eq!(app.view(at(2)).profiles[0].grant.id, dev());
    assert!(app.next(at(2)).is_none_or(|next| next > at(2)));
}

#[test]
fn the_end_is_told_after_a_sleep_whatever_comes_first() {
    let profiles = || Input::Profiles(Ok(vec![profile("default", &dev())]));
    for input in [Input::Woke, profiles(), Input::Tick] {
        let mut app = with(leased(&prod(), Some(&dev()), 30));
        let effects = app.handle(input, at(300));
        assert_eq!(notified(&effects).unwrap().title, "default is Shop Dev / Developer again");
    }
}

#[test]
fn what_is_no_production_can_be_had_again() {
    let other = grant("111111111111", "Admin");
    let mut app = with(leased(&dev(), Some(&other), 30));
    let effects = app.handle(Input::Tick, at(30));
    let (label, action) = notified(&effects).unwrap().button.clone().unwrap();
    assert_eq!(label, "Again for 30 min");
    assert_eq!(app.handle(Input::Act(action), at(31)), [Effect::Switch(dev(), Some(default()), Some(30))]);
    let mut app = with(leased(&dev(), None, 30));
    let effects = app.handle(Input::Tick, at(30));
    assert_eq!(notified(&effects).unwrap().title, "default points nowhere, as before");
    assert!(app.view(at(30)).profiles.is_empty());
}

#[test]
fn a_lease_that_is_ended_or_replaced_is_not_told_as_over() {
    let mut app = with(leased(&prod(), Some(&dev()), 30));
    let back = Ok((Some(profile("default", &dev()).ours), vec!["a warning".into()]));
    let effects = app.handle(Input::LeaseEnded(default(), back), at(5));
    assert_eq!(effects, [Effect::ReadProfiles]);
    assert_eq!(app.view(at(5)).notice.unwrap().text, "default is Shop Dev / Developer again; a warning");
    app.handle(Input::Profiles(Ok(vec![profile("default", &dev())])), at(5));
    assert!(notified(&app.handle(Input::Tick, at(31))).is_none());
}

#[test]
fn keys_that_want_a_sign_in_are_switched_after_it() {
    let mut app = at_work(&dev());
    let mut keyed = profile("default", &dev());
    keyed.ours.mode = Mode::Keys;
    app.handle(Input::Profiles(Ok(vec![keyed])), start());
    assert_eq!(json(&app.view(start()))["profiles"][0]["mode"], "keys");
    let action = Action::Switch { grant: dev(), profile: None, minutes: Some(30) };
    let failure = Failure::new(Code::SignInNeeded, "no", "sign in");
    let result = Err(failure);
    let done = Input::Done { about: About::Switch, action: Some(action), result };
    let effects = app.handle(done, start());
    assert!(begins(&effects), "{effects:?}");
    app.handle(code(), start());
    let effects = app.handle(Input::SignInEnded { portal: corp(), result: Ok(()) }, start());
    assert!(effects.contains(&Effect::Switch(dev(), None, Some(30))), "{effects:?}");
}
