//! When a portal's session began and how long such sessions last.
//!
//! AWS tells neither how long a session with a refresh token lives nor that it is over: a renewal is refused some
//! day. Before that, people want to know about when. So what was seen of the last session is kept.

use domain::app::{Session, SignedIn};
use domain::failure::Failure;
use domain::ids::PortalName;
use domain::session::renew_at;
use domain::settings::Portal;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Engine, files, unwritable};

/// The file. A damaged one counts as none: it is only a guess.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SessionRecord {
    /// When the person signed in; none while nobody is.
    pub(crate) since: Option<Timestamp>,
    /// How long the last session lived for sure.
    pub(crate) lasts_seconds: Option<i64>,
    /// SHA-256 of tokens in the AWS CLI's cache that AWS does not take any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused: Vec<String>,
    /// The person has signed out here, and the AWS CLI's session of the portal goes on without us.
    pub(crate) cli_ignored: bool,
}

impl Engine {
    /// How the session of a portal stands. Asks keyring and files, not AWS.
    pub fn session(&self, portal: &Portal) -> Result<Session, Failure> {
        let Some(token) = self.access_token(portal)? else { return Ok(Session::SignedOut) };
        if !token.is_useful() {
            return Ok(Session::Expired);
        }
        let record = self.session_record(portal);
        Ok(Session::SignedIn(SignedIn {
            renew_at: renew_at(&token.info, token.obtained_at),
            since: record.since,
            lasts: record.lasts_seconds.filter(|s| *s > 0).map(SignedDuration::from_secs),
            token: token.info,
        }))
    }

    /// Renews the token if it is about to end, and says how the session stands then.
    pub async fn renew(&self, portal: &Portal) -> Result<Session, Failure> {
        self.fresh_token(portal, &self.aws(portal)?, None).await?;
        let owner = portal.clone();
        self.blocking(move |engine| engine.session(&owner)).await
    }

    /// Leaves word that a program wanted credentials and got none. Best effort: the program has its exit code.
    pub fn note_missed_sign_in(&self, portal: &PortalName) {
        let _ = files::replace(&self.folders.missed_path(portal), b"");
    }

    pub(crate) fn note_session(
        &self,
        portal: &Portal,
        change: impl FnOnce(&mut SessionRecord),
    ) -> Result<(), Failure> {
        let mut record = self.session_record(portal);
        change(&mut record);
        let text = serde_json::to_vec(&record).map_err(|error| unwritable(&error))?;
        files::replace(&self.folders.session_path(&portal.name), &text)
    }

    /// AWS has refused a renewal; the last one that it gave was at `renewed`.
    pub(crate) fn session_was_over(&self, portal: &Portal, renewed: Timestamp) -> Result<(), Failure> {
        self.note_session(portal, |record| {
            let lived = record.since.take().map(|since| renewed.duration_since(since).as_secs());
            // Without a renewal nothing is known but that it was short.
            record.lasts_seconds = lived.filter(|s| *s > 0).or(record.lasts_seconds);
        })
    }

    /// A renewal was given. A session that outlives the guess disproves it.
    pub(crate) fn session_lives(&self, portal: &Portal, renewed: Timestamp) -> Result<(), Failure> {
        self.note_session(portal, |record| {
            let lived = record.since.map(|since| renewed.duration_since(since).as_secs());
            record.lasts_seconds =
                record.lasts_seconds.filter(|lasts| lived.is_none_or(|lived| lived <= *lasts));
        })
    }

    pub(crate) fn session_record(&self, portal: &Portal) -> SessionRecord {
        let bytes = files::read(&self.folders.session_path(&portal.name)).ok().flatten();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }
}
