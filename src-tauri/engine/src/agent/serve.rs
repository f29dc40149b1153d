//! Serving the socket. Whatever callers do, the agent stays up: requests are short, quick and counted.

use std::sync::Arc;
use std::time::Duration;

use domain::asker::Asker;
use domain::failure::{Code, Failure};
use jiff::SignedDuration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{Notify, Semaphore};

use super::endpoint::Listening;
use super::platform::{Connection, Listener};
use super::wire::{Heard, LONGEST, Reply, Request, Want, line};
use super::{Agent, Wish, asker_of};

/// How many are served at once. One more is sent away, and finds its own way to the keyring.
const MOST: usize = 400;
/// How long a caller may take to say what it wants. `rolecall` needs microseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// After a trouble of the system's, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

impl Agent {
    /// Serves the socket until another program wants to be the agent. The caller holds the lock of the one agent.
    pub async fn serve(&self) -> Result<(), Failure> {
        let listener = Listener::bind(self.engine().folders())?;
        let (room, aside) = (Arc::new(Semaphore::new(MOST)), Arc::new(Notify::new()));
        let meanwhile = self.meanwhile();
        tokio::pin!(meanwhile);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = aside.notified() => {
                    // Whoever takes over listens on the same port.
                    self.stop_listening();
                    return Ok(());
                }
                () = &mut meanwhile => continue,
            };
            let (stream, pid) = match accepted {
                Ok(Some(accepted)) => accepted,
                Ok(None) => continue,
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
            let (agent, aside) = (self.clone(), Arc::clone(&aside));
            tokio::spawn(async move {
                let _place = place;
                agent.converse(stream, pid, &aside).await;
            });
        }
    }

    /// What nobody asks for.
    async fn meanwhile(&self) {
        self.listen_if_wanted().await;
        tokio::join!(self.0.memory.renew_ahead(|| self.engine()), self.tend());
    }

    async fn converse(&self, stream: Connection, pid: Option<u32>, aside: &Notify) {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut reader = BufReader::new(reader);
        let Ok(Some(request)) = tokio::time::timeout(PATIENCE, hear(&mut reader)).await else { return };
        // Who asks is looked at while they surely live.
        let asker = pid.map(asker_of).unwrap_or_default();
        if say(&mut writer, &Heard { heard: true }).await.is_none() {
            return;
        }
        let reply = tokio::select! {
            reply = self.reply(request, asker) => reply,
            // Whoever went away does not want to be let in any more.
            () = gone(&mut reader) => return,
        };
        let is_aside = matches!(reply, Reply::Aside);
        say(&mut writer, &reply).await;
        if is_aside {
            aside.notify_one();
        }
    }

    async fn reply(&self, request: Request, asker: Asker) -> Reply {
        let wish = match request.want {
            // In the place of one that can ask the person, another agent would only refuse.
            Want::StepAside if self.0.door.has_somebody_to_ask() => return Reply::Failure(stays()),
            Want::StepAside => return Reply::Aside,
            Want::CanAsk => return Reply::CanAsk(self.0.door.has_somebody_to_ask()),
            Want::Endpoint => {
                return match self.listen().await {
                    Ok(Listening { port, for_containers }) => Reply::Endpoint { port, for_containers },
                    Err(failure) => Reply::Failure(failure),
                };
            }
            Want::Look => {
                self.0.look.notify_one();
                return Reply::Looking;
            }
            Want::Credentials { grant, profile, way, command, at_least_seconds } => Wish {
                grant,
                profile,
                way: way.of_a_caller(),
                at_least: SignedDuration::from_secs(at_least_seconds.into()),
                asker: Asker { command, ..asker },
            },
        };
        match self.give(&wish).await {
            Ok(credentials) => Reply::Credentials((&credentials).into()),
            Err(failure) => Reply::Failure(failure),
        }
    }
}

fn stays() -> Failure {
    let hint = "quit Rolecall in its tray menu first";
    Failure::new(Code::Failed, "the desktop application is the agent, and stays it", hint)
}

/// The one line that a caller says.
async fn hear(reader: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Request> {
    let mut line = Vec::new();
    reader.take(LONGEST as u64).read_until(b'\n', &mut line).await.ok()?;
    Request::read(line.strip_suffix(b"\n")?)
}

async fn say(writer: &mut (impl AsyncWrite + Unpin), what: &impl serde::Serialize) -> Option<()> {
    let line = line(what);
    tokio::time::timeout(PATIENCE, writer.write_all(&line)).await.ok()?.ok()
}

/// Until the other end closes. What else it says is nothing to us.
async fn gone(reader: &mut (impl AsyncRead + Unpin)) {
    let mut rest = [0; 512];
    while let Ok(1..) = reader.read(&mut rest).await {}
}
