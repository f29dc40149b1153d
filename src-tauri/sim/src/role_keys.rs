//! Temporary credentials that were handed out, so that STS and the console can check them.

use std::collections::{BTreeMap, HashMap};

use crate::organisation::digest_of;
use crate::partition::Partition;
use crate::random;

/// Who a set of credentials speaks for: a session of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) partition: Partition,
    pub(crate) account_id: String,
    pub(crate) role_name: String,
    pub(crate) session_name: String,
    /// Assumed from another role's session; such sessions last an hour at most.
    pub(crate) chained: bool,
    /// Stays through a chain, once it is set.
    pub(crate) source_identity: Option<String>,
    /// Session tags that sessions assumed from it get as well.
    pub(crate) transitive_tags: BTreeMap<String, String>,
}

impl Principal {
    pub(crate) fn arn(&self) -> String {
        let Self { partition, account_id, role_name, session_name, .. } = self;
        let partition = partition.name();
        format!("arn:{partition}:sts::{account_id}:assumed-role/{role_name}/{session_name}")
    }

    /// `Admin` of `AWSReservedSSO_Admin_0123456789abcdef`; other names as they are.
    pub(crate) fn permission_set(&self) -> &str {
        let made = self.role_name.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_'));
        made.map_or(self.role_name.as_str(), |(name, _)| name)
    }

    /// `AROA…:<session name>`; the same role always has the same id.
    pub(crate) fn user_id(&self) -> String {
        let digest = digest_of(&self.account_id, &self.role_name);
        let letters = data_encoding::BASE32.encode(digest.as_bytes());
        format!("AROA{}:{}", &letters[..17], self.session_name)
    }
}

/// One set of temporary credentials.
#[derive(Debug, Clone)]
pub(crate) struct RoleKey {
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) session_token: String,
    pub(crate) expires_ms: i64,
    pub(crate) principal: Principal,
}

/// All credentials by access key id; expired ones stay known, to be told apart from made-up ones.
#[derive(Debug, Default)]
pub(crate) struct RoleKeys(HashMap<String, RoleKey>);

/// Real session tokens exceed a kilobyte.
const SESSION_TOKEN_LENGTH: usize = 1060;

impl RoleKeys {
    pub(crate) fn vend(&mut self, principal: Principal, expires_ms: i64) -> RoleKey {
        let key = RoleKey {
            access_key_id: format!("ASIA{}", random::base32_text(16)),
            secret: random::base64_text(40),
            session_token: format!("IQoJb3JpZ2luX2Vj{}", random::base64_text(SESSION_TOKEN_LENGTH - 16)),
            expires_ms,
            principal,
        };
        self.0.insert(key.access_key_id.clone(), key.clone());
        key
    }

    pub(crate) fn find(&self, access_key_id: &str) -> Option<&RoleKey> {
        self.0.get(access_key_id)
    }
}
