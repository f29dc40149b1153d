//! The socket on Windows: a named pipe that only its owner can open.
//!
//! Everybody on a computer sees the names of its pipes, and whoever is first has the name. So the name is random, is
//! written where the person alone can read it, and goes with a word that the agent says first: a stranger who takes the
//! name of an agent that died does not know it.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::failure::{Code, Failure};
use domain::secret::Secret;
use interprocess::os::windows::ToWtf16;
use interprocess::os::windows::named_pipe::PipeListenerOptions;
use interprocess::os::windows::named_pipe::pipe_mode::Bytes;
use interprocess::os::windows::named_pipe::tokio::{DuplexPipeStream, PipeListener};
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use sha2::{Digest, Sha256};
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use zeroize::Zeroizing;

use crate::files;
use crate::folders::Folders;

/// Answers are shorter than this, so the agent waits for no caller that does not read.
const ROOM: u32 = 64 << 10;
/// The server may see who opens the pipe, and not act in their name (`SECURITY_IDENTIFICATION`, winbase.h).
const IDENTIFICATION: u32 = 0x0001_0000;
/// Everybody who came before is being let in (`ERROR_PIPE_BUSY`, winerror.h).
const BUSY: i32 = 231;
/// Until the next look whether it still is.
const PAUSE: Duration = Duration::from_millis(5);

/// One end of a conversation, at the agent.
///
/// What has been written can be read after this end is closed, so nothing waits for that; interprocess would, with a
/// thread, and whoever does not read would keep it.
pub(super) struct Connection(DuplexPipeStream<Bytes>);

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.0).poll_write(context, bytes);
        self.0.assume_flushed();
        written
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The pipe, whose name goes when this is dropped.
pub(super) struct Listener {
    pipe: PipeListener<Bytes, Bytes>,
    place: Place,
    folders: Folders,
}

impl Listener {
    /// Takes a name that nobody had. The caller holds the lock of the one agent.
    pub(super) fn bind(folders: &Folders) -> Result<Self, Failure> {
        let place = Place::new().map_err(|error| unusable(&error))?;
        // There is no instance of that name, or this fails; and none is for other computers.
        let pipe = owner_only().and_then(|access| {
            PipeListenerOptions::new()
                .path(place.path())
                .security_descriptor(Some(access))
                .input_buffer_size_hint(ROOM)
                .output_buffer_size_hint(ROOM)
                .create_tokio_duplex::<Bytes>()
        });
        let pipe = pipe.map_err(|error| unusable(&error))?;
        files::replace(&folders.agent_pipe_path(), place.text().reveal().as_bytes())?;
        Ok(Self { pipe, place, folders: folders.clone() })
    }

    /// The next one that comes, with its process id if the system tells it. Strangers are kept out by the access list.
    pub(super) async fn accept(&self) -> io::Result<Option<(Connection, Option<u32>)>> {
        let mut stream = Connection(self.pipe.accept().await?);
        // There is room for it, so this does not wait for them to read.
        if stream.write_all(self.place.word.reveal().as_bytes()).await.is_err() {
            return Ok(None);
        }
        let pid = stream.0.client_process_id().ok();
        Ok(Some((stream, pid)))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = files::remove(&self.folders.agent_pipe_path());
    }
}

/// All rights for the person, and no others: neither for administrators nor for services, and nothing is inherited
/// (Security Descriptor String Format). Whose process this is, is asked: what it makes belongs to all administrators
/// if it runs as one.
fn owner_only() -> io::Result<SecurityDescriptor> {
    let user = user().ok_or_else(|| io::Error::other("Windows does not tell whose process this is"))?;
    let text = format!("O:{user}D:P(A;;GA;;;{user})");
    let text = text.as_str().to_wtf_16().map_err(io::Error::other)?;
    SecurityDescriptor::deserialize(&text)
}

/// The security identifier of whoever runs this process, such as `S-1-5-21-…-1001`.
fn user() -> Option<String> {
    let us = sysinfo::get_current_pid().ok()?;
    let mut system = System::new();
    let what = ProcessRefreshKind::nothing().with_user(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[us]), false, what);
    let user = system.process(us)?.user_id()?.to_string();
    let is_id = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    user.strip_prefix("S-1-").is_some_and(is_id).then_some(user)
}

fn unusable(error: &io::Error) -> Failure {
    Failure::new(Code::Failed, "the agent can't make its pipe", "please report this").with_detail(error)
}

/// What the file says of a pipe: `ID.WORD`.
struct Place {
    /// In its name.
    id: String,
    /// What it begins with.
    word: Secret,
}

impl Place {
    /// Bytes of the id, and of the word.
    const ID: usize = 16;
    const WORD: usize = 32;

