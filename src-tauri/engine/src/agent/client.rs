//! Asking the agent. Whatever goes wrong with it, `rolecall` goes on without.

use std::io::{BufRead, BufReader, Read, Write};
use std::time::Duration;

use domain::failure::Failure;
use domain::vend::Credentials;

use super::endpoint::Listening;
use super::platform;
use super::wire::{Heard, LONGEST, Reply, Request, line};
use crate::folders::Folders;

/// An agent that is there says so at once; one that is stopped, or drowned in requests, does not.
const HEARD_WITHIN: Duration = Duration::from_millis(500);
/// After that it may have to ask AWS, or a person.
const ANSWERED_WITHIN: Duration = Duration::from_secs(55);

/// What came of asking.
#[derive(Debug)]
pub enum Answer {
    /// What was asked for.
    Credentials(Credentials),
    /// It can't be had, and not without the agent either.
    Failure(Failure),
    /// Where the endpoint is.
    Endpoint(Listening),
    /// Whether it can ask the person.
    CanAsk(bool),
    /// The agent does it: it looks at the files, or makes room.
    Done,
}

/// A way to the agent of these folders.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    folders: &'a Folders,
}

impl<'a> Client<'a> {
    /// Connects to nobody yet.
    pub fn new(folders: &'a Folders) -> Self {
        Self { folders }
    }

    /// Asks. `None`: there is no agent, or it went away in the middle.
    pub fn ask(self, request: &Request) -> Option<Answer> {
        let mut stream = platform::connect(self.folders, HEARD_WITHIN)?;
        stream.write_all(&line(request)).ok()?;
        let mut reader = BufReader::new(stream);
        read::<Heard>(&mut reader).filter(|heard| heard.heard)?;
        platform::be_patient(reader.get_ref(), ANSWERED_WITHIN)?;
        Some(match read::<Reply>(&mut reader)? {
            Reply::Credentials(sent) => Answer::Credentials(sent.into()),
            Reply::Failure(failure) => Answer::Failure(failure),
            Reply::Endpoint { port, for_containers } => Answer::Endpoint(Listening { port, for_containers }),
            Reply::CanAsk(can) => Answer::CanAsk(can),
            Reply::Looking | Reply::Aside => Answer::Done,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(reader: &mut impl BufRead) -> Option<T> {
    let mut line = zeroize::Zeroizing::new(Vec::new());
    // Session tokens may be long; an endless line is nobody's answer.
    let mut piece = reader.by_ref().take(8 * LONGEST as u64);
    piece.read_until(b'\n', &mut line).ok()?;
    serde_json::from_slice(&line).ok()
}
