//! As whom a page is opened when nobody is named.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::Destination;
use crate::ids::{AccountId, GrantId};
use crate::recent::Usage;
use crate::search::{Index, Resolution, account_in, resolve};

/// Who can open a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The page names no account: anybody can.
    Anybody,
    /// This grant: the only one there, or the one that was named.
    One(GrantId),
    /// This one of several was used last.
    LastUsed(GrantId),
    /// One of several in the account, and it is not known which.
    Unclear(AccountId),
    /// Nobody: no role in this account is known.
    Nobody(AccountId),
}

/// Who can open what was pasted. In an account with several roles it is the one that was used last.
pub fn whose(index: &Index, pasted: &str, to: &Destination, usage: &Usage, now: Timestamp) -> Whose {
    let named = to.account_id();
    let Some(account) = named.clone().or_else(|| account_in(pasted)) else { return Whose::Anybody };
    let mut there: Vec<GrantId> = (0..index.len())
        .filter_map(|at| index.grant(at))
        .filter(|grant| grant.account.id == account)
        .map(|grant| grant.id())
        .collect();
    if there.is_empty() {
        // What only looks like an account's id may be any number.
        return if named.is_some() { Whose::Nobody(account) } else { Whose::Anybody };
    }
    // The ARN of a permission set's own role, and the portal's links, name the grant. Another role of the account that
    // is called like a permission set says nothing of who wants to look at it.
    let is_other_role =
        matches!(to, Destination::Arn(arn) if arn.contains(":role/") && !arn.contains("AWSReservedSSO_"));
    if !is_other_role
        && let Resolution::One(grant) = resolve(index, pasted, usage, now)
        && grant.account_id == account
    {
        return Whose::One(grant);
    }
    if there.len() == 1
        && let Some(only) = there.pop()
    {
        return Whose::One(only);
    }
    there.retain(|grant| usage.last_used(grant).is_some());
    there.sort_by_key(|grant| Reverse(usage.last_used(grant)));
    there.into_iter().next().map_or(Whose::Unclear(account), Whose::LastUsed)
}
