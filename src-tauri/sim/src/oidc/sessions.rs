//! Logins and the tokens that hang on them.

use std::collections::HashMap;

use crate::people::PersonId;
use crate::random;

/// One approved login of one client. Its tokens live and die with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LoginId(pub(crate) u64);

/// Who lets a client in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder {
    pub(crate) person: PersonId,
    /// The portal session behind it ends then, in milliseconds since the epoch.
    pub(crate) session_ends_ms: i64,
    /// How many changes there were to the directory by then.
    pub(crate) changes: u64,
}

#[derive(Debug)]
struct Login {
    client_id: String,
    scoped: bool,
    holder: Holder,
    ended: bool,
}

impl Login {
    fn alive(&self, now_ms: i64) -> bool {
        !self.ended && self.holder.session_ends_ms > now_ms
    }
}

#[derive(Debug)]
struct AccessToken {
    login: LoginId,
    expires_ms: i64,
}

#[derive(Debug)]
struct RefreshToken {
    login: LoginId,
    /// Set when a newer one was handed out; it works a little longer.
    dies_ms: Option<i64>,
}

/// How tokens are handed out at the moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    pub(super) now_ms: i64,
    pub(super) token_seconds: u32,
    /// Cuts tokens of clients without scopes as well, which otherwise last as long as the session.
    pub(super) cut_seconds: Option<u32>,
    pub(super) refreshable: bool,
}

/// Who comes with a refresh token, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Redemption<'a> {
    pub(super) client_id: &'a str,
    pub(super) now_ms: i64,
    /// How long the token still works; for good when absent.
    pub(super) grace_ms: Option<i64>,
}

/// Fresh tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) expires_in: i64,
}

/// What became of refresh tokens so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RefreshCounts {
    pub(crate) carried_out: u64,
    pub(crate) refused: u64,
    pub(crate) rotated_out_uses: u64,
}

/// All logins and tokens.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    logins: Vec<Login>,
    access: HashMap<String, AccessToken>,
    refresh: HashMap<String, RefreshToken>,
    counts: RefreshCounts,
}

impl Sessions {
    /// A person let this client in.
    pub(super) fn begin(&mut self, client_id: &str, scoped: bool, holder: Holder) -> LoginId {
        self.logins.push(Login { client_id: client_id.to_owned(), scoped, holder, ended: false });
        LoginId(self.logins.len() as u64 - 1)
    }

    fn alive(&self, id: LoginId, now_ms: i64) -> Option<&Login> {
        let login = usize::try_from(id.0).ok().and_then(|index| self.logins.get(index));
        login.filter(|login| login.alive(now_ms))
    }

    /// Tokens for a login, or nothing when its session is over.
    pub(super) fn issue(&mut self, id: LoginId, terms: &Terms) -> Option<Tokens> {
        let login = self.alive(id, terms.now_ms)?;
        let left = (login.holder.session_ends_ms - terms.now_ms) / 1000;
        let wanted = match (terms.cut_seconds, login.scoped) {
            (Some(cut), _) => i64::from(cut),
            (None, true) => i64::from(terms.token_seconds),
            (None, false) => left,
        };
        let expires_in = wanted.min(left);
        let refreshable = login.scoped && terms.refreshable;
        let access = format!("aoaAAAAA{}:{}", random::url_safe(300), random::url_safe(138));
        let expires_ms = terms.now_ms + expires_in * 1000;
        self.access.insert(access.clone(), AccessToken { login: id, expires_ms });
        let refresh = refreshable.then(|| {
            let refresh = format!("aorAAAAA{}:{}", random::url_safe(500), random::url_safe(138));
            self.refresh.insert(refresh.clone(), RefreshToken { login: id, dies_ms: None });
            refresh
        });
        Some(Tokens { access, refresh, expires_in })
    }

    /// The login of a refresh token that this client may use now, which rotates the token out.
    pub(super) fn redeem(&mut self, token: &str, by: &Redemption<'_>) -> Option<LoginId> {
        let found = self.refresh.get(token);
        if found.is_some_and(|found| found.dies_ms.is_some()) {
            self.counts.rotated_out_uses += 1;
        }
        let fitting = found
            .filter(|found| found.dies_ms.is_none_or(|dies| dies > by.now_ms))
            .map(|found| found.login)
            .filter(|id| self.alive(*id, by.now_ms).is_some_and(|login| login.client_id == by.client_id));
        let Some(id) = fitting else {
            self.refuse();
            return None;
        };
        self.counts.carried_out += 1;
        if let (Some(found), Some(grace_ms)) = (self.refresh.get_mut(token), by.grace_ms) {
            found.dies_ms = found.dies_ms.or(Some(by.now_ms + grace_ms));
        }
        Some(id)
    }

    /// Counts a refresh token that was refused.
    pub(super) fn refuse(&mut self) {
        self.counts.refused += 1;
    }

    pub(crate) fn refresh_counts(&self) -> RefreshCounts {
        self.counts
    }

    /// How many logins go on.
    pub(crate) fn live(&self, now_ms: i64) -> usize {
        self.logins.iter().filter(|login| login.alive(now_ms)).count()
    }

    /// Whose access token it is, while the portal takes it.
    pub(crate) fn holder(&self, token: &str, now_ms: i64) -> Option<Holder> {
        let found = self.access.get(token).filter(|found| found.expires_ms > now_ms)?;
        self.alive(found.login, now_ms).map(|login| login.holder)
    }

    /// Ends the login of this token, for refreshing too.
    pub(crate) fn log_out(&mut self, token: &str) {
        let index = self.access.get(token).and_then(|found| usize::try_from(found.login.0).ok());
        if let Some(login) = index.and_then(|index| self.logins.get_mut(index)) {
            login.ended = true;
        }
    }

    /// An administrator ends the sessions of one person, or of everybody.
    pub(crate) fn revoke(&mut self, whose: Option<PersonId>) {
        for login in &mut self.logins {
            login.ended |= whose.is_none_or(|person| person == login.holder.person);
        }
    }
}
