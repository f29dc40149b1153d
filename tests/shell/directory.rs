//! `.rolecall.toml`

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::process::Command;

use super::{SHELLS, Shell, directory, dressed};
use crate::program::Outcome;
use crate::world::{GRANT, OTHER, World};

#[test]
fn a_trusted_directory_sets_the_shell_until_it_is_left() {
    for shell in SHELLS {
        let world = World::listed();
        directory(&world, "proj", &format!("grant = \"{OTHER}\"\nregion = \"eu-west-3\"\n"));
        directory(&world, "proj/inner/deep", "grant = \"sandbox/x\"\n");
        fs::write(world.session.home().join("proj/inner/.rolecall.toml"), "profile = 'dev'\n").unwrap();
        world.switch(GRANT, "dev");
        fs::create_dir(world.session.home().join("proj/sub")).unwrap();
        let show = "echo \"p=$AWS_PROFILE r=$AWS_REGION k=$AWS_SECRET_ACCESS_KEY.\"\n";
        shell.typed(
            &world,
            &[
                ("cd ~/proj/sub\n", "proj/.rolecall.toml is not trusted"),
                (show, "p=mine r= k=my-own-secret.\n"),
                ("rolecall trust\n", "trusted as it is now"),
                ("", "rolecall: Legacy Backup ReadOnlyAccess (001234567890) in eu-west-3"),
                (show, "p=Legacy-Backup/ReadOnlyAccess r=eu-west-3 k=.\n"),
                // Nested: the nearest file counts, trusted or not.
                ("cd ../inner\n", "inner/.rolecall.toml is not trusted"),
                (show, "p=mine r= k=my-own-secret.\n"),
                ("rolecall trust .\n", "(profile dev)"),
                (show, "p=dev r=us-east-1 k=.\n"),
                ("cd ..\n", "Legacy Backup"),
                (show, "p=Legacy-Backup/ReadOnlyAccess r=eu-west-3 k=.\n"),
                // What is typed inside wins.
                ("rolecall use dev\n", "this shell uses Meadow Production"),
                ("cd sub\n", ""),
                (show, "p=dev r=us-east-1 k=.\n"),
                ("rolecall use --off\n", "as it was before"),
                (show, "p=Legacy-Backup/ReadOnlyAccess r=eu-west-3 k=.\n"),
                // Any change wants trust again.
                ("echo '# more' >> ../.rolecall.toml\n", "proj/.rolecall.toml is not trusted"),
                (show, "p=mine r= k=my-own-secret.\n"),
                ("rolecall trust\n", "rolecall: Legacy Backup"),
                ("rolecall use dev\n", "this shell uses Meadow Production"),
                ("cd\n", "as it was before that directory"),
                (show, "p=mine r= k=my-own-secret.\n"),
                ("rolecall untrust proj\n", "not trusted any more"),
                ("cd proj\n", "is not trusted"),
                (show, "p=mine r= k=my-own-secret.\n"),
            ],
        );
    }
}

#[test]
fn a_shell_that_is_started_inside_can_leave_too() {
    let world = World::listed();
    let dir = directory(&world, "proj", &format!("grant = \"{OTHER}\"\n"));
    dressed(&world, world.rolecall(["trust", dir.to_str().unwrap()])).run().succeeded();
    for shell in SHELLS {
        let [program, plain] = shell.command();
        let inner = format!("{program} {plain} -i\n");
        shell.typed(
            &world,
            &[
                ("cd ~/proj\n", "rolecall: Legacy"),
                (&inner, ""),
                ("echo in''ner\n", "inner\n"),
                (&format!("{}; echo o''k\n", shell.hook()), "ok\n"),
                ("echo p=$AWS_PROFILE.\n", "p=Legacy-Backup/ReadOnlyAccess.\n"),
                ("cd\n", "as it was before that directory"),
                ("echo p=$AWS_PROFILE.\n", "p=mine.\n"),
            ],
        );
    }
}

