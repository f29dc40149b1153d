//! Accounts and assignments as the portal API shows them at the moment, and the changes that are on their
//! way there.

mod change;
mod entry;

use std::collections::{BTreeMap, HashMap};

use crate::options::Options;
use crate::people::PersonId;

pub use change::{Change, ChangeKind, ProvisionError};
pub(crate) use entry::Entry;

/// Who looks, and how fresh their login is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer {
    pub(crate) person: PersonId,
    /// How many changes there were when the login began, if later assignments are to stay hidden.
    pub(crate) changes: Option<u64>,
}

/// All accounts. Entries keep their number for good, so that a position in a list stays true while
/// accounts come and go.
#[derive(Debug)]
pub(crate) struct Directory {
    entries: BTreeMap<u64, Entry>,
    by_id: HashMap<String, u64>,
    next_number: u64,
    pending: Vec<Pending>,
    changes: u64,
}

/// A change that the portal API does not show yet.
#[derive(Debug)]
struct Pending {
    visible_ms: i64,
    number: u64,
    /// Whom it concerns.
    people: Vec<PersonId>,
    kind: ChangeKind,
}

impl Directory {
    /// The organisation's accounts. The main person holds every role; the others hold all roles of every
    /// second account, from the first.
    pub(crate) fn new(options: &Options) -> Self {
        let mut directory = Self {
            entries: BTreeMap::new(),
            by_id: HashMap::new(),
            next_number: 0,
            pending: Vec::new(),
            changes: 0,
        };
        let everybody: Vec<PersonId> = options.people().map(|(id, _)| id).collect();
        for (index, account) in options.organisation.accounts().into_iter().enumerate() {
            let holders = if index.is_multiple_of(2) { everybody.len() } else { 1 };
            let mut entry = Entry::new(account.id, account.name, account.email);
            for role in account.roles {
                for person in &everybody[..holders] {
                    entry.assign(role, *person, 0);
                }
            }
            directory.insert(entry);
        }
        directory
    }

    fn insert(&mut self, entry: Entry) {
        self.by_id.insert(entry.id.clone(), self.next_number);
        self.entries.insert(self.next_number, entry);
        self.next_number += 1;
    }

    /// Lets the changes that are due take effect. To be called before looking.
    pub(crate) fn settle(&mut self, now_ms: i64) -> &mut Self {
        while let Some(index) = self.next_due(now_ms) {
            let due = self.pending.remove(index);
            self.apply(due);
        }
        self
    }

    /// The earliest change that is due; of several at the same time the one that was made first.
    fn next_due(&self, now_ms: i64) -> Option<usize> {
        let due = self.pending.iter().enumerate().filter(|(_, change)| change.visible_ms <= now_ms);
        due.min_by_key(|(_, change)| (change.visible_ms, change.number)).map(|(index, _)| index)
    }

    /// How many changes were made so far, shown or not.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// An account that exists, whoever may see it.
    pub(crate) fn account(&self, id: &str) -> Option<&Entry> {
        self.by_id.get(id).and_then(|number| self.entries.get(number))
    }

    /// Accounts with a number from `start` on where the viewer holds a role, in the order of the lists.
    pub(crate) fn accounts_from(&self, start: u64, viewer: Viewer) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries
            .range(start..)
            .map(|(number, entry)| (*number, entry))
            .filter(move |(_, entry)| entry.roles_from(0, viewer).next().is_some())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::Organisation;

    #[test]
    fn huge_is_quick() {
        let options = Options { organisation: Organisation::Huge, ..Options::default() };
        let started = Instant::now();
        let directory = Directory::new(&options);
        let took = started.elapsed();
        let viewer = Viewer { person: PersonId::MAIN, changes: None };
        assert_eq!(directory.accounts_from(0, viewer).count(), 5000);
        assert!(took.as_millis() < 1000, "{took:?} in a debug build on a busy machine");
    }
}
