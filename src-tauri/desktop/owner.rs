//! The one owner of state: takes inputs one after the other, has effects carried out, and shows what changed.

use std::time::{Duration, Instant};

use domain::access::Access;
use domain::app::view::{AccessView, Found, View};
use domain::app::{App, Effect, Input, Menu};
use domain::failure::Failure;
use engine::clock;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::perform::Hands;

/// The longest sleep. A timer stands still while a computer sleeps; after waking, a look at the clock tells.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// A sleep that took so much longer than it should was the computer's.
const SLEPT: Duration = Duration::from_secs(20);

/// How long after its last window the program starts anew.
const REST: Duration = Duration::from_secs(10);

/// What reaches the owner.
pub(crate) enum Message {
    /// Something happened.
    Input(Box<Input>),
    /// A page wants to know everything.
    View(oneshot::Sender<View>),
    /// A window was closed.
    WindowGone,
    /// A page wants the access log.
    Accesses(AccessesReply),
    /// It was read for that page.
    AccessesRead(Result<Vec<Access>, Failure>, AccessesReply),
    /// A page wants answers to a query.
    Search { query: String, from: usize, count: usize, reply: oneshot::Sender<Found> },
}

/// What a page gets that wants the access log.
pub(crate) type AccessesReply = oneshot::Sender<Result<Vec<AccessView>, Failure>>;

/// A way to reach the owner, from any thread.
#[derive(Clone)]
pub(crate) struct Sender(mpsc::UnboundedSender<Message>);

pub(crate) type Receiver = mpsc::UnboundedReceiver<Message>;

pub(crate) fn channel() -> (Sender, Receiver) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Sender(sender), receiver)
}

impl Sender {
    /// Tells the owner what happened. If it is gone, the program is ending.
    pub(crate) fn input(&self, input: Input) {
        self.send(Message::Input(Box::new(input)));
    }

    pub(crate) fn send(&self, message: Message) {
        let _ = self.0.send(message);
    }

    /// Something waits for the person, such as a locked keyring.
    pub(crate) fn waiting(&self, text: &str) {
        self.input(Input::Waiting(text.to_owned()));
    }
}

/// The state, and who carries out what it decides.
pub(crate) struct Owner {
    app: App,
    hands: Hands,
    receiver: Receiver,
    /// What the tray shows.
    menu: Menu,
    /// What the windows show.
    view: Option<View>,
    /// Since when there is no window any more.
    windowless: Option<Instant>,
}

impl Owner {
    pub(crate) fn new(app: App, hands: Hands, receiver: Receiver) -> Self {
        let menu = app.menu(clock::now());
        Self { app, hands, receiver, menu, view: None, windowless: None }
    }

    /// Until the program ends.
    pub(crate) async fn run(mut self, effects: Vec<Effect>) {
        self.hands.begin();
        self.carry_out(effects);
        loop {
            let began = clock::now();
            let sleep = self.sleep(began);
            tokio::select! {
                message = self.receiver.recv() => match message {
                    Some(message) => self.take(message),
                    None => return,
                },
                () = tokio::time::sleep(sleep) => {
                    let slept = Duration::try_from(clock::now().duration_since(began)).unwrap_or_default();
                    let woke = slept > sleep + SLEPT;
                    self.handle(if woke { Input::Woke } else { Input::Tick });
                    self.rest();
                }
            }
        }
    }

    fn sleep(&self, now: Timestamp) -> Duration {
        let next = self.app.next(now).map(|next| next.duration_since(now));
        let next = next.map(|wait| Duration::try_from(wait).unwrap_or_default());
        let next = next.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
        // If it can't rest when it is time to, because something is under way, every tick is time enough.
        let rest = self.windowless.map(|since| REST.saturating_sub(since.elapsed()));
        let next = rest.filter(|rest| !rest.is_zero()).map_or(next, |rest| next.min(rest));
        // A moment at least: whatever is due once is not due all the time.
        next.max(Duration::from_millis(50))
    }

    /// Windows leave 70 MB of libraries and caches behind. A while after the last one, the program takes its own
    /// place and is small again. If it can't, it goes on as it is.
    fn rest(&mut self) {
        let rested = self.windowless.is_some_and(|since| since.elapsed() >= REST);
        if rested && self.app.is_quiet() && self.hands.is_quiet() && self.receiver.is_empty() {
            self.windowless = None;
            self.hands.start_anew();
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Input(input) => self.handle(*input),
            Message::WindowGone => self.windowless = Some(Instant::now()),
            // Whoever asked may have gone.
            Message::View(reply) => drop(reply.send(self.app.view(clock::now()))),
            Message::Accesses(reply) => self.hands.read_accesses(reply),
            Message::AccessesRead(accesses, reply) => {
                drop(reply.send(accesses.map(|accesses| self.app.access_views(&accesses))));
            }
            Message::Search { query, from, count, reply } => {
                drop(reply.send(self.app.search(&query, from, count, clock::now())));
            }
        }
    }

    fn handle(&mut self, input: Input) {
        let effects = self.app.handle(input, clock::now());
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.hands.perform(effect);
        }
        // More may have happened already: it is shown together.
        if self.receiver.is_empty() {
            self.show();
        }
    }

    /// Draws what is different from what was drawn.
    fn show(&mut self) {
        let now = clock::now();
        let menu = self.app.menu(now);
        if menu != self.menu {
            self.hands.draw(&menu);
            self.menu = menu;
        }
        if !self.hands.has_windows() {
            self.view = None;
            return;
        }
        self.windowless = None;
        let view = self.app.view(now);
        if self.view.as_ref() != Some(&view) {
            self.hands.show(&view);
            self.view = Some(view);
        }
    }
}
