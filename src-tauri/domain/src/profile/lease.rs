//! For how long a profile points where it does, and what it is afterwards.

use jiff::Timestamp;

use super::delivery::{BEFORE, BEFORE_MODE, BEFORE_REGION, Mode, UNTIL};
use super::{OurProfile, is_marked};
use crate::ids::{AccountId, GrantId, PortalName, RoleName};
use crate::profile_file::{Section, Setting};
use crate::vend::Credentials;

/// How the keys of a lease say that there was nothing.
const NOTHING: &str = "none";

/// A switch that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// When.
    pub until: Timestamp,
    /// Where the profile points afterwards. None: nowhere, as before.
    pub before: Option<GrantId>,
    /// How it gets its credentials then.
    pub mode: Mode,
    /// Its region then.
    pub region: RegionAfter,
    /// Whether it is a generated one then.
    pub generated: bool,
}

/// The region of a profile after a lease.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RegionAfter {
    /// What it is now: the lease changed nothing about it.
    #[default]
    Same,
    /// Another one, as it stood in the file.
    Other(String),
    /// None, as before.
    Nothing,
}

impl RegionAfter {
    /// The region afterwards of a profile that has this one now.
    pub(super) fn of(&self, now: Option<String>) -> Option<String> {
        match self {
            Self::Same => now,
            Self::Other(region) => Some(region.clone()),
            Self::Nothing => None,
        }
    }

    fn named(name: Option<&str>) -> Self {
        match name {
            None => Self::Same,
            Some(NOTHING) => Self::Nothing,
            Some(region) => Self::Other(region.to_owned()),
        }
    }

    /// After a lease from here that changes it to `region`.
    fn from_here(section: Option<&Section>, ours: Option<&OurProfile>, region: &str) -> Self {
        let Some(section) = section.filter(|section| !section.settings().is_empty()) else {
            return Self::Same;
        };
        let there = section.setting("region").map(Setting::without_comment);
        match there.filter(|there| !there.is_empty()) {
            // That of somebody else's profile is written down anyway: it says that the profile was there.
            Some(there) if there == region && ours.is_some() => Self::Same,
            Some(there) => Self::Other(there.to_owned()),
            None => Self::Nothing,
        }
    }
}

impl Lease {
    /// As the config has it. One that can't be read is over: nobody keeps a role by spoiling a line.
    pub(super) fn of(section: &Section) -> Option<Self> {
        let until = section.get(UNTIL)?;
        Some(Self {
            until: until.parse().unwrap_or(Timestamp::MIN),
            before: section.get(BEFORE).and_then(grant),
            mode: Mode::named(section.get(BEFORE_MODE)),
            region: RegionAfter::named(section.get(BEFORE_REGION)),
            generated: is_marked(section),
        })
    }

    /// That of a switch of the profile, as it is now. Leases do not pile up: it goes back to what was there before the
    /// first of them.
    pub(super) fn from_here(
        until: Timestamp,
        section: Option<&Section>,
        ours: Option<&OurProfile>,
        region: &str,
    ) -> Self {
        let earlier = ours.and_then(|ours| ours.lease.clone());
        let region = match &earlier {
            Some(lease) if lease.before.is_none() || lease.region != RegionAfter::Same => {
                lease.region.clone()
            }
            _ => RegionAfter::from_here(section, ours, region),
        };
        match (earlier, ours) {
            (Some(lease), _) => Self { until, region, ..lease },
            (None, ours) => Self {
                until,
                before: ours.map(|ours| ours.grant.clone()),
                mode: ours.map(|ours| ours.mode).unwrap_or_default(),
                region,
                generated: ours.is_some_and(|ours| ours.generated),
            },
        }
    }

    /// Its keys in the config, with their values. What is generated keeps its mark, which says nothing meanwhile.
    pub(super) fn keys(&self) -> Vec<(&'static str, String)> {
        let before = self.before.as_ref().map_or_else(
            || NOTHING.to_owned(),
            |grant| format!("{}/{}/{}", grant.portal, grant.account_id, grant.role_name),
        );
        let mut keys = vec![(UNTIL, crate::vend::rfc3339(self.until)), (BEFORE, before)];
        if self.mode != Mode::default() {
            keys.push((BEFORE_MODE, self.mode.as_str().to_owned()));
        }
        match &self.region {
            RegionAfter::Same => {}
            RegionAfter::Other(region) => keys.push((BEFORE_REGION, region.clone())),
            RegionAfter::Nothing => keys.push((BEFORE_REGION, NOTHING.to_owned())),
        }
        keys
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
        let over = self.lease.as_ref().is_some_and(|lease| lease.is_over(now));
        if over { self.after_lease() } else { Some(self) }
    }

    /// The profile as it is when no lease counts, whatever the time; `None` if it pointed nowhere.
    pub(crate) fn after_lease(self) -> Option<Self> {
        let Some(lease) = self.lease else { return Some(self) };
        Some(Self {
            grant: lease.before?,
            region: lease.region.of(self.region),
            mode: lease.mode,
            generated: lease.generated,
            lease: None,
            name: self.name,
        })
    }

    /// The profile as AWS tools find it at this time: with a lease that is over, if they don't ask Rolecall and nobody
    /// has written its end. The region is that of [`Self::at`]; see [`Self::wants_its_end_written`].
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

    /// Whether tools find something of a lease that is over as long as its end is not in the file: what it was lent, or
    /// a region, which no mode has them ask us for.
    pub fn wants_its_end_written(&self, now: Timestamp) -> bool {
        let changes_region = |lease: &Lease| lease.is_over(now) && lease.region != RegionAfter::Same;
        self.outlives_its_lease(now) || self.lease.as_ref().is_some_and(changes_region)
    }

    /// Credentials as its users are told of them: good for no longer than it points there, so that they ask again.
    #[must_use]
    pub fn told(&self, credentials: Credentials) -> Credentials {
        let until = self.lease.as_ref().map_or(credentials.expires_at, |lease| lease.until);
        Credentials { expires_at: credentials.expires_at.min(until), ..credentials }
    }
}
