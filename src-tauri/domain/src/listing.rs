//! Fetching a catalogue: which request comes next, and what each answer means.
//!
//! First the pages of accounts, then the roles of each account, several at a time, as fast as the portal
//! allows ([`Pace`]). One account that can't be read does not spoil the rest, and whatever was learnt is kept
//! when the listing is interrupted: a catalogue that says `listing_since` is taken up where it stopped.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::catalogue::{Account, Catalogue};
use crate::ids::{AccountId, RoleName};
use crate::pace::{self, Pace};
use crate::time::after;
use crate::trouble::Trouble;

/// How many requests may be under way: enough to fill 19 a second at 400 ms each.
const IN_FLIGHT: usize = 8;
/// How often one request may be refused for speed. Far more than happens at a portal that works.
const REFUSALS: u32 = 12;
/// So many accounts that can't be reached, and none in between that can: it is the network, not the accounts.
const UNREACHABLE: usize = IN_FLIGHT;
/// No answer makes us wait longer than this, so a time farther off says that the clock was set back.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// An interrupted listing older than this starts anew.
const RESUMABLE: SignedDuration = SignedDuration::from_hours(1);

/// A page to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Request {
    /// ListAccounts with this `next_token`.
    Accounts(Option<String>),
    /// ListAccountRoles of this account with this `next_token`.
    Roles(AccountId, Option<String>),
}

/// A page, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Accounts (without roles) and the token of the next page. A page may be empty and have a next one.
    Accounts(Vec<(AccountId, String, Option<String>)>, Option<String>),
    /// Roles and the token of the next page.
    Roles(Vec<RoleName>, Option<String>),
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send this request now.
    Ask(Request),
    /// Nothing before this time.
    Wait(Timestamp),
    /// Nothing before an answer arrives.
    Listen,
    /// All that could be learnt is in the catalogue.
    Done,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Accounts known.
    pub accounts: usize,
    /// Accounts whose roles are known.
    pub accounts_done: usize,
    /// Grants known.
    pub grants: usize,
}

/// One fetching of a catalogue.
#[derive(Debug)]
pub struct Listing {
    catalogue: Catalogue,
    first: HashSet<AccountId>,
    at: HashMap<AccountId, usize>,
    listed: Vec<Account>,
    pace: Pace,
    ready: VecDeque<Request>,
    later: Vec<(Timestamp, Request)>,
    in_flight: usize,
    tries: HashMap<Request, (u32, u32)>,
    roles: HashMap<AccountId, Vec<RoleName>>,
    skipped: Vec<(AccountId, Trouble)>,
    unreachable: usize,
    asked: HashSet<Request>,
    stopped: Option<Trouble>,
    since: Timestamp,
    done: usize,
    grants: usize,
}

impl Listing {
    /// Begins anew, or takes up the one that `catalogue` says was interrupted. What the catalogue holds stays
    /// in it until something newer is known. `first` are the accounts to read first: pinned and recent ones.
    pub fn begin(mut catalogue: Catalogue, first: &[AccountId], now: Timestamp) -> Self {
        // Stamped by a clock that was fast: such an account would not be read again until that day.
        for account in catalogue.accounts.iter_mut().filter(|a| a.roles_at.is_some_and(|at| at > now)) {
            Arc::make_mut(account).roles_at = None;
        }
        let fresh = |since: &Timestamp| {
            let age = now.duration_since(*since);
            age >= SignedDuration::ZERO && age < RESUMABLE
        };
        let since = catalogue.listing_since.filter(fresh).unwrap_or(now);
        let mut listing = Self {
            first: first.iter().cloned().collect(),
            at: HashMap::new(),
            listed: Vec::new(),
            pace: Pace::new(now),
            ready: VecDeque::from([Request::Accounts(None)]),
            later: Vec::new(),
            in_flight: 0,
            tries: HashMap::new(),
            roles: HashMap::new(),
            skipped: Vec::new(),
            unreachable: 0,
            asked: HashSet::new(),
            stopped: None,
            since,
            done: 0,
            grants: 0,
            catalogue: Catalogue { listing_since: Some(since), ..catalogue },
        };
        listing.at = index(&listing.catalogue);
        listing
    }

