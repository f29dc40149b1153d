//! What is kept in the keyring, entry by entry, and what it looks like there.
//!
//! One entry per secret: the access token, the refresh token, the client registration, and the credentials
//! of each grant. Each says which portal address it belongs to, so that a portal of the same name at another
//! address finds nothing.

use std::collections::HashMap;
use std::path::PathBuf;

use domain::failure::Failure;
use domain::flow::Flow;
use domain::ids::{GrantId, PortalName};
use domain::secret::Secret;
use domain::session::{TokenInfo, TokenUse, token_use};
use domain::settings::{AwsCli, Portal};
use domain::time::before;
use domain::vend::Credentials;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::aws::oidc::{Registration, Tokens};
use crate::aws_cli::CliSession;
use crate::kept::KeptRoles;
use crate::{Engine, aws_cli, clock, files, unwritable};

/// A registration that ends sooner is replaced: a sign-in should not outlive it.
const REGISTRATION_LEFT: SignedDuration = SignedDuration::from_hours(24);

/// The access token as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct AccessToken {
    pub(crate) token: Secret,
    pub(crate) info: TokenInfo,
    pub(crate) obtained_at: Timestamp,
    pub(crate) home: Home,
}

impl AccessToken {
    /// Whether it can be used or renewed without a person, as far as anybody here can tell.
    pub(crate) fn is_useful(&self) -> bool {
        token_use(&self.info, self.obtained_at, clock::now()) != TokenUse::SignIn
    }
}

/// Where a session's tokens live. One place owns them: two would rotate the refresh token out of each other's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Home {
    /// Our keyring.
    Keyring,
    /// This file of the AWS CLI's cache.
    AwsCli(PathBuf),
}

/// What renews a token: the refresh token, and the registration that it belongs to.
pub(crate) type Means = (Secret, Registration);

impl Tokens {
    /// What is kept of them where the access token lives.
    pub(crate) fn access(&self, home: Home) -> AccessToken {
        AccessToken {
            token: self.access_token.clone(),
            info: TokenInfo { expires_at: self.expires_at, refreshable: self.refresh_token.is_some() },
            obtained_at: self.obtained_at,
            home,
        }
    }
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
struct AccessRecord {
    start_url: String,
    access_token: String,
    #[zeroize(skip)]
    expires_at: Timestamp,
    #[zeroize(skip)]
    obtained_at: Timestamp,
    refreshable: bool,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
struct RefreshRecord {
    start_url: String,
    refresh_token: String,
    /// The registration that it belongs to is the one for this flow.
    #[zeroize(skip)]
    #[serde(default = "device")]
    flow: Flow,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
struct ClientRecord {
    start_url: String,
    region: String,
    client_id: String,
    client_secret: String,
    #[zeroize(skip)]
    expires_at: Timestamp,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
struct RoleRecord {
    start_url: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    #[zeroize(skip)]
    expires_at: Timestamp,
    #[zeroize(skip)]
    obtained_at: Timestamp,
    /// How far AWS's clock was ahead of ours.
    ahead_seconds: i64,
    /// Of a chained role: SHA-256 of what it was when they were fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain: Option<String>,
}

/// Which grants of which portal have credentials in the keyring.
pub(crate) type ListedRoles = HashMap<PortalName, KeptRoles>;

/// Credentials as they are kept, with what was known of the clocks.
#[derive(Debug, Clone)]
pub(crate) struct KeptCredentials {
    pub(crate) credentials: Credentials,
    pub(crate) ahead: SignedDuration,
}

impl Engine {
    /// The token of the portal's session, wherever that lives.
    pub(crate) fn access_token(&self, portal: &Portal) -> Result<Option<AccessToken>, Failure> {
        let theirs = || self.cli_session(portal).map(|session| session.access);
        match portal.aws_cli {
            AwsCli::Off => self.kept_access_token(portal),
            AwsCli::Share => Ok(theirs()),
            AwsCli::Read => {
                let kept = self.kept_access_token(portal)?;
                Ok(if kept.as_ref().is_some_and(AccessToken::is_useful) { kept } else { theirs().or(kept) })
            }
        }
    }

