//! `rolecall-desktop`: the tray application. The only code that names Tauri.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod tray;

use std::process::ExitCode;

use tauri::RunEvent;

fn main() -> ExitCode {
    let app = tauri::Builder::default().setup(|app| {
        tray::show_when_possible(app.handle());
        Ok(())
    });
    match app.build(tauri::generate_context!()) {
        Ok(app) => {
            app.run(|_, event| {
                // Without windows Tauri would end here; a tray application ends when it is told to.
                if let RunEvent::ExitRequested { code: None, api, .. } = event {
                    api.prevent_exit();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "error: the desktop program can't start: {error}");
            ExitCode::FAILURE
        }
    }
}
