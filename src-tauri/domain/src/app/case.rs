//! What is known and planned of one portal.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::input::{Action, Effect, Notification, Topic};
use super::known::{Session, SignedIn};
use super::view::{Moment, Place, PopUp, PortalState, Qr, Visit};
use crate::catalogue::Changes;
use crate::failure::{Code, Failure};
use crate::flow::{Flow, Plan, Surroundings};
use crate::session::Authorization;
use crate::settings::{Portal, SignInPlace};
use crate::time::{after, before};

/// How long AWS lets a portal session live unless the administrator says otherwise.
const USUAL_SESSION: SignedDuration = SignedDuration::from_hours(8);
/// How long before its end a person is told.
const NOTICE: SignedDuration = SignedDuration::from_mins(15);
/// A catalogue is listed anew when it is older than this.
const LIST_EVERY: SignedDuration = SignedDuration::from_hours(4);
/// While somebody waits for a role to appear.
const LIST_OFTEN: SignedDuration = SignedDuration::from_mins(1);
/// At the start, a younger one will do.
const STALE_AT_START: SignedDuration = SignedDuration::from_hours(1);
/// The first and the longest wait after something did not work.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// One portal.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) portal: Portal,
    pub(super) session: Session,
    pub(super) attempt: Option<Attempt>,
    pub(super) renewing: bool,
    /// Accounts whose roles are known, and all of them.
    pub(super) listing: Option<(usize, Option<usize>)>,
    /// A listing is wanted as soon as it can be.
    pub(super) list_wanted: bool,
    /// The catalogue on disk has been looked at; until then nobody knows whether to list.
    pub(super) catalogue_read: bool,
    pub(super) listed_at: Option<Timestamp>,
    pub(super) changes: Option<(Timestamp, Changes)>,
    pub(super) failure: Option<Failure>,
    /// A catalogue that is older is listed anew.
    list_every: SignedDuration,
    /// Programs that wanted a sign-in since the last one: the first is told.
    missed: u32,
    /// The end that a person was told of.
    told_end: Option<Timestamp>,
    failures: u32,
    /// Nothing is tried before.
    not_before: Timestamp,
}

/// A sign-in under way.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) place: Place,
    /// What the person has to do, as soon as it is known, and its page as a QR code.
    pub(super) turn: Option<(Authorization, Qr)>,
    pub(super) visit: Option<Visit>,
    /// By the number of the window.
    pub(super) pop_ups: BTreeMap<u32, Visit>,
    /// What the person wanted when it turned out that they have to sign in.
    pub(super) then: Option<Action>,
}

impl Case {
    pub(super) fn new(portal: Portal) -> Self {
        Self {
            portal,
            session: Session::Unknown,
            attempt: None,
            renewing: false,
            listing: None,
            list_wanted: false,
            catalogue_read: false,
            listed_at: None,
            changes: None,
            failure: None,
            list_every: LIST_EVERY,
            missed: 0,
            told_end: None,
            failures: 0,
            not_before: Timestamp::MIN,
        }
    }

    pub(super) fn is_signed_in(&self) -> bool {
        matches!(self.session, Session::SignedIn(_))
    }

    /// When the person has to sign in again, and whether that is an estimate.
    ///
    /// A token that can't be renewed says it. One that can lives as long as the portal's session, whose end AWS
    /// does not tell: it is taken to last as long as the last one did, or as long as AWS's default.
    pub(super) fn end(&self, now: Timestamp) -> Option<(Timestamp, bool)> {
        let Session::SignedIn(SignedIn { token, since, lasts, .. }) = &self.session else { return None };
        if !token.refreshable {
            return Some((token.expires_at, false));
        }
        let end = after((*since)?, lasts.unwrap_or(USUAL_SESSION));
        // Outlived: this portal's sessions are longer than we thought.
        (end > now).then_some((end, true))
    }

    /// Whether the end is near enough to be told; short sessions are told later.
    pub(super) fn ends_soon(&self, now: Timestamp) -> bool {
        self.notice_at(now).is_some_and(|at| at <= now)
    }

    fn notice_at(&self, now: Timestamp) -> Option<Timestamp> {
        let Session::SignedIn(signed_in) = &self.session else { return None };
        let (end, _) = self.end(now)?;
        let whole = signed_in.since.map_or(USUAL_SESSION, |since| end.duration_since(since));
        Some(before(end, NOTICE.min(whole / 4)))
    }

    /// A look at the session, or a renewal, or a sign-out, brought this.
    pub(super) fn learn(&mut self, session: Result<Session, Failure>, now: Timestamp) -> Vec<Effect> {
        self.renewing = false;
        match session {
            Ok(session) => {
                let ended = self.is_signed_in() && session == Session::Expired;
                // What AWS refused has been forgotten by now: that is not what people call signed out.
                let over = self.session == Session::Expired && session == Session::SignedOut;
                if self.session != session && !over {
                    // A failure of another session is no news any more.
                    self.worked();
                    self.session = session;
                }
                if self.is_signed_in() {
                    self.missed = 0;
                    self.told_end = self.told_end.filter(|_| self.ends_soon(now));
                }
                if ended { vec![Effect::Notify(self.ended())] } else { Vec::new() }
            }
            Err(failure) => self.failed(failure, now),
        }
    }

