//! Linux: the Secret Service (GNOME Keyring, `KWallet`, `KeePassXC`) or, if chosen, the kernel's keyring.

use std::collections::HashMap;
use std::sync::Arc;

use domain::settings::Keyring;
use keyring_core::{CredentialStore, Error};
use secret_service::EncryptionType;
use secret_service::blocking::{Item, SecretService};

use super::{Opened, locked, opened, read_entry};

/// No limit worth minding.
pub(super) const LARGEST: usize = usize::MAX;
pub(super) const WAITING: &str =
    "waiting for your keyring to be unlocked: look for its password prompt on your desktop";
pub(super) const UNLOCK: &str =
    "unlock your keyring (for GNOME: open Passwords and Keys, unlock Login) and try again";
pub(super) const INSTALL: &str = "install and start a Secret Service such as gnome-keyring, KWallet or KeePassXC and \
     run this inside your desktop session; without one, `keyring = \"kernel\"` in settings.toml keeps secrets in \
     the kernel until reboot, and `keyring = \"file\"` in a file that is not encrypted";

/// The store, and for reading a session of our own beside it.
///
/// The store encrypts what passes over the session bus, and the key exchange for that takes 6 of the 10 ms in
/// which `rolecall credentials` should answer. It hides nothing from anybody: the bus is a socket of this
/// computer, and whoever may watch it may as well ask the keyring. So reading, which every AWS call may wait
/// for, uses the Secret Service's plain session (Secret Service API, "Transfer of Secrets").
pub(super) struct Stores {
    keyring: Keyring,
    store: Opened<CredentialStore>,
    plain: Opened<SecretService<'static>>,
}

impl Stores {
    pub(super) fn of(keyring: Keyring) -> Self {
        Self { keyring, store: Opened::default(), plain: Opened::default() }
    }

    pub(super) fn store(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        opened(&self.store, || {
            Ok(match self.keyring {
                Keyring::System | Keyring::File => zbus_secret_service_keyring_store::Store::new()?,
                Keyring::Kernel => linux_keyutils_keyring_store::Store::new()?,
            })
        })
    }

    pub(super) fn close(&self) {
        *locked(&self.store) = None;
        *locked(&self.plain) = None;
    }

    pub(super) fn read(&self, service: &str, key: &str) -> keyring_core::Result<Option<Vec<u8>>> {
        match self.keyring {
            Keyring::System | Keyring::File => self.read_plain(service, key).map_err(translated),
            Keyring::Kernel => read_entry(&*self.store()?, key),
        }
    }

    /// By the attributes that the store gives its items.
    fn read_plain(&self, service: &str, key: &str) -> Result<Option<Vec<u8>>, secret_service::Error> {
        let session = opened(&self.plain, || SecretService::connect(EncryptionType::Plain).map(Arc::new))?;
        let found = session.search_items(HashMap::from([("service", service), ("username", key)]))?;
        if let Some(item) = found.unlocked.first() {
            return item.get_secret().map(Some);
        }
        let locked: Vec<&Item<'_>> = found.locked.iter().collect();
        let Some(item) = locked.first() else { return Ok(None) };
        session.unlock_all(&locked)?;
        item.get_secret().map(Some)
    }
}

fn translated(error: secret_service::Error) -> Error {
    use secret_service::Error as From;
    match error {
        From::Locked | From::Prompt | From::PromptDisconnected | From::NoResult => {
            Error::NoStorageAccess(Box::new(error))
        }
        _ => Error::PlatformFailure(Box::new(error)),
    }
}

/// People who look into their keyring see what an entry is for.
pub(super) fn modifiers(label: &str) -> HashMap<&'static str, &str> {
    HashMap::from([("label", label)])
}
