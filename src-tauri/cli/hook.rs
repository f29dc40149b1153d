//! `rolecall hook`: what a shell needs to be set by `rolecall use` and by directories.

use std::sync::Arc;
use std::time::Duration;

use domain::failure::Failure;
use domain::shell::Shell;
use engine::Engine;
use engine::environment::Environment;

use crate::args::shell::Hook;
use crate::{completions, print};

pub(crate) fn run(hook: &Hook) -> Result<(), Failure> {
    // A mistake in the settings is told by the verbs that need them, not at the start of every shell.
    let (engine, _) = Engine::open_forgiving(Environment::of_process(), Arc::new(|_| {}), Duration::ZERO)?;
    let shell = Shell::from(hook.shell);
    // By its path: a shell's `rolecall` should be the program that printed this, on the `PATH` or not.
    let program = engine.program()?;
    let program = shell.quote(&program.to_string_lossy());
    let (functions, in_prompt) = match shell {
        Shell::Bash => (include_str!("hook/bash.sh"), include_str!("hook/prompt.bash")),
        Shell::Zsh => (include_str!("hook/zsh.zsh"), include_str!("hook/prompt.zsh")),
        Shell::Fish => (include_str!("hook/fish.fish"), include_str!("hook/prompt.fish")),
        Shell::PowerShell => (include_str!("hook/powershell.ps1"), include_str!("hook/prompt.ps1")),
        Shell::Nushell => (include_str!("hook/nushell.nu"), include_str!("hook/prompt.nu")),
    };
    let mut text = functions.replace("@PROGRAM@", &program);
    text.push_str(&completions::script(shell, &program));
    if hook.prompt {
        text.push_str(in_prompt);
    }
    print::data(&text)
}
