//! What one line is, before its surroundings are known.

/// Blank to Python, whose parser strips all of these round names and values.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Blank to every client.
pub(super) fn is_plain_space(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// A line on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Blank,
    Comment,
    /// Starts with `[`.
    Bracket,
    Key(KeyParts),
    /// Neither of these: botocore and the Rust SDK refuse the file, others skip the line.
    Junk,
}

/// A line `indent key gap = gap value`, as botocore splits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyParts {
    pub(super) indent: String,
    /// As it is written.
    pub(super) spelling: String,
    /// White space before the delimiter.
    pub(super) before: String,
    pub(super) delimiter: char,
    /// White space after the delimiter.
    pub(super) after: String,
    /// Without white space at its end.
    pub(super) value: String,
    /// Whether botocore alone strips something odd (a no-break space) from the value's end.
    odd_end: bool,
}

impl KeyParts {
    /// The name botocore looks up.
    pub(super) fn key(&self) -> String {
        self.spelling.to_lowercase()
    }

    /// The name that clients read which split at the first `=`, if it is a possible name and not
    /// [`KeyParts::key`]: `a:b = c` is `a` for botocore and `a:b` for the Rust SDK.
    pub(super) fn other_key(&self) -> Option<String> {
        if self.delimiter == '=' {
            return None;
        }
        let (rest, _) = self.value.split_once('=')?;
        let name = format!("{}{}:{}{}", self.spelling, self.before, self.after, rest.trim());
        (!name.contains(is_space)).then(|| name.to_lowercase())
    }

    /// Whether botocore alone strips some of the white space of this line.
    pub(super) fn has_odd_space(&self) -> bool {
        self.odd_end || !self.before.chars().chain(self.after.chars()).all(is_plain_space)
    }

    /// Whether clients that strip comments see no value.
    pub(super) fn is_empty_before_comment(&self) -> bool {
        self.value.is_empty() || self.value.starts_with(['#', ';'])
    }

    /// Whether what stands here is not read by all clients as the plain value.
    pub(super) fn has_inline_comment(&self) -> bool {
        let text = format!(" {}", self.value);
        [" #", " ;", "\t#", "\t;"].iter().any(|mark| text.contains(mark))
    }
}

pub(super) fn shape(text: &str) -> Shape {
    let trimmed = text.trim_matches(is_space);
    match trimmed.chars().next() {
        None => Shape::Blank,
        Some('#' | ';') => Shape::Comment,
        Some('[') => Shape::Bracket,
        Some(_) => key_parts(text).map_or(Shape::Junk, Shape::Key),
    }
}

/// Splits at the first `=` or `:`, like Python's parser; `None` without delimiter or name.
pub(super) fn key_parts(text: &str) -> Option<KeyParts> {
    let body = text.trim_start_matches(is_space);
    let indent = &text[..text.len() - body.len()];
    let at = body.find(['=', ':'])?;
    let spelling = body[..at].trim_end_matches(is_space);
    if spelling.is_empty() {
        return None;
    }
    let delimiter = if body[at..].starts_with('=') { '=' } else { ':' };
    let tail = &body[at + 1..];
    let start = tail.trim_start_matches(is_space);
    let value = start.trim_end_matches(is_space);
    Some(KeyParts {
        indent: indent.to_owned(),
        spelling: spelling.to_owned(),
        before: body[spelling.len()..at].to_owned(),
        delimiter,
        after: tail[..tail.len() - start.len()].to_owned(),
        value: value.to_owned(),
        odd_end: !start[value.len()..].chars().all(is_plain_space),
    })
}

/// How many characters of white space a line starts with: the measure of botocore's continuation rule.
pub(super) fn indent_width(text: &str) -> usize {
    text.chars().take_while(|c| is_space(*c)).count()
}

/// Whether a line starts with white space that only some clients take for white space.
pub(super) fn has_odd_indent(text: &str) -> bool {
    text.chars().take_while(|c| is_space(*c)).any(|c| !is_plain_space(c))
}
