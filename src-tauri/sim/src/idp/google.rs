//! Google Workspace: identifier and password, but only in a browser. Embedded views are turned away by
//! their user agent.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;

use super::begin_session;
use super::passage::{FormPage, Passage, Step, Trouble, enter, lost, of_form};
use crate::http::{Incoming, Reply};
use crate::pages::{Layout, render};
use crate::visitor;
use crate::world::World;

pub(super) const ENTRY: &str = "/o/saml2/idp";

const REJECTED: &str = "/v3/signin/rejected";
const STRANGER: Trouble = "Couldn't find your account.";
const NEXT: &str = "<button type=\"submit\">Next</button>";

/// Whether the request comes from something that passes for a browser.
fn is_browser(request: &Incoming) -> bool {
    let agent = request.header("user-agent").unwrap_or_default();
    agent.contains("Chrome/") || agent.contains("Firefox/") || agent == visitor::USER_AGENT
}

fn turn_away() -> Reply {
    Reply::redirect(StatusCode::FOUND, REJECTED)
}

/// `GET /v3/signin/rejected`.
pub(crate) fn rejected(_: &Arc<World>, _: &Incoming) -> Reply {
    let content = "<p role=\"alert\">Error 403: disallowed_useragent</p>\
                   <p>You can't sign in from this screen because this app doesn't comply with the policy on \
                   secure browsers. Try signing in with a browser.</p>";
    render(StatusCode::FORBIDDEN, &Layout::plain("Access blocked"), content).failed("disallowed_useragent")
}

pub(crate) fn show(world: &Arc<World>, request: &Incoming) -> Reply {
    if !is_browser(request) {
        return turn_away();
    }
    enter(world, request, |world, passage| user_page(world, passage, None))
}

/// `POST /v3/signin/identifier`.
pub(crate) fn take_user(world: &Arc<World>, request: &Incoming) -> Reply {
    if !is_browser(request) {
        return turn_away();
    }
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::User) else { return lost() };
    match passage.take_user(world, &form, Some(STRANGER)) {
        Ok(()) => password_page(world, &passage, None),
        Err(trouble) => user_page(world, &passage, Some(trouble)),
    }
}

/// `POST /v3/signin/challenge/pwd`.
pub(crate) fn take_password(world: &Arc<World>, request: &Incoming) -> Reply {
    if !is_browser(request) {
        return turn_away();
    }
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::Password) else { return lost() };
    if let Err(trouble) = passage.take_password(world, &form, Step::Proven) {
        return password_page(world, &passage, Some(trouble));
    }
    match passage.finish(world) {
        Some((person, answer)) => answer.with(SET_COOKIE, &begin_session(world, person, None)),
        None => lost(),
    }
}

fn user_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let page = FormPage {
        title: "Sign in with your work account",
        action: "/v3/signin/identifier",
        buttons: NEXT,
        ..FormPage::user("Email or phone", trouble)
    };
    page.render(world, passage)
}

fn password_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let page = FormPage {
        title: "Welcome",
        action: "/v3/signin/challenge/pwd",
        buttons: NEXT,
        ..FormPage::password(passage, "Enter your password", trouble)
    };
    page.render(world, passage)
}
