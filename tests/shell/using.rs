//! `rolecall use`

use std::fs;

use super::{SHELLS, Shell, dressed, rename_account};
use crate::world::{GRANT, OTHER, World};

#[test]
fn a_shell_is_set_to_a_role_and_no_other_shell_is() {
    let world = World::listed();
    for shell in SHELLS {
        let script = format!(
            "rolecall use {GRANT} --region eu-west-1\n$PYTHON -c $WHO\nenv\nrolecall use {OTHER}\n$PYTHON -c $WHO"
        );
        // Only there are words cut at spaces.
        let script = if shell == Shell::Bash { script.replace("$WHO", "\"$WHO\"") } else { script };
        let outcome = shell.run(&world, &script).succeeded();
        let who: Vec<&str> = outcome.stdout.lines().filter(|line| line.starts_with("who ")).collect();
        assert!(
            who[0].contains("111122223333") && who[0].contains("AdministratorAccess"),
            "{shell:?} {who:?}"
        );
        assert!(who[0].ends_with(" eu-west-1"), "{who:?}");
        assert!(who[1].contains("001234567890") && who[1].contains("ReadOnlyAccess"), "{shell:?} {who:?}");
        for line in ["AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1"] {
            assert!(outcome.stdout.lines().any(|l| l == line), "{shell:?}: {}", outcome.stdout);
        }
        for gone in ["AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "my-own-secret", "AWS_SESSION_TOKEN"] {
            assert!(!outcome.stdout.contains(gone), "{shell:?} {gone}: {}", outcome.stdout);
        }
        let other = shell.run(&world, "env").succeeded();
        assert!(other.stdout.contains("AWS_PROFILE=mine\n") && !other.stdout.contains("ROLECALL_SHELL"));
    }
    assert!(world.config().contains("[profile Meadow-Production/AdministratorAccess]"), "{}", world.config());
}

#[test]
fn taking_it_back_leaves_the_shell_as_it_was() {
    let world = World::listed();
    for shell in SHELLS {
        let before = shell.run(&world, "env").succeeded();
        let script = format!("rolecall use {GRANT}\nrolecall use {OTHER}\nrolecall use --off\nenv");
        let after = shell.run(&world, &script).succeeded();
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text
                .lines()
                .filter(|l| l.starts_with("AWS_") || l.starts_with("ROLE"))
                .map(str::to_owned)
                .collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(sorted(&after.stdout), sorted(&before.stdout), "{shell:?}");
        assert!(after.stdout.contains("AWS_SECRET_ACCESS_KEY=my-own-secret\n"), "{shell:?}");
        let nothing = shell.run(&world, "rolecall use --off").succeeded();
        assert!(nothing.stderr.contains("nothing to take back"), "{}", nothing.stderr);
    }
}

#[test]
fn what_waits_in_an_outer_shell_is_told_of_in_an_inner_one() {
    let world = World::listed();
    for (shell, inner) in [
        (
            Shell::Bash,
            "bash --norc -c 'eval \"$(rolecall hook bash)\"; rolecall use --off; echo [$AWS_SECRET_ACCESS_KEY]'",
        ),
        (
            Shell::Zsh,
            "zsh -f -c 'eval \"$(rolecall hook zsh)\"; rolecall use --off; echo \"[$AWS_SECRET_ACCESS_KEY]\"'",
        ),
        (
            Shell::Fish,
            "fish --no-config -c 'rolecall hook fish | source; rolecall use --off; echo \"[$AWS_SECRET_ACCESS_KEY]\"'",
        ),
    ] {
        let outcome =
            shell.run(&world, &format!("rolecall use {GRANT}\n{inner}\nrolecall use --off")).succeeded();
        assert!(outcome.stdout.contains("[]\n"), "{shell:?}: {}", outcome.stdout);
        let told =
            outcome.stderr.matches("AWS_SECRET_ACCESS_KEY stays unset: it is only in the shell").count();
        assert_eq!(told, 1, "in the inner shell alone, {shell:?}: {}", outcome.stderr);
    }
}

