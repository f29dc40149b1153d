//! Opening the console.

use clap::Args as Group;
use domain::ids::Region;

use super::{Via, region};

#[derive(Debug, Group)]
pub(crate) struct Console {
    /// ACCOUNT/ROLE, or words that fit exactly one, or a bookmark's name [default: the grant of the default profile]
    pub(crate) grant: Option<String>,
    /// The page to open: a service such as ec2 or s3
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// A resource to go to: its account, region and service
    #[arg(long, conflicts_with = "service")]
    pub(crate) arn: Option<String>,
    /// The region to open it in
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<Region>,
    /// How the browser signs in [default: `console_via` in settings.toml, else federation]
    #[arg(long, value_enum)]
    pub(crate) via: Option<Via>,
    /// Sign the browser out of the console first, which ends all its sessions there
    #[arg(long, conflicts_with = "via")]
    pub(crate) fresh: bool,
    /// Only sign the browser out of the console
    #[arg(long, conflicts_with_all = ["fresh", "via", "service", "arn", "region"])]
    pub(crate) sign_out: bool,
    /// Print the address instead; whoever has it is in, for 15 minutes
    #[arg(long)]
    pub(crate) print: bool,
}
