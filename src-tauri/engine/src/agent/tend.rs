//! What the agent does by time alone: switches that end, and keys in the credentials file that have to be renewed.

use std::collections::HashMap;
use std::time::Duration;

use domain::access::{Access, Outcome, Way};
use domain::asker::Asker;
use domain::ids::ProfileName;
use domain::time::after;
use domain::vend;
use jiff::{SignedDuration, Timestamp};

use super::{Agent, held};
use crate::credentials::by_our_clock;
use crate::files::Stamp;
use crate::keys::Keyed;
use crate::{Engine, clock};

/// How often the files are looked at, which somebody else may change: one look at their names, mostly.
const LOOK: SignedDuration = SignedDuration::from_secs(30);
/// Whatever is due once is not due all the time.
const AT_LEAST: SignedDuration = SignedDuration::from_secs(1);
/// When something that failed is tried again.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(2);

/// What is known of the AWS files as they were when they had these stamps.
#[derive(Default)]
struct Known {
    stamps: Vec<Option<Stamp>>,
    /// When the next switch ends by itself; not before a failed try is repeated.
    lease_ends: Option<Timestamp>,
    keyed: Vec<Keyed>,
    /// When the keys of a profile are to be renewed.
    due: HashMap<ProfileName, Timestamp>,
}

impl Agent {
    /// Until the agent ends.
    pub(super) async fn tend(&self) {
        let mut known = Known::default();
        loop {
            let now = clock::now();
            self.tend_endpoint().await;
            self.look(&mut known, now).await;
            let dues = known.keyed.iter().filter_map(|keyed| known.due.get(&keyed.profile).copied());
            let next = dues.chain(known.lease_ends).min().unwrap_or_else(|| after(now, LOOK));
            let wait = next.duration_since(clock::now()).clamp(AT_LEAST, LOOK);
            let sleep = tokio::time::sleep(Duration::try_from(wait).unwrap_or_default());
            tokio::select! {
                () = sleep => {}
                () = self.0.look.notified() => known.stamps.clear(),
            }
        }
    }

    async fn look(&self, known: &mut Known, now: Timestamp) {
        let engine = self.engine();
        let stamps = stamps(&engine);
        let is_due = known.lease_ends.is_some_and(|end| end <= now);
        if stamps != known.stamps || is_due {
            // From before the files are read: what changes meanwhile is looked at again.
            known.stamps = stamps;
            self.read(&engine, known, now).await;
        }
        for keyed in known.keyed.clone() {
            if known.due.get(&keyed.profile).is_none_or(|due| *due <= now) {
                let next = self.renew_keys(&engine, &keyed).await;
                known.due.insert(keyed.profile, next.max(after(now, AT_LEAST)));
            }
        }
    }

    async fn read(&self, engine: &Engine, known: &mut Known, now: Timestamp) {
        // One that ended while nobody ran is ended now. What can't be written is tried again: nobody gets the role
        // through us by then anyway.
        let ended = engine.blocking(Engine::end_leases).await;
        let read = engine
            .blocking(|engine| {
                engine.take_out_unwanted_keys()?;
                Ok((engine.next_lease_end(), engine.keyed_profiles()?))
            })
            .await;
        let Ok((lease_ends, keyed)) = read else {
            known.lease_ends = Some(after(now, TRY_AGAIN));
            return;
        };
        let earliest = if ended.is_err() { after(now, TRY_AGAIN) } else { now };
        known.lease_ends = lease_ends.map(|end| end.max(earliest));
        known.due.retain(|profile, _| keyed.iter().any(|is| is.profile == *profile));
        // Another grant, or keys that somebody took out, are due at once.
        let is_known = |keyed: &Keyed| {
            known.keyed.iter().any(|was| (&was.profile, &was.grant) == (&keyed.profile, &keyed.grant))
        };
        let due = keyed.iter().filter(|keyed| keyed.until.is_none() || !is_known(keyed));
        let due: Vec<ProfileName> = due.map(|keyed| keyed.profile.clone()).collect();
        known.due.extend(due.into_iter().map(|profile| (profile, now)));
        known.keyed = keyed;
    }

    /// The endpoint listens as the settings and the tokens want it.
    async fn tend_endpoint(&self) {
        let listening = *held(&self.0.listening);
        if listening.port == 0 {
            return;
        }
        let engine = self.engine();
        let wants_containers = engine.settings().container_endpoint;
        let turn = self.0.listening_turn.lock().await;
        let is_wanted = engine.blocking(|engine| Ok(!engine.passes().is_empty())).await.unwrap_or(true);
        if !is_wanted || listening.for_containers && !wants_containers {
            self.stop_listening();
        }
        drop(turn);
        if is_wanted && listening.for_containers != wants_containers {
            // The network of the containers may be there by now.
            let _ = self.listen().await;
        }
    }

    /// Returns when to do so again.
    async fn renew_keys(&self, engine: &Engine, keyed: &Keyed) -> Timestamp {
        let again = after(clock::now(), TRY_AGAIN);
        // The person would have to be asked each time; they write keys of such a role by switching.
        if self.asks_first(engine, &keyed.grant).await.unwrap_or(true) {
            return again;
        }
        let Ok(kept) = self.0.memory.get(engine, &keyed.grant, SignedDuration::ZERO).await else {
            return again;
        };
        let credentials = by_our_clock(kept);
        let next = vend::renew_at(&credentials);
        let (profile, until) = (keyed.clone(), keyed.until);
        let written = engine
            .blocking(move |engine| {
                engine.write_keys(&profile, &credentials)?;
                if until.is_none_or(|until| until.as_second() != credentials.expires_at.as_second()) {
                    engine.note_access(&Access {
                        at: clock::now(),
                        grant: profile.grant,
                        profile: Some(profile.profile),
                        way: Way::Keys,
                        outcome: Outcome::Given,
                        asker: Asker::default(),
                    });
                }
                Ok(())
            })
            .await;
        // Credentials that could not be renewed are on their way to their end already.
        written.map_or(again, |()| if next <= clock::now() { again } else { next })
    }
}

/// Of all that decides what there is to do: the AWS files, and whether somebody is signed in.
fn stamps(engine: &Engine) -> Vec<Option<Stamp>> {
    let folders = engine.folders();
    let sessions = engine.settings().portals.iter().map(|portal| folders.session_path(&portal.name));
    let files = [folders.aws_config_path().to_owned(), folders.aws_credentials_path().to_owned()];
    files.into_iter().chain(sessions).map(|path| Stamp::of(&path)).collect()
}
