//! One account with its assignments.

use std::borrow::Cow;

use super::Viewer;
use crate::people::PersonId;

/// An account as the portal knows it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    /// In the order of their numbers.
    grants: Vec<Grant>,
    next_number: u64,
}

/// A role that a person may take in the account.
#[derive(Debug)]
pub(crate) struct Grant {
    /// Its place in lists, never given to another.
    number: u64,
    pub(crate) role: Cow<'static, str>,
    person: PersonId,
    /// Number of the change that brought it; 0 for what was there from the start.
    change: u64,
}

impl Entry {
    pub(super) fn new(id: String, name: String, email: Option<String>) -> Self {
        Self { id, name, email, grants: Vec::new(), next_number: 0 }
    }

    /// Nothing happens if the person holds the role already.
    pub(super) fn assign(&mut self, role: impl Into<Cow<'static, str>>, person: PersonId, change: u64) {
        let role = role.into();
        if !self.grants.iter().any(|grant| grant.person == person && grant.role == role) {
            self.grants.push(Grant { number: self.next_number, role, person, change });
            self.next_number += 1;
        }
    }

    pub(super) fn unassign(&mut self, role: &str, person: PersonId) {
        self.grants.retain(|grant| grant.person != person || grant.role != role);
    }

    /// The viewer's roles with a number from `start` on, in the order of the lists.
    pub(crate) fn roles_from(&self, start: u64, viewer: Viewer) -> impl Iterator<Item = (u64, &Grant)> {
        self.grants
            .iter()
            .filter(move |grant| grant.number >= start && grant.person == viewer.person)
            .filter(move |grant| viewer.changes.is_none_or(|seen| grant.change <= seen))
            .map(|grant| (grant.number, grant))
    }
}
