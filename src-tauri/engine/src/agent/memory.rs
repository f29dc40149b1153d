//! What the agent remembers: credentials of the grants that are in use, renewed before anybody has to wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::failure::{Code, Failure};
use domain::ids::{GrantId, StartUrl};
use domain::time::{after, before};
use domain::vend::{self, Decision};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::held;
use crate::credentials::decide;
use crate::files::Stamp;
use crate::tokens::KeptCredentials;
use crate::{Engine, clock};

/// What nobody has asked for since is not renewed any more.
const IN_USE_FOR: SignedDuration = SignedDuration::from_mins(70);
/// When a renewal that failed is tried again; whoever asks meanwhile tries at once.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(2);
/// A timer stands still while a computer sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Credentials of one grant.
struct Held {
    kept: KeptCredentials,
    /// The list of what the keyring holds for the portal, as it was then: a sign-out removes it, and then what is
    /// remembered here counts no more.
    stamp: Option<Stamp>,
    /// What the grant was when they were fetched.
    origin: Origin,
    used_at: Timestamp,
    /// When to renew it, if that has failed.
    again_at: Option<Timestamp>,
}

/// What decides whose credentials they are, beside the grant: the portal's address and a chained role's definition.
#[derive(PartialEq, Eq)]
struct Origin {
    start_url: Option<StartUrl>,
    definition: Option<String>,
}

impl Origin {
    fn of(engine: &Engine, grant: &GrantId) -> Self {
        let portal = engine.settings.portal(&grant.portal);
        Self {
            start_url: portal.map(|portal| portal.start_url.clone()),
            definition: engine.definition(grant),
        }
    }
}

type Fetching = Shared<BoxFuture<'static, Result<KeptCredentials, Failure>>>;

/// Credentials by grant, and what is being fetched for whom.
#[derive(Clone, Default)]
pub(super) struct Memory {
    held: Arc<Mutex<HashMap<GrantId, Held>>>,
    fetching: Arc<Mutex<HashMap<(GrantId, SignedDuration), Fetching>>>,
    changed: Arc<Notify>,
}

impl Memory {
    /// Credentials that live so long: remembered, from the keyring, or from AWS. Many may ask at once, and share one
    /// answer.
    pub(super) async fn get(
        &self,
        engine: &Engine,
        grant: &GrantId,
        at_least: SignedDuration,
    ) -> Result<KeptCredentials, Failure> {
        if let Some(kept) = self.remembered(engine, grant, at_least) {
            return Ok(kept);
        }
        self.fetch(engine, grant, at_least, true).await
    }

    fn remembered(
        &self,
        engine: &Engine,
        grant: &GrantId,
        at_least: SignedDuration,
    ) -> Option<KeptCredentials> {
        let stamp = Stamp::of(&engine.folders.kept_path(&grant.portal));
        let mut all = held(&self.held);
        let held = all.get_mut(grant)?;
        let is_same = held.stamp == stamp && stamp.is_some() && held.origin == Origin::of(engine, grant);
        if !is_same || decide(Some(&held.kept), at_least) != Decision::Serve {
            return None;
        }
        held.used_at = clock::now();
        Some(held.kept.clone())
    }

    /// `is_used`: somebody wants it now.
    fn fetch(&self, engine: &Engine, grant: &GrantId, at_least: SignedDuration, is_used: bool) -> Fetching {
        let key = (grant.clone(), at_least);
        let mut fetching = held(&self.fetching);
        if let Some(under_way) = fetching.get(&key) {
            return under_way.clone();
        }
        let (memory, engine, wanted) = (self.clone(), engine.clone(), key.clone());
        // A task of its own: whoever asked first may go away, and others wait for the same.
        let task = tokio::spawn(async move {
            let (grant, at_least) = &wanted;
            let result = memory.fetch_once(&engine, grant, *at_least, is_used).await;
            held(&memory.fetching).remove(&wanted);
            result
        });
        let (memory, wanted) = (self.clone(), key.clone());
        let shared = async move {
            task.await.unwrap_or_else(|_| {
                held(&memory.fetching).remove(&wanted);
                Err(stumbled())
            })
        };
        let shared = shared.boxed().shared();
        fetching.insert(key, shared.clone());
        shared
    }

