//! macOS: applications of everybody and of the person.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use domain::browser::Known;

use super::Place;
use crate::environment::Environment;

/// A browser's application, and its folder below `Application Support`.
fn names(known: Known) -> (&'static str, &'static str) {
    match known {
        Known::Firefox => ("Firefox", "Firefox"),
        Known::Chrome => ("Google Chrome", "Google/Chrome"),
        Known::Edge => ("Microsoft Edge", "Microsoft Edge"),
        Known::Brave => ("Brave Browser", "BraveSoftware/Brave-Browser"),
        Known::Vivaldi => ("Vivaldi", "Vivaldi"),
        Known::Chromium => ("Chromium", "Chromium"),
    }
}

pub(super) fn places(known: Known, environment: &Environment) -> Vec<Place> {
    let Some(home) = environment.home() else { return Vec::new() };
    let (application, data) = names(known);
    // Firefox names its own program in lower case.
    let program = if known == Known::Firefox { "firefox" } else { application };
    let inside = format!("{application}.app/Contents/MacOS/{program}");
    let place = |dir: PathBuf| Place {
        program: dir.join(&inside),
        data_dirs: vec![home.join("Library/Application Support").join(data)],
    };
    [PathBuf::from("/Applications"), home.join("Applications")].into_iter().map(place).collect()
}

/// Ctrl-C in our terminal is not meant for the browser.
pub(super) fn detach(command: &mut Command) {
    command.process_group(0);
}
