//! Against what real desktops are made of: a panel, a notification daemon, the keyring's own prompt, a Wayland
//! compositor.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::desk::Desk;
use super::display::Display;
use crate::program::{Program, Running, until};
use crate::session::Session;
use crate::world::World;

/// One panel at the top, 32 pixels high, with nothing in it but the tray.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>"#;

fn start_panel(session: &Session, display: &Display) -> Running {
    let dir = session.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("xfce4-panel.xml"), PANEL).unwrap();
    let panel = session.program("/usr/bin/xfce4-panel").args(["--disable-wm-check"]);
    panel.env("DISPLAY", &display.name).env("XDG_CURRENT_DESKTOP", "XFCE").env("NO_AT_BRIDGE", "1").start()
}

#[test]
fn a_real_panel_shows_the_icon_and_its_menu_quits() {
    let world = World::listed();
    let display = Display::start(&world.session);
    let _panel = start_panel(&world.session, &display);
    let program = world.program(env!("CARGO_BIN_EXE_rolecall-desktop")).args(["--hidden"]);
    let mut app = program.env("DISPLAY", &display.name).env("NO_AT_BRIDGE", "1").start();
    until("a left click on the icon opens the switcher", || {
        display.xdotool(["mousemove", "12", "16", "click", "1"]);
        // A second click would put it away again.
        display.comes_to_show("^Rolecall$", true)
    });
    display.focus("^Rolecall$");
    until("it is put away", || {
        display.press("Escape");
        thread::sleep(Duration::from_millis(200));
        !display.shows("^Rolecall$")
    });
    until("the last entry of its menu ends the program", || {
        display.xdotool(["mousemove", "12", "16", "click", "3"]);
        thread::sleep(Duration::from_millis(400));
        display.press("Up");
        display.press("Return");
        thread::sleep(Duration::from_millis(200));
        app.is_over()
    });
    app.finish().succeeded();
}

#[test]
fn the_button_of_a_notification_renews_a_sign_in_that_will_end() {
    let world = World::listed();
    // Sessions of this portal last an hour, and this one began 50 minutes ago.
    let since = Timestamp::now() - SignedDuration::from_mins(50);
    let record = json!({ "since": since.to_string(), "lastsSeconds": 3600 });
    let path = world.session.home().join(".local/state/rolecall/sessions/corp.json");
    fs::write(path, record.to_string()).unwrap();
    let desk = Desk::empty(world);
    let notifier = desk.world.session.program("/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd");
    let _notifier = notifier.env("DISPLAY", &desk.display.name).env("NO_AT_BRIDGE", "1").start();
    let mut desk = desk;
    desk.start_again();
    until("its button is clicked and the sign-in begins", || {
        if let Some(window) = desk.display.windows_of_class("xfce4-notifyd").pop() {
            let (width, height) = desk.display.size(&window);
            let (x, y) = ((width - 58).to_string(), (height - 31).to_string());
            desk.display.xdotool(["mousemove", "--window", &window, &x, &y, "click", "1"]);
            thread::sleep(Duration::from_millis(300));
        }
        desk.display.shows("Sign in to corp")
    });
}

#[test]
fn a_locked_keyring_is_unlocked_by_its_own_prompt() {
    let world = World::listed();
    let display = Display::start(&world.session);
    // What the bus starts for us has to find the display.
    let tell = world.session.program("/usr/bin/gdbus").args([
        "call",
        "--session",
        "--dest=org.freedesktop.DBus",
        "--object-path=/org/freedesktop/DBus",
        "--method=org.freedesktop.DBus.UpdateActivationEnvironment",
        &format!("{{'DISPLAY': '{}', 'NO_AT_BRIDGE': '1'}}", display.name),
    ]);
    tell.run().succeeded();
    world.session.lock_keyring();
    let panel = super::panel::Panel::start(&world.session);
    let program = world.program(env!("CARGO_BIN_EXE_rolecall-desktop")).args(["--hidden"]);
    let _app = program.env("DISPLAY", &display.name).env("NO_AT_BRIDGE", "1").start();
    panel.icon();
    until("the prompt stands", || display.shows("Unlock"));
    assert!(panel.says("Quit Rolecall"), "the tray is alive meanwhile");
    display.focus("Unlock");
    display.type_text("a login password");
    display.press("Return");
    until("the keyring is open and says who is signed in", || panel.says("corp: signed in"));
}

