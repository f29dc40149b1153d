//! Marks: what the person says about accounts and roles by pattern, such as which are production.
//!
//! A pattern fits a text if it fits all of it or one of its words; case does not count, `*` stands for any
//! letters and `?` for one. In a list, one of the patterns has to fit, and none of those that begin with `!`.

use serde::{Deserialize, Serialize};

use crate::catalogue::Grant;
use crate::chain::Chain;
use crate::ids::NotValid;

/// What is called production where the person has said nothing.
const PRODUCTION: [&str; 6] = ["prod", "production", "prd", "live", "!non*", "!pre*"];

/// The colours that a mark can give, by name: each surface has its own shade for light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "colours are what they are called")]
pub enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
    Pink,
    Grey,
}

impl Colour {
    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Pink => "pink",
            Self::Grey => "grey",
        }
    }

    /// By its English name.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        serde_json::from_value(serde_json::Value::from(text)).map_err(|_| {
            NotValid("should be red, orange, yellow, green, teal, blue, purple, pink or grey".into())
        })
    }
}

/// Patterns of which one has to fit and none of those that begin with `!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Patterns {
    /// As written in the settings. With exceptions only, everything else is meant.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for pattern in patterns {
            match pattern.strip_prefix('!') {
                Some(pattern) => unwanted.push(pattern.to_lowercase()),
                None => wanted.push(pattern.to_lowercase()),
            }
        }
        if wanted.is_empty() {
            wanted.push("*".to_owned());
        }
        Self { wanted, unwanted }
    }

    fn fit(&self, texts: &[&str]) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|p| texts.iter().any(|text| fits(p, text)));
        any(&self.wanted) && !any(&self.unwanted)
    }

    /// As it is shown: `prod, live, !pre*`.
    pub fn text(&self) -> String {
        let unwanted = self.unwanted.iter().map(|pattern| format!("!{pattern}"));
        self.wanted.iter().cloned().chain(unwanted).collect::<Vec<_>>().join(", ")
    }
}

/// One `[[mark]]` of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// On the account's name or id.
    pub account: Option<Patterns>,
    /// On the role's name; of a chained role, on its own or on that of its ARN.
    pub role: Option<Patterns>,
    /// On tags that earlier marks gave.
    pub tagged: Option<Patterns>,
    /// The grants are production.
    pub production: bool,
    /// A switch to them wants a second, deliberate act.
    pub confirm: bool,
    /// A program gets their credentials only if the person says so.
    pub ask: bool,
    /// The colour they have everywhere; a later mark's counts.
    pub colour: Option<Colour>,
    /// The tags they get.
    pub tags: Vec<String>,
}

/// What the marks say about one grant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// It is production.
    pub production: bool,
    /// Switching to it wants a second act.
    pub confirm: bool,
    /// A program that wants its credentials has to be let in.
    pub ask: bool,
    /// Its colour.
    pub colour: Option<Colour>,
    /// Its tags, in the order they were given.
    pub tags: Vec<String>,
}

/// The marks that are in force where the settings have none that says `production`, before those they have.
pub fn usual() -> Vec<Mark> {
    vec![Mark {
        account: Some(Patterns::new(PRODUCTION)),
        role: None,
        tagged: None,
        production: true,
        confirm: false,
        ask: false,
        colour: Some(Colour::Red),
        tags: Vec::new(),
    }]
}

/// What the marks say about a grant. They are gone through in order, so that one can build on another's tags.
pub fn look(marks: &[Mark], grant: Grant<'_>) -> Look {
    let mut look = Look::default();
    let names = [grant.account.name.as_str(), grant.account.id.as_str()];
    let chained = grant.chain.map(Chain::names).into_iter().flatten();
    let roles: Vec<&str> = std::iter::once(grant.role_name.as_str()).chain(chained).collect();
    for mark in marks {
        let tags: Vec<&str> = look.tags.iter().map(String::as_str).collect();
        let fits = |patterns: &Option<Patterns>, texts: &[&str]| {
            patterns.as_ref().is_none_or(|patterns| patterns.fit(texts))
        };
        let account = fits(&mark.account, &names);
        let role = fits(&mark.role, &roles);
        let tagged = fits(&mark.tagged, &tags);
        if account && role && tagged {
            look.production |= mark.production;
            look.confirm |= mark.confirm;
            look.ask |= mark.ask;
            look.colour = mark.colour.or(look.colour);
            for tag in &mark.tags {
                if !look.tags.contains(tag) {
                    look.tags.push(tag.clone());
                }
            }
        }
    }
    look
}

