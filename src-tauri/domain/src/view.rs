//! What every surface shows. The JSON forms are part of the command line's contract. Never holds a secret.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::catalogue::Grant;
use crate::ids::{AccountId, GrantId, PortalName, ProfileName, Region, RoleName, StartUrl};
use crate::profile::Mode;
use crate::recent::Usage;

/// One line of `rolecall list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantRow {
    /// The portal.
    pub portal: PortalName,
    /// The account.
    pub account_id: AccountId,
    /// Untrusted.
    pub account_name: String,
    /// Untrusted.
    pub account_email: Option<String>,
    /// Untrusted.
    pub role_name: RoleName,
    /// Profiles that point at the grant.
    pub profiles: Vec<ProfileName>,
    /// Whether the person pinned it.
    pub pinned: bool,
    /// When it was last switched to.
    #[serde(serialize_with = "rfc3339")]
    pub last_used: Option<Timestamp>,
    /// Untrusted. Of a chained role only: `PORTAL/ACCOUNT ID/ROLE`, or the name of the chained role that it starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chained_from: Option<String>,
    /// Of a chained role only: its ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The role as it is shown.
    #[serde(skip)]
    pub role_label: String,
}

impl GrantRow {
    /// Gathers what is known of a grant. `profiles` are those that Rolecall wrote, by where they point.
    pub fn new(grant: Grant<'_>, usage: &Usage, profiles: &HashMap<GrantId, Vec<ProfileName>>) -> Self {
        let id = grant.id();
        Self {
            account_name: grant.account.name.clone(),
            account_email: grant.account.email.clone(),
            profiles: profiles.get(&id).cloned().unwrap_or_default(),
            pinned: usage.is_pinned(&id),
            last_used: usage.last_used(&id),
            chained_from: grant.chain.map(|chain| chain.step().from.written()),
            role_arn: grant.chain.map(|chain| chain.step().role.to_string()),
            role_label: grant.role_label(),
            portal: id.portal,
            account_id: id.account_id,
            role_name: id.role_name,
        }
    }
}

/// `rolecall status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Every portal.
    pub portals: Vec<PortalStatus>,
    /// Every profile that Rolecall wrote.
    pub profiles: Vec<ProfileStatus>,
}

/// Where the sign-in to a portal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInState {
    /// There is no token.
    SignedOut,
    /// The token works, or can be renewed without a person.
    SignedIn,
    /// The token is over.
    Expired,
}

/// One portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PortalStatus {
    /// What the person calls it.
    pub name: PortalName,
    /// Where people sign in.
    pub start_url: StartUrl,
    /// The region of IAM Identity Center.
    pub region: Region,
    /// Signed in or not.
    pub state: SignInState,
    /// When the access token ends; it is renewed before if `refreshable`.
    #[serde(serialize_with = "rfc3339")]
    pub expires_at: Option<Timestamp>,
    /// Whether the token can be renewed without a person.
    pub refreshable: bool,
}

/// One profile that Rolecall wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileStatus {
    /// The profile.
    pub name: ProfileName,
    /// Where its grant comes from.
    pub portal: PortalName,
    /// The account.
    pub account_id: AccountId,
    /// As the catalogue knows it; untrusted.
    pub account_name: Option<String>,
    /// Untrusted.
    pub role_name: RoleName,
    /// Of a chained role only: as in [`GrantRow`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chained_from: Option<String>,
    /// The role as it is shown.
    #[serde(skip)]
    pub role_label: String,
    /// The region it sets.
    pub region: Option<String>,
    /// How credentials get to its users.
    pub mode: Mode,
    /// When it goes back to where it pointed before.
    #[serde(serialize_with = "rfc3339", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where it points then; untrusted. None if it points there for good, or at nothing then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<GrantId>,
    /// `ACCOUNT/ROLE` of that, as it is shown.
    #[serde(skip)]
    pub before_label: Option<String>,
    /// Whether it was made for its grant among many.
    pub generated: bool,
    /// When the kept credentials end, if there are any.
    #[serde(serialize_with = "rfc3339")]
    pub expires_at: Option<Timestamp>,
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn rfc3339<S: serde::Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(crate::vend::rfc3339).serialize(serializer)
}
