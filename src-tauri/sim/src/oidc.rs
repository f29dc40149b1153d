//! SSO OIDC: registration, device authorization, tokens. Protocol: IAM Identity Center OIDC API
//! Reference; RFC 8628, RFC 7636 and RFC 8252 for what it leaves open.

mod device;
mod error;
mod register;
mod sessions;
mod token;

use std::collections::HashMap;

use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http::{Incoming, Reply};
use crate::world::World;

pub(crate) use device::{DeviceGrant, Progress, start};
pub(crate) use error::{Exception, Refusal};
pub(crate) use register::{Client, GrantType, KNOWN_SCOPES, register};
pub(crate) use sessions::{Holder, LoginId, Sessions};
pub(crate) use token::{CodeGrant, create};

/// All that the service remembers.
#[derive(Debug, Default)]
pub(crate) struct Oidc {
    pub(crate) clients: HashMap<String, Client>,
    /// By device code.
    pub(crate) devices: HashMap<String, DeviceGrant>,
    /// By authorization code.
    pub(crate) codes: HashMap<String, CodeGrant>,
    pub(crate) sessions: Sessions,
}

impl Oidc {
    /// The device grant that shows this user code; people type it in any case and without the hyphen.
    pub(crate) fn device_by_user_code(&mut self, typed: &str) -> Option<&mut DeviceGrant> {
        let letters = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
        };
        let wanted = letters(typed);
        self.devices.values_mut().find(|grant| letters(&grant.user_code) == wanted)
    }

    /// Checks id and secret, as every operation after registration does.
    fn client(&self, credentials: &ClientCredentials, now_ms: i64) -> Result<&Client, Refusal> {
        let known = self.clients.get(&credentials.client_id);
        match known {
            Some(client) if client.secret == credentials.client_secret && client.expires_ms > now_ms => {
                Ok(client)
            }
            Some(client) if client.expires_ms <= now_ms => {
                Err(Refusal::new(Exception::InvalidClient, "Client registration has expired"))
            }
            _ => Err(Refusal::new(Exception::InvalidClient, "Invalid client provided")),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientCredentials {
    client_id: String,
    client_secret: String,
}

/// Takes registrations away once when the fault is on, just before the next use of one.
fn forget_clients_if_told(world: &World) {
    if world.take_unregistered() {
        world.oidc.lock().clients.clear();
    }
}

fn parse<T: DeserializeOwned>(request: &Incoming) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body)
        .map_err(|_| Refusal::new(Exception::InvalidRequest, "Missing or malformed field in the request"))
}

fn reply(outcome: Result<serde_json::Value, Refusal>) -> Reply {
    match outcome {
        Ok(body) => Reply::json(StatusCode::OK, &body),
        Err(refusal) => refusal.into_reply(),
    }
}
