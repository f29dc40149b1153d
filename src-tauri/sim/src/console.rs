//! The console federation endpoint and, in place of the console, a page that says where one would be.
//! Protocol: IAM User Guide "Enabling custom identity broker access to the AWS console".

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::header::SET_COOKIE;
use axum::http::{StatusCode, Uri};
use serde::Deserialize;
use serde_json::json;

use crate::escape::{markup, query_value};
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::pages::{Layout, render};
use crate::partition::Partition;
use crate::random;
use crate::role_keys::{Principal, RoleKey};
use crate::world::World;

const SIGNIN_TOKEN_MS: i64 = 15 * 60 * 1000;

/// Sign-in tokens and console sessions.
#[derive(Debug, Default)]
pub(crate) struct Console {
    tokens: HashMap<String, Ticket>,
    /// By cookie value.
    sessions: HashMap<String, Session>,
}

#[derive(Debug)]
struct Ticket {
    session: Session,
    expires_ms: i64,
}

#[derive(Debug, Clone)]
struct Session {
    principal: Principal,
    ends_ms: i64,
}

/// The service wants exactly these three names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    #[serde(rename = "sessionId")]
    access_key_id: String,
    #[serde(rename = "sessionKey")]
    secret: String,
    #[serde(rename = "sessionToken")]
    session_token: String,
}

/// The service takes its parameters from the query or from a form.
fn parameters(request: &Incoming) -> Pairs {
    let mut pairs = request.query_pairs();
    if request.has_content_type("application/x-www-form-urlencoded") {
        pairs.extend(request.form_pairs());
    }
    pairs
}

pub(crate) fn action(request: &Incoming) -> Option<String> {
    value_of(&parameters(request), "Action").map(str::to_owned)
}

fn refusal(title: &str, text: &str) -> Reply {
    let body = format!("<p role=\"alert\">{}</p>", markup(text));
    render(StatusCode::BAD_REQUEST, &Layout::plain(title), &body).failed("BadRequest")
}

/// `/federation` without an action it knows.
pub(crate) fn unknown_action(_: &Arc<World>, _: &Incoming) -> Reply {
    refusal("Bad request", "The Action parameter is missing or unknown.")
}

/// `/federation?Action=getSigninToken`, by GET or POST.
pub(crate) fn signin_token(world: &Arc<World>, request: &Incoming) -> Reply {
    match issue(world, &parameters(request)) {
        Ok(token) => Reply::json(StatusCode::OK, &json!({ "SigninToken": token })),
        Err(text) => refusal("Bad request", text),
    }
}

fn issue(world: &World, given: &Pairs) -> Result<String, &'static str> {
    const INVALID: &str = "The Session parameter does not hold valid temporary credentials.";
    let session = value_of(given, "Session").ok_or("The Session parameter is missing.")?;
    let credentials: Credentials = serde_json::from_str(session).map_err(|_| INVALID)?;
    let now_ms = world.clock.now_ms();
    let key = world.role_keys.lock().find(&credentials.access_key_id).cloned().ok_or(INVALID)?;
    if key.secret != credentials.secret || key.session_token != credentials.session_token {
        return Err(INVALID);
    }
    if key.expires_ms <= now_ms {
        return Err("The temporary credentials have expired.");
    }
    let ends_ms = match value_of(given, "SessionDuration") {
        None => key.expires_ms,
        Some(text) => now_ms + duration_ms(text, &key)?,
    };
    let token = random::url_safe(700);
    let session = Session { principal: key.principal, ends_ms };
    world
        .console
        .lock()
        .tokens
        .insert(token.clone(), Ticket { session, expires_ms: now_ms + SIGNIN_TOKEN_MS });
    Ok(token)
}

fn duration_ms(text: &str, key: &RoleKey) -> Result<i64, &'static str> {
    if key.principal.chained {
        return Err("SessionDuration cannot be used with credentials from role chaining.");
    }
    let seconds: i64 = text.parse().map_err(|_| "SessionDuration is not a number of seconds.")?;
    if !(900..=43_200).contains(&seconds) {
        return Err("SessionDuration must be between 900 and 43200 seconds.");
    }
    Ok(seconds * 1000)
}

