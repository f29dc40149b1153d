//! What the desktop application costs: time to the tray, to the switcher, to a painted list; memory; wake-ups.
//! Prints a table; never fails a build. Linux only, on an X server that nobody sees.
//!
//! `cargo bench --bench desktop` takes about five minutes, most of it waiting for the switcher to be let go.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "it is a bench"
)]

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/program.rs"]
mod program;
#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/session.rs"]
mod session;
#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/world.rs"]
mod world;

#[path = "../tests/desktop"]
mod desktop {
    #[expect(dead_code, reason = "the tests use all of it")]
    pub(crate) mod desk;
    #[expect(dead_code, reason = "the tests use all of it")]
    mod display;
    #[expect(dead_code, reason = "the tests use all of it")]
    mod panel;
    #[expect(dead_code, reason = "the tests use all of it")]
    mod web;
}

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use desktop::desk::Desk;
use program::until;
use serde_json::{Value, json};
use world::World;

fn main() {
    println!("exec to icon in the tray      {}", median(5, exec_to_tray));
    println!("keystroke to painted, 20,000  {}", keystrokes());
    let mut desk = Desk::empty(many());
    desk.app = Some(desk.plain_program().args(["--hidden"]).start());
    desk.panel.icon();
    settle();
    println!("memory without a window       {:.0} MB", memory(&desk));
    println!("wake-ups a second, hotkey on  {:.1}", wake_ups(&desk));
    println!("hotkey to visible, cold       {:.0} ms", hotkey_to_visible(&desk));
    settle();
    println!("memory with the switcher open {:.0} MB", memory(&desk));
    put_away(&desk);
    settle();
    println!("memory with it hidden         {:.0} MB", memory(&desk));
    println!("hotkey to visible, warm       {:.0} ms", hotkey_to_visible(&desk));
    put_away(&desk);
    // Three minutes, and what WebKit needs to let go.
    thread::sleep(Duration::from_secs(200));
    println!("memory after it was let go    {:.0} MB", memory(&desk));
    drop(desk);
    no_hotkey();
}

/// A person with 20,000 roles in 5,000 accounts.
fn many() -> World {
    let world = World::signed_in();
    let accounts: Vec<Value> = (0..5_000_u64)
        .map(|n| {
            let roles = ["AdministratorAccess", "Developer", "ReadOnlyAccess", "Support"];
            json!({ "id": format!("{n:012}"), "name": format!("Team {n} Production"), "roles": roles })
        })
        .collect();
    let times = json!({ "fetchedAt": "2099-01-01T00:00:00Z", "listingSince": null });
    let mut catalogue =
        json!({ "version": 1, "portal": "corp", "startUrl": world.start_url(), "accounts": accounts });
    catalogue.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
    let dir = world.session.home().join(".local/state/rolecall/catalogues");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("corp.json"), catalogue.to_string()).unwrap();
    world
}

fn settle() {
    thread::sleep(Duration::from_secs(6));
}

fn median(runs: usize, measure: impl Fn() -> f64) -> String {
    let mut times: Vec<f64> = (0..runs).map(|_| measure()).collect();
    times.sort_by(f64::total_cmp);
    format!("{:.0} ms (median of {runs}; {:.0} to {:.0})", times[runs / 2], times[0], times[runs - 1])
}

fn exec_to_tray() -> f64 {
    let mut desk = Desk::empty(World::new());
    let began = Instant::now();
    desk.app = Some(desk.plain_program().args(["--hidden"]).start());
    desk.panel.icon();
    let arrived = desk.panel.arrived.lock().unwrap().unwrap();
    arrived.duration_since(began).as_secs_f64() * 1000.0
}

/// Looks every few milliseconds, so the figure is a little too high rather than too low.
fn hotkey_to_visible(desk: &Desk) -> f64 {
    let began = Instant::now();
    desk.display.press("ctrl+alt+r");
    while !desk.display.shows("^Rolecall$") {
        assert!(began.elapsed() < Duration::from_secs(10), "the switcher does not come");
    }
    began.elapsed().as_secs_f64() * 1000.0
}

fn put_away(desk: &Desk) {
    desk.display.focus("^Rolecall$");
    until("the switcher is put away", || {
        desk.display.press("Escape");
        thread::sleep(Duration::from_millis(300));
        !desk.display.shows("^Rolecall$")
    });
}

/// From the input event to the frame after the one that painted the answer, as the page measures it.
fn keystrokes() -> String {
    let desk = Desk::start(many());
    desk.open_switcher();
    settle();
    desk.display.focus("^Rolecall$");
    let mut times: Vec<f64> = Vec::new();
    let mut query = String::new();
    for letter in "team 42 prod admin".chars() {
        query.push(letter);
        desk.display.type_text(&letter.to_string());
        desk.painted(&query);
        let told = desk.web().run("return document.documentElement.dataset.keystrokeMs", Value::Null);
        times.extend(told.as_str().and_then(|told| told.parse::<f64>().ok()));
    }
    times.sort_by(f64::total_cmp);
    format!(
        "{:.0} ms (median of {}; at most {:.0})",
        times[times.len() / 2],
        times.len(),
        times[times.len() - 1]
    )
}

/// The program and `WebKit`'s processes for it.
fn processes(desk: &Desk) -> Vec<PathBuf> {
    let mark = format!("XDG_RUNTIME_DIR={}", desk.world.session.path("run").display());
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let ours = |path: &PathBuf| {
        let read =
            |name: &str| String::from_utf8_lossy(&fs::read(path.join(name)).unwrap_or_default()).into_owned();
        let command = read("cmdline");
        let name = command.split('\0').next().unwrap_or_default();
        (name.ends_with("rolecall-desktop") || name.contains("WebKitNetwork") || name.contains("WebKitWebP"))
            && read("environ").contains(&mark)
    };
    all.filter(ours).collect()
}

/// Megabytes, pages that are shared counted by share (`Pss`).
fn memory(desk: &Desk) -> f64 {
    let of = |path: &PathBuf| -> f64 {
        let rollup = fs::read_to_string(path.join("smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or("0");
        line.trim().trim_end_matches(" kB").parse().unwrap_or(0.0)
    };
    processes(desk).iter().map(of).sum::<f64>() / 1000.0
}

/// Times a second that one of the program's threads was given a processor.
fn wake_ups(desk: &Desk) -> f64 {
    let count = || -> u64 {
        let threads = processes(desk)
            .into_iter()
            .flat_map(|path| fs::read_dir(path.join("task")).into_iter().flatten());
        let switches = threads.filter_map(Result::ok).map(|thread| {
            let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
            lines.filter_map(|line| line.rsplit('\t').next()?.parse::<u64>().ok()).sum::<u64>()
        });
        switches.sum()
    };
    let (before, began) = (count(), Instant::now());
    thread::sleep(Duration::from_secs(20));
    #[expect(clippy::cast_precision_loss, reason = "some hundred")]
    let switches = (count() - before) as f64;
    switches / began.elapsed().as_secs_f64()
}

/// The plugin that holds the hotkey polls; without a hotkey it is not loaded.
fn no_hotkey() {
    let mut desk = Desk::empty(World::signed_in());
    let settings = desk.world.session.home().join(".config/rolecall/settings.toml");
    let before = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("hotkey = \"\"\n{before}")).unwrap();
    desk.app = Some(desk.plain_program().args(["--hidden"]).start());
    desk.panel.icon();
    settle();
    println!("wake-ups a second, no hotkey  {:.1}", wake_ups(&desk));
}
