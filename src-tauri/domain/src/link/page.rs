//! Pages of the AWS console.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::console::{Destination, console_host};
use crate::ids::{NotValid, Partition};

/// Queries of `CloudWatch` take a few thousand characters.
const LONGEST: usize = 6144;

/// A page of some partition's console, by its absolute address: https, on the console's host or below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct Page {
    url: String,
    partition: Partition,
}

impl Page {
    /// Checks the address, and takes the session out of it that an address copied from a browser with several
    /// sessions names (`111122223333-abcdefgh.eu-west-1.console.aws.amazon.com`).
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let wrong = || {
            let start: String = text.chars().take(120).collect();
            let shown = crate::text::line(&start);
            NotValid(format!(
                "`{shown}` is not a page of the AWS console, such as https://console.aws.amazon.com/s3/home"
            ))
        };
        // `Url` takes a backslash for a slash, and drops tabs and line breaks.
        if text.len() > LONGEST || !super::is_plain(text) || text.contains(['\\', ' ']) {
            return Err(wrong());
        }
        let mut url = Url::parse(text).map_err(|_| wrong())?;
        let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        if url.scheme() != "https" || !bare {
            return Err(wrong());
        }
        let host = url.host_str().map(without_session).ok_or_else(wrong)?.to_owned();
        let partition = partition(&host).ok_or_else(wrong)?;
        url.set_host(Some(&host)).map_err(|_| wrong())?;
        Ok(Self { url: url.into(), partition })
    }

    /// The address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it is called by its address: the service and what stands behind it. Safe to show.
    pub fn title(&self) -> String {
        Destination::Url(self.url.clone()).title()
    }

    /// Whether it is where the console begins, and no page that anybody would look for.
    pub fn is_home(&self) -> bool {
        let path = Url::parse(&self.url).map(|url| url.path().trim_matches('/').to_owned());
        path.is_ok_and(|path| matches!(path.as_str(), "" | "console" | "console/home"))
    }

    /// Whose console it is of.
    pub fn partition(&self) -> Partition {
        self.partition
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl TryFrom<String> for Page {
    type Error = NotValid;
    fn try_from(text: String) -> Result<Self, NotValid> {
        Self::parse(&text)
    }
}

impl From<Page> for String {
    fn from(page: Page) -> Self {
        page.url
    }
}

fn partition(host: &str) -> Option<Partition> {
    let all = [Partition::Aws, Partition::AwsUsGov, Partition::AwsCn, Partition::AwsEusc];
    let is_of = |top: &str| host == top || host.strip_suffix(top).is_some_and(|rest| rest.ends_with('.'));
    all.into_iter().find(|partition| is_of(console_host(*partition)))
}

/// Twelve digits, a hyphen and eight letters or digits in front name one of the sessions of a browser.
fn without_session(host: &str) -> &str {
    let Some((first, rest)) = host.split_once('.') else { return host };
    let is_session = first.split_once('-').is_some_and(|(account, mark)| {
        account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && mark.len() == 8
            && mark.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if is_session { rest } else { host }
}
