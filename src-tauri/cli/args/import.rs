//! `rolecall import`

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};

/// Whose files to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    /// Granted: its config and its profiles
    Granted,
    /// aws-sso-cli: config.yaml and its profiles
    AwsSsoCli,
    /// Profiles that aws-sso-util wrote
    AwsSsoUtil,
    /// AWS Extend Switch Roles: the text of its configuration page, in FILE
    ExtendSwitchRoles,
    /// Leapp: the workspace of this computer, or a decrypted one in FILE
    Leapp,
    /// sso-session sections and profiles of the AWS CLI
    Aws,
}

#[derive(Debug, Group)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct Import {
    /// The tool [default: every one that is found]
    #[arg(value_enum)]
    pub(crate) source: Option<Source>,
    /// The tool's main file, if it is not in its usual place
    #[arg(requires = "source")]
    pub(crate) file: Option<PathBuf>,
    /// Add everything without asking
    #[arg(long, short, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Only show what would be added
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Make the tool's profiles in the AWS config Rolecall's; a backup is kept
    #[arg(long)]
    pub(crate) take_over: bool,
    /// Print JSON; without --yes nothing is added
    #[arg(long)]
    pub(crate) json: bool,
}
