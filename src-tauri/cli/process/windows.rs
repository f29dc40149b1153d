//! On Windows the command is a child that is waited for.

use std::io;
use std::process::{Command, ExitCode};

use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

pub(super) fn run(mut command: Command) -> io::Result<ExitCode> {
    // These keys reach every program of the console. What they mean is the command's to say; we wait for it.
    let _left_to_it = (ctrl_c(), ctrl_break());
    let status = command.status()?;
    // An exit code of Windows has 32 bits, of which `ExitCode` would keep eight.
    std::process::exit(status.code().unwrap_or(1))
}

/// Returns at Ctrl+C, or when the console is closed or the computer shut down.
pub(crate) async fn told_to_stop() {
    let (Ok(mut c), Ok(mut pause), Ok(mut closed), Ok(mut off)) =
        (ctrl_c(), ctrl_break(), ctrl_close(), ctrl_shutdown())
    else {
        // Without a handler the program is ended by the key itself.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = c.recv() => {}
        _ = pause.recv() => {}
        _ = closed.recv() => {}
        _ = off.recv() => {}
    }
}
