//! Switches that end by themselves: what is shown of them, and what their end brings.
//!
//! The AWS config holds them; the agent writes it when they end. Until it has, [`OurProfile::at`] says the same.

use jiff::Timestamp;

use super::input::{About, Action, Effect, Notification, Topic};
use super::known::{Profile, Switched};
use super::menu::{Entry, item};
use super::remaining::left;
use super::view::{LeaseView, Moment};
use super::{App, notification};
use crate::failure::Failure;
use crate::ids::{GrantId, ProfileName};
use crate::profile::{Lease, OurProfile};

/// How long a button of a notification switches for.
const AGAIN: u32 = 30;

impl App {
    /// When switches end.
    pub(super) fn lease_ends(&self) -> impl Iterator<Item = Timestamp> {
        self.profiles.iter().filter_map(|profile| profile.ours.lease.as_ref().map(|lease| lease.until))
    }

    /// Profiles whose time is over point where they did before, from now on.
    pub(super) fn end_leases(&mut self, now: Timestamp) -> Vec<Effect> {
        if !self.lease_ends().any(|end| end <= now) {
            return Vec::new();
        }
        let mut effects = vec![Effect::ReadProfiles];
        for profile in std::mem::take(&mut self.profiles) {
            let Profile { ours, expires_at } = profile;
            if !ours.lease.as_ref().is_some_and(|lease| lease.is_over(now)) {
                self.profiles.push(Profile { ours, expires_at });
                continue;
            }
            let (name, was) = (ours.name.clone(), ours.grant.clone());
            // What was kept is of the role that has ended.
            let back = ours.at(now).map(|ours| Profile { ours, expires_at: None });
            effects.extend(self.tell_end(&name, was, back.as_ref().map(|back| &back.ours)));
            self.profiles.extend(back);
        }
        // The file is not what the last switch made of it.
        self.undo = None;
        self.revision += 1;
        effects
    }

    fn tell_end(&mut self, name: &ProfileName, was: GrantId, back: Option<&OurProfile>) -> Option<Effect> {
        let title = self.gone_back(name, back);
        self.tell(About::Switch, title.clone(), false);
        let look = self.look(&was);
        let body = format!("The time of {} is over.", self.label(&was));
        // Nobody gets into production by a click on something that pops up.
        let button = (!look.production && !look.confirm).then(|| {
            let again = Action::Switch { grant: was, profile: Some(name.clone()), minutes: Some(AGAIN) };
            (format!("Again for {}", minutes(AGAIN)), again)
        });
        let notice: Notification = notification(Topic::Lease(name.clone()), title, &body, button);
        self.settings.notify_session.then_some(Effect::Notify(notice))
    }

    /// The person did not want to wait for the end.
    pub(super) fn lease_ended(
        &mut self,
        name: &ProfileName,
        result: Result<(Option<OurProfile>, Vec<String>), Failure>,
    ) -> Vec<Effect> {
        let mut effects = vec![Effect::ReadProfiles];
        match result {
            Ok((back, warnings)) => {
                self.undo = None;
                let said = [self.gone_back(name, back.as_ref())].into_iter().chain(warnings);
                self.tell(About::Switch, said.collect::<Vec<_>>().join("; "), false);
            }
            Err(failure) => effects.extend(self.tell_failure(About::Switch, &failure)),
        }
        effects
    }

    fn gone_back(&self, name: &ProfileName, back: Option<&OurProfile>) -> String {
        match back {
            Some(ours) => format!("{name} is {} again", self.label(&ours.grant)),
            None => format!("{name} points nowhere, as before"),
        }
    }

    /// What is said of a switch.
    pub(super) fn switched_text(&self, switched: &Switched) -> String {
        let time = switched.minutes.map(|count| format!(" for {}", minutes(count))).unwrap_or_default();
        format!("{} is now {}{time}", switched.profile, self.label(&switched.grant))
    }

    /// What was told of an earlier end is of no use after a new switch.
    pub(super) fn withdraw_lease(&self, profile: &ProfileName) -> Option<Effect> {
        self.settings.notify_session.then(|| Effect::Withdraw(Topic::Lease(profile.clone())))
    }

    /// Tells when the profile goes back, and does it at once when it is chosen.
    pub(super) fn lease_entry(&self, profile: &Profile, now: Timestamp) -> Option<Entry> {
        let Lease { until, before, .. } = profile.ours.lease.as_ref()?;
        let back = before.as_ref().map_or_else(|| "nothing".to_owned(), |grant| self.short_label(grant));
        let label = format!("Back to {back} in {}, or now", left(*until, now));
        Some(item(&label, Action::EndLease { profile: profile.ours.name.clone() }))
    }

    pub(super) fn lease_view(&self, profile: &Profile) -> Option<LeaseView> {
        let Lease { until, before, .. } = profile.ours.lease.as_ref()?;
        let back = before.as_ref().map(|grant| self.grant_view(grant));
        Some(LeaseView { until: Moment(*until), back })
    }
}

/// What was read just before an end. That was told when what was known before ended.
pub(super) fn as_of(profiles: Vec<Profile>, now: Timestamp) -> Vec<Profile> {
    let at = |Profile { ours, expires_at }| ours.at(now).map(|ours: OurProfile| Profile { ours, expires_at });
    profiles.into_iter().filter_map(at).collect()
}

/// Goes behind where a profile points.
pub(super) fn time_left(profile: &Profile, now: Timestamp) -> String {
    let lease = profile.ours.lease.as_ref();
    lease.map(|lease| format!(", back in {}", left(lease.until, now))).unwrap_or_default()
}

/// A length of time as people choose it.
fn minutes(count: u32) -> String {
    if count > 0 && count.is_multiple_of(60) { format!("{} h", count / 60) } else { format!("{count} min") }
}
