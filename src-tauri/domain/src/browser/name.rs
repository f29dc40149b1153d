//! What containers and profiles are called.

use crate::catalogue::Catalogue;
use crate::ids::{AccountId, GrantId, NotValid, PortalName, RoleName};
use crate::text;

/// More than that is cut off by every browser.
const LONGEST: usize = 80;
const FIELDS: [&str; 4] = ["account", "account_id", "role", "portal"];

/// A name, with placeholders in braces: `{account}`, `{account_id}`, `{role}`, `{portal}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// What a name is filled with.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// Whose console it is.
    pub grant: &'a GrantId,
    /// As its owner named the account: any text.
    pub account_name: &'a str,
    /// What is known of all portals, so that no two accounts get one name. Not looked at where the choice does not
    /// [compare accounts](super::Choice::compares_accounts).
    pub catalogues: &'a [Catalogue],
}

impl Default for Name {
    fn default() -> Self {
        Self("{account}".into())
    }
}

impl Name {
    /// Reads a name. Unknown placeholders are refused, and so is a name of nothing.
    pub fn parse(name: &str) -> Result<Self, NotValid> {
        if name.trim().is_empty() {
            return Err(NotValid("the name is empty".into()));
        }
        let mut rest = name;
        while let Some((_, tail)) = rest.split_once('{') {
            let (field, after) = tail.split_once('}').unwrap_or((tail, ""));
            if !FIELDS.contains(&field) {
                let field = text::line(field);
                let why = format!(
                    "there is no {{{field}}}: use {{account}}, {{account_id}}, {{role}} or {{portal}}"
                );
                return Err(NotValid(why));
            }
            rest = after;
        }
        Ok(Self(name.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is another name for other accounts or roles.
    pub fn varies(&self) -> bool {
        self.0.contains('{')
    }

    /// Whether accounts are to be kept apart by what they are called, which may be the same for several of them.
    pub(super) fn compares_accounts(&self) -> bool {
        self.has("{account}") && !self.has("{account_id}")
    }

    /// The name. Control and bidirectional characters are escaped in it; all others stay. It ends with the account's id
    /// if it would be another account's name too.
    pub fn of(&self, of: &Of<'_>) -> String {
        let GrantId { portal, account_id, role_name } = of.grant;
        let name = self.filled(portal, account_id, of.account_name, role_name);
        let is_taken = self.compares_accounts() && of.catalogues.iter().any(|c| self.is_taken(&name, of, c));
        if is_taken { with_id(&name, account_id) } else { name }
    }

    /// Whether this would be the name of another account as well, by a role of its own or by one like the grant's.
    fn is_taken(&self, name: &str, of: &Of<'_>, catalogue: &Catalogue) -> bool {
        catalogue.accounts.iter().filter(|account| account.id != of.grant.account_id).any(|other| {
            let roles = if self.has("{role}") { other.roles.as_slice() } else { &[] };
            roles.iter().chain([&of.grant.role_name]).any(|role| {
                let theirs = self.filled(&catalogue.portal, &other.id, &other.name, role);
                // Nothing keeps an owner from giving an account the name that another one gets here.
                theirs == name || with_id(&theirs, &other.id) == name
            })
        })
    }

    fn has(&self, placeholder: &str) -> bool {
        self.0.contains(placeholder)
    }

    fn filled(
        &self,
        portal: &PortalName,
        id: &AccountId,
        account_name: &str,
        role_name: &RoleName,
    ) -> String {
        let (mut name, mut rest) = (String::new(), self.0.as_str());
        while let Some((literal, tail)) = rest.split_once('{') {
            name.push_str(literal);
            let (field, after) = tail.split_once('}').unwrap_or((tail, ""));
            name.push_str(match field {
                "account" => account_name,
                "account_id" => id.as_str(),
                "role" => role(role_name),
                _ => portal.as_str(),
            });
            rest = after;
        }
        name.push_str(rest);
        let name: String = text::line(name.trim()).chars().take(LONGEST).collect();
        if name.is_empty() { id.to_string() } else { name }
    }

    /// The folder of a profile that the browser shall make: one for each account, and for each role where names tell
    /// roles apart.
    pub(super) fn folder(&self, of: &Of<'_>) -> String {
        let id = &of.grant.account_id;
        if !self.has("{role}") {
            return format!("rolecall-{id}");
        }
        let safe = |c: char| if c.is_ascii_alphanumeric() || "+=,@_".contains(c) { c } else { '-' };
        format!("rolecall-{id}-{}", of.grant.role_name.as_str().chars().map(safe).collect::<String>())
    }
}

/// The whole id, whatever has to go for it.
fn with_id(name: &str, id: &AccountId) -> String {
    let end = format!(" ({id})");
    let start: String = name.chars().take(LONGEST - end.len()).collect();
    start.trim_end().to_owned() + &end
}

/// A chained role goes by its own name.
fn role(name: &RoleName) -> &str {
    let name = name.as_str();
    name.strip_prefix(RoleName::CHAIN_MARK).unwrap_or(name)
}
