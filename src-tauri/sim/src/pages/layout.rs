//! The frame around each page and its headers.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, StatusCode};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::escape::markup;
use crate::http::Reply;

/// What differs between pages apart from their content.
#[derive(Debug, Default)]
pub(crate) struct Layout<'a> {
    pub(crate) title: &'a str,
    /// Further origins that a form of the page may lead to, redirects included.
    pub(crate) form_targets: Vec<String>,
    /// The page's only script, allowed by its hash.
    pub(crate) script: Option<&'static str>,
    /// The Identity Center region, for clients that look for it in the head.
    pub(crate) region: Option<&'a str>,
    /// What to type, for people trying the demo.
    pub(crate) hint: Option<String>,
}

impl<'a> Layout<'a> {
    pub(crate) fn plain(title: &'a str) -> Self {
        Self { title, ..Self::default() }
    }
}

/// A whole page; `content` is markup.
pub(crate) fn render(status: StatusCode, layout: &Layout<'_>, content: &str) -> Reply {
    let title = markup(layout.title);
    let hint = layout
        .hint
        .as_ref()
        .map(|text| format!("<p class=\"hint\">{}</p>", markup(text)))
        .unwrap_or_default();
    let region = layout
        .region
        .map(|region| format!("<meta name=\"region\" content=\"{}\">\n", markup(region)))
        .unwrap_or_default();
    let script = layout.script.map(|text| format!("<script>{text}</script>")).unwrap_or_default();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{region}<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/assets/signin.css\">\n</head>\n<body>\n\
         <p class=\"notice\">Simulator: this is not AWS</p>\n<main>\n<h1>{title}</h1>\n\
         {content}\n{hint}\n</main>\n{script}</body>\n</html>\n"
    );
    Reply::html(status, page)
        .with(CONTENT_SECURITY_POLICY, &policy(layout))
        .with(CACHE_CONTROL, "no-store")
        .with(REFERRER_POLICY, "no-referrer")
        .with(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with(HeaderName::from_static("x-frame-options"), "DENY")
}

fn policy(layout: &Layout<'_>) -> String {
    let script = match layout.script {
        None => "'none'".to_owned(),
        Some(text) => format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text))),
    };
    let mut targets = String::from("'self'");
    for target in &layout.form_targets {
        targets.push(' ');
        targets.push_str(target);
    }
    format!(
        "default-src 'none'; style-src 'self'; script-src {script}; form-action {targets}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

/// What is wrong with a form, above it; `trouble` is markup.
pub(crate) fn alert(trouble: Option<&str>) -> String {
    trouble.map(|text| format!("<p role=\"alert\" id=\"problem\">{text}</p>")).unwrap_or_default()
}

/// The one input of a form, with its label.
pub(crate) fn field(name: &str, label: &str, kind: &str, autocomplete: &str) -> String {
    let keys = if name == "one_time_code" { " inputmode=\"numeric\"" } else { "" };
    format!(
        "<label for=\"{name}\">{label}</label>\n<input id=\"{name}\" name=\"{name}\" type=\"{kind}\" \
         autocomplete=\"{autocomplete}\"{keys} autocapitalize=\"none\" spellcheck=\"false\" required \
         autofocus>\n"
    )
}
