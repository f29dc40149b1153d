//! Pages of the console that were opened, to find them again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, GrantId, PortalName};
use crate::link::Page;
use crate::text;

/// How many are remembered.
const KEPT: usize = 100;
/// In characters. A file that somebody else wrote may hold anything.
const LONGEST_TITLE: usize = 120;

/// A page of the console, and as whom it was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// Who was signed in.
    pub grant: GrantId,
    /// The page. Never the console's home.
    pub page: Page,
    /// What it was called when it was first opened, such as `instance i-1`. Safe to show.
    pub title: String,
    /// When it was opened last.
    pub last: Timestamp,
}

impl Opened {
    fn is(&self, grant: &GrantId, page: &Page) -> bool {
        self.grant == *grant && self.page == *page
    }
}

/// The pages that were opened, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Stored>", into = "Vec<Stored>")]
pub(super) struct Pages(Vec<Opened>);

impl Pages {
    pub(super) fn opened(&mut self, grant: &GrantId, page: &Page, title: &str, now: Timestamp) {
        let known = self.0.iter().position(|opened| opened.is(grant, page));
        // Opened again, it is only known by its address, which tells less than what it was found by.
        let title = known.map_or_else(|| shown(title), |at| self.0.remove(at).title);
        self.0.insert(0, Opened { grant: grant.clone(), page: page.clone(), title, last: now });
        self.0.truncate(KEPT);
    }

    pub(super) fn all(&self) -> &[Opened] {
        &self.0
    }

    pub(super) fn last_in(&self, portal: &PortalName, account: &AccountId) -> Option<&Opened> {
        self.0.iter().find(|opened| opened.grant.portal == *portal && opened.grant.account_id == *account)
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

fn shown(title: &str) -> String {
    text::line(title).chars().take(LONGEST_TITLE).collect()
}

#[derive(Serialize, Deserialize)]
struct Stored {
    grant: GrantId,
    page: String,
    title: String,
    last: Timestamp,
}

impl From<Vec<Stored>> for Pages {
    fn from(stored: Vec<Stored>) -> Self {
        // What is no page any more is left out: pins must not be lost for it.
        let opened = |Stored { grant, page, title, last }| {
            Some(Opened { grant, page: Page::parse(&page).ok()?, title: shown(&title), last })
        };
        Self(stored.into_iter().take(KEPT).filter_map(opened).collect())
    }
}

impl From<Pages> for Vec<Stored> {
    fn from(Pages(pages): Pages) -> Self {
        let stored = |Opened { grant, page, title, last }| Stored { grant, page: page.into(), title, last };
        pages.into_iter().map(stored).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::Usage;
    use super::*;
    use crate::ids::RoleName;

    fn grant(account: u64, role: &str) -> GrantId {
        GrantId {
            portal: PortalName::parse("corp").unwrap(),
            account_id: AccountId::parse(&format!("{account:012}")).unwrap(),
            role_name: RoleName::parse(role).unwrap(),
        }
    }

    fn page(name: &str) -> Page {
        Page::parse(&format!("https://eu-west-1.console.aws.amazon.com/{name}/home")).unwrap()
    }

    fn minute(number: i64) -> Timestamp {
        "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(number)
    }

    #[test]
    fn the_latest_page_comes_first_and_each_is_there_once() {
        let mut usage = Usage::default();
        usage.opened(&grant(1, "Admin"), &page("ec2"), "instances", minute(0));
        usage.opened(&grant(1, "Admin"), &page("s3"), "s3", minute(1));
        usage.opened(&grant(2, "Admin"), &page("s3"), "s3", minute(2));
        usage.opened(&grant(1, "Admin"), &page("ec2"), "the page of ec2", minute(3));
        let titles: Vec<&str> = usage.pages().iter().map(|opened| opened.title.as_str()).collect();
        assert_eq!(titles, ["instances", "s3", "s3"]);
        assert_eq!(usage.pages()[0].last, minute(3));
    }

    #[test]
    fn the_last_page_of_an_account_is_that_of_any_of_its_roles() {
        let mut usage = Usage::default();
        usage.opened(&grant(1, "Admin"), &page("ec2"), "ec2", minute(0));
        usage.opened(&grant(1, "ReadOnly"), &page("s3"), "s3", minute(1));
        usage.opened(&grant(2, "Admin"), &page("sqs"), "sqs", minute(2));
        let last = |account| {
            let grant = grant(account, "Other");
            usage.last_page(&grant.portal, &grant.account_id).map(|opened| opened.page.url().to_owned())
        };
        assert_eq!(last(1).as_deref(), Some(page("s3").url()));
        assert_eq!(last(3), None);
    }

    #[test]
    fn pages_are_kept_with_the_rest_and_older_files_have_none() {
        let mut usage = Usage::default();
        usage.record(&grant(1, "Admin"), minute(0));
        let text = serde_json::to_string(&usage).unwrap();
        assert!(!text.contains("pages"), "nothing is written of what is not there: {text}");
        usage.opened(&grant(1, "Admin"), &page("ec2"), "a \u{202e}title", minute(0));
        let text = serde_json::to_string(&usage).unwrap();
        let read: Usage = serde_json::from_str(&text).unwrap();
        assert_eq!(read, usage);
        assert_eq!(read.pages()[0].title, "a \\u{202e}title");
        let elsewhere = text.replace("eu-west-1.console.aws.amazon.com", "example.com");
        let read: Usage = serde_json::from_str(&elsewhere).unwrap();
        assert!(
            read.pages().is_empty() && read.last_used(&grant(1, "Admin")).is_some(),
            "no page of the console"
        );
        usage.forget_pages();
        assert!(usage.pages().is_empty() && usage.last_used(&grant(1, "Admin")).is_some());
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut usage = Usage::default();
        for number in 0..150 {
            usage.opened(&grant(1, "Admin"), &page(&format!("s{number}")), "x", minute(number));
        }
        assert_eq!(usage.pages().len(), KEPT);
        assert_eq!(usage.pages()[0].page, page("s149"));
    }
}
