//! macOS: the login keychain.

use std::collections::HashMap;
use std::sync::Arc;

use domain::settings::Keyring;
use keyring_core::{CredentialStore, Error};

pub(super) use super::single_store::Stores;

/// The keychain has no hard limit; items near 3,000 bytes were seen to fail.
pub(super) const LARGEST: usize = 2_560;
pub(super) const WAITING: &str = "waiting for the keychain: look for its password prompt";
pub(super) const UNLOCK: &str =
    "unlock the login keychain (Keychain Access, or `security unlock-keychain`) and try again";
pub(super) const INSTALL: &str = "check the login keychain in Keychain Access";

pub(super) fn open(keyring: Keyring) -> keyring_core::Result<Arc<CredentialStore>> {
    match keyring {
        Keyring::System | Keyring::File => Ok(apple_native_keyring_store::keychain::Store::new()?),
        Keyring::Kernel => Err(Error::NotSupportedByStore("only Linux has a kernel keyring".into())),
    }
}

pub(super) fn modifiers(_label: &str) -> HashMap<&'static str, &str> {
    HashMap::new()
}
