//! Control over HTTP, for processes that only know the URL. Not logged: looking must not change what is
//! seen.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::http::{Incoming, Reply, value_of};
use crate::world::World;

/// `/_sim/…`.
pub(crate) fn answer(world: &Arc<World>, request: &Incoming) -> Reply {
    // A page of the web may send simple requests here blindly; browsers then name its origin.
    if request.header("origin").is_some_and(|origin| origin != world.origin) {
        return problem(StatusCode::FORBIDDEN, "requests from other origins are refused");
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/_sim/requests") => requests(world, request),
        ("GET", "/_sim/stats") => Reply::json(StatusCode::OK, &world.journal.lock().stats()),
        ("GET", "/_sim/faults") => Reply::json(StatusCode::OK, &world.faults()),
        ("POST", "/_sim/faults") => change_faults(world, request),
        ("POST", "/_sim/approve") => settle(world, request, true),
        ("POST", "/_sim/deny") => settle(world, request, false),
        ("POST", "/_sim/revoke") => {
            world.revoke_sessions();
            Reply::json(StatusCode::OK, &json!({ "revoked": true }))
        }
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
    if world.settle_device(user_code, allow) {
        Reply::json(StatusCode::OK, &json!({ "user_code": user_code, "allowed": allow }))
    } else {
        problem(StatusCode::NOT_FOUND, "no device authorization waits under this code")
    }
}

fn set_clock(world: &World, request: &Incoming) -> Reply {
    let Some(seconds) = number(request, "offset_seconds") else {
        return problem(StatusCode::BAD_REQUEST, "offset_seconds is missing or no whole number");
    };
    world.clock.set_offset(seconds);
    Reply::json(StatusCode::OK, &json!({ "offset_seconds": seconds }))
}
