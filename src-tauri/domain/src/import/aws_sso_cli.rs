//! aws-sso-cli (synfinatic/aws-sso-cli): `config.yaml`, the profiles it wrote, and the roles it remembers.
//!
//! The YAML comes as JSON in which every scalar is the text that stands in the file: an account id is digits that a
//! YAML reader may take for a number, decimal or octal, and leading zeros would be lost.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::aws_config::{AwsConfig, process, value};
use super::{
    DEEPEST, Findings, FoundChain, FoundGrant, FoundMark, FoundPortal, FoundProfile, FoundUse,
    GRANTED_CONTAINERS, Marked, OTHER_BROWSER, Source, Target, arn, colour, go_template,
};
use crate::chain::RoleArn;
use crate::failure::{Code, Failure};
use crate::ids::{AccountId, NotValid, Region, RoleName, StartUrl};

/// The tool's files.
pub struct Files<'a> {
    /// `config.yaml`, every scalar a text or null.
    pub config: &'a Value,
    /// `cache.json`: roles that were used lately.
    pub cache: Option<&'a Value>,
    /// The AWS config.
    pub aws: &'a AwsConfig<'a>,
}

/// Settings that have no counterpart although a person may miss them.
const WITHOUT_COUNTERPART: [(&str, &str); 8] = [
    ("Browser", OTHER_BROWSER),
    (
        "UrlExecCommand",
        "name the browser as `program` under [browser] in settings.toml, or choose it in Settings",
    ),
    ("ConsoleDuration", "a console session lasts as long as its permission set allows"),
    ("ConfigVariables", "a switch keeps what a profile holds already, and adds no further keys"),
    ("EnvVarTags", "tags are not put into the environment"),
    ("AutoLogin", "nothing but you opens a sign-in page"),
    ("SecureStore", "secrets are in the system's keyring; `keyring` in settings.toml chooses another"),
    (
        "AuthWorkflow",
        "the way to sign in is chosen by what works here; `flow` in a portal's settings fixes it",
    ),
];

/// One `SSOConfig` block while it is read.
struct Instance<'a> {
    portal: usize,
    name: &'a str,
    /// The portal's region tells the partition.
    region: Region,
    roles: BTreeMap<(AccountId, &'a str), Role<'a>>,
    /// What each role became; `None` while that is under way, or if it can't be.
    targets: BTreeMap<(AccountId, String), Option<Target>>,
}

/// One role that the file speaks of.
struct Role<'a> {
    settings: Option<&'a Map<String, Value>>,
    default_region: Option<Region>,
}

/// What the tool's files say.
pub fn read(files: &Files<'_>) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let unknown = || {
        let hint = "check that this is the config.yaml of aws-sso-cli";
        Failure::new(Code::Failed, "there is no SSOConfig in the configuration of aws-sso-cli", hint)
    };
    let config = files.config.as_object().ok_or_else(unknown)?;
    let blocks = config.get("SSOConfig").and_then(Value::as_object).ok_or_else(unknown)?;
    let region = |map: &Map<String, Value>| text(map, "DefaultRegion").and_then(|r| Region::parse(r).ok());
    findings.default_region = region(config);
    let mut instances = Vec::new();
    for (name, block) in blocks {
        if let Some(mut instance) = begin(name, block, &mut findings) {
            let usual = block.as_object().and_then(region);
            read_accounts(block, usual.or_else(|| region(config)).as_ref(), &mut instance, &mut findings);
            read_roles(&mut instance, &mut findings);
            instances.push(instance);
        }
    }
    read_settings(config, &mut findings);
    add_profiles(files.aws, &mut instances, &mut findings);
    if let Some(cache) = files.cache {
        add_uses(cache, &instances, &mut findings);
    }
    Ok(findings)
}

/// A role as the tool takes it: an ARN whose account may lack its leading zeros, or `ACCOUNT:ROLE`.
fn role_arn(text: &str, region: &Region) -> Result<RoleArn, NotValid> {
    let parsed = arn::parse(text);
    let (account, name) = match text.split_once(":iam::") {
        Some((_, rest)) => rest.split_once(":role/").unwrap_or_default(),
        None => text.split_once(':').unwrap_or_default(),
    };
    let digits = account.len() <= 12 && account.bytes().all(|b| b.is_ascii_digit());
    match AccountId::parse(&format!("{account:0>12}")) {
        Ok(id) if parsed.is_err() && digits && !account.is_empty() => arn::of(region, &id, name),
        _ => parsed,
    }
}