#[test]
fn the_program_is_started_only_if_something_has_changed() {
    let world = World::listed();
    let dir = directory(&world, "proj", &format!("grant = \"{OTHER}\"\n"));
    fs::create_dir(dir.join("sub")).unwrap();
    dressed(&world, world.rolecall(["trust", dir.to_str().unwrap()])).run().succeeded();
    let log = world.session.path("starts");
    let counting = world.session.path("bin/counting");
    let program = env!("CARGO_BIN_EXE_rolecall");
    fs::write(&counting, format!("#!/bin/sh\necho \"$1\" >> '{}'\nexec '{program}' \"$@\"\n", log.display()))
        .unwrap();
    fs::set_permissions(&counting, fs::Permissions::from_mode(0o755)).unwrap();
    for shell in SHELLS {
        let set = if shell == Shell::Fish { "set -g __rolecall_program " } else { "__rolecall_program=" };
        fs::write(&log, "").unwrap();
        shell.typed(
            &world,
            &[
                (&format!("{set}{}\n", counting.display()), ""),
                ("echo one\n", "one\n"),
                ("cd ~/proj\n", "rolecall: Legacy"),
                ("echo two\n", "two\n"),
                ("cd sub\n", ""),
                ("echo three\n", "three\n"),
                ("touch ../.rolecall.toml\n", ""),
                ("cd; echo four\n", "as it was before"),
                ("cd /; echo five\n", "five\n"),
            ],
        );
        let starts = fs::read_to_string(&log).unwrap();
        assert_eq!(starts.lines().collect::<Vec<_>>(), ["hook-env"; 2], "{shell:?}");
    }
}

/// What the hook says and does in a directory, asked directly.
fn arrive(world: &World, dir: &str) -> Outcome {
    let script = format!("cd '{dir}' && exec rolecall hook-env bash");
    dressed(world, world.program("/bin/sh").args(["-c", &script])).run().succeeded()
}

#[test]
fn a_hostile_file_does_nothing() {
    let world = World::listed();
    let home = world.session.home();
    let trust =
        |dir: &std::path::Path| dressed(&world, world.rolecall(["trust", dir.to_str().unwrap()])).run();
    // Shell code in every place where text may stand.
    for (name, text) in [
        ("code", "grant = \"$(touch ~/owned)`touch ~/owned`'; touch ~/owned #\"\n"),
        ("lines", "grant = \"a\\n\\u001b]0;owned\\u0007\"\n"),
        ("key", "\"$(touch ~/owned)\\n\" = 1\n"),
        ("region", "grant = 'a'\nregion = 'eu-west-1; touch ~/owned'\n"),
        ("profile", "profile = \"x'; touch ~/owned; '\"\n"),
        ("toml", "grant = '''\n"),
        ("latin", "grant = '\u{fffd}'\n"),
    ] {
        let dir = directory(&world, name, text);
        let untrusted = arrive(&world, dir.to_str().unwrap());
        assert!(untrusted.stderr.contains("is not trusted"), "{name}: {}", untrusted.stderr);
        // Trusting it all the same brings a failure, or nothing that fits.
        trust(&dir);
        let outcome = arrive(&world, dir.to_str().unwrap());
        assert!(!outcome.stdout.contains("AWS_PROFILE"), "{name}: {}", outcome.stdout);
        assert!(
            !outcome.stderr.contains('\u{1b}') && outcome.stderr.lines().count() < 9,
            "{name}: {}",
            outcome.stderr
        );
        for shell in SHELLS {
            shell.run(&world, &format!("cd ~/{name}; __rolecall_hook"));
        }
    }
    let told = |name: &str, what: &str| {
        let dir = home.join(name);
        let outcome = arrive(&world, dir.to_str().unwrap());
        assert!(outcome.stderr.contains(what), "{name}: {}", outcome.stderr);
        assert!(!outcome.stdout.contains("AWS_"), "{name}: {}", outcome.stdout);
        trust(&dir).failed(1);
        for shell in SHELLS {
            shell.run(&world, &format!("cd ~/{name}; __rolecall_hook"));
        }
    };
    directory(&world, "huge", &"# 0123456789\n".repeat(10_000));
    told("huge", "larger than 16 KiB");
    fs::create_dir(home.join("link")).unwrap();
    symlink("../code/.rolecall.toml", home.join("link/.rolecall.toml")).unwrap();
    told("link", "is no regular file");
    fs::create_dir_all(home.join("dir/.rolecall.toml")).unwrap();
    told("dir", "is no regular file");
    fs::create_dir(home.join("pipe")).unwrap();
    assert!(Command::new("mkfifo").arg(home.join("pipe/.rolecall.toml")).status().unwrap().success());
    told("pipe", "is no regular file");
    // Only root can give a file away.
    let theirs = directory(&world, "theirs", &format!("grant = \"{OTHER}\"\n"));
    trust(&theirs).succeeded();
    if chown(theirs.join(".rolecall.toml"), Some(12_345), None).is_ok() {
        told("theirs", "belongs to another user");
    }
    assert!(!home.join("owned").exists());
}

