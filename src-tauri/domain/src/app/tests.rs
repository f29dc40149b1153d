mod ask;
mod browsers;
mod chain;
mod lease;
mod link;
mod menu;
mod pages;
mod session;
mod types;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::view::{HotkeyState, HotkeyView, NoticeKind, Place, PortalState, View};
use super::{About, Action, App, Effect, Input, Profile, Session, SignedIn, Switched, Topic, Window};
use crate::catalogue::{Account, Catalogue, Changes};
use crate::console::Destination;
use crate::failure::{Code, Failure};
use crate::flow::{Flow, FlowChoice};
use crate::ids::{AccountId, GrantId, PortalName, ProfileName, Region, RoleName, StartUrl};
use crate::profile::OurProfile;
use crate::session::{Authorization, BrowserAuthorization, DeviceAuthorization, TokenInfo};
use crate::settings::{Portal, Settings, SignInPlace};

fn start() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn at(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

fn corp() -> PortalName {
    PortalName::parse("corp").unwrap()
}

fn portal() -> Portal {
    let start_url = StartUrl::parse("https://d-1.awsapps.com/start").unwrap();
    Portal::new(corp(), start_url, Region::parse("us-east-1").unwrap())
}

fn settings() -> Settings {
    Settings { portals: vec![portal()], ..Settings::default() }
}

fn grant(account: &str, role: &str) -> GrantId {
    GrantId {
        portal: corp(),
        account_id: AccountId::parse(account).unwrap(),
        role_name: RoleName::parse(role).unwrap(),
    }
}

fn dev() -> GrantId {
    grant("111111111111", "Developer")
}

fn prod() -> GrantId {
    grant("222222222222", "Admin")
}

fn catalogue(fetched_at: Timestamp) -> Catalogue {
    let account = |id: &str, name: &str, role: &str| Account {
        id: AccountId::parse(id).unwrap(),
        name: name.to_owned(),
        email: None,
        roles: vec![RoleName::parse(role).unwrap()],
        roles_at: Some(fetched_at),
    };
    let account = |id, name, role| Arc::new(account(id, name, role));
    let accounts =
        vec![account("111111111111", "Shop Dev", "Developer"), account("222222222222", "Shop Prod", "Admin")];
    Catalogue { fetched_at: Some(fetched_at), accounts, ..Catalogue::empty(corp(), portal().start_url) }
}

fn signed_in(until: Timestamp, refreshable: bool) -> Session {
    Session::SignedIn(SignedIn {
        token: TokenInfo { expires_at: until, refreshable },
        renew_at: until - SignedDuration::from_mins(5),
        since: Some(start()),
        lasts: None,
    })
}

fn code() -> Input {
    let authorization = DeviceAuthorization {
        user_code: "ABCD-EFGH".into(),
        page: "https://example.test/device?user_code=ABCD-EFGH".into(),
        deadline: at(10),
        interval: SignedDuration::from_secs(1),
    };
    let authorization = Authorization::Device(authorization);
    Input::Turn { portal: corp(), authorization, qr: (21, "M0 0h1v1h-1z".into()) }
}

/// Whether a sign-in to corp begins.
fn begins(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::SignIn { portal, .. } if *portal == corp()))
}

fn sign_in(place: Option<SignInPlace>) -> Input {
    Input::Act(Action::SignIn { portal: corp(), place })
}

/// Signed in until 10:00, with a list of 9:00 and `default` pointing at `grant`.
fn at_work(grant: &GrantId) -> App {
    let (mut app, _) = App::begin(settings(), "1", String::new(), None);
    app.handle(Input::Catalogue { portal: corp(), catalogue: Some(catalogue(start())) }, start());
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(60), true)) }, start());
    app.handle(Input::Profiles(Ok(vec![profile("default", grant)])), start());
    app
}

fn profile(name: &str, grant: &GrantId) -> Profile {
    let name = ProfileName::parse(name).unwrap();
    Profile {
        ours: OurProfile {
            name,
            grant: grant.clone(),
            region: None,
            generated: false,
            mode: crate::profile::Mode::Process,
            lease: None,
        },
        expires_at: None,
    }
}

fn switched(grant: &GrantId) -> Input {
    let profile = ProfileName::default_profile();
    Input::Switched(Ok(Switched {
        profile,
        grant: grant.clone(),
        minutes: None,
        changed: true,
        warnings: Vec::new(),
    }))
}

fn state(app: &App, now: Timestamp) -> PortalState {
    app.view(now).portals[0].state.clone()
}

#[test]
fn at_the_start_everything_is_looked_at_once() {
    let (app, effects) = App::begin(settings(), "1", String::new(), None);
    for wanted in [
        Effect::ReadSession(corp()),
        Effect::ReadCatalogue(corp()),
        Effect::ReadProfiles,
        Effect::Grab(settings().hotkey),
    ] {
        assert!(effects.contains(&wanted), "{wanted:?}");
    }
    assert!(!effects.contains(&Effect::Autostart(false)), "what is off already is not touched");
    assert_eq!(state(&app, start()), PortalState::Unknown);
}

