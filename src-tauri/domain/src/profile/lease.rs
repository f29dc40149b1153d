//! The end of switches that end: by their time, or before it.

use jiff::Timestamp;

use super::delivery::{Delivery, Lease, OURS};
use super::{
    GENERATED, Mode, OurProfile, Switch, our_profile, our_profiles, point, read_config, refused_edit,
};
use crate::failure::{Code, Failure};
use crate::ids::{ProfileName, Region};
use crate::profile_file::{ConfigFile, EditRefused};
use crate::settings::Portal;

/// What the config is after the end of leases, and whose they were.
pub type Ended = (Vec<u8>, Vec<ProfileName>);

/// What it takes to write a profile in the mode that it had.
#[derive(Debug, Clone, Copy)]
pub struct Means<'a> {
    /// The absolute path of the command line program.
    pub program: &'a str,
    /// All that are known.
    pub portals: &'a [Portal],
    /// For a profile that has lost its own.
    pub fallback_region: &'a Region,
}

/// The config after the end of every lease that is over, and the profiles that it concerns; `None` if there is none.
/// Each is what it was before; one that pointed nowhere is somebody's plain profile again, or gone.
pub fn end_leases(config: &[u8], now: Timestamp, means: &Means<'_>) -> Result<Option<Ended>, Failure> {
    let mut file = read_config(config)?;
    let over = |ours: &OurProfile| ours.lease.as_ref().is_some_and(|lease| lease.is_over(now));
    let ended: Vec<OurProfile> = our_profiles(&file).into_iter().filter(over).collect();
    if ended.is_empty() {
        return Ok(None);
    }
    let mut names = Vec::new();
    for ours in ended {
        let name = ours.name.clone();
        write(&mut file, &name, ours.at(now).as_ref(), now, means)?;
        names.push(name);
    }
    Ok(Some((file.to_bytes(), names)))
}

/// The config after the end of the profile's lease, whatever its time, and the profile as it is then: `None` if it
/// points nowhere. A profile without a lease is a failure with [`Code::NoSingleMatch`].
pub fn end_lease_now(
    config: &[u8],
    name: &ProfileName,
    means: &Means<'_>,
) -> Result<(Vec<u8>, Option<OurProfile>), Failure> {
    let mut file = read_config(config)?;
    let ours = our_profile(&file, name);
    let Some((ours, lease)) = ours.and_then(|ours| ours.lease.clone().map(|lease| (ours, lease))) else {
        return Err(Failure::new(
            Code::NoSingleMatch,
            format!("the profile {name} has nothing to go back to: no `switch --for` counts for it"),
            "`rolecall status` shows where each profile points; `rolecall undo` takes the last switch back",
        ));
    };
    let over = Lease { until: Timestamp::MIN, ..lease };
    let after = OurProfile { lease: Some(over), ..ours }.at(Timestamp::MIN);
    write(&mut file, name, after.as_ref(), Timestamp::MIN, means)?;
    Ok((file.to_bytes(), after))
}

/// Writes a profile as it is after its lease.
fn write(
    file: &mut ConfigFile,
    name: &ProfileName,
    after: Option<&OurProfile>,
    now: Timestamp,
    means: &Means<'_>,
) -> Result<(), Failure> {
    let Some(ours) = after else { return forget(file, name).map_err(|error| refused_edit(name, &error)) };
    let portal = means.portals.iter().find(|portal| portal.name == ours.grant.portal);
    let delivery = match (ours.mode, portal) {
        (Mode::Sso, Some(portal)) => Delivery::Sso(portal),
        (Mode::Process | Mode::Sso, _) => Delivery::Process(means.program),
        // Whoever renews keys finds that there are none.
        (Mode::Keys, _) => Delivery::Keys(None),
        (Mode::Endpoint, _) => Delivery::Endpoint,
    };
    let switch = Switch {
        profile: name,
        grant: &ours.grant,
        region: None,
        fallback_region: means.fallback_region,
        delivery,
        until: None,
        now,
        force: false,
    };
    point(file, &switch).map(drop)
}

/// Takes our keys out of a profile, and the profile if nothing but a region is left of it.
fn forget(file: &mut ConfigFile, name: &ProfileName) -> Result<(), EditRefused> {
    const SSO: [&str; 3] = ["sso_session", "sso_account_id", "sso_role_name"];
    let ours = |key: &str| OURS.contains(&key) || SSO.contains(&key) || key == GENERATED;
    let Some(section) = file.profile(name.as_str()) else { return Ok(()) };
    if section.settings().iter().all(|setting| ours(&setting.key) || setting.key == "region") {
        return file.remove_profile(name.as_str());
    }
    let changes: Vec<(&str, Option<&str>)> =
        OURS.into_iter().chain(SSO).chain([GENERATED]).map(|key| (key, None)).collect();
    file.set_profile(name.as_str(), &changes)
}
