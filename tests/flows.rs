//! The ways to sign in: by code, by the browser of this computer, and which of them is taken where.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use sim::{Decision, IdentitySource, Options, Person, Visitor};

use crate::program::{Running, until};
use crate::world::{GRANT, PORTAL, World, code_of};

/// A `rolecall login` that has shown a page and waits.
fn begin(world: &World, args: &[&str], variables: &[(&str, &str)]) -> Running {
    let login = world.rolecall(["login", PORTAL].into_iter().chain(args.iter().copied()));
    let login = variables.iter().fold(login, |login, (name, value)| login.env(name, value)).start();
    until("it is the person's turn", || login.told().contains("Waiting for your"));
    login
}

fn page_of(login: &Running) -> String {
    let told = login.told();
    told.lines().map(str::trim).find(|line| line.starts_with("http")).expect("an address").to_owned()
}

/// The port that the browser is sent back to, as the page's address names it.
fn callback_of(page: &str) -> String {
    let (_, rest) = page.split_once("redirect_uri=").expect("where to come back to");
    rest.split('&').next().unwrap().replace("%3A", ":").replace("%2F", "/")
}

#[test]
fn the_browser_comes_back_by_itself() {
    let world = World::new();
    world.add_portal();
    let login = begin(&world, &["--flow", "browser", "--no-open"], &[]);
    let last = world.visit(&page_of(&login), Decision::Allow);
    assert!(last.body.contains("You can close this page"), "{}", last.body);
    assert!(last.url.starts_with("http://127.0.0.1:") && last.url.contains("/oauth/callback"));
    let done = login.finish().succeeded();
    assert!(!done.stderr.contains("code:"), "there is no code to compare: {}", done.stderr);
    assert_eq!(world.asked("StartDeviceAuthorization"), 0);
    world.switch(GRANT, "default");
    let who = world.aws(["sts", "get-caller-identity"]).run().succeeded().json();
    assert_eq!(who["Account"], "111122223333");
}

#[test]
fn a_session_of_the_browsers_way_is_renewed_with_its_own_registration() {
    let world = World::new();
    world.add_portal();
    world.sign_in().succeeded();
    world.set_faults(|faults| faults.short_tokens = Some(6));
    let login = begin(&world, &["--flow", "browser", "--no-open"], &[]);
    world.visit(&page_of(&login), Decision::Allow);
    login.finish().succeeded();
    until("the token is renewed", || {
        world.rolecall(["list", "--refresh"]).run().succeeded();
        world.sim.stats().refreshes > 0
    });
    assert_eq!(world.sim.stats().refused_refreshes, 0);
    assert_eq!(world.asked("RegisterClient"), 2, "one for each way");
    let again = begin(&world, &["--flow", "browser", "--no-open"], &[]);
    world.visit(&page_of(&again), Decision::Allow);
    again.finish().succeeded();
    assert_eq!(world.asked("RegisterClient"), 2, "and used again");
}

#[test]
fn strangers_at_the_callback_change_nothing() {
    let world = World::new();
    world.add_portal();
    let login = begin(&world, &["--flow", "browser", "--no-open"], &[]);
    let page = page_of(&login);
    let callback = callback_of(&page);
    let root = callback.trim_end_matches("/oauth/callback").to_owned();
    // A browser that opens a connection and says nothing must not hold up the others.
    let address = root.trim_start_matches("http://");
    let _silent = std::net::TcpStream::connect(address).unwrap();
    for (stranger, status) in [
        (format!("{root}/favicon.ico"), 404),
        (format!("{callback}?code=stolen&state=guessed"), 400),
        (format!("{callback}?error=access_denied"), 400),
    ] {
        assert_eq!(world.open(&stranger).unwrap().status, status, "{stranger}");
    }
    world.visit(&page, Decision::Allow);
    login.finish().succeeded();
    assert!(world.open(&format!("{callback}?code=late&state=x")).is_err(), "nobody listens any more");
}

#[test]
fn a_browser_that_brings_a_refusal_ends_the_sign_in() {
    let world = World::new();
    world.add_portal();
    let login = begin(&world, &["--flow", "browser", "--no-open"], &[]);
    let last = world.visit(&page_of(&login), Decision::Deny);
    assert!(last.body.contains("Not signed in"), "{}", last.body);
    let denied = login.finish().failed(1);
    assert!(denied.failure().0.contains("denied"), "{}", denied.stderr);
    assert_eq!(world.state(), "signedOut");
}

