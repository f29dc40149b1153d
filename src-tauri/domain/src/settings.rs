//! What the person chose: `settings.toml`.
//!
//! ```toml
//! default_profile = "default"      # the profile that `switch` writes
//! default_region = "eu-central-1"  # for profiles that have no region yet
//! profile_name = "{account}/{role}" # of generated profiles; see the module `naming`
//! keyring = "system"               # or "kernel" (Linux: forgotten at reboot), or "file" (not encrypted)
//! hotkey = "Ctrl+Alt+R"            # opens the quick switcher; "" for none
//! sign_in = "embedded"             # where the sign-in page opens; or "browser"
//! theme = "system"                 # or "light", "dark"
//! autostart = false                # start with the desktop
//! console_page = "home"            # where a console opens if no page is named; or "last": that of last time there
//! console_via = "federation"       # how the console opens: signed in by us; or "portal": by the portal's own page
//! container_endpoint = false       # the agent's endpoint also listens on 169.254.170.2, for containers
//!
//! [notifications]
//! switch = false                   # confirm switches
//! session = true                   # sign-ins that end, roles that come and go
//!
//! [browser]                        # where the console opens; see the module `browser`
//! open = "default"                 # or "firefox-container", "profile": one for each account
//! program = "auto"                 # or "firefox", "chrome", "edge", "brave", "vivaldi", "chromium", "/a/path"
//! container_extension = "container" # the add-on of Firefox; or "granted-containers"
//! name = "{account}"               # of container or profile; also {account_id}, {role}, {portal}
//! private = false                  # in a private window
//!
//! [[mark]]                         # what accounts and roles are; see the module `mark`
//! account = ["prod", "!non*"]      # on name or id
//! role = "*admin*"
//! tagged = "pci"                   # on tags of earlier marks
//! production = true
//! confirm = true
//! ask = true                       # programs get their credentials only when the person says so
//! colour = "red"
//! tags = ["payments"]
//!
//! [[chain]]                        # a role assumed from a grant; see the module `chain`
//! name = "deploy"                  # what it is called
//! role = "arn:aws:iam::222233334444:role/Deploy"
//! from = "corp/111122223333/Admin" # PORTAL/ACCOUNT ID/ROLE, or the name of another chained role
//! external_id = "…"                # this and what follows may be left out
//! session_name = "…"
//! source_identity = "…"
//! mfa_serial = "arn:aws:iam::111122223333:mfa/me"
//! duration = "1h"                  # 15 minutes to 1 hour
//! region = "eu-central-1"          # where STS is asked, and of profiles that have none
//! tags = { team = "payments" }
//!
//! [portal.corp]
//! start_url = "https://d-1234567890.awsapps.com/start"
//! region = "us-east-1"             # of IAM Identity Center
//! flow = "auto"                    # how to sign in; or "device", "browser"
//! aws_cli = "read"                 # sessions of the AWS CLI are used; or "share", "off"
//! colour = "blue"                  # of its accounts, where no mark says otherwise
//! fips = false                     # FIPS endpoints
//! dual_stack = false               # endpoints for IPv6 as well
//! browser = { program = "edge" }   # where its consoles open, in place of all of [browser]
//! ```
//!
//! Unless a `[[mark]]` says `production`, accounts that are called production are marked as such.

use std::ops::Range;

mod additions;
mod browser;
mod chain;
mod edit;
mod marks;
mod portal;

use serde::{Deserialize, Serialize};
use toml_edit::{Document, Item};

use crate::browser as browsers;
use crate::chain::Chain;
use crate::failure::{Code, Failure};
use crate::hotkey::Hotkey;
use crate::ids::{GrantId, NotValid, PortalName, ProfileName, Region};
use crate::mark::{self, Mark};
use crate::naming::Template;

