//! Which grant the person means.

use domain::catalogue::Catalogue;
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, PortalName, RoleName};
use domain::search::{Index, Resolution, resolve};
use domain::settings::Portal;
use domain::text;
use engine::clock;

use crate::args::Pin;
use crate::run::World;
use crate::{list, print};

/// How many candidates are named when several fit.
const CANDIDATES: usize = 10;

/// A grant with the name of its account, for people.
pub(crate) struct Found {
    pub(crate) grant: GrantId,
    pub(crate) account_name: String,
}

/// The one grant that `asked` means. Catalogues that are not known yet are fetched.
pub(crate) fn find(world: &World, asked: &str) -> Result<Found, Failure> {
    find_in(world, &list::catalogues(world)?, asked)
}

/// A grant of the one account that `asked` means, whatever its role is.
pub(crate) fn of_account(world: &World, asked: &str) -> Result<GrantId, Failure> {
    let (index, resolution) = resolved(world, &list::catalogues(world)?, asked);
    if let Resolution::Several(grants) = &resolution
        && let [first, others @ ..] = grants.as_slice()
    {
        let is_there =
            |grant: &GrantId| (&grant.portal, &grant.account_id) == (&first.portal, &first.account_id);
        // The portal knows nothing of chained roles.
        let own = grants.iter().find(|grant| !grant.role_name.as_str().starts_with(RoleName::CHAIN_MARK));
        if others.iter().all(is_there) {
            return Ok(own.unwrap_or(first).clone());
        }
    }
    the_one(world, &index, resolution, asked).map(|found| found.grant)
}

/// The same among what is known already, of one portal if it is named: AWS is not asked.
pub(crate) fn find_known(world: &World, asked: &str, portal: Option<&PortalName>) -> Result<Found, Failure> {
    let settings = world.engine.settings();
    let portals: Vec<&Portal> = match portal {
        Some(name) => vec![settings.portal_or_only(Some(name))?],
        None => settings.portals.iter().collect(),
    };
    let mut catalogues = Vec::new();
    for portal in portals {
        catalogues.extend(world.engine.catalogue(portal)?);
    }
    if catalogues.is_empty() {
        let hint = "run `rolecall list` once";
        return Err(Failure::new(Code::NoSingleMatch, "the accounts are not known yet", hint));
    }
    find_in(world, &catalogues, asked)
}

fn find_in(world: &World, catalogues: &[Catalogue], asked: &str) -> Result<Found, Failure> {
    let (index, resolution) = resolved(world, catalogues, asked);
    the_one(world, &index, resolution, asked)
}

fn resolved(world: &World, catalogues: &[Catalogue], asked: &str) -> (Index, Resolution) {
    let index = Index::with_chains(catalogues, &world.engine.settings().chains);
    let resolution = resolve(&index, asked, &world.engine.usage(), clock::now());
    (index, resolution)
}

fn the_one(world: &World, index: &Index, resolution: Resolution, asked: &str) -> Result<Found, Failure> {
    let several_portals = world.engine.settings().portals.len() > 1;
    let form = if several_portals { "PORTAL/ACCOUNT/ROLE" } else { "ACCOUNT/ROLE" };
    let lines = |index: &Index, grants: &[GrantId]| lines(index, grants, several_portals);
    let shown = text::line(asked);
    match resolution {
        Resolution::One(grant) => Ok(Found { account_name: account_name(index, &grant), grant }),
        Resolution::Several(grants) => {
            let more = grants.len().saturating_sub(CANDIDATES);
            let rest = if more > 0 { format!("\n  … and {more} more") } else { String::new() };
            Err(Failure::new(
                Code::NoSingleMatch,
                format!("`{shown}` fits {} grants:{}{rest}", grants.len(), lines(index, &grants)),
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
            format!("no grant fits `{shown}` exactly; did you mean:{}", lines(index, &suggestions)),
            format!("name it as {form}, or run `rolecall list --refresh` if it is new"),
        )),
    }
}

fn lines(index: &Index, grants: &[GrantId], several_portals: bool) -> String {
    let line = |id: &GrantId| {
        let portal = if several_portals { format!("{}/", id.portal) } else { String::new() };
        format!("\n  {portal}{id}  ({})", account_name(index, id))
    };
    grants.iter().take(CANDIDATES).map(line).collect()
}

/// Safe to show, with what a chained role starts from; nothing if the catalogue does not know the account.
fn account_name(index: &Index, grant: &GrantId) -> String {
    let found = index.position(grant).and_then(|at| index.grant(at));
    let Some(grant) = found else { return String::new() };
    let name = text::line(&grant.account.name).into_owned();
    let chained = grant.chain.map(|chain| format!("from {}", text::line(chain.parent_name())));
    let parts = Some(name).filter(|name| !name.is_empty()).into_iter().chain(chained);
    parts.collect::<Vec<_>>().join(", ")
}

/// `rolecall pin`
pub(crate) fn pin(world: &World, pin: &Pin) -> Result<(), Failure> {
    let Found { grant, .. } = find(world, &pin.grant)?;
    world.engine.change_usage(|usage| if pin.remove { usage.unpin(&grant) } else { usage.pin(&grant) })?;
    print::note(&format!("{} {grant}", if pin.remove { "unpinned" } else { "pinned" }));
    Ok(())
}
