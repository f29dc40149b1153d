//! Opening the console.

use clap::Args as Group;
use domain::ids::Region;

use super::region;

#[derive(Debug, Group)]
pub(crate) struct Console {
    /// ACCOUNT/ROLE, or words that fit exactly one; or the ARN of a resource or an address of the console, to be
    /// opened by the only role of its account or the one used there last [default: the grant of the default profile]
    pub(crate) target: Option<String>,
    /// The page to open: a service such as ec2 or s3
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// A resource to go to: its own page, or that of its service
    #[arg(long, conflicts_with = "service")]
    pub(crate) arn: Option<String>,
    /// An address of the console: the same page, in the account of the grant
    #[arg(long, value_name = "URL", conflicts_with_all = ["service", "arn"])]
    pub(crate) at: Option<String>,
    /// The region to open it in
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<Region>,
    /// Print the address instead; whoever has it is in, for 15 minutes
    #[arg(long)]
    pub(crate) print: bool,
}
