//! The agent: answers from memory, once for many, and nobody depends on it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::Value;
use sim::Options;

use crate::program::{Program, Running, signal, until};
use crate::world::{GRANT, OTHER, World};

/// An agent that serves.
pub(crate) fn agent(world: &World) -> Running {
    let agent = world.rolecall(["agent"]).start();
    agent.tells("the agent serves");
    until("the agent's socket is there", || socket(world).exists());
    agent
}

pub(crate) fn socket(world: &World) -> PathBuf {
    world.session.home().join(".local/state/rolecall/agent/agent.sock")
}

pub(crate) fn log(world: &World) -> Vec<Value> {
    let log = world.rolecall(["log", "--json"]).run().succeeded().stdout;
    serde_json::from_str(&log).unwrap_or_default()
}

fn credentials(world: &World) -> Program {
    world.rolecall(["credentials", "--grant", GRANT])
}

fn key(outcome: &Value) -> &str {
    outcome["AccessKeyId"].as_str().unwrap()
}

#[test]
fn it_answers_from_memory_without_the_keyring() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    let _agent = agent(&world);
    let fetch = || world.rolecall(["credentials", "--profile", "dev"]).run().succeeded().json();
    let first = fetch();
    world.session.freeze_keyring();
    assert_eq!(fetch(), first);
    world.session.thaw_keyring();
    assert_eq!(world.asked("GetRoleCredentials"), 1);
}

#[test]
fn a_hundred_callers_cost_one_request() {
    let world = World::listed();
    world.set_faults(|faults| faults.latency = 300);
    let _agent = agent(&world);
    let asking: Vec<Running> = (0..100).map(|_| credentials(&world).start()).collect();
    let given = asking.into_iter().map(|running| running.finish().succeeded().stdout);
    assert_eq!(given.collect::<BTreeSet<String>>().len(), 1, "all got the same");
    assert_eq!(world.asked("GetRoleCredentials"), 1);
}

#[test]
fn an_agent_that_is_killed_in_the_middle_costs_nobody_anything() {
    let world = World::listed();
    let agent = agent(&world);
    // From here on it is known to be up, and is asked first however busy the computer is.
    world.rolecall(["credentials", "--grant", OTHER]).run().succeeded();
    let before = world.asked("GetRoleCredentials");
    world.set_faults(|faults| faults.latency = 1500);
    let asking: Vec<Running> = (0..5).map(|_| credentials(&world).start()).collect();
    until("the agent has asked", || world.asked("GetRoleCredentials") > before);
    world.set_faults(|_| ());
    agent.kill();
    for running in asking {
        running.finish().succeeded();
    }
    // What it left behind is in nobody's way.
    assert!(socket(&world).exists());
    credentials(&world).run().succeeded();
    let _next = self::agent(&world);
    credentials(&world).run().succeeded();
}

