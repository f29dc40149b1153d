//! Which handler answers what, and under which name the log knows it.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;

use crate::http::{Incoming, Reply, value_of};
use crate::options::IdentitySource;
use crate::world::World;
use crate::{console, idp, oidc, pages, portal, saml, sts, vanity};

type Handler = fn(&Arc<World>, &Incoming) -> Reply;

/// Whose request it is; decides about throttling, faults and headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Oidc,
    Portal,
    Sts,
    Console,
    Pages,
    IdentityProvider,
    Vanity,
}

impl Service {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Portal => "portal",
            Self::Sts => "sts",
            Self::Console => "console",
            Self::Pages => "pages",
            Self::IdentityProvider => "idp",
            Self::Vanity => "vanity",
        }
    }
}

/// Where a request goes.
pub(crate) struct Route {
    pub(crate) service: Service,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) handler: Handler,
    /// An API call, as opposed to a page for a browser: only these suffer faults.
    pub(crate) api: bool,
}

impl Route {
    fn api(service: Service, operation: impl Into<Cow<'static, str>>, handler: Handler) -> Self {
        Self { service, operation: operation.into(), handler, api: true }
    }

    fn page(service: Service, operation: &'static str, handler: Handler) -> Self {
        Self { service, operation: operation.into(), handler, api: false }
    }
}

/// The main origin.
pub(crate) fn main_route(request: &Incoming) -> Route {
    use Service::{Console, Oidc, Pages, Portal, Sts};
    match (method(request), request.path.as_str()) {
        ("POST", "/client/register") => Route::api(Oidc, "RegisterClient", oidc::register),
        ("POST", "/device_authorization") => Route::api(Oidc, "StartDeviceAuthorization", oidc::start),
        ("POST", "/token") => Route::api(Oidc, "CreateToken", oidc::create),
        ("GET", "/authorize") => Route::page(Oidc, "Authorize", pages::authorize),
        ("GET", "/assignment/accounts") => Route::api(Portal, "ListAccounts", portal::list_accounts),
        ("GET", "/assignment/roles") => Route::api(Portal, "ListAccountRoles", portal::list_account_roles),
        ("GET", "/federation/credentials") => {
            Route::api(Portal, "GetRoleCredentials", portal::get_role_credentials)
        }
        ("POST", "/logout") => Route::api(Portal, "Logout", portal::logout),
        ("POST", "/") => Route::api(Sts, sts_operation(request), sts::call),
        ("GET" | "POST", "/federation") => console_route(request),
        ("GET", "/oauth") => Route::page(Console, "ConsoleLogout", console::log_out),
        ("GET", "/console") => Route::page(Console, "ConsolePage", console::page),
        ("GET", "/") => Route::page(Pages, "Home", pages::home),
        ("GET", "/start" | "/start/") => Route::page(Pages, "StartPage", pages::start),
        ("GET", "/start/console") => Route::page(Pages, "ShortcutLink", pages::shortcut),
        ("GET", "/device") => Route::page(Pages, "DevicePage", pages::ask_code),
        ("POST", "/device") => Route::page(Pages, "DeviceForm", pages::take_code),
        ("GET", "/signin") => Route::page(Pages, "SigninPage", pages::show),
        ("POST", "/signin") => Route::page(Pages, "SigninForm", pages::advance),
        ("POST", "/saml/acs") => Route::page(Pages, "SamlAssertion", saml::consume),
        ("GET", "/assets/signin.css") => Route::page(Pages, "Stylesheet", pages::stylesheet),
        ("GET", _) => Route::page(Pages, "NotFound", pages::not_found),
        _ => Route::page(Pages, "UnknownOperation", unknown_operation),
    }
}

