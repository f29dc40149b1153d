//! Running a command on Linux and macOS: it takes our place, so signals, terminal and exit code are its own.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use domain::failure::{Code, Failure};
use domain::secret::Secret;

pub(crate) fn run(
    command: &[OsString],
    set: &[(&'static str, Secret)],
    remove: &[&'static str],
) -> Result<ExitCode, Failure> {
    let Some((program, arguments)) = command.split_first() else { return Ok(ExitCode::SUCCESS) };
    let mut child = Command::new(program);
    child.args(arguments);
    remove.iter().for_each(|name| {
        child.env_remove(name);
    });
    child.envs(set.iter().map(|(name, value)| (name, value.reveal())));
    // Returns only if it failed.
    let error = child.exec();
    let name = program.to_string_lossy();
    Err(Failure::new(Code::Failed, format!("`{name}` can't be run"), "check the command").with_detail(error))
}
