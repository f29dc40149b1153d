//! A domain of the company's own in front of the portal, such as `aws.corp.example`: it redirects to the
//! start URL, and clients that are given it must find that out.

use std::sync::Arc;

use axum::http::{Method, StatusCode};

use crate::http::{Incoming, Reply};
use crate::world::World;

/// Where the `vanity_elsewhere` fault leads: no host of AWS.
const ELSEWHERE: &str = "https://evil.example/";

/// HEAD or GET of any path.
pub(crate) fn redirect(world: &Arc<World>, request: &Incoming) -> Reply {
    let faults = world.faults();
    if faults.vanity_no_head && request.method == Method::HEAD {
        return Reply::empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let target = if faults.vanity_elsewhere { ELSEWHERE } else { &world.options.start_url };
    Reply::redirect(StatusCode::FOUND, target)
}
