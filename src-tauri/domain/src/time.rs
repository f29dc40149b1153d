//! Reckoning with times that a server, or a damaged file, may have made absurd.

use jiff::{SignedDuration, Timestamp};

use crate::ids::NotValid;

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

/// The longest duration that anybody can mean here.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 365);

/// A duration as people type it: `90s`, `30m`, `2h`, `1h30m`; a plain number is minutes.
pub fn parse_duration(text: &str) -> Result<SignedDuration, NotValid> {
    let wrong =
        || NotValid(format!("`{}` is no length of time such as 30m, 2h or 1h30m", crate::text::line(text)));
    let mut rest = text.trim();
    let (mut seconds, mut largest) = (0_i64, i64::MAX);
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let number: i64 = number.parse().map_err(|_| wrong())?;
        let unit = match after.chars().next() {
            Some('d') => 86_400,
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            None if digits == text.trim().len() => 60,
            _ => return Err(wrong()),
        };
        // From the large to the small, each once.
        if unit >= largest {
            return Err(wrong());
        }
        largest = unit;
        seconds = number.checked_mul(unit).and_then(|s| seconds.checked_add(s)).ok_or_else(wrong)?;
        rest = after.get(1..).unwrap_or_default();
    }
    let duration = SignedDuration::from_secs(seconds);
    if duration.is_zero() {
        return Err(wrong());
    }
    if duration > LONGEST {
        return Err(NotValid(format!("`{}` is longer than a year", crate::text::line(text))));
    }
    Ok(duration)
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

    #[test]
    fn durations_are_understood_as_typed() {
        let seconds = |text| parse_duration(text).map(|d| d.as_secs()).ok();
        assert_eq!(seconds("30m"), Some(1800));
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds(" 15 "), Some(900));
        assert_eq!(seconds("2d"), Some(172_800));
        for bad in
            ["", "0", "m", "1x", "30m1h", "1h1h", "-5m", "1.5h", "99999999999999999999", "400d", "5 m", "1hü"]
        {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
