//! Roles that somebody waits for, such as after a request for access.

use jiff::{SignedDuration, Timestamp};

use super::input::{About, Action, Effect, Notification, Topic};
use super::{App, Case};
use crate::search;
use crate::time::after;

/// Longer than it takes to approve a request and for AWS to act on it, in one working day.
const WAIT: SignedDuration = SignedDuration::from_hours(8);
/// More would list all the time for nothing.
const MOST: usize = 10;

/// What somebody waits for.
#[derive(Debug)]
pub(super) struct Awaited {
    /// As typed.
    pub(super) query: String,
    /// Then it is given up.
    pub(super) until: Timestamp,
}

impl App {
    pub(super) fn begin_to_await(&mut self, query: &str, now: Timestamp) -> Vec<Effect> {
        let query = query.trim().to_owned();
        if query.is_empty() || self.watches.iter().any(|awaited| awaited.query == query) {
            return Vec::new();
        }
        if self.watches.len() == MOST {
            self.watches.remove(0);
        }
        self.watches.push(Awaited { query: query.clone(), until: after(now, WAIT) });
        self.watch_cases();
        self.tell(
            About::Await,
            format!("You are told when a role for \u{201c}{query}\u{201d} appears"),
            false,
        );
        // It may be there already.
        self.tell_of_awaited(now)
    }

    /// What has appeared by now.
    pub(super) fn tell_of_awaited(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut awaited = std::mem::take(&mut self.watches);
        awaited.retain(|Awaited { query, .. }| {
            // What is chained is there from the start, and not what somebody has to give.
            let mut hits = search::search(&self.index, query, &self.usage, now, usize::MAX);
            hits.retain(|hit| self.index.grant(hit.grant).is_some_and(|grant| grant.chain.is_none()));
            let Some(grant) = hits.first().and_then(|hit| self.index.grant(hit.grant)) else { return true };
            let (id, only) = (grant.id(), hits.len() == 1);
            let switch =
                ("Switch".to_owned(), Action::Switch { grant: id.clone(), profile: None, minutes: None });
            effects.push(Effect::Notify(Notification {
                topic: Topic::Awaited(query.clone()),
                title: format!("{} is there now", self.label(&id)),
                body: format!("You waited for \u{201c}{}\u{201d}.", crate::text::line(query)),
                button: only.then_some(switch),
                urgent: true,
            }));
            false
        });
        self.watches = awaited;
        self.watch_cases();
        effects
    }

    pub(super) fn end_waiting(&mut self, now: Timestamp) {
        let before = self.watches.len();
        self.watches.retain(|awaited| awaited.until > now);
        if self.watches.len() != before {
            self.watch_cases();
        }
    }

    pub(super) fn watch_cases(&mut self) {
        let is_watched = !self.watches.is_empty();
        self.cases.iter_mut().for_each(|case: &mut Case| case.watch(is_watched));
    }
}
