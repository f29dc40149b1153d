//! Who may ask the endpoint: a token for each shell or container, in a file of its own, because that is how AWS SDKs read
//! it (`AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`; AWS SDKs and Tools Reference Guide, "Container credential provider").
//!
//! `tokens/ID` holds the token alone, `tokens/ID.json` what it is for. The token begins with its id, so that finding it
//! is opening one file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::asker::Asker;
use domain::failure::{Code, Failure};
use domain::ids::ProfileName;
use domain::secret::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::folders::Folders;
use crate::{Engine, clock, files, unwritable};

/// A token that nobody has used for so long is forgotten.
const UNUSED_FOR: Duration = Duration::from_hours(7 * 24);
/// How often its use is noted.
const NOTED: Duration = Duration::from_hours(1);

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    /// The profile whose switches it follows.
    pub profile: ProfileName,
    /// Who got it.
    pub asker: Asker,
    /// When.
    pub made_at: Timestamp,
}

/// A token that was made.
#[derive(Debug)]
pub struct Made {
    /// What it is called.
    pub id: String,
    /// The file that holds it.
    pub path: PathBuf,
    /// The token itself, for clients that don't read files.
    pub token: Secret,
}

impl Engine {
    /// Makes a token that follows a profile.
    pub fn make_pass(&self, profile: &ProfileName, asker: Asker) -> Result<Made, Failure> {
        self.revoke_unused_passes();
        let mut bytes = [0; 40];
        getrandom::fill(&mut bytes).map_err(|error| {
            Failure::new(Code::Failed, "this computer gives no random numbers", "please report this")
                .with_detail(error)
        })?;
        let (id, secret) = bytes.split_at(8);
        let id = HEXLOWER.encode(id);
        let token = Secret::new(format!("{id}.{}", BASE64URL_NOPAD.encode(secret)));
        let pass = Pass { profile: profile.clone(), asker, made_at: clock::now() };
        let text = serde_json::to_vec(&pass).map_err(|error| unwritable(&error))?;
        let path = token_path(&self.folders, &id);
        // What it is for comes first: a token without that opens nothing.
        files::replace(&path.with_extension("json"), &text)?;
        files::replace(&path, token.reveal().as_bytes())?;
        Ok(Made { id, path, token })
    }

    /// Every token: its id, what it is for, and when it was last used, to the hour.
    pub fn passes(&self) -> Vec<(String, Pass, Option<Timestamp>)> {
        let dir = fs::read_dir(self.folders.tokens_dir());
        let names = dir.into_iter().flatten().filter_map(Result::ok).map(|entry| entry.file_name());
        let ids = names.filter_map(|name| name.into_string().ok()).filter(|name| is_id(name));
        let mut passes: Vec<_> = ids
            .filter_map(|id| {
                let pass = read_pass(&self.folders, &id)?;
                Some((id.clone(), pass, used_at(&self.folders, &id)))
            })
            .collect();
        passes.sort_by_key(|(_, pass, _)| pass.made_at);
        passes
    }

    /// Makes a token worthless. `false` if there is none.
    pub fn revoke_pass(&self, id: &str) -> Result<bool, Failure> {
        if !is_id(id) {
            return Ok(false);
        }
        let path = token_path(&self.folders, id);
        let was_there = path.exists();
        files::remove(&path)?;
        files::remove(&path.with_extension("json"))?;
        Ok(was_there)
    }

    /// Forgets tokens that nobody uses.
    pub(crate) fn revoke_unused_passes(&self) {
        for (id, ..) in self.passes() {
            if age(&token_path(&self.folders, &id)).is_some_and(|age| age > UNUSED_FOR) {
                // Tried again the next time.
                let _ = self.revoke_pass(&id);
            }
        }
    }

    /// Makes every token worthless; how many there were.
    pub fn revoke_all_passes(&self) -> Result<usize, Failure> {
        let passes = self.passes();
        passes.iter().try_for_each(|(id, ..)| self.revoke_pass(id).map(drop))?;
        Ok(passes.len())
    }
}

/// What a token that somebody brings is for; `None` if it is none of ours.
pub(super) fn admit(folders: &Folders, brought: &str) -> Option<(String, Pass)> {
    let (id, _) = brought.split_once('.').filter(|(id, _)| is_id(id))?;
    let path = token_path(folders, id);
    let kept = files::read(&path).ok().flatten()?;
    // By their digests, so that the time it takes tells nothing of how much was right.
    if Sha256::digest(&kept) != Sha256::digest(brought.as_bytes()) {
        return None;
    }
    let is_old = age(&path).is_some_and(|age| age > UNUSED_FOR);
    let pass = read_pass(folders, id).filter(|_| !is_old)?;
    note_use(&path);
    Some((id.to_owned(), pass))
}

fn read_pass(folders: &Folders, id: &str) -> Option<Pass> {
    let text = files::read(&token_path(folders, id).with_extension("json")).ok().flatten()?;
    serde_json::from_slice(&text).ok()
}

/// By the time of the file.
fn note_use(path: &Path) {
    let Some(age) = age(path).filter(|age| *age > NOTED) else { return };
    let Ok(modified) = fs::metadata(path).and_then(|metadata| metadata.modified()) else { return };
    if let Ok(file) = fs::OpenOptions::new().write(true).open(path) {
        let _ = file.set_modified(modified + age);
    }
}

/// How long ago the token was used.
fn age(path: &Path) -> Option<Duration> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?.elapsed().ok()
}

fn used_at(folders: &Folders, id: &str) -> Option<Timestamp> {
    let modified = fs::metadata(token_path(folders, id)).and_then(|metadata| metadata.modified()).ok()?;
    Timestamp::try_from(modified).ok()
}

fn token_path(folders: &Folders, id: &str) -> PathBuf {
    folders.tokens_dir().join(id)
}

fn is_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
