use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn kept(expires: i64, can_renew: bool) -> Kept {
    let token = TokenInfo { expires_at: at(expires), refreshable: can_renew };
    Kept { token, obtained_at: at(0), is_refused: false, can_renew }
}

/// The steps from a first look to the end, with these answers to them, at second 3500 of a token for an hour.
fn steps(answers: &[Input]) -> Vec<Step> {
    let (mut renewal, first) = Renewal::begin();
    let next = answers.iter().map(|answer| renewal.handle(answer.clone(), at(3500)));
    std::iter::once(first).chain(next).collect()
}

#[test]
fn a_good_token_costs_one_look() {
    assert_eq!(steps(&[Input::Looked(Some(kept(20_000, true)))]), [Step::Look, Step::End(Outcome::Use)]);
    assert_eq!(steps(&[Input::Looked(None)]), [Step::Look, Step::End(Outcome::SignedOut)]);
}

#[test]
fn whoever_waited_for_the_lock_finds_the_new_token() {
    let old = Input::Looked(Some(kept(3600, true)));
    let new = Input::Looked(Some(kept(20_000, true)));
    let all = steps(&[old, Input::Locked, new]);
    assert_eq!(all, [Step::Look, Step::Lock, Step::Look, Step::End(Outcome::Use)]);
}

#[test]
fn one_renews_and_keeps() {
    let old = Input::Looked(Some(kept(3600, true)));
    let all = steps(&[old.clone(), Input::Locked, old, Input::Answered(Ok(())), Input::Written]);
    let end = Step::End(Outcome::Use);
    assert_eq!(all, [Step::Look, Step::Lock, Step::Look, Step::Refresh, Step::Keep, end]);
}

#[test]
fn a_refusal_is_final_and_a_stumble_is_not() {
    let blip = Trouble::Unavailable("timeout".into());
    for (expires, is_refused, trouble, write, end) in [
        (3600, false, Trouble::InvalidGrant, Some(Step::DropRefresh), Outcome::Use),
        (3400, false, Trouble::InvalidGrant, Some(Step::DropRefresh), Outcome::Ended(Trouble::InvalidGrant)),
        (3600, true, Trouble::InvalidClient, Some(Step::Forget), Outcome::Ended(Trouble::InvalidClient)),
        (3600, false, blip.clone(), None, Outcome::Use),
        (3400, false, blip.clone(), None, Outcome::Stumbled(blip.clone())),
        (3600, true, blip.clone(), None, Outcome::Stumbled(blip)),
    ] {
        let old = Input::Looked(Some(Kept { is_refused, ..kept(expires, true) }));
        let answers =
            [old.clone(), Input::Locked, old, Input::Answered(Err(trouble.clone())), Input::Written];
        let all = steps(&answers[..if write.is_some() { 5 } else { 4 }]);
        let tail: Vec<Step> = write.into_iter().chain([Step::End(end)]).collect();
        assert!(all.ends_with(&tail), "{trouble:?} {expires} {is_refused}: {all:?}");
    }
}

#[test]
fn a_token_that_nothing_can_renew_is_written_down_as_such() {
    let dead = Input::Looked(Some(Kept { can_renew: false, ..kept(3400, true) }));
    let all = steps(&[dead.clone(), Input::Locked, dead, Input::Written]);
    let end = Step::End(Outcome::Ended(Trouble::InvalidGrant));
    assert_eq!(all, [Step::Look, Step::Lock, Step::Look, Step::DropRefresh, end]);
}

/// AWS, the keyring and some processes, whose steps interleave in any order.
#[derive(Debug, Default)]
struct World {
    now: i64,
    /// What is kept: an access token, a refresh token.
    access: Option<(u32, i64, i64)>,
    refresh: Option<u32>,
    lock: Option<usize>,
    /// Sign-ins so far; the session of the last one lives.
    session: u32,
    is_alive: bool,
    /// The refresh token that AWS takes, and the one before, which it takes a little longer.
    current: u32,
    before: Option<u32>,
    last_token: u32,
    /// Refresh tokens that may not be sent any more: their successor is kept, or it is known that AWS refused them.
    done_with: Vec<u32>,
    /// A process died between AWS's answer and the keyring.
    was_lost: bool,
    signed_out: bool,
    in_flight: usize,
}

impl World {
    fn issue(&mut self) -> u32 {
        self.last_token += 1;
        self.last_token
    }

    fn sign_in(&mut self) {
        if self.lock.is_some() {
            return;
        }
        self.session += 1;
        (self.is_alive, self.before, self.was_lost, self.signed_out) = (true, None, false, false);
        self.current = self.issue();
        self.refresh = Some(self.current);
        self.access = Some((self.session, self.now, self.now + 3600));
    }

    fn sign_out(&mut self) {
        if self.lock.is_none() {
            (self.is_alive, self.signed_out) = (false, true);
            (self.access, self.refresh) = (None, None);
        }
    }

    fn unlock(&mut self, number: usize) {
        if self.lock == Some(number) {
            self.lock = None;
        }
    }

