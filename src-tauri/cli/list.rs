//! `rolecall list`

use std::collections::HashMap;
use std::process::ExitCode;

use domain::catalogue::Catalogue;
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName};
use domain::listing::Progress;
use domain::search::{Index, search};
use domain::settings::Portal;
use domain::text;
use domain::time::after;
use domain::view::GrantRow;
use engine::{Refreshed, clock};
use jiff::SignedDuration;

use crate::args::{List, Wait};
use crate::print;
use crate::run::{World, block_on};

pub(crate) fn run(world: &World, list: &List) -> Result<ExitCode, Failure> {
    let (catalogues, trouble) = if list.refresh { refreshed(world) } else { (catalogues(world)?, None) };
    if let Some(failure) = trouble.as_ref().filter(|_| catalogues.is_empty()) {
        return Err(failure.clone());
    }
    show(world, list, &catalogues)?;
    // What is known was shown; that it could not be refreshed is said all the same.
    if trouble.is_some() {
        print::note("this is the last list that is known; it could not be refreshed:");
    }
    trouble.map_or(Ok(ExitCode::SUCCESS), Err)
}

/// `rolecall wait`: lists again and again until these words find something.
pub(crate) fn wait(world: &World, wait: &Wait) -> Result<ExitCode, Failure> {
    let query = wait.query.join(" ");
    let give_up_at = after(clock::now(), SignedDuration::from_mins(wait.timeout.into()));
    let list = List { query: wait.query.clone(), json: false, refresh: true };
    let mut told = false;
    loop {
        let (catalogues, troubles) = all_refreshed(world);
        let index = Index::new(&catalogues);
        if !search(&index, &query, &world.engine.usage(), clock::now(), 1).is_empty() {
            show(world, &list, &catalogues)?;
            return Ok(ExitCode::SUCCESS);
        }
        // A network that comes back is worth waiting for; a sign-in that has ended, or a locked keyring, is not, unless
        // another portal may list the role.
        let hopeless = troubles.iter().find(|failure| failure.code != Code::Failed);
        if let Some(failure) = hopeless.filter(|_| troubles.len() >= world.engine.settings().portals.len()) {
            return Err(failure.clone());
        }
        let next = after(clock::now(), SignedDuration::from_secs(wait.every.into()));
        if next > give_up_at {
            if let Some(failure) = troubles.into_iter().next() {
                return Err(failure);
            }
            let hint = "if the access was given, sign in afresh: `rolecall login --fresh`";
            let what = format!("no role for `{}` has appeared", text::line(&query));
            return Err(Failure::new(Code::NoSingleMatch, what, hint));
        }
        if !std::mem::replace(&mut told, true) {
            print::note(&format!(
                "Waiting for a role that fits `{}` (Ctrl+C gives up) …",
                text::line(&query)
            ));
        }
        block_on(async {
            clock::sleep_until(next).await;
            Ok(())
        })?;
    }
}

fn show(world: &World, list: &List, catalogues: &[Catalogue]) -> Result<(), Failure> {
    let index = Index::with_chains(catalogues, &world.engine.settings().chains);
    let usage = world.engine.usage();
    let query = list.query.join(" ");
    let hits = search(&index, &query, &usage, clock::now(), usize::MAX);
    // The list is worth showing even if the AWS config can't be read.
    let profiles = world.engine.our_profiles().unwrap_or_else(|failure| {
        print::warning(&failure.to_string());
        Vec::new()
    });
    let mut pointing: HashMap<GrantId, Vec<ProfileName>> = HashMap::new();
    for ours in profiles {
        pointing.entry(ours.grant).or_default().push(ours.name);
    }
    let grants = hits.iter().filter_map(|hit| index.grant(hit.grant));
    let rows: Vec<GrantRow> = grants.map(|grant| GrantRow::new(grant, &usage, &pointing)).collect();
    if list.json {
        return print::json(&rows);
    }
    if rows.is_empty() {
        let note = if query.is_empty() { "there are no grants yet" } else { "no grant fits these words" };
        print::note(note);
        return Ok(());
    }
    let several = world.engine.settings().portals.len() > 1;
    print::data(&table(&rows, several))?;
    tell_age(catalogues);
    Ok(())
}

fn table(rows: &[GrantRow], several_portals: bool) -> String {
    let now = clock::now();
    let mut heads = vec!["", "ACCOUNT", "ID", "ROLE", "PROFILES", "LAST USED"];
    let mut cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let profiles: Vec<&str> = row.profiles.iter().map(ProfileName::as_str).collect();
            let used = row.last_used.map(|at| print::ago(at, now));
            vec![
                if row.pinned { "*" } else { "" }.into(),
                if row.account_name.is_empty() {
                    "–".into()
                } else {
                    text::line(&row.account_name).into_owned()
                },
                row.account_id.to_string(),
                row.role_label.clone(),
                profiles.join(","),
                used.unwrap_or_default(),
            ]
        })
        .collect();
    if several_portals {
        heads.push("PORTAL");
        cells.iter_mut().zip(rows).for_each(|(cells, row)| cells.push(row.portal.to_string()));
    }
    print::table(&heads, &cells)
}

