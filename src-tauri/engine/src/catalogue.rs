//! Fetching, keeping and reading catalogues.

use std::time::Duration;

use domain::catalogue::{Catalogue, Changes, VERSION};
use domain::failure::{Code, Failure};
use domain::ids::{AccountId, PortalName};
use domain::listing::{Listing, Next, Page, Progress, Request};
use domain::secret::Secret;
use domain::session::{TokenUse, token_use};
use domain::settings::Portal;
use domain::trouble::Trouble;
use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::aws::Aws;
use crate::aws::portal::Portal as PortalApi;
use crate::tokens::AccessToken;
use crate::{Engine, clock, files, unwritable};

/// How often an unfinished catalogue is put on disk: what is lost by a crash is at most this much work.
const KEEP_EVERY: SignedDuration = SignedDuration::from_secs(3);

/// What a refresh brought.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// The catalogue as it is now on disk.
    pub catalogue: Catalogue,
    /// What came and went.
    pub changes: Changes,
    /// Accounts that could not be read, each with why; what was known of them before is still there.
    pub skipped: Vec<(AccountId, Trouble)>,
}

impl Engine {
    /// The last catalogue of the portal, if there is one of its present address.
    pub fn catalogue(&self, portal: &Portal) -> Result<Option<Catalogue>, Failure> {
        let Some(bytes) = files::read(&self.folders.catalogue_path(&portal.name))? else { return Ok(None) };
        // A damaged file, or one of another version, is fetched anew: it is only a copy.
        let mut catalogue: Option<Catalogue> = serde_json::from_slice(&bytes).ok();
        catalogue.iter_mut().for_each(Catalogue::share_names);
        let fits = |c: &Catalogue| {
            c.version == VERSION && c.portal == portal.name && c.start_url == portal.start_url
        };
        Ok(catalogue.filter(fits))
    }

    /// The catalogues of all portals, as far as they are known and can be read.
    pub fn known_catalogues(&self) -> Vec<Catalogue> {
        self.settings.portals.iter().filter_map(|portal| self.catalogue(portal).ok().flatten()).collect()
    }

    /// Fetches the catalogue anew, or takes up where an interrupted refresh stopped. `progress` hears how far
    /// it is, with what is known so far.
    ///
    /// If another process is at it, its result is awaited and taken. If the listing stops early, what was
    /// learnt is kept and the failure says why it stopped.
    pub async fn refresh_catalogue(
        &self,
        portal: &Portal,
        mut progress: impl FnMut(Progress, &Catalogue),
    ) -> Result<Refreshed, Failure> {
        let before = self.catalogue(portal)?;
        let _lock = self.listing_lock(&portal.name).await?;
        let known = self.catalogue(portal)?;
        let fetched_at = |c: &Option<Catalogue>| c.as_ref().and_then(|c| c.fetched_at);
        if let Some(catalogue) = known.clone().filter(|_| fetched_at(&known) > fetched_at(&before)) {
            return Ok(refreshed(before.as_ref(), catalogue, Vec::new()));
        }
        let aws = self.aws(portal)?;
        let source = Source {
            engine: self,
            portal,
            api: PortalApi::new(&aws),
            token: Mutex::new(self.fresh_token(portal, &aws, None).await?),
            aws,
        };
        let known = known.unwrap_or_else(|| Catalogue::empty(portal.name.clone(), portal.start_url.clone()));
        let first = self.preferred_accounts(&portal.name);
        let listing = Listing::begin(known, &first, clock::now());
        let listing = self.run(listing, &source, &mut progress).await?;
        self.keep_catalogue(listing.catalogue())?;
        if let Some(trouble) = listing.stopped() {
            return Err(trouble.failure(&format!("listing the accounts of {}", portal.name), &portal.name));
        }
        Ok(refreshed(before.as_ref(), listing.catalogue().clone(), listing.skipped().to_vec()))
    }