/// Compositors refuse to run as root, and tests may run as root.
struct Compositor {
    dir: tempfile::TempDir,
    _running: Running,
}

impl Compositor {
    fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("rolecall-wayland-").tempdir().unwrap();
        for name in ["home", "run", "bin"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        for program in [env!("CARGO_BIN_EXE_rolecall-desktop"), env!("CARGO_BIN_EXE_rolecall")] {
            let to = dir.path().join("bin").join(Path::new(program).file_name().unwrap());
            fs::copy(program, &to).unwrap();
            fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::write(dir.path().join("sway.conf"), "output HEADLESS-1 resolution 1280x900\nxwayland disable\n")
            .unwrap();
        for name in ["", "home", "run", "bin", "sway.conf"] {
            give_away(&dir.path().join(name));
        }
        fs::set_permissions(dir.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        let config = dir.path().join("sway.conf").display().to_string();
        let running =
            ordinary(dir.path(), "/usr/bin/dbus-run-session", &["--", "/usr/bin/sway", "-c", &config]);
        let running = running.env("WLR_BACKENDS", "headless").env("WLR_RENDERER", "pixman");
        let running = running.env("WLR_LIBINPUT_NO_DEVICES", "1").env("LIBSEAT_BACKEND", "noop").start();
        Self { dir, _running: running }
    }

    fn socket(&self, begins: &str) -> Option<PathBuf> {
        let files = fs::read_dir(self.dir.path().join("run")).unwrap().filter_map(Result::ok);
        let mut paths = files.map(|file| file.path());
        paths.find(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(begins) && path.extension().is_none_or(|ending| ending != "lock")
        })
    }

    /// What is on the screen, as the compositor tells it.
    fn tree(&self) -> String {
        let socket = self.socket("sway-ipc").unwrap();
        let ask = ordinary(self.dir.path(), "/usr/bin/swaymsg", &["-t", "get_tree"]);
        ask.env("SWAYSOCK", socket).run().stdout
    }

    fn program(&self, args: &[&str]) -> Program {
        let display = self.socket("wayland-").unwrap();
        let program = self.dir.path().join("bin/rolecall-desktop").display().to_string();
        // One session for all: the bus that the compositor was started in is not ours to ask.
        let bus = format!("unix:path={}", self.dir.path().join("run/bus").display());
        ordinary(self.dir.path(), &program, args)
            .env("WAYLAND_DISPLAY", display)
            .env("XDG_SESSION_TYPE", "wayland")
            .env("DBUS_SESSION_BUS_ADDRESS", bus)
            .env("NO_AT_BRIDGE", "1")
    }

    fn bus(&self) -> Running {
        let address = format!("--address=unix:path={}", self.dir.path().join("run/bus").display());
        ordinary(self.dir.path(), "/usr/bin/dbus-daemon", &["--session", "--nofork", &address]).start()
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

fn give_away(path: &Path) {
    if is_root() {
        chown(path, Some(65534), Some(65534)).unwrap();
    }
}

/// A program run by somebody who is not root.
fn ordinary(dir: &Path, program: &str, args: &[&str]) -> Program {
    let (first, mut all) = if is_root() {
        let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", program];
        ("/usr/bin/setpriv", words.to_vec())
    } else {
        (program, Vec::new())
    };
    all.extend(args);
    Program::new(Path::new(first))
        .args(all)
        .env("HOME", dir.join("home"))
        .env("XDG_RUNTIME_DIR", dir.join("run"))
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
}

impl Drop for Compositor {
    fn drop(&mut self) {
        let _ = Command::new("/usr/bin/pkill")
            .args(["-KILL", "-f", &self.dir.path().display().to_string()])
            .status();
    }
}

#[test]
fn on_wayland_the_switcher_opens_by_a_key_binding_of_the_desktop() {
    let compositor = Compositor::start();
    until("the compositor runs", || {
        compositor.socket("wayland-").is_some() && compositor.socket("sway-ipc").is_some()
    });
    let _bus = compositor.bus();
    until("the bus is there", || compositor.socket("bus").is_some());
    let _app = compositor.program(&["--hidden"]).start();
    thread::sleep(Duration::from_secs(1));
    let mut calls = Vec::new();
    until("a second start is taken for a call", || {
        // A call that comes before the first start has its name on the bus is the first start.
        calls.push(compositor.program(&["--toggle"]).start());
        thread::sleep(Duration::from_millis(1500));
        compositor.tree().contains("\"name\": \"Rolecall\"")
    });
}
