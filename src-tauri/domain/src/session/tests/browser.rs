//! The browser's way, and going from one way to the other.

use super::*;

/// A sign-in by browser whose page was shown at second 0.
fn in_browser(instead: Option<Flow>) -> (SignIn, Vec<Effect>) {
    let plan = Plan { flow: Flow::Browser, instead, ..BY_CODE };
    let (mut sign_in, first) = SignIn::begin(corp(), plan, at(0));
    assert_eq!(first, Effect::Register { flow: Flow::Browser, fresh: false, at: at(0) });
    let effects = sign_in.handle(Input::Registered(Ok(())), at(0));
    assert_eq!(effects, [Effect::Start { flow: Flow::Browser, at: at(0) }]);
    let effects = sign_in.handle(Input::Started(Ok(browser(at(600)))), at(0));
    (sign_in, effects)
}

#[test]
fn the_browser_is_awaited_and_its_code_is_redeemed() {
    let (mut sign_in, effects) = in_browser(None);
    assert_eq!(effects, [Effect::Show(browser(at(600))), Effect::Listen { until: at(600) }]);
    assert_eq!(sign_in.handle(Input::Returned(Ok(())), at(9)), [Effect::Poll { at: at(9) }]);
    assert_eq!(sign_in.handle(Input::Polled(Err(unavailable())), at(9)), [Effect::Poll { at: at(10) }]);
    assert_eq!(sign_in.handle(Input::Polled(Ok(token())), at(10)), []);
    assert_eq!(sign_in.state(), &State::SignedIn(token()));
}

#[test]
fn what_the_browser_brings_back_instead_is_told() {
    for (trouble, words) in [
        (Trouble::Denied, "denied"),
        (Trouble::CodeExpired, "did not come back"),
        (Trouble::FlowBlocked, "--flow device"),
        (Trouble::Invalid("odd".into()), "odd"),
    ] {
        let (mut sign_in, _) = in_browser(None);
        assert_eq!(sign_in.handle(Input::Returned(Err(trouble)), at(9)), []);
        let failure = failure(&sign_in);
        let text = format!("{failure}; {}", failure.hint);
        assert!(text.contains(words), "{text}");
    }
    let (mut sign_in, _) = in_browser(None);
    sign_in.handle(Input::Returned(Ok(())), at(9));
    sign_in.handle(Input::Polled(Err(Trouble::InvalidGrant)), at(9));
    assert!(failure(&sign_in).summary.contains("what the browser brought back"));
}

#[test]
fn what_an_administrator_blocks_is_tried_the_other_way_once() {
    let plan = Plan { instead: Some(Flow::Browser), ..BY_CODE };
    let (mut sign_in, _) = SignIn::begin(corp(), plan, at(0));
    sign_in.handle(Input::Registered(Ok(())), at(0));
    let effects = sign_in.handle(Input::Started(Err(Trouble::FlowBlocked)), at(1));
    let register = Effect::Register { flow: Flow::Browser, fresh: false, at: at(1) };
    assert_eq!(effects, [Effect::Instead(Flow::Browser), register]);
    sign_in.handle(Input::Registered(Err(Trouble::FlowBlocked)), at(2));
    let blocked = failure(&sign_in);
    assert!(
        blocked.summary.contains("does not allow") && blocked.hint.contains("--flow device"),
        "{blocked}"
    );
}

#[test]
fn a_code_that_expires_is_replaced_while_the_person_is_there() {
    let (mut sign_in, _) = SignIn::begin(corp(), Plan { codes: 2, ..BY_CODE }, at(0));
    sign_in.handle(Input::Registered(Ok(())), at(0));
    sign_in.handle(started(authorization(5, 600)), at(0));
    assert_eq!(sign_in.handle(Input::Polled(Err(Trouble::Pending)), at(598)), [start(598)]);
    let effects = sign_in.handle(started(authorization(5, 1200)), at(599));
    assert_eq!(
        effects,
        [Effect::Show(Authorization::Device(authorization(5, 1200))), Effect::Poll { at: at(604) }]
    );
    assert_eq!(sign_in.handle(Input::Polled(Err(Trouble::CodeExpired)), at(700)), []);
    assert!(failure(&sign_in).summary.contains("not approved in time"));
}
