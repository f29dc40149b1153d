//! `rolecall profiles` and `rolecall undo`

use std::fmt::Write;

use domain::catalogue::Catalogue;
use domain::chain::Chain;
use domain::failure::{Code, Failure};
use domain::generate::{Bereft, Change, Kind};
use domain::ids::ProfileName;
use domain::inventory::Owner;
use domain::search::{Index, search};
use domain::text;
use engine::{SyncPlan, SyncRequest, clock};
use serde::Serialize;

use crate::args::{ProfilesVerb, Sync};
use crate::run::World;
use crate::{list, print};

/// How many profiles that are left alone are named.
const NAMED: usize = 10;

pub(crate) fn run(world: &World, verb: &ProfilesVerb) -> Result<(), Failure> {
    match verb {
        ProfilesVerb::Sync(request) => sync(world, request),
        ProfilesVerb::List { json } => list_all(world, *json),
        ProfilesVerb::Remove { names } => remove(world, names),
    }
}

fn sync(world: &World, asked: &Sync) -> Result<(), Failure> {
    let catalogues =
        if asked.refresh { list::all_refreshed_or_known(world)? } else { list::catalogues(world)? };
    list::tell_age(&catalogues);
    let request = SyncRequest {
        portal: asked.portal.clone(),
        words: asked.words.join(" "),
        template: asked.template.clone(),
        regions: asked.regions.clone(),
        prune: !asked.no_prune,
    };
    let planned = world.engine.plan_profiles(&request, &catalogues)?;
    if planned.plan.changes.is_empty() && !request.words.is_empty() {
        return Err(nothing_fits(world, &request, &catalogues));
    }
    let wanted = if asked.json { asked.yes } else { shown_and_wanted(asked, &planned)? };
    let write = wanted && planned.plan.writes() > 0;
    if write {
        world.engine.write_profiles(&planned)?;
    }
    // Those of a config that stays as it is are told with the plan, where one is shown.
    if write || asked.json {
        tell_warnings(&planned, write);
    }
    if asked.json {
        return print::json(&SyncDocument {
            config: planned.path.display().to_string(),
            written: write,
            changes: &planned.plan.changes,
            bereft: &planned.plan.bereft,
        });
    }
    if write {
        let path = planned.path.display();
        print::note(&format!("{} in {path}; `rolecall undo` takes it back", summary(&planned, "")));
        tell_bereft(&planned, "is");
    }
    Ok(())
}

/// `rolecall list` shows chained roles too, so one that fits is no word that was mistyped.
fn nothing_fits(world: &World, request: &SyncRequest, catalogues: &[Catalogue]) -> Failure {
    let index = Index::with_chains(catalogues, &world.engine.settings().chains);
    let hits = search(&index, &request.words, &world.engine.usage(), clock::now(), usize::MAX);
    let mut chains = hits
        .iter()
        .filter(|hit| !hit.kind.is_guess())
        .filter_map(|hit| index.grant(hit.grant)?.chain)
        .filter(|chain| request.portal.as_ref().is_none_or(|portal| *portal == chain.grant().portal));
    match chains.next().map(Chain::name) {
        Some(name) => Failure::new(
            Code::NoSingleMatch,
            format!("{name} is a chained role, and these get no generated profiles"),
            format!("`rolecall switch --profile NAME {name}` makes one; nothing was written"),
        ),
        None => Failure::new(
            Code::NoSingleMatch,
            format!("no account and role fits `{}`", text::line(&request.words)),
            "`rolecall list` shows all; nothing was written",
        ),
    }
}

/// `rolecall profiles sync --json`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SyncDocument<'a> {
    config: String,
    written: bool,
    changes: &'a [Change],
    bereft: &'a [Bereft],
}

/// Shows what would be done; whether the person wants it.
fn shown_and_wanted(asked: &Sync, planned: &SyncPlan) -> Result<bool, Failure> {
    if planned.plan.changes.is_empty() {
        print::note("there is no account and role to write a profile for");
        return Ok(false);
    }
    tell_skipped(planned);
    if planned.plan.writes() == 0 {
        let there = planned.plan.count(Kind::Unchanged);
        print::note(&format!("nothing to do: {there} profiles are as they should be"));
        tell_warnings(planned, false);
        return Ok(false);
    }
    if asked.yes {
        return Ok(true);
    }
    let path = text::line(&planned.path.display().to_string()).into_owned();
    print::data(&format!("--- {path}\n+++ {path}\n{}", planned.difference()))?;
    print::note(&summary(planned, "would be "));
    tell_bereft(planned, "would be");
    tell_warnings(planned, false);
    if asked.dry_run {
        print::note("nothing was written");
        return Ok(false);
    }
    let answer = print::ask(&format!("Write these {} profiles? [y/N] ", planned.plan.writes()));
    match answer {
        Some(true) => {}
        Some(false) => print::note("nothing was written"),
        None => print::note("nothing was written: add `--yes` to write"),
    }
    Ok(answer == Some(true))
}

