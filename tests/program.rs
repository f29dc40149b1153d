//! Running programs: with a deadline, without the surrounding environment, and with what they printed.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything that works takes, also on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// A program about to be run.
#[derive(Debug)]
pub(crate) struct Program {
    command: Command,
    input: Vec<u8>,
    converses: bool,
}

impl Program {
    /// Starts from an empty environment.
    pub(crate) fn new(program: &Path) -> Self {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, input: Vec::new(), converses: false }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn input(mut self, input: &str) -> Self {
        self.command.stdin(Stdio::piped());
        self.input = input.as_bytes().to_vec();
        self
    }

    /// Its standard input stays open, for [`Running::answer`].
    pub(crate) fn conversing(mut self) -> Self {
        self.converses = true;
        self.input("")
    }

    /// Nobody reads what it prints: the pipe is closed before it starts to write.
    pub(crate) fn into_closed_pipe(mut self) -> Outcome {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        self.command.stdout(writer);
        self.run()
    }

    pub(crate) fn run(self) -> Outcome {
        self.start().finish()
    }

    /// How long all of it takes, from before its start to its end, with nobody reading along.
    pub(crate) fn time(mut self) -> Duration {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        let began = Instant::now();
        self.command.status().unwrap();
        began.elapsed()
    }

    pub(crate) fn start(mut self) -> Running {
        let what = format!("{:?}", self.command.get_args().collect::<Vec<_>>());
        let name = self.command.get_program().to_owned();
        let what = format!("{} {what}", name.display());
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{what}: {error}"));
        let mut stdin = child.stdin.take();
        if let Some(stdin) = &mut stdin {
            // It may end without reading.
            let _ = stdin.write_all(&self.input);
        }
        let stdin = stdin.filter(|_| self.converses);
        let stdout = child.stdout.take().map(Reading::start);
        let stderr = child.stderr.take().map(Reading::start);
        Running { what, child, stdin, stdout, stderr, began: Instant::now() }
    }
}

/// What arrives from a pipe, byte by byte.
#[derive(Debug)]
struct Reading {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: JoinHandle<()>,
}

impl Reading {
    fn start(mut from: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&bytes);
        let thread = thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = from.read(&mut piece) {
                into.lock().unwrap().extend_from_slice(&piece[..length]);
            }
        });
        Self { bytes, thread }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    /// All of it, as bytes: a name that is cut or raw must not be mended by the test.
    fn whole(self) -> Vec<u8> {
        self.thread.join().unwrap();
        self.bytes.lock().unwrap().clone()
    }
}

/// A program that runs. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    what: String,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<Reading>,
    stderr: Option<Reading>,
    began: Instant,
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn printed(&self) -> String {
        self.stdout.as_ref().map(Reading::so_far).unwrap_or_default()
    }

    /// Waits until it has told this; if it never does, the test shows what it told instead.
    #[track_caller]
    pub(crate) fn tells(&self, text: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !self.told().contains(text) {
            assert!(Instant::now() < deadline, "never told {text:?}, but {:?}", self.told());
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn told(&self) -> String {
        self.stderr.as_ref().map(Reading::so_far).unwrap_or_default()
    }

    /// Sends an empty line and waits for the line that it prints then.
    #[track_caller]
    pub(crate) fn answer(&mut self) -> String {
        let before = self.printed().matches('\n').count();
        self.stdin.as_mut().expect("it converses").write_all(b"\n").unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let printed = self.printed();
            if printed.matches('\n').count() > before {
                return printed.lines().nth(before).unwrap_or_default().to_owned();
            }
            assert!(Instant::now() < deadline, "{} says nothing, but told {:?}", self.what, self.told());
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// As `kill -9` does it: no chance to tidy up.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// It is stopped first, for a moment. A GNOME Keyring (42) aborts if whoever opens a session is gone before it
    /// could answer; so it answers, and what the program is killed in the middle of stays the same.
    fn end(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            signal(self.id(), "STOP");
            thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for the end; fails the test if it does not come.
    pub(crate) fn finish(mut self) -> Outcome {
        self.stdin = None;
        while self.child.try_wait().unwrap().is_none() {
            if self.began.elapsed() > DEADLINE {
                let _ = self.child.kill();
                panic!("{} hangs; printed {:?}, told {:?}", self.what, self.printed(), self.told());
            }
            // What took long is looked at more rarely; what is quick is timed well.
            thread::sleep(
                (self.began.elapsed() / 20).clamp(Duration::from_micros(100), Duration::from_millis(5)),
            );
        }
        let status = self.child.wait().unwrap();
        let took = self.began.elapsed();
        let text = |reading: Option<Reading>| {
            let bytes = reading.map(Reading::whole).unwrap_or_default();
            String::from_utf8(bytes).expect("what is printed is UTF-8")
        };
        let (stdout, stderr) = (text(self.stdout.take()), text(self.stderr.take()));
        assert!(!stderr.contains("panicked"), "{} panicked: {stderr}", self.what);
        Outcome { what: std::mem::take(&mut self.what), status, stdout, stderr, took }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// How a program ended and what it printed.
#[derive(Debug)]
pub(crate) struct Outcome {
    what: String,
    status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Outcome {
    /// The exit code; a signal that ended it as the shell shows it.
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| 128 + self.status.signal().unwrap_or_default())
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code(), 0, "{}\n{}\n{}", self.what, self.stdout, self.stderr);
        self
    }

    /// Ended with this code, and with the two lines that every failure has: what happened, what to do.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "{}\n{}\n{}", self.what, self.stdout, self.stderr);
        let (happened, hint) = self.failure();
        assert!(!happened.is_empty() && !hint.is_empty(), "{}: {:?}", self.what, self.stderr);
        self
    }

    /// Refused by the parser of arguments, whose message ends with a hint of its own.
    #[track_caller]
    pub(crate) fn failed_as_usage(self) -> Self {
        assert_eq!(self.code(), 2, "{}\n{}\n{}", self.what, self.stdout, self.stderr);
        assert!(self.stdout.is_empty() && self.stderr.starts_with("error: "), "{}", self.stderr);
        self
    }

    /// The text after `error: `, which may name candidates on further lines, and the one after `try: `.
    #[track_caller]
    pub(crate) fn failure(&self) -> (&str, &str) {
        let (_, failure) = self.stderr.split_once("error: ").expect("a line that begins with error:");
        let (happened, hint) = failure.split_once("\n  try: ").expect("a line that begins with try:");
        assert_eq!(hint.trim_end().lines().count(), 1, "the hint is the last line: {:?}", self.stderr);
        (happened, hint.trim_end())
    }

    /// Exactly one JSON document on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}\n{}", self.what, self.stdout, self.stderr))
    }
}

/// Sends a signal to one process.
pub(crate) fn signal(id: u32, name: &str) {
    // It may be gone already.
    let _ =
        Command::new("/bin/kill").args([format!("-{name}"), id.to_string()]).stderr(Stdio::null()).status();
}

/// Waits for a condition; fails the test if it does not come true.
#[track_caller]
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
