//! `.rolecall.toml` on disk, and whether the person trusts it.
//!
//! Trust is bound to the file's path and to its content: whoever changes either has to be trusted again.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use domain::directory::{FILE, LARGEST};
use domain::failure::{Code, Failure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::folders::Folders;
use crate::{files, unwritable};

/// A file as it was read.
#[derive(Debug, Clone)]
pub struct Content {
    /// What it says.
    pub bytes: Vec<u8>,
    /// What stands for it.
    pub hash: String,
}

/// That a file is trusted. Holds no secret.
#[derive(Serialize, Deserialize)]
struct Trust {
    /// For people who look.
    path: String,
    content: String,
}

/// The nearest file at or above a folder, as `.git` is looked for. Whatever bears the name counts.
pub fn find(from: &Path) -> Option<PathBuf> {
    from.ancestors().map(|dir| dir.join(FILE)).find(|path| fs::symlink_metadata(path).is_ok())
}

/// Reads it, unless it is somebody else's, a link, too large or no file at all.
pub fn read(path: &Path) -> Result<Content, Failure> {
    let wrong = |what: &str| {
        let hint = format!("look at the file, or remove it; it has to be a small file of your own ({FILE})");
        Failure::new(Code::Failed, format!("{} {what}", path.display()), hint)
    };
    let unreadable = |error: std::io::Error| wrong("can't be read").with_detail(error);
    // Opening a pipe would wait for a writer.
    if !fs::symlink_metadata(path).map_err(unreadable)?.is_file() {
        return Err(wrong("is no regular file"));
    }
    let file = File::open(path).map_err(unreadable)?;
    if !files::is_own(&file).map_err(unreadable)? {
        return Err(wrong("belongs to another user"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(wrong(&format!("is larger than {} KiB", LARGEST >> 10)));
    }
    Ok(Content { hash: hash(&bytes), bytes })
}

/// Whether the person has trusted this content at this place.
pub fn is_trusted(folders: &Folders, path: &Path, content: &Content) -> bool {
    let known = files::read(&folders.trusted_path(&name(path))).ok().flatten();
    let trust: Option<Trust> = known.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    trust.is_some_and(|trust| trust.content == content.hash)
}

/// From now on the person does.
pub fn trust(folders: &Folders, path: &Path, content: &Content) -> Result<(), Failure> {
    let trust = Trust { path: path.display().to_string(), content: content.hash.clone() };
    let text = serde_json::to_vec(&trust).map_err(|error| unwritable(&error))?;
    files::replace(&folders.trusted_path(&name(path)), &text)
}

/// No more. Whether they had.
pub fn untrust(folders: &Folders, path: &Path) -> Result<bool, Failure> {
    let record = folders.trusted_path(&name(path));
    let was = record.exists();
    files::remove(&record).map(|()| was)
}

/// Paths may have characters that file names may not.
fn name(path: &Path) -> String {
    hash(path.as_os_str().as_encoded_bytes())
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
