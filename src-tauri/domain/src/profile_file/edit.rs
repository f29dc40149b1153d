//! Setting and removing keys and sections, line by line.

use std::fmt;
use std::ops::Range;

use super::doubt::{Doubt, Finding};
use super::header::{self, DEFAULTS, Header, Kind};
use super::line::{KeyParts, is_space};
use super::outline::{KeySpan, SectionSpan};
use super::rules::{self, NameRefused, ValueRefused};
use super::text::{Ending, Text};
use super::{ConfigFile, FileKind};

/// Why an edit was not made. The file is unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditRefused {
    /// A section of this name cannot be created.
    Name(NameRefused),
    /// A key or value is not written.
    Value {
        /// The key it was for.
        key: String,
        /// What is wrong with it.
        reason: ValueRefused,
    },
    /// Clients read the lines concerned so differently that no edit is right for all.
    Unclear(Finding),
}

impl fmt::Display for EditRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(reason) => write!(f, "{reason}"),
            Self::Value { key, reason } => write!(f, "{key}: {reason}"),
            Self::Unclear(finding) => write!(f, "{finding}; correct it by hand first"),
        }
    }
}

impl std::error::Error for EditRefused {}

pub(super) type Changes<'a> = [(&'a str, Option<&'a str>)];

fn unclear(line: usize, doubt: Doubt) -> EditRefused {
    EditRefused::Unclear(Finding { line: line + 1, doubt })
}

pub(super) fn set(
    file: &mut ConfigFile,
    kind: Kind,
    name: &str,
    changes: &Changes<'_>,
) -> Result<(), EditRefused> {
    check(changes)?;
    let spellings = editable_headers(file, kind, name)?;
    let mut draft = file.clone();
    while_closed(&mut draft, |draft| {
        if spellings.is_empty() {
            create(draft, kind, name, changes)?;
        }
        spellings.iter().try_for_each(|spelling| {
            changes.iter().try_for_each(|(key, value)| change_key(draft, spelling, key, *value))
        })
    })?;
    *file = draft;
    Ok(())
}

/// Whether keys and values are such that every client reads them alike.
pub(super) fn check(changes: &Changes<'_>) -> Result<(), EditRefused> {
    changes.iter().try_for_each(|(key, value)| {
        let checked = rules::check_key(key).and_then(|()| value.map_or(Ok(()), rules::check_value));
        checked.map_err(|reason| EditRefused::Value { key: (*key).to_owned(), reason })
    })
}

pub(super) fn remove(file: &mut ConfigFile, kind: Kind, name: &str) -> Result<(), EditRefused> {
    let outline = file.outline();
    editable_headers(file, kind, name)?;
    // From the end, so that the line numbers of the others stay right.
    while_closed(file, |file| {
        outline.named(kind, name).rev().for_each(|section| remove_section(file, section));
    });
    Ok(())
}

/// An edit of a text that has an ending on every line meanwhile, and has its last one off again if it came so.
pub(super) fn while_closed<T>(file: &mut ConfigFile, edit: impl FnOnce(&mut ConfigFile) -> T) -> T {
    let open = file.text.close();
    let outcome = edit(file);
    if open {
        file.text.open();
    }
    outcome
}

/// The different headers of a section, each of which is to be edited. Refused if a client could see
/// the section, or its end, somewhere else.
fn editable_headers(file: &ConfigFile, kind: Kind, name: &str) -> Result<Vec<String>, EditRefused> {
    if file.kind == FileKind::Credentials && name == DEFAULTS {
        return Err(EditRefused::Name(NameRefused::Reserved));
    }
    let outline = file.outline();
    if let Some(line) = outline.doubtful_header(kind, name) {
        return Err(unclear(line, Doubt::UnclearHeader));
    }
    let mut spellings: Vec<String> = Vec::new();
    for section in outline.named(kind, name) {
        if let Some(odd) = section.odd.first() {
            let doubt = if odd.header.is_some() { Doubt::UnclearHeader } else { Doubt::OddSpace };
            return Err(unclear(odd.line, doubt));
        }
        if let Some(key) = section.doubly_read_key() {
            return Err(unclear(key.line, Doubt::ContinuedValue));
        }
        // For a client that does not see the next header its keys belong to this section.
        if let Some(next) = outline.sections.iter().find(|other| other.header_line == section.end)
            && matches!(next.header, Header::Unclear { .. })
        {
            return Err(unclear(next.header_line, Doubt::UnclearHeader));
        }
        if let Some(spelling) = section.header.spelling()
            && !spellings.iter().any(|known| known == spelling)
        {
            spellings.push(spelling.to_owned());
        }
    }
    Ok(spellings)
}

