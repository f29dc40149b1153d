//! `rolecall switch`

use domain::failure::Failure;
use domain::text;
use engine::SwitchRequest;

use crate::args::{Mode, Switch};
use crate::grants::Found;
use crate::run::World;
use crate::{assume, grants, print};

pub(crate) fn run(world: &World, switch: &Switch) -> Result<(), Failure> {
    let Mode::Process = switch.mode;
    let Found { grant, account_name } = grants::find(world, &switch.grant)?;
    let request = SwitchRequest {
        profile: switch.profile.clone(),
        grant: grant.clone(),
        region: switch.region.clone(),
        force: switch.force,
    };
    let done = world.engine.switch(&request)?;
    print::note(&format!("{} is now {grant} ({account_name}) in {}", done.profile, text::line(&done.region)));
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
