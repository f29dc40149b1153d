//! `[[mark]]`.

use toml_edit::Item;

use super::Place;
use crate::failure::Failure;
use crate::mark::{self, Colour, Mark, Patterns};

/// The marks that are in force with these.
pub(super) fn read(place: &Place<'_>, item: &Item) -> Result<Vec<Mark>, Failure> {
    let tables = item.as_array_of_tables().ok_or_else(|| place.wrong("should be tables: [[mark]]"))?;
    // Whoever gives staging a colour has said nothing of production.
    let says = tables.iter().any(|table| table.contains_key("production"));
    let usual = if says { Vec::new() } else { mark::usual() };
    usual.into_iter().map(Ok).chain(tables.iter().map(|table| read_one(place.text, table))).collect()
}

fn read_one(text: &str, table: &toml_edit::Table) -> Result<Mark, Failure> {
    let mut mark = Mark {
        account: None,
        role: None,
        tagged: None,
        production: false,
        confirm: false,
        ask: false,
        colour: None,
        tags: Vec::new(),
    };
    for (key, item) in table {
        let name = format!("mark.{key}");
        let place = Place { text, key: &name, span: item.span() };
        match key {
            "account" => mark.account = Some(Patterns::new(place.texts(item)?)),
            "role" => mark.role = Some(Patterns::new(place.texts(item)?)),
            "tagged" => mark.tagged = Some(Patterns::new(place.texts(item)?)),
            "production" => mark.production = place.flag(item)?,
            "confirm" => mark.confirm = place.flag(item)?,
            "ask" => mark.ask = place.flag(item)?,
            "colour" => mark.colour = Some(place.parsed(item, Colour::parse)?),
            "tags" => mark.tags = place.texts(item)?.into_iter().map(str::to_owned).collect(),
            _ => return Err(place.wrong("there is no such setting")),
        }
    }
    Ok(mark)
}
