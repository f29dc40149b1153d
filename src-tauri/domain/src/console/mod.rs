//! Pages of the web console: which one is meant, and its address (IAM User Guide, "Enable custom identity broker
//! access to the AWS console").

mod address;
mod arn;
mod endpoint;
mod pages;
#[cfg(test)]
mod tests;
mod whose;

use std::borrow::Cow;

use crate::failure::{Code, Failure};
use crate::ids::{AccountId, GrantId, NotValid, Partition, Region};
use crate::text;

pub(crate) use self::address::{Address, not_a_page};
pub use self::arn::Arn;
pub use self::endpoint::{console_host, federation_endpoint, login_url};
pub use self::pages::home;
pub use self::whose::{Whose, whose};

/// Titles stand in one line of the quick switcher.
const LONGEST_TITLE: usize = 48;

/// Where in the console somebody wants to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Its home.
    Home,
    /// A service's page.
    Service {
        /// As typed, such as `ec2` or `ddb`.
        name: String,
    },
    /// An address of AWS's console, whoever's it was.
    Url(String),
    /// The page of a resource.
    Arn(String),
}

/// What is known of the place where the console is opened.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Who is signed in.
    pub grant: &'a GrantId,
    /// Of the grant's portal.
    pub partition: Partition,
    /// Where the destination names no region.
    pub region: &'a Region,
    /// Counts more than what the destination names.
    pub asked: Option<&'a Region>,
}

/// A page of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its address: always of AWS's console, in the partition of the grant.
    pub url: String,
    /// What it is, such as `instance i-1`. Safe to show.
    pub title: String,
    /// Of pages that are the same in all regions there is none.
    pub region: Option<Region>,
    /// Why it may not be what was meant. Safe to show.
    pub note: Option<String>,
}

impl Destination {
    /// What a word leads to that begins like an ARN or a web address. The access portal's links and the pages where one
    /// signs in to the console lead to what they name, else to the home.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let text = bare(text);
        if begins(text, "arn:") {
            return Arn::parse(text).map(|_| Self::Arn(text.to_owned()));
        }
        match Address::parse(text) {
            Ok(_) => Ok(Self::Url(text.to_owned())),
            Err(error) => signed_in_at(text).or_else(|| linked(text)).ok_or(error)?,
        }
    }

    /// Whether a word begins like an ARN or a web address.
    pub fn is_like(text: &str) -> bool {
        let text = bare(text);
        ["arn:", "https://", "http://"].iter().any(|start| begins(text, start))
    }

    /// The first word of a query that leads somewhere; an error, if one only looks so. None: there is no such word.
    pub fn in_query(query: &str) -> Option<Result<Self, NotValid>> {
        let words = query.split_whitespace().filter(|word| Self::is_like(word));
        words.map(Self::parse).reduce(Result::or)
    }

    /// As [`Destination::parse`] reads it again.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Url(text) | Self::Arn(text) => Some(text),
            Self::Home | Self::Service { .. } => None,
        }
    }

    /// The account that is named where accounts are named: in an ARN, or before the region in a host.
    pub fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::Home | Self::Service { .. } => None,
            Self::Url(text) => Address::parse(text).ok()?.account_id,
            Self::Arn(text) => Arn::parse(text).ok()?.account_id,
        }
    }

    /// The partition where it is, if it says so.
    pub fn partition(&self) -> Option<Partition> {
        match self {
            Self::Home | Self::Service { .. } => None,
            Self::Url(text) => Some(Address::parse(text).ok()?.partition),
            Self::Arn(text) => Some(Arn::parse(text).ok()?.partition),
        }
    }

    /// The page as the grant sees it. A resource is only looked for in its own account, an address is taken over to
    /// the grant's; neither leaves the grant's partition.
    pub fn page(&self, ground: &Ground<'_>) -> Result<Page, Failure> {
        let named = ground.asked.unwrap_or(ground.region);
        within(ground, named.partition(), &format!("the region {named}"))?;
        match self {
            Self::Home => Ok(Page::new(home(named), "the console's home", Some(named))),
            Self::Service { name } => service_page(name, ground.partition, named),
            Self::Url(text) => url_page(&Address::parse(text).map_err(unreadable)?, ground),
            Self::Arn(text) => arn_page(&Arn::parse(text).map_err(unreadable)?, ground),
        }
    }

    /// What opens, as [`Page::title`] says it, before it is known who is going to be signed in.
    pub fn title(&self) -> String {
        match self {
            Self::Home => "the console's home".to_owned(),
            Self::Service { name } => format!("the page of {}", shown(name)),
            Self::Url(text) => Address::parse(text).map_or_else(|_| String::new(), |a| shown(&a.title())),
            Self::Arn(text) => Arn::parse(text).map_or_else(|_| String::new(), |arn| arn_title(&arn)),
        }
    }
}

impl Page {
    fn new(url: String, title: &str, region: Option<&Region>) -> Self {
        Self { url, title: shown(title), region: region.cloned(), note: None }
    }

