//! What was typed. Names and values are a contract: see docs/behaviour.md.

mod browsers;
mod chain;
mod console;
pub(crate) mod endpoint;
mod import;
mod links;
mod profiles;
pub(crate) mod shell;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgGroup, Args as Group, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use domain::ids::{NotValid, PortalName, ProfileName, Region, StartUrl};
use domain::time;
use jiff::SignedDuration;
use sim::IdentitySource;

pub(crate) use browsers::Browsers;
pub(crate) use chain::{Assume, ChainAdd, ChainVerb};
pub(crate) use console::Console;
pub(crate) use import::{Import, Source};
pub(crate) use links::{BookmarkAdd, BookmarkVerb, Link, Manner, Open, PageChoice, Via};
pub(crate) use profiles::{DoctorVerb, ProfilesVerb, Sync};

/// Switch between AWS accounts and roles of IAM Identity Center.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Manage access portals
    #[command(subcommand)]
    Portal(PortalVerb),
    /// Manage chained roles: roles that are assumed from a grant
    #[command(subcommand)]
    Chain(ChainVerb),
    /// Bring portals, roles, colours and profiles over from another tool
    Import(Import),
    /// Sign in to a portal
    Login(Login),
    /// Sign out: end the session at AWS, forget token and credentials
    Logout(Logout),
    /// Show accounts and roles
    List(List),
    /// Wait until a role appears, such as after a request for access
    Wait(Wait),
    /// Point an AWS profile at an account and role
    Switch(Switch),
    /// Manage AWS profiles in bulk
    #[command(subcommand)]
    Profiles(ProfilesVerb),
    /// Take the last change of the AWS config back
    Undo,
    /// Pin a grant, so that it comes first in lists
    Pin(Pin),
    /// Open the AWS console
    Console(Console),
    /// Show which browsers and profiles the console can open in
    Browsers(Browsers),
    /// Print a link to a console page that holds no secret
    Link(Link),
    /// Open a link that a colleague made with `rolecall link --app`
    Open(Open),
    /// Manage bookmarks: console pages that have a name
    #[command(subcommand)]
    Bookmark(BookmarkVerb),
    /// Print temporary credentials; AWS tools call this as `credential_process`
    Credentials(Credentials),
    /// Print shell commands that set credentials: eval "$(rolecall env GRANT)"
    Env(Env),
    /// Run a command with credentials
    Exec(Exec),
    /// Show which program took which credentials when
    Log(Log),
    /// Answer AWS tools from memory, where no desktop application runs
    Agent,
    /// Let shells and containers follow every later switch
    #[command(subcommand)]
    Endpoint(endpoint::EndpointVerb),
    /// Assume a chained role now; asks for the code of its MFA device
    Assume(Assume),
    /// Set this shell to an account and role; wants `rolecall hook`
    Use(shell::Use),
    /// Print what a shell needs for `use`, directories and completion: eval "$(rolecall hook bash)"
    Hook(shell::Hook),
    /// Trust the `.rolecall.toml` of a directory as it is now
    Trust(shell::Trust),
    /// Trust it no more
    Untrust(shell::Trust),
    /// Print the part of a prompt that says which account and role is in use
    Prompt(shell::Prompt),
    /// What the hook runs when the directory has changed
    #[command(hide = true)]
    HookEnv(shell::HookEnv),
    /// What completion scripts run
    #[command(hide = true)]
    Complete(shell::Complete),
    /// Show portals, profiles and how long they last
    Status(Status),
    /// Look for what stands in the way
    Doctor {
        #[command(subcommand)]
        subject: Option<DoctorVerb>,
    },
    /// Print the completion script of a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Serve a simulated IAM Identity Center on this computer
    Simulate(Simulate),
}

#[derive(Debug, Subcommand)]
pub(crate) enum PortalVerb {
    /// Add a portal
    Add(PortalAdd),
    /// Show the portals
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign out of a portal and forget it
    Remove {
        /// The portal's name
        #[arg(value_parser = portal_name)]
        name: PortalName,
    },
    /// Add the portals that the AWS config speaks of
    Import,
}

