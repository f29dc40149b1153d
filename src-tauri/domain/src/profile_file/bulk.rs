//! Many edits at once, in a time that grows with the file and not with file times edits.
//!
//! A section that all clients delimit alike can be edited by itself: its lines are taken for a small file, edited as
//! such and put back. Whatever is less clear goes through the edit of the whole file, which refuses or copes.

use std::collections::{HashMap, HashSet};

use super::edit::{self, Changes, EditRefused};
use super::header::{self, Header, Kind};
use super::line::is_space;
use super::outline::{Outline, SectionSpan};
use super::rules::{self, NameRefused};
use super::text::{Ending, Line, Text};
use super::{ConfigFile, FileKind};

/// One edit of many, see [`ConfigFile::edit_profiles`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileEdit<'a> {
    /// As [`ConfigFile::set_profile`].
    Set {
        /// The profile.
        name: &'a str,
        /// Keys and their new values; without value they go.
        changes: Vec<(&'a str, Option<&'a str>)>,
    },
    /// The header gets another name, then keys are set. Refused where the profile has several headers, or the new name
    /// is taken.
    Rename {
        /// The profile.
        name: &'a str,
        /// What it is called afterwards.
        to: &'a str,
        /// As in `Set`.
        changes: Vec<(&'a str, Option<&'a str>)>,
    },
    /// As [`ConfigFile::remove_profile`].
    Remove {
        /// The profile.
        name: &'a str,
    },
}

impl ProfileEdit<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Set { name, .. } | Self::Rename { name, .. } | Self::Remove { name } => name,
        }
    }

    fn removes_keys(&self) -> bool {
        match self {
            Self::Set { changes, .. } | Self::Rename { changes, .. } => {
                changes.iter().any(|(_, v)| v.is_none())
            }
            Self::Remove { .. } => false,
        }
    }
}

/// How an edit can be made.
enum Way {
    /// In the section of this place alone.
    Local(usize),
    /// By a new section at the end, which may or may not need a look at the whole file.
    Append {
        whole: bool,
    },
    /// In the whole file.
    Whole,
    Refused(EditRefused),
}

