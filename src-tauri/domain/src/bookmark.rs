//! Bookmarks: console pages with a name, in `bookmarks.toml` beside the settings. The file holds no secret and says
//! nothing of how anything is called here, so it can be given to colleagues as it is.
//!
//! ```toml
//! [[bookmark]]
//! name = "payments logs"
//! portal_url = "https://d-1234567890.awsapps.com/start"
//! account_id = "111122223333"
//! role_name = "ReadOnly"         # left out: each takes a role of their own
//! destination = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"   # or the console's home
//! ```

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml_edit::{ArrayOfTables, Document, DocumentMut, Item, Table, value};

use crate::console::Destination;
use crate::failure::{Code, Failure};
use crate::ids::{AccountId, NotValid, StartUrl};
use crate::link::{self, Link, Page};

/// More than anybody can tell apart.
const MOST: usize = 1000;
/// In characters.
const LONGEST_NAME: usize = 64;

/// What a person calls a bookmark. In one file, names differ by more than case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct BookmarkName(String);

impl BookmarkName {
    /// Takes 1 to 64 characters that can be seen. There is no `/` in it: `ACCOUNT/ROLE` never is a bookmark, and neither
    /// is an ARN, which somebody else's file could send elsewhere.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let visible = link::is_plain(text) && !text.contains('/') && text.trim() == text;
        let visible = visible && !Destination::is_like(text);
        // A hyphen in front would be an option.
        if visible && !text.is_empty() && !text.starts_with('-') && text.chars().count() <= LONGEST_NAME {
            return Ok(Self(text.to_owned()));
        }
        Err(NotValid(format!(
            "`{}` can't name a bookmark: use up to {LONGEST_NAME} visible characters without `/`, no `-` or blank at \
             the beginning, and no ARN",
            crate::text::line(text)
        )))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a person who types `text` means this one.
    pub fn is(&self, text: &str) -> bool {
        self.0.to_lowercase() == text.trim().to_lowercase()
    }
}

impl fmt::Display for BookmarkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BookmarkName {
    type Error = NotValid;
    fn try_from(text: String) -> Result<Self, NotValid> {
        Self::parse(&text)
    }
}

impl From<BookmarkName> for String {
    fn from(name: BookmarkName) -> Self {
        name.0
    }
}

/// One bookmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// What it is called.
    pub name: BookmarkName,
    /// Where it leads.
    pub link: Link,
}

impl Bookmark {
    /// Whether both lead to the same place, whatever they are called.
    pub fn leads_where(&self, other: &Self) -> bool {
        let (here, there) = (&self.link, &other.link);
        here.start_url.is_same_portal(&there.start_url)
            && (&here.account_id, &here.role_name, &here.page)
                == (&there.account_id, &there.role_name, &there.page)
    }
}

/// Reads the text of a file of bookmarks; `file` is what it is called in failures, which name line and key.
pub fn parse(file: &str, text: &str) -> Result<Vec<Bookmark>, Failure> {
    let source = Source { file, text };
    let document = Document::parse(text)
        .map_err(|error| source.wrong(&error.span().unwrap_or_default(), error.message()))?;
    let mut bookmarks: Vec<Bookmark> = Vec::new();
    for (key, item) in document.as_table() {
        let span = item.span().unwrap_or_default();
        let Some(tables) = item.as_array_of_tables().filter(|_| key == "bookmark") else {
            return Err(source
                .wrong(&span, &format!("`{key}`: there is nothing but tables [[bookmark]] in this file")));
        };
        for table in tables {
            let bookmark = source.bookmark(table)?;
            if bookmarks.iter().any(|known| known.name.is(bookmark.name.as_str())) {
                let why = format!("`{}` is there twice", bookmark.name);
                return Err(source.wrong(&table.span().unwrap_or_default(), &why));
            }
            bookmarks.push(bookmark);
        }
    }
    if bookmarks.len() > MOST {
        return Err(source.wrong(&(0..0), &format!("there are more than {MOST} bookmarks")));
    }
    Ok(bookmarks)
}

/// The bookmark that a person means by `text`.
pub fn find<'b>(bookmarks: &'b [Bookmark], text: &str) -> Option<&'b Bookmark> {
    bookmarks.iter().find(|bookmark| bookmark.name.is(text))
}

/// The text with bookmarks added at its end, all else as it was. Their names must be free.
pub fn with(file: &str, text: &str, new: &[Bookmark]) -> Result<String, Failure> {
    let (mut document, known) = editable(file, text)?;
    if let Some(taken) = new.iter().find(|new| find(&known, new.name.as_str()).is_some()) {
        let summary = format!("there is a bookmark {} already", taken.name);
        let hint = format!("choose another name, or run `rolecall bookmark remove \"{}\"` first", taken.name);
        return Err(Failure::new(Code::Usage, summary, hint));
    }
    let tables = document.entry("bookmark").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if let Some(tables) = tables.as_array_of_tables_mut() {
        for bookmark in new {
            tables.push(table(bookmark, tables.is_empty() && text.trim().is_empty()));
        }
    }
    let text = document.to_string();
    parse(file, &text).map_err(|failure| Failure {
        summary: failure.reason().to_owned(),
        hint: "choose another name, or remove the one that is there first".to_owned(),
        ..failure
    })?;
    Ok(text)
}