#[test]
fn a_switch_is_carried_out_told_and_can_be_taken_back_once() {
    let mut app = at_work(&dev());
    let act = Input::Act(Action::Switch { grant: prod(), profile: None, minutes: None });
    assert_eq!(app.handle(act, start()), [Effect::Switch(prod(), None, None)]);
    let effects = app.handle(switched(&prod()), start());
    let withdrawn = Effect::Withdraw(Topic::Lease(ProfileName::default_profile()));
    assert_eq!(effects, [Effect::ReadProfiles, Effect::HideSwitcher, withdrawn]);
    let notice = app.view(start()).notice.unwrap();
    assert_eq!((notice.text.as_str(), notice.undo), ("default is now Shop Prod / Admin", true));
    app.handle(Input::Tick, start() + SignedDuration::from_mins(1));
    let later = app.view(start() + SignedDuration::from_mins(1));
    assert!(later.notice.is_none() && later.undo, "it can be undone when its notice has gone, too");
    assert_eq!(app.handle(Input::Act(Action::Undo), start()), [Effect::UndoSwitch]);
    assert_eq!(app.handle(Input::Act(Action::Undo), start()), []);
}

#[test]
fn what_worked_is_told_for_a_moment() {
    let mut app = at_work(&dev());
    app.handle(switched(&prod()), start());
    let end = start() + SignedDuration::from_secs(10);
    assert!(app.view(start()).notice.is_some() && app.next(start()).unwrap() <= end);
    app.handle(Input::Tick, end);
    assert!(app.view(end).notice.is_none());
    app.handle(Input::Settings(Settings::parse("theme = 3")), end);
    app.handle(Input::Tick, at(9));
    assert!(app.view(at(9)).notice.is_some(), "what did not stays");
}

#[test]
fn a_switch_while_signed_out_begins_the_sign_in() {
    let mut app = at_work(&dev());
    app.handle(Input::Session { portal: corp(), session: Ok(Session::SignedOut) }, start());
    let effects = app.handle(switched(&prod()), start());
    assert!(begins(&effects), "{effects:?}");
}

#[test]
fn what_needs_a_sign_in_is_done_after_it() {
    let mut app = at_work(&dev());
    let queue = "arn:aws:sqs:eu-west-1:111122223333:orders";
    let action = Action::Console { grant: dev(), destination: Some(format!("{queue} admin")) };
    let open = Effect::OpenConsole(dev(), Destination::Arn(queue.to_owned()));
    assert_eq!(app.handle(Input::Act(action.clone()), start()), std::slice::from_ref(&open));
    let failure = Failure::new(Code::SignInNeeded, "no", "sign in");
    let result = Err(failure);
    let effects = app.handle(Input::Done { about: About::Console, action: Some(action), result }, start());
    assert!(begins(&effects), "{effects:?}");
    app.handle(code(), start());
    let effects = app.handle(Input::SignInEnded { portal: corp(), result: Ok(()) }, start());
    assert!(effects.contains(&open), "{effects:?}");
}

#[test]
fn a_search_says_what_the_console_opens_at() {
    let mut app = at_work(&dev());
    let mut page = |query: &str| app.search(query, 0, 1, start()).page;
    assert_eq!(
        page("arn:aws:ec2:eu-west-1:111122223333:instance/i-1 admin").as_deref(),
        Some("instance i-1")
    );
    assert_eq!(page("https://console.aws.amazon.com/s3/home").as_deref(), Some("the page of s3"));
    assert_eq!(page("admin https://example.com/"), None);
    let home = Action::Console { grant: dev(), destination: None };
    assert_eq!(app.handle(Input::Act(home), start()), [Effect::OpenConsole(dev(), Destination::Home)]);
}

#[test]
fn a_marked_grant_asks_before_anything_happens() {
    let mut app = at_work(&dev());
    let text = "[[mark]]\naccount = \"prod\"\nproduction = true\nconfirm = true\n[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"us-east-1\"\n";
    app.handle(Input::Settings(Settings::parse(text)), start());
    let act = || Input::Act(Action::Switch { grant: prod(), profile: None, minutes: None });
    assert_eq!(app.handle(act(), start()), [Effect::Show(Window::Switcher)]);
    assert_eq!(app.view(start()).question.unwrap().grant.id, prod());
    assert_eq!(app.handle(Input::Act(Action::Answer { yes: false }), start()), []);
    assert!(app.view(start()).question.is_none());
    assert_eq!(
        app.handle(Input::Act(Action::Answer { yes: true }), start()),
        [],
        "an old answer does nothing"
    );
    app.handle(act(), start());
    let effects = app.handle(Input::Act(Action::Answer { yes: true }), start());
    assert_eq!(effects, [Effect::Switch(prod(), None, None)]);
    let effects =
        app.handle(Input::Act(Action::Switch { grant: dev(), profile: None, minutes: None }), start());
    assert_eq!(effects, [Effect::Switch(dev(), None, None)], "others are not asked about");
}

