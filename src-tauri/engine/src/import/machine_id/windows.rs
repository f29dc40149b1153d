//! Windows: `MachineGuid` in the registry, as `reg.exe` tells it.

use std::path::PathBuf;
use std::process::Command;

use crate::environment::Environment;

/// The id as the system has it.
pub(super) fn read(environment: &Environment) -> Option<String> {
    let root = environment.path("SystemRoot").unwrap_or_else(|| PathBuf::from("C:\\Windows"));
    let key = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography";
    let output = Command::new(root.join("System32\\reg.exe"))
        .args(["query", key, "/v", "MachineGuid"])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let id: String = text.split_once("REG_SZ")?.1.split_whitespace().collect();
    (!id.is_empty()).then_some(id)
}
