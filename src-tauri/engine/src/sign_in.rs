//! Signing in and out.

use domain::failure::{Code, Failure};
use domain::flow::{Flow, Plan};
use domain::ids::PortalName;
use domain::secret::Secret;
use domain::session::{Authorization, BrowserAuthorization, Effect, Input, SignIn, State, TokenInfo};
use domain::settings::{AwsCli, Portal};
use domain::time::after;
use domain::trouble::Trouble;
use jiff::{SignedDuration, Timestamp};

use crate::aws::Aws;
use crate::aws::oidc::{Errand, Oidc, Registration, Tokens};
use crate::aws::portal::Portal as PortalApi;
use crate::callback::Callback;
use crate::retry::persist;
use crate::tokens::{AccessToken, Home, Means};
use crate::{Engine, clock, files};

/// How long AWS is asked to renew or to end a sign-in. Others wait for the lock meanwhile, and longer than it takes.
pub(crate) const PATIENCE: SignedDuration = SignedDuration::from_secs(25);
/// How long a browser is awaited, as long as a device code lives.
const BROWSER_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// What a sign-in shows while it runs.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The page, and the code if there is one.
    Turn(&'a Authorization),
    /// AWS does not allow the way that was planned; this one is taken.
    Instead(Flow),
}

/// What one sign-in has learnt so far that is secret.
#[derive(Default)]
struct Conversation {
    flow: Option<Flow>,
    registration: Option<Registration>,
    device_code: Option<Secret>,
    /// The browser that is awaited, and what proves that it comes from us.
    callback: Option<Callback>,
    errand: Option<Errand>,
    code: Option<Secret>,
}