/// Puts something in place of the program that opens browsers; it notes what it was started with.
fn install_browser(world: &World) -> std::path::PathBuf {
    let (noted, path) = (world.session.path("opened"), world.session.path("bin/xdg-open"));
    fs::write(&path, format!("#!/bin/sh\nprintf '%s' \"$1\" > {0}.part; mv {0}.part {0}\n", noted.display()))
        .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    noted
}

fn is_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists())
}

#[test]
fn where_the_browser_cannot_come_back_the_code_is_taken_and_the_reason_told() {
    let world = World::new();
    world.add_portal();
    let opened = install_browser(&world);
    let desk = ("DISPLAY", ":99");
    // One browser that stays signed in: one-time codes count once.
    let mut visitor = Visitor::new(world.person().clone());
    for (variables, why) in [
        (vec![desk, ("SSH_CONNECTION", "10.0.0.9 50000 10.0.0.1 22")], "a session over SSH"),
        (vec![desk, ("SSH_TTY", "/dev/pts/3")], "a session over SSH"),
        (vec![desk, ("container", "podman")], "a container"),
        (vec![desk, ("CODESPACES", "true")], "a container"),
        (vec![desk, ("CI", "true")], if is_container() { "a container" } else { "a CI job" }),
        (
            vec![desk, ("WSL_DISTRO_NAME", "Debian")],
            if is_container() { "a container" } else { "Windows Subsystem" },
        ),
        (vec![], if is_container() { "a container" } else { "no screen" }),
    ] {
        let login = begin(&world, &[], &variables);
        let told = login.told();
        assert!(
            told.contains(&format!("Signing in by code, because this is {why}")) || told.contains(why),
            "{told}"
        );
        world.block_on(visitor.visit(&code_of(&login).0, Decision::Allow)).unwrap();
        login.finish().succeeded();
    }
    let told = begin(&world, &["--no-open"], &[desk]).told();
    assert!(told.contains("may be opened anywhere"), "{told}");
    let _ = fs::remove_file(&opened);
    begin(&world, &[], &[desk, ("SSH_CONNECTION", "a b c d")]);
    assert!(!opened.exists(), "no browser over SSH");
}

#[test]
fn at_a_desk_the_browser_opens_the_page_and_comes_back() {
    let world = World::new();
    world.add_portal();
    let opened = install_browser(&world);
    let login = begin(&world, &["--flow", "browser"], &[("DISPLAY", ":99")]);
    until("the browser is called", || opened.exists());
    let page = fs::read_to_string(&opened).unwrap();
    assert!(page.contains("/authorize?response_type=code"), "{page}");
    world.visit(&page, Decision::Allow);
    login.finish().succeeded();
}

#[test]
fn a_portals_choice_in_the_settings_is_kept() {
    let world = World::new();
    let settings = "[portal.corp]\nstart_url = \"URL\"\nregion = \"us-east-1\"\nflow = \"browser\"\n";
    world.write_settings(&settings.replace("URL", &world.start_url()));
    let login = begin(&world, &["--no-open"], &[("SSH_TTY", "/dev/pts/3")]);
    assert!(page_of(&login).contains("/authorize?"), "{}", login.told());
    world.visit(&page_of(&login), Decision::Allow);
    login.finish().succeeded();
}

#[test]
fn an_administrators_rule_against_codes_leads_to_the_browser() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.device_blocked = true);
    let blocked = world.rolecall(["login", "--flow", "device", "--no-open"]).run().failed(1);
    let (what, hint) = blocked.failure();
    assert!(
        what.contains("does not allow signing in by code") && hint.contains("--flow browser"),
        "{what}; {hint}"
    );
    let login = begin(&world, &["--flow", "browser", "--no-open"], &[]);
    world.visit(&page_of(&login), Decision::Allow);
    login.finish().succeeded();
}

#[test]
fn an_administrators_rule_against_the_browsers_way_leads_to_the_code() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.pkce_blocked = true);
    let blocked = world.rolecall(["login", "--flow", "browser", "--no-open"]).run().failed(1);
    assert!(blocked.failure().1.contains("--flow device"), "{}", blocked.stderr);
}

/// Everybody in their own way, by both flows: the table in docs/sign-in.md.
fn each_source_by(flow: &[&str]) {
    for source in IdentitySource::ALL {
        let world = World::with(
            Options { identity_source: source, ..Options::default() },
            crate::session::Keyring::Unlocked,
        );
        world.add_portal();
        let login = begin(&world, flow, &[]);
        world.visit(&page_of(&login), Decision::Allow);
        let done = login.finish();
        assert_eq!(done.code(), 0, "{source}: {}", done.stderr);
        assert!(!world.rolecall(["list"]).run().succeeded().stdout.is_empty(), "{source}");
        let at_provider = world.sim.requests().iter().any(|request| request.service == "idp");
        assert_eq!(at_provider, source.is_external(), "{source}");
    }
}

