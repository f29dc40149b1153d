//! Links to an account, a role and a console page that hold no secret: whoever follows one gets there by their own
//! rights, or not at all.
//!
//! There are two forms. The shortcut link is the access portal's own (IAM Identity Center User Guide, "Create
//! shortcut links to AWS Management Console destinations") and needs nothing but a browser. The deep link,
//! `rolecall://open?…`, is for whoever has Rolecall. Anybody can make either, so what a link says is checked here
//! and then shown to a person before anything happens.

mod page;
#[cfg(test)]
mod tests;

use url::{Url, form_urlencoded};

use crate::catalogue::Catalogue;
use crate::failure::{Code, Failure};
use crate::ids::{AccountId, GrantId, NotValid, RoleName, StartUrl};
use crate::recent::Usage;
use crate::settings::Portal;

pub use page::Page;

/// A longer link is nobody's who means well.
const LONGEST: usize = 8192;
/// AWS allows 32 characters.
const LONGEST_ROLE: usize = 64;
/// How many roles are named to choose from.
const MOST_ROLES: usize = 10;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The portal, by its address: what it is called differs from person to person.
    pub start_url: StartUrl,
    /// The account.
    pub account_id: AccountId,
    /// The role; without it, each takes one of their own.
    pub role_name: Option<RoleName>,
    /// The page; without it, the console's home.
    pub page: Option<Page>,
}

impl Link {
    /// A link to a grant. Refuses chained roles, which are no portal's but each person's own, and pages of another
    /// partition's console.
    pub fn to(grant: &GrantId, portal: &Portal, page: Option<Page>) -> Result<Self, NotValid> {
        if grant.role_name.as_str().starts_with(RoleName::CHAIN_MARK) {
            return Err(NotValid(format!(
                "{grant} is a chained role of yours, which the portal knows nothing of: no link leads there"
            )));
        }
        let link = Self {
            start_url: portal.start_url.clone(),
            account_id: grant.account_id.clone(),
            role_name: Some(grant.role_name.clone()),
            page,
        };
        link.fits(portal)?;
        Ok(link)
    }

    /// Reads both forms: `rolecall://open?portal_url=…&account_id=…&role_name=…&destination=…`, and the same behind
    /// `PORTAL/#/console?` without the portal's address. Role and destination may be missing. Nothing else may be there.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        if text.len() > LONGEST {
            return Err(NotValid(format!("the link is longer than {LONGEST} characters")));
        }
        if !is_plain(text) {
            return Err(NotValid("the link has characters in it that no link has".into()));
        }
        if let Some((start_url, query)) = text.split_once("/#/console?") {
            return Given::read(query.as_bytes(), Some(start_url.to_owned()))?.link();
        }
        let url = Url::parse(text).map_err(|_| no_link(text))?;
        let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        let is_ours = url.scheme() == "rolecall" && url.host_str() == Some("open");
        if !is_ours || !bare || !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(no_link(text));
        }
        Given::read(url.query().unwrap_or_default().as_bytes(), None)?.link()
    }

    /// The form for whoever has Rolecall.
    pub fn deep(&self) -> String {
        format!("rolecall://open?{}", query(Some(&self.start_url), self))
    }

    /// The form for any browser: the portal signs the person in, if it must, and opens the console.
    pub fn shortcut(&self) -> String {
        self.shortcut_at(&self.start_url.bare())
    }

    /// The same where the portal's page is at another address, as that of a simulator is.
    pub fn shortcut_at(&self, start: &str) -> String {
        format!("{}/#/console?{}", start.trim_end_matches(['/', '#']), query(None, self))
    }

    /// Which of the person's portals it is of.
    pub fn portal<'p>(&self, portals: &'p [Portal]) -> Result<&'p Portal, Failure> {
        let Some(portal) = portals.iter().find(|portal| portal.start_url.is_same_portal(&self.start_url))
        else {
            // The address is not offered as something to type: it may have been made to be signed in at.
            let summary = format!("the link is of a portal that is not yours: {}", self.start_url.bare());
            let hint = "if you know and trust that address, run `rolecall portal add` with it, sign in, and \
                        open the link again";
            let failure = Failure::new(Code::NoSingleMatch, summary, hint);
            return Err(failure.in_windows(
                "if you know and trust that address, add it under Portals, sign in, and open the link again",
            ));
        };
        self.fits(portal).map_err(|error| {
            Failure::new(Code::Usage, error.0, "ask whoever made the link for one to the right page")
        })?;
        Ok(portal)
    }

    /// The grants that it can mean: the one it names, or all of its account. Never empty.
    pub fn grants(&self, portal: &Portal, catalogue: Option<&Catalogue>) -> Result<Vec<GrantId>, Failure> {
        let Some(catalogue) = catalogue else {
            let summary = format!("it is not known yet what {} has for you", portal.name);
            let hint = format!("run `rolecall login {}`, then open the link again", portal.name);
            return Err(Failure::new(Code::NoSingleMatch, summary, hint));
        };
        let again = format!(
            "ask for access; if you just got it, run `rolecall list --refresh` and open the link again ({})",
            portal.name
        );
        let Some(account) = catalogue.accounts.iter().find(|account| account.id == self.account_id) else {
            let summary =
                format!("the link leads to the account {}, where you have no role", self.account_id);
            return Err(Failure::new(Code::NoSingleMatch, summary, again));
        };
        let wanted = |role: &&RoleName| self.role_name.as_ref().is_none_or(|wanted| wanted == *role);
        let grants = account.roles.iter().filter(wanted).map(|role| self.as_role(portal, role));
        let grants: Vec<GrantId> = grants.collect();
        if !grants.is_empty() {
            return Ok(grants);
        }
        let role = self.role_name.as_ref().map_or("any", RoleName::as_str);
        let name = format!("{} ({})", account.name, account.id);
        let summary = format!("the link wants the role {role} in {name}, which you don't have");
        let own: Vec<&str> = account.roles.iter().take(5).map(RoleName::as_str).collect();
        let hint = if own.is_empty() {
            again
        } else {
            format!("open it as another role: `rolecall open LINK --role ROLE`; yours are {}", own.join(", "))
        };
        Err(Failure::new(Code::NoSingleMatch, summary, hint))
    }

    /// The grant that is meant of those that it can mean: the only one, or else the one that was used last. That is a
    /// choice, which the person should see.
    pub fn choose(&self, grants: &[GrantId], usage: &Usage) -> Result<GrantId, Failure> {
        if let [only] = grants {
            return Ok(only.clone());
        }
        let last = grants.iter().filter_map(|grant| Some((usage.last_used(grant)?, grant))).max();
        last.map(|(_, grant)| grant.clone()).ok_or_else(|| {
            let shown = grants.iter().take(MOST_ROLES);
            let names: Vec<_> = shown.map(|grant| crate::text::line(grant.role_name.as_str())).collect();
            let (count, account, names) = (grants.len(), &self.account_id, names.join("\n  "));
            let summary = format!("you have {count} roles in {account}:\n  {names}");
            let hint =
                "choose one in a terminal, with --role: `rolecall open` and `rolecall bookmark open` take it";
            Failure::new(Code::NoSingleMatch, summary, hint)
        })
    }

    /// The grant that a role of the account is.
    pub(crate) fn as_role(&self, portal: &Portal, role: &RoleName) -> GrantId {
        GrantId { portal: portal.name.clone(), account_id: self.account_id.clone(), role_name: role.clone() }
    }

    fn fits(&self, portal: &Portal) -> Result<(), NotValid> {
        let (here, there) = (portal.region.partition(), self.page.as_ref().map(Page::partition));
        match there.filter(|there| *there != here) {
            None => Ok(()),
            Some(there) => Err(NotValid(format!(
                "the page is in the partition {}, and {} is in {}: no session reaches from one into the other",
                there.as_str(),
                portal.name,
                here.as_str()
            ))),
        }
    }
}

