//! The tray: its icon and its menu, as values that can be compared, so that it is drawn only when it changes.

use jiff::Timestamp;

use super::case::Case;
use super::input::{Action, Window};
use super::remaining::{left, left_changes};
use super::view::{Place, PortalState};
use super::{App, Session, Undoable, lease};
use crate::bookmark::Bookmark;
use crate::ids::GrantId;
use crate::mark::{Colour, Look};
use crate::settings::SignInPlace;
use crate::text::line;

/// Pinned and recent grants in the menu. All others are in the quick switcher.
const PINNED: usize = 9;
const RECENT: usize = 5;
/// Profiles besides the default one.
const PROFILES: usize = 4;
/// Bookmarks, in the order of their file.
const BOOKMARKS: usize = 9;
/// Pages that were opened lately, and are no bookmarks.
const OPENED: usize = 9;
/// Names in a menu are cut to so many characters.
const LONGEST_NAME: usize = 42;

/// What the icon tells, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Something needs the person: a program waits, a session is over, the keyring is locked, a file is broken.
    Attention,
    /// The default profile points at production.
    Production,
    /// A session ends soon.
    Expiring,
    /// Somebody is signed in.
    SignedIn,
    /// Nobody is.
    SignedOut,
}

/// Everything that the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// The icon.
    pub icon: Icon,
    /// A line or two for whoever rests on it.
    pub tooltip: String,
    /// What a click with the other button opens.
    pub entries: Vec<Entry>,
}

/// One entry of a menu. Labels are plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Can be chosen.
    Item {
        /// What it says.
        label: String,
        /// What it does.
        action: Action,
        /// It is so already.
        checked: bool,
        /// The grant's colour.
        colour: Option<Colour>,
    },
    /// Only tells.
    Text(String),
    /// A line.
    Separator,
    /// Opens further entries.
    Submenu(String, Vec<Entry>),
}

