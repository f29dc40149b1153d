//! What a person's shell is set by.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};
use domain::ids::Region;
use domain::shell;

use super::region;

#[derive(Debug, Group)]
pub(crate) struct Use {
    /// ACCOUNT/ROLE, words that fit exactly one, or the name of a profile
    #[arg(required_unless_present = "off")]
    pub(crate) grant: Option<String>,
    /// The region of this shell [default: the profile's]
    #[arg(long, value_parser = region, conflicts_with = "off")]
    pub(crate) region: Option<Region>,
    /// The shell to print for [default: by $SHELL]
    #[arg(long, value_enum, overrides_with = "shell")]
    pub(crate) shell: Option<Shell>,
    /// Do not ask, where a mark in settings.toml says `confirm`
    #[arg(long)]
    pub(crate) yes: bool,
    /// Take it back: this shell is as before
    #[arg(long, conflicts_with = "grant")]
    pub(crate) off: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Hook {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
    /// Put account, role and time left into the prompt
    #[arg(long)]
    pub(crate) prompt: bool,
}

#[derive(Debug, Group)]
pub(crate) struct HookEnv {
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Group)]
pub(crate) struct Trust {
    /// The directory; the file is looked for there and above [default: this one]
    pub(crate) directory: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(crate) struct Prompt {
    /// What to print: text with {account}, {id}, {role}, {portal}, {profile}, {region}, {left}
    #[arg(long, value_name = "TEXT", default_value = domain::prompt::USUAL)]
    pub(crate) format: String,
    /// The shell whose prompt it stands in: with colours, and safe there [default: plain text]
    #[arg(long, value_enum)]
    pub(crate) shell: Option<Shell>,
    /// Print nothing for the other kind of role
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) only: Option<Only>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Roles that are marked as production
    Production,
    /// All others
    Other,
}

#[derive(Debug, Group)]
pub(crate) struct Complete {
    #[arg(value_enum)]
    pub(crate) shell: Shell,
    /// The word that is being typed; with `=`, because some shells drop an empty argument
    #[arg(long, default_value = "")]
    pub(crate) current: OsString,
    /// The words before it, the program's name among them
    #[arg(last = true)]
    pub(crate) words: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
    #[value(alias = "nu")]
    Nushell,
}

impl From<Shell> for shell::Shell {
    fn from(shell: Shell) -> Self {
        match shell {
            Shell::Bash => Self::Bash,
            Shell::Zsh => Self::Zsh,
            Shell::Fish => Self::Fish,
            Shell::Powershell => Self::PowerShell,
            Shell::Nushell => Self::Nushell,
        }
    }
}
