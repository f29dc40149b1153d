//! `rolecall switch`

use domain::access::Way;
use domain::failure::Failure;
use domain::ids::ProfileName;
use domain::profile;
use domain::text;
use domain::time::after;
use engine::{SwitchRequest, clock};

use crate::args::{Mode, Switch};
use crate::confirm::{Unasked, confirm};
use crate::getting::Errand;
use crate::grants::Found;
use crate::run::World;
use crate::{assume, grants, print};

pub(crate) fn run(world: &World, switch: &Switch) -> Result<(), Failure> {
    let profile = switch.profile.as_ref().unwrap_or(&world.engine.settings().default_profile);
    let Some(asked) = &switch.grant else { return back(world, profile) };
    let Found { grant, account_name } = grants::find(world, asked)?;
    confirm(world, &grant, "Switch to it", switch.yes, Unasked::Refused)?;
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
    let signed_out = world.engine.sign_in_warning(mode, &grant);
    done.warnings.iter().chain(&signed_out).for_each(|warning| print::warning(warning));
    Ok(())
}

/// Ends the leases whose time is over. What can't be ended is told: tools go on using what should be over.
pub(crate) fn end_leases(world: &World) {
    let failed = match world.engine.end_leases() {
        Ok(ended) => {
            for name in ended {
                print::note(&format!("the time of {name} was over: {}", where_it_is(world, &name)));
            }
            return;
        }
        Err(failure) => failure,
    };
    let outliving = world.engine.profiles_that_outlive_leases();
    if outliving.is_empty() {
        print::warning(&format!("{failed}; {}", failed.hint));
    }
    for ours in outliving {
        let label = world.engine.label(&ours.grant).unwrap_or_else(|_| ours.grant.to_string());
        print::warning(&format!(
            "the time of {name} is over, but tools still use {label}: run `rolecall switch --back --profile {name}` \
             ({failed})",
            name = ours.name
        ));
    }
}

fn where_it_is(world: &World, name: &ProfileName) -> String {
    match world.engine.our_profile(name) {
        Ok(ours) => format!("it is {} again", ours.grant),
        Err(_) => "it points nowhere, as before".to_owned(),
    }
}

/// `rolecall switch --back`
fn back(world: &World, profile: &ProfileName) -> Result<(), Failure> {
    let back = world.engine.end_lease_now(profile)?;
    match &back.profile {
        Some(ours) => {
            let names = world.engine.label(&ours.grant);
            let names = names.ok().filter(|names| *names != ours.grant.to_string());
            let names = names.map(|names| format!(" ({names})")).unwrap_or_default();
            print::note(&format!("{profile} is {} again{names}", ours.grant));
        }
        None => print::note(&format!("{profile} points nowhere, as before")),
    }
    back.warnings.iter().for_each(|warning| print::warning(warning));
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
