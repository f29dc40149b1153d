//! What an administrator does to accounts and assignments while the simulator runs.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::{Directory, Pending};
use crate::options::Options;
use crate::people::PersonId;

/// A change to the directory. As JSON the members of [`ChangeKind`] and `delay_seconds` stand side by
/// side: `{"change": "assign_role", "account_id": "111122223333", "role": "Billing", "delay_seconds": 5}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What changes.
    #[serde(flatten)]
    pub kind: ChangeKind,
    /// Seconds by the simulator's clock until the portal API shows it. Changes of one account keep their
    /// order: none shows before an earlier one.
    #[serde(default)]
    pub delay_seconds: u32,
}

impl From<ChangeKind> for Change {
    /// Without a delay.
    fn from(kind: ChangeKind) -> Self {
        Self { kind, delay_seconds: 0 }
    }
}

/// What can change. Assigning what is assigned, or unassigning what is not, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeKind {
    /// A new account at the end of the lists. Everybody gets its roles; without any it is not listed.
    AddAccount {
        /// Twelve digits.
        account_id: String,
        /// Any text.
        name: String,
        /// The root e-mail address.
        #[serde(default)]
        email: Option<String>,
        /// Permission sets.
        #[serde(default)]
        roles: Vec<String>,
    },
    /// The account leaves the organisation.
    RemoveAccount {
        /// Twelve digits.
        account_id: String,
    },
    /// The account gets another name.
    RenameAccount {
        /// Twelve digits.
        account_id: String,
        /// Any text.
        name: String,
    },
    /// A permission set becomes available in an account.
    AssignRole {
        /// Twelve digits.
        account_id: String,
        /// Permission set.
        role: String,
        /// For this person only; for everybody when absent.
        #[serde(default)]
        user: Option<String>,
    },
    /// A permission set is taken away: it is no longer listed, and asking for its credentials is
    /// forbidden. Credentials that were handed out stay good until they expire.
    UnassignRole {
        /// Twelve digits.
        account_id: String,
        /// Permission set.
        role: String,
        /// From this person only; from everybody when absent.
        #[serde(default)]
        user: Option<String>,
    },
}

/// A change that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvisionError {
    /// An account id is not twelve digits.
    AccountId(String),
    /// No account has this id.
    UnknownAccount(String),
    /// An account has this id already.
    DuplicateAccount(String),
    /// A permission set's name is not 1 to 32 letters, digits and `_+=,.@-`.
    Role(String),
    /// Nobody has this user name.
    UnknownUser(String),
}

impl fmt::Display for ProvisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountId(id) => write!(f, "{id:?} is not an account id of twelve digits"),
            Self::UnknownAccount(id) => write!(f, "there is no account {id}"),
            Self::DuplicateAccount(id) => write!(f, "there is an account {id} already"),
            Self::Role(role) => write!(f, "{role:?} is not a permission set's name"),
            Self::UnknownUser(user) => write!(f, "there is no user {user:?}"),
        }
    }
}

impl std::error::Error for ProvisionError {}

impl ChangeKind {
    fn account_id(&self) -> &str {
        match self {
            Self::AddAccount { account_id, .. }
            | Self::RemoveAccount { account_id }
            | Self::RenameAccount { account_id, .. }
            | Self::AssignRole { account_id, .. }
            | Self::UnassignRole { account_id, .. } => account_id,
        }
    }

    fn roles(&self) -> &[String] {
        match self {
            Self::AddAccount { roles, .. } => roles,
            Self::AssignRole { role, .. } | Self::UnassignRole { role, .. } => std::slice::from_ref(role),
            Self::RemoveAccount { .. } | Self::RenameAccount { .. } => &[],
        }
    }

    fn user(&self) -> Option<&str> {
        match self {
            Self::AssignRole { user, .. } | Self::UnassignRole { user, .. } => user.as_deref(),
            _ => None,
        }
    }
}

fn is_account_id(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())
}

fn is_role(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
}

impl Directory {
    /// Takes a change in; the portal API shows it after its delay.
    pub(crate) fn provision(
        &mut self,
        options: &Options,
        change: Change,
        now_ms: i64,
    ) -> Result<(), ProvisionError> {
        self.settle(now_ms);
        self.check(options, &change.kind)?;
        self.changes += 1;
        let account_id = change.kind.account_id();
        let earlier = self.pending.iter().filter(|pending| pending.kind.account_id() == account_id);
        let not_before = earlier.map(|pending| pending.visible_ms).max().unwrap_or(now_ms);
        let visible_ms = not_before.max(now_ms + i64::from(change.delay_seconds) * 1000);
        let people = people(options, &change.kind);
        self.pending.push(Pending { visible_ms, number: self.changes, people, kind: change.kind });
        self.settle(now_ms);
        Ok(())
    }

    fn check(&self, options: &Options, kind: &ChangeKind) -> Result<(), ProvisionError> {
        let id = kind.account_id();
        if !is_account_id(id) {
            return Err(ProvisionError::AccountId(id.to_owned()));
        }
        let adding = matches!(kind, ChangeKind::AddAccount { .. });
        match (adding, self.will_exist(id)) {
            (true, true) => return Err(ProvisionError::DuplicateAccount(id.to_owned())),
            (false, false) => return Err(ProvisionError::UnknownAccount(id.to_owned())),
            _ => {}
        }
        if let Some(role) = kind.roles().iter().find(|role| !is_role(role)) {
            return Err(ProvisionError::Role(role.clone()));
        }
        match kind.user() {
            Some(user) if options.person_named(user).is_none() => {
                Err(ProvisionError::UnknownUser(user.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Whether there is such an account once all changes have come through.
    fn will_exist(&self, id: &str) -> bool {
        let last = self.pending.iter().rev().find_map(|pending| match &pending.kind {
            ChangeKind::AddAccount { account_id, .. } if account_id == id => Some(true),
            ChangeKind::RemoveAccount { account_id } if account_id == id => Some(false),
            _ => None,
        });
        last.unwrap_or_else(|| self.by_id.contains_key(id))
    }

    pub(super) fn apply(&mut self, change: Pending) {
        let Pending { number, people, kind, .. } = change;
        match kind {
            ChangeKind::AddAccount { account_id, name, email, roles } => {
                let mut entry = Entry::new(account_id, name, email);
                for role in roles {
                    for person in &people {
                        entry.assign(role.clone(), *person, number);
                    }
                }
                self.insert(entry);
            }
            ChangeKind::RemoveAccount { account_id } => {
                if let Some(number) = self.by_id.remove(&account_id) {
                    self.entries.remove(&number);
                }
            }
            ChangeKind::RenameAccount { account_id, name } => {
                if let Some(entry) = self.entry_mut(&account_id) {
                    entry.name = name;
                }
            }
            ChangeKind::AssignRole { account_id, role, .. } => {
                if let Some(entry) = self.entry_mut(&account_id) {
                    for person in people {
                        entry.assign(role.clone(), person, number);
                    }
                }
            }
            ChangeKind::UnassignRole { account_id, role, .. } => {
                if let Some(entry) = self.entry_mut(&account_id) {
                    for person in people {
                        entry.unassign(&role, person);
                    }
                }
            }
        }
    }

    fn entry_mut(&mut self, id: &str) -> Option<&mut Entry> {
        self.by_id.get(id).and_then(|number| self.entries.get_mut(number))
    }
}

/// Whom a change concerns.
fn people(options: &Options, kind: &ChangeKind) -> Vec<PersonId> {
    let named = kind.user();
    options
        .people()
        .filter(|(_, person)| named.is_none_or(|user| user == person.user))
        .map(|(id, _)| id)
        .collect()
}
