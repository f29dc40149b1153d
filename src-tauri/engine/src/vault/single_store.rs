//! Platforms on which one store does everything.

use std::sync::Arc;

use domain::settings::Keyring;
use keyring_core::CredentialStore;

use super::{Opened, locked, opened, platform, read_entry};

pub(super) struct Stores {
    keyring: Keyring,
    store: Opened<CredentialStore>,
}

impl Stores {
    pub(super) fn of(keyring: Keyring) -> Self {
        Self { keyring, store: Opened::default() }
    }

    pub(super) fn store(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        opened(&self.store, || platform::open(self.keyring))
    }

    pub(super) fn close(&self) {
        *locked(&self.store) = None;
    }

    pub(super) fn read(&self, _service: &str, key: &str) -> keyring_core::Result<Option<Vec<u8>>> {
        read_entry(&*self.store()?, key)
    }
}
