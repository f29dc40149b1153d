use super::*;

fn unreachable() -> Failure {
    Failure::new(Code::Failed, "AWS can't be reached", "check the network")
}

#[test]
fn an_embedded_sign_in_shows_its_window_at_once_and_the_page_when_it_is_known() {
    let mut app = at_work(&dev());
    let effects = app.handle(sign_in(None), start());
    assert_eq!(effects[1], Effect::ShowSignIn(corp(), None));
    assert!(
        matches!(&effects[2..], [Effect::SignIn { plan, afresh: false, .. }] if plan.flow == Flow::Device)
    );
    assert_eq!(state(&app, start()), PortalState::Starting);
    let effects = app.handle(code(), start());
    assert!(matches!(effects.as_slice(), [Effect::ShowSignIn(_, Some(page))] if page.contains("ABCD-EFGH")));
    let effects = app.handle(Input::SignInEnded { portal: corp(), result: Ok(()) }, start());
    assert!(effects.contains(&Effect::CloseSignIn(corp())) && effects.contains(&Effect::ReadSession(corp())));
}

#[test]
fn a_closed_window_pauses_and_the_same_code_goes_on() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    app.handle(code(), start());
    let effects = app.handle(Input::SignInWindowClosed { portal: corp() }, at(1));
    assert_eq!(effects, [Effect::PauseSignIn(corp())]);
    assert!(matches!(state(&app, at(1)), PortalState::Waiting { place: Place::Paused, .. }));
    let effects = app.handle(sign_in(None), at(2));
    assert!(effects.contains(&Effect::ResumeSignIn(corp())), "{effects:?}");
    assert!(effects.iter().any(|e| matches!(e, Effect::ShowSignIn(_, Some(_)))), "{effects:?}");
    assert!(!begins(&effects), "no second code");
}

#[test]
fn a_paused_sign_in_ends_with_its_code() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    app.handle(code(), start());
    app.handle(Input::SignInWindowClosed { portal: corp() }, at(1));
    assert!(app.next(at(1)).unwrap() <= at(10));
    assert_eq!(app.handle(Input::Tick, at(10)), [Effect::EndSignIn(corp())]);
    assert!(
        matches!(state(&app, at(10)), PortalState::SignedIn { .. }),
        "the session from before still lives"
    );
}

#[test]
fn the_browser_can_take_over_and_closing_our_window_then_means_nothing() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    app.handle(code(), start());
    let effects = app.handle(sign_in(Some(SignInPlace::Browser)), start());
    assert!(effects.contains(&Effect::CloseSignIn(corp())), "{effects:?}");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Browse(_))), "{effects:?}");
    assert_eq!(app.handle(Input::SignInWindowClosed { portal: corp() }, start()), []);
    assert!(matches!(state(&app, start()), PortalState::Waiting { place: Place::Browser, .. }));
}

#[test]
fn giving_up_before_the_code_is_there_ends_it() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    let effects = app.handle(Input::SignInWindowClosed { portal: corp() }, start());
    assert_eq!(effects, [Effect::EndSignIn(corp())]);
    assert_eq!(app.handle(code(), start()), [Effect::EndSignIn(corp())], "a code that comes late is dropped");
}

#[test]
fn a_failed_sign_in_says_so_in_its_window() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    app.handle(code(), start());
    let effects = app.handle(Input::SignInEnded { portal: corp(), result: Err(unreachable()) }, start());
    assert!(effects.contains(&Effect::ShowSignIn(corp(), None)), "{effects:?}");
    assert_eq!(app.view(start()).portals[0].failure, Some(unreachable()));
}

#[test]
fn a_token_is_renewed_before_it_ends_and_only_once_at_a_time() {
    let mut app = at_work(&dev());
    assert!(app.next(start()).unwrap() <= at(55));
    assert_eq!(app.handle(Input::Tick, at(54)), []);
    assert_eq!(app.handle(Input::Tick, at(55)), [Effect::Renew(corp())]);
    assert_eq!(app.handle(Input::Tick, at(56)), []);
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(120), true)) }, at(56));
    assert_eq!(app.handle(Input::Tick, at(57)), []);
}

