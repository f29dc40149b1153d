//! What a person is told when something does not work.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of failure, for whoever branches on it. The numbers are the command line's exit codes and part
/// of its contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Code {
    /// Anything without a code of its own.
    Failed = 1,
    /// The person's words can't be understood.
    Usage = 2,
    /// Nobody is signed in to the portal, or the sign-in has ended.
    SignInNeeded = 3,
    /// No grant, portal or profile fits, or several do.
    NoSingleMatch = 4,
    /// A file was left alone because changing it could lose something.
    FileRefused = 5,
    /// There is no keyring, or it can't be opened.
    NoKeyring = 6,
    /// A code of an MFA device is wanted, which only a person at a terminal can give. A sign-in would not help, but
    /// to whoever looks at exit codes it is the same: a person has to do something.
    CodeNeeded = 103,
}

impl Code {
    /// What the command line ends with.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::CodeNeeded => Self::SignInNeeded as u8,
            other => other as u8,
        }
    }
}

/// A failure as it is shown: what happened, and what to do about it. All three texts are safe to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What kind.
    pub code: Code,
    /// What happened: one sentence without a full stop.
    pub summary: String,
    /// What to do next.
    pub hint: String,
    /// What the machine said, for whoever wants to dig.
    pub detail: Option<String>,
    /// What to do next in a window, if the hint is about commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(skip))]
    pub window_hint: Option<String>,
}

impl Failure {
    /// With another hint for people who have a window before them, and no command line.
    #[must_use]
    pub fn in_windows(self, hint: impl AsRef<str>) -> Self {
        Self { window_hint: Some(shown(hint.as_ref())), ..self }
    }

    /// As a window shows it.
    #[must_use]
    pub fn for_windows(&self) -> Self {
        let hint = self.window_hint.clone().unwrap_or_else(|| self.hint.clone());
        Self { hint, window_hint: None, ..self.clone() }
    }

    /// A failure with its two sentences. Untrusted parts are made safe here, so that nobody has to remember.
    pub fn new(code: Code, summary: impl AsRef<str>, hint: impl AsRef<str>) -> Self {
        Self {
            code,
            summary: shown(summary.as_ref()),
            hint: shown(hint.as_ref()),
            detail: None,
            window_hint: None,
        }
    }

    /// The reason alone, where the summary names a place in a file first: `settings.toml, line 3: …`. For what a person
    /// has typed elsewhere.
    pub fn reason(&self) -> &str {
        self.summary.split_once(": ").map_or(&self.summary, |(_, reason)| reason)
    }

    /// Adds what the machine said; an empty text adds nothing.
    #[must_use]
    pub fn with_detail(mut self, detail: impl fmt::Display) -> Self {
        let detail = crate::text::line(&detail.to_string()).into_owned();
        self.detail = (!detail.is_empty()).then_some(detail);
        self
    }
}

/// Line breaks that we wrote ourselves (lists of candidates) stay; every line is made safe.
fn shown(text: &str) -> String {
    text.split('\n').map(crate::text::line).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)?;
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
