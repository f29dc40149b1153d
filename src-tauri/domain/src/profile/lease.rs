//! The end of switches that end: by their time, or before it.

use jiff::Timestamp;

use super::delivery::{BEFORE, Lease, OURS, UNTIL};
use super::{
    ACCOUNT, GENERATED, Mode, OurProfile, PORTAL, ROLE, our_profile, our_profiles, read_config, refused_edit,
};
use crate::failure::{Code, Failure};
use crate::ids::ProfileName;
use crate::profile_file::{ConfigFile, EditRefused};

/// What the config is after the end of leases, and whose they were.
pub type Ended = (Vec<u8>, Vec<ProfileName>);

/// The config after the end of every lease that is over, and the profiles that it concerns; `None` if there is none.
/// Each points where it did before; one that pointed nowhere is somebody's plain profile again, or gone.
pub fn end_leases(config: &[u8], now: Timestamp) -> Result<Option<Ended>, Failure> {
    let mut file = read_config(config)?;
    let over = |ours: &OurProfile| ours.lease.as_ref().is_some_and(|lease| lease.is_over(now));
    let ended: Vec<OurProfile> = our_profiles(&file).into_iter().filter(over).collect();
    if ended.is_empty() {
        return Ok(None);
    }
    let mut names = Vec::new();
    for ours in ended {
        let name = ours.name.clone();
        write(&mut file, &name, ours.at(now))?;
        names.push(name);
    }
    Ok(Some((file.to_bytes(), names)))
}

/// The config after the end of the profile's lease, whatever its time, and the profile as it is then: `None` if it
/// points nowhere. A profile without a lease is a failure with [`Code::NoSingleMatch`].
pub fn end_lease_now(config: &[u8], name: &ProfileName) -> Result<(Vec<u8>, Option<OurProfile>), Failure> {
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
    write(&mut file, name, after.clone())?;
    Ok((file.to_bytes(), after))
}

/// Writes a profile as it is after its lease.
fn write(file: &mut ConfigFile, name: &ProfileName, after: Option<OurProfile>) -> Result<(), Failure> {
    let edited = match after {
        Some(ours) => {
            let grant = ours.grant;
            let mut changes = vec![
                (PORTAL, Some(grant.portal.as_str())),
                (ACCOUNT, Some(grant.account_id.as_str())),
                (ROLE, Some(grant.role_name.as_str())),
                (UNTIL, None),
                (BEFORE, None),
            ];
            if ours.mode == Mode::Sso {
                changes.push(("sso_account_id", Some(grant.account_id.as_str())));
                changes.push(("sso_role_name", Some(grant.role_name.as_str())));
            }
            file.set_profile(name.as_str(), &changes)
        }
        None => forget(file, name),
    };
    edited.map_err(|error| refused_edit(name, &error))
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
