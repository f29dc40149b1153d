//! All grants of one portal, as last fetched. Holds no secret: it lies on disk as plain JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chain::Chain;
use crate::ids::{AccountId, GrantId, PortalName, RoleName, StartUrl};

/// The form of the file. A file of a later form is left alone and fetched anew.
pub const VERSION: u32 = 1;

/// The accounts and roles of one portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalogue {
    /// [`VERSION`].
    pub version: u32,
    /// Whose catalogue it is.
    pub portal: PortalName,
    /// The portal's address when it was fetched: under another address the same name is another portal.
    pub start_url: StartUrl,
    /// When the last complete listing began: nothing in it is older. None before the first.
    pub fetched_at: Option<Timestamp>,
    /// When the listing began that has not ended yet. Accounts whose roles are newer than this need not be
    /// asked again when it is taken up.
    pub listing_since: Option<Timestamp>,
    /// Ordered by id. Shared with the search's index, and between a listing and what is shown of it.
    pub accounts: Vec<Arc<Account>>,
}

/// One account of the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// As its owner named it: untrusted, not unique, may change.
    pub name: String,
    /// The root user's address, where the portal tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Ordered by name.
    pub roles: Vec<RoleName>,
    /// When the roles were last fetched; none before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles_at: Option<Timestamp>,
}

/// A grant with what is shown of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// Its portal.
    pub portal: &'a PortalName,
    /// Its account.
    pub account: &'a Account,
    /// Its role.
    pub role_name: &'a RoleName,
    /// Set if it is no role of the portal but one that is assumed from one.
    pub chain: Option<&'a Chain>,
}

impl Catalogue {
    /// Lets equal role names be one in memory: an organisation has thousands of grants of the same few roles.
    pub fn share_names(&mut self) {
        self.accounts.shrink_to_fit();
        let mut known: BTreeSet<RoleName> = BTreeSet::new();
        for name in self.accounts.iter_mut().flat_map(|account| &mut Arc::make_mut(account).roles) {
            match known.get(name) {
                Some(same) => *name = same.clone(),
                None => drop(known.insert(name.clone())),
            }
        }
    }
}

impl Grant<'_> {
    /// The role as it is shown: its name, or what it is chained from. Safe to show.
    pub fn role_label(&self) -> String {
        self.chain.map_or_else(|| crate::text::line(self.role_name.as_str()).into_owned(), Chain::label)
    }

    /// What identifies it.
    pub fn id(&self) -> GrantId {
        GrantId {
            portal: self.portal.clone(),
            account_id: self.account.id.clone(),
            role_name: self.role_name.clone(),
        }
    }
}

impl Catalogue {
    /// A catalogue of which nothing is known yet.
    pub fn empty(portal: PortalName, start_url: StartUrl) -> Self {
        Self {
            version: VERSION,
            portal,
            start_url,
            fetched_at: None,
            listing_since: None,
            accounts: Vec::new(),
        }
    }

    /// Every grant, ordered by account id and role.
    pub fn grants(&self) -> impl Iterator<Item = Grant<'_>> {
        self.accounts.iter().flat_map(move |account| {
            account.roles.iter().map(move |role_name| Grant {
                portal: &self.portal,
                account,
                role_name,
                chain: None,
            })
        })
    }

    /// The account with this id.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.binary_search_by(|a| a.id.cmp(id)).ok().map(|at| &*self.accounts[at])
    }

    /// The grant with this identity, if the portal lists it.
    pub fn grant(&self, id: &GrantId) -> Option<Grant<'_>> {
        let account = self.account(&id.account_id).filter(|_| self.portal == id.portal)?;
        let role_name = account.roles.iter().find(|r| **r == id.role_name)?;
        Some(Grant { portal: &self.portal, account, role_name, chain: None })
    }

    /// Whether the grant is gone for certain: a list that is not whole says nothing of what is not in it.
    pub fn lacks(&self, id: &GrantId) -> bool {
        let is_unread = self.account(&id.account_id).is_some_and(|account| account.roles_at.is_none());
        let is_whole = self.fetched_at.is_some() && self.listing_since.is_none() && !is_unread;
        is_whole && self.grant(id).is_none()
    }

    /// What `self` has that `before` had not, and the other way round.
    pub fn changes_since(&self, before: &Self) -> Changes {
        let grants = |c: &Self| c.grants().map(|g| (g.account.id.clone(), g.role_name.clone())).collect();
        let (new, old): (BTreeSet<_>, BTreeSet<_>) = (grants(self), grants(before));
        Changes {
            added: new.difference(&old).cloned().collect(),
            removed: old.difference(&new).cloned().collect(),
        }
    }

    /// Whether nothing of what was listed before is there any more: the browser may have been signed in as somebody
    /// else when the code was approved.
    pub fn may_be_somebody_elses(&self, changes: &Changes) -> bool {
        !changes.removed.is_empty() && changes.added.len() == self.grants().count()
    }

    /// Puts accounts in order and makes ids unique; a later entry replaces an earlier one.
    pub fn put_accounts(&mut self, accounts: Vec<Account>) {
        let by_id: BTreeMap<AccountId, Account> = accounts.into_iter().map(|a| (a.id.clone(), a)).collect();
        self.accounts = by_id.into_values().map(Arc::new).collect();
    }
}

/// The grants that came and went between two catalogues.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// New grants.
    pub added: Vec<(AccountId, RoleName)>,
    /// Vanished grants.
    pub removed: Vec<(AccountId, RoleName)>,
}
