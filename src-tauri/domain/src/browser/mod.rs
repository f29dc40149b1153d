//! Which browser the console opens in, and as whom there, so that consoles of several accounts stand side by side.
//!
//! A browser keeps one console session for each set of cookies. Firefox has containers, which an add-on opens by an
//! address; every browser has profiles, which its program opens by name. [`launch`] chooses the program and the words
//! that it is started with; the address that they end with is a one-time one, see `engine::browser`.

mod container;
mod name;
mod profiles;

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::{Code, Failure};
use crate::ids::NotValid;
use crate::mark::Colour;
use crate::text;

use container::Container;

pub use container::Extension;
pub use name::{Name, Of};
pub use profiles::{Profile, chromium_profiles, firefox_profiles};

/// Browsers of a family are told the same things in the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Containers, profiles by folder.
    Firefox,
    /// Profiles by the name of their folder.
    Chromium,
}

/// The browsers that are looked for, in the order in which one is taken where none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Known {
    Firefox,
    Chrome,
    Edge,
    Brave,
    Vivaldi,
    Chromium,
}

impl Known {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Firefox, Self::Chrome, Self::Edge, Self::Brave, Self::Vivaldi, Self::Chromium];

    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Firefox => "firefox",
            Self::Chrome => "chrome",
            Self::Edge => "edge",
            Self::Brave => "brave",
            Self::Vivaldi => "vivaldi",
            Self::Chromium => "chromium",
        }
    }

    /// As its maker writes it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Firefox => "Firefox",
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Brave => "Brave",
            Self::Vivaldi => "Vivaldi",
            Self::Chromium => "Chromium",
        }
    }

    /// How it is told what to do.
    pub fn family(self) -> Family {
        if self == Self::Firefox { Family::Firefox } else { Family::Chromium }
    }

    /// By the name of its program, such as `google-chrome-stable` or `msedge.exe`.
    fn of_program(stem: &str) -> Option<Self> {
        let stem = stem.to_ascii_lowercase();
        // `chromium` before `chrome`, which some of its programs are called.
        let known = [Self::Firefox, Self::Edge, Self::Brave, Self::Vivaldi, Self::Chromium, Self::Chrome];
        known.into_iter().find(|known| stem.contains(known.as_str()))
    }
}

/// A browser as a person names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// One that is looked for where it usually is.
    Known(Known),
    /// The one whose program lies there.
    Path(PathBuf),
}

impl Program {
    /// A name of [`Known::ALL`], or a whole path.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let known = Known::ALL.into_iter().find(|known| known.as_str() == text.to_ascii_lowercase());
        if let Some(known) = known {
            return Ok(Self::Known(known));
        }
        let mut start = text.chars();
        let drive = start.next().is_some_and(|c| c.is_ascii_alphabetic()) && start.next() == Some(':');
        if text.starts_with(['/', '\\']) || drive {
            return Ok(Self::Path(text.into()));
        }
        let why = "should be firefox, chrome, edge, brave, vivaldi, chromium, or the whole path of a program";
        Err(NotValid(why.into()))
    }

    /// As in the settings.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Known(known) => known.as_str().into(),
            Self::Path(path) => path.to_string_lossy(),
        }
    }

    /// Which of the known browsers it is, as far as its name tells.
    pub fn known(&self) -> Option<Known> {
        match self {
            Self::Known(known) => Some(*known),
            Self::Path(path) => Known::of_program(&path.file_stem()?.to_string_lossy()),
        }
    }

    /// What nobody knows is told things as most browsers are, which are made of Chromium.
    pub fn family(&self) -> Family {
        self.known().map_or(Family::Chromium, Known::family)
    }
}

/// What keeps the consoles of accounts apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "BrowserOpen"))]
#[serde(rename_all = "kebab-case")]
pub enum Open {
    /// Nothing: the person's default browser, or the one that they named, as it is.
    #[default]
    Default,
    /// Containers of Firefox.
    FirefoxContainer,
    /// Profiles of a browser.
    Profile,
}

impl Open {
    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::FirefoxContainer => "firefox-container",
            Self::Profile => "profile",
        }
    }

    fn without_containers(self) -> Self {
        if self == Self::FirefoxContainer { Self::Profile } else { self }
    }
}

/// `[browser]` of the settings, or of a portal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What keeps consoles apart.
    pub open: Open,
    /// None: the default browser, or the first of the kind that is wanted.
    pub program: Option<Program>,
    /// The add-on for containers.
    pub extension: Extension,
    /// What container or profile is called.
    pub name: Name,
    /// In a private window.
    pub private: bool,
}

/// What is wanted this once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// In this browser.
    pub program: Option<Program>,
    /// In a container.
    pub container: bool,
    /// In the profile of this name.
    pub profile: Option<Name>,
    /// In a private window.
    pub private: bool,
}

