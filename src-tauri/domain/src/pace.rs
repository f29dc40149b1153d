//! How fast the portal may be asked.
//!
//! AWS documents a collective limit of 20 requests a second for Identity Center (User Guide, quotas), but
//! the limit met in practice is lower when others use it too. So requests are spaced evenly, a refusal slows
//! down at once, and success speeds up again slowly (additive increase, multiplicative decrease).

use jiff::{SignedDuration, Timestamp};

use crate::time::after;
use crate::trouble::Trouble;

/// Requests per second that are never exceeded: under AWS's 20, so that alone we are never refused.
const FASTEST: f64 = 19.0;
const SLOWEST: f64 = 0.5;
const AT_FIRST: f64 = 15.0;
/// How many requests may go at once at the start: a small organisation is listed at a stroke, and AWS's bucket
/// is full then.
const BURST: u32 = 8;
/// By what share of itself the rate rises in a second while the rate that was refused last is far away.
const RISE: f64 = 0.05;
/// Near the rate that was refused last, the limit is felt for more carefully.
const CAREFUL_RISE: f64 = 0.005;
/// A server that asks for a longer pause than this is asked again all the same.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// How often one request is sent in all when AWS or the network stumbles.
const TRIES: u32 = 4;
/// A grant that AWS says is not ours may be minutes old and not everywhere yet; once more is enough to ask.
const FORBIDDEN_TRIES: u32 = 2;

/// How long to wait before the same request is sent again, after `failures` of them; `None`: don't. `jitter`
/// is a random number from 0 to 1 that keeps many processes from coming back at the same moment.
pub fn retry_after(trouble: &Trouble, failures: u32, jitter: f64) -> Option<SignedDuration> {
    let (tries, base) = match trouble {
        Trouble::Unavailable(_) | Trouble::Unreadable(_) => (TRIES, 0.4),
        Trouble::SlowDown | Trouble::Throttled(_) => (TRIES, 1.0),
        Trouble::Forbidden => (FORBIDDEN_TRIES, 1.0),
        _ => (0, 0.0),
    };
    let wait = base * f64::from(1_u32 << failures.clamp(1, 6)) * (0.5 + jitter.clamp(0.0, 1.0) / 2.0);
    let wait = SignedDuration::from_secs_f64(wait);
    let wished = match trouble {
        Trouble::Throttled(Some(wish)) => SignedDuration::try_from(*wish).unwrap_or(SignedDuration::MAX),
        _ => SignedDuration::ZERO,
    };
    (failures < tries).then(|| wait.max(wished.min(LONGEST_PAUSE)))
}

/// The spacing of requests to one portal.
#[derive(Debug, Clone)]
pub struct Pace {
    rate: f64,
    refused_rate: f64,
    refused_at: Option<Timestamp>,
    next: Timestamp,
    risen_at: Timestamp,
    burst: u32,
}

impl Pace {
    /// Begins at a rate that a quiet portal takes without refusing.
    pub fn new(now: Timestamp) -> Self {
        Self {
            rate: AT_FIRST,
            refused_rate: f64::INFINITY,
            refused_at: None,
            next: now,
            risen_at: now,
            burst: BURST,
        }
    }

    /// When the next request may go; asking reserves the slot.
    pub fn reserve(&mut self, now: Timestamp) -> Timestamp {
        self.rise(now);
        let at = self.next.max(now);
        // A burst is paid for by the pause behind it: no second sees more than the rate allows.
        let slots = match self.burst {
            0 => 1,
            1 => BURST,
            _ => 0,
        };
        self.burst = self.burst.saturating_sub(1);
        self.next = after(at, SignedDuration::from_secs_f64(f64::from(slots) / self.rate));
        at
    }

    /// When the next request may go, without reserving.
    pub fn next(&self) -> Timestamp {
        self.next
    }

    /// The portal refused a request for coming too fast. Refusals of one burst (within a second) slow down
    /// once: the requests were under way before the first of them was known.
    pub fn refused(&mut self, wish: Option<SignedDuration>, now: Timestamp) {
        let same_burst =
            self.refused_at.is_some_and(|at| now.duration_since(at) < SignedDuration::from_secs(1));
        if !same_burst {
            self.refused_rate = self.rate;
            self.rate = (self.rate * 0.6).max(SLOWEST);
            self.refused_at = Some(now);
            self.burst = 0;
            self.risen_at = now;
        }
        let pause = wish.unwrap_or(SignedDuration::from_secs(1)).min(LONGEST_PAUSE);
        self.next = self.next.max(after(now, pause));
    }

    /// A pause in asking is no reason to hurry afterwards: at most one second counts at a time.
    fn rise(&mut self, now: Timestamp) {
        let quiet = now.duration_since(self.risen_at).as_secs_f64().clamp(0.0, 1.0);
        let near = self.rate > self.refused_rate * 0.8;
        let share = if near { CAREFUL_RISE } else { RISE };
        self.rate = (self.rate * (1.0 + share * quiet)).min(FASTEST);
        self.risen_at = self.risen_at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A portal with a token bucket, as AWS describes its limits.
    struct Bucket {
        rate: f64,
        tokens: f64,
        at: Timestamp,
    }

    impl Bucket {
        fn takes(&mut self, now: Timestamp) -> bool {
            let passed = now.duration_since(self.at).as_secs_f64();
            self.tokens = (self.tokens + passed * self.rate).min(self.rate);
            self.at = now;
            let taken = self.tokens >= 1.0;
            if taken {
                self.tokens -= 1.0;
            }
            taken
        }
    }

    /// Asks until `requests` were taken, learning of each refusal 50 ms later; gives the share refused and
    /// the seconds it took.
    fn run(limit: f64, requests: u32) -> (f64, f64) {
        let start = Timestamp::UNIX_EPOCH;
        let (mut pace, mut bucket) = (Pace::new(start), Bucket { rate: limit, tokens: limit, at: start });
        let (mut now, mut taken, mut refused) = (start, 0, 0);
        while taken < requests {
            now = pace.reserve(now);
            if bucket.takes(now) {
                taken += 1;
            } else {
                refused += 1;
                pace.refused(None, now + SignedDuration::from_millis(50));
            }
        }
        (f64::from(refused) / f64::from(refused + taken), now.duration_since(start).as_secs_f64())
    }

    #[test]
    fn under_the_documented_limit_nothing_is_refused_and_little_time_is_lost() {
        let (refused, seconds) = run(20.0, 5_050);
        assert!(refused < 0.001, "{refused}");
        assert!(seconds < 5_050.0 / 20.0 * 1.1, "{seconds}");
    }

    #[test]
    fn a_lower_limit_is_found_with_few_refusals_and_used_well() {
        for limit in [2.0, 5.0, 10.0, 14.0] {
            let (refused, seconds) = run(limit, 2_000);
            assert!(refused < 0.05, "{limit}/s: {refused}");
            assert!(seconds < 2_000.0 / limit * 1.8, "{limit}/s: {seconds}");
        }
    }

    #[test]
    fn a_server_that_asks_for_an_hour_is_not_obeyed() {
        let mut pace = Pace::new(Timestamp::UNIX_EPOCH);
        pace.refused(Some(SignedDuration::from_hours(1)), Timestamp::UNIX_EPOCH);
        assert_eq!(pace.next(), Timestamp::UNIX_EPOCH + LONGEST_PAUSE);
    }
}
