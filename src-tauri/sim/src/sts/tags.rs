//! Session tags (IAM User Guide, "Passing session tags in AWS STS").

use std::collections::BTreeMap;

use axum::http::StatusCode;

use super::Refusal;
use super::assume::constraint;
use crate::http::{Pairs, value_of};

const MOST: usize = 50;
/// What AWS packs tags into is not documented; this many characters count as full.
const PACKED: usize = 4096;

/// The tags of a request.
#[derive(Debug, Default)]
pub(super) struct Tags {
    given: Vec<(String, String)>,
    transitive: Vec<String>,
}

impl Tags {
    pub(super) fn read(form: &Pairs) -> Result<Self, Refusal> {
        let mut tags = Self::default();
        for number in 1.. {
            let part = |name: &str| value_of(form, &format!("Tags.member.{number}.{name}"));
            let (Some(key), Some(value)) = (part("Key"), part("Value")) else { break };
            check(key, "key", 1, 128)?;
            check(value, "value", 0, 256)?;
            if key.to_ascii_lowercase().starts_with("aws:") {
                return Err(constraint(key, "tags.key", "Member must not begin with aws:"));
            }
            if tags.given.iter().any(|(known, _)| known.to_lowercase() == key.to_lowercase()) {
                let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
                return Err(invalid(text));
            }
            tags.given.push((key.to_owned(), value.to_owned()));
        }
        for number in 1.. {
            let Some(key) = value_of(form, &format!("TransitiveTagKeys.member.{number}")) else { break };
            if !tags.given.iter().any(|(known, _)| known == key) {
                let text = "The specified transitive tag key must be included in the requested tags.";
                return Err(Refusal::validation(text));
            }
            tags.transitive.push(key.to_owned());
        }
        if tags.given.len() > MOST {
            return Err(constraint(
                "tags",
                "tags",
                &format!("Member must have length less than or equal to {MOST}"),
            ));
        }
        Ok(tags)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// What goes on from the new session to those assumed from it: the caller's transitive tags, and its own.
    pub(super) fn passed_on(
        &self,
        inherited: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Refusal> {
        if self.given.iter().any(|(key, _)| inherited.keys().any(|known| known.eq_ignore_ascii_case(key))) {
            let text = "One of the specified transitive tag keys can't be set because it conflicts with a \
                        transitive tag key from the calling session.";
            return Err(invalid(text));
        }
        let own = self.given.iter().filter(|(key, _)| self.transitive.contains(key)).cloned();
        Ok(inherited.clone().into_iter().chain(own).collect())
    }

    /// Per cent of what fits; refused beyond that.
    pub(super) fn packed_size(&self) -> Result<usize, Refusal> {
        let length: usize = self.given.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
        let per_cent = (100 * length).div_ceil(PACKED);
        if per_cent > 100 {
            let text = format!("Packed size of session tags consumes {per_cent}% of allotted space.");
            return Err(Refusal::new("PackedPolicyTooLarge", StatusCode::BAD_REQUEST, text));
        }
        Ok(per_cent)
    }
}

fn invalid(text: &str) -> Refusal {
    Refusal::new("InvalidParameterValue", StatusCode::BAD_REQUEST, text)
}

fn check(text: &str, part: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let good = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if !(least..=most).contains(&text.chars().count()) || !text.chars().all(good) {
        let rule = "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+";
        return Err(constraint(text, &format!("tags.{part}"), rule));
    }
    Ok(())
}
