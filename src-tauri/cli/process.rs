//! Running a command with credentials.

#[cfg_attr(unix, path = "process/unix.rs")]
#[cfg_attr(windows, path = "process/windows.rs")]
mod platform;

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use domain::failure::{Code, Failure};
use domain::secret::Secret;

pub(crate) use platform::told_to_stop;

/// Runs the command with some variables set and others removed. Its exit code becomes ours.
pub(crate) fn run(
    command: &[OsString],
    set: &[(&'static str, Secret)],
    remove: &[&'static str],
) -> Result<ExitCode, Failure> {
    let Some((program, arguments)) = command.split_first() else { return Ok(ExitCode::SUCCESS) };
    let mut child = Command::new(program);
    child.args(arguments);
    for name in remove {
        child.env_remove(name);
    }
    child.envs(set.iter().map(|(name, value)| (name, value.reveal())));
    platform::run(child).map_err(|error| {
        let name = program.to_string_lossy();
        Failure::new(Code::Failed, format!("`{name}` can't be run"), "check the command").with_detail(error)
    })
}
