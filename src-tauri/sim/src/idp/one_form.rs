//! Providers with a single form for user name and password: the plain SAML provider and AD FS.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;

use super::{TITLE, begin_session, damaged, entry, known, refusal, request_id, send_back};
use crate::escape::markup;
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::options::IdentitySource;
use crate::pages::{Layout, Question, alert, form_token, form_token_fits, hint, render};
use crate::world::World;

pub(super) const PLAIN_ENTRY: &str = "/sso";
pub(super) const ADFS_ENTRY: &str = "/adfs/ls/";

/// GET: the form, or straight back for a browser that is signed in here.
pub(crate) fn show(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    let Some(id) = value_of(&query, "SAMLRequest").and_then(|packed| request_id(world, packed)) else {
        return damaged();
    };
    match known(world, request) {
        Some(person) => send_back(world, person, &id, relay_state(&query)),
        None => sign_in_page(world, &query, &id, None),
    }
}

/// POST: checks user and password.
pub(crate) fn sign_in(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(id) = value_of(&form, "SAMLRequest").and_then(|packed| request_id(world, packed)) else {
        return damaged();
    };
    if !form_token_fits(world, "idp", &id, value_of(&form, "form_token")) {
        return refusal("The form has expired. Start again.");
    }
    let user = value_of(&form, "user").unwrap_or_default().trim();
    let password = value_of(&form, "password").unwrap_or_default();
    let Some(person) = world.options.person_with_password(user, password) else {
        return sign_in_page(world, &form, &id, Some("The user name or password is not correct."));
    };
    let cookie = begin_session(world, person, None);
    send_back(world, person, &id, relay_state(&form)).with(SET_COOKIE, &cookie)
}

fn relay_state(given: &Pairs) -> &str {
    value_of(given, "RelayState").unwrap_or_default()
}

fn sign_in_page(world: &World, given: &Pairs, id: &str, trouble: Option<&str>) -> Reply {
    let source = world.options.identity_source;
    let (title, label, example) = match source {
        IdentitySource::Adfs => (
            "Sign in with your organizational account",
            "User account",
            " placeholder=\"CORP\\user or user@corp.example\"",
        ),
        _ => (TITLE, "User name", ""),
    };
    let action = entry(source);
    let alert = alert(trouble);
    let token = form_token(world, "idp", id);
    let request = markup(value_of(given, "SAMLRequest").unwrap_or_default());
    let relay_state = markup(relay_state(given));
    let content = format!(
        "{alert}<form method=\"post\" action=\"{action}\">\n\
         <input type=\"hidden\" name=\"form_token\" value=\"{token}\">\n\
         <input type=\"hidden\" name=\"SAMLRequest\" value=\"{request}\">\n\
         <input type=\"hidden\" name=\"RelayState\" value=\"{relay_state}\">\n\
         <label for=\"user\">{label}</label>\n\
         <input id=\"user\" name=\"user\" type=\"text\"{example} autocomplete=\"username\" \
         autocapitalize=\"none\" spellcheck=\"false\" required autofocus>\n\
         <label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
         required>\n\
         <div class=\"actions\"><button type=\"submit\">Sign in</button></div>\n</form>"
    );
    // The answer to this form is a page, and that page's form goes to the portal.
    let layout = Layout { hint: hint(world, &Question::Both), ..Layout::plain(title) };
    let status = if trouble.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    render(status, &layout, &content)
}
