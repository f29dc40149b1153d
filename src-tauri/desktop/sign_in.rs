//! The window of a sign-in: a header of ours, and below it the page of AWS or of an identity provider.
//!
//! The header is one webview, with access to the application. The page is another, which Tauri knows nothing of:
//! it has no IPC, none of our addresses, its own process and its own cookies, a folder for each portal.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::app::Input;
use domain::app::view::{Hint, Visit};
use domain::ids::PortalName;
use domain::visit::{self, Policy};
use send_wrapper::SendWrapper;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use wry::{
    NewWindowFeatures, NewWindowResponse, PageLoadEvent, PermissionResponse, WebContext, WebView,
    WebViewBuilder,
};

use crate::owner::Sender;
use crate::platform;

/// Height of the header, in logical pixels; higher while it shows the QR code.
const HEADER: f64 = 88.0;
const EXPANDED: f64 = 320.0;
/// Windows that a page may have open at once.
const MOST_POP_UPS: u32 = 5;
/// How often the page is asked what it wants of the person.
const LOOK_EVERY: Duration = Duration::from_millis(1500);
/// Looks at the page's own text: what it says it wants, and whether the engine has it.
const WANTS_PASSKEY: &str = r"typeof PublicKeyCredential === 'undefined'
  && /passkey|security key|webauthn|\bfido2?\b|windows hello|touch id/i.test(document.body ? document.body.innerText : '')";

/// The windows of sign-ins, by label.
#[derive(Default)]
pub(crate) struct Windows(Mutex<HashMap<String, SignInWindow>>);

struct SignInWindow {
    portal: PortalName,
    header: f64,
    /// Webviews belong to the main thread.
    page: Option<SendWrapper<Page>>,
}

struct Page {
    address: String,
    view: WebView,
    /// Outlives the view.
    _context: WebContext,
    visit: Rc<RefCell<Told>>,
}

/// What the owner was last told of the page.
struct Told {
    portal: PortalName,
    /// Of a window that the page has opened, its number.
    pop_up: Option<u32>,
    sender: Sender,
    visit: Visit,
}

impl Told {
    fn tell(&mut self, change: impl FnOnce(&mut Visit)) {
        let before = self.visit.clone();
        change(&mut self.visit);
        if self.visit != before {
            let (portal, pop_up, visit) = (self.portal.clone(), self.pop_up, self.visit.clone());
            self.sender.input(Input::Visit { portal, pop_up, visit });
        }
    }
}

/// Shows the window; with the page, if it is known. Cookies are kept in `dir`.
pub(crate) fn show(app: &AppHandle, portal: PortalName, page: Option<String>, dir: PathBuf) {
    let handle = app.clone();
    let _ = app.run_on_main_thread(move || {
        let Some(window) = window_of(&handle, &portal) else { return };
        match page {
            Some(page) => open(&window, &portal, &page, &dir),
            None => drop_page(&window),
        }
        platform::focus(&window);
    });
}

/// Labels may hold no dot, portal names no colon.
fn label(portal: &PortalName) -> String {
    format!("sign-in-{}", portal.as_str().replace('.', ":"))
}

fn window_of(app: &AppHandle, portal: &PortalName) -> Option<WebviewWindow> {
    let label = label(portal);
    if let Some(window) = app.get_webview_window(&label) {
        return Some(window);
    }
    let address = format!("sign-in.html?portal={portal}");
    let window = WebviewWindowBuilder::new(app, &label, WebviewUrl::App(address.into()))
        .title(format!("Sign in to {portal} – Rolecall"))
        .inner_size(900.0, 780.0)
        .min_inner_size(560.0, 420.0)
        .center()
        .build()
        .ok()?;
    let state = app.state::<Windows>();
    let mut windows = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    windows.insert(label, SignInWindow { portal: portal.clone(), header: HEADER, page: None });
    drop(windows);
    platform::lay_out(&window, HEADER, None);
    Some(window)
}

