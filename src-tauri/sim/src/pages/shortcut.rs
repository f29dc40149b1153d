//! The portal's shortcut links (IAM Identity Center User Guide, "Create shortcut links to AWS Management Console
//! destinations"): `START_URL/#/console?account_id=…&role_name=…&destination=…`. What stands behind the `#` never
//! reaches a server: the start page's script goes on to `/start/console` with it.

use std::sync::Arc;

use axum::http::StatusCode;

use super::signin::begin;
use super::visit::{Browser, Errand};
use super::{Layout, problem, render};
use crate::console;
use crate::directory::Viewer;
use crate::escape::{markup, query_value};
use crate::http::{Incoming, Pairs, Reply, value_of};
use crate::people::PersonId;
use crate::role_keys::Principal;
use crate::world::World;

/// Of the start page.
pub(super) const SCRIPT: &str = "if (location.hash.startsWith('#/console?')) \
     location.replace('/start/console' + location.hash.slice('#/console'.length));";

/// `GET /start/console?account_id=…`: on to the console as the person's role, after a sign-in if it takes one.
pub(crate) fn shortcut(world: &Arc<World>, request: &Incoming) -> Reply {
    let session = world.visits.lock().session(world, request);
    if let Some(session) = session {
        return enter(world, session.person, &request.query_pairs());
    }
    let browser = Browser::of(world, request);
    let errand = Errand::Shortcut { query: request.query.clone() };
    browser.mark(begin(world, request, &browser, errand, String::new()))
}

fn enter(world: &Arc<World>, person: PersonId, query: &Pairs) -> Reply {
    let given = |name: &str| value_of(query, name).unwrap_or_default();
    let (id, role) = (given("account_id"), given("role_name"));
    let roles = roles(world, person, id);
    match roles.iter().find(|name| *name == role) {
        Some(role) => {
            let user = &world.options.person_of(person).user;
            let principal = Principal::of_permission_set(world.partition(), id, role, user);
            console::enter(world, principal, given("destination"))
        }
        None if role.is_empty() && !roles.is_empty() => choice(id, &roles, given("destination")),
        None => problem("No access", "You have no such role in this account, or there is no such account."),
    }
}

fn roles(world: &World, person: PersonId, account: &str) -> Vec<String> {
    let viewer = Viewer { person, changes: None };
    let mut directory = world.directory.lock();
    let entry = directory.settle(world.clock.now_ms()).account(account);
    entry
        .map(|entry| entry.roles_from(0, viewer).map(|(_, grant)| grant.role.to_string()).collect())
        .unwrap_or_default()
}

/// Without a role in the link, the person takes one.
fn choice(account: &str, roles: &[String], destination: &str) -> Reply {
    let line = |role: &String| {
        let (account, destination) = (query_value(account), query_value(destination));
        let query = format!("account_id={account}&role_name={}&destination={destination}", query_value(role));
        let address = markup(&format!("/start/console?{query}"));
        format!("<li><a href=\"{address}\"><bdi>{}</bdi></a></li>", markup(role))
    };
    let list: String = roles.iter().map(line).collect();
    render(StatusCode::OK, &Layout::plain("Choose a role"), &format!("<ul>{list}</ul>"))
}
