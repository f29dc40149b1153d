//! Request rates: the limit that AWS sets, and the rate that was seen.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The limit AWS documents for all Identity Center APIs together, in requests per second.
pub(crate) const AWS_REQUESTS_PER_SECOND: u32 = 20;

/// A token bucket whose burst equals its rate.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    level: f64,
    filled: Option<Instant>,
}

impl Bucket {
    /// Takes one token if there is one, filling at `rate` tokens per second. A rate of 0 refuses all.
    pub(crate) fn admit(&mut self, rate: u32, now: Instant) -> bool {
        let full = f64::from(rate);
        self.level = match self.filled {
            None => full,
            Some(then) => now.duration_since(then).as_secs_f64().mul_add(full, self.level).min(full),
        };
        self.filled = Some(now);
        let admitted = self.level >= 1.0;
        if admitted {
            self.level -= 1.0;
        }
        admitted
    }
}

/// Counts arrivals in the last second and keeps the highest count.
#[derive(Debug, Default)]
pub(crate) struct RateWindow {
    recent: VecDeque<Instant>,
    highest: usize,
}

impl RateWindow {
    pub(crate) fn arrival(&mut self, now: Instant) {
        while self.recent.front().is_some_and(|then| now.duration_since(*then) >= Duration::from_secs(1)) {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.highest = self.highest.max(self.recent.len());
    }

    pub(crate) fn highest(&self) -> usize {
        self.highest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_allows_its_rate_and_recovers() {
        let start = Instant::now();
        let mut bucket = Bucket::default();
        let admitted = (0..30).filter(|_| bucket.admit(20, start)).count();
        assert_eq!(admitted, 20);
        let later = start + Duration::from_millis(500);
        assert_eq!((0..30).filter(|_| bucket.admit(20, later)).count(), 10);
        assert!(!Bucket::default().admit(0, start));
    }

    #[test]
    fn window_forgets_after_a_second() {
        let start = Instant::now();
        let mut window = RateWindow::default();
        for ms in [0, 100, 200, 1050, 1150, 5000] {
            window.arrival(start + Duration::from_millis(ms));
        }
        assert_eq!(window.highest(), 3);
    }
}
