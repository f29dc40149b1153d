//! `rolecall prompt`

use super::{SHELLS, Shell, rename_account};
use crate::program::Outcome;
use crate::world::{GRANT, OTHER, World};

fn prompt(world: &World, profile: &str, args: &[&str]) -> Outcome {
    let program = world.rolecall(["prompt"].into_iter().chain(args.iter().copied()));
    program.env("AWS_PROFILE", profile).without("DBUS_SESSION_BUS_ADDRESS").run().succeeded()
}

#[test]
fn the_prompt_says_account_role_and_time_left_without_the_keyring() {
    let world = World::listed();
    world.switch(GRANT, "prod");
    world.switch(OTHER, "backup");
    assert_eq!(prompt(&world, "backup", &[]).stdout, "Legacy Backup ReadOnlyAccess\n");
    world.rolecall(["credentials", "--profile", "backup"]).run().succeeded();
    world.rolecall(["credentials", "--profile", "prod"]).run().succeeded();
    assert_eq!(prompt(&world, "backup", &[]).stdout, "Legacy Backup ReadOnlyAccess 1h00m\n");
    let format = ["--format", "{id}|{portal}|{profile}|{region}"];
    assert_eq!(prompt(&world, "backup", &format).stdout, "001234567890|corp|backup|us-east-1\n");
    // Production is red, and nothing else is.
    let red = prompt(&world, "prod", &["--shell", "fish", "--format", "{role}"]);
    assert_eq!(red.stdout, "\u{1b}[1;31mAdministratorAccess\u{1b}[0m");
    let plain = prompt(&world, "backup", &["--shell", "fish", "--format", "{role}"]);
    assert_eq!(plain.stdout, "ReadOnlyAccess");
    assert_eq!(prompt(&world, "prod", &["--only", "other"]).stdout, "");
    assert_eq!(prompt(&world, "backup", &["--only", "production"]).stdout, "");
    let program =
        world.rolecall(["prompt", "--shell", "zsh", "--format", "{role}"]).env("AWS_PROFILE", "prod");
    assert_eq!(program.env("NO_COLOR", "1").run().succeeded().stdout, "AdministratorAccess");
}

#[test]
fn there_is_nothing_to_say_of_a_profile_that_is_not_ours() {
    let world = World::listed();
    world.write_config("[default]\nregion = us-east-1\n[profile theirs]\nregion = us-east-1\n");
    for profile in ["", "theirs", "none", "a b\u{1b}"] {
        assert_eq!(prompt(&world, profile, &[]).stdout, "", "{profile:?}");
    }
    world.rolecall(["switch", OTHER, "--force"]).run().succeeded();
    assert_eq!(prompt(&world, "", &["--format", "{role}"]).stdout, "ReadOnlyAccess\n");
    // Keys in the environment win over any profile.
    let keys = world.rolecall(["prompt"]).env("AWS_ACCESS_KEY_ID", "AKIA").run().succeeded();
    assert_eq!(keys.stdout, "");
    let web = world.rolecall(["prompt"]).env("AWS_WEB_IDENTITY_TOKEN_FILE", "/t").env("AWS_ROLE_ARN", "a");
    assert_eq!(web.run().succeeded().stdout, "");
    // boto3 would use another profile than the AWS CLI.
    let apart = world.rolecall(["prompt"]).env("AWS_PROFILE", "default").env("AWS_DEFAULT_PROFILE", "theirs");
    assert_eq!(apart.run().succeeded().stdout, "");
    let credentials = world.config_path().with_file_name("credentials");
    std::fs::write(&credentials, "[default]\naws_access_key_id = A\naws_secret_access_key = s\n").unwrap();
    assert_eq!(prompt(&world, "", &[]).stdout, "");
    std::fs::remove_file(&credentials).unwrap();
    assert_eq!(prompt(&world, "", &["--format", "{role}"]).stdout, "ReadOnlyAccess\n");
    // A config that can't be read is no reason to spoil every prompt.
    world.write_config(b"[default\xff\xfe\n");
    let broken = world.rolecall(["prompt"]).run();
    assert_eq!((broken.stdout.as_str(), broken.stderr.as_str()), ("", ""));
}

#[test]
fn new_marks_and_names_show_without_another_switch() {
    let world = World::listed();
    world.switch(OTHER, "backup");
    assert_eq!(prompt(&world, "backup", &["--only", "production"]).stdout, "");
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let mark = "\n[[mark]]\naccount = \"*backup*\"\nproduction = true\n";
    std::fs::write(&settings, format!("{text}{mark}")).unwrap();
    assert_eq!(prompt(&world, "backup", &["--only", "production"]).stdout, "Legacy Backup ReadOnlyAccess\n");
    rename_account(&world, "001234567890", "Cold Backup");
    assert_eq!(prompt(&world, "backup", &[]).stdout, "Cold Backup ReadOnlyAccess\n");
}

#[test]
fn a_hostile_name_in_a_prompt_is_only_a_name() {
    let world = World::listed();
    rename_account(
        &world,
        "111122223333",
        "$(touch ~/owned)`touch ~/owned`%F{red}%n${HOME}\\u\u{1b}]0;x\u{7}",
    );
    world.switch(GRANT, "evil");
    for shell in SHELLS {
        let hook = format!("{}; echo o''k\n", shell.hook_with_prompt());
        let extra = if shell == Shell::Zsh { "setopt prompt_subst\n" } else { "\n" };
        let outcome = shell.typed_bare(
            &world,
            &[
                (&hook, "ok\n"),
                (&hook, "ok\n"),
                (extra, ""),
                ("rolecall use evil\n", "this shell uses"),
                ("", "(touch ~/owned)"),
                ("false; echo an''d\n", "and\n"),
                ("", "(touch ~/owned)"),
            ],
        );
        assert!(outcome.stdout.contains("%F{red}%n"), "{shell:?}: {}", outcome.stdout);
        // Text in a prompt that is made anew each time is expanded where the shell does that.
        if shell == Shell::Bash {
            let made = "PROMPT_COMMAND='PS1=\"$(rolecall prompt --shell bash) > \"'; AWS_PROFILE=evil; \
                        unset AWS_ACCESS_KEY_ID\n";
            shell.typed_bare(&world, &[(made, "(touch ~/owned)"), ("echo o''k\n", "ok\n")]);
        }
    }
    assert!(!world.session.home().join("owned").exists());
}
