//! Programs that want credentials of a role that is marked `ask`, and the person who is asked.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::desk::Desk;
use super::web::Web;
use crate::agent::{agent, log, socket};
use crate::program::{Program, Running, until};
use crate::world::{GRANT, OTHER, World};

/// The window's title.
const WAITS: &str = "^Rolecall: .*wait";
/// For so long after it has come in front, the window takes no answer.
const GUARD: Duration = Duration::from_millis(700);

/// Signed in, and one account asks first.
fn world() -> World {
    let world = World::listed();
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let before = fs::read_to_string(&settings).unwrap();
    // A hotkey would wake the program all the time.
    let mark = "hotkey = \"\"\n\n[[mark]]\naccount = \"111122223333\"\nproduction = true\nask = true\n\n";
    fs::write(&settings, format!("{mark}{before}")).unwrap();
    world
}

/// The program runs and serves.
fn desk(world: World) -> Desk {
    let desk = Desk::start(world);
    until("it serves", || socket(&desk.world).exists());
    desk
}

fn credentials(desk: &Desk) -> Program {
    desk.world.rolecall(["credentials", "--grant", GRANT])
}

/// A program that somebody has written.
fn boto3(desk: &Desk) -> Running {
    let script = "import boto3; boto3.Session(profile_name='dev').client('sts').get_caller_identity()";
    desk.world.python(script).start()
}

/// The page of the window that asks.
fn asked(desk: &Desk) -> &Web {
    until("the window is there", || desk.display.shows(WAITS));
    let web = desk.web();
    web.to("ask.html");
    until("the page is there", || !web.text("#wants").is_empty());
    web
}

/// Since when the agent serves; it makes its socket anew when the program takes its own place.
fn since(desk: &Desk) -> Option<(i64, i64)> {
    fs::metadata(socket(&desk.world)).map(|socket| (socket.ctime(), socket.ctime_nsec())).ok()
}

/// How often the program's threads have gone to sleep.
fn wakings(desk: &Desk) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{}/task", desk.app.as_ref().unwrap().id())).unwrap();
    let status = |task: fs::DirEntry| fs::read_to_string(task.path().join("status")).unwrap_or_default();
    let slept = |status: String| {
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.map_or(0, |count| count.trim().parse::<u64>().unwrap())
    };
    tasks.filter_map(Result::ok).map(status).map(slept).sum()
}

/// Answers as soon as that is possible.
fn answer(desk: &Desk, reply: &str) {
    let web = asked(desk);
    let asks = web.view()["asks"].clone();
    until("the answer counts", || {
        // The window may be gone before the driver has an answer.
        let click = "setTimeout(() => document.querySelector(`[data-reply=${arguments[0]}]`)?.click(), 50)";
        web.run(click, json!(reply));
        thread::sleep(Duration::from_millis(200));
        !desk.display.shows(WAITS) || web.view()["asks"] != asks
    });
}

fn is_over(desk: &Desk) -> bool {
    !desk.display.shows(WAITS) && !desk.panel.says("for you")
}

#[test]
fn a_program_that_wants_a_marked_role_is_named_and_once_is_once() {
    let world = world();
    world.switch(GRANT, "dev");
    let desk = desk(world);
    let picture = desk.panel.picture();
    for _ in 0..2 {
        let mut program = boto3(&desk);
        let web = asked(&desk);
        let wants = web.text("#wants");
        assert!(wants.contains("python") && wants.contains("AdministratorAccess"), "{wants}");
        assert!(web.text("body").contains("Production"), "a word says so");
        let about = web.run("return document.querySelector('details').textContent", Value::Null).to_string();
        assert!(about.contains("/python3") && about.contains("rolecall"), "{about}");
        assert!(desk.panel.says("1 program waits for you…"));
        assert_ne!(desk.panel.picture(), picture, "the icon wants attention");
        assert!(!program.is_over(), "it waits");
        answer(&desk, "once");
        program.finish().succeeded();
        until("all is quiet", || is_over(&desk));
    }
    until("both are logged", || {
        log(&desk.world).iter().filter(|access| access["outcome"] == "given").count() == 2
    });
}

