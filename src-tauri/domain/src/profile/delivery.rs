//! How a profile gets its credentials.

use serde::{Deserialize, Serialize};

use super::{ACCOUNT, PORTAL, PROCESS, ROLE};
use crate::profile_file::Section;
use crate::settings::Portal;
use crate::vend::Credentials;

/// Which way; absent where it is the usual one.
pub(crate) const MODE: &str = "rolecall_mode";
/// Until when a switch is good.
pub(crate) const UNTIL: &str = "rolecall_until";
/// Where the profile points afterwards: `PORTAL/ACCOUNT/ROLE`, or `none`.
pub(crate) const BEFORE: &str = "rolecall_before";
/// How it gets its credentials then; absent where it is the usual way.
pub(crate) const BEFORE_MODE: &str = "rolecall_before_mode";

/// The region that it has then, or `none`; absent where a lease changes nothing about it.
pub(crate) const BEFORE_REGION: &str = "rolecall_before_region";

/// How a profile gets its credentials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// `credential_process`: AWS tools ask Rolecall. No secret is written.
    #[default]
    Process,
    /// `sso_session` and its companions: AWS tools ask AWS, with the session of the AWS CLI's cache.
    Sso,
    /// Temporary keys in the credentials file, for tools that know nothing else.
    Keys,
    /// Nothing: AWS tools find the endpoint by variables of the environment.
    Endpoint,
}

impl Mode {
    /// As on the command line and in the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Sso => "sso",
            Self::Keys => "keys",
            Self::Endpoint => "endpoint",
        }
    }

    /// Whether AWS tools get nothing but what Rolecall gives them: for these modes a lease is over when its time is.
    /// In the others it is over when the file has been written.
    pub(super) fn goes_by_the_clock(self) -> bool {
        matches!(self, Self::Process | Self::Endpoint)
    }

    /// The keys of the config by which AWS tools get credentials in this mode.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Process => &[PROCESS],
            Self::Sso => &["sso_session", "sso_account_id", "sso_role_name"],
            Self::Keys | Self::Endpoint => &[],
        }
    }

    pub(super) fn of(section: &Section) -> Self {
        Self::named(section.get(MODE))
    }

    pub(super) fn named(name: Option<&str>) -> Self {
        let mut others = [Self::Sso, Self::Keys, Self::Endpoint].into_iter();
        others.find(|mode| name == Some(mode.as_str())).unwrap_or_default()
    }
}

/// What a mode needs to be written.
#[derive(Debug, Clone, Copy)]
pub enum Delivery<'a> {
    /// The absolute path of the command line program.
    Process(&'a str),
    /// The portal of the grant.
    Sso(&'a Portal),
    /// What goes into the credentials file, if it is there already.
    Keys(Option<&'a Credentials>),
    /// Nothing.
    Endpoint,
}

impl Delivery<'_> {
    /// Which mode it is.
    pub fn mode(&self) -> Mode {
        match self {
            Self::Process(_) => Mode::Process,
            Self::Sso(_) => Mode::Sso,
            Self::Keys(_) => Mode::Keys,
            Self::Endpoint => Mode::Endpoint,
        }
    }
}

/// The keys of the config that are ours and say where a profile points.
pub(super) const OURS: [&str; 9] =
    [PROCESS, PORTAL, ACCOUNT, ROLE, MODE, UNTIL, BEFORE, BEFORE_MODE, BEFORE_REGION];
