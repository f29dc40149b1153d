//! The tray icon.

use std::thread;
use std::time::Duration;

use tauri::menu::{Menu, MenuEvent, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Wry};

const QUIT: &str = "quit";
/// At sign-on the program may start before the panel, and some desktops have no tray at all.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Shows the icon as soon as a tray takes it.
pub(crate) fn show_when_possible(app: &AppHandle) {
    if show(app).is_ok() {
        return;
    }
    let app = app.clone();
    thread::spawn(move || {
        thread::sleep(TRY_AGAIN);
        let handle = app.clone();
        // Menus belong to the main thread. If it is gone, the program is ending.
        let _ = app.run_on_main_thread(move || show_when_possible(&handle));
    });
}

fn show(app: &AppHandle) -> tauri::Result<()> {
    let quit = MenuItem::with_id(app, QUIT, "Quit Rolecall", true, None::<&str>)?;
    let menu = Menu::<Wry>::with_items(app, &[&quit])?;
    let mut tray = TrayIconBuilder::with_id("rolecall").tooltip("Rolecall").menu(&menu).on_menu_event(
        |app: &AppHandle, event: MenuEvent| {
            if event.id().as_ref() == QUIT {
                app.exit(0);
            }
        },
    );
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}
