//! What a person asks for, and what comes of it.

use jiff::Timestamp;

use super::input::{About, Action, Effect, Notification, Topic, Window};
use super::known::{Session, Switched};
use super::view::Place;
use super::{App, Asked, Undoable, notification};
use crate::bookmark::Bookmark;
use crate::catalogue::{Catalogue, Changes};
use crate::console::Destination;
use crate::failure::{Code, Failure};
use crate::ids::{AccountId, GrantId, PortalName, Region, RoleName, StartUrl};
use crate::settings::SignInPlace;

impl App {
    pub(super) fn act(&mut self, action: Action, now: Timestamp) -> Vec<Effect> {
        let action = self.where_it_was(action);
        match &action {
            Action::Switch { grant, .. } => self.ask_or(grant.clone(), About::Switch, action),
            Action::Console { grant, destination } => match super::pages::pasted(destination.as_deref()) {
                Ok(_) => self.ask_or(grant.clone(), About::Console, action),
                Err(failure) => self.tell_failure(About::Console, &failure),
            },
            Action::ConsoleAt { grant, .. } => self.ask_or(grant.clone(), About::Console, action),
            Action::Bookmark { name } => self.open_bookmark(name),
            Action::AddBookmark { name, grant, destination } => {
                self.add_bookmark(name, grant, destination.as_deref())
            }
            Action::RemoveBookmark { name } => self.remove_bookmark(name),
            Action::CopyLink { grant, destination } => self.copy_link(grant, destination.as_deref()),
            Action::CopyBookmark { name } => self.copy_bookmark(name),
            Action::SignOutOfConsole { portal } => self.sign_out_of_console(portal),
            Action::CopyExports { grant } => self.ask_or(grant.clone(), About::CopyExports, action),
            Action::CopyConsoleLink { grant } => self.ask_or(grant.clone(), About::CopyConsoleLink, action),
            Action::Answer { yes: true } | Action::AnswerAs { .. } if self.is_too_early(now) => Vec::new(),
            Action::AnswerAs { grant } => match self.question.take() {
                Some(asked) if asked.choices.contains(grant) => {
                    Self::carry_out(asked.action.for_grant(grant))
                }
                _ => Vec::new(),
            },
            Action::Answer { yes } => match self.question.take() {
                Some(asked) if *yes => Self::carry_out(asked.action),
                _ => Vec::new(),
            },
            Action::Undo => {
                let undo = self.undo.take().map(|undo| match undo {
                    Undoable::Switch => Effect::UndoSwitch,
                    Undoable::Bookmark(bookmark) => Effect::AddBookmark(bookmark),
                });
                undo.into_iter().collect()
            }
            Action::SignIn { portal, place } => {
                let (place, portal) = (self.place(*place), portal.clone());
                self.begin_sign_in(&portal, place, None, now)
            }
            Action::SignInAfresh { portal } => self.sign_in_afresh(portal, now),
            Action::Await { query } => self.begin_to_await(query, now),
            Action::AwaitNoMore { query } => {
                self.watches.retain(|awaited| awaited.query != *query);
                self.watch_cases();
                Vec::new()
            }
            Action::SignOutAll => {
                let portals: Vec<PortalName> =
                    self.cases.iter().map(|case| case.portal.name.clone()).collect();
                let out = |portal| self.act(Action::SignOut { portal }, now);
                portals.into_iter().flat_map(out).collect()
            }
            Action::CancelSignIn { portal } => self.end_sign_in(portal),
            Action::SignOut { portal } | Action::RemovePortal { portal } => {
                let mut effects = self.end_sign_in(portal);
                effects.extend(Self::carry_out(action));
                effects
            }
            Action::Refresh { portal } => self.refresh(portal),
            Action::AddPortal { name, start_url, region } => match portal(name, start_url, region) {
                Ok(effect) => vec![effect],
                Err(failure) => {
                    // The form stands open and shows it.
                    self.tell_failure(About::AddPortal, &failure);
                    Vec::new()
                }
            },
            Action::CopyCode { portal } => {
                let attempt = self.case(portal).and_then(|case| case.attempt.as_ref());
                let turn = attempt.and_then(|attempt| attempt.turn.as_ref());
                let code = turn.and_then(|(turn, _)| turn.user_code());
                code.map(|code| Effect::CopyText(code.to_owned(), About::CopyCode)).into_iter().collect()
            }
            Action::Reply { question, reply } => self.reply(*question, *reply, now),
            // Whoever asked is gone.
            Action::Show { window: Window::Ask } if self.asks.count() == 0 => Vec::new(),
            Action::Dismiss { notice } => {
                self.notice.take_if(|shown| shown.id == *notice);
                Vec::new()
            }
            Action::Pin { .. }
            | Action::EndLease { .. }
            | Action::Choose { .. }
            | Action::ReadBrowsers
            | Action::OpenSettingsFile
            | Action::ClearAccesses
            | Action::Show { .. }
            | Action::Quit => Self::carry_out(action),
        }
    }

