//! From what tools know to what would be added here.

mod chained;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use super::{Findings, FoundPortal, FoundProfile, Marked, Remark, Source, Target};
use crate::chain::{Chain, Step};
use crate::failure::{Code, Failure};
use crate::ids::{AccountId, ChainName, GrantId, PortalName, ProfileName, Region, StartUrl};
use crate::naming::Template;
use crate::profile::our_profile;
use crate::profile_file::ConfigFile;
use crate::recent::Usage;
use crate::settings::{self, NewMark, Portal, Settings};

/// What is known here already.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The text of `settings.toml`.
    pub settings: &'a str,
    /// The AWS config.
    pub config: &'a ConfigFile,
    /// Pins and past uses.
    pub usage: &'a Usage,
}

/// What would be added. What is here already is not in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Portals for the settings.
    pub portals: Vec<PlannedPortal>,
    /// The template for names of profiles, where the settings have none.
    pub profile_name: Option<String>,
    /// The region of profiles that have none, where the settings have none.
    pub default_region: Option<Region>,
    /// Chained roles for the settings.
    #[serde(serialize_with = "chained::rows")]
    pub chains: Vec<Step>,
    /// Marks for the settings.
    pub marks: Vec<NewMark>,
    /// Grants to pin.
    pub pins: Vec<GrantId>,
    /// Past uses of grants that were never used here.
    pub uses: Vec<PlannedUse>,
    /// Profiles for the AWS config.
    pub profiles: Vec<PlannedProfile>,
    /// What was read with a guess.
    pub assumed: Vec<Told>,
    /// What has no place here.
    pub left_out: Vec<Told>,
}

/// A portal to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they are those of `Portal`")]
pub struct PlannedPortal {
    pub name: PortalName,
    pub start_url: StartUrl,
    pub region: Region,
}

/// A profile to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedProfile {
    /// Its name.
    pub name: ProfileName,
    /// Where it points.
    pub grant: GrantId,
    /// The region it gets; none if it has one.
    pub region: Option<Region>,
    /// Whether it is there and somebody else's, so that it is only written if the person wants that.
    pub theirs: bool,
    /// The tool that knows it.
    pub source: Source,
}

/// A past use to note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedUse {
    /// What was used.
    pub grant: GrantId,
    /// How often; never more than 50, for the past of another tool should not weigh for ever.
    pub count: u32,
    /// When last.
    pub last: Timestamp,
}

/// A remark, and whose files it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The tool.
    pub source: Source,
    /// What there is to say.
    #[serde(flatten)]
    pub remark: Remark,
}

/// How many chained roles, and how many marks, one import adds: far more than anybody writes by hand.
const MOST: usize = 2_000;

/// Uses that are counted at most.
const MOST_USES: u32 = 50;

impl Plan {
    /// Compares what was found with what is known. Where two tools say different things, the first counts.
    pub fn of(found: &[(Source, Findings)], known: &Known<'_>) -> Result<Self, Failure> {
        let settings = Settings::parse(known.settings)?;
        let steps = settings.chains.iter().map(Chain::step);
        let identity = |step: &Step| ((step.role.to_string(), step.from.written()), step.name.clone());
        let mut drawing = Drawing {
            known: *known,
            chains: steps.map(identity).collect(),
            marks: settings::marks_in(known.settings).into_iter().collect(),
            settings,
            profiles: BTreeMap::new(),
            plan: Self::default(),
        };
        for (source, findings) in found {
            drawing.take(*source, findings);
        }
        Ok(drawing.plan)
    }

    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        let Self { portals, profile_name, default_region, chains, marks, pins, uses, profiles, .. } = self;
        portals.is_empty()
            && profile_name.is_none()
            && default_region.is_none()
            && chains.is_empty()
            && marks.is_empty()
            && pins.is_empty()
            && uses.is_empty()
            && profiles.is_empty()
    }

    /// Whether there is something for the settings.
    pub fn has_settings(&self) -> bool {
        let rest = Self { pins: Vec::new(), uses: Vec::new(), profiles: Vec::new(), ..self.clone() };
        !rest.is_empty()
    }

    /// The settings with all of the plan's in them, everything else as it was.
    pub fn settings(&self, before: &str) -> Result<String, Failure> {
        let mut text = before.to_owned();
        let names = Settings::parse(before)?.portals.into_iter().map(|portal| portal.name);
        let same = |name: &PortalName| {
            self.portals.iter().any(|p| p.name.as_str().eq_ignore_ascii_case(name.as_str()))
        };
        if let Some(name) = names.into_iter().find(same) {
            return Err(Failure::new(
                Code::Failed,
                format!("a portal {name} was added at the same moment"),
                "nothing was changed: run the command again",
            ));
        }
        for PlannedPortal { name, start_url, region } in &self.portals {
            let portal = Portal::new(name.clone(), start_url.clone(), region.clone());
            text = settings::with_portal(&text, &portal)?;
        }
        if let Some(template) = &self.profile_name {
            text = settings::with_value(&text, "profile_name", template)?;
        }
        if let Some(region) = &self.default_region {
            text = settings::with_value(&text, "default_region", region.as_str())?;
        }
        settings::with_marks(&settings::with_chains(&text, &self.chains)?, &self.marks)
    }
}

