//! The console in containers, profiles and private windows: what browsers are started with, and two real ones.

mod twins;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::desktop::display::Display;
use crate::desktop::web::{Web, free_port};
use crate::program::{Program, signal, until};
use crate::world::{GRANT, OTHER, World};

/// An account whose name holds everything a careless program chokes on.
const HOSTILE: &str = "666677778888/ReadOnlyAccess";

fn install(world: &World, name: &str, script: &str) -> PathBuf {
    let path = world.session.path(&format!("bin/{name}"));
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A browser that only notes what it was started with, a word a line.
pub(crate) fn install_stand_in(world: &World, name: &str) -> PathBuf {
    let words = world.session.path(&format!("{name}.words"));
    let (part, whole) = (words.with_extension("part"), words.display());
    install(world, name, &format!("printf '%s\\n' \"$@\" > {0}; mv {0} {whole}", part.display()));
    words
}

/// What the stand-in was started with since the last time.
pub(crate) fn taken(words: &Path) -> Vec<String> {
    until("the browser is started", || words.exists());
    let text = fs::read_to_string(words).unwrap();
    fs::remove_file(words).unwrap();
    text.lines().map(str::to_owned).collect()
}

pub(crate) fn choose(world: &World, settings: &str) {
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    writeln!(file, "\n[browser]\n{settings}").unwrap();
}

fn console(world: &World, args: &[&str]) -> Program {
    world.rolecall(["console"].into_iter().chain(args.iter().copied())).env("DISPLAY", ":99")
}

/// Runs the command, goes where the browser was sent, and returns what it was started with.
fn followed(world: &World, words: &Path, args: &[&str]) -> (Vec<String>, String) {
    let running = console(world, args).start();
    let words = taken(words);
    assert!(
        !words.iter().any(|word| word.contains("SigninToken") || word.contains("federation")),
        "{words:?}"
    );
    let address = words.last().unwrap();
    let page = if address.starts_with("http") { address.clone() } else { values(address).1[1].clone() };
    assert!(page.starts_with("http://127.0.0.1:"), "{page}");
    let body = world.open(&page).unwrap().body;
    running.finish().succeeded();
    (words, body)
}

/// Scheme and values of a container's address, as its add-on reads them.
pub(crate) fn values(address: &str) -> (String, Vec<String>) {
    let (scheme, query) = address.split_once(':').unwrap();
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let (keys, values): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    assert_eq!(keys, ["name", "url", "color", "icon", "signature"], "{address}");
    (scheme.to_owned(), values)
}

#[test]
fn a_container_is_named_after_the_account_whatever_it_is_called() {
    let world = World::listed();
    let firefox = install_stand_in(&world, "firefox");
    let (words, page) = followed(&world, &firefox, &[GRANT, "--container"]);
    let (scheme, values_of_first) = values(&words[1]);
    assert_eq!((words[0].as_str(), scheme.as_str()), ("--new-tab", "ext+container"));
    assert_eq!(values_of_first[0], "Meadow Production");
    assert_eq!(values_of_first[2], "red", "the colour of production");
    assert!(page.contains("111122223333"), "{page}");

    let (words, page) = followed(&world, &firefox, &[HOSTILE, "--container"]);
    assert!(words[1].is_ascii() && page.contains("666677778888"), "{words:?}");
    assert!(!values(&words[1]).1[0].contains(char::is_control), "{words:?}");

    let settings = r#"open = "firefox-container"
container_extension = "granted-containers"
name = "R&D #1 \"{account}\" {account_id} {role} {portal} 🦀""#;
    choose(&world, settings);
    let (words, page) = followed(&world, &firefox, &[OTHER]);
    let (scheme, values) = values(&words[1]);
    assert_eq!(scheme, "ext+granted-containers");
    assert!(values[0].starts_with("R&D #1 \""), "{values:?}");
    assert!(values[0].ends_with("\" 001234567890 ReadOnlyAccess corp 🦀"), "{values:?}");
    assert!(page.contains("001234567890"), "{page}");
}

#[test]
fn browsers_are_told_of_profiles_and_private_windows_in_their_words() {
    let world = World::listed();
    let chrome = install_stand_in(&world, "google-chrome");
    let edge = install_stand_in(&world, "microsoft-edge");
    let data = world.session.home().join(".config/google-chrome");
    fs::create_dir_all(&data).unwrap();
    let state =
        r#"{"profile":{"info_cache":{"Profile 7":{"name":"Meadow Production"},"Default":{"name":"Me"}}}}"#;
    fs::write(data.join("Local State"), state).unwrap();

    let told = |words: &Path, args: &[&str]| {
        let mut told = followed(&world, words, args).0;
        told.pop();
        told.join(" ")
    };
    assert_eq!(told(&chrome, &[GRANT, "--browser", "chrome"]), "");
    assert_eq!(told(&chrome, &[GRANT, "--browser", "chrome", "--private"]), "--incognito");
    assert_eq!(told(&edge, &[GRANT, "--browser", "edge", "--private"]), "--inprivate");
    let quiet = "--no-first-run --no-default-browser-check";
    let by_account = ["--browser", "chrome", "--browser-profile", "{account}"];
    let told_of = |grant| told(&chrome, &[&[grant], &by_account[..]].concat());
    assert_eq!(told_of(GRANT), format!("--profile-directory=Profile 7 {quiet}"), "it is there already");
    assert_eq!(told_of(OTHER), format!("--profile-directory=rolecall-001234567890 {quiet}"), "it is made");
    let at = world.session.path("bin/google-chrome").display().to_string();
    let me = [GRANT, "--browser", &at, "--browser-profile", "Me"];
    assert_eq!(told(&chrome, &me), format!("--profile-directory=Default {quiet}"));
    assert_eq!(fs::read_to_string(data.join("Local State")).unwrap(), state, "it is the browser's own file");
}

#[test]
fn what_cannot_be_opened_is_told_before_the_address_is_given_away() {
    let world = World::listed();
    install_stand_in(&world, "google-chrome");
    let failure = |args: &[&str], code| {
        let outcome = console(&world, args).run().failed(code);
        let (happened, hint) = outcome.failure();
        format!("{happened}{hint}")
    };
    assert!(failure(&[GRANT, "--browser", "vivaldi"], 1).contains("Vivaldi was not found"));
    assert!(failure(&[GRANT, "--browser", "chrome", "--container"], 2).contains("only Firefox"));
    let misspelt = failure(&[GRANT, "--browser", "chrome", "--browser-profile", "Wrok"], 4);
    assert!(
        misspelt.contains("no profile called Wrok") && misspelt.contains("rolecall browsers"),
        "{misspelt}"
    );
    for usage in [["--browser", "lynx"], ["--browser-profile", "{x}"], ["--print", "--private"]] {
        let outcome = console(&world, &[&[GRANT], &usage[..]].concat()).run();
        assert_eq!(outcome.code(), 2, "{}", outcome.stderr);
    }
    install(&world, "microsoft-edge", "exit 3");
    let ended = failure(&[GRANT, "--browser", "edge"], 1);
    assert!(ended.contains("ended before it came") && ended.contains('3'), "{ended}");
}

#[test]
fn browsers_and_their_profiles_are_listed_whatever_their_files_hold() {
    let world = World::listed();
    install_stand_in(&world, "google-chrome");
    install_stand_in(&world, "firefox");
    let home = world.session.home();
    let (chrome, firefox) = (home.join(".config/google-chrome"), home.join(".mozilla/firefox"));
    fs::create_dir_all(&chrome).unwrap();
    fs::create_dir_all(&firefox).unwrap();
    let ini = "[Profile0]\nName=default-release\nIsRelative=1\nPath=abc.default-release\n";
    fs::write(firefox.join("profiles.ini"), ini).unwrap();
    let listed = || {
        let all = world.rolecall(["browsers", "--json"]).run().succeeded().json();
        let of = |name: &str| all.as_array().unwrap().iter().find(|b| b["name"] == name).unwrap().clone();
        (of("firefox"), of("chrome"))
    };
    let state = |text: &[u8]| fs::write(chrome.join("Local State"), text).unwrap();
    state(
        "{\"profile\":{\"info_cache\":{\"Default\":{\"name\":\"a\\u001b[2J\u{202e}b\"},\"../x\":{}}}}"
            .as_bytes(),
    );
    let (firefox, chrome_of) = listed();
    assert_eq!((&firefox["containers"], &chrome_of["containers"]), (&true.into(), &false.into()));
    assert_eq!(firefox["profiles"][0]["name"], "default-release");
    assert_eq!(firefox["profiles"][0]["folder"], "abc.default-release");
    assert_eq!(chrome_of["profiles"].as_array().unwrap().len(), 1, "{chrome_of}");
    let table = world.rolecall(["browsers"]).run().succeeded();
    assert!(
        table.stdout.contains("default-release") && !table.stdout.contains(['\u{1b}', '\u{202e}']),
        "{table:?}"
    );

    let huge = vec![b' '; 17 << 20];
    for broken in [&b"{"[..], b"\xff\xfe", &vec![b'['; 100_000], &huge] {
        state(broken);
        let outcome = world.rolecall(["browsers"]).run().succeeded();
        assert!(
            outcome.stderr.starts_with("warning: the profiles of Chrome are not known"),
            "{}",
            outcome.stderr
        );
        assert!(outcome.stdout.contains("google-chrome"), "{}", outcome.stdout);
    }
    assert_eq!(listed().1["profiles"].as_array().unwrap().len(), 0);
}

#[test]
fn an_address_that_is_used_up_or_old_says_so_and_the_command_makes_a_new_one() {
    let world = World::listed();
    let address = || world.rolecall(["console", GRANT, "--print"]).run().succeeded().stdout.trim().to_owned();
    let first = address();
    assert_eq!(world.open(&first).unwrap().status, 200);
    let old = address();
    world.sim.set_clock_offset(16 * 60);
    for over in [first, old] {
        let page = world.open(&over).unwrap();
        assert_eq!(page.status, 400);
        assert!(page.body.contains("was used before, or is older than 15 minutes"), "{}", page.body);
        assert!(page.body.contains("Open the console again"), "{}", page.body);
    }
    assert_eq!(world.open(&address()).unwrap().status, 200);
}

/// A real browser, which ends with this value.
struct Real {
    pids: PathBuf,
    home: PathBuf,
}

impl Real {
    fn install(world: &World, name: &str, command: &str) -> Self {
        let home = world.session.home();
        let pids = world.session.path(&format!("{name}.pids"));
        let log = world.session.path(&format!("{name}.log"));
        let script =
            format!("echo $$ >> {}\nexec {command} \"$@\" >> {} 2>&1", pids.display(), log.display());
        install(world, name, &script);
        Self { pids, home }
    }

    /// What runs of it. Chromium hands a page to the one that runs already, and ends.
    fn running(&self) -> Vec<u32> {
        let pids = fs::read_to_string(&self.pids).unwrap_or_default();
        let ours = |pid: &u32| {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&words).contains(&*self.home.to_string_lossy())
        };
        pids.lines().filter_map(|pid| pid.parse().ok()).filter(ours).collect()
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        self.running().into_iter().for_each(|pid| signal(pid, "KILL"));
    }
}