    /// Grants whose marks say so want a second act. It is asked for in the quick switcher, wherever the first
    /// one came from.
    pub(super) fn ask_or(&mut self, grant: GrantId, about: About, action: Action) -> Vec<Effect> {
        self.question = None;
        if !self.look(&grant).confirm {
            return Self::carry_out(action);
        }
        self.put_question(Asked { grant, action, about, by_link: None, choices: Vec::new() })
    }

    /// The quick switcher asks, wherever the first act came from.
    pub(super) fn put_question(&mut self, asked: Asked) -> Vec<Effect> {
        self.question = Some(asked);
        vec![Effect::Show(Window::Switcher)]
    }

    /// Actions that are one effect.
    pub(super) fn carry_out(action: Action) -> Vec<Effect> {
        vec![match action {
            Action::Switch { grant, profile, minutes } => Effect::Switch(grant, profile, minutes),
            Action::EndLease { profile } => Effect::EndLease(profile),
            Action::Console { grant, destination } => {
                let to = destination.as_deref().and_then(Destination::in_query).and_then(Result::ok);
                Effect::OpenConsole(grant, to.unwrap_or(Destination::Home))
            }
            Action::ConsoleAt { grant, page } => {
                Effect::OpenConsole(grant, Destination::Url(page.url().to_owned()))
            }
            Action::CopyExports { grant } => Effect::CopyExports(grant),
            Action::CopyConsoleLink { grant } => Effect::CopyConsoleLink(grant),
            Action::Pin { grant, pinned } => Effect::Pin(grant, pinned),
            Action::SignOut { portal } => Effect::SignOut(portal),
            Action::RemovePortal { portal } => Effect::RemovePortal(portal),
            Action::Choose { choice } => Effect::Choose(choice),
            Action::ReadBrowsers => Effect::ReadBrowsers,
            Action::OpenSettingsFile => Effect::OpenSettingsFile,
            Action::ClearAccesses => Effect::ClearAccesses,
            Action::Show { window: Window::Switcher } => Effect::Toggle,
            Action::Show { window } => Effect::Show(window),
            Action::Quit => Effect::Quit,
            _ => return Vec::new(),
        }]
    }

    fn begin_sign_in(
        &mut self,
        portal: &PortalName,
        place: SignInPlace,
        then: Option<Action>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(case) = self.case(portal) else { return Vec::new() };
        let mut effects = vec![Effect::Withdraw(Topic::Session(portal.clone()))];
        effects.extend(case.sign_in(place, then, now));
        effects
    }

    /// The old session has to end, or AWS hands the browser the same one again.
    fn sign_in_afresh(&mut self, portal: &PortalName, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.end_sign_in(portal);
        let place = self.place(None);
        for effect in self.begin_sign_in(portal, place, None, now) {
            effects.push(match effect {
                Effect::SignIn { portal, plan, .. } => Effect::SignIn { portal, plan, afresh: true },
                other => other,
            });
        }
        effects
    }

    fn end_sign_in(&mut self, portal: &PortalName) -> Vec<Effect> {
        let attempt = self.case(portal).and_then(|case| case.attempt.take());
        let end = || [Effect::EndSignIn(portal.clone()), Effect::CloseSignIn(portal.clone())];
        attempt.map(|_| end()).into_iter().flatten().collect()
    }

    /// On demand, whatever was tried before.
    fn refresh(&mut self, portal: &PortalName) -> Vec<Effect> {
        let Some(case) = self.case(portal) else { return Vec::new() };
        case.hurry();
        case.list_wanted = true;
        if case.is_signed_in() { Vec::new() } else { vec![Effect::ReadSession(portal.clone())] }
    }

