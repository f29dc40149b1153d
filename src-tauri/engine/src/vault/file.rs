//! A file in place of a keyring, for computers that have none: not encrypted, readable by its owner only. Only
//! used where the settings say so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::failure::{Code, Failure};
use keyring_core::{Error, Result};
use zeroize::Zeroizing;

use crate::files;

const PATIENCE: Duration = Duration::from_secs(20);

/// The file. Every call reads it anew: other processes write it too.
pub(super) struct SecretFile(pub(super) PathBuf);

type Entries = BTreeMap<String, Zeroizing<String>>;

impl SecretFile {
    pub(super) fn read(&self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.entries()?.get(key).map(|secret| secret.as_bytes().to_vec()))
    }

    pub(super) fn write(&self, key: &str, secret: &str) -> Result<()> {
        self.change(|entries| {
            entries.insert(key.to_owned(), Zeroizing::new(secret.to_owned()));
        })
    }

    pub(super) fn erase(&self, key: &str) -> Result<()> {
        self.change(|entries| {
            entries.remove(key);
        })
    }

    fn entries(&self) -> Result<Entries> {
        let bytes = files::read(&self.0).map_err(failed)?.map(Zeroizing::new);
        let Some(bytes) = bytes else { return Ok(Entries::new()) };
        let texts: BTreeMap<String, String> =
            serde_json::from_slice(&bytes).map_err(|error| self.damaged(&error))?;
        Ok(texts.into_iter().map(|(key, text)| (key, Zeroizing::new(text))).collect())
    }

    /// As a full disk or an editor may leave it. It is not replaced: whatever is in it may be of use to somebody.
    fn damaged(&self, error: &serde_json::Error) -> Error {
        let path = self.0.display();
        failed(
            Failure::new(
                Code::NoKeyring,
                format!("{path}, where secrets are kept, can't be understood"),
                format!("move {path} away, then sign in again"),
            )
            .with_detail(error),
        )
    }

    fn change(&self, change: impl FnOnce(&mut Entries)) -> Result<()> {
        let _lock = files::lock(&lock_path(&self.0), PATIENCE)
            .map_err(failed)?
            .ok_or_else(|| Error::NoStorageAccess("another process holds the file".into()))?;
        let mut entries = self.entries()?;
        change(&mut entries);
        let texts: BTreeMap<&str, &str> = entries.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let text = serde_json::to_vec(&texts).map_err(|error| Error::BadStoreFormat(error.to_string()))?;
        files::replace(&self.0, &Zeroizing::new(text)).map_err(failed)
    }
}

fn lock_path(path: &Path) -> PathBuf {
    path.with_extension("lock")
}

fn failed(failure: Failure) -> Error {
    Error::PlatformFailure(Box::new(failure))
}
