//! The command line's contract: how grants are named, exit codes, and what goes where.

use crate::program::Outcome;
use crate::session::{Keyring, Session};
use crate::world::{GRANT, World};

fn switched_to(world: &World, asked: &str) -> String {
    world.rolecall(["switch", asked, "--profile", "dev"]).run().succeeded();
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let profile = &status["profiles"][0];
    format!("{}/{}", profile["accountId"].as_str().unwrap(), profile["roleName"].as_str().unwrap())
}

fn refused(world: &World, asked: &str) -> Outcome {
    let outcome = world.rolecall(["switch", asked, "--profile", "dev"]).run().failed(4);
    assert_eq!(outcome.stdout, "");
    outcome
}

#[test]
fn a_grant_is_named_by_id_or_name_or_by_words_that_fit_one() {
    let world = World::listed();
    for (asked, meant) in [
        (GRANT, GRANT),
        ("Meadow Production/AdministratorAccess", GRANT),
        ("meadow production/administratoraccess", GRANT),
        ("production billing", "111122223333/Billing"),
        ("Zürich データ分析 🚀/PowerUserAccess", "555566667777/PowerUserAccess"),
        ("222233334444/Deploy+Rollback=Now,v2.1@eu-west", "222233334444/Deploy+Rollback=Now,v2.1@eu-west"),
        ("backup_operator", "001234567890/backup_operator"),
        ("corp/001234567890/ReadOnlyAccess", "001234567890/ReadOnlyAccess"),
    ] {
        assert_eq!(switched_to(&world, asked), meant, "{asked}");
    }
}

#[test]
fn words_that_fit_several_list_the_candidates() {
    let world = World::listed();
    let several = refused(&world, "Sandbox/AdministratorAccess");
    for candidate in ["333344445555/AdministratorAccess", "444455556666/AdministratorAccess"] {
        assert!(several.stderr.contains(candidate), "{}", several.stderr);
    }
    let (_, hint) = several.failure();
    assert!(hint.contains("ACCOUNT/ROLE"), "{hint}");
    let many = refused(&world, "a");
    assert!(many.stderr.lines().count() < 20, "a screenful at most: {}", many.stderr);
    assert!(!world.config_path().exists(), "nothing was switched");
}

#[test]
fn a_typo_is_never_switched_to_but_suggested() {
    let world = World::listed();
    let typo = refused(&world, "Meadow Prodction/AdministratorAccess");
    assert!(typo.stderr.contains(GRANT), "{}", typo.stderr);
    let typo = refused(&world, "111122223333/AdministratroAccess");
    assert!(typo.stderr.contains(GRANT), "{}", typo.stderr);
    let nothing = refused(&world, "zzzzzzzzzzzz");
    assert!(nothing.failure().1.contains("rolecall list"), "{}", nothing.stderr);
    refused(&world, "999999999999/AdministratorAccess");
    assert!(!world.config_path().exists(), "nothing was switched");
}

#[test]
fn every_verb_that_takes_a_grant_understands_it_alike() {
    let world = World::listed();
    for verb in [&["credentials", "--grant"][..], &["env"], &["pin"], &["console", "--print"]] {
        let with = |asked| world.rolecall(verb.iter().copied().chain([asked])).run();
        with("production billing").succeeded();
        with("Sandbox/AdministratorAccess").failed(4);
        with("no-such-thing-here").failed(4);
    }
    world.rolecall(["exec", "production billing", "--", "/bin/true"]).run().succeeded();
    world.rolecall(["exec", "Sandbox", "--", "/bin/true"]).run().failed(4);
}

