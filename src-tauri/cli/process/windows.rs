//! Running a command on Windows: as a child that is waited for.

use std::ffi::OsString;
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
    let status = child.status().map_err(|error| {
        let name = program.to_string_lossy();
        Failure::new(Code::Failed, format!("`{name}` can't be run"), "check the command").with_detail(error)
    })?;
    let code = status.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1)))
}
