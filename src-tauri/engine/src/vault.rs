//! The keyring: set, get and delete a secret by key.
//!
//! `keyring` is the name people know; its version 4 is a thin face over keyring-core that picks a store once
//! and keeps a failed start for the life of the process. A tray application may start before its session bus
//! or keyring, so the stores are linked directly and a failed start is tried again at the next use.
//!
//! Every call runs on a thread of its own. The stores block, some for as long as an unlock prompt stands, and
//! the Linux one must not run inside an async task. So a long wait can be told ([`Vault::on_wait`]) and ended.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use domain::failure::{Code, Failure};
use domain::secret::Secret;
use domain::settings::Keyring;
use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use self::file::SecretFile;

mod file;
#[cfg_attr(target_os = "linux", path = "vault/linux.rs")]
#[cfg_attr(target_os = "macos", path = "vault/macos.rs")]
#[cfg_attr(windows, path = "vault/windows.rs")]
mod platform;
#[cfg(not(target_os = "linux"))]
mod single_store;

/// What all our entries have in common.
const SERVICE: &str = "rolecall";
/// A keyring that takes longer than this is waiting for somebody. On a busy computer one that only works may
/// take a second, and to call that locked would send people looking for a prompt.
const NOTICE_AFTER: Duration = Duration::from_secs(2);

/// What a wait is told to.
pub type OnWait = Arc<dyn Fn(&str) + Send + Sync>;

/// A keyring, opened at first use.
pub struct Vault {
    backend: Backend,
    largest: usize,
    patience: Duration,
    on_wait: OnWait,
}

#[derive(Clone)]
enum Backend {
    Keyring(Arc<platform::Stores>),
    File(Arc<SecretFile>),
    #[cfg(test)]
    Memory(Arc<Mutex<std::collections::HashMap<String, Secret>>>),
}

