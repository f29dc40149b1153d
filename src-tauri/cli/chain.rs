//! `rolecall chain …`

use std::collections::BTreeMap;

use domain::chain::{Chain, Origin, Step};
use domain::failure::Failure;
use domain::ids::{AccountId, ChainName, PortalName, Region};
use domain::text;
use serde::Serialize;

use crate::args::{ChainAdd, ChainVerb};
use crate::run::World;
use crate::{grants, print};

pub(crate) fn run(mut world: World, verb: ChainVerb) -> Result<(), Failure> {
    match verb {
        ChainVerb::Add(wanted) => add(&mut world, *wanted),
        ChainVerb::List { json } => list(&world, json),
        ChainVerb::Remove { name } => remove(&mut world, &name),
    }
}

fn add(world: &mut World, wanted: ChainAdd) -> Result<(), Failure> {
    let from = origin(world, &wanted.from)?;
    let step = Step {
        external_id: wanted.external_id,
        session_name: wanted.session_name,
        source_identity: wanted.source_identity,
        mfa_serial: wanted.mfa_serial,
        duration_seconds: wanted.duration,
        region: wanted.region,
        tags: wanted.tags,
        ..Step::new(wanted.name, wanted.role, from)
    };
    world.engine.add_chain(&step)?;
    print::note(&format!(
        "added {}: {} from {}; try `rolecall exec {} -- aws sts get-caller-identity`",
        step.name, step.role, step.from, step.name
    ));
    if step.mfa_serial.is_some() {
        print::warning(
            "AWS takes codes of devices of IAM users only: from IAM Identity Center, a role whose trust policy demands \
             MFA normally can't be assumed",
        );
    }
    Ok(())
}

/// What is spelled out is taken as it is, so that settings can be written before anybody has signed in.
fn origin(world: &World, asked: &str) -> Result<Origin, Failure> {
    let settings = world.engine.settings();
    let is_known = |origin: &Origin| match origin {
        Origin::Grant(grant) => settings.portal(&grant.portal).is_some(),
        Origin::Chain(name) => settings.chains.iter().any(|chain| chain.name() == name),
    };
    match Origin::parse(asked).ok().filter(is_known) {
        Some(origin) => Ok(origin),
        None => Ok(Origin::of(&grants::find(world, asked)?.grant)),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    name: &'a ChainName,
    role_arn: &'a str,
    chained_from: String,
    portal: &'a PortalName,
    account_id: &'a AccountId,
    external_id: Option<&'a str>,
    session_name: Option<&'a str>,
    source_identity: Option<&'a str>,
    mfa_serial: Option<&'a str>,
    duration_seconds: Option<i32>,
    region: Option<&'a Region>,
    tags: BTreeMap<&'a str, &'a str>,
}

impl<'a> Row<'a> {
    fn new(chain: &'a Chain) -> Self {
        let step = chain.step();
        Self {
            name: &step.name,
            role_arn: step.role.as_str(),
            chained_from: step.from.written(),
            portal: &chain.grant().portal,
            account_id: &chain.grant().account_id,
            external_id: step.external_id.as_deref(),
            session_name: step.session_name.as_deref(),
            source_identity: step.source_identity.as_deref(),
            mfa_serial: step.mfa_serial.as_deref(),
            duration_seconds: step.duration_seconds,
            region: step.region.as_ref(),
            tags: step.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        }
    }
}

fn list(world: &World, json: bool) -> Result<(), Failure> {
    let chains = &world.engine.settings().chains;
    if json {
        return print::json(&chains.iter().map(Row::new).collect::<Vec<_>>());
    }
    if chains.is_empty() {
        print::note("no chained role yet: `rolecall chain add NAME --role ARN --from GRANT`");
        return Ok(());
    }
    let cells = chains.iter().map(|chain| {
        let step = chain.step();
        vec![step.name.to_string(), step.role.to_string(), step.from.to_string(), more(step)]
    });
    print::data(&print::table(&["NAME", "ROLE", "FROM", "WITH"], &cells.collect::<Vec<_>>()))
}

/// Everything else that is set.
pub(crate) fn more(step: &Step) -> String {
    let set = |name: &str, value: Option<&str>| value.map(|value| format!("{name} {value}"));
    let minutes = step.duration_seconds.map(|seconds| print::minutes(seconds.into()));
    let named = [
        set("external id", step.external_id.as_deref()),
        set("session", step.session_name.as_deref()),
        set("identity", step.source_identity.as_deref()),
        set("MFA", step.mfa_serial.as_deref()),
        set("for", minutes.as_deref()),
        set("in", step.region.as_ref().map(Region::as_str)),
    ];
    let tags = step.tags.iter().map(|(key, value)| text::line(&format!("{key}={value}")).into_owned());
    named.into_iter().flatten().chain(tags).collect::<Vec<_>>().join(", ")
}

fn remove(world: &mut World, name: &ChainName) -> Result<(), Failure> {
    let gone = world.engine.settings().chains.iter().find(|chain| chain.name() == name).cloned();
    world.engine.remove_chain(name)?;
    print::note(&format!("removed {name}"));
    let Some(gone) = gone else { return Ok(()) };
    world.engine.change_usage(|usage| usage.unpin(gone.grant()))?;
    let profiles = world.engine.our_profiles().unwrap_or_else(|failure| {
        print::warning(&failure.to_string());
        Vec::new()
    });
    for ours in profiles.iter().filter(|profile| profile.grant == *gone.grant()) {
        print::warning(&format!("the profile {} still points at {name}: switch or remove it", ours.name));
    }
    Ok(())
}