#[test]
fn a_directory_whose_name_is_code_is_only_a_directory() {
    let world = World::listed();
    let name = "a'$(touch owned)`touch owned`\"\\ ;touch owned;\u{1b}[31m";
    let dir = directory(&world, name, &format!("grant = \"{OTHER}\"\n"));
    dressed(&world, world.rolecall(["trust", dir.to_str().unwrap()])).run().succeeded();
    for shell in SHELLS {
        let script = "cd ~/a*; __rolecall_hook; echo \"p=$AWS_PROFILE\"; cd ..; __rolecall_hook; echo \"p=$AWS_PROFILE\"";
        let outcome = shell.run(&world, script).succeeded();
        let shown: Vec<&str> = outcome.stdout.lines().filter(|line| line.starts_with("p=")).collect();
        assert_eq!(shown, ["p=Legacy-Backup/ReadOnlyAccess", "p=mine"], "{shell:?} {}", outcome.stderr);
        assert!(!outcome.stderr.contains('\u{1b}'), "{}", outcome.stderr);
    }
    for place in [&dir, &world.session.home()] {
        assert!(!place.join("owned").exists());
    }
}

#[test]
fn what_can_not_be_found_is_told_and_tried_again_later() {
    let world = World::signed_in();
    let dir = directory(&world, "proj", "grant = \"001234567890/ReadOnlyAccess\"\n");
    let asked = world.asked("ListAccounts");
    Shell::Bash.typed(
        &world,
        &[
            ("cd; rolecall trust proj\n", "trusted as it is now"),
            ("cd proj\n", "the accounts are not known yet; run `rolecall list` once"),
            ("echo p=$AWS_PROFILE.\n", "p=mine.\n"),
            ("rolecall list >/dev/null\n", "rolecall: Legacy Backup"),
            ("echo p=$AWS_PROFILE.\n", "p=Legacy-Backup/ReadOnlyAccess.\n"),
        ],
    );
    assert_eq!(world.asked("ListAccounts"), asked + 1, "a prompt asks AWS for nothing");
    for (text, hint) in [
        ("grant = 'xyz/abc'", "no grant fits"),
        ("profile = 'gone'", "no profile gone"),
        ("grant = 'x'\nportal = 'none'", "no portal called none"),
    ] {
        fs::write(dir.join(".rolecall.toml"), text).unwrap();
        dressed(&world, world.rolecall(["trust", dir.to_str().unwrap()])).run().succeeded();
        let outcome = arrive(&world, dir.to_str().unwrap());
        assert!(outcome.stderr.contains(hint), "{}", outcome.stderr);
    }
    dressed(&world, world.rolecall(["trust", "/"])).run().failed(1);
}
