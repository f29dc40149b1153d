//! Bytes to lines and back, with each line's own ending.

use std::fmt;

/// Text that cannot be edited safely because clients disagree about its characters or lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// The first line concerned, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// Why a text is [`Unreadable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// UTF-16 (PowerShell's `>` writes it).
    Utf16,
    /// Not UTF-8: botocore fails, the Rust SDK reads an empty file, others guess.
    NotUtf8,
    /// A NUL character: a damaged file.
    Nul,
    /// A carriage return without a line feed: a line break for botocore only.
    LoneCarriageReturn,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "the file is UTF-16; save it as UTF-8",
            Self::NotUtf8 => "the file is not valid UTF-8",
            Self::Nul => "the file contains a NUL character",
            Self::LoneCarriageReturn => "a carriage return without a line feed",
        })
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for Unreadable {}

/// How a line ends. Only the last line can have no ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Missing,
    Lf,
    CrLf,
}

impl Ending {
    fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "",
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) ending: Ending,
}

/// The lines of a file. A text without a final newline stays without one through every edit, so that
/// setting a key and removing it again gives back the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) bom: bool,
    pub(super) lines: Vec<Line>,
}

const BOM: &str = "\u{feff}";

impl Text {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (bom, body) = checked(bytes)?;
        Ok(Self::of(bom, body))
    }

    /// The lines of a text that was [`checked`].
    pub(super) fn of(bom: bool, body: &str) -> Self {
        Self { bom, lines: body.split_inclusive('\n').map(split_ending).collect() }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = String::from(if self.bom { BOM } else { "" });
        for line in &self.lines {
            out.push_str(&line.text);
            out.push_str(line.ending.as_str());
        }
        out.into_bytes()
    }

    /// The ending that most of these lines have, if any of them has one.
    pub(super) fn dominant_ending(&self, range: std::ops::Range<usize>) -> Option<Ending> {
        let count = |wanted| {
            let lines = self.lines.get(range.clone()).unwrap_or_default();
            lines.iter().filter(|line| line.ending == wanted).count()
        };
        match (count(Ending::Lf), count(Ending::CrLf)) {
            (0, 0) => None,
            (lf, crlf) if crlf > lf => Some(Ending::CrLf),
            _ => Some(Ending::Lf),
        }
    }

    /// Puts a line before line `at`, in a text that is [closed](Self::close).
    pub(super) fn insert(&mut self, at: usize, text: String, ending: Ending) {
        self.lines.insert(at.min(self.lines.len()), Line { text, ending });
    }

    /// Gives a last line without ending that of the line above, for the time of an edit. Whether it had none.
    ///
    /// An edit that took the ending off whatever is last at the moment could not give it back its own.
    pub(super) fn close(&mut self) -> bool {
        let above = self.lines.iter().rev().nth(1).map_or(Ending::Lf, |line| line.ending);
        match self.lines.last_mut() {
            Some(last) if last.ending == Ending::Missing => {
                last.ending = above;
                true
            }
            _ => false,
        }
    }

    /// Takes the ending off the last line. An empty one keeps it, for it is all there is of it.
    pub(super) fn open(&mut self) {
        if let Some(last) = self.lines.last_mut().filter(|last| !last.text.is_empty()) {
            last.ending = Ending::Missing;
        }
    }
}

/// The text, and whether there is a byte-order mark in front of it. Looks at bytes only, so it is fast.
pub(super) fn checked(bytes: &[u8]) -> Result<(bool, &str), Unreadable> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Unreadable { line: 1, problem: Problem::Utf16 });
    }
    let line_at = |at: usize| bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
    let whole = std::str::from_utf8(bytes)
        .map_err(|e| Unreadable { line: line_at(e.valid_up_to()), problem: Problem::NotUtf8 })?;
    if let Some(at) = whole.find('\0') {
        return Err(Unreadable { line: line_at(at), problem: Problem::Nul });
    }
    let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    if let Some(at) = whole.match_indices('\r').map(|(at, _)| at).find(lone) {
        return Err(Unreadable { line: line_at(at), problem: Problem::LoneCarriageReturn });
    }
    Ok(whole.strip_prefix(BOM).map_or((false, whole), |body| (true, body)))
}

fn split_ending(raw: &str) -> Line {
    let (text, ending) = match raw.strip_suffix("\r\n") {
        Some(text) => (text, Ending::CrLf),
        None => match raw.strip_suffix('\n') {
            Some(text) => (text, Ending::Lf),
            None => (raw, Ending::Missing),
        },
    };
    Line { text: text.to_owned(), ending }
}
