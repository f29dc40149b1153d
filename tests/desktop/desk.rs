//! A person at a desktop where Rolecall runs.

use std::cell::{Cell, OnceCell};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::display::Display;
use super::panel::Panel;
use super::web::{Web, free_port};
use crate::program::{Program, Running, until};
use crate::world::{PORTAL, World};

/// How long a page takes to put the caret where it belongs.
const SETTLE: Duration = Duration::from_millis(400);

pub(crate) struct Desk {
    pub(crate) app: Option<Running>,
    web: OnceCell<Web>,
    pub(crate) panel: Panel,
    pub(crate) display: Display,
    pub(crate) world: World,
    inspector: Cell<u16>,
}

impl Desk {
    /// With a panel; the program has not been started.
    pub(crate) fn empty(world: World) -> Self {
        let display = Display::start(&world.session);
        let panel = Panel::start(&world.session);
        Self { app: None, web: OnceCell::new(), panel, display, world, inspector: Cell::new(0) }
    }

    /// The program runs, without a window.
    pub(crate) fn start(world: World) -> Self {
        let mut desk = Self::empty(world);
        desk.start_again();
        desk
    }

    pub(crate) fn program(&self) -> Program {
        self.driven(env!("CARGO_BIN_EXE_rolecall-desktop"))
    }

    /// A program that starts ours, which can then be driven.
    pub(crate) fn driven(&self, program: &str) -> Program {
        self.inspector.set(free_port());
        self.on_display(program)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{}", self.inspector.get()))
    }

    /// As people run it: being driven costs memory and time.
    pub(crate) fn plain_program(&self) -> Program {
        self.on_display(env!("CARGO_BIN_EXE_rolecall-desktop"))
    }

    fn on_display(&self, program: &str) -> Program {
        self.world.program(program).env("DISPLAY", &self.display.name).env("NO_AT_BRIDGE", "1")
    }

    pub(crate) fn start_again(&mut self) {
        self.web = OnceCell::new();
        self.app = Some(self.program().args(["--hidden"]).start());
        self.panel.icon();
    }

    /// Chooses Quit, and waits for the end.
    pub(crate) fn quit(&mut self) {
        self.panel.click("Quit Rolecall");
        self.app.take().unwrap().finish().succeeded();
        self.panel.forget();
    }

    /// The pages. Before the first one is open, this waits.
    pub(crate) fn web(&self) -> &Web {
        self.web.get_or_init(|| Web::attach(self.inspector.get()))
    }

    /// Opens the main window.
    pub(crate) fn open_main(&self) -> &Web {
        self.panel.click("Settings…");
        until("the window is there", || self.display.shows("^Rolecall$"));
        let web = self.web();
        web.to("main.html");
        web
    }

    /// Opens the quick switcher and waits until its first rows are painted.
    pub(crate) fn open_switcher(&self) -> &Web {
        self.panel.activate();
        until("the switcher is there", || self.display.shows("^Rolecall$"));
        let web = self.web();
        web.to("switcher.html");
        self.painted("");
        web
    }

    /// Waits until the list of a query is painted.
    pub(crate) fn painted(&self, query: &str) {
        let script = "return document.documentElement.dataset.painted";
        until("the list is painted", || self.web().run(script, Value::Null) == query);
    }

    /// Types another query into the switcher, and waits for its list.
    pub(crate) fn look_for(&self, query: &str) {
        self.display.focus("^Rolecall$");
        self.display.press("ctrl+a");
        self.display.type_text(query);
        self.painted(query);
    }

    /// Begins to sign in from the tray and waits until the page can be used.
    ///
    /// The driver is kept away from these windows: it takes the keyboard from the page that a person types into.
    pub(crate) fn begin_sign_in(&self) {
        self.panel.click(&format!("Sign in to {PORTAL}…"));
        self.display.focus(&format!("Sign in to {PORTAL}"));
        until("the page is asked for", || self.pages() > 0);
        thread::sleep(SETTLE);
    }

    /// How many pages were asked for.
    fn pages(&self) -> usize {
        self.world.sim.requests().iter().filter(|r| matches!(r.service, "pages" | "idp")).count()
    }

    /// Types what the page wants, and waits for the next page. What was typed before the page could take it is
    /// typed again.
    pub(crate) fn submit(&self, text: &str) {
        self.until_sent(|| {
            self.display.press("ctrl+a");
            if text.is_empty() {
                return;
            }
            self.display.type_text(text);
        });
    }

    fn until_sent(&self, fill_in: impl Fn()) {
        let before = self.pages();
        until("the page was sent", || {
            fill_in();
            self.display.press("Return");
            let deadline = Instant::now() + Duration::from_secs(3);
            while self.pages() == before && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(20));
            }
            self.pages() > before
        });
        thread::sleep(SETTLE);
    }

    /// Presses the first button of the page.
    pub(crate) fn confirm(&self) {
        self.until_sent(|| self.display.press("Tab"));
    }

    /// Presses the first button of each page that comes, until the window closes by itself.
    pub(crate) fn confirm_to_the_end(&self) {
        until("the window of the sign-in is gone", || {
            let before = self.pages();
            self.display.press("Tab");
            self.display.press("Return");
            let deadline = Instant::now() + Duration::from_secs(3);
            while self.pages() == before && self.display.shows("Sign in to") && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(20));
            }
            thread::sleep(SETTLE);
            !self.display.shows("Sign in to")
        });
    }

    /// As the built-in directory wants it: user name, password, one-time code; then the code, and access.
    pub(crate) fn go_through_the_pages(&self) {
        self.submit("");
        self.submit(&self.world.person().user);
        self.submit(&self.world.person().password);
        self.submit(&self.world.sim.one_time_code().unwrap());
        self.confirm();
        self.confirm();
    }

    /// As a company's own identity provider wants it.
    pub(crate) fn go_through_the_identity_provider(&self) {
        self.submit("");
        let person = self.world.person();
        self.until_sent(|| {
            self.display.press("ctrl+a");
            self.display.type_text(&format!("{}\t{}", person.user, person.password));
        });
        self.confirm();
        self.confirm();
    }

    /// The whole sign-in in the embedded page.
    pub(crate) fn sign_in(&self) {
        self.begin_sign_in();
        self.go_through_the_pages();
        until("the window of the sign-in is gone", || !self.display.shows("Sign in to"));
        until("the tray knows", || self.panel.labels().iter().any(|label| label.contains("signed in")));
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(app) = &self.app
        {
            println!("the program told: {}", app.told());
            println!("the tray shows: {:?}", self.panel.labels());
        }
    }
}
