//! Windows: the Credential Manager.

use std::sync::Arc;

use domain::settings::Keyring;
use keyring_core::{CredentialStore, Error};

use super::{Opened, opened, read_entry};

/// CRED_MAX_CREDENTIAL_BLOB_SIZE (wincred.h).
pub(super) const LARGEST: usize = 2_560;
pub(super) const WAITING: &str = "waiting for the Windows Credential Manager";
pub(super) const UNLOCK: &str = "sign in to Windows and try again";
pub(super) const INSTALL: &str = "check that the Credential Manager service (VaultSvc) runs";

pub(super) struct Stores {
    keyring: Keyring,
    store: Opened<CredentialStore>,
}

impl Stores {
    pub(super) fn of(keyring: Keyring) -> Self {
        Self { keyring, store: Opened::default() }
    }

    pub(super) fn store(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        opened(&self.store, || match self.keyring {
            Keyring::System => Ok(windows_native_keyring_store::Store::new()?),
            Keyring::Kernel => Err(Error::NotSupportedByStore("only Linux has a kernel keyring".into())),
        })
    }

    pub(super) fn read(&self, _service: &str, key: &str) -> keyring_core::Result<Option<Vec<u8>>> {
        read_entry(&*self.store()?, key)
    }
}
