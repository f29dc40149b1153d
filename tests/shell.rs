//! Real shells that are set by `rolecall use` and by directories: bash, zsh and fish, some on a terminal of their own.

mod completion;
mod directory;
mod prompt;
mod using;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::program::{Outcome, Program};
use crate::world::World;

/// Prints who AWS says the shell's children are, and in which region boto3 is.
const WHO: &str = "import boto3; s = boto3.Session(); \
     print('who', s.client('sts').get_caller_identity()['Arn'], s.region_name)";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

impl Shell {
    /// The program, with none of the computer's own settings.
    fn command(self) -> [&'static str; 2] {
        match self {
            Self::Bash => ["/bin/bash", "--norc"],
            Self::Zsh => ["/usr/bin/zsh", "-f"],
            Self::Fish => ["/usr/bin/fish", "--no-config"],
        }
    }

    fn hook(self) -> &'static str {
        match self {
            Self::Bash => r#"eval "$(rolecall hook bash)""#,
            Self::Zsh => r#"eval "$(rolecall hook zsh)""#,
            Self::Fish => "rolecall hook fish | source",
        }
    }

    fn hook_with_prompt(self) -> String {
        ["bash", "zsh", "fish"].iter().fold(self.hook().to_owned(), |hook, name| {
            hook.replace(&format!("hook {name}"), &format!("hook {name} --prompt"))
        })
    }

    /// The exit code of the last command, as a word of the shell.
    fn status(self) -> &'static str {
        if self == Self::Fish { "$status" } else { "$?" }
    }

    /// Runs a script in which the hook is installed.
    fn run(self, world: &World, script: &str) -> Outcome {
        let [program, plain] = self.command();
        let script = format!("{}\n{script}", self.hook());
        dressed(world, world.program(program).args([plain, "-c", &script])).run()
    }

    /// A person types at a terminal: each text is typed once the one before has brought what it should. The hook is
    /// installed twice, as by somebody who reads their settings anew.
    fn typed(self, world: &World, steps: &[(&str, &str)]) -> Outcome {
        let hook = format!("{0}; {0}; echo hooked{1}\n", self.hook(), self.status());
        let steps: Vec<(&str, &str)> =
            [(hook.as_str(), "hooked0\n")].into_iter().chain(steps.iter().copied()).collect();
        self.typed_bare(world, &steps)
    }

    fn typed_bare(self, world: &World, steps: &[(&str, &str)]) -> Outcome {
        let [program, plain] = self.command();
        let typist = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shell/typist.py");
        let python = world.program("/usr/bin/python3");
        let python = python.args([typist.to_str().unwrap(), program, plain, "-i"]).env("TERM", "xterm");
        let outcome = dressed(world, python).input(&serde_json::to_string(steps).unwrap()).run();
        assert_eq!(outcome.code(), 0, "{self:?}: {}\n{}", outcome.stdout, outcome.stderr);
        outcome
    }
}

/// With `rolecall` and Python on the path, and something in the environment that would win over any profile.
fn dressed(world: &World, program: Program) -> Program {
    let link = world.session.path("bin/rolecall");
    if !link.exists() {
        symlink(env!("CARGO_BIN_EXE_rolecall"), link).unwrap();
    }
    let program = program.env("PYTHON", crate::world::python()).env("WHO", WHO).env("AWS_PROFILE", "mine");
    program.env("AWS_ACCESS_KEY_ID", "AKIAMINE").env("AWS_SECRET_ACCESS_KEY", "my-own-secret")
}

/// A directory in the home with this `.rolecall.toml`.
fn directory(world: &World, name: &str, text: &str) -> std::path::PathBuf {
    let dir = world.session.home().join(name);
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(".rolecall.toml"), text).unwrap();
    dir
}

/// Calls an account by another name, as its owner may at any time.
fn rename_account(world: &World, id: &str, name: &str) {
    let path = world.session.home().join(".local/state/rolecall/catalogues/corp.json");
    let mut catalogue: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for account in catalogue["accounts"].as_array_mut().unwrap() {
        if account["id"] == id {
            account["name"] = name.into();
        }
    }
    fs::write(path, serde_json::to_vec(&catalogue).unwrap()).unwrap();
}
