//! What a shell offers when a person presses Tab where a grant is wanted.
//!
//! A candidate is put into the command line as it is, so only what means itself in every shell is offered: an account
//! goes by its name where that is plain and nobody else's, else by its id.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Account, Catalogue};
use crate::ids::{PortalName, RoleName};
use crate::text;

/// From so many grants on, accounts are offered first and their roles after the slash.
const MANY: usize = 200;

/// Something to offer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// What goes into the command line. One that ends in a slash wants more.
    pub value: String,
    /// What is shown beside it: safe text, perhaps none.
    pub about: String,
}

/// Whether a text means itself in every shell, wherever it stands.
pub fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(['-', '@', '=', '+', ',', '%'])
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./@:+=,".contains(c))
}

/// The grants that begin with what was typed; case does not count.
pub fn grants(catalogues: &[Catalogue], typed: &str) -> Vec<Candidate> {
    let typed = typed.to_ascii_lowercase();
    let names = Names::of(catalogues);
    let (mut found, mut accounts) = (Vec::new(), BTreeMap::new());
    for catalogue in catalogues {
        for account in &catalogue.accounts {
            for (text, about) in names.of_account(&catalogue.portal, account, &typed) {
                if !begins_alike(&text, &typed) {
                    continue;
                }
                let roles = account.roles.iter().map(RoleName::as_str).filter(|role| is_plain(role));
                let values = roles.map(|role| format!("{text}/{role}"));
                let values: Vec<String> = values.filter(|value| begins(value, &typed)).collect();
                if !values.is_empty() {
                    accounts.insert(format!("{text}/"), about.clone());
                }
                found.extend(values.into_iter().map(|value| Candidate { value, about: about.clone() }));
            }
        }
    }
    if found.len() > MANY && accounts.len() > 1 {
        found = accounts.into_iter().map(|(value, about)| Candidate { value, about }).collect();
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn begins(value: &str, typed: &str) -> bool {
    value.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// Whether one is the beginning of the other.
fn begins_alike(value: &str, typed: &str) -> bool {
    let length = value.len().min(typed.len());
    typed.get(..length).is_some_and(|start| begins(value, start))
}

/// Which names and ids are one account's alone.
struct Names {
    /// In lower case.
    shared_names: BTreeSet<String>,
    shared_ids: BTreeSet<String>,
}

impl Names {
    fn of(catalogues: &[Catalogue]) -> Self {
        let (mut names, mut ids) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
        for account in catalogues.iter().flat_map(|catalogue| &catalogue.accounts) {
            *names.entry(account.name.trim().to_lowercase()).or_default() += 1;
            *ids.entry(account.id.to_string()).or_default() += 1;
        }
        let shared = |counts: BTreeMap<String, usize>| {
            counts.into_iter().filter(|(_, count)| *count > 1).map(|(text, _)| text).collect()
        };
        Self { shared_names: shared(names), shared_ids: shared(ids) }
    }

    /// How the account can be written, with what to show beside it. By id as well once digits were typed.
    fn of_account(&self, portal: &PortalName, account: &Account, typed: &str) -> Vec<(String, String)> {
        let id = account.id.as_str();
        let by_id =
            if self.shared_ids.contains(id) { format!("{portal}/{id}") } else { account.id.to_string() };
        let shown = text::line(&account.name).into_owned();
        let plain = is_plain(&account.name) && !account.name.contains(['/', ':']);
        if !plain || self.shared_names.contains(&account.name.to_lowercase()) {
            return vec![(by_id, shown)];
        }
        let mut ways = vec![(account.name.clone(), id.to_owned())];
        if typed.starts_with(|c: char| c.is_ascii_digit()) {
            ways.push((by_id, shown));
        }
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::VERSION;
    use crate::ids::{AccountId, StartUrl};

    fn catalogue(portal: &str, accounts: &[(&str, &str, &[&str])]) -> Catalogue {
        let mut catalogue = Catalogue::empty(
            PortalName::parse(portal).unwrap(),
            StartUrl::parse("https://d-1234567890.awsapps.com/start").unwrap(),
        );
        assert_eq!(catalogue.version, VERSION);
        catalogue.put_accounts(
            accounts
                .iter()
                .map(|(id, name, roles)| Account {
                    id: AccountId::parse(id).unwrap(),
                    name: (*name).to_owned(),
                    email: None,
                    roles: roles.iter().map(|role| RoleName::parse(role).unwrap()).collect(),
                    roles_at: None,
                })
                .collect(),
        );
        catalogue
    }

    fn values(catalogues: &[Catalogue], typed: &str) -> Vec<String> {
        grants(catalogues, typed).into_iter().map(|candidate| candidate.value).collect()
    }

    #[test]
    fn accounts_go_by_name_or_by_id() {
        let corp = catalogue(
            "corp",
            &[
                ("111122223333", "payments-prod", &["Admin", "ReadOnly"]),
                ("222233334444", "Evil $(id)\n", &["Admin", "a b", "`id`"]),
                ("333344445555", "twin", &["Admin"]),
                ("444455556666", "Twin", &["Admin"]),
            ],
        );
        let all = values(std::slice::from_ref(&corp), "");
        assert_eq!(
            all,
            [
                "222233334444/Admin",
                "333344445555/Admin",
                "444455556666/Admin",
                "payments-prod/Admin",
                "payments-prod/ReadOnly"
            ]
        );
        assert_eq!(
            values(std::slice::from_ref(&corp), "PAY"),
            ["payments-prod/Admin", "payments-prod/ReadOnly"]
        );
        assert_eq!(values(std::slice::from_ref(&corp), "payments-prod/r"), ["payments-prod/ReadOnly"]);
        assert_eq!(
            values(std::slice::from_ref(&corp), "1111"),
            ["111122223333/Admin", "111122223333/ReadOnly"]
        );
        let found = grants(std::slice::from_ref(&corp), "2222");
        assert_eq!(found[0].about, "Evil $(id)\\u{a}");
        let other = catalogue("other", &[("111122223333", "payments-prod", &["Admin"])]);
        assert_eq!(values(&[corp, other], "other/"), ["other/111122223333/Admin"]);
    }

    #[test]
    fn of_very_many_the_accounts_come_first() {
        let ids: Vec<(String, String)> =
            (0..150).map(|n| (format!("{n:012}"), format!("team-{n:03}"))).collect();
        let accounts: Vec<(&str, &str, &[&str])> =
            ids.iter().map(|(id, name)| (id.as_str(), name.as_str(), &["Admin", "ReadOnly"][..])).collect();
        let corp = [catalogue("corp", &accounts)];
        assert_eq!(values(&corp, "").len(), 150);
        assert!(values(&corp, "t").iter().all(|value| value.ends_with('/')));
        assert_eq!(values(&corp, "team-00").len(), 20);
        assert_eq!(values(&corp, "team-007/"), ["team-007/Admin", "team-007/ReadOnly"]);
    }
}
