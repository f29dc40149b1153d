//! STS: whose credentials are these (AWS STS API Reference, GetCallerIdentity).

use aws_sdk_sts::Client;
use aws_sdk_sts::config::Credentials as SdkCredentials;
use domain::trouble::Trouble;
use domain::vend::Credentials;

use super::answer::trouble;
use super::{Aws, configure};

/// The ARN that the credentials speak for. Needs no permission, so it is the right question for "do these
/// credentials work".
pub async fn caller_identity(aws: &Aws, credentials: &Credentials) -> Result<String, Trouble> {
    let credentials = SdkCredentials::new(
        &credentials.access_key_id,
        credentials.secret_access_key.reveal(),
        Some(credentials.session_token.reveal().to_owned()),
        None,
        "Rolecall",
    );
    let builder = aws_sdk_sts::Config::builder().credentials_provider(credentials);
    let client = Client::from_conf(configure!(aws, builder, "STS"));
    let answer = client.get_caller_identity().send().await.map_err(|error| trouble(&error))?;
    answer.arn.ok_or_else(|| Trouble::Unreadable("the answer has no ARN".into()))
}