#[test]
fn an_agent_that_hangs_holds_nobody_up() {
    let world = World::listed();
    let agent = agent(&world);
    credentials(&world).run().succeeded();
    let doctor = || world.rolecall(["doctor"]).run().stdout;
    assert!(doctor().contains("agent: answers from memory"), "{}", doctor());
    signal(agent.id(), "STOP");
    assert!(doctor().contains("agent: one runs, but does not answer"), "{}", doctor());
    credentials(&world).run().succeeded();
    let took = credentials(&world).time();
    signal(agent.id(), "CONT");
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn nothing_is_remembered_past_a_sign_out() {
    let world = World::listed();
    let _agent = agent(&world);
    credentials(&world).run().succeeded();
    world.rolecall(["logout"]).run().succeeded();
    credentials(&world).run().failed(3);
    world.sign_in().succeeded();
    credentials(&world).run().succeeded();
    assert_eq!(world.asked("GetRoleCredentials"), 2);
}

#[test]
fn what_a_chained_role_was_before_is_not_remembered() {
    let world = World::listed();
    let _agent = agent(&world);
    let assume = |role: &str| {
        let arn = format!("arn:aws:iam::222233334444:role/{role}");
        world.rolecall(["chain", "add", "hop", "--role", &arn, "--from", GRANT]).run().succeeded();
        let got = world.rolecall(["credentials", "--grant", "hop"]).run().succeeded().json();
        world.rolecall(["chain", "remove", "hop"]).run().succeeded();
        key(&got).to_owned()
    };
    assert_ne!(assume("First"), assume("Second"));
    assert_eq!(world.asked("AssumeRole"), 2);
}

#[test]
fn credentials_in_use_are_renewed_before_anybody_has_to_wait() {
    let world = World::signed_in_with(Options { role_seconds: 9, ..Options::default() });
    let _agent = agent(&world);
    let first = credentials(&world).run().succeeded().json();
    until("it was renewed unasked", || world.asked("GetRoleCredentials") > 1);
    // The answer may be on its way still; then this waits for it and asks no more.
    let second = credentials(&world).run().succeeded().json();
    assert_ne!(key(&first), key(&second));
}

#[test]
fn a_second_agent_stands_by_and_takes_over() {
    let world = World::listed();
    let first = agent(&world);
    let second = world.rolecall(["agent"]).start();
    second.tells("stands by");
    credentials(&world).run().succeeded();
    signal(first.id(), "TERM");
    first.finish().succeeded();
    second.tells("the agent serves");
    credentials(&world).run().succeeded();
}

#[test]
fn the_log_names_the_program_behind_each_request() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    let script = "import boto3; boto3.Session(profile_name='dev').client('sts').get_caller_identity()";
    // Without an agent, and with one.
    world.python(script).run().succeeded();
    let agent = agent(&world);
    world.python(script).run().succeeded();
    world.rolecall(["exec", OTHER, "--", "/bin/true"]).run().succeeded();
    until("all is logged", || log(&world).len() == 3);
    let log = log(&world);
    for entry in &log[..2] {
        let program = entry["asker"]["processes"][1]["program"].as_str().unwrap();
        assert!(program.contains("python"), "{entry}");
        assert_eq!((&entry["profile"], &entry["way"]), (&"dev".into(), &"process".into()));
    }
    assert_eq!((&log[2]["way"], &log[2]["asker"]["command"]), (&"exec".into(), &"/bin/true".into()));
    let shown = world.rolecall(["log"]).run().succeeded().stdout;
    assert!(shown.contains("python") && shown.contains("rolecall exec /bin/true"), "{shown}");
    for secret in ["ASIA", "accessToken"] {
        assert!(!shown.contains(secret) && !format!("{log:?}").contains(secret));
    }
    drop(agent);
    let none = world.rolecall(["log", "-n", "0"]).run().succeeded();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", ""), "no lines are no news");
    world.rolecall(["log", "--clear"]).run().succeeded();
    assert!(self::log(&world).is_empty());
}

#[test]
fn what_lasts_too_short_is_renewed_or_refused() {
    let world = World::signed_in_with(Options { role_seconds: 600, ..Options::default() });
    for with_agent in [false, true] {
        let _agent = with_agent.then(|| agent(&world));
        let exec =
            |ttl: &str| world.rolecall(["exec", GRANT, "--min-ttl", ttl, "--", "/bin/echo", "ran"]).run();
        assert_eq!(exec("5m").succeeded().stdout, "ran\n");
        let refused = exec("2h").failed(1);
        assert_eq!(refused.stdout, "", "the command is not run");
        assert!(refused.failure().0.contains("120 min are wanted"), "{}", refused.stderr);
    }
}

#[test]
fn a_role_that_asks_first_is_not_given_where_nobody_can_ask() {
    let world = World::listed();
    let settings = fs::read_to_string(world.session.home().join(".config/rolecall/settings.toml")).unwrap();
    world.write_settings(&format!("{settings}\n[[mark]]\naccount = \"111122223333\"\nask = true\n"));
    for with_agent in [false, true] {
        let _agent = with_agent.then(|| agent(&world));
        let refused = credentials(&world).run().failed(1);
        assert!(refused.failure().1.contains("desktop application"), "{}", refused.stderr);
        world.rolecall(["credentials", "--grant", OTHER]).run().succeeded();
    }
    until("the refusals are logged", || {
        log(&world).iter().filter(|entry| entry["outcome"] == "refused").count() == 2
    });
}