fn text<'v>(map: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn begin<'a>(name: &'a str, block: &'a Value, findings: &mut Findings) -> Option<Instance<'a>> {
    let what = format!("portal {name}");
    let block = block.as_object().or_else(|| {
        findings.leave_out(&what, "it is empty");
        None
    })?;
    let (Some(url), Some(region)) = (text(block, "StartUrl"), text(block, "SSORegion")) else {
        findings.leave_out(what, "StartUrl or SSORegion is missing");
        return None;
    };
    let parsed = StartUrl::parse(url).and_then(|url| Ok((url, Region::parse(region)?)));
    let (start_url, region) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            findings.leave_out(what, error.0);
            return None;
        }
    };
    if let Some(action) = text(block, "AuthUrlAction").filter(|action| *action != "open") {
        findings.leave_out(
            format!("{what}: AuthUrlAction {action}"),
            "`rolecall login --no-open` shows the address instead of opening it",
        );
    }
    // Not by address: two blocks of one address are two users of it.
    findings.portals.push(FoundPortal { name: name.to_owned(), start_url, region: region.clone() });
    let portal = findings.portals.len() - 1;
    Some(Instance { portal, name, region, roles: BTreeMap::new(), targets: BTreeMap::new() })
}

fn read_accounts<'a>(
    block: &'a Value,
    usual: Option<&Region>,
    instance: &mut Instance<'a>,
    findings: &mut Findings,
) {
    let (mut named, mut icons) = (0, 0);
    for (key, account) in block.get("Accounts").and_then(Value::as_object).into_iter().flatten() {
        let Some(id) = account_id(key, findings) else { continue };
        let Some(account) = account.as_object() else { continue };
        named += usize::from(text(account, "Name").is_some());
        let region = text(account, "DefaultRegion").and_then(|region| Region::parse(region).ok());
        let region = region.or_else(|| usual.cloned());
        let what = format!("account {id}");
        icons += add_mark(&what, account.get("Tags"), Marked::Account(id.clone()), findings);
        for (name, role) in account.get("Roles").and_then(Value::as_object).into_iter().flatten() {
            let role = Role { settings: role.as_object(), default_region: region.clone() };
            instance.roles.insert((id.clone(), name), role);
        }
    }
    if named > 0 {
        findings.leave_out(
            format!("the names of {named} accounts in {}", instance.name),
            "accounts are called as the portal calls them",
        );
    }
    if icons > 0 {
        findings.leave_out(
            format!("the icons of {icons} accounts in {}", instance.name),
            "icons have no counterpart",
        );
    }
}

/// An id as it stands in the file. Digits that are missing in front are zeros that somebody's YAML lost; everything
/// else that is not twelve digits could be any account's.
fn account_id(key: &str, findings: &mut Findings) -> Option<AccountId> {
    if let Ok(id) = AccountId::parse(key) {
        return Some(id);
    }
    let digits = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    if digits && key.len() < 12 && !key.starts_with('0') {
        let id = format!("{key:0>12}");
        findings.assume(format!("account {key}"), format!("is read as {id}: an account id has 12 digits"));
        return AccountId::parse(&id).ok();
    }
    let why = if key.starts_with('0') && digits {
        "it begins with a zero and has not 12 digits, so YAML may have read it as another number: put the whole id in quotes"
    } else {
        "this is not an account id of 12 digits, and no other number can be trusted to be one: put the id in quotes"
    };
    findings.leave_out(format!("account {key}"), why);
    None
}

/// Tags as a map, or as a list of maps, which the tool takes as well. Tells how many icons there were.
fn add_mark(what: &str, tags: Option<&Value>, marked: Marked, findings: &mut Findings) -> usize {
    let maps: Vec<&Map<String, Value>> = match tags {
        Some(Value::Object(map)) => vec![map],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_object).collect(),
        _ => Vec::new(),
    };
    let mut mark = FoundMark { what: marked, colour: None, tags: Vec::new() };
    let mut icons = 0;
    for (key, value) in maps.into_iter().flatten() {
        match (key.as_str(), value.as_str()) {
            ("Icon", _) => icons += 1,
            ("Color", Some(name)) => match colour::of_container(name) {
                Some(colour) => mark.colour = Some(colour),
                None => findings.leave_out(format!("colour of {what}"), format!("there is no `{name}`")),
            },
            (_, Some(value)) if !value.is_empty() => mark.tags.push(format!("{key}={value}")),
            _ => findings.leave_out(format!("tag {key} of {what}"), "it is no text"),
        }
    }
    if mark.colour.is_some() || !mark.tags.is_empty() {
        findings.marks.push(mark);
    }
    icons
}

