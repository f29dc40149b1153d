//! Chained roles: AssumeRole with the credentials of what they start from.

use std::pin::Pin;

use data_encoding::HEXLOWER;
use domain::chain::{self, Chain, Refusal, Step};
use domain::failure::Failure;
use domain::ids::{ChainName, GrantId};
use domain::secret::Secret;
use domain::settings::{self, Portal};
use domain::vend::{Credentials, Decision};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use crate::Engine;
use crate::aws::{Aws, sts};
use crate::credentials::{PATIENCE, TRY_FOR, by_our_clock, decide, grant_lock};
use crate::retry::persist;
use crate::sign_in::portal_lock;
use crate::tokens::KeptCredentials;

impl Engine {
    /// Adds a chained role to the settings.
    pub fn add_chain(&mut self, step: &Step) -> Result<(), Failure> {
        self.edit_settings(|text| settings::with_chain(text, step))
    }

    /// Takes a chained role out of the settings, and forgets its credentials.
    pub fn remove_chain(&mut self, name: &ChainName) -> Result<(), Failure> {
        let grant = self.settings.chains.iter().find(|chain| chain.name() == name).map(|c| c.grant().clone());
        self.edit_settings(|text| settings::without_chain(text, name))?;
        let Some(grant) = grant else { return Ok(()) };
        let _lock = self.lock(&portal_lock(&grant.portal))?;
        self.forget_credentials(&grant)
    }

    /// The chained role that needs the code of an MFA device before credentials of `grant` can be fetched: its own
    /// or, first, one that it starts from. Looks into the keyring, not at AWS.
    pub fn code_wanted(&self, grant: &GrantId) -> Result<Option<Chain>, Failure> {
        let (mut at, mut wanted) = (self.settings.chain(grant), None);
        while let Some(chain) = at {
            let portal = self.settings.portal_or_only(Some(&chain.grant().portal))?;
            if decide(self.kept_credentials(portal, chain.grant())?.as_ref()) != Decision::Fetch {
                break;
            }
            if chain.step().mfa_serial.is_some() {
                wanted = Some(chain.clone());
            }
            at = self.settings.chain(chain.parent());
        }
        Ok(wanted)
    }

    /// Assumes a chained role anew, whatever is kept, with the code of its MFA device if it has one.
    pub async fn assume(&self, chain: &Chain, code: Option<Secret>) -> Result<Credentials, Failure> {
        let portal = self.settings.portal_or_only(Some(&chain.grant().portal))?.clone();
        let _lock = self.lock_async(grant_lock(chain.grant())).await?;
        let (engine, owner, wanted) = (self.clone(), portal.clone(), chain.clone());
        let work = async move { engine.fetch_by(&owner, &wanted, code).await };
        Self::within(PATIENCE, &portal, chain.grant(), work).await
    }

    /// Fetches credentials of the chained role that `grant` speaks of, and keeps them.
    pub(crate) async fn fetch_chained(
        &self,
        portal: &Portal,
        grant: &GrantId,
        name: &ChainName,
    ) -> Result<Credentials, Failure> {
        let chain = self.settings.chain(grant).ok_or_else(|| chain::no_such_chain(name, grant))?;
        self.fetch_by(portal, chain, None).await
    }

    /// SHA-256 of what decides the credentials of a chained role; nothing for other grants. A keyring may be narrow.
    pub(crate) fn definition(&self, grant: &GrantId) -> Option<String> {
        let chain = self.settings.chain(grant)?;
        Some(HEXLOWER.encode(&Sha256::digest(chain.definition())))
    }

    async fn fetch_by(
        &self,
        portal: &Portal,
        chain: &Chain,
        code: Option<Secret>,
    ) -> Result<Credentials, Failure> {
        if chain.step().mfa_serial.is_some() && code.is_none() {
            return Err(chain::code_wanted(chain));
        }
        let aws = self.aws(portal)?.in_region(chain.step().region.as_ref());
        let parent = self.parent_credentials(chain).await?;
        let answer = self.become_it(&aws, portal, chain, &parent, code.as_ref()).await?;
        let credentials = answer.map_err(|refusal| {
            let clock = Self::clock_warning(&aws).filter(|_| refusal == Refusal::Signature);
            let failure = refusal.failure(chain);
            clock.into_iter().fold(failure, Failure::with_detail)
        })?;
        let kept = KeptCredentials { credentials, ahead: aws.skew().ahead() };
        self.keep_if_signed_in(portal, chain.grant(), &kept).await?;
        Ok(by_our_clock(kept))
    }

    async fn become_it(
        &self,
        aws: &Aws,
        portal: &Portal,
        chain: &Chain,
        parent: &Credentials,
        code: Option<&Secret>,
    ) -> Result<Result<Credentials, Refusal>, Failure> {
        let step = chain.step();
        let session_name = match &step.session_name {
            Some(name) => name.clone(),
            None => session_name(aws, parent).await,
        };
        // A code counts once: sent again after a lost answer, it would be told to be wrong.
        let patience = if code.is_some() { SignedDuration::ZERO } else { TRY_FOR };
        let answer = persist(patience, || sts::assume_role(aws, parent, step, &session_name, code)).await;
        answer.map_err(|trouble| {
            trouble.failure(&format!("assuming {} ({})", step.name, step.role), &portal.name)
        })
    }

    /// From the keyring, else fetched, as for everybody who wants them. A chain has no circles, so its locks are
    /// always taken from its end to its beginning.
    ///
    /// Boxed, because fetching a grant may mean fetching another.
    fn parent_credentials<'a>(
        &'a self,
        chain: &'a Chain,
    ) -> Pin<Box<dyn Future<Output = Result<Credentials, Failure>> + Send + 'a>> {
        Box::pin(self.credentials(chain.parent()))
    }
}

/// The one of the session that it starts from, so that the person's name stays in CloudTrail through the chain. That
/// it can't be told is no reason to fail.
async fn session_name(aws: &Aws, parent: &Credentials) -> String {
    let arn = sts::caller_identity(aws, parent).await.ok();
    arn.and_then(|arn| chain::session_in(&arn)).unwrap_or_else(|| chain::SESSION_NAME.to_owned())
}