#[test]
fn without_a_network_it_is_tried_again_ever_more_rarely_and_at_once_when_it_is_back() {
    let mut app = at_work(&dev());
    app.handle(Input::Tick, at(55));
    app.handle(Input::Session { portal: corp(), session: Err(unreachable()) }, at(55));
    assert_eq!(app.view(at(55)).portals[0].failure, Some(unreachable()));
    let second = SignedDuration::from_secs(1);
    assert_eq!(app.handle(Input::Tick, at(55) + second), []);
    assert_eq!(app.handle(Input::Tick, at(55) + 15 * second), [Effect::Renew(corp())]);
    app.handle(Input::Session { portal: corp(), session: Err(unreachable()) }, at(56));
    assert_eq!(app.handle(Input::Tick, at(56) + 20 * second), []);
    let effects = app.handle(Input::Woke, at(56) + 21 * second);
    assert!(effects.contains(&Effect::Renew(corp())), "{effects:?}");
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(120), true)) }, at(57));
    assert_eq!(app.view(at(57)).portals[0].failure, None);
}

#[test]
fn the_end_of_a_session_is_told_before_and_when_it_comes() {
    let (mut app, _) = App::begin(settings(), "1", String::new(), None);
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(480), false)) }, start());
    let told = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Notify(notification) => Some(notification.clone()),
            _ => None,
        })
    };
    assert!(told(&app.handle(Input::Tick, at(464))).is_none());
    let warning = told(&app.handle(Input::Tick, at(465))).unwrap();
    assert_eq!(warning.title, "Sign-in to corp ends in 15 min");
    let (label, action) = warning.button.unwrap();
    assert_eq!((label.as_str(), action), ("Renew", Action::SignIn { portal: corp(), place: None }));
    assert!(told(&app.handle(Input::Tick, at(466))).is_none(), "once");
    let ended = told(&app.handle(Input::Tick, at(480))).unwrap();
    assert!(ended.title.ends_with("has ended") && ended.topic == Topic::Session(corp()));
    assert_eq!(state(&app, at(480)), PortalState::Expired);
    assert!(told(&app.handle(Input::Tick, at(481))).is_none(), "once");
}

#[test]
fn the_end_of_a_session_that_renews_itself_is_an_estimate() {
    let app = at_work(&dev());
    let until = |app: &App, now| match state(app, now) {
        PortalState::SignedIn { until, about, .. } => (until.map(|m| m.0), about),
        other => panic!("{other:?}"),
    };
    assert_eq!(until(&app, start()), (Some(at(480)), true), "AWS's default");
    assert_eq!(until(&app, at(500)), (None, false), "outlived: nobody knows");
    let mut app = app;
    let Session::SignedIn(mut seen) = signed_in(at(60), true) else { panic!() };
    seen.lasts = Some(SignedDuration::from_mins(90));
    app.handle(Input::Session { portal: corp(), session: Ok(Session::SignedIn(seen)) }, start());
    assert_eq!(until(&app, start()), (Some(at(90)), true), "as long as the last one");
}

#[test]
fn the_list_is_fetched_when_it_is_old_and_when_somebody_signs_in() {
    let listed = |app: &mut App, now| app.handle(Input::Tick, now).contains(&Effect::List(corp()));
    let mut app = at_work(&dev());
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(1000), true)) }, start());
    assert!(!listed(&mut app, at(239)));
    assert!(app.next(at(239)).unwrap() <= at(240));
    assert!(listed(&mut app, at(240)));
    assert!(!listed(&mut app, at(241)), "one at a time");
    let result = Ok((catalogue(at(240)), Changes::default()));
    app.handle(Input::Listed { portal: corp(), result }, at(242));
    assert!(!listed(&mut app, at(243)));
    assert!(
        app.handle(Input::Act(Action::Refresh { portal: corp() }), at(244)).contains(&Effect::List(corp()))
    );
}

#[test]
fn news_of_a_list_are_shown_and_told() {
    let mut app = at_work(&dev());
    let gone = (AccountId::parse("222222222222").unwrap(), RoleName::parse("Old").unwrap());
    let changes = Changes { added: vec![], removed: vec![gone] };
    let effects =
        app.handle(Input::Listed { portal: corp(), result: Ok((catalogue(at(1)), changes)) }, at(1));
    assert!(
        matches!(effects.as_slice(), [Effect::Notify(n)] if n.title == "corp: 1 role removed"),
        "{effects:?}"
    );
    let view = app.view(at(1));
    assert_eq!(view.portals[0].changes.as_ref().unwrap().removed, ["Shop Prod / Old"]);
}

