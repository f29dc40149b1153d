//! Section headers: the name botocore gives a section, and where other clients see another one.

use super::FileKind;
use super::line::{is_plain_space, is_space};
use super::rules::is_safe_name;

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Profile,
    SsoSession,
}

/// The section whose keys Python lets all others inherit.
pub(super) const DEFAULTS: &str = "DEFAULT";

/// A section header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Header {
    /// Every client that knows this name takes the line for the header of this section.
    Named { kind: Kind, name: String, spelling: String },
    /// `[DEFAULT]`: Python lets every section inherit its keys; other clients ignore it.
    Inherited,
    /// A section that is neither profile nor session for anyone.
    Other { spelling: String },
    /// Clients differ on whether this is a header or on whose. `python` is the section botocore sees,
    /// `names` are what any client may see.
    Unclear { python: Option<(Kind, String)>, names: Vec<(Kind, String)>, spelling: Option<String> },
}

impl Header {
    /// The text that Python compares to find a section twice.
    pub(super) fn spelling(&self) -> Option<&str> {
        match self {
            Self::Named { spelling, .. } | Self::Other { spelling } => Some(spelling),
            Self::Unclear { spelling, .. } => spelling.as_deref().filter(|text| *text != DEFAULTS),
            Self::Inherited => None,
        }
    }

    /// Whether Python lets every section inherit the keys of this one.
    pub(super) fn is_inherited(&self) -> bool {
        match self {
            Self::Inherited => true,
            Self::Unclear { spelling, .. } => spelling.as_deref() == Some(DEFAULTS),
            Self::Named { .. } | Self::Other { .. } => false,
        }
    }

    /// What botocore reads this section as.
    pub(super) fn python(&self) -> Option<(Kind, &str)> {
        match self {
            Self::Named { kind, name, .. } => Some((*kind, name)),
            Self::Unclear { python, .. } => python.as_ref().map(|(kind, name)| (*kind, name.as_str())),
            Self::Inherited | Self::Other { .. } => None,
        }
    }

    /// What any client may read where clients disagree; nothing where they agree.
    pub(super) fn unclear_names(&self) -> impl Iterator<Item = (Kind, &str)> {
        let names = match self {
            Self::Unclear { names, .. } => names.as_slice(),
            Self::Named { .. } | Self::Inherited | Self::Other { .. } => &[],
        };
        names.iter().map(|(kind, name)| (*kind, name.as_str()))
    }

    /// Whether clients disagree about this header and one of them may read this name.
    pub(super) fn could_be(&self, kind: Kind, name: &str) -> bool {
        self.unclear_names().any(|named| named == (kind, name))
    }
}

/// Reads a line whose first non-blank character is `[`.
pub(super) fn read(text: &str, file: FileKind) -> Header {
    let python = python_inside(text);
    let strict = strict_inside(text);
    let python_name = python.as_deref().and_then(|inside| python_name(inside, file));
    let strict_name = strict.as_deref().and_then(|inside| strict_name(inside, file));
    let spelled_alike = python.is_some() && python == strict;
    match (python_name, strict_name, python) {
        (None, None, Some(inside)) if spelled_alike && inside == DEFAULTS => Header::Inherited,
        (None, None, Some(spelling)) if spelled_alike => Header::Other { spelling },
        (Some((kind, name)), None, Some(spelling)) if spelled_alike && in_plain_form(&spelling, file) => {
            Header::Named { kind, name, spelling }
        }
        (Some(one), Some(other), Some(spelling)) if spelled_alike && one == other => {
            Header::Named { kind: one.0, name: one.1, spelling }
        }
        (one, other, spelling) => {
            let names = one.iter().cloned().chain(other).chain(first_bracket_names(text, file)).collect();
            Header::Unclear { python: one, names, spelling }
        }
    }
}

/// Between the first `[` and the *last* `]` of the line: Python's pattern is greedy.
fn python_inside(text: &str) -> Option<String> {
    let inside = text.trim_matches(is_space).strip_prefix('[')?;
    let end = inside.rfind(']')?;
    (end > 0).then(|| inside[..end].to_owned())
}

