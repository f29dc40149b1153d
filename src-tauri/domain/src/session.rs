//! The sign-in to one portal, as a state machine.
//!
//! [`SignIn::begin`] and [`SignIn::handle`] take what happened and the time, and say what to do next. The
//! device flow follows RFC 8628: a poll each `interval`, five seconds more for good after a `slow_down`, and
//! an end at the deadline whatever the server says. The browser flow follows RFC 8252 with RFC 7636: the browser
//! comes back with a code, which is redeemed once.

use jiff::{SignedDuration, Timestamp};

use crate::failure::{Code, Failure};
use crate::flow::{Flow, Plan};
use crate::ids::PortalName;
use crate::time::{after, before};
use crate::trouble::Trouble;

/// RFC 8628 section 3.5: what a `slow_down` adds.
const SLOW_DOWN: SignedDuration = SignedDuration::from_secs(5);
/// A server that asks for more than this is not waited for as it wishes: the code would expire meanwhile.
const LONGEST_INTERVAL: SignedDuration = SignedDuration::from_secs(60);
/// How often a step that needs no person is tried when the network or AWS stumbles.
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

/// A browser that is awaited on the loopback interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserAuthorization {
    /// The page to open, on this computer.
    pub page: String,
    /// How long it is awaited.
    pub deadline: Timestamp,
}

/// What the person has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// Compare a code on a page, anywhere.
    Device(DeviceAuthorization),
    /// Sign in in this computer's browser.
    Browser(BrowserAuthorization),
}

impl Authorization {
    /// The page to open.
    pub fn page(&self) -> &str {
        match self {
            Self::Device(device) => &device.page,
            Self::Browser(browser) => &browser.page,
        }
    }

    /// When it is too late.
    pub fn deadline(&self) -> Timestamp {
        match self {
            Self::Device(device) => device.deadline,
            Self::Browser(browser) => browser.deadline,
        }
    }

    /// What the person compares, if anything.
    pub fn user_code(&self) -> Option<&str> {
        match self {
            Self::Device(device) => Some(&device.user_code),
            Self::Browser(_) => None,
        }
    }
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
    /// Asking for a device code, or getting ready for the browser.
    Starting,
    /// It is the person's turn.
    Waiting(Authorization),
    /// The browser came back; asking for the token.
    Redeeming,
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
    /// StartDeviceAuthorization answered, or a browser can come.
    Started(Result<Authorization, Trouble>),
    /// The browser came back, or did not.
    Returned(Result<(), Trouble>),
    /// CreateToken answered; the token is already kept.
    Polled(Result<TokenInfo, Trouble>),
    /// Something here failed: the token could not be kept, or nothing can be listened on.
    Stuck(Failure),
    /// The person gave up.
    Cancelled,
}

/// What the sign-in wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Find a registration for this flow, or make one; anew if `fresh`.
    Register {
        /// What it is for.
        flow: Flow,
        /// The cached one is known to be refused.
        fresh: bool,
        /// Not before this time.
        at: Timestamp,
    },
    /// Ask for a device code, or get ready for the browser.
    Start {
        /// Which of the two.
        flow: Flow,
        /// Not before this time.
        at: Timestamp,
    },
    /// AWS does not allow the way that was tried: say so, and that this one is taken.
    Instead(Flow),
    /// Show the page, and the code if there is one.
    Show(Authorization),
    /// Wait for the browser.
    Listen {
        /// No longer than this.
        until: Timestamp,
    },
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
    flow: Flow,
    instead: Option<Flow>,
    state: State,
    tries: u32,
    registered_anew: bool,
    /// Codes that may still be asked for.
    codes: u32,
    /// It failed as it does where the portal is in another region.
    may_be_elsewhere: bool,
}

impl SignIn {
    /// Starts with the client registration.
    pub fn begin(portal: PortalName, plan: Plan, now: Timestamp) -> (Self, Effect) {
        let sign_in = Self {
            portal,
            flow: plan.flow,
            instead: plan.instead,
            state: State::Registering,
            tries: 0,
            registered_anew: false,
            codes: plan.codes.max(1),
            may_be_elsewhere: false,
        };
        (sign_in, Effect::Register { flow: plan.flow, fresh: false, at: now })
    }

