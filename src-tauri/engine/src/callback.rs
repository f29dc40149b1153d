//! Waits on the loopback interface for the browser to come back (RFC 8252).

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use domain::callback::{self, Visit};
use domain::secret::Secret;
use domain::trouble::Trouble;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::clock;

/// A browser sends a few hundred bytes.
const LONGEST_REQUEST: usize = 16 << 10;
/// How long one connection may take: browsers open some that they never use.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens from the moment it is made: a browser that is signed in already comes back at once.
#[derive(Debug)]
pub(crate) struct Callback {
    listener: TcpListener,
    redirect_uri: String,
}

impl Callback {
    /// On any free port of 127.0.0.1.
    pub(crate) async fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let redirect_uri = format!("http://{}{}", listener.local_addr()?, callback::PATH);
        Ok(Self { listener, redirect_uri })
    }

    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The code that the browser brings, once. Whoever comes without `state` changes nothing.
    pub(crate) async fn wait(self, state: &str, until: Timestamp) -> Result<Secret, Trouble> {
        let (answered, mut answers) = mpsc::unbounded_channel();
        loop {
            tokio::select! {
                Some(answer) = answers.recv() => return answer,
                accepted = self.listener.accept() => {
                    // A connection that breaks at once is nobody's.
                    let Ok((stream, _)) = accepted else { continue };
                    let (state, answered) = (state.to_owned(), answered.clone());
                    tokio::spawn(async move {
                        if let Ok(Ok(Some(answer))) = tokio::time::timeout(PATIENCE, serve(stream, &state)).await {
                            // Only the first one counts.
                            let _ = answered.send(answer);
                        }
                    });
                }
                () = clock::sleep_until(until) => return Err(Trouble::CodeExpired),
            }
        }
    }
}

/// Answers one request. An answer to our sign-in is returned when the browser has its page.
async fn serve(mut stream: TcpStream, state: &str) -> io::Result<Option<Result<Secret, Trouble>>> {
    let request = read_head(&mut stream).await?;
    let line = request.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let visit = match (words.next(), words.next()) {
        (Some("GET"), Some(target)) => callback::read(target, state),
        _ => Visit::Other,
    };
    let (status, title, text) = match &visit {
        Visit::Other => ("404 Not Found", "Nothing here", "This address only takes the answer of a sign-in."),
        Visit::Stranger => (
            "400 Bad Request",
            "Not this sign-in",
            "This answer belongs to another sign-in than the one that Rolecall waits for. Start again there.",
        ),
        Visit::Answer(Ok(_)) => {
            ("200 OK", "You can close this page", "Rolecall has what it needs and goes on by itself.")
        }
        Visit::Answer(Err(_)) => {
            ("200 OK", "Not signed in", "Rolecall says what happened. You can close this page.")
        }
    };
    let page = page(title, text);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nReferrer-Policy: no-referrer\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        page.len()
    );
    // An answer counts even if the browser does not wait for its page.
    let _ = stream.write_all(format!("{head}{page}").as_bytes()).await;
    let _ = stream.shutdown().await;
    Ok(match visit {
        Visit::Answer(answer) => Some(answer),
        Visit::Other | Visit::Stranger => None,
    })
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST_REQUEST {
        if stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&request).into_owned())
}

/// Nothing of it comes from outside.
fn page(title: &str, text: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title} – Rolecall</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:32rem;\
         margin:18vh auto 0;padding:0 1.5rem;text-align:center}}h1{{font-size:1.4rem;margin:0 0 .5rem}}\
         p{{margin:0;opacity:.75}}</style>\n<main role=\"status\"><h1>{title}</h1><p>{text}</p></main></html>\n"
    )
}
