//! `GET /authorize`: the browser flow (RFC 6749 section 4.1 with RFC 7636).

use std::sync::Arc;

use axum::http::{StatusCode, Uri};
use data_encoding::BASE64URL_NOPAD;

use super::problem;
use super::signin::begin;
use super::visit::{Browser, Errand};
use crate::escape::query_value;
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::oidc::{Exception, GrantType, KNOWN_SCOPES};
use crate::world::World;

/// Starts a visit that ends at the client's callback. A bad client or callback shows an error here: only a
/// proven callback is ever redirected to.
pub(crate) fn authorize(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    let client_id = value_of(&query, "client_id").unwrap_or_default();
    let redirect_uri = value_of(&query, "redirect_uri").unwrap_or_default();
    let (client_name, may_use_codes) = {
        let oidc = world.oidc.lock();
        let known = oidc.clients.get(client_id).filter(|client| client.expires_ms > world.clock.now_ms());
        let Some(client) = known else {
            return problem(
                "Invalid client",
                "The application is not registered, or its registration has expired.",
            );
        };
        if !client.redirects.iter().any(|registered| same_but_port(registered, redirect_uri)) {
            return problem(
                "Invalid redirect",
                "The redirect_uri is not one that the application registered.",
            );
        }
        (client.name.clone(), client.grants.contains(&GrantType::Code))
    };
    let state = value_of(&query, "state").map(str::to_owned);
    let challenge = match check(&query, may_use_codes) {
        Ok(challenge) => challenge.to_owned(),
        Err((code, text)) => {
            return callback(redirect_uri, &[("error", code), ("error_description", text)], state.as_deref());
        }
    };
    let browser = Browser::of(world, request);
    let errand = Errand::Callback {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state,
        challenge,
    };
    browser.mark(begin(world, request, &browser, errand, client_name))
}

/// The challenge, or the error for the callback.
fn check(query: &Pairs, may_use_codes: bool) -> Result<&str, (&'static str, &'static str)> {
    if value_of(query, "response_type") != Some("code") {
        return Err(("unsupported_response_type", "response_type must be code"));
    }
    if !may_use_codes {
        return Err((Exception::UnauthorizedClient.code(), "Client is not registered for this grant type"));
    }
    let scopes = value_of(query, "scopes").or(value_of(query, "scope")).unwrap_or_default();
    if scopes.split(' ').any(|scope| !scope.is_empty() && !KNOWN_SCOPES.contains(&scope)) {
        return Err((Exception::InvalidScope.code(), "Invalid scope requested"));
    }
    if value_of(query, "code_challenge_method") != Some("S256") {
        return Err((Exception::InvalidRequest.code(), "code_challenge_method must be S256"));
    }
    // A SHA-256 in base64url without padding.
    let is_digest =
        |text: &&str| BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|bytes| bytes.len() == 32);
    value_of(query, "code_challenge")
        .filter(is_digest)
        .ok_or((Exception::InvalidRequest.code(), "code_challenge is missing or malformed"))
}

/// RFC 8252 section 7.3: the port is free, scheme, host and path are not.
fn same_but_port(registered: &Uri, requested: &str) -> bool {
    let Ok(uri) = requested.parse::<Uri>() else { return false };
    uri.scheme() == registered.scheme()
        && uri.host() == registered.host()
        && uri.path() == registered.path()
        && uri.query().is_none()
        && !requested.contains('#')
}

/// 302 to the client's listener.
pub(super) fn callback(redirect_uri: &str, parameters: &[(&str, &str)], state: Option<&str>) -> Reply {
    let pairs = parameters.iter().copied().chain(state.map(|state| ("state", state)));
    let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", query_value(value))).collect();
    Reply::redirect(StatusCode::FOUND, &format!("{redirect_uri}?{}", query.join("&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_is_free() {
        let registered: Uri = "http://127.0.0.1/oauth/callback".parse().unwrap();
        assert!(same_but_port(&registered, "http://127.0.0.1:54321/oauth/callback"));
        for other in [
            "http://localhost:54321/oauth/callback",
            "http://127.0.0.1:54321/elsewhere",
            "https://127.0.0.1:54321/oauth/callback",
            "http://127.0.0.1:54321/oauth/callback?x=1",
            "",
        ] {
            assert!(!same_but_port(&registered, other), "{other}");
        }
        let bare: Uri = "http://127.0.0.1".parse().unwrap();
        assert!(same_but_port(&bare, "http://127.0.0.1:4000"));
    }
}
