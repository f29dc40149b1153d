//! Finding pages of the console that have a name, among the grants.
//!
//! A page is found by words that all fit it: its name, its title, or the account, role and portal that it is opened
//! as; at least one of them has to fit its name or title, or every role would drag its pages along. Pages stand behind the
//! first three of the grants that fit as well, so that Enter does not open a page for somebody who types a role as always.
//! One whose whole name was typed fits exactly.

use std::cmp::Reverse;

use super::fit::{self, Field, Fit, Kind, Needle, Text};
use super::query::{self, Word};
use super::{Hit, Index};
use crate::ids::GrantId;

/// Pages that one query finds; all others are found by one more word.
const MOST: usize = 9;
/// Grants that stay above pages which fit as well.
const AHEAD: usize = 3;

/// What a page is found by.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// What the person calls it, if they do.
    pub name: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// Who opens it.
    pub grant: &'a GrantId,
}

/// Pages, prepared for searching.
#[derive(Debug, Default)]
pub struct Pages(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    name: Text,
    title: Text,
    account: Text,
    account_id: String,
    role: Text,
    portal: Text,
}

/// A row of the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A grant; see [`Index::grant`].
    Grant(usize),
    /// A page, by its place among those that [`Pages::new`] was given.
    Page(usize),
}

/// A page that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    page: usize,
    /// Of the word that fits worst.
    kind: Kind,
    detail: u32,
}

impl Pages {
    /// Prepares pages. Those that come first are preferred.
    pub fn new<'a>(index: &Index, pages: impl IntoIterator<Item = Named<'a>>) -> Self {
        let entry = |Named { name, title, grant }: Named<'_>| {
            let known = index.position(grant).and_then(|at| index.grant(at));
            Entry {
                name: Text::new(name),
                title: Text::new(title),
                account: Text::new(known.map_or("", |known| &known.account.name)),
                account_id: grant.account_id.to_string(),
                role: Text::new(grant.role_name.as_str()),
                portal: Text::new(grant.portal.as_str()),
            }
        };
        Self(pages.into_iter().map(entry).collect())
    }

    fn find(&self, query: &str) -> Vec<Found> {
        let words = query::words(query);
        let mut needles = Vec::with_capacity(words.len());
        for word in &words {
            // What was pasted names an account, and a slash a role.
            let Word::Typed { whole, cuts } = word else { return Vec::new() };
            if !cuts.is_empty() {
                return Vec::new();
            }
            needles.push(whole);
        }
        if needles.is_empty() {
            return Vec::new();
        }
        let whole = Text::new(query.trim());
        let mut matcher = fit::matcher();
        let mut fit = |(page, entry): (usize, &Entry)| entry.fit(page, &needles, &whole, &mut matcher);
        let mut found: Vec<Found> = self.0.iter().enumerate().filter_map(&mut fit).collect();
        found.sort_by_key(|found| Reverse((found.kind, found.detail)));
        found.truncate(MOST);
        found
    }
}

impl Entry {
    fn fit(
        &self,
        page: usize,
        needles: &[&Needle],
        whole: &Text,
        matcher: &mut nucleo_matcher::Matcher,
    ) -> Option<Found> {
        let (mut worst, mut detail, mut is_own) = (Fit::EXACT, 0, false);
        for needle in needles {
            let own = [&self.name, &self.title].map(|text| needle.fit(text, Field::Name, matcher));
            let own = own.into_iter().fold(None, Option::max);
            is_own |= own.is_some_and(|fit| !fit.kind.is_guess());
            let of_grant = [
                needle.fit(&self.account, Field::Name, matcher),
                needle.fit_id(&self.account_id),
                needle.fit(&self.role, Field::Name, matcher),
                needle.fit(&self.portal, Field::Portal, matcher),
            ];
            let best = of_grant.into_iter().fold(own, Option::max)?;
            detail += u32::from(best.detail);
            worst = worst.min(best);
        }
        let kind = if self.name.is(whole) { Kind::Exact } else { worst.kind };
        is_own.then_some(Found { page, kind, detail })
    }
}

/// What the query finds: grants, best first, with the pages between them.
pub fn rows(hits: &[Hit], pages: &Pages, query: &str) -> Vec<Row> {
    let mut found = pages.find(query).into_iter().peekable();
    let mut rows = Vec::with_capacity(hits.len() + found.len());
    let mut ahead = (None, 0);
    for hit in hits {
        // Those that fit better than this grant, and those that fit as well once enough grants stand above.
        ahead = (Some(hit.kind), if ahead.0 == Some(hit.kind) { ahead.1 + 1 } else { 0 });
        let comes = |page: &Found| page.kind > hit.kind || page.kind == hit.kind && ahead.1 >= AHEAD;
        while let Some(page) = found.next_if(comes) {
            rows.push(Row::Page(page.page));
        }
        rows.push(Row::Grant(hit.grant));
    }
    rows.extend(found.map(|page| Row::Page(page.page)));
    rows
}

/// What stands there when nothing was typed: the pinned grants, some pages, and all other grants.
pub fn unasked(hits: &[Hit], pinned: usize, pages: usize) -> Vec<Row> {
    let (first, others) = hits.split_at(pinned.min(hits.len()));
    let grants = |hits: &[Hit]| hits.iter().map(|hit| Row::Grant(hit.grant)).collect::<Vec<_>>();
    [grants(first), (0..pages).map(Row::Page).collect(), grants(others)].concat()
}