#[derive(Debug, Group)]
pub(crate) struct PortalAdd {
    /// What you want to call it
    #[arg(value_parser = portal_name)]
    pub(crate) name: PortalName,
    /// Where people sign in, such as <https://d-1234567890.awsapps.com/start>, or only the subdomain
    #[arg(long, value_parser = start_url)]
    pub(crate) start_url: StartUrl,
    /// The region of IAM Identity Center [default: what the address leads to]
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<Region>,
}

#[derive(Debug, Group)]
pub(crate) struct Login {
    /// The portal; may be left out if there is only one
    #[arg(value_parser = portal_name)]
    pub(crate) portal: Option<PortalName>,
    /// How to sign in [default: the portal's choice in settings.toml, else what fits]
    #[arg(long, value_enum)]
    pub(crate) flow: Option<Flow>,
    /// Only print page and code, don't open a browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// End the session at AWS first: some new roles only show up in a new one
    #[arg(long)]
    pub(crate) fresh: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Flow {
    /// The browser of this computer where it can come back here, else by code
    Auto,
    /// Approve a code in any browser, on any computer
    Device,
    /// The browser of this computer comes back by itself
    Browser,
}

#[derive(Debug, Group)]
pub(crate) struct Logout {
    /// The portal; may be left out if there is only one
    #[arg(value_parser = portal_name, conflicts_with = "all")]
    pub(crate) portal: Option<PortalName>,
    /// Sign out of every portal
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Group)]
pub(crate) struct List {
    /// Words to look for in account, role and portal, in any order
    pub(crate) query: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Ask AWS even if the list is known
    #[arg(long)]
    pub(crate) refresh: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Wait {
    /// Words that the role should be found by
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
    /// Give up after so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    pub(crate) timeout: u32,
    /// How many seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) every: u32,
}

#[derive(Debug, Group)]
pub(crate) struct Switch {
    /// ACCOUNT/ROLE, or words that fit exactly one
    #[arg(required_unless_present = "back")]
    pub(crate) grant: Option<String>,
    /// The profile to switch [default: the one in settings.toml, else `default`]
    #[arg(long, value_parser = profile_name)]
    pub(crate) profile: Option<ProfileName>,
    /// The profile's region
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<Region>,
    /// How the profile gets credentials [default: as it did before, else process]
    #[arg(long, value_enum)]
    pub(crate) mode: Option<Mode>,
    /// Go back to where it points now after this time, such as 30m or 2h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) lease: Option<SignedDuration>,
    /// Take over a profile that Rolecall did not write
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not ask, where a mark in settings.toml says `confirm`
    #[arg(long)]
    pub(crate) yes: bool,
    /// Go back now, from a switch with `--for`, to where the profile pointed before
    #[arg(long, conflicts_with_all = ["grant", "region", "mode", "lease", "force"])]
    pub(crate) back: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// AWS tools ask Rolecall (`credential_process`); no secret is written
    Process,
    /// AWS tools ask AWS with the AWS CLI's session (`sso_session`)
    Sso,
    /// Temporary keys in the credentials file, for tools that know nothing else
    Keys,
    /// AWS tools ask the agent's endpoint, by variables of the environment (`rolecall endpoint`)
    Endpoint,
}

#[derive(Debug, Group)]
pub(crate) struct Pin {
    /// ACCOUNT/ROLE, or words that fit exactly one
    pub(crate) grant: String,
    /// Unpin it
    #[arg(long)]
    pub(crate) remove: bool,
}

#[derive(Debug, Group)]
#[command(group(ArgGroup::new("whose").required(true).args(["profile", "grant"])))]
pub(crate) struct Credentials {
    /// Credentials of a profile that Rolecall wrote
    #[arg(long, value_parser = profile_name)]
    pub(crate) profile: Option<ProfileName>,
    /// Credentials of ACCOUNT/ROLE, or of words that fit exactly one
    #[arg(long)]
    pub(crate) grant: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Process)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// What AWS tools expect of a `credential_process`
    Process,
    /// A JSON object
    Json,
    /// For bash, zsh and sh
    Env,
    /// For fish
    Fish,
    /// For PowerShell
    Powershell,
    /// A .env file
    Dotenv,
}

