//! The browsers of this computer and their profiles, and opening the console in one of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use domain::browser::{self, Browser, Family, Known, Launch, Of, Program, Wish};
use domain::failure::{Code, Failure};
use domain::ids::GrantId;
use domain::secret::Secret;

use crate::Engine;
use crate::browser::{open, open_secretly, open_secretly_by};
use crate::environment::Environment;
use crate::{files, prompt};

#[cfg_attr(target_os = "linux", path = "browsers/linux.rs")]
#[cfg_attr(target_os = "macos", path = "browsers/macos.rs")]
#[cfg_attr(windows, path = "browsers/windows.rs")]
mod platform;

/// How long the desktop's own browser may take to come for a page.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same, where a profile is made first, or a person asked whether an add-on may open the page.
const LONG_PATIENCE: Duration = Duration::from_mins(1);
/// The files in which browsers list their profiles are far smaller.
const LARGEST: u64 = 16 << 20;

/// Where a browser may be on this computer.
struct Place {
    program: PathBuf,
    /// Where its profiles may lie; in the last one if there are none yet.
    data_dirs: Vec<PathBuf>,
}

impl Engine {
    /// The browsers of this computer, in the order of [`Known::ALL`], and those that the settings name by their paths.
    pub fn browsers(&self) -> Vec<Browser> {
        let of_portals = self.settings.portals.iter().filter_map(|portal| portal.browser.as_ref());
        let choices = [&self.settings.browser].into_iter().chain(of_portals);
        found(&self.environment, choices.filter_map(|choice| choice.program.as_ref()))
    }

    /// Opens the console of a grant, whose address `url` is a secret, where the person wants it: in a container or a
    /// profile, or as the desktop opens any page. Blocks until a browser has come for it; returns which browser that
    /// is, unless it is the desktop's own.
    pub fn show_console(
        &self,
        grant: &GrantId,
        url: &Secret,
        wish: &Wish,
    ) -> Result<Option<String>, Failure> {
        let Some(launch) = self.launch(grant, wish)? else {
            return open_secretly(url, PATIENCE).map(|()| None);
        };
        show_by(&launch, url)
    }

    /// The same for an address that is no secret, such as that of the portal's own page. The desktop's own browser is
    /// handed it as it is; any other is waited for all the same, because only then it is known that it came.
    pub fn show_page(&self, grant: &GrantId, url: &str, wish: &Wish) -> Result<Option<String>, Failure> {
        let Some(launch) = self.launch(grant, wish)? else { return open(url).map(|()| None) };
        show_by(&launch, &Secret::new(url.to_owned()))
    }

    /// How the consoles of a grant are opened. `None`: as the desktop opens any page.
    fn launch(&self, grant: &GrantId, wish: &Wish) -> Result<Option<Launch>, Failure> {
        let choice = self.settings.browser_of(&grant.portal).with(wish);
        if choice.is_default() {
            return Ok(None);
        }
        let label = prompt::label(&self.folders, grant);
        let catalogues = if choice.compares_accounts() { self.known_catalogues() } else { Vec::new() };
        let of = Of { grant, account_name: &label.account_name, catalogues: &catalogues };
        let found = found(&self.environment, choice.program.as_ref());
        browser::launch(&choice, &of, label.colour, &found)
    }
}

fn show_by(launch: &Launch, url: &Secret) -> Result<Option<String>, Failure> {
    if let Some(dir) = &launch.profile_dir {
        files::make_private_dir(dir)?;
    }
    open_secretly_by(url, LONG_PATIENCE, launch.if_nobody_comes(), |address| {
        start(&launch.program, &launch.words(address), &launch.place).map(Some)
    })?;
    Ok(Some(launch.place.clone()))
}

/// Starts a browser that goes on without us, and says nothing in our terminal.
fn start(program: &Path, words: &[std::ffi::OsString], place: &str) -> Result<Child, Failure> {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    platform::detach(&mut command);
    command.spawn().map_err(|error| {
        let hint = "run `rolecall browsers` to see what there is, or use --print";
        Failure::new(Code::Failed, format!("{place} can't be started"), hint).with_detail(error)
    })
}

fn found<'a>(environment: &Environment, named: impl IntoIterator<Item = &'a Program>) -> Vec<Browser> {
    let usual = Known::ALL.into_iter().filter_map(|known| {
        let places = platform::places(known, environment);
        let place = places.into_iter().find(|place| place.program.is_file())?;
        Some(look(Some(known), place.program, false, &place.data_dirs))
    });
    let mut found: Vec<Browser> = usual.collect();
    for program in named {
        let Program::Path(path) = program else { continue };
        if !path.is_file() || found.iter().any(|browser| browser.program == *path) {
            continue;
        }
        let known = program.known();
        // Its profiles are taken to be where that browser usually has them.
        let usual = known.into_iter().flat_map(|known| platform::places(known, environment));
        let data_dirs: Vec<PathBuf> = usual.flat_map(|place| place.data_dirs).collect();
        found.push(look(known, path.clone(), true, &data_dirs));
    }
    found
}

/// A browser with the profiles in the first of these folders that has some.
fn look(known: Option<Known>, program: PathBuf, is_elsewhere: bool, data_dirs: &[PathBuf]) -> Browser {
    let mut browser =
        Browser { known, program, is_elsewhere, data_dir: None, profiles: Vec::new(), trouble: None };
    let list = match browser.family() {
        Family::Firefox => "profiles.ini",
        Family::Chromium => "Local State",
    };
    let there = data_dirs.iter().find(|dir| fs::symlink_metadata(dir.join(list)).is_ok());
    browser.data_dir = there.or(data_dirs.last()).cloned();
    let Some(dir) = there else { return browser };
    let path = dir.join(list);
    let profiles = files::read_text_of_others(&path, LARGEST).map(|text| match browser.family() {
        Family::Firefox => Some(browser::firefox_profiles(&text.unwrap_or_default(), dir)),
        Family::Chromium => browser::chromium_profiles(&text.unwrap_or_default()),
    });
    match profiles {
        Ok(Some(profiles)) => browser.profiles = profiles,
        Ok(None) => browser.trouble = Some(format!("{} can't be understood", path.display())),
        Err(failure) => browser.trouble = Some(failure.to_string()),
    }
    browser
}
