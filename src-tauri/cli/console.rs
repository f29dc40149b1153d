//! `rolecall console`

use domain::access::Way;
use domain::failure::{Code, Failure};
use engine::browser;

use crate::args::Console;
use crate::destination::{Going, going};
use crate::print;
use crate::run::{World, block_on};

pub(crate) fn run(world: &World, console: &Console) -> Result<(), Failure> {
    if !console.print && !browser::has_screen(&world.environment) {
        let hint = "use --print, and open the address where there is one";
        return Err(Failure::new(Code::Failed, "there is no screen to open a browser on", hint));
    }
    let Going { wanted, page } = going(world, console)?;
    let credentials = wanted.get(world, Way::Console)?;
    let url = block_on(world.engine.console_url(&wanted.grant, &credentials, &page.url))?;
    if let Some(note) = &page.note {
        print::note(note);
    }
    if console.print {
        return print::data(&format!("{}\n", url.reveal()));
    }
    let place = world.engine.show_console(&wanted.grant, &url, &console.browser.wish())?;
    let region = page.region.map(|region| format!(" in {region}")).unwrap_or_default();
    let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
    print::note(&format!("opened {}{region} as {}{place}", page.title, wanted.grant));
    Ok(())
}
