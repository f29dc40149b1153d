//! A scripted person with a small browser: follows redirects, keeps cookies, fills in forms. It knows the
//! pages only from outside, over HTTP.

mod form;
mod wire;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;

use crate::options::Person;
use crate::totp;
use crate::world::World;
use form::Form;
use wire::Answer;
pub(crate) use wire::USER_AGENT;

/// More pages than any way through the sign-in has.
const MAX_STEPS: usize = 20;

/// What the person answers in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Confirms the code and allows the client.
    Allow,
    /// Confirms the code and denies the client.
    Deny,
}

/// A page as the visitor got it, after redirects.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where redirects ended.
    pub url: String,
    /// HTTP status.
    pub status: u16,
    /// The whole document.
    pub body: String,
    /// Milliseconds since the epoch, from the `Date` header.
    served_ms: Option<i64>,
}

/// A person at a browser of their own. Cookies persist from call to call, as in a browser profile.
#[derive(Debug, Clone)]
pub struct Visitor {
    person: Person,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// A fresh browser for this person.
    pub fn new(person: Person) -> Self {
        Self { person, cookies: BTreeMap::new() }
    }

    /// Opens a page.
    ///
    /// # Errors
    /// When nothing answers, or with something else than HTTP; likewise for the other calls.
    pub async fn open(&mut self, url: &str) -> io::Result<Page> {
        self.travel(Method::GET, url.to_owned(), String::new()).await
    }

    /// Submits the form of a page: its hidden fields, and `fields` over them.
    ///
    /// # Errors
    /// Also when the page has no form.
    pub async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> io::Result<Page> {
        let form = Form::of(&page.body).ok_or_else(|| io::Error::other("the page has no form"))?;
        let target = wire::resolve(&page.url, &form.action)?;
        let body = form.encode(fields);
        self.travel(Method::POST, target, body).await
    }

    /// Opens `verificationUriComplete` or an authorize URL and goes through all pages. Ends at the last
    /// page, which for a browser flow is what the client's listener shows.
    ///
    /// # Errors
    /// Also when the way does not come to an end.
    pub async fn visit(&mut self, url: &str, decision: Decision) -> io::Result<Page> {
        let mut page = self.open(url).await?;
        let mut neighbour = [0, 1, -1].into_iter();
        for _ in 0..MAX_STEPS {
            let Some(form) = Form::of(&page.body) else { return Ok(page) };
            let step = self.fill(&form, &page, decision, &mut neighbour);
            let fields: Vec<(&str, &str)> =
                step.iter().map(|(name, value)| (*name, value.as_str())).collect();
            page = self.submit(&page, &fields).await?;
        }
        Err(io::Error::other(format!("no end of pages; the last was {}", page.url)))
    }

    fn fill(
        &self,
        form: &Form,
        page: &Page,
        decision: Decision,
        neighbour: &mut impl Iterator<Item = i64>,
    ) -> Vec<(&'static str, String)> {
        let person = &self.person;
        let mut fields = Vec::new();
        if form.asks("user") {
            fields.push(("user", person.user.clone()));
        }
        if form.asks("password") {
            fields.push(("password", person.password.clone()));
        }
        if form.asks("one_time_code") {
            // A code counts once: after a refusal the neighbours of the present step are still good.
            let step =
                totp::step_at(page.served_ms.unwrap_or_default()) + neighbour.next().unwrap_or_default();
            fields.push(("one_time_code", totp::code(&person.totp_secret, step).unwrap_or_default()));
        }
        if form.offers("decision", "allow") {
            let answer = match decision {
                Decision::Allow => "allow",
                Decision::Deny => "deny",
            };
            fields.push(("decision", answer.to_owned()));
        } else if form.offers("decision", "confirm") {
            fields.push(("decision", "confirm".to_owned()));
        }
        fields
    }

    async fn travel(&mut self, method: Method, url: String, body: String) -> io::Result<Page> {
        let mut answer = self.fetch(&method, &url, body).await?;
        let mut url = url;
        for _ in 0..MAX_STEPS {
            let Some(location) = answer.location.take() else { return Ok(answer.into_page(url)) };
            url = wire::resolve(&url, &location)?;
            answer = self.fetch(&Method::GET, &url, String::new()).await?;
        }
        Err(io::Error::other(format!("no end of redirects; the last was to {url}")))
    }

    async fn fetch(&mut self, method: &Method, url: &str, body: String) -> io::Result<Answer> {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = wire::exchange(method, url, &jar.join("; "), body).await?;
        for (name, value) in &answer.cookies {
            match value {
                Some(value) => drop(self.cookies.insert(name.clone(), value.clone())),
                None => drop(self.cookies.remove(name)),
            }
        }
        Ok(answer)
    }
}

/// Approves a device authorization after `delay` through the pages, unless its page was opened meanwhile.
pub(crate) fn approve_later(world: &Arc<World>, user_code: &str, url: String, delay: Duration) {
    let world = Arc::clone(world);
    let user_code = user_code.to_owned();
    tokio::spawn(async move {
        let mut stopping = world.stopping.clone();
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        let opened = world.oidc.lock().device_by_user_code(&user_code).is_none_or(|grant| grant.opened);
        if !opened {
            // A visit that fails leaves the device waiting, which its client sees; so would a person.
            let _ = Visitor::new(world.options.person.clone()).visit(&url, Decision::Allow).await;
        }
    });
}