fn open(window: &WebviewWindow, portal: &PortalName, address: &str, dir: &Path) {
    let state = window.state::<Windows>();
    let mut windows = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(entry) = windows.get_mut(window.label()) else { return };
    if entry.page.as_ref().is_some_and(|page| page.address == address) {
        return;
    }
    entry.page = None;
    let (host, secure) = visit::origin(address);
    let told = Rc::new(RefCell::new(Told {
        portal: portal.clone(),
        pop_up: None,
        sender: window.state::<Sender>().inner().clone(),
        visit: Visit { host, secure, loading: true, hint: None, blocked: None },
    }));
    let Some(policy) = Policy::of(address) else {
        told.borrow_mut().tell(|visit| {
            visit.hint = Some(Hint::Blocked);
            visit.blocked = Some(domain::text::line(address).into_owned());
        });
        return;
    };
    let mut context = WebContext::new(Some(dir.to_owned()));
    let builder = WebViewBuilder::new_with_web_context(&mut context).with_url(address);
    let builder = guarded(builder, policy, &told, window);
    if let Ok(view) = platform::attach(window, builder, entry.header, &told_hint(&told)) {
        let page = Page { address: address.to_owned(), view, _context: context, visit: told };
        entry.page = Some(SendWrapper::new(page));
        drop(windows);
        look_now_and_then(window);
    }
}

fn told_hint(told: &Rc<RefCell<Told>>) -> impl Fn(Hint) + Clone + 'static + use<> {
    let told = Rc::clone(told);
    move |hint| told.borrow_mut().tell(|visit| visit.hint = Some(hint))
}

/// A page that can't leave the web, can't save files, and can't use devices.
fn guarded<'a>(
    builder: WebViewBuilder<'a>,
    policy: Policy,
    told: &Rc<RefCell<Told>>,
    window: &WebviewWindow,
) -> WebViewBuilder<'a> {
    let (goes, loads) = (Rc::clone(told), Rc::clone(told));
    let (app, portal) = (window.app_handle().clone(), told.borrow().portal.clone());
    builder
        .with_navigation_handler(move |address| {
            let allowed = policy.allows(&address);
            if !allowed {
                let (host, _) = visit::origin(&address);
                let shown = if host.is_empty() { domain::text::line(&address).into_owned() } else { host };
                goes.borrow_mut().tell(|visit| {
                    visit.hint = Some(Hint::Blocked);
                    visit.blocked = Some(shown.chars().take(120).collect());
                });
            }
            allowed
        })
        .with_on_page_load_handler(move |event, address| {
            let (host, secure) = visit::origin(&address);
            loads.borrow_mut().tell(|visit| {
                visit.loading = matches!(event, PageLoadEvent::Started);
                if visit.host != host || visit.loading {
                    visit.hint = visit::hint(&address);
                    visit.blocked = None;
                }
                (visit.host, visit.secure) = (host, secure);
            });
        })
        .with_download_started_handler(|_, _| false)
        .with_permission_handler(|_| PermissionResponse::Deny)
        .with_new_window_req_handler(move |address, features| {
            pop_up(&app, &portal, policy, &address, &features)
        })
}

/// A window that the page opens: inside the same session, and guarded like the page.
fn pop_up(
    app: &AppHandle,
    portal: &PortalName,
    policy: Policy,
    address: &str,
    features: &NewWindowFeatures,
) -> NewWindowResponse {
    let state = app.state::<Windows>();
    let owner = app.state::<Sender>().inner().clone();
    let name = |number: u32| format!("{}/{number}", label(portal));
    let taken = |number: &u32| app.get_webview_window(&name(*number)).is_some();
    let Some(number) = (1..=MOST_POP_UPS).find(|number| !taken(number)) else {
        return NewWindowResponse::Deny;
    };
    let label = name(number);
    if !(policy.allows(address) || address.is_empty()) {
        return NewWindowResponse::Deny;
    }
    let header = format!("sign-in.html?portal={portal}&popup={number}");
    let built = WebviewWindowBuilder::new(app, &label, WebviewUrl::App(header.into()))
        .title(format!("Sign in to {portal} – Rolecall"))
        .inner_size(640.0, 640.0)
        .build();
    let Ok(window) = built else { return NewWindowResponse::Deny };
    let (host, secure) = visit::origin(address);
    let visit = Visit { host, secure, loading: true, hint: None, blocked: None };
    // Before anything of an earlier window of this number can be seen in its header.
    owner.input(Input::Visit { portal: portal.clone(), pop_up: Some(number), visit: visit.clone() });
    let told =
        Rc::new(RefCell::new(Told { portal: portal.clone(), pop_up: Some(number), sender: owner, visit }));
    let mut context = WebContext::new(None);
    let builder = guarded(WebViewBuilder::new_with_web_context(&mut context), policy, &told, &window);
    let builder = platform::related(builder, features);
    match platform::attach(&window, builder, HEADER, &told_hint(&told)) {
        Ok(view) => {
            platform::close_with(&view, &window);
            let response = platform::pop_up_response(&view);
            let page = Page { address: address.to_owned(), view, _context: context, visit: told };
            let page = Some(SendWrapper::new(page));
            let entry = SignInWindow { portal: portal.clone(), header: HEADER, page };
            state.0.lock().unwrap_or_else(PoisonError::into_inner).insert(label, entry);
            response
        }
        Err(_) => NewWindowResponse::Deny,
    }
}