impl Vault {
    /// The person's keyring, or the file in place of one. Does nothing yet.
    pub fn of(keyring: Keyring, file: &Path) -> Self {
        match keyring {
            Keyring::File => Self::with(Backend::File(Arc::new(SecretFile(file.to_owned()))), usize::MAX),
            Keyring::System | Keyring::Kernel => {
                Self::with(Backend::Keyring(Arc::new(platform::Stores::of(keyring))), platform::LARGEST)
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self::with(Backend::Memory(Arc::default()), usize::MAX)
    }

    fn with(backend: Backend, largest: usize) -> Self {
        Self { backend, largest, patience: Duration::from_mins(2), on_wait: Arc::new(|_| ()) }
    }

    /// Whom to tell that the keyring is waiting for the person.
    #[must_use]
    pub fn on_wait(self, on_wait: OnWait) -> Self {
        Self { on_wait, ..self }
    }

    /// How long a call may wait for the person; two minutes if nothing is said.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Another vault that tells the same one and waits as long.
    pub(crate) fn instead(&self, keyring: Keyring, file: &Path) -> Self {
        Self { patience: self.patience, on_wait: Arc::clone(&self.on_wait), ..Self::of(keyring, file) }
    }

    /// Tells the person something that they may be wondering about.
    pub(crate) fn tell(&self, text: &str) {
        (self.on_wait)(text);
    }

    /// The secret under `key`; `None` if there is none.
    pub fn get(&self, key: &str) -> Result<Option<Secret>, Failure> {
        let mut seen = None;
        loop {
            let Some(head) = self.read(key)? else { return Ok(None) };
            let Some((count, generation)) = parts_of(&head) else { return Ok(Some(head)) };
            if let Some(whole) = self.read_whole(key, count, generation)? {
                return Ok(Some(whole));
            }
            // Another process has just replaced the secret, and its head says where it is now. Under the same
            // head, parts are missing because somebody removed them.
            if seen.replace(head.clone()) == Some(head) {
                return Ok(None);
            }
        }
    }

    fn read_whole(&self, key: &str, count: usize, generation: usize) -> Result<Option<Secret>, Failure> {
        let mut whole = Zeroizing::new(String::new());
        for number in 0..count {
            let Some(part) = self.read(&part_key(key, generation, number))? else { return Ok(None) };
            whole.push_str(part.reveal());
        }
        Ok(Some(Secret::new(whole.as_str())))
    }

    /// Keeps the secret under `key`, replacing what was there.
    ///
    /// Where the platform limits the size, the text is cut into parts; the head that names them is written
    /// last, so that at every moment the old or the new secret is there, whole.
    pub fn set(&self, key: &str, secret: &Secret) -> Result<(), Failure> {
        let before = self.read_parts(key)?;
        if secret.reveal().len() <= self.largest {
            self.write(key, secret.clone())?;
        } else {
            let generation = before.map_or(0, |(_, generation)| 1 - generation.min(1));
            let parts = cut(secret.reveal(), self.largest);
            for (number, part) in parts.iter().enumerate() {
                self.write(&part_key(key, generation, number), Secret::new(*part))?;
            }
            self.write(key, Secret::new(format!("{PARTS}{}:{generation}", parts.len())))?;
        }
        self.erase_parts(key, before)
    }

    /// Forgets the secret; one that is not there is fine.
    pub fn delete(&self, key: &str) -> Result<(), Failure> {
        let before = self.read_parts(key)?;
        self.erase(key)?;
        self.erase_parts(key, before)
    }

    /// Only where sizes are limited can an entry have parts; elsewhere the look is saved.
    fn read_parts(&self, key: &str) -> Result<Option<(usize, usize)>, Failure> {
        if self.largest == usize::MAX { Ok(None) } else { Ok(self.read(key)?.as_ref().and_then(parts_of)) }
    }

    fn erase_parts(&self, key: &str, parts: Option<(usize, usize)>) -> Result<(), Failure> {
        let Some((count, generation)) = parts else { return Ok(()) };
        (0..count).try_for_each(|number| self.erase(&part_key(key, generation, number)))
    }

    fn read(&self, key: &str) -> Result<Option<Secret>, Failure> {
        self.call(key, Backend::read)
    }

    fn write(&self, key: &str, secret: Secret) -> Result<(), Failure> {
        self.call(key, move |backend, key| backend.write(key, &secret))
    }

    fn erase(&self, key: &str) -> Result<(), Failure> {
        self.call(key, Backend::erase)
    }

    fn call<T: Send + 'static>(
        &self,
        key: &str,
        work: impl Fn(&Backend, &str) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (tell, told) = mpsc::sync_channel(1);
        let (backend, key) = (self.backend.clone(), key.to_owned());
        let thread = thread::Builder::new().spawn(move || {
            let mut answer = work(&backend, &key);
            // A session bus, or a keyring's program, that was started anew does not know us any more.
            if matches!(answer, Err(Error::PlatformFailure(_))) {
                backend.close();
                answer = work(&backend, &key);
            }
            // Nobody listens if patience ran out.
            let _ = tell.send(answer);
        });
        thread.map_err(|error| {
            let hint = "check the limits of this shell (ulimit) and try again";
            Failure::new(Code::NoKeyring, "the keyring can't be asked", hint).with_detail(error)
        })?;
        let answer = match told.recv_timeout(NOTICE_AFTER.min(self.patience)) {
            Err(RecvTimeoutError::Timeout) => {
                (self.on_wait)(platform::WAITING);
                told.recv_timeout(self.patience.saturating_sub(NOTICE_AFTER))
            }
            answer => answer,
        };
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(unusable(&error)),
            Err(_) => Err(Failure::new(
                Code::NoKeyring,
                format!("the keyring did not answer within {} s", self.patience.as_secs()),
                platform::UNLOCK,
            )),
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Backend {
    fn read(&self, key: &str) -> keyring_core::Result<Option<Secret>> {
        let bytes = match self {
            #[cfg(test)]
            Self::Memory(entries) => return Ok(locked(entries).get(key).cloned()),
            Self::File(file) => file.read(key)?,
            Self::Keyring(stores) => stores.read(SERVICE, key)?,
        };
        let text = bytes.map(String::from_utf8).transpose();
        let text = text.map_err(|_| Error::BadStoreFormat("an entry is not UTF-8 text".into()))?;
        Ok(text.map(Secret::new))
    }

    fn write(&self, key: &str, secret: &Secret) -> keyring_core::Result<()> {
        match self {
            #[cfg(test)]
            Self::Memory(entries) => {
                locked(entries).insert(key.to_owned(), secret.clone());
                Ok(())
            }
            Self::File(file) => file.write(key, secret.reveal()),
            Self::Keyring(stores) => entry(&*stores.store()?, key)?.set_secret(secret.reveal().as_bytes()),
        }
    }

    /// The next use opens the keyring anew.
    fn close(&self) {
        if let Self::Keyring(stores) = self {
            stores.close();
        }
    }

    fn erase(&self, key: &str) -> keyring_core::Result<()> {
        match self {
            #[cfg(test)]
            Self::Memory(entries) => {
                locked(entries).remove(key);
                Ok(())
            }
            Self::File(file) => file.erase(key),
            Self::Keyring(stores) => match entry(&*stores.store()?, key)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(error),
            },
        }
    }
}

/// An entry of ours.
fn entry(store: &CredentialStore, key: &str) -> keyring_core::Result<Entry> {
    let label = format!("Rolecall: {key}");
    match store.build(SERVICE, key, Some(&platform::modifiers(&label))) {
        // The kernel's keyring has no labels.
        Err(Error::NotSupportedByStore(_) | Error::Invalid(..)) => store.build(SERVICE, key, None),
        entry => entry,
    }
}

/// Reads an entry by the store's own means.
fn read_entry(store: &CredentialStore, key: &str) -> keyring_core::Result<Option<Vec<u8>>> {
    match entry(store, key)?.get_secret() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is opened at first use and kept; a failed start is tried again at the next use.
type Opened<T> = Mutex<Option<Arc<T>>>;

fn opened<T: ?Sized, E>(slot: &Opened<T>, open: impl FnOnce() -> Result<Arc<T>, E>) -> Result<Arc<T>, E> {
    let mut slot = locked(slot);
    if let Some(open) = &*slot {
        return Ok(Arc::clone(open));
    }
    let value = open()?;
    *slot = Some(Arc::clone(&value));
    Ok(value)
}

/// What a panic in another thread left is still whole: single assignments.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unusable(error: &Error) -> Failure {
    // The file in place of a keyring says itself what is wrong with it.
    if let Error::PlatformFailure(inner) = error
        && let Some(failure) = inner.downcast_ref::<Failure>()
    {
        return Failure { code: Code::NoKeyring, ..failure.clone() };
    }
    let (what, hint) = match error {
        Error::NoStorageAccess(_) => ("the keyring is locked", platform::UNLOCK),
        Error::PlatformFailure(_) | Error::NoDefaultStore | Error::NotSupportedByStore(_) => {
            ("there is no keyring to keep secrets in", platform::INSTALL)
        }
        _ => ("the keyring can't be used", platform::INSTALL),
    };
    Failure::new(Code::NoKeyring, what, hint).with_detail(error)
}

/// How the head of a cut secret begins. Our secrets are JSON and begin with a brace.
const PARTS: &str = "rolecall-parts:";

fn parts_of(head: &Secret) -> Option<(usize, usize)> {
    let (count, generation) = head.reveal().strip_prefix(PARTS)?.split_once(':')?;
    Some((count.parse().ok()?, generation.parse().ok()?))
}

fn part_key(key: &str, generation: usize, number: usize) -> String {
    format!("{key}#{generation}.{number}")
}

/// Pieces of at most `largest` bytes, never through a character.
fn cut(text: &str, largest: usize) -> Vec<&str> {
    let (mut rest, mut parts) = (text, Vec::new());
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.floor_char_boundary(largest.max(4).min(rest.len())));
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(largest: usize) -> Vault {
        Vault { largest, ..Vault::in_memory() }
    }

    fn entries(vault: &Vault) -> usize {
        let Backend::Memory(entries) = &vault.backend else { unreachable!() };
        entries.lock().unwrap().len()
    }

    #[test]
    fn long_secrets_survive_a_platform_with_small_entries() {
        let vault = small(10);
        for length in [0, 9, 10, 11, 99, 100, 101, 5] {
            let secret = Secret::new("é".repeat(length));
            vault.set("k", &secret).unwrap();
            assert_eq!(vault.get("k").unwrap(), Some(secret));
        }
        assert_eq!(entries(&vault), 1, "parts of former secrets are gone");
        vault.set("k", &Secret::new("x".repeat(1000))).unwrap();
        vault.delete("k").unwrap();
        assert_eq!(entries(&vault), 0);
    }

    #[test]
    fn a_write_that_is_cut_off_leaves_the_old_secret() {
        let vault = small(10);
        let old = Secret::new("a".repeat(35));
        vault.set("k", &old).unwrap();
        // The parts of a new one, but not its head.
        vault.write(&part_key("k", 1, 0), Secret::new("bbbbbbbbbb")).unwrap();
        assert_eq!(vault.get("k").unwrap(), Some(old));
    }

    #[test]
    fn what_is_not_there_is_no_failure() {
        let vault = Vault::in_memory();
        assert_eq!(vault.get("k").unwrap(), None);
        vault.delete("k").unwrap();
    }
}
