//! Pages of the AWS console.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::console::{Address, Destination, not_a_page};
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
    /// Checks the address, and takes out of it what an address that was copied from a browser tells of its sign-in and
    /// its session (`111122223333-abcdefgh.eu-west-1.console.aws.amazon.com`).
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        // `Url` takes a backslash for a slash, and drops tabs and line breaks.
        if text.len() > LONGEST {
            return Err(NotValid(format!(
                "the address is longer than {LONGEST} characters, which is too long"
            )));
        }
        if !super::is_plain(text) || text.contains(['\\', ' ']) {
            return Err(not_a_page(text));
        }
        let address = Address::parse(text)?;
        let url = address.anybodys().ok_or_else(|| not_a_page(text))?;
        Ok(Self { url: url.into(), partition: address.partition })
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
