//! The windows with pages of ours: the quick switcher, the main window, and the one that asks whether a program may
//! have credentials. They are built when they are wanted
//! and destroyed when they are not: a webview costs more memory than all the rest.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::app::{Input, Notification, Topic, Window};
use domain::settings::Theme;
use tauri::webview::{Color, PageLoadEvent};
use tauri::{
    AppHandle, CloseRequestApi, Emitter, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Wry,
};

use crate::early_keys::EarlyKeys;
use crate::owner::{Message, Sender};
use crate::{platform, sign_in};

const SWITCHER: &str = "switcher";
const MAIN: &str = "main";
const ASK: &str = "ask";
/// A call that comes so soon after the focus went was what took it.
const JUST_NOW: Duration = Duration::from_millis(400);
/// A switcher that was put away is kept so long, and opens at once when it is wanted again.
const KEPT: Duration = Duration::from_mins(3);

/// What is remembered of the switcher.
#[derive(Default)]
pub(crate) struct Switcher {
    /// It has had the focus since it was shown; only then does losing it mean anything.
    had_focus: AtomicBool,
    /// When it was put away because the focus left it.
    left_at: Mutex<Option<Instant>>,
    /// How often it was shown: a timer of an earlier time destroys nothing.
    shown: AtomicU64,
}

pub(crate) fn show(app: &AppHandle, window: Window, theme: Theme) {
    let handle = app.clone();
    // Windows belong to the main thread; from there they are built without a detour.
    let _ = app.run_on_main_thread(move || match window {
        Window::Switcher => show_switcher(&handle, theme),
        Window::Main => show_main(&handle, theme),
        Window::Ask => show_ask(&handle, theme),
    });
}

/// Shows the switcher, or puts it away if it is there.
pub(crate) fn toggle_switcher(app: &AppHandle, theme: Theme) {
    let handle = app.clone();
    let _ = app.run_on_main_thread(move || match handle.get_webview_window(SWITCHER) {
        Some(window) if is_in_use(&window) => put_away(&window),
        // The key or the click that calls us takes the focus away on some systems, and that was all it should do.
        Some(window) if was_just_left(&window) => {}
        _ => show_switcher(&handle, theme),
    });
}

fn was_just_left(window: &WebviewWindow) -> bool {
    let switcher = window.state::<Switcher>();
    let left_at = switcher.left_at.lock().unwrap_or_else(PoisonError::into_inner);
    left_at.is_some_and(|at| at.elapsed() < JUST_NOW)
}

/// Whoever calls it twice at once means it too, although it has not got the focus yet.
fn is_in_use(window: &WebviewWindow) -> bool {
    let had_focus = window.state::<Switcher>().had_focus.load(Ordering::Relaxed);
    window.is_visible().unwrap_or(false) && (window.is_focused().unwrap_or(false) || !had_focus)
}

fn show_switcher(app: &AppHandle, theme: Theme) {
    match app.get_webview_window(SWITCHER) {
        None => build_switcher(app, theme),
        // What is typed there stays.
        Some(window) if window.is_visible().unwrap_or(false) => platform::focus(&window),
        Some(window) => {
            // The page empties its box before it is seen.
            let _ = window.emit_to(SWITCHER, "shown", ());
            bring(&window);
        }
    }
}

fn build_switcher(app: &AppHandle, theme: Theme) {
    let built = WebviewWindowBuilder::new(app, SWITCHER, WebviewUrl::App("switcher.html".into()))
        .title("Rolecall")
        .inner_size(680.0, 460.0)
        .resizable(false)
        .decorations(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .center()
        .visible(false)
        .on_page_load(|window, load| {
            // As early as it can take keys, if only to keep them for the page.
            let early =
                if platform::KEEPS_EARLY_KEYS { PageLoadEvent::Started } else { PageLoadEvent::Finished };
            if load.event() == early {
                bring(&window);
            }
        })
        .build();
    if let Ok(window) = built {
        paint(&window, theme);
        platform::centre_and_focus_when_shown(&window);
        if platform::KEEPS_EARLY_KEYS {
            app.state::<EarlyKeys>().begin();
            let handle = app.clone();
            platform::on_key(&window, move |key| {
                // Whoever changes their mind need not wait.
                let keys = handle.state::<EarlyKeys>();
                let is_escape = key.key == "Escape";
                let is_kept = keys.keep(key);
                if is_kept && is_escape {
                    keys.begin();
                    hide_switcher(&handle);
                }
                is_kept
            });
        }
    }
}

/// Shows the switcher in front of everything, ready to type.
fn bring(window: &WebviewWindow) {
    let switcher = window.state::<Switcher>();
    switcher.had_focus.store(false, Ordering::Relaxed);
    switcher.shown.fetch_add(1, Ordering::Relaxed);
    let _ = window.show();
    platform::focus(window);
}

/// The colour of a window before its page has painted anything: no white flash in the dark.
fn paint(window: &WebviewWindow, theme: Theme) {
    let is_dark = match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark),
    };
    // As `--surface` in ui/theme.css.
    let surface = if is_dark { Color(0x1b, 0x1c, 0x26, 0xff) } else { Color(0xff, 0xff, 0xff, 0xff) };
    let _ = window.set_background_color(Some(surface));
}

