//! `/signin`: user name, password, one-time code, comparison, consent.

use std::sync::Arc;

use axum::http::header::SET_COOKIE;
use axum::http::{StatusCode, Uri};

use super::authorize::callback;
use super::hint::{Question, hint};
use super::visit::{Browser, BrowserSession, Errand, Stage, Visit, Visits, form_token, form_token_fits};
use super::{Layout, alert, field, problem, render};
use crate::escape::markup;
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::people::PersonId;
use crate::random;
use crate::saml;
use crate::world::World;

/// Starts a visit; a browser with a portal session skips the sign-in.
pub(super) fn begin(
    world: &World,
    request: &Incoming,
    browser: &Browser,
    errand: Errand,
    client_name: String,
) -> Reply {
    let id = random::url_safe(43);
    let mut visits = world.visits.lock();
    let session = visits.session(world, request);
    let mut visit = Visit {
        browser: browser.id.clone(),
        errand,
        client_name,
        stage: Stage::User,
        user: String::new(),
        person: None,
        problem: None,
        session: None,
    };
    let away = match session {
        Some(session) => {
            visit.sign_in(session);
            None
        }
        None if world.options.identity_source.is_external() => {
            visit.stage = Stage::Provider;
            saml::request(world, &id)
        }
        None => None,
    };
    visits.under_way.insert(id.clone(), visit);
    match away {
        Some(location) => Reply::redirect(StatusCode::FOUND, &location),
        None => to_page(world, &id),
    }
}

impl Visit {
    fn sign_in(&mut self, session: BrowserSession) {
        self.session = Some(session);
        self.problem = None;
        // Only a device has a code to compare; a callback comes back to where it started anyway.
        self.stage = match self.errand {
            Errand::Device { .. } => Stage::Confirm,
            Errand::Callback { .. } => Stage::Consent,
            Errand::Shortcut { .. } => Stage::Allowed,
        };
    }
}

/// The person proved who they are to the external identity provider: on with the visit.
pub(crate) fn signed_in(world: &World, visit_id: &str, person: PersonId) -> Option<Reply> {
    let mut visits = world.visits.lock();
    visits.under_way.get(visit_id).filter(|visit| visit.stage == Stage::Provider)?;
    let (session, cookie) = visits.begin_session(world, person);
    visits.under_way.get_mut(visit_id)?.sign_in(session);
    Some(to_page(world, visit_id).with(SET_COOKIE, &cookie))
}

fn to_page(world: &World, visit_id: &str) -> Reply {
    Reply::redirect(StatusCode::SEE_OTHER, &format!("{}/signin?visit={visit_id}", world.origin))
}

fn lost() -> Reply {
    problem("Sign-in not found", "This sign-in has ended or was started in another browser. Start again.")
}

/// `GET /signin?visit=…`: the page of the stage that the visit has reached.
pub(crate) fn show(world: &Arc<World>, request: &Incoming) -> Reply {
    let browser = Browser::of(world, request);
    let query = request.query_pairs();
    let visits = world.visits.lock();
    let id = value_of(&query, "visit").unwrap_or_default();
    match visits.under_way.get(id).filter(|visit| visit.browser == browser.id) {
        Some(Visit { errand: Errand::Shortcut { query }, stage: Stage::Allowed, .. }) => {
            Reply::redirect(StatusCode::SEE_OTHER, &format!("{}/start/console?{query}", world.origin))
        }
        Some(visit) => StagePage { world, visit, id }.render(),
        None => lost(),
    }
}

/// `POST /signin`: one step on, or the same page again with what was wrong.
pub(crate) fn advance(world: &Arc<World>, request: &Incoming) -> Reply {
    let browser = Browser::of(world, request);
    let form = request.form_pairs();
    let id = value_of(&form, "visit").unwrap_or_default();
    let mut visits = world.visits.lock();
    let known = visits.under_way.get(id).filter(|visit| visit.browser == browser.id).cloned();
    let Some(mut visit) = known else { return lost() };
    if !form_token_fits(world, &browser.id, id, value_of(&form, "form_token")) {
        return problem("Form expired", "Go back and open the page again.");
    }
    visit.problem = None;
    let reply = step(world, &mut visits, &mut visit, &form).unwrap_or_else(|| to_page(world, id));
    visits.under_way.insert(id.to_owned(), visit);
    reply
}

