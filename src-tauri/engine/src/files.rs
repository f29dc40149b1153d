//! Reading and replacing files so that nothing is lost: lock, check, backup, write beside, rename.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use domain::failure::{Code, Failure};
use jiff::Timestamp;
use tempfile::NamedTempFile;

#[cfg_attr(unix, path = "files/unix.rs")]
#[cfg_attr(windows, path = "files/windows.rs")]
mod platform;

/// How many backups of one file are kept, beside the very first.
const BACKUPS: usize = 10;
/// What the name of a backup ends with looks like.
const STAMP: &str = "20261123T210539.123456Z";
/// How the names of files begin that are not in place yet.
const BESIDE: &str = ".rolecall-";
/// Nothing that Rolecall reads is larger; a larger file is not what it seems to be.
const LARGEST: u64 = 64 << 20;

/// What tells one version of a file from another without reading it. Files that are replaced whole, as ours are, have
/// another one after each change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    id: u64,
}

impl Stamp {
    /// Of the file as it is now. `None`: there is none, or it can't be looked at.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            id: platform::file_id(&metadata),
        })
    }
}

/// The content of a file, or nothing if there is no file.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    read_whole(path).map_err(|error| failure("can't read", path, &error))
}

/// As [`read`], for a file that belongs to the person: what can't be read is refused, not just failed.
pub fn read_theirs(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    read_whole(path).map_err(|error| refused("can't read", path, &error))
}

/// A text that some other program wrote, or nothing if there is none. Refused is whatever is no ordinary file, is
/// larger than `most` bytes, or is not UTF-8. A link is followed; a byte-order mark is left out.
pub fn read_text_of_others(path: &Path, most: u64) -> Result<Option<String>, Failure> {
    let text = || -> io::Result<String> {
        // A device may never end, and a pipe may never begin.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        let mut bytes = Vec::new();
        if File::open(path)?.take(most + 1).read_to_end(&mut bytes)? as u64 > most {
            let mib = most >> 20;
            return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {mib} MiB")));
        }
        // Editors of Windows put a mark in front, which is no part of the text.
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
        String::from_utf8(text).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
    };
    match text() {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused("can't read", path, &error)),
    }
}

fn read_whole(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let bytes = || -> io::Result<Vec<u8>> {
        // Opening a pipe would wait for a writer.
        if !platform::is_readable(fs::metadata(path)?.file_type()) {
            return Err(io::Error::other("it is no regular file"));
        }
        let file = File::open(path)?;
        let mut bytes = Vec::new();
        if file.take(LARGEST + 1).read_to_end(&mut bytes)? as u64 > LARGEST {
            return Err(io::Error::new(ErrorKind::FileTooLarge, "the file is larger than 64 MiB"));
        }
        Ok(bytes)
    };
    match bytes() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Holds a lock file; the lock ends when this is dropped, also when the process dies.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held for its lock")] File);

/// Waits until no other process holds the lock, however long that takes: the system wakes whoever waits.
pub fn lock_when_free(path: &Path) -> Result<Lock, Failure> {
    let file = open_lock(path)?;
    file.lock().map_err(|error| failure("can't lock", path, &error))?;
    Ok(Lock(file))
}

fn open_lock(path: &Path) -> Result<File, Failure> {
    make_dir(path)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).read(true).open(path);
    file.map_err(|error| failure("can't open the lock", path, &error))
}

/// Waits until no other process holds the lock, at most `patience`. `None`: it is still held.
pub fn lock(path: &Path, patience: Duration) -> Result<Option<Lock>, Failure> {
    let file = open_lock(path)?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(Lock(file))),
            Err(fs::TryLockError::WouldBlock) if Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(failure("can't lock", path, &error)),
        }
    }
}

/// Replaces a file of our own: whoever reads it sees the old or the new content, whole. Only the person may
/// read it.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Failure> {
    make_dir(path)?;
    let written = write_beside(path, content, None).and_then(|beside| put_in_place(beside, path));
    written.map_err(|error| failure("can't write", path, &error))
}

/// Replaces a file that belongs to the person: the caller holds its lock and has read `before`.
///
/// A symbolic link is followed, not replaced; permissions (and on Unix the owner) stay; the old content is
/// kept in `rolecall-backups` beside the file. If the file is not `before` any more, nothing is written.
pub fn replace_theirs(
    path: &Path,
    before: Option<&[u8]>,
    content: &[u8],
    now: Timestamp,
) -> Result<(), Failure> {
    replace_checked(path, before, content, Some(now))
}

