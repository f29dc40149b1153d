//! The variables of the environment that decide which credentials, profile or region a tool takes.

use super::{Finding, Outcome, Provider};
use crate::text::line;

/// The profile's name, as every tool reads it.
const PROFILE: &str = "AWS_PROFILE";
/// The older one. botocore looks here first, the AWS CLI and Go here last, the others not at all.
const OLD_PROFILE: &str = "AWS_DEFAULT_PROFILE";

/// Every variable beside `AWS_PROFILE` that AWS tools would prefer to a profile, or that names another one, with what
/// belongs to them (order of providers in botocore, the Rust, Go and JavaScript SDKs).
pub const WINNING: [&str; 14] = [
    OLD_PROFILE,
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_LOGIN_SESSION",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_ROLE_SESSION_NAME",
];

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
    /// They lead to Rolecall's endpoint.
    pub endpoint: bool,
    /// `AWS_EC2_METADATA_DISABLED`.
    pub no_instance_metadata: bool,
}

impl Variables {
    /// Of an environment where `variable` tells what is set, and to what. `endpoint` is the address of Rolecall's
    /// endpoint, if it has one.
    pub fn of<'a>(variable: impl Fn(&'static str) -> Option<&'a str>, endpoint: Option<&str>) -> Self {
        let is_set = |name| variable(name).is_some();
        let is_true = |name| variable(name).is_some_and(|value: &str| value.eq_ignore_ascii_case("true"));
        let full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        // Tools look at this one first.
        let relative = is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        Self {
            access_key: is_set("AWS_ACCESS_KEY_ID"),
            secret_key: is_set("AWS_SECRET_ACCESS_KEY"),
            web_identity: is_set("AWS_WEB_IDENTITY_TOKEN_FILE"),
            role_arn: is_set("AWS_ROLE_ARN"),
            container: full.is_some() || relative,
            endpoint: full.is_some() && full == endpoint && !relative,
            no_instance_metadata: is_true("AWS_EC2_METADATA_DISABLED"),
        }
    }

    /// Without those that can win over a profile.
    #[must_use]
    pub(super) fn around(self) -> Self {
        let Self { container, endpoint, no_instance_metadata, .. } = self;
        Self { container, endpoint, no_instance_metadata, ..Self::default() }
    }

    /// What every chain ends with.
    pub(super) fn surroundings(self) -> Outcome {
        if self.container {
            Outcome::Takes(Provider::Container)
        } else if self.no_instance_metadata {
            Outcome::Nothing
        } else {
            Outcome::Takes(Provider::InstanceMetadata)
        }
    }

    pub(super) fn web_identity(self) -> Outcome {
        if self.role_arn {
            Outcome::Takes(Provider::WebIdentityVariable)
        } else {
            Outcome::Fails("AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN".into())
        }
    }
}

/// The variables that name a profile, with its name.
pub fn named<'a>(
    variable: impl Fn(&'static str) -> Option<&'a str>,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    [PROFILE, OLD_PROFILE].into_iter().filter_map(move |name| Some((name, variable(name)?)))
}

/// The variables name two profiles, and tools differ in which one they take.
pub fn named_apart<'a>(variable: impl Fn(&'static str) -> Option<&'a str>) -> Option<Finding> {
    let mut named = named(variable);
    let ((first, a), (second, b)) = (named.next()?, named.next()?);
    (a != b).then(|| {
        Finding::new(
            &format!(
                "{first} is `{a}` and {second} is `{b}`: boto3 uses the second, all other tools the first"
            ),
            &format!("`unset {second}`"),
        )
    })
}

/// Sentences on variables that name another profile than this one.
pub(super) fn of_another_profile<'a>(
    profile: &str,
    variable: impl Fn(&'static str) -> Option<&'a str>,
) -> Vec<String> {
    let is_alone = named(&variable).count() == 1;
    let others = named(&variable).filter(|(_, named)| *named != profile);
    let told = others.map(|(name, named)| {
        let readers = match (name, is_alone) {
            (PROFILE, _) => "AWS tools use",
            (_, true) => "the AWS CLI, boto3 and Go use",
            (_, false) => "boto3 uses",
        };
        format!("{name} is `{}` in this shell: {readers} that profile, not {profile}", line(named))
    });
    told.collect()
}

/// Sentences on variables that name another region than the profile's.
pub fn regions_apart<'a>(region: &str, variable: impl Fn(&'static str) -> Option<&'a str>) -> Vec<String> {
    // boto3 reads only the second, JavaScript only the first; the others read both, the first one first.
    let first = variable("AWS_REGION");
    let second = if first.is_some() { "boto3 uses" } else { "AWS tools other than JavaScript use" };
    let readers = [("AWS_REGION", "AWS tools other than boto3 use"), ("AWS_DEFAULT_REGION", second)];
    let others = readers.into_iter().filter_map(|(name, readers)| {
        let other = variable(name).filter(|other| *other != region)?;
        let (other, region) = (line(other), line(region));
        Some(format!("{name} is `{other}` in this shell: {readers} that region, not {region} of the profile"))
    });
    others.collect()
}
