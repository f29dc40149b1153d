//! Finding grants by a few typed letters.
//!
//! A query is words; each must fit the account's id, name or e-mail, the role or the portal; in any order. A
//! word `a/b` may also fit an account by `a` and its role by `b`. ARNs and console addresses are understood.
//!
//! The order of the answers is that of
//!
//! ```text
//! score = 1000 · kind                 of the word that fits worst: typo 0, abbreviation 1, substring 2,
//!                                     prefix 3, exact 4
//!       + mean(100 · kind + detail)   of all words, 0 to 499; detail: more for whole words and long ones
//!       + 250 if pinned
//!       + 249 · f / (f + 4)           f: uses, every one counting half as much each week
//! ```
//!
//! and among equals that of account name, role name and account id. So what was really typed always comes
//! before a guess, and pins and habits decide among what was typed equally well.

mod fit;
pub mod pages;
mod query;
mod resolve;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use nucleo_matcher::Matcher;

use self::fit::{Field, Fit, Needle, Text};
use self::query::{Cut, Word};
use crate::catalogue::{Account, Catalogue, Grant};
use crate::chain::{self, Chain};
use crate::ids::{AccountId, GrantId, PortalName, RoleName};
use crate::recent::Usage;

pub use self::fit::Kind;
pub use self::query::account_in;
pub use self::resolve::{Resolution, is_named, resolve};

/// All grants of some catalogues, prepared for searching. Built anew when a catalogue changes.
#[derive(Debug)]
pub struct Index {
    portals: Vec<(PortalName, Text)>,
    /// Ordered by portal and id, every account once.
    accounts: Vec<Entry>,
    /// Every role name once: an organisation has thousands of grants of the same few roles.
    roles: Vec<Role>,
    /// Ordered by account name, role name and account id, so that a place in here is also a rank.
    grants: Vec<Place>,
    /// Where the grants are, in the order of `accounts` and of their roles.
    places: Vec<usize>,
    chains: Vec<Chain>,
}

#[derive(Debug)]
struct Role {
    name: RoleName,
    text: Text,
    /// What else a chained role is called.
    others: Vec<Text>,
}

#[derive(Debug)]
struct Entry {
    portal: usize,
    account: Arc<Account>,
    name: Text,
    email: Option<Text>,
    /// Where in [`Index::places`] its roles begin.
    first: usize,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    account: usize,
    /// Which of the account's roles.
    nth: usize,
    /// Which of [`Index::roles`].
    role: usize,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which grant; see [`Index::grant`].
    pub grant: usize,
    /// Higher is better; see the module. Without a query, the order is not the score's.
    pub score: u32,
    /// How the word that fits worst fits; [`Kind::Exact`] without a query.
    pub kind: Kind,
}

impl Index {
    /// Prepares the catalogues' grants. If a portal occurs twice, or an account or role in it, the first counts.
    pub fn new(catalogues: &[Catalogue]) -> Self {
        Self::with_chains(catalogues, &[])
    }

    /// The same with chained roles, each in the account of its ARN, whether a portal lists that or not. They are
    /// also found by the name of the ARN's role.
    pub fn with_chains(catalogues: &[Catalogue], chains: &[Chain]) -> Self {
        let mut portals = Vec::new();
        let mut accounts: Vec<Entry> = Vec::new();
        for catalogue in catalogues {
            if portals.iter().any(|(name, _)| *name == catalogue.portal) {
                continue;
            }
            accounts.extend(catalogue.accounts.iter().map(|account| Entry::new(portals.len(), account)));
            portals.push((catalogue.portal.clone(), Text::new(catalogue.portal.as_str())));
        }
        accounts.sort_by(|a, b| a.key().cmp(&b.key()));
        accounts.dedup_by(|b, a| a.key() == b.key());
        for chain in chains {
            put_chain(&mut portals, &mut accounts, chain);
        }

        let names: BTreeSet<&RoleName> = accounts.iter().flat_map(|entry| &entry.account.roles).collect();
        let role_at: HashMap<&RoleName, usize> =
            names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let roles = names.iter().map(|name| Role::new(name, chains)).collect();

        let name_ranks = name_ranks(&accounts);
        let mut ranked: Vec<((usize, usize, usize), Place)> = Vec::with_capacity(4 * accounts.len());
        let mut firsts = Vec::with_capacity(accounts.len());
        for (account, entry) in accounts.iter().enumerate() {
            firsts.push(ranked.len());
            for (nth, name) in entry.account.roles.iter().enumerate() {
                let role = role_at.get(name).copied().unwrap_or_default();
                ranked.push(((name_ranks[account], role, account), Place { account, nth, role }));
            }
        }
        for (entry, first) in accounts.iter_mut().zip(firsts) {
            entry.first = first;
        }
        ranked.sort_unstable_by_key(|(rank, _)| *rank);
        let grants: Vec<Place> = ranked.into_iter().map(|(_, place)| place).collect();
        let mut places = vec![0; grants.len()];
        for (at, place) in grants.iter().enumerate() {
            places[accounts[place.account].first + place.nth] = at;
        }
        Self { portals, accounts, roles, grants, places, chains: chains.to_vec() }
    }