impl App {
    /// What the tray shows now.
    pub fn menu(&self, now: Timestamp) -> Menu {
        let parts = [
            self.ask_entry(),
            self.active_entries(now),
            self.grant_entries(),
            self.roles_and_bookmarks(),
            self.portal_entries(now),
            self.last_entries(),
        ];
        let mut entries = Vec::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if !entries.is_empty() {
                entries.push(Entry::Separator);
            }
            entries.extend(part);
        }
        Menu { icon: self.icon(now), tooltip: self.tooltip(now), entries }
    }

    /// When time alone changes what the menu says.
    pub(super) fn menu_changes(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.cases.iter().filter_map(|case| match &case.attempt {
            Some(attempt) => attempt.turn.as_ref().map(|(turn, _)| turn.deadline()),
            None => case.end(now).map(|(end, _)| end),
        });
        ends.chain(self.lease_ends()).filter_map(|end| left_changes(end, now)).min()
    }

    fn icon(&self, now: Timestamp) -> Icon {
        let over = |case: &Case| {
            let stuck = case.failure.is_some() && case.attempt.is_none();
            case.session == Session::Expired || stuck
        };
        let default = self.profiles.iter().find(|p| p.ours.name == self.settings.default_profile);
        let broken = self.settings_failure.is_some() || self.profiles_failure.is_some();
        if self.asks.count() > 0 || broken || self.cases.iter().any(over) {
            Icon::Attention
        } else if default.is_some_and(|profile| self.look(&profile.ours.grant).production) {
            Icon::Production
        } else if self.cases.iter().any(|case| case.ends_soon(now)) {
            Icon::Expiring
        } else if self.cases.iter().any(Case::is_signed_in) {
            Icon::SignedIn
        } else {
            Icon::SignedOut
        }
    }

    fn tooltip(&self, now: Timestamp) -> String {
        let default = self.profiles.iter().find(|p| p.ours.name == self.settings.default_profile);
        let active = default.map(|p| {
            let production = if self.look(&p.ours.grant).production { " (production)" } else { "" };
            let lease = lease::time_left(p, now);
            format!("{}: {}{production}{lease}", p.ours.name, self.short_label(&p.ours.grant))
        });
        let portals = self.cases.iter().map(|case| state_line(case, now));
        let lines: Vec<String> = self.ask_line().into_iter().chain(active).chain(portals).collect();
        if lines.is_empty() { "No portal yet: click to add one".to_owned() } else { lines.join("\n") }
    }

    fn ask_entry(&self) -> Vec<Entry> {
        let show = Action::Show { window: Window::Ask };
        self.ask_line().map(|line| item(&format!("{line}…"), show)).into_iter().collect()
    }

    /// Where the profiles point, and what can be done there.
    fn active_entries(&self, now: Timestamp) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (at, profile) in self.ordered_profiles().into_iter().take(PROFILES + 1).enumerate() {
            let grant = &profile.ours.grant;
            let case = self.cases.iter().find(|case| case.portal.name == grant.portal);
            let time = case.map(|case| time_left(case, now)).unwrap_or_default();
            let production = sign_of(&self.look(grant));
            let label = format!("{production}{}: {}{time}", profile.ours.name, self.short_label(grant));
            if at == 0 && profile.ours.name == self.settings.default_profile {
                entries.push(Entry::Text(label));
                entries.extend(self.lease_entry(profile, now));
                entries.extend(self.uses(grant));
            } else {
                let label = format!("{label}{}", lease::time_left(profile, now));
                let entry = self.lease_entry(profile, now);
                entries.push(Entry::Submenu(label, entry.into_iter().chain(self.uses(grant)).collect()));
            }
        }
        entries
    }

    fn grant_entries(&self) -> Vec<Entry> {
        let pinned = self.usage.pinned().iter().take(PINNED);
        let recents = self.usage.recents(usize::MAX).into_iter();
        let recents = recents.filter(|id| !self.usage.is_pinned(id) && self.knows(id)).take(RECENT);
        pinned.chain(recents).map(|grant| self.grant_entry(grant)).collect()
    }

    fn roles_and_bookmarks(&self) -> Vec<Entry> {
        let portals = &self.settings.portals;
        let ours = self.bookmarks.iter().filter(|bookmark| bookmark.link.portal(portals).is_ok());
        let entry = |bookmark: &Bookmark| {
            let action = Action::Bookmark { name: bookmark.name.clone() };
            self.page_entry(&short(bookmark.name.as_str()), self.opener_of(&bookmark.name), action)
        };
        let bookmarks: Vec<Entry> = ours.take(BOOKMARKS).map(entry).collect();
        let of_late = self.opened_lately().take(OPENED).map(|(grant, page)| {
            let label = format!("{} · {}", short(&page.title), self.short_label(grant));
            self.page_entry(&label, Some(grant), page.action)
        });
        let all = item("All roles…", Action::Show { window: Window::Switcher });
        let menus = [("Bookmarks", bookmarks), ("Recent pages", of_late.collect())];
        let menus = menus.into_iter().filter(|(_, entries)| !entries.is_empty());
        let menus = menus.map(|(label, entries)| Entry::Submenu(label.to_owned(), entries));
        [all].into_iter().chain(menus).collect()
    }

    /// A page, with what is to be known of whom it is opened as.
    fn page_entry(&self, label: &str, grant: Option<&GrantId>, action: Action) -> Entry {
        let look = grant.map(|grant| self.look(grant)).unwrap_or_default();
        let label = format!("{}{label}", sign_of(&look));
        Entry::Item { label, action, checked: false, colour: look.colour }
    }

    fn grant_entry(&self, grant: &GrantId) -> Entry {
        let look = self.look(grant);
        let default = self.profiles.iter().find(|p| p.ours.name == self.settings.default_profile);
        let pin = if self.usage.is_pinned(grant) { "★ " } else { "" };
        Entry::Item {
            label: format!("{pin}{}{}", sign_of(&look), self.short_label(grant)),
            action: Action::Switch { grant: grant.clone(), profile: None, minutes: None },
            checked: default.is_some_and(|profile| profile.ours.grant == *grant),
            colour: look.colour,
        }
    }

    fn portal_entries(&self, now: Timestamp) -> Vec<Entry> {
        let several = self.cases.iter().filter(|case| case.is_signed_in()).count() > 1;
        let all = several.then(|| item("Sign out of all portals", Action::SignOutAll));
        self.cases.iter().flat_map(|case| portal_entry(case, now)).chain(all).collect()
    }

    fn last_entries(&self) -> Vec<Entry> {
        let undo = self.undo.as_ref().map(|undo| match undo {
            Undoable::Switch => item("Undo the last switch", Action::Undo),
            Undoable::Bookmark(bookmark) => {
                item(&format!("Bring the bookmark {} back", short(bookmark.name.as_str())), Action::Undo)
            }
        });
        let notice = self.settings_failure.as_ref().map(|failure| Entry::Text(short(&failure.summary)));
        let main = Action::Show { window: Window::Main };
        let last = [item("Settings…", main), item("Quit Rolecall", Action::Quit)];
        undo.into_iter().chain(notice).chain(last).collect()
    }

    fn uses(&self, grant: &GrantId) -> Vec<Entry> {
        let of = || grant.clone();
        let there = self.not_at_home(grant);
        let open = there
            .as_ref()
            .map_or("Open console".to_owned(), |(title, _)| format!("Open console: {}", short(&line(title))));
        let mut entries = vec![item(&open, Action::Console { grant: of(), destination: None })];
        let home = |(_, page)| item("Open the console's home", Action::ConsoleAt { grant: of(), page });
        entries.extend(there.map(home));
        entries.push(item("Copy environment exports", Action::CopyExports { grant: of() }));
        entries.push(item("Copy console link", Action::CopyConsoleLink { grant: of() }));
        // Nobody else has a person's own chained roles.
        if self.settings.chain(grant).is_none() {
            let copy = Action::CopyLink { grant: of(), destination: None };
            entries.push(item("Copy link for colleagues", copy));
        }
        entries
    }

    pub(super) fn short_label(&self, grant: &GrantId) -> String {
        let look = self.grant_view(grant);
        let account =
            if look.account_name.is_empty() { grant.account_id.as_str() } else { &look.account_name };
        let role = match &look.chain {
            Some(chain) => format!("{} ← {}", chain.name, chain.from),
            None => line(grant.role_name.as_str()).into_owned(),
        };
        format!("{} · {}", short(account), short(&role))
    }
}