/// `pattern` is in lower case.
fn fits(pattern: &str, text: &str) -> bool {
    let lower = text.to_lowercase();
    let pattern: Vec<char> = pattern.chars().collect();
    let all: Vec<char> = lower.chars().collect();
    glob(&pattern, &all) || words(text).iter().any(|word| glob(&pattern, word))
}

/// The words of a name, in lower case: `PaymentsProd-2` is payments, prod and 2.
fn words(text: &str) -> Vec<Vec<char>> {
    let mut words = vec![Vec::new()];
    let mut before: Option<char> = None;
    for c in text.chars() {
        let humps = |b: char| b.is_lowercase() && c.is_uppercase() || b.is_numeric() != c.is_numeric();
        if !c.is_alphanumeric() || before.is_some_and(humps) {
            words.push(Vec::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = Some(c).filter(|c| c.is_alphanumeric());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Linear in the text for each `*`: names and patterns are short, but names are not ours.
fn glob(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                (p, t) = (at + 1, from + 1);
                star = Some((at, from + 1));
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Account;
    use crate::ids::{AccountId, PortalName, RoleName};

    fn look_at(marks: &[Mark], name: &str, role: &str) -> Look {
        let account = Account {
            id: AccountId::parse("111122223333").unwrap(),
            name: name.to_owned(),
            email: None,
            roles: vec![RoleName::parse(role).unwrap()],
            roles_at: None,
        };
        let portal = PortalName::parse("corp").unwrap();
        look(marks, Grant { portal: &portal, account: &account, role_name: &account.roles[0], chain: None })
    }

    #[test]
    fn production_is_found_by_word() {
        for name in ["Payments Production", "payments-prod", "PaymentsProd2", "PROD", "eu_live_1", "acme.prd"]
        {
            assert!(look_at(&usual(), name, "Admin").production, "{name}");
        }
        for name in ["Product Catalogue", "nonprod", "non-prod", "pre-production", "reproduction", "olive"] {
            assert!(!look_at(&usual(), name, "Admin").production, "{name}");
        }
    }

    #[test]
    fn marks_build_on_one_another() {
        let mark = |account: Option<&str>, role: Option<&str>, tagged: Option<&str>| Mark {
            account: account.map(|p| Patterns::new([p])),
            role: role.map(|p| Patterns::new([p])),
            tagged: tagged.map(|p| Patterns::new([p])),
            production: false,
            confirm: false,
            ask: false,
            colour: None,
            tags: Vec::new(),
        };
        let marks = [
            Mark { tags: vec!["pci".into()], colour: Some(Colour::Blue), ..mark(Some("1111*"), None, None) },
            Mark { production: true, ..mark(None, None, Some("pci")) },
            Mark {
                confirm: true,
                ask: true,
                colour: Some(Colour::Red),
                ..mark(None, Some("*admin*"), Some("pci"))
            },
        ];
        let admin = look_at(&marks, "Cards", "AdministratorAccess");
        assert!(admin.production && admin.confirm && admin.ask);
        assert_eq!((admin.colour, admin.tags), (Some(Colour::Red), vec!["pci".to_owned()]));
        let reader = look_at(&marks, "Cards", "ReadOnlyAccess");
        assert!(reader.production && !reader.confirm && !reader.ask);
        assert_eq!(reader.colour, Some(Colour::Blue));
    }

    #[test]
    fn a_pattern_of_stars_ends_soon() {
        let pattern: Vec<char> = "*a".repeat(40).chars().collect();
        let text: Vec<char> = "a".repeat(300).chars().chain(['b']).collect();
        assert!(!glob(&pattern, &text));
        assert!(glob(&['?', '*', 'b'], &text) && glob(&['*'], &[]) && !glob(&['?'], &[]));
    }
}
