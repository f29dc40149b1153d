//! `/device`: which device wants in?

use std::sync::Arc;

use axum::http::StatusCode;

use super::signin::begin;
use super::visit::{Browser, Errand, form_token, form_token_fits};
use super::{Layout, alert, problem, render};
use crate::escape::markup;
use crate::http::{Incoming, Reply, value_of};
use crate::oidc::Progress;
use crate::world::World;

const PURPOSE: &str = "device";
const UNKNOWN_CODE: &str = "This code is not valid, or is too old. Check it and try again.";

/// `GET /device[?user_code=…]`.
pub(crate) fn ask_code(world: &Arc<World>, request: &Incoming) -> Reply {
    let query = request.query_pairs();
    let typed = value_of(&query, "user_code").unwrap_or_default();
    if let Some(grant) = world.oidc.lock().device_by_user_code(typed) {
        grant.opened = true;
    }
    code_page(world, &Browser::of(world, request), typed, None)
}

/// `POST /device`.
pub(crate) fn take_code(world: &Arc<World>, request: &Incoming) -> Reply {
    let form = request.form_pairs();
    let browser = Browser::of(world, request);
    if !form_token_fits(world, &browser.id, PURPOSE, value_of(&form, "form_token")) {
        return problem("Form expired", "Go back and open the page again.");
    }
    let typed = value_of(&form, "user_code").unwrap_or_default();
    let Some((user_code, client_name)) = waiting(world, typed) else {
        return code_page(world, &browser, typed, Some(UNKNOWN_CODE));
    };
    browser.mark(begin(world, request, &browser, Errand::Device { user_code }, client_name))
}

/// The code as it was handed out and the client's name, if a device waits under it.
fn waiting(world: &World, typed: &str) -> Option<(String, String)> {
    let now_ms = world.clock.now_ms();
    let mut oidc = world.oidc.lock();
    let grant = oidc.device_by_user_code(typed)?;
    if grant.progress != Progress::Pending || grant.expires_ms <= now_ms {
        return None;
    }
    grant.opened = true;
    let (user_code, client_id) = (grant.user_code.clone(), grant.client_id.clone());
    let client_name = oidc.clients.get(&client_id).map(|client| client.name.clone()).unwrap_or_default();
    Some((user_code, client_name))
}

fn code_page(world: &World, browser: &Browser, typed: &str, trouble: Option<&str>) -> Reply {
    let alert = alert(trouble);
    let token = form_token(world, &browser.id, PURPOSE);
    let typed = markup(typed);
    let content = format!(
        "<p>Enter the code that your device or application shows.</p>{alert}\n\
         <form method=\"post\" action=\"/device\">\n\
         <input type=\"hidden\" name=\"form_token\" value=\"{token}\">\n\
         <label for=\"user_code\">Code</label>\n\
         <input id=\"user_code\" name=\"user_code\" value=\"{typed}\" required autofocus \
         autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" maxlength=\"16\">\n\
         <div class=\"actions\"><button type=\"submit\">Continue</button></div>\n</form>"
    );
    let layout = Layout {
        form_targets: world.idp_origin.iter().cloned().collect(),
        ..Layout::plain("Authorization requested")
    };
    let status = if trouble.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    browser.mark(render(status, &layout, &content))
}
