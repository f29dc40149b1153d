//! Linux: GTK and WebKitGTK, notifications and hotkeys by D-Bus.

use std::os::unix::process::CommandExt;

use ashpd::desktop::CreateSessionOptions;
use ashpd::desktop::global_shortcuts::{BindShortcutsOptions, GlobalShortcuts, NewShortcut};
use domain::app::Notification;
use domain::app::view::Hint;
use domain::failure::{Code, Failure};
use domain::hotkey::Hotkey;
use futures_util::StreamExt;
use gtk::prelude::{
    BinExt, BoxExt, Cast, ContainerExt, GtkWindowExt, IsA, OverlayExt, WidgetExt, WidgetExtManual,
};
use gtk::{gdk, glib};
use tauri::{RunEvent, WebviewWindow};
use webkit2gtk::{AuthenticationRequestExt, AuthenticationScheme, WebViewExt};
use wry::{
    NewWindowFeatures, NewWindowResponse, WebView, WebViewBuilder, WebViewBuilderExtUnix, WebViewExtUnix,
};

use crate::early_keys::EarlyKey;

/// How the program is called where desktops list programs.
const APP_NAME: &str = "Rolecall";
const ICON: &str = "rolecall-desktop";
/// The button's name on the bus. A click on the notification itself only takes it away: some desktops would show
/// another button for it.
const BUTTON: &str = "act";

/// What keeps windows from the graphics card. Lists and forms need none, and it costs much: drivers are loaded into
/// the tray's process (some bring a compiler with them, 30 MB) and into each page's; and with some drivers windows
/// stay blank (github.com/tauri-apps/tauri/issues/9304).
const NO_GRAPHICS: [(&str, &str); 3] = [
    ("GDK_GL", "disable"),
    ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
];

/// Here links come as arguments of a second start.
pub(crate) fn followed_links(_: &RunEvent) -> Vec<String> {
    Vec::new()
}

/// Hands this start's words to the one that runs under this id; `false` if none does. The plugin for that would do it
/// only behind GTK, and end the program in the middle of GTK's threads, which now and then crashes it.
pub(crate) fn hand_over(id: &str) -> bool {
    let name = format!("{id}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/"));
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let folder = std::env::current_dir().unwrap_or_default();
    let Ok(bus) = zbus::blocking::Connection::session() else { return false };
    let asked = bus.call_method(
        Some(name.as_str()),
        path.as_str(),
        Some("org.SingleInstance.DBus"),
        "ExecuteCallback",
        &(words, folder.to_string_lossy()),
    );
    asked.is_ok()
}

/// Whoever has set one of the variables knows better.
pub(crate) fn before_start() -> Result<(), Failure> {
    for (name, value) in NO_GRAPHICS {
        // Before any thread is started.
        let _ = glib::setenv(name, value, false);
    }
    // Tauri would do it, and panic where there is no display.
    gtk::init().map_err(|_| {
        let hint = "start it inside a desktop session; in a terminal, `rolecall` does the same";
        Failure::new(Code::Failed, "there is no display to show anything on", hint)
    })
}

/// Runs the program anew in place of this one: same process, nothing of its memory. Returns if that is not
/// possible. All files and sockets of ours are closed by it.
pub(crate) fn start_anew() {
    let Ok(program) = std::env::current_exe() else { return };
    drop(std::process::Command::new(program).arg("--hidden").exec());
}

/// Gives a window the focus that has just been asked for by a key or a click elsewhere.
///
/// X11's window managers refuse it to whoever can't say when that was (Extended Window Manager Hints,
/// `_NET_WM_USER_TIME`); the hotkey and the tray don't tell, and it was now.
pub(crate) fn focus(window: &WebviewWindow) {
    if let Ok(gtk_window) = window.gtk_window() {
        present(&gtk_window);
    }
}

/// Puts a window into the middle and gives it the focus, every time it is shown. Before its window manager has seen it, it can have none.
pub(crate) fn centre_and_focus_when_shown(window: &WebviewWindow) {
    if let Ok(gtk_window) = window.gtk_window() {
        gtk_window.set_position(gtk::WindowPosition::CenterAlways);
        gtk_window.connect_map_event(|gtk_window, _| {
            present(gtk_window);
            glib::Propagation::Proceed
        });
    }
}

/// Keys that are pressed before a page can take them can be kept for it.
pub(crate) const KEEPS_EARLY_KEYS: bool = true;

