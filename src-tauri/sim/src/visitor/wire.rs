//! One request on a connection of its own.

use std::io;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, COOKIE, DATE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Page;
use crate::clock::parse_http_date;

/// What the visitor calls itself.
pub(crate) const USER_AGENT: &str = "simulated-person";

/// A reply, before redirects are followed.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    body: String,
    served_ms: Option<i64>,
    pub(super) location: Option<String>,
    /// Cookies to keep, and with `None` to drop.
    pub(super) cookies: Vec<(String, Option<String>)>,
}

impl Answer {
    pub(super) fn into_page(self, url: String) -> Page {
        Page { url, status: self.status, body: self.body, served_ms: self.served_ms }
    }
}

/// The address of a link on the page at `base`.
pub(super) fn resolve(base: &str, link: &str) -> io::Result<String> {
    if link.starts_with("http://") {
        return Ok(link.to_owned());
    }
    let uri: Uri = base.parse().map_err(io::Error::other)?;
    let authority = uri.authority().ok_or_else(|| io::Error::other("the address has no host"))?;
    Ok(format!("http://{authority}{link}"))
}

/// Sends one request; a body makes it a form.
pub(super) async fn exchange(method: &Method, url: &str, cookies: &str, body: String) -> io::Result<Answer> {
    let uri: Uri = url.parse().map_err(io::Error::other)?;
    let authority = uri.authority().ok_or_else(|| io::Error::other("the address has no host"))?;
    let host = authority.host().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let driver = tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, authority.as_str())
        .header(header::USER_AGENT, USER_AGENT);
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    if method == Method::POST {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(io::Error::other)?;
    let (head, body) = sender.send_request(request).await.map_err(io::Error::other)?.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    driver.abort();
    Ok(Answer {
        status: head.status.as_u16(),
        body: String::from_utf8_lossy(&body).into_owned(),
        served_ms: text(&head.headers, &DATE).and_then(parse_http_date),
        location: text(&head.headers, &LOCATION).filter(|_| head.status.is_redirection()).map(str::to_owned),
        cookies: head
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|line| cookie(line.to_str().ok()?))
            .collect(),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn cookie(line: &str) -> Option<(String, Option<String>)> {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let dropped = parts.any(|attribute| attribute == "Max-Age=0");
    Some((name.to_owned(), (!dropped).then(|| value.to_owned())))
}