/// The text without the bookmark of this name, all else as it was. Nothing if there is none.
pub fn without(file: &str, text: &str, name: &str) -> Result<Option<String>, Failure> {
    let (mut document, _) = editable(file, text)?;
    let Some(tables) = document.get_mut("bookmark").and_then(Item::as_array_of_tables_mut) else {
        return Ok(None);
    };
    let is = |table: &Table| {
        let known = table.get("name").and_then(Item::as_str);
        known.and_then(|known| BookmarkName::parse(known).ok()).is_some_and(|known| known.is(name))
    };
    let Some(at) = tables.iter().position(is) else { return Ok(None) };
    tables.remove(at);
    Ok(Some(document.to_string()))
}

/// Bookmarks as a file of their own.
pub fn written(bookmarks: &[Bookmark]) -> String {
    let mut document = DocumentMut::new();
    let mut tables = ArrayOfTables::new();
    for bookmark in bookmarks {
        tables.push(table(bookmark, tables.is_empty()));
    }
    document.insert("bookmark", Item::ArrayOfTables(tables));
    document.to_string()
}

/// What would become of somebody else's bookmarks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Import {
    /// Those to add.
    pub new: Vec<Bookmark>,
    /// Those that are here under the same name already, or under another one.
    pub known: Vec<Bookmark>,
    /// Those whose name leads elsewhere here: the person's own stays.
    pub taken: Vec<Bookmark>,
}

impl Import {
    /// Compares.
    pub fn of(mine: &[Bookmark], theirs: Vec<Bookmark>) -> Self {
        let mut import = Self::default();
        for bookmark in theirs {
            let list = if mine.iter().any(|known| known.leads_where(&bookmark)) {
                &mut import.known
            } else if find(mine, bookmark.name.as_str()).is_some() {
                &mut import.taken
            } else {
                &mut import.new
            };
            list.push(bookmark);
        }
        import
    }
}

/// A text with its name, for failures.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn wrong(&self, span: &Range<usize>, why: &str) -> Failure {
        let line = self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
        Failure::new(
            Code::Failed,
            format!("{}, line {line}: {why}", self.file),
            "mend the line, or take the bookmark out",
        )
    }

    fn bookmark(&self, table: &Table) -> Result<Bookmark, Failure> {
        let span = table.span().unwrap_or_default();
        let known = ["name", "portal_url", "account_id", "role_name", "destination"];
        if let Some((key, item)) = table.iter().find(|(key, _)| !known.contains(key)) {
            let why = format!("`{key}`: a bookmark has no such key");
            return Err(self.wrong(&item.span().unwrap_or(span), &why));
        }
        let missing = |key: &str| self.wrong(&span, &format!("`{key}` is missing"));
        let link = Link {
            start_url: self
                .value(table, "portal_url", StartUrl::parse)?
                .ok_or_else(|| missing("portal_url"))?,
            account_id: self
                .value(table, "account_id", AccountId::parse)?
                .ok_or_else(|| missing("account_id"))?,
            role_name: self.value(table, "role_name", link::role)?,
            page: self.value(table, "destination", Page::parse)?,
        };
        let name = self.value(table, "name", BookmarkName::parse)?.ok_or_else(|| missing("name"))?;
        Ok(Bookmark { name, link })
    }

    fn value<T>(
        &self,
        table: &Table,
        key: &str,
        parse: impl Fn(&str) -> Result<T, NotValid>,
    ) -> Result<Option<T>, Failure> {
        let Some(item) = table.get(key) else { return Ok(None) };
        let text = item.as_str().ok_or_else(|| NotValid("should be text in quotes".into()));
        let span = item.span().or_else(|| table.span()).unwrap_or_default();
        text.and_then(parse).map(Some).map_err(|error| self.wrong(&span, &format!("`{key}`: {error}")))
    }
}

/// With the bookmarks that are there.
fn editable(file: &str, text: &str) -> Result<(DocumentMut, Vec<Bookmark>), Failure> {
    // Read in full first: an edit of a file that we misread would be a guess.
    let known = parse(file, text)?;
    let source = Source { file, text };
    let document = text.parse();
    let document = document.map_err(|error: toml_edit::TomlError| source.wrong(&(0..0), error.message()))?;
    Ok((document, known))
}

fn table(bookmark: &Bookmark, is_first: bool) -> Table {
    let mut table = Table::new();
    // Apart from what stands above it.
    table.decor_mut().set_prefix(if is_first { "" } else { "\n" });
    let link = &bookmark.link;
    table.insert("name", value(bookmark.name.as_str()));
    table.insert("portal_url", value(link.start_url.bare()));
    table.insert("account_id", value(link.account_id.as_str()));
    if let Some(role) = &link.role_name {
        table.insert("role_name", value(role.as_str()));
    }
    if let Some(page) = &link.page {
        table.insert("destination", value(page.url()));
    }
    table
}
