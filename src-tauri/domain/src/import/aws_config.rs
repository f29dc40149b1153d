//! Profiles of the AWS config, and which tool wrote each of them.
//!
//! Serves `aws` and `aws-sso-util`, whose only record is that file, and the tools that keep profiles there beside
//! files of their own.

use std::collections::BTreeMap;

use super::{DEEPEST, Findings, FoundChain, FoundGrant, FoundProfile, Source, Target, arn};
use crate::chain::RoleArn;
use crate::ids::{AccountId, NotValid, Region, RoleName, StartUrl};
use crate::profile::portals_in;
use crate::profile_file::{ConfigFile, Section};

/// The profiles that Identity Center is behind, by who wrote them.
pub struct AwsConfig<'a> {
    file: &'a ConfigFile,
    profiles: Vec<Profile>,
}

/// One profile, as far as it matters here.
struct Profile {
    section: Section,
    /// Who wrote it; `None` for Rolecall itself.
    source: Option<Source>,
}

/// Where a profile gets its credentials.
enum Way {
    /// A role of a portal.
    Grant { start_url: StartUrl, region: Region, name: String, account_id: AccountId, role_name: RoleName },
    /// `role_arn` with this `source_profile`.
    Assumed { role: RoleArn, from: String },
    /// Something that has nothing to do with a portal.
    Other,
}

impl<'a> AwsConfig<'a> {
    /// Sorts the profiles of a config by their writers.
    pub fn of(file: &'a ConfigFile) -> Self {
        let profiles = file.profiles().map(|section| Profile { source: writer(&section), section }).collect();
        Self { file, profiles }
    }

    /// The profiles of one tool, and what is assumed from them.
    pub fn read(&self, source: Source) -> Findings {
        let mut findings = Findings::default();
        if source == Source::Aws {
            self.add_portals(&mut findings);
        }
        self.add_profiles(source, &mut findings);
        findings
    }

    /// Every portal that the config speaks of.
    fn add_portals(&self, findings: &mut Findings) {
        for (name, url, region) in portals_in(self.file) {
            findings.add_portal(&name, &url, &region);
        }
    }

    /// Adds what the profiles of this tool say.
    pub(super) fn add_profiles(&self, source: Source, findings: &mut Findings) {
        let mut targets = BTreeMap::new();
        for profile in self.profiles.iter().filter(|profile| profile.is_of_portal(source)) {
            self.add(profile, findings, &mut targets, 0);
        }
        // Whoever assumes a role names another profile; whose tool that is decides.
        for profile in self.profiles.iter().filter(|p| p.source == Some(Source::Aws)) {
            let name = profile.section.name();
            if value(&profile.section, "role_arn").is_some()
                && self.root_is_of(name, source)
                && self.add(profile, findings, &mut targets, 0).is_none()
                && !findings.left_out.iter().any(|left| left.what.ends_with(name))
            {
                findings.leave_out(
                    format!("profile {name}"),
                    "the role that it is assumed from could not be taken over",
                );
            }
        }
    }

    /// Adds a profile after those it builds on; `None` if that can't be done, which is then told.
    fn add(
        &self,
        profile: &Profile,
        findings: &mut Findings,
        targets: &mut BTreeMap<String, Option<Target>>,
        depth: usize,
    ) -> Option<Target> {
        let name = profile.section.name();
        if let Some(known) = targets.get(name) {
            return known.clone();
        }
        // Whoever comes back here before it is known has come in a circle.
        targets.insert(name.to_owned(), None);
        let way = profile.way(self.file).unwrap_or_else(|error| {
            findings.leave_out(format!("profile {name}"), error.0);
            Way::Other
        });
        let target = match way {
            Way::Grant { start_url, region, name, account_id, role_name } => {
                let portal = findings.portal(&name, start_url, region);
                Some(Target::Grant(FoundGrant { portal, account_id, role_name }))
            }
            Way::Assumed { role, from } if depth < DEEPEST => {
                let parent = self.profiles.iter().find(|p| p.section.name() == from);
                let from = parent.and_then(|p| self.add(p, findings, targets, depth + 1));
                from.map(|from| {
                    findings.chains.push(profile.chain(role, from));
                    Target::Chain(findings.chains.len() - 1)
                })
            }
            Way::Assumed { .. } | Way::Other => None,
        };
        targets.insert(name.to_owned(), target.clone());
        if let Some(target) = target.clone() {
            let region = value(&profile.section, "region").and_then(|region| Region::parse(&region).ok());
            findings.profiles.push(FoundProfile { name: name.to_owned(), target, region });
        }
        target
    }