    fn new() -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0; Self::ID + Self::WORD]);
        getrandom::fill(&mut *bytes)?;
        let (id, word) = bytes.split_at(Self::ID);
        Ok(Self { id: HEXLOWER.encode(id), word: Secret::new(BASE64URL_NOPAD.encode(word)) })
    }

    /// Understands the file; `None` if it could name anything but a pipe of ours on this computer.
    fn read(text: &[u8]) -> Option<Self> {
        let (id, word) = str::from_utf8(text).ok()?.split_once('.')?;
        let is_id = HEXLOWER.decode(id.as_bytes()).is_ok_and(|id| id.len() == Self::ID);
        let is_word = BASE64URL_NOPAD.decode(word.as_bytes()).is_ok_and(|word| word.len() == Self::WORD);
        (is_id && is_word).then(|| Self { id: id.to_owned(), word: Secret::new(word) })
    }

    fn text(&self) -> Secret {
        Secret::new(format!("{}.{}", self.id, self.word.reveal()))
    }

    fn path(&self) -> String {
        format!(r"\\.\pipe\rolecall-{}", self.id)
    }
}

/// The agent's pipe, if it is surely ours. Does not wait for an agent that does not accept.
pub(super) fn connect(folders: &Folders, patience: Duration) -> Option<Stream> {
    let place = Place::read(&files::read(&folders.agent_pipe_path()).ok()??)?;
    let mut stream =
        Stream { pipe: Arc::new(open(&place.path(), patience).ok()?), patience: Cell::new(patience) };
    let mut word = Zeroizing::new(vec![0; place.word.reveal().len()]);
    stream.read_exact(&mut word).ok()?;
    // By their digests, so that the time it takes tells nothing of how much was right.
    (Sha256::digest(&*word) == Sha256::digest(place.word.reveal())).then_some(stream)
}

fn open(path: &str, patience: Duration) -> io::Result<File> {
    let deadline = Instant::now() + patience;
    let mut options = OpenOptions::new();
    options.read(true).write(true).security_qos_flags(IDENTIFICATION);
    loop {
        match options.open(Path::new(path)) {
            Err(error) if error.raw_os_error() == Some(BUSY) && Instant::now() < deadline => {
                thread::sleep(PAUSE);
            }
            opened => return opened,
        }
    }
}

/// One end of a conversation, at whoever asks. What takes too long fails, and so does all that comes after.
pub(super) struct Stream {
    pipe: Arc<File>,
    patience: Cell<Duration>,
}

impl Stream {
    /// Files know no deadlines, so another thread waits. One that was given up ends with the agent, or with this
    /// process.
    fn within<T: Send + 'static>(
        &self,
        act: impl FnOnce(&File) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let (sender, receiver) = mpsc::channel();
        let pipe = Arc::clone(&self.pipe);
        thread::Builder::new().spawn(move || {
            let _ = sender.send(act(&pipe));
        })?;
        receiver.recv_timeout(self.patience.get()).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut bytes = Zeroizing::new(vec![0; buffer.len()]);
        let (bytes, length) = self.within(move |mut pipe| {
            let length = pipe.read(&mut bytes)?;
            Ok((bytes, length))
        })?;
        buffer[..length].copy_from_slice(&bytes[..length]);
        Ok(length)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = bytes.to_vec();
        self.within(move |mut pipe| pipe.write(&bytes))
    }

    /// What is written is on its way.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How long one waits for words from now on.
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(super) fn be_patient(stream: &Stream, patience: Duration) -> Option<()> {
    stream.patience.set(patience);
    Some(())
}

/// Windows does not say whose a TCP connection is without unsafe code.
pub(super) fn is_persons(_address: std::net::SocketAddr, _peer: std::net::SocketAddr) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_stranger_who_takes_the_name_is_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let environment = ["ROLECALL_CONFIG_DIR", "ROLECALL_STATE_DIR", "HOME"]
            .iter()
            .fold(Environment::default(), |environment, name| environment.with(name, dir.path()));
        let folders = Folders::find(&environment).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(async { Arc::new(Listener::bind(&folders).unwrap()) });
        let stranger = Arc::clone(&listener);
        let serving = thread::spawn(move || {
            runtime.block_on(async {
                for _ in 0..2 {
                    stranger.accept().await.unwrap();
                }
            });
        });
        assert!(connect(&folders, PATIENCE).is_some());
        // As if another agent had died that was called so.
        let died = Place { id: listener.place.id.clone(), ..Place::new().unwrap() };
        files::replace(&folders.agent_pipe_path(), died.text().reveal().as_bytes()).unwrap();
        assert!(connect(&folders, PATIENCE).is_none());
        serving.join().unwrap();
    }

    #[test]
    fn only_a_pipe_of_ours_is_opened() {
        let place = Place::new().unwrap();
        let read = Place::read(place.text().reveal().as_bytes()).unwrap();
        assert_eq!((read.path(), &read.word), (place.path(), &place.word));
        let word = place.word.reveal();
        for id in ["", "..", r"..\..\x", "00112233445566778899AABBCCDDEEFF", "001122"] {
            assert!(Place::read(format!("{id}.{word}").as_bytes()).is_none(), "{id}");
        }
        assert!(Place::read(format!("{}.", place.id).as_bytes()).is_none());
        assert!(Place::read(b"\xff").is_none());
    }

    #[test]
    fn the_access_list_names_us_alone() {
        let user = user().unwrap();
        assert!(user.starts_with("S-1-5-"), "{user}");
        owner_only().unwrap();
    }
}
