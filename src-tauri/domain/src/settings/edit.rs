//! Changing `settings.toml` in place: comments, order and spacing are the person's.

use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::{Choice, Portal, Settings, browser, wrong};
use crate::failure::{Code, Failure};
use crate::ids::{PortalName, StartUrl};

/// The text with `portal` put in, all else as it was. A portal of that name is replaced.
pub fn with_portal(text: &str, portal: &Portal) -> Result<String, Failure> {
    let mut document = editable(text)?;
    let portals = document.entry("portal").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let Some(portals) = portals.as_table_like_mut() else { return Err(wrong(1, "`portal` is not a table")) };
    let entry = portals.entry(portal.name.as_str()).or_insert(Item::Table(Table::new()));
    let Some(entry) = entry.as_table_like_mut() else {
        return Err(wrong(1, &format!("`portal.{}` is not a table", portal.name)));
    };
    // Another spelling of the same address would be another portal to what is kept under it.
    let known = entry.get("start_url").and_then(Item::as_str).and_then(|url| StartUrl::parse(url).ok());
    if !known.is_some_and(|known| known.is_same_portal(&portal.start_url)) {
        entry.insert("start_url", toml_edit::value(portal.start_url.as_str()));
    }
    entry.insert("region", toml_edit::value(portal.region.as_str()));
    Ok(document.to_string())
}

/// The text without the portal, all else as it was.
pub fn without_portal(text: &str, name: &PortalName) -> Result<String, Failure> {
    let mut document = editable(text)?;
    if let Some(portals) = document.get_mut("portal").and_then(Item::as_table_like_mut) {
        portals.remove(name.as_str());
    }
    Ok(document.to_string())
}

pub(super) fn editable(text: &str) -> Result<DocumentMut, Failure> {
    // Parsed in full first: an edit of a file that we misread would be a guess.
    Settings::parse(text)?;
    text.parse::<DocumentMut>().map_err(|error| wrong(1, error.message()))
}

/// The text with one choice made, all else as it was.
pub fn with_choice(text: &str, choice: &Choice) -> Result<String, Failure> {
    let mut file = editable(text)?;
    let document = file.as_table_mut();
    match choice {
        Choice::DefaultProfile(profile) => put(document, "default_profile", profile.as_str()),
        Choice::DefaultRegion(Some(region)) => put(document, "default_region", region.as_str()),
        Choice::DefaultRegion(None) => {
            document.remove("default_region");
        }
        Choice::Theme(theme) => put(document, "theme", theme.as_str()),
        Choice::Hotkey(keys) => put(document, "hotkey", keys.as_deref().unwrap_or_default()),
        Choice::SignIn(place) => put(document, "sign_in", place.as_str()),
        Choice::ConsolePage(page) => put(document, "console_page", page.as_str()),
        Choice::Autostart(on) => put(document, "autostart", *on),
        Choice::NotifySwitch(on) => put(notifications(document)?, "switch", *on),
        Choice::NotifySession(on) => put(notifications(document)?, "session", *on),
        Choice::ConsoleVia(via) => put(document, "console_via", via.as_str()),
        Choice::BrowserOpen(_)
        | Choice::BrowserProgram(_)
        | Choice::BrowserName(_)
        | Choice::BrowserExtension(_)
        | Choice::BrowserPrivate(_) => {
            let before = Settings::parse(text)?.browser;
            let after = browser::chosen(&before, choice)?;
            browser::write(document, &before, &after)?;
        }
    }
    let text = file.to_string();
    // What we write must be what we can read: a hotkey, for one, comes from the person as free text.
    Settings::parse(&text).map_err(|failure| refused(failure.reason()))?;
    Ok(text)
}

pub(super) fn refused(why: &str) -> Failure {
    Failure::new(Code::Failed, why, "choose another value")
}

/// Replaces a value and leaves what surrounds it: comments above and behind.
pub(super) fn put(table: &mut dyn TableLike, key: &str, value: impl Into<toml_edit::Value>) {
    let mut value = value.into();
    match table.get_mut(key) {
        Some(item) => {
            if let Some(before) = item.as_value() {
                *value.decor_mut() = before.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

fn notifications(document: &mut Table) -> Result<&mut Table, Failure> {
    let table = document.entry("notifications").or_insert(Item::Table(Table::new()));
    table.as_table_mut().ok_or_else(|| wrong(1, "`notifications` should be a table: [notifications]"))
}
