//! The portal API: accounts, roles, role credentials, logout. Protocol: IAM Identity Center Portal API
//! Reference.

mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderName, StatusCode};
use serde_json::{Value, json};

use crate::directory::{Directory, Entry, Viewer};
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::organisation::digest_of;
use crate::partition::Partition;
use crate::role_keys::Principal;
use crate::world::World;
use page::PageRequest;

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
    reply(authorized(world, request).and_then(|viewer| accounts(world, viewer, &request.query_pairs())))
}

/// `GET /assignment/roles`.
pub(crate) fn list_account_roles(world: &Arc<World>, request: &Incoming) -> Reply {
    reply(authorized(world, request).and_then(|viewer| roles(world, viewer, &request.query_pairs())))
}

/// `GET /federation/credentials`.
pub(crate) fn get_role_credentials(world: &Arc<World>, request: &Incoming) -> Reply {
    reply(authorized(world, request).and_then(|viewer| credentials(world, viewer, &request.query_pairs())))
}

/// `POST /logout`.
pub(crate) fn logout(world: &Arc<World>, request: &Incoming) -> Reply {
    match authorized(world, request) {
        Ok(_) => {
            world.oidc.lock().sessions.log_out(request.header(BEARER_HEADER).unwrap_or_default());
            Reply::empty(StatusCode::OK)
        }
        Err(refusal) => refusal.into_reply(),
    }
}

/// Whose token it is, if the portal takes it.
fn authorized(world: &World, request: &Incoming) -> Result<Viewer, Refusal> {
    let faults = world.faults();
    let token = request.header(BEARER_HEADER).ok_or(Refusal::UNAUTHORIZED)?;
    let holder = world.oidc.lock().sessions.holder(token, world.clock.now_ms());
    let holder = holder.filter(|_| !faults.revoked_token).ok_or(Refusal::UNAUTHORIZED)?;
    Ok(Viewer { person: holder.person, changes: faults.new_session_needed.then_some(holder.changes) })
}

fn accounts(world: &World, viewer: Viewer, query: &Pairs) -> Result<Value, Refusal> {
    let wanted = PageRequest::read(world, "accounts", query)?;
    let mut directory = world.directory.lock();
    let list = directory.settle(world.clock.now_ms()).accounts_from(wanted.start(), viewer);
    let page = wanted.cut(list.map(|(number, account)| {
        let listed = json!({
            "accountId": account.id,
            "accountName": account.name,
            "emailAddress": account.email,
        });
        (number, listed)
    }));
    Ok(json!({ "nextToken": page.next_token, "accountList": page.items }))
}

fn roles(world: &World, viewer: Viewer, query: &Pairs) -> Result<Value, Refusal> {
    let id = account_id(query)?;
    let mut directory = world.directory.lock();
    let account = open_account(world, directory.settle(world.clock.now_ms()), viewer, id)?;
    let wanted = PageRequest::read(world, id, query)?;
    let list = account.roles_from(wanted.start(), viewer);
    let page = wanted.cut(
        list.map(|(number, grant)| (number, json!({ "roleName": grant.role, "accountId": account.id }))),
    );
    Ok(json!({ "nextToken": page.next_token, "roleList": page.items }))
}

fn credentials(world: &World, viewer: Viewer, query: &Pairs) -> Result<Value, Refusal> {
    let role = value_of(query, "role_name")
        .filter(|name| !name.is_empty())
        .ok_or(Refusal::invalid("Missing required parameter role_name"))?;
    let id = account_id(query)?;
    let now_ms = world.clock.now_ms();
    {
        let mut directory = world.directory.lock();
        let account = open_account(world, directory.settle(now_ms), viewer, id)?;
        account.roles_from(0, viewer).find(|(_, grant)| grant.role == role).ok_or(Refusal::FORBIDDEN)?;
    }
    let user = &world.options.person_of(viewer.person).user;
    let principal = Principal::of_permission_set(world.partition(), id, role, user);
    let expires_ms = now_ms + i64::from(world.options.role_seconds) * 1000;
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

fn account_id(query: &Pairs) -> Result<&str, Refusal> {
    let id =
        value_of(query, "account_id").ok_or(Refusal::invalid("Missing required parameter account_id"))?;
    if id.len() != 12 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::invalid("Invalid account_id: 12 digits expected"));
    }
    Ok(id)
}

/// The account, if the viewer holds a role there.
fn open_account<'a>(
    world: &World,
    directory: &'a Directory,
    viewer: Viewer,
    id: &str,
) -> Result<&'a Entry, Refusal> {
    let account = directory.account(id).ok_or(Refusal::NO_ACCOUNT)?;
    let forbidden = match world.faults().forbidden_account.as_deref() {
        Some("first") => directory.accounts_from(0, viewer).next().is_some_and(|(_, first)| first.id == id),
        other => other == Some(id),
    };
    if forbidden || account.roles_from(0, viewer).next().is_none() {
        return Err(Refusal::FORBIDDEN);
    }
    Ok(account)
}

impl Principal {
    /// The role session that Identity Center makes of a permission set.
    pub(crate) fn of_permission_set(partition: Partition, account_id: &str, role: &str, user: &str) -> Self {
        let digest = digest_of(account_id, role);
        Self {
            partition,
            account_id: account_id.to_owned(),
            role_name: format!("AWSReservedSSO_{role}_{}", &digest[..16]),
            session_name: user.to_owned(),
            chained: false,
            source_identity: None,
            transitive_tags: BTreeMap::new(),
        }
    }
}
