//! Permissions and folders on Windows, where a profile folder's access list is inherited.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::MetadataExt;
use std::path::Path;

/// Whether reading it ends.
pub(super) fn is_readable(kind: FileType) -> bool {
    kind.is_file()
}

/// Copies the read-only mark; who may read is inherited from the folder.
pub(super) fn copy_permissions(like: &Path, file: &File) -> io::Result<()> {
    file.set_permissions(fs::metadata(like)?.permissions())
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
