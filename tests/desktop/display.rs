//! An X server that nobody sees, a window manager, and hands: real keys and clicks.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::program::{Program, Running, until};
use crate::session::Session;

pub(crate) struct Display {
    server: Child,
    pub(crate) name: String,
    _window_manager: Running,
}

impl Display {
    pub(crate) fn start(session: &Session) -> Self {
        let mut server = Command::new("/usr/bin/Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed (make deps)");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        // Without one, no window ever gets the focus.
        let window_manager = session.program("/usr/bin/openbox").env("DISPLAY", &name).start();
        Self { server, name, _window_manager: window_manager }
    }

    /// Real input.
    pub(crate) fn xdotool<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> String {
        let program = Program::new("/usr/bin/xdotool".as_ref()).env("DISPLAY", &self.name);
        // What is not found is no mistake here: it is waited for.
        program.args(args).run().stdout
    }

    pub(crate) fn press(&self, key: &str) {
        self.xdotool(["key", "--clearmodifiers", key]);
    }

    pub(crate) fn type_text(&self, text: &str) {
        self.xdotool(["type", "--delay", "12", text]);
    }

    /// The windows with this title that can be seen.
    pub(crate) fn windows(&self, title: &str) -> Vec<String> {
        let found = self.xdotool(["search", "--onlyvisible", "--name", title]);
        found.lines().map(str::to_owned).collect()
    }

    /// The windows of a program that can be seen.
    pub(crate) fn windows_of_class(&self, class: &str) -> Vec<String> {
        let found = self.xdotool(["search", "--onlyvisible", "--class", class]);
        found.lines().map(str::to_owned).collect()
    }

    pub(crate) fn size(&self, window: &str) -> (i32, i32) {
        let told = self.xdotool(["getwindowgeometry", "--shell", window]);
        let value = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)?.parse().ok());
        (value("WIDTH=").unwrap_or_default(), value("HEIGHT=").unwrap_or_default())
    }

    pub(crate) fn shows(&self, title: &str) -> bool {
        !self.windows(title).is_empty()
    }

    /// Whether it does, or does not, within the time that a busy computer takes.
    pub(crate) fn comes_to_show(&self, title: &str, shown: bool) -> bool {
        (0..50).any(|_| {
            thread::sleep(Duration::from_millis(100));
            self.shows(title) == shown
        })
    }

    /// Waits for a window and gives it the focus.
    #[track_caller]
    pub(crate) fn focus(&self, title: &str) -> String {
        let mut window = String::new();
        until(&format!("{title} is there and has the focus"), || {
            let Some(found) = self.windows(title).pop() else { return false };
            window = found;
            self.xdotool(["windowactivate", &window]);
            self.xdotool(["getactivewindow"]).trim() == window
        });
        window
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
