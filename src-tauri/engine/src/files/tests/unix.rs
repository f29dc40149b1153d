//! Links, permissions and owners.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn links_are_followed_and_stay() {
    let dir = folder();
    let path = dir.path().join("aws/config");
    fs::create_dir_all(dir.path().join("dotfiles/real")).unwrap();
    fs::create_dir(dir.path().join("aws")).unwrap();
    // A link to a link to a file; each relative to its own folder.
    symlink("../dotfiles/config", &path).unwrap();
    symlink("real/aws-config", dir.path().join("dotfiles/config")).unwrap();
    let target = dir.path().join("dotfiles/real/aws-config");
    fs::write(&target, "old").unwrap();
    replace_theirs(&path, Some(b"old"), b"new", second(0)).unwrap();
    assert_eq!(text(&target), "new");
    assert!(path.is_symlink() && dir.path().join("dotfiles/config").is_symlink());
    assert_eq!(backups(&path).len(), 1, "beside the name that the person knows");
    assert_eq!(names(&dir.path().join("dotfiles/real")), ["aws-config"]);
}

#[test]
fn a_link_to_nothing_gets_its_file() {
    let dir = folder();
    let (path, target) = (dir.path().join("config"), dir.path().join("target"));
    symlink(&target, &path).unwrap();
    assert_eq!(read(&path).unwrap(), None);
    replace_theirs(&path, None, b"new", second(0)).unwrap();
    assert_eq!(text(&target), "new");
    assert!(path.is_symlink());
}

#[test]
fn links_in_a_circle_are_refused() {
    let dir = folder();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    symlink(&one, &two).unwrap();
    symlink(&two, &one).unwrap();
    assert_eq!(replace_theirs(&one, None, b"new", second(0)).unwrap_err().code, Code::FileRefused);
    assert_eq!(names(dir.path()), ["one", "two"]);
}

#[test]
fn permissions_stay_and_new_files_are_private() {
    let dir = folder();
    let path = dir.path().join("deep/config");
    replace_theirs(&path, None, b"0", second(0)).unwrap();
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    for (n, expected) in (1..).zip([0o644, 0o600, 0o640, 0o664]) {
        fs::set_permissions(&path, fs::Permissions::from_mode(expected)).unwrap();
        let before = (n - 1).to_string();
        replace_theirs(&path, Some(before.as_bytes()), n.to_string().as_bytes(), second(n)).unwrap();
        assert_eq!(mode(&path), expected);
        let backup = path.with_file_name("rolecall-backups").join(&backups(&path).last().unwrap().0);
        assert_eq!(mode(&backup), expected, "a backup is no more public than the file");
    }
    assert_eq!(mode(&path.with_file_name("rolecall-backups")), 0o700);
    replace(&path, b"ours").unwrap();
    assert_eq!(mode(&path), 0o600);
}

/// Root could replace it all the same; but somebody meant it not to be changed.
#[test]
fn a_file_that_is_marked_read_only_is_refused() {
    let dir = folder();
    let path = dir.path().join("config");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let failure = replace_theirs(&path, Some(b"old"), b"new", second(1)).unwrap_err();
    assert_eq!(failure.code, Code::FileRefused);
    assert_eq!((fs::read(&path).unwrap(), names(dir.path())), (b"old".to_vec(), vec!["config".to_owned()]));
}

/// Root, in a container for example, edits the file of a person: it must stay theirs.
#[test]
fn the_owner_stays() {
    let dir = folder();
    let path = dir.path().join("config");
    fs::write(&path, "old").unwrap();
    // Only root may give files away; everybody else owns what they edit.
    let given = chown(&path, Some(12_345), Some(54_321)).is_ok();
    let owner = |path: &Path| fs::metadata(path).map(|m| (m.uid(), m.gid())).unwrap();
    let before = owner(&path);
    assert_eq!(given, before == (12_345, 54_321));
    replace_theirs(&path, Some(b"old"), b"new", second(0)).unwrap();
    assert_eq!(owner(&path), before);
    assert_eq!(text(&path), "new");
}

#[test]
#[cfg(target_os = "linux")]
fn a_place_that_cannot_be_written_is_refused() {
    let failure = replace_theirs(Path::new("/proc/config"), None, b"new", second(0)).unwrap_err();
    assert_eq!(failure.code, Code::FileRefused);
    let dir = folder();
    let path = dir.path().join("config");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let done = replace_theirs(&path, Some(b"old"), b"new", second(0));
    let root = fs::metadata(&path).unwrap().uid() == 0;
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    match done {
        Ok(()) => assert!(root, "only root may write everywhere"),
        Err(failure) => {
            assert_eq!(failure.code, Code::FileRefused);
            assert!(failure.hint.contains("who may read and write"), "{}", failure.hint);
            assert_eq!((text(&path).as_str(), names(dir.path()).len()), ("old", 1));
        }
    }
}
