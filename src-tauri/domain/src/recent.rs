//! What the person pinned, what they used and which pages of the console they opened, for the order of lists. Kept in
//! `usage.json`.
//!
//! Of every grant there is one number and one time: each use adds 1, and the sum halves every week. So a file
//! of fixed size knows both how often and how recently a grant was used.

mod pages;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, GrantId, NotValid, PortalName};
use crate::link::Page;

use self::pages::Pages;

pub use self::pages::Opened;

/// The form of the file.
pub const VERSION: u32 = 1;

/// Of how many grants the past is kept.
const KEPT: usize = 500;

const HALF_LIFE_SECONDS: f64 = 7.0 * 24.0 * 3600.0;

/// No weight is above this. A switch every second for a year stays below it; more is a damaged file.
const HEAVIEST: f64 = 1e6;

/// Pinned grants and past uses.
///
/// Reading another form than [`VERSION`] is an error, so that a newer program's file is not overwritten.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Usage {
    pinned: Vec<GrantId>,
    past: BTreeMap<GrantId, Past>,
    pages: Pages,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Past {
    /// What the uses were worth at the time of the last one.
    weight: f64,
    last: Timestamp,
}

impl Past {
    /// After one more use.
    fn once_more(before: Option<Self>, now: Timestamp) -> Self {
        let before = before.map_or(0.0, |past| {
            // Nothing fades while the clock runs backwards.
            past.weight * faded(now.duration_since(past.last).as_secs_f64().max(0.0))
        });
        Self { weight: (before + 1.0).min(HEAVIEST), last: now }
    }

    /// As a file has it, which somebody may have damaged.
    fn read(weight: f64, last: Timestamp) -> Self {
        // `clamp` leaves a NaN as it is.
        Self { weight: if weight.is_nan() { 0.0 } else { weight.clamp(0.0, HEAVIEST) }, last }
    }

    /// A last use that lies in the future was stamped by a wrong clock. It fades like one as far in the past,
    /// or it would lead every list until that day.
    fn worth(&self, now: Timestamp) -> f64 {
        self.weight * faded(now.duration_since(self.last).as_secs_f64().abs())
    }
}

fn faded(seconds: f64) -> f64 {
    (-seconds / HALF_LIFE_SECONDS).exp2()
}

impl Usage {
    /// Notes that the grant was used.
    pub fn record(&mut self, grant: &GrantId, now: Timestamp) {
        let past = Past::once_more(self.past.get(grant).copied(), now);
        self.past.insert(grant.clone(), past);
        self.forget_least(grant, now);
    }

    /// Notes that a page of the console was opened as the grant, which is a use of it.
    pub fn opened(&mut self, grant: &GrantId, page: &Page, title: &str, now: Timestamp) {
        self.record(grant, now);
        if !page.is_home() {
            self.pages.opened(grant, page, title, now);
        }
    }

    /// The pages of the console that were opened, the latest first.
    pub fn pages(&self) -> &[Opened] {
        self.pages.all()
    }

    /// The page that was opened last in an account, as whichever role.
    pub fn last_page(&self, portal: &PortalName, account: &AccountId) -> Option<&Opened> {
        self.pages.last_in(portal, account)
    }

    /// The grant that was used last, of those that are wanted.
    pub fn latest(&self, wanted: impl Fn(&GrantId) -> bool) -> Option<&GrantId> {
        let wanted = self.past.iter().filter(|(grant, _)| wanted(grant));
        wanted.max_by_key(|(_, past)| past.last).map(|(grant, _)| grant)
    }

    /// Forgets which pages were opened, and nothing else.
    pub fn forget_pages(&mut self) {
        self.pages.forget();
    }

