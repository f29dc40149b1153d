//! The sign-in to one portal, as a state machine.
//!
//! [`SignIn::begin`] and [`SignIn::handle`] take what happened and the time, and say what to do next. The
//! device flow follows RFC 8628: a poll each `interval`, five seconds more for good after a `slow_down`, and
//! an end at the deadline whatever the server says.

use jiff::{SignedDuration, Timestamp};

use crate::failure::{Code, Failure};
use crate::ids::PortalName;
use crate::time::{after, before};
use crate::trouble::Trouble;

/// RFC 8628 section 3.5: what a `slow_down` adds.
const SLOW_DOWN: SignedDuration = SignedDuration::from_secs(5);
/// A server that asks for more than this is not waited for as it wishes: the code would expire meanwhile.
const LONGEST_INTERVAL: SignedDuration = SignedDuration::from_secs(60);
/// How often a step before the code is shown is tried when the network or AWS stumbles.
const TRIES: u32 = 4;

/// What the portal answered to StartDeviceAuthorization, without the device code, which is a secret and
/// stays with whoever made the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// What the person compares or types, shown verbatim.
    pub user_code: String,
    /// The page to open: the complete one where there is one.
    pub page: String,
    /// When the code stops to work.
    pub deadline: Timestamp,
    /// Time between two polls.
    pub interval: SignedDuration,
}

/// What is known of a token without knowing the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// Whether it can be renewed without a person.
    pub refreshable: bool,
}

/// Where one sign-in stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Asking for a client registration.
    Registering,
    /// Asking for a device code.
    Starting,
    /// The person has the code.
    Waiting(DeviceAuthorization),
    /// Done.
    SignedIn(TokenInfo),
    /// Over, without a token.
    Failed(Failure),
}

/// What the world says to a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// RegisterClient, or a cached registration, answered.
    Registered(Result<(), Trouble>),
    /// StartDeviceAuthorization answered.
    Started(Result<DeviceAuthorization, Trouble>),
    /// CreateToken answered; the token is already in the keyring.
    Polled(Result<TokenInfo, Trouble>),
    /// The token could not be kept.
    NotKept(Failure),
    /// The person gave up.
    Cancelled,
}

/// What the sign-in wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Find a registration, or make one; anew if `fresh`.
    Register {
        /// The cached one is known to be refused.
        fresh: bool,
        /// Not before this time.
        at: Timestamp,
    },
    /// Ask for a device code.
    Start {
        /// Not before this time.
        at: Timestamp,
    },
    /// Show the code and the page.
    Show(DeviceAuthorization),
    /// Ask for the token, and keep it.
    Poll {
        /// Not before this time.
        at: Timestamp,
    },
}

/// One sign-in.
#[derive(Debug, Clone)]
pub struct SignIn {
    portal: PortalName,
    state: State,
    tries: u32,
    registered_anew: bool,
}

impl SignIn {
    /// Starts with the client registration.
    pub fn begin(portal: PortalName, now: Timestamp) -> (Self, Effect) {
        let sign_in = Self { portal, state: State::Registering, tries: 0, registered_anew: false };
        (sign_in, Effect::Register { fresh: false, at: now })
    }