pub use additions::{NewMark, has, marks_in, with_marks, with_value};
pub use chain::{with_chain, with_chains, without_chain};
pub use edit::{with_choice, with_portal, without_portal};
pub use portal::{AwsCli, Portal};

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keyring {
    /// The Secret Service, Keychain or Credential Manager.
    #[default]
    System,
    /// The Linux kernel's keyring: needs no daemon, forgets at reboot.
    Kernel,
    /// A file that only its owner can read, not encrypted: for computers that have no keyring.
    File,
}

/// Colours of the windows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Where the sign-in page opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SignInPlace {
    /// In a window of ours.
    #[default]
    Embedded,
    /// In the person's browser.
    Browser,
}

impl SignInPlace {
    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Browser => "browser",
        }
    }
}

/// How the console is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ConsoleVia {
    /// By the federation endpoint, with credentials of ours.
    #[default]
    Federation,
    /// By the portal's shortcut link: the browser signs in by itself, and can hold several sessions at once.
    Portal,
}

impl ConsoleVia {
    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Federation => "federation",
            Self::Portal => "portal",
        }
    }
}

/// Where a console opens if no page is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ConsolePage {
    /// At its home.
    #[default]
    Home,
    /// At the page that was opened last in the account.
    Last,
}

impl ConsolePage {
    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Last => "last",
        }
    }
}

/// One choice, as a window makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "key", content = "value", rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the fields of `Settings`")]
pub enum Choice {
    DefaultProfile(ProfileName),
    DefaultRegion(Option<Region>),
    Theme(Theme),
    /// As typed; it is read when it is written.
    Hotkey(Option<String>),
    SignIn(SignInPlace),
    ConsolePage(ConsolePage),
    Autostart(bool),
    NotifySwitch(bool),
    NotifySession(bool),
    ConsoleVia(ConsoleVia),
    BrowserOpen(browsers::Open),
    /// As typed; none for the default one, or the first that is found.
    BrowserProgram(Option<String>),
    /// As typed.
    BrowserName(String),
    BrowserExtension(browsers::Extension),
    BrowserPrivate(bool),
}

