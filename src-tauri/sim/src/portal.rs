//! The portal API: accounts, roles, role credentials, logout. Protocol: IAM Identity Center Portal API
//! Reference.

mod page;

use std::sync::Arc;

use axum::http::{HeaderName, StatusCode};
use serde_json::{Value, json};

use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::organisation::{Account, digest_of};
use crate::partition::Partition;
use crate::role_keys::Principal;
use crate::world::World;
use page::{Page, PageRequest};

const BEARER_HEADER: &str = "x-amz-sso_bearer_token";

/// A refused request: the exception's name, its status and its text.
#[derive(Debug)]
pub(crate) struct Refusal(&'static str, StatusCode, &'static str);

impl Refusal {
    pub(crate) const THROTTLED: Self =
        Self("TooManyRequestsException", StatusCode::TOO_MANY_REQUESTS, "HTTP 429 Unknown Code");
    pub(crate) const UNAVAILABLE: Self = Self(
        "ServiceUnavailableException",
        StatusCode::SERVICE_UNAVAILABLE,
        "Service is temporarily unavailable",
    );
    const UNAUTHORIZED: Self =
        Self("UnauthorizedException", StatusCode::UNAUTHORIZED, "Session token not found or invalid");
    const FORBIDDEN: Self = Self("ForbiddenException", StatusCode::FORBIDDEN, "No access");
    const NO_ACCOUNT: Self = Self("ResourceNotFoundException", StatusCode::NOT_FOUND, "Account not found");

    pub(crate) fn invalid(text: &'static str) -> Self {
        Self("InvalidRequestException", StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn into_reply(self) -> Reply {
        let Self(name, status, text) = self;
        let kind = format!("com.amazonaws.switchboard.portal#{name}");
        Reply::json(status, &json!({ "message": text, "__type": kind }))
            .with(HeaderName::from_static("x-amzn-errortype"), name)
            .failed(name)
    }
}

fn reply(outcome: Result<Value, Refusal>) -> Reply {
    match outcome {
        Ok(body) => Reply::json(StatusCode::OK, &body),
        Err(refusal) => refusal.into_reply(),
    }
}

/// `GET /assignment/accounts`.
pub(crate) fn list_accounts(world: &Arc<World>, request: &Incoming) -> Reply {
    reply(authorized(world, request).and_then(|_| accounts(world, &request.query_pairs())))
}

/// `GET /assignment/roles`.
pub(crate) fn list_account_roles(world: &Arc<World>, request: &Incoming) -> Reply {
    reply(authorized(world, request).and_then(|_| roles(world, &request.query_pairs())))
}

/// `GET /federation/credentials`.
pub(crate) fn get_role_credentials(world: &Arc<World>, request: &Incoming) -> Reply {
    reply(authorized(world, request).and_then(|_| credentials(world, &request.query_pairs())))
}

/// `POST /logout`.
pub(crate) fn logout(world: &Arc<World>, request: &Incoming) -> Reply {
    match authorized(world, request) {
        Ok(token) => {
            world.oidc.lock().sessions.log_out(token);
            Reply::empty(StatusCode::OK)
        }
        Err(refusal) => refusal.into_reply(),
    }
}

fn authorized<'a>(world: &World, request: &'a Incoming) -> Result<&'a str, Refusal> {
    let token = request.header(BEARER_HEADER).ok_or(Refusal::UNAUTHORIZED)?;
    let admitted =
        !world.faults().revoked_token && world.oidc.lock().sessions.admits(token, world.clock.now_ms());
    if admitted { Ok(token) } else { Err(Refusal::UNAUTHORIZED) }
}

fn accounts(world: &World, query: &Pairs) -> Result<Value, Refusal> {
    let wanted = PageRequest::read(world, "accounts", query)?;
    let Page { items, next_token } = wanted.cut(world.directory.accounts());
    let list: Vec<Value> = items
        .iter()
        .map(|account| {
            json!({
                "accountId": account.id,
                "accountName": account.name,
                "emailAddress": account.email,
            })
        })
        .collect();
    Ok(json!({ "nextToken": next_token, "accountList": list }))
}

fn roles(world: &World, query: &Pairs) -> Result<Value, Refusal> {
    let account = account_of(world, query)?;
    let wanted = PageRequest::read(world, &account.id, query)?;
    let Page { items, next_token } = wanted.cut(&account.roles);
    let list: Vec<Value> =
        items.iter().map(|role| json!({ "roleName": role, "accountId": account.id })).collect();
    Ok(json!({ "nextToken": next_token, "roleList": list }))
}

fn credentials(world: &World, query: &Pairs) -> Result<Value, Refusal> {
    let role = value_of(query, "role_name")
        .filter(|name| !name.is_empty())
        .ok_or(Refusal::invalid("Missing required parameter role_name"))?;
    let account = account_of(world, query)?;
    let role = account.roles.iter().find(|known| **known == role).ok_or(Refusal::FORBIDDEN)?;
    let principal =
        Principal::of_permission_set(world.partition(), &account.id, role, &world.options.person.user);
    let lifetime_ms = i64::from(world.options.role_seconds) * 1000;
    let expires_ms = world.clock.now_ms() + lifetime_ms;
    let key = world.role_keys.lock().vend(principal, expires_ms);
    Ok(json!({
        "roleCredentials": {
            "accessKeyId": key.access_key_id,
            "secretAccessKey": key.secret,
            "sessionToken": key.session_token,
            "expiration": expires_ms,
        }
    }))
}

fn account_of<'a>(world: &'a World, query: &Pairs) -> Result<&'a Account, Refusal> {
    let id =
        value_of(query, "account_id").ok_or(Refusal::invalid("Missing required parameter account_id"))?;
    if id.len() != 12 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::invalid("Invalid account_id: 12 digits expected"));
    }
    let account = world.directory.account(id).ok_or(Refusal::NO_ACCOUNT)?;
    if world.forbidden_account().is_some_and(|forbidden| forbidden == account.id) {
        return Err(Refusal::FORBIDDEN);
    }
    Ok(account)
}

impl Principal {
    /// The role session that Identity Center makes of a permission set.
    fn of_permission_set(partition: Partition, account_id: &str, role: &str, user: &str) -> Self {
        let digest = digest_of(account_id, role);
        Self {
            partition,
            account_id: account_id.to_owned(),
            role_name: format!("AWSReservedSSO_{role}_{}", &digest[..16]),
            session_name: user.to_owned(),
            chained: false,
        }
    }
}
