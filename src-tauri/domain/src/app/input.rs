//! What happens to the application, and what it wants done about it.

use serde::{Deserialize, Serialize};

use super::known::{Profile, Session, Switched};
use super::view::{HotkeyView, Visit};
use crate::bookmark::{Bookmark, BookmarkName};
use crate::browser::Browser;
use crate::catalogue::{Catalogue, Changes};
use crate::console::Destination;
use crate::failure::Failure;
use crate::flow::{Flow, Plan};
use crate::gate::{Question, Reply};
use crate::hotkey::Hotkey;
use crate::ids::{GrantId, PortalName, ProfileName, Region, StartUrl};
use crate::link::{Link, Page};
use crate::profile::OurProfile;
use crate::recent::Usage;
use crate::session::Authorization;
use crate::settings::{Choice, Settings, SignInPlace};

pub use super::notification::{Notification, Topic};

/// What a person asks for, by a click, a key, a menu or a notification. The JSON form is what pages send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// Point a profile at a grant; the default one if none is named.
    Switch {
        /// Where.
        grant: GrantId,
        /// Which profile.
        profile: Option<ProfileName>,
        /// For how long, before it goes back by itself; for good if that is not said.
        minutes: Option<u32>,
    },
    /// End a switch that would end by itself.
    EndLease {
        /// Of which profile.
        profile: ProfileName,
    },
    /// Open the console as a grant.
    Console {
        /// Who to be there.
        grant: GrantId,
        /// Where: a query with an ARN or an address in it, else the home.
        destination: Option<String>,
    },
    /// Open a page of the console as a grant.
    ConsoleAt {
        /// Who to be there.
        grant: GrantId,
        /// Which page.
        page: Page,
    },
    /// Open a bookmark.
    Bookmark {
        /// Its name.
        name: BookmarkName,
    },
    /// Keep a page of the console under a name.
    AddBookmark {
        /// As typed.
        name: String,
        /// Who opens it.
        grant: GrantId,
        /// Which: a query with an ARN or an address in it, else the home.
        destination: Option<String>,
    },
    /// Forget a bookmark.
    RemoveBookmark {
        /// Its name.
        name: BookmarkName,
    },
    /// Put a link to a page of the console on the clipboard that holds no secret.
    CopyLink {
        /// To whom it leads.
        grant: GrantId,
        /// Where: a query with an ARN or an address in it, else the home.
        destination: Option<String>,
    },
    /// The same for a bookmark, whose link names no role where the bookmark names none.
    CopyBookmark {
        /// Its name.
        name: BookmarkName,
    },
    /// Sign the person's browser out of the console.
    SignOutOfConsole {
        /// Of the console that this portal leads to.
        portal: PortalName,
    },
    /// Put the credentials of a grant on the clipboard, as shell exports.
    CopyExports {
        /// Whose.
        grant: GrantId,
    },
    /// Put a sign-in address for the console on the clipboard.
    CopyConsoleLink {
        /// Who to be there.
        grant: GrantId,
    },
    /// Pin or unpin.
    Pin {
        /// What.
        grant: GrantId,
        /// Which of the two.
        pinned: bool,
    },
    /// Take back what was done last: a switch, or the end of a bookmark.
    Undo,
    /// Answer the question that stands.
    Answer {
        /// Go on.
        yes: bool,
    },
    /// Go on, as this one of the roles that the question offers.
    AnswerAs {
        /// Which.
        grant: GrantId,
    },
    /// Answer a program that wants to be let in.
    Reply {
        /// Which question.
        question: u32,
        /// What to it.
        reply: Reply,
    },
    /// Forget the access log.
    ClearAccesses,
    /// Sign in, sign in anew, or go on with a sign-in.
    SignIn {
        /// Where to.
        portal: PortalName,
        /// By which means; as in the settings if none is named.
        place: Option<SignInPlace>,
    },
    /// End the session and sign in with a new one: AWS shows some roles only to sessions that began after they were
    /// given.
    SignInAfresh {
        /// Where to.
        portal: PortalName,
    },
    /// Tell when a role appears that these words find, and list more often until then.
    Await {
        /// As typed.
        query: String,
    },
    /// Don't wait for it any more.
    AwaitNoMore {
        /// As typed.
        query: String,
    },
    /// Give a sign-in up.
    CancelSignIn {
        /// Where to.
        portal: PortalName,
    },
    /// Sign out.
    SignOut {
        /// Of what.
        portal: PortalName,
    },
    /// Sign out of every portal.
    SignOutAll,
    /// List accounts and roles anew.
    Refresh {
        /// Whose.
        portal: PortalName,
    },
    /// Make a portal known. As typed.
    AddPortal {
        /// What it should be called.
        name: String,
        /// Its address, or the first part of it.
        start_url: String,
        /// The region of IAM Identity Center; empty if it should be found.
        region: String,
    },
    /// Sign out of a portal and forget it.
    RemovePortal {
        /// Which.
        portal: PortalName,
    },
    /// Put the user code on the clipboard.
    CopyCode {
        /// Of which sign-in.
        portal: PortalName,
    },
    /// Change a setting.
    Choose {
        /// Which, to what.
        choice: Choice,
    },
    /// Look for the browsers of this computer: a page shows them.
    ReadBrowsers,
    /// Open the settings in the person's editor.
    OpenSettingsFile,
    /// The notice has been read.
    Dismiss {
        /// Its number.
        notice: u32,
    },
    /// Show a window. The quick switcher goes if it has the focus already.
    Show {
        /// Which.
        window: Window,
    },
    /// End the program.
    Quit,
}

