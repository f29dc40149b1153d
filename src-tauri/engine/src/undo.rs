//! Taking back what was last done to the AWS config, also from another process.
//!
//! The record in the state folder says which file was what before and is what now, by SHA-256. The old bytes are in
//! the backup that every change leaves beside the file: they may hold keys, which are not copied to another place.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use domain::failure::{Code, Failure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Engine, clock, files, unwritable};

/// The form of the record.
const VERSION: u32 = 1;

/// What was last done, and what takes it back. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Undo {
    version: u32,
    /// What was done, as in "the switch of dev".
    pub what: String,
    at: Timestamp,
    files: Vec<Changed>,
}

/// A file before and after, by SHA-256 in hexadecimal digits; nothing where there was no file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Changed {
    path: PathBuf,
    before: Option<String>,
    after: Option<String>,
}

impl Undo {
    /// The files that were changed.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }
}

impl Engine {
    /// Keeps what takes a change back. The caller holds the lock of the AWS config and has just written `after`.
    pub(crate) fn keep_undo(
        &self,
        what: String,
        path: &Path,
        before: Option<&[u8]>,
        after: &[u8],
    ) -> Result<Undo, Failure> {
        let file = Changed { path: path.to_owned(), before: before.map(digest), after: Some(digest(after)) };
        let undo = Undo { version: VERSION, what, at: clock::now(), files: vec![file] };
        let text = serde_json::to_vec(&undo).map_err(|error| unwritable(&error))?;
        files::replace(&self.folders.undo_path(), &text)?;
        Ok(undo)
    }

    /// Takes the last change of the AWS config back. What it was, and what may keep a profile from working now.
    pub fn undo(&self) -> Result<(Undo, Option<String>), Failure> {
        let bytes = files::read(&self.folders.undo_path())?;
        let undo: Option<Undo> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let undo = undo.filter(|undo| undo.version == VERSION).ok_or_else(|| {
            let hint = "older versions of the file are in the folder rolecall-backups beside it";
            Failure::new(Code::Failed, "there is nothing to take back", hint)
        })?;
        let warning = self.undo_switch(&undo)?;
        Ok((undo, warning))
    }

    /// Takes a change back: the file gets its old bytes, unless it was changed since. What may keep a profile from
    /// working now.
    pub fn undo_switch(&self, undo: &Undo) -> Result<Option<String>, Failure> {
        let _lock = self.lock("aws-config")?;
        let mut steps = Vec::new();
        for file in &undo.files {
            let now = files::read_theirs(&file.path)?;
            if now.as_deref().map(digest) != file.after {
                return Err(Failure::new(
                    Code::FileRefused,
                    format!("{} was changed since {}", file.path.display(), undo.what),
                    "switch back instead, or take what you need from rolecall-backups beside it; nothing was written",
                ));
            }
            let before = match &file.before {
                Some(wanted) => Some(old_bytes(&file.path, wanted)?),
                None => None,
            };
            steps.push((&file.path, now, before));
        }
        let keyed = self.keyed_profiles()?;
        for (path, now, before) in steps {
            match before {
                Some(before) => files::replace_theirs(path, now.as_deref(), &before, clock::now())?,
                None => files::remove_theirs(path)?,
            }
        }
        let warning = self.keys_were_undone(&keyed)?;
        files::remove(&self.folders.undo_path())?;
        Ok(warning)
    }
}

fn old_bytes(path: &Path, wanted: &str) -> Result<Vec<u8>, Failure> {
    files::backup(path, |bytes| digest(bytes) == wanted)?.ok_or_else(|| {
        Failure::new(
            Code::FileRefused,
            format!("the backup of {} is gone", path.display()),
            "switch back instead; nothing was written",
        )
    })
}

fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
