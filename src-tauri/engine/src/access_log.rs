//! The access log on disk: appended to by whoever handed credentials out, read by `rolecall log` and the desktop.

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::access::{self, Access};
use domain::catalogue::Grant;
use domain::chain::Chain;
use domain::failure::Failure;
use domain::ids::GrantId;
use domain::mark::{self, Look, Mark};

use crate::{Engine, files};

/// When a log has this size it becomes the old one, and the old one before it goes.
const LARGEST: u64 = 2 << 20;

impl Engine {
    /// Adds a line to the log. A log that can't be written keeps nobody from working.
    pub fn note_access(&self, access: &Access) {
        let path = self.folders.access_log_path();
        self.turn_over(&path);
        let mut options = OpenOptions::new();
        options.create(true).append(true).read(true);
        files::make_private(&mut options);
        let Ok(mut log) = options.open(&path) else { return };
        // What a full disk has cut off must not take this line along.
        let mut last = [b'\n'];
        let is_cut =
            log.seek(SeekFrom::End(-1)).is_ok() && log.read_exact(&mut last).is_ok() && last != [b'\n'];
        let line = format!("{}{}", if is_cut { "\n" } else { "" }, access::line(access));
        // One write: lines of several processes do not mix (POSIX, `write` with O_APPEND).
        let _ = log.write_all(line.as_bytes());
    }

    /// A log that has grown large becomes the old one; by one process, however many see it.
    fn turn_over(&self, path: &Path) {
        let is_large = || fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGEST);
        if !is_large() {
            return;
        }
        let lock = files::lock(&self.folders.lock_path("access-log"), Duration::ZERO);
        if matches!(lock, Ok(Some(_))) && is_large() {
            let _ = fs::rename(path, self.old_log_path());
        }
    }

    /// The latest lines of the log, oldest first.
    pub fn accesses(&self, most: usize) -> Result<Vec<Access>, Failure> {
        let mut all = Vec::new();
        for path in [self.old_log_path(), self.folders.access_log_path()] {
            let bytes = files::read(&path)?.unwrap_or_default();
            all.extend(access::read(&String::from_utf8_lossy(&bytes)));
        }
        let surplus = all.len().saturating_sub(most);
        Ok(all.split_off(surplus))
    }

    /// Forgets the log.
    pub fn clear_accesses(&self) -> Result<(), Failure> {
        files::remove(&self.old_log_path())?;
        files::remove(&self.folders.access_log_path())
    }

    fn old_log_path(&self) -> PathBuf {
        self.folders.access_log_path().with_extension("old.jsonl")
    }

    /// Whether the marks say that a program has to be let in to this grant.
    pub(crate) fn is_asked_first(&self, grant: &GrantId) -> bool {
        // Whoever has a chained role has had what it starts from.
        let parent = || self.settings.chain(grant).map(Chain::parent);
        self.is_marked(grant, |mark| mark.ask, |look| look.ask)
            || parent().is_some_and(|parent| self.is_asked_first(parent))
    }

    /// Whether the marks say that a person has to confirm a switch to this grant.
    pub fn is_confirmed_first(&self, grant: &GrantId) -> bool {
        self.is_marked(grant, |mark| mark.confirm, |look| look.confirm)
    }

    /// Of an account that is not known by name nobody can say that it is not meant.
    fn is_marked(&self, grant: &GrantId, says: fn(&Mark) -> bool, is: fn(&Look) -> bool) -> bool {
        if !self.settings.marks.iter().any(says) {
            return false;
        }
        let portal = self.settings.portal(&grant.portal);
        let catalogue = portal.and_then(|portal| self.catalogue(portal).ok().flatten());
        let account = catalogue.as_ref().and_then(|catalogue| catalogue.account(&grant.account_id));
        let chain = self.settings.chain(grant);
        account.is_none_or(|account| {
            let grant = Grant { portal: &grant.portal, account, role_name: &grant.role_name, chain };
            is(&mark::look(&self.settings.marks, grant))
        })
    }
}