    /// Where it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether it failed as it does where start URL and region do not go together.
    pub fn may_be_elsewhere(&self) -> bool {
        self.may_be_elsewhere
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
            (_, Input::Stuck(failure)) => self.fail(failure),
            (State::Registering, Input::Registered(Ok(()))) => self.start(now),
            (State::Registering, Input::Registered(Err(trouble))) => {
                // A registration that AWS refused is not taken from the keyring again by the second try.
                let (flow, fresh) = (self.flow, self.registered_anew);
                self.retry_or_fail(&trouble, now, |at| Effect::Register { flow, fresh, at })
            }
            (State::Starting, Input::Started(Ok(authorization))) => self.wait(authorization, now),
            (State::Starting, Input::Started(Err(Trouble::InvalidClient)))
            | (State::Redeeming, Input::Polled(Err(Trouble::InvalidClient)))
                if !self.registered_anew =>
            {
                self.register_anew(now)
            }
            (State::Starting, Input::Started(Err(trouble))) => {
                let flow = self.flow;
                self.retry_or_fail(&trouble, now, |at| Effect::Start { flow, at })
            }
            (State::Waiting(Authorization::Browser(_)), Input::Returned(Ok(()))) => {
                self.state = State::Redeeming;
                self.tries = 0;
                vec![Effect::Poll { at: now }]
            }
            (State::Waiting(Authorization::Browser(_)), Input::Returned(Err(trouble))) => {
                if trouble == Trouble::FlowBlocked { self.other_way(now) } else { self.fail_with(&trouble) }
            }
            (State::Waiting(Authorization::Device(_)) | State::Redeeming, Input::Polled(Ok(token))) => {
                self.state = State::SignedIn(token);
                vec![]
            }
            (State::Waiting(Authorization::Device(device)), Input::Polled(Err(trouble))) => {
                let device = device.clone();
                self.poll_again(device, &trouble, now)
            }
            // A code of the browser works once: only what never reached AWS is tried again.
            (State::Redeeming, Input::Polled(Err(trouble))) => {
                self.retry_or_fail(&trouble, now, |at| Effect::Poll { at })
            }
            (_, Input::Registered(_) | Input::Started(_) | Input::Returned(_) | Input::Polled(_)) => vec![],
        }
    }

    fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        self.state = State::Starting;
        self.tries = 0;
        vec![Effect::Start { flow: self.flow, at: now }]
    }

    fn wait(&mut self, authorization: Authorization, now: Timestamp) -> Vec<Effect> {
        self.tries = 0;
        match authorization {
            Authorization::Device(mut device) => {
                device.interval = device.interval.clamp(SignedDuration::from_secs(1), LONGEST_INTERVAL);
                let at = after(now, device.interval);
                if at >= device.deadline {
                    return self.fail_with(&Trouble::CodeExpired);
                }
                let shown = Authorization::Device(device);
                self.state = State::Waiting(shown.clone());
                vec![Effect::Show(shown), Effect::Poll { at }]
            }
            Authorization::Browser(browser) => {
                let until = browser.deadline;
                let shown = Authorization::Browser(browser);
                self.state = State::Waiting(shown.clone());
                vec![Effect::Show(shown), Effect::Listen { until }]
            }
        }
    }

    fn poll_again(
        &mut self,
        mut device: DeviceAuthorization,
        trouble: &Trouble,
        now: Timestamp,
    ) -> Vec<Effect> {
        let wait = match trouble {
            Trouble::Pending => device.interval,
            Trouble::SlowDown => {
                device.interval = (device.interval + SLOW_DOWN).min(LONGEST_INTERVAL);
                device.interval
            }
            // The person may be at the page while the laptop changes networks: nothing is lost before the
            // deadline, so a blip is waited out, a little longer each time.
            Trouble::Unavailable(_)
            | Trouble::Throttled(_)
            | Trouble::Unreadable(_)
            | Trouble::ProxyPassword
            | Trouble::Untrusted(_) => {
                self.tries += 1;
                device.interval + SignedDuration::from_secs(i64::from(self.tries.min(10)))
            }
            Trouble::InvalidClient if !self.registered_anew => return self.register_anew(now),
            Trouble::CodeExpired => return self.another_code(now),
            Trouble::FlowBlocked => return self.other_way(now),
            Trouble::Denied
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
        if at >= device.deadline {
            // If AWS could not be asked at the end, nobody knows whether the code was approved.
            let unknown = !matches!(trouble, Trouble::Pending | Trouble::SlowDown);
            return if unknown { self.fail_with(trouble) } else { self.another_code(now) };
        }
        self.state = State::Waiting(Authorization::Device(device));
        vec![Effect::Poll { at }]
    }

    /// A code that has expired is replaced as long as the person counts as being there.
    fn another_code(&mut self, now: Timestamp) -> Vec<Effect> {
        if self.codes <= 1 {
            return self.fail_with(&Trouble::CodeExpired);
        }
        self.codes -= 1;
        self.start(now)
    }

    /// Once per way: a registration that AWS has forgotten is replaced, a second refusal is final.
    fn register_anew(&mut self, now: Timestamp) -> Vec<Effect> {
        self.registered_anew = true;
        self.register(true, now)
    }

    fn register(&mut self, fresh: bool, now: Timestamp) -> Vec<Effect> {
        self.tries = 0;
        self.state = State::Registering;
        vec![Effect::Register { flow: self.flow, fresh, at: now }]
    }

    /// What an administrator does not allow is tried the other way, if that was planned.
    fn other_way(&mut self, now: Timestamp) -> Vec<Effect> {
        let Some(flow) = self.instead.take() else { return self.fail_with(&Trouble::FlowBlocked) };
        self.flow = flow;
        self.registered_anew = false;
        let mut effects = vec![Effect::Instead(flow)];
        effects.extend(self.register(false, now));
        effects
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
        if *trouble == Trouble::FlowBlocked { self.other_way(now) } else { self.fail_with(trouble) }
    }

    fn fail_with(&mut self, trouble: &Trouble) -> Vec<Effect> {
        self.may_be_elsewhere = matches!(trouble, Trouble::Invalid(_) | Trouble::InvalidGrant);
        let doing = format!("signing in to {}", self.portal);
        let again = format!("run `rolecall login {}`", self.portal);
        let failure = match (trouble, self.flow) {
            // While the person is at the page this means that the code was taken by somebody else's request or
            // belongs to another region's instance.
            (Trouble::InvalidGrant, Flow::Device) => Failure::new(
                Code::Failed,
                format!("{doing}: AWS does not take this code (any more)"),
                format!(
                    "check in `rolecall portal list` that the region is the one of IAM Identity Center, then {again} for a new code"
                ),
            ),
            (Trouble::InvalidGrant, Flow::Browser) => Failure::new(
                Code::Failed,
                format!("{doing}: AWS does not take what the browser brought back (any more)"),
                format!("{again} again, and go through the newest page; if it stays so, use `--flow device`"),
            ),
            (Trouble::CodeExpired, Flow::Browser) => Failure::new(
                Code::Failed,
                format!("{doing}: the browser did not come back in time"),
                format!("{again} again; where the browser is on another computer, use `--flow device`"),
            ),
            (Trouble::FlowBlocked, flow) => {
                let (what, other) = match flow {
                    Flow::Device => ("signing in by code", "browser"),
                    Flow::Browser => ("signing in by browser", "device"),
                };
                Failure::new(
                    Code::Failed,
                    format!("{doing}: AWS does not allow {what} here"),
                    format!("an administrator may have blocked it: {again} with `--flow {other}`"),
                )
            }
            _ => trouble.failure(&doing, &self.portal),
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
