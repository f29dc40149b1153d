//! What a failed request means.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::trouble::Trouble;
use std::error::Error;
use std::io;
use std::time::Duration;

/// Sorts an error by the exception's name, else by the HTTP status. Texts of AWS are only passed on, never
/// matched.
pub(crate) fn trouble<E>(error: &SdkError<E, HttpResponse>) -> Trouble
where
    E: Error + ProvideErrorMetadata + 'static,
{
    // An answer that ends half-way counts as none.
    let (Some(response), false) = (error.raw_response(), matches!(error, SdkError::ResponseError(_))) else {
        return unanswered(error);
    };
    let status = response.status().as_u16();
    match error.as_service_error().and_then(ProvideErrorMetadata::code).and_then(by_name) {
        Some(Known::Plain(trouble)) => trouble,
        Some(Known::Invalid) => Trouble::Invalid(said(response)),
        Some(Known::Throttled) => Trouble::Throttled(wish(response)),
        None => by_status(status, response, || root(error)),
    }
}

/// Why there was no answer at all, from an SDK or to plain HTTPS.
pub(crate) fn unanswered(error: &(dyn Error + 'static)) -> Trouble {
    let root = root(error);
    if let Some(reason) = certificate_refused(error) {
        return Trouble::Untrusted(reason);
    }
    if root.contains(WANTS_PASSWORD) { Trouble::ProxyPassword } else { Trouble::Unavailable(root) }
}

/// How hyper-util's tunnel words a 407; the error has no type that can be named (a test with a real proxy watches
/// it).
const WANTS_PASSWORD: &str = "proxy authorization required";

/// Why the certificate of whoever answered was refused, if that is what happened. Errors of TLS travel inside errors of
/// IO, which do not name them as their source.
fn certificate_refused(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner: Option<&(dyn Error + 'static)> = inner.map(|inner| inner as _);
        for error in [Some(error), inner].into_iter().flatten() {
            if let Some(tls @ rustls::Error::InvalidCertificate(_)) = error.downcast_ref::<rustls::Error>() {
                return Some(tls.to_string());
            }
        }
        cause = inner.or_else(|| error.source());
    }
    None
}

enum Known {
    Plain(Trouble),
    Invalid,
    Throttled,
}

fn by_name(code: &str) -> Option<Known> {
    Some(Known::Plain(match code {
        "AuthorizationPendingException" => Trouble::Pending,
        "SlowDownException" => Trouble::SlowDown,
        "ExpiredTokenException" => Trouble::CodeExpired,
        "AccessDeniedException" => Trouble::Denied,
        "InvalidGrantException" => Trouble::InvalidGrant,
        "InvalidClientException" => Trouble::InvalidClient,
        "UnauthorizedClientException" => Trouble::FlowBlocked,
        "UnauthorizedException" => Trouble::Unauthorized,
        "ForbiddenException" => Trouble::Forbidden,
        "ResourceNotFoundException" => Trouble::NotFound,
        "InvalidRequestException"
        | "InvalidScopeException"
        | "InvalidClientMetadataException"
        | "InvalidRedirectUriException"
        | "UnsupportedGrantTypeException"
        | "InvalidRequestRegionException" => return Some(Known::Invalid),
        "TooManyRequestsException" => return Some(Known::Throttled),
        _ => return None,
    }))
}

fn by_status(status: u16, response: &HttpResponse, root: impl Fn() -> String) -> Trouble {
    match status {
        // AWS answers in JSON or not at all: a page is a proxy's, whatever its status says of access.
        400..=404 if is_page(response) => Trouble::Unreadable(format!("HTTP {status} with a web page")),
        401 => Trouble::Unauthorized,
        403 => Trouble::Forbidden,
        404 => Trouble::NotFound,
        429 => Trouble::Throttled(wish(response)),
        407 => Trouble::ProxyPassword,
        400 => Trouble::Invalid(said(response)),
        500.. => Trouble::Unavailable(format!("HTTP {status}")),
        // A success that can't be read is somebody else's page.
        _ => Trouble::Unreadable(format!("HTTP {status}: {}", root())),
    }
}

fn is_page(response: &HttpResponse) -> bool {
    response.headers().get("content-type").is_some_and(|kind| kind.trim_start().starts_with("text/html"))
}

/// The portal tells in `x-amz-retry-after` (milliseconds) when it wants to be asked again.
fn wish(response: &HttpResponse) -> Option<Duration> {
    response.headers().get("x-amz-retry-after")?.parse().ok().map(Duration::from_millis)
}

/// The server's own sentence: `error_description` in OIDC answers, `message` in the portal's.
fn said(response: &HttpResponse) -> String {
    let body: Option<serde_json::Value> =
        response.body().bytes().and_then(|b| serde_json::from_slice(b).ok());
    let text = |key: &str| body.as_ref()?.get(key)?.as_str().map(|t| t.chars().take(300).collect::<String>());
    text("error_description").or_else(|| text("message")).or_else(|| text("error")).unwrap_or_default()
}

/// The innermost cause: "connection refused" says more than "dispatch failure".
pub(crate) fn root(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    // Not the whole context: its `Debug` form may hold the body of an answer, and that a token.
    let text = cause.to_string();
    if text.is_empty() { "no reason is given".to_owned() } else { text }
}

#[cfg(test)]
mod tests;
