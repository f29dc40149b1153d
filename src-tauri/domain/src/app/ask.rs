//! Programs that want to be let in, and what the person says to them.

use jiff::{SignedDuration, Timestamp};

use super::input::{About, Action, Effect, Notification, Topic, Window};
use super::view::{AccessView, AskView, Moment, ProcessView};
use super::{App, notification};
use crate::access::Access;
use crate::asker::{Asker, Process};
use crate::failure::Failure;
use crate::gate::{PATIENCE, Question, Reply};
use crate::ids::GrantId;
use crate::text::line;
use crate::time::after;

/// A question that has just come in front is not answered yet: whatever was pressed or clicked was meant for what was
/// there before. The page has the same rule, from when it is seen.
const GUARD: SignedDuration = SignedDuration::from_millis(700);

/// Questions that stand, the oldest in front: the one that the window shows.
#[derive(Debug, Default)]
pub(super) struct Asks {
    standing: Vec<Ask>,
    /// Since when the first one is the first.
    in_front_since: Timestamp,
}

#[derive(Debug)]
struct Ask {
    id: u32,
    grant: GrantId,
    asker: Asker,
    since: Timestamp,
}

impl Asks {
    pub(super) fn count(&self) -> usize {
        self.standing.len()
    }

    /// Takes one out. What comes in front by it is new there.
    fn take(&mut self, id: u32, now: Timestamp) -> Option<Ask> {
        let at = self.standing.iter().position(|ask| ask.id == id)?;
        if at == 0 {
            self.in_front_since = now;
        }
        Some(self.standing.remove(at))
    }

    /// Whether the question may be answered. A clock that was set back shuts nobody out.
    fn is_answerable(&self, id: u32, now: Timestamp) -> bool {
        let seen = now.duration_since(self.in_front_since);
        let is_new = !seen.is_negative() && seen < GUARD;
        self.standing.first().is_some_and(|front| front.id == id) && !is_new
    }
}

impl App {
    /// A question came, or is over.
    pub(super) fn take_question(&mut self, question: Question, now: Timestamp) -> Vec<Effect> {
        match question {
            Question::Asked { id, asker, grant } => {
                let is_first = self.asks.standing.is_empty();
                if is_first {
                    self.asks.in_front_since = now;
                }
                let ask = Ask { id, grant, asker, since: now };
                let notify = Effect::Notify(self.ask_notice(&ask));
                self.asks.standing.push(ask);
                // The window that is there is not brought in front again: that would be for keys meant elsewhere.
                is_first.then_some(Effect::Show(Window::Ask)).into_iter().chain([notify]).collect()
            }
            Question::Over { id } => {
                self.asks.take(id, now);
                self.close_if_none_stands()
            }
        }
    }

    /// The person answers.
    pub(super) fn reply(&mut self, id: u32, reply: Reply, now: Timestamp) -> Vec<Effect> {
        if !self.asks.is_answerable(id, now) || self.asks.take(id, now).is_none() {
            return Vec::new();
        }
        let mut effects = vec![Effect::Reply(id, reply), Effect::Withdraw(Topic::Ask)];
        effects.extend(self.close_if_none_stands());
        effects
    }

    /// The person closed the window: that is no to what it showed, at any time.
    pub(super) fn deny_in_front(&mut self, now: Timestamp) -> Vec<Effect> {
        let Some(front) = self.asks.standing.first().map(|ask| ask.id) else { return vec![Effect::CloseAsk] };
        self.asks.take(front, now);
        let mut effects = vec![Effect::Reply(front, Reply::Deny), Effect::Withdraw(Topic::Ask)];
        effects.extend(self.close_if_none_stands());
        effects
    }

    /// The window that was closed is gone. Somebody may have come since it was told to close.
    pub(super) fn ask_window_is_gone(&self) -> Vec<Effect> {
        if self.asks.standing.is_empty() { Vec::new() } else { vec![Effect::Show(Window::Ask)] }
    }

    /// Without marks that ask, programs do without an agent, and nobody misses it.
    pub(super) fn not_serving(&mut self, failure: &Failure) -> Vec<Effect> {
        let is_missed = self.settings.marks.iter().any(|mark| mark.ask);
        if is_missed { self.tell_failure(About::Agent, failure) } else { Vec::new() }
    }

    /// Pages that show the log read it anew.
    pub(super) fn accessed(&mut self) -> Vec<Effect> {
        self.accesses = self.accesses.wrapping_add(1);
        Vec::new()
    }

    fn close_if_none_stands(&self) -> Vec<Effect> {
        if self.asks.standing.is_empty() {
            vec![Effect::Withdraw(Topic::Ask), Effect::CloseAsk]
        } else {
            Vec::new()
        }
    }

    /// Its button shows the window and no more: nobody is let in by a click on something that pops up.
    fn ask_notice(&self, ask: &Ask) -> Notification {
        let production = if self.look(&ask.grant).production { "⚠ Production: " } else { "" };
        let what = format!("{production}{} wants {}", ask.asker.name(), self.label(&ask.grant));
        let title = match self.asks.count() {
            0 => what,
            before => format!("{}; {}", waiting(before + 1), what),
        };
        let body =
            format!("{}\nNothing is given before you answer in Rolecall's window.", self.who(&ask.asker));
        let show = ("Show".to_owned(), Action::Show { window: Window::Ask });
        Notification { urgent: true, ..notification(Topic::Ask, title, &body, Some(show)) }
    }

    fn who(&self, asker: &Asker) -> String {
        asker.describe(self.home())
    }

    /// What the tray says of them.
    pub(super) fn ask_line(&self) -> Option<String> {
        let count = self.asks.count();
        (count > 0).then(|| waiting(count))
    }

    pub(super) fn ask_views(&self) -> Vec<AskView> {
        self.asks.standing.iter().map(|ask| self.ask_view(ask)).collect()
    }

    fn ask_view(&self, Ask { id, grant, asker, since }: &Ask) -> AskView {
        let clean = |text: &str| line(text).into_owned();
        let program = asker.program();
        AskView {
            id: *id,
            grant: self.grant_view(grant),
            role: clean(grant.role_name.as_str()),
            name: asker.name(),
            origin: asker.origin(self.home()),
            path: program.map(|program| clean(&program.program)).filter(|path| !path.is_empty()),
            pid: program.map(|program| program.pid),
            directory: asker.directory.as_deref().map(clean),
            chain: asker.processes.iter().map(process_view).collect(),
            since: Moment(*since),
            deadline: Moment(after(*since, PATIENCE)),
        }
    }

    /// Lines of the access log, the newest first.
    pub fn access_views(&self, accesses: &[Access]) -> Vec<AccessView> {
        let profiles = self.profiles_by_grant();
        let view = |access: &Access| AccessView {
            at: Moment(access.at),
            grant: self.grant_view_with(&access.grant, &profiles),
            role: line(access.grant.role_name.as_str()).into_owned(),
            profile: access.profile.clone(),
            way: access.way,
            outcome: access.outcome,
            who: self.who(&access.asker),
            path: access.asker.program().map(|program| line(&program.program).into_owned()),
        };
        accesses.iter().rev().map(view).collect()
    }
}

fn process_view(process: &Process) -> ProcessView {
    ProcessView { pid: process.pid, path: line(&process.program).into_owned() }
}

fn waiting(count: usize) -> String {
    if count == 1 { "1 program waits for you".to_owned() } else { format!("{count} programs wait for you") }
}