/// A plan while it is made.
struct Drawing<'a> {
    known: Known<'a>,
    settings: Settings,
    /// What chained roles are called, in the settings and in the plan, by their ARN and what they start from.
    chains: HashMap<(String, String), ChainName>,
    /// Those of the settings and of the plan.
    marks: HashSet<NewMark>,
    /// What the profiles that were already planned point at.
    profiles: BTreeMap<ProfileName, GrantId>,
    plan: Plan,
}

/// What became of one tool's portals and chained roles.
struct Placed {
    portals: Vec<PortalName>,
    /// The identity of each chained role; none where it was left out.
    chains: Vec<Option<GrantId>>,
}

impl Drawing<'_> {
    fn take(&mut self, source: Source, findings: &Findings) {
        let tell = |remark: &Remark| Told { source, remark: remark.clone() };
        self.plan.assumed.extend(findings.assumed.iter().map(tell));
        self.plan.left_out.extend(findings.left_out.iter().map(tell));
        let mut placed = Placed { portals: Vec::new(), chains: Vec::new() };
        for portal in &findings.portals {
            let name = self.place_portal(source, portal, &placed.portals);
            placed.portals.push(name);
        }
        for chain in &findings.chains {
            let done = self.place_chain(source, chain, &placed);
            placed.chains.push(done);
        }
        self.take_choices(source, findings);
        self.take_marks(source, findings, &placed);
        self.take_usage(findings, &placed);
        for profile in &findings.profiles {
            if let Some(grant) = placed.grant(&profile.target) {
                self.place_profile(source, profile, grant);
            }
        }
    }

    fn leave_out(&mut self, source: Source, what: impl AsRef<str>, why: impl AsRef<str>) {
        self.plan.left_out.push(Told { source, remark: Remark::new(what, why) });
    }

    fn assume(&mut self, source: Source, what: impl AsRef<str>, why: impl AsRef<str>) {
        self.plan.assumed.push(Told { source, remark: Remark::new(what, why) });
    }

    /// The name that the portal has here, or will have. `claimed` are those of the same tool: two portals of one
    /// address are two users of it.
    fn place_portal(&mut self, source: Source, found: &FoundPortal, claimed: &[PortalName]) -> PortalName {
        let known = self.settings.portals.iter().map(|p| (&p.name, &p.start_url, &p.region));
        let planned = self.plan.portals.iter().map(|p| (&p.name, &p.start_url, &p.region));
        let all: Vec<(PortalName, Region)> = known
            .chain(planned)
            .filter(|(name, url, _)| url.is_same_portal(&found.start_url) && !claimed.contains(name))
            .map(|(name, _, region)| (name.clone(), region.clone()))
            .collect();
        let wanted = safe_name(&found.name, "portal");
        let by_name = all.iter().find(|(name, _)| name.as_str().eq_ignore_ascii_case(&wanted));
        let by_region = || all.iter().find(|(_, region)| *region == found.region);
        if let Some((name, region)) = by_name.or_else(by_region).or_else(|| all.first()).cloned() {
            if region != found.region {
                let why = format!("is in {region} here and in {} there: what is here counts", found.region);
                self.assume(source, format!("portal {name}"), why);
            }
            return name;
        }
        let names =
            self.settings.portals.iter().map(|p| &p.name).chain(self.plan.portals.iter().map(|p| &p.name));
        let name = free_portal_name(&found.name, names);
        let (start_url, region) = (found.start_url.clone(), found.region.clone());
        self.plan.portals.push(PlannedPortal { name: name.clone(), start_url, region });
        name
    }

    fn take_choices(&mut self, source: Source, findings: &Findings) {
        let text = self.known.settings;
        if let Some(template) = &findings.profile_name {
            let chosen = settings::has(text, "profile_name").then(|| self.settings.profile_name.to_string());
            match chosen.or_else(|| self.plan.profile_name.clone()) {
                Some(known) if known == *template => {}
                Some(known) => {
                    let why = format!("profiles are named `{known}` here already");
                    self.leave_out(source, format!("naming of profiles `{template}`"), why);
                }
                None if *template == Template::default().to_string() => {}
                None => self.plan.profile_name = Some(template.clone()),
            }
        }
        if let Some(region) = &findings.default_region {
            let chosen = self.settings.default_region.clone().or_else(|| self.plan.default_region.clone());
            match chosen {
                Some(known) if known == *region => {}
                Some(known) => {
                    let why = format!("the default region is {known} here already");
                    self.leave_out(source, format!("default region {region}"), why);
                }
                None => self.plan.default_region = Some(region.clone()),
            }
        }
    }

    fn take_marks(&mut self, source: Source, findings: &Findings, placed: &Placed) {
        for found in &findings.marks {
            let (account, role): (&AccountId, Option<String>) = match &found.what {
                Marked::Account(account) => (account, None),
                Marked::Role(account, role) => (account, Some(role.to_string())),
                Marked::Chain(at) => match placed.chains.get(*at).and_then(Option::as_ref) {
                    Some(grant) => (&grant.account_id, Some(grant.role_name.to_string())),
                    None => continue,
                },
            };
            // A mark's role is a pattern, and nothing says that a sign in it is meant as itself.
            if role.as_ref().is_some_and(|role| role.contains(['*', '?']) || role.starts_with('!')) {
                let what = format!("colour and tags of {account}/{}", role.unwrap_or_default());
                self.leave_out(source, what, "the name of the role would be read as a pattern");
                continue;
            }
            let mark =
                NewMark { account: account.clone(), role, colour: found.colour, tags: found.tags.clone() };
            if self.plan.marks.len() >= MOST {
                self.leave_out(
                    source,
                    format!("marks beyond {MOST}"),
                    "settings.toml would be too long to read",
                );
                break;
            }
            if self.marks.insert(mark.clone()) {
                self.plan.marks.push(mark);
            }
        }
    }

    fn take_usage(&mut self, findings: &Findings, placed: &Placed) {
        for grant in findings.pins.iter().take(MOST).filter_map(|target| placed.grant(target)) {
            if !self.known.usage.is_pinned(&grant) && !self.plan.pins.contains(&grant) {
                self.plan.pins.push(grant);
            }
        }
        for found in findings.uses.iter().take(MOST) {
            let Some(grant) = placed.grant(&found.target) else { continue };
            let known = self.plan.uses.iter().any(|known| known.grant == grant);
            if !known && self.known.usage.last_used(&grant).is_none() {
                let count = found.count.clamp(1, MOST_USES);
                self.plan.uses.push(PlannedUse { grant, count, last: found.last });
            }
        }
    }

    fn place_profile(&mut self, source: Source, found: &FoundProfile, grant: GrantId) {
        let what = format!("profile {}", found.name);
        let name = match ProfileName::parse(&found.name) {
            Ok(name) if name.looks_like_an_option() => {
                return self.leave_out(source, what, "AWS tools take its name for an option");
            }
            Ok(name) => name,
            Err(error) => return self.leave_out(source, what, error.0),
        };
        if let Some(planned) = self.profiles.get(&name) {
            if *planned != grant {
                self.leave_out(source, what, format!("the name is taken for {planned}"));
            }
            return;
        }
        let ours = our_profile(self.known.config, &name);
        if let Some(ours) = ours {
            if ours.grant != grant {
                self.leave_out(
                    source,
                    what,
                    format!("it is Rolecall's already and points at {}", ours.grant),
                );
            }
            return;
        }
        let section = self.known.config.profile(name.as_str());
        let has_region = section.as_ref().is_some_and(|section| section.setting("region").is_some());
        let theirs = section.is_some_and(|section| !section.settings().is_empty());
        self.profiles.insert(name.clone(), grant.clone());
        let region = found.region.clone().filter(|_| !has_region);
        self.plan.profiles.push(PlannedProfile { name, grant, region, theirs, source });
    }
}

