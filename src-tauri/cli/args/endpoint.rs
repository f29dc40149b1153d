//! The agent's endpoint.

use clap::{Args as Group, Subcommand, ValueEnum};
use domain::ids::ProfileName;

use super::profile_name;

#[derive(Debug, Subcommand)]
pub(crate) enum EndpointVerb {
    /// Print shell commands that make this shell follow a profile: eval "$(rolecall endpoint env)"
    Env(EndpointEnv),
    /// Print what makes a container follow a profile
    Container(EndpointContainer),
    /// Show who may ask the endpoint
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take the right to ask away
    Revoke(Revoke),
}

#[derive(Debug, Group)]
pub(crate) struct EndpointEnv {
    /// The profile whose switches the shell follows [default: the one in settings.toml, else `default`]
    #[arg(long, value_parser = profile_name)]
    pub(crate) profile: Option<ProfileName>,
    /// The shell to print for
    #[arg(long, value_enum, default_value_t = Shell::Env)]
    pub(crate) format: Shell,
    /// Put the token itself into the environment, for tools that can't read it from a file (AWS CLI before 2.15)
    #[arg(long)]
    pub(crate) token_in_env: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
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
pub(crate) struct EndpointContainer {
    /// The profile whose switches the container follows [default: the one in settings.toml, else `default`]
    #[arg(long, value_parser = profile_name)]
    pub(crate) profile: Option<ProfileName>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Container::Compose)]
    pub(crate) format: Container,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Container {
    /// Part of a compose file
    Compose,
    /// Commands with arguments of `docker run`
    Docker,
}

#[derive(Debug, Group)]
#[group(required = true, multiple = false)]
pub(crate) struct Revoke {
    /// Its id, as `rolecall endpoint list` shows it
    pub(crate) id: Option<String>,
    /// All of them
    #[arg(long)]
    pub(crate) all: bool,
}
