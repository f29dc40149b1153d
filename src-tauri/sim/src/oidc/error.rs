//! The service's modelled errors. The exception's name goes into a header: SDKs do not look at `error`.

use axum::http::{HeaderName, StatusCode};
use serde_json::json;

use crate::http::Reply;

/// Errors by the names of the service model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exception {
    AuthorizationPending,
    SlowDown,
    ExpiredToken,
    AccessDenied,
    InvalidGrant,
    InvalidClient,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
    InvalidRequest,
    InvalidClientMetadata,
    InvalidRedirectUri,
    InternalServer,
}

impl Exception {
    fn parts(self) -> (&'static str, &'static str, StatusCode) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::AuthorizationPending => ("AuthorizationPendingException", "authorization_pending", bad),
            Self::SlowDown => ("SlowDownException", "slow_down", bad),
            Self::ExpiredToken => ("ExpiredTokenException", "expired_token", bad),
            Self::AccessDenied => ("AccessDeniedException", "access_denied", bad),
            Self::InvalidGrant => ("InvalidGrantException", "invalid_grant", bad),
            Self::InvalidClient => ("InvalidClientException", "invalid_client", StatusCode::UNAUTHORIZED),
            Self::UnauthorizedClient => ("UnauthorizedClientException", "unauthorized_client", bad),
            Self::UnsupportedGrantType => ("UnsupportedGrantTypeException", "unsupported_grant_type", bad),
            Self::InvalidScope => ("InvalidScopeException", "invalid_scope", bad),
            Self::InvalidRequest => ("InvalidRequestException", "invalid_request", bad),
            Self::InvalidClientMetadata => ("InvalidClientMetadataException", "invalid_client_metadata", bad),
            Self::InvalidRedirectUri => ("InvalidRedirectUriException", "invalid_redirect_uri", bad),
            Self::InternalServer => {
                ("InternalServerException", "server_error", StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    /// The OAuth code, for redirects.
    pub(crate) fn code(self) -> &'static str {
        self.parts().1
    }
}

/// A refused request: the exception, and a description where the service gives one.
#[derive(Debug)]
pub(crate) struct Refusal {
    exception: Exception,
    description: Option<&'static str>,
}

impl Refusal {
    pub(crate) fn new(exception: Exception, description: &'static str) -> Self {
        Self { exception, description: Some(description) }
    }

    /// The service leaves the description null for the states of a poll.
    pub(crate) fn bare(exception: Exception) -> Self {
        Self { exception, description: None }
    }

    pub(crate) fn into_reply(self) -> Reply {
        let (name, code, status) = self.exception.parts();
        Reply::json(status, &json!({ "error": code, "error_description": self.description }))
            .with(HeaderName::from_static("x-amzn-errortype"), name)
            .failed(name)
    }
}
