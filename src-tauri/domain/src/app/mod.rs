//! The desktop application's one owner of state.
//!
//! Whatever happens (a click, a key, an answer, a timer) is an [`Input`]; [`App::handle`] takes it and returns
//! the [`Effect`]s to carry out, whose results come back as inputs. [`App::view`] and [`App::menu`] say what to
//! show; [`App::next`] says when time itself will change something.

mod act;
mod ask;
mod awaited;
mod browsers;
mod case;
mod input;
mod known;
mod lease;
mod link;
mod menu;
mod notification;
mod pages;
mod remaining;
mod show;
#[cfg(test)]
mod tests;
pub mod view;

use jiff::{SignedDuration, Timestamp};

use self::ask::Asks;
use self::awaited::Awaited;
use self::case::Case;
use crate::bookmark::Bookmark;
use crate::browser::Browser;
use crate::catalogue::Catalogue;
use crate::failure::{Code, Failure};
use crate::flow::Flow;
use crate::ids::{GrantId, PortalName, ProfileName};
use crate::link::Link;
use crate::recent::Usage;
use crate::search::Index;
use crate::search::pages::Row;
use crate::session::Authorization;
use crate::settings::{Settings, SignInPlace};

pub use self::input::{About, Action, Effect, Input, Notification, Topic, Window};
pub use self::known::{Profile, Session, SignedIn, Switched};
pub use self::menu::{Entry, Icon, Menu};
pub use self::remaining::left;
use self::view::{Demo, HotkeyState, HotkeyView, Importable, Notice, NoticeKind, Place, Qr, Visit};

/// How long it is told that something worked.
const TOLD_FOR: SignedDuration = SignedDuration::from_secs(10);

/// Everything the desktop application knows.
#[derive(Debug)]
pub struct App {
    version: String,
    settings_path: String,
    home: Option<String>,
    demo: Option<Demo>,
    settings: Settings,
    settings_failure: Option<Failure>,
    cases: Vec<Case>,
    catalogues: Vec<Catalogue>,
    index: Index,
    usage: Usage,
    profiles: Vec<Profile>,
    profiles_failure: Option<Failure>,
    importable: Vec<Importable>,
    /// Those of this computer, once a page has asked for them.
    browsers: Option<Vec<Browser>>,
    hotkey: HotkeyView,
    notice: Option<Notice>,
    /// When it was put up.
    noticed_at: Timestamp,
    notices: u32,
    question: Option<Asked>,
    bookmarks: Vec<Bookmark>,
    pages: pages::Known,
    /// A link that waits until it is known what its portal has.
    link: Option<Link>,
    /// Programs that want to be let in.
    asks: Asks,
    /// Grows when the access log has changed.
    accesses: u32,
    /// What can be taken back.
    undo: Option<Undoable>,
    revision: u32,
    /// Roles that somebody waits for.
    watches: Vec<Awaited>,
    /// The answers to the last search: a list that is scrolled asks for them part by part.
    found: Option<(String, u32, Vec<Row>)>,
}

/// What wants a second, deliberate act.
#[derive(Debug)]
struct Asked {
    grant: GrantId,
    action: Action,
    about: About,
    /// Set if a link asks, and nobody who is known: when it did.
    by_link: Option<Timestamp>,
    /// As whom else it could be.
    choices: Vec<GrantId>,
}

/// What can be taken back.
#[derive(Debug)]
enum Undoable {
    Switch,
    /// A bookmark that was removed.
    Bookmark(Bookmark),
}

impl App {
    /// An application that knows its settings and nothing else yet, and what it wants to know.
    pub fn begin(
        settings: Settings,
        version: &str,
        settings_path: String,
        demo: Option<Demo>,
    ) -> (Self, Vec<Effect>) {
        let mut app = Self {
            version: version.to_owned(),
            settings_path,
            home: None,
            demo,
            settings: Settings { portals: Vec::new(), hotkey: None, autostart: false, ..settings.clone() },
            settings_failure: None,
            cases: Vec::new(),
            catalogues: Vec::new(),
            index: Index::new(&[]),
            usage: Usage::default(),
            profiles: Vec::new(),
            profiles_failure: None,
            importable: Vec::new(),
            browsers: None,
            hotkey: HotkeyView { keys: None, state: HotkeyState::Off, why: None },
            notice: None,
            noticed_at: Timestamp::MIN,
            notices: 0,
            question: None,
            bookmarks: Vec::new(),
            pages: pages::Known::default(),
            link: None,
            asks: Asks::default(),
            accesses: 0,
            undo: None,
            revision: 0,
            watches: Vec::new(),
            found: None,
        };
        let mut effects = app.take_settings(settings);
        effects.extend([Effect::ReadProfiles, Effect::ReadImportable]);
        (app, effects)
    }