#[test]
fn a_refused_token_is_looked_at_again_and_the_end_is_told() {
    let mut app = at_work(&dev());
    let ended = Failure::new(Code::SignInNeeded, "the session has ended", "sign in");
    app.handle(Input::Act(Action::Refresh { portal: corp() }), at(1));
    let effects = app.handle(Input::Listed { portal: corp(), result: Err(ended) }, at(1));
    assert!(effects.contains(&Effect::ReadSession(corp())), "{effects:?}");
    assert!(
        effects.iter().any(|e| matches!(e, Effect::Notify(n) if n.title.ends_with("has ended"))),
        "{effects:?}"
    );
    app.handle(Input::Session { portal: corp(), session: Ok(Session::SignedOut) }, at(1));
    assert_eq!(state(&app, at(1)), PortalState::Expired);
}

#[test]
fn a_sign_in_elsewhere_ends_the_one_under_way() {
    let (mut app, _) = App::begin(settings(), "1", String::new(), None);
    app.handle(Input::Session { portal: corp(), session: Ok(Session::SignedOut) }, start());
    app.handle(sign_in(None), start());
    app.handle(code(), start());
    let effects = app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(60), true)) }, at(1));
    assert!(effects.contains(&Effect::EndSignIn(corp())) && effects.contains(&Effect::CloseSignIn(corp())));
    assert!(matches!(state(&app, at(1)), PortalState::SignedIn { .. }));
}

#[test]
fn in_a_browser_the_code_is_told_beside_the_page() {
    let mut app = at_work(&dev());
    app.handle(sign_in(Some(SignInPlace::Browser)), start());
    let effects = app.handle(code(), start());
    assert!(matches!(&effects[0], Effect::Browse(page) if page.contains("ABCD-EFGH")), "{effects:?}");
    assert!(matches!(&effects[1], Effect::Notify(n) if n.title.contains("ABCD-EFGH")), "{effects:?}");
    let effects = app.handle(Input::SignInEnded { portal: corp(), result: Ok(()) }, start());
    assert!(effects.contains(&Effect::Withdraw(Topic::Session(corp()))), "{effects:?}");
}

fn browser_page() -> Input {
    let page = "https://oidc.example/authorize".to_owned();
    let authorization = Authorization::Browser(BrowserAuthorization { page, deadline: at(10) });
    Input::Turn { portal: corp(), authorization, qr: (0, String::new()) }
}

#[test]
fn the_browsers_way_takes_no_window_and_shows_no_code() {
    let mut app = at_work(&dev());
    let effects = app.handle(sign_in(Some(SignInPlace::Browser)), start());
    assert!(
        matches!(&effects[1..], [Effect::SignIn { plan, .. }] if plan.flow == Flow::Browser && plan.instead == Some(Flow::Device)),
        "{effects:?}"
    );
    assert_eq!(
        app.handle(browser_page(), start()),
        [Effect::Browse("https://oidc.example/authorize".into())]
    );
    let PortalState::Waiting { user_code: None, place: Place::Browser, .. } = state(&app, start()) else {
        panic!("{:?}", state(&app, start()))
    };
    assert!(app.handle(Input::Act(Action::CopyCode { portal: corp() }), start()).is_empty(), "there is none");
}

#[test]
fn a_way_that_is_blocked_goes_on_in_the_browser_and_says_so() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    app.handle(Input::Instead { portal: corp(), flow: Flow::Browser }, start());
    assert!(app.view(start()).notice.unwrap().text.contains("does not allow codes"));
    let effects = app.handle(browser_page(), start());
    assert!(matches!(effects.as_slice(), [Effect::CloseSignIn(_), Effect::Browse(_)]), "{effects:?}");
    assert_eq!(
        app.handle(Input::SignInWindowClosed { portal: corp() }, start()),
        [],
        "our doing, not the person's"
    );
}

#[test]
fn the_choice_of_a_portal_is_kept() {
    let mut portal = portal();
    portal.flow = FlowChoice::Browser;
    let settings = Settings { portals: vec![portal], ..Settings::default() };
    let (mut app, _) = App::begin(settings, "1", String::new(), None);
    let effects = app.handle(sign_in(None), start());
    assert!(
        matches!(&effects[1..], [Effect::SignIn { plan, .. }] if plan.flow == Flow::Browser),
        "no window: {effects:?}"
    );
}

#[test]
fn signing_in_afresh_ends_the_session_first() {
    let mut app = at_work(&dev());
    let effects = app.handle(Input::Act(Action::SignInAfresh { portal: corp() }), start());
    assert!(effects.iter().any(|e| matches!(e, Effect::SignIn { afresh: true, .. })), "{effects:?}");
}

