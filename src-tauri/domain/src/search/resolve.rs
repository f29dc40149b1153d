//! Which grant a command line means. A wrong switch is worse than a question, so a guess is never taken.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::fit::Text;
use super::query::{self, Word};
use super::{Entry, Index, Kind, Role, lifts, ranked, unasked};
use crate::chain::Chain;
use crate::ids::{GrantId, RoleName};
use crate::recent::Usage;

/// How many grants are suggested when none was found.
const SUGGESTIONS: usize = 5;

/// Names have a few slashes at most; more would only cost time.
const MOST_SLASHES: usize = 64;

/// What a text for one grant means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// This grant and no other.
    One(GrantId),
    /// No grant, unless it is one of these: found by guessing, the likeliest first.
    None {
        /// At most five.
        suggestions: Vec<GrantId>,
    },
    /// All of these, the likeliest first.
    Several(Vec<GrantId>),
}

/// Reads `account/role`, `portal/account/role`, `portal:account/role` or a query. The strictest of these
/// readings that fits any grant decides:
///
/// 1. account by id, role as written; 2. by id, role in any case; 3. by name, role as written; 4. by name, role
///    in any case (names are compared without case);
/// 5. the whole text, or every word of it, is an id, a name, an e-mail or a role;
/// 6. every word is the beginning or a part of one.
///
/// Abbreviations and typos only make suggestions.
pub fn resolve(index: &Index, text: &str, usage: &Usage, now: Timestamp) -> Resolution {
    let lifts = lifts(index, usage, now);
    let trimmed = text.trim();
    let in_order = |mut grants: Vec<usize>| {
        grants.sort_by_key(|at| (Reverse(lifts[*at]), *at));
        grants
    };

    // A role may begin or end with a space, so the text is first taken as it is.
    let mut spelled_out = [text, trimmed].into_iter().map(|text| in_order(spelled_out(index, text)));
    if let Some(found) = spelled_out.find_map(|grants| decided(index, &grants)) {
        return found;
    }
    let words = query::words(trimmed);
    // An empty shell variable, or a lone slash, asks for nothing, and a page that is no account's for nobody.
    if words.is_empty() || !trimmed.contains(char::is_alphanumeric) {
        let offered = unasked(index, usage, now, &lifts, SUGGESTIONS);
        return Resolution::None { suggestions: ids(index, offered.iter().map(|hit| hit.grant)) };
    }

    // Words that a search leaves out could have excluded what it found.
    if trimmed.split_whitespace().nth(query::MOST_WORDS).is_some() {
        return Resolution::None { suggestions: Vec::new() };
    }

    let hits = ranked(index, &words, words.len(), &lifts, usize::MAX);
    let of_kind = |fits: fn(Kind) -> bool| hits.iter().filter(move |hit| fits(hit.kind)).map(|hit| hit.grant);

    let mut exact: BTreeSet<usize> = whole(index, trimmed).collect();
    exact.extend(of_kind(|kind| kind == Kind::Exact));
    keep_own_chain(index, trimmed, &mut exact);
    let exact = in_order(exact.into_iter().collect());
    let typed: Vec<usize> = of_kind(|kind| !kind.is_guess()).collect();
    if let Some(found) = decided(index, &exact).or_else(|| decided(index, &typed)) {
        return found;
    }

    let guesses: Vec<usize> = of_kind(Kind::is_guess).take(SUGGESTIONS).collect();
    let suggested = if guesses.is_empty() { nearest(index, trimmed, &lifts) } else { guesses };
    Resolution::None { suggestions: ids(index, suggested) }
}

/// Whether the text as a whole is the name of grants: `account/role`, or an account or a role by its name or id. Such a
/// text means them, whatever else is called the same.
pub fn is_named(index: &Index, text: &str) -> bool {
    !spelled_out(index, text).is_empty() || whole(index, text.trim()).next().is_some()
}

/// When nothing fits all of the text: the account's other roles, or whatever fits as many words as possible.
fn nearest(index: &Index, text: &str, lifts: &[u16]) -> Vec<usize> {
    let account = query::words(text.rsplit_once('/').map_or("", |(account, _)| account));
    let words = query::words(&text.replace('/', " "));
    let best = |words: &[Word], at_least: usize| ranked(index, words, at_least, lifts, SUGGESTIONS);
    let mut hits = if account.is_empty() { Vec::new() } else { best(&account, account.len()) };
    if hits.is_empty() {
        hits = best(&words, 1);
    }
    hits.iter().map(|hit| hit.grant).collect()
}

