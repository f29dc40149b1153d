//! The agent's socket on whatever system this runs.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

use super::platform::{self, Listener};
use super::{Agent, Answer, Client, Request};
use crate::Engine;
use crate::environment::Environment;
use crate::folders::Folders;

/// What works takes no such time, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn environment(dir: &Path) -> Environment {
    ["HOME", "ROLECALL_CONFIG_DIR", "ROLECALL_STATE_DIR"]
        .iter()
        .fold(Environment::default(), |environment, name| environment.with(name, dir))
}

fn folders(dir: &Path) -> Folders {
    Folders::find(&environment(dir)).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// An agent that says to so many callers what they have said.
struct Echo {
    agent: JoinHandle<Vec<Option<u32>>>,
    end: oneshot::Sender<()>,
}

impl Echo {
    fn start(folders: &Folders, callers: usize) -> Self {
        let (bound, listens) = mpsc::channel();
        let (end, ended) = oneshot::channel();
        let folders = folders.clone();
        let agent = thread::spawn(move || {
            runtime().block_on(async {
                let listener = Listener::bind(&folders).unwrap();
                bound.send(()).unwrap();
                let mut pids = Vec::new();
                while pids.len() < callers {
                    let (mut stream, pid) = listener.accept().await.unwrap().unwrap();
                    pids.push(pid);
                    tokio::spawn(async move {
                        let mut line = [0; 5];
                        stream.read_exact(&mut line).await.unwrap();
                        stream.write_all(&line).await.unwrap();
                    });
                }
                ended.await.unwrap();
                pids
            })
        });
        listens.recv().unwrap();
        Self { agent, end }
    }

    /// Returns the process ids of those who came.
    fn end(self) -> Vec<Option<u32>> {
        self.end.send(()).unwrap();
        self.agent.join().unwrap()
    }
}

fn converse(folders: &Folders) {
    let mut stream = platform::connect(folders, PATIENCE).unwrap();
    stream.write_all(b"hello").unwrap();
    let mut answer = Vec::new();
    // To the end: the other side closes, and what it said before is not lost.
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"hello");
}

#[test]
fn both_ends_hear_each_other_and_the_agent_knows_who_asks() {
    let dir = tempfile::tempdir().unwrap();
    let folders = folders(dir.path());
    let agent = Echo::start(&folders, 1);
    converse(&folders);
    assert_eq!(agent.end(), [Some(std::process::id())]);
    assert!(platform::connect(&folders, PATIENCE).is_none(), "it goes with the agent");
}

#[test]
fn many_at_once_all_get_through() {
    let dir = tempfile::tempdir().unwrap();
    let folders = folders(dir.path());
    let agent = Echo::start(&folders, 40);
    thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| converse(&folders));
        }
    });
    assert_eq!(agent.end().len(), 40);
}

#[test]
fn an_agent_that_says_nothing_is_given_up_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let folders = folders(dir.path());
    let runtime = runtime();
    let _listener = runtime.block_on(async { Listener::bind(&folders).unwrap() });
    for _ in 0..3 {
        let began = Instant::now();
        let stream = platform::connect(&folders, Duration::from_millis(200));
        let heard = stream.and_then(|mut stream| stream.read_exact(&mut [0]).ok());
        assert!(heard.is_none());
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
}

#[test]
fn an_agent_answers_and_makes_room() {
    let dir = tempfile::tempdir().unwrap();
    let folders = folders(dir.path());
    let engine = Engine::open(environment(dir.path()), Arc::new(|_| ()), Duration::ZERO).unwrap();
    let agent = thread::spawn(move || runtime().block_on(Agent::new(engine, None).serve()));
    let began = Instant::now();
    let ask = |request: &Request| Client::new(&folders).ask(request);
    while ask(&Request::look()).is_none() {
        assert!(began.elapsed() < PATIENCE, "it never answers");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(matches!(ask(&Request::step_aside()), Some(Answer::Done)));
    agent.join().unwrap().unwrap();
    assert!(ask(&Request::look()).is_none());
}
