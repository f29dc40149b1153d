//! What all parts of one simulator share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use crate::clock::Clock;
use crate::console::Console;
use crate::directory::{Change, Directory, ProvisionError};
use crate::faults::Faults;
use crate::idp::Provider;
use crate::journal::{Journal, Stats};
use crate::mishap::Mishaps;
use crate::oidc::{Holder, Oidc};
use crate::options::Options;
use crate::pages::{BrowserSession, Visits};
use crate::partition::Partition;
use crate::people::PersonId;
use crate::random;
use crate::role_keys::RoleKeys;
use crate::saml::Federation;
use crate::sts::Trusts;
use crate::throttle::Bucket;
use crate::totp::{self, UsedSteps};

/// A mutex whose data stays usable after a panic elsewhere: one failed request must not end the rest.
#[derive(Debug, Default)]
pub(crate) struct Locked<T>(Mutex<T>);

impl<T> Locked<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

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
    /// The company's own domain, if there is one.
    pub(crate) vanity_origin: Option<String>,
    pub(crate) directory: Locked<Directory>,
    faults: RwLock<Faults>,
    pub(crate) mishaps: Locked<Mishaps>,
    pub(crate) bucket: Locked<Bucket>,
    pub(crate) journal: Locked<Journal>,
    pub(crate) visits: Locked<Visits>,
    used_codes: Locked<HashMap<PersonId, UsedSteps>>,
    pub(crate) federation: Locked<Federation>,
    pub(crate) provider: Locked<Provider>,
    pub(crate) oidc: Locked<Oidc>,
    pub(crate) role_keys: Locked<RoleKeys>,
    pub(crate) trusts: Locked<Trusts>,
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
        vanity_origin: Option<String>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let world = Self {
            clock: Clock::default(),
            directory: Locked::new(Directory::new(&options)),
            faults: RwLock::default(),
            mishaps: Locked::default(),
            bucket: Locked::default(),
            journal: Locked::default(),
            visits: Locked::default(),
            used_codes: Locked::default(),
            federation: Locked::default(),
            provider: Locked::default(),
            oidc: Locked::default(),
            role_keys: Locked::default(),
            trusts: Locked::default(),
            console: Locked::default(),
            key: random::key(),
            options,
            origin,
            idp_origin,
            vanity_origin,
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

    /// Approves or denies a waiting device authorization on behalf of a person. False when none waits.
    pub(crate) fn settle_device(&self, user_code: &str, person: PersonId, allow: bool) -> bool {
        let now_ms = self.clock.now_ms();
        let allow = allow && !self.faults().denied;
        let holder = self.holder(BrowserSession { person, ends_ms: now_ms + self.portal_session_ms() });
        let mut oidc = self.oidc.lock();
        if allow {
            oidc.approve_device(user_code, holder, now_ms)
        } else {
            oidc.deny_device(user_code, now_ms)
        }
    }

    /// Whoever lets a client in during this session.
    pub(crate) fn holder(&self, session: BrowserSession) -> Holder {
        let changes = self.directory.lock().changes();
        Holder { person: session.person, session_ends_ms: session.ends_ms, changes }
    }

    /// Whether the code is one of the person's authenticator; it counts once.
    pub(crate) fn accept_code(&self, person: PersonId, typed: &str) -> bool {
        let secret = &self.options.person_of(person).totp_secret;
        self.used_codes.lock().entry(person).or_default().accept(secret, typed, self.clock.now_ms())
    }

    /// The code that the person would be told to type now; `None` if the secret is not base32.
    pub(crate) fn next_code(&self, person: PersonId) -> Option<String> {
        let present = totp::step_at(self.clock.now_ms());
        let step = self.used_codes.lock().entry(person).or_default().next_free(present);
        totp::code(&self.options.person_of(person).totp_secret, step)
    }

    /// Takes in a change of accounts or assignments.
    pub(crate) fn provision(&self, change: Change) -> Result<(), ProvisionError> {
        self.directory.lock().provision(&self.options, change, self.clock.now_ms())
    }

    pub(crate) fn stats(&self) -> Stats {
        let requests = self.journal.lock().stats();
        let oidc = self.oidc.lock();
        let counts = oidc.sessions.refresh_counts();
        Stats {
            refreshes: counts.carried_out,
            rotated_out_uses: counts.rotated_out_uses,
            refused_refreshes: counts.refused,
            live_logins: oidc.sessions.live(self.clock.now_ms()),
            ..requests
        }
    }

    /// The copy of AWS that the region belongs to.
    pub(crate) fn partition(&self) -> Partition {
        Partition::of_region(&self.options.region)
    }

    pub(crate) fn portal_session_ms(&self) -> i64 {
        i64::from(self.options.portal_session_seconds) * 1000
    }

    /// An administrator ends all sessions of one person, or of everybody: tokens, refresh tokens and the
    /// cookies of portal and identity provider. Role credentials live on, as they do at AWS.
    pub(crate) fn end_sessions(&self, whose: Option<PersonId>) {
        self.visits.lock().end_sessions(whose);
        self.provider.lock().end_sessions(whose);
        self.oidc.lock().sessions.revoke(whose);
    }
}
