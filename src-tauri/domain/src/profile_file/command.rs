//! The value of `credential_process`: one command line that four SDKs run in different ways.

use std::fmt;

use super::rules::{self, ValueRefused};

/// Why a command cannot be written so that every client runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandRefused {
    /// No words.
    Empty,
    /// The program is not an absolute path (`/…` or `X:\…`); botocore expands neither `~` nor variables.
    NotAbsolute,
    /// The program's path has a character that a shell or `cmd.exe` treats specially.
    Program(char),
    /// An argument has a character outside `A–Z a–z 0–9 . _ - / : @ = +`.
    Argument(char),
    /// An argument is empty.
    EmptyArgument,
    /// The whole cannot stand in the file.
    Value(ValueRefused),
}

impl fmt::Display for CommandRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no command"),
            Self::NotAbsolute => f.write_str("the program is not an absolute path"),
            Self::Program(c) => write!(f, "the program's path has {c:?}, which not every tool passes on"),
            Self::Argument(c) => write!(f, "an argument has {c:?}, which not every tool passes on"),
            Self::EmptyArgument => f.write_str("an argument is empty"),
            Self::Value(reason) => write!(f, "{reason}"),
        }
    }
}

impl std::error::Error for CommandRefused {}

/// Joins a program and its arguments for `credential_process`. Botocore splits the words itself without
/// a shell, others hand the text to `sh -c` or `cmd.exe /C`; the result means the same to all of them.
///
/// Only the program may be quoted: with a second pair of quotes `cmd.exe` strips the outermost ones,
/// and so does the Go SDK if the text ends in a quote.
pub fn command_line(words: &[&str]) -> Result<String, CommandRefused> {
    let (program, arguments) = words.split_first().ok_or(CommandRefused::Empty)?;
    let mut line = if program.starts_with('/') {
        unix_program(program)?
    } else if is_windows_path(program) {
        windows_program(program)?
    } else {
        return Err(CommandRefused::NotAbsolute);
    };
    for argument in arguments {
        if argument.is_empty() {
            return Err(CommandRefused::EmptyArgument);
        }
        refuse_outside(argument, "._-/:@=+").map_err(CommandRefused::Argument)?;
        line.push(' ');
        line.push_str(argument);
    }
    rules::check_value(&line).map_err(CommandRefused::Value)?;
    Ok(line)
}

/// The program of such a line.
pub fn program_of(line: &str) -> Option<&str> {
    let quoted = line.strip_prefix('"').map(|rest| rest.split('"').next());
    quoted.unwrap_or_else(|| line.split_whitespace().next()).filter(|program| !program.is_empty())
}

/// Inside double quotes a POSIX shell leaves all of these alone, and so does Python's `shlex`.
fn unix_program(path: &str) -> Result<String, CommandRefused> {
    refuse_outside(path, "._-/:@=+ ,()'&~%").map_err(CommandRefused::Program)?;
    let plain = refuse_outside(path, "._-/:@+").is_ok();
    Ok(if plain { path.to_owned() } else { format!("\"{path}\"") })
}

/// `cmd.exe /C` keeps a first pair of quotes only if nothing special is between them, so parentheses
/// (`Program Files (x86)`) cannot be helped.
fn windows_program(path: &str) -> Result<String, CommandRefused> {
    refuse_outside(path, "._-:\\/+ ").map_err(CommandRefused::Program)?;
    // A backslash before the closing quote would escape it.
    if path.ends_with(['\\', '/']) {
        return Err(CommandRefused::Program('\\'));
    }
    // Older Go SDKs read `\n` as a line break. File names on Windows do not depend on case.
    let path = path.replace('/', "\\").replace("\\n", "\\N");
    Ok(if path.contains(' ') { format!("\"{path}\"") } else { path })
}

fn is_windows_path(path: &str) -> bool {
    let mut chars = path.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), Some('\\' | '/'))
}

/// The first character that is neither an ASCII letter or digit nor one of these.
fn refuse_outside(text: &str, others: &str) -> Result<(), char> {
    match text.chars().find(|c| !c.is_ascii_alphanumeric() && !others.contains(*c)) {
        Some(c) => Err(c),
        None => Ok(()),
    }
}
