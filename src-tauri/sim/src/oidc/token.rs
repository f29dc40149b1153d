//! `CreateToken` in its three forms, and what the pages put in place for it.

use std::sync::Arc;
use std::time::Instant;

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::sessions::{Holder, Redemption, Terms, Tokens};
use super::{
    ClientCredentials, Exception, GrantType, KNOWN_SCOPES, LoginId, Oidc, Progress, Refusal,
    forget_clients_if_told, parse, reply,
};
use crate::http::{Incoming, Reply};
use crate::random;
use crate::world::World;

const CODE_LIFETIME_MS: i64 = 300_000;

/// An authorization code on its way through the browser (RFC 7636).
#[derive(Debug)]
pub(crate) struct CodeGrant {
    client_id: String,
    redirect_uri: String,
    challenge: String,
    login: LoginId,
    expires_ms: i64,
    used: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(flatten)]
    client: ClientCredentials,
    grant_type: String,
    device_code: Option<String>,
    refresh_token: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    scope: Option<Vec<String>>,
}

/// `POST /token`.
pub(crate) fn create(world: &Arc<World>, request: &Incoming) -> Reply {
    let parsed: Request = match parse(request) {
        Ok(parsed) => parsed,
        Err(refusal) => return refusal.into_reply(),
    };
    let outcome = admit(world, &parsed);
    let lost = outcome.is_ok() && loses_reply(world, &parsed);
    Reply { lost, ..reply(outcome) }
}

/// The `lost_reply` fault strikes.
fn loses_reply(world: &World, request: &Request) -> bool {
    let refreshing = GrantType::named(&request.grant_type) == Some(GrantType::Refresh);
    let every = world.faults().lost_reply.filter(|_| refreshing);
    every.is_some_and(|every| world.mishaps.lock().loses_reply(every))
}

fn admit(world: &World, request: &Request) -> Result<Value, Refusal> {
    let grant_type = GrantType::named(&request.grant_type)
        .ok_or_else(|| Refusal::new(Exception::UnsupportedGrantType, "Unsupported grant type"))?;
    forget_clients_if_told(world);
    let now_ms = world.clock.now_ms();
    let mut oidc = world.oidc.lock();
    let client = oidc.client(&request.client, now_ms)?;
    if !client.grants.contains(&grant_type) {
        return Err(Refusal::new(
            Exception::UnauthorizedClient,
            "Client is not registered for this grant type",
        ));
    }
    if request.scope.iter().flatten().any(|scope| !KNOWN_SCOPES.contains(&scope.as_str())) {
        return Err(Refusal::new(Exception::InvalidScope, "Invalid scope requested"));
    }
    let login = match grant_type {
        GrantType::Device => redeem_device(world, &mut oidc, request, now_ms)?,
        GrantType::Refresh => redeem_refresh(world, &mut oidc, request, now_ms)?,
        GrantType::Code => redeem_code(&mut oidc, request, now_ms)?,
    };
    let terms = terms(world, grant_type, now_ms);
    let tokens = oidc.sessions.issue(login, &terms).ok_or_else(invalid_grant)?;
    Ok(body(&tokens))
}

fn terms(world: &World, grant_type: GrantType, now_ms: i64) -> Terms {
    let faults = world.faults();
    let kept = grant_type == GrantType::Refresh && faults.refresh_without_rotation;
    Terms {
        now_ms,
        token_seconds: world.options.token_seconds,
        cut_seconds: faults.short_tokens,
        refreshable: !faults.no_refresh_token && !kept,
    }
}

fn body(tokens: &Tokens) -> Value {
    json!({
        "accessToken": tokens.access,
        "tokenType": "Bearer",
        "expiresIn": tokens.expires_in,
        "refreshToken": tokens.refresh,
        "idToken": null,
    })
}

fn invalid_grant() -> Refusal {
    Refusal::new(Exception::InvalidGrant, "Invalid grant provided")
}

fn required<'a>(field: Option<&'a String>, description: &'static str) -> Result<&'a str, Refusal> {
    field.map(String::as_str).ok_or_else(|| Refusal::new(Exception::InvalidRequest, description))
}

