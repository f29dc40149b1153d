//! IAM Identity Center OIDC: registration, device authorization, tokens (IAM Identity Center OIDC API
//! Reference).

use aws_sdk_ssooidc::Client;
use aws_sdk_ssooidc::operation::create_token::builders::CreateTokenFluentBuilder as TokenRequest;
use data_encoding::BASE64URL_NOPAD;
use domain::callback::{self, authorize_page};
use domain::flow::Flow;
use domain::ids::{NotValid, StartUrl};
use domain::secret::Secret;
use domain::session::DeviceAuthorization;
use domain::trouble::Trouble;
use jiff::{SignedDuration, Timestamp};

use sha2::{Digest, Sha256};

use super::answer::trouble;
use super::{Aws, configure};
use crate::clock;

/// Its presence decides whether a refresh token is issued at all.
const SCOPE: &str = "sso:account:access";
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const REFRESH_GRANT: &str = "refresh_token";
const CODE_GRANT: &str = "authorization_code";
/// What is registered has no port: any will do (RFC 8252 section 7.3).
const REGISTERED_HOST: &str = "http://127.0.0.1";

/// Who we are to the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Public.
    pub client_id: String,
    /// Sent with every token request.
    pub client_secret: Secret,
    /// 90 days after it was issued.
    pub expires_at: Timestamp,
}

/// Tokens, as issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Opens the portal.
    pub access_token: Secret,
    /// Gets the next pair; absent when the client has no scope.
    pub refresh_token: Option<Secret>,
    /// When the access token ends, by our clock.
    pub expires_at: Timestamp,
    /// When it was issued, by our clock.
    pub obtained_at: Timestamp,
}

/// A browser's errand: what the page says, and what proves afterwards that the errand was ours.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Comes back with the browser.
    pub state: String,
    /// Goes to AWS with the code, and nowhere else.
    pub verifier: Secret,
    /// With the port that is listened on.
    pub redirect_uri: String,
}

impl Errand {
    /// With a new state and verifier.
    pub fn new(redirect_uri: &str) -> Result<Self, getrandom::Error> {
        // 48 bytes are 64 characters of the 43 to 128 that RFC 7636 allows.
        let (mut verifier, mut state) = ([0_u8; 48], [0_u8; 16]);
        getrandom::fill(&mut verifier)?;
        getrandom::fill(&mut state)?;
        let verifier = Secret::new(BASE64URL_NOPAD.encode(&verifier));
        Ok(Self { state: BASE64URL_NOPAD.encode(&state), verifier, redirect_uri: redirect_uri.to_owned() })
    }

    fn challenge(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.verifier.reveal()))
    }
}

/// The OIDC service of one region.
#[derive(Debug, Clone)]
pub struct Oidc {
    client: Client,
    endpoint: String,
}

impl Oidc {
    /// Connects to nothing yet.
    pub fn new(aws: &Aws) -> Self {
        let client = Client::from_conf(configure!(aws, aws_sdk_ssooidc::Config::builder(), "SSO_OIDC"));
        Self { client, endpoint: aws.oidc_endpoint() }
    }

