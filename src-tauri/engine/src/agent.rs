//! The agent: answers `rolecall credentials` from memory, over a socket that only its owner can reach.
//!
//! It runs inside the desktop application, or alone as `rolecall agent`. Nothing depends on it: without an agent, or
//! when one stops in the middle of an answer, `rolecall` does the same from the keyring.
//!
//! ```text
//! rolecall credentials ──socket──┐
//! SDK in a shell or container ──HTTP (endpoint)──┴─> Agent ─> Memory ─> Engine::fetch_kept
//! ```

mod client;
mod door;
mod endpoint;
mod memory;
mod serve;
mod tend;
mod tokens;
mod wire;

#[cfg_attr(unix, path = "agent/platform/unix.rs")]
#[cfg_attr(windows, path = "agent/platform/windows.rs")]
mod platform;

#[cfg_attr(target_os = "linux", path = "agent/asking/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "agent/asking/elsewhere.rs")]
mod asking;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::access::{Access, Outcome, Way};
use domain::asker::Asker;
use domain::failure::{Code, Failure};
use domain::gate::Reply;
use domain::ids::{GrantId, ProfileName};
use domain::vend::Credentials;
use jiff::SignedDuration;
use tokio::sync::{Notify, watch};

use crate::credentials::{by_our_clock, lasts};
use crate::files::{self, Stamp};
use crate::{Engine, clock};

use self::door::{Door, Entry};
use self::memory::Memory;

pub use self::client::{Answer, Client};
pub use self::door::Questions;
use self::endpoint::Giving;

pub(crate) use self::endpoint::last_url;
pub use self::endpoint::{FOR_CONTAINERS, Listening, url};
pub use self::tokens::{Made, Pass};
pub use self::wire::Request;

/// The lock that the one agent holds.
const LOCK: &str = "agent";

/// Who asks in the name of this process, as the system tells it.
pub fn asker_of(pid: u32) -> Asker {
    asking::asker(pid)
}

/// The one that answers. A handle: clones are the same agent.
#[derive(Clone)]
pub struct Agent(Arc<Inner>);

struct Inner {
    /// The settings as they were when they were last looked at.
    engine: Mutex<(Engine, Option<Stamp>)>,
    memory: Memory,
    door: Door,
    /// Somebody has changed the AWS files.
    look: Notify,
    /// Where the endpoint is.
    listening: Mutex<Listening>,
    /// One at a time begins to listen, or stops because nobody is wanted.
    listening_turn: tokio::sync::Mutex<()>,
    /// Counted up when those that listen should stop.
    listeners: watch::Sender<u32>,
    /// What is on its way to those who have a token, by its id.
    giving: Mutex<HashMap<String, (Giving, Instant)>>,
    /// Which grants are asked about, as far as it was looked up, and by which files.
    asked: Mutex<HashMap<GrantId, Verdict>>,
}

/// Whether a grant is asked about, and by which settings and list.
type Verdict = ([Option<Stamp>; 2], bool);

/// What is asked of the agent.
pub(crate) struct Wish {
    pub(crate) grant: GrantId,
    pub(crate) profile: Option<ProfileName>,
    pub(crate) way: Way,
    pub(crate) at_least: SignedDuration,
    pub(crate) asker: Asker,
}

impl Agent {
    /// An agent with an empty memory, that serves nobody yet.
    pub fn new(engine: Engine, questions: Option<Questions>) -> Self {
        let stamp = Stamp::of(&engine.folders().settings_path());
        Self(Arc::new(Inner {
            engine: Mutex::new((engine, stamp)),
            memory: Memory::default(),
            door: Door::new(questions),
            look: Notify::new(),
            listening: Mutex::default(),
            listening_turn: tokio::sync::Mutex::default(),
            listeners: watch::Sender::new(0),
            giving: Mutex::default(),
            asked: Mutex::default(),
        }))
    }

    /// The person answers a question.
    pub fn answer(&self, question: u32, reply: Reply) {
        self.0.door.answer(question, reply);
    }

    /// Credentials for the person themselves, who has clicked on the role.
    pub async fn give_to_person(&self, grant: &GrantId) -> Result<Credentials, Failure> {
        let wish = Wish {
            grant: grant.clone(),
            profile: None,
            way: Way::Desktop,
            at_least: SignedDuration::ZERO,
            asker: asker_of(std::process::id()),
        };
        self.give(&wish).await
    }

    /// Whether nothing is under way that would be lost if the program were started anew. Credentials are not lost:
    /// they are in the keyring.
    pub fn is_quiet(&self) -> bool {
        self.0.door.is_quiet()
    }