/// `/federation?Action=login`: a session cookie, and on to the page that stands for the destination.
pub(crate) fn log_in(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    let partition = world.partition();
    let Some(destination) = value_of(&query, "Destination").filter(|url| is_console(partition, url)) else {
        return refusal("Bad request", "The Destination is missing or is not a page of the console.");
    };
    let now_ms = world.clock.now_ms();
    // A token counts once: taking it out is what makes a second use fail.
    let token = value_of(&query, "SigninToken");
    let ticket = token.and_then(|token| world.console.lock().tokens.remove(token));
    let Some(ticket) = ticket.filter(|ticket| ticket.expires_ms > now_ms) else {
        return refusal(
            "Sign-in link is not valid",
            "The SigninToken is unknown, was used before, or is older than 15 minutes. Open the console again for \
             a new one.",
        );
    };
    if others(world, request, &ticket.session.principal) {
        let text = "To log in to a different role, you must first log out of the one in this browser.";
        return refusal("You must first log out", text);
    }
    begin(world, ticket.session, destination)
}

/// Whether the browser has a live session as somebody else: then a federated sign-in has to wait for a sign-out.
fn others(world: &World, request: &Incoming, principal: &Principal) -> bool {
    let console = world.console.lock();
    let session = request.cookie(&cookie_name(world)).and_then(|id| console.sessions.get(id));
    session.is_some_and(|session| session.ends_ms > world.clock.now_ms() && session.principal != *principal)
}

/// The portal's own way in: as a role of whoever is signed in there. Without a destination, to the console's home.
pub(crate) fn enter(world: &Arc<World>, principal: Principal, destination: &str) -> Reply {
    let partition = world.partition();
    let home = partition.console_host().map(|host| format!("https://{host}/console/home"));
    let destination = if destination.is_empty() { home.as_deref().unwrap_or_default() } else { destination };
    if !is_console(partition, destination) {
        return refusal("Bad request", "The destination is not a page of the console.");
    }
    // Hours as the permission set has it; as long as a role's credentials here.
    let ends_ms = world.clock.now_ms() + i64::from(world.options.role_seconds) * 1000;
    begin(world, Session { principal, ends_ms }, destination)
}

/// A session of the browser, in place of the one that it may have.
fn begin(world: &World, session: Session, destination: &str) -> Reply {
    let id = random::url_safe(43);
    let seconds = (session.ends_ms - world.clock.now_ms()) / 1000;
    let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}", cookie_name(world));
    world.console.lock().sessions.insert(id, session);
    let location = format!("{}/console?destination={}", world.origin, query_value(destination));
    Reply::redirect(StatusCode::FOUND, &location).with(SET_COOKIE, &cookie)
}

/// Cookies ignore ports: the name keeps two simulators on one host apart.
fn cookie_name(world: &World) -> String {
    let port = world.origin.rsplit(':').next().unwrap_or_default();
    format!("console-session-{port}")
}

