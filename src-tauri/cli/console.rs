//! `rolecall console`

use domain::access::Way;
use domain::browser::Wish;
use domain::console::Page;
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, Partition};
use domain::logout;
use domain::settings::ConsoleVia;
use engine::browser;

use crate::args::{Console, Manner, Via};
use crate::confirm::{Unasked, confirm};
use crate::credentials::{Wanted, wanted};
use crate::destination::{Going, going};
use crate::run::{World, block_on};
use crate::{link, print};

/// How a page is opened.
pub(crate) struct How {
    pub(crate) via: Option<Via>,
    /// After a sign-out.
    pub(crate) fresh: bool,
    pub(crate) print: bool,
    /// Whatever the marks say.
    pub(crate) yes: bool,
    /// In which browser.
    pub(crate) wish: Wish,
}

pub(crate) fn run(world: &World, console: &Console) -> Result<(), Failure> {
    if console.sign_out {
        return sign_out(world, console);
    }
    let manner = Manner { role: None, via: console.via, print: console.print, yes: console.yes };
    if let Some(link) = console.grant.as_deref().filter(|text| text.starts_with("rolecall:")) {
        return link::follow(world, &link::read(link)?, &manner, console.fresh, console.browser.wish());
    }
    if let Some(bookmark) = link::bookmark(world, console)? {
        // It may have come with somebody else's file.
        print::note(&format!("{} is a bookmark", bookmark.name));
        return link::follow(world, &bookmark.link, &manner, console.fresh, console.browser.wish());
    }
    let Going { wanted, page } = going(world, console)?;
    if let Some(note) = &page.note {
        print::note(note);
    }
    let wish = console.browser.wish();
    let how = How { via: console.via, fresh: console.fresh, print: console.print, yes: console.yes, wish };
    open_page(world, &wanted, &page, &how)
}

/// Opens a page of the console as a grant, or prints the address that does.
pub(crate) fn open_page(world: &World, wanted: &Wanted, page: &Page, how: &How) -> Result<(), Failure> {
    let grant = &wanted.grant;
    let region = page.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    let title = format!("{}{region}", page.title);
    let partition = world.engine.settings().portal_or_only(Some(&grant.portal))?.region.partition();
    if how.fresh && !logout::goes_on(partition) {
        return Err(no_fresh_start(partition));
    }
    confirm(world, grant, "Open its console", how.yes, Unasked::Refused)?;
    if !how.fresh && link::via(world, grant, how.via)? == ConsoleVia::Portal {
        let url = link::by_portal(world, grant, &page.url)?;
        let told = format!("the portal's page opens {title} as {grant}");
        show(world, Some(grant), &url, how, &told)?;
        if !how.print {
            world.engine.note_opened(grant, page);
        }
        return Ok(());
    }
    if !how.print {
        wants_screen(world)?;
    }
    let credentials = wanted.get(world, Way::Console)?;
    let url = if how.fresh {
        block_on(world.engine.console_url_afresh(grant, &credentials, &page.url))?
    } else {
        block_on(world.engine.console_url(grant, &credentials, &page.url))?
    };
    if how.print {
        return print::data(&format!("{}\n", url.reveal()));
    }
    let place = world.engine.show_console(grant, &url, &how.wish)?;
    tell(&format!("opened {title} as {grant}"), place.as_deref());
    world.engine.note_opened(grant, page);
    Ok(())
}

/// What was done, and in which browser if that is not the desktop's own.
fn tell(done: &str, place: Option<&str>) {
    let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
    print::note(&format!("{done}{place}"));
}

/// `rolecall console --sign-out`
fn sign_out(world: &World, console: &Console) -> Result<(), Failure> {
    let (settings, usage) = (world.engine.settings(), world.engine.usage());
    let asked = console.grant.as_deref();
    let of_portal =
        asked.and_then(|asked| settings.portals.iter().find(|known| known.name.as_str() == asked));
    // The session is in the account's own container or profile, where it has one.
    let grant = match (asked, of_portal) {
        (Some(asked), None) => Some(wanted(world, Some(asked), None)?.grant),
        (_, Some(portal)) => usage.latest(|grant| grant.portal == portal.name).cloned(),
        (None, None) => usage.latest(|grant| settings.portal(&grant.portal).is_some()).cloned(),
    };
    let portal = match of_portal {
        Some(portal) => portal,
        None => settings.portal_or_only(grant.as_ref().map(|grant| &grant.portal))?,
    };
    let url = world.engine.console_logout(&portal.region)?;
    let how = How { via: None, fresh: false, print: console.print, yes: true, wish: console.browser.wish() };
    let told = "the browser signs out of the console; the portal's own session stays";
    show(world, grant.as_ref(), &url, &how, told)
}

/// An address that is no secret, in the browser of a grant.
fn show(world: &World, grant: Option<&GrantId>, url: &str, how: &How, told: &str) -> Result<(), Failure> {
    if how.print {
        return print::data(&format!("{url}\n"));
    }
    wants_screen(world)?;
    let place = match grant {
        Some(grant) => world.engine.show_page(grant, url, &how.wish)?,
        None => browser::open(url).map(|()| None)?,
    };
    tell(told, place.as_deref());
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
