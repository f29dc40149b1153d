//! The console federation endpoint (IAM User Guide, "Enable custom identity broker access to the AWS
//! console"). No AWS SDK knows it, so it is plain HTTP.

use std::sync::Arc;
use std::time::Duration;

use domain::console;
use domain::failure::Failure;
use domain::ids::Region;
use domain::secret::Secret;
use domain::trouble::Trouble;
use domain::vend::Credentials;
use reqwest::{Certificate, Client, StatusCode};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Aws, ca_bundle};
use crate::environment::Environment;

/// Up to 12 hours, whatever the credentials' own life; allowed for credentials straight from the portal.
const SESSION_SECONDS: &str = "43200";

/// The endpoint for consoles in `region`. `ROLECALL_SIGNIN_URL` may name it, or only its origin.
pub fn endpoint(environment: &Environment, region: &Region) -> String {
    let Some(given) = environment.text("ROLECALL_SIGNIN_URL") else {
        return console::federation_endpoint(region);
    };
    match given.trim_end_matches('/') {
        origin if origin.matches('/').count() == 2 => format!("{origin}/federation"),
        endpoint => endpoint.to_owned(),
    }
}

/// getSigninToken, by POST: the session is a secret and does not belong into an address.
pub async fn signin_token(aws: &Aws, endpoint: &str, credentials: &Credentials) -> Result<Secret, Trouble> {
    let client = client(&aws.environment).map_err(|failure| Trouble::Unavailable(failure.summary))?;
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
    match ask(&client, endpoint, &with_duration).await {
        // Credentials that came by role chaining may not ask for a duration.
        Err(Trouble::Invalid(_)) => {
            ask(&client, endpoint, &[("Action", "getSigninToken"), ("Session", &session)]).await
        }
        answer => answer,
    }
}

async fn ask(client: &Client, endpoint: &str, form: &[(&str, &str)]) -> Result<Secret, Trouble> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        signin_token: String,
    }
    // An error of reqwest may name the address, which holds no secret here.
    let lost = |error: reqwest::Error| Trouble::Unavailable(error.without_url().to_string());
    let response = client.post(endpoint).form(form).send().await.map_err(lost)?;
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

/// Proxies come from the environment, as reqwest reads it; roots are the system's and `AWS_CA_BUNDLE`.
fn client(environment: &Environment) -> Result<Client, Failure> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    // reqwest takes the provider of the process; a second installation is refused and of no matter.
    let _ = Arc::unwrap_or_clone(provider).install_default();
    let unusable = |error: reqwest::Error| {
        Failure::new(
            domain::failure::Code::Failed,
            "HTTPS can't be set up",
            "check AWS_CA_BUNDLE and HTTPS_PROXY",
        )
        .with_detail(error)
    };
    let mut builder = Client::builder()
        .timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(8))
        .redirect(reqwest::redirect::Policy::none());
    if let Some(pem) = ca_bundle(environment)? {
        for certificate in Certificate::from_pem_bundle(&pem).map_err(unusable)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build().map_err(unusable)
}
