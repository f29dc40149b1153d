//! macOS: the platform's UUID, as `ioreg` tells it.

use std::process::Command;

use crate::environment::Environment;

/// The id as the system has it.
pub(super) fn read(_: &Environment) -> Option<String> {
    let output =
        Command::new("/usr/sbin/ioreg").args(["-rd1", "-c", "IOPlatformExpertDevice"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().find_map(|line| line.split_once("IOPlatformUUID"))?.1;
    let id: String = line.chars().filter(|c| !c.is_whitespace() && !"=\"".contains(*c)).collect();
    (!id.is_empty()).then_some(id)
}
