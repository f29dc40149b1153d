//! Signing in and out, and keeping the token fresh.

use domain::failure::{Code, Failure};
use domain::ids::PortalName;
use domain::secret::Secret;
use domain::session::{DeviceAuthorization, Effect, Input, SignIn, State, TokenInfo, TokenUse, token_use};
use domain::settings::Portal;
use domain::trouble::Trouble;
use jiff::SignedDuration;

use crate::aws::Aws;
use crate::aws::oidc::{Oidc, Registration, Tokens};
use crate::aws::portal::Portal as PortalApi;
use crate::clock;
use crate::retry::persist;
use crate::tokens::AccessToken;
use crate::{Engine, files};

/// How long AWS is asked to renew or to end a sign-in. Others wait for the lock meanwhile, and longer than it takes.
const PATIENCE: SignedDuration = SignedDuration::from_secs(25);

/// What one sign-in has learnt so far that is secret.
#[derive(Default)]
struct Conversation {
    registration: Option<Registration>,
    device_code: Option<Secret>,
}

impl Engine {
    /// Signs in by device code. `show` gets the code and the page as soon as they are known; the future ends
    /// when the person has approved, refused, or let the code expire. Dropping it gives up.
    pub async fn sign_in(
        &self,
        portal: &Portal,
        mut show: impl FnMut(&DeviceAuthorization),
    ) -> Result<TokenInfo, Failure> {
        let oidc = Oidc::new(&self.aws(portal)?);
        let mut conversation = Conversation::default();
        let (mut sign_in, first) = SignIn::begin(portal.name.clone(), clock::now());
        let mut effects = vec![first];
        while let Some(effect) = effects.pop() {
            if let Effect::Show(authorization) = &effect {
                show(authorization);
                continue;
            }
            let input = self.perform(portal, &oidc, &mut conversation, effect).await;
            effects.extend(sign_in.handle(input, clock::now()).into_iter().rev());
        }
        match sign_in.state() {
            State::SignedIn(token) => Ok(token.clone()),
            State::Failed(failure) => Err(failure.clone()),
            State::Registering | State::Starting | State::Waiting(_) => {
                Err(Failure::new(Code::Failed, "the sign-in stopped half-way", "please report this"))
            }
        }
    }

    async fn perform(
        &self,
        portal: &Portal,
        oidc: &Oidc,
        conversation: &mut Conversation,
        effect: Effect,
    ) -> Input {
        match effect {
            Effect::Register { fresh, at } => {
                clock::sleep_until(at).await;
                match self.register(portal, oidc, fresh).await {
                    Ok(Ok(registration)) => {
                        conversation.registration = Some(registration);
                        Input::Registered(Ok(()))
                    }
                    Ok(Err(trouble)) => Input::Registered(Err(trouble)),
                    Err(failure) => Input::NotKept(failure),
                }
            }
            Effect::Start { at } => {
                clock::sleep_until(at).await;
                let Some(registration) = &conversation.registration else {
                    return Input::Started(Err(Trouble::InvalidClient));
                };
                let started = oidc.start_device(registration, &portal.start_url).await;
                Input::Started(started.map(|(authorization, code)| {
                    conversation.device_code = Some(code);
                    authorization
                }))
            }
            Effect::Poll { at } => {
                clock::sleep_until(at).await;
                let (Some(registration), Some(code)) =
                    (&conversation.registration, &conversation.device_code)
                else {
                    return Input::Polled(Err(Trouble::InvalidClient));
                };
                match oidc.token_for_device(registration, code).await {
                    Ok(tokens) => match self.keep_tokens_locked(portal, tokens).await {
                        Ok(info) => Input::Polled(Ok(info)),
                        Err(failure) => Input::NotKept(failure),
                    },
                    Err(trouble) => {
                        if matches!(trouble, Trouble::Unavailable(_) | Trouble::Unreadable(_)) {
                            let failure = trouble.failure("asking whether you approved", &portal.name);
                            self.vault.tell(&format!("{failure}; trying again while the code lives"));
                        }
                        Input::Polled(Err(trouble))
                    }
                }
            }
            // Shown by the caller.
            Effect::Show(_) => Input::Cancelled,
        }
    }

