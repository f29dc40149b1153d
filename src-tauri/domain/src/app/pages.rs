//! Pages of the console: bookmarks, and those that were opened lately.

use jiff::Timestamp;

use super::input::{About, Action, Effect};
use super::show::count;
use super::view::{Moment, PageView};
use super::{App, Asked};
use crate::bookmark::{self, Bookmark, BookmarkName};
use crate::console::{self, Destination, Ground};
use crate::failure::{Code, Failure};
use crate::ids::{GrantId, NotValid, PortalName, Region};
use crate::link::{Link, Page};
use crate::recent::Opened;
use crate::search::pages::{Named, Pages};
use crate::settings::{ConsolePage, Portal};
use crate::text::line;

/// Keys for pinned grants and, behind them, for bookmarks.
const KEYS: usize = 9;

/// What the quick switcher knows of pages.
#[derive(Debug, Default)]
pub(super) struct Known {
    entries: Vec<Entry>,
    pub(super) index: Pages,
    /// How many of the entries are bookmarks, which come first.
    marked: usize,
}

#[derive(Debug)]
struct Entry {
    source: Source,
    /// As whom it is opened, if that is clear; else the first of those that fit.
    grant: GrantId,
    /// How many roles fit that were never used.
    roles: usize,
    title: String,
    page: Option<Page>,
}

#[derive(Debug)]
enum Source {
    Bookmark(BookmarkName),
    Opened(Timestamp),
}

/// Where a link or a bookmark leads the person.
pub(super) struct Place {
    /// As whom: the one that was used last, or else the first of `others`.
    pub(super) grant: GrantId,
    pub(super) page: Page,
    /// All that it can mean, if that is more than one.
    pub(super) choices: Vec<GrantId>,
    /// Whether one of several was never used.
    pub(super) is_unclear: bool,
}

impl Known {
    /// How many of the first entries are shown where nothing was typed.
    pub(super) fn first(&self) -> usize {
        self.marked.min(KEYS)
    }
}

impl App {
    /// Whatever pages are made of has changed.
    pub(super) fn reread_pages(&mut self) {
        let bookmarks = self.bookmarks.iter().filter_map(|bookmark| self.of_bookmark(bookmark));
        let mut entries: Vec<Entry> = bookmarks.collect();
        let marked = entries.len();
        let opened = self.usage.pages().iter().filter(|opened| self.knows(&opened.grant));
        let is_new = |opened: &&Opened| {
            let is = |entry: &Entry| entry.grant == opened.grant && entry.page.as_ref() == Some(&opened.page);
            !entries[..marked].iter().any(is)
        };
        let opened: Vec<Entry> = opened.filter(is_new).map(of_opened).collect();
        entries.extend(opened);
        let named = entries.iter().map(|entry| Named {
            name: match &entry.source {
                Source::Bookmark(name) => name.as_str(),
                Source::Opened(_) => "",
            },
            title: &entry.title,
            grant: &entry.grant,
        });
        let index = Pages::new(&self.index, named);
        self.pages = Known { entries, index, marked };
        self.revision += 1;
    }

    fn of_bookmark(&self, bookmark: &Bookmark) -> Option<Entry> {
        let Bookmark { name, link } = bookmark;
        let portal = link.portal(&self.settings.portals).ok()?;
        let (grant, roles) = match self.place_of(link, portal) {
            Ok(place) => (place.grant, if place.is_unclear { place.choices.len() } else { 1 }),
            // Opened all the same, it says why it can't be.
            Err(_) => (link.as_role(portal, link.role_name.as_ref()?), 1),
        };
        let title = link.page.as_ref().map_or_else(|| Destination::Home.title(), Page::title);
        Some(Entry { source: Source::Bookmark(name.clone()), grant, roles, title, page: link.page.clone() })
    }

