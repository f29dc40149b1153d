//! What a search finds, as the quick switcher shows it.

use serde::Serialize;

use super::{GrantView, Moment};
use crate::app::Action;
use crate::bookmark::BookmarkName;
use crate::ids::AccountId;

/// A page of the console. Its texts are untrusted, with nothing invisible left in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PageView {
    /// What the person calls it; none if it was only opened lately.
    pub name: Option<BookmarkName>,
    /// What it shows, such as `lambda: functions/invoice`.
    pub title: String,
    /// Its address; none for the console's home.
    pub url: Option<String>,
    /// The number of the key that opens it.
    pub key: Option<u32>,
    /// Where it is not clear as whom it is opened: how many roles could.
    pub roles: u32,
    /// When it was opened last, if it is no bookmark.
    pub opened_at: Option<Moment>,
    /// What opens it.
    pub action: Action,
}

/// One row of the quick switcher: a grant, or a page that is opened as it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RowView {
    /// Who.
    pub grant: GrantView,
    /// Where, if it is about a page of the console.
    pub page: Option<PageView>,
}

/// A part of the answers to a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Of the view that they belong to.
    pub revision: u32,
    /// What was asked.
    pub query: String,
    /// All answers.
    pub total: u32,
    /// How many of them are pages of the console, and no grants.
    pub pages: u32,
    /// The place of the first one here.
    pub from: u32,
    /// Best first.
    pub rows: Vec<RowView>,
    /// What the console opens at if it is opened from this query, such as `instance i-1`. Safe to show.
    pub page: Option<String>,
    /// Something in the query looks like an ARN or an address, and leads to no page.
    pub not_a_page: bool,
    /// The account of what was pasted, if no role is known in it.
    pub stranger: Option<AccountId>,
}
