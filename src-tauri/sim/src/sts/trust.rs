//! What the trust policies of roles ask for. A role nobody has spoken of trusts whoever is in the organisation.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::role_keys::Principal;
use crate::totp::UsedSteps;

/// The trust policy of one role, and who would be let in by it.
///
/// As JSON, with everything but the first two left out at will: `{"account_id": "222233334444", "role": "Deploy",
/// "external_id": "x-1", "mfa": {"serial": "arn:aws:iam::111122223333:mfa/alex", "totp_secret": "KVKF…"}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// Twelve digits.
    pub account_id: String,
    /// The role's name, without its path.
    pub role: String,
    /// Who may assume it, as `ACCOUNT ID/ROLE` with a permission set's or a role's name; everybody when absent.
    #[serde(default)]
    pub principals: Option<Vec<String>>,
    /// The condition on `sts:ExternalId`.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The condition that MFA is present. AWS lets only IAM users meet it; here the sessions of roles may, so that
    /// clients can be tried.
    #[serde(default)]
    pub mfa: Option<MfaDevice>,
    /// `sts:TagSession` is not allowed.
    #[serde(default)]
    pub denies_tags: bool,
    /// `sts:SetSourceIdentity` is not allowed.
    #[serde(default)]
    pub denies_source_identity: bool,
}

/// A virtual MFA device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MfaDevice {
    /// Its ARN.
    pub serial: String,
    /// Base32 secret of the authenticator app (RFC 6238, SHA-1, six digits, 30 seconds).
    pub totp_secret: String,
}

impl Trust {
    /// Whether the policy names the caller.
    pub(super) fn names(&self, caller: &Principal) -> bool {
        let is = |named: &String| *named == format!("{}/{}", caller.account_id, caller.permission_set());
        self.principals.as_ref().is_none_or(|principals| principals.iter().any(is))
    }
}

/// All trust policies that were spoken of.
#[derive(Debug, Default)]
pub(crate) struct Trusts {
    by_role: HashMap<(String, String), Trust>,
    /// By serial number: a code counts once.
    used_codes: HashMap<String, UsedSteps>,
}

impl Trusts {
    /// Replaces what was said of the role before.
    pub(crate) fn put(&mut self, trust: Trust) {
        self.by_role.insert((trust.account_id.clone(), trust.role.clone()), trust);
    }

    pub(super) fn of(&self, account_id: &str, role: &str) -> Trust {
        let key = (account_id.to_owned(), role.to_owned());
        self.by_role.get(&key).cloned().unwrap_or_default()
    }

    pub(super) fn accept(&mut self, device: &MfaDevice, code: &str, now_ms: i64) -> bool {
        self.used_codes.entry(device.serial.clone()).or_default().accept(&device.totp_secret, code, now_ms)
    }
}
