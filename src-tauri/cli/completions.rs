//! `rolecall completions`: what a shell must know to complete verbs, flags and values; and `rolecall complete`, which
//! the shell asks when a person presses Tab.

use std::ffi::OsStr;

use clap::CommandFactory;
use clap_complete::Shell as Known;
use clap_complete::engine::{self, ArgValueCompleter, CompletionCandidate};
use domain::completion::{Candidate, grants, is_plain};
use domain::failure::Failure;
use domain::shell::Shell;
use domain::text;

use crate::args::Args;
use crate::args::shell::Complete;
use crate::print;
use crate::run::World;

pub(crate) fn run(shell: Known) -> Result<(), Failure> {
    let asks = match shell {
        Known::Bash => Shell::Bash,
        Known::Zsh => Shell::Zsh,
        Known::Fish => Shell::Fish,
        Known::PowerShell => Shell::PowerShell,
        _ => return print::data(&fixed(shell)),
    };
    // By its name: the script is in a package, and goes with whatever program is installed.
    print::data(&script(asks, "rolecall"))
}

/// Verbs and flags as they are now, without names.
fn fixed(shell: Known) -> String {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    // In one piece through `print`: a reader that goes away is a panic in the generator's own writing.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// A script that asks `program` each time; it is a word of the shell already.
pub(crate) fn script(shell: Shell, program: &str) -> String {
    let script = match shell {
        Shell::Bash => include_str!("completions/bash.sh"),
        Shell::Zsh => include_str!("completions/zsh.zsh"),
        Shell::Fish => include_str!("completions/fish.fish"),
        Shell::PowerShell => include_str!("completions/powershell.ps1"),
        Shell::Nushell => include_str!("completions/nushell.nu"),
    };
    script.replace("@PROGRAM@", program)
}

/// One candidate a line; after a tab what is shown beside it, where the shell shows such things. Whatever goes wrong,
/// nothing is offered: this is no place for complaints.
pub(crate) fn complete(request: &Complete) -> Result<(), Failure> {
    let mut words = request.words.clone();
    let index = words.len();
    words.push(request.current.clone());
    let mut command = with_names(Args::command());
    let here = std::env::current_dir().ok();
    let found = engine::complete(&mut command, words, index, here.as_deref()).unwrap_or_default();
    // A value in `--flag=value` begins with the flag.
    let typed_dash = request.current.as_encoded_bytes().starts_with(b"-");
    let mut lines = String::new();
    for candidate in found.iter().filter(|candidate| !candidate.is_hide_set()) {
        let Some(value) = candidate.get_value().to_str() else { continue };
        let plain = is_plain(value) || (value.starts_with('-') && is_plain(value.trim_start_matches('-')));
        if !plain || (value.starts_with('-') && !typed_dash && request.current.is_empty()) {
            continue;
        }
        lines.push_str(value);
        if Shell::from(request.shell) != Shell::Bash {
            let about = candidate.get_help().map(ToString::to_string).unwrap_or_default();
            lines.push('\t');
            lines.push_str(&text::line(about.lines().next().unwrap_or_default()));
        }
        lines.push('\n');
    }
    print::data(&lines)
}

/// The arguments' completers go by the arguments' names, and are only there when a shell asks: `rolecall credentials`
/// need not make them.
fn with_names(command: clap::Command) -> clap::Command {
    let is_portal = command.get_name() == "portal";
    let command = command.mut_args(|arg| {
        let complete: fn(&OsStr) -> Vec<CompletionCandidate> = match arg.get_id().as_str() {
            "grant" => grant_names,
            "profile" => profile_names,
            "portal" => portal_names,
            _ => return arg,
        };
        arg.add(ArgValueCompleter::new(complete))
    });
    let command = command.mut_subcommands(with_names);
    if is_portal {
        return command.mut_subcommand("remove", |remove| {
            remove.mut_arg("name", |name| name.add(ArgValueCompleter::new(portal_names)))
        });
    }
    command
}

fn world() -> Option<World> {
    World::for_prompt().ok()
}

fn grant_names(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some((world, typed)) = world().zip(typed.to_str()) else { return Vec::new() };
    let catalogues = world.engine.known_catalogues();
    // A chained role goes by its own name: the sign before it in a grant means something to zsh.
    let chained = world.engine.settings().chains.iter().map(|chain| Candidate {
        value: chain.name().to_string(),
        about: format!("{} in {}", chain.label(), chain.grant().account_id),
    });
    let chained = chained.filter(|chained| chained.value.starts_with(typed));
    grants(&catalogues, typed).into_iter().chain(chained).map(candidate).collect()
}

fn candidate(Candidate { value, about }: Candidate) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(about.into()))
}

fn profile_names(typed: &OsStr) -> Vec<CompletionCandidate> {
    let profiles = world().and_then(|world| world.engine.our_profiles().ok()).unwrap_or_default();
    let offered = profiles
        .into_iter()
        .map(|ours| Candidate { value: ours.name.to_string(), about: ours.grant.to_string() });
    beginning_with(typed, offered)
}

fn portal_names(typed: &OsStr) -> Vec<CompletionCandidate> {
    let portals = world().map(|world| world.engine.settings().portals.clone()).unwrap_or_default();
    let offered = portals
        .into_iter()
        .map(|portal| Candidate { value: portal.name.to_string(), about: portal.start_url.to_string() });
    beginning_with(typed, offered)
}

fn beginning_with(typed: &OsStr, offered: impl Iterator<Item = Candidate>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy().into_owned();
    offered.filter(|offered| offered.value.starts_with(&typed)).map(candidate).collect()
}
