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

use serde::Serialize;

pub use files::Files;
pub use mend::{Explanation, Finding, explain, mended};

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

/// What the environment has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a variable")]
pub struct Variables {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key: bool,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_key: bool,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`.
    pub web_identity: bool,
    /// `AWS_ROLE_ARN`.
    pub role_arn: bool,
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI` or `…_RELATIVE_URI`.
    pub container: bool,
    /// `AWS_EC2_METADATA_DISABLED`.
    pub no_instance_metadata: bool,
}

impl Variables {
    /// Of an environment where `is_set` tells which variables are there, and `is_true` which of them say yes.
    pub fn of(is_set: impl Fn(&str) -> bool, is_true: impl Fn(&str) -> bool) -> Self {
        Self {
            access_key: is_set("AWS_ACCESS_KEY_ID"),
            secret_key: is_set("AWS_SECRET_ACCESS_KEY"),
            web_identity: is_set("AWS_WEB_IDENTITY_TOKEN_FILE"),
            role_arn: is_set("AWS_ROLE_ARN"),
            container: is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI")
                || is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
            no_instance_metadata: is_true("AWS_EC2_METADATA_DISABLED"),
        }
    }

    /// What every chain ends with.
    fn surroundings(self) -> Outcome {
        if self.container {
            Outcome::Takes(Provider::Container)
        } else if self.no_instance_metadata {
            Outcome::Nothing
        } else {
            Outcome::Takes(Provider::InstanceMetadata)
        }
    }

    fn web_identity(self) -> Outcome {
        if self.role_arn {
            Outcome::Takes(Provider::WebIdentityVariable)
        } else {
            Outcome::Fails("AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN".into())
        }
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
    let view = files.view(client);
    let outcome = match client {
        Client::Python => python::outcome(&view, variables, profile, chosen),
        Client::Rust => rust::outcome(&view, variables, profile),
        Client::JavaScript => javascript::outcome(&view, variables, profile, chosen),
        Client::Go => go::outcome(&view, variables, profile, chosen),
    };
    outcome.unwrap_or_else(Outcome::Fails)
}

/// What a step of a chain says: credentials, a reason to stop, or nothing, so that the next step is asked.
type Step = Result<Option<Provider>, String>;

#[cfg(test)]
mod tests;