#[test]
fn people_of_every_identity_source_sign_in_by_code() {
    each_source_by(&["--flow", "device", "--no-open"]);
}

#[test]
fn people_of_every_identity_source_sign_in_by_browser() {
    each_source_by(&["--flow", "browser", "--no-open"]);
}

#[test]
fn two_users_of_one_portal_do_not_get_in_each_others_way() {
    let other = Person { user: "sam.admin".into(), password: "Other-Harbour-7".into(), ..Person::default() };
    let world = World::with(
        Options { others: vec![other.clone()], ..Options::default() },
        crate::session::Keyring::Unlocked,
    );
    world.add_portal();
    world.sign_in().succeeded();
    let url = world.start_url();
    world
        .rolecall(["portal", "add", "corp-admin", "--start-url", &url, "--region", "us-east-1"])
        .run()
        .succeeded();
    let login = world.rolecall(["login", "corp-admin", "--no-open"]).start();
    until("the code is shown", || login.told().contains("Waiting for your approval"));
    let mut visitor = Visitor::new(other);
    world.block_on(visitor.visit(&code_of(&login).0, Decision::Allow)).unwrap();
    login.finish().succeeded();

    let list = world.rolecall(["list", "--json"]).run().succeeded().json();
    let of = |portal: &str| list.as_array().unwrap().iter().filter(|row| row["portal"] == portal).count();
    assert!(of("corp-admin") > 0 && of("corp-admin") < of("corp"), "each sees their own: {list}");
    world.switch(&format!("corp/{GRANT}"), "mine");
    world.switch(&format!("corp-admin/{GRANT}"), "admin");
    for (profile, user) in [("mine", "alex.rivera"), ("admin", "sam.admin")] {
        let who = world.aws(["sts", "get-caller-identity", "--profile", profile]).run().succeeded().json();
        assert!(who["Arn"].as_str().unwrap().ends_with(&format!("/{user}")), "{who}");
    }
    world.rolecall(["logout", "corp-admin"]).run().succeeded();
    assert_eq!(world.state(), "signedIn", "the other one stays");
    world.rolecall(["logout", "--all"]).run().succeeded();
    assert_eq!(world.sim.stats().live_logins, 0, "at AWS too");
}

#[test]
fn the_wrong_user_in_the_browser_is_noticed() {
    let other = Person { user: "sam.admin".into(), password: "Other-Harbour-7".into(), ..Person::default() };
    let world = World::with(
        Options { others: vec![other.clone()], ..Options::default() },
        crate::session::Keyring::Unlocked,
    );
    world.add_portal();
    world.sign_in().succeeded();
    world.rolecall(["list"]).run().succeeded();
    // What the first user sees is taken away from the second one, who has other roles.
    for account in sim::Organisation::Small.accounts() {
        for role in account.roles {
            let (account_id, role) = (account.id.clone(), role.to_owned());
            let unassign = sim::ChangeKind::UnassignRole { account_id, role, user: Some("sam.admin".into()) };
            // Not everything was the second user's.
            let _ = world.sim.provision(unassign);
        }
    }
    let assign = sim::ChangeKind::AssignRole {
        account_id: "111122223333".into(),
        role: "BreakGlass".into(),
        user: Some("sam.admin".into()),
    };
    world.sim.provision(assign).unwrap();
    let login = world.rolecall(["login", "--no-open"]).start();
    until("the code is shown", || login.told().contains("Waiting for your approval"));
    world.block_on(Visitor::new(other).visit(&code_of(&login).0, Decision::Allow)).unwrap();
    login.finish().succeeded();
    let list = world.rolecall(["list", "--refresh"]).run().succeeded();
    assert!(list.stderr.contains("another user") && list.stderr.contains("--fresh"), "{}", list.stderr);
}

#[test]
fn credentials_last_as_long_as_the_permission_set_says() {
    for hours in [1, 12] {
        let world = World::signed_in_with(Options { role_seconds: hours * 3600, ..Options::default() });
        let given = world.rolecall(["credentials", "--grant", GRANT]).run().succeeded().json();
        let end: jiff::Timestamp = given["Expiration"].as_str().unwrap().parse().unwrap();
        let left = end.duration_since(jiff::Timestamp::now()).as_secs();
        assert!((left - i64::from(hours) * 3600).abs() < 60, "{hours} h: {left} s");
    }
}

