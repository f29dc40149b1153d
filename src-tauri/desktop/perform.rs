//! Carries out what the domain decides. Nothing here blocks: work that does runs beside, and what comes of it is
//! an input.

mod switch;

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use domain::app::view::View;
use domain::app::{About, Action, Effect, Input, Menu};
use domain::browser::Wish;
use domain::console::Destination;
use domain::failure::Failure;
use domain::ids::{GrantId, PortalName, Region, StartUrl};
use domain::recent::Usage;
use domain::settings::{Portal, Settings};
use domain::vend::{self, Format};
use engine::agent::Agent;
use engine::{Engine, Undo, browser, unknown_region};
use tauri::{AppHandle, Emitter, Manager};
use tauri_plugin_autostart::ManagerExt;
use tokio::runtime::Handle;

use crate::clipboard::Clipboard;
use crate::console::{Address, in_place, region};
use crate::hotkey::Hotkeys;
use crate::notices::Notices;
use crate::owner::{AccessesReply, Message, Sender};
use crate::sign_ins::SignIns;
use crate::{platform, sign_in, tray, watch, windows};

/// How often the windows hear how far a listing is, and what is known so far.
const PROGRESS: Duration = Duration::from_millis(100);
const SO_FAR: Duration = Duration::from_secs(1);
/// How much of the access log a page shows.
const MOST_ACCESSES: usize = 300;
const COPIED_SECRET: &str =
    "Copied an address that signs in to the console: good for 15 minutes, for whoever has it";
const COPIED_LINK: &str = "Copied a link of the portal: whoever has it gets there by their own sign-in";

/// What effects are carried out with.
#[derive(Clone)]
pub(crate) struct Hands {
    app: AppHandle,
    runtime: Handle,
    engine: Arc<RwLock<Engine>>,
    pub(crate) agent: Agent,
    sender: Sender,
    sign_ins: SignIns,
    clipboard: Arc<Clipboard>,
    notices: Notices,
    hotkeys: Hotkeys,
    /// What takes the last switch back.
    undo: Arc<Mutex<Option<Undo>>>,
    is_demo: bool,
}

impl Hands {
    pub(crate) fn new(
        app: AppHandle,
        runtime: Handle,
        engine: Engine,
        agent: Agent,
        sender: Sender,
        is_demo: bool,
    ) -> Self {
        Self {
            runtime,
            notices: Notices::new(sender.clone()),
            hotkeys: Hotkeys::new(app.clone(), sender.clone()),
            app,
            engine: Arc::new(RwLock::new(engine)),
            agent,
            sender,
            sign_ins: SignIns::default(),
            clipboard: Arc::default(),
            undo: Arc::default(),
            is_demo,
        }
    }

