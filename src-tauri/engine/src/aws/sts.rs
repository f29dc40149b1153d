//! STS: whose credentials are these, and becoming another role with them (AWS STS API Reference,
//! GetCallerIdentity, AssumeRole).

use aws_sdk_sts::Client;
use aws_sdk_sts::config::Credentials as SdkCredentials;
use aws_sdk_sts::operation::assume_role::{AssumeRoleError, AssumeRoleOutput};
use aws_sdk_sts::types::Tag;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::chain::{Refusal, Step};
use domain::secret::Secret;
use domain::trouble::Trouble;
use domain::vend::Credentials;
use jiff::Timestamp;

use super::answer::trouble;
use super::{Aws, configure};

/// Longer sentences of AWS are cut here.
const LONGEST_SAID: usize = 400;

/// The ARN that the credentials speak for. Needs no permission, so it is the right question for "do these
/// credentials work".
pub async fn caller_identity(aws: &Aws, credentials: &Credentials) -> Result<String, Trouble> {
    let answer =
        client(aws, credentials).get_caller_identity().send().await.map_err(|error| trouble(&error))?;
    answer.arn.ok_or_else(|| Trouble::Unreadable("the answer has no ARN".into()))
}

/// AssumeRole with the parent's credentials. What STS refuses is the inner result; the outer one may pass. Times are
/// AWS's.
pub async fn assume_role(
    aws: &Aws,
    parent: &Credentials,
    step: &Step,
    session_name: &str,
    code: Option<&Secret>,
) -> Result<Result<Credentials, Refusal>, Trouble> {
    let tag = |(key, value): &(String, String)| Tag::builder().key(key).value(value).build().ok();
    let tags: Option<Vec<Tag>> = step.tags.iter().map(tag).collect();
    let tags = tags.ok_or_else(|| Trouble::Invalid("a session tag is incomplete".into()))?;
    let request = client(aws, parent)
        .assume_role()
        .role_arn(step.role.as_str())
        .role_session_name(session_name)
        .set_duration_seconds(step.duration_seconds)
        .set_external_id(step.external_id.clone())
        .set_source_identity(step.source_identity.clone())
        .set_tags((!tags.is_empty()).then_some(tags))
        .set_serial_number(step.mfa_serial.clone().filter(|_| code.is_some()))
        .set_token_code(code.map(|code| code.reveal().to_owned()));
    match request.send().await {
        Ok(answer) => credentials(answer, aws.skew().aws_now()).map(Ok),
        Err(error) => refusal(&error).map(Err),
    }
}

fn client(aws: &Aws, credentials: &Credentials) -> Client {
    let credentials = SdkCredentials::new(
        &credentials.access_key_id,
        credentials.secret_access_key.reveal(),
        Some(credentials.session_token.reveal().to_owned()),
        None,
        "Rolecall",
    );
    let builder = aws_sdk_sts::Config::builder().credentials_provider(credentials);
    Client::from_conf(configure!(aws, builder, "STS"))
}

fn credentials(answer: AssumeRoleOutput, obtained_at: Timestamp) -> Result<Credentials, Trouble> {
    let incomplete = || Trouble::Unreadable("the credentials are incomplete".into());
    let given = answer.credentials.ok_or_else(incomplete)?;
    Ok(Credentials {
        access_key_id: given.access_key_id,
        secret_access_key: Secret::new(given.secret_access_key),
        session_token: Secret::new(given.session_token),
        expires_at: Timestamp::from_second(given.expiration.secs()).map_err(|_| incomplete())?,
        obtained_at,
    })
}

/// Sorts an error by its code (STS API Reference, AssumeRole and Common Errors). Texts are only passed on, never
/// matched; that of a wrong signature may repeat what was signed, and that has the session token in it.
fn refusal(error: &SdkError<AssumeRoleError, HttpResponse>) -> Result<Refusal, Trouble> {
    let of_service = error.as_service_error();
    let said = || {
        let message = of_service.and_then(ProvideErrorMetadata::message).unwrap_or_default();
        message.chars().take(LONGEST_SAID).collect::<String>()
    };
    Ok(match of_service.and_then(ProvideErrorMetadata::code).unwrap_or_default() {
        "AccessDenied" | "AccessDeniedException" => Refusal::Denied(said()),
        "ExpiredToken" | "ExpiredTokenException" => Refusal::Expired,
        "InvalidClientTokenId" | "UnrecognizedClientException" => Refusal::Unknown,
        "SignatureDoesNotMatch" | "IncompleteSignature" | "RequestExpired" => Refusal::Signature,
        "RegionDisabledException" => Refusal::RegionDisabled,
        "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => Refusal::TooLarge,
        "ValidationError"
        | "InvalidParameterValue"
        | "InvalidParameterCombination"
        | "MalformedPolicyDocument" => Refusal::Invalid(said()),
        "Throttling" | "ThrottlingException" => return Err(Trouble::Throttled(None)),
        _ => return Err(trouble(error)),
    })
}
