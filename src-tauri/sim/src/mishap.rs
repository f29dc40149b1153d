//! Which request fails when a share of them must. Spread evenly, so that a run repeats.

/// Failures owed to requests so far.
#[derive(Debug, Default)]
pub(crate) struct Mishaps {
    errors: Share,
    resets: Share,
    refreshes: u32,
}

#[derive(Debug, Default)]
struct Share {
    owed: f64,
}

impl Share {
    fn strikes(&mut self, ratio: f64) -> bool {
        self.owed += ratio;
        // The slack keeps ten tenths from missing a whole by a rounding error.
        let due = self.owed >= 1.0 - 1e-9;
        if due {
            self.owed -= 1.0;
        }
        due
    }
}

impl Mishaps {
    pub(crate) fn server_error(&mut self, ratio: f64) -> bool {
        self.errors.strikes(ratio)
    }

    /// Counts a refresh while replies get lost; true for every n-th.
    pub(crate) fn loses_reply(&mut self, every: u32) -> bool {
        self.refreshes += 1;
        self.refreshes.is_multiple_of(every)
    }

    pub(crate) fn reset(&mut self, ratio: f64) -> bool {
        self.resets.strikes(ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact() {
        for (ratio, expected) in [(0.0, 0), (0.1, 10), (0.5, 50), (1.0, 100)] {
            let mut mishaps = Mishaps::default();
            assert_eq!((0..100).filter(|_| mishaps.server_error(ratio)).count(), expected, "{ratio}");
        }
    }
}
