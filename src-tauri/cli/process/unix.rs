//! On Linux and macOS the command takes our place, so signals, terminal and exit code are its own.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

pub(super) fn run(mut command: Command) -> io::Result<ExitCode> {
    // Returns only if it failed.
    Err(command.exec())
}
