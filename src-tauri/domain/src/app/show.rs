//! From what is known to what is shown.

use std::collections::HashMap;

use jiff::Timestamp;

use super::browsers::browser_choices;
use super::case::Case;
use super::view::{
    ChainView, ChangesView, Choices, Found, GrantView, ListingView, MarkView, Moment, PortalView,
    ProfileView, Question, RowView, View,
};
use super::{App, Profile};
use crate::catalogue::{Account, Changes, Grant};
use crate::console::Destination;
use crate::failure::Failure;
use crate::ids::{AccountId, GrantId, PortalName, ProfileName, RoleName};
use crate::mark::{self, Look, Mark, Patterns};
use crate::search;
use crate::search::pages::{self, Row};
use crate::text::line;

/// Grants used lately, beside the pinned ones.
const RECENT: usize = 6;
/// Names of a long list of news.
const NEWS: usize = 50;

impl App {
    /// Everything that windows show.
    pub fn view(&self, now: Timestamp) -> View {
        let pins = |id: &GrantId| self.usage.is_pinned(id);
        let recents = self.usage.recents(usize::MAX).into_iter().filter(|id| !pins(id) && self.knows(id));
        View {
            version: self.version.clone(),
            revision: self.revision,
            portals: self.cases.iter().map(|case| self.portal_view(case, now)).collect(),
            profiles: self.profile_views(),
            recent: recents.take(RECENT).map(|id| self.grant_view(id)).collect(),
            pinned: self.usage.pinned().iter().map(|id| self.grant_view(id)).collect(),
            bookmarks: self.bookmarks_with_keys(),
            grants: count(self.index.len()),
            notice: self.notice.clone(),
            undo: self.undo.is_some(),
            question: self.question.as_ref().map(|asked| Question {
                grant: self.grant_view(&asked.grant),
                profile: match &asked.action {
                    super::Action::Switch { profile: Some(profile), .. } => profile.clone(),
                    _ => self.default_profile(),
                },
                action: asked.about,
                minutes: match &asked.action {
                    super::Action::Switch { minutes, .. } => *minutes,
                    _ => None,
                },
                page: match &asked.action {
                    super::Action::ConsoleAt { page, .. } => Some(line(page.url()).into_owned()),
                    _ => None,
                },
                by_link: asked.by_link.is_some(),
                choices: asked.choices.iter().map(|id| self.grant_view(id)).collect(),
            }),
            asks: self.ask_views(),
            accesses: self.accesses,
            hotkey: self.hotkey.clone(),
            settings: self.choices(),
            settings_path: line(&self.settings_path).into_owned(),
            settings_failure: self
                .settings_failure
                .as_ref()
                .or(self.profiles_failure.as_ref())
                .map(Failure::for_windows),
            browsers: self.browser_views(),
            importable: self.importable.clone(),
            awaited: self.watches.iter().map(|awaited| line(&awaited.query).into_owned()).collect(),
            demo: self.demo.clone(),
        }
    }

    /// Part of the answers to a query. The whole ranking is kept for whoever scrolls on.
    pub fn search(&mut self, query: &str, from: usize, count: usize, now: Timestamp) -> Found {
        let ranked = self.found.take().filter(|(q, revision, _)| q == query && *revision == self.revision);
        let (query, revision, rows) =
            ranked.unwrap_or_else(|| (query.to_owned(), self.revision, self.rows(query, now)));
        let profiles = self.profiles_by_grant();
        let wanted = rows.iter().skip(from).take(count);
        let pasted = Destination::in_query(&query);
        let found = Found {
            revision,
            total: self::count(rows.len()),
            pages: self::count(rows.iter().filter(|row| matches!(row, Row::Page(_))).count()),
            from: self::count(from),
            rows: wanted.filter_map(|row| self.row_view(*row, &profiles)).collect(),
            not_a_page: matches!(pasted, Some(Err(_))),
            stranger: pasted.as_ref().and_then(|to| self.stranger(to.as_ref().ok()?)),
            page: pasted.and_then(Result::ok).map(|to| to.title()),
            query: query.clone(),
        };
        self.found = Some((query, revision, rows));
        found
    }

