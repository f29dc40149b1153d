//! What generated profiles are called: a template, filled with what is known of a grant.
//!
//! ```text
//! {account}/{role}            Checkout-Production/ReadOnlyAccess
//! {account|lower}.{role}      checkout-production.ReadOnlyAccess
//! {portal}:{account_id}:{role}:{region}
//! ```
//!
//! Account and role names are anybody's text, while a profile's name has to be read alike by every AWS tool and has to
//! pass through `credential_process` unquoted. So what is outside `A–Z a–z 0–9 _ - . / @ : +` becomes a hyphen.

use std::fmt;

use crate::ids::{AccountId, NotValid, PortalName, ProfileName, Region, RoleName};

/// The longest name that [`ProfileName`] takes.
const LONGEST: usize = 128;
/// What a template is where nothing else is chosen.
const USUAL: &str = "{account}/{role}";

/// How profiles are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Value { field: Field, lower: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Account,
    AccountId,
    Role,
    Portal,
    Region,
}

/// What a template is filled with.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The portal that lists the grant.
    pub portal: &'a PortalName,
    /// Twelve digits, leading zeros among them.
    pub account_id: &'a AccountId,
    /// As its owner named it: any text, also none.
    pub account_name: &'a str,
    /// Any text.
    pub role_name: &'a RoleName,
    /// The region of the profile, where it has one of its own.
    pub region: Option<&'a Region>,
}

impl Default for Template {
    fn default() -> Self {
        let value = |field| Piece::Value { field, lower: false };
        let pieces = vec![value(Field::Account), Piece::Literal("/".into()), value(Field::Role)];
        Self { text: USUAL.into(), pieces }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Template {
    /// Reads a template. Refused are unknown placeholders, text that can't be in a profile's name, and templates that
    /// would name all profiles alike.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(['{', '}']).unwrap_or(rest.len());
            let (literal, tail) = rest.split_at(end);
            if let Some(bad) = literal.chars().find(|c| !is_safe(*c)) {
                let bad = bad.to_string();
                return Err(wrong(&format!(
                    "`{}` can't be in a profile's name: use letters, digits and `_ - . / @ : +`",
                    crate::text::line(&bad)
                )));
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
            rest = match tail.strip_prefix('{') {
                None if tail.is_empty() => tail,
                None => return Err(wrong("a `}` without its `{`")),
                Some(inside) => {
                    let (name, tail) =
                        inside.split_once('}').ok_or_else(|| wrong("a `{` without its `}`"))?;
                    pieces.push(placeholder(name)?);
                    tail
                }
            };
        }
        if !pieces.iter().any(|piece| matches!(piece, Piece::Value { .. })) {
            return Err(wrong("it would name all profiles alike: use {account}, {account_id} or {role}"));
        }
        Ok(Self { text: text.to_owned(), pieces })
    }

    /// Whether names depend on the region.
    pub fn has_region(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Value { field: Field::Region, .. }))
    }

    /// Whether names have the role as it is called, not only in small letters.
    pub fn tells_roles(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Value { field: Field::Role, lower: false }))
    }

    /// The name of a grant's profile. An account whose name has nothing that a profile's name may have is called by
    /// its id; of other parts that are empty, the text in front of them goes too. Names end after 128 characters.
    ///
    /// Different grants can get the same name.
    pub fn name(&self, parts: &Parts<'_>) -> ProfileName {
        let mut name = String::new();
        // Where the literal begins that the next value, if it is empty, takes away.
        let mut literal_at = None;
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => {
                    literal_at = Some(name.len());
                    name.push_str(text);
                }
                Piece::Value { field, lower } => {
                    let value = parts.value(*field);
                    match literal_at.take() {
                        Some(at) if value.is_empty() => name.truncate(at),
                        _ if *lower => name.push_str(&value.to_ascii_lowercase()),
                        _ => name.push_str(&value),
                    }
                }
            }
        }
        shortened(&name, LONGEST).unwrap_or_else(|| id_as_name(parts.account_id))
    }
}

impl Parts<'_> {
    fn value(&self, field: Field) -> String {
        match field {
            Field::Account => {
                let name = safe(self.account_name);
                if name.is_empty() { self.account_id.to_string() } else { name }
            }
            Field::AccountId => self.account_id.to_string(),
            Field::Role => safe(self.role_name.as_str()),
            Field::Portal => self.portal.to_string(),
            Field::Region => self.region.map(Region::to_string).unwrap_or_default(),
        }
    }
}

/// The name with more behind it, which makes it different from others. Where both do not fit, the name is cut.
pub fn with_suffix(name: &ProfileName, suffix: &str) -> ProfileName {
    let suffix = safe(suffix);
    let room = LONGEST.saturating_sub(suffix.len() + 1);
    let cut: String = name.as_str().chars().take(room).collect();
    let long = format!("{}-{suffix}", cut.trim_end_matches('-'));
    shortened(&long, LONGEST).unwrap_or_else(|| name.clone())
}

fn placeholder(inside: &str) -> Result<Piece, NotValid> {
    let (name, filter) = match inside.split_once('|') {
        Some((name, filter)) => (name.trim(), Some(filter.trim())),
        None => (inside.trim(), None),
    };
    let field = match name {
        "account" => Field::Account,
        "account_id" => Field::AccountId,
        "role" => Field::Role,
        "portal" => Field::Portal,
        "region" => Field::Region,
        _ => {
            return Err(wrong(&format!(
                "there is no {{{}}}: use {{account}}, {{account_id}}, {{role}}, {{portal}}, {{region}}",
                crate::text::line(name)
            )));
        }
    };
    match filter {
        None => Ok(Piece::Value { field, lower: false }),
        Some("lower") => Ok(Piece::Value { field, lower: true }),
        Some(other) => Err(wrong(&format!("there is no `|{}`, only `|lower`", crate::text::line(other)))),
    }
}

fn wrong(why: &str) -> NotValid {
    NotValid(format!("not a template for profile names: {why}"))
}

/// What every tool takes in a profile's name and passes on in a command. `%` is not of it: `cmd.exe` replaces it.
fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-./@:+".contains(c)
}

/// The text with hyphens for whatever is not safe: one for several, none at the ends.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if is_safe(c) { c } else { '-' };
        if c != '-' || !(safe.is_empty() || safe.ends_with('-')) {
            safe.push(c);
        }
    }
    safe.truncate(safe.trim_end_matches('-').len());
    safe
}

fn shortened(name: &str, longest: usize) -> Option<ProfileName> {
    let name: String = name.trim_start_matches('-').chars().take(longest).collect();
    ProfileName::parse(name.trim_end_matches('-')).ok()
}

/// Twelve digits are a good name; the other branch is never taken.
fn id_as_name(id: &AccountId) -> ProfileName {
    ProfileName::parse(id.as_str()).unwrap_or_else(|_| ProfileName::default_profile())
}

#[cfg(test)]
mod tests;