fn tell_skipped(planned: &SyncPlan) {
    let skipped = || planned.plan.changes.iter().filter(|change| change.change == Kind::Skipped);
    for change in skipped().take(NAMED) {
        let reason = change.reason.as_deref().unwrap_or_default();
        print::note(&text::line(&format!("left alone: {}: {reason}", change.profile)));
    }
    if let Some(more) = skipped().count().checked_sub(NAMED).filter(|more| *more > 0) {
        print::note(&format!("and {more} more are left alone: `--json` names all"));
    }
}

/// Profiles of the person's own that start from one that is renamed or goes.
fn tell_bereft(planned: &SyncPlan, is: &str) {
    let bereft = &planned.plan.bereft;
    for Bereft { profile, source_profile, new_name } in bereft.iter().take(NAMED) {
        let now = match new_name {
            Some(new_name) => format!("{is} called {new_name}: change that line"),
            None => format!("{is} gone"),
        };
        let whose = text::line(profile);
        print::warning(&format!("[{whose}] has `source_profile = {source_profile}`, which {now}"));
    }
    if let Some(more) = bereft.len().checked_sub(NAMED).filter(|more| *more > 0) {
        print::warning(&format!("and {more} more like that: `--json` names all"));
    }
}

fn tell_warnings(planned: &SyncPlan, written: bool) {
    planned.warnings(written).iter().for_each(|warning| print::warning(warning));
}

/// Such as `2 profiles new, 1 removed, 40 unchanged`.
fn summary(planned: &SyncPlan, would: &str) -> String {
    let counts = [
        (Kind::Added, "new"),
        (Kind::Changed, "changed"),
        (Kind::Renamed, "renamed"),
        (Kind::Removed, "removed"),
        (Kind::Unchanged, "unchanged"),
    ];
    let counts = counts.map(|(kind, word)| (planned.plan.count(kind), word));
    let mut told = String::new();
    for (at, (count, word)) in counts.iter().filter(|(count, _)| *count > 0).enumerate() {
        let before = if at == 0 { "profiles: " } else { ", " };
        let would = if *word == "unchanged" { "" } else { would };
        let _ = write!(told, "{before}{count} {would}{word}");
    }
    told
}

fn list_all(world: &World, json: bool) -> Result<(), Failure> {
    let settings = world.engine.settings();
    let mut catalogues = Vec::new();
    for portal in &settings.portals {
        catalogues.extend(world.engine.catalogue(portal)?);
    }
    let entries = world.engine.inventory(&catalogues)?;
    if json {
        return print::json(&entries);
    }
    if entries.is_empty() {
        print::note("there are no profiles yet: `rolecall switch` and `rolecall profiles sync` write some");
        return Ok(());
    }
    let cell = |text: Option<&str>| text::line(text.unwrap_or_default()).into_owned();
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            let owner = match entry.owner {
                Owner::Generated => "generated",
                Owner::Switched => "switched",
                Owner::Other => "not ours",
            };
            vec![
                cell(Some(&entry.name)),
                owner.to_owned(),
                cell(entry.account_name.as_deref()),
                cell(entry.account_id.as_deref()),
                cell(entry.role_name.as_deref()),
                cell(entry.region.as_deref()),
                cell(Some(&entry.source)),
            ]
        })
        .collect();
    print::data(&print::table(&["PROFILE", "", "ACCOUNT", "ID", "ROLE", "REGION", "CREDENTIALS"], &rows))
}

fn remove(world: &World, names: &[ProfileName]) -> Result<(), Failure> {
    world.engine.remove_profiles(names)?;
    let names: Vec<&str> = names.iter().map(ProfileName::as_str).collect();
    print::note(&format!("took out {}; `rolecall undo` takes that back", names.join(", ")));
    Ok(())
}

/// `rolecall undo`
pub(crate) fn undo(world: &World) -> Result<(), Failure> {
    let (undone, warning) = world.engine.undo()?;
    let paths: Vec<String> = undone.paths().map(|path| path.display().to_string()).collect();
    print::note(&text::line(&format!(
        "{} is taken back: {} is as it was before",
        undone.what,
        paths.join(", ")
    )));
    if let Some(warning) = warning {
        print::warning(&warning);
    }
    Ok(())
}