    /// The account of a page where nobody is known.
    fn stranger(&self, to: &Destination) -> Option<AccountId> {
        let account = to.account_id()?;
        let mut known = self.catalogues.iter().flat_map(|catalogue| &catalogue.accounts);
        known.all(|known| known.id != account).then_some(account)
    }

    fn rows(&self, query: &str, now: Timestamp) -> Vec<Row> {
        let hits = search::search(&self.index, query, &self.usage, now, usize::MAX);
        if query.trim().is_empty() {
            let pinned = self.usage.pinned().iter().filter(|grant| self.knows(grant)).count();
            return pages::unasked(&hits, pinned, self.pages.first());
        }
        pages::rows(&hits, &self.pages.index, query)
    }

    fn row_view(&self, row: Row, profiles: &HashMap<GrantId, Vec<ProfileName>>) -> Option<RowView> {
        match row {
            Row::Grant(at) => {
                self.index.grant(at).map(|grant| RowView { grant: self.row(grant, profiles), page: None })
            }
            Row::Page(at) => self.page_view(at).map(|(grant, page)| RowView {
                grant: self.grant_view_with(grant, profiles),
                page: Some(page),
            }),
        }
    }

    /// `Account / Role`, for people; the account's id where its name is not known.
    pub(super) fn label(&self, grant: &GrantId) -> String {
        self.with_grant(grant, |grant| {
            let Account { id, name, .. } = grant.account;
            let account = if name.is_empty() { id.as_str() } else { name };
            format!("{} / {}", line(account), grant.role_label())
        })
    }

    pub(super) fn label_of(&self, portal: &PortalName, account: &AccountId, role: &RoleName) -> String {
        let catalogue = self.catalogues.iter().find(|c| c.portal == *portal);
        let name = catalogue.and_then(|c| c.account(account)).map(|account| account.name.as_str());
        format!("{} / {}", line(name.unwrap_or(account.as_str())), line(role.as_str()))
    }

    pub(super) fn knows(&self, id: &GrantId) -> bool {
        self.index.position(id).is_some()
    }

    /// What the marks say, also of a grant that the catalogue has not.
    pub(super) fn look(&self, id: &GrantId) -> Look {
        self.with_grant(id, |grant| self.look_of(grant))
    }

    /// A portal's colour is for what no mark gives one.
    fn look_of(&self, grant: Grant<'_>) -> Look {
        let look = mark::look(&self.settings.marks, grant);
        let of_portal = || self.settings.portal(grant.portal).and_then(|portal| portal.colour);
        Look { colour: look.colour.or_else(of_portal), ..look }
    }

    pub(super) fn grant_view(&self, id: &GrantId) -> GrantView {
        self.grant_view_with(id, &self.profiles_by_grant())
    }

    /// For many of them: the profiles are looked up once.
    pub(super) fn grant_view_with(
        &self,
        id: &GrantId,
        profiles: &HashMap<GrantId, Vec<ProfileName>>,
    ) -> GrantView {
        self.with_grant(id, |grant| self.row(grant, profiles))
    }

