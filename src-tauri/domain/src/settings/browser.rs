//! `[browser]`, and `browser` of a portal.

use toml_edit::{Item, Table};

use super::edit::{put, refused};
use super::{Place, wrong};
use crate::browser::{Choice, Family, Name, Open, Program};
use crate::failure::Failure;
use crate::ids::NotValid;

/// The program that is not named: the default browser, or the first one that is found.
const AUTO: &str = "auto";

pub(super) fn read(place: &Place<'_>, item: &Item) -> Result<Choice, Failure> {
    let table =
        item.as_table_like().ok_or_else(|| place.wrong(&format!("should be a table: [{}]", place.key)))?;
    let mut choice = Choice::default();
    for (key, item) in table.iter() {
        let name = format!("{}.{key}", place.key);
        let place = Place { text: place.text, key: &name, span: item.span() };
        match key {
            "open" => choice.open = place.one_of(item)?,
            "program" => choice.program = place.parsed(item, program)?,
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

fn program(text: &str) -> Result<Option<Program>, NotValid> {
    if text == AUTO { Ok(None) } else { Program::parse(text).map(Some) }
}

/// What is chosen then, without what does not go with it.
pub(super) fn chosen(before: &Choice, choice: &super::Choice) -> Result<Choice, Failure> {
    use super::Choice as Chosen;
    let not_valid = |error: NotValid| refused(&error.0);
    Ok(match choice {
        Chosen::BrowserOpen(open) => before.with_open(*open),
        Chosen::BrowserProgram(typed) => {
            let program = typed.as_deref().map(program).transpose().map_err(not_valid)?;
            before.with_program(program.flatten())
        }
        Chosen::BrowserName(typed) => {
            Choice { name: Name::parse(typed).map_err(not_valid)?, ..before.clone() }
        }
        Chosen::BrowserExtension(extension) => Choice { extension: *extension, ..before.clone() },
        Chosen::BrowserPrivate(private) => before.with_private(*private),
        _ => before.clone(),
    })
}

/// Writes what differs, and no other line.
pub(super) fn write(document: &mut Table, before: &Choice, after: &Choice) -> Result<(), Failure> {
    if before == after {
        return Ok(());
    }
    let item = document.entry("browser").or_insert(Item::Table(Table::new()));
    let table = item.as_table_like_mut().ok_or_else(|| wrong(1, "`browser` should be a table: [browser]"))?;
    let keys = table.len();
    if after.open != before.open {
        put(table, "open", after.open.as_str());
    }
    if after.program != before.program {
        // Taking the line away would take the person's comment on it away.
        put(table, "program", after.program.as_ref().map_or(AUTO.into(), Program::text).as_ref());
    }
    if after.extension != before.extension {
        put(table, "container_extension", after.extension.as_str());
    }
    if after.name != before.name {
        put(table, "name", after.name.as_str());
    }
    if after.private != before.private {
        put(table, "private", after.private);
    }
    let has_more = table.len() > keys;
    if let Some(inline) = item.as_inline_table_mut().filter(|_| has_more) {
        // The space before the bracket would stand before the comma.
        inline.fmt();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
