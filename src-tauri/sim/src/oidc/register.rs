//! `RegisterClient`.

use axum::http::Uri;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Exception, Refusal, parse, reply};
use crate::http::{Incoming, Reply};
use crate::options::same_start_url;
use crate::random;
use crate::world::World;

/// Gives access to accounts and roles; without it there is never a refresh token.
pub(super) const ACCOUNT_SCOPE: &str = "sso:account:access";

/// Scopes that a client may ask for.
pub(crate) const KNOWN_SCOPES: [&str; 3] = [ACCOUNT_SCOPE, "openid", "aws"];

const REGISTRATION_DAYS: i64 = 90;

/// What a client may come to the token endpoint with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrantType {
    Device,
    Refresh,
    Code,
}

impl GrantType {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "urn:ietf:params:oauth:grant-type:device_code" => Some(Self::Device),
            "refresh_token" => Some(Self::Refresh),
            "authorization_code" => Some(Self::Code),
            _ => None,
        }
    }
}

/// One registration.
#[derive(Debug)]
pub(crate) struct Client {
    pub(super) secret: String,
    /// Free text that the consent page shows.
    pub(crate) name: String,
    pub(super) scoped: bool,
    pub(crate) grants: Vec<GrantType>,
    pub(crate) redirects: Vec<Uri>,
    pub(crate) expires_ms: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    client_name: String,
    client_type: String,
    scopes: Option<Vec<String>>,
    grant_types: Option<Vec<String>>,
    redirect_uris: Option<Vec<String>>,
    issuer_url: Option<String>,
}

/// `POST /client/register`.
pub(crate) fn register(world: &std::sync::Arc<World>, request: &Incoming) -> Reply {
    reply(parse(request).and_then(|parsed| admit(world, parsed)))
}

fn admit(world: &World, request: Request) -> Result<Value, Refusal> {
    let now_ms = world.clock.now_ms();
    let expires = now_ms / 1000 + REGISTRATION_DAYS * 86_400;
    let client = checked(world, request, expires)?;
    let id = random::url_safe(30);
    let body = json!({
        "clientId": id,
        "clientSecret": client.secret,
        "clientIdIssuedAt": now_ms / 1000,
        "clientSecretExpiresAt": expires,
        "authorizationEndpoint": null,
        "tokenEndpoint": null,
    });
    world.oidc.lock().clients.insert(id, client);
    Ok(body)
}

fn checked(world: &World, request: Request, expires: i64) -> Result<Client, Refusal> {
    if request.client_name.trim().is_empty() || request.client_name.len() > 256 {
        return Err(Refusal::new(Exception::InvalidClientMetadata, "Invalid client name"));
    }
    if request.client_type != "public" {
        return Err(Refusal::new(Exception::InvalidClientMetadata, "Invalid client type"));
    }
    let asked = request.scopes.unwrap_or_default();
    if asked.iter().any(|scope| !KNOWN_SCOPES.contains(&scope.as_str())) {
        return Err(Refusal::new(Exception::InvalidScope, "Invalid scope requested"));
    }
    let scoped = asked.iter().any(|scope| scope == ACCOUNT_SCOPE);
    let grants = match &request.grant_types {
        None => vec![GrantType::Device, GrantType::Refresh],
        Some(names) => {
            names.iter().map(|name| GrantType::named(name)).collect::<Option<_>>().ok_or_else(|| {
                Refusal::new(Exception::UnsupportedGrantType, "Unsupported grant type in registration")
            })?
        }
    };
    if grants.contains(&GrantType::Code) && world.faults().pkce_blocked {
        return Err(Refusal::new(
            Exception::UnauthorizedClient,
            "The authorization code grant is blocked by your administrator",
        ));
    }
    if let Some(issuer) = &request.issuer_url
        && !same_start_url(issuer, &world.options.start_url)
    {
        return Err(Refusal::new(Exception::InvalidRequest, "Invalid issuer URL"));
    }
    let redirects = loopback_redirects(&request.redirect_uris.unwrap_or_default())?;
    if grants.contains(&GrantType::Code) && (redirects.is_empty() || request.issuer_url.is_none()) {
        return Err(Refusal::new(
            Exception::InvalidRequest,
            "redirectUris and issuerUrl are required for the authorization code grant",
        ));
    }
    let secret = random::client_secret(&request.client_name, expires);
    Ok(Client { secret, name: request.client_name, scoped, grants, redirects, expires_ms: expires * 1000 })
}

/// Loopback IP literals only (RFC 8252 section 7.3); `localhost` may resolve to somebody else.
fn loopback_redirects(uris: &[String]) -> Result<Vec<Uri>, Refusal> {
    let parse = |text: &String| {
        let uri: Uri = text.parse().ok()?;
        let loopback = uri.scheme_str() == Some("http") && matches!(uri.host(), Some("127.0.0.1" | "[::1]"));
        (loopback && !text.contains('#') && uri.query().is_none()).then_some(uri)
    };
    uris.iter()
        .map(parse)
        .collect::<Option<_>>()
        .ok_or_else(|| Refusal::new(Exception::InvalidRedirectUri, "Redirect URI must be a loopback address"))
}
