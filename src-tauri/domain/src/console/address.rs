//! Addresses of the console that somebody pasted.

use percent_encoding::percent_decode_str;
use url::Url;

use super::endpoint::console_of_host;
use crate::ids::{AccountId, NotValid, Partition, Region};
use crate::text;

/// No address is longer that anybody pastes.
const LONGEST: usize = 8192;
/// As much of an address as a message shows.
const SHOWN: usize = 120;

/// What an address still says of how its browser was signed in, once it is.
const OF_SIGN_IN: [&str; 5] = ["isauthcode", "code", "state", "hashArgs", "oauthStart"];

/// An address of AWS's console, without who was signed in to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    url: Url,
    pub(crate) partition: Partition,
    /// Of whom the browser was, if it was signed in to several.
    pub(super) account_id: Option<AccountId>,
    /// What stands between that and the console's own host.
    before: Vec<String>,
    pub(super) region: Option<Region>,
}

impl Address {
    /// Only pages of AWS's console: a person is going to be signed in there.
    pub(crate) fn parse(text: &str) -> Result<Self, NotValid> {
        let text = text.trim();
        let wrong = || not_a_page(text);
        let url = read(text).ok_or_else(wrong)?;
        let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        let host = url.host_str().filter(|_| plain).ok_or_else(wrong)?;
        let (partition, before) = console_of_host(host).ok_or_else(wrong)?;
        let mut before: Vec<String> = before.into_iter().map(str::to_owned).collect();
        let safe =
            |name: &String| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !before.iter().all(safe) {
            return Err(wrong());
        }
        let account_id = before.first().and_then(|first| identity(first));
        if account_id.is_some() {
            before.remove(0);
        }
        let of_host = before.iter().find_map(|name| Region::parse(name).ok());
        let of_query = || url.query_pairs().find(|(name, _)| name == "region");
        let region = of_host.or_else(|| Region::parse(&of_query()?.1).ok());
        if region.as_ref().is_some_and(|region| region.partition() != partition) {
            return Err(wrong());
        }
        Ok(Self { url, partition, account_id, before, region })
    }

    /// The page, whoever is signed in, and without what an address says of that.
    pub(crate) fn anybodys(&self) -> Option<Url> {
        self.moved(None)
    }

    /// The same page for another account and, if one is given, in another region.
    pub(super) fn page(&self, account: &AccountId, region: Option<&Region>) -> Option<String> {
        let url = self.moved(region)?;
        let from = self.account_id.as_ref().filter(|from| *from != account);
        let Some(from) = from else { return Some(url.into()) };
        // Ids of accounts are only digits: they change nothing of how the address is read.
        let host_end = url.as_str().len() - url[url::Position::BeforePath..].len();
        let (host, page) = url.as_str().split_at(host_end);
        Some(format!("{host}{}", replaced(page, from.as_str(), account.as_str())))
    }

    fn moved(&self, region: Option<&Region>) -> Option<Url> {
        let mut before = self.before.clone();
        if let Some(region) = region {
            match before.iter().position(|name| Region::parse(name).is_ok()) {
                Some(at) => before[at] = region.to_string(),
                None if before.is_empty() => before.push(region.to_string()),
                None => {}
            }
        }
        before.push(super::console_host(self.partition).to_owned());
        let mut url = self.url.clone();
        url.set_host(Some(&before.join("."))).ok()?;
        let query = self.url.query().map(|query| query_of(query, region));
        url.set_query(query.as_deref().filter(|query| !query.is_empty()));
        Some(url)
    }

    /// What people recognise it by: the service, and what stands behind it in the address, such as
    /// `lambda: functions/invoice`.
    pub(super) fn title(&self) -> String {
        let path = decoded(self.url.path());
        let (service, rest) = path.trim_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
        if matches!(service, "" | "console") {
            return "the console's home".to_owned();
        }
        let fragment = self.url.fragment().map(decoded).unwrap_or_default();
        let view = fragment.split('?').next().unwrap_or_default();
        let ends = |c: char| matches!(c, '/' | '!' | '#' | ':');
        let place = [view, rest].map(|part| part.trim_matches(ends));
        match place.into_iter().find(|place| !matches!(*place, "" | "home")) {
            Some(place) => format!("{service}: {place}"),
            None => format!("the page of {service}"),
        }
    }
}

/// An https address of a length that somebody may have meant.
pub(super) fn read(text: &str) -> Option<Url> {
    let text = Some(text).filter(|text| text.len() <= LONGEST)?;
    Url::parse(text).ok().filter(|url| url.scheme() == "https")
}

/// `111122223333-abcdefgh`: eight characters tell the identities of one account apart.
fn identity(name: &str) -> Option<AccountId> {
    let id = name.split_once('-').map_or(name, |(id, _)| id);
    AccountId::parse(id).ok()
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// What was given, as far as a message may show it: behind it there may be the token of a sign-in.
pub(crate) fn not_a_page(text: &str) -> NotValid {
    let start: String = text.split(['?', '#']).next().unwrap_or_default().chars().take(SHOWN).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    NotValid(format!("`{}{more}` is not a page of AWS's console", text::line(&start)))
}

/// All as it is, but for the region, and without what is of the sign-in and of who was signed in.
fn query_of(query: &str, region: Option<&Region>) -> String {
    fn name(pair: &str) -> &str {
        pair.split_once('=').map_or(pair, |(name, _)| name)
    }
    // Elsewhere they may be a page's own.
    let is_signed_in = query.split('&').any(|pair| name(pair) == OF_SIGN_IN[0]);
    let is_of_sign_in =
        |pair: &&str| name(pair) == "login_hint" || is_signed_in && OF_SIGN_IN.contains(&name(pair));
    let pairs = query.split('&').filter(|pair| !is_of_sign_in(pair));
    let pair = |pair: &str| match region {
        Some(region) if pair.starts_with("region=") => format!("region={region}"),
        _ => pair.to_owned(),
    };
    pairs.map(pair).collect::<Vec<_>>().join("&")
}

/// Every `from` that is no part of a longer number.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let (mut result, mut at) = (String::with_capacity(text.len()), 0);
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    for (found, _) in text.match_indices(from) {
        let within = found > 0 && digit(found - 1) || digit(found + from.len());
        result.push_str(&text[at..found]);
        result.push_str(if within { from } else { to });
        at = found + from.len();
    }
    result.push_str(&text[at..]);
    result
}

#[cfg(test)]
mod tests;
