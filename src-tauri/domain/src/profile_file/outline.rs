//! The structure botocore sees in the lines: sections, their keys, and which further lines belong to
//! which key.

use super::FileKind;
use super::header::{self, Header, Kind};
use super::line::{self, KeyParts, Shape, is_space};
use super::text::Text;

/// A key with every line that belongs to it. Line numbers count from 0.
#[derive(Debug, Clone)]
pub(super) struct KeySpan {
    pub(super) line: usize,
    pub(super) parts: KeyParts,
    /// Deeper indented lines: the rest of the value, or its nested keys.
    pub(super) continuation: Vec<usize>,
    /// Indented comments, which the Rust SDK appends to the value.
    pub(super) comments: Vec<usize>,
    /// Names that clients without continuation lines read in them: JavaScript and Go take an indented
    /// `k = v` for a key of its own unless it is nested under an empty value.
    pub(super) hidden: Vec<(usize, String)>,
    value: Vec<String>,
}

impl KeySpan {
    /// The value as botocore reads it, lines joined by `\n`.
    pub(super) fn value(&self) -> String {
        self.value.join("\n").trim_end_matches(is_space).to_owned()
    }
}

/// A section with its keys.
#[derive(Debug, Clone)]
pub(super) struct SectionSpan {
    pub(super) header_line: usize,
    pub(super) header: Header,
    pub(super) keys: Vec<KeySpan>,
    /// Lines that some client takes for a header or for differently indented: the structure is unclear.
    pub(super) odd: Vec<OddLine>,
    /// Lines that are no setting.
    pub(super) junk: Vec<usize>,
    /// The last line that is neither blank nor a comment at column 0.
    pub(super) last_body_line: usize,
    /// The line after the section.
    pub(super) end: usize,
}

/// A line that makes the structure of its section unclear.
#[derive(Debug, Clone)]
pub(super) struct OddLine {
    pub(super) line: usize,
    /// What it would be as a header, if it looks like one.
    pub(super) header: Option<Header>,
}

impl SectionSpan {
    /// Where a new key goes: below everything that an edit of it could attach to it by accident, such
    /// as indented lines, and above the blank and comment lines that lead to the next section.
    pub(super) fn insertion_line(&self) -> usize {
        self.last_body_line + 1
    }

    /// A key that is nested for JavaScript and not for others: indented, below one without a value.
    pub(super) fn doubly_read_key(&self) -> Option<&KeySpan> {
        let after_empty = self.keys.iter().skip_while(|key| !key.parts.is_empty_before_comment());
        after_empty.skip(1).find(|key| !key.parts.indent.is_empty())
    }
}

/// All sections of a text.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    pub(super) sections: Vec<SectionSpan>,
    /// Lines before the first section that are neither blank nor comments.
    pub(super) stray: Vec<usize>,
}

impl Outline {
    pub(super) fn of(text: &Text, file: FileKind) -> Self {
        let mut outline = Self { sections: Vec::new(), stray: Vec::new() };
        let mut level = 0;
        for (at, line) in text.lines.iter().enumerate() {
            outline.take(at, &line.text, file, &mut level);
        }
        outline
    }