    /// What is said when it opens in the browser.
    pub fn opens(&self) -> String {
        let mut opens = format!("Your browser opens {}", self.title);
        if let Some(note) = &self.note {
            opens.push_str("; ");
            opens.push_str(note);
        }
        opens
    }

    fn noted(self, note: String) -> Self {
        Self { note: Some(note), ..self }
    }
}

/// As people copy things: with the quotes, brackets or comma around them.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | ';'))
}

/// In any case, as schemes of addresses count.
fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn shown(title: &str) -> String {
    let line = text::line(title);
    if line.chars().count() <= LONGEST_TITLE {
        return line.into_owned();
    }
    line.chars().take(LONGEST_TITLE - 1).chain(['…']).collect()
}

fn unreadable(error: NotValid) -> Failure {
    Failure::new(Code::Usage, error.0, "copy it again from the console or a tool")
}

fn within(ground: &Ground<'_>, partition: Partition, what: &str) -> Result<(), Failure> {
    if partition == ground.partition {
        return Ok(());
    }
    let (theirs, ours) = (partition.as_str(), ground.partition.as_str());
    Err(Failure::new(
        Code::Usage,
        format!("{what} is in the partition {theirs}, and {} is in {ours}", ground.grant),
        format!("name a grant of a portal of {theirs}: partitions know nothing of each other"),
    ))
}

fn service_page(name: &str, partition: Partition, region: &Region) -> Result<Page, Failure> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::new(Code::Usage, "the service has no name", "name one, such as ec2 or s3"));
    }
    let title = format!("the page of {name}");
    Ok(match pages::service(name) {
        Some(service) => {
            let url = service.page(partition, region);
            Page::new(url, &title, Some(region).filter(|_| service.is_regional()))
        }
        None => Page::new(pages::guessed(name, region), &title, Some(region))
            .noted(format!("the service `{}` is not known here: its page is a guess", shown(name))),
    })
}

fn url_page(address: &Address, ground: &Ground<'_>) -> Result<Page, Failure> {
    within(ground, address.partition, "this page")?;
    let url = address.page(&ground.grant.account_id, ground.asked);
    let url = url.ok_or_else(|| unreadable(NotValid("the address has no place for a region".to_owned())))?;
    // By what it is now: the old one may name the other account.
    let title = Address::parse(&url).map_err(unreadable)?.title();
    Ok(Page::new(url, &title, ground.asked.or(address.region.as_ref())))
}

fn arn_page(arn: &Arn, ground: &Ground<'_>) -> Result<Page, Failure> {
    within(ground, arn.partition, "the resource")?;
    let account = &ground.grant.account_id;
    if let Some(theirs) = arn.account_id.as_ref().filter(|theirs| *theirs != account) {
        return Err(Failure::new(
            Code::NoSingleMatch,
            format!("the resource is in the account {theirs}, not in that of {}", ground.grant),
            "leave the grant out, or name one of that account",
        ));
    }
    let region = ground.asked.or(arn.region.as_ref()).unwrap_or(ground.region);
    if let Some(page) = arn.page(region, account) {
        let region = Some(region).filter(|_| page.is_regional);
        return Ok(Page::new(page.url, &page.title, region));
    }
    let page = service_page(&arn.service, arn.partition, region)?;
    if page.note.is_some() {
        return Ok(page);
    }
    let (which, service) = (shown(arn.short()), shown(&arn.service));
    Ok(page.noted(format!("there is no page for {which}: that of {service} opens")))
}

/// Which account and region it is in makes no difference to what it is called.
fn arn_title(arn: &Arn) -> String {
    let region = arn.region.clone().or_else(|| Region::parse(endpoint::main_region(arn.partition)).ok());
    let account = arn.account_id.clone().or_else(|| AccountId::parse("000000000000").ok());
    let page = region.zip(account).and_then(|(region, account)| arn.page(&region, &account));
    page.map_or_else(|| shown(&format!("the page of {}", arn.service)), |page| shown(&page.title))
}

/// What the pages lead to where one signs in to the console: they stand in the browser's bar when a session is over.
fn signed_in_at(text: &str) -> Option<Result<Destination, NotValid>> {
    let url = address::read(text)?;
    endpoint::signin_of_host(url.host_str()?)?;
    let leads =
        |(name, _): &(Cow<'_, str>, _)| matches!(&**name, "redirect_uri" | "Destination" | "destination");
    let page = url.query_pairs().filter(leads).find(|(_, page)| Address::parse(page).is_ok());
    Some(Ok(page.map_or(Destination::Home, |(_, page)| Destination::Url(page.into_owned()))))
}

/// What a link of an access portal leads to.
fn linked(text: &str) -> Option<Result<Destination, NotValid>> {
    let url = address::read(text)?;
    let query = url.fragment()?.strip_prefix("/console?")?;
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let named = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    AccountId::parse(named("account_id")?).ok()?;
    // Its address would be that of the portal; only where it leads to is taken from it.
    Some(match named("destination") {
        Some(page) => Address::parse(page).map(|_| Destination::Url(page.to_string())),
        None => Ok(Destination::Home),
    })
}