fn is_loopback(uri: &Uri) -> bool {
    uri.scheme_str() == Some("http") && matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// A page of the partition's console: on its host, or below it with a region or an identity in front. Other
/// partitions have consoles of their own, which know nothing of this sign-in.
fn is_console(partition: Partition, url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let below =
        |host: &str, top: &str| host == top || host.strip_suffix(top).is_some_and(|rest| rest.ends_with('.'));
    let known = |host: &str| partition.console_host().is_some_and(|top| below(host, top));
    is_loopback(&uri) || uri.scheme_str() == Some("https") && uri.host().is_some_and(known)
}

/// `/console`: what the console would show, and to whom.
pub(crate) fn page(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    let destination = value_of(&query, "destination").unwrap_or_default();
    let console = world.console.lock();
    let session = request.cookie(&cookie_name(world)).and_then(|id| console.sessions.get(id));
    let Some(session) = session.filter(|session| session.ends_ms > world.clock.now_ms()) else {
        let body = "<p>There is no console session in this browser, or it has ended.</p>";
        return render(StatusCode::UNAUTHORIZED, &Layout::plain("Signed out of the console"), body);
    };
    let principal = &session.principal;
    let name = account_name(world, &principal.account_id);
    let place = Place::of(destination, &world.options.region);
    let rows = [
        ("Account", name.as_str()),
        ("Account id", &principal.account_id),
        ("Role", principal.permission_set()),
        ("User", &principal.session_name),
        ("Region", &place.region),
        ("Page", &place.path),
    ];
    let list =
        rows.map(|(term, text)| format!("<dt>{term}</dt><dd><bdi>{}</bdi></dd>", markup(text))).concat();
    let out = format!("/oauth?Action=logout&redirect_uri={}", query_value(&world.origin));
    let body = format!("<dl>{list}</dl><p><a href=\"{}\">Sign out of the console</a></p>", markup(&out));
    render(StatusCode::OK, &Layout::plain("Console"), &body)
}

/// Empty for an account that has gone since.
fn account_name(world: &World, id: &str) -> String {
    let mut directory = world.directory.lock();
    let account = directory.settle(world.clock.now_ms()).account(id);
    account.map(|account| account.name.clone()).unwrap_or_default()
}

/// Region and path of a console URL.
struct Place {
    region: String,
    path: String,
}

impl Place {
    fn of(destination: &str, default_region: &str) -> Self {
        let uri = destination.parse::<Uri>().unwrap_or_default();
        let query: Pairs =
            form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let host_region = uri.host().and_then(|host| host.split_once(".console.")).map(|(region, _)| region);
        let region = value_of(&query, "region").or(host_region).unwrap_or(default_region).to_owned();
        let fragment = destination.split_once('#').map(|(_, fragment)| format!("#{fragment}"));
        Self { region, path: format!("{}{}", uri.path(), fragment.unwrap_or_default()) }
    }
}

/// `/oauth?Action=logout&redirect_uri=…`: ends the session and goes on, to loopback addresses
/// and to the console, which then says that nobody is signed in.
pub(crate) fn log_out(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    if value_of(&query, "Action") != Some("logout") {
        return refusal("Bad request", "The Action parameter is missing or unknown.");
    }
    let name = cookie_name(world);
    if let Some(id) = request.cookie(&name) {
        world.console.lock().sessions.remove(id);
    }
    let reply = match value_of(&query, "redirect_uri") {
        None => render(
            StatusCode::OK,
            &Layout::plain("Signed out of the console"),
            "<p>You can close this window.</p>",
        ),
        Some(target) if target.parse().is_ok_and(|uri| is_loopback(&uri)) => {
            Reply::redirect(StatusCode::FOUND, target)
        }
        Some(target) if is_console(world.partition(), target) => {
            let location = format!("{}/console?destination={}", world.origin, query_value(target));
            Reply::redirect(StatusCode::FOUND, &location)
        }
        Some(_) => refusal("Bad request", "The redirect_uri is neither a loopback address nor the console."),
    };
    reply.with(SET_COOKIE, &format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations() {
        for good in [
            "https://us-east-1.console.aws.amazon.com/ec2/v2/home?region=us-east-1#Instances:",
            "https://console.aws.amazon.com/",
            "http://127.0.0.1:3000/x",
        ] {
            assert!(is_console(Partition::Aws, good), "{good}");
        }
        for bad in [
            "https://evilconsole.aws.amazon.com/",
            "https://example.com",
            "/console",
            "http://console.aws.amazon.com/",
        ] {
            assert!(!is_console(Partition::Aws, bad), "{bad}");
        }
        let place = Place::of("https://eu-west-1.console.aws.amazon.com/s3/home#x", "us-east-1");
        assert_eq!((place.region.as_str(), place.path.as_str()), ("eu-west-1", "/s3/home#x"));
    }
}