    /// Makes room, but not by what has just been recorded: its weight of 1 may well be the least.
    fn forget_least(&mut self, latest: &GrantId, now: Timestamp) {
        let excess = self.past.len().saturating_sub(KEPT);
        if excess == 0 {
            return;
        }
        let others = self.past.iter().filter(|(grant, _)| *grant != latest);
        let mut by_worth: Vec<_> = others.map(|(grant, past)| (past.worth(now), grant.clone())).collect();
        by_worth.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, grant) in by_worth.into_iter().take(excess) {
            self.past.remove(&grant);
        }
    }

    /// Puts the grant behind those already pinned; one that is pinned stays where it is.
    pub fn pin(&mut self, grant: &GrantId) {
        if !self.is_pinned(grant) {
            self.pinned.push(grant.clone());
        }
    }

    /// Takes the grant out of the pinned ones.
    pub fn unpin(&mut self, grant: &GrantId) {
        self.pinned.retain(|g| g != grant);
    }

    /// Whether the grant is pinned.
    pub fn is_pinned(&self, grant: &GrantId) -> bool {
        self.pinned.contains(grant)
    }

    /// The pinned grants in the person's order.
    pub fn pinned(&self) -> &[GrantId] {
        &self.pinned
    }

    /// When the grant was last used, if that is still known.
    pub fn last_used(&self, grant: &GrantId) -> Option<Timestamp> {
        self.past.get(grant).map(|past| past.last)
    }

    /// The `count` grants used last, the latest first.
    pub fn recents(&self, count: usize) -> Vec<&GrantId> {
        let mut all: Vec<_> = self.past.iter().collect();
        all.sort_by_key(|(_, past)| std::cmp::Reverse(past.last));
        all.into_iter().take(count).map(|(grant, _)| grant).collect()
    }

    /// How often the grant was used, every use counting half as much each week; 0 for one never used.
    pub fn score(&self, grant: &GrantId, now: Timestamp) -> f64 {
        self.past.get(grant).map_or(0.0, |past| past.worth(now))
    }

    /// Every grant with a known past and its [`score`](Self::score).
    pub fn scores(&self, now: Timestamp) -> impl Iterator<Item = (&GrantId, f64)> {
        self.past.iter().map(move |(grant, past)| (grant, past.worth(now)))
    }
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    // A later form may lack these; what is then said must be about the version.
    #[serde(default)]
    pinned: Vec<GrantId>,
    #[serde(default)]
    used: Vec<Used>,
    #[serde(default, skip_serializing_if = "is_empty")]
    pages: Pages,
}

fn is_empty(pages: &Pages) -> bool {
    pages.all().is_empty()
}

#[derive(Serialize, Deserialize)]
struct Used {
    grant: GrantId,
    weight: f64,
    last: Timestamp,
}

impl TryFrom<Stored> for Usage {
    type Error = NotValid;

    fn try_from(stored: Stored) -> Result<Self, NotValid> {
        if stored.version != VERSION {
            return Err(NotValid(format!(
                "the record of past switches has form {}, and this program knows only form {VERSION}",
                stored.version
            )));
        }
        let mut usage = Self { pages: stored.pages, ..Self::default() };
        stored.pinned.iter().for_each(|grant| usage.pin(grant));
        for Used { grant, weight, last } in stored.used {
            usage.past.insert(grant, Past::read(weight, last));
        }
        Ok(usage)
    }
}

