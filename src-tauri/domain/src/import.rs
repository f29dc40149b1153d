//! What other tools know of a person's portals, roles and colours, and what of it would be taken over.
//!
//! Each tool's files are read by a module of its own into the same [`Findings`]; [`Plan`] then compares them with
//! what is known here already. Nothing is dropped in silence: what has no place here is in `left_out`, what was
//! read with a guess in `assumed`.
//!
//! The files are input from elsewhere: every name in them is checked by the type it ends up in.

mod arn;
pub mod aws_config;
pub mod aws_sso_cli;
mod colour;
mod go_template;
pub mod granted;
pub mod leapp;
mod plan;
pub mod switch_roles;

use jiff::Timestamp;
use serde::Serialize;

use crate::chain::RoleArn;
use crate::ids::{AccountId, Region, RoleName, StartUrl};
use crate::mark::Colour;

pub use plan::{Known, Plan, PlannedPortal, PlannedProfile, PlannedUse, Told, free_portal_name};

/// What does here what another browser than the default one does there.
const OTHER_BROWSER: &str = "name it as `program` under [browser] in settings.toml, or choose it in Settings";
/// And what containers do by the add-on of Granted.
const GRANTED_CONTAINERS: &str = "`open = \"firefox-container\"` and `container_extension = \"granted-containers\"` \
                                  under [browser] in settings.toml do the same";

/// A tool whose files can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Granted: <https://github.com/fwdcloudsec/granted>.
    Granted,
    /// aws-sso-cli: <https://github.com/synfinatic/aws-sso-cli>.
    AwsSsoCli,
    /// aws-sso-util: <https://github.com/benkehoe/aws-sso-util>.
    AwsSsoUtil,
    /// AWS Extend Switch Roles: <https://github.com/tilfinltd/aws-extend-switch-roles>.
    ExtendSwitchRoles,
    /// Leapp: <https://github.com/Noovolari/leapp>.
    Leapp,
    /// Profiles that the AWS CLI itself understands.
    Aws,
}

impl Source {
    /// All of them, in the order in which they are looked at: where two know the same, the first one counts.
    pub const ALL: [Self; 6] =
        [Self::Granted, Self::AwsSsoCli, Self::AwsSsoUtil, Self::ExtendSwitchRoles, Self::Leapp, Self::Aws];

    /// As on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::AwsSsoCli => "aws-sso-cli",
            Self::AwsSsoUtil => "aws-sso-util",
            Self::ExtendSwitchRoles => "extend-switch-roles",
            Self::Leapp => "leapp",
            Self::Aws => "aws",
        }
    }
}

/// What one tool's files say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Portals; everything else refers to them by position.
    pub portals: Vec<FoundPortal>,
    /// Profiles of the AWS config, there or wanted.
    pub profiles: Vec<FoundProfile>,
    /// Roles that are assumed from another one; referred to by position.
    pub chains: Vec<FoundChain>,
    /// Colours and tags.
    pub marks: Vec<FoundMark>,
    /// What the person pinned, in their order.
    pub pins: Vec<Target>,
    /// What the person used.
    pub uses: Vec<FoundUse>,
    /// How the tool names profiles, as a template of ours.
    pub profile_name: Option<String>,
    /// The region of what has none of its own.
    pub default_region: Option<Region>,
    /// What was read with a guess, for the person to check.
    pub assumed: Vec<Remark>,
    /// What has no place here.
    pub left_out: Vec<Remark>,
}

/// A portal as a tool knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPortal {
    /// What the tool calls it: any text.
    pub name: String,
    /// Where people sign in.
    pub start_url: StartUrl,
    /// The region of IAM Identity Center.
    pub region: Region,
}

/// A role that a portal lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGrant {
    /// The position in [`Findings::portals`].
    pub portal: usize,
    /// The account.
    pub account_id: AccountId,
    /// The permission set's name.
    pub role_name: RoleName,
}

/// What a profile, a pin or a chained role points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A role of a portal.
    Grant(FoundGrant),
    /// A chained role, by its position in [`Findings::chains`].
    Chain(usize),
}

/// A profile, by the name that the tool gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProfile {
    /// Any text.
    pub name: String,
    /// Where it points.
    pub target: Target,
    /// Its region.
    pub region: Option<Region>,
}

/// A role that is assumed from another one (STS `AssumeRole`). Optional parts are as the tool has them: any text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the parameters of AssumeRole")]
pub struct FoundChain {
    /// What the tool calls it: any text.
    pub name: String,
    pub role: RoleArn,
    /// Whose credentials assume it.
    pub from: Target,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
    pub source_identity: Option<String>,
    pub mfa_serial: Option<String>,
    /// In seconds.
    pub duration: Option<u32>,
    pub region: Option<Region>,
}

/// A colour or tags, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMark {
    /// What has them.
    pub what: Marked,
    /// The nearest of ours.
    pub colour: Option<Colour>,
    /// `key=value`, or a word.
    pub tags: Vec<String>,
}

/// What a mark is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    /// All roles of an account.
    Account(AccountId),
    /// One role of an account.
    Role(AccountId, RoleName),
    /// A chained role, by its position in [`Findings::chains`].
    Chain(usize),
}

/// Past use of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundUse {
    /// What was used.
    pub target: Target,
    /// How often, as far as that is known.
    pub count: u32,
    /// When last.
    pub last: Timestamp,
}

/// Something to tell the person. Both texts are safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// What it is about.
    pub what: String,
    /// What there is to say.
    pub why: String,
}

impl Remark {
    pub(crate) fn new(what: impl AsRef<str>, why: impl AsRef<str>) -> Self {
        let safe = |text: &str| crate::text::line(text).into_owned();
        Self { what: safe(what.as_ref()), why: safe(why.as_ref()) }
    }
}

/// How many roles in a row are followed from one that is assumed to the one it starts from: with more, a file is not
/// what a person wrote.
const DEEPEST: usize = 16;

impl Findings {
    /// Whether the tool's files say nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The position of the portal of this address, which is added if it is new.
    pub(crate) fn portal(&mut self, name: &str, start_url: StartUrl, region: Region) -> usize {
        let same = |p: &FoundPortal| p.start_url.is_same_portal(&start_url) && p.region == region;
        self.portals.iter().position(same).unwrap_or_else(|| {
            self.portals.push(FoundPortal { name: name.to_owned(), start_url, region });
            self.portals.len() - 1
        })
    }

    /// The same from texts; what is wrong with them is left out, and told.
    pub fn add_portal(&mut self, name: &str, start_url: &str, region: &str) {
        match StartUrl::parse(start_url).and_then(|url| Ok((url, Region::parse(region)?))) {
            Ok((start_url, region)) => {
                self.portal(name, start_url, region);
            }
            Err(error) => self.leave_out(format!("portal {name}"), error.0),
        }
    }

    fn leave_out(&mut self, what: impl AsRef<str>, why: impl AsRef<str>) {
        self.left_out.push(Remark::new(what, why));
    }

    fn assume(&mut self, what: impl AsRef<str>, why: impl AsRef<str>) {
        self.assumed.push(Remark::new(what, why));
    }
}

#[cfg(test)]
mod tests;