/// What stands before the name of production.
fn sign_of(look: &Look) -> &'static str {
    if look.production { "⚠ " } else { "" }
}

pub(super) fn item(label: &str, action: Action) -> Entry {
    Entry::Item { label: label.to_owned(), action, checked: false, colour: None }
}

fn portal_entry(case: &Case, now: Timestamp) -> Vec<Entry> {
    let portal = || case.portal.name.clone();
    let sign_in = |place| Action::SignIn { portal: portal(), place };
    match case.state(now) {
        PortalState::Unknown | PortalState::Starting => vec![Entry::Text(state_line(case, now))],
        PortalState::SignedOut => vec![item(&format!("Sign in to {}…", portal()), sign_in(None))],
        PortalState::Expired => {
            vec![item(&format!("Sign in to {} again… (the session has ended)", portal()), sign_in(None))]
        }
        PortalState::Waiting { user_code, place, .. } => {
            let go_on = match place {
                Place::Embedded => item("Show the sign-in window", sign_in(Some(SignInPlace::Embedded))),
                Place::Browser => item("Open the page again", sign_in(Some(SignInPlace::Browser))),
                Place::Paused => item("Go on signing in…", sign_in(None)),
            };
            let cancel = item("Give up signing in", Action::CancelSignIn { portal: portal() });
            let copy = user_code
                .map(|code| item(&format!("Copy the code {code}"), Action::CopyCode { portal: portal() }));
            vec![Entry::Submenu(
                state_line(case, now),
                [go_on].into_iter().chain(copy).chain([cancel]).collect(),
            )]
        }
        PortalState::SignedIn { .. } => vec![Entry::Submenu(
            state_line(case, now),
            vec![
                item("List roles anew", Action::Refresh { portal: portal() }),
                item("Sign in anew…", sign_in(None)),
                item("Sign in afresh… (ends the session)", Action::SignInAfresh { portal: portal() }),
                item("Sign out", Action::SignOut { portal: portal() }),
                item("Sign the browser out of the console", Action::SignOutOfConsole { portal: portal() }),
            ],
        )],
    }
}

fn state_line(case: &Case, now: Timestamp) -> String {
    let name = &case.portal.name;
    let said = match case.state(now) {
        PortalState::Unknown => "…".to_owned(),
        PortalState::SignedOut => "signed out".to_owned(),
        PortalState::Expired => "the session has ended".to_owned(),
        PortalState::Starting => "asking AWS…".to_owned(),
        PortalState::Waiting { user_code: Some(code), deadline, .. } => {
            format!("approve the code {code} ({} left)", left(deadline.0, now))
        }
        PortalState::Waiting { deadline, .. } => {
            format!("sign in in your browser ({} left)", left(deadline.0, now))
        }
        PortalState::SignedIn { .. } => format!("signed in{}", time_left(case, now)),
    };
    match &case.failure {
        Some(failure) if case.attempt.is_none() => format!("{name}: {said}; {}", short(&failure.summary)),
        _ => format!("{name}: {said}"),
    }
}

fn time_left(case: &Case, now: Timestamp) -> String {
    match case.end(now) {
        Some((end, about)) => format!(", {}{} left", if about { "about " } else { "" }, left(end, now)),
        None => String::new(),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST_NAME {
        return text.to_owned();
    }
    text.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}
