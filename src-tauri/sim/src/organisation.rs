//! Made-up organisations. The same accounts come out every time: tests compare against them.

mod demo;
mod generated;
mod small;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Which accounts the simulated portal lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Organisation {
    /// Seven accounts with every awkward name: Unicode, hostile text, twins, leading zeros, no e-mail.
    #[default]
    Small,
    /// Forty believable accounts of one company.
    Demo,
    /// 400 accounts.
    Large,
    /// 5,000 accounts with about 20,000 grants.
    Huge,
}

/// One account as the portal lists it, with the permission sets of the simulated person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits; leading zeros are real.
    pub id: String,
    /// Any text at all: treat as hostile.
    pub name: String,
    /// The root e-mail address; the real portal leaves it out at times.
    pub email: Option<String>,
    /// Permission set names, 1 to 32 characters of letters, digits and `_+=,.@-`.
    pub roles: Vec<&'static str>,
}

impl Organisation {
    /// The accounts in the order of the portal's lists.
    pub fn accounts(self) -> Vec<Account> {
        match self {
            Self::Small => small::accounts(),
            Self::Demo => demo::accounts(),
            Self::Large => generated::accounts(400),
            Self::Huge => generated::accounts(5000),
        }
    }
}

/// An organisation's name was not one of `small`, `demo`, `large`, `huge`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownOrganisation(String);

impl fmt::Display for UnknownOrganisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown organisation {:?}; known are small, demo, large, huge", self.0)
    }
}

impl std::error::Error for UnknownOrganisation {}

impl FromStr for Organisation {
    type Err = UnknownOrganisation;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "small" => Ok(Self::Small),
            "demo" => Ok(Self::Demo),
            "large" => Ok(Self::Large),
            "huge" => Ok(Self::Huge),
            _ => Err(UnknownOrganisation(name.to_owned())),
        }
    }
}

/// A stable digest for ids that AWS invents per account and role.
pub(crate) fn digest_of(account_id: &str, role: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(format!("{account_id}/{role}")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn check(organisation: Organisation) -> Vec<Account> {
        let accounts = organisation.accounts();
        assert_eq!(accounts, organisation.accounts(), "deterministic");
        let ids: HashSet<_> = accounts.iter().map(|account| &account.id).collect();
        assert_eq!(ids.len(), accounts.len(), "ids are unique");
        for account in &accounts {
            assert!(account.id.len() == 12 && account.id.bytes().all(|b| b.is_ascii_digit()), "{account:?}");
            assert!((1..=8).contains(&account.roles.len()), "{account:?}");
            assert!(account.name.chars().count() <= 128, "{account:?}");
            let roles: HashSet<_> = account.roles.iter().collect();
            assert_eq!(roles.len(), account.roles.len(), "{account:?}");
            for role in &account.roles {
                assert!((1..=32).contains(&role.len()), "{role}");
                assert!(role.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)), "{role}");
            }
        }
        accounts
    }

    #[test]
    fn small_holds_every_awkward_case() {
        let accounts = check(Organisation::Small);
        let names: HashSet<_> = accounts.iter().map(|account| &account.name).collect();
        assert!(names.len() < accounts.len(), "two share a name");
        assert!(accounts.iter().any(|a| a.id.starts_with('0')));
        assert!(accounts.iter().any(|a| a.email.is_none()));
        assert!(accounts.iter().any(|a| a.name.contains("<script>") && a.name.contains('\u{1b}')));
        assert!(accounts.iter().flat_map(|a| &a.roles).any(|role| role.len() == 32));
        assert!(accounts.iter().flat_map(|a| &a.roles).any(|role| role.contains('+')));
    }

    #[test]
    fn sizes_are_as_promised() {
        assert_eq!(check(Organisation::Demo).len(), 40);
        assert_eq!(check(Organisation::Large).len(), 400);
        let huge = check(Organisation::Huge);
        assert_eq!(huge.len(), 5000);
        let grants: usize = huge.iter().map(|account| account.roles.len()).sum();
        assert!((19_000..21_000).contains(&grants), "{grants}");
        assert!(huge.iter().any(|account| !account.name.is_ascii()));
        assert!(huge.iter().any(|account| account.email.is_none()));
    }

    #[test]
    fn names_parse() {
        assert_eq!("huge".parse(), Ok(Organisation::Huge));
        assert!("vast".parse::<Organisation>().unwrap_err().to_string().contains("demo"));
    }
}
