//! One-time codes after RFC 6238: HMAC-SHA-1, six digits, steps of 30 seconds.

use std::collections::BTreeSet;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use sha1::Sha1;

const STEP_MS: i64 = 30_000;

/// The 30-second step that holds this time.
pub(crate) fn step_at(now_ms: i64) -> i64 {
    now_ms.div_euclid(STEP_MS)
}

/// The code of a step, or `None` when the secret is not base32.
pub(crate) fn code(secret: &str, step: i64) -> Option<String> {
    let key = BASE32_NOPAD.decode(secret.trim_end_matches('=').to_ascii_uppercase().as_bytes()).ok()?;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0x0f);
    let word = [digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]];
    Some(format!("{:06}", u32::from_be_bytes(word) % 1_000_000))
}

/// Steps whose code was used already; a code counts once.
#[derive(Debug, Default)]
pub(crate) struct UsedSteps(BTreeSet<i64>);

impl UsedSteps {
    /// Accepts the code of this step or a neighbour, unless it was accepted before.
    pub(crate) fn accept(&mut self, secret: &str, typed: &str, now_ms: i64) -> bool {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let present = step_at(now_ms);
        let found = [present, present - 1, present + 1]
            .into_iter()
            .find(|step| !self.0.contains(step) && code(secret, *step).as_ref() == Some(&digits));
        if let Some(step) = found {
            self.0.retain(|used| *used >= present - 1);
            self.0.insert(step);
        }
        found.is_some()
    }

    /// The step whose code a person would be told to type now: this one, or the next if it was used.
    pub(crate) fn next_free(&self, present: i64) -> i64 {
        if self.0.contains(&present) { present + 1 } else { present }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238 appendix B in base32.
    const RFC_KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn rfc_6238_vectors() {
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(RFC_KEY, step_at(seconds * 1000)).unwrap(), expected);
        }
    }

    #[test]
    fn a_code_counts_once_and_only_near_its_time() {
        let now = 1_111_111_109_000;
        let mut used = UsedSteps::default();
        assert!(!used.accept(RFC_KEY, "000000", now));
        assert!(used.accept(RFC_KEY, "081 804", now));
        assert!(!used.accept(RFC_KEY, "081804", now));
        let next = code(RFC_KEY, step_at(now) + 1).unwrap();
        assert!(used.accept(RFC_KEY, &next, now));
        let far = code(RFC_KEY, step_at(now) + 2).unwrap();
        assert!(!used.accept(RFC_KEY, &far, now));
        assert!(code("not base32!", 1).is_none());
    }
}