    /// The person's home folder, which is shown as `~`.
    #[must_use]
    pub fn at_home(self, home: Option<String>) -> Self {
        Self { home, ..self }
    }

    fn home(&self) -> Option<&str> {
        self.home.as_deref()
    }

    /// Takes what happened and says what to do.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let before = self.notices;
        // Before the files say so: what was on the screen at the end is what has ended.
        let mut effects = self.end_leases(now);
        effects.extend(self.take(input, now));
        if self.notices != before {
            self.noticed_at = now;
        }
        // What worked is told for a moment; what did not, until somebody has read it.
        if self.notice_ends().is_some_and(|end| end <= now) {
            self.notice = None;
        }
        self.end_waiting(now);
        let notify = self.settings.notify_session;
        for case in &mut self.cases {
            effects.extend(case.due(notify, now));
        }
        effects
    }

    /// When [`Input::Tick`] is due: something changes by time alone.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.cases.iter().filter_map(|case| case.next(now));
        let due = due.chain(self.watches.iter().map(|awaited| awaited.until));
        due.chain(self.menu_changes(now)).chain(self.lease_ends()).chain(self.notice_ends()).min()
    }

    /// Whether nothing is under way that would be lost if the program were started anew.
    pub fn is_quiet(&self) -> bool {
        let busy = |case: &Case| case.attempt.is_some() || case.listing.is_some() || case.renewing;
        let nobody_waits = self.question.is_none() && self.asks.count() == 0;
        nobody_waits && self.watches.is_empty() && !self.cases.iter().any(busy)
    }

    fn notice_ends(&self) -> Option<Timestamp> {
        let done = self.notice.as_ref().is_some_and(|notice| notice.kind == NoticeKind::Done);
        done.then(|| crate::time::after(self.noticed_at, TOLD_FOR))
    }

    fn take(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match input {
            Input::Act(action) => self.act(action, now),
            Input::Link(text) => self.take_link(&text, now),
            Input::Agent(question) => self.take_question(question, now),
            Input::AskClosed => self.deny_in_front(now),
            Input::AskGone => self.ask_window_is_gone(),
            Input::NotServing(failure) => self.not_serving(&failure),
            Input::Accessed => self.accessed(),
            Input::Settings(Ok(settings)) => self.take_settings(settings),
            Input::Settings(Err(failure)) => {
                self.settings_failure = Some(failure.clone());
                self.tell_failure(About::Settings, &failure)
            }
            Input::Session { portal, session } => self.take_session(&portal, session, now),
            Input::Profiles(Ok(profiles)) => {
                self.profiles_failure = None;
                self.profiles = lease::as_of(profiles, now);
                self.revision += 1;
                Vec::new()
            }
            Input::Profiles(Err(failure)) => {
                self.profiles_failure = Some(failure);
                Vec::new()
            }
            Input::Bookmarks(bookmarks) => {
                self.bookmarks = bookmarks;
                self.reread_pages();
                Vec::new()
            }
            Input::Usage(usage) => {
                if self.usage != usage {
                    self.usage = usage;
                    self.reread_pages();
                }
                Vec::new()
            }
            Input::Catalogue { portal, catalogue } => {
                if let Some(case) = self.case(&portal) {
                    case.catalogue_was_read(catalogue.as_ref().and_then(|c| c.fetched_at), now);
                }
                self.take_catalogue(&portal, catalogue);
                self.ask_for_link(now)
            }
            Input::Importable(found) => self.take_importable(found),
            Input::Browsers(found) => {
                self.browsers = Some(found);
                Vec::new()
            }
            Input::Turn { portal, authorization, qr } => self.turn(portal, authorization, qr),
            Input::Instead { portal, flow } => {
                let way = match flow {
                    Flow::Browser => "AWS does not allow codes here: your browser opens instead",
                    Flow::Device => "AWS does not allow the browser's way here: you get a code instead",
                };
                self.tell(About::SignIn, format!("{portal}: {way}"), false);
                Vec::new()
            }
            Input::SignInMissed { portal } => self.case(&portal).map(Case::missed).unwrap_or_default(),
            Input::SignInEnded { portal, result } => self.sign_in_ended(portal, result),
            Input::SignInWindowClosed { portal } => self.sign_in_window_closed(portal),
            Input::Visit { portal, pop_up, visit } => {
                self.visited(&portal, pop_up, visit);
                Vec::new()
            }
            Input::SignedOut { portal, result } => self.signed_out(portal, result),
            Input::Listing { portal, done, total } => {
                if let Some(listing) = self.case(&portal).and_then(|case| case.listing.as_mut()) {
                    *listing = (done, total);
                }
                Vec::new()
            }
            Input::Listed { portal, result } => self.listed(&portal, result, now),
            Input::BookmarkRemoved(bookmark, result) => self.bookmark_removed(bookmark, result),
            Input::Switched(result) => self.switched(result, now),
            Input::LeaseEnded(profile, result) => self.lease_ended(&profile, result),
            Input::Done { about, action, result } => self.done(about, action, result, now),
            Input::Hotkey(hotkey) => self.take_hotkey(hotkey),
            Input::Woke => {
                self.cases.iter_mut().for_each(Case::hurry);
                let sessions = self.cases.iter().map(|case| Effect::ReadSession(case.portal.name.clone()));
                sessions.chain([Effect::ReadProfiles]).collect()
            }
            Input::Waiting(text) => {
                self.tell(About::Session, crate::text::line(&text).into_owned(), false);
                Vec::new()
            }
            Input::NoTray => {
                let open = ("Open Rolecall".to_owned(), Action::Show { window: Window::Main });
                let body = "The hotkey and this window work without them. On GNOME, the extension \
                            AppIndicator shows them.";
                let title = "This desktop shows no tray icons".to_owned();
                vec![Effect::Notify(notification(Topic::Tray, title, body, Some(open)))]
            }
            Input::Tick => Vec::new(),
        }
    }

    /// It is the person's turn: in the window, or in their browser.
    fn turn(&mut self, portal: PortalName, authorization: Authorization, qr: (usize, String)) -> Vec<Effect> {
        let Some(attempt) = self.case(&portal).and_then(|case| case.attempt.as_mut()) else {
            return vec![Effect::EndSignIn(portal)];
        };
        let (page, code) = (authorization.page().to_owned(), authorization.user_code().map(str::to_owned));
        let (size, path) = qr;
        let is_first = attempt.turn.is_none();
        attempt.turn = Some((authorization, Qr { size: size.try_into().unwrap_or(0), path }));
        let Some(code) = code else {
            // Only the browser of this computer can come back.
            let was = std::mem::replace(&mut attempt.place, Place::Browser);
            let close = (was != Place::Browser).then_some(Effect::CloseSignIn(portal));
            return close.into_iter().chain([Effect::Browse(page)]).collect();
        };
        match attempt.place {
            Place::Embedded => vec![Effect::ShowSignIn(portal, Some(page))],
            // A later code comes by itself, and nothing but a person opens a browser.
            Place::Browser if !is_first => vec![Effect::Notify(code_notice(&portal, &code))],
            Place::Browser => vec![Effect::Browse(page), Effect::Notify(code_notice(&portal, &code))],
            Place::Paused => Vec::new(),
        }
    }

    fn visited(&mut self, portal: &PortalName, pop_up: Option<u32>, visit: Visit) {
        let Some(attempt) = self.case(portal).and_then(|case| case.attempt.as_mut()) else { return };
        match pop_up {
            Some(number) => drop(attempt.pop_ups.insert(number, visit)),
            None => attempt.visit = Some(visit),
        }
    }

    fn case(&mut self, portal: &PortalName) -> Option<&mut Case> {
        self.cases.iter_mut().find(|case| case.portal.name == *portal)
    }

    /// Portals that stay keep what is known of them.
    fn take_settings(&mut self, settings: Settings) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut cases = Vec::new();
        let mut before = std::mem::take(&mut self.cases);
        for portal in &settings.portals {
            let is_same = |case: &Case| {
                let known = &case.portal;
                (&known.name, &known.start_url, &known.region)
                    == (&portal.name, &portal.start_url, &portal.region)
            };
            if let Some(at) = before.iter().position(is_same) {
                let mut case = before.swap_remove(at);
                case.portal = portal.clone();
                cases.push(case);
            } else {
                let name = portal.name.clone();
                cases.push(Case::new(portal.clone()));
                effects.extend([Effect::ReadSession(name.clone()), Effect::ReadCatalogue(name)]);
            }
        }
        let is_gone = !before.is_empty();
        for gone in before.into_iter().filter(|case| case.attempt.is_some()) {
            effects
                .extend([Effect::EndSignIn(gone.portal.name.clone()), Effect::CloseSignIn(gone.portal.name)]);
        }
        if settings.portals != self.settings.portals {
            effects.extend([Effect::ReadProfiles, Effect::ReadImportable]);
        }
        if settings.hotkey != self.settings.hotkey {
            effects.push(Effect::Grab(settings.hotkey.clone()));
        }
        if settings.autostart != self.settings.autostart {
            effects.push(Effect::Autostart(settings.autostart));
        }
        effects.extend(self.look_for_browsers_again(&settings));
        self.cases = cases;
        self.catalogues.retain(|c| settings.portal(&c.portal).is_some_and(|p| p.start_url == c.start_url));
        self.settings = settings;
        let is_mended = self.settings_failure.take().is_some();
        self.notice.take_if(|notice| {
            let is_over = match notice.about {
                About::Settings | About::Choose => is_mended,
                About::SignIn => is_gone,
                _ => false,
            };
            notice.kind == NoticeKind::Failed && is_over
        });
        self.reindex();
        self.watch_cases();
        effects
    }

    fn take_session(
        &mut self,
        portal: &PortalName,
        session: Result<Session, Failure>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(case) = self.case(portal) else { return Vec::new() };
        let was_in = case.is_signed_in();
        let mut effects = case.learn(session, now);
        if !was_in && case.is_signed_in() {
            effects.push(Effect::Withdraw(Topic::Session(portal.clone())));
            // Somebody has signed in elsewhere, such as in a terminal: nobody has to any more.
            if let Some(attempt) = case.attempt.take() {
                effects.extend([Effect::EndSignIn(portal.clone()), Effect::CloseSignIn(portal.clone())]);
                effects.extend(attempt.then.into_iter().flat_map(Self::carry_out));
            }
        }
        effects
    }

    fn take_catalogue(&mut self, portal: &PortalName, catalogue: Option<Catalogue>) {
        let Some(case) = self.case(portal) else { return };
        case.listed_at = catalogue.as_ref().and_then(|c| c.fetched_at);
        let known = self.catalogues.iter().position(|c| c.portal == *portal);
        match (known, catalogue) {
            (Some(at), Some(catalogue)) if self.catalogues[at] == catalogue => return,
            (Some(at), Some(catalogue)) => self.catalogues[at] = catalogue,
            (Some(at), None) => {
                self.catalogues.remove(at);
            }
            (None, Some(catalogue)) => self.catalogues.push(catalogue),
            (None, None) => return,
        }
        self.reindex();
    }

    fn take_hotkey(&mut self, hotkey: HotkeyView) -> Vec<Effect> {
        let refused = hotkey.state == HotkeyState::Refused && self.hotkey != hotkey;
        self.hotkey = hotkey.clone();
        if refused {
            let keys = hotkey.keys.unwrap_or_default();
            return self.tell_failure(
                About::Hotkey,
                &Failure::new(
                    Code::Failed,
                    format!("the hotkey {keys} could not be set"),
                    "choose another in the settings",
                )
                .with_detail(hotkey.why.unwrap_or_default()),
            );
        }
        Vec::new()
    }

    fn take_importable(&mut self, found: Vec<(String, String, String)>) -> Vec<Effect> {
        let known = |url: &str| self.settings.portals.iter().any(|p| p.start_url.as_str() == url);
        let new = found.into_iter().filter(|(_, url, _)| !known(url));
        let importable = new.map(|(name, start_url, region)| Importable { name, start_url, region });
        self.importable = importable.collect();
        Vec::new()
    }

    fn reindex(&mut self) {
        let order = |c: &Catalogue| self.settings.portals.iter().position(|p| p.name == c.portal);
        self.catalogues.sort_by_key(order);
        self.index = Index::with_chains(&self.catalogues, &self.settings.chains);
        self.reread_pages();
    }

    fn default_profile(&self) -> ProfileName {
        self.settings.default_profile.clone()
    }

    fn place(&self, asked: Option<SignInPlace>) -> SignInPlace {
        asked.unwrap_or(self.settings.sign_in)
    }

    fn tell(&mut self, about: About, text: String, undo: bool) {
        self.put_notice(NoticeKind::Done, about, text, None, undo);
    }

    /// Says what did not work, in the windows and, where none of them is looked at, by a notification.
    fn tell_failure(&mut self, about: About, failure: &Failure) -> Vec<Effect> {
        let failure = failure.for_windows();
        let title = failure.to_string();
        self.put_notice(NoticeKind::Failed, about, title.clone(), Some(failure.hint.clone()), false);
        vec![Effect::Notify(notification(Topic::Act, title, &failure.hint, None))]
    }

    fn put_notice(&mut self, kind: NoticeKind, about: About, text: String, hint: Option<String>, undo: bool) {
        self.notices += 1;
        self.notice = Some(Notice { id: self.notices, kind, about, text, hint, undo });
    }
}

/// In a browser, nothing of ours stands above the page.
fn code_notice(portal: &PortalName, code: &str) -> Notification {
    let title = format!("Approve the code {}", crate::text::line(code));
    let body = format!("The page to sign in to {portal} opens in your browser. Approve only this code.");
    let copy = ("Copy code".to_owned(), Action::CopyCode { portal: portal.clone() });
    notification(Topic::Session(portal.clone()), title, &body, Some(copy))
}

fn notification(topic: Topic, title: String, body: &str, button: Option<(String, Action)>) -> Notification {
    Notification { topic, title, body: body.to_owned(), button, urgent: false }
}