#[test]
fn wrong_usage_ends_with_2_and_explains() {
    let world = World::new();
    for args in [
        &["frobnicate"][..],
        &["list", "--no-such-flag"],
        &["credentials"],
        &["credentials", "--grant", "a", "--profile", "b"],
        &["credentials", "--grant", "a", "--format", "xml"],
        &["switch"],
        &["switch", "a", "--profile", "two words"],
        &["switch", "a", "--mode", "magic"],
        &["login", "--flow", "smoke"],
        &["logout", "corp", "--all"],
        &["exec", "a"],
        &["portal"],
        &["portal", "add", "../x", "--start-url", "d-1", "--region", "us-east-1"],
        &["simulate", "--org", "gigantic"],
        &["completions"],
        &["completions", "tcsh"],
    ] {
        let outcome = world.rolecall(args.iter().copied()).run();
        assert_eq!((outcome.code(), outcome.stdout.as_str()), (2, ""), "{args:?}: {}", outcome.stderr);
        assert!(
            outcome.stderr.contains("Usage:") || outcome.stderr.starts_with("error:"),
            "{}",
            outcome.stderr
        );
    }
    let words = world.rolecall(["use", "meadow", "staging", "admin"]).run().failed_as_usage();
    assert!(words.stderr.contains("put them in quotes"), "{}", words.stderr);
    let other = world.rolecall(["status", "meadow"]).run().failed_as_usage();
    assert!(!other.stderr.contains("put them in quotes"), "{}", other.stderr);
    let bare = world.rolecall([]).run();
    assert_eq!((bare.code(), bare.stdout.as_str()), (2, ""), "{}", bare.stderr);
}

