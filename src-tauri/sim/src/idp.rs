//! External identity providers: another origin with pages and a session of its own. They differ in their
//! pages, not in what they send back.

pub(crate) mod entra;
pub(crate) mod google;
pub(crate) mod okta;
pub(crate) mod one_form;
mod passage;

use std::collections::HashMap;

use axum::http::StatusCode;
use data_encoding::BASE64;
use roxmltree::Document;

use crate::escape::markup;
use crate::http::{Incoming, Reply};
use crate::options::IdentitySource;
use crate::pages::{BrowserSession, Layout, render};
use crate::people::PersonId;
use crate::random;
use crate::saml;
use crate::world::World;
use passage::Passages;

const TITLE: &str = "Sign in with your organisation";
const SESSION_SECONDS: i64 = 8 * 3600;

/// Browsers without scripts show the button instead.
const SUBMIT_AT_ONCE: &str = "document.forms[0].submit();";

/// The requests of the portal are a few hundred bytes.
const REQUEST_LIMIT: usize = 1 << 16;

/// Who is signed in at the provider, and who is about to.
#[derive(Debug, Default)]
pub(crate) struct Provider {
    /// By cookie value.
    sessions: HashMap<String, BrowserSession>,
    passages: Passages,
}

impl Provider {
    /// Ends the sessions of one person, or of everybody, and passages that led to one.
    pub(crate) fn end_sessions(&mut self, whose: Option<PersonId>) {
        let stays = |person: PersonId| whose.is_some_and(|ended| ended != person);
        self.sessions.retain(|_, session| stays(session.person));
        self.passages.retain(|_, passage| passage.person.is_none_or(stays));
    }
}

/// Where the portal sends people, on the provider's origin. Paths are those of the real products.
pub(crate) fn entry(source: IdentitySource) -> &'static str {
    match source {
        IdentitySource::Entra => entra::ENTRY,
        IdentitySource::Okta => okta::ENTRY,
        IdentitySource::Google => google::ENTRY,
        IdentitySource::Adfs => one_form::ADFS_ENTRY,
        IdentitySource::Directory | IdentitySource::ActiveDirectory | IdentitySource::ExternalIdp => {
            one_form::PLAIN_ENTRY
        }
    }
}

fn refusal(text: &str) -> Reply {
    let content = format!("<p role=\"alert\">{text}</p>");
    render(StatusCode::BAD_REQUEST, &Layout::plain(TITLE), &content).failed("InvalidSamlRequest")
}

fn damaged() -> Reply {
    refusal("The request to sign in is missing or damaged.")
}

/// The id of a request that came from the portal and wants its answer there.
fn request_id(world: &World, packed: &str) -> Option<String> {
    let compressed = BASE64.decode(packed.as_bytes()).ok()?;
    let xml = miniz_oxide::inflate::decompress_to_vec_with_limit(&compressed, REQUEST_LIMIT).ok()?;
    let text = String::from_utf8(xml).ok()?;
    let document = Document::parse(&text).ok()?;
    let request = document.root_element();
    let genuine = request.tag_name().name() == "AuthnRequest"
        && request.attribute("AssertionConsumerServiceURL") == Some(saml::recipient(world).as_str());
    genuine.then(|| request.attribute("ID").map(str::to_owned)).flatten()
}

/// Cookies ignore ports: the name keeps two simulators on one host apart.
fn cookie_name(world: &World) -> String {
    let port = world.idp_origin.as_deref().and_then(|origin| origin.rsplit(':').next()).unwrap_or_default();
    format!("idp-session-{port}")
}

/// Who is signed in at the provider in this browser.
fn known(world: &World, request: &Incoming) -> Option<PersonId> {
    let cookie = request.cookie(&cookie_name(world))?;
    let session = world.provider.lock().sessions.get(cookie).copied()?;
    (session.ends_ms > world.clock.now_ms()).then_some(session.person)
}

/// Begins a session; its cookie. With `kept_seconds` it outlives the browser.
fn begin_session(world: &World, person: PersonId, kept_seconds: Option<i64>) -> String {
    let id = random::url_safe(43);
    let age = kept_seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Lax{age}", cookie_name(world));
    let ends_ms = world.clock.now_ms() + kept_seconds.unwrap_or(SESSION_SECONDS) * 1000;
    world.provider.lock().sessions.insert(id, BrowserSession { person, ends_ms });
    cookie
}

/// The page that carries the answer back to the portal.
fn send_back(world: &World, person: PersonId, request_id: &str, relay_state: &str) -> Reply {
    let answer = saml::response(world, request_id, &world.options.person_of(person).user);
    let relay_state = markup(relay_state);
    let target = markup(&saml::recipient(world));
    let content = format!(
        "<p>You are signed in and on your way back.</p>\n<form method=\"post\" action=\"{target}\">\n\
         <input type=\"hidden\" name=\"SAMLResponse\" value=\"{answer}\">\n\
         <input type=\"hidden\" name=\"RelayState\" value=\"{relay_state}\">\n\
         <div class=\"actions\"><button type=\"submit\">Continue</button></div>\n</form>"
    );
    let layout = Layout {
        form_targets: vec![world.origin.clone()],
        script: Some(SUBMIT_AT_ONCE),
        ..Layout::plain("Signed in")
    };
    render(StatusCode::OK, &layout, &content)
}