    /// How many grants there are.
    pub fn len(&self) -> usize {
        self.grants.len()
    }

    /// Whether there is no grant.
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty()
    }

    /// The grant that a [`Hit`] of this index means.
    pub fn grant(&self, at: usize) -> Option<Grant<'_>> {
        let place = self.grants.get(at)?;
        let entry = &self.accounts[place.account];
        let role_name = &entry.account.roles[place.nth];
        let chain = self.chain(entry, role_name);
        Some(Grant { portal: &self.portals[entry.portal].0, account: &entry.account, role_name, chain })
    }

    fn chain(&self, entry: &Entry, role_name: &RoleName) -> Option<&Chain> {
        if !role_name.as_str().starts_with(RoleName::CHAIN_MARK) {
            return None;
        }
        let (portal, account_id) = (self.portals[entry.portal].0.clone(), entry.account.id.clone());
        chain::find(&self.chains, &GrantId { portal, account_id, role_name: role_name.clone() })
    }

    /// Where the grant with this identity is.
    pub fn position(&self, id: &GrantId) -> Option<usize> {
        let portal = self.portals.iter().position(|(name, _)| *name == id.portal)?;
        let at = self.accounts.binary_search_by(|entry| entry.key().cmp(&(portal, &id.account_id))).ok()?;
        let entry = &self.accounts[at];
        let nth = entry.account.roles.binary_search(&id.role_name).ok()?;
        Some(self.places[entry.first + nth])
    }
}

/// Adds a chained role to accounts that are in order.
fn put_chain(portals: &mut Vec<(PortalName, Text)>, accounts: &mut Vec<Entry>, chain: &Chain) {
    let GrantId { portal, account_id, role_name } = chain.grant();
    let known = portals.iter().position(|(name, _)| name == portal);
    let portal = known.unwrap_or_else(|| {
        portals.push((portal.clone(), Text::new(portal.as_str())));
        portals.len() - 1
    });
    let at = accounts.binary_search_by(|entry| entry.key().cmp(&(portal, account_id)));
    let at = at.unwrap_or_else(|at| {
        let (id, name, roles) = (account_id.clone(), String::new(), Vec::new());
        let account = Account { id, name, email: None, roles, roles_at: None };
        accounts.insert(at, Entry::new(portal, &Arc::new(account)));
        at
    });
    let roles = &mut Arc::make_mut(&mut accounts[at].account).roles;
    if let Err(at) = roles.binary_search(role_name) {
        roles.insert(at, role_name.clone());
    }
}

impl Role {
    fn new(name: &RoleName, chains: &[Chain]) -> Self {
        let chained = name.as_str().starts_with(RoleName::CHAIN_MARK);
        let chain = chains.iter().find(|chain| chained && chain.grant().role_name == *name);
        let others = chain.map(Chain::names).into_iter().flatten().map(Text::new).collect();
        Self { name: name.clone(), text: Text::new(name.as_str()), others }
    }
}

impl Entry {
    fn new(portal: usize, account: &Arc<Account>) -> Self {
        let mut account = Arc::clone(account);
        // As they are, but for a file that somebody else wrote.
        if !account.roles.is_sorted_by(|a, b| a < b) {
            let account = Arc::make_mut(&mut account);
            account.roles.sort_unstable();
            account.roles.dedup();
        }
        let (name, email) = (Text::new(&account.name), account.email.as_deref().map(Text::new));
        Self { portal, account, name, email, first: 0 }
    }

    fn key(&self) -> (usize, &AccountId) {
        (self.portal, &self.account.id)
    }
}