/// A chained role that the person calls so goes before those that only AWS calls so: one role name in many accounts is
/// what chains are for.
fn keep_own_chain(index: &Index, text: &str, exact: &mut BTreeSet<usize>) {
    let chained = |at: usize| {
        let name = index.roles[index.grants[at].role].name.as_str();
        name.strip_prefix(RoleName::CHAIN_MARK)
    };
    let is_own = |name: &str| name.eq_ignore_ascii_case(text);
    if exact.iter().any(|at| chained(*at).is_some_and(is_own)) {
        exact.retain(|at| chained(*at).is_none_or(is_own));
    }
}

/// Nothing if this reading fits no grant.
fn decided(index: &Index, grants: &[usize]) -> Option<Resolution> {
    let mut ids = ids(index, grants.iter().copied());
    match ids.len() {
        0 => None,
        1 => ids.pop().map(Resolution::One),
        _ => Some(Resolution::Several(ids)),
    }
}

fn ids(index: &Index, grants: impl IntoIterator<Item = usize>) -> Vec<GrantId> {
    grants.into_iter().filter_map(|at| Some(index.grant(at)?.id())).collect()
}

/// Grants whose account name, id or e-mail, or whose role, is the whole text.
fn whole(index: &Index, text: &str) -> impl Iterator<Item = usize> {
    let text = text.to_lowercase();
    let is = |candidate: &str| candidate.trim().to_lowercase() == text;
    let any = |Entry { account, .. }: &Entry| {
        is(account.id.as_str()) || is(&account.name) || account.email.as_deref().is_some_and(is)
    };
    let accounts: Vec<bool> = index.accounts.iter().map(any).collect();
    let named = Text::new(&text);
    let is_role = |role: &Role| is(role.name.as_str()) || role.others.iter().any(|other| other.is(&named));
    let roles: Vec<bool> = index.roles.iter().map(is_role).collect();
    let places = index.grants.iter().enumerate();
    places.filter(move |(_, place)| accounts[place.account] || roles[place.role]).map(|(at, _)| at)
}

/// How an account and a role are spelled out, the strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spelling {
    by_name: bool,
    role_in_other_case: bool,
}

/// The grants that the strictest spelling of `account/role` fits. Names and roles may have slashes in them, so
/// every slash is tried.
fn spelled_out(index: &Index, text: &str) -> Vec<usize> {
    let cut = |(at, _): (usize, &str)| (AccountText::new(&text[..at]), &text[at + 1..]);
    let cuts: Vec<_> = text.match_indices('/').take(MOST_SLASHES).map(cut).collect();
    let mut found: Vec<(Spelling, usize)> = Vec::new();
    for entry in &index.accounts {
        let portal = index.portals[entry.portal].0.as_str();
        for (account, role) in &cuts {
            let Some(by_name) = account.means(entry, portal) else { continue };
            for (nth, name) in entry.account.roles.iter().enumerate() {
                let role_in_other_case = name.as_str() != *role;
                let same = |name: &str| name.trim().to_lowercase() == role.trim().to_lowercase();
                let names = || index.chain(entry, name).map(Chain::names).into_iter().flatten();
                if !role_in_other_case || same(name.as_str()) || names().any(same) {
                    let place = index.places[entry.first + nth];
                    found.push((Spelling { by_name, role_in_other_case }, place));
                }
            }
        }
    }
    let Some(strictest) = found.iter().map(|(spelling, _)| *spelling).min() else { return Vec::new() };
    let fits: BTreeSet<usize> =
        found.into_iter().filter(|(s, _)| *s == strictest).map(|(_, at)| at).collect();
    fits.into_iter().collect()
}

/// What stands before the role: an account, perhaps with its portal. A portal's name has neither `/` nor `:`.
struct AccountText {
    plain: String,
    in_portal: Option<(String, String)>,
}

impl AccountText {
    fn new(text: &str) -> Self {
        let plain = text.trim().to_lowercase();
        let in_portal = plain.split_once(['/', ':']).map(|(p, a)| (p.trim().to_owned(), a.trim().to_owned()));
        Self { plain, in_portal }
    }

    /// Whether it means this account and, if so, by its name.
    fn means(&self, entry: &Entry, portal: &str) -> Option<bool> {
        let inside = self.in_portal.as_ref().filter(|(p, _)| p.eq_ignore_ascii_case(portal)).map(|(_, a)| a);
        let name = entry.account.name.trim().to_lowercase();
        let is = |wanted: &str| [Some(&self.plain), inside].into_iter().flatten().any(|text| text == wanted);
        if is(entry.account.id.as_str()) { Some(false) } else { is(&name).then_some(true) }
    }
}
