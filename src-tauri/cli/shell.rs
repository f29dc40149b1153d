//! `rolecall use`, `hook-env`, `trust`, `untrust` and `prompt`: what a shell is set to, and what it shows of that.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use domain::directory::{Choice, FILE, Wish};
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName};
use domain::prompt::{Label, segment};
use domain::shell::{Off, Shell, Shift, Target};
use domain::text;
use engine::environment::Environment;
use engine::folders::Folders;
use engine::{ShellProfile, directory, prompt};

use crate::args::shell::{HookEnv, Only, Prompt, Trust, Use};
use crate::confirm::{Unasked, confirm};
use crate::grants::{self, Found};
use crate::print;
use crate::run::World;

/// `rolecall use`
pub(crate) fn use_grant(world: &World, request: &Use) -> Result<(), Failure> {
    let shell = shell(request, &world.environment)?;
    if io::stdout().is_terminal() {
        return Err(not_hooked(shell));
    }
    let mut shift = begin(&world.environment);
    if let Some(asked) = request.grant.as_deref() {
        let found = found(world, asked, request)?;
        found.warnings.iter().for_each(|warning| print::warning(warning));
        shift.use_profile(&found.target);
        print::note(&format!("this shell uses {}", description(&found)));
    } else {
        print::note(match shift.off() {
            Off::Use => "this shell is as it was before `rolecall use`",
            Off::Directory => "the choice of this directory is off until you leave it",
            Off::Nothing => "there is nothing to take back",
        });
    }
    print::data(&shift.code(shell))
}

fn begin(environment: &Environment) -> Shift {
    Shift::begin(|name| environment.exact(name).map(str::to_owned))
}

fn shell(request: &Use, environment: &Environment) -> Result<Shell, Failure> {
    if let Some(shell) = request.shell {
        return Ok(shell.into());
    }
    let usual = if cfg!(windows) { "powershell" } else { "bash" };
    let named = environment.text("SHELL").unwrap_or(usual);
    Shell::parse(named).map_err(|error| {
        let what = format!("nothing is known of the shell `{named}`: it {error}");
        Failure::new(Code::Usage, what, "name one with --shell")
    })
}

/// Code on a terminal does nothing: a program can't change the shell it was started from.
fn not_hooked(shell: Shell) -> Failure {
    let (line, file) = match shell {
        Shell::Bash => ("eval \"$(rolecall hook bash)\"", "~/.bashrc"),
        Shell::Zsh => ("eval \"$(rolecall hook zsh)\"", "~/.zshrc"),
        Shell::Fish => ("rolecall hook fish | source", "~/.config/fish/config.fish"),
        Shell::PowerShell => ("rolecall hook powershell | Out-String | Invoke-Expression", "$PROFILE"),
        Shell::Nushell => ("rolecall hook nushell | save -f ~/.rolecall.nu", "a terminal, once"),
    };
    let then = if shell == Shell::Nushell { ", and `source ~/.rolecall.nu` into config.nu" } else { "" };
    Failure::new(
        Code::Usage,
        "this shell has no function `rolecall`, and a program can't change the shell that starts it",
        format!("put `{line}` into {file}{then}, and open a new terminal"),
    )
}

/// The profile of this name, else a profile for the grant that the text means.
fn found(world: &World, asked: &str, request: &Use) -> Result<ShellProfile, Failure> {
    let region = request.region.as_ref();
    let confirmed =
        |grant: &GrantId| confirm(world, grant, "Use it in this shell", request.yes, Unasked::Done);
    let name = ProfileName::parse(asked).ok();
    let named = name.map(|name| world.engine.profile_for_shell(&name, region)).transpose()?.flatten();
    let Some(named) = named else {
        let Found { grant, account_name } = grants::find(world, asked)?;
        confirmed(&grant)?;
        return world.engine.grant_for_shell(&grant, &account_name, region);
    };
    // A profile that is called like a grant should be that grant.
    let meant = asked.contains('/').then(|| grants::find_known(world, asked, None).ok()).flatten();
    match (meant, &named.label) {
        (Some(Found { grant, .. }), label) if label.as_ref().is_none_or(|label| label.grant != grant) => {
            let shown = text::line(asked);
            Err(Failure::new(
                Code::NoSingleMatch,
                format!("`{shown}` is {grant}, and also a profile that is something else"),
                format!("for the grant: `rolecall use {grant}`; for the profile: set AWS_PROFILE yourself"),
            ))
        }
        (_, label) => {
            label.as_ref().map_or(Ok(()), |label| confirmed(&label.grant))?;
            Ok(named)
        }
    }
}

