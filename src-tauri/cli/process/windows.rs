//! On Windows the command is a child that is waited for.

use std::io;
use std::process::{Command, ExitCode};

pub(super) fn run(mut command: Command) -> io::Result<ExitCode> {
    let status = command.status()?;
    // An exit code of Windows has 32 bits, of which `ExitCode` would keep eight.
    std::process::exit(status.code().unwrap_or(1))
}
