//! A `StatusNotifier` host on the session's bus, which reads and clicks the icon's menu as a panel does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::program::until;
use crate::session::Session;

/// What a panel with a tray offers on the bus.
struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
    arrived: Arc<Mutex<Option<Instant>>>,
}

#[expect(clippy::unused_self, reason = "the signatures are the interface's")]
#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.items.lock().unwrap().push(service);
        *self.arrived.lock().unwrap() = Some(Instant::now());
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
pub(crate) struct Panel {
    connection: Connection,
    items: Arc<Mutex<Vec<String>>>,
    /// When the last icon came.
    pub(crate) arrived: Arc<Mutex<Option<Instant>>>,
}

impl Panel {
    pub(crate) fn start(session: &Session) -> Self {
        let items = Arc::<Mutex<Vec<String>>>::default();
        let arrived = Arc::<Mutex<Option<Instant>>>::default();
        let watcher = Watcher { items: Arc::clone(&items), arrived: Arc::clone(&arrived) };
        let connection = connection::Builder::address(session.bus_address().as_str())
            .and_then(|bus| bus.serve_at("/StatusNotifierWatcher", watcher))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .and_then(connection::Builder::build)
            .unwrap();
        Self { connection, items, arrived }
    }

    /// The icon's name on the bus, as soon as it is in the tray.
    pub(crate) fn icon(&self) -> String {
        until("the icon is in the tray", || self.arrived.lock().unwrap().is_some());
        self.items.lock().unwrap().last().unwrap().clone()
    }

    /// The icon is gone: the next one is another.
    pub(crate) fn forget(&self) {
        *self.arrived.lock().unwrap() = None;
    }

    /// The entries of the menu with their ids, also those below others. Empty if nobody answers.
    fn entries(&self) -> Vec<(i32, String)> {
        let icon = self.icon();
        let Some(menu) = self.menu(&icon) else { return Vec::new() };
        let menu = self.proxy(&icon, menu.as_str(), "com.canonical.dbusmenu");
        let Ok(reply) = menu.call_method("GetLayout", &(0, -1, Vec::<&str>::new())) else {
            return Vec::new();
        };
        let (_, (_, _, children)): (u32, Entry) = reply.body().deserialize().unwrap();
        children.iter().flat_map(entries_of).collect()
    }

    fn menu(&self, icon: &str) -> Option<OwnedObjectPath> {
        self.proxy(icon, "/StatusNotifierItem", "org.kde.StatusNotifierItem").get_property("Menu").ok()
    }

    fn property(&self, name: &str) -> OwnedValue {
        let icon = self.icon();
        self.proxy(&icon, "/StatusNotifierItem", "org.kde.StatusNotifierItem").get_property(name).unwrap()
    }

    /// What the menu says, from top to bottom.
    pub(crate) fn labels(&self) -> Vec<String> {
        self.entries().into_iter().map(|(_, label)| label).collect()
    }

    /// Whether an entry says so.
    pub(crate) fn says(&self, part: &str) -> bool {
        self.labels().iter().any(|label| label.contains(part))
    }

    /// Chooses the entry with this label, as soon as there is one.
    #[track_caller]
    pub(crate) fn click(&self, label: &str) {
        let mut id = None;
        until(&format!("the menu offers {label}"), || {
            let entries = self.entries();
            id = entries.iter().find(|(_, shown)| shown == label).map(|(id, _)| *id);
            // What is chosen in a menu that is just being replaced is lost, as it is in a panel.
            thread::sleep(Duration::from_millis(150));
            id.is_some() && self.entries() == entries
        });
        let icon = self.icon();
        let menu = self.menu(&icon).unwrap();
        let menu = self.proxy(&icon, menu.as_str(), "com.canonical.dbusmenu");
        // The application may be gone before it answers.
        menu.call_noreply("Event", &(id.unwrap(), "clicked", &Value::from(""), 0_u32)).unwrap();
    }

    /// A click on the icon itself.
    pub(crate) fn activate(&self) {
        let icon = self.icon();
        let item = self.proxy(&icon, "/StatusNotifierItem", "org.kde.StatusNotifierItem");
        item.call_method("Activate", &(0, 0)).unwrap();
    }

    /// What is shown to whoever rests on the icon.
    pub(crate) fn tooltip(&self) -> String {
        format!("{:?}", self.property("ToolTip"))
    }

    /// The picture, as bytes.
    pub(crate) fn picture(&self) -> Vec<(i32, i32, Vec<u8>)> {
        self.property("IconPixmap").try_into().unwrap()
    }

    fn proxy<'a>(&self, service: &'a str, path: &'a str, interface: &'a str) -> Proxy<'a> {
        Proxy::new(&self.connection, service, path, interface).unwrap()
    }
}

/// A menu entry of com.canonical.dbusmenu: id, properties, entries below it.
type Entry = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

fn entries_of(child: &OwnedValue) -> Vec<(i32, String)> {
    let Ok((id, properties, children)) = child.try_clone().and_then(Entry::try_from) else {
        return Vec::new();
    };
    let shown = properties.get("label").and_then(|label| label.downcast_ref::<&str>().ok());
    let own = shown.map(|label| (id, label.replace("__", "_")));
    own.into_iter().chain(children.iter().flat_map(entries_of)).collect()
}