/// For every account, where its name stands among all names when case does not count.
fn name_ranks(accounts: &[Entry]) -> Vec<usize> {
    // Accounts that no portal has named come last.
    let name = |entry: &Entry| (entry.account.name.is_empty(), entry.account.name.to_lowercase());
    let mut order: Vec<((bool, String), usize)> =
        accounts.iter().enumerate().map(|(at, entry)| (name(entry), at)).collect();
    order.sort_unstable();
    let mut ranks = vec![0; accounts.len()];
    for (rank, same) in order.chunk_by(|a, b| a.0 == b.0).enumerate() {
        for (_, at) in same {
            ranks[*at] = rank;
        }
    }
    ranks
}

/// The best `limit` grants for what was typed. Without a word in the query these are the pinned grants, then
/// those used often and recently, then all others by name.
pub fn search(index: &Index, query: &str, usage: &Usage, now: Timestamp, limit: usize) -> Vec<Hit> {
    let words = query::words(query);
    let lifts = lifts(index, usage, now);
    if words.is_empty() {
        unasked(index, usage, now, &lifts, limit)
    } else {
        ranked(index, &words, words.len(), &lifts, limit)
    }
}

/// Per grant, what pins and habits add to its score.
fn lifts(index: &Index, usage: &Usage, now: Timestamp) -> Vec<u16> {
    let mut lifts = vec![0; index.len()];
    for (grant, uses) in usage.scores(now) {
        if let Some(at) = index.position(grant) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 249")]
            let habit = (249.0 * uses / (uses + 4.0)) as u16;
            lifts[at] = habit;
        }
    }
    for at in usage.pinned().iter().filter_map(|grant| index.position(grant)) {
        lifts[at] += 250;
    }
    lifts
}

fn unasked(index: &Index, usage: &Usage, now: Timestamp, lifts: &[u16], limit: usize) -> Vec<Hit> {
    let pinned = usage.pinned().iter().filter_map(|grant| index.position(grant));
    let used = usage.scores(now).filter_map(|(grant, uses)| Some((uses, index.position(grant)?)));
    let mut used: Vec<(f64, usize)> = used.collect();
    used.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut listed = vec![false; index.len()];
    let all = pinned.chain(used.into_iter().map(|(_, at)| at)).chain(0..index.len());
    all.filter(|at| !std::mem::replace(&mut listed[*at], true))
        .take(limit)
        .map(|grant| Hit { grant, score: u32::from(lifts[grant]), kind: Kind::Exact })
        .collect()
}

/// The best grants that fit at least so many of the words; those that fit more come first.
fn ranked(index: &Index, words: &[Word], at_least: usize, lifts: &[u16], limit: usize) -> Vec<Hit> {
    let mut matcher = fit::matcher();
    let mut alive = vec![true; index.accounts.len()];
    let mut columns = Vec::with_capacity(words.len());
    for word in words {
        let fits = Columns::new(index, word, &alive, &mut matcher);
        if at_least == words.len() {
            fits.narrow(&mut alive);
        }
        columns.push(fits);
    }
    let mut found: Vec<(u32, Hit)> = Vec::new();
    for (grant, place) in index.grants.iter().enumerate() {
        let (mut fitting, mut kind, mut points) = (0_u32, Kind::Exact, 0);
        for fit in columns.iter().filter_map(|columns| columns.fit(*place)) {
            fitting += 1;
            kind = kind.min(fit.kind);
            points += 100 * fit.kind as u32 + u32::from(fit.detail);
        }
        if fitting as usize >= at_least {
            let mean = points.checked_div(fitting).unwrap_or_default();
            let score = 1000 * kind as u32 + mean + u32::from(lifts[grant]);
            found.push((fitting, Hit { grant, score, kind }));
        }
    }
    let best_first = |(fitting, hit): &(u32, Hit)| (Reverse((*fitting, hit.score)), hit.grant);
    if limit < found.len() {
        found.select_nth_unstable_by_key(limit, best_first);
        found.truncate(limit);
    }
    found.sort_unstable_by_key(best_first);
    found.into_iter().map(|(_, hit)| hit).collect()
}

type Column = Vec<Option<Fit>>;

/// How one word fits each account and each role name, found out once for all grants that have them.
struct Columns {
    /// In any text: the better counts.
    whole: (Column, Column),
    /// As an account and its role: both count.
    cuts: Vec<(Column, Column)>,
}