    /// Where it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes what happened, says what to do. An input that no longer fits, such as the answer to a poll after
    /// the person gave up, changes nothing.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match (&self.state, input) {
            (State::SignedIn(_) | State::Failed(_), _) => vec![],
            (_, Input::Cancelled) => self.fail(Failure::new(
                Code::Failed,
                format!("the sign-in to {} was cancelled", self.portal),
                format!("run `rolecall login {}` to start again", self.portal),
            )),
            (_, Input::NotKept(failure)) => self.fail(failure),
            (State::Registering, Input::Registered(Ok(()))) => {
                self.state = State::Starting;
                self.tries = 0;
                vec![Effect::Start { at: now }]
            }
            (State::Registering, Input::Registered(Err(trouble))) => {
                // A registration that AWS refused is not taken from the keyring again by the second try.
                let fresh = self.registered_anew;
                self.retry_or_fail(&trouble, now, |at| Effect::Register { fresh, at })
            }
            (State::Starting, Input::Started(Ok(authorization))) => self.wait(authorization, now),
            (State::Starting, Input::Started(Err(Trouble::InvalidClient))) if !self.registered_anew => {
                self.register_anew(now)
            }
            (State::Starting, Input::Started(Err(trouble))) => {
                self.retry_or_fail(&trouble, now, |at| Effect::Start { at })
            }
            (State::Waiting(_), Input::Polled(Ok(token))) => {
                self.state = State::SignedIn(token);
                vec![]
            }
            (State::Waiting(authorization), Input::Polled(Err(trouble))) => {
                let authorization = authorization.clone();
                self.poll_again(authorization, &trouble, now)
            }
            (_, Input::Registered(_) | Input::Started(_) | Input::Polled(_)) => vec![],
        }
    }

    fn wait(&mut self, mut authorization: DeviceAuthorization, now: Timestamp) -> Vec<Effect> {
        authorization.interval = authorization.interval.clamp(SignedDuration::from_secs(1), LONGEST_INTERVAL);
        let at = after(now, authorization.interval);
        if at >= authorization.deadline {
            return self.fail_with(&Trouble::CodeExpired);
        }
        let poll = Effect::Poll { at };
        self.state = State::Waiting(authorization.clone());
        self.tries = 0;
        vec![Effect::Show(authorization), poll]
    }

    fn poll_again(
        &mut self,
        mut authorization: DeviceAuthorization,
        trouble: &Trouble,
        now: Timestamp,
    ) -> Vec<Effect> {
        let wait = match trouble {
            Trouble::Pending => authorization.interval,
            Trouble::SlowDown => {
                authorization.interval = (authorization.interval + SLOW_DOWN).min(LONGEST_INTERVAL);
                authorization.interval
            }
            // The person may be at the page while the laptop changes networks: nothing is lost before the
            // deadline, so a blip is waited out, a little longer each time.
            Trouble::Unavailable(_) | Trouble::Throttled(_) | Trouble::Unreadable(_) => {
                self.tries += 1;
                authorization.interval + SignedDuration::from_secs(i64::from(self.tries.min(10)))
            }
            Trouble::InvalidClient if !self.registered_anew => return self.register_anew(now),
            Trouble::CodeExpired
            | Trouble::Denied
            | Trouble::InvalidGrant
            | Trouble::InvalidClient
            | Trouble::Unauthorized
            | Trouble::Forbidden
            | Trouble::NotFound
            | Trouble::Invalid(_) => return self.fail_with(trouble),
        };
        if matches!(trouble, Trouble::Pending | Trouble::SlowDown) {
            self.tries = 0;
        }
        let at = after(now, wait);
        if at >= authorization.deadline {
            // If AWS could not be asked at the end, nobody knows whether the code was approved.
            let unknown = !matches!(trouble, Trouble::Pending | Trouble::SlowDown);
            return self.fail_with(if unknown { trouble } else { &Trouble::CodeExpired });
        }
        self.state = State::Waiting(authorization);
        vec![Effect::Poll { at }]
    }

    /// Once per sign-in: a registration that AWS has forgotten is replaced, a second refusal is final.
    fn register_anew(&mut self, now: Timestamp) -> Vec<Effect> {
        self.registered_anew = true;
        self.tries = 0;
        self.state = State::Registering;
        vec![Effect::Register { fresh: true, at: now }]
    }

    fn retry_or_fail(
        &mut self,
        trouble: &Trouble,
        now: Timestamp,
        again: impl Fn(Timestamp) -> Effect,
    ) -> Vec<Effect> {
        self.tries += 1;
        if trouble.passes() && self.tries < TRIES {
            return vec![again(after(now, SignedDuration::from_secs(1 << (self.tries - 1))))];
        }
        self.fail_with(trouble)
    }

    fn fail_with(&mut self, trouble: &Trouble) -> Vec<Effect> {
        // InvalidGrant while the person is at the page means that the code was taken by somebody else's
        // request or belongs to another region's instance.
        let failure = trouble.failure(&format!("signing in to {}", self.portal), &self.portal);
        let failure = match trouble {
            Trouble::InvalidGrant => Failure::new(
                Code::Failed,
                format!("signing in to {}: AWS does not take this code (any more)", self.portal),
                format!(
                    "check in `rolecall portal list` that the region is the one of IAM Identity Center, then run `rolecall login {}` for a new code",
                    self.portal
                ),
            ),
            _ => failure,
        };
        self.fail(failure)
    }

    fn fail(&mut self, failure: Failure) -> Vec<Effect> {
        self.state = State::Failed(failure);
        vec![]
    }
}

/// What to do about an access token before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenUse {
    /// Good as it is.
    Use,
    /// Renew it first; if that fails for a passing reason and it still lives, use it.
    Renew,
    /// Only a person can help.
    SignIn,
}

/// From when on a token that can be renewed should be.
pub fn renew_at(token: &TokenInfo, obtained_at: Timestamp) -> Timestamp {
    let lifetime = token.expires_at.duration_since(obtained_at).max(SignedDuration::ZERO);
    before(token.expires_at, SignedDuration::from_mins(5).min(lifetime / 4))
}

/// Decides by what is left of the token. `obtained_at` tells how long it lived in all: a token made for a
/// minute is not renewed all the time.
pub fn token_use(token: &TokenInfo, obtained_at: Timestamp, now: Timestamp) -> TokenUse {
    let left = token.expires_at.duration_since(now);
    if now < renew_at(token, obtained_at) || (!token.refreshable && left > SignedDuration::ZERO) {
        TokenUse::Use
    } else if token.refreshable {
        TokenUse::Renew
    } else {
        TokenUse::SignIn
    }
}

#[cfg(test)]
mod tests;
