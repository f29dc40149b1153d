//! Where the console opens: at AWS's federation endpoint, or by the portal's own page.

use domain::app::{About, Input};
use domain::bookmark::Bookmark;
use domain::browser::Wish;
use domain::console::{Destination, Ground, Page};
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, PortalName, Region};
use domain::link::{self, Link};
use domain::secret::Secret;
use domain::settings::ConsoleVia;
use engine::{Engine, browser};

use crate::perform::Hands;

/// The address that leads to the console.
pub(crate) enum Address {
    /// Signs in whoever has it.
    Secret(Secret),
    /// Everybody signs in by themselves.
    Portal(String),
}

impl Hands {
    /// A file that can't be read has no bookmarks; `rolecall bookmark list` says why.
    pub(crate) fn read_bookmarks(&self) {
        self.blocking(|engine| Some(Input::Bookmarks(engine.bookmarks().unwrap_or_default())));
    }

    /// Keeps a bookmark, and reads them all again, so that it is there before the file is found to have changed.
    pub(crate) fn add_bookmark(&self, bookmark: Bookmark) {
        let hands = self.clone();
        self.blocking(move |engine| {
            let added = engine.add_bookmarks(std::slice::from_ref(&bookmark));
            if added.is_ok() {
                hands.read_bookmarks();
            }
            let result = added.map(|()| Some(format!("Kept as the bookmark {}", bookmark.name)));
            Some(Input::Done { about: About::Bookmark, action: None, result })
        });
    }

    pub(crate) fn remove_bookmark(&self, bookmark: Bookmark) {
        self.blocking(move |engine| {
            let result = engine.remove_bookmark(bookmark.name.as_str()).map(|_| ());
            Some(Input::BookmarkRemoved(bookmark, result))
        });
    }

    /// In the container or profile of a grant, if the consoles of accounts are kept apart; the others keep what they
    /// have.
    pub(crate) fn sign_out_of_console(&self, portal: PortalName, grant: Option<GrantId>) {
        self.of_portal(portal, move |engine, portal| {
            let url = engine.console_logout(&portal.region);
            let place = url.and_then(|url| match grant {
                Some(grant) => engine.show_page(&grant, &url, &Wish::default()),
                None => browser::open(&url).map(|()| None),
            });
            let result = place.map(|place| {
                let place = in_place(place.as_deref());
                Some(format!("Your browser signs out of the console{place}; the portal's own session stays"))
            });
            Some(Input::Done { about: About::Console, action: None, result })
        });
    }

    /// Notes that a page was opened.
    pub(crate) fn note_opened(&self, grant: GrantId, page: Page) {
        self.blocking(move |engine| {
            engine.note_opened(&grant, &page);
            Some(Input::Usage(engine.usage()))
        });
    }

    /// The address of a page, by the way that the settings choose, and what page it is.
    pub(crate) async fn address_of_console(
        &self,
        grant: &GrantId,
        to: &Destination,
    ) -> Result<(Address, Page), Failure> {
        let engine = self.engine();
        let portal = engine.settings().portal_or_only(Some(&grant.portal))?;
        let partition = portal.region.partition();
        // A usual region may be meant for the portals of another partition.
        let region = region(&engine, grant).filter(|region| region.partition() == partition);
        let region = region.unwrap_or_else(|| portal.region.clone());
        let page = to.page(&Ground { grant, partition, region: &region, asked: None })?;
        // The portal knows nothing of chained roles.
        let is_chained = engine.settings().chain(grant).is_some();
        if engine.settings().console_via == ConsoleVia::Portal && !is_chained {
            let link = link::Page::parse(&page.url).and_then(|page| Link::to(grant, portal, Some(page)));
            let link = link.map_err(|error| Failure::new(Code::Usage, error.0, "choose another page"))?;
            return Ok((Address::Portal(engine.shortcut(&link)), page));
        }
        let credentials = self.agent.give_to_person(grant).await?;
        Ok((Address::Secret(engine.console_url(grant, &credentials, &page.url).await?), page))
    }
}

/// The region of a profile that points there, else the one of new profiles, else the portal's.
pub(crate) fn region(engine: &Engine, grant: &GrantId) -> Option<Region> {
    let settings = engine.settings();
    let profiles = engine.our_profiles().unwrap_or_default();
    let of_profile = profiles.into_iter().filter(|ours| ours.grant == *grant).find_map(|ours| ours.region);
    let of_profile = of_profile.and_then(|region| Region::parse(&region).ok());
    let portal = || settings.portal(&grant.portal).map(|portal| portal.region.clone());
    of_profile.or_else(|| settings.default_region.clone()).or_else(portal)
}

/// In which browser that was, behind what was done, if it is not the desktop's own.
pub(crate) fn in_place(place: Option<&str>) -> String {
    place.map(|place| format!(" ({place})")).unwrap_or_default()
}
