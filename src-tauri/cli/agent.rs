//! `rolecall agent`: the agent without a desktop.

use domain::failure::{Code, Failure};
use engine::agent::Agent;
use engine::{Engine, files};

use crate::run::World;
use crate::{print, process};

/// How long another agent may take to take the lock of one that makes room.
const ROOM: std::time::Duration = std::time::Duration::from_secs(2);

/// Serves until it is told to stop. While another agent serves, such as the desktop application, it stands by.
pub(crate) fn run(world: &World) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::new(Code::Failed, "the agent can't start", "check the limits of this shell (ulimit)")
            .with_detail(error)
    })?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = serve(&world.engine) => ended,
            () = process::told_to_stop() => Ok(()),
        }
    });
    // One that stands by waits in a thread, for as long as it takes.
    runtime.shutdown_background();
    ended
}

async fn serve(engine: &Engine) -> Result<(), Failure> {
    loop {
        let lock = stand_by(engine).await?;
        print::note("the agent serves; Ctrl+C ends it");
        Agent::new(engine.clone(), None).serve().await?;
        drop(lock);
        print::note("another agent takes over; this one stands by");
        tokio::time::sleep(ROOM).await;
    }
}

async fn stand_by(engine: &Engine) -> Result<files::Lock, Failure> {
    if let Some(lock) = engine.lock_agent()? {
        return Ok(lock);
    }
    print::note("another agent serves already; this one stands by");
    let engine = engine.clone();
    let waited = tokio::task::spawn_blocking(move || engine.lock_agent_when_free()).await;
    waited.unwrap_or_else(|_| {
        Err(Failure::new(
            Code::Failed,
            "the agent stumbled over itself",
            "start it again; please report this",
        ))
    })
}