    fn kept_access_token(&self, portal: &Portal) -> Result<Option<AccessToken>, Failure> {
        let record: Option<AccessRecord> = self.recall(&access_key(portal))?;
        Ok(record.filter(|r| r.start_url == portal.start_url.as_str()).map(|r| AccessToken {
            token: Secret::new(&r.access_token),
            info: TokenInfo { expires_at: r.expires_at, refreshable: r.refreshable },
            obtained_at: r.obtained_at,
            home: Home::Keyring,
        }))
    }

    /// What renews this token: the refresh token and the registration that it belongs to.
    pub(crate) fn renewal(&self, portal: &Portal, token: &AccessToken) -> Result<Option<Means>, Failure> {
        if let Home::AwsCli(path) = &token.home {
            let same = |session: &CliSession| session.access.token == token.token && aws_cli::can_keep(path);
            return Ok(self.cli_session(portal).filter(same).and_then(|session| session.renewal));
        }
        let record: Option<RefreshRecord> = self.recall(&refresh_key(portal))?;
        let Some(record) = record.filter(|r| r.start_url == portal.start_url.as_str()) else {
            return Ok(None);
        };
        let registration = self.registration(portal, record.flow, SignedDuration::ZERO)?;
        Ok(registration.map(|registration| (Secret::new(&record.refresh_token), registration)))
    }

    /// Keeps the tokens of a new sign-in.
    pub(crate) fn keep_new(
        &self,
        portal: &Portal,
        flow: Flow,
        registration: &Registration,
        tokens: &Tokens,
    ) -> Result<TokenInfo, Failure> {
        if portal.aws_cli == AwsCli::Share {
            self.begin_in_cli(portal, registration, tokens)?;
        } else {
            self.keep_tokens(portal, flow, tokens)?;
        }
        self.keep_registration(portal, flow, registration)?;
        self.note_session(portal, |record| {
            record.since = Some(tokens.obtained_at);
            record.cli_ignored = false;
        })?;
        Ok(tokens.access(Home::Keyring).info)
    }

    /// Keeps renewed tokens where the old ones were; `sent` is the refresh token that they came for.
    pub(crate) fn keep_renewed(
        &self,
        portal: &Portal,
        home: &Home,
        sent: &Secret,
        tokens: &Tokens,
    ) -> Result<(), Failure> {
        match home {
            Home::AwsCli(_) => self.keep_in_cli(sent, tokens),
            Home::Keyring => {
                let record: Option<RefreshRecord> = self.recall(&refresh_key(portal))?;
                self.keep_tokens(portal, record.map_or(Flow::Device, |r| r.flow), tokens)
            }
        }
    }

    /// The refresh token first: if the process dies in between, the old access token still works and the new
    /// refresh token is not lost.
    fn keep_tokens(&self, portal: &Portal, flow: Flow, tokens: &Tokens) -> Result<(), Failure> {
        let start_url = portal.start_url.to_string();
        match &tokens.refresh_token {
            Some(token) => {
                let refresh_token = token.reveal().to_owned();
                self.keep(&refresh_key(portal), &RefreshRecord { start_url, refresh_token, flow })?;
            }
            None => self.vault.delete(&refresh_key(portal))?,
        }
        self.keep_access_token(portal, &tokens.access(Home::Keyring))
    }

    /// AWS does not take the refresh token any more. The access token may still work until it ends by itself, unless
    /// it was `all` refused.
    pub(crate) fn drop_refused(
        &self,
        portal: &Portal,
        token: &AccessToken,
        refresh_token: Option<&Secret>,
        all: bool,
    ) -> Result<(), Failure> {
        if token.home == Home::Keyring {
            self.session_was_over(portal, token.obtained_at)?;
        } else {
            let refused = refresh_token.into_iter().chain(all.then_some(&token.token));
            return refused.into_iter().try_for_each(|token| self.refuse_in_cli(portal, token));
        }
        if all {
            return self.forget_tokens(portal);
        }
        self.vault.delete(&refresh_key(portal))?;
        let info = TokenInfo { refreshable: false, ..token.info.clone() };
        self.keep_access_token(portal, &AccessToken { info, ..token.clone() })
    }

