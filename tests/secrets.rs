//! Where secrets are, and where they are not: only in the keyring, and in the answer that was asked for.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::keyring::files_below;
use crate::program::{Outcome, until};
use crate::world::{GRANT, OTHER, PORTAL, World, code_of};

/// Every secret of a finished job: what is in the keyring now. The person's own password belongs to the
/// portal's pages; Rolecall never sees it.
fn secrets_of(world: &World) -> Vec<(String, String)> {
    let kept = world.session.kept_secrets();
    let records = kept.lines().filter_map(|line| line.strip_prefix("secret = "));
    let mut secrets = Vec::new();
    for record in records {
        let record: serde_json::Value = serde_json::from_str(record).unwrap();
        for name in ["accessToken", "refreshToken", "clientSecret", "secretAccessKey", "sessionToken"] {
            if let Some(secret) = record[name].as_str() {
                assert!(secret.len() >= 20, "{name} is long enough to be found by accident only: {secret}");
                secrets.push((name.to_owned(), secret.to_owned()));
            }
        }
    }
    secrets
}

#[track_caller]
fn tells_none(what: &str, text: &[u8], secrets: &[(String, String)]) {
    for (name, secret) in secrets {
        let found = text.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{name} in {what}");
    }
}

/// Notes its arguments and its environment, as a browser or a tool would receive them.
fn install_witness(world: &World, name: &str) {
    let path = world.session.path("bin").join(name);
    let script = "#!/bin/sh\n{ echo \"$0 $*\"; tr '\\0' '\\n' < /proc/$$/environ; tr '\\0' ' ' < /proc/$PPID/cmdline; } \
                  >> \"$HOME/../witness\"\necho \"$@\" > \"$HOME/../opened\"\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_whole_job_leaves_secrets_in_the_keyring_alone() {
    let world = World::new();
    let mut told: Vec<(String, Outcome)> = Vec::new();
    let mut run = |args: &[&str]| {
        let outcome = world.rolecall(args.iter().copied()).run();
        told.push((args.join(" "), outcome));
    };
    world.add_portal();
    let login = world.rolecall(["login", PORTAL]).start();
    until("the code is shown", || login.told().contains("Waiting for your approval"));
    world.visit(&code_of(&login).0, sim::Decision::Allow);
    let login = login.finish().succeeded();

    run(&["list"]);
    run(&["list", "--json", "--refresh"]);
    run(&["switch", GRANT]);
    run(&["switch", OTHER, "--profile", "dev"]);
    for profile in ["default", "dev"] {
        world.rolecall(["credentials", "--profile", profile]).run().succeeded();
    }
    run(&["status"]);
    run(&["status", "--json"]);
    run(&["doctor"]);
    run(&["portal", "list"]);
    run(&["list", "nothing-like-this"]);
    run(&["credentials", "--grant", "nothing-like-this"]);
    run(&["login", "--no-such-flag"]);
    run(&["exec", GRANT, "--", "/bin/true"]);
    run(&["exec", GRANT, "--", "/no/such/program"]);
    world.set_faults(|faults| faults.server_error = 1.0);
    run(&["list", "--refresh"]);
    world.set_faults(|faults| faults.html = true);
    run(&["credentials", "--grant", "production billing"]);
    world.set_faults(|_| ());

    let secrets = secrets_of(&world);
    let count = |name: &str| secrets.iter().filter(|(known, _)| known == name).count();
    assert_eq!((count("accessToken"), count("refreshToken"), count("clientSecret")), (1, 1, 1));
    assert_eq!((count("secretAccessKey"), count("sessionToken")), (2, 2));

    tells_none("login", format!("{}{}", login.stdout, login.stderr).as_bytes(), &secrets);
    for (command, outcome) in &told {
        tells_none(command, format!("{}{}", outcome.stdout, outcome.stderr).as_bytes(), &secrets);
    }
    let files = files_below(&world.session.home());
    let store = world.session.home().join(".local/share/keyrings");
    assert!(files.iter().any(|(path, _)| path.ends_with(".aws/config")), "there is something to look at");
    for (path, content) in files.iter().filter(|(path, _)| !path.starts_with(&*store.display().to_string())) {
        tells_none(path, content, &secrets);
    }
}

#[test]
fn no_other_program_is_handed_a_secret() {
    let world = World::new();
    world.add_portal();
    install_witness(&world, "xdg-open");
    let opened = world.session.path("opened");
    let login = world.rolecall(["login"]).env("DISPLAY", ":99").start();
    until("the browser is started", || fs::read_to_string(&opened).is_ok_and(|page| page.ends_with('\n')));
    world.visit(fs::read_to_string(&opened).unwrap().trim(), sim::Decision::Allow);
    login.finish().succeeded();
    world.rolecall(["list"]).run().succeeded();

    fs::remove_file(&opened).unwrap();
    let console = world.rolecall(["console", GRANT]).env("DISPLAY", ":99").start();
    until("the browser is started", || fs::read_to_string(&opened).is_ok_and(|page| page.ends_with('\n')));
    world.open(fs::read_to_string(&opened).unwrap().trim()).unwrap();
    console.finish().succeeded();

    let witness = fs::read(world.session.path("witness")).unwrap();
    let text = String::from_utf8_lossy(&witness);
    assert!(text.matches("xdg-open http").count() == 2, "{text}");
    assert!(!text.contains("SigninToken"), "{text}");
    tells_none("the browser's arguments or environment", &witness, &secrets_of(&world));
}

#[test]
fn credentials_go_through_no_argument_list() {
    let world = World::listed();
    let script = "tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$PPID/cmdline";
    let told = world.rolecall(["exec", GRANT, "--", "/bin/sh", "-c", script]).run().succeeded();
    assert!(told.stdout.contains("/bin/sh -c"), "{}", told.stdout);
    tells_none("an argument list", told.stdout.as_bytes(), &secrets_of(&world));
}

#[test]
fn files_of_ours_can_be_read_by_their_owner_alone() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let home = world.session.home();
    for (path, _) in files_below(&home) {
        if path.contains("rolecall") || path.contains(".aws") {
            let others = fs::metadata(&path).unwrap().permissions().mode() % 0o100;
            let empty_lock = path.contains("/locks/") && fs::metadata(&path).unwrap().len() == 0;
            assert!(others == 0 || empty_lock, "{path}: {others:o}");
        }
    }
    for dir in [".aws", ".config/rolecall", ".local/state/rolecall"] {
        let mode = fs::metadata(home.join(dir)).unwrap().permissions().mode();
        assert_eq!(mode % 0o100, 0, "{dir}: {mode:o}");
    }
}
