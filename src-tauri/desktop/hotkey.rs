//! The global hotkey.

use std::sync::{Arc, Mutex, PoisonError};

use domain::app::view::{HotkeyState, HotkeyView};
use domain::app::{Action, Input, Window};
use domain::hotkey::Hotkey;
use tauri::AppHandle;
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};
use tokio::task::AbortHandle;

use crate::owner::Sender;
use crate::platform;

/// What holds the hotkey.
#[derive(Clone)]
pub(crate) struct Hotkeys {
    app: AppHandle,
    sender: Sender,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    /// The plugin wakes up 20 times a second from the moment it is loaded: it is only if it is needed.
    loaded: bool,
    /// Where the desktop holds the hotkey, the one who listens.
    listener: Option<AbortHandle>,
}

impl Hotkeys {
    pub(crate) fn new(app: AppHandle, sender: Sender) -> Self {
        Self { app, sender, held: Arc::default() }
    }

    /// Grabs this combination and lets go of any other.
    pub(crate) fn grab(&self, hotkey: Option<Hotkey>) {
        if platform::grabs_by_desktop() {
            self.grab_by_desktop(hotkey);
            return;
        }
        let this = self.clone();
        // Some systems deliver hotkeys only to the thread that grabbed them.
        let _ = self.app.run_on_main_thread(move || {
            let result = this.grab_here(hotkey.as_ref());
            this.tell(hotkey.as_ref(), result.map_err(|why| (HotkeyState::Refused, why)));
        });
    }

    fn grab_here(&self, hotkey: Option<&Hotkey>) -> Result<(), String> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.loaded {
            let _ = self.app.global_shortcut().unregister_all();
        }
        let Some(hotkey) = hotkey else { return Ok(()) };
        if !held.loaded {
            let sender = self.sender.clone();
            let plugin = tauri_plugin_global_shortcut::Builder::new()
                .with_handler(move |_, _, event| {
                    if event.state() == ShortcutState::Pressed {
                        pressed(&sender);
                    }
                })
                .build();
            self.app.plugin(plugin).map_err(|error| error.to_string())?;
            held.loaded = true;
        }
        let keys = hotkey.to_string();
        self.app.global_shortcut().register(keys.as_str()).map_err(|error| error.to_string())
    }

    fn grab_by_desktop(&self, hotkey: Option<Hotkey>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listener) = held.listener.take() {
            listener.abort();
        }
        let Some(wanted) = hotkey else {
            self.tell(None, Ok(()));
            return;
        };
        let this = self.clone();
        let listener = tauri::async_runtime::spawn(async move {
            let bound = || this.tell(Some(&wanted), Ok(()));
            let why = platform::listen_by_desktop(&wanted, bound, || pressed(&this.sender)).await;
            this.tell(Some(&wanted), Err((HotkeyState::Unsupported, why)));
        });
        held.listener = Some(listener.inner().abort_handle());
    }

    fn tell(&self, hotkey: Option<&Hotkey>, result: Result<(), (HotkeyState, String)>) {
        let keys = hotkey.map(ToString::to_string);
        let (state, why) = match result {
            Ok(()) if keys.is_none() => (HotkeyState::Off, None),
            Ok(()) => (HotkeyState::Active, None),
            Err((state, why)) => (state, Some(domain::text::line(&why).into_owned())),
        };
        self.sender.input(Input::Hotkey(HotkeyView { keys, state, why }));
    }
}

fn pressed(sender: &Sender) {
    sender.input(Input::Act(Action::Show { window: Window::Switcher }));
}