/// Asks the page, as long as it is there, whether it wants what this window has not. The page itself has no way to
/// tell us anything.
fn look_now_and_then(window: &WebviewWindow) {
    let (app, label) = (window.app_handle().clone(), window.label().to_owned());
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let (handle, label) = (app.clone(), label.clone());
            let (tell, there) = tokio::sync::oneshot::channel();
            let _ = app.run_on_main_thread(move || {
                let _ = tell.send(look(&handle, &label));
            });
            if !there.await.unwrap_or(false) {
                return;
            }
        }
    });
}

/// `false`: the page is gone.
fn look(app: &AppHandle, label: &str) -> bool {
    let state = app.state::<Windows>();
    let windows = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(page) = windows.get(label).and_then(|entry| entry.page.as_ref()) else { return false };
    let (told, sent) = (SendWrapper::new(Rc::clone(&page.visit)), Mutex::new(false));
    // The engine calls back on this same thread, when the script has run.
    let _ = page.view.evaluate_script_with_callback(WANTS_PASSKEY, move |answer| {
        let first = !std::mem::replace(&mut *sent.lock().unwrap_or_else(PoisonError::into_inner), true);
        if answer == "true" && first {
            told.borrow_mut().tell(|visit| visit.hint = visit.hint.or(Some(Hint::Passkey)));
        }
    });
    true
}

fn drop_page(window: &WebviewWindow) {
    let state = window.state::<Windows>();
    let mut windows = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(entry) = windows.get_mut(window.label()) {
        entry.page = None;
    }
}

/// Closes the window and the pop-ups of its page.
pub(crate) fn close(app: &AppHandle, portal: &PortalName) {
    let (handle, portal) = (app.clone(), portal.clone());
    let _ = app.run_on_main_thread(move || {
        let state = handle.state::<Windows>();
        let mut windows = state.0.lock().unwrap_or_else(PoisonError::into_inner);
        let labels: Vec<String> = windows
            .iter()
            .filter(|(_, entry)| entry.portal == portal)
            .map(|(label, _)| label.clone())
            .collect();
        // What is not in the list any more was not closed by the person. The page goes before its window.
        for label in &labels {
            windows.remove(label);
        }
        drop(windows);
        for window in labels.iter().filter_map(|label| handle.get_webview_window(label)) {
            let _ = window.destroy();
        }
    });
}

/// A window was closed by the person, if it is of a sign-in: then which. A pop-up is none.
pub(crate) fn forget(app: &AppHandle, label: &str) -> Option<PortalName> {
    let state = app.state::<Windows>();
    let entry = state.0.lock().unwrap_or_else(PoisonError::into_inner).remove(label)?;
    let is_pop_up = label.contains('/');
    let portal = entry.portal.clone();
    (!is_pop_up).then_some(portal)
}

/// Makes room in the header for the QR code, or takes it back.
pub(crate) fn expand(window: &WebviewWindow, expanded: bool) {
    set_header(window, if expanded { EXPANDED } else { HEADER });
}

fn set_header(window: &WebviewWindow, height: f64) {
    let window = window.clone();
    let handle = window.app_handle().clone();
    let _ = handle.run_on_main_thread(move || {
        let state = window.state::<Windows>();
        let mut windows = state.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = windows.get_mut(window.label()) else { return };
        entry.header = height;
        platform::lay_out(&window, height, entry.page.as_ref().map(|page| &page.view));
    });
}

/// The window has another size.
pub(crate) fn resized(app: &AppHandle, label: &str) {
    let state = app.state::<Windows>();
    let windows = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let (Some(entry), Some(window)) = (windows.get(label), app.get_webview_window(label)) {
        platform::lay_out(&window, entry.header, entry.page.as_ref().map(|page| &page.view));
    }
}