#[test]
fn fifteen_minutes_are_one_question_and_outlive_the_programs_rest() {
    let world = world();
    world.switch(GRANT, "dev");
    let desk = desk(world);
    let first = boto3(&desk);
    answer(&desk, "forAWhile");
    first.finish().succeeded();
    until("the window is gone", || is_over(&desk));
    let before = since(&desk).unwrap();
    // Longer than the program waits before it takes its own place to be small again.
    thread::sleep(Duration::from_secs(13));
    assert_eq!(since(&desk), Some(before), "it does not forget");
    let wakings = wakings(&desk);
    thread::sleep(Duration::from_secs(3));
    let wakings = self::wakings(&desk) - wakings;
    assert!(wakings < 40, "it does not look all the time whether it may: {wakings}");
    boto3(&desk).finish().succeeded();
    // Another program is another matter.
    let other = credentials(&desk).start();
    answer(&desk, "deny");
    other.finish().failed(1);
}

#[test]
fn no_is_told_to_the_program_in_words() {
    let desk = desk(world());
    let running = credentials(&desk).start();
    answer(&desk, "deny");
    let refused = running.finish().failed(1);
    assert!(refused.failure().0.contains("you said no"), "{}", refused.stderr);
    // SDKs try again at once: a person says no once.
    let again = credentials(&desk).run().failed(1);
    assert!(again.took < Duration::from_secs(5), "{:?}", again.took);
    assert!(is_over(&desk));
    desk.world.rolecall(["credentials", "--grant", OTHER]).run().succeeded();
}

#[test]
fn a_question_goes_with_the_program_that_asked() {
    let desk = desk(world());
    let running = credentials(&desk).start();
    until("the window is there", || desk.display.shows(WAITS));
    running.kill();
    until("the window is gone", || is_over(&desk));
    let next = credentials(&desk).start();
    answer(&desk, "once");
    next.finish().succeeded();
}

#[test]
fn keys_that_were_meant_for_something_else_let_nobody_in() {
    let desk = desk(world());
    let mut running = credentials(&desk).start();
    let typed = ["Return", "space", "o", "alt+o", "alt+f", "Tab", "Escape", "Return", "KP_Enter"];
    let type_on = || typed.iter().for_each(|key| desk.display.press(key));
    until("the window comes in the middle of it", || {
        type_on();
        desk.display.shows(WAITS)
    });
    for _ in 0..8 {
        type_on();
    }
    assert!(!running.is_over() && desk.display.shows(WAITS), "neither yes nor no");
    // Without a pause, no button has the focus.
    thread::sleep(GUARD * 2);
    desk.display.focus(WAITS);
    thread::sleep(GUARD * 2);
    for key in ["Return", "space", "o", "f", "d"] {
        desk.display.press(key);
    }
    thread::sleep(Duration::from_millis(300));
    assert!(!running.is_over() && desk.display.shows(WAITS), "nothing is chosen beforehand");
    // Tab leads to what is known of the program, then to no, then to the others.
    desk.display.press("Tab");
    desk.display.press("Tab");
    desk.display.press("Return");
    let refused = running.finish().failed(1);
    assert!(refused.failure().0.contains("you said no"), "{}", refused.stderr);
    until("the window is gone", || is_over(&desk));
}

#[test]
fn keys_answer_after_a_moment() {
    let desk = desk(world());
    for (key, code) in [("alt+o", 0), ("Escape", 1)] {
        let running = credentials(&desk).start();
        until("the window is there", || desk.display.shows(WAITS));
        desk.display.focus(WAITS);
        thread::sleep(GUARD * 2);
        desk.display.press(key);
        assert_eq!(running.finish().code(), code, "{key}");
        until("the window is gone", || is_over(&desk));
    }
}

#[test]
fn closing_the_window_is_no() {
    let desk = desk(world());
    let running = credentials(&desk).start();
    until("the window is there", || desk.display.shows(WAITS));
    desk.display.focus(WAITS);
    desk.display.press("alt+F4");
    let refused = running.finish().failed(1);
    assert!(refused.failure().0.contains("you said no"), "{}", refused.stderr);
    until("the window is gone", || is_over(&desk));
}