    /// How a page is shown, and what opens it.
    pub(super) fn page_view(&self, at: usize) -> Option<(&GrantId, PageView)> {
        let entry = self.pages.entries.get(at)?;
        let key = self.usage.pinned().len() + at + 1;
        let (name, opened_at, action) = match &entry.source {
            Source::Bookmark(name) => (Some(name.clone()), None, Action::Bookmark { name: name.clone() }),
            Source::Opened(last) => {
                let page = entry.page.clone()?;
                (None, Some(Moment(*last)), Action::ConsoleAt { grant: entry.grant.clone(), page })
            }
        };
        let view = PageView {
            key: (name.is_some() && key <= KEYS).then(|| count(key)),
            name,
            title: line(&entry.title).into_owned(),
            url: entry.page.as_ref().map(|page| line(page.url()).into_owned()),
            roles: count(entry.roles),
            opened_at,
            action,
        };
        Some((&entry.grant, view))
    }

    /// Pages that were opened lately and are no bookmarks, the latest first, and as whom.
    pub(super) fn opened_lately(&self) -> impl Iterator<Item = (&GrantId, PageView)> + '_ {
        (self.pages.marked..self.pages.entries.len()).filter_map(|at| self.page_view(at))
    }

    /// As whom a bookmark is opened, as far as that is known.
    pub(super) fn opener_of(&self, name: &BookmarkName) -> Option<&GrantId> {
        let is = |entry: &&Entry| matches!(&entry.source, Source::Bookmark(known) if known == name);
        self.pages.entries.iter().find(is).map(|entry| &entry.grant)
    }

    /// The title of the page where the console of an account opens, and its home, if it does not open there.
    pub(super) fn not_at_home(&self, grant: &GrantId) -> Option<(&str, Page)> {
        let last = self.usage.last_page(&grant.portal, &grant.account_id);
        let last = last.filter(|_| self.settings.console_page == ConsolePage::Last)?;
        let portal = self.settings.portal(&grant.portal)?;
        Some((&last.title, Page::parse(&console::home(self.region_for(grant, portal))).ok()?))
    }

    /// The bookmarks that have a key, in their order behind the pinned grants.
    pub(super) fn bookmarks_with_keys(&self) -> Vec<BookmarkName> {
        let free = KEYS.saturating_sub(self.usage.pinned().len());
        let names = self.pages.entries.iter().map_while(|entry| match &entry.source {
            Source::Bookmark(name) => Some(name.clone()),
            Source::Opened(_) => None,
        });
        names.take(free).collect()
    }

    /// A bookmark that the person has chosen: nothing more is asked than of its grant, and as whom if that is not clear.
    pub(super) fn open_bookmark(&mut self, name: &BookmarkName) -> Vec<Effect> {
        // It may have gone from the file since it was shown.
        let Some(found) = bookmark::find(&self.bookmarks, name.as_str()) else { return Vec::new() };
        let portal = found.link.portal(&self.settings.portals);
        match portal.and_then(|portal| self.place_of(&found.link, portal)) {
            Ok(Place { grant, page, choices, is_unclear }) => {
                let action = Action::ConsoleAt { grant: grant.clone(), page };
                if !is_unclear {
                    return self.ask_or(grant, About::Console, action);
                }
                self.put_question(Asked { grant, action, about: About::Console, by_link: None, choices })
            }
            Err(failure) => self.tell_failure(About::Console, &failure),
        }
    }

    /// Where a link leads the person: as which role, to which page.
    pub(super) fn place_of(&self, link: &Link, portal: &Portal) -> Result<Place, Failure> {
        let catalogue = self.catalogues.iter().find(|catalogue| catalogue.portal == portal.name);
        let mut grants = link.grants(portal, catalogue)?;
        let chosen = link.choose(&grants, &self.usage).ok();
        let grant = chosen.clone().unwrap_or_else(|| grants[0].clone());
        let page = match &link.page {
            Some(page) => page.clone(),
            None => Page::parse(&console::home(self.region_for(&grant, portal)))
                .map_err(|error| Failure::new(Code::Failed, error.0, "check the default region"))?,
        };
        if grants.len() == 1 {
            grants.clear();
        }
        Ok(Place { grant, page, choices: grants, is_unclear: chosen.is_none() })
    }

    /// A usual region may be meant for the portals of another partition.
    fn region_for<'a>(&'a self, grant: &GrantId, portal: &'a Portal) -> &'a Region {
        let usual = self.settings.usual_region(grant);
        usual.filter(|usual| usual.partition() == portal.region.partition()).unwrap_or(&portal.region)
    }

    /// Keeps the page that a query names, or a grant's own console.
    pub(super) fn add_bookmark(&mut self, name: &str, grant: &GrantId, page: Option<&str>) -> Vec<Effect> {
        let bookmark = BookmarkName::parse(name.trim()).map_err(usage).and_then(|name| {
            let link = self.link_to(grant, page)?;
            Ok(Bookmark { name, link })
        });
        match bookmark {
            Ok(bookmark) => vec![Effect::AddBookmark(bookmark)],
            Err(failure) => {
                // It is told where it was typed.
                self.tell_failure(About::Bookmark, &failure);
                Vec::new()
            }
        }
    }

    /// Takes a bookmark out; that can be undone.
    pub(super) fn remove_bookmark(&self, name: &BookmarkName) -> Vec<Effect> {
        let found = bookmark::find(&self.bookmarks, name.as_str());
        found.map(|found| Effect::RemoveBookmark(found.clone())).into_iter().collect()
    }

    /// A link for people, to the page that a query names or to the grant.
    pub(super) fn copy_link(&mut self, grant: &GrantId, page: Option<&str>) -> Vec<Effect> {
        match self.link_to(grant, page) {
            Ok(link) => vec![Effect::CopyLink(link)],
            Err(failure) => self.tell_failure(About::CopyLink, &failure),
        }
    }

    /// A bookmark as it is: without a role, each takes one of their own.
    pub(super) fn copy_bookmark(&self, name: &BookmarkName) -> Vec<Effect> {
        let found = bookmark::find(&self.bookmarks, name.as_str());
        found.map(|found| Effect::CopyLink(found.link.clone())).into_iter().collect()
    }

    /// Where the grant's console is that was used last, for each container and profile has sessions of its own.
    pub(super) fn sign_out_of_console(&self, portal: &PortalName) -> Vec<Effect> {
        vec![Effect::SignOutOfConsole(
            portal.clone(),
            self.usage.latest(|grant| grant.portal == *portal).cloned(),
        )]
    }

    fn link_to(&self, grant: &GrantId, query: Option<&str>) -> Result<Link, Failure> {
        let portal = self.settings.portal_or_only(Some(&grant.portal))?;
        let page = match pasted(query)? {
            None => None,
            Some(to) => {
                let region = self.region_for(grant, portal);
                let partition = portal.region.partition();
                let page = to.page(&Ground { grant, partition, region, asked: None })?;
                Some(Page::parse(&page.url).map_err(usage)?)
            }
        };
        Link::to(grant, portal, page.filter(|page| !page.is_home())).map_err(usage)
    }

    /// The console of an account is opened where it was last, if the person wants that.
    pub(super) fn where_it_was(&self, action: Action) -> Action {
        match action {
            Action::Console { grant, destination: None }
                if self.settings.console_page == ConsolePage::Last =>
            {
                match self.usage.last_page(&grant.portal, &grant.account_id) {
                    Some(opened) => Action::ConsoleAt { page: opened.page.clone(), grant },
                    None => Action::Console { grant, destination: None },
                }
            }
            action => action,
        }
    }
}

/// What a query leads to that a window has sent along.
pub(super) fn pasted(query: Option<&str>) -> Result<Option<Destination>, Failure> {
    let to = query.and_then(Destination::in_query).transpose();
    to.map_err(|error| Failure::new(Code::Usage, error.0, "copy it again from the console or a tool"))
}

fn of_opened(opened: &Opened) -> Entry {
    Entry {
        source: Source::Opened(opened.last),
        grant: opened.grant.clone(),
        roles: 1,
        title: opened.title.clone(),
        page: Some(opened.page.clone()),
    }
}

fn usage(error: NotValid) -> Failure {
    Failure::new(Code::Usage, error.0, "choose another one")
}