    fn keep_access_token(&self, portal: &Portal, token: &AccessToken) -> Result<(), Failure> {
        let record = AccessRecord {
            start_url: portal.start_url.to_string(),
            access_token: token.token.reveal().to_owned(),
            expires_at: token.info.expires_at,
            obtained_at: token.obtained_at,
            refreshable: token.info.refreshable,
        };
        self.keep(&access_key(portal), &record)
    }

    /// The client registration, if it fits the portal and lives long enough.
    fn registration(
        &self,
        portal: &Portal,
        flow: Flow,
        left: SignedDuration,
    ) -> Result<Option<Registration>, Failure> {
        let record: Option<ClientRecord> = self.recall(&client_key(portal, flow))?;
        let fits = |r: &ClientRecord| {
            r.start_url == portal.start_url.as_str()
                && r.region == portal.region.as_str()
                && r.expires_at.duration_since(clock::now()) > left
        };
        Ok(record.filter(fits).map(|r| Registration {
            client_id: r.client_id.clone(),
            client_secret: Secret::new(&r.client_secret),
            expires_at: r.expires_at,
        }))
    }

    /// Whether there is one that a refresh token may belong to.
    pub(crate) fn has_registration(&self, portal: &Portal, flow: Flow) -> Result<bool, Failure> {
        Ok(self.registration(portal, flow, SignedDuration::ZERO)?.is_some())
    }

    /// The registration for a new sign-in.
    pub(crate) fn registration_to_sign_in(
        &self,
        portal: &Portal,
        flow: Flow,
    ) -> Result<Option<Registration>, Failure> {
        self.registration(portal, flow, REGISTRATION_LEFT)
    }

    pub(crate) fn keep_registration(
        &self,
        portal: &Portal,
        flow: Flow,
        registration: &Registration,
    ) -> Result<(), Failure> {
        let record = ClientRecord {
            start_url: portal.start_url.to_string(),
            region: portal.region.to_string(),
            client_id: registration.client_id.clone(),
            client_secret: registration.client_secret.reveal().to_owned(),
            expires_at: registration.expires_at,
        };
        self.keep(&client_key(portal, flow), &record)
    }

    pub(crate) fn kept_credentials(
        &self,
        portal: &Portal,
        grant: &GrantId,
    ) -> Result<Option<KeptCredentials>, Failure> {
        let record: Option<RoleRecord> = self.recall(&role_key(grant))?;
        let chain = self.definition(grant);
        let fits = |r: &RoleRecord| r.start_url == portal.start_url.as_str() && r.chain == chain;
        Ok(record.filter(fits).map(|r| KeptCredentials {
            credentials: Credentials {
                access_key_id: r.access_key_id.clone(),
                secret_access_key: Secret::new(&r.secret_access_key),
                session_token: Secret::new(&r.session_token),
                expires_at: r.expires_at,
                obtained_at: r.obtained_at,
            },
            ahead: SignedDuration::from_secs(r.ahead_seconds),
        }))
    }

    /// The same for someone who looks at many grants: the keyring, which takes a millisecond for each, is only asked for
    /// those that are listed as kept.
    pub(crate) fn kept_credentials_if_listed(
        &self,
        grant: &GrantId,
        listed: &ListedRoles,
    ) -> Result<Option<KeptCredentials>, Failure> {
        match self.settings.portal(&grant.portal) {
            Some(portal) if listed.get(&grant.portal).is_some_and(|roles| roles.contains(grant)) => {
                self.kept_credentials(portal, grant)
            }
            _ => Ok(None),
        }
    }

    /// The grants with credentials in the keyring, portal by portal.
    pub(crate) fn all_listed_roles(&self) -> Result<ListedRoles, Failure> {
        let listed = |portal: &Portal| Ok((portal.name.clone(), self.listed_roles(portal)?));
        self.settings.portals.iter().map(listed).collect()
    }

