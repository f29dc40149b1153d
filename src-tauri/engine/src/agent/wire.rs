//! What goes over the agent's socket: one line of JSON each way, after a line that says that the agent is there.
//!
//! ```text
//! > {"version":1,"want":"credentials","grant":{…},"profile":"dev","way":"process","atLeastSeconds":0}
//! < {"heard":true}
//! < {"credentials":{…}}   or   {"failure":{…}}
//! ```

use domain::access::Way;
use domain::failure::Failure;
use domain::ids::{GrantId, ProfileName};
use domain::secret::Secret;
use domain::vend::Credentials;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The form of the conversation. An agent of another version says nothing, and `rolecall` does without.
pub(super) const VERSION: u32 = 1;
/// Nothing that is asked is longer.
pub(super) const LONGEST: usize = 8 << 10;

/// What is asked of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// [`VERSION`].
    version: u32,
    /// What is wanted.
    #[serde(flatten)]
    pub(super) want: Want,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Want {
    /// Credentials of a grant.
    Credentials {
        grant: GrantId,
        #[serde(default)]
        profile: Option<ProfileName>,
        way: Way,
        /// What `exec` is about to run.
        #[serde(default)]
        command: Option<String>,
        #[serde(default)]
        at_least_seconds: u32,
    },
    /// That it looks at the AWS files, which somebody has changed: a switch that ends by itself is in them, or one whose
    /// keys it has to renew.
    Look,
    /// Where the endpoint is; it listens from then on.
    Endpoint,
    /// Whether it can ask the person.
    CanAsk,
    /// That it ends: the desktop application takes over, which can ask the person.
    StepAside,
}

impl Request {
    /// Credentials of a grant that will live so long.
    pub fn credentials(
        grant: &GrantId,
        profile: Option<&ProfileName>,
        way: Way,
        at_least_seconds: u32,
    ) -> Self {
        let (grant, profile) = (grant.clone(), profile.cloned());
        Self::of(Want::Credentials { grant, profile, way, command: None, at_least_seconds })
    }

    /// The same for `rolecall exec`, which is about to become this command.
    #[must_use]
    pub fn before(mut self, name: &str) -> Self {
        if let Want::Credentials { command, .. } = &mut self.want {
            *command = Some(name.chars().take(256).collect());
        }
        self
    }

    /// That it looks at the AWS files.
    pub fn look() -> Self {
        Self::of(Want::Look)
    }

    /// Where the endpoint is, which listens from then on.
    pub fn endpoint() -> Self {
        Self::of(Want::Endpoint)
    }

    /// Whether there is somebody whom it could ask.
    pub fn can_ask() -> Self {
        Self::of(Want::CanAsk)
    }

    /// That it makes room for another agent.
    pub fn step_aside() -> Self {
        Self::of(Want::StepAside)
    }

    fn of(want: Want) -> Self {
        Self { version: VERSION, want }
    }

    /// Understands a line; `None` if it is of another version, or of nobody we know.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok().filter(|request: &Self| request.version == VERSION)
    }
}

/// The first line of an answer: somebody is there and has understood.
#[derive(Serialize, Deserialize)]
pub(super) struct Heard {
    pub(super) heard: bool,
}

/// The second line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Reply {
    Credentials(Sent),
    Failure(Failure),
    Looking,
    #[serde(rename_all = "camelCase")]
    Endpoint {
        port: u16,
        for_containers: bool,
    },
    CanAsk(bool),
    Aside,
}

/// Credentials, in clear: the socket is the owner's alone.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    #[zeroize(skip)]
    expires_at: Timestamp,
    #[zeroize(skip)]
    obtained_at: Timestamp,
}

impl From<&Credentials> for Sent {
    fn from(credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id.clone(),
            secret_access_key: credentials.secret_access_key.reveal().to_owned(),
            session_token: credentials.session_token.reveal().to_owned(),
            expires_at: credentials.expires_at,
            obtained_at: credentials.obtained_at,
        }
    }
}

impl From<Sent> for Credentials {
    fn from(sent: Sent) -> Self {
        Self {
            access_key_id: sent.access_key_id.clone(),
            secret_access_key: Secret::new(sent.secret_access_key.as_str()),
            session_token: Secret::new(sent.session_token.as_str()),
            expires_at: sent.expires_at,
            obtained_at: sent.obtained_at,
        }
    }
}

/// A line of JSON with its end.
pub(super) fn line(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut line = Zeroizing::new(serde_json::to_vec(value).unwrap_or_default());
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{AccountId, PortalName, RoleName};

    #[test]
    fn only_what_is_understood_is_answered() {
        let grant = GrantId {
            portal: PortalName::parse("corp").unwrap(),
            account_id: AccountId::parse("111122223333").unwrap(),
            role_name: RoleName::parse("Admin").unwrap(),
        };
        let request = Request::credentials(&grant, None, Way::Exec, 60).before("make");
        assert_eq!(Request::read(&line(&request)), Some(request));
        for strange in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"{}",
            b"{\"version\":2,\"want\":\"stepAside\"}",
            b"{\"version\":1,\"want\":\"everything\"}",
            b"\xff\xfe",
        ] {
            assert_eq!(Request::read(strange), None);
        }
    }
}