impl From<Usage> for Stored {
    fn from(usage: Usage) -> Self {
        let used = usage.past.into_iter();
        Self {
            version: VERSION,
            pinned: usage.pinned,
            used: used.map(|(grant, Past { weight, last })| Used { grant, weight, last }).collect(),
            pages: usage.pages,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::ids::{AccountId, PortalName, RoleName};

    fn grant(number: u64) -> GrantId {
        GrantId {
            portal: PortalName::parse("corp").unwrap(),
            account_id: AccountId::parse(&format!("{number:012}")).unwrap(),
            role_name: RoleName::parse("Admin").unwrap(),
        }
    }

    fn day(number: i64) -> Timestamp {
        "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
    }

    #[test]
    fn a_use_counts_half_after_a_week() {
        let mut usage = Usage::default();
        usage.record(&grant(1), day(0));
        assert!((usage.score(&grant(1), day(0)) - 1.0).abs() < 1e-9);
        assert!((usage.score(&grant(1), day(7)) - 0.5).abs() < 1e-9);
        usage.record(&grant(1), day(7));
        assert!((usage.score(&grant(1), day(14)) - 0.75).abs() < 1e-9);
        assert!(usage.score(&grant(2), day(0)).abs() < 1e-9);
    }

    #[test]
    fn often_beats_once_until_it_is_long_ago() {
        let mut usage = Usage::default();
        (0..10).for_each(|n| usage.record(&grant(1), day(n)));
        usage.record(&grant(2), day(10));
        assert!(usage.score(&grant(1), day(10)) > usage.score(&grant(2), day(10)));
        usage.record(&grant(2), day(60));
        assert!(usage.score(&grant(1), day(60)) < usage.score(&grant(2), day(60)));
        assert_eq!(usage.recents(9), [&grant(2), &grant(1)]);
        assert_eq!(usage.last_used(&grant(1)), Some(day(9)));
    }

    #[test]
    fn pins_keep_their_order() {
        let mut usage = Usage::default();
        for n in [3, 1, 2, 1] {
            usage.pin(&grant(n));
        }
        assert_eq!(usage.pinned(), [grant(3), grant(1), grant(2)]);
        usage.unpin(&grant(1));
        assert_eq!((usage.is_pinned(&grant(1)), usage.is_pinned(&grant(2))), (false, true));
    }

    #[test]
    fn a_wrong_clock_loses_nothing_and_does_not_last() {
        let mut usage = Usage::default();
        usage.record(&grant(1), day(0));
        usage.record(&grant(1), day(-9_000));
        assert!((usage.score(&grant(1), day(-9_000)) - 2.0).abs() < 1e-9, "nothing faded");
        usage.record(&grant(2), day(9_000));
        assert!(usage.score(&grant(2), day(1)) < 0.01, "a future use does not lead the list for years");
        usage.record(&grant(2), day(1));
        assert_eq!(usage.last_used(&grant(2)), Some(day(1)));
        assert!(usage.score(&grant(2), day(1)) > 1.0);
    }

    #[test]
    fn the_file_stays_small_and_the_least_valuable_goes() {
        let mut usage = Usage::default();
        usage.record(&grant(0), day(0));
        for n in 1..=500 {
            usage.record(&grant(n), day(1));
            usage.record(&grant(n), day(1));
        }
        assert_eq!(usage.recents(9_999).len(), 500);
        assert_eq!(usage.last_used(&grant(0)), None, "used once, and first");
        usage.record(&grant(777), day(1));
        assert_eq!(usage.last_used(&grant(777)), Some(day(1)), "the latest stays although it weighs least");
        assert_eq!(usage.recents(9_999).len(), 500);
    }

    #[test]
    fn the_file_is_read_as_written_and_other_forms_are_refused() {
        let mut usage = Usage::default();
        usage.pin(&grant(5));
        usage.record(&grant(6), day(0));
        let text = serde_json::to_string(&usage).unwrap();
        assert!(text.starts_with(r#"{"version":1,"pinned":[{"#), "{text}");
        assert_eq!(serde_json::from_str::<Usage>(&text).unwrap(), usage);

        let later = serde_json::from_str::<Usage>(r#"{"version":2,"pins":{}}"#).unwrap_err();
        assert!(later.to_string().contains("form 2"), "{later}");
        for bad in ["", "[]", "{}", "null", r#"{"version":1,"used":[{"weight":null}]}"#] {
            assert!(serde_json::from_str::<Usage>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn absurd_weights_are_brought_into_bounds() {
        for (weight, read) in [(f64::NAN, 0.0), (f64::INFINITY, HEAVIEST), (-3.0, 0.0), (1e300, HEAVIEST)] {
            let used = vec![Used { grant: grant(1), weight, last: day(0) }];
            let mut usage =
                Usage::try_from(Stored { version: 1, pinned: vec![], used, pages: Pages::default() })
                    .unwrap();
            assert!((usage.score(&grant(1), day(0)) - read).abs() < 1e-9, "{weight}");
            usage.record(&grant(1), day(0));
            assert!((1.0..=HEAVIEST).contains(&usage.score(&grant(1), day(0))));
        }
    }

    proptest! {
        #[test]
        fn any_history_leaves_a_sound_file(
            steps in prop::collection::vec((0_u64..20, -377_705_000_000_i64..253_402_000_000), 0..60),
            now in -377_705_000_000_i64..253_402_000_000,
        ) {
            let mut usage = Usage::default();
            let time = |seconds| Timestamp::from_second(seconds).unwrap();
            for (number, seconds) in steps {
                usage.record(&grant(number), time(seconds));
                prop_assert_eq!(usage.last_used(&grant(number)), Some(time(seconds)));
            }
            prop_assert!(usage.scores(time(now)).all(|(_, s)| s.is_finite() && (0.0..=HEAVIEST).contains(&s)));
            let text = serde_json::to_string(&usage).unwrap();
            let read: Usage = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read.recents(99), usage.recents(99));
        }
    }
}
