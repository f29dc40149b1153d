//! A token that can be used now: carries out what [`domain::renewal`] decides.

use domain::failure::{Code, Failure};
use domain::renewal::{Input, Kept, Outcome, Renewal, Step};
use domain::secret::Secret;
use domain::settings::Portal;
use domain::trouble::Trouble;

use crate::aws::Aws;
use crate::aws::oidc::{Oidc, Tokens};
use crate::retry::persist;
use crate::sign_in::{PATIENCE, portal_lock, signed_out};
use crate::tokens::{AccessToken, Means};
use crate::{Engine, clock, files};

/// What one renewal has found so far. The secrets stay here.
#[derive(Default)]
struct Found {
    token: Option<AccessToken>,
    renewal: Option<Means>,
    tokens: Option<Tokens>,
    lock: Option<files::Lock>,
}

impl Engine {
    /// An access token to use now, renewed if it is about to end. `refused` is a token that the portal did
    /// not take although it should live: it is renewed at once, or the sign-in is over.
    ///
    /// Many processes may ask at the same moment: one renews, the others wait and find its token.
    pub(crate) async fn fresh_token(
        &self,
        portal: &Portal,
        aws: &Aws,
        refused: Option<&Secret>,
    ) -> Result<AccessToken, Failure> {
        let mut found = Found::default();
        let (mut renewal, mut step) = Renewal::begin();
        let outcome = loop {
            let input = match step {
                Step::End(outcome) => break outcome,
                step => self.carry_out(step, portal, aws, refused, &mut found).await?,
            };
            step = renewal.handle(input, clock::now());
        };
        let doing = || format!("renewing the sign-in to {}", portal.name);
        match outcome {
            Outcome::Use => found.token.ok_or_else(|| signed_out(&portal.name)),
            Outcome::SignedOut => Err(signed_out(&portal.name)),
            Outcome::Ended(Trouble::InvalidClient) => {
                Err(Trouble::InvalidClient.failure(&doing(), &portal.name))
            }
            Outcome::Ended(trouble) => Err(Failure {
                code: Code::SignInNeeded,
                ..trouble.failure("asking the portal", &portal.name)
            }),
            Outcome::Stumbled(trouble) => Err(trouble.failure(&doing(), &portal.name)),
        }
    }

    async fn carry_out(
        &self,
        step: Step,
        portal: &Portal,
        aws: &Aws,
        refused: Option<&Secret>,
        found: &mut Found,
    ) -> Result<Input, Failure> {
        let owner = portal.clone();
        match step {
            Step::Look => {
                let is_locked = found.lock.is_some();
                let look = self.blocking(move |engine| engine.look_for_token(&owner, is_locked));
                (found.token, found.renewal) = look.await?;
                Ok(Input::Looked(found.token.as_ref().map(|token| Kept {
                    token: token.info.clone(),
                    obtained_at: token.obtained_at,
                    is_refused: refused == Some(&token.token),
                    can_renew: found.renewal.is_some(),
                })))
            }
            Step::Lock => {
                found.lock = Some(self.lock_async(portal_lock(&portal.name)).await?);
                Ok(Input::Locked)
            }
            Step::Refresh => {
                let Some((refresh_token, registration)) = &found.renewal else {
                    return Ok(Input::Answered(Err(Trouble::InvalidGrant)));
                };
                let oidc = Oidc::new(aws);
                let answer = persist(PATIENCE, || oidc.refresh(registration, refresh_token)).await;
                Ok(Input::Answered(answer.map(|tokens| found.tokens = Some(tokens))))
            }
            Step::Keep => {
                let (Some(token), Some(tokens), Some((sent, _))) =
                    (found.token.take(), found.tokens.take(), found.renewal.take())
                else {
                    return Ok(Input::Written);
                };
                // Goes with the work: whoever drops the future does not unlock what is still being written.
                let lock = found.lock.take();
                let keep = move |engine: &Self| {
                    let _lock = lock;
                    // What can't be kept is of use once, to whoever asked.
                    let kept = engine.keep_renewed(&owner, &token.home, &sent, &tokens);
                    if let Err(failure) = kept.and_then(|()| engine.session_lives(&owner, tokens.obtained_at))
                    {
                        engine.vault.tell(&format!("the renewed sign-in could not be kept: {failure}"));
                    }
                    Ok(tokens.access(token.home))
                };
                found.token = Some(self.blocking(keep).await?);
                Ok(Input::Written)
            }
            Step::DropRefresh | Step::Forget => {
                let Some(token) = found.token.clone() else { return Ok(Input::Written) };
                let (lock, renewal) = (found.lock.take(), found.renewal.take());
                let drop = move |engine: &Self| {
                    let _lock = lock;
                    let refresh_token = renewal.map(|(token, _)| token);
                    engine.drop_refused(&owner, &token, refresh_token.as_ref(), step == Step::Forget)
                };
                self.blocking(drop).await?;
                Ok(Input::Written)
            }
            Step::End(_) => Ok(Input::Written),
        }
    }

    /// The kept token; what renews it only where that is wanted, because it takes two more looks into the keyring.
    fn look_for_token(
        &self,
        portal: &Portal,
        is_locked: bool,
    ) -> Result<(Option<AccessToken>, Option<Means>), Failure> {
        let token = self.access_token(portal)?;
        let renewal = match &token {
            Some(token) if is_locked => self.renewal(portal, token)?,
            _ => None,
        };
        Ok((token, renewal))
    }
}
