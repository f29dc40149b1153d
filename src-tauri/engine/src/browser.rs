//! Opening a page in the person's browser.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

use domain::failure::{Code, Failure};
use domain::secret::Secret;

use crate::environment::Environment;

/// Whether there is a screen to open a browser on. Without one, the usual openers start a text browser inside
/// the terminal, over whatever stands there.
pub fn has_screen(environment: &Environment) -> bool {
    let remote = environment.text("SSH_CONNECTION").is_some() || environment.text("SSH_TTY").is_some();
    let display = !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"]
            .iter()
            .any(|name| environment.text(name).is_some());
    display && !remote
}

/// Opens a page that may be seen by anybody: its address goes through the argument list of another program.
pub fn open(url: &str) -> Result<(), Failure> {
    open::that_detached(url).map_err(|error| {
        Failure::new(
            Code::Failed,
            "no browser could be opened",
            "install one and make it the default, or use --print",
        )
        .in_windows("install one and make it the default, or choose one in Settings")
        .with_detail(error)
    })
}

/// Opens a page whose address is a secret in the default browser, without showing it to other programs of this
/// computer.
///
/// What the browser is started with is a one-time address of ours on the loopback interface, which sends it
/// on to the real one and then is gone. Returns when the browser has come, or after `patience`.
pub fn open_secretly(url: &Secret, patience: Duration) -> Result<(), Failure> {
    open_secretly_by(url, patience, None, |address| open(address).map(|()| None))
}

/// The same with what `opener` starts, which gets the one-time address. If that is a program that ends with a failure
/// before anybody has come, nobody will. `hint` is for whoever has waited in vain, if the browser is not all it takes.
pub(crate) fn open_secretly_by(
    url: &Secret,
    patience: Duration,
    hint: Option<&str>,
    opener: impl FnOnce(&str) -> Result<Option<Child>, Failure>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::new(Code::Failed, "the page could not be handed to the browser", "use --print instead")
            .with_detail(error)
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| failed(io::Error::other(error)))?;
    let nonce = format!("{:032x}", u128::from_be_bytes(random));
    let mut browser = opener(&format!("http://{address}/{nonce}"))?;
    listener.set_nonblocking(true).map_err(failed)?;
    let deadline = Instant::now() + patience;
    let came = loop {
        match listener.accept() {
            Ok((stream, _)) => {
                // Browsers open connections that they then drop: only the one that took the page counts.
                if hand_over(stream, &nonce, url).unwrap_or(false) {
                    break Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => break Err(failed(error)),
        }
        if let Some(Ok(Some(status))) = browser.as_mut().map(Child::try_wait)
            && !status.success()
        {
            let hint = "start it yourself to see why, choose another one with --browser, or use --print";
            break Err(Failure::new(Code::Failed, "the browser ended before it came for the page", hint)
                .in_windows("start it yourself to see why, or choose another one in Settings")
                .with_detail(status));
        }
        if Instant::now() > deadline {
            let usual = "look whether the browser asks something, or run the command with --print";
            let failure = Failure::new(Code::Failed, "no browser came for the page", hint.unwrap_or(usual));
            let usual = "look whether the browser asks something, or choose another one in Settings";
            break Err(failure.in_windows(hint.unwrap_or(usual)));
        }
    };
    if let Some(mut browser) = browser {
        // It may outlive us; if not, the system wants its end to be noticed.
        std::thread::spawn(move || browser.wait());
    }
    came
}

/// Answers one request: the right path is sent on, any other gets nothing.
fn hand_over(mut stream: TcpStream, nonce: &str, url: &Secret) -> io::Result<bool> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.set_write_timeout(Some(Duration::from_secs(2)))?;
    let mut request = [0; 2048];
    let length = stream.read(&mut request).unwrap_or(0);
    let wanted = format!("GET /{nonce} ");
    let right = request[..length].starts_with(wanted.as_bytes());
    let answer = if right {
        format!(
            "HTTP/1.1 303 See Other\r\nLocation: {}\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n",
            url.reveal()
        )
    } else {
        "HTTP/1.1 404 Not Found\r\n".to_owned()
    };
    stream.write_all(format!("{answer}Content-Length: 0\r\nConnection: close\r\n\r\n").as_bytes())?;
    Ok(right)
}