#[test]
fn two_accounts_stay_signed_in_side_by_side_in_profiles_of_chromium() {
    let world = World::listed();
    let display = Display::start(&world.session);
    let port = free_port();
    let command = format!(
        "/usr/bin/chromium --no-sandbox --disable-gpu --password-store=basic --remote-debugging-port={port} \
         --user-data-dir=\"$HOME/.config/chromium\""
    );
    let _browser = Real::install(&world, "chromium", &command);
    choose(&world, "open = \"profile\"\nprogram = \"chromium\"");
    let open = |args: &[&str]| console(&world, args).env("DISPLAY", &display.name).run().succeeded().stderr;
    let told = open(&[GRANT, "--service", "ec2", "--region", "eu-west-1"]);
    assert!(told.contains("(Chromium, profile rolecall-111122223333)"), "{told}");
    open(&[OTHER, "--service", "s3", "--region", "eu-north-1"]);

    let web = Web::attach_to_chromium(port);
    let shows = |page: &str, wanted: &[&str]| {
        web.to(page);
        until(&format!("{page} shows {wanted:?}"), || {
            let text = web.text("body");
            wanted.iter().all(|wanted| text.contains(wanted))
        });
    };
    let first = ["Meadow Production", "111122223333", "AdministratorAccess", "eu-west-1", "/ec2/v2/home"];
    let second = ["001234567890", "ReadOnlyAccess", "eu-north-1", "/s3/home"];
    for _ in 0..2 {
        shows("eu-west-1", &first);
        web.run("location.reload()", serde_json::Value::Null);
        shows("eu-north-1", &second);
        web.run("location.reload()", serde_json::Value::Null);
    }
    // Once more is another page of the same profile, and leaves the other account alone.
    open(&[GRANT, "--service", "sqs", "--region", "ap-south-1"]);
    shows("ap-south-1", &["111122223333", "/sqs/"]);
    web.to("eu-north-1");
    web.run("location.reload()", serde_json::Value::Null);
    shows("eu-north-1", &second);

    until("the browser lists its new profiles", || {
        let browsers = world.rolecall(["browsers"]).run().succeeded().stdout;
        ["rolecall-111122223333", "rolecall-001234567890"].iter().all(|folder| browsers.contains(folder))
    });
}