    async fn fetch_once(
        &self,
        engine: &Engine,
        grant: &GrantId,
        at_least: SignedDuration,
        is_used: bool,
    ) -> Result<KeptCredentials, Failure> {
        // Before the keyring is looked at: a sign-out in the middle must not go unnoticed.
        let path = engine.folders.kept_path(&grant.portal);
        let looked_at = Stamp::of(&path);
        let portal = engine.settings.portal_or_only(Some(&grant.portal))?.clone();
        let kept = engine.kept_async(&portal, grant).await?;
        let (kept, stamp) = match kept.filter(|kept| decide(Some(kept), at_least) == Decision::Serve) {
            Some(kept) => (kept, looked_at),
            None => (engine.fetch_kept(grant, at_least).await?, Stamp::of(&path)),
        };
        let origin = Origin::of(engine, grant);
        self.remember(grant, &kept, (stamp, origin), is_used);
        Ok(kept)
    }

    fn remember(
        &self,
        grant: &GrantId,
        kept: &KeptCredentials,
        (stamp, origin): (Option<Stamp>, Origin),
        is_used: bool,
    ) {
        let now = clock::now();
        let mut all = held(&self.held);
        let used_at = all.get(grant).filter(|_| !is_used).map_or(now, |held| held.used_at);
        all.insert(grant.clone(), Held { kept: kept.clone(), stamp, origin, used_at, again_at: None });
        // What came late, or is of no use to anybody, need not stay.
        all.retain(|_, held| held.kept.credentials.expires_at > before(now, IN_USE_FOR));
        self.changed.notify_one();
    }

    /// Renews what is in use before its time, until the agent ends.
    pub(super) async fn renew_ahead(&self, engine: impl Fn() -> Engine) {
        loop {
            let now = clock::now();
            self.forget_signed_out(&engine());
            let Some((grant, due)) = self.next_renewal(now) else {
                self.changed.notified().await;
                continue;
            };
            if due > now {
                let sleep = Duration::try_from(due.duration_since(now)).unwrap_or_default();
                tokio::select! {
                    () = tokio::time::sleep(sleep.min(LONGEST_SLEEP)) => {}
                    () = self.changed.notified() => {}
                }
                continue;
            }
            let renewed = self.fetch(&engine(), &grant, SignedDuration::ZERO, false).await;
            if renewed.map_or(true, |kept| decide(Some(&kept), SignedDuration::ZERO) != Decision::Serve)
                && let Some(held) = held(&self.held).get_mut(&grant)
            {
                held.again_at = Some(after(clock::now(), TRY_AGAIN));
            }
        }
    }

    /// Whoever has signed out wants nothing of theirs remembered.
    fn forget_signed_out(&self, engine: &Engine) {
        held(&self.held).retain(|grant, _| engine.folders.kept_path(&grant.portal).exists());
    }

    /// What is in use and has to be renewed next, and when that is.
    fn next_renewal(&self, now: Timestamp) -> Option<(GrantId, Timestamp)> {
        let mut all = held(&self.held);
        all.retain(|_, held| after(held.used_at, IN_USE_FOR) > now);
        let due = all.iter().map(|(grant, held)| {
            let renew_at = before(vend::renew_at(&held.kept.credentials), held.kept.ahead);
            (grant, held.again_at.unwrap_or(renew_at))
        });
        due.min_by_key(|(_, due)| *due).map(|(grant, due)| (grant.clone(), due))
    }
}

pub(super) fn stumbled() -> Failure {
    Failure::new(Code::Failed, "the agent stumbled over itself", "run the command again; please report this")
}