    fn look(&self, refused: bool) -> Option<Kept> {
        let (session, obtained, expires) = self.access?;
        let token = TokenInfo { expires_at: at(expires), refreshable: self.refresh.is_some() };
        // The portal refuses what is of a session that is over.
        let is_refused = refused && !(self.is_alive && session == self.session);
        Some(Kept { token, obtained_at: at(obtained), is_refused, can_renew: self.refresh.is_some() })
    }
}

/// One caller. What AWS gave it is lost with it.
struct Process {
    renewal: Renewal,
    step: Step,
    refused: bool,
    /// The refresh token that was sent, and what AWS did about it.
    sent: Option<(u32, Result<u32, Trouble>)>,
    /// The refresh token is written, the access token is not.
    half_written: bool,
}

impl Process {
    fn begin(refused: bool) -> Self {
        let (renewal, step) = Renewal::begin();
        Self { renewal, step, refused, sent: None, half_written: false }
    }

    /// One indivisible thing. False: it can't go on now.
    fn go_on(&mut self, number: usize, world: &mut World) -> bool {
        let input = match &self.step {
            Step::Look => Input::Looked(world.look(self.refused)),
            Step::Lock if world.lock.is_some() => return false,
            Step::Lock => {
                world.lock = Some(number);
                Input::Locked
            }
            Step::Refresh => match self.sent.clone() {
                None => {
                    self.send(number, world);
                    return true;
                }
                Some((_, answer)) => {
                    world.in_flight -= 1;
                    Input::Answered(answer.map(drop))
                }
            },
            Step::Keep => {
                let (old, answer) = self.sent.clone().unwrap();
                if !self.half_written {
                    world.refresh = answer.ok();
                    world.done_with.push(old);
                    self.half_written = true;
                    return true;
                }
                world.access = Some((world.session, world.now, world.now + 3600));
                Input::Written
            }
            Step::DropRefresh => {
                world.done_with.extend(world.refresh.take());
                Input::Written
            }
            Step::Forget => {
                world.done_with.extend(world.refresh.take());
                world.access = None;
                Input::Written
            }
            Step::End(_) => return false,
        };
        self.step = self.renewal.handle(input, at(world.now));
        if matches!(self.step, Step::End(_)) {
            world.unlock(number);
        }
        true
    }

    fn send(&mut self, number: usize, world: &mut World) {
        assert_eq!(world.lock, Some(number), "a refresh token is only sent under the lock");
        assert_eq!(world.in_flight, 0, "one refresh at a time");
        let token = world.refresh.expect("there is one to send");
        assert!(!world.done_with.contains(&token), "a token that was rotated out or refused is sent again");
        world.in_flight += 1;
        let known = token == world.current || Some(token) == world.before;
        let answer = if world.is_alive && known {
            world.before = Some(token);
            world.current = world.issue();
            Ok(world.current)
        } else {
            Err(Trouble::InvalidGrant)
        };
        self.sent = Some((token, answer));
    }

    fn crash(&mut self, number: usize, world: &mut World) {
        if matches!(self.step, Step::Refresh) && self.sent.is_some() {
            world.in_flight -= 1;
        }
        let was_given = matches!(&self.sent, Some((_, Ok(_))));
        world.was_lost |= was_given && !self.half_written && !matches!(self.step, Step::End(_));
        world.unlock(number);
        *self = Self::begin(self.refused);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    /// Expiry, refresh, revocation, sign-out and crash in any order, by four processes.
    #[test]
    fn no_interleaving_loses_a_session_or_leaves_a_token(choices in prop::collection::vec((0_u8..40, 0_usize..4), 0..120)) {
        let mut world = World::default();
        world.sign_in();
        let mut processes: Vec<Process> = (0..4).map(|n| Process::begin(n == 3)).collect();
        for (choice, number) in choices {
            match choice {
                0 => world.sign_out(),
                1 => world.sign_in(),
                2 => world.is_alive = false,
                3 | 4 => world.now += 3400,
                5 => world.now += 7200,
                // A token that was rotated out long ago is taken no more.
                6 if world.in_flight == 0 => world.before = None,
                7 | 8 => processes[number].crash(number, &mut world),
                _ => {
                    let process = &mut processes[number];
                    if !process.go_on(number, &mut world) && matches!(process.step, Step::End(_)) {
                        *process = Process::begin(number == 3);
                    }
                }
            }
            let nothing_left = world.access.is_none() && world.refresh.is_none();
            prop_assert!(!world.signed_out || nothing_left, "nothing comes back after a sign-out");
        }
        // Whoever is at it ends; then somebody who comes gets a token if there is a session.
        for _ in 0..40 {
            for (number, process) in processes.iter_mut().enumerate() {
                process.go_on(number, &mut world);
            }
        }
        prop_assert!(world.lock.is_none() && processes.iter().all(|p| matches!(p.step, Step::End(_))));
        let mut late = Process::begin(true);
        while late.go_on(9, &mut world) {}
        if world.is_alive && !world.was_lost && world.access.is_some_and(|(session, ..)| session == world.session) {
            prop_assert_eq!(late.step, Step::End(Outcome::Use), "a session that lives is not lost");
        } else if !world.is_alive {
            prop_assert!(!matches!(late.step, Step::End(Outcome::Use)), "a session that is over is noticed");
        }
    }
}