#[test]
fn two_accounts_stay_signed_in_side_by_side_in_profiles_of_firefox() {
    let world = World::listed();
    let _browser = Real::install(&world, "firefox", "env MOZ_HEADLESS=1 /usr/bin/firefox-esr");
    let shown = || world.sim.requests().iter().filter(|r| r.path == "/console" && r.status == 200).count();
    for (grant, pages) in [(GRANT, 1), (OTHER, 2)] {
        let profile = ["--browser", "firefox", "--browser-profile", "{account}"];
        let told = console(&world, &[&[grant], &profile[..]].concat()).run().succeeded().stderr;
        assert!(told.contains("(Firefox, profile rolecall-"), "{told}");
        until("the console is shown", || shown() >= pages);
    }

    let profiles = world.session.home().join(".config/mozilla/firefox");
    for (folder, role) in
        [("rolecall-001234567890", "ReadOnlyAccess"), ("rolecall-111122223333", "AdministratorAccess")]
    {
        assert_eq!(console_cookies(&world, &profiles.join(folder), 1), format!("- {role}\n"), "{folder}");
    }
}

/// For each container of a profile of Firefox, by name, the role whose console its cookies open, once there are so many.
fn console_cookies(world: &World, profile: &Path, wanted: usize) -> String {
    let signin =
        world.sim.environment().into_iter().find(|(name, _)| *name == "ROLECALL_SIGNIN_URL").unwrap().1;
    let page = signin.replace("/federation", "/console");
    let profile = profile.display().to_string();
    world
        .python(include_str!("browsers/cookies.py"))
        .args([profile, page, wanted.to_string()])
        .run()
        .succeeded()
        .stdout
}