pub(super) fn apply(file: &mut ConfigFile, edits: &[ProfileEdit<'_>]) -> Vec<Result<(), EditRefused>> {
    edit::while_closed(file, |file| apply_closed(file, edits))
}

fn apply_closed(file: &mut ConfigFile, edits: &[ProfileEdit<'_>]) -> Vec<Result<(), EditRefused>> {
    let mut outcomes: Vec<Result<(), EditRefused>> = vec![Ok(()); edits.len()];
    let outline = file.outline();
    let ways = ways(file, &outline, edits);
    let mut local: Vec<(&SectionSpan, usize)> = Vec::new();
    for (at, way) in ways.iter().enumerate() {
        match way {
            Way::Local(section) => local.extend(outline.sections.get(*section).map(|span| (span, at))),
            Way::Refused(reason) => outcomes[at] = Err(reason.clone()),
            Way::Append { .. } | Way::Whole => {}
        }
    }
    local.sort_unstable_by_key(|(span, _)| span.header_line);
    let mut pass =
        Pass { kind: file.kind, old: std::mem::take(&mut file.text.lines), new: Vec::new(), at: 0 };
    for (span, at) in local {
        outcomes[at] = pass.edit(span, &edits[at]);
    }
    file.text.lines = pass.finish();
    for (at, _) in ways.iter().enumerate().filter(|(_, way)| matches!(way, Way::Whole)) {
        outcomes[at] = whole(file, &edits[at]);
    }
    let ending = file.text.dominant_ending(0..file.text.lines.len()).unwrap_or(Ending::Lf);
    for (at, way) in ways.iter().enumerate() {
        if let Way::Append { whole: in_whole } = way {
            let edit = &edits[at];
            outcomes[at] = if *in_whole { whole(file, edit) } else { append(file, edit, ending) };
        }
    }
    outcomes
}

fn whole(file: &mut ConfigFile, edit: &ProfileEdit<'_>) -> Result<(), EditRefused> {
    match edit {
        ProfileEdit::Set { name, changes } => edit::set(file, Kind::Profile, name, changes),
        ProfileEdit::Remove { name } => edit::remove(file, Kind::Profile, name),
        ProfileEdit::Rename { .. } => Err(EditRefused::Name(NameRefused::SeveralHeaders)),
    }
}

/// Where profiles are, and which of them can't be edited by themselves.
struct Places<'a> {
    by_name: HashMap<&'a str, Vec<usize>>,
    /// Names that some client may read where others read none.
    doubtful: HashSet<&'a str>,
}

impl<'a> Places<'a> {
    fn of(outline: &'a Outline) -> Self {
        let mut places = Self { by_name: HashMap::new(), doubtful: HashSet::new() };
        for (at, section) in outline.sections.iter().enumerate() {
            if let Header::Named { kind: Kind::Profile, name, .. } = &section.header {
                places.by_name.entry(name).or_default().push(at);
            }
        }
        places.doubtful.extend(outline.doubtful_names(Kind::Profile));
        places
    }

    fn knows(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.doubtful.contains(name)
    }
}

fn ways(file: &ConfigFile, outline: &Outline, edits: &[ProfileEdit<'_>]) -> Vec<Way> {
    let places = Places::of(outline);
    let inherits = outline.sections.iter().any(|section| section.header.is_inherited());
    let mut seen: HashSet<&str> = HashSet::new();
    let way = |edit: &ProfileEdit<'_>| {
        // The start of a text with a byte-order mark has rules of its own.
        let whole = file.text.bom || (inherits && edit.removes_keys());
        match (edit, places.by_name.get(edit.name()).map(Vec::as_slice)) {
            _ if places.doubtful.contains(edit.name()) => Way::Whole,
            (ProfileEdit::Set { .. }, None) => Way::Append { whole },
            (_, Some([only])) if !whole && stands_alone(outline, *only) => Way::Local(*only),
            _ => Way::Whole,
        }
    };
    let mut ways = Vec::with_capacity(edits.len());
    for edit in edits {
        ways.push(match edit {
            ProfileEdit::Rename { to, .. } if places.knows(to) || seen.contains(to) => {
                Way::Refused(EditRefused::Name(NameRefused::Taken))
            }
            _ if seen.contains(edit.name()) => Way::Whole,
            _ => way(edit),
        });
        seen.insert(edit.name());
        if let ProfileEdit::Rename { to, .. } = edit {
            seen.insert(to);
        }
    }
    ways
}

/// Whether what surrounds the section has no say in its edits.
fn stands_alone(outline: &Outline, at: usize) -> bool {
    let Some(section) = outline.sections.get(at) else { return false };
    let next_is_clear =
        outline.sections.get(at + 1).is_none_or(|next| !matches!(next.header, Header::Unclear { .. }));
    section.odd.is_empty() && section.doubly_read_key().is_none() && next_is_clear
}

/// A pass over the lines from top to bottom that copies what it does not change.
struct Pass {
    kind: FileKind,
    old: Vec<Line>,
    new: Vec<Line>,
    /// The first line of `old` that is not copied yet.
    at: usize,
}

impl Pass {
    fn copy_to(&mut self, end: usize) {
        for line in self.old.get_mut(self.at..end).unwrap_or_default() {
            self.new.push(std::mem::replace(line, Line { text: String::new(), ending: Ending::Lf }));
        }
        self.at = self.at.max(end);
    }

    fn finish(mut self) -> Vec<Line> {
        self.copy_to(self.old.len());
        self.new
    }

    fn edit(&mut self, span: &SectionSpan, edit: &ProfileEdit<'_>) -> Result<(), EditRefused> {
        self.copy_to(span.header_line);
        match edit {
            ProfileEdit::Set { name, changes } => self.set(span, None, name, changes),
            ProfileEdit::Rename { to, changes, .. } => {
                rules::check_name(to, Kind::Profile, self.kind).map_err(EditRefused::Name)?;
                self.set(span, Some(to), to, changes)
            }
            ProfileEdit::Remove { .. } => {
                self.remove(span);
                Ok(())
            }
        }
    }

    /// The section's lines as a file of their own.
    fn set(
        &mut self,
        span: &SectionSpan,
        renamed: Option<&str>,
        name: &str,
        changes: &Changes<'_>,
    ) -> Result<(), EditRefused> {
        let mut lines = self.old.get(span.header_line..span.end).unwrap_or_default().to_vec();
        if let (Some(to), Some(first)) = (renamed, lines.first_mut()) {
            first.text = format!("[{}]", header::write(Kind::Profile, to, self.kind));
        }
        let mut alone = ConfigFile { kind: self.kind, text: Text { bom: false, lines } };
        edit::set(&mut alone, Kind::Profile, name, changes)?;
        self.new.append(&mut alone.text.lines);
        self.at = span.end;
        Ok(())
    }

    /// As [`edit::remove`] does it: with one run of blank lines, so that its neighbours stay one run apart.
    fn remove(&mut self, span: &SectionSpan) {
        self.at = span.last_body_line + 1;
        let is_blank = |line: &Line| line.text.chars().all(is_space);
        if self.new.last().is_none_or(is_blank) {
            while self.old.get(self.at).is_some_and(is_blank) {
                self.at += 1;
            }
        }
        if self.at >= self.old.len() && self.new.last().is_some_and(is_blank) {
            self.new.pop();
        }
    }
}

fn append(file: &mut ConfigFile, edit: &ProfileEdit<'_>, ending: Ending) -> Result<(), EditRefused> {
    let ProfileEdit::Set { name, changes } = edit else { return Ok(()) };
    edit::check(changes)?;
    if file.kind == FileKind::Credentials && *name == header::DEFAULTS {
        return Err(EditRefused::Name(NameRefused::Reserved));
    }
    let values: Vec<String> =
        changes.iter().filter_map(|(key, value)| Some(format!("{key} = {}", (*value)?))).collect();
    if values.is_empty() {
        return Ok(());
    }
    rules::check_name(name, Kind::Profile, file.kind).map_err(EditRefused::Name)?;
    let header = format!("[{}]", header::write(Kind::Profile, name, file.kind));
    let separator = edit::separator(&file.text);
    for line in separator.into_iter().chain([header]).chain(values) {
        file.text.insert(file.text.lines.len(), line, ending);
    }
    Ok(())
}
