//! Linux: what is in the `PATH`, Snap and Flatpak.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::browser::Known;

use super::Place;
use crate::environment::Environment;

/// A program that a desktop session starts may have a short `PATH`.
const USUAL_DIRS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/snap/bin"];

/// A browser's names here.
struct Names {
    programs: &'static [&'static str],
    /// Below the folder of configurations.
    data: &'static str,
    flatpak: &'static str,
}

fn names(known: Known) -> Names {
    let (programs, data, flatpak): (&[&str], _, _) = match known {
        Known::Firefox => (&["firefox", "firefox-esr"], "mozilla/firefox", "org.mozilla.firefox"),
        Known::Chrome => (&["google-chrome", "google-chrome-stable"], "google-chrome", "com.google.Chrome"),
        Known::Edge => (&["microsoft-edge", "microsoft-edge-stable"], "microsoft-edge", "com.microsoft.Edge"),
        Known::Brave => (&["brave-browser", "brave"], "BraveSoftware/Brave-Browser", "com.brave.Browser"),
        Known::Vivaldi => (&["vivaldi", "vivaldi-stable"], "vivaldi", "com.vivaldi.Vivaldi"),
        Known::Chromium => (&["chromium", "chromium-browser"], "chromium", "org.chromium.Chromium"),
    };
    Names { programs, data, flatpak }
}

pub(super) fn places(known: Known, environment: &Environment) -> Vec<Place> {
    let Names { programs, data, flatpak } = names(known);
    let Some(home) = environment.home() else { return Vec::new() };
    let mut dirs = environment.paths("PATH");
    dirs.retain(|dir| dir.is_absolute());
    dirs.extend(USUAL_DIRS.map(PathBuf::from));
    let mut places = Vec::new();
    for name in programs {
        places.extend(dirs.iter().map(|dir| Place {
            program: dir.join(name),
            data_dirs: data_dirs(known, data, environment, &home, dir.starts_with("/snap")),
        }));
    }
    let sandbox = home.join(".var/app").join(flatpak);
    for dir in [PathBuf::from("/var/lib/flatpak"), home.join(".local/share/flatpak")] {
        let data_dirs = match known {
            Known::Firefox => vec![sandbox.join(".mozilla/firefox"), sandbox.join("config").join(data)],
            _ => vec![sandbox.join("config").join(data)],
        };
        places.push(Place { program: dir.join("exports/bin").join(flatpak), data_dirs });
    }
    places
}

fn data_dirs(known: Known, data: &str, environment: &Environment, home: &Path, snap: bool) -> Vec<PathBuf> {
    let config = environment.path("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    // New installations of Firefox have theirs among the configurations, unless there is the old folder.
    match known {
        Known::Firefox if snap => vec![home.join("snap/firefox/common/.mozilla/firefox")],
        Known::Firefox => vec![home.join(".mozilla/firefox"), config.join(data)],
        Known::Chromium if snap => vec![home.join("snap/chromium/common/chromium")],
        _ => vec![config.join(data)],
    }
}

/// Ctrl-C in our terminal is not meant for the browser.
pub(super) fn detach(command: &mut Command) {
    command.process_group(0);
}
