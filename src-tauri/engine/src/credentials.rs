//! Temporary credentials of a grant: from the keyring, else from the portal.

use std::time::Duration;

use domain::chain;
use domain::failure::Failure;
use domain::ids::GrantId;
use domain::settings::Portal;
use domain::time::{after, before};
use domain::trouble::Trouble;
use domain::vend::{self, Credentials, Decision};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::aws::Aws;
use crate::aws::portal::Portal as PortalApi;
use crate::retry::persist;
use crate::sign_in::{portal_lock, signed_out};
use crate::tokens::KeptCredentials;
use crate::{Engine, clock, files};

/// What the keyring holds for a grant.
#[derive(Debug, Clone)]
pub enum Kept {
    /// Good: hand these out. This is the fast path: no async runtime, no network, no TLS.
    Good(Credentials),
    /// Ask [`Engine::fetch_credentials`].
    Stale,
}

/// A failure as those who wait find it. Holds no secret.
#[derive(Serialize, Deserialize)]
struct NotedFailure {
    at: Timestamp,
    grant: GrantId,
    failure: Failure,
}

/// How long AWS may take in all: some SDKs give a `credential_process` one minute.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);
/// How long AWS is asked for credentials with one token.
pub(crate) const TRY_FOR: SignedDuration = SignedDuration::from_secs(20);
/// How long somebody with credentials that still work waits for better ones.
const RENEWAL_PATIENCE: Duration = Duration::from_secs(8);
/// A clock that is off by more than this is worth a word: AWS refuses signatures from 5 minutes on.
const WORTH_A_WORD: SignedDuration = SignedDuration::from_mins(2);

impl Engine {
    /// Looks into the keyring.
    pub fn kept(&self, grant: &GrantId) -> Result<Kept, Failure> {
        let portal = self.settings.portal_or_only(Some(&grant.portal))?;
        let kept = self.kept_credentials(portal, grant)?;
        Ok(match (decide(kept.as_ref()), kept) {
            (Decision::Serve, Some(kept)) => Kept::Good(by_our_clock(kept)),
            _ => Kept::Stale,
        })
    }

    /// From the keyring, else fetched.
    pub(crate) async fn credentials(&self, grant: &GrantId) -> Result<Credentials, Failure> {
        let wanted = grant.clone();
        match self.blocking(move |engine| engine.kept(&wanted)).await? {
            Kept::Good(credentials) => Ok(credentials),
            Kept::Stale => self.fetch_credentials(grant).await,
        }
    }

    /// Fetches credentials of the grant and keeps them. Many processes may ask at once: one fetches, the
    /// others wait and find what it kept. Credentials that still work are handed out if AWS can't be reached
    /// or the sign-in has ended, and at once if another process is renewing them.
    pub async fn fetch_credentials(&self, grant: &GrantId) -> Result<Credentials, Failure> {
        let asked_at = clock::now();
        let portal = self.settings.portal_or_only(Some(&grant.portal))?.clone();
        let kept = self.kept_async(&portal, grant).await?;
        let (lock, path) = (grant_lock(grant), self.folders.lock_path(&grant_lock(grant)));
        let _lock = match (decide(kept.as_ref()), kept) {
            (Decision::Renew, Some(kept)) => {
                match self.blocking(move |_| files::lock(&path, Duration::ZERO)).await? {
                    Some(lock) => lock,
                    None => return Ok(by_our_clock(kept)),
                }
            }
            _ => self.lock_async(lock).await?,
        };
        let kept = self.kept_async(&portal, grant).await?;
        match (decide(kept.as_ref()), kept) {
            (Decision::Serve, Some(kept)) => Ok(by_our_clock(kept)),
            (Decision::Renew, Some(kept)) => {
                let renewed = self.fetch_within(RENEWAL_PATIENCE, &portal, grant).await;
                Ok(renewed.unwrap_or_else(|_| by_our_clock(kept)))
            }
            _ => {
                // Whoever had the lock before us asked the same; what AWS told them is news enough.
                if let Some(failure) = self.failure_since(grant, asked_at) {
                    return Err(failure);
                }
                let fetched = self.fetch_within(PATIENCE, &portal, grant).await;
                fetched.inspect_err(|failure| self.note_failure(grant, failure))
            }
        }
    }

    async fn fetch_within(
        &self,
        patience: Duration,
        portal: &Portal,
        grant: &GrantId,
    ) -> Result<Credentials, Failure> {
        let (engine, owner, wanted) = (self.clone(), portal.clone(), grant.clone());
        let work = async move { engine.fetch(&owner, &wanted).await };
        Self::within(patience, portal, grant, work).await
    }

    /// In a task of its own: a renewal of the token that is under way when patience ends is not cut off.
    pub(crate) async fn within(
        patience: Duration,
        portal: &Portal,
        grant: &GrantId,
        work: impl Future<Output = Result<Credentials, Failure>> + Send + 'static,
    ) -> Result<Credentials, Failure> {
        match tokio::time::timeout(patience, tokio::spawn(work)).await {
            Ok(Ok(answer)) => answer,
            _ => Err(Trouble::Unavailable(format!("no answer within {} s", patience.as_secs()))
                .failure(&format!("getting credentials for {grant}"), &portal.name)),
        }
    }