fn read_roles(instance: &mut Instance<'_>, findings: &mut Findings) {
    let keys: Vec<(AccountId, String)> =
        instance.roles.keys().map(|(id, name)| (id.clone(), (*name).to_owned())).collect();
    let mut icons = 0;
    for (id, name) in keys {
        let what = format!("role {id}/{name}");
        let Some(target) = instance.target(&id, &name, findings) else { continue };
        let Some(role) = instance.roles.get(&(id, name.as_str())) else { continue };
        let Some(settings) = role.settings else { continue };
        let marked = match &target {
            Target::Grant(grant) => Marked::Role(grant.account_id.clone(), grant.role_name.clone()),
            Target::Chain(at) => Marked::Chain(*at),
        };
        icons += add_mark(&what, settings.get("Tags"), marked, findings);
        if let Some(profile) = text(settings, "Profile") {
            let region = role.region();
            findings.profiles.push(FoundProfile { name: profile.to_owned(), target, region });
        }
    }
    if icons > 0 {
        findings.leave_out(
            format!("the icons of {icons} roles in {}", instance.name),
            "icons have no counterpart",
        );
    }
}

impl Role<'_> {
    fn region(&self) -> Option<Region> {
        let own = self.settings.and_then(|settings| text(settings, "DefaultRegion"));
        own.and_then(|region| Region::parse(region).ok()).or_else(|| self.default_region.clone())
    }

    fn text(&self, key: &str) -> Option<String> {
        self.settings.and_then(|settings| text(settings, key)).map(str::to_owned)
    }
}

impl Instance<'_> {
    /// What a role of this instance is: one that the portal lists, or one that is assumed.
    fn target(&mut self, id: &AccountId, name: &str, findings: &mut Findings) -> Option<Target> {
        self.target_at(id, name, 0, findings)
    }

    fn target_at(
        &mut self,
        id: &AccountId,
        name: &str,
        depth: usize,
        findings: &mut Findings,
    ) -> Option<Target> {
        let key = (id.clone(), name.to_owned());
        if let Some(known) = self.targets.get(&key) {
            return known.clone();
        }
        // Whoever comes back here before it is known has come in a circle.
        self.targets.insert(key.clone(), None);
        let via = self.roles.get(&(id.clone(), name)).and_then(|role| role.text("Via"));
        let target = match via {
            None => RoleName::parse(name).ok().map(|role_name| {
                Target::Grant(FoundGrant { portal: self.portal, account_id: id.clone(), role_name })
            }),
            Some(via) if depth < DEEPEST => self.chain(id, name, (&via, depth), findings),
            Some(_) => {
                findings
                    .leave_out(format!("role {id}/{name}"), "too many roles are assumed one from the other");
                None
            }
        };
        self.targets.insert(key, target.clone());
        target
    }

    /// `via` is what the file says it is assumed from, and how many roles led here.
    fn chain(
        &mut self,
        id: &AccountId,
        name: &str,
        (via, depth): (&str, usize),
        findings: &mut Findings,
    ) -> Option<Target> {
        let what = format!("role {id}/{name}");
        // A role outside of the portal may be called by its whole ARN.
        let role = RoleArn::parse(name).or_else(|_| arn::of(&self.region, id, name));
        let (role, parent) = match role.and_then(|role| Ok((role, role_arn(via, &self.region)?))) {
            Ok(both) => both,
            Err(error) => {
                findings.leave_out(what, error.0);
                return None;
            }
        };
        let (account, parent) = (parent.account_id().clone(), arn::whole_name(&parent).to_owned());
        let Some(from) = self.target_at(&account, &parent, depth + 1, findings) else {
            findings
                .leave_out(what, format!("the role that it is assumed from could not be taken over: {via}"));
            return None;
        };
        let of = self.roles.get(&(id.clone(), name))?;
        findings.chains.push(FoundChain {
            name: of.text("Profile").unwrap_or_else(|| name.to_owned()),
            role,
            from,
            external_id: of.text("ExternalId"),
            session_name: None,
            source_identity: of.text("SourceIdentity"),
            mfa_serial: None,
            duration: None,
            region: of.region(),
        });
        Some(Target::Chain(findings.chains.len() - 1))
    }
}