    pub(super) fn worked(&mut self) {
        self.failure = None;
        self.failures = 0;
        self.not_before = Timestamp::MIN;
    }

    /// Something did not work: the session is over, or it is tried again, at first soon.
    pub(super) fn failed(&mut self, failure: Failure, now: Timestamp) -> Vec<Effect> {
        if failure.code == Code::SignInNeeded {
            let was_in = self.is_signed_in();
            self.session = Session::Expired;
            return if was_in { vec![Effect::Notify(self.ended())] } else { Vec::new() };
        }
        let wait = FIRST_WAIT * 2_i32.saturating_pow(self.failures.min(10));
        self.not_before = after(now, wait.min(LONGEST_WAIT));
        self.failures = self.failures.saturating_add(1);
        self.failure = Some(failure);
        Vec::new()
    }

    /// The catalogue on disk was looked at. One that is older than the last start of work is listed anew.
    pub(super) fn catalogue_was_read(&mut self, listed_at: Option<Timestamp>, now: Timestamp) {
        if !self.catalogue_read {
            self.catalogue_read = true;
            self.list_wanted |= listed_at.is_none_or(|at| now.duration_since(at) > STALE_AT_START);
        }
    }

    /// While somebody waits for a role to appear, lists are made often.
    pub(super) fn watch(&mut self, often: bool) {
        self.list_every = if often { LIST_OFTEN } else { LIST_EVERY };
    }

    /// The world may have changed: nothing waits any more.
    pub(super) fn hurry(&mut self) {
        self.failures = 0;
        self.not_before = Timestamp::MIN;
        self.list_wanted |= self.failure.is_some();
    }

    /// What is due by now.
    pub(super) fn due(&mut self, notify: bool, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let name = self.portal.name.clone();
        if self.attempt.as_ref().is_some_and(|attempt| attempt.is_over(now)) {
            self.attempt = None;
            effects.push(Effect::EndSignIn(name.clone()));
        }
        if let Session::SignedIn(signed_in) = &self.session {
            let (token, renew_at) = (&signed_in.token, signed_in.renew_at);
            if !token.refreshable && token.expires_at <= now {
                self.session = Session::Expired;
                effects.push(Effect::Notify(self.ended()));
            } else if token.refreshable && renew_at <= now && !self.renewing && self.not_before <= now {
                self.renewing = true;
                effects.push(Effect::Renew(name.clone()));
            }
        }
        if notify
            && self.ends_soon(now)
            && self.told_end.is_none()
            && self.attempt.is_none()
            && let Some((end, about)) = self.end(now)
        {
            self.told_end = Some(end);
            effects.push(Effect::Notify(self.ends(end, about, now)));
        }
        if self.may_list() && self.list_at().max(self.not_before) <= now {
            self.list_wanted = false;
            self.listing = Some((0, None));
            effects.push(Effect::List(name));
        }
        effects
    }