fn create(file: &mut ConfigFile, kind: Kind, name: &str, changes: &Changes<'_>) -> Result<(), EditRefused> {
    if changes.iter().all(|(_, value)| value.is_none()) {
        return Ok(());
    }
    rules::check_name(name, kind, file.kind).map_err(EditRefused::Name)?;
    let text = &mut file.text;
    let ending = text.dominant_ending(0..text.lines.len()).unwrap_or(Ending::Lf);
    let spelling = header::write(kind, name, file.kind);
    for line in separator(text).into_iter().chain([format!("[{spelling}]")]) {
        text.insert(text.lines.len(), line, ending);
    }
    for (key, value) in changes {
        change_key(file, &spelling, key, *value)?;
    }
    Ok(())
}

/// The blank line in front of a new section. A header right behind a byte-order mark would not be seen by the Go SDK.
pub(super) fn separator(text: &Text) -> Option<String> {
    text.lines.last().map_or(text.bom, |last| !is_blank(&last.text)).then(String::new)
}

/// Gives a key one value, or none, in the sections of one header.
fn change_key(
    file: &mut ConfigFile,
    spelling: &str,
    key: &str,
    value: Option<&str>,
) -> Result<(), EditRefused> {
    let outline = file.outline();
    let sections: Vec<&SectionSpan> =
        outline.sections.iter().filter(|s| s.header.spelling() == Some(spelling)).collect();
    let spans = || sections.iter().flat_map(|section| &section.keys);
    let mut copies: Vec<&KeySpan> = spans().filter(|span| span.parts.key() == key).collect();
    let set_at = value.map(|_| copies.last().map_or(usize::MAX, |last| last.line));
    if let Some(finding) = spans().find_map(|span| conflict(span, key, set_at)) {
        return Err(finding);
    }
    let inherited = outline.sections.iter().filter(|section| section.header.is_inherited());
    if value.is_none()
        && let Some(span) = inherited.flat_map(|section| &section.keys).find(|span| span.parts.key() == key)
    {
        return Err(unclear(span.line, Doubt::Inherited));
    }
    let kept = if value.is_some() { copies.pop() } else { None };
    // The kept copy is the last one; going backwards keeps the line numbers of the others right.
    if let (Some(kept), Some(value)) = (kept, value) {
        replace(file, kept, value);
    } else if let (Some(value), Some(section)) = (value, sections.last()) {
        append(file, section, key, value);
    }
    copies.into_iter().rev().for_each(|copy| take_out(file, copy));
    Ok(())
}

/// Why changing `key` cannot be right for all clients given this key of the section. `set_at` is the
/// line that will carry the value, if it is set at all.
fn conflict(span: &KeySpan, key: &str, set_at: Option<usize>) -> Option<EditRefused> {
    let same = span.parts.key() == key;
    let other_name = span.parts.other_key();
    // `a:b = c` is the key `a` for one client and `a:b` for another.
    if other_name.is_some() && (same || other_name.as_deref() == Some(key)) {
        return Some(unclear(span.line, Doubt::Colon));
    }
    // A line that continues a value here is a key there. Taking it out with its value takes that key
    // away; leaving it leaves a key that is to go, or that overrules one set further up.
    let overrules = |line: usize| set_at.is_none_or(|at| at < line);
    let hidden = span.hidden.iter().find(|(line, name)| same || (name == key && overrules(*line)));
    hidden.map(|(line, _)| unclear(*line, Doubt::ContinuedValue))
}

