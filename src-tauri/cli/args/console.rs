//! Opening the console.

use clap::Args as Group;
use domain::ids::Region;

use super::browsers::InBrowser;
use super::{Via, region};

#[derive(Debug, Group)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
pub(crate) struct Console {
    /// ACCOUNT/ROLE, or words that fit exactly one [default: that of `AWS_PROFILE`, else of the default profile].
    /// Or a bookmark's name, or a colleague's link. Or an ARN or an address of the console: it is opened as the only role
    /// of its account, or the one used last there
    #[arg(value_name = "GRANT|NAME|ARN|URL")]
    pub(crate) grant: Option<String>,
    /// The page to open: a service such as ec2 or s3
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// A resource to go to: its own page, or that of its service
    #[arg(long, conflicts_with = "service")]
    pub(crate) arn: Option<String>,
    /// An address of the console: the same page, but as the grant
    #[arg(long, value_name = "URL", conflicts_with_all = ["service", "arn"])]
    pub(crate) at: Option<String>,
    /// The page that was opened last: in the account of the grant, or of all if no grant is named
    #[arg(long, conflicts_with_all = ["service", "arn", "at"])]
    pub(crate) last: bool,
    /// The console's home, whatever `console_page` in settings.toml says
    #[arg(long, conflicts_with_all = ["service", "arn", "at", "last"])]
    pub(crate) home: bool,
    /// The region to open it in
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<Region>,
    /// How the browser signs in [default: `console_via` in settings.toml, else federation]
    #[arg(long, value_enum)]
    pub(crate) via: Option<Via>,
    /// Sign the browser out of the console first, which ends all its sessions there
    #[arg(long, conflicts_with = "via")]
    pub(crate) fresh: bool,
    /// Only sign the browser out of the console; a portal's name does as well as a grant
    #[arg(long, conflicts_with_all = ["fresh", "via", "service", "arn", "at", "region", "last", "home"])]
    pub(crate) sign_out: bool,
    /// Print the address instead; whoever has it is in, for 15 minutes
    #[arg(long)]
    pub(crate) print: bool,
    /// Do not ask, where a mark in settings.toml says `confirm`
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) browser: InBrowser,
}