    /// The engine with the settings as they are on disk; as they were, where they make no sense.
    fn engine(&self) -> Engine {
        let mut known = held(&self.0.engine);
        let stamp = Stamp::of(&known.0.folders().settings_path());
        if stamp != known.1 {
            if let Ok(engine) = known.0.reread() {
                known.0 = engine;
            }
            known.1 = stamp;
        }
        known.0.clone()
    }

    /// Credentials for whoever asks, if they may have them. What came of it is in the log, also if they hang up before
    /// anything comes of it.
    pub(crate) async fn give(&self, wish: &Wish) -> Result<Credentials, Failure> {
        let engine = self.engine();
        let access = Access {
            at: clock::now(),
            grant: wish.grant.clone(),
            profile: wish.profile.clone(),
            way: wish.way,
            outcome: Outcome::Refused,
            asker: wish.asker.clone(),
        };
        let mut line = Line { engine: engine.clone(), access };
        let given = match self.let_in(&engine, wish).await {
            Ok(()) => {
                line.access.outcome = Outcome::Failed;
                self.fetch(&engine, wish).await
            }
            Err(failure) => Err(failure),
        };
        if given.is_ok() {
            line.access.outcome = Outcome::Given;
        }
        given
    }

    async fn fetch(&self, engine: &Engine, wish: &Wish) -> Result<Credentials, Failure> {
        let kept = self.0.memory.get(engine, &wish.grant, wish.at_least).await?;
        let credentials = by_our_clock(kept);
        lasts(&credentials, &wish.grant, wish.at_least).map(|()| credentials)
    }

    /// Whether the program may have it: the person is asked, where their marks say so.
    async fn let_in(&self, engine: &Engine, wish: &Wish) -> Result<(), Failure> {
        if wish.way == Way::Desktop || !self.asks_first(engine, &wish.grant).await? {
            return Ok(());
        }
        match self.0.door.let_in(&wish.grant, &wish.asker).await {
            Entry::Open => Ok(()),
            Entry::Refused => Err(refused(&wish.grant)),
            Entry::Unanswered => Err(unanswered(&wish.grant)),
            Entry::NobodyToAsk => Err(nobody_to_ask(&wish.grant)),
        }
    }
}

impl Agent {
    /// Whether the marks say that programs have to be let in. Looking it up takes a look at the whole list.
    async fn asks_first(&self, engine: &Engine, grant: &GrantId) -> Result<bool, Failure> {
        if !engine.settings.marks.iter().any(|mark| mark.ask) {
            return Ok(false);
        }
        let folders = engine.folders();
        let stamps =
            [folders.settings_path(), folders.catalogue_path(&grant.portal)].map(|path| Stamp::of(&path));
        if let Some((known, verdict)) = held(&self.0.asked).get(grant)
            && *known == stamps
        {
            return Ok(*verdict);
        }
        let wanted = grant.clone();
        let verdict = engine.blocking(move |engine| Ok(engine.is_asked_first(&wanted))).await?;
        held(&self.0.asked).insert(grant.clone(), (stamps, verdict));
        Ok(verdict)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A line of the log, which is written when this is dropped: whoever hangs up is in it too.
struct Line {
    engine: Engine,
    access: Access,
}

impl Drop for Line {
    fn drop(&mut self) {
        let (engine, mut access) = (self.engine.clone(), self.access.clone());
        access.at = clock::now();
        // Beside: whoever waits for credentials does not wait for a disk.
        tokio::task::spawn_blocking(move || engine.note_access(&access));
    }
}

fn nobody_to_ask(grant: &GrantId) -> Failure {
    Failure::new(
        Code::Failed,
        format!("{grant} is marked `ask`, and there is nobody who could ask you"),
        "start the desktop application, or take `ask = true` out of settings.toml",
    )
}

fn refused(grant: &GrantId) -> Failure {
    Failure::new(
        Code::Failed,
        format!("credentials of {grant} were refused: you said no"),
        "run the program again after half a minute, and say yes",
    )
}

fn unanswered(grant: &GrantId) -> Failure {
    Failure::new(
        Code::Failed,
        format!("nobody answered whether this program may have credentials of {grant}"),
        "run it again, and answer in Rolecall's window",
    )
}

impl Engine {
    /// Becomes the one agent of these folders. `None`: another one is.
    pub fn lock_agent(&self) -> Result<Option<files::Lock>, Failure> {
        files::lock(&self.folders.lock_path(LOCK), Duration::ZERO)
    }

    /// Becomes the one agent of these folders as soon as no other one is. Blocks until then.
    pub fn lock_agent_when_free(&self) -> Result<files::Lock, Failure> {
        files::lock_when_free(&self.folders.lock_path(LOCK))
    }

    /// For programs that get credentials without an agent: there is nobody who could ask.
    pub fn refuse_unasked(&self, grant: &GrantId) -> Result<(), Failure> {
        if self.is_asked_first(grant) { Err(nobody_to_ask(grant)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
