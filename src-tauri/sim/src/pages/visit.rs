//! Where each browser stands on its way from a code to consent.

use std::collections::HashMap;

use axum::http::header::SET_COOKIE;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::http::{Incoming, Reply};
use crate::people::PersonId;
use crate::random;
use crate::world::World;

/// What the person is asked to allow in the end.
#[derive(Debug, Clone)]
pub(crate) enum Errand {
    Device {
        user_code: String,
    },
    /// A browser flow with its callback.
    Callback {
        client_id: String,
        redirect_uri: String,
        state: Option<String>,
        challenge: String,
    },
    /// A link of the portal to the console, which needs no consent.
    Shortcut {
        query: String,
    },
}

/// Which page comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    User,
    Password,
    OneTimeCode,
    /// Away at the external identity provider.
    Provider,
    Confirm,
    Consent,
    Allowed,
    Denied,
}

/// One way through the pages.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// The browser it began in; no other may go on with it.
    pub(crate) browser: String,
    pub(crate) errand: Errand,
    pub(crate) client_name: String,
    pub(crate) stage: Stage,
    /// The user name as it was typed.
    pub(crate) user: String,
    /// Whose password was right.
    pub(crate) person: Option<PersonId>,
    /// What was wrong with the last form.
    pub(crate) problem: Option<&'static str>,
    /// The portal session, once there is one.
    pub(crate) session: Option<BrowserSession>,
}

/// A person is signed in, in one browser: to the portal or to the identity provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrowserSession {
    pub(crate) person: PersonId,
    pub(crate) ends_ms: i64,
}

/// All visits, and the portal sessions that browsers hold.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    pub(crate) under_way: HashMap<String, Visit>,
    /// By cookie value.
    sessions: HashMap<String, BrowserSession>,
}

impl Visits {
    /// The portal session of this browser, if it has one.
    pub(crate) fn session(&self, world: &World, request: &Incoming) -> Option<BrowserSession> {
        let session = self.sessions.get(request.cookie(&session_cookie(world))?)?;
        (session.ends_ms > world.clock.now_ms()).then_some(*session)
    }

    /// Ends the sessions of one person, or of everybody, and the visits during them.
    pub(crate) fn end_sessions(&mut self, whose: Option<PersonId>) {
        let stays = |session: &BrowserSession| whose.is_some_and(|person| person != session.person);
        self.sessions.retain(|_, session| stays(session));
        // A visit in the middle of consent must not outlive the session that it stands on.
        self.under_way.retain(|_, visit| visit.session.as_ref().is_none_or(stays));
    }

    /// A new portal session and the cookie for it.
    pub(crate) fn begin_session(&mut self, world: &World, person: PersonId) -> (BrowserSession, String) {
        let id = random::url_safe(43);
        let session = BrowserSession { person, ends_ms: world.clock.now_ms() + world.portal_session_ms() };
        let seconds = world.options.portal_session_seconds;
        let cookie =
            format!("{}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}", session_cookie(world));
        self.sessions.insert(id, session);
        (session, cookie)
    }
}

fn port_of(world: &World) -> &str {
    world.origin.rsplit(':').next().unwrap_or_default()
}

/// Cookies ignore ports: the name keeps two simulators on one host apart.
fn session_cookie(world: &World) -> String {
    format!("signin-session-{}", port_of(world))
}

/// The mark by which a browser is known before anybody signed in.
pub(crate) struct Browser {
    pub(crate) id: String,
    fresh: bool,
    cookie: String,
}

impl Browser {
    pub(crate) fn of(world: &World, request: &Incoming) -> Self {
        let cookie = format!("signin-browser-{}", port_of(world));
        match request.cookie(&cookie) {
            Some(id) => Self { id: id.to_owned(), fresh: false, cookie },
            None => Self { id: random::url_safe(43), fresh: true, cookie },
        }
    }

    /// Gives a new browser its mark along with the reply.
    pub(crate) fn mark(&self, reply: Reply) -> Reply {
        if !self.fresh {
            return reply;
        }
        reply.with(SET_COOKIE, &format!("{}={}; Path=/; HttpOnly; SameSite=Lax", self.cookie, self.id))
    }
}

/// Hidden in each form: only a page served to this browser for this purpose knows it.
pub(crate) fn form_token(world: &World, browser: &str, purpose: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&world.key) else { return String::new() };
    mac.update(browser.as_bytes());
    mac.update(b"/");
    mac.update(purpose.as_bytes());
    BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
}

/// Whether a form carries the token for this browser and purpose.
pub(crate) fn form_token_fits(world: &World, browser: &str, purpose: &str, given: Option<&str>) -> bool {
    given == Some(form_token(world, browser, purpose).as_str())
}
