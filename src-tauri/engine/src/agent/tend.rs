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

/// What is known of the AWS config as it was when it had this stamp.
#[derive(Default)]
struct Known {
    stamp: Option<Stamp>,
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
            self.look(&mut known, now).await;
            let dues = known.keyed.iter().filter_map(|keyed| known.due.get(&keyed.profile).copied());
            let next = dues.chain(known.lease_ends).min().unwrap_or_else(|| after(now, LOOK));
            let wait = next.duration_since(clock::now()).clamp(AT_LEAST, LOOK);
            let sleep = tokio::time::sleep(Duration::try_from(wait).unwrap_or_default());
            tokio::select! {
                () = sleep => {}
                () = self.0.look.notified() => {}
            }
        }
    }

    async fn look(&self, known: &mut Known, now: Timestamp) {
        let engine = self.engine();
        let missing = {
            let listening = held(&self.0.listening);
            listening.port != 0 && !listening.for_containers
        };
        if missing && engine.settings().container_endpoint {
            // The network of the containers may be there by now.
            let _ = self.listen().await;
        }
        let stamp = Stamp::of(engine.folders().aws_config_path());
        if known.lease_ends.is_some_and(|end| end <= now) {
            // What can't be written now is tried again: nobody gets the role by then anyway.
            let ended = engine.blocking(Engine::end_leases).await;
            known.lease_ends = ended.is_err().then(|| after(now, TRY_AGAIN));
            known.stamp = None;
        }
        if stamp.is_none() || stamp != known.stamp {
            let read =
                engine.blocking(|engine| Ok((engine.next_lease_end(), engine.keyed_profiles()?))).await;
            if let Ok((lease_ends, keyed)) = read {
                known.lease_ends = lease_ends.or(known.lease_ends.filter(|end| *end > now));
                known.due.retain(|profile, _| known.keyed.iter().any(|was| was.profile == *profile));
                // Another grant, or keys that somebody took out, are due at once.
                let is_new = |keyed: &Keyed| !known.keyed.iter().any(|was| was.grant == keyed.grant);
                let due = keyed.iter().filter(|keyed| keyed.until.is_none() || is_new(keyed));
                let due: Vec<ProfileName> = due.map(|keyed| keyed.profile.clone()).collect();
                known.due.extend(due.into_iter().map(|profile| (profile, now)));
                known.keyed = keyed;
            }
            known.stamp = Stamp::of(engine.folders().aws_config_path());
        }
        for keyed in known.keyed.clone() {
            if known.due.get(&keyed.profile).is_none_or(|due| *due <= now) {
                let next = self.renew_keys(&engine, &keyed).await;
                known.due.insert(keyed.profile, next.max(after(now, AT_LEAST)));
            }
        }
    }

    /// Returns when to do so again.
    async fn renew_keys(&self, engine: &Engine, keyed: &Keyed) -> Timestamp {
        let again = after(clock::now(), TRY_AGAIN);
        // The person would have to be asked each time; they write keys of such a role by switching.
        if engine.asks_first(&keyed.grant).await.unwrap_or(true) {
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
        written.map_or(again, |()| next)
    }
}
