//! `rolecall switch`

use domain::failure::Failure;
use domain::text;
use engine::SwitchRequest;

use crate::args::{Mode, Switch};
use crate::run::World;
use crate::{grants, print};

pub(crate) fn run(world: &World, switch: &Switch) -> Result<(), Failure> {
    let Mode::Process = switch.mode;
    let grant = grants::find(world, &switch.grant)?;
    let request = SwitchRequest {
        profile: switch.profile.clone(),
        grant: grant.clone(),
        region: switch.region.clone(),
        force: switch.force,
    };
    let done = world.engine.switch(&request)?;
    let catalogue = world.engine.settings().portal(&grant.portal).map(|p| world.engine.catalogue(p));
    let catalogue: Vec<_> = catalogue.into_iter().flatten().flatten().collect();
    let name = grants::account_name(&catalogue, &grant);
    print::note(&format!("{} is now {grant} ({name}) in {}", done.profile, text::line(&done.region)));
    if !done.removed.is_empty() {
        print::note(&format!("taken out of the profile: {}", done.removed.join(", ")));
    }
    done.warnings.iter().for_each(|warning| print::warning(warning));
    Ok(())
}
