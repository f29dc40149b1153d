//! Which grants of a portal have credentials in the keyring, and until when they are good: names, no secrets.

use std::collections::BTreeMap;

use domain::ids::{AccountId, GrantId, RoleName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `[["111122223333", "Admin", "2026-11-27T21:05:39Z"], …]`, the time by this computer's clock. Lists of earlier
/// versions have no time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Entry>", into = "Vec<Entry>")]
pub(crate) struct KeptRoles(BTreeMap<(AccountId, RoleName), Option<Timestamp>>);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Until(AccountId, RoleName, Option<Timestamp>),
    Named(AccountId, RoleName),
}

impl From<Vec<Entry>> for KeptRoles {
    fn from(entries: Vec<Entry>) -> Self {
        let entry = |entry| match entry {
            Entry::Until(account_id, role_name, until) => ((account_id, role_name), until),
            Entry::Named(account_id, role_name) => ((account_id, role_name), None),
        };
        Self(entries.into_iter().map(entry).collect())
    }
}

impl From<KeptRoles> for Vec<Entry> {
    fn from(roles: KeptRoles) -> Self {
        roles.0.into_iter().map(|((id, role), until)| Entry::Until(id, role, until)).collect()
    }
}

impl KeptRoles {
    /// Of which no more is known.
    pub(crate) fn named<'a>(grants: impl Iterator<Item = &'a GrantId>) -> Self {
        Self(grants.map(|grant| (key(grant), None)).collect())
    }

    /// Whether that is news.
    pub(crate) fn insert(&mut self, grant: &GrantId, until: Timestamp) -> bool {
        self.0.insert(key(grant), Some(until)) != Some(Some(until))
    }

    /// Until when the grant's credentials are good, as far as it is known.
    pub(crate) fn until(&self, grant: &GrantId) -> Option<Timestamp> {
        self.0.get(&key(grant)).copied().flatten()
    }

    /// Whether the keyring may hold credentials of the grant.
    pub(crate) fn contains(&self, grant: &GrantId) -> bool {
        self.0.contains_key(&key(grant))
    }

    /// The grants, without their portal.
    pub(crate) fn into_names(self) -> impl Iterator<Item = (AccountId, RoleName)> {
        self.0.into_keys()
    }
}

fn key(grant: &GrantId) -> (AccountId, RoleName) {
    (grant.account_id.clone(), grant.role_name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::PortalName;

    #[test]
    fn lists_of_earlier_versions_are_read() {
        let text = r#"[["111122223333","Admin"],["222233334444","Admin","2026-11-27T21:05:39Z"]]"#;
        let mut roles: KeptRoles = serde_json::from_str(text).unwrap();
        let grant = |id| GrantId {
            portal: PortalName::parse("corp").unwrap(),
            account_id: AccountId::parse(id).unwrap(),
            role_name: RoleName::parse("Admin").unwrap(),
        };
        let until = "2026-11-27T21:05:39Z".parse().unwrap();
        assert_eq!(
            (roles.until(&grant("111122223333")), roles.until(&grant("222233334444"))),
            (None, Some(until))
        );
        assert!(roles.insert(&grant("111122223333"), until) && !roles.insert(&grant("111122223333"), until));
        let again: KeptRoles = serde_json::from_str(&serde_json::to_string(&roles).unwrap()).unwrap();
        assert_eq!(again, roles);
    }
}