impl Choice {
    /// The choice with what is wanted this once, which takes away what does not go with it.
    #[must_use]
    pub fn with(&self, wish: &Wish) -> Self {
        let mut choice = self.clone();
        if let Some(program) = &wish.program {
            choice.program = Some(program.clone());
            if choice.open == Open::FirefoxContainer && program.family() != Family::Firefox {
                choice.open = Open::Default;
            }
        }
        if wish.private {
            choice.private = true;
            if choice.open == Open::FirefoxContainer {
                choice.open = Open::Default;
            }
        }
        if let Some(name) = &wish.profile {
            choice.open = Open::Profile;
            choice.name = name.clone();
        }
        if wish.container {
            choice.open = Open::FirefoxContainer;
            choice.private = false;
            let settled = wish.program.is_some();
            choice.program = choice.program.filter(|p| settled || p.family() == Family::Firefox);
        }
        choice
    }

    /// The choice with another program. What it can't have in containers it has in profiles: accounts stay apart.
    #[must_use]
    pub fn with_program(&self, program: Option<Program>) -> Self {
        let open = match &program {
            Some(program) if program.family() != Family::Firefox => self.open.without_containers(),
            _ => self.open,
        };
        Self { open, program, ..self.clone() }
    }

    /// The choice with or without private windows, which have no containers.
    #[must_use]
    pub fn with_private(&self, private: bool) -> Self {
        let open = if private { self.open.without_containers() } else { self.open };
        Self { open, private, ..self.clone() }
    }

    /// The choice with consoles kept apart by other means. Containers are Firefox's, and in no private window.
    #[must_use]
    pub fn with_open(&self, open: Open) -> Self {
        let mut choice = Self { open, ..self.clone() };
        if open == Open::FirefoxContainer {
            choice.private = false;
            choice.program.take_if(|program| program.family() != Family::Firefox);
        }
        choice
    }

    /// Whether accounts that are called alike matter, so that all that are known have to be looked at: see
    /// [`Of::catalogues`].
    pub fn compares_accounts(&self) -> bool {
        self.open != Open::Default && self.name.compares_accounts()
    }

    /// Whether the desktop's own way of opening a page will do.
    pub fn is_default(&self) -> bool {
        self.open == Open::Default && self.program.is_none() && !self.private
    }
}

/// A browser that is on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// Which it is, as far as its name tells.
    pub known: Option<Known>,
    /// Where its program lies.
    pub program: PathBuf,
    /// It is not where browsers usually are, but where somebody said.
    pub is_elsewhere: bool,
    /// Where its profiles lie.
    pub data_dir: Option<PathBuf>,
    /// Its profiles, as far as they can be read.
    pub profiles: Vec<Profile>,
    /// Why its profiles can't be read.
    pub trouble: Option<String>,
}

impl Browser {
    /// How it is told what to do.
    pub fn family(&self) -> Family {
        self.known.map_or(Family::Chromium, Known::family)
    }

    /// What people call it. Safe to show.
    pub fn label(&self) -> String {
        self.known.map_or_else(|| shown(&self.program.to_string_lossy()), |known| known.label().to_owned())
    }
}

/// How a browser is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// A folder that has to be there before.
    pub profile_dir: Option<PathBuf>,
    /// Where the console opens, in words that are safe to show: `Firefox, container Payroll`.
    pub place: String,
    words: Vec<OsString>,
    container: Option<Container>,
}

impl Launch {
    /// What to do if the browser was started and does not come for the page, where it takes more than the browser.
    pub fn if_nobody_comes(&self) -> Option<&'static str> {
        Some(match self.container.as_ref()?.extension {
            Extension::Container => {
                "install \u{201c}Open external links in a container\u{201d} in Firefox, and allow it to open the page; or \
                 open consoles in profiles"
            }
            Extension::GrantedContainers => {
                "install Granted's add-on in Firefox, and allow it to open the page; or open consoles in profiles"
            }
        })
    }

    /// The words that open this address, which other programs of the computer can see.
    pub fn words(&self, url: &str) -> Vec<OsString> {
        let address = self.container.as_ref().map_or_else(|| url.to_owned(), |c| c.address(url));
        self.words.iter().cloned().chain([address.into()]).collect()
    }
}

/// How the console of a grant is opened. `None`: as the desktop opens any page. `found` has the browsers of this
/// computer, in the order of [`Known::ALL`], and the one that the choice names by its path.
pub fn launch(
    choice: &Choice,
    of: &Of<'_>,
    colour: Option<Colour>,
    found: &[Browser],
) -> Result<Option<Launch>, Failure> {
    if choice.is_default() {
        return Ok(None);
    }
    let browser = browser(choice, found)?;
    let mut launch = Launch {
        program: browser.program.clone(),
        profile_dir: None,
        place: browser.label(),
        words: Vec::new(),
        container: None,
    };
    match choice.open {
        Open::Default => {}
        Open::FirefoxContainer => {
            let container = Container::of(choice, of, colour);
            launch.place = format!("{}, container {}", launch.place, shown(&container.name));
            launch.words.push("--new-tab".into());
            launch.container = Some(container);
        }
        Open::Profile => profile(&mut launch, choice, of, browser)?,
    }
    if choice.private {
        launch.place.push_str(", private window");
        launch.words.push(private(browser).into());
    }
    Ok(Some(launch))
}