fn redeem_device(world: &World, oidc: &mut Oidc, request: &Request, now_ms: i64) -> Result<LoginId, Refusal> {
    let code = required(request.device_code.as_ref(), "deviceCode is required")?;
    let grant = oidc.devices.get_mut(code).ok_or_else(invalid_grant)?;
    if grant.client_id != request.client.client_id {
        return Err(invalid_grant());
    }
    grant.poll(now_ms, Instant::now(), world.faults().slow_down).map_err(|exception| match exception {
        Exception::InvalidGrant => invalid_grant(),
        state => Refusal::bare(state),
    })
}

fn redeem_refresh(
    world: &World,
    oidc: &mut Oidc,
    request: &Request,
    now_ms: i64,
) -> Result<LoginId, Refusal> {
    let token = required(request.refresh_token.as_ref(), "refreshToken is required")?;
    let refused = || Refusal::new(Exception::InvalidGrant, "Invalid refresh token provided");
    let faults = world.faults();
    if faults.revoked_token {
        oidc.sessions.refuse();
        return Err(refused());
    }
    let grace_seconds = if faults.short_tokens.is_some() { 0 } else { world.options.refresh_grace_seconds };
    // Without a successor the token stays the one to use.
    let grace_ms = (!faults.refresh_without_rotation).then_some(i64::from(grace_seconds) * 1000);
    let by = Redemption { client_id: &request.client.client_id, now_ms, grace_ms };
    oidc.sessions.redeem(token, &by).ok_or_else(refused)
}

fn redeem_code(oidc: &mut Oidc, request: &Request, now_ms: i64) -> Result<LoginId, Refusal> {
    let code = required(request.code.as_ref(), "code is required")?;
    let redirect_uri = required(request.redirect_uri.as_ref(), "redirectUri is required")?;
    let verifier = required(request.code_verifier.as_ref(), "codeVerifier is required")?;
    let grant = oidc.codes.get_mut(code).ok_or_else(invalid_grant)?;
    // Even a failed try spends the code: whoever holds it without the verifier must not try again.
    let spent = std::mem::replace(&mut grant.used, true);
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
    let fits = !spent
        && grant.expires_ms > now_ms
        && grant.client_id == request.client.client_id
        && grant.redirect_uri == redirect_uri
        && grant.challenge == challenge
        && (43..=128).contains(&verifier.len());
    if fits { Ok(grant.login) } else { Err(invalid_grant()) }
}

impl Oidc {
    /// The person allowed the device; its next poll gets tokens. Nothing happens to a code that is over.
    pub(crate) fn approve_device(&mut self, user_code: &str, holder: Holder, now_ms: i64) -> bool {
        let Some(client_id) = self.waiting_client(user_code, now_ms) else { return false };
        let scoped = self.clients.get(&client_id).is_some_and(|client| client.scoped);
        let login = self.sessions.begin(&client_id, scoped, holder);
        self.settle(user_code, Progress::Approved(login));
        true
    }

    /// The person pressed Deny.
    pub(crate) fn deny_device(&mut self, user_code: &str, now_ms: i64) -> bool {
        let waiting = self.waiting_client(user_code, now_ms).is_some();
        if waiting {
            self.settle(user_code, Progress::Denied);
        }
        waiting
    }

    fn waiting_client(&mut self, user_code: &str, now_ms: i64) -> Option<String> {
        let grant = self.device_by_user_code(user_code)?;
        (grant.progress == Progress::Pending && grant.expires_ms > now_ms).then(|| grant.client_id.clone())
    }

    fn settle(&mut self, user_code: &str, progress: Progress) {
        if let Some(grant) = self.device_by_user_code(user_code) {
            grant.progress = progress;
        }
    }

    /// The person allowed a client that came through `/authorize`: the code for its callback.
    pub(crate) fn grant_code(
        &mut self,
        client_id: &str,
        redirect_uri: &str,
        challenge: &str,
        holder: Holder,
        now_ms: i64,
    ) -> String {
        let scoped = self.clients.get(client_id).is_some_and(|client| client.scoped);
        let login = self.sessions.begin(client_id, scoped, holder);
        let code = random::url_safe(120);
        let grant = CodeGrant {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            login,
            expires_ms: now_ms + CODE_LIFETIME_MS,
            used: false,
        };
        self.codes.insert(code.clone(), grant);
        code
    }
}