    /// What to do now. [`Next::Ask`] hands the request out: it must be answered.
    pub fn next(&mut self, now: Timestamp) -> Next {
        let due = |at: Timestamp| at <= now || at.duration_since(now) > LONGEST_WAIT;
        while let Some(at) = self.later.iter().position(|(at, _)| due(*at)) {
            let (_, request) = self.later.swap_remove(at);
            self.ready.push_front(request);
        }
        if self.stopped.is_some() || (self.ready.is_empty() && self.later.is_empty()) {
            return if self.in_flight == 0 { Next::Done } else { Next::Listen };
        }
        if self.in_flight >= IN_FLIGHT {
            return Next::Listen;
        }
        let Some(request) = self.ready.front() else {
            let soonest = self.later.iter().map(|(at, _)| *at).min();
            return soonest.map_or(Next::Listen, Next::Wait);
        };
        if !due(self.pace.next()) {
            return Next::Wait(self.pace.next());
        }
        let request = request.clone();
        self.ready.pop_front();
        self.pace.reserve(now);
        self.in_flight += 1;
        Next::Ask(request)
    }

    /// Takes an answer. `jitter` is a random number from 0 to 1 that spreads repeated requests.
    pub fn answered(&mut self, request: Request, answer: Result<Page, Trouble>, jitter: f64, now: Timestamp) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if answer.is_ok() {
            self.unreachable = 0;
        }
        match (request, answer) {
            (request @ Request::Accounts(_), Ok(Page::Accounts(accounts, next))) => {
                self.tries.remove(&request);
                self.take_accounts(accounts, next);
            }
            (Request::Roles(account, token), Ok(Page::Roles(roles, next))) => {
                self.tries.remove(&Request::Roles(account.clone(), token));
                self.take_roles(account, roles, next, now);
            }
            (request, Err(trouble)) => self.take_trouble(request, trouble, jitter, now),
            (request, Ok(_)) => {
                let mixed_up = Trouble::Unreadable("the answer belongs to another question".into());
                self.take_trouble(request, mixed_up, jitter, now);
            }
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress { accounts: self.catalogue.accounts.len(), accounts_done: self.done, grants: self.grants }
    }

    /// All that is known so far, old and new. Fit to be kept at any moment.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Accounts that could not be read, each with why. What was known of them stays in the catalogue, unless
    /// AWS says that they are not the person's any more.
    pub fn skipped(&self) -> &[(AccountId, Trouble)] {
        &self.skipped
    }

    /// Why the listing ended before its time, if it did.
    pub fn stopped(&self) -> Option<&Trouble> {
        self.stopped.as_ref()
    }

    fn take_accounts(&mut self, page: Vec<(AccountId, String, Option<String>)>, next: Option<String>) {
        for (id, name, email) in page {
            let known = self.at.get(&id).map(|at| &self.catalogue.accounts[*at]);
            let (roles, roles_at) = known.map_or((vec![], None), |a| (a.roles.clone(), a.roles_at));
            self.listed.push(Account { id, name, email, roles, roles_at });
        }
        match next {
            Some(token) => self.turn_page(Request::Accounts(Some(token))),
            None => self.take_all_accounts(),
        }
    }

    /// The next page before anything else: an account can be shown and kept the sooner. A page that was asked
    /// for before has this one as its next, and so on for ever.
    fn turn_page(&mut self, request: Request) {
        if self.asked.insert(request.clone()) {
            self.ready.push_front(request);
        } else {
            self.stopped = Some(Trouble::Unreadable("the portal's pages go round in a circle".into()));
        }
    }

