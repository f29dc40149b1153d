//! What all parts of one simulator share.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use crate::clock::Clock;
use crate::console::Console;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::mishap::Mishaps;
use crate::oidc::Oidc;
use crate::options::Options;
use crate::organisation::Directory;
use crate::pages::Visits;
use crate::partition::Partition;
use crate::random;
use crate::role_keys::RoleKeys;
use crate::saml::Federation;
use crate::throttle::Bucket;

/// A mutex whose data stays usable after a panic elsewhere: one failed request must not end the rest.
#[derive(Debug, Default)]
pub(crate) struct Locked<T>(Mutex<T>);

impl<T> Locked<T> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state of one simulator. Handlers take what they need; no two locks are held in different orders:
/// pages before OIDC before everything else.
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    /// `http://127.0.0.1:PORT`, no slash at the end.
    pub(crate) origin: String,
    /// The external identity provider's origin, if there is one.
    pub(crate) idp_origin: Option<String>,
    pub(crate) directory: Directory,
    faults: RwLock<Faults>,
    pub(crate) mishaps: Locked<Mishaps>,
    pub(crate) bucket: Locked<Bucket>,
    pub(crate) journal: Locked<Journal>,
    pub(crate) visits: Locked<Visits>,
    pub(crate) federation: Locked<Federation>,
    pub(crate) oidc: Locked<Oidc>,
    pub(crate) role_keys: Locked<RoleKeys>,
    pub(crate) console: Locked<Console>,
    /// Signs form tokens and list positions.
    pub(crate) key: [u8; 32],
    /// Becomes true when the simulator stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl World {
    pub(crate) fn new(
        options: Options,
        origin: String,
        idp_origin: Option<String>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let world = Self {
            clock: Clock::default(),
            directory: Directory::new(options.organisation),
            faults: RwLock::default(),
            mishaps: Locked::default(),
            bucket: Locked::default(),
            journal: Locked::default(),
            visits: Locked::default(),
            federation: Locked::default(),
            oidc: Locked::default(),
            role_keys: Locked::default(),
            console: Locked::default(),
            key: random::key(),
            options,
            origin,
            idp_origin,
            stopping,
        };
        world.set_faults(world.options.faults.clone());
        world
    }

    pub(crate) fn faults(&self) -> Faults {
        self.faults.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.clock.set_skew(faults.clock_skew);
        *self.faults.write().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// Whether registrations are to be forgotten; true once each time the fault is set.
    pub(crate) fn take_unregistered(&self) -> bool {
        let mut faults = self.faults.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut faults.unregistered)
    }

    /// Approves or denies a waiting device authorization on behalf of the person. False when none waits.
    pub(crate) fn settle_device(&self, user_code: &str, allow: bool) -> bool {
        let now_ms = self.clock.now_ms();
        let allow = allow && !self.faults().denied;
        let mut oidc = self.oidc.lock();
        if allow {
            oidc.approve_device(user_code, now_ms + self.portal_session_ms(), now_ms)
        } else {
            oidc.deny_device(user_code, now_ms)
        }
    }

    /// The copy of AWS that the region belongs to.
    pub(crate) fn partition(&self) -> Partition {
        Partition::of_region(&self.options.region)
    }

    pub(crate) fn portal_session_ms(&self) -> i64 {
        i64::from(self.options.portal_session_seconds) * 1000
    }

    /// The account where the portal answers 403, if any.
    pub(crate) fn forbidden_account(&self) -> Option<String> {
        match self.faults().forbidden_account {
            Some(word) if word == "first" => {
                self.directory.accounts().first().map(|account| account.id.clone())
            }
            other => other,
        }
    }

    /// An administrator ends all sessions: tokens, refresh tokens and the portal's cookies. Role
    /// credentials live on, as they do at AWS.
    pub(crate) fn revoke_sessions(&self) {
        self.visits.lock().end_sessions();
        self.federation.lock().end_sessions();
        self.oidc.lock().sessions.revoke_all();
    }
}