/// As [`replace_theirs`], without keeping the old content: it holds secrets of ours.
pub(crate) fn replace_theirs_unkept(
    path: &Path,
    before: Option<&[u8]>,
    content: &[u8],
) -> Result<(), Failure> {
    replace_checked(path, before, content, None)
}

/// Nobody but its owner may read the file from now on: secrets of ours are about to be in it.
pub(crate) fn make_owners_alone(path: &Path) -> Result<(), Failure> {
    let done = resolve(path).and_then(|target| platform::make_owners_alone(&target));
    match done {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(refused("can't close to others", path, &error))
        }
        _ => Ok(()),
    }
}

/// Removes a file that belongs to the person; a symbolic link to it stays.
pub(crate) fn remove_theirs(path: &Path) -> Result<(), Failure> {
    let target = resolve(path).map_err(|error| refused("can't follow", path, &error))?;
    remove(&target)
}

/// `kept_at`: when the old content is kept beside the file; not at all if there is no time.
fn replace_checked(
    path: &Path,
    before: Option<&[u8]>,
    content: &[u8],
    kept_at: Option<Timestamp>,
) -> Result<(), Failure> {
    make_dir(path)?;
    let target = resolve(path).map_err(|error| refused("can't follow", path, &error))?;
    let check = || {
        if read_theirs(&target)?.as_deref() == before {
            return Ok(());
        }
        Err(Failure::new(
            Code::FileRefused,
            format!("{} was changed by another program at the same moment", path.display()),
            "nothing was written: run the command again",
        ))
    };
    if let Some(before) = before {
        check()?;
        refuse_special(&target)?;
        if let Some(now) = kept_at {
            back_up(path, &target, before, now)?;
        }
    }
    remove_litter(dir_of(&target));
    let unwritten = |error| refused("can't write", path, &error);
    let like = before.map(|_| target.as_path());
    let beside = write_beside(&target, content, like).map_err(unwritten)?;
    // As late as possible: between this look and the rename there are only microseconds.
    check()?;
    put_in_place(beside, &target).map_err(unwritten)
}

/// Whether [`replace_theirs`] could be done, as far as can be seen beforehand: a file beside it is made and taken away
/// again. A folder that is not there yet is made when it is needed.
pub(crate) fn try_to_replace_theirs(path: &Path) -> Result<(), Failure> {
    let target = resolve(path).map_err(|error| refused("can't follow", path, &error))?;
    refuse_special(&target)?;
    let dir = dir_of(&target);
    if !dir.is_dir() {
        return Ok(());
    }
    let beside = platform::make_beside(tempfile::Builder::new().prefix(BESIDE), dir);
    beside.map(drop).map_err(|error| refused("can't write", path, &error))
}

/// A rename would replace a device, or a file that somebody meant not to be changed, all the same.
fn refuse_special(path: &Path) -> Result<(), Failure> {
    let Ok(metadata) = fs::metadata(path) else { return Ok(()) };
    let (what, hint) = if !metadata.is_file() {
        ("no regular file", "set AWS_CONFIG_FILE to an ordinary file")
    } else if metadata.permissions().readonly() {
        ("marked read-only", "make it writable and run the command again")
    } else {
        return Ok(());
    };
    Err(Failure::new(Code::FileRefused, format!("{} is {what}", path.display()), hint))
}

/// Removes a folder of our own with all that is in it; one that is not there is fine.
pub fn remove_dir(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failure("can't remove", path, &error)),
    }
}

/// Removes a file of our own; one that is not there is fine.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failure("can't remove", path, &error)),
    }
}

/// The file that a chain of links ends at, whether it exists or not.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(to) => path = path.parent().unwrap_or(Path::new("")).join(to),
            // Not a link, or not there.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn write_beside(path: &Path, content: &[u8], like: Option<&Path>) -> io::Result<NamedTempFile> {
    let mut beside = platform::make_beside(tempfile::Builder::new().prefix(BESIDE), dir_of(path))?;
    beside.write_all(content)?;
    if let Some(like) = like {
        platform::copy_permissions(like, beside.as_file())?;
    }
    // Without this a power cut after the rename can leave an empty file on some file systems.
    beside.as_file().sync_all()?;
    Ok(beside)
}

