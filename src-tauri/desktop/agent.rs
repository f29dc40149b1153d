//! Programs that want credentials: while this program runs, it is the agent.

use std::thread;
use std::time::{Duration, Instant};

use domain::app::Input;
use domain::failure::{Code, Failure};
use domain::gate::Question;
use engine::agent::{Agent, Answer, Client, Request};
use engine::{Engine, files};
use tokio::sync::mpsc;

use crate::owner::Sender;

/// When another agent that stayed, or a socket that can't be had, is tried again.
const AGAIN: Duration = Duration::from_secs(30);
/// How long one that makes room may take.
const ROOM_WITHIN: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(50);

/// What the agent asks the person reaches the owner.
pub(crate) async fn hear(mut questions: mpsc::UnboundedReceiver<Question>, sender: Sender) {
    while let Some(question) = questions.recv().await {
        sender.input(Input::Agent(question));
    }
}

/// Serves until the program ends. Where that is not possible programs go on without, and it is tried again.
pub(crate) async fn serve(engine: Engine, agent: Agent, sender: Sender) {
    let mut told = false;
    loop {
        if let Err(failure) = serve_once(&engine, &agent).await
            && !std::mem::replace(&mut told, true)
        {
            sender.input(Input::NotServing(failure));
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn serve_once(engine: &Engine, agent: &Agent) -> Result<(), Failure> {
    let taking = engine.clone();
    let taken = tokio::task::spawn_blocking(move || take_over(&taking)).await;
    match taken {
        // Held as long as it serves.
        Ok(Ok(Some(_lock))) => agent.serve().await,
        Ok(Err(failure)) => Err(failure),
        Ok(Ok(None)) => Err(Failure::new(
            Code::Failed,
            "another agent serves programs and does not make room",
            "end it: this program alone can ask you about roles marked `ask`",
        )),
        Err(_) => Ok(()),
    }
}

/// The place of the one agent, if need be after asking `rolecall agent` to make room: it can't ask the person.
fn take_over(engine: &Engine) -> Result<Option<files::Lock>, Failure> {
    if let Some(lock) = engine.lock_agent()? {
        return Ok(Some(lock));
    }
    let answer = Client::new(engine.folders()).ask(&Request::step_aside());
    let until = Instant::now() + ROOM_WITHIN;
    while matches!(answer, Some(Answer::Done)) && Instant::now() < until {
        thread::sleep(LOOK);
        if let Some(lock) = engine.lock_agent()? {
            return Ok(Some(lock));
        }
    }
    Ok(None)
}
