//! The end of switches that end: by their time, or before it.

use jiff::Timestamp;

use super::delivery::{Delivery, OURS};
use super::{
    GENERATED, Lease, Mode, OurProfile, RegionAfter, Switch, our_profile, our_profiles, point, read_config,
    refused_edit,
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
    let over = our_profiles(&file).into_iter().filter_map(|ours| {
        let lease = ours.lease.clone().filter(|lease| lease.is_over(now))?;
        Some((ours, lease))
    });
    let over: Vec<(OurProfile, Lease)> = over.collect();
    if over.is_empty() {
        return Ok(None);
    }
    let mut names = Vec::new();
    for (ours, lease) in over {
        let name = ours.name.clone();
        write(&mut file, &name, ours.after_lease().as_ref(), &lease.region, means)?;
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
    let after = ours.after_lease();
    write(&mut file, name, after.as_ref(), &lease.region, means)?;
    Ok((file.to_bytes(), after))
}

/// Writes a profile as it is after its lease.
fn write(
    file: &mut ConfigFile,
    name: &ProfileName,
    after: Option<&OurProfile>,
    region: &RegionAfter,
    means: &Means<'_>,
) -> Result<(), Failure> {
    let refused = |error| refused_edit(name, &error);
    let Some(ours) = after else { return forget(file, name, region).map_err(refused) };
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
        force: false,
    };
    point(file, &switch)?;
    if *region == RegionAfter::Nothing {
        file.set_profile(name.as_str(), &[("region", None)]).map_err(refused)?;
    }
    Ok(())
}

/// Takes our keys out of a profile, and the profile if it came into being by its lease: nothing but a region that
/// nobody had before is left of it.
fn forget(file: &mut ConfigFile, name: &ProfileName, region: &RegionAfter) -> Result<(), EditRefused> {
    const SSO: [&str; 3] = ["sso_session", "sso_account_id", "sso_role_name"];
    let ours = |key: &str| OURS.contains(&key) || SSO.contains(&key) || key == GENERATED;
    let Some(section) = file.profile(name.as_str()) else { return Ok(()) };
    let is_new = *region == RegionAfter::Same;
    if is_new && section.settings().iter().all(|setting| ours(&setting.key) || setting.key == "region") {
        return file.remove_profile(name.as_str());
    }
    let mut changes: Vec<(&str, Option<&str>)> =
        OURS.into_iter().chain(SSO).chain([GENERATED]).map(|key| (key, None)).collect();
    match region {
        RegionAfter::Same => {}
        RegionAfter::Other(region) => changes.push(("region", Some(region))),
        RegionAfter::Nothing => changes.push(("region", None)),
    }
    file.set_profile(name.as_str(), &changes)
}
