//! Each tool's files, written by hand with every feature that is read, and what is made of them.

mod aws_files;
mod leapp_workspace;
mod planning;
mod sso_cli;
mod switch_text;

use super::*;
use crate::ids::{PortalName, StartUrl};
use crate::profile_file::{ConfigFile, FileKind};
use crate::recent::Usage;
use crate::settings::{Portal, Settings};

/// What would be added of some findings where nothing is known yet but this.
fn plan(source: Source, findings: Findings, settings: &str, config: &str) -> Plan {
    let config = config_of(config);
    let known = Known { settings, config: &config, usage: &Usage::default() };
    Plan::of(&[(source, findings)], &known).unwrap()
}

fn config_of(text: &str) -> ConfigFile {
    ConfigFile::parse(text.as_bytes(), FileKind::Config).unwrap()
}

fn portal(name: &str, url: &str) -> Portal {
    let region = Region::parse("us-east-1").unwrap();
    Portal::new(PortalName::parse(name).unwrap(), StartUrl::parse(url).unwrap(), region)
}

/// Profiles as `name -> portal/account/role @ region`, with `!` for somebody else's.
fn profiles(plan: &Plan) -> Vec<String> {
    let line = |p: &PlannedProfile| {
        let region = p.region.as_ref().map(|r| format!(" @ {r}")).unwrap_or_default();
        let theirs = if p.theirs { "!" } else { "" };
        format!("{theirs}{} -> {}/{}{region}", p.name, p.grant.portal, p.grant)
    };
    plan.profiles.iter().map(line).collect()
}

fn said(remarks: &[Told]) -> Vec<String> {
    remarks.iter().map(|told| format!("{}: {}", told.remark.what, told.remark.why)).collect()
}

/// The one remark about something.
#[track_caller]
fn about<'p>(remarks: &'p [Told], what: &str) -> &'p str {
    let mut found = remarks.iter().filter(|told| told.remark.what == what);
    let only = found.next().unwrap_or_else(|| panic!("nothing about {what}: {:?}", said(remarks)));
    assert!(found.next().is_none(), "more than once: {what}: {:?}", said(remarks));
    &only.remark.why
}