    pub(super) fn sign_in_ended(&mut self, portal: PortalName, result: Result<(), Failure>) -> Vec<Effect> {
        // Without an attempt the person has given up meanwhile.
        let Some((case, attempt)) =
            self.case(&portal).and_then(|case| case.attempt.take().map(|attempt| (case, attempt)))
        else {
            return Vec::new();
        };
        match result {
            Ok(()) => {
                case.worked();
                case.list_wanted = true;
                self.tell(About::SignIn, format!("Signed in to {portal}"), false);
                let mut effects = vec![
                    Effect::Withdraw(Topic::Session(portal.clone())),
                    Effect::CloseSignIn(portal.clone()),
                    Effect::ReadSession(portal),
                    Effect::ReadProfiles,
                ];
                if let Some(action) = attempt.then {
                    effects.extend(Self::carry_out(action));
                }
                effects
            }
            Err(failure) => {
                case.failure = Some(failure.clone());
                let embedded = attempt.place == Place::Embedded;
                let mut effects = self.tell_failure(About::SignIn, &failure);
                if embedded {
                    // Its header says what happened and offers a new code.
                    effects.clear();
                    effects.push(Effect::ShowSignIn(portal.clone(), None));
                }
                effects.push(Effect::ReadSession(portal));
                effects
            }
        }
    }

    pub(super) fn sign_in_window_closed(&mut self, portal: PortalName) -> Vec<Effect> {
        let Some(case) = self.case(&portal) else { return Vec::new() };
        let Some(attempt) = case.attempt.as_mut().filter(|attempt| attempt.place == Place::Embedded) else {
            return Vec::new();
        };
        if attempt.turn.is_none() {
            case.attempt = None;
            return vec![Effect::EndSignIn(portal)];
        }
        attempt.place = Place::Paused;
        attempt.visit = None;
        vec![Effect::PauseSignIn(portal)]
    }

    pub(super) fn signed_out(
        &mut self,
        portal: PortalName,
        result: Result<Option<String>, Failure>,
    ) -> Vec<Effect> {
        let mut effects = vec![Effect::ReadProfiles];
        match result {
            Ok(untold) => {
                if let Some(case) = self.case(&portal) {
                    case.worked();
                    case.session = Session::SignedOut;
                }
                effects.push(Effect::Withdraw(Topic::Session(portal.clone())));
                match untold {
                    None => self.tell(About::SignOut, format!("Signed out of {portal}"), false),
                    Some(why) => effects.extend(
                        self.tell_failure(
                            About::SignOut,
                            &Failure::new(
                                Code::Failed,
                                format!("signed out of {portal} here, but AWS could not be told"),
                                "the session ends there by itself; sign out in the portal's page to end it now",
                            )
                            .with_detail(why),
                        ),
                    ),
                }
            }
            Err(failure) => {
                effects.push(Effect::ReadSession(portal));
                effects.extend(self.tell_failure(About::SignOut, &failure));
            }
        }
        effects
    }

    pub(super) fn listed(
        &mut self,
        portal: &PortalName,
        result: Result<(Catalogue, Changes), Failure>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let notify = self.settings.notify_session;
        let Some(case) = self.case(portal) else { return Vec::new() };
        case.listing = None;
        match result {
            Ok((catalogue, changes)) => {
                case.worked();
                let is_other = catalogue.may_be_somebody_elses(&changes);
                let news = !changes.added.is_empty() || !changes.removed.is_empty();
                if news {
                    case.changes = Some((now, changes.clone()));
                }
                self.take_catalogue(portal, Some(catalogue));
                let notification = news.then(|| self.news(portal, &changes));
                let mut effects: Vec<Effect> =
                    notification.filter(|_| notify).map(Effect::Notify).into_iter().collect();
                if is_other {
                    effects.extend(self.tell_failure(About::SignIn, &somebody_else(portal)));
                }
                effects.extend(self.tell_of_awaited(now));
                effects
            }
            Err(failure) => {
                case.list_wanted = true;
                let mut effects = case.failed(failure, now);
                // What was learnt before it stopped is on disk; whether the session lives is known better now.
                effects.extend([Effect::ReadCatalogue(portal.clone()), Effect::ReadSession(portal.clone())]);
                effects
            }
        }
    }

    fn news(&self, portal: &PortalName, changes: &Changes) -> Notification {
        let count = |grants: &[(AccountId, RoleName)], what: &str| match grants.len() {
            0 => None,
            1 => Some(format!("1 role {what}")),
            several => Some(format!("{several} roles {what}")),
        };
        let counts = [count(&changes.added, "added"), count(&changes.removed, "removed")];
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        let shown = changes.added.iter().chain(&changes.removed).take(5);
        let names = shown.map(|(account, role)| self.label_of(portal, account, role));
        Notification {
            topic: Topic::Catalogue(portal.clone()),
            title: format!("{portal}: {}", counts.join(", ")),
            body: names.collect::<Vec<_>>().join("\n"),
            button: None,
            urgent: false,
        }
    }