/// All choices.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line of the file")]
pub struct Settings {
    /// In the order of the file.
    pub portals: Vec<Portal>,
    /// The profile that a switch writes when none is named.
    pub default_profile: ProfileName,
    /// The region of profiles that have none yet.
    pub default_region: Option<Region>,
    /// What generated profiles are called.
    pub profile_name: Template,
    /// Where secrets are kept.
    pub keyring: Keyring,
    /// What opens the quick switcher.
    pub hotkey: Option<Hotkey>,
    /// Where the sign-in page opens.
    pub sign_in: SignInPlace,
    /// Colours of the windows.
    pub theme: Theme,
    /// Start with the desktop.
    pub autostart: bool,
    /// Where the console opens if no page is named.
    pub console_page: ConsolePage,
    /// How the console is opened. Chained roles, which no portal knows, always go by federation.
    pub console_via: ConsoleVia,
    /// The endpoint listens where containers find it, too.
    pub container_endpoint: bool,
    /// Confirm switches by a notification.
    pub notify_switch: bool,
    /// Notify of sign-ins and leases that end, and of roles that come and go.
    pub notify_session: bool,
    /// Where the console opens, if the portal has no choice of its own.
    pub browser: browsers::Choice,
    /// In the order of the file; the usual ones where it has none.
    pub marks: Vec<Mark>,
    /// In the order of the file. Their portals are known.
    pub chains: Vec<Chain>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            portals: Vec::new(),
            default_profile: ProfileName::default_profile(),
            default_region: None,
            profile_name: Template::default(),
            keyring: Keyring::default(),
            hotkey: Some(Hotkey::usual()),
            sign_in: SignInPlace::default(),
            theme: Theme::default(),
            autostart: false,
            console_page: ConsolePage::default(),
            console_via: ConsoleVia::default(),
            container_endpoint: false,
            notify_switch: false,
            notify_session: true,
            browser: browsers::Choice::default(),
            marks: mark::usual(),
            chains: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads the text of `settings.toml`. The failure names line and key.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let document = Document::parse(text).map_err(|error| {
            let at = error.span().map_or(1, |span| line_of(text, &span));
            wrong(at, error.message())
        })?;
        let (mut settings, mut chains) = (Self::default(), chain::Written::default());
        for (key, item) in document.as_table() {
            let at = document.as_table().key(key).and_then(toml_edit::Key::span);
            let place = Place { text, key, span: item.span().or(at) };
            match key {
                "default_profile" => settings.default_profile = place.parsed(item, ProfileName::parse)?,
                "default_region" => settings.default_region = Some(place.parsed(item, Region::parse)?),
                "profile_name" => settings.profile_name = place.parsed(item, Template::parse)?,
                "keyring" => settings.keyring = place.parsed(item, keyring)?,
                "hotkey" => settings.hotkey = hotkey(&place, item)?,
                "sign_in" => settings.sign_in = place.one_of(item)?,
                "theme" => settings.theme = place.one_of(item)?,
                "autostart" => settings.autostart = place.flag(item)?,
                "console_page" => settings.console_page = place.one_of(item)?,
                "console_via" => settings.console_via = place.one_of(item)?,
                "container_endpoint" => settings.container_endpoint = place.flag(item)?,
                "notifications" => notifications(&mut settings, &place, item)?,
                "browser" => settings.browser = browser::read(&place, item)?,
                "mark" => settings.marks = marks::read(&place, item)?,
                "portal" => settings.portals = portal::read(&place, item)?,
                "chain" => chains = chain::read(&place, item)?,
                _ => return Err(place.wrong("there is no such setting")),
            }
        }
        // They may stand before the portals that they start from.
        settings.chains = chains.resolved(text, &settings.portals)?;
        Ok(settings)
    }

    /// The chained role with this identity.
    pub fn chain(&self, grant: &GrantId) -> Option<&Chain> {
        crate::chain::find(&self.chains, grant)
    }

    /// The region for whoever works with the grant and has said none: that of a chained role, else the default one,
    /// else the portal's.
    pub fn usual_region(&self, grant: &GrantId) -> Option<&Region> {
        let chained = self.chain(grant).and_then(|chain| chain.step().region.as_ref());
        let of_portal = || self.portal(&grant.portal).map(|portal| &portal.region);
        chained.or(self.default_region.as_ref()).or_else(of_portal)
    }

    /// Where the consoles of a portal's grants open.
    pub fn browser_of(&self, portal: &PortalName) -> &browsers::Choice {
        self.portal(portal).and_then(|portal| portal.browser.as_ref()).unwrap_or(&self.browser)
    }

    /// Refuses if chained roles start from the portal: without it, the settings could not be read.
    pub fn may_lose_portal(&self, name: &PortalName) -> Result<(), Failure> {
        let from_it = self.chains.iter().filter(|chain| chain.root().portal == *name);
        let names: Vec<&str> = from_it.map(|chain| chain.name().as_str()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let summary = format!("chained roles start from {name}: {}", names.join(", "));
        let hint = "run `rolecall chain remove NAME` for each of them first; nothing was changed";
        Err(Failure::new(Code::Failed, summary, hint))
    }

    /// The portal of this name.
    pub fn portal(&self, name: &PortalName) -> Option<&Portal> {
        self.portals.iter().find(|p| p.name == *name)
    }

    /// The portal that a command means: the named one, or the only one there is.
    pub fn portal_or_only(&self, name: Option<&PortalName>) -> Result<&Portal, Failure> {
        match (name, self.portals.as_slice()) {
            (Some(name), _) => self.portal(name).ok_or_else(|| self.no_such_portal(name)),
            (None, [only]) => Ok(only),
            (None, []) => Err(Failure::new(
                Code::NoSingleMatch,
                "no portal is known yet",
                "run `rolecall portal add NAME --start-url URL --region REGION`, or `rolecall portal import`",
            )),
            (None, several) => Err(Failure::new(
                Code::NoSingleMatch,
                "several portals are known",
                format!("name one of them: {}", names(several)),
            )),
        }
    }

    fn no_such_portal(&self, name: &PortalName) -> Failure {
        let hint = if self.portals.is_empty() {
            format!("run `rolecall portal add {name} --start-url URL --region REGION`")
        } else {
            format!("known portals: {}", names(&self.portals))
        };
        Failure::new(Code::NoSingleMatch, format!("there is no portal called {name}"), hint)
    }
}

