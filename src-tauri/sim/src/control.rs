//! Control over HTTP, for processes that only know the URL. Not logged: looking must not change what is
//! seen.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::directory::Change;
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::people::PersonId;
use crate::sts::Trust;
use crate::world::World;

/// `/_sim/…`.
pub(crate) fn answer(world: &Arc<World>, request: &Incoming) -> Reply {
    // A page of the web may send simple requests here blindly; browsers then name its origin.
    if request.header("origin").is_some_and(|origin| origin != world.origin) {
        return problem(StatusCode::FORBIDDEN, "requests from other origins are refused");
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/_sim/requests") => requests(world, request),
        ("GET", "/_sim/stats") => Reply::json(StatusCode::OK, &world.stats()),
        ("GET", "/_sim/faults") => Reply::json(StatusCode::OK, &world.faults()),
        ("POST", "/_sim/faults") => change_faults(world, request),
        ("POST", "/_sim/approve") => settle(world, request, true),
        ("POST", "/_sim/deny") => settle(world, request, false),
        ("POST", "/_sim/revoke") => revoke(world, request),
        ("POST", "/_sim/provision") => provision(world, request),
        ("POST", "/_sim/trust") => trust(world, request),
        ("POST", "/_sim/clock") => set_clock(world, request),
        _ => problem(StatusCode::NOT_FOUND, "no such control"),
    }
}

fn problem(status: StatusCode, text: &str) -> Reply {
    Reply::json(status, &json!({ "error": text }))
}

fn number<T: std::str::FromStr>(request: &Incoming, name: &str) -> Option<T> {
    value_of(&request.query_pairs(), name)?.parse().ok()
}

fn requests(world: &World, request: &Incoming) -> Reply {
    let after = number(request, "since").unwrap_or(0);
    Reply::json(StatusCode::OK, &world.journal.lock().since(after))
}

fn change_faults(world: &World, request: &Incoming) -> Reply {
    let change: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match world.faults().merged(&change) {
        Ok(faults) => {
            world.set_faults(faults.clone());
            Reply::json(StatusCode::OK, &faults)
        }
        Err(error) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn settle(world: &World, request: &Incoming, allow: bool) -> Reply {
    let query = request.query_pairs();
    let Some(user_code) = value_of(&query, "user_code") else {
        return problem(StatusCode::BAD_REQUEST, "user_code is missing");
    };
    let Some(whose) = person(world, &query) else { return no_such_user() };
    let person = whose.unwrap_or(PersonId::MAIN);
    if world.settle_device(user_code, person, allow) {
        Reply::json(StatusCode::OK, &json!({ "user_code": user_code, "allowed": allow }))
    } else {
        problem(StatusCode::NOT_FOUND, "no device authorization waits under this code")
    }
}

/// The person of the parameter `user`, if there is one; nothing at all for a name that nobody has.
#[expect(clippy::option_option, reason = "no parameter and a wrong one are different answers")]
fn person(world: &World, query: &Pairs) -> Option<Option<PersonId>> {
    match value_of(query, "user") {
        None => Some(None),
        Some(user) => world.options.person_named(user).map(Some),
    }
}

fn no_such_user() -> Reply {
    problem(StatusCode::NOT_FOUND, "there is no such user")
}

fn revoke(world: &World, request: &Incoming) -> Reply {
    let Some(whose) = person(world, &request.query_pairs()) else { return no_such_user() };
    world.end_sessions(whose);
    Reply::json(StatusCode::OK, &json!({ "revoked": true }))
}

/// One change, or several that are made in order until one cannot be.
fn provision(world: &World, request: &Incoming) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let changes: Result<Vec<Change>, _> = match body {
        Value::Array(_) => serde_json::from_value(body),
        one => serde_json::from_value(one).map(|change| vec![change]),
    };
    let changes = match changes {
        Ok(changes) => changes,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let count = changes.len();
    for change in changes {
        if let Err(error) = world.provision(change) {
            return problem(StatusCode::CONFLICT, &error.to_string());
        }
    }
    Reply::json(StatusCode::OK, &json!({ "provisioned": count }))
}

/// The trust policy of one role, or of several.
fn trust(world: &World, request: &Incoming) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let trusts: Result<Vec<Trust>, _> = match body {
        Value::Array(_) => serde_json::from_value(body),
        one => serde_json::from_value(one).map(|trust| vec![trust]),
    };
    let trusts = match trusts {
        Ok(trusts) => trusts,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let count = trusts.len();
    for trust in trusts {
        world.trusts.lock().put(trust);
    }
    Reply::json(StatusCode::OK, &json!({ "trusts": count }))
}

fn set_clock(world: &World, request: &Incoming) -> Reply {
    let Some(seconds) = number(request, "offset_seconds") else {
        return problem(StatusCode::BAD_REQUEST, "offset_seconds is missing or no whole number");
    };
    world.clock.set_offset(seconds);
    Reply::json(StatusCode::OK, &json!({ "offset_seconds": seconds }))
}