    /// When [`Case::due`] may have something to do.
    pub(super) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let deadline = self.attempt.as_ref().and_then(Attempt::deadline);
        let later = |at: Timestamp| at.max(self.not_before);
        let (mut ends, mut renews) = (None, None);
        if let Session::SignedIn(signed_in) = &self.session {
            if signed_in.token.refreshable {
                renews = Some(later(signed_in.renew_at)).filter(|_| !self.renewing);
            } else {
                ends = Some(signed_in.token.expires_at);
            }
        }
        let lists = self.may_list().then(|| later(self.list_at()));
        let tells = self.notice_at(now).filter(|_| self.told_end.is_none());
        [deadline, ends, renews, lists, tells].into_iter().flatten().min()
    }

    fn may_list(&self) -> bool {
        self.is_signed_in() && self.listing.is_none() && self.catalogue_read
    }

    fn list_at(&self) -> Timestamp {
        let known = self.listed_at.filter(|_| !self.list_wanted);
        known.map_or(Timestamp::MIN, |at| after(at, self.list_every))
    }

    /// Begins to sign in, or goes on with it; the window or the browser shows it.
    pub(super) fn sign_in(
        &mut self,
        place: SignInPlace,
        then: Option<Action>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let name = self.portal.name.clone();
        self.failure = None;
        let plan = self.plan(place);
        let wanted = match place {
            SignInPlace::Embedded if plan.flow == Flow::Device => Place::Embedded,
            SignInPlace::Embedded | SignInPlace::Browser => Place::Browser,
        };
        let Some(attempt) = self.attempt.as_mut().filter(|attempt| !attempt.is_over(now)) else {
            self.attempt =
                Some(Attempt { place: wanted, turn: None, visit: None, pop_ups: BTreeMap::new(), then });
            let window = (wanted == Place::Embedded).then(|| Effect::ShowSignIn(name.clone(), None));
            return window
                .into_iter()
                .chain([Effect::SignIn { portal: name, plan, afresh: false }])
                .collect();
        };
        // Only the browser of this computer can come back.
        let is_browsers = matches!(&attempt.turn, Some((Authorization::Browser(_), _)));
        let wanted = if is_browsers { Place::Browser } else { wanted };
        let was = std::mem::replace(&mut attempt.place, wanted);
        attempt.then = then.or(attempt.then.take());
        let page = attempt.turn.as_ref().map(|(turn, _)| turn.page().to_owned());
        let mut effects = Vec::new();
        if was == Place::Paused {
            effects.push(Effect::ResumeSignIn(name.clone()));
        }
        match (wanted, page) {
            (Place::Browser, page) => {
                attempt.visit = None;
                effects.push(Effect::CloseSignIn(name));
                effects.extend(page.map(Effect::Browse));
            }
            (_, page) => effects.push(Effect::ShowSignIn(name, page)),
        }
        effects
    }

    /// Which way to sign in. In a window of ours, the header shows the code; the browser comes back by itself.
    fn plan(&self, place: SignInPlace) -> Plan {
        let embedded = place == SignInPlace::Embedded;
        Plan::choose(self.portal.flow, Surroundings { embedded, screen: true, ..Surroundings::default() })
    }

    /// A program wanted credentials that take a sign-in: told once, however many programs there are.
    pub(super) fn missed(&mut self) -> Vec<Effect> {
        if self.attempt.is_some() {
            return Vec::new();
        }
        self.missed = self.missed.saturating_add(1);
        if self.missed > 1 {
            return Vec::new();
        }
        vec![Effect::Notify(Notification {
            topic: Topic::Session(self.portal.name.clone()),
            title: format!("A program needs you to sign in to {}", self.portal.name),
            body: "It asked for AWS credentials and got none. After you have signed in, run it again."
                .to_owned(),
            button: Some(self.button("Sign in")),
            urgent: true,
        })]
    }

    /// What the tray and the windows say of it.
    pub(super) fn state(&self, now: Timestamp) -> PortalState {
        match (&self.attempt, &self.session) {
            (Some(attempt), _) => attempt.state(),
            (None, Session::Unknown) => PortalState::Unknown,
            (None, Session::SignedOut) => PortalState::SignedOut,
            (None, Session::Expired) => PortalState::Expired,
            (None, Session::SignedIn(_)) => {
                let end = self.end(now);
                PortalState::SignedIn {
                    until: end.map(|(at, _)| Moment(at)),
                    about: end.is_some_and(|(_, about)| about),
                    soon: self.ends_soon(now),
                    renewing: self.renewing,
                }
            }
        }
    }

    fn button(&self, label: &str) -> (String, Action) {
        (label.to_owned(), Action::SignIn { portal: self.portal.name.clone(), place: None })
    }

    fn ends(&self, end: Timestamp, about: bool, now: Timestamp) -> Notification {
        let left = super::left(end, now);
        let guess = if about { "That is an estimate by earlier sessions. " } else { "" };
        Notification {
            topic: Topic::Session(self.portal.name.clone()),
            title: format!("Sign-in to {} ends in {left}", self.portal.name),
            body: format!("{guess}Renew it now, and nothing that runs is interrupted."),
            button: Some(self.button("Renew")),
            urgent: false,
        }
    }

    fn ended(&self) -> Notification {
        Notification {
            topic: Topic::Session(self.portal.name.clone()),
            title: format!("Sign-in to {} has ended", self.portal.name),
            body: "Credentials that were handed out before work until they expire.".to_owned(),
            button: Some(self.button("Sign in")),
            urgent: true,
        }
    }
}

impl Attempt {
    fn deadline(&self) -> Option<Timestamp> {
        self.turn.as_ref().map(|(turn, _)| turn.deadline())
    }

    /// A code that is being asked about ends with AWS's word. One that is not has to be watched here.
    fn is_over(&self, now: Timestamp) -> bool {
        self.place == Place::Paused && self.deadline().is_some_and(|at| at <= now)
    }

    fn state(&self) -> PortalState {
        let Some((turn, qr)) = &self.turn else { return PortalState::Starting };
        PortalState::Waiting {
            user_code: turn.user_code().map(|code| crate::text::line(code).into_owned()),
            page: crate::text::line(turn.page()).into_owned(),
            deadline: Moment(turn.deadline()),
            place: self.place,
            qr: qr.clone(),
            visit: self.visit.clone(),
            pop_ups: self
                .pop_ups
                .iter()
                .map(|(number, visit)| PopUp { number: *number, visit: visit.clone() })
                .collect(),
        }
    }
}
