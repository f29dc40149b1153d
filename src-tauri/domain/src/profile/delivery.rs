//! How a profile gets its credentials, and for how long it points where it does.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ACCOUNT, OurProfile, PORTAL, PROCESS, ROLE, read_time};
use crate::ids::{AccountId, GrantId, PortalName, RoleName};
use crate::profile_file::Section;
use crate::settings::Portal;
use crate::vend::Credentials;

/// Which way; absent where it is the usual one.
pub(crate) const MODE: &str = "rolecall_mode";
/// Until when a switch is good.
pub(crate) const UNTIL: &str = "rolecall_until";
/// Where the profile points afterwards: `PORTAL/ACCOUNT/ROLE`, or [`NOWHERE`].
pub(crate) const BEFORE: &str = "rolecall_before";

/// How it gets its credentials then; absent where it is the usual way.
pub(crate) const BEFORE_MODE: &str = "rolecall_before_mode";

const NOWHERE: &str = "none";

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
    fn goes_by_the_clock(self) -> bool {
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

    fn named(name: Option<&str>) -> Self {
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

/// A switch that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// When.
    pub until: Timestamp,
    /// Where the profile points afterwards. None: nowhere, as before.
    pub before: Option<GrantId>,
    /// How it gets its credentials then.
    pub mode: Mode,
}

impl Lease {
    /// As the config has it. One that can't be read is over: nobody keeps a role by spoiling a line.
    pub(super) fn of(section: &Section) -> Option<Self> {
        let until = section.get(UNTIL)?;
        let before = section.get(BEFORE).and_then(grant);
        let mode = Mode::named(section.get(BEFORE_MODE));
        Some(Self { until: read_time(until).unwrap_or(Timestamp::MIN), before, mode })
    }

    /// The value of [`BEFORE`].
    pub(super) fn before_text(&self) -> String {
        self.before.as_ref().map_or_else(
            || NOWHERE.to_owned(),
            |grant| format!("{}/{}/{}", grant.portal, grant.account_id, grant.role_name),
        )
    }

    /// Whether the time has come.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now
    }
}

fn grant(text: &str) -> Option<GrantId> {
    let mut parts = text.splitn(3, '/');
    Some(GrantId {
        portal: PortalName::parse(parts.next()?).ok()?,
        account_id: AccountId::parse(parts.next()?).ok()?,
        role_name: RoleName::parse(parts.next()?).ok()?,
    })
}

impl OurProfile {
    /// The profile as Rolecall goes by it at this time: one whose lease is over points where it did before, whatever the
    /// file says, and at nothing if there was nothing.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Option<Self> {
        match self.lease {
            Some(lease) if lease.is_over(now) => {
                Some(Self { grant: lease.before?, mode: lease.mode, lease: None, generated: false, ..self })
            }
            _ => Some(self),
        }
    }

    /// The profile as AWS tools find it at this time: with a lease that is over, if they don't ask Rolecall and nobody
    /// has written its end.
    #[must_use]
    pub fn for_tools(self, now: Timestamp) -> Option<Self> {
        if self.outlives_its_lease(now) { Some(self) } else { self.at(now) }
    }

    /// How it gets its credentials when no lease counts; `None`: it pointed nowhere before one that is over.
    pub fn lasting_mode(self, now: Timestamp) -> Option<Mode> {
        match &self.lease {
            Some(lease) if lease.before.is_some() => Some(lease.mode),
            _ => self.at(now).map(|ours| ours.mode),
        }
    }

    /// Whether tools still use what it was lent, although the time is over.
    pub fn outlives_its_lease(&self, now: Timestamp) -> bool {
        !self.mode.goes_by_the_clock() && self.lease.as_ref().is_some_and(|lease| lease.is_over(now))
    }
}

impl OurProfile {
    /// Credentials as its users are told of them: good for no longer than it points there, so that they ask again.
    #[must_use]
    pub fn told(&self, credentials: Credentials) -> Credentials {
        let until = self.lease.as_ref().map_or(credentials.expires_at, |lease| lease.until);
        Credentials { expires_at: credentials.expires_at.min(until), ..credentials }
    }
}

/// The keys of the config that are ours and say where a profile points.
pub(super) const OURS: [&str; 8] = [PROCESS, PORTAL, ACCOUNT, ROLE, MODE, UNTIL, BEFORE, BEFORE_MODE];
