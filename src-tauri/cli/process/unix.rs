//! On Linux and macOS the command takes our place, so signals, terminal and exit code are its own.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

pub(super) fn run(mut command: Command) -> io::Result<ExitCode> {
    // Returns only if it failed.
    Err(command.exec())
}

/// Returns at Ctrl+C, or what a service manager sends.
pub(crate) async fn told_to_stop() {
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        // Without a handler the program is ended by the signal itself.
        let _ = ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
