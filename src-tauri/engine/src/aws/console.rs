//! The console federation endpoint (IAM User Guide, "Enable custom identity broker access to the AWS
//! console"). No AWS SDK knows it, so it is plain HTTP.

use std::time::Duration;

use domain::console;
use domain::secret::Secret;
use domain::trouble::Trouble;
use domain::vend::Credentials;
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::answer::unanswered;
use super::{Aws, web};
use crate::environment::Environment;

/// Up to 12 hours, whatever the credentials' own life; allowed for credentials straight from the portal.
const SESSION_SECONDS: &str = "43200";

const PATIENCE: Duration = Duration::from_secs(30);

/// The endpoint for a page of the console. `ROLECALL_SIGNIN_URL` may name it, or only its origin. None: the page is
/// not AWS's.
pub fn endpoint(environment: &Environment, page: &str) -> Option<String> {
    let of_aws = console::federation_endpoint(page)?;
    let Some(given) = environment.text("ROLECALL_SIGNIN_URL") else { return Some(of_aws) };
    Some(match given.trim_end_matches('/') {
        origin if origin.matches('/').count() == 2 => format!("{origin}/federation"),
        endpoint => endpoint.to_owned(),
    })
}

/// getSigninToken, by POST: the session is a secret and does not belong into an address.
/// Credentials by role chaining may not ask for a duration: the console's session ends with them.
pub async fn signin_token(
    aws: &Aws,
    endpoint: &str,
    credentials: &Credentials,
    is_chained: bool,
) -> Result<Secret, Trouble> {
    let client =
        web::client(&aws.environment, PATIENCE).map_err(|failure| Trouble::Unavailable(failure.summary))?;
    let session = Zeroizing::new(
        serde_json::json!({
            "sessionId": credentials.access_key_id,
            "sessionKey": credentials.secret_access_key.reveal(),
            "sessionToken": credentials.session_token.reveal(),
        })
        .to_string(),
    );
    let with_duration =
        [("Action", "getSigninToken"), ("SessionDuration", SESSION_SECONDS), ("Session", &session)];
    let without = [("Action", "getSigninToken"), ("Session", session.as_str())];
    if is_chained {
        return ask(&client, endpoint, &without).await;
    }
    match ask(&client, endpoint, &with_duration).await {
        Err(Trouble::Invalid(_)) => ask(&client, endpoint, &without).await,
        answer => answer,
    }
}

async fn ask(client: &Client, endpoint: &str, form: &[(&str, &str)]) -> Result<Secret, Trouble> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        signin_token: String,
    }
    let sent = client.post(endpoint).form(form).send().await;
    let response = sent.map_err(|error| unanswered(&error))?;
    match response.status() {
        status if status.is_success() => {
            let answer: Answer = response
                .json()
                .await
                .map_err(|_| Trouble::Unreadable("the answer is no sign-in token".into()))?;
            Ok(Secret::new(answer.signin_token))
        }
        StatusCode::BAD_REQUEST => {
            Err(Trouble::Invalid("the federation endpoint refused the credentials".into()))
        }
        status if status.is_server_error() => Err(Trouble::Unavailable(format!("HTTP {}", status.as_u16()))),
        status => Err(Trouble::Unreadable(format!("HTTP {}", status.as_u16()))),
    }
}