/// Calls `pressed` for each key that a switcher understands, before the page gets it. `true`: it was taken.
pub(crate) fn on_key(window: &WebviewWindow, pressed: impl Fn(EarlyKey) -> bool + 'static) {
    let Ok(gtk_window) = window.gtk_window() else { return };
    gtk_window.connect_key_press_event(move |_, event| {
        let (keyval, state) = (event.keyval(), event.state());
        let is_down = |modifier| state.contains(modifier);
        let key = match keyval.name().as_deref() {
            Some("Return" | "KP_Enter") => Some("Enter".to_owned()),
            Some("BackSpace") => Some("Backspace".to_owned()),
            Some("Escape") => Some("Escape".to_owned()),
            _ => keyval.to_unicode().filter(|c| !c.is_control()).map(String::from),
        };
        let alt = is_down(gdk::ModifierType::MOD1_MASK);
        // With Alt, only Enter is the page's; all else is the desktop's.
        let is_other = is_down(gdk::ModifierType::SUPER_MASK) || alt && key.as_deref() != Some("Enter");
        let taken = key.filter(|_| !is_other).is_some_and(|key| {
            let ctrl = is_down(gdk::ModifierType::CONTROL_MASK);
            pressed(EarlyKey { key, ctrl, shift: is_down(gdk::ModifierType::SHIFT_MASK), alt })
        });
        if taken { glib::Propagation::Stop } else { glib::Propagation::Proceed }
    });
}

fn present(gtk_window: &impl IsA<gtk::Window>) {
    let gtk_window = gtk_window.as_ref();
    // A Wayland compositor gives the focus to what is new, and to others as it thinks right.
    if let Some(Ok(surface)) = gtk_window.window().map(Cast::downcast::<gdkx11::X11Window>) {
        gtk_window.present_with_time(gdkx11::functions::x11_get_server_time(&surface));
    }
}

pub(crate) fn not_for_history(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtLinux;
    set.exclude_from_history()
}

/// Shows a notification and waits until it is gone. `true`: the person chose its button.
pub(crate) fn notify(notification: &Notification, replaces: Option<u32>, told: impl FnOnce(u32)) -> bool {
    let mut shown = notify_rust::Notification::new();
    shown.appname(APP_NAME).icon(ICON).summary(&notification.title).body(&escaped(&notification.body));
    shown.hint(notify_rust::Hint::DesktopEntry("rolecall-desktop".to_owned()));
    if let Some(id) = replaces {
        shown.id(id);
    }
    if let Some((label, _)) = &notification.button {
        shown.action(BUTTON, label);
    }
    if notification.urgent {
        shown.urgency(notify_rust::Urgency::Critical);
    }
    let Ok(handle) = shown.show() else { return false };
    told(handle.id());
    let mut clicked = false;
    handle.wait_for_action(|action| clicked = action == BUTTON);
    clicked
}

/// The body of a notification is a kind of HTML (Desktop Notifications Specification).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(crate) fn withdraw(id: u32) {
    // Where there is nobody to take it back, there is nothing to take back.
    let Ok(bus) = zbus::blocking::Connection::session() else { return };
    let (name, path) = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications");
    let _ = bus.call_method(Some(name), path, Some(name), "CloseNotification", &(id,));
}

