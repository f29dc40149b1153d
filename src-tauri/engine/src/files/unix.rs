//! Permissions and folders on Linux and macOS.

use std::fs::{self, DirBuilder, File, FileType, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Whether reading it ends: a regular file, or a device such as `/dev/null`, which some people name to say
/// "none".
pub(super) fn is_readable(kind: FileType) -> bool {
    kind.is_file() || kind.is_char_device()
}

/// Makes `file` readable and writable by the same people as `like`.
pub(super) fn copy_permissions(like: &Path, file: &File) -> io::Result<()> {
    let theirs = fs::metadata(like)?;
    let ours = file.metadata()?;
    if (theirs.uid(), theirs.gid()) != (ours.uid(), ours.gid()) {
        // Root editing a person's file must leave it theirs; anybody else may not give files away, and then
        // the file is refused rather than taken over.
        let changed = fchown(file, Some(theirs.uid()), Some(theirs.gid()));
        // A group that one is not in can't be given; whose file it is stays the same.
        if theirs.uid() != ours.uid() {
            changed?;
        }
    }
    file.set_permissions(theirs.permissions())
}

/// A new file in this folder, for the person alone.
pub(super) fn make_beside(named: &Builder<'_, '_>, dir: &Path) -> io::Result<NamedTempFile> {
    named.tempfile_in(dir)
}

/// Renames the file to its place.
pub(super) fn put_in_place(beside: NamedTempFile, path: &Path) -> io::Result<()> {
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Makes a rename survive a power cut. Not every file system can; the content is whole either way.
pub(super) fn sync_dir(dir: &Path) {
    if let Ok(dir) = File::open(dir) {
        let _ = dir.sync_all();
    }
}

/// Makes the folder and its parents, for the person alone.
pub(super) fn make_private_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// What tells a file from the one that took its place.
pub(super) fn file_id(metadata: &Metadata) -> u64 {
    metadata.ino()
}

/// Files that are made so are for the person alone.
pub(super) fn make_private(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Whether it is the person's.
pub(super) fn is_own(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.uid() == rustix::process::geteuid().as_raw())
}

/// Takes reading and writing from everybody but the owner.
pub(super) fn make_owners_alone(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    let closed = mode & 0o700;
    if mode & 0o777 == closed { Ok(()) } else { fs::set_permissions(path, Permissions::from_mode(closed)) }
}
