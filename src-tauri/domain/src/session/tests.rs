use proptest::prelude::*;

use super::*;

mod browser;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn secs(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

fn corp() -> PortalName {
    PortalName::parse("corp").unwrap()
}

fn authorization(interval: i64, lifetime: i64) -> DeviceAuthorization {
    DeviceAuthorization {
        user_code: "BCDF-GHJK".into(),
        page: "https://d-1.awsapps.com/start/#/device?user_code=BCDF-GHJK".into(),
        deadline: at(lifetime),
        interval: secs(interval),
    }
}

fn started(device: DeviceAuthorization) -> Input {
    Input::Started(Ok(Authorization::Device(device)))
}

fn register(fresh: bool, second: i64) -> Effect {
    Effect::Register { flow: Flow::Device, fresh, at: at(second) }
}

fn start(second: i64) -> Effect {
    Effect::Start { flow: Flow::Device, at: at(second) }
}

/// The usual plan of a terminal.
const BY_CODE: Plan = Plan { flow: Flow::Device, instead: None, why: None, codes: 1 };

fn token() -> TokenInfo {
    TokenInfo { expires_at: at(3600), refreshable: true }
}

/// A sign-in whose code was shown at second 0.
fn waiting(interval: i64, lifetime: i64) -> (SignIn, Vec<Effect>) {
    let (mut sign_in, _) = SignIn::begin(corp(), BY_CODE, at(0));
    sign_in.handle(Input::Registered(Ok(())), at(0));
    let effects = sign_in.handle(started(authorization(interval, lifetime)), at(0));
    (sign_in, effects)
}

fn failure(sign_in: &SignIn) -> &Failure {
    match sign_in.state() {
        State::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

fn unavailable() -> Trouble {
    Trouble::Unavailable("connection refused".into())
}

#[test]
fn the_code_is_shown_before_the_first_poll() {
    let (mut sign_in, first) = SignIn::begin(corp(), BY_CODE, at(0));
    assert_eq!(first, register(false, 0));
    assert_eq!(sign_in.handle(Input::Registered(Ok(())), at(1)), [start(1)]);
    let shown = authorization(5, 600);
    let effects = sign_in.handle(started(shown.clone()), at(2));
    let shown = Authorization::Device(shown);
    assert_eq!(effects, [Effect::Show(shown.clone()), Effect::Poll { at: at(7) }]);
    assert_eq!(sign_in.state(), &State::Waiting(shown));
    assert_eq!(sign_in.handle(Input::Polled(Ok(token())), at(7)), []);
    assert_eq!(sign_in.state(), &State::SignedIn(token()));
}

/// What one answer to a poll leads to, asked at second 100 of a code that lives for 600 with an interval of 5.
#[test]
fn each_answer_to_a_poll_has_its_consequence() {
    let check = |trouble: Trouble, next: Result<i64, (Code, &str)>| {
        let (mut sign_in, _) = waiting(5, 600);
        let effects = sign_in.handle(Input::Polled(Err(trouble.clone())), at(100));
        match next {
            Ok(second) => assert_eq!(effects, [Effect::Poll { at: at(second) }], "{trouble:?}"),
            Err((code, words)) => {
                assert_eq!(effects, [], "{trouble:?}");
                let failure = failure(&sign_in);
                assert_eq!(failure.code, code, "{trouble:?}");
                let text = format!("{failure}; {}", failure.hint);
                assert!(text.contains(words), "{text}");
            }
        }
    };
    check(Trouble::Pending, Ok(105));
    check(Trouble::SlowDown, Ok(110));
    check(unavailable(), Ok(106));
    check(Trouble::Throttled(None), Ok(106));
    check(Trouble::Unreadable("HTML".into()), Ok(106));
    check(Trouble::CodeExpired, Err((Code::Failed, "not approved in time")));
    check(Trouble::Denied, Err((Code::Failed, "denied")));
    check(Trouble::InvalidGrant, Err((Code::Failed, "does not take this code")));
    check(Trouble::InvalidGrant, Err((Code::Failed, "region is the one of IAM Identity Center")));
    check(Trouble::Invalid("no such start URL".into()), Err((Code::Failed, "no such start URL")));
    check(Trouble::Forbidden, Err((Code::Failed, "no access")));
    check(Trouble::NotFound, Err((Code::Failed, "does not know")));
    check(Trouble::Unauthorized, Err((Code::SignInNeeded, "rolecall login corp")));
}

#[test]
fn what_slow_down_adds_is_added_for_good() {
    let (mut sign_in, _) = waiting(1, 600);
    let mut answer = |trouble, second| sign_in.handle(Input::Polled(Err(trouble)), at(second));
    assert_eq!(answer(Trouble::SlowDown, 1), [Effect::Poll { at: at(7) }]);
    assert_eq!(answer(Trouble::Pending, 7), [Effect::Poll { at: at(13) }]);
    assert_eq!(answer(Trouble::SlowDown, 13), [Effect::Poll { at: at(24) }]);
    assert_eq!(answer(unavailable(), 24), [Effect::Poll { at: at(36) }]);
    assert_eq!(answer(Trouble::Pending, 36), [Effect::Poll { at: at(47) }]);
}

#[test]
fn a_blip_is_waited_out_until_the_deadline_and_no_longer() {
    let (mut sign_in, _) = waiting(5, 600);
    let (mut now, mut polls) = (5, 0);
    while let [Effect::Poll { at: next }] =
        sign_in.handle(Input::Polled(Err(unavailable())), at(now)).as_slice()
    {
        assert!(*next < at(600), "no poll at or after the deadline");
        now = next.duration_since(at(0)).as_secs();
        polls += 1;
    }
    // Nobody knows whether the code was approved, so the failure is AWS's silence.
    assert!(failure(&sign_in).summary.contains("does not answer"));
    assert!((40..=60).contains(&polls), "{polls}: a blip of minutes is survived, but not hammered at");
}

#[test]
fn nobody_asks_after_the_deadline() {
    let (mut sign_in, _) = waiting(5, 600);
    assert_eq!(sign_in.handle(Input::Polled(Err(Trouble::Pending)), at(594)), [Effect::Poll { at: at(599) }]);
    assert_eq!(sign_in.handle(Input::Polled(Err(Trouble::Pending)), at(599)), []);
    assert!(failure(&sign_in).summary.contains("not approved in time"));
    for (interval, lifetime) in [(5, 0), (5, -1), (5, 5), (60, 30)] {
        let (sign_in, effects) = waiting(interval, lifetime);
        assert_eq!(effects, [], "a code that dies before the first poll is not shown");
        assert!(failure(&sign_in).summary.contains("not approved in time"));
    }
}

#[test]
fn absurd_intervals_are_made_sane() {
    let check = |interval: SignedDuration, first: i64| {
        let (mut sign_in, _) = SignIn::begin(corp(), BY_CODE, at(0));
        sign_in.handle(Input::Registered(Ok(())), at(0));
        let absurd = DeviceAuthorization { interval, ..authorization(0, 600) };
        let effects = sign_in.handle(started(absurd), at(0));
        assert_eq!(effects[1], Effect::Poll { at: at(first) });
    };
    check(secs(0), 1);
    check(secs(-7), 1);
    check(SignedDuration::MIN, 1);
    check(secs(59), 59);
    check(secs(61), 60);
    check(SignedDuration::MAX, 60);
}

#[test]
fn a_registration_that_aws_forgot_is_replaced_once() {
    let (mut sign_in, _) = SignIn::begin(corp(), BY_CODE, at(0));
    sign_in.handle(Input::Registered(Ok(())), at(0));
    let anew = sign_in.handle(Input::Started(Err(Trouble::InvalidClient)), at(1));
    assert_eq!(anew, [register(true, 1)]);
    // A blip now must not lead back to the registration that was refused.
    let again = sign_in.handle(Input::Registered(Err(unavailable())), at(2));
    assert_eq!(again, [register(true, 3)]);
    assert_eq!(sign_in.handle(Input::Registered(Ok(())), at(3)), [start(3)]);
    assert_eq!(sign_in.handle(Input::Started(Err(Trouble::InvalidClient)), at(4)), []);
    assert_eq!(failure(&sign_in).code, Code::SignInNeeded);
    assert!(failure(&sign_in).summary.contains("registration"));

    let (mut sign_in, _) = waiting(1, 600);
    (0..9).for_each(|n| drop(sign_in.handle(Input::Polled(Err(unavailable())), at(n))));
    let anew = sign_in.handle(Input::Polled(Err(Trouble::InvalidClient)), at(100));
    assert_eq!(anew, [register(true, 100)]);
    let again = sign_in.handle(Input::Registered(Err(unavailable())), at(101));
    assert_eq!(again.len(), 1, "tries are counted anew after the blips of the polls");
}

#[test]
fn steps_before_the_code_are_tried_four_times() {
    let (mut sign_in, _) = SignIn::begin(corp(), BY_CODE, at(0));
    let mut answer = |second| sign_in.handle(Input::Registered(Err(unavailable())), at(second));
    let again = |second| [register(false, second)];
    assert_eq!(answer(0), again(1));
    assert_eq!(answer(1), again(3));
    assert_eq!(answer(3), again(7));
    assert_eq!(answer(7), []);
    assert!(failure(&sign_in).to_string().contains("connection refused"));

    let (mut sign_in, _) = SignIn::begin(corp(), BY_CODE, at(0));
    sign_in.handle(Input::Registered(Ok(())), at(0));
    let again = sign_in.handle(Input::Started(Err(Trouble::SlowDown)), at(0));
    assert_eq!(again, [start(1)]);
    assert_eq!(sign_in.handle(Input::Started(Err(Trouble::Invalid(String::new()))), at(1)), []);
    assert!(failure(&sign_in).hint.contains("start URL and the region"));
}

#[test]
fn after_the_end_nothing_changes_any_more() {
    let kept_not = Failure::new(Code::NoKeyring, "the keyring is locked", "unlock it");
    let ends = [
        (Input::Polled(Ok(token())), None),
        (Input::Cancelled, Some("was cancelled")),
        (Input::Stuck(kept_not), Some("keyring is locked")),
        (Input::Polled(Err(Trouble::Denied)), Some("denied")),
    ];
    let late = [
        Input::Polled(Ok(TokenInfo { expires_at: at(9), refreshable: false })),
        Input::Polled(Err(Trouble::InvalidClient)),
        started(authorization(1, 600)),
        Input::Returned(Ok(())),
        Input::Registered(Ok(())),
        Input::Cancelled,
    ];
    for (end, words) in ends {
        let (mut sign_in, _) = waiting(5, 600);
        assert_eq!(sign_in.handle(end, at(5)), []);
        let state = sign_in.state().clone();
        match words {
            Some(words) => assert!(failure(&sign_in).summary.contains(words)),
            None => assert_eq!(state, State::SignedIn(token())),
        }
        for input in &late {
            assert_eq!(sign_in.handle(input.clone(), at(6)), []);
            assert_eq!(sign_in.state(), &state, "{input:?}");
        }
    }
}

#[test]
fn an_answer_to_a_question_of_another_state_changes_nothing() {
    let (mut sign_in, _) = waiting(5, 600);
    let state = sign_in.state().clone();
    for input in [Input::Registered(Ok(())), Input::Started(Err(Trouble::Denied))] {
        assert_eq!(sign_in.handle(input, at(1)), []);
        assert_eq!(sign_in.state(), &state);
    }
}

fn browser(deadline: Timestamp) -> Authorization {
    Authorization::Browser(BrowserAuthorization { page: "https://oidc.example/authorize".into(), deadline })
}

#[test]
fn a_token_is_used_renewed_or_given_up() {
    let check = |refreshable: bool, lifetime: i64, now: i64, expected: TokenUse| {
        let info = TokenInfo { expires_at: at(lifetime), refreshable };
        assert_eq!(token_use(&info, at(0), at(now)), expected, "{refreshable} {lifetime} {now}");
    };
    for (now, expected) in [
        (0, TokenUse::Use),
        (3299, TokenUse::Use),
        (3300, TokenUse::Renew),
        (3600, TokenUse::Renew),
        (90_000, TokenUse::Renew),
        (-90_000, TokenUse::Use),
    ] {
        check(true, 3600, now, expected);
    }
    for (now, expected) in
        [(0, TokenUse::Use), (3599, TokenUse::Use), (3600, TokenUse::SignIn), (4000, TokenUse::SignIn)]
    {
        check(false, 3600, now, expected);
    }
    // A token for a minute is renewed in its last quarter.
    check(true, 60, 44, TokenUse::Use);
    check(true, 60, 45, TokenUse::Renew);
    // One that was over when it came is never used.
    check(true, 0, 0, TokenUse::Renew);
    check(true, -1000, -1100, TokenUse::Use);
    check(true, -1000, -900, TokenUse::Renew);
    check(false, -1000, -900, TokenUse::SignIn);
    let ends = TokenInfo { expires_at: Timestamp::MIN, refreshable: false };
    assert_eq!(token_use(&ends, Timestamp::MAX, Timestamp::MAX), TokenUse::SignIn);
}

fn any_trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        8 => Just(Trouble::Pending),
        4 => Just(Trouble::SlowDown),
        3 => Just(unavailable()),
        2 => Just(Trouble::Throttled(Some(std::time::Duration::MAX))),
        1 => Just(Trouble::Unreadable(String::new())),
        2 => Just(Trouble::InvalidClient),
        1 => Just(Trouble::Denied),
        1 => Just(Trouble::FlowBlocked),
        1 => Just(Trouble::CodeExpired),
        1 => Just(Trouble::InvalidGrant),
        1 => Just(Trouble::Unauthorized),
    ]
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let flow = || prop_oneof![Just(Flow::Device), Just(Flow::Browser)];
    (flow(), prop::option::of(flow()), 0..4_u32).prop_map(|(flow, instead, codes)| Plan {
        flow,
        instead,
        why: None,
        codes,
    })
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        8 => (0..2_000_i64).prop_map(at),
        1 => Just(Timestamp::MAX),
        1 => Just(Timestamp::MIN),
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    let interval = prop_oneof![
        8 => (-2..90_i64).prop_map(secs),
        1 => Just(SignedDuration::MAX),
        1 => Just(SignedDuration::MIN),
    ];
    let device = (interval, any_time()).prop_map(|(interval, deadline)| {
        started(DeviceAuthorization { deadline, interval, ..authorization(0, 0) })
    });
    prop_oneof![
        4 => Just(Input::Registered(Ok(()))),
        1 => any_trouble().prop_map(|t| Input::Registered(Err(t))),
        4 => device,
        2 => any_time().prop_map(|deadline| Input::Started(Ok(browser(deadline)))),
        3 => Just(Input::Returned(Ok(()))),
        2 => any_trouble().prop_map(|t| Input::Returned(Err(t))),
        1 => any_trouble().prop_map(|t| Input::Started(Err(t))),
        1 => Just(Input::Polled(Ok(token()))),
        9 => any_trouble().prop_map(|t| Input::Polled(Err(t))),
        1 => Just(Input::Cancelled),
    ]
}

/// Whether the input answers what was asked for last; others come late.
fn answers(input: &Input, pending: &Effect) -> bool {
    matches!(
        (input, pending),
        (Input::Registered(_), Effect::Register { .. })
            | (Input::Started(_), Effect::Start { .. })
            | (Input::Returned(_), Effect::Listen { .. })
            | (Input::Polled(_), Effect::Poll { .. })
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_breaks_the_rules(
        start in any_time(),
        plan in any_plan(),
        inputs in prop::collection::vec((any_input(), 0..20_i64), 0..60),
    ) {
        let (mut sign_in, first) = SignIn::begin(corp(), plan, start);
        let (mut now, mut pending, mut anew, mut codes) = (start, Some(first), 0, 0);
        // The least gap that the server may expect: its interval, within reason, and what it added.
        let mut gap = SignedDuration::ZERO;
        for (input, late) in inputs {
            let fits = pending.as_ref().is_some_and(|effect| answers(&input, effect));
            // What comes is of the way that was begun.
            let wanted = match &pending {
                Some(Effect::Start { flow, .. }) => *flow,
                _ => Flow::Device,
            };
            let input = match input {
                Input::Started(Ok(Authorization::Device(device))) if wanted == Flow::Browser => {
                    Input::Started(Ok(browser(device.deadline)))
                }
                Input::Started(Ok(Authorization::Browser(_))) if wanted == Flow::Device => started(authorization(5, 600)),
                input => input,
            };
            // What is asked for is done when its time has come, or later.
            if let Some(Effect::Poll { at } | Effect::Start { at, .. } | Effect::Register { at, .. }) = &pending
                && fits
            {
                now = after(now.max(*at), secs(late));
            }
            match &input {
                Input::Started(Ok(Authorization::Device(a))) if fits => {
                    gap = a.interval.clamp(secs(1), secs(60));
                }
                Input::Started(Ok(Authorization::Browser(_))) if fits => gap = SignedDuration::ZERO,
                Input::Polled(Err(Trouble::SlowDown)) if fits => gap = (gap + secs(5)).min(secs(60)),
                _ => {}
            }
            let (was, effects) = (sign_in.state().clone(), sign_in.handle(input.clone(), now));
            if !fits && input != Input::Cancelled {
                prop_assert_eq!(&effects, &[]);
                prop_assert_eq!(sign_in.state(), &was);
                continue;
            }
            let asked: Vec<&Effect> = effects.iter().filter(|e| !matches!(e, Effect::Show(_) | Effect::Instead(_))).collect();
            let other_way = effects.iter().any(|e| matches!(e, Effect::Instead(_)));
            codes += usize::from(effects.iter().any(|e| matches!(e, Effect::Show(Authorization::Device(_)))));
            let over = matches!(sign_in.state(), State::SignedIn(_) | State::Failed(_));
            prop_assert_eq!(asked.len(), usize::from(!over), "{:?}: {:?}", input, effects);
            pending = asked.first().map(|effect| (*effect).clone());
            match (&pending, sign_in.state()) {
                (Some(Effect::Listen { until }), State::Waiting(Authorization::Browser(shown))) => {
                    prop_assert_eq!(*until, shown.deadline);
                }
                (Some(Effect::Poll { at }), State::Redeeming) => prop_assert!(*at >= now),
                (Some(Effect::Poll { at }), State::Waiting(Authorization::Device(shown))) => {
                    prop_assert!(*at < shown.deadline);
                    prop_assert!(at.duration_since(now) >= gap, "{at} after {now}, not {gap}");
                }
                (Some(Effect::Register { fresh, at, .. }), State::Registering) => {
                    anew = if other_way { 0 } else { anew + usize::from(*fresh && was != State::Registering) };
                    prop_assert!(*at >= now);
                }
                (Some(Effect::Start { at, .. }), State::Starting) => prop_assert!(*at >= now),
                (None, State::SignedIn(_) | State::Failed(_)) => {}
                other => prop_assert!(false, "{other:?}"),
            }
            prop_assert!(anew <= 1);
        }
        // Each code may be asked for once more after a new registration, and all of it by way of the other flow.
        prop_assert!(codes <= 2 * (plan.codes.max(1) as usize + 1));
    }

    #[test]
    fn with_answers_it_always_ends(answers in prop::collection::vec(any_trouble(), 1..5)) {
        let (mut sign_in, mut effects) = waiting(1, 600);
        let mut steps = 0;
        while let Some(effect) = effects.pop() {
            steps += 1;
            prop_assert!(steps < 700);
            let trouble = answers[steps % answers.len()].clone();
            let (input, now) = match effect {
                Effect::Show(_) | Effect::Instead(_) => continue,
                Effect::Listen { until } => (Input::Returned(Err(trouble)), until),
                Effect::Poll { at } => (Input::Polled(Err(trouble)), at),
                Effect::Register { at, .. } => (Input::Registered(Ok(())), at),
                Effect::Start { at, .. } => (started(authorization(1, 600)), at),
            };
            effects = sign_in.handle(input, now);
        }
        prop_assert!(matches!(sign_in.state(), State::Failed(_)));
    }
}