fn browser<'a>(choice: &Choice, found: &'a [Browser]) -> Result<&'a Browser, Failure> {
    const LOOK: &str =
        "run `rolecall browsers` to see what there is; `--browser` also takes the path of a program";
    let containers = choice.open == Open::FirefoxContainer;
    match &choice.program {
        Some(program) => {
            if containers && program.family() != Family::Firefox {
                let hint = "name Firefox, or use --browser-profile in place of --container";
                return Err(Failure::new(Code::Usage, "only Firefox has containers", hint));
            }
            let is_it = |browser: &&Browser| match program {
                Program::Known(known) => browser.known == Some(*known),
                Program::Path(path) => browser.program == *path,
            };
            let name = match program {
                Program::Known(known) => known.label().into(),
                Program::Path(path) => path.to_string_lossy(),
            };
            let missing =
                || Failure::new(Code::Failed, format!("{name} was not found on this computer"), LOOK);
            found.iter().find(is_it).ok_or_else(missing)
        }
        None if containers => {
            found.iter().find(|browser| browser.family() == Family::Firefox).ok_or_else(|| {
                Failure::new(
                    Code::Failed,
                    "containers want Firefox, which was not found on this computer",
                    LOOK,
                )
            })
        }
        None => found.first().ok_or_else(|| {
            Failure::new(Code::Failed, "no browser was found that has profiles and private windows", LOOK)
        }),
    }
}

/// The profile of that name, if there is one. Else one of ours, which the browser makes when it is first used: a name
/// without placeholders is that of a profile which should be there, and probably misspelt.
fn profile(launch: &mut Launch, choice: &Choice, of: &Of<'_>, browser: &Browser) -> Result<(), Failure> {
    let name = choice.name.of(of);
    let named: Vec<&Profile> = browser.profiles.iter().filter(|profile| profile.name == name).collect();
    let of_folder = browser.profiles.iter().find(|profile| profile.folder() == name);
    let ours = choice.name.folder(of);
    let dir = match (named.as_slice(), of_folder) {
        ([one], _) => one.dir.clone(),
        ([], Some(one)) => one.dir.clone(),
        _ if choice.name.varies() => match browser.family() {
            Family::Chromium => ours.into(),
            Family::Firefox => browser.data_dir.as_deref().unwrap_or(Path::new("")).join(ours),
        },
        (several, _) => return Err(no_single(browser, &name, several)),
    };
    let known = browser.profiles.iter().find(|profile| profile.dir == dir);
    let label = known.map_or_else(|| folder(&dir), |profile| profile.name.clone());
    launch.place = format!("{}, profile {}", launch.place, shown(&label));
    match browser.family() {
        Family::Chromium => {
            let mut word = OsString::from("--profile-directory=");
            word.push(&dir);
            launch.words.extend([word, "--no-first-run".into(), "--no-default-browser-check".into()]);
        }
        Family::Firefox => {
            launch.words.extend(["--profile".into(), dir.clone().into()]);
            // Firefox makes the profile, but not its folder.
            launch.profile_dir = Some(dir);
        }
    }
    Ok(())
}

fn no_single(browser: &Browser, name: &str, several: &[&Profile]) -> Failure {
    let (label, name) = (browser.label(), shown(name));
    let folders = |profiles: &mut dyn Iterator<Item = &Profile>| {
        let mut names: Vec<String> = profiles.map(|profile| shown(&profile.folder())).collect();
        names.truncate(10);
        names.join(", ")
    };
    if !several.is_empty() {
        let hint = format!("name its folder: {}", folders(&mut several.iter().copied()));
        return Failure::new(
            Code::NoSingleMatch,
            format!("{label} has several profiles called {name}"),
            hint,
        );
    }
    let hint = "run `rolecall browsers` to see the profiles; {account} in the name gives each account one of its own";
    Failure::new(Code::NoSingleMatch, format!("{label} has no profile called {name}"), hint)
}

fn private(browser: &Browser) -> &'static str {
    match (browser.family(), browser.known) {
        (Family::Firefox, _) => "-private-window",
        (_, Some(Known::Edge)) => "--inprivate",
        _ => "--incognito",
    }
}

/// The last part of a path, as it can be shown.
fn folder(dir: &Path) -> String {
    dir.file_name().unwrap_or(dir.as_os_str()).to_string_lossy().into_owned()
}

fn shown(name: &str) -> String {
    text::line(name).into_owned()
}

#[cfg(test)]
mod tests;
