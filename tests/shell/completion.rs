//! What Tab offers in real shells.

use std::fs;
use std::os::unix::fs::symlink;

use super::{SHELLS, Shell, dressed, rename_account};
use crate::world::{GRANT, World};

/// Ctrl-A, and a command that shows how the shell reads the line.
const READ: &str = "\x01printf '[%s]' \n";

#[test]
fn tab_completes_verbs_grants_profiles_and_portals() {
    let world = World::listed();
    world.switch(GRANT, "team.dev");
    rename_account(&world, "001234567890", "archive");
    for shell in SHELLS {
        let start = if shell == Shell::Zsh { "autoload -U compinit; compinit -u -D\n" } else { "\n" };
        let hook = format!("{}; echo o''k\n", shell.hook());
        shell.typed_bare(
            &world,
            &[
                (start, ""),
                (&hook, "ok\n"),
                ("rolecall swi\t", "tch "),
                ("archi\t", "ve/"),
                ("Read\t", "OnlyAccess"),
                (" --prof\t", "ile"),
                (" team\t", ".dev"),
                (READ, "[switch][archive/ReadOnlyAccess][--profile][team.dev]"),
                ("\nrolecall use 111122\t", "223333/"),
                ("Bil\t", "ling"),
                (READ, "[use][111122223333/Billing]"),
                ("\nrolecall credentials --profile=tea\t", "m.dev"),
                (READ, "[--profile=team.dev]"),
                ("\nrolecall logout co\t", "rp"),
                (READ, "[logout][corp]"),
                // A role with everything that a role's name may have.
                ("\nrolecall pin 2222\t", "33334444/"),
                ("Dep\t", "loy"),
                (READ, "[222233334444/Deploy+Rollback=Now,v2.1@eu-west]"),
            ],
        );
    }
}

#[test]
fn the_command_behind_exec_is_completed_as_itself() {
    let world = World::listed();
    symlink("/bin/true", world.session.path("bin/zz-tool-of-mine")).unwrap();
    for shell in SHELLS {
        let start = if shell == Shell::Zsh { "autoload -U compinit; compinit -u -D\n" } else { "\n" };
        let hook = format!("{}; echo o''k\n", shell.hook());
        let exec = format!("rolecall exec {GRANT} -- zz-to\t");
        let steps = [(start, ""), (&hook, "ok\n"), (&exec, "ol-of-mine"), (" /etc/nsswi\t", "tch.conf")];
        let outcome = shell.typed_bare(&world, &steps);
        assert!(!outcome.stdout.contains("no matches found"), "{}", outcome.stdout);
    }
}

#[test]
fn hostile_names_are_not_offered() {
    let world = World::listed();
    for name in ["a b", "$(touch owned)", "`touch owned`", "a'b\"c", "x\ny", "~root", "a;b", "*"] {
        rename_account(&world, "111122223333", name);
        for shell in ["bash", "zsh", "fish", "powershell"] {
            for typed in ["", "a", "$", "x", "1111"] {
                let current = format!("--current={typed}");
                let args = ["complete", shell, &current, "--", "rolecall", "use"];
                let outcome = dressed(&world, world.rolecall(args)).run().succeeded();
                let values = outcome.stdout.lines().map(|line| line.split('\t').next().unwrap());
                for value in values {
                    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@:+=,".contains(c);
                    assert!(value.chars().all(plain), "{name:?} {shell}: {value:?}");
                }
                assert!(!outcome.stdout.contains(['\u{1b}', '\u{7}']), "{name:?}");
                assert_eq!(
                    outcome.stdout.contains("111122223333/Billing"),
                    matches!(typed, "" | "1111"),
                    "{name:?}"
                );
            }
        }
    }
}

#[test]
fn packaged_completions_know_the_names_too() {
    let world = World::listed();
    let home = world.session.home();
    symlink(env!("CARGO_BIN_EXE_rolecall"), world.session.path("bin/rolecall")).unwrap();
    for (shell, file, start) in [
        (Shell::Bash, "rolecall.bash", "source ~/rolecall.bash"),
        (Shell::Zsh, "_rolecall", "fpath=(~ $fpath); autoload -U compinit; compinit -u -D"),
        (Shell::Fish, "rolecall.fish", "source ~/rolecall.fish"),
    ] {
        let name = format!("{shell:?}").to_lowercase();
        let script = world.rolecall(["completions", &name]).run().succeeded().stdout;
        fs::write(home.join(file), script).unwrap();
        let start = format!("{start}; echo o''k\n");
        let steps =
            [(start.as_str(), "ok\n"), ("rolecall console 1111\t", "22223333/"), (READ, "[111122223333/]")];
        shell.typed_bare(&world, &steps);
    }
}

#[test]
fn where_nothing_is_known_nothing_is_offered_and_nobody_is_asked() {
    let world = World::new();
    for args in [
        &["complete", "bash", "--current=x", "--", "rolecall", "use"][..],
        &["complete", "fish", "--current=", "--", "rolecall", "switch", "--profile"],
        &["complete", "zsh", "--current=", "--"],
        &["complete", "zsh", "--current=--", "--", "rolecall", "no-such-verb"],
    ] {
        let outcome = dressed(&world, world.rolecall(args.iter().copied())).run().succeeded();
        assert_eq!(outcome.stderr, "", "{args:?}");
    }
    assert!(world.requests().is_empty());
}
