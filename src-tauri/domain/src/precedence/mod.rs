//! Where AWS tools take a profile's credentials from: each has a chain of providers of its own, and the first that has
//! something wins. Encoded here are the chains of
//!
//! - botocore (AWS CLI, boto3): `botocore/credentials.py`,
//! - the Rust SDK: `aws-config/src/profile/credentials/repr.rs` and its default chain,
//! - the JavaScript SDK, version 3: `credential-provider-node` and `credential-provider-ini`,
//! - the Go SDK, version 2, which Terraform has too: `config/resolve_credentials.go` and `config/shared_config.go`.
//!
//! A profile is read from both files, key by key; the credentials file wins. What the chains say of botocore is proved
//! against the real one by the integration tests.

mod files;
mod go;
mod javascript;
mod mend;
mod python;
mod rust;
mod switched;
mod variables;

use serde::Serialize;

use self::files::View;
use crate::profile::Mode;

pub use files::Files;
pub use mend::{Explanation, Finding, explain, mended, refusals};
pub use switched::{is_overruled, warnings};
pub use variables::{Variables, WINNING, named, named_apart, regions_apart};

/// A family of tools that share a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// AWS CLI and boto3.
    Python,
    /// Rust.
    Rust,
    /// JavaScript, version 3.
    JavaScript,
    /// Go, version 2; Terraform.
    Go,
}

impl Client {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Python, Self::Rust, Self::JavaScript, Self::Go];

    /// Whose chain it is.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Python => "AWS CLI and boto3",
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go and Terraform",
        }
    }
}

/// Where credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// `AWS_ACCESS_KEY_ID` and its companions.
    Environment,
    /// `role_arn` with `source_profile` or `credential_source`.
    AssumeRole,
    /// `web_identity_token_file` with `role_arn`.
    WebIdentity,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`.
    WebIdentityVariable,
    /// IAM Identity Center, by the tool itself.
    Sso,
    /// Access keys in the credentials file.
    CredentialsFile,
    /// Access keys in the config file, or of the profile as both files make it.
    ConfigFile,
    /// `login_session`, of `aws login`.
    Login,
    /// `credential_process`.
    Process,
    /// The variables of containers.
    Container,
    /// The metadata service of a virtual machine at AWS; elsewhere nobody answers.
    InstanceMetadata,
}

impl From<Mode> for Provider {
    /// Where a profile of ours in this mode means tools to take credentials from.
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Process => Self::Process,
            Mode::Sso => Self::Sso,
            Mode::Keys => Self::CredentialsFile,
            Mode::Endpoint => Self::Container,
        }
    }
}

impl Provider {
    /// In a few words, for a table.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::AssumeRole => "role_arn",
            Self::WebIdentity => "web identity",
            Self::WebIdentityVariable => "web identity (variable)",
            Self::Sso => "sso",
            Self::CredentialsFile => "keys (credentials)",
            Self::ConfigFile => "keys (config)",
            Self::Login => "login_session",
            Self::Process => "credential_process",
            Self::Container => "container",
            Self::InstanceMetadata => "instance metadata",
        }
    }
}

/// What a tool does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It takes the credentials of this provider.
    Takes(Provider),
    /// It stops, for this reason.
    Fails(String),
    /// It finds none.
    Nothing,
}

/// How a tool learns which profile is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// Not at all: it is the default one.
    ByDefault,
    /// By `AWS_PROFILE`.
    ByVariable,
    /// By the call: `--profile`, `Session(profile_name=…)`.
    ByCall,
}

impl Chosen {
    /// Of a profile that no call names: the default one is meant where no variable names another.
    pub fn of(profile: &str, is_any_named: bool) -> Self {
        if profile == "default" && !is_any_named { Self::ByDefault } else { Self::ByVariable }
    }
}

/// What a tool does with a profile.
pub fn outcome(
    client: Client,
    files: &Files,
    variables: Variables,
    profile: &str,
    chosen: Chosen,
) -> Outcome {
    read(&files.view(client), variables, profile, chosen)
}

fn read(view: &View<'_>, variables: Variables, profile: &str, chosen: Chosen) -> Outcome {
    let outcome = match view.client() {
        Client::Python => python::outcome(view, variables, profile, chosen),
        Client::Rust => rust::outcome(view, variables, profile),
        Client::JavaScript => javascript::outcome(view, variables, profile, chosen),
        Client::Go => go::outcome(view, variables, profile, chosen),
    };
    outcome.unwrap_or_else(Outcome::Fails)
}

/// What a step of a chain says: credentials, a reason to stop, or nothing, so that the next step is asked.
type Step = Result<Option<Provider>, String>;

#[cfg(test)]
mod tests;
