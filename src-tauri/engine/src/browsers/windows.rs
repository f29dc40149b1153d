//! Windows: programs of everybody and of the person.

use std::os::windows::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use domain::browser::Known;

use super::Place;
use crate::environment::Environment;

/// `CREATE_NEW_PROCESS_GROUP` and `DETACHED_PROCESS` (Windows, "Process Creation Flags").
const DETACHED: u32 = 0x0000_0200 | 0x0000_0008;

/// A browser's program below the folders of programs, and its data below the person's folders for those.
fn names(known: Known) -> (&'static str, &'static str) {
    match known {
        Known::Firefox => (r"Mozilla Firefox\firefox.exe", r"Mozilla\Firefox"),
        Known::Chrome => (r"Google\Chrome\Application\chrome.exe", r"Google\Chrome\User Data"),
        Known::Edge => (r"Microsoft\Edge\Application\msedge.exe", r"Microsoft\Edge\User Data"),
        Known::Brave => {
            (r"BraveSoftware\Brave-Browser\Application\brave.exe", r"BraveSoftware\Brave-Browser\User Data")
        }
        Known::Vivaldi => (r"Vivaldi\Application\vivaldi.exe", r"Vivaldi\User Data"),
        Known::Chromium => (r"Chromium\Application\chrome.exe", r"Chromium\User Data"),
    }
}

pub(super) fn places(known: Known, environment: &Environment) -> Vec<Place> {
    let (program, data) = names(known);
    let data_of = if known == Known::Firefox { "APPDATA" } else { "LOCALAPPDATA" };
    let data_dirs: Vec<PathBuf> = environment.path(data_of).map(|dir| dir.join(data)).into_iter().collect();
    let dirs = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
    let dirs = dirs.into_iter().filter_map(|name| environment.path(name));
    dirs.map(|dir| Place { program: dir.join(program), data_dirs: data_dirs.clone() }).collect()
}

/// Ctrl-C in our terminal is not meant for the browser.
pub(super) fn detach(command: &mut Command) {
    command.creation_flags(DETACHED);
}
