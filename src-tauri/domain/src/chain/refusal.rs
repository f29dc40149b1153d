//! Why a role could not be assumed, in words.

use super::Chain;
use crate::failure::{Code, Failure};
use crate::ids::{ChainName, GrantId};

/// How STS refuses an AssumeRole. Its own names for it are in the comments (STS API Reference, Common Errors).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// `AccessDenied`, with AWS's sentence: the trust policy, the caller's permissions, or a code.
    Denied(String),
    /// `ExpiredToken`: the parent's credentials are over.
    Expired,
    /// `InvalidClientTokenId`: the parent's credentials are unknown there.
    Unknown,
    /// `SignatureDoesNotMatch`. Its text may repeat what was signed, so it is not passed on.
    Signature,
    /// `RegionDisabledException`: STS is not active there.
    RegionDisabled,
    /// `PackedPolicyTooLarge`.
    TooLarge,
    /// `ValidationError` and its kin, with AWS's sentence.
    Invalid(String),
}

impl Refusal {
    /// Tells a person about it.
    pub fn failure(&self, chain: &Chain) -> Failure {
        let failed =
            |why: &str, hint: &str| Failure::new(Code::Failed, format!("{}: {why}", doing(chain)), hint);
        match self {
            Self::Denied(said) => failed("AWS denied it", &ways_in(chain)).with_detail(said),
            Self::Expired => failed(
                "AWS says that the credentials it starts from have ended",
                "check this computer's clock with `rolecall doctor`, then try again",
            ),
            Self::Unknown => failed(
                "AWS does not know the credentials it starts from",
                "check `region` of the chained role: it must be of the portal's partition and enabled in the account",
            ),
            Self::Signature => failed(
                "AWS does not accept the signature",
                "check this computer's clock with `rolecall doctor`",
            ),
            Self::RegionDisabled => failed(
                "STS is not active in this region for the account",
                "choose another `region` for the chained role, or have an administrator enable it",
            ),
            Self::TooLarge => {
                failed("its session tags are too long together", "shorten `tags` of the chained role")
            }
            Self::Invalid(said) => {
                failed("AWS refused the request", "check the chained role in settings.toml").with_detail(said)
            }
        }
    }
}

/// The code of an MFA device is wanted, and nobody can be asked here.
pub fn code_wanted(chain: &Chain) -> Failure {
    let device = chain.step().mfa_serial.as_deref().unwrap_or_default();
    Failure::new(
        Code::CodeNeeded,
        format!("{}: it wants a code of the MFA device {device}", doing(chain)),
        format!("run `rolecall assume {}` in a terminal", chain.name()),
    )
}

/// A profile, pin or past use speaks of a chained role that the settings don't have, or that starts elsewhere now.
pub fn no_such_chain(name: &ChainName, grant: &GrantId) -> Failure {
    Failure::new(
        Code::NoSingleMatch,
        format!(
            "the settings have no chained role `{name}` in account {} of {}",
            grant.account_id, grant.portal
        ),
        format!("run `rolecall chain add {name} --role ARN --from GRANT`, or switch to another role"),
    )
}

fn doing(chain: &Chain) -> String {
    format!("assuming {} ({})", chain.name(), chain.step().role)
}

/// What AWS checks, in the order in which it is usually wrong.
fn ways_in(chain: &Chain) -> String {
    let step = chain.step();
    let parent = crate::text::line(chain.parent_name());
    let mut ways = Vec::new();
    if step.mfa_serial.is_some() {
        ways.push(
            "try a fresh code; AWS takes codes of IAM users' devices only, and sessions of IAM Identity Center have none"
                .to_owned(),
        );
    }
    let no_mfa = if step.mfa_serial.is_some() { "" } else { " and demand no MFA" };
    ways.push(format!(
        "the trust policy must name {parent}{no_mfa}, and {parent} must be allowed sts:AssumeRole"
    ));
    ways.push(match &step.external_id {
        Some(_) => "`external_id` must be the one of the trust policy".to_owned(),
        None => "if an external id is asked for, set `external_id`".to_owned(),
    });
    if !step.tags.is_empty() {
        ways.push("`tags` need sts:TagSession".to_owned());
    }
    if step.source_identity.is_some() {
        ways.push(
            "`source_identity` needs sts:SetSourceIdentity, and can't change within a chain".to_owned(),
        );
    }
    ways.join("; ")
}
