//! Adding marks and choices to `settings.toml`: what is there stays as it is.

use serde::Serialize;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::edit::editable;
use super::wrong;
use crate::failure::Failure;
use crate::ids::AccountId;
use crate::mark::Colour;

/// A `[[mark]]` for one account, or one role of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMark {
    /// The account's id.
    pub account: AccountId,
    /// The role's name; all roles without it.
    pub role: Option<String>,
    /// The colour it gives.
    pub colour: Option<Colour>,
    /// The tags it gives.
    pub tags: Vec<String>,
}

/// Whether the settings say something of this key.
pub fn has(text: &str, key: &str) -> bool {
    text.parse::<DocumentMut>().is_ok_and(|document| document.contains_key(key))
}

/// The text with a value at the top level, all else as it was.
pub fn with_value(text: &str, key: &str, to: &str) -> Result<String, Failure> {
    let mut document = editable(text)?;
    let has_values = document.iter().any(|(_, item)| item.is_value());
    if !has_values && text.starts_with('[') {
        // Set apart from the table that the file begins with.
        return Ok(format!("{key} = {}\n\n{text}", value(to)));
    }
    document.insert(key, value(to));
    Ok(document.to_string())
}

/// The marks that are for an account by its id, as [`with_marks`] writes them.
pub fn marks_in(text: &str) -> Vec<NewMark> {
    let Ok(document) = text.parse::<DocumentMut>() else { return Vec::new() };
    let tables = document.get("mark").and_then(Item::as_array_of_tables);
    let plain = |table: &Table| {
        let known = ["account", "role", "colour", "tags"];
        let text = |key| table.get(key).map(|item| item.as_str());
        let tags = table.get("tags").and_then(Item::as_array).into_iter().flatten();
        table.iter().all(|(key, _)| known.contains(&key)).then_some(())?;
        Some(NewMark {
            account: AccountId::parse(text("account")??).ok()?,
            role: match text("role") {
                Some(role) => Some(role?.to_owned()),
                None => None,
            },
            colour: text("colour").flatten().and_then(|name| Colour::parse(name).ok()),
            tags: tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
        })
    };
    tables.into_iter().flat_map(ArrayOfTables::iter).filter_map(plain).collect()
}

/// The text with these marks behind those it has.
pub fn with_marks(text: &str, marks: &[NewMark]) -> Result<String, Failure> {
    if marks.is_empty() {
        return Ok(text.to_owned());
    }
    let mut document = editable(text)?;
    let item = document.entry("mark").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let tables =
        item.as_array_of_tables_mut().ok_or_else(|| wrong(1, "`mark` should be tables: [[mark]]"))?;
    for mark in marks {
        let mut table = Table::new();
        table.insert("account", value(mark.account.as_str()));
        if let Some(role) = &mark.role {
            table.insert("role", value(role));
        }
        if let Some(colour) = mark.colour {
            table.insert("colour", value(colour.as_str()));
        }
        if !mark.tags.is_empty() {
            table.insert("tags", value(mark.tags.iter().collect::<Array>()));
        }
        tables.push(table);
    }
    Ok(document.to_string())
}
