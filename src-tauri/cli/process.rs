//! Running a command with credentials.

#[cfg_attr(unix, path = "process/unix.rs")]
#[cfg_attr(windows, path = "process/windows.rs")]
mod platform;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::process::{Command, ExitCode};

use domain::failure::{Code, Failure};
use domain::secret::Secret;

pub(crate) use platform::told_to_stop;

use crate::print;

/// What shells end with where there is no such command, and where it can't be run (POSIX, "Exit Status for Commands").
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

/// Runs the command with some variables set and others removed. Its exit code becomes ours; of one that can't be run it
/// is that of a shell, which no failure of ours has.
pub(crate) fn run(command: &[OsString], set: &[(&'static str, Secret)], remove: &[&'static str]) -> ExitCode {
    let Some((program, arguments)) = command.split_first() else { return ExitCode::SUCCESS };
    let mut child = Command::new(program);
    child.args(arguments);
    for name in remove {
        child.env_remove(name);
    }
    child.envs(set.iter().map(|(name, value)| (name, value.reveal())));
    platform::run(child).unwrap_or_else(|error| {
        let summary = format!("`{}` can't be run", program.to_string_lossy());
        print::failure(&Failure::new(Code::Failed, summary, "check the command").with_detail(&error));
        ExitCode::from(if error.kind() == ErrorKind::NotFound { NOT_FOUND } else { NOT_RUN })
    })
}
