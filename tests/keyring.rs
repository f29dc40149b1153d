//! No keyring, a locked one, one that does not answer: said at once, and never replaced by a plain file.

use std::fs;
use std::path::{Path, PathBuf};

use sim::Options;

use crate::program::until;
use crate::session::Keyring;
use crate::world::{GRANT, PORTAL, World};

/// Every file below, with its content.
pub(crate) fn files_below(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                dirs.push(entry.path());
            } else if kind.is_file() {
                files.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
            }
        }
    }
    files
}

#[test]
fn without_a_keyring_nobody_is_signed_in() {
    for keyring in [Keyring::Absent, Keyring::NoBus] {
        let world = World::with(Options::default(), keyring);
        world.add_portal();
        let refused = world.rolecall(["login", PORTAL, "--no-open"]).run().failed(6);
        assert!(refused.failure().0.contains("no keyring"), "{}", refused.stderr);
        assert!(refused.failure().1.contains("gnome-keyring"), "what to install: {}", refused.stderr);
        assert!(refused.took.as_secs() < 10, "{:?}", refused.took);
        assert_eq!(world.requests().len(), 0, "no secret is asked for that can't be kept");
        let files = files_below(&world.session.home());
        let written: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        let ours = ["settings.toml", "/locks/", "rolecall-backups"];
        assert!(
            written.iter().all(|path| ours.iter().any(|part| path.contains(part))),
            "no plain file instead: {written:?}"
        );
        let doctor = world.rolecall(["doctor"]).run();
        assert_eq!(doctor.code(), 6, "{}", doctor.stdout);
        assert!(doctor.stdout.contains("broken   keyring"), "{}", doctor.stdout);
    }
}

#[test]
fn a_locked_keyring_is_told_at_once_where_nobody_can_unlock_it() {
    let world = World::listed();
    world.switch(GRANT, "default");
    world.session.lock_keyring();
    for args in [&["credentials", "--profile", "default"][..], &["login", PORTAL, "--no-open"], &["logout"]] {
        let refused = world.rolecall(args.iter().copied()).run().failed(6);
        assert!(refused.failure().0.contains("locked"), "{}", refused.stderr);
        assert!(refused.failure().1.contains("unlock"), "{}", refused.stderr);
        assert!(refused.took.as_secs() < 10, "{:?}", refused.took);
        assert_eq!(refused.stdout, "");
    }
}

#[test]
fn list_and_switch_do_without_the_keyring() {
    let world = World::listed();
    world.session.lock_keyring();
    assert!(!world.grants().is_empty());
    world.switch(GRANT, "dev");
}

#[test]
fn a_keyring_that_waits_for_the_person_is_told_and_waited_for() {
    let world = World::listed();
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    world.session.freeze_keyring();
    let asking = world.rolecall(["credentials", "--grant", GRANT]).start();
    let began = std::time::Instant::now();
    until("it says what it waits for", || asking.told().contains("waiting for your keyring"));
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    assert_eq!(asking.printed(), "");
    world.session.thaw_keyring();
    let given = asking.finish().succeeded();
    assert_eq!(given.json()["Version"], 1);
}

#[test]
fn an_entry_that_makes_no_sense_is_replaced_by_the_next_sign_in() {
    let world = World::listed();
    let store = world.program("/usr/bin/secret-tool");
    let key = "corp/access-token";
    let args = ["store", "--label=x", "service", "rolecall", "username", key];
    store.args(args).input("no JSON").run().succeeded();
    world.rolecall(["credentials", "--grant", GRANT]).run().failed(3);
    world.sign_in().succeeded();
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
}

/// No keyring, but the file in place of one.
fn signed_in_with_file() -> (World, PathBuf) {
    let world = World::with(Options::default(), Keyring::NoBus);
    world.write_settings("keyring = \"file\"\n");
    world.add_portal();
    world.sign_in().succeeded();
    let file = world.session.home().join(".local/state/rolecall/secrets.json");
    (world, file)
}

#[test]
fn a_damaged_file_of_secrets_is_named() {
    let (world, file) = signed_in_with_file();
    for damaged in ["", "{\"corp/acc"] {
        fs::write(&file, damaged).unwrap();
        for args in [&["credentials", "--grant", GRANT][..], &["login", "--no-open"], &["logout"]] {
            let told = world.rolecall(args.iter().copied()).run().failed(6);
            let (what, hint) = told.failure();
            assert!(
                what.contains("secrets.json") && hint.contains("away, then sign in again"),
                "{}",
                told.stderr
            );
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), damaged, "left as it is");
    }
    fs::remove_file(&file).unwrap();
    world.sign_in().succeeded();
}

#[test]
fn a_file_stands_in_for_a_keyring_only_where_the_settings_say_so() {
    let (world, file) = signed_in_with_file();
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "nobody else may read it");
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
    world.rolecall(["logout", "corp"]).run().succeeded();
    let left = fs::read_to_string(&file).unwrap();
    assert!(!left.contains("access-token") && !left.contains("role/"), "{left}");
}