/// The windows with pages of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Window {
    /// The quick switcher.
    Switcher,
    /// Sessions, portals and settings.
    Main,
    /// A program that wants to be let in.
    Ask,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Input {
    /// A person asked for something.
    Act(Action),
    /// A link was followed to us: `rolecall://open?…`. Anybody can have made it.
    Link(String),
    /// A program wants to be let in, or does not any more.
    Agent(Question),
    /// The person closes the window that asks.
    AskClosed,
    /// The window that asks is gone.
    AskGone,
    /// Programs can't be served.
    NotServing(Failure),
    /// The access log has changed.
    Accessed,
    /// The settings were read.
    Settings(Result<Settings, Failure>),
    /// A portal's session was looked at, or renewed, or a sign-out ended.
    Session {
        /// Whose.
        portal: PortalName,
        /// How it stands.
        session: Result<Session, Failure>,
    },
    /// Our profiles were read from the AWS config.
    Profiles(Result<Vec<Profile>, Failure>),
    /// Bookmarks were read.
    Bookmarks(Vec<Bookmark>),
    /// Pins and past uses were read.
    Usage(Usage),
    /// A portal's catalogue was read from disk, or is so far.
    Catalogue {
        /// Whose.
        portal: PortalName,
        /// What is known, if anything.
        catalogue: Option<Catalogue>,
    },
    /// Portals that the AWS config names.
    Importable(Vec<(String, String, String)>),
    /// The browsers of this computer.
    Browsers(Vec<Browser>),
    /// AWS does not allow the way to sign in that was tried; this one is taken.
    Instead {
        /// Whose.
        portal: PortalName,
        /// The way.
        flow: Flow,
    },
    /// A program wanted credentials that take a sign-in.
    SignInMissed {
        /// Whose.
        portal: PortalName,
    },
    /// It is the person's turn in a sign-in.
    Turn {
        /// Whose.
        portal: PortalName,
        /// The page, and the code if there is one.
        authorization: Authorization,
        /// The page as a QR code: modules a side, and SVG path data of the dark ones.
        qr: (usize, String),
    },
    /// A sign-in ended.
    SignInEnded {
        /// Whose.
        portal: PortalName,
        /// Nothing, or why not.
        result: Result<(), Failure>,
    },
    /// The person closed the window of a sign-in.
    SignInWindowClosed {
        /// Whose.
        portal: PortalName,
    },
    /// What the window of a sign-in shows.
    Visit {
        /// Whose.
        portal: PortalName,
        /// Of which window that the page has opened; none for the first one.
        pop_up: Option<u32>,
        /// Where the page is.
        visit: Visit,
    },
    /// A sign-out ended. The text is what AWS could not be told.
    SignedOut {
        /// Of what.
        portal: PortalName,
        /// How it went.
        result: Result<Option<String>, Failure>,
    },
    /// A listing goes on.
    Listing {
        /// Whose.
        portal: PortalName,
        /// Accounts whose roles are known.
        done: usize,
        /// All accounts, as soon as that is known.
        total: Option<usize>,
    },
    /// A listing ended.
    Listed {
        /// Whose.
        portal: PortalName,
        /// The catalogue and what came and went.
        result: Result<(Catalogue, Changes), Failure>,
    },
    /// A bookmark was to be removed.
    BookmarkRemoved(Bookmark, Result<(), Failure>),
    /// A switch ended.
    Switched(Result<Switched, Failure>),
    /// The lease of a profile was to be ended: how the profile is now, and what may keep it from working.
    LeaseEnded(ProfileName, Result<(Option<OurProfile>, Vec<String>), Failure>),
    /// Something else that was asked for ended: what to say, if anything.
    Done {
        /// What it was, for the page that asked.
        about: About,
        /// What to do once more after a sign-in, if it failed for want of one.
        action: Option<Action>,
        /// What to say.
        result: Result<Option<String>, Failure>,
    },
    /// What became of the hotkey.
    Hotkey(HotkeyView),
    /// Something waits for the person outside of our windows, such as a locked keyring.
    Waiting(String),
    /// The desktop shows no tray icons, so far.
    NoTray,
    /// The computer woke up, or has another network: everything is decided anew.
    Woke,
    /// Time has passed.
    Tick,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are called like the actions")]
pub enum About {
    Switch,
    Undo,
    Console,
    CopyExports,
    CopyConsoleLink,
    CopyLink,
    Bookmark,
    CopyCode,
    Pin,
    SignIn,
    SignOut,
    Refresh,
    AddPortal,
    Await,
    RemovePortal,
    Choose,
    OpenSettingsFile,
    Session,
    Settings,
    Hotkey,
    Agent,
    ClearAccesses,
}

/// What the application wants done. Each is carried out beside the others; what comes of it is an [`Input`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Look at a portal's session.
    ReadSession(PortalName),
    /// Read our profiles.
    ReadProfiles,
    /// Read a portal's catalogue from disk.
    ReadCatalogue(PortalName),
    /// Find portals in the AWS config.
    ReadImportable,
    /// Look for the browsers of this computer.
    ReadBrowsers,
    /// Begin to sign in.
    SignIn {
        /// Where to.
        portal: PortalName,
        /// Which way.
        plan: Plan,
        /// After ending the session that there may be.
        afresh: bool,
    },
    /// Stop asking whether the person has approved, until told to go on.
    PauseSignIn(PortalName),
    /// Go on asking.
    ResumeSignIn(PortalName),
    /// Forget the sign-in.
    EndSignIn(PortalName),
    /// Show the window of a sign-in, with the page if it is known.
    ShowSignIn(PortalName, Option<String>),
    /// Close it.
    CloseSignIn(PortalName),
    /// Open a page in the person's browser. It is no secret.
    Browse(String),
    /// Sign out, and forget the cookies.
    SignOut(PortalName),
    /// Renew a token that is about to end.
    Renew(PortalName),
    /// List accounts and roles.
    List(PortalName),
    /// Point a profile at a grant, for some minutes or for good.
    Switch(GrantId, Option<ProfileName>, Option<u32>),
    /// Point the profile where it did before its lease.
    EndLease(ProfileName),
    /// Take the last switch back.
    UndoSwitch,
    /// Open a page of the console as a grant.
    OpenConsole(GrantId, Destination),
    /// Copy credentials.
    CopyExports(GrantId),
    /// Copy a sign-in address for the console.
    CopyConsoleLink(GrantId),
    /// Copy a link that holds no secret.
    CopyLink(Link),
    /// Keep a bookmark.
    AddBookmark(Bookmark),
    /// Forget a bookmark.
    RemoveBookmark(Bookmark),
    /// Sign the browser out of the console that a portal leads to, in the container or profile of a grant if one is
    /// known.
    SignOutOfConsole(PortalName, Option<GrantId>),
    /// Copy a text that is no secret for long.
    CopyText(String, About),
    /// Pin or unpin.
    Pin(GrantId, bool),
    /// Make a portal known, after finding its region if none is given.
    AddPortal {
        /// What it should be called.
        name: PortalName,
        /// As typed.
        start_url: StartUrl,
        /// Of IAM Identity Center.
        region: Option<Region>,
    },
    /// Forget a portal after signing out of it.
    RemovePortal(PortalName),
    /// Write a setting.
    Choose(Choice),
    /// Open the settings in the person's editor.
    OpenSettingsFile,
    /// Tell the person although they may look elsewhere.
    Notify(Notification),
    /// Take a notification back that is no longer true.
    Withdraw(Topic),
    /// Tell a program what the person says.
    Reply(u32, Reply),
    /// Close the window that asks.
    CloseAsk,
    /// Forget the access log.
    ClearAccesses,
    /// Show a window, or leave it as it is.
    Show(Window),
    /// Show the quick switcher; put it away if it has the focus already.
    Toggle,
    /// Put the quick switcher away.
    HideSwitcher,
    /// Grab this combination, and no other.
    Grab(Option<Hotkey>),
    /// Start with the desktop, or not.
    Autostart(bool),
    /// End the program.
    Quit,
}