/// An old list is shown at once; that it is old is said.
pub(crate) fn tell_age(catalogues: &[Catalogue]) {
    const OLD_HOURS: i64 = 12;
    for catalogue in catalogues {
        let Some(at) = catalogue.fetched_at else { continue };
        let hours = clock::now().duration_since(at).as_hours();
        if hours >= OLD_HOURS {
            let name = &catalogue.portal;
            print::note(&format!("the list of {name} is {hours} h old: `rolecall list --refresh` asks AWS"));
        }
    }
}

/// The catalogues of all portals. One that was never fetched in full is fetched now.
pub(crate) fn catalogues(world: &World) -> Result<Vec<Catalogue>, Failure> {
    let settings = world.engine.settings();
    if settings.portals.is_empty() {
        settings.portal_or_only(None)?;
    }
    let (mut catalogues, mut trouble) = (Vec::new(), None);
    for portal in &settings.portals {
        match world.engine.catalogue(portal)? {
            Some(known) if known.fetched_at.is_some() => catalogues.push(known),
            part => match refresh(world, portal) {
                Ok(refreshed) => catalogues.push(refreshed.catalogue),
                Err(failure) => {
                    catalogues.extend(world.engine.catalogue(portal)?.or(part));
                    trouble = Some(failure);
                }
            },
        }
    }
    match trouble {
        // One portal that nobody is signed in to does not hide the others.
        Some(failure) if catalogues.iter().all(|c| c.accounts.is_empty()) => Err(failure),
        Some(failure) => {
            print::warning(&format!("{failure}; {}", failure.hint));
            Ok(catalogues)
        }
        None => Ok(catalogues),
    }
}

/// All catalogues, asked for anew; where that fails the last one is taken, and the failure told.
fn refreshed(world: &World) -> (Vec<Catalogue>, Option<Failure>) {
    let (catalogues, troubles) = all_refreshed(world);
    (catalogues, troubles.into_iter().next_back())
}

/// All catalogues, asked for anew where that works; where it does not, that is told and the last one taken.
pub(crate) fn all_refreshed_or_known(world: &World) -> Result<Vec<Catalogue>, Failure> {
    let (catalogues, troubles) = all_refreshed(world);
    if let Some(failure) = troubles.first().filter(|_| catalogues.is_empty()) {
        return Err(failure.clone());
    }
    for failure in &troubles {
        print::warning(&format!("{failure}; {}", failure.hint));
    }
    Ok(catalogues)
}

fn all_refreshed(world: &World) -> (Vec<Catalogue>, Vec<Failure>) {
    let settings = world.engine.settings();
    let mut troubles: Vec<Failure> = Vec::new();
    if settings.portals.is_empty() {
        troubles.extend(settings.portal_or_only(None).err());
    }
    let mut catalogues = Vec::new();
    for portal in &settings.portals {
        match refresh(world, portal) {
            Ok(refreshed) => catalogues.push(refreshed.catalogue),
            Err(failure) => {
                catalogues.extend(world.engine.catalogue(portal).ok().flatten());
                troubles.push(failure);
            }
        }
    }
    (catalogues, troubles)
}

fn refresh(world: &World, portal: &Portal) -> Result<Refreshed, Failure> {
    let mut progress = print::Progress::begin(clock::now());
    let work = world.engine.refresh_catalogue(portal, |at: Progress, _| {
        let text = format!(
            "{}: {} of {} accounts, {} grants",
            portal.name, at.accounts_done, at.accounts, at.grants
        );
        progress.show(&text, clock::now());
    });
    let refreshed = block_on(work)?;
    drop(progress);
    for (account, trouble) in refreshed.skipped.iter().take(5) {
        let failure = trouble.failure(&format!("the roles of account {account}"), &portal.name);
        print::warning(&failure.to_string());
    }
    if refreshed.skipped.len() > 5 {
        print::warning(&format!("and {} more accounts could not be read", refreshed.skipped.len() - 5));
    }
    let (new, gone) = (refreshed.changes.added.len(), refreshed.changes.removed.len());
    if new + gone > 0 {
        print::note(&format!("{}: {new} new, {gone} gone", portal.name));
    }
    if refreshed.catalogue.may_be_somebody_elses(&refreshed.changes) {
        print::warning(&format!(
            "{} lists none of the roles that it listed before: if the browser was signed in as another user, \
             sign out there, then run `rolecall login {} --fresh`",
            portal.name, portal.name
        ));
    }
    if refreshed.catalogue.accounts.is_empty() {
        return Err(Failure::new(
            Code::Failed,
            format!("{} lists no account for you", portal.name),
            "ask your administrator for an assignment, or sign in as somebody else",
        ));
    }
    Ok(refreshed)
}