/// A profile of Firefox with an add-on of ours, as strict as those that people have, which are not ours to ship.
fn profile_with_add_on(world: &World) -> PathBuf {
    let profile = world.session.path("profile");
    let add_on = profile.join("extensions/container@rolecall.test.xpi");
    fs::create_dir_all(add_on.parent().unwrap()).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browsers/add-on");
    let script = "
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as add_on:
    for name in ('manifest.json', 'opener.html', 'opener.js'):
        add_on.write(sys.argv[2] + '/' + name, name)
";
    world.python(script).args([&add_on, &source]).run().succeeded();
    let settings = [
        ("xpinstall.signatures.required", "false"),
        ("extensions.autoDisableScopes", "0"),
        ("privacy.userContext.enabled", "true"),
    ];
    let lines = settings.map(|(name, value)| format!("user_pref(\"{name}\", {value});\n"));
    fs::write(profile.join("user.js"), lines.concat()).unwrap();
    profile
}

#[test]
fn two_accounts_stay_signed_in_side_by_side_in_containers_of_firefox() {
    let world = World::listed();
    let display = Display::start(&world.session);
    let profile = profile_with_add_on(&world);
    // A window, because without one Firefox does not hand addresses to the one that runs.
    let command = format!("/usr/bin/firefox-esr --profile {}", profile.display());
    let _browser = Real::install(&world, "firefox", &command);
    choose(&world, "open = \"firefox-container\"\nname = \"R&D #1 {account_id}\"");
    let shown = || world.sim.requests().iter().filter(|r| r.path == "/console" && r.status == 200).count();
    for (grant, pages) in [(GRANT, 1), (OTHER, 2)] {
        let told = console(&world, &[grant]).env("DISPLAY", &display.name).run().succeeded().stderr;
        assert!(told.contains("(Firefox, container R&D #1 "), "{told}");
        until("the console is shown", || shown() >= pages);
    }
    let found = console_cookies(&world, &profile, 2);
    let container = |id: &str, role: &str| format!("R&D #1 {id} {role}\n");
    let expected =
        container("001234567890", "ReadOnlyAccess") + &container("111122223333", "AdministratorAccess");
    assert_eq!(found, expected);
}

/// Where the one-time address sends the browser.
pub(crate) fn sent_to(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().find_map(|line| line.strip_prefix("Location: ")).expect(&answer).to_owned()
}

/// Runs the command, and returns what its browser was started with and where the page leads.
fn led(world: &World, words: &Path, args: &[&str]) -> (Vec<String>, String) {
    let running = world.rolecall(args.iter().copied()).env("DISPLAY", ":99").start();
    let words = taken(words);
    let address = words.last().unwrap();
    let page = if address.starts_with("http") { address.clone() } else { values(address).1[1].clone() };
    let location = sent_to(&page);
    running.finish().succeeded();
    (words, location)
}

