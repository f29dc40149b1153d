//! What only Windows does.

use std::fs::OpenOptions;
use std::os::windows::fs::OpenOptionsExt;
use std::thread;
use std::time::Duration;

use super::*;

/// `FILE_SHARE_READ` (winnt.h): as Python opens a file, and the AWS CLI with it, but for writing.
const SHARE_READ: u32 = 1;

#[test]
fn a_file_that_somebody_reads_is_replaced_when_they_have_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config");
    fs::write(&path, "old").unwrap();
    let reader = OpenOptions::new().read(true).share_mode(SHARE_READ).open(&path).unwrap();
    let reading = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        drop(reader);
    });
    replace(&path, b"new").unwrap();
    reading.join().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
}