/// The external identity provider's origin; each kind of provider has paths of its own.
pub(crate) fn idp_route(source: IdentitySource, request: &Incoming) -> Route {
    let method = method(request);
    if (method, request.path.as_str()) == ("GET", "/assets/signin.css") {
        return Route::page(Service::IdentityProvider, "Stylesheet", pages::stylesheet);
    }
    if method == "GET" && request.path == idp::entry(source) {
        return Route::page(Service::IdentityProvider, "IdpPage", idp_entrance(source));
    }
    match idp_page(source, method, &request.path) {
        Some((operation, handler)) => Route::page(Service::IdentityProvider, operation, handler),
        None if method == "GET" => Route::page(Service::IdentityProvider, "NotFound", pages::not_found),
        None => Route::page(Service::IdentityProvider, "UnknownOperation", unknown_operation),
    }
}

fn idp_entrance(source: IdentitySource) -> Handler {
    match source {
        IdentitySource::Entra => idp::entra::show,
        IdentitySource::Okta => idp::okta::show,
        IdentitySource::Google => idp::google::show,
        _ => idp::one_form::show,
    }
}

/// The pages behind the entrance.
fn idp_page(source: IdentitySource, method: &str, path: &str) -> Option<(&'static str, Handler)> {
    use IdentitySource::{Adfs, Entra, ExternalIdp, Google, Okta};
    let handler: Handler = match (source, method, path) {
        (ExternalIdp | Adfs, "POST", path) if path == idp::entry(source) => idp::one_form::sign_in,
        (Entra, "POST", "/common/username") => idp::entra::take_user,
        (Entra, "POST", "/common/login") => idp::entra::take_password,
        (Entra, "POST", "/common/SAS/ProcessAuth") => idp::entra::take_code,
        (Entra, "POST", "/kmsi") => idp::entra::take_stay,
        (Okta, "POST", "/signin/identify") => idp::okta::take_user,
        (Okta, "POST", "/signin/challenge") => idp::okta::take_password,
        (Okta, "GET", "/signin/factor") => return Some(("IdpPopup", idp::okta::show_factor)),
        (Okta, "POST", "/signin/factor") => idp::okta::open_factor,
        (Okta, "POST", "/signin/factor/verify") => idp::okta::take_code,
        (Okta, "POST", "/signin/continue") => idp::okta::go_on,
        (Google, "GET", "/v3/signin/rejected") => return Some(("IdpRejected", idp::google::rejected)),
        (Google, "POST", "/v3/signin/identifier") => idp::google::take_user,
        (Google, "POST", "/v3/signin/challenge/pwd") => idp::google::take_password,
        _ => return None,
    };
    Some(("IdpForm", handler))
}

/// The company's own domain.
pub(crate) fn vanity_route(request: &Incoming) -> Route {
    match method(request) {
        "GET" => Route::page(Service::Vanity, "VanityRedirect", vanity::redirect),
        _ => Route::page(Service::Vanity, "UnknownOperation", unknown_operation),
    }
}

/// HEAD asks like GET; the server leaves the body out.
fn method(request: &Incoming) -> &str {
    match request.method.as_str() {
        "HEAD" => "GET",
        other => other,
    }
}

fn sts_operation(request: &Incoming) -> Cow<'static, str> {
    match value_of(&request.form_pairs(), "Action") {
        Some("GetCallerIdentity") => "GetCallerIdentity".into(),
        Some("AssumeRole") => "AssumeRole".into(),
        _ => "UnknownStsAction".into(),
    }
}

fn console_route(request: &Incoming) -> Route {
    let action = console::action(request);
    match action.as_deref() {
        Some("getSigninToken") => Route::api(Service::Console, "getSigninToken", console::signin_token),
        Some("login") => Route::page(Service::Console, "ConsoleLogin", console::log_in),
        _ => Route::page(Service::Console, "UnknownFederationAction", console::unknown_action),
    }
}

fn unknown_operation(_: &Arc<World>, _: &Incoming) -> Reply {
    let name = "UnknownOperationException";
    Reply::json(StatusCode::NOT_FOUND, &json!({ "__type": name, "message": null })).failed(name)
}
