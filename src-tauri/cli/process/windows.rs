//! On Windows the command is a child that is waited for.

use std::io;
use std::process::{Command, ExitCode};

pub(super) fn run(mut command: Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1)))
}