impl Columns {
    /// Accounts that are not `alive` are not looked at.
    fn new(index: &Index, word: &Word, alive: &[bool], matcher: &mut Matcher) -> Self {
        match word {
            Word::Typed { whole, cuts } => Self {
                whole: (whole.accounts(index, alive, true, matcher), whole.roles(index, matcher)),
                cuts: cuts.iter().map(|cut| cut.columns(index, alive, matcher)).collect(),
            },
            Word::Pasted { account, role } => {
                let this = |entry: &Entry| (entry.account.id == *account).then_some(Fit::EXACT);
                let is = |name: &Role, role: &str| {
                    let text = Text::new(role);
                    name.name.as_str() == role || name.others.iter().any(|other| other.is(&text))
                };
                let named = |name: &Role| role.as_deref().is_none_or(|role| is(name, role));
                let accounts: Column = index.accounts.iter().map(this).collect();
                let roles: Vec<bool> = index.roles.iter().map(named).collect();
                let other = index.grants.iter().all(|p| accounts[p.account].is_none() || !roles[p.role]);
                // An ARN's role need not be one a person may have. Then its account's other roles are what is
                // left to offer: as a guess, since they are not what was asked for.
                let fit = if other { Fit { kind: Kind::Typo, detail: 0 } } else { Fit::EXACT };
                let roles = roles.into_iter().map(|named| (named || other).then_some(fit)).collect();
                Self { whole: (Vec::new(), Vec::new()), cuts: vec![(accounts, roles)] }
            }
        }
    }

    /// Buries the accounts whose grants can't fit this word, whatever their roles are.
    fn narrow(&self, alive: &mut [bool]) {
        if self.whole.1.iter().any(Option::is_some) {
            return;
        }
        for (at, alive) in alive.iter_mut().enumerate() {
            let fits = |column: &Column| column.get(at).copied().flatten().is_some();
            *alive &= fits(&self.whole.0) || self.cuts.iter().any(|(accounts, _)| fits(accounts));
        }
    }

    fn fit(&self, place: Place) -> Option<Fit> {
        let at = |column: &Column, at: usize| column.get(at).copied().flatten();
        let whole = at(&self.whole.0, place.account).max(at(&self.whole.1, place.role));
        let both = |(accounts, roles): &(Column, Column)| {
            let (account, role) = (at(accounts, place.account)?, at(roles, place.role)?);
            Some(Fit {
                kind: account.kind.min(role.kind),
                detail: u16::midpoint(account.detail, role.detail),
            })
        };
        self.cuts.iter().map(both).fold(whole, Option::max)
    }
}

impl Needle {
    fn accounts(&self, index: &Index, alive: &[bool], with_portal: bool, matcher: &mut Matcher) -> Column {
        let mut in_portal = |name| self.fit(name, Field::Portal, matcher).filter(|_| with_portal);
        let portals: Column = index.portals.iter().map(|(_, name)| in_portal(name)).collect();
        let fit = |(entry, alive): (&Entry, &bool)| {
            if !alive {
                return None;
            }
            let id = self.fit_id(entry.account.id.as_str());
            let name = self.fit(&entry.name, Field::Name, matcher);
            let email = entry.email.as_ref().and_then(|email| self.fit(email, Field::Email, matcher));
            id.max(name).max(email).max(portals[entry.portal])
        };
        index.accounts.iter().zip(alive).map(fit).collect()
    }

    fn roles(&self, index: &Index, matcher: &mut Matcher) -> Column {
        let mut best = |role: &Role| {
            let texts = std::iter::once(&role.text).chain(&role.others);
            texts.map(|text| self.fit(text, Field::Name, matcher)).fold(None, Option::max)
        };
        index.roles.iter().map(&mut best).collect()
    }
}

impl Cut {
    fn columns(&self, index: &Index, alive: &[bool], matcher: &mut Matcher) -> (Column, Column) {
        let any = |length: usize| vec![Some(Fit::EXACT); length];
        let mut accounts = |needle: Option<&Needle>| {
            needle.map_or_else(|| any(index.accounts.len()), |n| n.accounts(index, alive, false, matcher))
        };
        let mut column = accounts(self.account.as_ref());
        if let Some((portal, account)) = &self.in_portal
            && index.portals.iter().any(|(_, name)| portal.begins(name))
        {
            let inside = accounts(account.as_ref());
            let portals: Vec<bool> = index.portals.iter().map(|(_, name)| portal.begins(name)).collect();
            for ((fit, inside), entry) in column.iter_mut().zip(inside).zip(&index.accounts) {
                *fit = (*fit).max(inside.filter(|_| portals[entry.portal]));
            }
        }
        let roles = self.role.as_ref().map_or_else(|| any(index.roles.len()), |n| n.roles(index, matcher));
        (column, roles)
    }
}