/// Applies the form of the present stage. A reply of its own only where the visit leaves these pages or
/// the browser gets a cookie.
fn step(world: &World, visits: &mut Visits, visit: &mut Visit, form: &Pairs) -> Option<Reply> {
    let typed = |name: &str| value_of(form, name).unwrap_or_default();
    match visit.stage {
        Stage::User if typed("user").trim().is_empty() => visit.problem = Some("Enter your user name."),
        Stage::User => {
            typed("user").trim().clone_into(&mut visit.user);
            visit.stage = Stage::Password;
        }
        Stage::Password if value_of(form, "other_user").is_some() => visit.stage = Stage::User,
        Stage::Password => {
            visit.person = world.options.person_with_password(&visit.user, typed("password"));
            match visit.person {
                Some(_) => visit.stage = Stage::OneTimeCode,
                None => visit.problem = Some("The user name or password is not correct."),
            }
        }
        Stage::OneTimeCode => {
            let accepted = visit.person.filter(|person| world.accept_code(*person, typed("one_time_code")));
            if let Some(person) = accepted {
                let (session, cookie) = visits.begin_session(world, person);
                visit.sign_in(session);
                let id = value_of(form, "visit").unwrap_or_default();
                return Some(to_page(world, id).with(SET_COOKIE, &cookie));
            }
            visit.problem = Some("This one-time code is not valid, or was used before. Try the next one.");
        }
        Stage::Confirm if typed("decision") == "deny" => return decide(world, visit, false),
        Stage::Confirm => visit.stage = Stage::Consent,
        Stage::Consent => return decide(world, visit, typed("decision") == "allow"),
        Stage::Provider | Stage::Allowed | Stage::Denied => {}
    }
    None
}

fn decide(world: &World, visit: &mut Visit, allow: bool) -> Option<Reply> {
    let holder = world.holder(visit.session?);
    let allow = allow && !world.faults().denied;
    let now_ms = world.clock.now_ms();
    let mut oidc = world.oidc.lock();
    visit.stage = if allow { Stage::Allowed } else { Stage::Denied };
    match &visit.errand {
        Errand::Device { user_code } => {
            let settled = if allow {
                oidc.approve_device(user_code, holder, now_ms)
            } else {
                oidc.deny_device(user_code, now_ms)
            };
            (!settled)
                .then(|| problem("Code no longer valid", "The code has expired or was used. Start again."))
        }
        Errand::Callback { client_id, redirect_uri, state, challenge } => {
            let state = state.as_deref();
            Some(if allow {
                let code = oidc.grant_code(client_id, redirect_uri, challenge, holder, now_ms);
                callback(redirect_uri, &[("code", &code)], state)
            } else {
                let error =
                    [("error", "access_denied"), ("error_description", "The user denied the request")];
                callback(redirect_uri, &error, state)
            })
        }
        // It never comes to consent.
        Errand::Shortcut { .. } => None,
    }
}

/// One page of a visit.
struct StagePage<'a> {
    world: &'a World,
    visit: &'a Visit,
    id: &'a str,
}