#[test]
fn the_portals_own_page_opens_in_the_browser_that_consoles_open_in() {
    let world = World::listed();
    let before = world.asked("GetRoleCredentials");
    let (firefox, chrome) = (install_stand_in(&world, "firefox"), install_stand_in(&world, "google-chrome"));
    let usual = install_stand_in(&world, "xdg-open");
    let page = world.rolecall(["console", GRANT, "--via", "portal", "--print"]).run().succeeded().stdout;
    let page = page.trim();
    assert!(page.contains("/start/#/console?account_id="), "{page}");

    console(&world, &[GRANT, "--via", "portal"]).run().succeeded();
    assert_eq!(taken(&usual), [page], "the desktop's own, without a choice");

    choose(&world, "open = \"firefox-container\"");
    let (words, to) = led(&world, &firefox, &["console", GRANT, "--via", "portal"]);
    assert_eq!((values(&words[1]).1[0].as_str(), to.as_str()), ("Meadow Production", page));
    let (_, to) = led(&world, &chrome, &["console", GRANT, "--via", "portal", "--browser", "chrome"]);
    assert_eq!(to, page);
    // A link and a bookmark lead to their account's container.
    let link = world.rolecall(["link", GRANT, "--app"]).run().succeeded().stdout;
    let (words, to) = led(&world, &firefox, &["open", link.trim(), "--via", "portal"]);
    assert_eq!(
        (values(&words[1]).1[0].as_str(), to.contains("/start/#/console?")),
        ("Meadow Production", true)
    );
    world.rolecall(["bookmark", "add", "home", GRANT]).run().succeeded();
    let marked = ["console", "home", "--via", "portal", "--browser", "chrome"];
    assert!(led(&world, &chrome, &marked).1.contains("/start/#/console?"));
    // There the session is that a sign-out ends.
    for sign_out in [&["console", GRANT, "--sign-out"][..], &["console", "--sign-out"]] {
        let (words, to) = led(&world, &firefox, sign_out);
        assert_eq!(values(&words[1]).1[0], "Meadow Production", "where a page was opened last");
        assert!(to.contains("Action=logout"), "{to}");
    }
    assert!(!usual.exists(), "no other browser got anything");
    assert_eq!(world.asked("GetRoleCredentials"), before, "no credentials of ours took part");
}

#[test]
fn a_portal_with_a_browser_of_its_own_opens_its_consoles_there() {
    let world = World::listed();
    let edge = install_stand_in(&world, "microsoft-edge");
    let firefox = install_stand_in(&world, "firefox");
    choose(&world, "open = \"firefox-container\"\nname = \"{role}\"");
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let usual = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{usual}\n[portal.corp.browser]\nprogram = \"edge\"\n")).unwrap();
    let (words, page) = followed(&world, &edge, &[GRANT]);
    assert_eq!(words.len(), 1, "nothing of the usual choice is left: {words:?}");
    assert!(page.contains("111122223333"), "{page}");
    assert!(led(&world, &edge, &["console", GRANT, "--via", "portal"]).1.contains("/start/#/console?"));
    // What is wanted once is wanted of that choice.
    let (words, _) = followed(&world, &firefox, &[GRANT, "--container"]);
    assert_eq!(values(&words[1]).1[0], "Meadow Production");

    let own = "browser = { open = \"profile\", program = \"edge\", name = \"{account} {role}\" }";
    fs::write(&path, usual.replace("[portal.corp]\n", &format!("[portal.corp]\n{own}\n"))).unwrap();
    let (words, _) = followed(&world, &edge, &[GRANT]);
    assert_eq!(words[0], "--profile-directory=rolecall-111122223333-AdministratorAccess");

    fs::write(&path, format!("{usual}\n[portal.corp.browser]\nprogram = \"lynx\"\n")).unwrap();
    let line = usual.lines().count() + 3;
    let outcome = console(&world, &[GRANT]).run().failed(1);
    let failure = outcome.failure().0;
    assert!(failure.contains(&format!("line {line}: `portal.corp.browser.program`")), "{failure}");
}

#[test]
fn a_profile_of_chromium_signs_in_to_the_console_by_the_portal() {
    let world = World::listed();
    let display = Display::start(&world.session);
    let command = "/usr/bin/chromium --no-sandbox --disable-gpu --password-store=basic \
        --user-data-dir=\"$HOME/.config/chromium\"";
    let _browser = Real::install(&world, "chromium", command);
    choose(&world, "open = \"profile\"\nprogram = \"chromium\"");
    let args = [GRANT, "--via", "portal", "--service", "s3"];
    let told = console(&world, &args).env("DISPLAY", &display.name).run().succeeded().stderr;
    assert!(told.contains("(Chromium, profile rolecall-111122223333)"), "{told}");
    // The part behind the # has come through: the page's script goes on from it.
    until("the browser is on its way", || {
        world.sim.requests().iter().any(|request| request.path == "/start/console")
    });
}
