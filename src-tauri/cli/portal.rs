//! `rolecall portal …`

use domain::failure::Failure;
use domain::ids::{PortalName, Region, StartUrl};
use domain::import::Source;
use domain::settings::Portal;
use engine::unknown_region;
use serde::Serialize;

use crate::args::{PortalAdd, PortalVerb};
use crate::print;
use crate::run::{World, block_on};

pub(crate) fn run(mut world: World, verb: PortalVerb) -> Result<(), Failure> {
    match verb {
        PortalVerb::Add(add) => {
            let portal = found(&world, add)?;
            world.engine.add_portal(&portal)?;
            print::note(&format!("added {}: run `rolecall login {}`", portal.name, portal.name));
            Ok(())
        }
        PortalVerb::List { json } => list(&world, json),
        PortalVerb::Remove { name } => remove(&mut world, &name),
        PortalVerb::Import => import(&mut world),
    }
}

/// The portal behind an address.
fn found(world: &World, add: PortalAdd) -> Result<Portal, Failure> {
    let found = block_on(world.engine.discover(&add.start_url, add.region.clone()))?;
    if found.start_url != add.start_url {
        print::note(&format!("{} leads to {}", add.start_url, found.start_url));
    }
    let region = found.region.ok_or_else(|| unknown_region(&found.start_url))?;
    if add.region.is_none() {
        print::note(&format!("its IAM Identity Center is in {region}"));
    }
    Ok(Portal::new(add.name, found.start_url, region))
}

fn list(world: &World, json: bool) -> Result<(), Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row<'a> {
        name: &'a PortalName,
        start_url: &'a StartUrl,
        region: &'a Region,
    }
    let portals = &world.engine.settings().portals;
    let rows = portals.iter().map(|p| Row { name: &p.name, start_url: &p.start_url, region: &p.region });
    if json {
        return print::json(&rows.collect::<Vec<_>>());
    }
    if portals.is_empty() {
        print::note(
            "no portal yet: `rolecall portal add NAME --start-url URL --region REGION`, or `rolecall portal import`",
        );
        return Ok(());
    }
    let cells = rows.map(|r| vec![r.name.to_string(), r.region.to_string(), r.start_url.to_string()]);
    print::data(&print::table(&["NAME", "REGION", "START URL"], &cells.collect::<Vec<_>>()))
}

fn remove(world: &mut World, name: &PortalName) -> Result<(), Failure> {
    let portal = world.engine.settings().portal_or_only(Some(name))?.clone();
    world.engine.settings().may_lose_portal(name)?;
    let told = block_on(world.engine.sign_out(&portal, true))?;
    if let Err(trouble) = told {
        print::warning(&trouble.failure("signing out at AWS", name).to_string());
    }
    world.engine.remove_portal(name)?;
    let profiles = world.engine.our_profiles().unwrap_or_else(|failure| {
        print::warning(&failure.to_string());
        Vec::new()
    });
    for ours in profiles.iter().filter(|p| p.grant.portal == *name) {
        print::warning(&format!("the profile {} still points at {name}: switch or remove it", ours.name));
    }
    print::note(&format!("removed {name}"));
    Ok(())
}

/// The portals of `rolecall import aws`, and nothing else of it.
fn import(world: &mut World) -> Result<(), Failure> {
    let looked = world.engine.look(Source::Aws, None)?;
    let plan = world.engine.plan_import(&[looked])?;
    for told in plan.left_out.iter().filter(|told| told.remark.what.starts_with("portal ")) {
        print::warning(&format!("left out: {}: {}", told.remark.what, told.remark.why));
    }
    world.engine.import_portals(&plan.portals)?;
    for portal in &plan.portals {
        print::note(&format!("added {}: run `rolecall login {}`", portal.name, portal.name));
    }
    if plan.portals.is_empty() {
        print::note("the AWS config speaks of no portal that is not known already");
    }
    Ok(())
}
