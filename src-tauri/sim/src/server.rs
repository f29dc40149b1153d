//! From a connection to a handler and back: host check, faults, log, common headers.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_LENGTH, DATE};
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use axum::{Router, serve};
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;

use crate::clock::{http_date, iso8601_millis};
use crate::connection::{CuttableListener, Scissors};
use crate::http::{Incoming, Reply};
use crate::journal::{RequestRecord, parameters};
use crate::oidc::{Exception, Refusal as OidcRefusal};
use crate::portal::Refusal as PortalRefusal;
use crate::routes::{Route, Service, idp_route, main_route, vanity_route};
use crate::sts::Refusal as StsRefusal;
use crate::throttle::AWS_REQUESTS_PER_SECOND;
use crate::world::World;
use crate::{control, pages, random};

/// No request of these services comes near.
const BODY_LIMIT: usize = 1 << 20;

/// The origins of a simulator.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin {
    Main,
    IdentityProvider,
    Vanity,
}

#[derive(Clone)]
struct Site {
    world: Arc<World>,
    origin: Origin,
}

/// Serves one origin until the simulator stops.
pub(crate) async fn run(world: Arc<World>, origin: Origin, listener: TcpListener) {
    let mut stopping = world.stopping.clone();
    let routes = Router::new().fallback(answer).with_state(Site { world, origin });
    let stopped = async move {
        // An error means that the simulator is gone, which is the same.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    // Accepting only fails for good when the process runs out of something; there is no one to tell.
    let routes = routes.into_make_service_with_connect_info::<Scissors>();
    let _ = serve(CuttableListener(listener), routes).with_graceful_shutdown(stopped).await;
}

async fn answer(
    State(site): State<Site>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Result<Response, Infallible> {
    let Site { world, origin } = site;
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Ok(finish(&world, Reply::text(StatusCode::PAYLOAD_TOO_LARGE, "Request too large\n"), None));
    };
    let request = Incoming {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    };
    if !request.header("host").is_some_and(|host| is_loopback(host) || is_among(host, &world.options.hosts)) {
        return Ok(finish(
            &world,
            Reply::text(StatusCode::FORBIDDEN, "Only loopback hosts are served\n"),
            None,
        ));
    }
    if request.path.starts_with("/_sim/") {
        return Ok(finish(&world, control::answer(&world, &request), None));
    }
    let route = match origin {
        Origin::Main => main_route(&request),
        Origin::IdentityProvider => idp_route(world.options.identity_source, &request),
        Origin::Vanity => vanity_route(&request),
    };
    Ok(answer_logged(&world, &request, &route, &scissors).await)
}

/// `127.0.0.1`, `[::1]` or `localhost`, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "[::1]" | "localhost")
}

/// One of the domains, or a name below it.
fn is_among(host: &str, domains: &[String]) -> bool {
    domains.iter().any(|domain| {
        host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

async fn answer_logged(
    world: &Arc<World>,
    request: &Incoming,
    route: &Route,
    scissors: &Scissors,
) -> Response {
    let started = Instant::now();
    let time = iso8601_millis(world.clock.now_ms());
    world.journal.lock().arrival(route.service.name(), &route.operation, started);
    let (mut reply, broken) = if route.api {
        answer_with_faults(world, request, route).await
    } else {
        ((route.handler)(world, request), false)
    };
    if broken {
        reply.exception = Some("(connection reset)".to_owned());
    }
    if reply.lost {
        reply.exception = Some("(reply lost)".to_owned());
        scissors.cut();
    }
    let record = RequestRecord {
        number: 0,
        time,
        service: route.service.name(),
        operation: route.operation.clone().into_owned(),
        method: request.method.to_string(),
        path: request.path.clone(),
        status: reply.status.as_u16(),
        exception: reply.exception.clone(),
        user_agent: request.header("user-agent").map(str::to_owned),
        duration_ms: started.elapsed().as_secs_f64() * 1000.0,
        parameters: parameters(request),
    };
    let record = world.journal.lock().answered(record);
    if let Some(observer) = &world.options.request_log {
        observer(&record);
    }
    if broken { broken_off(finish(world, reply, Some(route))) } else { finish(world, reply, Some(route)) }
}

/// The reply, and whether the connection breaks in the middle of it.
async fn answer_with_faults(world: &Arc<World>, request: &Incoming, route: &Route) -> (Reply, bool) {
    let faults = world.faults();
    if faults.latency > 0 {
        let mut stopping = world.stopping.clone();
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(faults.latency)) => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }
    if faults.html {
        return (pages::captive_portal(), false);
    }
    let rate = faults.throttle.unwrap_or(AWS_REQUESTS_PER_SECOND);
    if route.service == Service::Portal && !world.bucket.lock().admit(rate, Instant::now()) {
        return (PortalRefusal::THROTTLED.into_reply(), false);
    }
    if route.service == Service::Console {
        return ((route.handler)(world, request), false);
    }
    let (failing, broken) = {
        let mut mishaps = world.mishaps.lock();
        (mishaps.server_error(faults.server_error), mishaps.reset(faults.reset))
    };
    let reply = if failing { server_error(route.service) } else { (route.handler)(world, request) };
    (reply, broken)
}

fn server_error(service: Service) -> Reply {
    match service {
        Service::Oidc => OidcRefusal::bare(Exception::InternalServer).into_reply(),
        Service::Sts => StsRefusal::new(
            "ServiceUnavailable",
            StatusCode::SERVICE_UNAVAILABLE,
            "The request has failed due to a temporary failure of the server.",
        )
        .into_reply(),
        _ => PortalRefusal::UNAVAILABLE.into_reply(),
    }
}

fn finish(world: &World, reply: Reply, route: Option<&Route>) -> Response {
    let mut reply = reply.with(DATE, &http_date(world.clock.now_ms()));
    if route.is_some_and(|route| route.api) {
        reply = reply.with(HeaderName::from_static("x-amzn-requestid"), &random::request_id());
    }
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// Half of the body, then the end of the connection. The operation itself has happened, as it may have
/// when a real connection breaks.
fn broken_off(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    // More than the half that follows, so that clients know it for a fragment.
    head.headers.insert(CONTENT_LENGTH, BODY_LIMIT.into());
    let start = stream::once(async move {
        let whole = to_bytes(body, BODY_LIMIT).await.map_err(io::Error::other)?;
        Ok::<Bytes, io::Error>(whole.slice(..whole.len() / 2))
    });
    let end = stream::once(async { Err(io::Error::from(io::ErrorKind::ConnectionReset)) });
    Response::from_parts(head, Body::from_stream(start.chain(end)))
}

#[cfg(test)]
mod tests {
    use super::{is_among, is_loopback};

    #[test]
    fn other_hosts_only_where_they_are_named() {
        let domains = ["amazonaws.com".to_owned()];
        assert!(is_among("sts.us-east-1.amazonaws.com", &domains) && is_among("amazonaws.com", &domains));
        for host in ["evil-amazonaws.com", "amazonaws.com.evil.example", ""] {
            assert!(!is_among(host, &domains), "{host}");
        }
        assert!(!is_among("sts.us-east-1.amazonaws.com", &[]));
    }

    #[test]
    fn only_loopback_hosts() {
        for host in ["127.0.0.1", "127.0.0.1:80", "localhost:1234", "[::1]:9", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.com", "127.0.0.1.example.com:80", "localhost.example.com", "10.0.0.1", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
