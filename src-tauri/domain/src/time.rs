//! Reckoning with times that a server, or a damaged file, may have made absurd.

use jiff::{SignedDuration, Timestamp};

/// The time `wait` after `time`; the end of time if there is none (`+` panics then).
pub fn after(time: Timestamp, wait: SignedDuration) -> Timestamp {
    let end = if wait.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    time.checked_add(wait).unwrap_or(end)
}

/// The time `wait` before `time`; the end of time if there is none.
pub fn before(time: Timestamp, wait: SignedDuration) -> Timestamp {
    let end = if wait.is_negative() { Timestamp::MAX } else { Timestamp::MIN };
    time.checked_sub(wait).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_time_is_no_panic() {
        let (day, epoch) = (SignedDuration::from_hours(24), Timestamp::UNIX_EPOCH);
        assert_eq!(after(epoch, day).as_second(), 86_400);
        assert_eq!(after(Timestamp::MAX, day), Timestamp::MAX);
        assert_eq!(after(epoch, SignedDuration::MAX), Timestamp::MAX);
        assert_eq!(after(epoch, SignedDuration::MIN), Timestamp::MIN);
        assert_eq!(after(Timestamp::MIN, -day), Timestamp::MIN);
        assert_eq!(before(epoch, day).as_second(), -86_400);
        assert_eq!(before(epoch, SignedDuration::MIN), Timestamp::MAX);
        assert_eq!(before(epoch, SignedDuration::MAX), Timestamp::MIN);
    }
}
