//! Which page of the console is meant, and as whom.

use domain::console::{Destination, Ground, Page, Whose, whose};
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, NotValid, Region};
use domain::recent::{Opened, Usage};
use domain::search::Index;
use domain::settings::ConsolePage;
use engine::clock;

use crate::args::Console;
use crate::credentials::{Wanted, wanted};
use crate::run::World;
use crate::{list, print};

/// A page and who opens it.
pub(crate) struct Going {
    pub(crate) wanted: Wanted,
    pub(crate) page: Page,
}

pub(crate) fn going(world: &World, console: &Console) -> Result<Going, Failure> {
    if console.last {
        return again(world, console);
    }
    let given = console.at.as_deref().or(console.arn.as_deref());
    let alone = given.is_none() && console.service.is_none();
    // Beside another destination, the target says who.
    let pasted = console.grant.as_deref().filter(|text| alone && Destination::is_like(text));
    let text = given.or(pasted);
    let to = match (text, &console.service) {
        (Some(text), _) => Destination::parse(text).map_err(unreadable)?,
        (None, Some(name)) => Destination::Service { name: name.clone() },
        (None, None) => Destination::Home,
    };
    let wanted = match (console.grant.as_deref().filter(|_| pasted.is_none()), text) {
        (None, Some(text)) => of_page(world, text, &to)?,
        (target, _) => wanted(world, target, None)?,
    };
    let usage = world.engine.usage();
    if matches!(to, Destination::Home)
        && !console.home
        && world.engine.settings().console_page == ConsolePage::Last
        && let Some(last) = usage.last_page(&wanted.grant.portal, &wanted.grant.account_id)
    {
        return to_opened(world, wanted, last, console.region.as_ref());
    }
    let page = page(world, &to, &wanted, console.region.as_ref())?;
    Ok(Going { wanted, page })
}

/// `--last`
fn again(world: &World, console: &Console) -> Result<Going, Failure> {
    let usage = world.engine.usage();
    let Some(target) = &console.grant else {
        let last = last_opened(&usage)?;
        return to_opened(world, Wanted::of(world, last.grant.clone()), last, console.region.as_ref());
    };
    let wanted = wanted(world, Some(target), None)?;
    let GrantId { portal, account_id, .. } = &wanted.grant;
    let last = usage.last_page(portal, account_id).ok_or_else(|| {
        let summary = format!("no page was opened in the account {account_id} yet");
        Failure::new(Code::NoSingleMatch, summary, "name one: --service, --arn or --at")
    })?;
    to_opened(world, wanted, last, console.region.as_ref())
}

/// The page that was opened last of all.
pub(crate) fn last_opened(usage: &Usage) -> Result<&Opened, Failure> {
    usage.pages().first().ok_or_else(|| {
        let hint = "open one, such as by `rolecall console GRANT --service ec2`";
        Failure::new(Code::NoSingleMatch, "no page of the console was opened yet", hint)
    })
}

fn to_opened(
    world: &World,
    wanted: Wanted,
    opened: &Opened,
    region: Option<&Region>,
) -> Result<Going, Failure> {
    let page = page(world, &Destination::Url(opened.page.url().to_owned()), &wanted, region)?;
    let page = Page { title: opened.title.clone(), ..page };
    Ok(Going { wanted, page })
}

/// Who opens a page that was pasted and nobody was named for.
fn of_page(world: &World, text: &str, to: &Destination) -> Result<Wanted, Failure> {
    let catalogues = list::catalogues(world)?;
    let index = Index::with_chains(&catalogues, &world.engine.settings().chains);
    match whose(&index, text, to, &world.engine.usage(), clock::now()) {
        Whose::One(grant) => Ok(Wanted::of(world, grant)),
        Whose::LastUsed(grant) => {
            print::note(&format!("as {grant}, which was used last in that account"));
            Ok(Wanted::of(world, grant))
        }
        // Which says why, and what there is.
        Whose::Unclear(account) => wanted(world, Some(account.as_str()), None),
        Whose::Anybody => {
            let wanted = wanted(world, None, None)?;
            print::note(&format!("the page names no account: as {}, of the default profile", wanted.grant));
            Ok(wanted)
        }
    }
}

pub(crate) fn page(
    world: &World,
    to: &Destination,
    wanted: &Wanted,
    asked: Option<&Region>,
) -> Result<Page, Failure> {
    let portal = world.engine.settings().portal_or_only(Some(&wanted.grant.portal))?;
    let partition = portal.region.partition();
    let of_profile = wanted.region.as_deref().and_then(|region| Region::parse(region).ok());
    // A usual region may be meant for the portals of another partition.
    let of_profile = of_profile.filter(|region| region.partition() == partition);
    let region = of_profile.unwrap_or_else(|| portal.region.clone());
    to.page(&Ground { grant: &wanted.grant, partition, region: &region, asked })
}

fn unreadable(error: NotValid) -> Failure {
    let hint = "copy the ARN from the console or a tool, or the address from the console's address bar";
    Failure::new(Code::Usage, error.0, hint)
}