/// Safe to show.
fn description(found: &ShellProfile) -> String {
    let region = found.target.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    let Target { profile, .. } = &found.target;
    match &found.label {
        Some(label) => format!("{}{region} (profile {profile})", grant(label)),
        None => format!("the profile {profile}{region}, which Rolecall did not write"),
    }
}

fn grant(label: &Label) -> String {
    let production = if label.production { ", production" } else { "" };
    let role = text::line(label.grant.role_name.as_str());
    format!("{} {role} ({}{production})", text::line(&label.account_name), label.grant.account_id)
}

/// `rolecall hook-env`: what the shell's function runs when the directory or its file has changed. Its notes are the
/// person's only word of it, so nothing here is a failure of the shell.
pub(crate) fn hook_env(request: &HookEnv) -> Result<(), Failure> {
    let environment = Environment::of_process();
    let mut shift = begin(&environment);
    // Where the folder is gone, nothing can be said about it.
    let Ok(here) = std::env::current_dir() else { return Ok(()) };
    match directory::find(&here) {
        None if !shift.standing().is_inside() => return Ok(()),
        None => left(&mut shift),
        Some(path) => {
            let before = shift.standing().clone();
            if let Err(failure) = arrive(&environment, &mut shift, &path) {
                print::note(&format!("rolecall: {failure}; {}", failure.hint));
            }
            if *shift.standing() == before {
                return Ok(());
            }
        }
    }
    print::data(&shift.code(request.shell.into()))
}

fn left(shift: &mut Shift) {
    if shift.leave() {
        print::note("rolecall: this shell is as it was before that directory");
    }
}

/// Takes the directory's wish, if it may.
fn arrive(environment: &Environment, shift: &mut Shift, path: &Path) -> Result<(), Failure> {
    let file = path.to_string_lossy();
    let folders = Folders::find(environment)?;
    let content = match directory::read(path) {
        Ok(content) => content,
        Err(failure) => return refuse(shift, &file, "unreadable", failure),
    };
    if !directory::is_trusted(&folders, path, &content) {
        let hint = "look at it, then run `rolecall trust`";
        let failure = Failure::new(Code::Failed, format!("{file} is not trusted"), hint);
        return refuse(shift, &file, &format!("untrusted {}", content.hash), failure);
    }
    if shift.standing().knows(&file, &content.hash) {
        return Ok(());
    }
    if shift.standing().has_own_choice_in(&file) {
        shift.note_content(&content.hash);
        return Ok(());
    }
    match wanted(&content.bytes) {
        Ok(found) => {
            shift.enter(&file, &content.hash, Some(&found.target));
            print::note(&format!("rolecall: {} ({FILE})", description(&found)));
            Ok(())
        }
        // It is tried again when the shell asks again, such as after a sign-in.
        Err(failure) => refuse(shift, &file, &format!("failed {}", content.hash), failure),
    }
}

/// The directory has no say, which is told once. What the person chose inside stays until they leave.
fn refuse(shift: &mut Shift, file: &str, state: &str, failure: Failure) -> Result<(), Failure> {
    let known = shift.standing().knows(file, state);
    if shift.standing().has_own_choice_in(file) {
        shift.note_content(state);
    } else if !known || shift.standing().is_acting() {
        shift.enter(file, state, None);
    }
    if known { Ok(()) } else { Err(failure) }
}

