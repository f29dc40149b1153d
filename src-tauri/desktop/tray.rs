//! The tray icon: draws the menu that the domain describes.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use domain::app::{Action, Entry, Icon, Input, Menu, Window};
use domain::mark::Colour;
use tauri::image::Image;
use tauri::menu::{
    CheckMenuItem, IconMenuItem, IsMenuItem, MenuEvent, MenuItem, PredefinedMenuItem, Submenu,
};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};

use crate::owner::Sender;

/// At sign-on the program may start before the panel, and some desktops have no tray at all.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// After so many tries the person is told, once.
const PATIENCE: u32 = 10;

/// What the tray shows.
#[derive(Default)]
struct Drawn {
    icon: Option<TrayIcon>,
    menu: Option<Menu>,
}

/// Shows the icon as soon as a tray takes it.
/// If there is none for a while the person is told, and where `offer` says so gets the window in place of it.
pub(crate) fn show_when_possible(app: &AppHandle, menu: Menu, offer: bool) {
    app.manage(Mutex::new(Drawn { menu: Some(menu), ..Drawn::default() }));
    try_to_show(app, offer, 0);
}

fn try_to_show(app: &AppHandle, offer: bool, tries: u32) {
    if show(app).is_ok() {
        return;
    }
    if tries == PATIENCE
        && let Some(owner) = app.try_state::<Sender>()
    {
        owner.input(Input::NoTray);
        if offer {
            owner.input(Input::Act(Action::Show { window: Window::Main }));
        }
    }
    let app = app.clone();
    thread::spawn(move || {
        // Ever more rarely: a desktop without a tray stays one, mostly.
        thread::sleep(TRY_AGAIN * (1 + tries / PATIENCE).min(10));
        let handle = app.clone();
        // Menus belong to the main thread. If it is gone, the program is ending.
        let _ = app.run_on_main_thread(move || try_to_show(&handle, offer, tries.saturating_add(1)));
    });
}

fn show(app: &AppHandle) -> tauri::Result<()> {
    let state = app.state::<Mutex<Drawn>>();
    let mut drawn = state.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(menu) = drawn.menu.clone() else { return Ok(()) };
    let built = build(app, &menu)?;
    let icon = TrayIconBuilder::with_id("rolecall")
        .icon(picture(menu.icon)?)
        .tooltip(&menu.tooltip)
        .menu(&built)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| chosen(app, &event))
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                let show = Action::Show { window: Window::Switcher };
                icon.app_handle().state::<Sender>().input(Input::Act(show));
            }
        })
        .build(app)?;
    drawn.icon = Some(icon);
    Ok(())
}

/// Draws another menu. Only what is different is touched: a menu that stands open is not disturbed by an icon.
pub(crate) fn draw(app: &AppHandle, menu: &Menu) {
    let (app, menu) = (app.clone(), menu.clone());
    let handle = app.clone();
    let _ = app.run_on_main_thread(move || {
        let state = handle.state::<Mutex<Drawn>>();
        let mut drawn = state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = drawn.menu.replace(menu.clone());
        let Some(icon) = drawn.icon.clone() else { return };
        // A tray that went away in between takes it when it is back.
        if before.as_ref().is_none_or(|before| before.entries != menu.entries)
            && let Ok(built) = build(&handle, &menu)
        {
            let _ = icon.set_menu(Some(built));
        }
        if before.as_ref().is_none_or(|before| before.icon != menu.icon)
            && let Ok(picture) = picture(menu.icon)
        {
            let _ = icon.set_icon(Some(picture));
        }
        if before.is_none_or(|before| before.tooltip != menu.tooltip) {
            let _ = icon.set_tooltip(Some(&menu.tooltip));
        }
    });
}

/// An entry's id is what it does: one of a menu that has just been replaced still means the same.
fn chosen(app: &AppHandle, event: &MenuEvent) {
    if let Ok(action) = serde_json::from_str(event.id().as_ref()) {
        app.state::<Sender>().input(Input::Act(action));
    }
}

type Built = Box<dyn IsMenuItem<Wry>>;

/// The menu, detached.
fn build(app: &AppHandle, menu: &Menu) -> tauri::Result<tauri::menu::Menu<Wry>> {
    let items: Vec<Built> = menu.entries.iter().map(|entry| item(app, entry)).collect::<Result<_, _>>()?;
    let items: Vec<&dyn IsMenuItem<Wry>> = items.iter().map(AsRef::as_ref).collect();
    tauri::menu::Menu::with_items(app, &items)
}

fn item(app: &AppHandle, entry: &Entry) -> tauri::Result<Built> {
    Ok(match entry {
        Entry::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Entry::Text(label) => Box::new(MenuItem::new(app, plain(label), false, None::<&str>)?),
        Entry::Item { label, action, checked, colour } => {
            let (id, label) = (serde_json::to_string(action)?, plain(label));
            match colour {
                _ if *checked => Box::new(CheckMenuItem::with_id(app, id, label, true, true, None::<&str>)?),
                Some(colour) => {
                    Box::new(IconMenuItem::with_id(app, id, label, true, Some(dot(*colour)), None::<&str>)?)
                }
                None => Box::new(MenuItem::with_id(app, id, label, true, None::<&str>)?),
            }
        }
        Entry::Submenu(label, entries) => {
            let items: Vec<Built> = entries.iter().map(|entry| item(app, entry)).collect::<Result<_, _>>()?;
            let items: Vec<&dyn IsMenuItem<Wry>> = items.iter().map(AsRef::as_ref).collect();
            Box::new(Submenu::with_items(app, plain(label), true, &items)?)
        }
    })
}

/// A disc of the colour, with a soft edge.
fn dot(colour: Colour) -> Image<'static> {
    const SIZE: u32 = 16;
    let (red, green, blue) = match colour {
        Colour::Red => (0xd9, 0x2d, 0x20),
        Colour::Orange => (0xe8, 0x6b, 0x12),
        Colour::Yellow => (0xd9, 0xa8, 0x0b),
        Colour::Green => (0x35, 0x9a, 0x45),
        Colour::Teal => (0x12, 0x9a, 0x88),
        Colour::Blue => (0x2f, 0x6f, 0xed),
        Colour::Purple => (0x8b, 0x44, 0xdd),
        Colour::Pink => (0xd6, 0x3d, 0x90),
        Colour::Grey => (0x7b, 0x81, 0x90),
    };
    let alpha = |at: u32| {
        let middle = f64::from(SIZE - 1) / 2.0;
        let (x, y) = (f64::from(at % SIZE) - middle, f64::from(at / SIZE) - middle);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
        let alpha = ((5.5 - x.hypot(y)).clamp(0.0, 1.0) * 255.0) as u8;
        alpha
    };
    Image::new_owned((0..SIZE * SIZE).flat_map(|at| [red, green, blue, alpha(at)]).collect(), SIZE, SIZE)
}

/// `&` makes the next letter a mnemonic; names are no place for those.
fn plain(label: &str) -> String {
    label.replace('&', "&&")
}

fn picture(icon: Icon) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match icon {
        Icon::SignedOut => include_bytes!("../../icons/tray/signed-out.png"),
        Icon::SignedIn => include_bytes!("../../icons/tray/signed-in.png"),
        Icon::Expiring => include_bytes!("../../icons/tray/expiring.png"),
        Icon::Production => include_bytes!("../../icons/tray/production.png"),
        Icon::Attention => include_bytes!("../../icons/tray/attention.png"),
    })
}