fn replace(file: &mut ConfigFile, span: &KeySpan, value: &str) {
    let unchanged = span.parts.delimiter == '='
        && span.parts.value == value
        && !span.parts.has_odd_space()
        && span.continuation.is_empty()
        && span.comments.is_empty();
    if unchanged {
        return;
    }
    let Some(line) = file.text.lines.get_mut(span.line) else { return };
    line.text = with_value(&span.parts, value);
    clear_rest(file, span);
}

/// The line with another value: indentation, spelling and spacing stay. What not all clients
/// know, a colon or a no-break space, becomes a plain equals sign.
fn with_value(parts: &KeyParts, value: &str) -> String {
    let KeyParts { indent, spelling, before, after, .. } = parts;
    if parts.delimiter == ':' || parts.has_odd_space() {
        return format!("{indent}{spelling} = {value}");
    }
    // A nested block has nothing after the sign; what stands before tells the style.
    let after = match (parts.value.is_empty(), before.is_empty()) {
        (true, true) => "",
        (true, false) => " ",
        (false, _) => after,
    };
    format!("{indent}{spelling}{before}={after}{value}")
}

/// Removes a key with its continuation lines.
fn take_out(file: &mut ConfigFile, span: &KeySpan) {
    clear_rest(file, span);
    file.text.lines.remove(span.line);
}

/// Removes the continuation lines of a key. Indented comments below it stay but move to column 0:
/// elsewhere the Rust SDK would read them as part of the new value, or of the key above.
fn clear_rest(file: &mut ConfigFile, span: &KeySpan) {
    for at in &span.comments {
        if let Some(line) = file.text.lines.get_mut(*at) {
            line.text = line.text.trim_start_matches(is_space).to_owned();
        }
    }
    for at in span.continuation.iter().rev() {
        file.text.lines.remove(*at);
    }
}

fn append(file: &mut ConfigFile, section: &SectionSpan, key: &str, value: &str) {
    let (before, after) = spacing(section);
    // At column 0 even if the other keys are indented: only there is it no part of the key above it
    // for anyone.
    let line = format!("{key}{before}={after}{value}");
    let own: Range<usize> = section.header_line..section.end;
    let text = &mut file.text;
    let ending = text.dominant_ending(own).or_else(|| text.dominant_ending(0..text.lines.len()));
    text.insert(section.insertion_line(), line, ending.unwrap_or(Ending::Lf));
}

/// The white space round the equals sign in the last key of the section that has a value. Columns
/// aligned by several blanks are not imitated.
fn spacing(section: &SectionSpan) -> (&str, &str) {
    let usable =
        |parts: &&KeyParts| parts.delimiter == '=' && !parts.value.is_empty() && !parts.has_odd_space();
    let Some(parts) = section.keys.iter().map(|key| &key.parts).rfind(usable) else { return (" ", " ") };
    let [before, after] =
        [&parts.before, &parts.after].map(|space| if space.len() > 1 { " " } else { space });
    (before, after)
}

/// Takes out a section with one run of blank lines, so that its neighbours stay one run apart.
fn remove_section(file: &mut ConfigFile, section: &SectionSpan) {
    let text = &mut file.text;
    text.lines.drain(section.header_line..=section.last_body_line);
    let blank_at = |text: &Text, at: usize| text.lines.get(at).is_some_and(|line| is_blank(&line.text));
    let start = section.header_line;
    if start == 0 || blank_at(text, start - 1) {
        while blank_at(text, start) {
            text.lines.remove(start);
        }
    }
    // The next header must not move to the byte-order mark, where the Go SDK would not see it.
    if text.bom && start == 0 && !text.lines.is_empty() {
        text.insert(0, String::new(), text.dominant_ending(0..text.lines.len()).unwrap_or(Ending::Lf));
    }
    // At the end of the file the blank line that set the section apart has no purpose any more.
    if start > 0 && start == text.lines.len() && blank_at(text, start - 1) {
        text.lines.remove(start - 1);
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}
