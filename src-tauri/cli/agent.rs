//! `rolecall agent`: the agent without a desktop.

use domain::failure::{Code, Failure};
use engine::agent::Agent;
use engine::{Engine, files};

use crate::run::World;
use crate::{print, process};

/// How often one that stands by looks whether it is needed.
const LOOK: std::time::Duration = std::time::Duration::from_secs(2);

/// Serves until it is told to stop. While another agent serves, such as the desktop application, it stands by.
pub(crate) fn run(world: &World) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::new(Code::Failed, "the agent can't start", "check the limits of this shell (ulimit)")
            .with_detail(error)
    })?;
    runtime.block_on(async {
        tokio::select! {
            ended = serve(&world.engine) => ended,
            () = process::told_to_stop() => Ok(()),
        }
    })
}

async fn serve(engine: &Engine) -> Result<(), Failure> {
    loop {
        let lock = stand_by(engine).await?;
        print::note("the agent serves; Ctrl+C ends it");
        Agent::new(engine.clone(), None).serve().await?;
        drop(lock);
        print::note("another agent takes over; this one stands by");
        // Time for the other one to take the lock.
        tokio::time::sleep(LOOK).await;
    }
}

async fn stand_by(engine: &Engine) -> Result<files::Lock, Failure> {
    let mut told = false;
    loop {
        if let Some(lock) = engine.lock_agent()? {
            return Ok(lock);
        }
        if !std::mem::replace(&mut told, true) {
            print::note("another agent serves already; this one stands by");
        }
        tokio::time::sleep(LOOK).await;
    }
}