#[derive(Debug, Group)]
pub(crate) struct Env {
    /// ACCOUNT/ROLE, or words that fit exactly one [default: that of `AWS_PROFILE`, else of the default profile]
    #[arg(conflicts_with = "profile")]
    pub(crate) grant: Option<String>,
    /// Credentials of a profile that Rolecall wrote
    #[arg(long, value_parser = profile_name)]
    pub(crate) profile: Option<ProfileName>,
    /// Do not ask, where a mark in settings.toml says `confirm`
    #[arg(long)]
    pub(crate) yes: bool,
    /// The shell to print for
    #[arg(long, value_enum, default_value_t = Format::Env)]
    pub(crate) format: Format,
}

#[derive(Debug, Group)]
pub(crate) struct Exec {
    /// ACCOUNT/ROLE, or words that fit exactly one
    pub(crate) grant: String,
    /// The region that the command sees
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<Region>,
    /// How long the credentials have to live, such as 30m or 2h: they are renewed first, or the command is not run
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) min_ttl: Option<SignedDuration>,
    /// Do not ask, where a mark in settings.toml says `confirm`
    #[arg(long)]
    pub(crate) yes: bool,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Group)]
pub(crate) struct Log {
    /// How many lines, the latest last
    #[arg(short, long, value_name = "LINES", default_value_t = 50)]
    pub(crate) number: usize,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Forget all of it
    #[arg(long, conflicts_with = "json")]
    pub(crate) clear: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Status {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Simulate {
    /// The port on 127.0.0.1 [default: any free one]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// How many accounts it has: 6, 40, 400 or 5,000
    #[arg(long, value_enum, default_value_t = Organisation::Small)]
    pub(crate) org: Organisation,
    /// What goes wrong, NAME or NAME=VALUE; may be repeated. An unknown name prints the list
    #[arg(long)]
    pub(crate) fault: Vec<String>,
    /// Where people sign in: directory, active-directory, or a provider of their company's on an origin of its own:
    /// saml, entra, okta, google, adfs
    #[arg(long, value_name = "NAME", default_value_t = IdentitySource::Directory, hide_default_value = true)]
    pub(crate) identity_source: IdentitySource,
    /// The same as `--identity-source saml`
    #[arg(long, conflicts_with = "identity_source")]
    pub(crate) external_idp: bool,
    /// Where its Identity Center is; decides the partition as well
    #[arg(long, value_parser = region, default_value = "us-east-1")]
    pub(crate) region: Region,
    /// Serve a company's own domain that leads to the portal, on one more port
    #[arg(long)]
    pub(crate) vanity: bool,
    /// A scripted person approves each sign-in after so many seconds, unless somebody opens its page
    #[arg(long, value_name = "SECONDS")]
    pub(crate) approve_after: Option<u64>,
    /// Append each request to this file as a line of JSON, instead of showing it
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Organisation {
    /// 6 accounts with awkward names
    Small,
    /// 40 accounts of a made-up company
    Demo,
    /// 400 accounts
    Large,
    /// 5,000 accounts
    Huge,
}

/// `90s`, `30m`, `2h`, `1h30m`; a plain number is minutes.
fn duration(text: &str) -> Result<SignedDuration, NotValid> {
    time::parse_duration(text)
}

fn portal_name(text: &str) -> Result<PortalName, NotValid> {
    PortalName::parse(text)
}

fn profile_name(text: &str) -> Result<ProfileName, NotValid> {
    ProfileName::parse(text)
}

fn region(text: &str) -> Result<Region, NotValid> {
    Region::parse(text)
}

fn start_url(text: &str) -> Result<StartUrl, NotValid> {
    StartUrl::parse(text)
}