#[test]
fn help_and_version_are_data() {
    let world = World::new();
    let help = world.rolecall(["--help"]).run().succeeded();
    for verb in [
        "portal",
        "login",
        "logout",
        "list",
        "switch",
        "console",
        "credentials",
        "env",
        "exec",
        "status",
        "simulate",
        "doctor",
        "completions",
        "use",
        "hook",
        "trust",
        "untrust",
        "prompt",
    ] {
        assert!(help.stdout.contains(&format!("  {verb} ")), "{verb}: {}", help.stdout);
        world.rolecall([verb, "--help"]).run().succeeded();
    }
    let version = world.rolecall(["--version"]).run().succeeded();
    assert_eq!(version.stdout.trim(), concat!("rolecall ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    for args in [
        &["list"][..],
        &["list", "--json"],
        &["status"],
        &["credentials", "--profile", "dev"],
        &["doctor"],
        &["--help"],
    ] {
        let outcome = world.rolecall(args.iter().copied()).into_closed_pipe();
        assert!(matches!(outcome.code(), 0 | 141), "{args:?}: {} {}", outcome.code(), outcome.stderr);
        assert!(!outcome.stderr.contains("roken pipe"), "{}", outcome.stderr);
    }
}

#[test]
fn stdout_holds_data_and_nothing_else() {
    let world = World::listed();
    for args in [&["switch", GRANT][..], &["pin", GRANT], &["portal", "import"], &["logout"]] {
        let outcome = world.rolecall(args.iter().copied()).run().succeeded();
        assert_eq!(outcome.stdout, "", "{args:?}");
        assert!(!outcome.stderr.is_empty(), "what was done is told: {args:?}");
    }
    for args in [&["list", "--json"][..], &["status", "--json"], &["portal", "list", "--json"]] {
        let outcome = world.rolecall(args.iter().copied()).run().succeeded();
        outcome.json();
        assert!(outcome.stdout.ends_with('\n') && outcome.stderr.is_empty(), "{args:?}: {}", outcome.stderr);
    }
    let table = world.rolecall(["list"]).run().succeeded();
    assert!(table.stdout.contains("Meadow Production") && table.stderr.is_empty(), "{}", table.stderr);
}

#[test]
fn completions_are_for_five_shells_and_bash_takes_them() {
    // No keyring and no settings: a package is built where there are none.
    let session = Session::start(Keyring::NoBus);
    let script = |shell| {
        let program = session.program(env!("CARGO_BIN_EXE_rolecall")).args(["completions", shell]);
        let outcome = program.env("ROLECALL_CONFIG_DIR", "/dev/null/none").run().succeeded();
        assert!(
            outcome.stdout.contains("rolecall") && outcome.stderr.is_empty(),
            "{shell}: {}",
            outcome.stderr
        );
        outcome.stdout
    };
    // Elvish asks nobody: its script has the verbs in it.
    assert!(script("elvish").contains("switch"));
    for shell in ["zsh", "fish", "powershell"] {
        assert!(script(shell).contains(&format!("complete {shell} ")), "{shell}");
    }

    let script = script("bash");
    session.program("/bin/bash").args(["-n"]).input(&script).run().succeeded();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rolecall"), session.path("bin/rolecall")).unwrap();
    // What bash does on a tab: it looks up who completes, and calls it with the words of the line.
    let tab = r#"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
        COMP_POINT=${#COMP_LINE}
        known=$(complete -p "$1") && known=${known##* -F }
        "${known%% *}" "$1" "${!#}" "${COMP_WORDS[-2]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    for (typed, offered) in [
        (&["rolecall", "sw"][..], "switch"),
        (&["rolecall", "switch", "--pro"], "--profile"),
        (&["rolecall", "credentials", "--format", ""], "dotenv"),
        (&["rolecall", "completions", "fi"], "fish"),
    ] {
        let bash = session.program("/bin/bash").args(["--norc", "-s", "--"]).args(typed);
        let outcome = bash.input(&format!("{script}\n{tab}")).run().succeeded();
        assert!(outcome.stdout.lines().any(|line| line == offered), "{typed:?}: {}", outcome.stdout);
    }
}

#[test]
fn doctor_finds_what_is_broken() {
    let world = World::listed();
    world.switch(GRANT, "default");
    world.rolecall(["credentials", "--profile", "default"]).run().succeeded();
    let healthy = world.rolecall(["doctor"]).run().succeeded();
    assert!(healthy.stdout.contains("AWSReservedSSO_AdministratorAccess"), "{}", healthy.stdout);
    assert!(!healthy.stdout.contains("broken") && !healthy.stdout.contains("warning"), "{}", healthy.stdout);
    assert!(!world.session.kept_secrets().contains("doctor/"), "the probe is gone");
    let beside = std::fs::read_dir(world.config_path().parent().unwrap()).unwrap().count();
    world.rolecall(["doctor"]).run().succeeded();
    assert_eq!(
        std::fs::read_dir(world.config_path().parent().unwrap()).unwrap().count(),
        beside,
        "and its file"
    );

    let offline = world.rolecall(["doctor"]).env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9").run();
    assert_eq!(offline.code(), 1, "{}", offline.stdout);
    assert!(offline.stdout.contains("broken   portal corp"), "{}", offline.stdout);

    // Nobody, root included, can make files there.
    let unwritable = world.rolecall(["doctor"]).env("AWS_CONFIG_FILE", "/proc/self/aws-config").run();
    assert_eq!(unwritable.code(), 5, "{}", unwritable.stdout);
    assert!(unwritable.stdout.contains("can't write /proc/self/aws-config"), "{}", unwritable.stdout);

    world.write_config("[default]\nregion = a\n[default]\nregion = b\n");
    let doubled = world.rolecall(["doctor"]).run();
    assert!(doubled.stdout.contains("AWS tools may refuse"), "{}", doubled.stdout);
}

#[test]
fn a_name_that_tools_take_for_an_option_is_refused_for_a_profile() {
    let world = World::listed();
    let theirs = "[profile -theirs]\nregion = us-east-1\n";
    world.write_config(theirs);
    for mode in ["process", "keys"] {
        let refused = world.rolecall(["switch", GRANT, "--profile=-x", "--mode", mode]).run().failed(2);
        assert!(refused.failure().0.contains("can't be called -x"), "{}", refused.stderr);
    }
    assert_eq!(world.config(), theirs);
    let list = world.rolecall(["profiles", "list"]).run().succeeded().stdout;
    assert!(list.contains("-theirs"), "that of others can be read: {list}");
}
