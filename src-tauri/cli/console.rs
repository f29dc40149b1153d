//! `rolecall console`

use std::time::Duration;

use domain::access::Way;
use domain::console::{ArnPlace, destination, place_of_arn};
use domain::failure::{Code, Failure};
use domain::ids::Partition;
use domain::logout;
use domain::settings::ConsoleVia;
use engine::browser;

use crate::args::{Console, Manner, Via};
use crate::credentials::{Wanted, wanted};
use crate::run::{World, block_on};
use crate::{link, print};

/// How a page is opened.
pub(crate) struct How {
    pub(crate) via: Option<Via>,
    /// After a sign-out.
    pub(crate) fresh: bool,
    pub(crate) print: bool,
}

pub(crate) fn run(world: &World, console: &Console) -> Result<(), Failure> {
    if console.sign_out {
        return sign_out(world, console);
    }
    if let Some(bookmark) = link::bookmark(world, console)? {
        let manner = Manner { role: None, via: console.via, print: console.print };
        return link::follow(world, &bookmark.link, &manner, console.fresh);
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
    let of_place = place.as_ref().and_then(|p| p.region.clone());
    let region = console.region.clone().or(of_place).unwrap_or_else(|| wanted.usual_region(portal));
    let service = place.as_ref().map(|p| p.service.as_str()).or(console.service.as_deref());
    let page = destination(&region, service);
    let how = How { via: console.via, fresh: console.fresh, print: console.print };
    open_page(world, &wanted, &page, &how)
}

/// Opens a page of the console as a grant, or prints the address that does.
pub(crate) fn open_page(world: &World, wanted: &Wanted, page: &str, how: &How) -> Result<(), Failure> {
    let grant = &wanted.grant;
    let partition = world.engine.settings().portal_or_only(Some(&grant.portal))?.region.partition();
    if how.fresh && !logout::goes_on(partition) {
        return Err(no_fresh_start(partition));
    }
    if !how.fresh && link::via(world, grant, how.via)? == ConsoleVia::Portal {
        let url = link::by_portal(world, grant, page)?;
        return show(
            world,
            &url,
            how.print,
            &format!("the portal's page opens the console of {grant}: {page}"),
        );
    }
    if !how.print {
        wants_screen(world)?;
    }
    let credentials = wanted.get(world, Way::Console)?;
    let url = if how.fresh {
        block_on(world.engine.console_url_afresh(grant, &credentials, page))?
    } else {
        block_on(world.engine.console_url(grant, &credentials, page))?
    };
    if how.print {
        return print::data(&format!("{}\n", url.reveal()));
    }
    browser::open_secretly(&url, Duration::from_secs(20))?;
    print::note(&format!("opened the console of {grant}: {page}"));
    Ok(())
}

/// `rolecall console --sign-out`
fn sign_out(world: &World, console: &Console) -> Result<(), Failure> {
    let portal = match console.grant.as_deref() {
        Some(asked) => Some(wanted(world, Some(asked), None)?.grant.portal),
        None => None,
    };
    let region = &world.engine.settings().portal_or_only(portal.as_ref())?.region;
    let url = world.engine.console_logout(region)?;
    show(world, &url, console.print, "the browser signs out of the console; the portal's own session stays")
}

/// An address that is no secret.
fn show(world: &World, url: &str, print: bool, told: &str) -> Result<(), Failure> {
    if print {
        return print::data(&format!("{url}\n"));
    }
    wants_screen(world)?;
    browser::open(url)?;
    print::note(told);
    Ok(())
}

fn wants_screen(world: &World) -> Result<(), Failure> {
    if browser::has_screen(&world.environment) {
        return Ok(());
    }
    let hint = "use --print, and open the address where there is one";
    Err(Failure::new(Code::Failed, "there is no screen to open a browser on", hint))
}

fn no_fresh_start(partition: Partition) -> Failure {
    let partition = partition.as_str();
    let summary = format!("in the partition {partition}, AWS's sign-out can't go on to a sign-in");
    let hint = "run `rolecall console --sign-out`, then `rolecall console` without --fresh";
    Failure::new(Code::Usage, summary, hint)
}

fn arn(text: &str) -> Result<ArnPlace, Failure> {
    place_of_arn(text)
        .map_err(|error| Failure::new(Code::Usage, error.0, "copy the ARN from the console or a tool"))
}
