//! What the windows show, as one value that is built anew after every change. Never holds a secret.
//!
//! `ui/types.d.ts` is generated from these types by a test.

mod browsers;
mod found;
mod programs;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::input::About;
use crate::bookmark::BookmarkName;
use crate::failure::Failure;
use crate::ids::{GrantId, PortalName, ProfileName, Region, StartUrl};
use crate::mark::Colour;
use crate::profile::Mode;
use crate::settings::{ConsolePage, ConsoleVia, SignInPlace, Theme};

pub use self::browsers::{BrowserChoices, BrowserView};
pub use self::found::{Found, PageView, RowView};
pub use self::programs::{AccessView, AskView, ProcessView};

/// A time, as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::vend::rfc3339(self.0).serialize(serializer)
    }
}

/// Everything that windows and tray show.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Of the program.
    pub version: String,
    /// Grows when the answers of a search may differ.
    pub revision: u32,
    /// In the order of the settings.
    pub portals: Vec<PortalView>,
    /// AWS profiles that Rolecall wrote, the default one first.
    pub profiles: Vec<ProfileView>,
    /// A few grants used lately that are not pinned, the latest first.
    pub recent: Vec<GrantView>,
    /// The pinned grants, in the person's order.
    pub pinned: Vec<GrantView>,
    /// The bookmarks that have a key: the numbers that follow those of the pinned grants.
    pub bookmarks: Vec<BookmarkName>,
    /// How many grants are known in all.
    pub grants: u32,
    /// The latest thing to tell.
    pub notice: Option<Notice>,
    /// Something can be undone, also after its notice has gone.
    pub undo: bool,
    /// Something that wants a second, deliberate act.
    pub question: Option<Question>,
    /// Programs that want to be let in, the one that is asked about first.
    pub asks: Vec<AskView>,
    /// Grows when the access log has changed.
    pub accesses: u32,
    /// What became of the hotkey.
    pub hotkey: HotkeyView,
    /// What the person chose.
    pub settings: Choices,
    /// Where that is written.
    pub settings_path: String,
    /// Why the file could not be read: what was in force before still is.
    pub settings_failure: Option<Failure>,
    /// What the console can open in. What is on this computer is looked for when a page wants to know.
    pub browsers: Vec<BrowserView>,
    /// Portals of the AWS config that are not known yet.
    pub importable: Vec<Importable>,
    /// Words that somebody waits for a role to be found by.
    pub awaited: Vec<String>,
    /// Set in the demo.
    pub demo: Option<Demo>,
}

/// One grant. Its texts are untrusted, with nothing invisible left in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    /// What identifies it.
    pub id: GrantId,
    /// Its account's name; empty if it is not known.
    pub account_name: String,
    /// The root user's address.
    pub account_email: Option<String>,
    /// Profiles that point at it.
    pub profiles: Vec<ProfileName>,
    /// Its place among the pinned ones, from 1.
    pub pin: Option<u32>,
    /// From the person's marks.
    pub tags: Vec<String>,
    /// From the person's marks.
    pub colour: Option<Colour>,
    /// From the person's marks.
    pub production: bool,
    /// When it was last switched to.
    pub last_used: Option<Moment>,
    /// Set if it is assumed from another grant.
    pub chain: Option<ChainView>,
}

/// How a chained role is shown: `deploy ← Admin`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ChainView {
    /// What the person calls it.
    pub name: String,
    /// The role that it starts from. Untrusted, with nothing invisible left in it.
    pub from: String,
    /// Its ARN.
    pub role: String,
}

/// One portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PortalView {
    /// What the person calls it.
    pub name: PortalName,
    /// Where people sign in.
    pub start_url: StartUrl,
    /// The region of IAM Identity Center.
    pub region: Region,
    /// From the settings.
    pub colour: Option<Colour>,
    /// Where its consoles open, if not where all others do.
    pub browser: Option<BrowserChoices>,
    /// Signed in or not, or on the way.
    pub state: PortalState,
    /// How far a listing is that is under way.
    pub listing: Option<ListingView>,
    /// Accounts that are known.
    pub accounts: u32,
    /// Grants that are known.
    pub grants: u32,
    /// When they were last listed in full.
    pub listed_at: Option<Moment>,
    /// What came and went when they were.
    pub changes: Option<ChangesView>,
    /// The last thing that did not work.
    pub failure: Option<Failure>,
}

/// Where the sign-in to a portal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PortalState {
    /// Nobody has looked yet.
    Unknown,
    /// There is no token.
    SignedOut,
    /// AWS is asked for a code.
    Starting,
    /// The person has the code.
    Waiting {
        /// To compare, or to type. None where the browser comes back by itself.
        user_code: Option<String>,
        /// Where to approve it.
        page: String,
        /// When it stops to work.
        deadline: Moment,
        /// Where the page is open.
        place: Place,
        /// The page as a QR code.
        qr: Qr,
        /// What our own window shows.
        visit: Option<Visit>,
        /// What the windows show that the page has opened.
        pop_ups: Vec<PopUp>,
    },
    /// There is a token that works, or can be renewed.
    SignedIn {
        /// When the person has to sign in again, where that can be told.
        until: Option<Moment>,
        /// That is an estimate.
        about: bool,
        /// It is soon.
        soon: bool,
        /// A new token is being fetched.
        renewing: bool,
    },
    /// The session is over.
    Expired,
}

