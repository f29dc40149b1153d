//! The simulator's own time: the real clock, moved by a test or by the `clock_skew` fault.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// The real clock plus two shifts, both in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
    skew_ms: AtomicI64,
}

impl Clock {
    /// Milliseconds since the epoch, as the simulator sees it.
    pub(crate) fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond()
            + self.offset_ms.load(Ordering::Relaxed)
            + self.skew_ms.load(Ordering::Relaxed)
    }

    /// Moves time to `seconds` from the real clock; the skew fault comes on top.
    pub(crate) fn set_offset(&self, seconds: i64) {
        self.offset_ms.store(seconds.saturating_mul(1000), Ordering::Relaxed);
    }

    pub(crate) fn set_skew(&self, seconds: i64) {
        self.skew_ms.store(seconds.saturating_mul(1000), Ordering::Relaxed);
    }
}

fn formatted(ms: i64, format: &str) -> String {
    let instant = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime(format).to_string()
}

const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// RFC 9110 date, as in the `Date` header.
pub(crate) fn http_date(ms: i64) -> String {
    formatted(ms, HTTP_DATE)
}

/// Reads the `Date` header.
pub(crate) fn parse_http_date(text: &str) -> Option<i64> {
    to_ms(DateTime::strptime(HTTP_DATE, text).ok()?)
}

/// ISO 8601 in UTC with whole seconds, as STS and SAML write it.
pub(crate) fn iso8601(ms: i64) -> String {
    formatted(ms, "%Y-%m-%dT%H:%M:%SZ")
}

/// ISO 8601 in UTC with milliseconds, for the request log.
pub(crate) fn iso8601_millis(ms: i64) -> String {
    formatted(ms, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

const AMZ_DATE: &str = "%Y%m%dT%H%M%SZ";

/// The compact form in `X-Amz-Date`.
pub(crate) fn amz_date(ms: i64) -> String {
    formatted(ms, AMZ_DATE)
}

/// Reads the compact form of `X-Amz-Date`.
pub(crate) fn parse_amz_date(text: &str) -> Option<i64> {
    to_ms(DateTime::strptime(AMZ_DATE, text).ok()?)
}

/// Reads what [`iso8601`] writes.
pub(crate) fn parse_iso8601(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

fn to_ms(civil: DateTime) -> Option<i64> {
    Some(TimeZone::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_round_trip() {
        let ms = 1_795_470_440_000;
        assert_eq!(http_date(ms), "Mon, 23 Nov 2026 21:47:20 GMT");
        assert_eq!(iso8601(ms), "2026-11-23T21:47:20Z");
        assert_eq!(amz_date(ms), "20261123T214720Z");
        assert_eq!(parse_amz_date(&amz_date(ms)), Some(ms));
        assert_eq!(parse_iso8601(&iso8601(ms)), Some(ms));
        assert_eq!(parse_amz_date("yesterday"), None);
    }

    #[test]
    fn shifts_add_up() {
        let clock = Clock::default();
        let before = clock.now_ms();
        clock.set_offset(100);
        clock.set_skew(-30);
        let moved = clock.now_ms() - before;
        assert!((70_000..71_000).contains(&moved), "{moved}");
    }
}