/// What is left between the brackets for clients that cut comments first and allow nothing else after
/// the closing bracket. A comment without a blank before it is not taken for one by JavaScript.
fn strict_inside(text: &str) -> Option<String> {
    let body = text.strip_prefix('[')?;
    let cut = body.find(['#', ';']).unwrap_or(body.len());
    if cut < body.len() && !body[..cut].ends_with(is_plain_space) {
        return None;
    }
    let inside = body[..cut].trim_end_matches(is_plain_space).strip_suffix(']')?;
    (!inside.is_empty()).then(|| inside.to_owned())
}

/// For a line that is no proper header: the names up to the first `]`, which a reader could mean.
fn first_bracket_names(text: &str, file: FileKind) -> impl Iterator<Item = (Kind, String)> {
    let inside = text.trim_matches(is_space).strip_prefix('[').unwrap_or_default();
    let end = inside.find([']', '#', ';']).unwrap_or(inside.len());
    strict_name(&inside[..end], file).into_iter().chain(python_name(&inside[..end], file))
}

/// The profile or session that botocore files this section under.
fn python_name(inside: &str, file: FileKind) -> Option<(Kind, String)> {
    if file == FileKind::Credentials {
        return (inside != DEFAULTS).then(|| (Kind::Profile, inside.to_owned()));
    }
    let kind = if inside.starts_with("profile") {
        Kind::Profile
    } else if inside.starts_with("sso-session") {
        Kind::SsoSession
    } else {
        return (inside == "default").then(|| (Kind::Profile, inside.to_owned()));
    };
    let words = shell_words(inside)?;
    match <[String; 2]>::try_from(words) {
        Ok([_, name]) => Some((kind, name)),
        Err(_) => None,
    }
}

/// The profile or session that the Rust SDK files this section under.
fn strict_name(inside: &str, file: FileKind) -> Option<(Kind, String)> {
    let inside = inside.trim_matches(is_plain_space);
    let (prefix, name) = match inside.split_once(is_plain_space) {
        Some((prefix, name)) => (Some(prefix.trim()), name.trim()),
        None => (None, inside.trim()),
    };
    let kind = match (file, prefix) {
        (FileKind::Credentials, None) | (FileKind::Config, Some("profile")) => Kind::Profile,
        (FileKind::Config, Some("sso-session")) => Kind::SsoSession,
        (FileKind::Config, None) if name == "default" => Kind::Profile,
        _ => return None,
    };
    // Python keeps `[DEFAULT]` for itself, so it is nobody's profile here either.
    let taken = file == FileKind::Credentials && name == DEFAULTS && inside == name;
    (is_safe_name(name) && !taken).then(|| (kind, name.to_owned()))
}

/// Botocore tests only how the text starts, so `[profiles x]` is a profile for it alone.
fn in_plain_form(inside: &str, file: FileKind) -> bool {
    match (file, inside.split_once(is_plain_space)) {
        (FileKind::Credentials, _) | (FileKind::Config, None) => true,
        (FileKind::Config, Some((word, _))) => word == "profile" || word == "sso-session",
    }
}

/// Python's `shlex.split`; `None` where it fails (an open quote, a backslash at the end).
pub(super) fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        inner => word.push(inner),
                    }
                }
            }
            '"' => double_quoted(&mut chars, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(chars.next()?),
            plain => word.get_or_insert_default().push(plain),
        }
    }
    words.extend(word);
    Some(words)
}

fn double_quoted(chars: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            '"' => return Some(()),
            '\\' => match chars.next()? {
                escaped @ ('"' | '\\') => word.push(escaped),
                other => word.extend(['\\', other]),
            },
            inner => word.push(inner),
        }
    }
}

/// What stands between the brackets of a new section.
pub(super) fn write(kind: Kind, name: &str, file: FileKind) -> String {
    match (kind, file, name) {
        (Kind::SsoSession, _, _) => format!("sso-session {name}"),
        (Kind::Profile, FileKind::Credentials, _) | (Kind::Profile, _, "default") => name.to_owned(),
        (Kind::Profile, FileKind::Config, _) => format!("profile {name}"),
    }
}

/// Whether Python's parser takes this line for a header, wherever it is indented.
pub(super) fn is_python_header(text: &str) -> bool {
    python_inside(text).is_some()
}
