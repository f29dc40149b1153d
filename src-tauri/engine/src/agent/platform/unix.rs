//! The socket on Linux and macOS: a Unix socket in a folder that only its owner can enter, and a look at who is at the
//! other end.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use domain::failure::{Code, Failure};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};
use tokio::net::UnixListener;

use crate::folders::Folders;

#[cfg(target_os = "linux")]
#[path = "owner.rs"]
mod owner;

/// One end of a conversation, at the agent.
pub(super) type Connection = tokio::net::UnixStream;

/// The socket, which goes when this is dropped.
pub(super) struct Listener {
    listener: UnixListener,
    folders: Folders,
}

impl Listener {
    /// Takes the place of whatever an agent that died has left. The caller holds the lock of the one agent.
    pub(super) fn bind(folders: &Folders) -> Result<Self, Failure> {
        make_dir(&folders.agent_dir())?;
        let path = folders.agent_socket_path();
        match fs::symlink_metadata(&path) {
            Ok(there) if there.file_type().is_socket() || there.file_type().is_symlink() => {
                // Of a link only the link is removed.
                fs::remove_file(&path).map_err(|error| unusable(&path, &error))?;
            }
            Ok(_) => return Err(unusable(&path, &io::Error::other("something else is in its place"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(&path, &error)),
        }
        let listener = UnixListener::bind(&path).map_err(|error| unusable(&path, &error))?;
        // The folder keeps everybody out; this is for whoever opens the folder.
        fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(|error| unusable(&path, &error))?;
        Ok(Self { listener, folders: folders.clone() })
    }

    /// The next one that comes, with its process id if the system tells it. Strangers are sent away.
    pub(super) async fn accept(&self) -> io::Result<Option<(Connection, Option<u32>)>> {
        let (stream, _) = self.listener.accept().await?;
        let peer = stream.peer_cred()?;
        if peer.uid() != rustix::process::geteuid().as_raw() {
            return Ok(None);
        }
        let pid = peer.pid().and_then(|pid| u32::try_from(pid).ok());
        Ok(Some((stream, pid)))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.folders.agent_socket_path());
    }
}

/// A folder of one's own that nobody else can enter. One that a stranger has made is not used.
fn make_dir(dir: &Path) -> Result<(), Failure> {
    match fs::DirBuilder::new().recursive(true).mode(0o700).create(dir) {
        Ok(()) => {}
        Err(error) => return Err(unusable(dir, &error)),
    }
    let there = fs::symlink_metadata(dir).map_err(|error| unusable(dir, &error))?;
    if !there.is_dir() || there.uid() != rustix::process::geteuid().as_raw() {
        return Err(unusable(dir, &io::Error::other("it is a link, or somebody else's")));
    }
    if is_open(&there) {
        fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(|error| unusable(dir, &error))?;
    }
    Ok(())
}

/// Whether anybody but the owner may do anything there.
fn is_open(there: &Metadata) -> bool {
    there.mode() & 0o077 != 0
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        Code::Failed,
        format!("the agent can't use {}", path.display()),
        "remove it, or set ROLECALL_STATE_DIR to a folder of yours with a shorter path",
    )
    .with_detail(error)
}

/// The agent's socket, if it is surely ours. Does not wait for an agent that does not accept.
pub(super) fn connect(folders: &Folders, patience: Duration) -> Option<UnixStream> {
    let (dir, path) = (folders.agent_dir(), folders.agent_socket_path());
    let us = rustix::process::geteuid().as_raw();
    let dir = fs::symlink_metadata(dir).ok()?;
    let socket = fs::symlink_metadata(&path).ok()?;
    let private = dir.is_dir() && dir.uid() == us && !is_open(&dir);
    if !private || !socket.file_type().is_socket() || socket.uid() != us {
        return None;
    }
    let socket = open(&path).ok()?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false).ok()?;
    be_patient(&stream, patience)?;
    Some(stream)
}

/// `connect` waits for as long as the queue is full, so it is told not to wait at all.
fn open(path: &Path) -> rustix::io::Result<OwnedFd> {
    #[cfg(target_os = "linux")]
    let socket = rustix::net::socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        rustix::net::SocketFlags::CLOEXEC | rustix::net::SocketFlags::NONBLOCK,
        None,
    )?;
    #[cfg(not(target_os = "linux"))]
    let socket = {
        let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        socket
    };
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
}

/// How long one waits for words from now on.
pub(super) fn be_patient(stream: &UnixStream, patience: Duration) -> Option<()> {
    stream.set_read_timeout(Some(patience)).ok()?;
    stream.set_write_timeout(Some(patience)).ok()
}

/// Whether it is the person whose connection to `address` comes from `peer`. Only Linux says whose a TCP connection is.
pub(super) fn is_persons(address: SocketAddr, peer: SocketAddr) -> bool {
    #[cfg(target_os = "linux")]
    {
        owner::owner(peer, address) == Some(rustix::process::geteuid().as_raw())
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (address, peer);
        true
    }
}