impl Engine {
    /// Signs in. `show` gets the page as soon as it is known; the future ends when the person has approved,
    /// refused, or let the time pass. Dropping it gives up.
    pub async fn sign_in(
        &self,
        portal: &Portal,
        plan: Plan,
        mut show: impl FnMut(Progress<'_>),
    ) -> Result<TokenInfo, Failure> {
        let aws = self.aws(portal)?;
        let oidc = Oidc::new(&aws);
        let mut conversation = Conversation::default();
        let (mut sign_in, first) = SignIn::begin(portal.name.clone(), plan, clock::now());
        let mut effects = vec![first];
        while let Some(effect) = effects.pop() {
            let input = match effect {
                Effect::Show(authorization) => {
                    show(Progress::Turn(&authorization));
                    continue;
                }
                Effect::Instead(flow) => {
                    show(Progress::Instead(flow));
                    conversation = Conversation::default();
                    continue;
                }
                effect => self.perform(portal, &oidc, &mut conversation, effect).await,
            };
            effects.extend(sign_in.handle(input, clock::now()).into_iter().rev());
        }
        match sign_in.state() {
            State::SignedIn(token) => {
                // Signing in works with a wrong clock; what comes after it does not.
                if let Some(warning) = Self::clock_warning(&aws) {
                    self.vault.tell(&warning);
                }
                // Signed in they are anyway, and the agent looks by itself, if later.
                let _ = self.blocking(Engine::want_missing_keys).await;
                Ok(token.clone())
            }
            State::Failed(failure) if sign_in.may_be_elsewhere() => {
                Err(self.with_the_right_region(portal, failure.clone()).await)
            }
            State::Failed(failure) => Err(failure.clone()),
            _ => Err(Failure::new(Code::Failed, "the sign-in stopped half-way", "please report this")),
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
            Effect::Register { flow, fresh, at } => {
                clock::sleep_until(at).await;
                conversation.flow = Some(flow);
                match self.register(portal, oidc, flow, fresh).await {
                    Ok(Ok(registration)) => {
                        conversation.registration = Some(registration);
                        Input::Registered(Ok(()))
                    }
                    Ok(Err(trouble)) => Input::Registered(Err(trouble)),
                    Err(failure) => Input::Stuck(failure),
                }
            }
            Effect::Start { flow, at } => {
                clock::sleep_until(at).await;
                match flow {
                    Flow::Device => start_device(portal, oidc, conversation).await,
                    Flow::Browser => start_browser(oidc, conversation).await,
                }
            }
            Effect::Listen { until } => {
                let (Some(callback), Some(errand)) = (conversation.callback.take(), &conversation.errand)
                else {
                    return Input::Returned(Err(Trouble::CodeExpired));
                };
                let answer = callback.wait(&errand.state, until).await;
                Input::Returned(answer.map(|code| conversation.code = Some(code)))
            }
            Effect::Poll { at } => {
                clock::sleep_until(at).await;
                self.poll(portal, oidc, conversation).await
            }
            // Both are for the caller.
            Effect::Show(_) | Effect::Instead(_) => Input::Cancelled,
        }
    }

    async fn poll(&self, portal: &Portal, oidc: &Oidc, conversation: &Conversation) -> Input {
        let (Some(registration), Some(flow)) = (&conversation.registration, conversation.flow) else {
            return Input::Polled(Err(Trouble::InvalidClient));
        };
        let answer = match (&conversation.device_code, &conversation.errand, &conversation.code) {
            (Some(code), ..) => oidc.token_for_device(registration, code).await,
            (None, Some(errand), Some(code)) => oidc.token_for_code(registration, errand, code).await,
            _ => Err(Trouble::InvalidClient),
        };
        match answer {
            Ok(tokens) => match self.keep_tokens_locked(portal, flow, registration.clone(), tokens).await {
                Ok(info) => Input::Polled(Ok(info)),
                Err(failure) => Input::Stuck(failure),
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

    /// Finds or makes a registration. The outer failure is the keyring's.
    async fn register(
        &self,
        portal: &Portal,
        oidc: &Oidc,
        flow: Flow,
        fresh: bool,
    ) -> Result<Result<Registration, Trouble>, Failure> {
        let owner = portal.clone();
        let look = move |engine: &Self| {
            Ok((engine.registration_to_sign_in(&owner, flow)?, engine.has_registration(&owner, flow)?))
        };
        let (kept, is_needed) = self.blocking(look).await?;
        if let Some(registration) = kept.filter(|_| !fresh) {
            return Ok(Ok(registration));
        }
        match oidc.register(flow, &portal.start_url).await {
            Ok(registration) => {
                // A refresh token may still need the old one: the new one is kept when its first token is.
                if fresh || !is_needed {
                    let (owner, made) = (portal.clone(), registration.clone());
                    self.blocking(move |engine| engine.keep_registration(&owner, flow, &made)).await?;
                }
                Ok(Ok(registration))
            }
            Err(trouble) => Ok(Err(trouble)),
        }
    }

    async fn keep_tokens_locked(
        &self,
        portal: &Portal,
        flow: Flow,
        registration: Registration,
        tokens: Tokens,
    ) -> Result<TokenInfo, Failure> {
        let lock = self.lock_async(portal_lock(&portal.name)).await?;
        let portal = portal.clone();
        self.blocking(move |engine| {
            // Goes with the work: whoever drops the future does not unlock what is still being written.
            let _lock = lock;
            engine.keep_new(&portal, flow, &registration, &tokens)
        })
        .await
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
            let token = engine.access_token(&owner)?;
            let renewal = token.as_ref().map(|token| engine.renewal(&owner, token)).transpose()?.flatten();
            Ok((token, renewal))
        });
        let (token, renewal) = kept.await?;
        let told = match (&token, self.aws(portal)) {
            (None, _) => Ok(false),
            (Some(_), Err(failure)) => Err(Trouble::Unavailable(failure.summary)),
            (Some(token), Ok(aws)) => self.tell_aws(&aws, token, renewal).await.map(|()| true),
        };
        let owner = portal.clone();
        let was_borrowed = token.is_some_and(|token| token.home != Home::Keyring);
        let forget = move |engine: &Self| {
            let _lock = lock;
            if was_borrowed || owner.aws_cli == AwsCli::Share {
                engine.end_in_cli(&owner)?;
            }
            engine.forget(&owner, registration_too)?;
            // One of the AWS CLI's that was not used is no reason to count as signed in again.
            let is_left = engine.has_cli_session(&owner);
            engine.note_session(&owner, |record| record.cli_ignored = is_left)?;
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
    async fn tell_aws(&self, aws: &Aws, token: &AccessToken, renewal: Option<Means>) -> Result<(), Trouble> {
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

async fn start_device(portal: &Portal, oidc: &Oidc, conversation: &mut Conversation) -> Input {
    let Some(registration) = &conversation.registration else {
        return Input::Started(Err(Trouble::InvalidClient));
    };
    let started = oidc.start_device(registration, &portal.start_url).await;
    Input::Started(started.map(|(authorization, code)| {
        conversation.device_code = Some(code);
        Authorization::Device(authorization)
    }))
}

/// Listens before anybody is sent to the page: a browser that is signed in comes back at once.
async fn start_browser(oidc: &Oidc, conversation: &mut Conversation) -> Input {
    let Some(registration) = &conversation.registration else {
        return Input::Started(Err(Trouble::InvalidClient));
    };
    let stuck = |error: &dyn std::fmt::Display| {
        let hint = "sign in by code instead: `--flow device`";
        Failure::new(Code::Failed, "this computer can't wait for the browser", hint).with_detail(error)
    };
    let callback = match Callback::listen().await {
        Ok(callback) => callback,
        Err(error) => return Input::Stuck(stuck(&error)),
    };
    let errand = match Errand::new(callback.redirect_uri()) {
        Ok(errand) => errand,
        Err(error) => return Input::Stuck(stuck(&error)),
    };
    let page = match oidc.authorize_page(registration, &errand) {
        Ok(page) => page,
        Err(error) => return Input::Stuck(stuck(&error)),
    };
    (conversation.callback, conversation.errand) = (Some(callback), Some(errand));
    let deadline: Timestamp = after(clock::now(), BROWSER_PATIENCE);
    Input::Started(Ok(Authorization::Browser(BrowserAuthorization { page, deadline })))
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