fn names(portals: &[Portal]) -> String {
    portals.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Where a value stands, for the message about it.
struct Place<'a> {
    text: &'a str,
    key: &'a str,
    span: Option<Range<usize>>,
}

impl Place<'_> {
    fn wrong(&self, why: &str) -> Failure {
        let line = self.span.as_ref().map_or(1, |span| line_of(self.text, span));
        wrong(line, &format!("`{}`: {why}", self.key))
    }

    fn parsed<T>(&self, item: &Item, parse: impl Fn(&str) -> Result<T, NotValid>) -> Result<T, Failure> {
        let text = item.as_str().ok_or_else(|| self.wrong("should be text in quotes"))?;
        parse(text).map_err(|error| self.wrong(&error.0))
    }

    /// A word of an enumeration, as its JSON form has it.
    fn one_of<T: serde::de::DeserializeOwned>(&self, item: &Item) -> Result<T, Failure> {
        self.parsed(item, |text| {
            serde_json::from_value(serde_json::Value::from(text)).map_err(|error| {
                let text = error.to_string();
                NotValid(text.replace("unknown variant", "there is no choice").replace('`', "\""))
            })
        })
    }

    fn flag(&self, item: &Item) -> Result<bool, Failure> {
        item.as_bool().ok_or_else(|| self.wrong("should be true or false"))
    }

    /// The texts of an array, or the one text that stands in place of it.
    fn texts<'t>(&self, item: &'t Item) -> Result<Vec<&'t str>, Failure> {
        if let Some(text) = item.as_str() {
            return Ok(vec![text]);
        }
        let array = item.as_array().map(|array| array.iter().map(toml_edit::Value::as_str).collect());
        array.flatten().ok_or_else(|| self.wrong("should be text in quotes, or a list of such texts"))
    }
}

fn hotkey(place: &Place<'_>, item: &Item) -> Result<Option<Hotkey>, Failure> {
    if item.as_str() == Some("") { Ok(None) } else { place.parsed(item, Hotkey::parse).map(Some) }
}

fn notifications(settings: &mut Settings, place: &Place<'_>, item: &Item) -> Result<(), Failure> {
    let table = item.as_table_like().ok_or_else(|| place.wrong("should be a table: [notifications]"))?;
    for (key, item) in table.iter() {
        let name = format!("notifications.{key}");
        let place = Place { text: place.text, key: &name, span: item.span() };
        match key {
            "switch" => settings.notify_switch = place.flag(item)?,
            "session" => settings.notify_session = place.flag(item)?,
            _ => return Err(place.wrong("there is no such setting")),
        }
    }
    Ok(())
}

fn keyring(text: &str) -> Result<Keyring, NotValid> {
    match text {
        "system" => Ok(Keyring::System),
        "kernel" => Ok(Keyring::Kernel),
        "file" => Ok(Keyring::File),
        _ => Err(NotValid("should be \"system\", \"kernel\" or \"file\"".into())),
    }
}

fn wrong(line: usize, why: &str) -> Failure {
    Failure::new(
        Code::Failed,
        format!("settings.toml, line {line}: {why}"),
        "mend the line, or move the file away to start with the defaults",
    )
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.as_bytes().iter().take(span.start).filter(|b| **b == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
