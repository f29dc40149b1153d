//! Microsoft Entra ID: e-mail address, password, code of the authenticator, "Stay signed in?".

use std::sync::Arc;

use axum::http::header::SET_COOKIE;

use super::begin_session;
use super::passage::{FormPage, Passage, Step, Trouble, enter, lost, of_form};
use crate::http::{Incoming, Reply, value_of};
use crate::world::World;

pub(super) const ENTRY: &str = "/corp.example/saml2";

/// How long "Stay signed in" lasts.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;

const STRANGER: Trouble = "We couldn't find an account with that user name.";
const NEXT: &str = "<button type=\"submit\">Next</button>";
const SIGN_IN: &str = "<button type=\"submit\">Sign in</button>";
const VERIFY: &str = "<button type=\"submit\">Verify</button>";
const STAY: &str = "<button type=\"submit\" name=\"stay\" value=\"yes\">Yes</button>\
                    <button type=\"submit\" name=\"stay\" value=\"no\" class=\"secondary\">No</button>";

pub(crate) fn show(world: &Arc<World>, request: &Incoming) -> Reply {
    enter(world, request, |world, passage| user_page(world, passage, None))
}

/// `POST /common/username`.
pub(crate) fn take_user(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::User) else { return lost() };
    match passage.take_user(world, &form, Some(STRANGER)) {
        Ok(()) => password_page(world, &passage, None),
        Err(trouble) => user_page(world, &passage, Some(trouble)),
    }
}

/// `POST /common/login`.
pub(crate) fn take_password(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::Password) else { return lost() };
    match passage.take_password(world, &form, Step::SecondFactor) {
        Ok(()) => code_page(world, &passage, None),
        Err(trouble) => password_page(world, &passage, Some(trouble)),
    }
}

/// `POST /common/SAS/ProcessAuth`.
pub(crate) fn take_code(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let Some(mut passage) = of_form(world, &form, Step::SecondFactor) else { return lost() };
    match passage.take_code(world, &form) {
        Ok(()) => stay_page(world, &passage),
        Err(trouble) => code_page(world, &passage, Some(trouble)),
    }
}

/// `POST /kmsi`: keep me signed in, or not.
pub(crate) fn take_stay(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let passage = of_form(world, &form, Step::Proven);
    let Some((person, answer)) = passage.and_then(|passage| passage.finish(world)) else { return lost() };
    let kept = (value_of(&form, "stay") == Some("yes")).then_some(KEPT_SECONDS);
    answer.with(SET_COOKIE, &begin_session(world, person, kept))
}

fn user_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let page = FormPage {
        title: "Sign in",
        action: "/common/username",
        buttons: NEXT,
        ..FormPage::user("Email address", trouble)
    };
    page.render(world, passage)
}

fn password_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let page = FormPage {
        title: "Enter password",
        action: "/common/login",
        buttons: SIGN_IN,
        ..FormPage::password(passage, "Password", trouble)
    };
    page.render(world, passage)
}

fn code_page(world: &World, passage: &Passage, trouble: Option<Trouble>) -> Reply {
    let asked = FormPage::code(passage, "Code", trouble);
    let words = "<p>Enter the number that your authenticator app shows for this account.</p>";
    let page = FormPage {
        title: "Enter code",
        action: "/common/SAS/ProcessAuth",
        buttons: VERIFY,
        fields: format!("{words}{}", asked.fields),
        ..asked
    };
    page.render(world, passage)
}

fn stay_page(world: &World, passage: &Passage) -> Reply {
    let page = FormPage {
        title: "Stay signed in?",
        action: "/kmsi",
        fields: "<p>Do this to reduce the number of times you are asked to sign in.</p>".to_owned(),
        buttons: STAY,
        ..FormPage::default()
    };
    page.render(world, passage)
}
