//! The only place that asks what time it is.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Wall-clock time. Expiry is wall-clock too: a laptop that slept finds its tokens older.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Sleeps until the time has come by the wall clock.
///
/// The wait is cut into short ones, because a timer stands still while a laptop sleeps, and after waking a
/// deadline may long be past. A clock that is set back meanwhile makes the wait no longer.
pub async fn sleep_until(time: Timestamp) {
    const LONGEST: Duration = Duration::from_secs(5);
    let left = || Duration::try_from(time.duration_since(now())).unwrap_or_default();
    let (whole, began) = (left(), Instant::now());
    loop {
        let left = left().min(whole.saturating_sub(began.elapsed()));
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LONGEST)).await;
    }
}

/// A random number from 0 to 1, to spread repeated requests of many processes.
pub fn jitter() -> f64 {
    fastrand::f64()
}