    /// The sections that are certainly this one.
    pub(super) fn named<'a>(
        &'a self,
        kind: Kind,
        name: &'a str,
    ) -> impl DoubleEndedIterator<Item = &'a SectionSpan> {
        self.sections.iter().filter(move |section| match &section.header {
            Header::Named { kind: k, name: n, .. } => *k == kind && n == name,
            _ => false,
        })
    }

    /// The first line that some client may take for a header of this section while others do not.
    pub(super) fn doubtful_header(&self, kind: Kind, name: &str) -> Option<usize> {
        self.sections.iter().find_map(|section| {
            let own = section.header.could_be(kind, name).then_some(section.header_line);
            let could_be = |odd: &&OddLine| odd.header.as_ref().is_some_and(|h| may_read(h, kind, name));
            own.or_else(|| section.odd.iter().find(could_be).map(|odd| odd.line))
        })
    }

    /// Every name of which [`Outline::doubtful_header`] knows a line.
    pub(super) fn doubtful_names(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(move |section| {
            let own = section.header.unclear_names();
            let odd = section.odd.iter().filter_map(|odd| odd.header.as_ref());
            let odd = odd.flat_map(|header| header.unclear_names().chain(header.python()));
            own.chain(odd).filter(move |(k, _)| *k == kind).map(|(_, name)| name)
        })
    }

    /// Takes the next line; `level` is the indentation of the last line that was no continuation.
    fn take(&mut self, at: usize, text: &str, file: FileKind, level: &mut usize) {
        let shape = line::shape(text);
        let odd_indent = line::has_odd_indent(text);
        if let Some(section) = self.sections.last_mut() {
            section.end = at + 1;
            match &shape {
                Shape::Blank => return section.take_blank(),
                Shape::Comment if !text.starts_with(['#', ';']) => {
                    return section.take_comment(at, odd_indent);
                }
                Shape::Comment => return,
                _ => {}
            }
            let deeper = line::indent_width(text) > *level;
            if deeper && section.take_continuation(at, text, odd_indent, file) {
                return;
            }
        }
        if matches!(shape, Shape::Blank | Shape::Comment) {
            return;
        }
        *level = line::indent_width(text);
        if shape == Shape::Bracket && header::is_python_header(text) {
            if let Some(section) = self.sections.last_mut() {
                section.end = at;
            }
            self.sections.push(SectionSpan::new(at, header::read(text, file)));
            return;
        }
        match self.sections.last_mut() {
            Some(section) => section.take_own(at, text, shape, odd_indent, file),
            None => self.stray.push(at),
        }
    }
}

/// Whether any client may read this bracketed text as the header of this section.
fn may_read(header: &Header, kind: Kind, name: &str) -> bool {
    header.python() == Some((kind, name)) || header.could_be(kind, name)
}

impl SectionSpan {
    fn new(header_line: usize, header: Header) -> Self {
        Self {
            header_line,
            header,
            keys: Vec::new(),
            odd: Vec::new(),
            junk: Vec::new(),
            last_body_line: header_line,
            end: header_line + 1,
        }
    }

    fn take_blank(&mut self) {
        if let Some(key) = self.keys.last_mut() {
            key.value.push(String::new());
        }
    }

    fn take_comment(&mut self, at: usize, odd_indent: bool) {
        if odd_indent {
            self.odd.push(OddLine { line: at, header: None });
        }
        self.last_body_line = at;
        if let Some(key) = self.keys.last_mut() {
            key.comments.push(at);
        }
    }

    /// Adds a deeper indented line to the last key; false if there is none.
    fn take_continuation(&mut self, at: usize, text: &str, odd_indent: bool, file: FileKind) -> bool {
        let Some(key) = self.keys.last_mut() else {
            return false;
        };
        let trimmed = text.trim_matches(is_space);
        key.value.push(trimmed.to_owned());
        key.continuation.push(at);
        if let Some(hidden) = line::key_parts(text)
            && !key.parts.value.is_empty()
        {
            key.hidden.extend([hidden.key()].into_iter().chain(hidden.other_key()).map(|name| (at, name)));
        }
        let header = trimmed.starts_with('[').then(|| header::read(trimmed, file));
        if odd_indent || header.is_some() {
            self.odd.push(OddLine { line: at, header });
        }
        self.last_body_line = at;
        true
    }

    fn take_own(&mut self, at: usize, text: &str, shape: Shape, odd_indent: bool, file: FileKind) {
        let bracket = shape == Shape::Bracket;
        if odd_indent || bracket {
            let header = bracket.then(|| header::read(text, file));
            self.odd.push(OddLine { line: at, header });
        }
        self.last_body_line = at;
        let parts = match shape {
            Shape::Key(parts) => Some(parts),
            // Python takes an unclosed bracket for the start of a key.
            _ => line::key_parts(text),
        };
        match parts {
            Some(parts) => self.keys.push(KeySpan {
                line: at,
                value: vec![parts.value.clone()],
                parts,
                continuation: Vec::new(),
                comments: Vec::new(),
                hidden: Vec::new(),
            }),
            None => self.junk.push(at),
        }
    }
}