/// Where the page of a sign-in is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// In a window of ours.
    Embedded,
    /// In the person's browser.
    Browser,
    /// Nowhere: the person closed the window, and may go on while the code lives.
    Paused,
}

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Qr {
    /// Modules a side, without the quiet zone.
    pub size: u32,
    /// SVG path data of the dark modules, one unit each.
    pub path: String,
}

/// A window that the page of a sign-in has opened: its header must name its own host and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PopUp {
    /// Which, for its own header.
    pub number: u32,
    /// What it shows.
    pub visit: Visit,
}

/// What the window of a sign-in shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Visit {
    /// Whose page it is.
    pub host: String,
    /// It came by https.
    pub secure: bool,
    /// It is still loading.
    pub loading: bool,
    /// Why the person may want their own browser.
    pub hint: Option<Hint>,
    /// A page that was not opened.
    pub blocked: Option<String>,
}

/// What the embedded page may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Hint {
    /// It asks about passkeys or security keys.
    Passkey,
    /// It asks for a client certificate, or its own is not trusted.
    Certificate,
    /// Google refuses pages inside other programs.
    Google,
    /// Something was not opened.
    Blocked,
    /// It can't be reached.
    Unreachable,
}

/// How far a listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ListingView {
    /// Accounts whose roles are known.
    pub done: u32,
    /// All accounts, as soon as that is known.
    pub total: Option<u32>,
}

/// Grants that came and went, as `Account / Role`; the first of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ChangesView {
    /// When that was seen.
    pub at: Moment,
    /// New ones.
    pub added: Vec<String>,
    /// Those that are gone.
    pub removed: Vec<String>,
}

/// One profile that Rolecall wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// The profile.
    pub name: ProfileName,
    /// Where it points.
    pub grant: GrantView,
    /// The catalogue has that grant.
    pub known: bool,
    /// The region it sets.
    pub region: Option<String>,
    /// Until when the credentials are good that are kept for it.
    pub expires_at: Option<Moment>,
    /// How it gets credentials.
    pub mode: Mode,
    /// Set if it goes back by itself.
    pub lease: Option<LeaseView>,
}

/// A switch that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeaseView {
    /// When.
    pub until: Moment,
    /// Where the profile points then; nowhere if it did not before.
    pub back: Option<GrantView>,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Notice {
    /// Grows.
    pub id: u32,
    /// Good or bad.
    pub kind: NoticeKind,
    /// What it is about.
    pub about: About,
    /// What happened.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// It can be undone.
    pub undo: bool,
}

/// Good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// It worked.
    Done,
    /// It did not.
    Failed,
}

/// Something that wants a second, deliberate act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// To whom it would lead.
    pub grant: GrantView,
    /// Which profile.
    pub profile: ProfileName,
    /// By what.
    pub action: About,
    /// For how long, if a switch would go back by itself.
    pub minutes: Option<u32>,
    /// At which page of the console.
    pub page: Option<String>,
    /// Because of a link, which anybody can have made.
    pub by_link: bool,
    /// All that it could be done as, if that is more than one: the question's own grant is the first choice.
    pub choices: Vec<GrantView>,
}

/// What became of the hotkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HotkeyView {
    /// The combination.
    pub keys: Option<String>,
    /// Whether it works.
    pub state: HotkeyState,
    /// Why not.
    pub why: Option<String>,
}

/// Whether the hotkey works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum HotkeyState {
    /// None is wanted.
    Off,
    /// It works.
    Active,
    /// Another program has it, or the desktop does not give it.
    Refused,
    /// This desktop has no way for it.
    Unsupported,
}

/// The settings as the settings window shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the fields of `Settings`")]
pub struct Choices {
    pub default_profile: ProfileName,
    pub default_region: Option<Region>,
    pub theme: Theme,
    pub hotkey: Option<String>,
    pub sign_in: SignInPlace,
    pub console_page: ConsolePage,
    pub autostart: bool,
    pub notify_switch: bool,
    pub notify_session: bool,
    pub console_via: ConsoleVia,
    pub browser: BrowserChoices,
    pub marks: Vec<MarkView>,
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are the fields of `Mark`")]
pub struct MarkView {
    pub pattern: String,
    pub production: bool,
    pub confirm: bool,
    pub ask: bool,
    pub colour: Option<Colour>,
    pub tags: Vec<String>,
}

/// A portal of the AWS config that is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Importable {
    /// What it is called there.
    pub name: String,
    /// Its address.
    pub start_url: String,
    /// Its region.
    pub region: String,
}

/// What the demo shows of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Demo {
    /// The made-up person.
    pub user: String,
    /// Their password.
    pub password: String,
    /// Lines for a terminal whose `aws` and `rolecall` should be in the demo too.
    pub environment: String,
}
