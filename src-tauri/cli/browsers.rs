//! `rolecall browsers`: what the console can be opened in.

use domain::browser::{Browser, Family, Known, Profile};
use domain::failure::Failure;
use domain::text;
use serde::Serialize;

use crate::args::Browsers;
use crate::print;
use crate::run::World;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// As in the settings. None: a program that nobody knows.
    name: Option<&'static str>,
    program: String,
    /// Whether an add-on can bring containers.
    containers: bool,
    profiles: Vec<ProfileRow>,
}

#[derive(Serialize)]
struct ProfileRow {
    name: String,
    folder: String,
}

pub(crate) fn run(world: &World, request: &Browsers) -> Result<(), Failure> {
    let browsers = world.engine.browsers();
    for browser in &browsers {
        if let Some(trouble) = &browser.trouble {
            print::warning(&format!("the profiles of {} are not known: {trouble}", browser.label()));
        }
    }
    if request.json {
        return print::json(&browsers.iter().map(row).collect::<Vec<_>>());
    }
    if browsers.is_empty() {
        print::note(
            "no browser was found that has profiles; in settings.toml, [browser] program = \"/a/path\" names one",
        );
        return Ok(());
    }
    let cells: Vec<Vec<String>> = browsers.iter().flat_map(lines).collect();
    print::data(&print::table(&["BROWSER", "PROFILE", "FOLDER", "CONTAINERS", "PROGRAM"], &cells))
}

fn row(browser: &Browser) -> Row {
    let profiles = browser.profiles.iter();
    let profile = |p: &Profile| ProfileRow { name: p.name.clone(), folder: p.folder() };
    Row {
        name: browser.known.map(Known::as_str),
        program: browser.program.display().to_string(),
        containers: browser.family() == Family::Firefox,
        profiles: profiles.map(profile).collect(),
    }
}

/// A line for each profile, and one for a browser that has none yet.
fn lines(browser: &Browser) -> Vec<Vec<String>> {
    let containers = if browser.family() == Family::Firefox { "with an add-on" } else { "no" };
    let program = browser.program.display().to_string();
    let line = |name: &str, folder: &str| {
        let known = browser.known.map_or("-", Known::as_str);
        let shown = [known, name, folder, containers, &program];
        shown.map(|cell| text::line(cell).into_owned()).to_vec()
    };
    if browser.profiles.is_empty() {
        return vec![line("-", "-")];
    }
    browser.profiles.iter().map(|profile| line(&profile.name, &profile.folder())).collect()
}
