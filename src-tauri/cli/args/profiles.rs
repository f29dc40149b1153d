//! What was typed after `profiles` and `doctor`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args as Group, Subcommand};
use domain::ids::{NotValid, PortalName, ProfileName, Region};
use domain::naming::Template;

use super::{portal_name, profile_name, region};

const TEMPLATE: &str = "How profiles are called: {account}, {account_id}, {role}, {portal}, {region}, each with |lower \
                        [default: `profile_name` in settings.toml, else {account}/{role}]";

#[derive(Debug, Subcommand)]
pub(crate) enum ProfilesVerb {
    /// Write a profile for every account and role, and take out those that are gone
    Sync(Sync),
    /// Show every profile of the AWS config
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take profiles out that Rolecall wrote
    Remove {
        /// The profiles
        #[arg(required = true, value_parser = profile_name)]
        names: Vec<ProfileName>,
    },
}

#[derive(Debug, Group)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Sync {
    /// Only for what these words find: account, role and portal, in any order
    pub(crate) words: Vec<String>,
    /// Only for this portal
    #[arg(long, value_parser = portal_name)]
    pub(crate) portal: Option<PortalName>,
    #[arg(long, value_parser = template, help = TEMPLATE)]
    pub(crate) template: Option<Template>,
    /// The region of new profiles; several make several profiles [default: the one in settings.toml, else the portal's]
    #[arg(long = "region", value_name = "REGION", value_parser = region)]
    pub(crate) regions: Vec<Region>,
    /// Ask AWS for the list of roles first
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Don't take out profiles whose role is gone
    #[arg(long)]
    pub(crate) no_prune: bool,
    /// Only show what would change
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Write without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print JSON: what becomes of each profile
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DoctorVerb {
    /// Say where AWS tools take each profile's credentials from
    Profiles {
        /// Only this profile
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Take out keys of the config file that would win over Rolecall's
        #[arg(long)]
        fix: bool,
    },
}

fn template(text: &str) -> Result<Template, NotValid> {
    Template::parse(text)
}