    fn with_grant<T>(&self, id: &GrantId, show: impl FnOnce(Grant<'_>) -> T) -> T {
        if let Some(grant) = self.index.position(id).and_then(|at| self.index.grant(at)) {
            return show(grant);
        }
        let catalogue = self.catalogues.iter().find(|c| c.portal == id.portal);
        let known = catalogue.and_then(|c| c.account(&id.account_id));
        let account = known.cloned().unwrap_or_else(|| Account {
            id: id.account_id.clone(),
            name: String::new(),
            email: None,
            roles: Vec::new(),
            roles_at: None,
        });
        show(Grant { portal: &id.portal, account: &account, role_name: &id.role_name, chain: None })
    }

    fn row(&self, grant: Grant<'_>, profiles: &HashMap<GrantId, Vec<ProfileName>>) -> GrantView {
        let Look { production, colour, tags, .. } = self.look_of(grant);
        let id = grant.id();
        GrantView {
            account_name: line(&grant.account.name).into_owned(),
            account_email: grant.account.email.as_deref().map(|email| line(email).into_owned()),
            profiles: profiles.get(&id).cloned().unwrap_or_default(),
            pin: self.usage.pinned().iter().position(|pinned| *pinned == id).map(|at| count(at + 1)),
            tags: tags.iter().map(|tag| line(tag).into_owned()).collect(),
            colour,
            production,
            last_used: self.usage.last_used(&id).map(Moment),
            chain: grant.chain.map(|chain| ChainView {
                name: chain.name().to_string(),
                from: line(chain.parent_name()).into_owned(),
                role: chain.step().role.to_string(),
            }),
            id,
        }
    }

    pub(super) fn profiles_by_grant(&self) -> HashMap<GrantId, Vec<ProfileName>> {
        let mut by_grant: HashMap<GrantId, Vec<ProfileName>> = HashMap::new();
        for profile in &self.profiles {
            by_grant.entry(profile.ours.grant.clone()).or_default().push(profile.ours.name.clone());
        }
        by_grant
    }

    fn profile_views(&self) -> Vec<ProfileView> {
        self.ordered_profiles()
            .into_iter()
            .map(|profile| ProfileView {
                name: profile.ours.name.clone(),
                grant: self.grant_view(&profile.ours.grant),
                known: self.knows(&profile.ours.grant),
                region: profile.ours.region.as_deref().map(|region| line(region).into_owned()),
                expires_at: profile.expires_at.map(Moment),
                mode: profile.ours.mode,
                lease: self.lease_view(profile),
            })
            .collect()
    }

    /// The default one first, the others by name. Generated ones are left out: there is one for every grant.
    pub(super) fn ordered_profiles(&self) -> Vec<&Profile> {
        let mut profiles: Vec<&Profile> = self.profiles.iter().filter(|p| !p.ours.generated).collect();
        profiles.sort_by_key(|p| (p.ours.name != self.settings.default_profile, p.ours.name.clone()));
        profiles
    }

    fn portal_view(&self, case: &Case, now: Timestamp) -> PortalView {
        let catalogue = self.catalogues.iter().find(|c| c.portal == case.portal.name);
        let changes =
            case.changes.as_ref().map(|(at, changes)| self.changes_view(&case.portal.name, *at, changes));
        PortalView {
            name: case.portal.name.clone(),
            start_url: case.portal.start_url.clone(),
            region: case.portal.region.clone(),
            colour: case.portal.colour,
            browser: case.portal.browser.as_ref().map(browser_choices),
            state: case.state(now),
            listing: case
                .listing
                .map(|(done, total)| ListingView { done: count(done), total: total.map(count) }),
            accounts: count(catalogue.map_or(0, |c| c.accounts.len())),
            grants: count(catalogue.map_or(0, |c| c.grants().count())),
            listed_at: case.listed_at.map(Moment),
            changes,
            failure: case.failure.as_ref().map(Failure::for_windows),
        }
    }

    fn changes_view(&self, portal: &PortalName, at: Timestamp, changes: &Changes) -> ChangesView {
        let names = |grants: &[(AccountId, RoleName)]| {
            grants.iter().take(NEWS).map(|(account, role)| self.label_of(portal, account, role)).collect()
        };
        ChangesView { at: Moment(at), added: names(&changes.added), removed: names(&changes.removed) }
    }

    fn choices(&self) -> Choices {
        let settings = &self.settings;
        Choices {
            default_profile: settings.default_profile.clone(),
            default_region: settings.default_region.clone(),
            theme: settings.theme,
            hotkey: settings.hotkey.as_ref().map(ToString::to_string),
            sign_in: settings.sign_in,
            console_page: settings.console_page,
            autostart: settings.autostart,
            notify_switch: settings.notify_switch,
            notify_session: settings.notify_session,
            console_via: settings.console_via,
            browser: browser_choices(&settings.browser),
            marks: settings.marks.iter().map(mark_view).collect(),
        }
    }
}

fn mark_view(mark: &Mark) -> MarkView {
    let part = |what: &str, patterns: &Option<Patterns>| {
        patterns.as_ref().map(|patterns| format!("{what} {}", line(&patterns.text())))
    };
    let parts = [part("account", &mark.account), part("role", &mark.role), part("tag", &mark.tagged)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    MarkView {
        pattern: if parts.is_empty() { "everything".to_owned() } else { parts.join("; ") },
        production: mark.production,
        confirm: mark.confirm,
        ask: mark.ask,
        colour: mark.colour,
        tags: mark.tags.clone(),
    }
}

/// What a page counts with.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