#[test]
fn a_session_of_weeks_is_renewed_all_the_while() {
    let month = 30 * 24 * 3600;
    let world = World::with(
        Options { portal_session_seconds: month, token_seconds: 4, ..Options::default() },
        crate::session::Keyring::Unlocked,
    );
    world.add_portal();
    world.sign_in().succeeded();
    // The session goes on for weeks; only its tokens are short.
    until("it was renewed three times", || {
        world.rolecall(["list", "--refresh"]).run().succeeded();
        world.sim.stats().refreshes >= 3
    });
    assert_eq!(world.state(), "signedIn");
    assert_eq!(world.asked("StartDeviceAuthorization"), 1);
}

#[test]
fn a_clock_that_is_wrong_is_told_when_somebody_signs_in() {
    let world = World::new();
    world.add_portal();
    world.set_faults(|faults| faults.clock_skew = 1800);
    let done = world.sign_in().succeeded();
    assert!(done.stderr.contains("clock is 30 min behind AWS's"), "{}", done.stderr);
}

#[test]
fn signing_in_afresh_shows_what_only_a_new_session_sees() {
    let world = World::listed();
    world.set_faults(|faults| faults.new_session_needed = true);
    let assigned =
        sim::ChangeKind::AssignRole { account_id: "111122223333".into(), role: "Auditor".into(), user: None };
    world.sim.provision(assigned).unwrap();
    let fits =
        || world.rolecall(["list", "--refresh", "auditor"]).run().succeeded().stdout.contains("Auditor");
    assert!(!fits(), "the old session does not see it");
    let login = begin(&world, &["--fresh", "--no-open"], &[]);
    assert_eq!(world.sim.stats().live_logins, 0, "the old session is over");
    world.visit(&code_of(&login).0, Decision::Allow);
    login.finish().succeeded();
    assert!(fits());
}

#[test]
fn a_role_that_is_waited_for_is_told_when_it_appears() {
    let world = World::listed();
    let wait = world.rolecall(["wait", "auditor", "--every", "1"]).start();
    until("it waits", || wait.told().contains("Waiting for a role"));
    let assigned =
        sim::ChangeKind::AssignRole { account_id: "111122223333".into(), role: "Auditor".into(), user: None };
    world.sim.provision(assigned).unwrap();
    let told = wait.finish().succeeded();
    assert!(told.stdout.contains("Auditor"), "{}", told.stdout);
    let gone = world.rolecall(["wait", "nobody", "--every", "1", "--timeout", "0"]).run().failed(4);
    assert!(gone.failure().1.contains("--fresh"), "{}", gone.stderr);
}

#[test]
fn a_permission_set_that_is_removed_while_in_use_is_told() {
    let world = World::signed_in_with(Options { role_seconds: 5, ..Options::default() });
    world.switch(GRANT, "default");
    world.rolecall(["credentials", "--profile", "default"]).run().succeeded();
    let removed = sim::ChangeKind::UnassignRole {
        account_id: "111122223333".into(),
        role: "AdministratorAccess".into(),
        user: None,
    };
    world.sim.provision(removed).unwrap();
    world.rolecall(["credentials", "--profile", "default"]).run().succeeded();
    // What is kept works until it ends; then the reason is told.
    let mut gone = world.rolecall(["credentials", "--profile", "default"]).run();
    until("they have ended", || {
        gone = world.rolecall(["credentials", "--profile", "default"]).run();
        gone.code() != 0
    });
    let gone = gone.failed(1);
    assert!(gone.failure().0.contains("no access"), "{}", gone.stderr);
    world.rolecall(["list", "--refresh"]).run().succeeded();
    assert!(!world.grants().contains(&GRANT.to_owned()));
}

#[test]
fn nothing_but_a_person_opens_a_browser() {
    let world = World::listed();
    let opened = install_browser(&world);
    world.sim.revoke_sessions();
    let asking: Vec<Running> = (0..10)
        .map(|_| world.rolecall(["credentials", "--grant", GRANT]).env("DISPLAY", ":99").start())
        .collect();
    for running in asking {
        let refused = running.finish().failed(3);
        assert!(
            refused.stdout.is_empty() && refused.failure().1.contains("rolecall login"),
            "{}",
            refused.stderr
        );
    }
    std::thread::sleep(Duration::from_millis(200));
    assert!(!opened.exists());
    assert_eq!(world.asked("StartDeviceAuthorization"), 1, "only the person's own sign-in");
}
