//! From what was typed to what is done.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use domain::failure::{Code, Failure};
use engine::Engine;
use engine::environment::Environment;

use crate::args::{Args, DoctorVerb, Verb};
use crate::{
    agent, assume, bookmark, browsers, chain, completions, console, credentials, doctor, endpoint,
    explanation, grants, hook, import, link, list, log, portal, print, profiles, shell, sign_in, simulate,
    status, switch,
};

/// How long a person may take to unlock the keyring.
const PATIENCE: Duration = Duration::from_mins(1);
/// AWS tools that wait for a `credential_process` should hear soon that nobody unlocks it.
const CREDENTIALS_PATIENCE: Duration = Duration::from_secs(30);

/// What every verb works with.
pub(crate) struct World {
    pub(crate) environment: Environment,
    pub(crate) engine: Engine,
}

impl World {
    fn open(patience: Duration) -> Result<Self, Failure> {
        let environment = Environment::of_process();
        let engine = Engine::open(environment.clone(), Arc::new(print::note), patience)?;
        Ok(Self { environment, engine })
    }

    /// For what a person types: a lease that is over by the clock, but of which AWS tools still find something, is ended
    /// before all else.
    fn open_tended(patience: Duration) -> Result<Self, Failure> {
        let world = Self::open(patience)?;
        if world.engine.leases_want_their_end() {
            switch::end_leases(&world);
        }
        Ok(world)
    }

    /// For what runs at a prompt or on a Tab: it neither waits nor tells.
    pub(crate) fn for_prompt() -> Result<Self, Failure> {
        let environment = Environment::of_process();
        let engine = Engine::open(environment.clone(), Arc::new(|_| {}), Duration::ZERO)?;
        Ok(Self { environment, engine })
    }
}

/// Runs the part of a verb that talks to AWS. Set up only when needed: the credential path mostly does without.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::new(
            Code::Failed,
            "the program can't start its work",
            "check the limits of this shell (ulimit)",
        )
        .with_detail(error)
    })?;
    let result = runtime.block_on(work);
    // A keyring call that nobody answers must not hold up the end.
    runtime.shutdown_background();
    result
}

pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let patience = match args.verb {
        Verb::Credentials(_) => CREDENTIALS_PATIENCE,
        _ => PATIENCE,
    };
    let world = || World::open(patience);
    let tended = || World::open_tended(patience);
    match args.verb {
        Verb::Portal(verb) => portal::run(tended()?, verb)?,
        Verb::Import(request) => import::run(tended()?, &request)?,
        Verb::Chain(verb) => chain::run(tended()?, verb)?,
        Verb::Assume(request) => assume::run(&world()?, &request)?,
        Verb::Login(login) => sign_in::login(&world()?, &login)?,
        Verb::Logout(logout) => sign_in::logout(&world()?, &logout)?,
        Verb::List(list) => return list::run(&tended()?, &list),
        Verb::Wait(wait) => return list::wait(&world()?, &wait),
        // It ends one itself, and says where that leads.
        Verb::Switch(request) if request.back => switch::run(&world()?, &request)?,
        Verb::Switch(request) => switch::run(&tended()?, &request)?,
        Verb::Profiles(verb) => profiles::run(&tended()?, &verb)?,
        Verb::Undo => profiles::undo(&world()?)?,
        Verb::Pin(pin) => grants::pin(&tended()?, &pin)?,
        Verb::Console(request) => console::run(&tended()?, &request)?,
        Verb::Browsers(request) => browsers::run(&world()?, &request)?,
        Verb::Link(request) => link::run(&world()?, &request)?,
        Verb::Open(request) => link::open(&world()?, &request)?,
        Verb::Bookmark(verb) => bookmark::run(&world()?, &verb)?,
        Verb::Credentials(request) => credentials::print(&world()?, &request)?,
        Verb::Env(env) => credentials::env(&world()?, &env)?,
        Verb::Exec(exec) => return credentials::exec(&world()?, &exec),
        Verb::Log(request) => log::run(&world()?, &request)?,
        Verb::Agent => agent::run(&world()?)?,
        Verb::Endpoint(verb) => endpoint::run(&world()?, &verb)?,
        Verb::Use(request) => shell::use_grant(&tended()?, &request)?,
        Verb::Hook(request) => hook::run(&request)?,
        Verb::Trust(request) => shell::trust(&request)?,
        Verb::Untrust(request) => shell::untrust(&request)?,
        Verb::Prompt(request) => return shell::show_prompt(&request),
        Verb::HookEnv(request) => shell::hook_env(&request)?,
        Verb::Complete(request) => completions::complete(&request)?,
        Verb::Status(status) => status::run(&tended()?, &status)?,
        Verb::Doctor { subject: None } => return doctor::run(&tended()?),
        Verb::Doctor { subject: Some(DoctorVerb::Profiles { name, json, fix }) } => {
            return explanation::run(&tended()?, name.as_deref(), json, fix);
        }
        Verb::Completions { shell } => completions::run(shell)?,
        Verb::Simulate(request) => simulate::run(&request)?,
    }
    Ok(ExitCode::SUCCESS)
}