/// Puts the page below the header, which is the window's own webview.
pub(crate) fn attach(
    window: &WebviewWindow,
    builder: WebViewBuilder<'_>,
    header: f64,
    hint: &(impl Fn(Hint) + Clone + 'static),
) -> Result<WebView, String> {
    let column = window.default_vbox().map_err(|error| error.to_string())?;
    let page = builder.build_gtk(&column).map_err(|error| error.to_string())?;
    let widget = page.webview();
    watch_troubles(&widget, hint);
    lay_out(window, header, Some(&page));
    widget.show();
    widget.grab_focus();
    Ok(page)
}

/// Closes the window of a pop-up with its page: one that is done closes itself, and wry then takes the page away.
pub(crate) fn close_with(page: &WebView, window: &WebviewWindow) {
    let owner = window.clone();
    page.webview().connect_destroy(move |_| {
        let owner = owner.clone();
        glib::idle_add_local_once(move || drop(owner.close()));
    });
}

fn watch_troubles(page: &webkit2gtk::WebView, hint: &(impl Fn(Hint) + Clone + 'static)) {
    let (fails, untrusted, asked) = (hint.clone(), hint.clone(), hint.clone());
    page.connect_load_failed(move |_, _, _, error| {
        // A load that was cut off by the next one, or by our policy, is no trouble.
        let cancelled = error.matches(webkit2gtk::NetworkError::Cancelled)
            || error.matches(webkit2gtk::PolicyError::FrameLoadInterruptedByPolicyChange);
        if !cancelled {
            fails(Hint::Unreachable);
        }
        false
    });
    page.connect_load_failed_with_tls_errors(move |_, _, _, _| {
        untrusted(Hint::Certificate);
        false
    });
    page.connect_authenticate(move |_, request| {
        if request.scheme() == AuthenticationScheme::ClientCertificateRequested {
            asked(Hint::Certificate);
        }
        false
    });
}

/// The header gets its height, the page the rest. GTK does so again whenever the window changes.
pub(crate) fn lay_out(window: &WebviewWindow, header: f64, page: Option<&WebView>) {
    let Ok(column) = window.default_vbox() else { return };
    let Some(overlay) = header_of(&column) else { return };
    if let Some(room) = overlay.child() {
        #[expect(clippy::cast_possible_truncation, reason = "some hundred pixels")]
        room.set_size_request(-1, header as i32);
    }
    // Until there is a page, the header has all of the window.
    let alone = page.is_none();
    column.set_child_packing(&overlay, alone, true, 0, gtk::PackType::Start);
}

/// The header lies over an empty box, which alone has a height: a web view that was high once wants to stay so.
fn header_of(column: &gtk::Box) -> Option<gtk::Overlay> {
    // The window has no menu: its own webview is the first child.
    let first = column.children().into_iter().next()?;
    let webview = match first.downcast::<gtk::Overlay>() {
        Ok(overlay) => return Some(overlay),
        Err(webview) => webview,
    };
    let overlay = gtk::Overlay::new();
    column.remove(&webview);
    overlay.add(&gtk::Box::new(gtk::Orientation::Vertical, 0));
    overlay.add_overlay(&webview);
    column.add(&overlay);
    column.reorder_child(&overlay, 0);
    overlay.show_all();
    Some(overlay)
}

/// A pop-up shares the session of the page that opens it.
pub(crate) fn related<'a>(builder: WebViewBuilder<'a>, features: &NewWindowFeatures) -> WebViewBuilder<'a> {
    builder.with_related_view(features.opener.webview.clone())
}

pub(crate) fn pop_up_response(page: &WebView) -> NewWindowResponse {
    NewWindowResponse::Create { webview: page.webview() }
}

/// On Wayland, programs can't grab keys: the desktop does it for them. X11 would say that it works, and it
/// never does.
pub(crate) fn grabs_by_desktop() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("WAYLAND_DISPLAY") || std::env::var_os("XDG_SESSION_TYPE").is_some_and(|kind| kind == "wayland")
}

/// Asks the desktop for the hotkey (XDG desktop portal, `GlobalShortcuts`) and listens. Returns why it can't.
pub(crate) async fn listen_by_desktop(
    hotkey: &Hotkey,
    bound: impl Fn() + Send,
    pressed: impl Fn() + Send,
) -> String {
    match listen(hotkey, bound, pressed).await {
        Ok(()) => "the desktop took the hotkey back".to_owned(),
        Err(error) => error.to_string(),
    }
}

async fn listen(hotkey: &Hotkey, bound: impl Fn() + Send, pressed: impl Fn() + Send) -> ashpd::Result<()> {
    // Newer desktops want to know who asks; older ones have no such question.
    if let Ok(id) = "io.github.rolecall.desktop".parse() {
        let _ = ashpd::register_host_app(id).await;
    }
    let portal = GlobalShortcuts::new().await?;
    let session = portal.create_session(CreateSessionOptions::default()).await?;
    let wanted =
        NewShortcut::new("switcher", "Open the quick switcher").preferred_trigger(trigger(hotkey).as_str());
    portal.bind_shortcuts(&session, &[wanted], None, BindShortcutsOptions::default()).await?.response()?;
    bound();
    let mut activated = portal.receive_activated().await?;
    while activated.next().await.is_some() {
        pressed();
    }
    Ok(())
}

/// As the XDG specification of shortcuts writes them: `CTRL+ALT+r`.
fn trigger(hotkey: &Hotkey) -> String {
    let (modifiers, key) = hotkey.parts();
    let names = ["CTRL", "ALT", "SHIFT", "LOGO"].into_iter().zip(modifiers);
    let mut parts: Vec<String> = names.filter(|(_, on)| *on).map(|(name, _)| name.to_owned()).collect();
    parts.push(match key {
        "Enter" => "Return".to_owned(),
        "Space" => "space".to_owned(),
        "PageUp" => "Page_Up".to_owned(),
        "PageDown" => "Page_Down".to_owned(),
        "Backspace" => "BackSpace".to_owned(),
        letter if letter.len() == 1 => letter.to_lowercase(),
        other => other.to_owned(),
    });
    parts.join("+")
}