impl Placed {
    fn grant(&self, target: &Target) -> Option<GrantId> {
        match target {
            Target::Grant(found) => Some(GrantId {
                portal: self.portals.get(found.portal)?.clone(),
                account_id: found.account_id.clone(),
                role_name: found.role_name.clone(),
            }),
            Target::Chain(at) => self.chains.get(*at)?.clone(),
        }
    }
}

/// A portal name as near to the suggestion as the characters allow, and not taken. Case does not tell names apart:
/// neither file names nor the Windows Credential Manager do.
pub fn free_portal_name<'n>(suggested: &str, taken: impl IntoIterator<Item = &'n PortalName>) -> PortalName {
    let taken: BTreeSet<String> = taken.into_iter().map(|name| name.as_str().to_ascii_lowercase()).collect();
    let mut base = safe_name(suggested, "portal");
    loop {
        let name = free_name(&base, |name| taken.contains(&name.to_ascii_lowercase()));
        match PortalName::parse(&name) {
            Ok(name) => return name,
            // Cannot be: what `safe_name` makes is a name. It is not for a loop to prove it.
            Err(_) => "portal".clone_into(&mut base),
        }
    }
}

fn free_name(base: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|n| format!("{base}-{n}"));
    std::iter::once(base.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// Letters, digits and `- _ .`, beginning with a letter or digit; everything else is a hyphen.
fn safe_name(suggested: &str, otherwise: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = suggested.trim().chars().map(safe).take(48).collect();
    let name = name.trim_start_matches(['-', '_', '.']).trim_end_matches('-');
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}
