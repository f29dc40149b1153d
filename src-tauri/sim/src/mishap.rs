//! Which request fails when a share of them must. Spread evenly, so that a run repeats.

/// Failures owed to requests so far.
#[derive(Debug, Default)]
pub(crate) struct Mishaps {
    errors: Share,
    resets: Share,
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