/// What does here what this `UrlAction` does.
fn in_place_of(url_action: &str) -> &'static str {
    match url_action {
        "open-url-in-container" => {
            "`open = \"firefox-container\"` under [browser] in settings.toml does the same"
        }
        "granted-containers" => GRANTED_CONTAINERS,
        _ => "the console opens in your default browser; `rolecall console --print` prints the address",
    }
}

fn read_settings(config: &Map<String, Value>, findings: &mut Findings) {
    let mut own = Vec::new();
    for (key, value) in config {
        let said = value.as_str().unwrap_or("…");
        match key.as_str() {
            "SSOConfig" | "DefaultRegion" | "UrlAction" if said == "open" || key != "UrlAction" => {}
            "UrlAction" => findings.leave_out(format!("aws-sso-cli's UrlAction {said}"), in_place_of(said)),
            "ProfileFormat" => go_template::take(go_template::translate(said), said, findings),
            "AutoLogin" if said == "false" => {}
            key => match WITHOUT_COUNTERPART.iter().find(|(known, _)| *known == key) {
                Some((_, why)) => findings.leave_out(format!("aws-sso-cli's {key}"), why),
                None => own.push(key),
            },
        }
    }
    if !own.is_empty() {
        findings
            .leave_out(format!("aws-sso-cli's {}", own.join(", ")), "they concern only how that tool works");
    }
}

/// Profiles that `aws-sso setup profiles` wrote: their command names instance and role.
fn add_profiles(aws: &AwsConfig<'_>, instances: &mut [Instance<'_>], findings: &mut Findings) {
    for section in aws.sections_of(Source::AwsSsoCli) {
        let what = format!("profile {}", section.name());
        let words = process(section).map(|(_, words)| words).unwrap_or_default();
        let after = |flags: [&str; 2]| {
            let at = words.iter().position(|word| flags.contains(&word.as_str()))?;
            words.get(at + 1).cloned()
        };
        let instance = match (after(["-S", "--sso"]), &mut *instances) {
            (Some(name), all) => all.iter_mut().find(|instance| instance.name == name),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let Some(instance) = instance else {
            findings.leave_out(what, "its portal is not in the configuration of aws-sso-cli");
            continue;
        };
        let named = after(["--arn", "-a"]).unwrap_or_default();
        let target = match role_arn(&named, &instance.region) {
            Ok(role) => instance.target(role.account_id(), arn::whole_name(&role), findings),
            Err(error) => {
                findings.leave_out(&what, error.0);
                continue;
            }
        };
        let Some(target) = target else { continue };
        let region = value(section, "region").and_then(|region| Region::parse(&region).ok());
        if !findings.profiles.iter().any(|known| known.name == section.name()) {
            findings.profiles.push(FoundProfile { name: section.name().to_owned(), target, region });
        }
    }
}

/// The roles of the last day, each with when: `Tags.History` is `alias:role,seconds`.
fn add_uses(cache: &Value, instances: &[Instance<'_>], findings: &mut Findings) {
    for instance in instances {
        let known = &cache["SSO"][instance.name];
        for used in known["History"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let Ok(role) = role_arn(used, &instance.region) else { continue };
            let name = arn::whole_name(&role);
            let tags = &known["Roles"]["Accounts"][role.account_id().as_str()]["Roles"][name]["Tags"];
            let stamp = tags["History"].as_str().and_then(|text| text.rsplit_once(',')?.1.parse().ok());
            let Some(last) = stamp.and_then(|seconds| Timestamp::from_second(seconds).ok()) else { continue };
            let key = (role.account_id().clone(), name.to_owned());
            let target = match instance.targets.get(&key) {
                Some(known) => known.clone(),
                None => RoleName::parse(name).ok().map(|role_name| {
                    let account_id = role.account_id().clone();
                    Target::Grant(FoundGrant { portal: instance.portal, account_id, role_name })
                }),
            };
            findings.uses.extend(target.map(|target| FoundUse { target, count: 1, last }));
        }
    }
}
