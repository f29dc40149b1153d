//! How AWS can refuse, in the terms that decisions need.

use std::time::Duration;

use crate::failure::{Code, Failure};
use crate::ids::PortalName;

/// Why a request to the portal or to its OIDC service did not give what was asked for. The service's own
/// exception names are in the comments (IAM Identity Center OIDC and Portal API References).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// `AuthorizationPendingException`: the person has not approved yet.
    Pending,
    /// `SlowDownException`: polled or registered too often.
    SlowDown,
    /// `ExpiredTokenException`: the device code is too old.
    CodeExpired,
    /// `AccessDeniedException`: the person, or an administrator's rule, refused.
    Denied,
    /// `InvalidGrantException`: the code or refresh token is used up, or the portal session is over.
    InvalidGrant,
    /// `InvalidClientException`: the registration has expired or is unknown.
    InvalidClient,
    /// `UnauthorizedClientException`: this way to sign in is not allowed.
    FlowBlocked,
    /// `UnauthorizedException`: the portal does not take the access token.
    Unauthorized,
    /// `ForbiddenException`: not assigned, or not yet.
    Forbidden,
    /// `ResourceNotFoundException`.
    NotFound,
    /// `InvalidRequestException` and its kin: what was asked for makes no sense to the service.
    Invalid(String),
    /// `TooManyRequestsException` or a bare 429; with the server's wish, if it told one.
    Throttled(Option<Duration>),
    /// 5xx, time-out, connection refused or lost: may work later.
    Unavailable(String),
    /// The answer is not AWS's: a captive portal or a proxy stands between.
    Unreadable(String),
    /// The proxy wants a user name and password, or other ones.
    ProxyPassword,
    /// Whoever answers can't prove to be AWS: a proxy opens the connection, or something worse.
    Untrusted(String),
}

impl Trouble {
    /// Whether the same request may well succeed a little later.
    pub fn passes(&self) -> bool {
        matches!(self, Self::SlowDown | Self::Throttled(_) | Self::Unavailable(_))
    }

    /// Tells a person about it; `doing` completes "… failed", e.g. `listing the accounts of corp`.
    pub fn failure(&self, doing: &str, portal: &PortalName) -> Failure {
        let sign_in = format!("run `rolecall login {portal}`");
        let failed = |summary: String, hint: &str| Failure::new(Code::Failed, summary, hint);
        match self {
            Self::Unauthorized | Self::InvalidGrant | Self::Pending => {
                Failure::new(Code::SignInNeeded, format!("{doing}: the sign-in to {portal} has ended"), sign_in)
            }
            Self::InvalidClient | Self::FlowBlocked => Failure::new(
                Code::SignInNeeded,
                format!("{doing}: {portal} no longer knows this computer's registration"),
                sign_in,
            ),
            Self::CodeExpired => failed(
                format!("{doing}: the code was not approved in time"),
                &format!("{sign_in} for a new code"),
            ),
            Self::Denied => failed(
                format!("{doing}: the request was denied"),
                &format!(
                    "{sign_in} again and choose Allow; if your administrator blocks this way to sign in, try `--flow device` or `--flow browser`"
                ),
            ),
            Self::Forbidden => failed(
                format!("{doing}: AWS says that you have no access"),
                "the assignment may have been removed, or be minutes old: run `rolecall list --refresh`, or ask your administrator",
            )
            .in_windows("the assignment may have been removed, or be minutes old: refresh the list, or ask your administrator"),
            Self::NotFound => failed(
                format!("{doing}: AWS does not know it"),
                "run `rolecall list --refresh` to see what the portal lists now",
            )
            .in_windows("refresh the list to see what the portal has now"),
            Self::Invalid(said) => failed(
                format!("{doing}: AWS refused the request"),
                &format!(
                    "check the start URL and the region of {portal} in `rolecall portal list`: the region must be the one of IAM Identity Center"
                ),
            )
            .in_windows(format!(
                "check the start URL and the region of {portal} under Portals: the region must be the one of IAM Identity Center"
            ))
            .with_detail(said),
            Self::SlowDown | Self::Throttled(_) => failed(
                format!("{doing}: AWS limits the number of requests and did not let this one through"),
                "wait a minute and try again",
            ),
            Self::Unavailable(said) => {
                failed(
                format!("{doing}: AWS does not answer as it should"),
                "check the network (VPN, proxy), wait a minute and try again",
            )
                    .with_detail(said)
            }
            Self::ProxyPassword => failed(
                format!("{doing}: the proxy wants a user name and password, or other ones"),
                "put them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded",
            ),
            Self::Untrusted(said) => failed(
                format!("{doing}: what answers can't prove to be AWS, so nothing was sent"),
                "if your company's proxy opens connections, point AWS_CA_BUNDLE at the PEM file with its certificate",
            )
            .with_detail(said),
            Self::Unreadable(said) => failed(
                format!("{doing}: something between you and AWS answered instead of AWS"),
                "open a page in your browser to get past a captive portal, or check HTTPS_PROXY and AWS_CA_BUNDLE",
            )
            .with_detail(said),
        }
    }
}
