//! Permissions and folders on Windows, where a profile folder's access list is inherited.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::{Builder, NamedTempFile};

/// Reading a file takes no such time.
const WHILE_READ: Duration = Duration::from_secs(2);
/// `ERROR_ACCESS_DENIED` and `ERROR_SHARING_VIOLATION` (winerror.h).
const HELD: [i32; 2] = [5, 32];

/// Whether reading it ends.
pub(super) fn is_readable(kind: FileType) -> bool {
    kind.is_file()
}

/// Copies the read-only mark; who may read is inherited from the folder.
pub(super) fn copy_permissions(like: &Path, file: &File) -> io::Result<()> {
    file.set_permissions(fs::metadata(like)?.permissions())
}

/// A new file in this folder. Not marked as temporary, as Windows would have it: it is going to stay.
pub(super) fn make_beside(named: &Builder<'_, '_>, dir: &Path) -> io::Result<NamedTempFile> {
    named.make_in(dir, |path| File::options().read(true).write(true).create_new(true).open(path))
}

/// Renames the file to its place. Most programs keep a file from being replaced for as long as they read it, and AWS
/// tools read theirs at every start.
pub(super) fn put_in_place(beside: NamedTempFile, path: &Path) -> io::Result<()> {
    let beside = beside.into_temp_path();
    let deadline = Instant::now() + WHILE_READ;
    loop {
        match fs::rename(&beside, path) {
            Err(error) if is_held(&error) && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(1));
            }
            done => return done,
        }
    }
}

fn is_held(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| HELD.contains(&code))
}

/// NTFS journals renames.
pub(super) fn sync_dir(_dir: &Path) {}

/// Makes the folder and its parents; inside a person's profile they are private.
pub(super) fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// What tells a file from the one that took its place: the moment it was made.
pub(super) fn file_id(metadata: &Metadata) -> u64 {
    metadata.creation_time()
}

/// Inside a person's profile files are private.
pub(super) fn make_private(_options: &mut OpenOptions) {}

/// Whose a file is, is not asked here: what is done with it has to rest on more than that.
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(super) fn is_own(_file: &File) -> io::Result<bool> {
    Ok(true)
}

/// Inside a person's profile files are private.
pub(super) fn make_owners_alone(path: &Path) -> io::Result<()> {
    fs::metadata(path).map(drop)
}
