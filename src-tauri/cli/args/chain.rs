//! Arguments of `rolecall chain` and `rolecall assume`.

use clap::{Args as Group, Subcommand};
use domain::chain::{self, RoleArn};
use domain::ids::{ChainName, NotValid, Region};

#[derive(Debug, Subcommand)]
pub(crate) enum ChainVerb {
    /// Add a role that is assumed from a grant
    Add(Box<ChainAdd>),
    /// Show the chained roles
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget a chained role
    Remove {
        /// Its name
        #[arg(value_parser = chain_name)]
        name: ChainName,
    },
}

#[derive(Debug, Group)]
pub(crate) struct ChainAdd {
    /// What you want to call it
    #[arg(value_parser = chain_name)]
    pub(crate) name: ChainName,
    /// The ARN of the role to assume
    #[arg(long, value_name = "ARN", value_parser = role)]
    pub(crate) role: RoleArn,
    /// Who assumes it: ACCOUNT/ROLE, words that fit exactly one, or another chained role
    #[arg(long, value_name = "GRANT")]
    pub(crate) from: String,
    /// What the role's trust policy asks for
    #[arg(long, value_name = "ID", value_parser = chain::external_id)]
    pub(crate) external_id: Option<String>,
    /// The session's name in CloudTrail [default: the one of the session it starts from]
    #[arg(long, value_name = "NAME", value_parser = chain::session_name)]
    pub(crate) session_name: Option<String>,
    /// An MFA device whose code is asked for
    #[arg(long, value_name = "ARN", value_parser = chain::mfa_serial)]
    pub(crate) mfa_serial: Option<String>,
    /// A session tag; may be repeated
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = tag)]
    pub(crate) tags: Vec<(String, String)>,
    /// Who is behind the session, kept through all further steps
    #[arg(long, value_name = "NAME", value_parser = chain::source_identity)]
    pub(crate) source_identity: Option<String>,
    /// How long credentials last, 15m to 1h [default: 1h]
    #[arg(long, value_parser = chain::duration_seconds)]
    pub(crate) duration: Option<i32>,
    /// Where STS is asked, and the region of profiles that have none [default: the portal's]
    #[arg(long, value_parser = super::region)]
    pub(crate) region: Option<Region>,
}

#[derive(Debug, Group)]
pub(crate) struct Assume {
    /// The chained role: its name, ACCOUNT/NAME, or words that fit exactly one
    pub(crate) grant: String,
    /// Read the codes of MFA devices from stdin, one a line, in place of asking for them
    #[arg(long, hide = true)]
    pub(crate) code_stdin: bool,
}

fn chain_name(text: &str) -> Result<ChainName, NotValid> {
    ChainName::parse(text)
}

fn role(text: &str) -> Result<RoleArn, NotValid> {
    RoleArn::parse(text)
}

fn tag(text: &str) -> Result<(String, String), NotValid> {
    let (key, value) = text.split_once('=').ok_or_else(|| NotValid("should be KEY=VALUE".to_owned()))?;
    Ok((chain::tag_key(key)?, chain::tag_value(value)?))
}