#[test]
fn several_programs_are_asked_about_one_after_the_other() {
    let world = world();
    world.switch(GRANT, "dev");
    let desk = desk(world);
    let first = credentials(&desk).start();
    let web = asked(&desk);
    let second = boto3(&desk);
    web.until("both wait", |view| view["asks"].as_array().is_some_and(|asks| asks.len() == 2));
    until("the page says so", || web.text("#what").contains("2 programs wait"));
    assert!(desk.panel.says("2 programs wait for you…"));
    answer(&desk, "deny");
    first.finish().failed(1);
    until("the next one is asked about", || web.text("#wants").contains("python"));
    let focused = web.run("return document.activeElement.tagName", Value::Null);
    assert_ne!(focused, "BUTTON", "nothing is chosen beforehand");
    answer(&desk, "once");
    second.finish().succeeded();
    until("the window is gone", || is_over(&desk));
}

#[test]
fn an_agent_that_cannot_ask_makes_room_for_the_desktop() {
    let world = world();
    let agent = agent(&world);
    credentials_are_refused(&world);
    let desk = Desk::start(world);
    agent.tells("stands by");
    until("it serves", || socket(&desk.world).exists());
    let running = credentials(&desk).start();
    answer(&desk, "once");
    running.finish().succeeded();
    // And takes over when that one is gone.
    let mut desk = desk;
    desk.quit();
    until("the other one serves again", || agent.told().matches("the agent serves").count() == 2);
    credentials_are_refused(&desk.world);
}

fn credentials_are_refused(world: &World) {
    let refused = world.rolecall(["credentials", "--grant", GRANT]).run().failed(1);
    assert!(refused.failure().1.contains("desktop application"), "{}", refused.stderr);
}

#[test]
fn after_its_rest_the_program_serves_again() {
    let desk = desk(world());
    let before = since(&desk);
    desk.open_main().hide();
    until("it has taken its own place", || since(&desk).is_some_and(|now| Some(now) != before));
    let running = credentials(&desk).start();
    until("the window is there", || desk.display.shows(WAITS));
    desk.display.focus(WAITS);
    thread::sleep(GUARD * 2);
    desk.display.press("alt+o");
    running.finish().succeeded();
}

#[test]
fn the_demo_serves_its_own_programs_only() {
    let world = World::new();
    let mut desk = Desk::empty(world);
    desk.app = Some(desk.program().args(["--demo"]).start());
    until("its window is there", || desk.display.shows("^Rolecall$"));
    desk.web().to("main.html");
    let environment = desk.web().view()["demo"]["environment"].to_string();
    let (_, folder) = environment.split_once("ROLECALL_STATE_DIR='").unwrap();
    let folder = std::path::PathBuf::from(folder.split('\'').next().unwrap());
    until("it serves", || folder.join("agent/agent.sock").exists());
    assert!(!socket(&desk.world).exists());
}

#[test]
fn the_log_is_shown_live_filtered_and_cleared_with_a_second_act() {
    let desk = desk(world());
    let web = desk.open_main();
    web.run("location.hash = 'accesses'", Value::Null);
    until("it is empty", || web.text("#content").contains("No program has asked"));
    desk.world.rolecall(["exec", OTHER, "--", "/bin/true"]).run().succeeded();
    until("it comes while one looks", || web.text("table.accesses").contains("rolecall exec /bin/true"));
    let running = credentials(&desk).start();
    answer(&desk, "deny");
    running.finish().failed(1);
    web.to("main.html");
    until("what was refused is marked by a word", || web.text(".outcome.refused").contains("refused"));
    let rows = || web.run("return document.querySelectorAll('table.accesses tbody tr').length", Value::Null);
    assert_eq!(rows(), 2);
    let filter = "const box = document.querySelector('#filter'); box.value = arguments[0];
        box.dispatchEvent(new Event('input', { bubbles: true }))";
    web.run(filter, json!("refused administrator"));
    until("one fits", || rows() == 1);
    web.run(filter, json!("no such thing"));
    until("none fits", || web.text("#content").contains("Nothing fits"));
    web.run(filter, json!(""));
    web.run("document.querySelector('.tools button').click()", Value::Null);
    until("it is asked", || web.text("[role=alertdialog]").contains("Clear the access log?"));
    assert_eq!(log(&desk.world).len(), 2, "nothing is done before");
    web.run("document.querySelector('[role=alertdialog] .danger').click()", Value::Null);
    until("it is gone", || log(&desk.world).is_empty());
    until("and the page says so", || web.text("#content").contains("No program has asked"));
}
