//! Linux: the Secret Service (GNOME Keyring, KDE Wallet, KeePassXC) or, if chosen, the kernel's keyring.

use std::sync::Arc;

use domain::settings::Keyring;
use keyring_core::CredentialStore;

/// No limit worth minding.
pub(super) const LARGEST: usize = usize::MAX;
pub(super) const WAITING: &str =
    "waiting for your keyring to be unlocked: look for its password prompt on your desktop";
pub(super) const UNLOCK: &str =
    "unlock your keyring (for GNOME: open Passwords and Keys, unlock Login) and try again";
pub(super) const INSTALL: &str = "install and start a Secret Service such as gnome-keyring, KWallet or KeePassXC and \
     run this inside your desktop session; without one, `keyring = \"kernel\"` in settings.toml keeps secrets in \
     the kernel until reboot";

pub(super) fn open(keyring: Keyring) -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(match keyring {
        Keyring::System => zbus_secret_service_keyring_store::Store::new()?,
        Keyring::Kernel => linux_keyutils_keyring_store::Store::new()?,
    })
}
