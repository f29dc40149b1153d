//! What a person typed or pasted, taken apart.

use percent_encoding::percent_decode_str;

use super::fit::Needle;
use crate::console::Destination;
use crate::ids::AccountId;

/// More words than this, or more ways to cut a word at its slashes, are not looked at: nobody types them, and
/// a pasted page must not hang the list.
pub(super) const MOST_WORDS: usize = 16;
const MOST_CUTS: usize = 4;

/// One word of the query.
pub(super) enum Word {
    /// To be found in any text of a grant or, if it has a slash, in an account and a role.
    Typed { whole: Needle, cuts: Vec<Cut> },
    /// An ARN or an address, which names the account itself.
    Pasted { account: AccountId, role: Option<String> },
}

/// `account/role` or `portal/account/role`; a part left empty fits everything.
pub(super) struct Cut {
    pub(super) account: Option<Needle>,
    /// The account read as `portal/account` or `portal:account`.
    pub(super) in_portal: Option<(Needle, Option<Needle>)>,
    pub(super) role: Option<Needle>,
}

pub(super) fn words(query: &str) -> Vec<Word> {
    query.split_whitespace().filter_map(word).take(MOST_WORDS).collect()
}

fn word(text: &str) -> Option<Word> {
    if let Some((account, role)) = pasted(text) {
        return Some(Word::Pasted { account, role });
    }
    // A page that is no account's, such as a bucket's, can be opened by every grant: the other words choose.
    if matches!(Destination::in_query(text), Some(Ok(_))) {
        return None;
    }
    let cut = |(at, _): (usize, &str)| {
        let (account, role) = (&text[..at], &text[at + 1..]);
        let in_portal = account
            .split_once(['/', ':'])
            .and_then(|(portal, account)| Some((Needle::new(portal)?, Needle::new(account))));
        Cut { account: Needle::new(account), in_portal, role: Needle::new(role) }
    };
    Some(Word::Typed {
        whole: Needle::new(text)?,
        cuts: text.match_indices('/').take(MOST_CUTS).map(cut).collect(),
    })
}

/// The account that an ARN or a web address names anywhere.
pub fn account_in(text: &str) -> Option<AccountId> {
    pasted(text).map(|(account, _)| account)
}

/// The account, and the role if one is named, of an ARN or a web address.
fn pasted(text: &str) -> Option<(AccountId, Option<String>)> {
    let text = text.trim_matches(|c: char| c.is_ascii_punctuation() && c != '/');
    if text.starts_with("arn:") {
        arn(text)
    } else if text.starts_with("https://") || text.starts_with("http://") {
        address(text)
    } else {
        None
    }
}

/// `arn:aws:iam::111122223333:role/Admin` and the like.
fn arn(text: &str) -> Option<(AccountId, Option<String>)> {
    let mut parts = text.splitn(6, ':').skip(4);
    let account = AccountId::parse(parts.next()?).ok()?;
    let mut path = parts.next().unwrap_or_default().split('/');
    let role = match path.next() {
        // Roles may lie under a path; the session follows the name of an assumed one.
        Some("role") => path.next_back(),
        Some("assumed-role") => path.next(),
        _ => None,
    };
    Some((account, role.map(permission_set).filter(|role| !role.is_empty()).map(str::to_owned)))
}

/// Identity Center calls the role it makes for `Admin` `AWSReservedSSO_Admin_0123456789abcdef`.
fn permission_set(role: &str) -> &str {
    let made = role.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_'));
    made.map_or(role, |(name, _)| name)
}

/// The access portal's own links name both in their parameters; console addresses have the account in the host, in the
/// path or in an ARN. Other numbers of twelve digits are those of support cases and the like.
fn address(text: &str) -> Option<(AccountId, Option<String>)> {
    // Bytes that make no text become replacement characters, which no id contains.
    let text = percent_decode_str(text).decode_utf8_lossy();
    let parameter = |names: &[&str]| {
        let mut pairs = text.split(['?', '&', '#']).filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| names.contains(name)).map(|(_, value)| value)
    };
    let named = parameter(&["account_id", "account"]).and_then(|id| AccountId::parse(id).ok());
    let in_arn = || {
        let mut arns = text.match_indices("arn:").filter_map(|(at, _)| text[at..].split(':').nth(4));
        arns.find_map(|id| AccountId::parse(id).ok())
    };
    let place = text.split(['?', '#']).next().unwrap_or_default();
    let mut parts = place.split(['/', '.', '-', ':']);
    let named = named.or_else(in_arn).or_else(|| parts.find_map(|part| AccountId::parse(part).ok()));
    let role = parameter(&["role_name", "roleName"]).filter(|role| !role.is_empty());
    Some((named?, role.map(str::to_owned)))
}
