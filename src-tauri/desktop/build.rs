//! Prepares what `tauri::generate_context!` embeds.

use std::io::Write;
use std::process::ExitCode;

use tauri_build::{AppManifest, Attributes};

fn main() -> ExitCode {
    // Commands that are named here are open to the windows of tauri.conf.json's capabilities and to no others.
    let commands =
        AppManifest::new().commands(&["view", "act", "search", "accesses", "hide", "expand", "early_keys"]);
    match tauri_build::try_build(Attributes::new().app_manifest(commands)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}
