//! `rolecall link` and `rolecall open`

use domain::browser::Wish;
use domain::console::Destination;
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, NotValid, Region, RoleName};
use domain::link::{Link, Page};
use domain::settings::ConsoleVia;
use domain::{bookmark, search, text};

use crate::args::{self, Console, Manner, Open, PageChoice, Via};
use crate::console::{How, open_page};
use crate::credentials::Wanted;
use crate::destination::{Aim, aimed};
use crate::run::World;
use crate::{destination, list, print};

pub(crate) fn run(world: &World, request: &args::Link) -> Result<(), Failure> {
    let link = to(world, request.grant.as_deref(), &request.page, request.any_role)?;
    print::data(&format!("{}\n", if request.app { link.deep() } else { link.shortcut() }))
}

/// The link to what was named, or to the grant of the profile in use.
pub(crate) fn to(
    world: &World,
    grant: Option<&str>,
    choice: &PageChoice,
    any_role: bool,
) -> Result<Link, Failure> {
    let aim = Aim { target: grant, any_role, ..Aim::from(choice) };
    let (wanted, to) = aimed(world, &aim)?;
    let is_said = to != Destination::Home || choice.region.is_some();
    let page = if is_said { Some(page(world, &wanted, &to, choice.region.as_ref())?) } else { None };
    let portal = world.engine.settings().portal_or_only(Some(&wanted.grant.portal))?;
    let link = Link::to(&wanted.grant, portal, page)
        .map_err(|error| usage(&error, "name a role that the portal lists, and a page of its console"))?;
    Ok(Link { role_name: link.role_name.filter(|_| !any_role), ..link })
}

fn page(world: &World, wanted: &Wanted, to: &Destination, asked: Option<&Region>) -> Result<Page, Failure> {
    let page = destination::page(world, to, wanted, asked)?;
    if let Some(note) = &page.note {
        print::note(note);
    }
    let wrong = |error: NotValid| usage(&error, "copy the page's address from the console, and use --at");
    Page::parse(&page.url).map_err(wrong)
}

/// A link that somebody has sent.
pub(crate) fn read(text: &str) -> Result<Link, Failure> {
    let hint = "copy the whole link, in quotes; `rolecall link` prints such links";
    Link::parse(text).map_err(|error| usage(&error, hint))
}

/// `rolecall open`
pub(crate) fn open(world: &World, request: &Open) -> Result<(), Failure> {
    let link = read(&request.link)?;
    follow(world, &link, &request.manner, false, Wish::default())
}

/// Opens where a link leads, as the person's own role there.
pub(crate) fn follow(
    world: &World,
    link: &Link,
    manner: &Manner,
    fresh: bool,
    wish: Wish,
) -> Result<(), Failure> {
    let role_name = match &manner.role {
        Some(role) => Some(RoleName::parse(role).map_err(|error| usage(&error, "name a role"))?),
        None => link.role_name.clone(),
    };
    let link = Link { role_name, ..link.clone() };
    let portal = link.portal(&world.engine.settings().portals)?;
    let catalogues = list::catalogues(world)?;
    let catalogue = catalogues.iter().find(|catalogue| catalogue.portal == portal.name);
    let grants = link.grants(portal, catalogue)?;
    let grant = link.choose(&grants, &world.engine.usage())?;
    if grants.len() > 1 {
        print::note(&format!("as {grant}, which you used last of {} roles there", grants.len()));
    }
    let wanted = Wanted::of(world, grant);
    let to = link.page.as_ref().map_or(Destination::Home, |page| Destination::Url(page.url().to_owned()));
    let page = destination::page(world, &to, &wanted, None)?;
    let how = How { via: manner.via, fresh, print: manner.print, yes: manner.yes, wish };
    open_page(world, &wanted, &page, &how)
}

/// The bookmark that `rolecall console NAME` means. What names a grant in full is a grant, and a text with a slash
/// always is.
pub(crate) fn bookmark(world: &World, console: &Console) -> Result<Option<bookmark::Bookmark>, Failure> {
    let Some(asked) = console.grant.as_deref().filter(|asked| !asked.contains('/')) else { return Ok(None) };
    let bookmarks = world.engine.bookmarks().unwrap_or_else(|failure| {
        print::warning(&format!("{failure}; {}", failure.hint));
        Vec::new()
    });
    let Some(found) = bookmark::find(&bookmarks, asked) else { return Ok(None) };
    if is_named(world, asked) {
        let name = text::line(asked);
        print::note(&format!(
            "an account or role is called {name}, too: `rolecall bookmark open` opens the bookmark"
        ));
        return Ok(None);
    }
    let page = [&console.service, &console.arn, &console.at];
    if page.iter().any(|given| given.is_some()) || console.region.is_some() || console.last || console.home {
        let summary = format!("{} is a bookmark, which has its page already", found.name);
        let hint = "leave out --service, --arn, --at, --last, --home and --region";
        return Err(Failure::new(Code::Usage, summary, hint));
    }
    Ok(Some(found.clone()))
}

/// Whether an account or a role that is known is called so.
pub(crate) fn is_named(world: &World, text: &str) -> bool {
    let chains = &world.engine.settings().chains;
    search::is_named(&search::Index::with_chains(&world.engine.known_catalogues(), chains), text)
}

/// How the console of a grant is opened: as asked, else as the settings have it where that is possible.
pub(crate) fn via(world: &World, grant: &GrantId, asked: Option<Via>) -> Result<ConsoleVia, Failure> {
    let is_chained = world.engine.settings().chain(grant).is_some();
    match (asked, world.engine.settings().console_via) {
        (Some(Via::Portal), _) if is_chained => {
            let summary =
                format!("{grant} is a chained role of yours, which the portal's page knows nothing of");
            Err(Failure::new(Code::Usage, summary, "leave out `--via portal`: federation opens it"))
        }
        (Some(Via::Portal), _) => Ok(ConsoleVia::Portal),
        (None, ConsoleVia::Portal) if !is_chained => Ok(ConsoleVia::Portal),
        _ => Ok(ConsoleVia::Federation),
    }
}

/// The portal's own page that leads to a page of the console. No secret.
pub(crate) fn by_portal(world: &World, grant: &GrantId, page: &str) -> Result<String, Failure> {
    let wrong = |error: NotValid| usage(&error, "leave out `--via portal`, or choose another page");
    let portal = world.engine.settings().portal_or_only(Some(&grant.portal))?;
    let page = Page::parse(page).map_err(wrong)?;
    Ok(world.engine.shortcut(&Link::to(grant, portal, Some(page)).map_err(wrong)?))
}

fn usage(error: &NotValid, hint: &str) -> Failure {
    Failure::new(Code::Usage, &error.0, hint)
}