fn show_main(app: &AppHandle, theme: Theme) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.unminimize();
        let _ = window.show();
        platform::focus(&window);
        return;
    }
    let built = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("main.html".into()))
        .title("Rolecall")
        .inner_size(900.0, 640.0)
        .min_inner_size(640.0, 480.0)
        .center()
        .build();
    if let Ok(window) = built {
        paint(&window, theme);
    }
}

/// In front of everything, because somebody waits, and not for long. Its page makes sure that no key that was meant
/// for what was in front before answers it.
fn show_ask(app: &AppHandle, theme: Theme) {
    if let Some(window) = app.get_webview_window(ASK) {
        let _ = window.unminimize();
        let _ = window.show();
        platform::focus(&window);
        return;
    }
    let built = WebviewWindowBuilder::new(app, ASK, WebviewUrl::App("ask.html".into()))
        .title("Rolecall: a program waits")
        .inner_size(520.0, 430.0)
        .min_inner_size(420.0, 320.0)
        .maximizable(false)
        .minimizable(false)
        .always_on_top(true)
        .center()
        .visible(false)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                let _ = window.show();
                platform::focus(&window);
            }
        })
        .build();
    if let Ok(window) = built {
        paint(&window, theme);
        platform::centre_and_focus_when_shown(&window);
    }
}

/// Nobody waits any more.
pub(crate) fn close_ask(app: &AppHandle) {
    let handle = app.clone();
    // After whatever was to be shown before.
    let _ = app.run_on_main_thread(move || {
        if let Some(window) = handle.get_webview_window(ASK) {
            let _ = window.destroy();
        }
    });
}

/// Somebody closes a window by its frame. The one that asks stays until the owner knows: others may wait there.
pub(crate) fn close_requested(window: &tauri::Window<Wry>, api: &CloseRequestApi) {
    if window.label() == ASK {
        api.prevent_close();
        window.state::<Sender>().input(Input::AskClosed);
    }
}

/// Puts the switcher away, from any thread.
pub(crate) fn hide_switcher(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(SWITCHER) {
        put_away(&window);
    }
}

/// Puts a window away as its page wants it: the switcher is kept for a while, any other is closed.
pub(crate) fn put_away(window: &WebviewWindow) {
    if window.label() != SWITCHER {
        let _ = window.close();
        return;
    }
    // The focus that goes now was not taken.
    window.state::<Switcher>().had_focus.store(false, Ordering::Relaxed);
    let _ = window.hide();
    let shown = window.state::<Switcher>().shown.load(Ordering::Relaxed);
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(KEPT).await;
        let unused = window.state::<Switcher>().shown.load(Ordering::Relaxed) == shown;
        if unused && !window.is_visible().unwrap_or(false) {
            let _ = window.destroy();
        }
    });
}

/// The focus came or went. A switcher that is left is put away, as any list that drops down.
pub(crate) fn focus(window: &tauri::Window<Wry>, focused: bool) {
    let switcher = window.state::<Switcher>();
    if window.label() != SWITCHER {
        return;
    }
    if focused {
        switcher.had_focus.store(true, Ordering::Relaxed);
    } else if switcher.had_focus.swap(false, Ordering::Relaxed) {
        *switcher.left_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        hide_switcher(window.app_handle());
    }
}

/// A window is gone.
pub(crate) fn gone(app: &AppHandle, label: &str) {
    let owner = app.state::<Sender>().inner().clone();
    if let Some(portal) = sign_in::forget(app, label) {
        owner.input(Input::SignInWindowClosed { portal });
    }
    let is_ask = label == ASK;
    // Tauri takes it out of its list after this; then the owner should see how many there are.
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(Duration::from_millis(500)).await;
        owner.send(Message::WindowGone);
        if is_ask {
            owner.input(Input::AskGone);
        }
    });
}

/// What the person sees in a window of ours already need not be told beside it.
pub(crate) fn is_looked_at(app: &AppHandle, notification: &Notification) -> bool {
    // One that is being put away still says that it is in front.
    let is_leaving = |window: &WebviewWindow| {
        window.label() == SWITCHER && !window.state::<Switcher>().had_focus.load(Ordering::Relaxed)
    };
    let looked_at = |window: &WebviewWindow| window.is_focused().unwrap_or(false) && !is_leaving(window);
    match notification.topic {
        Topic::Act => app.webview_windows().values().any(looked_at),
        Topic::Ask => app.get_webview_window(ASK).as_ref().is_some_and(looked_at),
        _ => false,
    }
}
