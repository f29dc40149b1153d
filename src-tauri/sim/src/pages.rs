//! The pages that a person sees: device code, sign-in, comparison of the code, consent.

mod authorize;
mod device;
mod hint;
mod layout;
mod shortcut;
mod signin;
mod visit;

use std::sync::Arc;

use axum::http::StatusCode;

use crate::escape::markup;
use crate::http::{Incoming, Reply};
use crate::world::World;

pub(crate) use authorize::authorize;
pub(crate) use device::{ask_code, take_code};
pub(crate) use hint::{Question, hint};
pub(crate) use layout::{Layout, alert, field, render};
pub(crate) use shortcut::shortcut;
pub(crate) use signin::{advance, show, signed_in};
pub(crate) use visit::{BrowserSession, Visits, form_token, form_token_fits};

/// `GET /assets/signin.css`, on both origins.
pub(crate) fn stylesheet(_: &Arc<World>, _: &Incoming) -> Reply {
    Reply::css(include_str!("pages/signin.css"))
}

/// `GET /`: says what this is to a person who opens the port.
pub(crate) fn home(world: &Arc<World>, _: &Incoming) -> Reply {
    let body = format!(
        "<p>This is a simulated access portal. Clients reach it through endpoint variables and this start \
         URL:</p>\
         <p><code>{}</code></p><p><a href=\"/device\">Enter the code of a device</a></p>",
        markup(&world.options.start_url)
    );
    render(StatusCode::OK, &Layout::plain("Simulated access portal"), &body)
}

/// `GET /start`, where the start URL would lead. Clients that only have a start URL read the region in its
/// head.
pub(crate) fn start(world: &Arc<World>, _: &Incoming) -> Reply {
    let body = "<p>This is where the access portal shows a person their accounts.</p>\
                <p><a href=\"/device\">Enter the code of a device</a></p>";
    let script = Some(shortcut::SCRIPT);
    let layout =
        Layout { region: Some(&world.options.region), script, ..Layout::plain("Simulated access portal") };
    render(StatusCode::OK, &layout, body)
}

pub(crate) fn not_found(_: &Arc<World>, _: &Incoming) -> Reply {
    render(
        StatusCode::NOT_FOUND,
        &Layout::plain("Page not found"),
        "<p>There is nothing at this address.</p>",
    )
    .failed("NotFound")
}

/// What a network with a captive portal answers in everybody's name.
pub(crate) fn captive_portal() -> Reply {
    let body = "<!DOCTYPE html>\n<html><head><title>Guest Wi-Fi</title></head><body>\
                <h1>Welcome to Guest Wi-Fi</h1>\
                <p>Please accept the terms of use to go online.</p></body></html>\n";
    Reply::html(StatusCode::OK, body.to_owned())
}

fn problem(title: &str, text: &str) -> Reply {
    let body = format!("<p role=\"alert\">{}</p>", markup(text));
    render(StatusCode::BAD_REQUEST, &Layout::plain(title), &body).failed("BadRequest")
}