#[test]
fn broken_settings_change_nothing_and_are_told_until_they_are_mended() {
    let mut app = at_work(&dev());
    let broken = Settings::parse("theme = 3");
    let effects = app.handle(Input::Settings(broken), start());
    assert!(matches!(effects.as_slice(), [Effect::Notify(_)]), "{effects:?}");
    let view = app.view(start());
    assert_eq!(view.portals.len(), 1);
    assert!(view.settings_failure.unwrap().summary.contains("line 1"));
    assert_eq!(app.handle(Input::Settings(Ok(settings())), start()), []);
    assert!(app.view(start()).settings_failure.is_none());
}

#[test]
fn a_portal_that_is_removed_takes_its_sign_in_with_it() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    let effects = app.handle(Input::Settings(Ok(Settings::default())), start());
    assert!(effects.contains(&Effect::EndSignIn(corp())) && effects.contains(&Effect::CloseSignIn(corp())));
    let view = app.view(start());
    assert_eq!((view.portals.len(), view.grants), (0, 0));
}

#[test]
fn a_search_is_ranked_once_and_read_in_parts() {
    let mut app = at_work(&dev());
    let found = app.search("shop", 0, 1, start());
    assert_eq!((found.total, found.rows.len(), found.from), (2, 1, 0));
    let rest = app.search("shop", 1, 10, start());
    assert_eq!((rest.total, rest.rows.len(), rest.from), (2, 1, 1));
    let production = rest.rows.iter().chain(&found.rows).filter(|row| row.grant.production).count();
    assert_eq!(production, 1);
    assert_eq!(app.search("nothing like it", 0, 10, start()).total, 0);
}

#[test]
fn a_hotkey_that_is_held_by_others_is_told_once() {
    let mut app = at_work(&dev());
    let refused = HotkeyView {
        keys: Some("Ctrl+Alt+R".into()),
        state: HotkeyState::Refused,
        why: Some("already registered".into()),
    };
    assert_eq!(app.handle(Input::Hotkey(refused.clone()), start()).len(), 1);
    assert_eq!(app.handle(Input::Hotkey(refused), start()), []);
    let notice = app.view(start()).notice.unwrap();
    assert!(notice.kind == NoticeKind::Failed && notice.text.contains("Ctrl+Alt+R"), "{notice:?}");
}

#[test]
fn a_form_with_a_mistake_says_which() {
    let (mut app, _) = App::begin(Settings::default(), "1", String::new(), None);
    let add = |region: &str| {
        let (name, start_url) = ("corp".to_owned(), "d-1".to_owned());
        Input::Act(Action::AddPortal { name, start_url, region: region.to_owned() })
    };
    assert_eq!(app.handle(add("mars"), start()), []);
    let notice = app.view(start()).notice.unwrap();
    assert!(notice.about == About::AddPortal && notice.text.contains("mars"), "{notice:?}");
    let effects = app.handle(add(" us-east-1 "), start());
    assert!(
        matches!(effects.as_slice(), [Effect::AddPortal { region: Some(region), .. }] if region.as_str() == "us-east-1")
    );
}

/// The whole view as a page gets it.
fn json(view: &View) -> serde_json::Value {
    serde_json::to_value(view).unwrap()
}

#[test]
fn the_view_of_a_page_names_things_as_its_types_do() {
    let mut app = at_work(&prod());
    app.handle(sign_in(Some(SignInPlace::Embedded)), start());
    app.handle(code(), start());
    let view = json(&app.view(start()));
    let state = &view["portals"][0]["state"];
    assert_eq!((&state["state"], &state["place"]), (&"waiting".into(), &"embedded".into()));
    assert_eq!(state["deadline"], "2026-11-24T09:10:00Z");
    assert_eq!(view["profiles"][0]["grant"]["id"]["accountId"], "222222222222");
    assert_eq!(view["profiles"][0]["grant"]["production"], true);
    assert_eq!(view["settings"]["signIn"], "embedded");
    let act = r#"{"type":"signIn","portal":"corp","place":"browser"}"#;
    assert_eq!(
        serde_json::from_str::<Action>(act).unwrap(),
        Action::SignIn { portal: corp(), place: Some(SignInPlace::Browser) }
    );
    let choose = r#"{"type":"choose","choice":{"key":"defaultRegion","value":null}}"#;
    assert!(serde_json::from_str::<Action>(choose).is_ok());
}
