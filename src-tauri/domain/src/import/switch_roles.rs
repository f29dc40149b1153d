//! AWS Extend Switch Roles (tilfinltd/aws-extend-switch-roles): the INI text of its configuration page.
//!
//! A *base account* is where a person signs in; *targets* are assumed from it. The text does not say by which portal,
//! and often not as which role: what is known of the portals here decides, and nothing else is guessed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, FoundChain, FoundGrant, FoundMark, Marked, Target, arn, colour};
use crate::catalogue::Catalogue;
use crate::chain::RoleArn;
use crate::ids::{AccountId, Region, RoleName};
use crate::settings::Portal;

/// What is known here of the portals that a person signs in to.
pub struct Listed<'a> {
    /// The portals of the settings.
    pub portals: &'a [Portal],
    /// What they list, as far as it has been fetched.
    pub catalogues: &'a [Catalogue],
}

/// One `[section]`.
#[derive(Debug, Default)]
struct Section<'t> {
    name: &'t str,
    values: BTreeMap<&'t str, &'t str>,
}

/// What the text says.
pub fn read(text: &str, listed: &Listed<'_>) -> Findings {
    let mut findings = Findings::default();
    let sections = sections(text, &mut findings);
    let by_name: BTreeMap<&str, &Section<'_>> = sections.iter().rev().map(|s| (s.name, s)).collect();
    let bases: BTreeSet<&str> = sections.iter().filter_map(|s| s.get("source_profile")).collect();
    let mut images = 0;
    for section in &sections {
        images += usize::from(section.get("image").is_some());
        let base = section.get("source_profile").map(|name| (name, by_name.get(name)));
        match base {
            Some((name, None)) => {
                findings.leave_out(section.name, format!("its source_profile {name} is not in the text"));
            }
            Some((_, Some(base))) => add_target(section, base, listed, &mut findings),
            None if bases.contains(section.name) => add_base(section, &mut findings),
            None => add_single(section, listed, &mut findings),
        }
    }
    if images > 0 {
        findings.leave_out(format!("the images of {images} roles"), "images have no counterpart");
    }
    findings
}

/// Lines as the extension reads them: a comment begins at any `#` or `;`, wherever it stands.
fn sections<'t>(text: &'t str, findings: &mut Findings) -> Vec<Section<'t>> {
    let mut sections: Vec<Section<'t>> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.split(['#', ';']).next().unwrap_or_default().trim();
        let header = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        if line.is_empty() {
        } else if let Some(name) = header {
            let name = name.trim();
            let is_profile = name.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("profile"));
            let bare = name.get(7..).filter(|rest| is_profile && rest.starts_with(char::is_whitespace));
            sections.push(Section { name: bare.unwrap_or(name).trim(), values: BTreeMap::new() });
        } else if let (Some(section), Some((key, value))) = (sections.last_mut(), line.split_once('=')) {
            section.values.insert(key.trim(), value.trim());
        } else {
            findings.leave_out(format!("line {}", at + 1), "it is neither a [name] nor a setting of one");
        }
    }
    sections
}

impl<'t> Section<'t> {
    fn get(&self, key: &str) -> Option<&'t str> {
        self.values.get(key).copied().filter(|value| !value.is_empty())
    }

    /// Account and role, by ARN or one by one; `usual_role` is where the base account names one for all.
    fn role(&self, usual_role: Option<&'t str>) -> Result<(AccountId, &'t str, Option<RoleArn>), String> {
        if let Some(named) = self.get("role_arn") {
            let role = arn::parse(named).map_err(|error| error.0)?;
            let name = named.split_once(":role/").map_or(named, |(_, name)| name.trim());
            return Ok((role.account_id().clone(), name, Some(role)));
        }
        let account = self.get("aws_account_id").ok_or("it names no account")?;
        let account = AccountId::parse(account)
            .map_err(|_| format!("`{account}` is an alias or no account id: write the 12 digits"))?;
        let name = self.get("role_name").or(usual_role).ok_or("it names no role")?;
        Ok((account, name, None))
    }

    fn region(&self) -> Option<Region> {
        self.get("region").and_then(|region| Region::parse(region).ok())
    }
}

fn add_target<'t>(section: &Section<'t>, base: &Section<'t>, listed: &Listed<'_>, findings: &mut Findings) {
    let (account, name, whole) = match section.role(base.get("target_role_name")) {
        Ok(role) => role,
        Err(why) => return findings.leave_out(section.name, why),
    };
    if let Some(target) = listed.grant(&account, name, findings) {
        findings
            .assume(section.name, "a portal lists this role itself, so it is not assumed from another one");
        return add_colour(section, marked(&target), findings);
    }
    let from = match parent(base, listed, findings) {
        Ok(from) => from,
        Err(why) => return findings.leave_out(section.name, why),
    };
    let role = match whole.map_or_else(|| arn::of(&from.1, &account, name), Ok) {
        Ok(role) => role,
        Err(error) => return findings.leave_out(section.name, error.0),
    };
    let usual_region = base.get("target_region").and_then(|region| Region::parse(region).ok());
    findings.chains.push(FoundChain {
        name: section.name.to_owned(),
        role,
        from: from.0,
        external_id: None,
        session_name: None,
        source_identity: None,
        mfa_serial: None,
        duration: None,
        region: section.region().or(usual_region),
    });
    add_colour(section, Marked::Chain(findings.chains.len() - 1), findings);
}

