//! A portal in memory, and the loop that asks it in simulated time.

use std::cmp::Reverse;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::super::*;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

pub(super) fn account(number: usize) -> AccountId {
    AccountId::parse(&format!("{number:012}")).unwrap()
}

pub(super) fn role(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

#[derive(Debug, Clone)]
pub(super) struct Portal {
    /// Pages of account numbers; a number may stand on several.
    pub(super) accounts: Vec<Vec<usize>>,
    /// Roles of account 0, 1, …
    pub(super) roles: Vec<Vec<&'static str>>,
    pub(super) role_page: usize,
    /// Accounts that are refused for good at the last page of their roles.
    pub(super) gone: Vec<(usize, Trouble)>,
    /// Accounts at which the portal itself fails for good.
    pub(super) broken: Vec<usize>,
    /// Requests that are let through a second, and at once after a second's rest.
    pub(super) bucket: Option<f64>,
    /// After so many requests everything fails.
    pub(super) lost_after: Option<(usize, Trouble)>,
    /// Milliseconds to an answer.
    pub(super) latency: i64,
    /// Decides which requests stumble, and how.
    pub(super) seed: u64,
    /// How many requests of three stumble.
    pub(super) faults: u64,
}

impl Default for Portal {
    fn default() -> Self {
        Self {
            accounts: Vec::new(),
            roles: Vec::new(),
            role_page: 100,
            gone: Vec::new(),
            broken: Vec::new(),
            bucket: None,
            lost_after: None,
            latency: 90,
            seed: 0,
            faults: 0,
        }
    }
}

impl Portal {
    /// Accounts in pages of a hundred, with as many roles each.
    pub(super) fn of(accounts: usize, roles: usize) -> Self {
        let names = ["Admin", "ReadOnly", "Billing"];
        let mut portal = Self { roles: vec![names[..roles].to_vec(); accounts], ..Self::default() };
        portal.accounts = (0..accounts).collect::<Vec<_>>().chunks(100).map(<[usize]>::to_vec).collect();
        portal
    }

    /// Account numbers in pages of this size, some of them empty, some accounts twice.
    pub(super) fn pages(&self, size: usize) -> Vec<Vec<usize>> {
        let mut pages = Vec::new();
        for (number, page) in (0..self.roles.len()).collect::<Vec<_>>().chunks(size).enumerate() {
            let mut page = page.to_vec();
            match self.roll(&("page", number)) % 5 {
                0 => pages.push(Vec::new()),
                1 => page.push(page[0] / 2),
                _ => {}
            }
            pages.push(page);
        }
        pages
    }

    fn roll(&self, what: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, what).hash(&mut hasher);
        hasher.finish()
    }

    /// What a listing should find.
    pub(super) fn truth(&self) -> BTreeMap<AccountId, (String, Vec<RoleName>)> {
        let mut truth = BTreeMap::new();
        for number in self.accounts.iter().flatten() {
            let mut roles: Vec<RoleName> = self.roles[*number].iter().map(|name| role(name)).collect();
            roles.sort_unstable();
            roles.dedup();
            if self.gone.iter().any(|(gone, _)| gone == number) {
                roles.clear();
            }
            truth.insert(account(*number), (format!("account {number}"), roles));
        }
        truth
    }

    /// How many pages there are, of accounts and of roles.
    pub(super) fn pages_in_all(&self) -> usize {
        let pages = |n: usize| self.roles[n].len().div_ceil(self.role_page).max(1);
        let numbers: HashSet<usize> = self.accounts.iter().flatten().copied().collect();
        self.accounts.len().max(1) + numbers.into_iter().map(pages).sum::<usize>()
    }

    /// The page, if nothing goes wrong in passing.
    fn page(&self, request: &Request) -> Result<Page, Trouble> {
        let index = |token: &Option<String>| {
            token.as_ref().map_or(0, |t| t.trim_start_matches(['a', 'r']).parse::<usize>().unwrap())
        };
        match request {
            Request::Accounts(token) => {
                let at = index(token);
                let next = (at + 1 < self.accounts.len()).then(|| format!("a{}", at + 1));
                let page = self.accounts.get(at).cloned().unwrap_or_default();
                let named = page.iter().map(|n| (account(*n), format!("account {n}"), None));
                Ok(Page::Accounts(named.collect(), next))
            }
            Request::Roles(id, token) => {
                let (number, at) = (id.as_str().parse::<usize>().unwrap(), index(token));
                let mut pages = self.roles[number].chunks(self.role_page).skip(at);
                let page = pages.next().unwrap_or_default();
                let next = pages.next().map(|_| format!("r{}", at + 1));
                if self.broken.contains(&number) {
                    return Err(Trouble::Unavailable("HTTP 500".into()));
                }
                match self.gone.iter().find(|(gone, _)| *gone == number && next.is_none()) {
                    Some((_, trouble)) => Err(trouble.clone()),
                    None => Ok(Page::Roles(page.iter().map(|name| role(name)).collect(), next)),
                }
            }
        }
    }

    /// What goes wrong when the same page is asked for the first time, the second time and so on. It passes
    /// before the listing should give up.
    fn stumble(&self, request: &Request, attempt: u64) -> Option<Result<Page, Trouble>> {
        let kind = self.roll(request);
        if kind % 3 >= self.faults {
            return None;
        }
        match kind / 3 % 6 {
            0 if attempt < 1 => Some(Err(Trouble::Forbidden)),
            1 if attempt < 6 => Some(Err(Trouble::Throttled(None))),
            2 if attempt < 1 + kind % 3 => Some(Err(Trouble::Unavailable("HTTP 503".into()))),
            3 if attempt < 3 => Some(Err(Trouble::Unreadable("HTML".into()))),
            // The answer to another question.
            4 if attempt < 2 => Some(match request {
                Request::Accounts(_) => Ok(Page::Roles(vec![role("stray")], None)),
                Request::Roles(..) => Ok(Page::Accounts(vec![(account(99), "stray".into(), None)], None)),
            }),
            5 if attempt < 1 => Some(Err(Trouble::Throttled(Some(Duration::from_millis(kind % 5_000))))),
            _ => None,
        }
    }

    fn reply(&self, request: &Request, attempt: u64, asked: usize) -> Result<Page, Trouble> {
        match &self.lost_after {
            Some((count, trouble)) if asked >= *count => Err(trouble.clone()),
            _ => self.stumble(request, attempt).unwrap_or_else(|| self.page(request)),
        }
    }
}

