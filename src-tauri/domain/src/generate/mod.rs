//! A profile for every grant: what would be written to the AWS config, and what would go.
//!
//! A generated profile is one of ours with one more key, `rolecall_generated = true`. Only those are ever changed or
//! removed here; what a person wrote or switched is left alone, as are keys that they added to a generated one.
//!
//! Names come from a [`Template`], and these rules keep them from meaning something else one day:
//!
//! 1. A grant keeps the name that its generated profile has, as long as the template could give it.
//! 2. A name that two known grants would get is given to neither of them: both get `-ACCOUNT ID` behind it, and where
//!    that is not enough `-PORTAL`. All known grants count, not just those that are asked for. Names that differ only
//!    in case are different names, as they are for every AWS SDK. Grants that even those would call alike, which roles of
//!    one account are, get no new profile, and each is told of.
//! 3. A name that is there already, as somebody else's profile, a switched one, another grant's, or one of the
//!    credentials file, is not taken either, nor is that of the default profile.
//! 4. A generated profile that the template calls otherwise is renamed with all its keys. Who names it by
//!    `source_profile` is told of, and left alone.
//! 5. A generated profile that is switched for a while is left alone until that is over, and its grant gets no other.

mod names;
mod scope;
mod write;

use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::failure::Failure;
use crate::ids::{AccountId, GrantId, PortalName, ProfileName, Region, RoleName};
use crate::naming::Template;
use crate::profile::{self, OurProfile};
use crate::settings::Settings;

pub use scope::Scope;

/// What profiles are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The content of the config.
    pub config: &'a [u8],
    /// The content of the credentials file, which is only looked at.
    pub credentials: Option<&'a [u8]>,
    /// All known catalogues, as they are: those of portals that are not asked for have a say in names.
    pub catalogues: &'a [Catalogue],
    /// Which grants are asked for.
    pub scope: Scope<'a>,
    /// How profiles are called.
    pub template: &'a Template,
    /// One profile for each; where there are none, the region of the settings, else the portal's.
    pub regions: &'a [Region],
    /// Portals, default region and default profile.
    pub settings: &'a Settings,
    /// The absolute path of the command line program.
    pub program: &'a str,
    /// Whether profiles go whose grants are gone.
    pub prune: bool,
}

/// What would be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The new content of the config.
    pub config: Vec<u8>,
    /// Profile by profile, ordered by name.
    pub changes: Vec<Change>,
    /// Whom that leaves without what they start from.
    pub bereft: Vec<Bereft>,
}

/// A profile that names another one by `source_profile`, which would not be there under that name any more. Its JSON
/// form is part of the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bereft {
    /// Whose line it is; anybody's text.
    pub profile: String,
    /// What it names.
    pub source_profile: ProfileName,
    /// What that is called then; nothing if it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_name: Option<ProfileName>,
}

/// What becomes of one profile. Its JSON form is part of the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The profile.
    pub profile: ProfileName,
    /// What becomes of it.
    pub change: Kind,
    /// What it is called so far, if it is renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_name: Option<ProfileName>,
    /// Why it is left alone, or what is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where its grant comes from.
    pub portal: PortalName,
    /// The account.
    pub account_id: AccountId,
    /// The role; untrusted.
    pub role_name: RoleName,
}

/// See [`Change`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// It is new.
    Added,
    /// Some of its keys get other values.
    Changed,
    /// It gets another name.
    Renamed,
    /// It is as it should be.
    Unchanged,
    /// It goes, because its grant is gone.
    Removed,
    /// Nothing is done, for the reason that is given.
    Skipped,
}

impl Change {
    fn new(profile: ProfileName, change: Kind, grant: &GrantId) -> Self {
        Self {
            profile,
            change,
            former_name: None,
            reason: None,
            portal: grant.portal.clone(),
            account_id: grant.account_id.clone(),
            role_name: grant.role_name.clone(),
        }
    }

    fn skipped(profile: ProfileName, grant: &GrantId, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(profile, Kind::Skipped, grant) }
    }
}

impl Plan {
    /// How many profiles this becomes of.
    pub fn count(&self, kind: Kind) -> usize {
        self.changes.iter().filter(|change| change.change == kind).count()
    }

    /// How many profiles would be written or removed.
    pub fn writes(&self) -> usize {
        [Kind::Added, Kind::Changed, Kind::Renamed, Kind::Removed].map(|kind| self.count(kind)).iter().sum()
    }
}

/// Decides what the config should be. Fails if the config can't be read, or if several regions are asked for and the
/// template would call their profiles alike.
pub fn plan(request: &Request<'_>) -> Result<Plan, Failure> {
    if request.regions.len() > 1 && !request.template.has_region() {
        return Err(Failure::new(
            crate::failure::Code::Usage,
            format!("the template `{}` calls the profiles of several regions alike", request.template),
            "put the region into it, such as `--template {account}/{role}/{region}`",
        ));
    }
    let file = profile::read_config(request.config)?;
    let there = names::There::of(&file, request);
    let wishes = names::wishes(request, &there);
    write::carry_out(file, request, &there, wishes)
}

/// The generated profiles among all.
fn generated(ours: &[OurProfile]) -> impl Iterator<Item = &OurProfile> {
    ours.iter().filter(|ours| ours.generated)
}

#[cfg(test)]
mod tests;
