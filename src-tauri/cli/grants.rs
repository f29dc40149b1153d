//! Which grant the person means.

use domain::catalogue::Catalogue;
use domain::failure::{Code, Failure};
use domain::ids::GrantId;
use domain::search::{Index, Resolution, resolve};
use domain::text;
use engine::clock;

use crate::args::Pin;
use crate::run::World;
use crate::{list, print};

/// How many candidates are named when several fit.
const CANDIDATES: usize = 10;

/// The one grant that `asked` means. Catalogues that are not known yet are fetched.
pub(crate) fn find(world: &World, asked: &str) -> Result<GrantId, Failure> {
    let index = Index::new(&list::catalogues(world)?);
    let several_portals = world.engine.settings().portals.len() > 1;
    let form = if several_portals { "PORTAL/ACCOUNT/ROLE" } else { "ACCOUNT/ROLE" };
    let lines = |index: &Index, grants: &[GrantId]| lines(index, grants, several_portals);
    let shown = text::line(asked);
    match resolve(&index, asked, &world.engine.usage(), clock::now()) {
        Resolution::One(grant) => Ok(grant),
        Resolution::Several(grants) => {
            let more = grants.len().saturating_sub(CANDIDATES);
            let rest = if more > 0 { format!("\n  … and {more} more") } else { String::new() };
            Err(Failure::new(
                Code::NoSingleMatch,
                format!("`{shown}` fits {} grants:{}{rest}", grants.len(), lines(&index, &grants)),
                format!("name one of them, as {form}"),
            ))
        }
        Resolution::None { suggestions } if suggestions.is_empty() => Err(Failure::new(
            Code::NoSingleMatch,
            format!("no grant fits `{shown}`"),
            "run `rolecall list` to see all, or `rolecall list --refresh` if it is new",
        )),
        Resolution::None { suggestions } => Err(Failure::new(
            Code::NoSingleMatch,
            format!("no grant fits `{shown}` exactly; did you mean:{}", lines(&index, &suggestions)),
            format!("name it as {form}, or run `rolecall list --refresh` if it is new"),
        )),
    }
}

fn lines(index: &Index, grants: &[GrantId], several_portals: bool) -> String {
    let line = |id: &GrantId| {
        let name = index.position(id).and_then(|at| index.grant(at)).map(|g| g.account.name.clone());
        let portal = if several_portals { format!("{}/", id.portal) } else { String::new() };
        format!("\n  {portal}{id}  ({})", text::line(&name.unwrap_or_default()))
    };
    grants.iter().take(CANDIDATES).map(line).collect()
}

/// The account's name, for people; nothing if the catalogue does not know it.
pub(crate) fn account_name(catalogues: &[Catalogue], grant: &GrantId) -> String {
    let catalogue = catalogues.iter().find(|c| c.portal == grant.portal);
    let account = catalogue.and_then(|c| c.account(&grant.account_id));
    account.map(|a| text::line(&a.name).into_owned()).unwrap_or_default()
}

/// `rolecall pin`
pub(crate) fn pin(world: &World, pin: &Pin) -> Result<(), Failure> {
    let grant = find(world, &pin.grant)?;
    world.engine.change_usage(|usage| if pin.remove { usage.unpin(&grant) } else { usage.pin(&grant) })?;
    print::note(&format!("{} {grant}", if pin.remove { "unpinned" } else { "pinned" }));
    Ok(())
}
