//! Times that are shown coarsely.

use jiff::{SignedDuration, Timestamp};

/// How long until `end`, for people: coarse while it is far away, so that what shows it seldom changes.
pub fn left(end: Timestamp, now: Timestamp) -> String {
    match shown_minutes(end, now) {
        0 => "less than a minute".to_owned(),
        minutes @ 1..60 => format!("{minutes} min"),
        minutes if minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

/// Whole minutes: by fives above ten and by tens above an hour, never more than there are; above three hours by
/// the nearest hour.
fn shown_minutes(end: Timestamp, now: Timestamp) -> i64 {
    let minutes = end.duration_since(now).as_mins().max(0);
    let (step, half) = steps(minutes);
    (minutes + half) - (minutes + half) % step
}

fn steps(minutes: i64) -> (i64, i64) {
    match minutes {
        ..=10 => (1, 0),
        11..=60 => (5, 0),
        61..=180 => (10, 0),
        _ => (60, 30),
    }
}

/// When [`left`] says something else.
pub(super) fn left_changes(end: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let (shown, (_, half)) = (shown_minutes(end, now), steps(end.duration_since(now).as_mins()));
    // Where hours end, tens begin.
    let until = if half > 0 { (shown - half).max(180) } else { shown };
    let at = crate::time::before(end, SignedDuration::from_mins(until));
    // At that very moment it still says so.
    let at = crate::time::after(at, SignedDuration::from_millis(1));
    (end > now && shown > 0).then_some(at)
}