#[test]
fn another_user_gets_nothing_even_if_the_folder_is_open() {
    let world = World::listed();
    let agent = agent(&world);
    credentials(&world).run().succeeded();
    let request = "{\"version\":1,\"want\":\"credentials\",\"grant\":{\"portal\":\"corp\",\"accountId\":\"111122223333\",\
         \"roleName\":\"AdministratorAccess\"},\"way\":\"process\"}\n";
    let script = format!(
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.settimeout(5)\ns.connect({:?})\n\
         s.sendall({request:?}.encode())\nprint('got', s.recv(4096))\n",
        socket(&world).display().to_string()
    );
    let as_nobody = || {
        let arguments =
            ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", &script];
        world.program("/usr/bin/setpriv").args(arguments).run()
    };
    assert!(as_nobody().stderr.contains("PermissionError"), "the folder is closed");
    // Whoever opens every door still has the agent ask who it is.
    let mut dir = Some(socket(&world));
    while let Some(path) = dir.filter(|path| path.starts_with(world.session.path(""))) {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        dir = path.parent().map(PathBuf::from);
    }
    let outcome = as_nobody();
    assert!(!outcome.stdout.contains("ASIA") && !outcome.stdout.contains("heard"), "{outcome:?}");
    assert!(outcome.stdout.contains("got b''") || outcome.stderr.contains("Error"), "{outcome:?}");
    // And our own program does not trust a folder that others can write to.
    let before = world.asked("GetRoleCredentials");
    credentials(&world).run().succeeded();
    assert_eq!(world.asked("GetRoleCredentials"), before, "from the keyring");
    drop(agent);
}

#[test]
fn a_socket_that_is_a_link_is_not_followed() {
    let world = World::listed();
    let real = agent(&world);
    let path = socket(&world);
    let elsewhere = world.session.path("elsewhere.sock");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    credentials(&world).run().succeeded();
    assert!(log(&world).iter().all(|entry| entry["way"] == "process"));
    drop(real);
    // A new agent replaces the link, and not what it points at.
    fs::write(world.session.path("precious"), "precious").unwrap();
    fs::remove_file(&path).unwrap();
    symlink(world.session.path("precious"), &path).unwrap();
    let next = agent(&world);
    credentials(&world).run().succeeded();
    assert_eq!(fs::read_to_string(world.session.path("precious")).unwrap(), "precious");
    drop(next);
    // Anything else in its place is refused in words.
    let _ = fs::remove_file(&path);
    fs::write(&path, "a file").unwrap();
    let refused = world.rolecall(["agent"]).run().failed(1);
    assert!(refused.failure().0.contains("agent.sock"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a file");
}

#[test]
fn nonsense_slowness_and_crowds_do_not_bring_it_down() {
    let world = World::listed();
    let mut agent = agent(&world);
    credentials(&world).run().succeeded();
    let path = socket(&world);
    let answer = |said: &[u8]| {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // It may close before all is said.
        let _ = stream.write_all(said);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    };
    for said in [&b"GET /latest/meta-data HTTP/1.1\r\n\r\n"[..], b"\n", b"{}\n", &vec![b'x'; 1 << 20]] {
        assert_eq!(answer(said), b"", "{:?}", &said[..said.len().min(20)]);
    }
    // Slow ones are sent away, and hold nobody up.
    let began = Instant::now();
    let mut slow = UnixStream::connect(&path).unwrap();
    slow.write_all(b"{\"version\":1").unwrap();
    assert!(credentials(&world).run().succeeded().took < Duration::from_secs(5));
    assert_eq!(slow.read(&mut [0; 16]).unwrap_or_default(), 0);
    assert!(began.elapsed() < Duration::from_secs(20));
    // Ten thousand, a few hundred of them at once.
    let mut open = Vec::new();
    for count in 0..10_000 {
        match UnixStream::connect(&path) {
            Ok(stream) => open.push(stream),
            Err(_) => thread::sleep(Duration::from_millis(1)),
        }
        if open.len() > 450 {
            open.clear();
        }
        if count % 2_500 == 1_000 {
            credentials(&world).run().succeeded();
        }
    }
    drop(open);
    credentials(&world).run().succeeded();
    assert!(!agent.is_over());
    assert_eq!(world.asked("GetRoleCredentials"), 1);
}
