//! Loss-free editing of the AWS config and credentials files.
//!
//! The text is kept as lines; an edit touches the lines of the keys it changes and nothing else, so
//! a byte-order mark, CRLF, comments, unknown keys, nested blocks and a missing final newline survive.
//! Reading follows botocore (the AWS CLI), because it is the strictest client and the one people look
//! at; where another client reads something else the difference is reported as a [`Doubt`].
//!
//! Two things are refused rather than guessed: text whose lines cannot be told apart ([`Unreadable`]),
//! and an edit of a section that clients delimit or name differently ([`EditRefused`]).

mod bulk;
mod command;
mod doubt;
mod edit;
mod header;
mod line;
mod one;
mod outline;
mod rules;
mod section;
mod text;

pub use bulk::ProfileEdit;
pub use command::{CommandRefused, command_line, program_of};
pub use doubt::{Doubt, Finding};
pub use edit::EditRefused;
pub use rules::{NameRefused, ValueRefused, is_safe_name};
pub use section::{CREDENTIAL_KEYS, CredentialKind, Section, Setting};
pub use text::{Problem, Unreadable};

use header::Kind;
use outline::Outline;
use text::Text;

#[cfg(test)]
pub(crate) mod tests;

/// Which of the two files a text is; they name profiles differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `~/.aws/config`: `[profile NAME]`, `[default]`, `[sso-session NAME]`.
    Config,
    /// `~/.aws/credentials`: `[NAME]`.
    Credentials,
}

/// The text of one config or credentials file, ready to be read and edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    kind: FileKind,
    text: Text,
}

impl ConfigFile {
    /// Takes the bytes of a file. Refused are only texts whose characters or lines clients disagree
    /// about; everything else is kept, even lines that make some client refuse the file
    /// (see [`ConfigFile::findings`]). No bytes at all are an empty file.
    pub fn parse(bytes: &[u8], kind: FileKind) -> Result<Self, Unreadable> {
        Ok(Self { kind, text: Text::parse(bytes)? })
    }

    /// The bytes to write; exactly those that were parsed if no edit changed anything.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.text.to_bytes()
    }

    /// Which file this is.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Every profile, in the order of first appearance, each name once.
    pub fn profiles(&self) -> impl Iterator<Item = Section> {
        self.sections(Kind::Profile).into_iter()
    }

    /// The profile of this name as botocore reads it. `default` finds `[default]` and
    /// `[profile default]`.
    pub fn profile(&self, name: &str) -> Option<Section> {
        section::read_one(&self.outline(), Kind::Profile, name)
    }

    /// Every `[sso-session NAME]`, in the order of first appearance. None in a credentials file.
    pub fn sso_sessions(&self) -> impl Iterator<Item = Section> {
        self.sections(Kind::SsoSession).into_iter()
    }

    /// The SSO session of this name.
    pub fn sso_session(&self, name: &str) -> Option<Section> {
        section::read_one(&self.outline(), Kind::SsoSession, name)
    }

    /// What some client refuses or reads in its own way, in the order of lines. A finding outside the
    /// section that is edited does not hinder the edit.
    pub fn findings(&self) -> Vec<Finding> {
        doubt::findings(&self.text, &self.outline())
    }

    /// Sets (`Some`) or removes (`None`) keys of a profile, creating it at the end if it is missing.
    /// Nothing changes if the edit is refused.
    ///
    /// Afterwards each client that sees the profile reads exactly the given value: extra copies of the
    /// key in the section, or in repeated sections of the same header, are removed and the last one
    /// carries the value; if the profile has differently spelled headers (`[default]` and
    /// `[profile default]`), each of them gets it, since clients disagree on which of them counts.
    pub fn set_profile(&mut self, name: &str, changes: &[(&str, Option<&str>)]) -> Result<(), EditRefused> {
        let edit = ProfileEdit::Set { name, changes: changes.to_vec() };
        self.edit_profiles(&[edit]).pop().unwrap_or(Ok(()))
    }

    /// As [`ConfigFile::set_profile`] for `[sso-session NAME]`; config files only.
    pub fn set_sso_session(
        &mut self,
        name: &str,
        changes: &[(&str, Option<&str>)],
    ) -> Result<(), EditRefused> {
        edit::set(self, Kind::SsoSession, name, changes)
    }

    /// Removes every section of the profile: header, keys and what stands between them. Comments
    /// after the last key stay, as they usually speak of the next section. A missing profile is fine.
    pub fn remove_profile(&mut self, name: &str) -> Result<(), EditRefused> {
        edit::remove(self, Kind::Profile, name)
    }

    /// As [`ConfigFile::remove_profile`] for `[sso-session NAME]`.
    pub fn remove_sso_session(&mut self, name: &str) -> Result<(), EditRefused> {
        edit::remove(self, Kind::SsoSession, name)
    }

    /// Many edits of profiles at once: first those of profiles that are there, then new ones in the order given. Each
    /// is made whole or refused for itself, and means the same as the edit of one profile that it names.
    pub fn edit_profiles(&mut self, edits: &[ProfileEdit<'_>]) -> Vec<Result<(), EditRefused>> {
        bulk::apply(self, edits)
    }

    /// One profile of a text, as [`ConfigFile::parse`] and [`ConfigFile::profile`] give it, in a fraction of the time:
    /// sections that are certainly others' are not looked at.
    pub fn one_profile(bytes: &[u8], kind: FileKind, name: &str) -> Result<Option<Section>, Unreadable> {
        one::read(bytes, kind, name)
    }

    fn outline(&self) -> Outline {
        Outline::of(&self.text, self.kind)
    }

    fn sections(&self, kind: Kind) -> Vec<Section> {
        section::read_all(&self.outline(), kind)
    }
}