/// What a killed process could not put in place. Best effort: it is in nobody's way.
fn remove_litter(dir: &Path) {
    const OLD: Duration = Duration::from_hours(1);
    for entry in fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok) {
        let old = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
        if entry.file_name().to_string_lossy().starts_with(BESIDE) && old.is_some_and(|age| age > OLD) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn put_in_place(beside: NamedTempFile, path: &Path) -> io::Result<()> {
    platform::put_in_place(beside, path)?;
    platform::sync_dir(dir_of(path));
    Ok(())
}

fn dir_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn back_up(path: &Path, target: &Path, content: &[u8], now: Timestamp) -> Result<(), Failure> {
    let Some((dir, name)) = path.parent().zip(path.file_name()) else { return Ok(()) };
    let (dir, name) = (dir.join("rolecall-backups"), name.to_string_lossy());
    let stamp = now.strftime("%Y%m%dT%H%M%S%.6fZ");
    let backup = dir.join(format!("{name}.{stamp}"));
    let write = || -> io::Result<()> {
        platform::make_private_dir(&dir)?;
        put_in_place(write_beside(&backup, content, Some(target))?, &backup)?;
        forget_old_backups(&dir, &name)
    };
    write().map_err(|error| refused("can't keep a backup in", &dir, &error))
}

/// The latest backup of a person's file whose content fits.
pub fn backup(path: &Path, fits: impl Fn(&[u8]) -> bool) -> Result<Option<Vec<u8>>, Failure> {
    let Some((dir, name)) = path.parent().zip(path.file_name()) else { return Ok(None) };
    let dir = dir.join("rolecall-backups");
    let backups = match backups(&dir, &name.to_string_lossy()) {
        Ok(backups) => backups,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused("can't look into", &dir, &error)),
    };
    for backup in backups.iter().rev() {
        if let Some(bytes) = read_theirs(backup)?.filter(|bytes| fits(bytes)) {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// The first backup is the file as it was before Rolecall: it is kept for good.
fn forget_old_backups(dir: &Path, name: &str) -> io::Result<()> {
    let backups = backups(dir, name)?;
    let surplus = backups.len().saturating_sub(BACKUPS + 1);
    backups.iter().skip(1).take(surplus).try_for_each(fs::remove_file)
}

/// All backups of a file, the oldest first.
fn backups(dir: &Path, name: &str) -> io::Result<Vec<PathBuf>> {
    // Not those of a file whose name only begins alike, such as `config.old`.
    let ours = |entry: &fs::DirEntry| {
        let file = entry.file_name().to_string_lossy().into_owned();
        let stamp = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
        let alike = |(a, b): (u8, u8)| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
        stamp.is_some_and(|s| s.len() == STAMP.len() && s.bytes().zip(STAMP.bytes()).all(alike))
    };
    let mut backups: Vec<PathBuf> =
        fs::read_dir(dir)?.filter_map(Result::ok).filter(ours).map(|e| e.path()).collect();
    backups.sort_unstable();
    Ok(backups)
}

/// Whatever is made with these options can be read by its owner alone.
pub(crate) fn make_private(options: &mut OpenOptions) {
    platform::make_private(options);
}

/// Whether nobody but the person could have made it.
pub(crate) fn is_own(file: &File) -> io::Result<bool> {
    platform::is_own(file)
}

/// A folder that only its owner may enter; one that is there is left as it is.
pub(crate) fn make_private_dir(dir: &Path) -> Result<(), Failure> {
    make_dir(&dir.join("inside"))
}

fn make_dir(path: &Path) -> Result<(), Failure> {
    match path.parent() {
        Some(dir) if !dir.is_dir() => {
            platform::make_private_dir(dir).map_err(|error| failure("can't make the folder", dir, &error))
        }
        _ => Ok(()),
    }
}

fn refused(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure { code: Code::FileRefused, ..failure(what, path, error) }
}

fn failure(what: &str, path: &Path, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::PermissionDenied => "check who may read and write the file and its folder",
        ErrorKind::ReadOnlyFilesystem => {
            "the disk can only be read: make it writable, or choose another place"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk and try again",
        _ => "check the path and its folder; nothing was changed",
    };
    Failure::new(Code::Failed, format!("{what} {}", path.display()), hint).with_detail(error)
}

#[cfg(test)]
mod tests;