/// Lists are not fetched here: a prompt does not wait for AWS.
fn wanted(content: &[u8]) -> Result<ShellProfile, Failure> {
    let wish = parsed(content)?;
    let world = World::for_prompt()?;
    let region = wish.region.as_ref();
    match &wish.choice {
        Choice::Profile(name) => world.engine.profile_for_shell(name, region)?.ok_or_else(|| {
            let hint = "correct the file, or make the profile: `rolecall switch GRANT --profile NAME`";
            Failure::new(Code::NoSingleMatch, format!("there is no profile {name} in the AWS config"), hint)
        }),
        Choice::Grant(asked) => {
            let Found { grant, account_name } = grants::find_known(&world, asked, wish.portal.as_ref())?;
            world.engine.grant_for_shell(&grant, &account_name, region)
        }
    }
}

fn parsed(content: &[u8]) -> Result<Wish, Failure> {
    let text = str::from_utf8(content)
        .map_err(|_| Failure::new(Code::Failed, format!("{FILE} is not UTF-8 text"), "save it as UTF-8"))?;
    Wish::parse(text)
}

/// `rolecall trust`
pub(crate) fn trust(request: &Trust) -> Result<(), Failure> {
    let path = nearest(request)?;
    let content = directory::read(&path)?;
    let wish = parsed(&content.bytes)?;
    directory::trust(&Folders::find(&Environment::of_process())?, &path, &content)?;
    let choice = match &wish.choice {
        Choice::Grant(asked) => format!("grant {}", text::line(asked)),
        Choice::Profile(name) => format!("profile {name}"),
    };
    let region = wish.region.map(|region| format!(" in {region}")).unwrap_or_default();
    print::note(&format!("trusted as it is now: {} ({choice}{region})", shown(&path)));
    Ok(())
}

/// `rolecall untrust`
pub(crate) fn untrust(request: &Trust) -> Result<(), Failure> {
    let path = nearest(request)?;
    let was = directory::untrust(&Folders::find(&Environment::of_process())?, &path)?;
    print::note(&format!(
        "{} {}",
        if was { "not trusted any more:" } else { "was not trusted:" },
        shown(&path)
    ));
    Ok(())
}

fn nearest(request: &Trust) -> Result<PathBuf, Failure> {
    let from = request.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let none =
        |what: String| Failure::new(Code::Failed, what, format!("go where there is a {FILE}, or write one"));
    // By the real path, as the hook sees it.
    let dir = from
        .canonicalize()
        .map_err(|error| none(format!("there is no directory {}", from.display())).with_detail(error))?;
    directory::find(&dir).ok_or_else(|| none(format!("there is no {FILE} in {} or above", dir.display())))
}

fn shown(path: &Path) -> String {
    text::line(&path.to_string_lossy()).into_owned()
}

/// `rolecall prompt`. A prompt is no place for complaints: what can't be found out is not shown.
pub(crate) fn show_prompt(request: &Prompt) -> Result<ExitCode, Failure> {
    let environment = Environment::of_process();
    let facts = match prompt::facts(&environment) {
        Ok(facts) => facts,
        Err(failure) if io::stdout().is_terminal() => return Err(failure),
        Err(_) => return Ok(ExitCode::FAILURE),
    };
    let wanted = |production: bool| match request.only {
        None => true,
        Some(Only::Production) => production,
        Some(Only::Other) => !production,
    };
    if let Some(facts) = facts.filter(|facts| wanted(facts.label.production)) {
        let colours = environment.text("NO_COLOR").is_none();
        let shell = request.shell.map(Shell::from);
        let end = if shell.is_some() { "" } else { "\n" };
        print::data(&format!("{}{end}", segment(&request.format, &facts, shell, colours)))?;
    }
    Ok(ExitCode::SUCCESS)
}