    /// Finds or makes a registration. The outer failure is the keyring's.
    async fn register(
        &self,
        portal: &Portal,
        oidc: &Oidc,
        fresh: bool,
    ) -> Result<Result<Registration, Trouble>, Failure> {
        let owner = portal.clone();
        let kept = self.blocking(move |engine| engine.registration_to_sign_in(&owner)).await?;
        if let Some(registration) = kept.filter(|_| !fresh) {
            return Ok(Ok(registration));
        }
        match oidc.register().await {
            Ok(registration) => {
                let (owner, made) = (portal.clone(), registration.clone());
                self.blocking(move |engine| engine.keep_registration(&owner, &made)).await?;
                Ok(Ok(registration))
            }
            Err(trouble) => Ok(Err(trouble)),
        }
    }

    async fn keep_tokens_locked(&self, portal: &Portal, tokens: Tokens) -> Result<TokenInfo, Failure> {
        let lock = self.lock_async(portal_lock(&portal.name)).await?;
        let portal = portal.clone();
        self.blocking(move |engine| {
            // Goes with the work: whoever drops the future does not unlock what is still being written.
            let _lock = lock;
            let info = engine.keep_tokens(&portal, &tokens)?;
            engine.note_session(&portal, |record| record.since = Some(tokens.obtained_at))?;
            Ok(info)
        })
        .await
    }

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
        if let Some(token) = self.usable_token(portal, refused).await? {
            return Ok(token);
        }
        let lock = self.lock_async(portal_lock(&portal.name)).await?;
        if let Some(token) = self.usable_token(portal, refused).await? {
            return Ok(token);
        }
        let (owner, name) = (portal.clone(), portal.name.clone());
        let kept = self.blocking(move |engine| {
            Ok((
                engine.access_token(&owner)?,
                engine.refresh_token(&owner)?,
                engine.registration(&owner, SignedDuration::ZERO)?,
            ))
        });
        let (token, refresh_token, registration) = kept.await?;
        let ended = || Trouble::InvalidGrant.failure("getting a token", &name);
        let token = token.ok_or_else(|| signed_out(&name))?;
        let is_refused = refused == Some(&token.token);
        let alive = token.info.expires_at > clock::now() && !is_refused;
        let (Some(refresh_token), Some(registration)) = (refresh_token, registration) else {
            if is_refused {
                self.drop_tokens(portal, is_refused, lock).await?;
            }
            return if alive { Ok(token) } else { Err(ended()) };
        };
        let oidc = Oidc::new(aws);
        match persist(PATIENCE, || oidc.refresh(&registration, &refresh_token)).await {
            Ok(tokens) => {
                let owner = portal.clone();
                let keep = move |engine: &Self| {
                    let _lock = lock;
                    engine.keep_tokens(&owner, &tokens)?;
                    engine.session_lives(&owner, tokens.obtained_at)?;
                    engine.access_token(&owner)
                };
                self.blocking(keep).await?.ok_or_else(ended)
            }
            Err(trouble) => {
                if matches!(trouble, Trouble::InvalidGrant | Trouble::InvalidClient | Trouble::Unauthorized) {
                    self.drop_tokens(portal, is_refused, lock).await?;
                }
                if alive {
                    Ok(token)
                } else {
                    Err(trouble.failure(&format!("renewing the sign-in to {name}"), &name))
                }
            }
        }
    }

    /// Nothing can renew the access token any more. One that the portal refused is of no use either; another
    /// may work until it ends by itself.
    async fn drop_tokens(&self, portal: &Portal, refused: bool, lock: files::Lock) -> Result<(), Failure> {
        let owner = portal.clone();
        self.blocking(move |engine| {
            let _lock = lock;
            if refused {
                if let Some(token) = engine.access_token(&owner)? {
                    engine.session_was_over(&owner, token.obtained_at)?;
                }
                engine.forget_tokens(&owner)
            } else {
                engine.drop_refresh_token(&owner)
            }
        })
        .await
    }

    /// The kept token if it can be used as it is. A failure: only a person can help.
    async fn usable_token(
        &self,
        portal: &Portal,
        refused: Option<&Secret>,
    ) -> Result<Option<AccessToken>, Failure> {
        let owner = portal.clone();
        let token = self.blocking(move |engine| engine.access_token(&owner)).await?;
        let token = token.ok_or_else(|| signed_out(&portal.name))?;
        if refused == Some(&token.token) {
            return Ok(None);
        }
        match token_use(&token.info, token.obtained_at, clock::now()) {
            TokenUse::Use => Ok(Some(token)),
            TokenUse::Renew => Ok(None),
            TokenUse::SignIn => Err(Trouble::Unauthorized.failure("asking the portal", &portal.name)),
        }
    }

    /// Signs out: ends the session at AWS, and forgets token, refresh token and credentials here, whether AWS
    /// could be told or not. What AWS said is the inner result; `Ok(false)`: nobody was signed in.
    pub async fn sign_out(
        &self,
        portal: &Portal,
        registration_too: bool,
    ) -> Result<Result<bool, Trouble>, Failure> {
        let lock = self.lock_async(portal_lock(&portal.name)).await?;
        let owner = portal.clone();
        let kept = self.blocking(move |engine| {
            let registration = engine.registration(&owner, SignedDuration::ZERO)?;
            Ok((engine.access_token(&owner)?, engine.refresh_token(&owner)?, registration))
        });
        let (token, refresh_token, registration) = kept.await?;
        let told = match (&token, self.aws(portal)) {
            (None, _) => Ok(false),
            (Some(_), Err(failure)) => Err(Trouble::Unavailable(failure.summary)),
            (Some(token), Ok(aws)) => {
                let renewal = refresh_token.zip(registration);
                self.tell_aws(&aws, token, renewal).await.map(|()| true)
            }
        };
        let owner = portal.clone();
        let forget = move |engine: &Self| {
            let _lock = lock;
            engine.forget(&owner, registration_too)?;
            files::remove_dir(&engine.folders.browser_dir(&owner.name))?;
            engine.end_listing(&owner)
        };
        self.blocking(forget).await?;
        Ok(told)
    }
}

