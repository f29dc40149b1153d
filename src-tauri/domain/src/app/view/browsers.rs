//! Where the console opens, as the settings window shows it.

use serde::Serialize;

use crate::browser::{Extension, Open};

/// `[browser]` of the settings, or of a portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[expect(missing_docs, reason = "they are the fields of `browser::Choice`")]
pub struct BrowserChoices {
    pub open: Open,
    /// The id of a [`BrowserView`].
    pub program: Option<String>,
    pub extension: Extension,
    pub name: String,
    pub private: bool,
}

/// A browser that the console can open in, or that the settings name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BrowserView {
    /// As in the settings: its name, or the path of its program.
    pub id: String,
    /// What people call it. Safe to show.
    pub label: String,
    /// How many profiles it has, as far as they are known.
    pub profiles: u32,
    /// An add-on can bring containers.
    pub containers: bool,
    /// It was looked for, and is not on this computer.
    pub missing: bool,
}
