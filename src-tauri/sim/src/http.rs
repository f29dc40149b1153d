//! Plain requests and replies: what handlers see, without any web framework.

use axum::body::Bytes;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use serde::Serialize;

/// A request with its whole body read.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// As received, without the question mark; empty when there was none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Decoded pairs of a query or form, in order.
pub(crate) type Pairs = Vec<(String, String)>;

/// The first value under `name`.
pub(crate) fn value_of<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

impl Incoming {
    pub(crate) fn query_pairs(&self) -> Pairs {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    pub(crate) fn form_pairs(&self) -> Pairs {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body has the media type `kind`, whatever its parameters.
    pub(crate) fn has_content_type(&self, kind: &str) -> bool {
        let text = self.header("content-type").unwrap_or_default();
        text.split(';').next().is_some_and(|found| found.trim().eq_ignore_ascii_case(kind))
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// A reply before the server adds `Date` and the request id.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// For the request log: the modelled error's name.
    pub(crate) exception: Option<String>,
    /// The reply never arrives: the connection closes in its place.
    pub(crate) lost: bool,
}

impl Reply {
    fn typed(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers, body, exception: None, lost: false }
    }

    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Only maps with non-string keys can fail here, and no reply holds one.
        Self::typed(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
    }

    pub(crate) fn html(status: StatusCode, body: String) -> Self {
        Self::typed(status, "text/html; charset=utf-8", body.into_bytes())
    }

    pub(crate) fn xml(status: StatusCode, body: String) -> Self {
        Self::typed(status, "text/xml", body.into_bytes())
    }

    pub(crate) fn text(status: StatusCode, body: &str) -> Self {
        Self::typed(status, "text/plain; charset=utf-8", body.as_bytes().to_vec())
    }

    pub(crate) fn css(body: &'static str) -> Self {
        Self::typed(StatusCode::OK, "text/css; charset=utf-8", body.as_bytes().to_vec())
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Vec::new(), exception: None, lost: false }
    }

    /// 303 after a form, 302 where the real service answers so.
    pub(crate) fn redirect(status: StatusCode, location: &str) -> Self {
        Self::empty(status).with(header::LOCATION, location)
    }

    /// Adds a header; a value that no header can hold is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    pub(crate) fn failed(mut self, exception: &str) -> Self {
        self.exception = Some(exception.to_owned());
        self
    }
}