    /// Why another process failed to get the same credentials, if that was after `time`.
    fn failure_since(&self, grant: &GrantId, time: Timestamp) -> Option<Failure> {
        let bytes = files::read(&self.folders.failure_path(&grant_lock(grant))).ok()??;
        let noted: NotedFailure = serde_json::from_slice(&bytes).ok()?;
        (noted.at >= time && noted.grant == *grant).then_some(noted.failure)
    }

    /// For those who wait for the lock. If it can't be written they ask AWS themselves.
    fn note_failure(&self, grant: &GrantId, failure: &Failure) {
        let noted = NotedFailure { at: clock::now(), grant: grant.clone(), failure: failure.clone() };
        if let Ok(text) = serde_json::to_vec(&noted) {
            let _ = files::replace(&self.folders.failure_path(&grant_lock(grant)), &text);
        }
    }

    async fn kept_async(&self, portal: &Portal, grant: &GrantId) -> Result<Option<KeptCredentials>, Failure> {
        let (portal, grant) = (portal.clone(), grant.clone());
        self.blocking(move |engine| engine.kept_credentials(&portal, &grant)).await
    }

    async fn fetch(&self, portal: &Portal, grant: &GrantId) -> Result<Credentials, Failure> {
        if let Some(name) = chain::name_in(&grant.role_name) {
            return self.fetch_chained(portal, grant, &name).await;
        }
        let aws = self.aws(portal)?;
        let api = PortalApi::new(&aws);
        let mut token = self.fresh_token(portal, &aws, None).await?;
        let mut answer = persist(TRY_FOR, || api.credentials(&token.token, grant)).await;
        if answer == Err(Trouble::Unauthorized) {
            token = self.fresh_token(portal, &aws, Some(&token.token)).await?;
            answer = persist(TRY_FOR, || api.credentials(&token.token, grant)).await;
        }
        let doing = format!("getting credentials for {grant}");
        let credentials = answer.map_err(|trouble| trouble.failure(&doing, &portal.name))?;
        let kept = KeptCredentials { credentials, ahead: aws.skew().ahead() };
        self.keep_if_signed_in(portal, grant, &kept).await?;
        Ok(by_our_clock(kept))
    }

    /// Under the portal's lock, so that nothing appears in the keyring after a sign-out.
    pub(crate) async fn keep_if_signed_in(
        &self,
        portal: &Portal,
        grant: &GrantId,
        kept: &KeptCredentials,
    ) -> Result<(), Failure> {
        let lock = self.lock_async(portal_lock(&portal.name)).await?;
        let (portal, grant, kept) = (portal.clone(), grant.clone(), kept.clone());
        self.blocking(move |engine| {
            // Goes with the work: whoever drops the future does not unlock what is still being written.
            let _lock = lock;
            engine.access_token(&portal)?.ok_or_else(|| signed_out(&portal.name))?;
            // They are good all the same; the next one to ask fetches its own.
            if let Err(failure) = engine.keep_credentials(&portal, &grant, &kept) {
                engine.vault.tell(&format!("the credentials could not be kept for the next time: {failure}"));
            }
            Ok(())
        })
        .await
    }

    /// A sentence for the person if the clock is so wrong that AWS will refuse requests.
    pub fn clock_warning(aws: &Aws) -> Option<String> {
        let ahead = aws.skew().ahead();
        let (minutes, way) =
            ((ahead.abs().as_secs() + 30) / 60, if ahead.is_positive() { "behind" } else { "ahead of" });
        (ahead.abs() > WORTH_A_WORD).then(|| {
            format!("this computer's clock is {minutes} min {way} AWS's: set it, or AWS will refuse requests")
        })
    }
}

pub(crate) fn decide(kept: Option<&KeptCredentials>) -> Decision {
    let ahead = kept.map_or(SignedDuration::ZERO, |k| k.ahead);
    vend::decide(kept.map(|k| &k.credentials), after(clock::now(), ahead))
}

/// SDKs compare the expiry with this computer's clock, right or wrong.
pub(crate) fn by_our_clock(kept: KeptCredentials) -> Credentials {
    let expires_at = before(kept.credentials.expires_at, kept.ahead);
    Credentials { expires_at, ..kept.credentials }
}

/// Role names may have characters that file names may not. Two roles that share a lock only wait a little; a chained
/// role, which waits for its parent while it holds its own, shares it with none.
pub(crate) fn grant_lock(grant: &GrantId) -> String {
    if let Some(name) = chain::name_in(&grant.role_name) {
        return format!("chain-{name}");
    }
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let role: String = grant.role_name.as_str().chars().map(safe).take(64).collect();
    format!("grant-{}-{}-{role}", grant.portal, grant.account_id)
}