/// A token bucket, as AWS describes its limits.
struct Bucket {
    rate: f64,
    tokens: f64,
    filled_at: Timestamp,
}

impl Bucket {
    fn lets_through(&mut self, now: Timestamp) -> bool {
        let passed = now.duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(self.rate.max(1.0));
        self.filled_at = now;
        let through = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(through));
        through
    }
}

/// How a listing went.
pub(super) struct Run {
    pub(super) listing: Listing,
    pub(super) asked: Vec<Request>,
    /// How many answers were not the page that was asked for.
    pub(super) faults: usize,
    /// Accounts whose last page of roles came.
    pub(super) read: HashSet<AccountId>,
    pub(super) ended: Timestamp,
}

/// Runs the listing to its end, or until so many answers were taken.
pub(super) fn run(listing: Listing, portal: &Portal, start: Timestamp, answers: Option<usize>) -> Run {
    let mut run = Run { listing, asked: Vec::new(), faults: 0, read: HashSet::new(), ended: start };
    let mut bucket = portal.bucket.map(|rate| Bucket { rate, tokens: rate, filled_at: start });
    let mut under_way: BinaryHeap<Reverse<(Timestamp, usize)>> = BinaryHeap::new();
    let mut replies: HashMap<usize, Result<Page, Trouble>> = HashMap::new();
    let mut attempts: HashMap<Request, u64> = HashMap::new();
    let (mut now, mut taken) = (start, 0);
    while answers != Some(taken) {
        run.ended = now;
        let wait = match run.listing.next(now) {
            Next::Done => {
                assert!(under_way.is_empty(), "done with questions open");
                break;
            }
            Next::Ask(request) => {
                let (number, attempt) = (run.asked.len(), attempts.entry(request.clone()).or_default());
                let through = bucket.as_mut().is_none_or(|bucket| bucket.lets_through(now));
                let throttled = Err(Trouble::Throttled(None));
                let reply = if through { portal.reply(&request, *attempt, number) } else { throttled };
                *attempt += u64::from(through);
                run.faults += usize::from(reply != portal.page(&request));
                let latency = portal.latency + i64::try_from(number % 7).unwrap() * 9;
                under_way.push(Reverse((now + SignedDuration::from_millis(latency), number)));
                replies.insert(number, reply);
                run.asked.push(request);
                assert!(under_way.len() <= 8, "too many at once");
                assert!(number < 20_000, "asked without end");
                continue;
            }
            Next::Wait(time) => {
                assert!(time > now, "told to wait for what is past");
                Some(time)
            }
            Next::Listen => {
                assert!(!under_way.is_empty(), "nothing is under way: it would listen for ever");
                None
            }
        };
        let first = under_way.peek().map(|Reverse((time, _))| *time);
        match (first, wait) {
            (Some(first), wait) if wait.is_none_or(|wait| first <= wait) => now = first,
            (_, Some(wait)) => {
                now = wait;
                continue;
            }
            (_, None) => unreachable!("listening to something"),
        }
        let Some(Reverse((_, number))) = under_way.pop() else { continue };
        let (request, reply) = (run.asked[number].clone(), replies.remove(&number).unwrap());
        if let (Request::Roles(id, _), Ok(Page::Roles(_, None))) = (&request, &reply) {
            run.read.insert(id.clone());
        }
        run.listing.answered(request, reply, 0.3, now);
        taken += 1;
    }
    run
}