#[test]
fn a_profile_is_made_for_the_grant_and_never_pointed_elsewhere() {
    let world = World::listed();
    rename_account(&world, "001234567890", "Twin");
    rename_account(&world, "111122223333", "Twin");
    world.write_settings(&format!(
        "profile_name = \"{{account|lower}}\"\n[portal.corp]\nstart_url = \"{}\"\nregion = \"us-east-1\"\n",
        world.start_url()
    ));
    let use_it = |grant: &str| dressed(&world, world.rolecall(["use", grant, "--shell", "bash"])).run();
    assert!(use_it(GRANT).succeeded().stdout.contains("export AWS_PROFILE='twin'\n"));
    let config = world.config();
    assert!(use_it(GRANT).succeeded().stdout.contains("export AWS_PROFILE='twin'\n"));
    assert_eq!(world.config(), config, "what is there is left as it is");
    let other = use_it(OTHER).succeeded();
    assert!(other.stdout.contains("export AWS_PROFILE='twin-001234567890'\n"), "{}", other.stdout);
    assert!(world.config().starts_with(&config));
    // A third one finds both names taken.
    let third = use_it("111122223333/ReadOnlyAccess").succeeded();
    assert!(third.stdout.contains("export AWS_PROFILE='twin-111122223333'\n"), "{}", third.stdout);
    let config = world.config();
    let fourth = use_it("111122223333/Billing").failed(5);
    assert!(fourth.stdout.is_empty() && fourth.stderr.contains("profile_name"), "{}", fourth.stderr);
    assert_eq!(world.config(), config);
}

#[test]
fn a_region_is_for_one_shell_and_not_for_the_profile() {
    let world = World::listed();
    let use_it = |more: &[&str]| {
        let words = ["use", GRANT, "--shell", "bash"].into_iter().chain(more.iter().copied());
        dressed(&world, world.rolecall(words)).run().succeeded().stdout
    };
    assert!(use_it(&["--region", "eu-west-1"]).contains("export AWS_REGION='eu-west-1'"));
    assert!(world.config().contains("region = us-east-1") && !world.config().contains("eu-west-1"));
    let config = world.config();
    assert!(use_it(&[]).contains("export AWS_REGION='us-east-1'"), "another shell has the usual one");
    assert!(use_it(&["--region", "eu-west-2"]).contains("export AWS_REGION='eu-west-2'"));
    assert_eq!(world.config(), config);
    // What the shell has now says nothing of a profile that it is about to have.
    let words = ["use", OTHER, "--shell", "bash"];
    let quiet = dressed(&world, world.rolecall(words)).env("AWS_REGION", "eu-west-1").run().succeeded();
    assert!(!quiet.stderr.contains("warning"), "{}", quiet.stderr);
    // Where the name tells the region, the profile is that region's.
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("profile_name = \"x/{{region}}\"\n{text}")).unwrap();
    use_it(&["--region", "eu-west-1"]);
    assert!(world.config().contains("[profile x/eu-west-1]"), "{}", world.config());
    assert!(world.config().contains("region = eu-west-1"), "{}", world.config());
}

#[test]
fn a_profile_can_be_named_whoever_wrote_it() {
    let world = World::listed();
    world.write_config("[profile theirs]\nregion = eu-north-1\n[profile Sandbox/x]\nregion = eu-north-1\n");
    world.switch(OTHER, "dev");
    let use_it = |name: &str| dressed(&world, world.rolecall(["use", name, "--shell", "zsh"])).run();
    let config = world.config();
    assert!(use_it("dev").succeeded().stderr.contains("001234567890"));
    let theirs = use_it("theirs").succeeded();
    assert!(theirs.stdout.contains("export AWS_REGION='eu-north-1'"), "{}", theirs.stdout);
    assert!(theirs.stderr.contains("did not write"), "{}", theirs.stderr);
    assert_eq!(world.config(), config);
    // A profile that is called like a grant but is another one.
    world.switch(OTHER, "111122223333/Billing");
    use_it("111122223333/Billing").failed(4);
}

#[test]
fn everything_else_passes_through_with_its_exit_code() {
    let world = World::listed();
    for shell in SHELLS {
        let status = shell.status();
        let script = format!(
            "rolecall use nonsense; echo code{status}\nrolecall nonsense; echo code{status}\n\
             rolecall use; echo code{status}\nrolecall status --json; echo code{status}\n\
             rolecall exec {GRANT} -- sh -c 'exit 7'; echo code{status}\nrolecall use --help; echo code{status}"
        );
        let outcome = shell.run(&world, &script).succeeded();
        let codes: Vec<&str> = outcome.stdout.lines().filter_map(|line| line.strip_prefix("code")).collect();
        assert_eq!(codes, ["4", "2", "2", "0", "7", "0"], "{shell:?}: {}{}", outcome.stdout, outcome.stderr);
        assert!(outcome.stdout.contains("\"portals\": [") && outcome.stdout.contains("Usage: rolecall use"));
    }
}

#[test]
fn an_interrupted_command_ends_as_it_does_without_the_hook() {
    let world = World::listed();
    let interrupted = format!("rolecall exec {GRANT} -- sh -c 'echo r''eady; kill -INT $$'\n");
    for shell in [Shell::Bash, Shell::Zsh] {
        shell.typed(&world, &[(&interrupted, "ready\n"), ("echo code$?\n", "code130\n")]);
    }
    // A shell that ends at the first failure does not end at one that it has already taken.
    Shell::Bash.typed(&world, &[("set -e\n", ""), ("false && true\n", ""), ("echo al''ive\n", "alive\n")]);
}

