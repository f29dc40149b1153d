//! The container-credentials endpoint: what AWS SDKs ask by HTTP where they can't run a program, in a shell or a
//! container (AWS SDKs and Tools Reference Guide, "Container credential provider"). It listens only if somebody has a
//! token for it.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::access::Way;
use domain::failure::{Code, Failure};
use domain::vend::{Credentials, rfc3339};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::SignedDuration;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::memory::stumbled;
use super::tokens::{Pass, admit};
use super::{Agent, Wish, held, platform};
use crate::folders::Folders;
use crate::{Engine, files};

/// Where credentials are.
const PATH: &str = "/v1/credentials";
/// The address at which every SDK takes credentials over plain HTTP beside loopback: Amazon ECS has them there.
pub const FOR_CONTAINERS: Ipv4Addr = Ipv4Addr::new(169, 254, 170, 2);

/// Open shells know the port while no agent runs, so it is none that a system gives to whatever connects next (Linux
/// from 32768, Windows and macOS from 49152), nor one of Kubernetes' node ports (from 30000).
const PORTS: Range<u16> = 20_000..30_000;
/// Until one of them is free; after that the system chooses.
const ATTEMPTS: usize = 16;

/// How many are served at once: more than a person's tools ask with, and fewer than a process may have files open.
const MOST: usize = 512;
/// An SDK needs a few hundred bytes, at once.
const HEAD_WITHIN: Duration = Duration::from_secs(2);
const LONGEST_HEAD: usize = 16 << 10;
/// For all of one request.
const PATIENCE: Duration = Duration::from_secs(5);
/// The JavaScript SDK waits one second.
const ANSWER_WITHIN: Duration = Duration::from_millis(900);
/// How long what came of a request is kept for whoever asks again.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// After a trouble of the system's, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// What is on its way to whoever has a token.
pub(super) type Giving = Shared<BoxFuture<'static, Result<(String, Credentials), Failure>>>;

/// Where the endpoint listens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Listening {
    /// On 127.0.0.1, and on the other address if there is one; 0 if it does not.
    pub port: u16,
    /// [`FOR_CONTAINERS`] too.
    pub for_containers: bool,
}

impl Agent {
    /// Listens from now on, as the settings want it, where it does not already.
    pub(super) async fn listen(&self) -> Result<Listening, Failure> {
        let engine = self.engine();
        let _turn = self.0.listening_turn.lock().await;
        let mut listening = *held(&self.0.listening);
        if listening.port == 0 {
            let listener = bind_loopback(&engine).await?;
            listening.port = listener.local_addr().map_or(0, |address| address.port());
            self.spawn(listener);
        }
        if engine.settings.container_endpoint && !listening.for_containers {
            // The address is there as soon as the network of the containers is.
            if let Ok(listener) = TcpListener::bind((FOR_CONTAINERS, listening.port)).await {
                self.spawn(listener);
                listening.for_containers = true;
            }
        }
        *held(&self.0.listening) = listening;
        Ok(listening)
    }

    /// Until somebody wants it again.
    pub(super) fn stop_listening(&self) {
        *held(&self.0.listening) = Listening::default();
        self.0.listeners.send_modify(|generation| *generation += 1);
    }

    /// At the start: those who have a token find the endpoint where it was.
    pub(super) async fn listen_if_wanted(&self) {
        let engine = self.engine();
        let passes = engine
            .blocking(|engine| {
                engine.revoke_unused_passes();
                Ok(engine.passes())
            })
            .await;
        if passes.is_ok_and(|passes| !passes.is_empty()) {
            // Whoever makes the next token is told what is wrong.
            let _ = self.listen().await;
        }
    }

    fn spawn(&self, listener: TcpListener) {
        let agent = self.clone();
        let mut listeners = self.0.listeners.subscribe();
        let generation = *listeners.borrow();
        tokio::spawn(async move {
            tokio::select! {
                () = agent.accept_all(listener) => {}
                _ = listeners.wait_for(|now| *now != generation) => {}
            }
        });
    }

