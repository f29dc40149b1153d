//! Chained roles in switcher and tray.

use super::*;
use crate::app::Entry;

const CHAINS: &str = "[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"us-east-1\"\n\
    [[mark]]\nrole = \"Pipeline\"\nproduction = true\n\
    [[chain]]\nname = \"deploy\"\nrole = \"arn:aws:iam::222222222222:role/Pipeline\"\nfrom = \"corp/111111111111/Developer\"\n";

fn app() -> App {
    let settings = Settings::parse(CHAINS).unwrap();
    let (mut app, _) = App::begin(settings, "1", "settings.toml".into(), None);
    app.handle(Input::Catalogue { portal: corp(), catalogue: Some(catalogue(start())) }, start());
    app
}

#[test]
fn a_chained_role_is_found_shown_with_its_parent_and_switched_to() {
    let mut app = app();
    let found = app.search("deploy", 0, 10, start());
    let row = &found.rows[0];
    assert_eq!(
        (row.grant.id.clone(), row.grant.account_name.as_str()),
        (grant("222222222222", "~deploy"), "Shop Prod")
    );
    let chain = row.grant.chain.as_ref().unwrap();
    assert_eq!((chain.name.as_str(), chain.from.as_str()), ("deploy", "Developer"));
    assert!(row.grant.production, "the mark is on the name of its ARN's role");
    let effects = app.handle(
        Input::Act(Action::Switch { grant: row.grant.id.clone(), profile: None, minutes: None }),
        start(),
    );
    assert_eq!(effects, [Effect::Switch(row.grant.id.clone(), None, None)]);

    let mut usage = crate::recent::Usage::default();
    usage.pin(&row.grant.id);
    app.handle(Input::Usage(usage), start());
    let labels: Vec<String> = app
        .menu(start())
        .entries
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Item { label, .. } => Some(label),
            _ => None,
        })
        .collect();
    assert!(labels.contains(&"★ ⚠ Shop Prod · deploy ← Developer".to_owned()), "{labels:?}");
}

#[test]
fn chains_come_and_go_with_the_settings_and_need_no_list() {
    let (mut app, _) = App::begin(Settings::parse(CHAINS).unwrap(), "1", String::new(), None);
    assert_eq!(app.search("2222 deploy", 0, 10, start()).total, 1, "before anything is listed");
    app.handle(Input::Settings(Ok(settings())), start());
    assert_eq!(app.search("", 0, 10, start()).total, 0);
}

#[test]
fn who_waits_for_a_role_is_not_told_of_a_chained_one() {
    let mut app = app();
    app.handle(Input::Act(Action::Await { query: "deploy".into() }), start());
    assert_eq!(app.view(start()).awaited, ["deploy"]);
}

#[test]
fn a_code_that_is_wanted_is_told_and_no_sign_in_begins() {
    let mut app = app();
    let chain = Settings::parse(CHAINS).unwrap().chains.remove(0);
    let failure = crate::chain::code_wanted(&chain);
    let action = Action::CopyExports { grant: chain.grant().clone() };
    let input = Input::Done { about: About::CopyExports, action: Some(action), result: Err(failure) };
    let effects = app.handle(input, start());
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::SignIn { .. })), "{effects:?}");
    assert!(app.view(start()).notice.unwrap().hint.unwrap().contains("rolecall assume deploy"));
}
