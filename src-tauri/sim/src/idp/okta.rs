//! Okta: identifier, password, and a second factor in a window of its own, which tells the page that
//! opened it when it is done. Without scripts, or when the window is blocked, the same forms follow one
//! another in one window.

use std::sync::Arc;

use axum::http::header::SET_COOKIE;

use super::begin_session;
use super::passage::{FormPage, Passage, Step, Trouble, enter, find, lost, of_form};
use crate::escape::markup;
use crate::http::{Incoming, Reply, value_of};
use crate::world::World;

pub(super) const ENTRY: &str = "/app/amazon_aws_sso/exk58f0c2d/sso/saml";

const NEXT: &str = "<button type=\"submit\">Next</button>";
const VERIFY: &str = "<button type=\"submit\">Verify</button>";
const OPEN: &str = "<button type=\"submit\">Verify in a new window</button>";
const CONTINUE: &str = "<button type=\"submit\">Continue</button>";

/// Opens the second factor and goes on when it is done. A window that does not open leaves the form to
/// be sent from here.
const OPENER: &str = r#"
const form = document.forms[0];
form.addEventListener("submit", (event) => {
  if (window.open(form.dataset.popup, "factor", "popup,width=440,height=640")) event.preventDefault();
});
window.addEventListener("message", (event) => {
  if (event.origin !== location.origin || event.data !== "factor-done") return;
  form.action = form.dataset.next;
  form.submit();
});
"#;

/// In the window: tells the page that opened it. In the only window, or in one that has lost its opener:
/// goes on here.
const DONE: &str = r#"
if (window.name === "factor" && window.opener) {
  window.opener.postMessage("factor-done", location.origin);
  window.close();
} else {
  document.forms[0].submit();
}
"#;

pub(crate) fn show(world: &Arc<World>, request: &Incoming) -> Reply {
    enter(world, request, |world, passage| user_page(world, passage, None))
}

/// `POST /signin/identify`. Strangers are asked for a password like everybody.
pub(crate) fn take_user(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::User) else { return lost() };
    match passage.take_user(world, &form, None) {
        Ok(()) => password_page(world, &passage, None),
        Err(trouble) => user_page(world, &passage, Some(trouble)),
    }
}

/// `POST /signin/challenge`.
pub(crate) fn take_password(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::Password) else { return lost() };
    match passage.take_password(world, &form, Step::SecondFactor) {
        Ok(()) => opener_page(world, &passage),
        Err(trouble) => password_page(world, &passage, Some(trouble)),
    }
}

/// `GET /signin/factor?passage=…`: the page in the window.
pub(crate) fn show_factor(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    let id = value_of(&query, "passage").unwrap_or_default();
    match find(world, id, Step::SecondFactor) {
        Some(passage) => code_page(world, &passage, None),
        None => lost(),
    }
}

/// `POST /signin/factor`: the same page in the only window.
pub(crate) fn open_factor(world: &Arc<World>, request: &Incoming) -> Reply {
    match of_form(world, &request.form_pairs(), Step::SecondFactor) {
        Some(passage) => code_page(world, &passage, None),
        None => lost(),
    }
}

/// `POST /signin/factor/verify`.
pub(crate) fn take_code(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::SecondFactor) else { return lost() };
    match passage.take_code(world, &form) {
        Ok(()) => done_page(world, &passage),
        Err(trouble) => code_page(world, &passage, Some(trouble)),
    }
}

/// `POST /signin/continue`, by whichever window goes on.
pub(crate) fn go_on(world: &Arc<World>, request: &Incoming) -> Reply {
    let passage = of_form(world, &request.form_pairs(), Step::Proven);
    match passage.and_then(|passage| passage.finish(world)) {
        Some((person, answer)) => answer.with(SET_COOKIE, &begin_session(world, person, None)),
        None => lost(),
    }
}

fn user_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let page = FormPage {
        title: "Sign in",
        action: "/signin/identify",
        buttons: NEXT,
        ..FormPage::user("Username", trouble)
    };
    page.render(world, passage)
}

fn password_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let page = FormPage {
        title: "Verify with your password",
        action: "/signin/challenge",
        buttons: VERIFY,
        ..FormPage::password(passage, "Password", trouble)
    };
    page.render(world, passage)
}

fn opener_page(world: &World, passage: &Passage) -> Reply {
    let page = FormPage {
        title: "Verify it's you",
        action: "/signin/factor",
        data: format!(
            " data-popup=\"/signin/factor?passage={}\" data-next=\"/signin/continue\"",
            markup(&passage.id)
        ),
        fields: "<p>Your organisation asks for a second factor. This page goes on when it is done.</p>"
            .to_owned(),
        buttons: OPEN,
        script: Some(OPENER),
        ..FormPage::default()
    };
    page.render(world, passage)
}

fn code_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let page = FormPage {
        title: "Enter a code",
        action: "/signin/factor/verify",
        buttons: VERIFY,
        ..FormPage::code(passage, "Code from your authenticator app", trouble)
    };
    page.render(world, passage)
}

fn done_page(world: &World, passage: &Passage) -> Reply {
    let page = FormPage {
        title: "Verified",
        action: "/signin/continue",
        fields: "<p>You can go on.</p>".to_owned(),
        buttons: CONTINUE,
        script: Some(DONE),
        ..FormPage::default()
    };
    page.render(world, passage)
}
