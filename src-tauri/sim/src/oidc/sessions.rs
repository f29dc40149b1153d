//! Logins and the tokens that hang on them.

use std::collections::HashMap;

use crate::random;

/// One approved login of one client. Its tokens live and die with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LoginId(pub(crate) u64);

#[derive(Debug)]
struct Login {
    client_id: String,
    scoped: bool,
    /// The portal session behind it ends then, in milliseconds since the epoch.
    ends_ms: i64,
    ended: bool,
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

/// Fresh tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) expires_in: i64,
}

/// All logins and tokens.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    logins: Vec<Login>,
    access: HashMap<String, AccessToken>,
    refresh: HashMap<String, RefreshToken>,
}

impl Sessions {
    /// A person let this client in; `ends_ms` is the end of the person's portal session.
    pub(super) fn begin(&mut self, client_id: &str, scoped: bool, ends_ms: i64) -> LoginId {
        self.logins.push(Login { client_id: client_id.to_owned(), scoped, ends_ms, ended: false });
        LoginId(self.logins.len() as u64 - 1)
    }

    fn login(&self, id: LoginId) -> Option<&Login> {
        usize::try_from(id.0).ok().and_then(|index| self.logins.get(index))
    }

    fn alive(&self, id: LoginId, now_ms: i64) -> Option<&Login> {
        self.login(id).filter(|login| !login.ended && login.ends_ms > now_ms)
    }

    /// Tokens for a login, or nothing when its session is over.
    pub(super) fn issue(&mut self, id: LoginId, terms: &Terms) -> Option<Tokens> {
        let login = self.alive(id, terms.now_ms)?;
        let left = (login.ends_ms - terms.now_ms) / 1000;
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

    /// The login of a refresh token that this client may use now. The token is rotated out: it dies
    /// `grace_ms` later.
    pub(super) fn redeem(
        &mut self,
        token: &str,
        client_id: &str,
        now_ms: i64,
        grace_ms: i64,
    ) -> Option<LoginId> {
        let found = self.refresh.get(token)?;
        let id = found.login;
        let fresh = found.dies_ms.is_none_or(|dies| dies > now_ms);
        let login = self.alive(id, now_ms)?;
        if !fresh || login.client_id != client_id {
            return None;
        }
        if let Some(found) = self.refresh.get_mut(token) {
            found.dies_ms = found.dies_ms.or(Some(now_ms + grace_ms));
        }
        Some(id)
    }

    /// The portal takes this access token.
    pub(crate) fn admits(&self, token: &str, now_ms: i64) -> bool {
        self.access
            .get(token)
            .is_some_and(|found| found.expires_ms > now_ms && self.alive(found.login, now_ms).is_some())
    }

    /// Ends the login of this token, for refreshing too.
    pub(crate) fn log_out(&mut self, token: &str) {
        let index = self.access.get(token).and_then(|found| usize::try_from(found.login.0).ok());
        if let Some(login) = index.and_then(|index| self.logins.get_mut(index)) {
            login.ended = true;
        }
    }

    /// An administrator ends everything.
    pub(crate) fn revoke_all(&mut self) {
        for login in &mut self.logins {
            login.ended = true;
        }
    }
}