#[test]
fn without_the_hook_it_is_told_how_to_install_it() {
    let world = World::listed();
    let config = fs::read(world.config_path()).ok();
    for (shell, line) in [
        (Shell::Bash, "eval \"$(rolecall hook bash)\""),
        (Shell::Zsh, "eval \"$(rolecall hook zsh)\""),
        (Shell::Fish, "rolecall hook fish | source"),
    ] {
        let typed = format!(
            "SHELL={} command rolecall use {GRANT}; echo code{}\n",
            shell.command()[0],
            shell.status()
        );
        let typed = if shell == Shell::Fish {
            typed.replace("SHELL=", "env SHELL=").replace("command ", "")
        } else {
            typed
        };
        let outcome =
            shell.typed_bare(&world, &[(&typed, "error: this shell has no function"), ("", "code2\n")]);
        assert!(outcome.stdout.contains(line), "{}", outcome.stdout);
    }
    assert_eq!(fs::read(world.config_path()).ok(), config);
    // Code for a program that evaluates it is another matter.
    let code =
        dressed(&world, world.rolecall(["use", GRANT])).env("SHELL", "/usr/bin/fish").run().succeeded();
    assert!(code.stdout.starts_with("# rolecall\nset -gx AWS_PROFILE "), "{}", code.stdout);
    dressed(&world, world.rolecall(["use", GRANT])).env("SHELL", "/bin/tcsh").run().failed(2);
}

#[test]
fn hooks_of_others_go_on_and_the_exit_code_is_kept() {
    let world = World::listed();
    let bash = [
        ("PROMPT_COMMAND='echo theirs'; PS1='$? > '\n", "theirs"),
        (
            "eval \"$(rolecall hook bash)\"; eval \"$(rolecall hook bash)\"; echo $PROMPT_COMMAND.\n",
            "\n__rolecall_hook;echo theirs.\n",
        ),
        ("(exit 9)\n", "theirs\n9 > "),
        (
            "PROMPT_COMMAND=('echo a' 'echo b'); eval \"$(rolecall hook bash)\"; echo ${PROMPT_COMMAND[*]}.\n",
            "\n__rolecall_hook echo a echo b.\na\nb\n",
        ),
    ];
    Shell::Bash.typed_bare(&world, &bash);
    let zsh = [
        ("precmd() { print theirs$? }; mine() { print mine }; precmd_functions=(mine)\n", "theirs0\n"),
        (
            "eval \"$(rolecall hook zsh)\"; eval \"$(rolecall hook zsh)\"; print $precmd_functions.\n",
            "\n__rolecall_hook mine.\n",
        ),
        ("(exit 9)\n", "theirs9\nmine\n"),
    ];
    Shell::Zsh.typed_bare(&world, &zsh);
    let fish = [
        ("function mine --on-event fish_prompt; echo mine$status; end\n", "mine0"),
        ("rolecall hook fish | source; rolecall hook fish | source\n", "mine"),
        ("false\n", "mine1"),
    ];
    Shell::Fish.typed_bare(&world, &fish);
}

#[test]
fn the_hook_of_every_shell_names_the_program_by_its_path() {
    let world = World::new();
    // A mistake in the settings is no reason for a terminal without the function.
    world.write_settings("nonsense");
    let program = env!("CARGO_BIN_EXE_rolecall");
    for shell in ["bash", "zsh", "fish", "powershell", "nushell"] {
        let plain = world.rolecall(["hook", shell]).run().succeeded();
        let hook = world.rolecall(["hook", shell, "--prompt"]).run().succeeded();
        assert!(hook.stdout.starts_with(&plain.stdout) && hook.stdout.len() > plain.stdout.len(), "{shell}");
        assert!(
            hook.stdout.contains(program) && !hook.stdout.contains("@PROGRAM@"),
            "{shell}: {}",
            hook.stdout
        );
        assert!(hook.stdout.contains("hook-env") && hook.stdout.contains(&format!("prompt --shell {shell}")));
        assert_eq!(hook.stderr, "");
    }
    // There is no PowerShell to try it with.
    let hook = world.rolecall(["hook", "powershell", "--prompt"]).run().succeeded().stdout;
    for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
        assert_eq!(hook.matches(open).count(), hook.matches(close).count(), "{open}");
    }
    for args in
        [&["hook", "tcsh"][..], &["hook"], &["use"], &["use", "x", "--off"], &["prompt", "--only", "x"]]
    {
        world.rolecall(args.iter().copied()).run().failed_as_usage();
    }
}