/// The parameters as they come; each counts once.
#[derive(Default)]
struct Given {
    start_url: Option<String>,
    account_id: Option<String>,
    role_name: Option<String>,
    page: Option<String>,
}

impl Given {
    fn read(query: &[u8], start_url: Option<String>) -> Result<Self, NotValid> {
        let mut given = Self { start_url, ..Self::default() };
        for (name, value) in form_urlencoded::parse(query) {
            given.take(&name, value.into_owned())?;
        }
        Ok(given)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), NotValid> {
        let shown = crate::text::line(name);
        let place = match name {
            "portal_url" => &mut self.start_url,
            "account_id" => &mut self.account_id,
            "role_name" => &mut self.role_name,
            "destination" => &mut self.page,
            // Left out, it might change what the link means.
            _ => return Err(NotValid(format!("the link says `{shown}`, which is not understood"))),
        };
        if value.is_empty() || !is_plain(&value) {
            return Err(NotValid(format!("`{shown}` of the link is empty or has unusual characters in it")));
        }
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err(NotValid(format!("the link says `{shown}` twice"))),
        }
    }

    fn link(self) -> Result<Link, NotValid> {
        let missing = |name: &str| NotValid(format!("`{name}` is missing in the link"));
        Ok(Link {
            start_url: StartUrl::parse(&self.start_url.ok_or_else(|| missing("portal_url"))?)?,
            account_id: AccountId::parse(&self.account_id.ok_or_else(|| missing("account_id"))?)?,
            role_name: self.role_name.as_deref().map(role).transpose()?,
            page: self.page.as_deref().map(Page::parse).transpose()?,
        })
    }
}

/// A role that a portal can have. A person's own chained roles are nobody else's to name.
pub(crate) fn role(text: &str) -> Result<RoleName, NotValid> {
    if text.starts_with(RoleName::CHAIN_MARK) || text.chars().count() > LONGEST_ROLE || !is_plain(text) {
        return Err(NotValid(format!("`{}` is no role of a portal", crate::text::line(text))));
    }
    RoleName::parse(text)
}

/// No control characters and nothing invisible, which `Url` would partly drop and a person could not see.
pub(crate) fn is_plain(text: &str) -> bool {
    crate::text::line(text) == text
}

fn no_link(text: &str) -> NotValid {
    let start: String = text.chars().take(60).collect();
    NotValid(format!(
        "`{}` is not a link such as rolecall://open?portal_url=…&account_id=…",
        crate::text::line(&start)
    ))
}

fn query(start_url: Option<&StartUrl>, link: &Link) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    if let Some(start_url) = start_url {
        pairs.append_pair("portal_url", &start_url.bare());
    }
    pairs.append_pair("account_id", link.account_id.as_str());
    if let Some(role) = &link.role_name {
        pairs.append_pair("role_name", role.as_str());
    }
    if let Some(page) = &link.page {
        pairs.append_pair("destination", page.url());
    }
    // Behind a `#` a plus is a plus.
    pairs.finish().replace('+', "%20")
}