impl Engine {
    /// Ends the session at AWS. Logging out takes an access token that works: one that is over is renewed for
    /// it, or the session would live on with its refresh token.
    async fn tell_aws(
        &self,
        aws: &Aws,
        token: &AccessToken,
        renewal: Option<(Secret, Registration)>,
    ) -> Result<(), Trouble> {
        let api = PortalApi::new(aws);
        let answer = if token.info.expires_at > clock::now() {
            persist(PATIENCE, || api.logout(&token.token)).await
        } else {
            Err(Trouble::Unauthorized)
        };
        match (answer, renewal) {
            (Err(Trouble::Unauthorized), Some((refresh_token, registration))) => {
                let oidc = Oidc::new(aws);
                match persist(PATIENCE, || oidc.refresh(&registration, &refresh_token)).await {
                    Ok(tokens) => persist(PATIENCE, || api.logout(&tokens.access_token)).await,
                    // Nothing is left that AWS would know.
                    Err(Trouble::InvalidGrant | Trouble::InvalidClient | Trouble::Unauthorized) => Ok(()),
                    Err(trouble) => Err(trouble),
                }
            }
            (Err(Trouble::Unauthorized), None) => Ok(()),
            (answer, _) => answer,
        }
    }
}

/// Guards the tokens of one portal: whoever writes them, or forgets them, holds it.
pub(crate) fn portal_lock(portal: &PortalName) -> String {
    format!("portal-{portal}")
}

pub(crate) fn signed_out(portal: &PortalName) -> Failure {
    Failure::new(
        Code::SignInNeeded,
        format!("nobody is signed in to {portal}"),
        format!("run `rolecall login {portal}`"),
    )
}