impl StagePage<'_> {
    fn render(&self) -> Reply {
        let client = markup(&self.visit.client_name);
        match self.visit.stage {
            Stage::User => self.form("Sign in", &field("user", "User name", "text", "username"), &NEXT),
            Stage::Password => {
                let user = markup(&self.visit.user);
                let fields = format!("<p>Signing in as <bdi>{user}</bdi></p>");
                let fields = fields + &field("password", "Password", "password", "current-password");
                self.form("Enter your password", &fields, &PASSWORD_BUTTONS)
            }
            Stage::OneTimeCode => {
                let fields =
                    field("one_time_code", "Code from your authenticator app", "text", "one-time-code");
                self.form("Additional verification", &fields, &NEXT)
            }
            Stage::Confirm => {
                let code = match &self.visit.errand {
                    Errand::Device { user_code } => markup(user_code),
                    Errand::Callback { .. } | Errand::Shortcut { .. } => String::new(),
                };
                let fields = format!(
                    "<p>Confirm this code matches the one shown by the application that asked you to sign \
                     in.</p><p class=\"code\">{code}</p>"
                );
                self.form("Confirm this code matches", &fields, &CONFIRM_BUTTONS)
            }
            Stage::Consent => {
                let fields = format!(
                    "<p><strong><bdi>{client}</bdi></strong> asks to see your AWS accounts and roles and to \
                     get credentials for them.</p>"
                );
                let title = format!("Allow {} to access your data?", self.visit.client_name);
                self.form(&title, &fields, &CONSENT_BUTTONS)
            }
            Stage::Provider => problem(
                "Sign in with your organisation",
                "Finish the sign-in that is under way, or start again.",
            ),
            Stage::Allowed => finished("Request approved", &client, "can now access your accounts"),
            Stage::Denied => finished("Request denied", &client, "gets no access"),
        }
    }

    fn form(&self, title: &str, fields: &str, buttons: &[Button]) -> Reply {
        let alert = alert(self.visit.problem);
        let token = form_token(self.world, &self.visit.browser, self.id);
        let id = markup(self.id);
        let buttons: String = buttons.iter().map(Button::markup).collect();
        let content = format!(
            "{alert}<form method=\"post\" action=\"/signin\">\n\
             <input type=\"hidden\" name=\"form_token\" value=\"{token}\">\n\
             <input type=\"hidden\" name=\"visit\" value=\"{id}\">\n\
             {fields}\n<div class=\"actions\">{buttons}</div>\n</form>"
        );
        let layout = Layout { form_targets: self.targets(), hint: self.hint(), ..Layout::plain(title) };
        let status = if self.visit.problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        render(status, &layout, &content)
    }

    /// Browsers apply a form's policy to redirects too, and consent ends at the client's callback.
    fn targets(&self) -> Vec<String> {
        let Errand::Callback { redirect_uri, .. } = &self.visit.errand else { return Vec::new() };
        let uri: Uri = redirect_uri.parse().unwrap_or_default();
        uri.authority().map(|authority| format!("http://{authority}")).into_iter().collect()
    }

    fn hint(&self) -> Option<String> {
        let question = match self.visit.stage {
            Stage::User => Question::User,
            Stage::Password => Question::Password(&self.visit.user),
            Stage::OneTimeCode => Question::OneTimeCode(self.visit.person?),
            _ => return None,
        };
        hint(self.world, &question)
    }
}

fn finished(title: &str, client: &str, outcome: &str) -> Reply {
    let content = format!("<p><bdi>{client}</bdi> {outcome}. You can close this window.</p>");
    render(StatusCode::OK, &Layout::plain(title), &content)
}

struct Button {
    name: &'static str,
    value: &'static str,
    label: &'static str,
    secondary: bool,
}

const NEXT: [Button; 1] = [Button { name: "step", value: "next", label: "Next", secondary: false }];

const PASSWORD_BUTTONS: [Button; 2] = [
    Button { name: "step", value: "next", label: "Sign in", secondary: false },
    Button { name: "other_user", value: "1", label: "Other user", secondary: true },
];

const CONFIRM_BUTTONS: [Button; 2] = [
    Button { name: "decision", value: "confirm", label: "Confirm and continue", secondary: false },
    Button { name: "decision", value: "deny", label: "It does not match", secondary: true },
];

const CONSENT_BUTTONS: [Button; 2] = [
    Button { name: "decision", value: "allow", label: "Allow", secondary: false },
    Button { name: "decision", value: "deny", label: "Deny", secondary: true },
];

impl Button {
    fn markup(&self) -> String {
        let Self { name, value, label, secondary } = self;
        // A secondary button must work with the form's fields left empty.
        let extra = if *secondary { " class=\"secondary\" formnovalidate" } else { "" };
        format!("<button type=\"submit\" name=\"{name}\" value=\"{value}\"{extra}>{label}</button>")
    }
}