    /// What happens by itself from now on: files change, networks come and go.
    pub(crate) fn begin(&self) {
        watch::files(self.clone());
        watch::network(self.sender.clone());
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether no program waits for the person, and no answer of theirs would be forgotten.
    pub(crate) fn is_quiet(&self) -> bool {
        self.agent.is_quiet()
    }

    pub(crate) fn has_windows(&self) -> bool {
        !self.app.webview_windows().is_empty()
    }

    pub(crate) fn draw(&self, menu: &Menu) {
        tray::draw(&self.app, menu);
    }

    pub(crate) fn show(&self, view: &View) {
        // A window that is just going can't be told any more.
        let _ = self.app.emit("view", view);
    }

    pub(crate) fn perform(&self, effect: Effect) {
        match effect {
            Effect::ReadSession(portal) => self.of_portal(portal, |engine, portal| {
                let session = engine.session(portal);
                Some(Input::Session { portal: portal.name.clone(), session })
            }),
            Effect::ReadProfiles => self.blocking(|engine| Some(Input::Profiles(engine.profiles()))),
            Effect::ReadCatalogue(portal) => self.of_portal(portal, |engine, portal| {
                // One that can't be read is fetched anew.
                let catalogue = engine.catalogue(portal).ok().flatten();
                Some(Input::Catalogue { portal: portal.name.clone(), catalogue })
            }),
            Effect::ReadImportable => {
                self.blocking(|engine| engine.portals_in_aws_config().ok().map(Input::Importable));
            }
            Effect::ReadBrowsers => self.blocking(|engine| Some(Input::Browsers(engine.browsers()))),
            Effect::SignIn { portal, plan, afresh } => {
                let engine = self.engine();
                if let Some(portal) = engine.settings().portal(&portal).cloned() {
                    self.sign_ins.begin(engine, portal, plan, afresh, self.sender.clone());
                }
            }
            Effect::PauseSignIn(portal) => self.sign_ins.set_going(&portal, false),
            Effect::ResumeSignIn(portal) => self.sign_ins.set_going(&portal, true),
            Effect::EndSignIn(portal) => self.sign_ins.end(&portal),
            Effect::ShowSignIn(portal, page) => {
                let dir = self.engine().folders().browser_dir(&portal);
                sign_in::show(&self.app, portal, page, dir);
            }
            Effect::CloseSignIn(portal) => sign_in::close(&self.app, &portal),
            Effect::Browse(page) => self.blocking(move |_| {
                let result = browser::open(&page).map(|()| None);
                Some(Input::Done { about: About::SignIn, action: None, result })
            }),
            Effect::SignOut(portal) => self.sign_out(portal),
            Effect::Renew(portal) => self.task(|hands| async move {
                let engine = hands.engine();
                let owner = engine.settings().portal(&portal)?.clone();
                Some(Input::Session { portal, session: engine.renew(&owner).await })
            }),
            Effect::List(portal) => self.list(portal),
            Effect::Switch(grant, profile, minutes) => self.switch(grant, profile, minutes),
            Effect::EndLease(profile) => self.end_lease(profile),
            Effect::UndoSwitch => self.undo_switch(),
            Effect::OpenConsole(grant, to) => self.open_console(grant, to),
            Effect::CopyExports(grant) => self.copy_exports(grant),
            Effect::CopyConsoleLink(grant) => self.copy_console_link(grant),
            Effect::AddBookmark(bookmark) => self.add_bookmark(bookmark),
            Effect::RemoveBookmark(bookmark) => self.remove_bookmark(bookmark),
            Effect::CopyLink(link) => self.copy(link.shortcut(), About::CopyLink, COPIED_LINK),
            Effect::SignOutOfConsole(portal, grant) => self.sign_out_of_console(portal, grant),
            Effect::CopyText(text, about) => self.copy(text, about, "Copied"),
            Effect::Pin(grant, pinned) => self.pin(grant, pinned),
            Effect::AddPortal { name, start_url, region } => self.add_portal(name, start_url, region),
            Effect::RemovePortal(portal) => self.remove_portal(portal),
            Effect::Choose(choice) => self.edit(About::Choose, move |engine| {
                engine.choose(&choice)?;
                Ok(None)
            }),
            Effect::OpenSettingsFile => self.blocking(|engine| {
                let result =
                    engine.settings_file().and_then(|path| browser::open(&path.display().to_string()));
                Some(Input::Done {
                    about: About::OpenSettingsFile,
                    action: None,
                    result: result.map(|()| None),
                })
            }),
            Effect::Notify(notification) => {
                if !windows::is_looked_at(&self.app, &notification) {
                    self.notices.show(notification);
                }
            }
            Effect::Withdraw(topic) => self.notices.withdraw(&topic),
            Effect::Reply(question, reply) => self.agent.answer(question, reply),
            Effect::CloseAsk => windows::close_ask(&self.app),
            Effect::ClearAccesses => self.blocking(|engine| {
                let result = engine.clear_accesses().map(|()| Some("The access log is empty now".to_owned()));
                Some(Input::Done { about: About::ClearAccesses, action: None, result })
            }),
            Effect::Show(window) => windows::show(&self.app, window, self.engine().settings().theme),
            Effect::Toggle => windows::toggle_switcher(&self.app, self.engine().settings().theme),
            Effect::HideSwitcher => windows::hide_switcher(&self.app),
            Effect::Grab(hotkey) => self.hotkeys.grab(hotkey),
            Effect::Autostart(on) => self.autostart(on),
            Effect::Quit => self.app.exit(0),
        }
    }

    fn pin(&self, grant: GrantId, pinned: bool) {
        self.blocking(move |engine| {
            let change = |usage: &mut Usage| if pinned { usage.pin(&grant) } else { usage.unpin(&grant) };
            Some(match engine.change_usage(change) {
                Ok(()) => Input::Usage(engine.usage()),
                Err(failure) => Input::Done { about: About::Pin, action: None, result: Err(failure) },
            })
        });
    }

    /// Takes this program's place with a new one, if that loses nothing.
    pub(crate) fn start_anew(&self) {
        // The simulator of the demo lives in here.
        if !self.is_demo && !self.has_windows() {
            platform::start_anew();
        }
    }

    /// Work with files and keyring, beside.
    pub(crate) fn blocking(&self, work: impl FnOnce(&Engine) -> Option<Input> + Send + 'static) {
        let (engine, sender) = (self.engine(), self.sender.clone());
        self.runtime.spawn_blocking(move || work(&engine).into_iter().for_each(|input| sender.input(input)));
    }

    /// The owner, who knows the names, makes of it what the page shows.
    pub(crate) fn read_accesses(&self, reply: AccessesReply) {
        let sender = self.sender.clone();
        self.blocking(move |engine| {
            sender.send(Message::AccessesRead(engine.accesses(MOST_ACCESSES), reply));
            None
        });
    }

    pub(crate) fn of_portal(
        &self,
        portal: PortalName,
        work: impl FnOnce(&Engine, &Portal) -> Option<Input> + Send + 'static,
    ) {
        self.blocking(move |engine| {
            engine.settings().portal(&portal).and_then(|portal| work(engine, portal))
        });
    }

    /// Work with AWS, beside.
    fn task<F>(&self, work: impl FnOnce(Self) -> F)
    where
        F: Future<Output = Option<Input>> + Send + 'static,
    {
        let (work, sender) = (work(self.clone()), self.sender.clone());
        self.runtime.spawn(async move { work.await.into_iter().for_each(|input| sender.input(input)) });
    }

    /// The settings as they are on disk from now on.
    pub(crate) fn reread_settings(&self) {
        let read = self.engine().reread();
        let settings = read.map(|engine| self.replace(engine));
        self.sender.input(Input::Settings(settings));
    }

    fn replace(&self, engine: Engine) -> Settings {
        let settings = engine.settings().clone();
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = engine;
        settings
    }

    /// A change of the settings, and what it changes.
    fn edit(
        &self,
        about: About,
        change: impl FnOnce(&mut Engine) -> Result<Option<String>, Failure> + Send + 'static,
    ) {
        let hands = self.clone();
        self.blocking(move |engine| {
            let mut engine = engine.clone();
            let result = change(&mut engine);
            if result.is_ok() {
                hands.reread_settings();
            }
            Some(Input::Done { about, action: None, result })
        });
    }

    fn sign_out(&self, portal: PortalName) {
        self.task(|hands| async move {
            let result = hands.end_session(&portal).await;
            Some(Input::SignedOut { portal, result })
        });
    }

    /// What AWS could not be told is no failure: everything of ours is gone.
    async fn end_session(&self, portal: &PortalName) -> Result<Option<String>, Failure> {
        let engine = self.engine();
        let owner = engine.settings().portal_or_only(Some(portal))?.clone();
        let told = engine.sign_out(&owner, false).await?;
        Ok(told.err().map(|trouble| trouble.failure("signing out at AWS", portal).to_string()))
    }

    /// The region is found where it was not given, and so is the portal behind a company's own domain.
    fn add_portal(&self, name: PortalName, start_url: StartUrl, region: Option<Region>) {
        self.task(|hands| async move {
            let added = hands.find_and_add(name, start_url, region).await;
            hands.reread_settings();
            Some(Input::Done { about: About::AddPortal, action: None, result: added.map(Some) })
        });
    }

    async fn find_and_add(
        &self,
        name: PortalName,
        start_url: StartUrl,
        region: Option<Region>,
    ) -> Result<String, Failure> {
        let mut engine = self.engine();
        let found = engine.discover(&start_url, region).await?;
        let region = found.region.ok_or_else(|| Failure {
            hint: "fill in the region of IAM Identity Center: the portal shows it under \u{201c}Access keys\u{201d}".to_owned(),
            ..unknown_region(&found.start_url)
        })?;
        let portal = Portal::new(name, found.start_url, region);
        engine.add_portal(&portal)?;
        Ok(format!("{} was added", portal.name))
    }

    fn remove_portal(&self, portal: PortalName) {
        self.task(|hands| async move {
            let about = About::RemovePortal;
            // Before the session is ended for nothing.
            if let Err(failure) = hands.engine().settings().may_lose_portal(&portal) {
                return Some(Input::Done { about, action: None, result: Err(failure) });
            }
            let ended = hands.end_session(&portal).await;
            let mut engine = hands.engine();
            let removed = ended.and_then(|_| engine.remove_portal(&portal));
            hands.reread_settings();
            let result = removed.map(|()| Some(format!("{portal} was removed")));
            Some(Input::Done { about, action: None, result })
        });
    }

    fn list(&self, portal: PortalName) {
        self.task(|hands| async move {
            let engine = hands.engine();
            let owner = engine.settings().portal(&portal)?.clone();
            let (mut told, mut shown) = (Instant::now(), Instant::now());
            let listing = engine.refresh_catalogue(&owner, |progress, catalogue| {
                let portal = || portal.clone();
                if told.elapsed() > PROGRESS {
                    told = Instant::now();
                    let (done, total) = (progress.accounts_done, Some(progress.accounts));
                    hands.sender.input(Input::Listing { portal: portal(), done, total });
                }
                if shown.elapsed() > SO_FAR {
                    shown = Instant::now();
                    let catalogue = Some(catalogue.clone());
                    hands.sender.input(Input::Catalogue { portal: portal(), catalogue });
                }
            });
            let result = listing.await.map(|refreshed| (refreshed.catalogue, refreshed.changes));
            Some(Input::Listed { portal, result })
        });
    }

    fn open_console(&self, grant: GrantId, to: Destination) {
        self.task(|hands| async move {
            let opened = async {
                let (address, page) = hands.address_of_console(&grant, &to).await?;
                let place = hands.show_console(grant.clone(), address).await?;
                hands.note_opened(grant.clone(), page.clone());
                Ok(Some(format!("{}{}", page.opens(), in_place(place.as_deref()))))
            };
            let opened = opened.await;
            let action = Action::Console { grant, destination: to.text().map(str::to_owned) };
            Some(Input::Done { about: About::Console, action: Some(action), result: opened })
        });
    }

    /// Where the settings say. It waits for the browser.
    async fn show_console(&self, grant: GrantId, address: Address) -> Result<Option<String>, Failure> {
        let engine = self.engine();
        let opened = tokio::task::spawn_blocking(move || match address {
            Address::Secret(url) => engine.show_console(&grant, &url, &Wish::default()),
            Address::Portal(url) => engine.show_page(&grant, &url, &Wish::default()),
        });
        opened.await.unwrap_or(Ok(None))
    }

    fn copy_console_link(&self, grant: GrantId) {
        self.task(|hands| async move {
            let address = hands.address_of_console(&grant, &Destination::Home).await;
            let copied = address.and_then(|(address, _)| match address {
                Address::Secret(url) => hands.clipboard.put(url.reveal()).map(|()| COPIED_SECRET),
                Address::Portal(url) => hands.clipboard.put(&url).map(|()| COPIED_LINK),
            });
            let result = copied.map(|said| Some(said.to_owned()));
            let (about, action) = (About::CopyConsoleLink, Some(Action::CopyConsoleLink { grant }));
            Some(Input::Done { about, action, result })
        });
    }

    /// Copies a text that is no secret.
    fn copy(&self, text: String, about: About, said: &'static str) {
        let clipboard = Arc::clone(&self.clipboard);
        self.blocking(move |_| {
            let result = clipboard.put(&text).map(|()| Some(said.to_owned()));
            Some(Input::Done { about, action: None, result })
        });
    }

    fn copy_exports(&self, grant: GrantId) {
        self.task(|hands| async move {
            let engine = hands.engine();
            let copied = hands.agent.give_to_person(&grant).await.and_then(|credentials| {
                let (account, region) = (grant.account_id.as_str(), region(&engine, &grant));
                let region = region.as_ref().map(Region::as_str);
                let text = vend::print(&credentials, account, region, Format::Env);
                hands.clipboard.put(text.reveal())
            });
            let result = copied.map(|()| Some("Copied the environment exports".to_owned()));
            let (about, action) = (About::CopyExports, Some(Action::CopyExports { grant }));
            Some(Input::Done { about, action, result })
        });
    }

    /// The demo is no program that should come with the desktop.
    fn autostart(&self, on: bool) {
        if self.is_demo {
            return;
        }
        let app = self.app.clone();
        self.blocking(move |_| {
            let launch = app.autolaunch();
            let set = if on { launch.enable() } else { launch.disable() };
            let result = set.map(|()| None).map_err(|error| {
                let hint = "add it to your desktop's own list of programs to start";
                Failure::new(domain::failure::Code::Failed, "starting with the desktop can't be set", hint)
                    .with_detail(error)
            });
            Some(Input::Done { about: About::Choose, action: None, result })
        });
    }
}