    async fn run(
        &self,
        mut listing: Listing,
        source: &Source<'_>,
        progress: &mut impl FnMut(Progress, &Catalogue),
    ) -> Result<Listing, Failure> {
        let mut under_way = FuturesUnordered::new();
        let mut kept_at = clock::now();
        loop {
            let wait_until = match listing.next(clock::now()) {
                Next::Done => return Ok(listing),
                Next::Ask(request) => {
                    under_way.push(source.ask(request));
                    continue;
                }
                Next::Wait(time) => Some(time),
                Next::Listen => None,
            };
            tokio::select! {
                Some((request, answer)) = under_way.next() => {
                    listing.answered(request, answer, clock::jitter(), clock::now());
                    progress(listing.progress(), listing.catalogue());
                }
                () = sleep_until(wait_until) => {}
            }
            if clock::now().duration_since(kept_at) > KEEP_EVERY {
                let so_far = listing.catalogue().clone();
                self.blocking(move |engine| engine.keep_catalogue(&so_far)).await?;
                kept_at = clock::now();
            }
        }
    }

    fn keep_catalogue(&self, catalogue: &Catalogue) -> Result<(), Failure> {
        let text = serde_json::to_string(catalogue).map_err(|error| unwritable(&error))?;
        files::replace(&self.folders.catalogue_path(&catalogue.portal), domain::text::json(&text).as_bytes())
    }

    /// Two listings at once would get in each other's way at AWS; a large one takes minutes.
    async fn listing_lock(&self, portal: &PortalName) -> Result<files::Lock, Failure> {
        let name = format!("listing-{portal}");
        let path = self.folders.lock_path(&name);
        let portal = portal.clone();
        let lock = self.blocking(move |engine| {
            if let Some(lock) = files::lock(&path, Duration::from_millis(500))? {
                return Ok(Some(lock));
            }
            engine.vault.tell(&format!("another Rolecall process is listing {portal}: waiting for it"));
            files::lock(&path, Duration::from_mins(10))
        });
        lock.await?.ok_or_else(|| crate::held(&name))
    }

    /// Whoever signs in next may be somebody else: an interrupted listing is not taken up again.
    pub(crate) fn end_listing(&self, portal: &Portal) -> Result<(), Failure> {
        match self.catalogue(portal)? {
            Some(catalogue) if catalogue.listing_since.is_some() => {
                self.keep_catalogue(&Catalogue { listing_since: None, ..catalogue })
            }
            _ => Ok(()),
        }
    }

    fn preferred_accounts(&self, portal: &PortalName) -> Vec<AccountId> {
        let usage = self.usage();
        let grants = usage.pinned().iter().chain(usage.recents(30)).filter(|g| g.portal == *portal);
        grants.map(|g| g.account_id.clone()).collect()
    }
}

fn refreshed(
    before: Option<&Catalogue>,
    catalogue: Catalogue,
    skipped: Vec<(AccountId, Trouble)>,
) -> Refreshed {
    // The first listing is no news, nor is the rest of it after an interruption.
    let changes =
        before.filter(|b| b.fetched_at.is_some()).map(|b| catalogue.changes_since(b)).unwrap_or_default();
    Refreshed { catalogue, changes, skipped }
}

async fn sleep_until(time: Option<Timestamp>) {
    match time {
        Some(time) => clock::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Why there is no token: only where the sign-in is over does a person have to sign in.
fn no_token(failure: &Failure) -> Trouble {
    match failure.code {
        Code::SignInNeeded => Trouble::Unauthorized,
        _ => Trouble::Unavailable(failure.to_string()),
    }
}

/// The portal, with a token that is renewed in the middle of a long listing.
struct Source<'a> {
    engine: &'a Engine,
    portal: &'a Portal,
    api: PortalApi,
    aws: Aws,
    token: Mutex<AccessToken>,
}

impl Source<'_> {
    async fn ask(&self, request: Request) -> (Request, Result<Page, Trouble>) {
        let answer = match self.token(None).await {
            Ok(token) => match self.api.page(&token, &request).await {
                // Many requests may be refused together; the first renews for all.
                Err(Trouble::Unauthorized) => match self.token(Some(&token)).await {
                    Ok(token) => self.api.page(&token, &request).await,
                    Err(failure) => Err(no_token(&failure)),
                },
                answer => answer,
            },
            Err(failure) => Err(no_token(&failure)),
        };
        (request, answer)
    }

    async fn token(&self, refused: Option<&Secret>) -> Result<Secret, Failure> {
        let mut token = self.token.lock().await;
        let good = token_use(&token.info, token.obtained_at, clock::now()) == TokenUse::Use;
        if !good || refused == Some(&token.token) {
            *token = self.engine.fresh_token(self.portal, &self.aws, refused).await?;
        }
        Ok(token.token.clone())
    }
}