/// Which role of the base account targets are assumed from, and the region of its portal.
fn parent(
    base: &Section<'_>,
    listed: &Listed<'_>,
    findings: &mut Findings,
) -> Result<(Target, Region), String> {
    let account = base.get("aws_account_id").unwrap_or_default();
    let account =
        AccountId::parse(account).map_err(|_| format!("[{}] has no account id of 12 digits", base.name))?;
    let with_region = |target: Target, findings: &Findings| {
        let Target::Grant(grant) = &target else {
            return Err("it is assumed from no role of a portal".into());
        };
        let region = findings.portals.get(grant.portal).map(|portal| portal.region.clone());
        region.map(|region| (target, region)).ok_or_else(String::new)
    };
    if let Some(role) = base.get("role_name") {
        if let Some(target) = listed.grant(&account, role, findings) {
            return with_region(target, findings);
        }
        let [portal] = listed.portals else {
            return Err(format!(
                "no portal is known to list {account}/{role} of [{}]: add the portal, sign in, run `rolecall list`",
                base.name
            ));
        };
        let portal = findings.portal(portal.name.as_str(), portal.start_url.clone(), portal.region.clone());
        let role_name = RoleName::parse(role).map_err(|error| error.0)?;
        return with_region(Target::Grant(FoundGrant { portal, account_id: account, role_name }), findings);
    }
    let roles = listed.roles(&account);
    match roles.as_slice() {
        [role] => {
            let target = listed.grant(&account, role, findings).ok_or_else(String::new)?;
            findings
                .assume(base.name, format!("stands for {account}/{role}, your only role in that account"));
            with_region(target, findings)
        }
        [] => Err(format!(
            "no portal is known to list account {account} of [{}]: add the portal, sign in, run `rolecall list`",
            base.name
        )),
        several => Err(format!(
            "[{}] does not say as which role: add `role_name = {}` there, or another of {} roles",
            base.name,
            several.first().map_or("", String::as_str),
            several.len()
        )),
    }
}

fn add_base(section: &Section<'_>, findings: &mut Findings) {
    let Some(account) = section.get("aws_account_id").and_then(|id| AccountId::parse(id).ok()) else {
        return findings.leave_out(section.name, "it has no account id of 12 digits");
    };
    let role = section.get("role_name").and_then(|name| RoleName::parse(name).ok());
    let what =
        role.map_or_else(|| Marked::Account(account.clone()), |role| Marked::Role(account.clone(), role));
    add_colour(section, what, findings);
}

/// A target without a base account: assumed from whatever the browser is signed in to.
fn add_single(section: &Section<'_>, listed: &Listed<'_>, findings: &mut Findings) {
    match section.role(None) {
        Ok((account, name, _)) => match listed.grant(&account, name, findings) {
            Some(target) => add_colour(section, marked(&target), findings),
            None => findings.leave_out(
                section.name,
                format!("it does not say what {account}/{name} is assumed from: give it a source_profile with a role_name"),
            ),
        },
        Err(why) => findings.leave_out(section.name, why),
    }
}

fn marked(target: &Target) -> Marked {
    match target {
        Target::Grant(grant) => Marked::Role(grant.account_id.clone(), grant.role_name.clone()),
        Target::Chain(at) => Marked::Chain(*at),
    }
}

fn add_colour(section: &Section<'_>, what: Marked, findings: &mut Findings) {
    let Some(text) = section.get("color") else { return };
    match colour::of_hex(text) {
        Some(colour) => findings.marks.push(FoundMark { what, colour: Some(colour), tags: Vec::new() }),
        None => findings.leave_out(format!("colour of {}", section.name), format!("`{text}` is no colour")),
    }
}

impl Listed<'_> {
    /// The role, if exactly one portal lists it.
    fn grant(&self, account: &AccountId, role: &str, findings: &mut Findings) -> Option<Target> {
        let lists = |catalogue: &&Catalogue| {
            let account = catalogue.account(account);
            account.is_some_and(|account| account.roles.iter().any(|name| name.as_str() == role))
        };
        let mut portals = self.catalogues.iter().filter(lists);
        let (Some(only), None) = (portals.next(), portals.next()) else { return None };
        let portal = self.portals.iter().find(|portal| portal.name == only.portal)?;
        let portal = findings.portal(portal.name.as_str(), portal.start_url.clone(), portal.region.clone());
        let role_name = RoleName::parse(role).ok()?;
        Some(Target::Grant(FoundGrant { portal, account_id: account.clone(), role_name }))
    }

    fn roles(&self, account: &AccountId) -> Vec<String> {
        let accounts = self.catalogues.iter().filter_map(|catalogue| catalogue.account(account));
        accounts.flat_map(|account| account.roles.iter().map(|role| role.as_str().to_owned())).collect()
    }
}