#[test]
fn many_programs_that_want_a_sign_in_make_one_notification() {
    let mut app = at_work(&dev());
    app.handle(Input::Session { portal: corp(), session: Ok(Session::Expired) }, start());
    let missed = || Input::SignInMissed { portal: corp() };
    let first = app.handle(missed(), start());
    assert!(
        matches!(first.as_slice(), [Effect::Notify(n)] if n.title.contains("needs you to sign in")),
        "{first:?}"
    );
    assert_eq!(app.handle(missed(), at(1)), []);
    app.handle(Input::Session { portal: corp(), session: Ok(signed_in(at(60), true)) }, at(2));
    app.handle(Input::Session { portal: corp(), session: Ok(Session::Expired) }, at(61));
    assert_eq!(app.handle(missed(), at(62)).len(), 1, "another session, another word");
}

#[test]
fn a_role_that_is_awaited_is_told_when_it_appears() {
    let mut app = at_work(&dev());
    let wait = |query: &str| Input::Act(Action::Await { query: query.into() });
    assert!(app.handle(wait("auditor"), start()).is_empty());
    assert_eq!(app.view(start()).awaited, ["auditor"]);
    assert!(!app.is_quiet(), "a new start would forget it");
    assert!(app.next(start()).unwrap() <= at(1), "lists are made more often");
    assert!(app.handle(Input::Tick, at(1)).contains(&Effect::List(corp())));
    let mut catalogue = catalogue(at(1));
    Arc::make_mut(&mut catalogue.accounts[0]).roles.push(RoleName::parse("Auditor").unwrap());
    let listed = Input::Listed { portal: corp(), result: Ok((catalogue, Changes::default())) };
    let effects = app.handle(listed, at(1));
    let [Effect::Notify(told)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(told.title.contains("Shop Dev / Auditor"), "{told:?}");
    assert!(matches!(&told.button, Some((_, Action::Switch { .. }))));
    assert!(app.view(at(1)).awaited.is_empty() && app.is_quiet());

    let effects = app.handle(wait("developer"), at(2));
    assert!(matches!(effects.as_slice(), [Effect::Notify(_)]), "it is there already: {effects:?}");
    app.handle(wait("nothing like it"), at(2));
    app.handle(Input::Tick, at(9 * 60));
    assert!(app.view(at(9 * 60)).awaited.is_empty(), "it is given up");
}

#[test]
fn a_list_that_has_nothing_of_the_last_one_may_be_another_users() {
    let mut app = at_work(&dev());
    let (before, mut after) = (catalogue(start()), catalogue(at(1)));
    for account in &mut after.accounts {
        Arc::make_mut(account).roles = vec![RoleName::parse("Other").unwrap()];
    }
    let changes = after.changes_since(&before);
    app.handle(Input::Listed { portal: corp(), result: Ok((after, changes)) }, at(1));
    let notice = app.view(at(1)).notice.unwrap();
    assert!(notice.text.contains("none of the roles") && notice.hint.unwrap().contains("another user"));
}

#[test]
fn a_later_code_opens_no_browser_by_itself() {
    let mut app = at_work(&dev());
    app.handle(sign_in(Some(SignInPlace::Browser)), start());
    assert!(app.handle(code(), start()).iter().any(|e| matches!(e, Effect::Browse(_))));
    let later = app.handle(code(), at(10));
    assert!(matches!(later.as_slice(), [Effect::Notify(_)]), "{later:?}");
}

#[test]
fn a_page_of_the_browsers_way_is_never_put_into_our_window() {
    let mut app = at_work(&dev());
    app.handle(sign_in(None), start());
    app.handle(browser_page(), start());
    let effects = app.handle(sign_in(None), at(1));
    assert!(effects.iter().any(|e| matches!(e, Effect::Browse(_))), "{effects:?}");
    assert!(!effects.iter().any(|e| matches!(e, Effect::ShowSignIn(..))), "{effects:?}");
}

#[test]
fn another_colour_of_a_portal_is_no_other_portal() {
    let mut app = at_work(&dev());
    app.handle(Input::Act(Action::Await { query: "auditor".into() }), start());
    let mut portal = portal();
    portal.colour = Some(crate::mark::Colour::Teal);
    let settings = Settings { portals: vec![portal], ..Settings::default() };
    let effects = app.handle(Input::Settings(Ok(settings)), start());
    assert!(!effects.contains(&Effect::ReadSession(corp())), "{effects:?}");
    assert!(matches!(state(&app, start()), PortalState::SignedIn { .. }));
    assert!(app.next(start()).unwrap() <= at(1), "what is waited for is not forgotten");
}
