//! How a verb gets credentials: from the agent, else the same way that the agent would.

use domain::access::{Access, Outcome, Way};
use domain::asker::Asker;
use domain::failure::Failure;
use domain::ids::{GrantId, ProfileName};
use domain::vend::Credentials;
use engine::agent::{self, Answer, Client, Request};
use engine::{Engine, Kept, clock};
use jiff::SignedDuration;

use crate::run::block_on;

/// What is wanted, and for what.
pub(crate) struct Errand<'a> {
    pub(crate) grant: &'a GrantId,
    /// The profile that led there.
    pub(crate) profile: Option<&'a ProfileName>,
    pub(crate) way: Way,
    /// What `exec` is about to become.
    pub(crate) command: Option<String>,
    /// How long they have to live.
    pub(crate) at_least: SignedDuration,
}

impl<'a> Errand<'a> {
    pub(crate) fn new(way: Way, grant: &'a GrantId, profile: Option<&'a ProfileName>) -> Self {
        Self { grant, profile, way, command: None, at_least: SignedDuration::ZERO }
    }
}

/// The agent answers from memory, and knows the person's answers; if there is none, or it dies in the middle, this
/// process does all of it.
pub(crate) fn get(engine: &Engine, errand: &Errand<'_>) -> Result<Credentials, Failure> {
    let seconds = u32::try_from(errand.at_least.as_secs()).unwrap_or(u32::MAX);
    let request = Request::credentials(errand.grant, errand.profile, errand.way, seconds);
    let request = match &errand.command {
        Some(command) => request.before(command),
        None => request,
    };
    match Client::new(engine.folders()).ask(&request) {
        Some(Answer::Credentials(credentials)) => Ok(credentials),
        Some(Answer::Failure(failure)) => Err(failure),
        _ => alone(engine, errand),
    }
}

fn alone(engine: &Engine, errand: &Errand<'_>) -> Result<Credentials, Failure> {
    let given = engine
        .refuse_unasked(errand.grant)
        .map_err(|failure| (failure, Outcome::Refused))
        .and_then(|()| fetch(engine, errand).map_err(|failure| (failure, Outcome::Failed)));
    let outcome = given.as_ref().map_or_else(|(_, outcome)| *outcome, |_| Outcome::Given);
    engine.note_access(&Access {
        at: clock::now(),
        grant: errand.grant.clone(),
        profile: errand.profile.cloned(),
        way: errand.way,
        outcome,
        asker: Asker { command: errand.command.clone(), ..agent::asker_of(std::process::id()) },
    });
    given.map_err(|(failure, _)| failure)
}

fn fetch(engine: &Engine, errand: &Errand<'_>) -> Result<Credentials, Failure> {
    if errand.at_least > SignedDuration::ZERO {
        return block_on(engine.fetch_lasting(errand.grant, errand.at_least));
    }
    match engine.kept(errand.grant)? {
        Kept::Good(credentials) => Ok(credentials),
        Kept::Stale => block_on(engine.fetch_credentials(errand.grant)),
    }
}
