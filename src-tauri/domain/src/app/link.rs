//! Links that are followed to us. A link does nothing by itself: it puts a question, and one deliberate act of the
//! person opens the page.

use jiff::{SignedDuration, Timestamp};

use super::input::{About, Action, Effect, Window};
use super::{App, Asked};
use crate::failure::{Code, Failure};
use crate::link::Link;
use crate::settings::Portal;

/// As with programs that want to be let in: what is pressed in the first moment was meant for what was in front before.
const GUARD: SignedDuration = SignedDuration::from_millis(700);

impl App {
    /// A link came from outside.
    pub(super) fn take_link(&mut self, text: &str, now: Timestamp) -> Vec<Effect> {
        match Link::parse(text) {
            Ok(link) => {
                self.link = Some(link);
                self.ask_for_link(now)
            }
            Err(error) => {
                let hint = "nothing was opened; ask whoever made the link for another";
                self.refuse_link(&Failure::new(Code::Usage, error.0, hint))
            }
        }
    }

    /// Puts the question of the link that waits, as soon as that can be done.
    pub(super) fn ask_for_link(&mut self, now: Timestamp) -> Vec<Effect> {
        let Some(link) = self.link.take() else { return Vec::new() };
        let portal = match link.portal(&self.settings.portals) {
            Ok(portal) => portal.clone(),
            Err(failure) => return self.refuse_link(&failure),
        };
        let was_read = |case: &super::Case| case.catalogue_read && case.portal.name == portal.name;
        if !self.cases.iter().any(was_read) {
            // It is being read right now.
            self.link = Some(link);
            return Vec::new();
        }
        match self.question_of(&link, &portal, now) {
            Ok(asked) => {
                // Followed twice, it is the same question, which has been seen for as long as it stands.
                let same = |stands: &Asked| stands.by_link.is_some() && stands.action == asked.action;
                if !self.question.as_ref().is_some_and(same) {
                    self.question = Some(asked);
                }
                vec![Effect::Show(Window::Switcher)]
            }
            Err(failure) => self.refuse_link(&failure),
        }
    }

    fn question_of(&self, link: &Link, portal: &Portal, now: Timestamp) -> Result<Asked, Failure> {
        let place = self.place_of(link, portal)?;
        let action = Action::ConsoleAt { grant: place.grant.clone(), page: place.page };
        let (grant, choices) = (place.grant, place.choices);
        Ok(Asked { grant, action, about: About::Console, by_link: Some(now), choices })
    }

    /// The windows say it, where the person's look is drawn to.
    fn refuse_link(&mut self, failure: &Failure) -> Vec<Effect> {
        let mut effects = self.tell_failure(About::Console, failure);
        effects.push(Effect::Show(Window::Switcher));
        effects
    }

    /// Whether the question of a link has only just come. A clock that was set back shuts nobody out.
    pub(super) fn is_too_early(&self, now: Timestamp) -> bool {
        let since = self.question.as_ref().and_then(|asked| asked.by_link);
        since.is_some_and(|since| {
            let seen = now.duration_since(since);
            !seen.is_negative() && seen < GUARD
        })
    }
}
