//! Getting an access token that can be used now, as a state machine.
//!
//! Many processes may want one at the moment at which it ends. Each looks without a lock first; whoever finds that
//! the token has to be renewed takes the portal's lock and looks again, so that one renews and the others find its
//! token. A refresh token is rotated by AWS: it is only sent under the lock, and never again once its successor is
//! kept or AWS has refused it.

use jiff::{SignedDuration, Timestamp};

use crate::session::{TokenInfo, TokenUse, token_use};
use crate::trouble::Trouble;

/// What is known of the kept token without knowing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its end.
    pub token: TokenInfo,
    /// When it was issued.
    pub obtained_at: Timestamp,
    /// It is the one that the portal did not take although it should live.
    pub is_refused: bool,
    /// There is a refresh token, and the registration that it belongs to.
    pub can_renew: bool,
}

impl Kept {
    fn is_alive(&self, now: Timestamp) -> bool {
        !self.is_refused && self.token.expires_at.duration_since(now) > SignedDuration::ZERO
    }
}

/// What the world answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// What is kept.
    Looked(Option<Kept>),
    /// The lock is held.
    Locked,
    /// AWS answered to the refresh token.
    Answered(Result<(), Trouble>),
    /// What was to be written is written.
    Written,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Look at what is kept.
    Look,
    /// Wait for the portal's lock, and hold it to the end.
    Lock,
    /// Send the kept refresh token to AWS.
    Refresh,
    /// Keep the tokens that AWS gave.
    Keep,
    /// Forget the refresh token: AWS does not take it any more. The access token may live.
    DropRefresh,
    /// Forget all tokens.
    Forget,
    /// It is over.
    End(Outcome),
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The kept token can be used.
    Use,
    /// Nobody is signed in.
    SignedOut,
    /// Only a person can help.
    Ended(Trouble),
    /// AWS could not be asked: later it may work.
    Stumbled(Trouble),
}

/// One caller's way to a token.
#[derive(Debug, Clone)]
pub struct Renewal(State);

#[derive(Debug, Clone)]
enum State {
    Looking { locked: bool },
    Locking,
    Refreshing(Kept),
    Writing(Outcome),
    Over,
}

impl Renewal {
    /// Begins with a look.
    pub fn begin() -> (Self, Step) {
        (Self(State::Looking { locked: false }), Step::Look)
    }

    /// Takes what happened, says what to do. An input that does not fit ends it.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Step {
        let state = std::mem::replace(&mut self.0, State::Over);
        match (state, input) {
            (State::Looking { .. }, Input::Looked(None)) => Step::End(Outcome::SignedOut),
            (State::Looking { locked }, Input::Looked(Some(kept))) => self.looked(kept, locked, now),
            (State::Locking, Input::Locked) => self.go(State::Looking { locked: true }, Step::Look),
            (State::Refreshing(_), Input::Answered(Ok(()))) => {
                self.go(State::Writing(Outcome::Use), Step::Keep)
            }
            (State::Refreshing(kept), Input::Answered(Err(trouble))) => self.refused(&kept, trouble, now),
            (State::Writing(outcome), Input::Written) => Step::End(outcome),
            _ => Step::End(Outcome::Stumbled(Trouble::Unavailable("the program stumbled".into()))),
        }
    }

    fn go(&mut self, state: State, step: Step) -> Step {
        self.0 = state;
        step
    }

    fn looked(&mut self, kept: Kept, locked: bool, now: Timestamp) -> Step {
        let wanted =
            if kept.is_refused { TokenUse::Renew } else { token_use(&kept.token, kept.obtained_at, now) };
        match wanted {
            TokenUse::Use => Step::End(Outcome::Use),
            TokenUse::SignIn => Step::End(Outcome::Ended(Trouble::Unauthorized)),
            TokenUse::Renew if !locked => self.go(State::Locking, Step::Lock),
            TokenUse::Renew if kept.can_renew => self.go(State::Refreshing(kept), Step::Refresh),
            TokenUse::Renew if kept.is_alive(now) => Step::End(Outcome::Use),
            TokenUse::Renew => {
                // Written down, or everybody who looks would take it for one that can be renewed.
                let write = if kept.is_refused { Step::Forget } else { Step::DropRefresh };
                self.go(State::Writing(Outcome::Ended(Trouble::InvalidGrant)), write)
            }
        }
    }

    /// AWS's word about a refresh token is final; everything else passes.
    fn refused(&mut self, kept: &Kept, trouble: Trouble, now: Timestamp) -> Step {
        let is_final =
            matches!(trouble, Trouble::InvalidGrant | Trouble::InvalidClient | Trouble::FlowBlocked);
        let outcome = match (kept.is_alive(now), is_final) {
            (true, _) => Outcome::Use,
            (false, true) => Outcome::Ended(trouble),
            (false, false) => Outcome::Stumbled(trouble),
        };
        if !is_final {
            return Step::End(outcome);
        }
        let write = if kept.is_refused { Step::Forget } else { Step::DropRefresh };
        self.go(State::Writing(outcome), write)
    }
}

#[cfg(test)]
mod tests;
