//! macOS: `WKWebView` below the header, notifications by the Notification Center.

use std::future::{Ready, ready};

use domain::app::Notification;
use domain::app::view::Hint;
use domain::failure::Failure;
use domain::hotkey::Hotkey;
use tauri::{LogicalPosition, LogicalSize, RunEvent, WebviewWindow};
use wry::{
    NewWindowFeatures, NewWindowResponse, Rect, WebView, WebViewBuilder, WebViewBuilderExtMacos,
    WebViewExtMacOS,
};

use crate::early_keys::EarlyKey;

/// Links that were followed to the program, which macOS tells it while it runs.
pub(crate) fn followed_links(event: &RunEvent) -> Vec<String> {
    match event {
        RunEvent::Opened { urls } => urls.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The plugin for that does it.
pub(crate) fn hand_over(_: &str) -> bool {
    false
}

#[expect(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
pub(crate) fn before_start() -> Result<(), Failure> {
    Ok(())
}

/// The webview's memory is another program's here.
pub(crate) fn start_anew() {}

/// Gives a window the focus that has just been asked for by a key or a click elsewhere.
pub(crate) fn focus(window: &WebviewWindow) {
    let _ = window.set_focus();
}

/// Windows stay where they were centred, and get the focus when they are shown.
pub(crate) fn centre_and_focus_when_shown(_: &WebviewWindow) {}

/// The switcher is shown when its page can take keys.
pub(crate) const KEEPS_EARLY_KEYS: bool = false;

pub(crate) fn on_key(_: &WebviewWindow, _: impl Fn(EarlyKey) -> bool + 'static) {}

pub(crate) fn not_for_history(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtApple;
    set.exclude_from_history()
}

/// Shows a notification. Buttons need a signed bundle and a permission; the tray says and does the same.
pub(crate) fn notify(notification: &Notification, _replaces: Option<u32>, _told: impl FnOnce(u32)) -> bool {
    let _ = notify_rust::Notification::new()
        .appname("Rolecall")
        .summary(&notification.title)
        .body(&notification.body)
        .show();
    false
}

pub(crate) fn withdraw(_id: u32) {}

/// Puts the page below the header, which is the window's own webview.
pub(crate) fn attach(
    window: &WebviewWindow,
    builder: WebViewBuilder<'_>,
    header: f64,
    _hint: &(impl Fn(Hint) + Clone + 'static),
) -> Result<WebView, String> {
    let builder = builder.with_bounds(below(window, header));
    builder.build_as_child(window).map_err(|error| error.to_string())
}

/// A pop-up that closes itself leaves its window to the person: wry tells nobody of it here.
pub(crate) fn close_with(_: &WebView, _: &WebviewWindow) {}

/// The page gets what the header leaves of the window.
pub(crate) fn lay_out(window: &WebviewWindow, header: f64, page: Option<&WebView>) {
    if let Some(page) = page {
        let _ = page.set_bounds(below(window, header));
    }
}

fn below(window: &WebviewWindow, header: f64) -> Rect {
    let scale = window.scale_factor().unwrap_or(1.0);
    let size: LogicalSize<f64> = window.inner_size().unwrap_or_default().to_logical(scale);
    let size = LogicalSize::new(size.width, (size.height - header).max(0.0));
    Rect { position: LogicalPosition::new(0.0, header).into(), size: size.into() }
}

/// A pop-up shares the session of the page that opens it.
pub(crate) fn related<'a>(builder: WebViewBuilder<'a>, features: &NewWindowFeatures) -> WebViewBuilder<'a> {
    builder.with_webview_configuration(features.opener.target_configuration.clone())
}

pub(crate) fn pop_up_response(page: &WebView) -> NewWindowResponse {
    NewWindowResponse::Create { webview: page.webview().into_super() }
}

pub(crate) fn grabs_by_desktop() -> bool {
    false
}

pub(crate) fn listen_by_desktop(_: &Hotkey, _: impl Fn() + Send, _: impl Fn() + Send) -> Ready<String> {
    ready("programs grab keys themselves here".to_owned())
}