    /// Whether the profile that the chain of `source_profile` ends at belongs to this tool.
    fn root_is_of(&self, name: &str, source: Source) -> bool {
        let mut name = name.to_owned();
        for _ in 0..DEEPEST {
            let Some(profile) = self.profiles.iter().find(|p| p.section.name() == name) else { return false };
            if profile.is_of_portal(source) {
                return true;
            }
            match value(&profile.section, "source_profile") {
                Some(next) if next != name => name = next,
                _ => return false,
            }
        }
        false
    }
}

impl Profile {
    /// Whether it is the tool's and a role of a portal.
    fn is_of_portal(&self, source: Source) -> bool {
        let keys = ["sso_account_id", "granted_sso_account_id"];
        self.source == Some(source) && keys.iter().any(|key| self.section.setting(key).is_some())
    }

    fn way(&self, file: &ConfigFile) -> Result<Way, NotValid> {
        let section = &self.section;
        if let Some(role) = value(section, "role_arn") {
            let role = arn::parse(&role)?;
            return Ok(
                value(section, "source_profile").map_or(Way::Other, |from| Way::Assumed { role, from })
            );
        }
        // Granted names its keys apart, so that they don't win over its credential_process.
        let own = |key: &str| value(section, &format!("granted_{key}")).or_else(|| value(section, key));
        let Some(account) = own("sso_account_id") else { return Ok(Way::Other) };
        let session = value(section, "sso_session").and_then(|name| file.sso_session(&name));
        let of_session = |key: &str| session.as_ref().and_then(|session| value(session, key));
        let needed = |key: &str| {
            let found = own(key).or_else(|| of_session(key));
            found.ok_or_else(|| NotValid(format!("`{key}` is missing")))
        };
        let start_url = StartUrl::parse(&needed("sso_start_url")?)?;
        Ok(Way::Grant {
            region: Region::parse(&needed("sso_region")?)?,
            name: session.as_ref().map_or_else(|| called(&start_url), |s| s.name().to_owned()),
            start_url,
            account_id: AccountId::parse(&account)?,
            role_name: RoleName::parse(&needed("sso_role_name")?)?,
        })
    }

    fn chain(&self, role: RoleArn, from: Target) -> FoundChain {
        let own = |key| value(&self.section, key);
        FoundChain {
            name: self.section.name().to_owned(),
            role,
            from,
            external_id: own("external_id"),
            session_name: own("role_session_name"),
            source_identity: None,
            mfa_serial: own("mfa_serial"),
            duration: own("duration_seconds").and_then(|seconds| seconds.parse().ok()),
            region: own("region").and_then(|region| Region::parse(&region).ok()),
        }
    }
}

/// What to call a portal of which only the address is known: its subdomain.
fn called(start_url: &StartUrl) -> String {
    let host = start_url.as_str().split("://").nth(1).unwrap_or_default();
    let name: String = host.split(['.', '/', ':']).next().unwrap_or_default().to_ascii_lowercase();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "portal".to_owned() }
}

/// As every SDK reads it. The INI library of Granted puts values with special characters in backticks.
pub(super) fn value(section: &Section, key: &str) -> Option<String> {
    let value = section.setting(key)?.without_comment();
    let bare = value.strip_prefix('`').and_then(|value| value.strip_suffix('`')).unwrap_or(value);
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// The command of a `credential_process`: the program's name without its folder, and the rest.
pub(super) fn process(section: &Section) -> Option<(String, Vec<String>)> {
    let command = value(section, "credential_process")?;
    // Quotes are only round what has blanks; no tool here writes a quote within a word.
    let mut words = Vec::new();
    for (at, part) in command.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    let mut words = words.into_iter();
    let program = words.next()?;
    let name = program.rsplit(['/', '\\']).next().unwrap_or(&program);
    let name = name.strip_suffix(".exe").unwrap_or(name).to_owned();
    Some((name, words.collect()))
}

fn writer(section: &Section) -> Option<Source> {
    let has = |key: &str| section.setting(key).is_some();
    let begins = |start: &str| section.settings().iter().any(|setting| setting.key.starts_with(start));
    if begins("rolecall_") {
        return None;
    }
    let program = process(section).map(|(program, _)| program).unwrap_or_default();
    let made_by_granted = ["granted_generated_from", "common_fate_generated_from"];
    Some(match program.as_str() {
        "granted" | "dgranted" => Source::Granted,
        "aws-sso" => Source::AwsSsoCli,
        "aws-sso-util" => Source::AwsSsoUtil,
        "leapp" => Source::Leapp,
        _ if begins("granted_sso_") || made_by_granted.iter().any(|key| has(key)) => Source::Granted,
        _ if has("sso_auto_populated") => Source::AwsSsoUtil,
        _ => Source::Aws,
    })
}

impl AwsConfig<'_> {
    /// Profiles that one tool wrote, whatever is in them.
    pub(super) fn sections_of(&self, source: Source) -> impl Iterator<Item = &Section> {
        self.profiles.iter().filter(move |p| p.source == Some(source)).map(|p| &p.section)
    }
}