    /// Keeps credentials of a grant. The caller holds the portal's lock and has seen that somebody is signed
    /// in: nothing may appear in the keyring after a sign-out.
    pub(crate) fn keep_credentials(
        &self,
        portal: &Portal,
        grant: &GrantId,
        kept: &KeptCredentials,
    ) -> Result<(), Failure> {
        // Listed first, so that a sign-out finds whatever may be there.
        let credentials = &kept.credentials;
        let mut listed = self.listed_roles(portal)?;
        if listed.insert(grant, before(credentials.expires_at, kept.ahead)) {
            self.list_roles(portal, &listed)?;
        }
        let record = RoleRecord {
            start_url: portal.start_url.to_string(),
            access_key_id: credentials.access_key_id.clone(),
            secret_access_key: credentials.secret_access_key.reveal().to_owned(),
            session_token: credentials.session_token.reveal().to_owned(),
            expires_at: credentials.expires_at,
            obtained_at: credentials.obtained_at,
            ahead_seconds: kept.ahead.as_secs(),
            chain: self.definition(grant),
        };
        self.keep(&role_key(grant), &record)
    }

    /// Forgets the credentials of one grant. The caller holds the portal's lock.
    pub(crate) fn forget_credentials(&self, grant: &GrantId) -> Result<(), Failure> {
        self.vault.delete(&role_key(grant))
    }

    /// Forgets tokens and credentials of a portal. The registration stays unless `registration_too`: it
    /// opens nothing by itself, and making one anew is throttled by AWS.
    pub(crate) fn forget(&self, portal: &Portal, registration_too: bool) -> Result<(), Failure> {
        self.forget_tokens(portal)?;
        if registration_too {
            for flow in [Flow::Device, Flow::Browser] {
                self.vault.delete(&client_key(portal, flow))?;
            }
        }
        for (account_id, role_name) in self.listed_roles(portal)?.into_names() {
            self.vault.delete(&role_key(&GrantId { portal: portal.name.clone(), account_id, role_name }))?;
        }
        files::remove(&self.folders.kept_path(&portal.name))?;
        self.take_out_keys_of(&portal.name)
    }

    pub(crate) fn forget_tokens(&self, portal: &Portal) -> Result<(), Failure> {
        self.vault.delete(&access_key(portal))?;
        self.vault.delete(&refresh_key(portal))?;
        self.note_session(portal, |record| record.since = None)
    }

    /// Not every platform's store can list its entries, so the names of those with credentials are listed in
    /// a file. It holds no secret.
    fn listed_roles(&self, portal: &Portal) -> Result<KeptRoles, Failure> {
        let Some(bytes) = files::read(&self.folders.kept_path(&portal.name))? else {
            return Ok(KeptRoles::default());
        };
        // A damaged list must not hide credentials from a sign-out: whatever may have been used is looked at.
        Ok(serde_json::from_slice(&bytes).unwrap_or_else(|_| self.grants_in_use(portal)))
    }

    fn grants_in_use(&self, portal: &Portal) -> KeptRoles {
        let usage = self.usage();
        let profiles = self.our_profiles().unwrap_or_default();
        let grants = usage.recents(usize::MAX).into_iter().chain(profiles.iter().map(|ours| &ours.grant));
        KeptRoles::named(grants.filter(|grant| grant.portal == portal.name))
    }

    fn list_roles(&self, portal: &Portal, roles: &KeptRoles) -> Result<(), Failure> {
        let text = serde_json::to_vec(roles).map_err(|error| unwritable(&error))?;
        files::replace(&self.folders.kept_path(&portal.name), &text)
    }

    /// An entry that can't be understood is as good as none: it will be replaced by the next sign-in.
    fn recall<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Failure> {
        Ok(self.vault.get(key)?.and_then(|text| serde_json::from_str(text.reveal()).ok()))
    }

    fn keep<T: Serialize>(&self, key: &str, record: &T) -> Result<(), Failure> {
        let text = serde_json::to_string(record).map_err(|error| unwritable(&error))?;
        self.vault.set(key, &Secret::new(text))
    }
}

fn access_key(portal: &Portal) -> String {
    format!("{}/access-token", portal.name)
}

fn refresh_key(portal: &Portal) -> String {
    format!("{}/refresh-token", portal.name)
}

fn client_key(portal: &Portal, flow: Flow) -> String {
    match flow {
        Flow::Device => format!("{}/client", portal.name),
        Flow::Browser => format!("{}/browser-client", portal.name),
    }
}

/// Of records that were kept before there was another flow.
fn device() -> Flow {
    Flow::Device
}

fn role_key(grant: &GrantId) -> String {
    format!("{}/role/{}/{}", grant.portal, grant.account_id, grant.role_name)
}
