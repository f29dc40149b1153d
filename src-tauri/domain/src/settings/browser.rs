//! `[browser]`.

use toml_edit::Item;

use super::Place;
use crate::browser::{Choice, Family, Name, Open, Program};
use crate::failure::Failure;

pub(super) fn read(place: &Place<'_>, item: &Item) -> Result<Choice, Failure> {
    let table = item.as_table_like().ok_or_else(|| place.wrong("should be a table: [browser]"))?;
    let mut choice = Choice::default();
    for (key, item) in table.iter() {
        let name = format!("browser.{key}");
        let place = Place { text: place.text, key: &name, span: item.span() };
        match key {
            "open" => choice.open = place.one_of(item)?,
            "program" => choice.program = Some(place.parsed(item, Program::parse)?),
            "container_extension" => choice.extension = place.one_of(item)?,
            "name" => choice.name = place.parsed(item, Name::parse)?,
            "private" => choice.private = place.flag(item)?,
            _ => return Err(place.wrong("there is no such setting")),
        }
    }
    if choice.open == Open::FirefoxContainer {
        if choice.private {
            return Err(place.wrong("private windows have no containers: choose one of the two"));
        }
        if choice.program.as_ref().is_some_and(|program| program.family() != Family::Firefox) {
            return Err(
                place.wrong("only Firefox has containers: choose another `program`, or `open = \"profile\"`")
            );
        }
    }
    Ok(choice)
}
