//! `rolecall console`

use std::time::Duration;

use domain::access::Way;
use domain::console::{ArnPlace, destination, place_of_arn};
use domain::failure::{Code, Failure};
use domain::ids::Region;
use engine::browser;

use crate::args::Console;
use crate::credentials::wanted;
use crate::print;
use crate::run::{World, block_on};

pub(crate) fn run(world: &World, console: &Console) -> Result<(), Failure> {
    if !console.print && !browser::has_screen(&world.environment) {
        let hint = "use --print, and open the address where there is one";
        return Err(Failure::new(Code::Failed, "there is no screen to open a browser on", hint));
    }
    let place = console.arn.as_deref().map(arn).transpose()?;
    // Without a grant, an ARN means whoever can reach its account.
    let of_arn = console.arn.as_deref().filter(|_| place.as_ref().is_some_and(|p| p.account_id.is_some()));
    let wanted = wanted(world, console.grant.as_deref().or(of_arn), None)?;
    let elsewhere =
        |place: &ArnPlace| place.account_id.as_ref().is_some_and(|id| *id != wanted.grant.account_id);
    if place.as_ref().is_some_and(elsewhere) {
        let summary = format!("the resource is not in the account of {}", wanted.grant);
        return Err(Failure::new(
            Code::NoSingleMatch,
            summary,
            "leave the grant out, or name one of the ARN's account",
        ));
    }
    let portal = world.engine.settings().portal_or_only(Some(&wanted.grant.portal))?;
    let of_profile = wanted.region.as_deref().and_then(|r| Region::parse(r).ok());
    let of_place = place.as_ref().and_then(|p| p.region.clone());
    let region = console.region.clone().or(of_place).or(of_profile).unwrap_or_else(|| portal.region.clone());
    let credentials = wanted.get(world, Way::Console)?;
    let service = place.as_ref().map(|p| p.service.as_str()).or(console.service.as_deref());
    let page = destination(&region, service);
    let url = block_on(world.engine.console_url(&wanted.grant, &credentials, &page))?;
    if console.print {
        return print::data(&format!("{}\n", url.reveal()));
    }
    browser::open_secretly(&url, Duration::from_secs(20))?;
    print::note(&format!("opened the console of {} in {region}", wanted.grant));
    Ok(())
}

fn arn(text: &str) -> Result<ArnPlace, Failure> {
    place_of_arn(text)
        .map_err(|error| Failure::new(Code::Usage, error.0, "copy the ARN from the console or a tool"))
}
