//! What containers and profiles are called.

use crate::ids::{GrantId, NotValid, RoleName};
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

    /// The name. Control and bidirectional characters are escaped in it; all others stay.
    pub fn of(&self, of: &Of<'_>) -> String {
        let (mut name, mut rest) = (String::new(), self.0.as_str());
        while let Some((literal, tail)) = rest.split_once('{') {
            name.push_str(literal);
            let (field, after) = tail.split_once('}').unwrap_or((tail, ""));
            name.push_str(match field {
                "account" => of.account_name,
                "account_id" => of.grant.account_id.as_str(),
                "role" => role(of.grant),
                _ => of.grant.portal.as_str(),
            });
            rest = after;
        }
        name.push_str(rest);
        let name: String = text::line(name.trim()).chars().take(LONGEST).collect();
        if name.is_empty() { of.grant.account_id.to_string() } else { name }
    }

    /// The folder of a profile that the browser shall make: one for each account, and for each role where names tell
    /// roles apart.
    pub(super) fn folder(&self, of: &Of<'_>) -> String {
        let id = &of.grant.account_id;
        if !self.0.contains("{role}") {
            return format!("rolecall-{id}");
        }
        let safe = |c: char| if c.is_ascii_alphanumeric() || "+=,@_".contains(c) { c } else { '-' };
        format!("rolecall-{id}-{}", of.grant.role_name.as_str().chars().map(safe).collect::<String>())
    }
}

/// A chained role goes by its own name.
fn role(grant: &GrantId) -> &str {
    let name = grant.role_name.as_str();
    name.strip_prefix(RoleName::CHAIN_MARK).unwrap_or(name)
}
