//! The external identity provider: another origin with its own sign-in form and its own session.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use data_encoding::BASE64;
use roxmltree::Document;

use crate::escape::markup;
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::pages::{BrowserSession, Layout, Question, form_token, form_token_fits, hint, render};
use crate::people::PersonId;
use crate::random;
use crate::saml;
use crate::world::World;

const TITLE: &str = "Sign in with your organisation";
const SESSION_MS: i64 = 8 * 3600 * 1000;

/// Browsers without scripts show the button instead.
const SUBMIT_AT_ONCE: &str = "document.forms[0].submit();";

/// The requests of the portal are a few hundred bytes.
const REQUEST_LIMIT: usize = 1 << 16;

fn refusal(text: &str) -> Reply {
    let content = format!("<p role=\"alert\">{text}</p>");
    render(StatusCode::BAD_REQUEST, &Layout::plain(TITLE), &content).failed("InvalidSamlRequest")
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

fn cookie_name(world: &World) -> String {
    let port = world.idp_origin.as_deref().and_then(|origin| origin.rsplit(':').next()).unwrap_or_default();
    format!("idp-session-{port}")
}

/// `GET /sso`: the form, or straight back for a browser that is signed in here.
pub(crate) fn show(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    let Some(id) = value_of(&query, "SAMLRequest").and_then(|packed| request_id(world, packed)) else {
        return refusal("The request to sign in is missing or damaged.");
    };
    let known = request.cookie(&cookie_name(world)).and_then(|cookie| {
        let federation = world.federation.lock();
        federation.idp_sessions.get(cookie).copied()
    });
    if let Some(session) = known.filter(|session| session.ends_ms > world.clock.now_ms()) {
        return send_back(world, session.person, &id, &query);
    }
    sign_in_page(world, &query, &id, None)
}

/// `POST /sso`: checks user and password.
pub(crate) fn sign_in(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(id) = value_of(&form, "SAMLRequest").and_then(|packed| request_id(world, packed)) else {
        return refusal("The request to sign in is missing or damaged.");
    };
    if !form_token_fits(world, "idp", &id, value_of(&form, "form_token")) {
        return refusal("The form has expired. Start again.");
    }
    let user = value_of(&form, "user").unwrap_or_default().trim();
    let password = value_of(&form, "password").unwrap_or_default();
    let Some(person) = world.options.person_with_password(user, password) else {
        return sign_in_page(world, &form, &id, Some("The user name or password is not correct."));
    };
    let cookie = random::url_safe(43);
    let header = format!("{}={cookie}; Path=/; HttpOnly; SameSite=Lax", cookie_name(world));
    let session = BrowserSession { person, ends_ms: world.clock.now_ms() + SESSION_MS };
    world.federation.lock().idp_sessions.insert(cookie, session);
    send_back(world, person, &id, &form).with(SET_COOKIE, &header)
}

fn sign_in_page(world: &World, given: &Pairs, id: &str, trouble: Option<&str>) -> Reply {
    let alert =
        trouble.map(|text| format!("<p role=\"alert\" id=\"problem\">{text}</p>")).unwrap_or_default();
    let token = form_token(world, "idp", id);
    let request = markup(value_of(given, "SAMLRequest").unwrap_or_default());
    let relay_state = markup(value_of(given, "RelayState").unwrap_or_default());
    let content = format!(
        "{alert}<form method=\"post\" action=\"/sso\">\n\
         <input type=\"hidden\" name=\"form_token\" value=\"{token}\">\n\
         <input type=\"hidden\" name=\"SAMLRequest\" value=\"{request}\">\n\
         <input type=\"hidden\" name=\"RelayState\" value=\"{relay_state}\">\n\
         <label for=\"user\">User name</label>\n\
         <input id=\"user\" name=\"user\" type=\"text\" autocomplete=\"username\" autocapitalize=\"none\" \
         spellcheck=\"false\" required autofocus>\n\
         <label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
         required>\n\
         <div class=\"actions\"><button type=\"submit\">Sign in</button></div>\n</form>"
    );
    let hint = hint(world, &Question::Both);
    // The answer to this form is a page, and that page's form goes to the portal.
    let layout = Layout { hint, ..Layout::plain(TITLE) };
    let status = if trouble.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    render(status, &layout, &content)
}

fn send_back(world: &World, person: PersonId, id: &str, given: &Pairs) -> Reply {
    let answer = saml::response(world, id, &world.options.person_of(person).user);
    let relay_state = markup(value_of(given, "RelayState").unwrap_or_default());
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
