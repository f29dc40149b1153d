//! Switches, and what takes them back.

use std::sync::{Arc, PoisonError};

use domain::app::{About, Action, Input, Switched};
use domain::ids::{GrantId, ProfileName};
use domain::profile::Mode;
use engine::{Engine, SwitchRequest, Undo};
use jiff::SignedDuration;

use super::Hands;

impl Hands {
    /// What the mode `keys` writes is fetched before. If that takes a sign-in, the switch is done after it.
    pub(super) fn switch(&self, grant: GrantId, profile: Option<ProfileName>, minutes: Option<u32>) {
        let hands = self.clone();
        self.blocking(move |engine| {
            let settings = engine.settings();
            let mode = engine.mode_for(profile.as_ref().unwrap_or(&settings.default_profile), None);
            let lease = minutes.map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
            let request = SwitchRequest { profile, mode: Some(mode), lease, ..SwitchRequest::new(grant) };
            if mode != Mode::Keys {
                return Some(hands.carry_out_switch(engine, &request, minutes));
            }
            hands.switch_keys(request, minutes);
            None
        });
    }

    fn switch_keys(&self, request: SwitchRequest, minutes: Option<u32>) {
        self.task(|hands| async move {
            match hands.agent.give_to_person(&request.grant).await {
                Ok(keys) => {
                    let request = SwitchRequest { keys: Some(keys), ..request };
                    let work = hands.clone();
                    hands.blocking(move |engine| Some(work.carry_out_switch(engine, &request, minutes)));
                    None
                }
                Err(failure) => {
                    let SwitchRequest { grant, profile, .. } = request;
                    let action = Some(Action::Switch { grant, profile, minutes });
                    Some(Input::Done { about: About::Switch, action, result: Err(failure) })
                }
            }
        });
    }

    fn carry_out_switch(&self, engine: &Engine, request: &SwitchRequest, minutes: Option<u32>) -> Input {
        let result = engine.switch(request).map(|done| {
            self.remember(done.undo);
            Switched {
                profile: done.profile,
                grant: request.grant.clone(),
                minutes,
                changed: done.changed,
                warnings: done.warnings,
            }
        });
        self.sender.input(Input::Usage(engine.usage()));
        Input::Switched(result)
    }

    pub(super) fn end_lease(&self, profile: ProfileName) {
        let hands = self.clone();
        self.blocking(move |engine| {
            let ended = engine.end_lease_now(&profile).map(|back| (back.profile, back.warnings));
            if ended.is_ok() {
                hands.remember(None);
            }
            Some(Input::LeaseEnded(profile, ended))
        });
    }

    pub(super) fn undo_switch(&self) {
        let undo = Arc::clone(&self.undo);
        let hands = self.clone();
        self.blocking(move |engine| {
            let last = undo.lock().unwrap_or_else(PoisonError::into_inner).take()?;
            // This program writes what keys are missing.
            let undone = engine.undo_switch(&last);
            let result = undone.map(|_| Some("The last switch was taken back".to_owned()));
            hands.sender.input(Input::Profiles(engine.profiles()));
            Some(Input::Done { about: About::Undo, action: None, result })
        });
    }

    /// What takes the last switch back.
    fn remember(&self, undo: Option<Undo>) {
        *self.undo.lock().unwrap_or_else(PoisonError::into_inner) = undo;
    }
}
