//! The only place that prints. Data goes to stdout, everything else to stderr; names are made safe.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use domain::failure::{Code, Failure};
use domain::text;
use jiff::Timestamp;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// Data, as it is. A reader that went away (`| head`) is no failure.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Code::Failed, "the output can't be written", "check where it goes")
                .with_detail(error))
        }
        _ => Ok(()),
    }
}

/// One JSON document.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    match serde_json::to_string_pretty(value) {
        Ok(text) => data(&(text::json(&text).into_owned() + "\n")),
        Err(error) => {
            Err(Failure::new(Code::Failed, "the answer can't be put into JSON", "please report this")
                .with_detail(error))
        }
    }
}

/// Something the person may want to know.
pub(crate) fn note(text: &str) {
    // There is nobody to tell that telling failed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// A question, whose answer is typed behind it.
pub(crate) fn prompt(text: &str) {
    let _ = write!(io::stderr(), "{}", text::line(text));
    let _ = io::stderr().flush();
}

/// Asks a person at a terminal; nothing but a clear yes counts as one. `None`: there is nobody to ask.
pub(crate) fn ask(question: &str) -> Option<bool> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    let _ = write!(io::stderr(), "{question}");
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer).is_ok();
    Some(read && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// Something that may keep what was asked for from working.
pub(crate) fn warning(text: &str) {
    note(&format!("warning: {text}"));
}

/// What happened, and what to do next.
pub(crate) fn failure(failure: &Failure) {
    note(&format!("error: {failure}"));
    if !failure.hint.is_empty() {
        note(&format!("  try: {}", failure.hint));
    }
}

/// Help and version as they are; a complaint quotes what was typed, which may be anybody's text.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return data(&error.render().to_string()).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    for line in error.render().to_string().lines() {
        note(&text::line(line));
    }
    if is_unquoted(error) {
        note("\n  tip: several words for one grant are one argument: put them in quotes");
    }
    ExitCode::from(Code::Usage as u8)
}

/// One word too many where a grant is wanted, which may be given by several.
fn is_unquoted(error: &clap::Error) -> bool {
    let is_word = matches!(
        error.get(ContextKind::InvalidArg),
        Some(ContextValue::String(word)) if !word.starts_with('-')
    );
    let wants_grant = matches!(
        error.get(ContextKind::Usage),
        Some(ContextValue::StyledStr(usage)) if usage.to_string().contains("GRANT")
    );
    error.kind() == ErrorKind::UnknownArgument && is_word && wants_grant
}

/// A line on the terminal that shows how far something is. Nothing where stderr is no terminal, and nothing
/// in the first half second.
pub(crate) struct Progress {
    began: Timestamp,
    shown: bool,
    terminal: bool,
}

impl Progress {
    pub(crate) fn begin(now: Timestamp) -> Self {
        Self { began: now, shown: false, terminal: io::stderr().is_terminal() }
    }

    pub(crate) fn show(&mut self, text: &str, now: Timestamp) {
        if self.terminal && now.duration_since(self.began).as_millis() > 500 {
            self.shown = true;
            let _ = write!(io::stderr(), "\r\x1b[2K{text}");
            let _ = io::stderr().flush();
        }
    }
}

/// The line is taken away, however the work ended.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[2K");
            let _ = io::stderr().flush();
        }
    }
}

/// Columns, as wide as their widest cell. Cells must be safe text.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heads.iter().map(|h| h.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        line.truncate(line.trim_end().len());
        line + "\n"
    };
    let mut text = line(&mut heads.iter().copied());
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

/// Seconds as whole minutes, or as the seconds they are.
pub(crate) fn minutes(seconds: i64) -> String {
    if seconds % 60 == 0 { format!("{} min", seconds / 60) } else { format!("{seconds} s") }
}

/// How long ago `time` was: `9 min ago`, or `now`.
pub(crate) fn ago(time: Timestamp, now: Timestamp) -> String {
    let is_now = now.duration_since(time).as_secs() <= 0;
    if is_now { "now".into() } else { format!("{} ago", left(now, time)) }
}

/// How long until `time`, in the unit that matters: `2 h 10 min`, `9 min`, `40 s`, or `over`.
pub(crate) fn left(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.duration_since(now).as_secs();
    // Rounded, so that what was just given for an hour is called an hour.
    let minutes = (seconds + 30) / 60;
    match seconds {
        ..=0 => "over".into(),
        1..90 => format!("{seconds} s"),
        _ if minutes < 60 => format!("{minutes} min"),
        _ if minutes < 24 * 60 && minutes % 60 == 0 => format!("{} h", minutes / 60),
        _ if minutes < 24 * 60 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", minutes / (24 * 60)),
    }
}
