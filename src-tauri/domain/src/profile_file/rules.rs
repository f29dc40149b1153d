//! What may be written: names, keys and values that every client reads alike.

use std::fmt;

/// Whether a new section may have this name: letters, digits and `_ - . / % @ : +`.
pub fn is_safe_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./%@:+".contains(&b))
}

/// Why a section of this name is not created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRefused {
    /// Nothing, or a character that some client does not accept in a name.
    UnsafeCharacter,
    /// `DEFAULT` in a credentials file: for botocore its keys are in every section.
    Reserved,
    /// SSO sessions live in the config file only.
    WrongFile,
    /// There is a profile of this name, or some client sees one.
    Taken,
    /// The profile has several headers, or one that can't be edited by itself.
    SeveralHeaders,
}

impl fmt::Display for NameRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnsafeCharacter => "a name has only letters, digits and _ - . / % @ : +",
            Self::Reserved => "the name has a meaning of its own in this file",
            Self::WrongFile => "SSO sessions belong in the config file",
            Self::Taken => "there is a profile of this name",
            Self::SeveralHeaders => "the profile can't be renamed: its header is not one plain line",
        })
    }
}

/// Why a key or a value is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRefused {
    /// A key is made of `a-z 0-9 _ -`.
    Key,
    /// JavaScript drops keys without a value.
    Empty,
    /// Control characters, line breaks among them.
    Control,
    /// Windows Python reads the file in the local code page.
    NonAscii,
    /// White space at either end is stripped by all.
    OuterSpace,
    /// `#` or `;` at the start or after white space: a comment for all but botocore.
    Comment,
    /// Within one pair of quotes, which the Go SDK strips.
    Quoted,
    /// `\n`, `\"` or `\'`, which older Go SDKs replace.
    Escape,
}

impl fmt::Display for ValueRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "a key has only lower-case letters, digits, _ and -",
            Self::Empty => "the value is empty",
            Self::Control => "the value has a control character or line break",
            Self::NonAscii => "the value has a character outside ASCII",
            Self::OuterSpace => "the value starts or ends with white space",
            Self::Comment => "the value has # or ; where tools see a comment",
            Self::Quoted => "the value is enclosed in quotes, which some tools strip",
            Self::Escape => r#"the value has \n, \" or \', which some tools replace"#,
        })
    }
}

/// Checks a key to be changed.
pub(super) fn check_key(key: &str) -> Result<(), ValueRefused> {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if key.is_empty() || !key.bytes().all(fine) { Err(ValueRefused::Key) } else { Ok(()) }
}

/// Checks a value to be written.
pub(super) fn check_value(value: &str) -> Result<(), ValueRefused> {
    let enclosed = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    let refused = if value.is_empty() {
        ValueRefused::Empty
    } else if value.chars().any(char::is_control) {
        ValueRefused::Control
    } else if !value.is_ascii() {
        ValueRefused::NonAscii
    } else if value.trim() != value {
        ValueRefused::OuterSpace
    } else if value.starts_with(['#', ';']) || value.contains(" #") || value.contains(" ;") {
        ValueRefused::Comment
    } else if enclosed('"') || enclosed('\'') {
        ValueRefused::Quoted
    } else if ["\\n", "\\\"", "\\'"].iter().any(|escape| value.contains(escape)) {
        ValueRefused::Escape
    } else {
        return Ok(());
    };
    Err(refused)
}

/// Checks the name of a section to be created.
pub(super) fn check_name(name: &str, kind: super::Kind, file: super::FileKind) -> Result<(), NameRefused> {
    match (kind, file) {
        _ if !is_safe_name(name) => Err(NameRefused::UnsafeCharacter),
        (super::Kind::SsoSession, super::FileKind::Credentials) => Err(NameRefused::WrongFile),
        _ => Ok(()),
    }
}