    async fn accept_all(&self, listener: TcpListener) {
        let room = Arc::new(Semaphore::new(MOST));
        let Ok(address) = listener.local_addr() else { return };
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
            let agent = self.clone();
            tokio::spawn(async move {
                let _place = place;
                agent.serve_http(stream, address, peer).await;
            });
        }
    }

    async fn serve_http(&self, stream: TcpStream, address: SocketAddr, peer: SocketAddr) {
        let service =
            service_fn(
                |request| async move { Ok::<_, Infallible>(self.respond(&request, address, peer).await) },
            );
        let connection = http1::Builder::new()
            .keep_alive(false)
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(LONGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        // Whatever goes wrong is the other side's.
        let _ = tokio::time::timeout(PATIENCE, connection).await;
    }

    async fn respond(
        &self,
        request: &Request<Incoming>,
        address: SocketAddr,
        peer: SocketAddr,
    ) -> Response<Full<Bytes>> {
        let headers = request.headers();
        if !is_for(headers, address) || is_from_a_page(headers) {
            return refusal(StatusCode::FORBIDDEN, "Forbidden", "this endpoint serves AWS SDKs");
        }
        let engine = self.engine();
        let Some((id, pass)) = self.pass_of(&engine, headers, address, peer).await else {
            return refusal(StatusCode::FORBIDDEN, "Forbidden", "the token is missing or wrong");
        };
        if request.uri().path() != PATH {
            return refusal(StatusCode::NOT_FOUND, "NotFound", "there is nothing here");
        }
        if request.method() != Method::GET {
            return refusal(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "use GET");
        }
        let given = self.giving(&id, pass);
        let answered = tokio::time::timeout(ANSWER_WITHIN, given).await;
        if answered.is_ok() {
            held(&self.0.giving).remove(&id);
        }
        match answered {
            Ok(Ok((account, credentials))) => {
                let body = json!({
                    "AccessKeyId": credentials.access_key_id,
                    "SecretAccessKey": credentials.secret_access_key.reveal(),
                    "Token": credentials.session_token.reveal(),
                    "Expiration": rfc3339(credentials.expires_at),
                    "AccountId": account,
                });
                answer(StatusCode::OK, &body)
            }
            Ok(Err(failure)) => {
                let status = match failure.code {
                    Code::SignInNeeded | Code::NoKeyring => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::BAD_REQUEST,
                };
                refusal(status, "NoCredentials", &format!("{failure}; try: {}", failure.hint))
            }
            Err(_) => refusal(StatusCode::SERVICE_UNAVAILABLE, "NotYet", "they are being fetched: ask again"),
        }
    }

    /// A task of its own: a question that stands, or a fetch, outlives the second that an SDK waits. What came of it is
    /// kept for a moment for the one that comes again, so that a yes for once is of use.
    fn giving(&self, id: &str, pass: Pass) -> Giving {
        let mut giving = held(&self.0.giving);
        giving.retain(|_, (_, since)| since.elapsed() < KEPT_FOR);
        if let Some((under_way, _)) = giving.get(id) {
            return under_way.clone();
        }
        let agent = self.clone();
        let task = tokio::spawn(async move { agent.give_to(pass).await });
        let shared = async move { task.await.unwrap_or_else(|_| Err(stumbled())) }.boxed().shared();
        giving.insert(id.to_owned(), (shared.clone(), Instant::now()));
        shared
    }

    /// The id of the token that is brought, and what it is for. On loopback whoever brings it has to be the person: a
    /// token may have been shown to another user, who took the port while no agent ran.
    async fn pass_of(
        &self,
        engine: &Engine,
        headers: &HeaderMap,
        address: SocketAddr,
        peer: SocketAddr,
    ) -> Option<(String, Pass)> {
        let brought = headers.get(AUTHORIZATION)?.to_str().ok()?.to_owned();
        let look = move |engine: &Engine| {
            let admitted = admit(&engine.folders, &brought);
            Ok(admitted.filter(|_| !address.ip().is_loopback() || platform::is_persons(address, peer)))
        };
        engine.blocking(look).await.ok().flatten()
    }

    /// Credentials of where the profile points now, and their account.
    async fn give_to(&self, pass: Pass) -> Result<(String, Credentials), Failure> {
        let engine = self.engine();
        let name = pass.profile.clone();
        let ours = engine.blocking(move |engine| engine.our_profile(&name)).await?;
        let wish = Wish {
            grant: ours.grant.clone(),
            profile: Some(pass.profile),
            way: Way::Endpoint,
            at_least: SignedDuration::ZERO,
            asker: pass.asker,
        };
        let credentials = self.give(&wish).await?;
        Ok((ours.grant.account_id.to_string(), ours.told(credentials)))
    }
}

/// Where a client on this computer, or in a container, finds credentials.
pub fn url(host: IpAddr, port: u16) -> String {
    format!("http://{host}:{port}{PATH}")
}

/// The address that shells of this computer have, where the endpoint has ever listened.
pub(crate) fn last_url(folders: &Folders) -> Option<String> {
    last_port(folders).map(|port| url(Ipv4Addr::LOCALHOST.into(), port))
}

fn last_port(folders: &Folders) -> Option<u16> {
    let text = files::read(&folders.port_path()).ok().flatten()?;
    String::from_utf8(text).ok()?.trim().parse().ok()
}

/// On the port of the last time, so that shells that are open find it again.
async fn bind_loopback(engine: &Engine) -> Result<TcpListener, Failure> {
    let last = last_port(&engine.folders);
    let mut bound = match last {
        Some(port) => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await,
        None => bind_anew().await,
    };
    if bound.is_err() && last.is_some() {
        // Somebody else has the port that open shells know, and may have been shown their tokens there.
        engine.blocking(Engine::revoke_all_passes).await?;
        bound = bind_anew().await;
    }
    let unbound = |error| {
        Failure::new(
            Code::Failed,
            "the endpoint can't listen on 127.0.0.1",
            "check the firewall of this computer",
        )
        .with_detail(error)
    };
    let listener = bound.map_err(unbound)?;
    let port = listener.local_addr().map_err(unbound)?.port();
    if last != Some(port) {
        files::replace(&engine.folders.port_path(), port.to_string().as_bytes())?;
    }
    Ok(listener)
}

async fn bind_anew() -> io::Result<TcpListener> {
    for _ in 0..ATTEMPTS {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, fastrand::u16(PORTS))).await {
            return Ok(listener);
        }
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
}

/// Whether the request names this very address: a page whose name was made to lead here does not (DNS rebinding).
fn is_for(headers: &HeaderMap, address: SocketAddr) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else {
        return false;
    };
    let own = host == address.to_string();
    own || address.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST) && host == format!("localhost:{}", address.port())
}

/// Browsers say so, and proxies.
fn is_from_a_page(headers: &HeaderMap) -> bool {
    let named = ["sec-fetch-mode", "sec-fetch-site", "x-forwarded-for", "forwarded", "via"];
    headers.contains_key(ORIGIN)
        || named.iter().any(|name| headers.contains_key(HeaderName::from_static(name)))
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Full<Bytes>> {
    answer(status, &json!({ "code": code, "message": message }))
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, hyper::header::HeaderValue::from_static("no-store"));
    response
}
