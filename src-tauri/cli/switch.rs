//! `rolecall switch`

use domain::access::Way;
use domain::failure::Failure;
use domain::profile;
use domain::text;
use domain::time::after;
use engine::{SwitchRequest, clock};

use crate::args::{Mode, Switch};
use crate::getting::Errand;
use crate::grants::Found;
use crate::run::World;
use crate::{assume, grants, print};

pub(crate) fn run(world: &World, switch: &Switch) -> Result<(), Failure> {
    let Found { grant, account_name } = grants::find(world, &switch.grant)?;
    let profile = switch.profile.as_ref().unwrap_or(&world.engine.settings().default_profile);
    let mode = world.engine.mode_for(profile, switch.mode.map(mode));
    let keys = match mode {
        profile::Mode::Keys => {
            Some(assume::credentials(world, &Errand::new(Way::Keys, &grant, Some(profile)))?)
        }
        _ => None,
    };
    let request = SwitchRequest {
        profile: Some(profile.clone()),
        region: switch.region.clone(),
        mode: Some(mode),
        keys,
        lease: switch.lease,
        force: switch.force,
        ..SwitchRequest::new(grant.clone())
    };
    let done = world.engine.switch(&request)?;
    let now = clock::now();
    let until = switch.lease.map(|lease| format!(" for {}", print::left(after(now, lease), now)));
    print::note(&format!(
        "{} is now {grant} ({account_name}) in {}{}",
        done.profile,
        text::line(&done.region),
        until.unwrap_or_default()
    ));
    if !done.removed.is_empty() {
        print::note(&format!("taken out of the profile: {}", done.removed.join(", ")));
    }
    // The switch is done, whatever comes of the code.
    if let Err(failure) = assume::prepare(world, &grant) {
        print::warning(&format!("{failure}; {}", failure.hint));
    }
    done.warnings.iter().for_each(|warning| print::warning(warning));
    Ok(())
}

fn mode(mode: Mode) -> profile::Mode {
    match mode {
        Mode::Process => profile::Mode::Process,
        Mode::Sso => profile::Mode::Sso,
        Mode::Keys => profile::Mode::Keys,
        Mode::Endpoint => profile::Mode::Endpoint,
    }
}
