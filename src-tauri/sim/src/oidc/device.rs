//! `StartDeviceAuthorization` and the state of each device code.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::GrantType;
use super::{ClientCredentials, Exception, LoginId, Refusal, forget_clients_if_told, parse, reply};
use crate::http::{Incoming, Reply};
use crate::options::same_start_url;
use crate::random;
use crate::visitor;
use crate::world::World;

const LIFETIME_SECONDS: u64 = 600;
const INTERVAL_SECONDS: u64 = 1;
const SLOW_DOWN_SECONDS: u64 = 5;

/// A client that sleeps exactly the interval may be seen a little early.
const TIMER_SLACK: Duration = Duration::from_millis(150);

/// How far a device authorization has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Pending,
    Approved(LoginId),
    Denied,
    /// A token was handed out.
    Consumed,
}

/// One device authorization.
#[derive(Debug)]
pub(crate) struct DeviceGrant {
    pub(crate) client_id: String,
    pub(crate) user_code: String,
    pub(crate) expires_ms: i64,
    pub(crate) progress: Progress,
    /// Somebody looked at the page of this code.
    pub(crate) opened: bool,
    interval: Duration,
    polls: u32,
    last_poll: Option<Instant>,
}

impl DeviceGrant {
    /// What a poll is told; a login when it is time for tokens.
    pub(super) fn poll(
        &mut self,
        now_ms: i64,
        now: Instant,
        slow_every: Option<u32>,
    ) -> Result<LoginId, Exception> {
        self.polls += 1;
        let gap = self.last_poll.replace(now).map(|then| now.duration_since(then));
        if now_ms >= self.expires_ms && self.progress != Progress::Consumed {
            return Err(Exception::ExpiredToken);
        }
        if slow_every.is_some_and(|every| self.polls.is_multiple_of(every)) {
            return Err(self.slow_down());
        }
        match self.progress {
            Progress::Approved(login) => {
                self.progress = Progress::Consumed;
                Ok(login)
            }
            Progress::Denied => Err(Exception::AccessDenied),
            Progress::Consumed => Err(Exception::InvalidGrant),
            Progress::Pending => {
                // The CLI polls twice without a gap, once before and once after it opens the browser.
                let hasty = self.polls > 2 && gap.is_some_and(|gap| gap + TIMER_SLACK < self.interval);
                Err(if hasty { self.slow_down() } else { Exception::AuthorizationPending })
            }
        }
    }

    fn slow_down(&mut self) -> Exception {
        self.interval += Duration::from_secs(SLOW_DOWN_SECONDS);
        Exception::SlowDown
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(flatten)]
    client: ClientCredentials,
    start_url: String,
}

/// `POST /device_authorization`.
pub(crate) fn start(world: &Arc<World>, request: &Incoming) -> Reply {
    reply(parse(request).and_then(|parsed| admit(world, &parsed)))
}

fn admit(world: &Arc<World>, request: &Request) -> Result<Value, Refusal> {
    forget_clients_if_told(world);
    let now_ms = world.clock.now_ms();
    let lifetime = world.faults().expired_code.unwrap_or(LIFETIME_SECONDS);
    let mut oidc = world.oidc.lock();
    let client = oidc.client(&request.client, now_ms)?;
    if !client.grants.contains(&GrantType::Device) {
        return Err(Refusal::new(
            Exception::UnauthorizedClient,
            "Client is not registered for this grant type",
        ));
    }
    if world.faults().device_blocked {
        return Err(Refusal::new(
            Exception::UnauthorizedClient,
            "The device authorization grant is blocked by your administrator",
        ));
    }
    if !same_start_url(&request.start_url, &world.options.start_url) {
        return Err(Refusal::bare(Exception::InvalidRequest));
    }
    let device_code = random::url_safe(86);
    let user_code = random::user_code();
    let grant = DeviceGrant {
        client_id: request.client.client_id.clone(),
        user_code: user_code.clone(),
        expires_ms: now_ms.saturating_add_unsigned(lifetime.saturating_mul(1000)),
        progress: Progress::Pending,
        opened: false,
        interval: Duration::from_secs(INTERVAL_SECONDS),
        polls: 0,
        last_poll: None,
    };
    oidc.devices.insert(device_code.clone(), grant);
    drop(oidc);
    let own = || format!("{}/device", world.origin);
    let page = world.options.device_page.clone().unwrap_or_else(own);
    let complete = format!("{page}?user_code={user_code}");
    if let Some(delay) = world.options.approve_after {
        visitor::approve_later(world, &user_code, complete.clone(), delay);
    }
    Ok(json!({
        "deviceCode": device_code,
        "userCode": user_code,
        "verificationUri": page,
        "verificationUriComplete": complete,
        "expiresIn": LIFETIME_SECONDS,
        "interval": INTERVAL_SECONDS,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending() -> DeviceGrant {
        DeviceGrant {
            client_id: String::new(),
            user_code: String::new(),
            expires_ms: 600_000,
            progress: Progress::Pending,
            opened: false,
            interval: Duration::from_secs(INTERVAL_SECONDS),
            polls: 0,
            last_poll: None,
        }
    }

    /// The pace of the AWS CLI: two polls at once, then one each interval.
    #[test]
    fn two_polls_at_once_are_fine_and_haste_is_not() {
        let mut grant = pending();
        let start = Instant::now();
        let mut poll = |ms: u64| grant.poll(0, start + Duration::from_millis(ms), None).unwrap_err();
        assert_eq!(poll(0), Exception::AuthorizationPending);
        assert_eq!(poll(0), Exception::AuthorizationPending);
        assert_eq!(poll(1000), Exception::AuthorizationPending);
        assert_eq!(poll(1100), Exception::SlowDown);
        assert_eq!(poll(3000), Exception::SlowDown, "the interval has grown to six seconds");
        assert_eq!(poll(14_000), Exception::AuthorizationPending, "and then to eleven");
    }

    #[test]
    fn every_state_has_its_answer() {
        let mut grant = pending();
        assert_eq!(grant.poll(600_000, Instant::now(), None), Err(Exception::ExpiredToken));
        grant.progress = Progress::Denied;
        assert_eq!(grant.poll(0, Instant::now(), None), Err(Exception::AccessDenied));
        grant.progress = Progress::Approved(LoginId(7));
        assert_eq!(grant.poll(0, Instant::now(), None), Ok(LoginId(7)));
        assert_eq!(grant.poll(0, Instant::now(), None), Err(Exception::InvalidGrant));
        assert_eq!(pending().poll(0, Instant::now(), Some(1)), Err(Exception::SlowDown));
    }
}
