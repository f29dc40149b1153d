//! Windows: the Credential Manager.

use std::collections::HashMap;
use std::sync::Arc;

use domain::settings::Keyring;
use keyring_core::{CredentialStore, Error};

pub(super) use super::single_store::Stores;

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE` (wincred.h).
pub(super) const LARGEST: usize = 2_560;
pub(super) const WAITING: &str = "waiting for the Windows Credential Manager";
pub(super) const UNLOCK: &str = "sign in to Windows and try again";
pub(super) const INSTALL: &str = "check that the Credential Manager service (VaultSvc) runs";

pub(super) fn open(keyring: Keyring) -> keyring_core::Result<Arc<CredentialStore>> {
    match keyring {
        Keyring::System | Keyring::File => Ok(windows_native_keyring_store::Store::new()?),
        Keyring::Kernel => Err(Error::NotSupportedByStore("only Linux has a kernel keyring".into())),
    }
}

/// Entries stay on this computer; by default they would follow the person to every computer of a domain.
pub(super) fn modifiers(_label: &str) -> HashMap<&'static str, &str> {
    HashMap::from([("persistence", "Local")])
}
