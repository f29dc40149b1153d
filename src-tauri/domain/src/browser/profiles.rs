//! The profiles that browsers have, from their own files. Those are only read, and may hold anything.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

/// Nobody has more.
const MOST: usize = 500;

/// A profile of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What the person called it: any text.
    pub name: String,
    /// Chromium: the name of its folder. Firefox: the folder.
    pub dir: PathBuf,
}

impl Profile {
    /// The name of its folder.
    pub fn folder(&self) -> String {
        super::folder(&self.dir)
    }
}

/// The profiles in the file `Local State` of a Chromium. `None`: it can't be understood.
///
/// A folder whose name is more than that is left out, because it would name a place outside of the browser's.
pub fn chromium_profiles(local_state: &str) -> Option<Vec<Profile>> {
    let state: Value = serde_json::from_str(local_state).ok()?;
    let Some(profiles) = state.as_object()?.get("profile") else { return Some(Vec::new()) };
    let Some(cache) = profiles.as_object()?.get("info_cache") else { return Some(Vec::new()) };
    let profile = |(dir, info): (&String, &Value)| {
        let name = info.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
        Profile { name: name.unwrap_or(dir).to_owned(), dir: dir.into() }
    };
    Some(cache.as_object()?.iter().filter(|(dir, _)| is_folder(dir)).map(profile).take(MOST).collect())
}

/// The profiles in Firefox's `profiles.ini`, which lies in `base`.
pub fn firefox_profiles(ini: &str, base: &Path) -> Vec<Profile> {
    let mut profiles = Vec::new();
    for section in sections(ini) {
        let value = |wanted: &str| {
            section
                .iter()
                .filter_map(|line| line.split_once('='))
                .find(|(key, _)| *key == wanted)
                .map(|(_, v)| v)
        };
        let (Some(name), Some(path)) = (value("Name"), value("Path")) else { continue };
        let path = Path::new(path);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
        let dir = match value("IsRelative") {
            Some("0") if path.is_absolute() => path.to_owned(),
            Some("1") if inside => base.join(path),
            _ => continue,
        };
        profiles.push(Profile { name: name.to_owned(), dir });
    }
    profiles.truncate(MOST);
    profiles
}

/// The lines of each `[ProfileN]`.
fn sections(ini: &str) -> Vec<Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    let mut inside = false;
    for line in ini.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.starts_with("[Profile");
            if inside {
                sections.push(Vec::new());
            }
        } else if inside && let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    sections
}

/// Whether it is a name and no way elsewhere.
fn is_folder(name: &str) -> bool {
    let path = Path::new(name);
    let mut parts = path.components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
        && !name.contains(['/', '\\', ':'])
        && !name.chars().any(char::is_control)
        && name.len() <= 255
}