    /// RegisterClient, for one way to sign in.
    pub async fn register(&self, flow: Flow, start_url: &StartUrl) -> Result<Registration, Trouble> {
        let request = self
            .client
            .register_client()
            .client_name("Rolecall")
            .client_type("public")
            .scopes(SCOPE)
            .grant_types(REFRESH_GRANT);
        let request = match flow {
            Flow::Device => request.grant_types(DEVICE_GRANT),
            Flow::Browser => request
                .grant_types(CODE_GRANT)
                .redirect_uris(format!("{REGISTERED_HOST}{}", callback::PATH))
                .issuer_url(start_url.as_str()),
        };
        let answer = request.send().await.map_err(|error| trouble(&error))?;
        let (Some(id), Some(secret)) = (answer.client_id, answer.client_secret) else {
            return Err(Trouble::Unreadable("the registration has no client id or secret".into()));
        };
        let expires_at =
            Timestamp::from_second(answer.client_secret_expires_at).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Registration { client_id: id, client_secret: Secret::new(secret), expires_at })
    }

    /// StartDeviceAuthorization. The device code comes apart from what may be shown.
    pub async fn start_device(
        &self,
        registration: &Registration,
        start_url: &StartUrl,
    ) -> Result<(DeviceAuthorization, Secret), Trouble> {
        let answer = self
            .client
            .start_device_authorization()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.reveal())
            .start_url(start_url.as_str())
            .send()
            .await
            .map_err(|error| trouble(&error))?;
        let page = answer.verification_uri_complete.or(answer.verification_uri);
        let (Some(code), Some(user_code), Some(page)) = (answer.device_code, answer.user_code, page) else {
            return Err(Trouble::Unreadable("the device authorization is incomplete".into()));
        };
        if !page.starts_with("https://") && !page.starts_with("http://") {
            return Err(Trouble::Unreadable("the verification address is no web page".into()));
        }
        // RFC 8628: 5 seconds where the server does not say.
        let interval = if answer.interval > 0 { answer.interval } else { 5 };
        let authorization = DeviceAuthorization {
            user_code,
            page,
            deadline: clock::now() + seconds(answer.expires_in),
            interval: seconds(interval),
        };
        Ok((authorization, Secret::new(code)))
    }

    /// CreateToken for a device code.
    pub async fn token_for_device(
        &self,
        registration: &Registration,
        code: &Secret,
    ) -> Result<Tokens, Trouble> {
        self.token(registration, |request| request.grant_type(DEVICE_GRANT).device_code(code.reveal())).await
    }

    /// CreateToken for a refresh token. A reply without a new refresh token leaves the old one in force.
    pub async fn refresh(
        &self,
        registration: &Registration,
        refresh_token: &Secret,
    ) -> Result<Tokens, Trouble> {
        let request = |r: TokenRequest| r.grant_type(REFRESH_GRANT).refresh_token(refresh_token.reveal());
        let tokens = self.token(registration, request).await?;
        Ok(Tokens { refresh_token: tokens.refresh_token.or_else(|| Some(refresh_token.clone())), ..tokens })
    }

    /// The page to open in the browser.
    pub fn authorize_page(&self, registration: &Registration, errand: &Errand) -> Result<String, NotValid> {
        authorize_page(&callback::Request {
            endpoint: &self.endpoint,
            client_id: &registration.client_id,
            redirect_uri: &errand.redirect_uri,
            state: &errand.state,
            challenge: &errand.challenge(),
            scope: SCOPE,
        })
    }

    /// CreateToken for the code that the browser brought.
    pub async fn token_for_code(
        &self,
        registration: &Registration,
        errand: &Errand,
        code: &Secret,
    ) -> Result<Tokens, Trouble> {
        let request = |r: TokenRequest| {
            r.grant_type(CODE_GRANT)
                .code(code.reveal())
                .redirect_uri(&errand.redirect_uri)
                .code_verifier(errand.verifier.reveal())
        };
        self.token(registration, request).await
    }

    async fn token(
        &self,
        registration: &Registration,
        grant: impl FnOnce(TokenRequest) -> TokenRequest,
    ) -> Result<Tokens, Trouble> {
        let request = self
            .client
            .create_token()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.reveal());
        let answer = grant(request).send().await.map_err(|error| trouble(&error))?;
        let Some(access_token) = answer.access_token else {
            return Err(Trouble::Unreadable("the answer has no access token".into()));
        };
        let obtained_at = clock::now();
        Ok(Tokens {
            access_token: Secret::new(access_token),
            refresh_token: answer.refresh_token.map(Secret::new),
            expires_at: obtained_at + seconds(answer.expires_in),
            obtained_at,
        })
    }
}

fn seconds(count: i32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(count.max(0)))
}
