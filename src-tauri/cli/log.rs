//! `rolecall log`: which program took which role's credentials when.

use std::collections::HashMap;

use domain::access::Access;
use domain::catalogue::Catalogue;
use domain::failure::Failure;
use domain::ids::AccountId;
use domain::text;
use domain::vend;

use crate::args::Log;
use crate::print;
use crate::run::World;

pub(crate) fn run(world: &World, log: &Log) -> Result<(), Failure> {
    if log.clear {
        world.engine.clear_accesses()?;
        print::note("the log is empty now");
        return Ok(());
    }
    let accesses = world.engine.accesses(log.number)?;
    if log.json {
        return print::json(&accesses);
    }
    if accesses.is_empty() {
        if log.number > 0 {
            print::note("no program has asked for credentials yet");
        }
        return Ok(());
    }
    let names = names(world);
    let home = world.environment.home().map(|home| home.to_string_lossy().into_owned());
    let rows: Vec<Vec<String>> = accesses.iter().map(|access| row(access, &names, home.as_deref())).collect();
    let heads = ["WHEN (UTC)", "ROLE", "ACCOUNT", "PROFILE", "WAY", "", "PROGRAM"];
    print::data(&print::table(&heads, &rows))
}

fn row(access: &Access, names: &HashMap<AccountId, String>, home: Option<&str>) -> Vec<String> {
    let name = names.get(&access.grant.account_id).map(|name| text::line(name).into_owned());
    vec![
        vend::rfc3339(access.at),
        access.grant.to_string(),
        name.unwrap_or_default(),
        access.profile.as_ref().map(ToString::to_string).unwrap_or_default(),
        access.way.as_str().to_owned(),
        access.outcome.as_str().to_owned(),
        access.who(home),
    ]
}

/// Without them the log is worth showing all the same.
fn names(world: &World) -> HashMap<AccountId, String> {
    let known = world.engine.known_catalogues().into_iter();
    let accounts = known.flat_map(|catalogue: Catalogue| catalogue.accounts);
    accounts.map(|account| (account.id.clone(), account.name.clone())).collect()
}
