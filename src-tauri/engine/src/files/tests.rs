use tempfile::TempDir;

use super::*;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// Names and contents of the backups beside `path`, in the order of their names.
fn backups(path: &Path) -> Vec<(String, String)> {
    let Ok(dir) = fs::read_dir(path.with_file_name("rolecall-backups")) else { return Vec::new() };
    let mut all: Vec<PathBuf> = dir.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let name = |p: &Path| p.file_name().unwrap().to_str().unwrap().to_owned();
    all.iter().map(|p| (name(p), text(p))).collect()
}

/// Names of all that lies in the folder.
fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_not_there_is_read_as_nothing_and_made_with_its_folder() {
    let dir = folder();
    let path = dir.path().join("new/deep/config");
    assert_eq!(read(&path).unwrap(), None);
    replace_theirs(&path, None, b"one", second(0)).unwrap();
    assert_eq!(text(&path), "one");
    assert_eq!(names(path.parent().unwrap()), ["config"], "neither backup nor scraps");
    remove(&path).unwrap();
    remove(&path).unwrap();
    replace(&path, b"two").unwrap();
    assert_eq!(read(&path).unwrap().as_deref(), Some(&b"two"[..]));
}

#[test]
fn the_old_content_is_kept_beside_the_file() {
    let dir = folder();
    let path = dir.path().join("config");
    fs::write(&path, "old\r\n\0\u{feff}").unwrap();
    replace_theirs(&path, Some("old\r\n\0\u{feff}".as_bytes()), b"new", second(0)).unwrap();
    assert_eq!(text(&path), "new");
    let kept = ("config.20231114T221320.000000Z".to_owned(), "old\r\n\0\u{feff}".to_owned());
    assert_eq!(backups(&path), [kept]);
    assert_eq!(names(dir.path()), ["config", "rolecall-backups"]);
}

#[test]
fn the_first_backup_stays_and_the_last_ten() {
    let dir = folder();
    let path = dir.path().join("config");
    fs::write(&path, "0").unwrap();
    // A file whose name begins alike has backups of its own.
    let other = dir.path().join("config.old");
    fs::write(&other, "x").unwrap();
    for n in 0..15 {
        replace_theirs(&other, Some(b"x"), b"x", second(n)).unwrap();
    }
    for n in 0..30_i64 {
        let before = n.to_string();
        replace_theirs(&path, Some(before.as_bytes()), (n + 1).to_string().as_bytes(), second(n)).unwrap();
    }
    let of = |start: &str| {
        let of = |(name, content): (String, String)| name.starts_with(start).then_some(content);
        backups(&path).into_iter().filter_map(of).collect::<Vec<_>>()
    };
    assert_eq!(of("config.2"), ["0", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29"]);
    assert_eq!(of("config.old.").len(), 11);
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let check = |there: Option<&str>, before: Option<&str>| {
        let dir = folder();
        let path = dir.path().join("config");
        if let Some(content) = there {
            fs::write(&path, content).unwrap();
        }
        let before = before.map(str::as_bytes);
        let failure = replace_theirs(&path, before, b"new", second(0)).unwrap_err();
        assert_eq!(failure.code, Code::FileRefused);
        assert!(failure.summary.contains("changed by another program"), "{failure}");
        assert_eq!(path.exists().then(|| text(&path)).as_deref(), there);
        assert_eq!(names(dir.path()).len(), there.iter().len(), "no backup and no scraps");
    };
    check(Some("theirs"), Some("old"));
    check(Some("theirs"), None);
    check(Some(""), None);
    check(None, Some("old"));
}

#[test]
fn a_file_too_large_to_be_ours_is_refused() {
    let dir = folder();
    let path = dir.path().join("config");
    // Sparse: takes no room.
    File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
    let failure = read(&path).unwrap_err();
    assert!(failure.to_string().contains("64 MiB"), "{failure}");
    File::options().write(true).open(&path).unwrap().set_len(7).unwrap();
    assert_eq!(read(&path).unwrap(), Some(vec![0; 7]));
}

#[test]
fn what_cannot_be_written_is_said_and_the_rest_is_as_it_was() {
    let dir = folder();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    // A file where a folder should be.
    let below = file.join("config");
    if cfg!(unix) {
        assert!(read(&below).is_err());
    } else {
        // Windows does not tell it from a folder that is not there.
        assert_eq!(read(&below).unwrap(), None);
    }
    assert_eq!(replace(&below, b"new").unwrap_err().code, Code::Failed);
    assert!(lock(&below, Duration::ZERO).is_err());
    // A folder where a file should be.
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    assert!(replace(&folder, b"new").is_err());
    assert!(read(&folder).is_err());
    assert_eq!(names(dir.path()), ["file", "folder"]);
}

#[test]
fn one_at_a_time_holds_a_lock() {
    let dir = folder();
    let path = dir.path().join("locks/usage.lock");
    let held = lock(&path, Duration::ZERO).unwrap().unwrap();
    assert!(lock(&path, Duration::ZERO).unwrap().is_none(), "held");
    assert!(lock(&path, Duration::from_millis(30)).unwrap().is_none(), "still held");
    let (tell, told) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let lock = lock(&path, Duration::from_secs(20)).unwrap();
            tell.send(lock.is_some()).unwrap();
        });
        assert!(told.recv_timeout(Duration::from_millis(50)).is_err(), "it waits");
        drop(held);
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(true));
    });
    assert!(lock(&path, Duration::ZERO).unwrap().is_some(), "its end ends the lock");
}

#[test]
fn under_a_lock_no_update_is_lost() {
    let dir = folder();
    let (path, count) = (dir.path().join("lock"), dir.path().join("count"));
    replace(&count, b"0").unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let _lock = lock(&path, Duration::from_mins(1)).unwrap().unwrap();
                    let n: u32 = text(&count).parse().unwrap();
                    replace(&count, (n + 1).to_string().as_bytes()).unwrap();
                }
            });
        }
    });
    assert_eq!(text(&count), "40");
}

#[test]
fn a_reader_sees_the_old_or_the_new_content_whole() {
    let dir = folder();
    let path = dir.path().join("state.json");
    let contents = ["a".repeat(100_000), "b".repeat(3)];
    replace(&path, contents[0].as_bytes()).unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 0..40 {
                replace(&path, contents[n % 2].as_bytes()).unwrap();
            }
        });
        while !writer.is_finished() {
            assert!(contents.contains(&text(&path)));
        }
    });
    assert_eq!(names(dir.path()), ["state.json"]);
}
