//! Where clients read the same lines differently.

use std::collections::HashSet;
use std::fmt;

use super::header::Header;
use super::outline::{KeySpan, Outline, SectionSpan};
use super::text::Text;

/// Why a line is not read alike by all clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// The file starts with a byte-order mark: botocore and the Rust SDK refuse it.
    ByteOrderMark,
    /// A setting before any section: botocore and the Rust SDK refuse the file.
    StrayLine,
    /// Not a setting, header or comment: botocore and the Rust SDK refuse the file.
    NotASetting,
    /// The same header twice: botocore refuses the file, others merge.
    DuplicateSection,
    /// The same key twice: botocore refuses the file, for others the last one counts.
    DuplicateKey,
    /// `key: value`: the Rust SDK refuses the file, JavaScript ignores the line.
    Colon,
    /// The first key of a section is indented: the Rust SDK refuses the file.
    IndentedKey,
    /// Not a header for all clients, or of different sections.
    UnclearHeader,
    /// Indented with, or ending in, white space that only some clients strip.
    OddSpace,
    /// Differently written headers of one section: clients disagree on which of them counts.
    SeveralHeaders,
    /// `#` or `;` after white space: part of the value for botocore, a comment for others.
    InlineComment,
    /// An indented comment: part of the value above it for the Rust SDK.
    IndentedComment,
    /// An indented line after a value: a setting of its own for JavaScript and Go.
    ContinuedValue,
    /// Enclosed in quotes, which only the Go SDK strips.
    Quoted,
    /// The key has upper-case letters: JavaScript does not find it.
    UpperCase,
    /// JavaScript drops keys without a value.
    Empty,
    /// From `[DEFAULT]`: seen by botocore only.
    Inherited,
}

impl Doubt {
    /// Whether some client refuses the whole file because of it.
    pub fn breaks_file(self) -> bool {
        matches!(
            self,
            Self::ByteOrderMark
                | Self::StrayLine
                | Self::NotASetting
                | Self::DuplicateSection
                | Self::DuplicateKey
                | Self::Colon
                | Self::IndentedKey
        )
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByteOrderMark => "the file starts with a byte-order mark, which the AWS CLI refuses",
            Self::StrayLine => "a setting before the first section",
            Self::NotASetting => "neither a setting nor a header nor a comment",
            Self::DuplicateSection => "the section is there twice, which the AWS CLI refuses",
            Self::DuplicateKey => "the key is there twice, which the AWS CLI refuses",
            Self::Colon => "a colon instead of an equals sign",
            Self::IndentedKey => "the first key of the section is indented",
            Self::UnclearHeader => "tools disagree on whether this is a section header, or on its name",
            Self::OddSpace => "white space other than blanks and tabs",
            Self::SeveralHeaders => "the section has several differently written headers",
            Self::InlineComment => "a comment after a value, which the AWS CLI takes for part of it",
            Self::IndentedComment => "an indented comment, which some tools take for part of the value above",
            Self::ContinuedValue => "an indented line, which some tools take for a setting of its own",
            Self::Quoted => "a value in quotes, which some tools strip",
            Self::UpperCase => "a key with upper-case letters, which some tools do not find",
            Self::Empty => "a key without a value",
            Self::Inherited => "inherited from [DEFAULT], which only the AWS CLI does",
        })
    }
}

/// A doubt and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Counted from 1.
    pub line: usize,
    /// What clients disagree about.
    pub doubt: Doubt,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.doubt)
    }
}

/// What is doubtful about a key, apart from its being repeated.
pub(super) fn of_key(key: &KeySpan) -> Vec<Doubt> {
    let parts = &key.parts;
    let value = &parts.value;
    let enclosed = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    let checks = [
        (Doubt::Colon, parts.delimiter == ':'),
        (Doubt::OddSpace, parts.has_odd_space()),
        (Doubt::InlineComment, parts.has_inline_comment()),
        (Doubt::IndentedComment, !key.comments.is_empty()),
        (Doubt::ContinuedValue, !value.is_empty() && !key.continuation.is_empty()),
        (Doubt::Quoted, enclosed('"') || enclosed('\'')),
        (Doubt::UpperCase, parts.key() != parts.spelling),
        (Doubt::Empty, value.is_empty() && key.continuation.is_empty()),
    ];
    checks.into_iter().filter_map(|(doubt, there)| there.then_some(doubt)).collect()
}

pub(super) fn findings(text: &Text, outline: &Outline) -> Vec<Finding> {
    let mut found: Vec<(usize, Doubt)> = Vec::new();
    if text.bom {
        found.push((0, Doubt::ByteOrderMark));
    }
    found.extend(outline.stray.iter().map(|line| (*line, Doubt::StrayLine)));
    let mut headers = HashSet::new();
    let mut keys = HashSet::new();
    for section in &outline.sections {
        let spelling = section.header.spelling();
        if let Some(spelling) = spelling
            && !headers.insert(spelling)
        {
            found.push((section.header_line, Doubt::DuplicateSection));
        }
        for key in &section.keys {
            if !keys.insert((spelling, key.parts.key())) {
                found.push((key.line, Doubt::DuplicateKey));
            }
        }
        in_section(section, &mut found);
    }
    found.sort_by_key(|(line, _)| *line);
    found.into_iter().map(|(line, doubt)| Finding { line: line + 1, doubt }).collect()
}

fn in_section(section: &SectionSpan, found: &mut Vec<(usize, Doubt)>) {
    if matches!(section.header, Header::Unclear { .. }) {
        found.push((section.header_line, Doubt::UnclearHeader));
    }
    for odd in &section.odd {
        found.push((odd.line, if odd.header.is_some() { Doubt::UnclearHeader } else { Doubt::OddSpace }));
    }
    found.extend(section.junk.iter().map(|line| (*line, Doubt::NotASetting)));
    if let Some(first) = section.keys.first()
        && !first.parts.indent.is_empty()
    {
        found.push((first.line, Doubt::IndentedKey));
    }
    for key in &section.keys {
        found.extend(of_key(key).into_iter().map(|doubt| (key.line, doubt)));
    }
}