    /// The last page is there: accounts that were not listed are gone, the others' roles are asked for.
    fn take_all_accounts(&mut self) {
        let listed = std::mem::take(&mut self.listed);
        self.catalogue.put_accounts(listed);
        self.at = index(&self.catalogue);
        let read = |a: &Account| a.roles_at.is_some_and(|at| at >= self.since);
        let mut open: Vec<&Arc<Account>> = self.catalogue.accounts.iter().filter(|a| !read(a)).collect();
        open.sort_by_key(|a| !self.first.contains(&a.id));
        self.ready.extend(open.iter().map(|a| Request::Roles(a.id.clone(), None)));
        self.done = self.catalogue.accounts.len() - open.len();
        self.grants = self.catalogue.accounts.iter().filter(|a| read(a)).map(|a| a.roles.len()).sum();
        self.finish_if_all_read();
    }

    fn take_roles(&mut self, account: AccountId, page: Vec<RoleName>, next: Option<String>, now: Timestamp) {
        let roles = self.roles.entry(account.clone()).or_default();
        roles.extend(page);
        if let Some(token) = next {
            self.turn_page(Request::Roles(account, Some(token)));
            return;
        }
        let mut roles = self.roles.remove(&account).unwrap_or_default();
        roles.sort_unstable();
        roles.dedup();
        self.grants += roles.len();
        self.done += 1;
        if let Some(known) = self.at.get(&account).and_then(|at| self.catalogue.accounts.get_mut(*at)) {
            let known = Arc::make_mut(known);
            known.roles = roles;
            known.roles_at = Some(now);
        }
        self.finish_if_all_read();
    }

    fn take_trouble(&mut self, request: Request, trouble: Trouble, jitter: f64, now: Timestamp) {
        let (failures, refusals) = self.tries.entry(request.clone()).or_default();
        let again = match &trouble {
            // Being too fast is the pace's business and no failure of the request.
            Trouble::Throttled(wish) => {
                *refusals += 1;
                let wish = wish.map(|w| SignedDuration::try_from(w).unwrap_or(SignedDuration::MAX));
                self.pace.refused(wish, now);
                (*refusals <= REFUSALS).then_some(now)
            }
            trouble => {
                *failures += 1;
                pace::retry_after(trouble, *failures, jitter).map(|wait| after(now, wait))
            }
        };
        if let Some(at) = again {
            self.later.push((at, request));
            return;
        }
        self.tries.remove(&request);
        match (request, trouble) {
            // A role listing that is refused says something of that account only.
            (Request::Roles(account, _), trouble @ (Trouble::Forbidden | Trouble::NotFound)) => {
                self.roles.remove(&account);
                if let Some(known) = self.at.get(&account).and_then(|at| self.catalogue.accounts.get_mut(*at))
                {
                    let known = Arc::make_mut(known);
                    known.roles.clear();
                    known.roles_at = Some(now);
                }
                self.skip(account, trouble);
            }
            (Request::Roles(account, _), trouble @ (Trouble::Invalid(_) | Trouble::Unavailable(_))) => {
                self.roles.remove(&account);
                self.skip(account, trouble);
            }
            (_, trouble) => self.stopped = Some(trouble),
        }
    }

    fn skip(&mut self, account: AccountId, trouble: Trouble) {
        self.done += 1;
        if matches!(trouble, Trouble::Unavailable(_)) {
            self.unreachable += 1;
        }
        if self.unreachable >= UNREACHABLE && self.done < self.catalogue.accounts.len() {
            self.stopped = Some(trouble.clone());
        }
        self.skipped.push((account, trouble));
        self.finish_if_all_read();
    }

    fn finish_if_all_read(&mut self) {
        if self.done < self.catalogue.accounts.len() || self.stopped.is_some() {
            return;
        }
        self.catalogue.fetched_at = Some(self.since);
        // While an account is unread, the next listing takes this one up and asks for that account alone.
        let unread = |a: &Account| a.roles_at.is_none_or(|at| at < self.since);
        if !self.catalogue.accounts.iter().any(|account| unread(account)) {
            self.catalogue.listing_since = None;
        }
    }
}

fn index(catalogue: &Catalogue) -> HashMap<AccountId, usize> {
    catalogue.accounts.iter().enumerate().map(|(at, a)| (a.id.clone(), at)).collect()
}

#[cfg(test)]
mod tests;
