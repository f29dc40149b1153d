//! The tray application on a real X server, with a `StatusNotifier` host on the session's bus.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::program::{Program, Running, until};
use crate::session::{Keyring, Session};

/// An X server without a screen that anybody sees.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        let mut server = Command::new("/usr/bin/Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed (make deps)");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server, name: format!(":{}", number.trim()) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// What a panel with a tray offers on the bus.
struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
}

#[expect(clippy::unused_self, reason = "the signatures are the interface's")]
#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.items.lock().unwrap().push(service);
    }

    fn register_status_notifier_host(&self, service: &str) {
        // Only items matter here.
        let _ = service;
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap().clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A panel; it is gone when this is dropped.
struct Panel {
    connection: Connection,
    items: Arc<Mutex<Vec<String>>>,
}

impl Panel {
    fn start(session: &Session) -> Self {
        let items = Arc::<Mutex<Vec<String>>>::default();
        let watcher = Watcher { items: Arc::clone(&items) };
        let connection = connection::Builder::address(session.bus_address().as_str())
            .and_then(|bus| bus.serve_at("/StatusNotifierWatcher", watcher))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .and_then(connection::Builder::build)
            .unwrap();
        Self { connection, items }
    }

    fn icon(&self) -> String {
        until("the icon is in the tray", || !self.items.lock().unwrap().is_empty());
        self.items.lock().unwrap()[0].clone()
    }

    /// Clicks the entry of the icon's menu.
    fn click(&self, label: &str) {
        let icon = self.icon();
        let item = self.proxy(&icon, "/StatusNotifierItem", "org.kde.StatusNotifierItem");
        let menu: OwnedObjectPath = item.get_property("Menu").unwrap();
        let menu = self.proxy(&icon, menu.as_str(), "com.canonical.dbusmenu");
        let reply = menu.call_method("GetLayout", &(0, -1, Vec::<&str>::new())).unwrap();
        let (_, (_, _, children)): (u32, Entry) = reply.body().deserialize().unwrap();
        let id = children.into_iter().find_map(|child| entry(&child, label)).expect("the menu has the entry");
        let data = Value::from("");
        // The application may be gone before it answers.
        menu.call_noreply("Event", &(id, "clicked", &data, 0_u32)).unwrap();
    }

    fn proxy<'a>(&self, service: &'a str, path: &'a str, interface: &'a str) -> Proxy<'a> {
        Proxy::new(&self.connection, service, path, interface).unwrap()
    }
}

/// A menu entry of com.canonical.dbusmenu: id, properties, entries below it.
type Entry = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The id of a menu entry with this label.
fn entry(child: &OwnedValue, label: &str) -> Option<i32> {
    let (id, properties, _): Entry = child.try_clone().ok()?.try_into().ok()?;
    let shown: &str = properties.get("label")?.downcast_ref().ok()?;
    (shown == label).then_some(id)
}

fn start(session: &Session, display: &Display) -> Running {
    session.program(env!("CARGO_BIN_EXE_rolecall-desktop")).env("DISPLAY", &display.name).start()
}

#[test]
fn the_tray_icon_quits_from_its_menu() {
    let (session, display) = (Session::start(Keyring::Absent), Display::start());
    let panel = Panel::start(&session);
    let desktop = start(&session, &display);
    panel.click("Quit Rolecall");
    desktop.finish().succeeded();
}

#[test]
fn the_tray_icon_waits_for_a_panel_that_comes_later() {
    let (session, display) = (Session::start(Keyring::Absent), Display::start());
    let mut desktop = start(&session, &display);
    // Long enough to have asked for a panel more than once, in vain.
    thread::sleep(Duration::from_secs(2));
    assert!(!desktop.is_over(), "without a panel it goes on: {}", desktop.told());
    let panel = Panel::start(&session);
    panel.click("Quit Rolecall");
    desktop.finish().succeeded();
}

/// A program that links a toolkit needs some 50 ms before its first instruction, and this one is on the way of
/// every AWS request.
#[test]
fn the_command_line_links_no_toolkit() {
    let linked = |program: &str| {
        let ldd = Program::new(Path::new("/usr/bin/ldd")).args([program]).env("PATH", "/usr/bin:/bin");
        ldd.run().succeeded().stdout
    };
    for library in ["libgtk", "libwebkit", "libdbus", "libssl"] {
        assert!(!linked(env!("CARGO_BIN_EXE_rolecall")).contains(library), "{library}");
    }
    assert!(linked(env!("CARGO_BIN_EXE_rolecall-desktop")).contains("libwebkit"), "the question can tell");
}