    pub(super) fn switched(&mut self, result: Result<Switched, Failure>, now: Timestamp) -> Vec<Effect> {
        let mut effects = vec![Effect::ReadProfiles];
        match result {
            Ok(switched) => {
                self.undo = switched.changed.then_some(Undoable::Switch);
                let mut text = self.switched_text(&switched);
                for warning in &switched.warnings {
                    text.push_str("; ");
                    text.push_str(warning);
                }
                effects.push(Effect::HideSwitcher);
                effects.extend(self.withdraw_lease(&switched.profile));
                if self.settings.notify_switch || !switched.warnings.is_empty() {
                    effects.push(Effect::Notify(Notification {
                        topic: Topic::Act,
                        title: text.clone(),
                        body: String::new(),
                        button: switched.changed.then(|| ("Undo".to_owned(), Action::Undo)),
                        urgent: false,
                    }));
                }
                self.tell(About::Switch, text, switched.changed);
                // A profile that points at a grant nobody can use yet is half a switch.
                let portal = switched.grant.portal;
                let signed_out = self
                    .case(&portal)
                    .is_some_and(|c| matches!(c.session, Session::SignedOut | Session::Expired));
                if signed_out {
                    let place = self.place(None);
                    effects.extend(self.begin_sign_in(&portal, place, None, now));
                }
            }
            Err(failure) => effects.extend(self.tell_failure(About::Switch, &failure)),
        }
        effects
    }

    pub(super) fn bookmark_removed(
        &mut self,
        bookmark: Bookmark,
        result: Result<(), Failure>,
    ) -> Vec<Effect> {
        if let Err(failure) = result {
            return self.tell_failure(About::Bookmark, &failure);
        }
        self.tell(About::Bookmark, format!("The bookmark {} is gone", bookmark.name), true);
        self.undo = Some(Undoable::Bookmark(bookmark));
        Vec::new()
    }

    pub(super) fn done(
        &mut self,
        about: About,
        action: Option<Action>,
        result: Result<Option<String>, Failure>,
        now: Timestamp,
    ) -> Vec<Effect> {
        match (result, action) {
            (Ok(text), _) => {
                let is_copy = matches!(about, About::CopyExports | About::CopyConsoleLink | About::CopyLink);
                let hide = is_copy || about == About::Console;
                let mut effects: Vec<Effect> = hide.then_some(Effect::HideSwitcher).into_iter().collect();
                if let Some(text) = text {
                    if is_copy {
                        // Nothing else shows that it is done.
                        effects.push(Effect::Notify(notification(Topic::Act, text.clone(), "", None)));
                    }
                    self.tell(about, text, false);
                }
                effects
            }
            // What was asked for is done after the sign-in that it needs.
            (Err(failure), Some(action)) if failure.code == Code::SignInNeeded => {
                let portal = match &action {
                    Action::Switch { grant, .. }
                    | Action::Console { grant, .. }
                    | Action::ConsoleAt { grant, .. }
                    | Action::CopyExports { grant }
                    | Action::CopyConsoleLink { grant } => grant.portal.clone(),
                    _ => return self.tell_failure(about, &failure),
                };
                let place = self.place(None);
                let mut effects = vec![Effect::HideSwitcher];
                effects.extend(self.begin_sign_in(&portal, place, Some(action), now));
                effects
            }
            (Err(failure), _) => self.tell_failure(about, &failure),
        }
    }
}

impl Action {
    /// The same as somebody else.
    fn for_grant(self, grant: &GrantId) -> Self {
        match self {
            Self::ConsoleAt { page, .. } => Self::ConsoleAt { grant: grant.clone(), page },
            other => other,
        }
    }
}

/// Nothing of what was listed before is there any more.
fn somebody_else(portal: &PortalName) -> Failure {
    Failure::new(
        Code::Failed,
        format!("{portal} lists none of the roles that it listed before"),
        "was the browser signed in as another user? Sign out there, then sign in afresh",
    )
}

/// A portal as it is typed: the fields say what is wrong in the words of whoever reads them.
fn portal(name: &str, start_url: &str, region: &str) -> Result<Effect, Failure> {
    let wrong = |error: crate::ids::NotValid| Failure::new(Code::Usage, error.0, "mend it and try again");
    let region = Some(region.trim()).filter(|region| !region.is_empty());
    Ok(Effect::AddPortal {
        name: PortalName::parse(name.trim()).map_err(wrong)?,
        start_url: StartUrl::parse(start_url.trim()).map_err(wrong)?,
        region: region.map(Region::parse).transpose().map_err(wrong)?,
    })
}
