//! From wishes to edits, and what came of them.

use std::collections::HashMap;

use super::names::{There, Wish};
use super::{Bereft, Change, Kind, Plan, Request, generated};
use crate::failure::Failure;
use crate::ids::{GrantId, ProfileName, RoleName};
use crate::profile::{self, ACCOUNT, GENERATED, OurProfile, PORTAL, PROCESS, ROLE};
use crate::profile_file::{ConfigFile, EditRefused, ProfileEdit, Section};

/// What is to be written of one profile, owned: edits borrow from it.
struct Step {
    change: Change,
    command: String,
    region: String,
    /// Keys whose values are to be set.
    keys: Vec<&'static str>,
}

pub(super) fn carry_out(
    mut file: ConfigFile,
    request: &Request<'_>,
    there: &There,
    wishes: Vec<Wish>,
) -> Result<Plan, Failure> {
    let sections: HashMap<String, Section> =
        file.profiles().map(|section| (section.name().to_owned(), section)).collect();
    let (mut steps, mut changes) = (Vec::new(), Vec::new());
    for wish in wishes {
        changes.extend(wish.passed.iter().map(|(name, why)| passed(&wish, name, why)));
        let section = wish.so_far.as_ref().and_then(|name| sections.get(name.as_str()));
        if let Some(name) = wish.name.clone() {
            steps.push(step(request, &wish, name, section)?);
        }
    }
    if request.prune {
        let gone = generated(&there.ours).filter(|ours| there.scope.contains(&ours.grant));
        for ours in gone {
            match fate(request, ours) {
                Fate::Lives => {}
                Fate::Gone => steps.push(Step::removal(ours)),
                Fate::Unknown(why) => {
                    changes.push(Change::skipped(ours.name.clone(), &ours.grant, why));
                }
            }
        }
    }
    let edits: Vec<(usize, ProfileEdit<'_>)> =
        steps.iter().enumerate().filter_map(|(at, step)| Some((at, step.edit()?))).collect();
    let (places, edits): (Vec<usize>, Vec<ProfileEdit<'_>>) = edits.into_iter().unzip();
    let outcomes = file.edit_profiles(&edits);
    let mut refused: Vec<(usize, EditRefused)> = Vec::new();
    for (place, outcome) in places.into_iter().zip(outcomes) {
        refused.extend(outcome.err().map(|reason| (place, reason)));
    }
    for (place, reason) in refused {
        if let Some(step) = steps.get_mut(place) {
            step.change = Change {
                change: Kind::Skipped,
                former_name: None,
                reason: Some(format!("can't be changed safely: {reason}")),
                ..step.change.clone()
            };
        }
    }
    changes.extend(steps.into_iter().map(|step| step.change));
    changes.sort_by(|a, b| a.profile.cmp(&b.profile));
    let bereft = bereft(&sections, &changes);
    Ok(Plan { config: file.to_bytes(), changes, bereft })
}

/// Ordered by name. Their lines are not ours to change.
fn bereft(sections: &HashMap<String, Section>, changes: &[Change]) -> Vec<Bereft> {
    let lost = |change: &Change| match change.change {
        Kind::Renamed => Some((change.former_name.clone()?, Some(change.profile.clone()))),
        Kind::Removed => Some((change.profile.clone(), None)),
        _ => None,
    };
    let lost: HashMap<ProfileName, Option<ProfileName>> = changes.iter().filter_map(lost).collect();
    let of_section = |section: &Section| {
        let source = section.setting("source_profile")?;
        let source_profile = ProfileName::parse(source.without_comment()).ok()?;
        let new_name = lost.get(&source_profile)?.clone();
        Some(Bereft { profile: section.name().to_owned(), source_profile, new_name })
    };
    let mut bereft: Vec<Bereft> = sections.values().filter_map(of_section).collect();
    bereft.sort_by(|a, b| a.profile.cmp(&b.profile));
    bereft
}

fn passed(wish: &Wish, name: &ProfileName, why: &str) -> Change {
    let instead = match &wish.name {
        Some(other) => format!("[{name}] {why}: {other} is used instead"),
        None => format!("[{name}] {why}"),
    };
    Change::skipped(name.clone(), &wish.grant, instead)
}

/// A new profile gets all keys. Of one that is there, only the command is ever out of date: the program may have
/// moved; a region that the person chose is theirs.
fn step(
    request: &Request<'_>,
    wish: &Wish,
    name: ProfileName,
    section: Option<&Section>,
) -> Result<Step, Failure> {
    let command = profile::command(request.program, &name)?;
    let mut change = Change::new(name, Kind::Added, &wish.grant);
    let mut keys = vec![PROCESS, "region", PORTAL, ACCOUNT, ROLE, GENERATED];
    if let Some(section) = section {
        let has_region = section.get("region").is_some_and(|region| !region.is_empty());
        let stale = |key: &&str| match *key {
            PROCESS => section.get(PROCESS) != Some(command.as_str()),
            "region" => !has_region,
            _ => false,
        };
        keys.retain(stale);
        change.change = if keys.is_empty() { Kind::Unchanged } else { Kind::Changed };
        if wish.so_far.as_ref() == Some(&change.profile) {
            change.reason = (!keys.is_empty()).then(|| keys.join(", "));
        } else {
            (change.change, change.former_name) = (Kind::Renamed, wish.so_far.clone());
        }
    }
    Ok(Step { change, command, region: wish.region.to_string(), keys })
}

impl Step {
    fn removal(ours: &OurProfile) -> Self {
        let change = Change::new(ours.name.clone(), Kind::Removed, &ours.grant);
        Self { change, command: String::new(), region: String::new(), keys: Vec::new() }
    }

    fn edit(&self) -> Option<ProfileEdit<'_>> {
        let name = self.change.profile.as_str();
        let value = |key: &&'static str| {
            let value = match *key {
                PROCESS => self.command.as_str(),
                "region" => self.region.as_str(),
                PORTAL => self.change.portal.as_str(),
                ACCOUNT => self.change.account_id.as_str(),
                ROLE => self.change.role_name.as_str(),
                _ => "true",
            };
            (*key, Some(value))
        };
        let changes = self.keys.iter().map(value).collect();
        match (self.change.change, &self.change.former_name) {
            (Kind::Added | Kind::Changed, _) => Some(ProfileEdit::Set { name, changes }),
            (Kind::Renamed, Some(former)) => {
                Some(ProfileEdit::Rename { name: former.as_str(), to: name, changes })
            }
            (Kind::Removed, _) => Some(ProfileEdit::Remove { name }),
            _ => None,
        }
    }
}

enum Fate {
    Lives,
    Gone,
    /// Nobody can say, for this reason.
    Unknown(&'static str),
}

/// Whether the grant of a profile is gone for certain: only a listing that was complete can say so.
fn fate(request: &Request<'_>, ours: &OurProfile) -> Fate {
    let GrantId { portal, role_name, .. } = &ours.grant;
    if request.settings.portal(portal).is_none() {
        return Fate::Unknown("its portal is not known any more: `rolecall profiles remove` takes it out");
    }
    let Some(catalogue) = request.catalogues.iter().find(|c| c.portal == *portal) else {
        return Fate::Unknown("the roles of its portal are not known: sign in and run `rolecall list`");
    };
    if catalogue.grant(&ours.grant).is_some() {
        Fate::Lives
    } else if !catalogue.lacks(&ours.grant) {
        Fate::Unknown("the list of its portal is not complete: run `rolecall list --refresh`")
    } else if role_name.as_str().starts_with(RoleName::CHAIN_MARK) {
        // Chained roles are not in any catalogue.
        Fate::Lives
    } else {
        Fate::Gone
    }
}
