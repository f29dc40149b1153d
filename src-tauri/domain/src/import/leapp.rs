//! Leapp (Noovolari/leapp): the workspace in `Leapp-lock.json`, once it is decrypted.
//!
//! It holds no secret but, perhaps, the password of a proxy, which is not read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    DEEPEST, Findings, FoundChain, FoundGrant, FoundMark, FoundProfile, FoundUse, Marked, Target, arn,
};
use crate::failure::{Code, Failure};
use crate::ids::{Region, RoleName, StartUrl};

/// What Leapp calls the sessions of chained roles that have no name of their own.
const USUAL_SESSION_NAME: &str = "assumed-from-leapp";

/// The workspace while it is read.
struct Workspace<'a> {
    sessions: Vec<&'a Value>,
    by_id: BTreeMap<&'a str, &'a Value>,
    /// Positions of portals by the ids of their integrations.
    portals: BTreeMap<&'a str, usize>,
    /// What each session became, by its id.
    targets: BTreeMap<&'a str, Option<Target>>,
}

/// What a workspace says.
pub fn read(workspace: &Value) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let sessions = list(workspace, "sessions");
    if member(workspace, "sessions").is_none() && member(workspace, "awsSsoIntegrations").is_none() {
        let hint = "check that this is Leapp's Leapp-lock.json";
        return Err(Failure::new(Code::Failed, "there is no workspace of Leapp in the file", hint));
    }
    let sessions: Vec<&Value> = sessions.collect();
    let by_id = sessions.iter().filter_map(|session| Some((text(session, "sessionId")?, *session))).collect();
    let mut known = Workspace { sessions, by_id, portals: BTreeMap::new(), targets: BTreeMap::new() };
    for integration in list(workspace, "awsSsoIntegrations") {
        known.add_portal(integration, &mut findings);
    }
    for session in known.sessions.clone() {
        known.target(session, 0, &mut findings);
    }
    known.add_profiles(workspace, &mut findings);
    known.add_pins_and_uses(workspace, &mut findings);
    known.add_folders(workspace, &mut findings);
    add_rest(workspace, &mut findings);
    Ok(findings)
}

/// Leapp writes the fields of its own class with an underscore in front.
fn member<'v>(object: &'v Value, key: &str) -> Option<&'v Value> {
    object.get(format!("_{key}")).or_else(|| object.get(key))
}

fn list<'v>(object: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    member(object, key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(object: &'v Value, key: &str) -> Option<&'v str> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn region(object: &Value) -> Option<Region> {
    text(object, "region").and_then(|region| Region::parse(region).ok())
}

fn called(session: &Value) -> String {
    format!("session {}", text(session, "sessionName").unwrap_or("without a name"))
}

impl<'a> Workspace<'a> {
    fn add_portal(&mut self, integration: &'a Value, findings: &mut Findings) {
        let name = text(integration, "alias").unwrap_or("leapp");
        let url = text(integration, "portalUrl").unwrap_or_default();
        let region = text(integration, "region").unwrap_or_default();
        match StartUrl::parse(url).and_then(|url| Ok((url, Region::parse(region)?))) {
            Ok((start_url, region)) => {
                let portal = findings.portal(name, start_url, region);
                self.portals.extend(text(integration, "id").map(|id| (id, portal)));
            }
            Err(error) => findings.leave_out(format!("portal {name}"), error.0),
        }
    }

    /// What a session is here; `None` if it has no place, which is then told.
    fn target(&mut self, session: &'a Value, depth: usize, findings: &mut Findings) -> Option<Target> {
        let id = text(session, "sessionId")?;
        if let Some(known) = self.targets.get(id) {
            return known.clone();
        }
        // Whoever comes back here before it is known has come in a circle.
        self.targets.insert(id, None);
        let target = match text(session, "type") {
            Some("awsSsoRole") => self.grant(session).map(Target::Grant),
            Some("awsIamRoleChained") if depth < DEEPEST => self.chain(session, depth, findings),
            Some("awsIamRoleChained") => Err("too many sessions are assumed one from the other".to_owned()),
            Some("awsIamUser") => Err("keys of IAM users have no place in Rolecall".to_owned()),
            Some("awsIamRoleFederated") => Err("roles by SAML have no place in Rolecall".to_owned()),
            Some("azure") => Err("Azure has no place in Rolecall".to_owned()),
            Some("localstack") => Err("LocalStack has no place in Rolecall".to_owned()),
            _ => Err("its kind is not known".to_owned()),
        };
        let target = target.map_err(|why| findings.leave_out(called(session), why)).ok();
        self.targets.insert(id, target.clone());
        target
    }

    fn grant(&self, session: &Value) -> Result<FoundGrant, String> {
        let integration = text(session, "awsSsoConfigurationId").unwrap_or_default();
        let portal = *self.portals.get(integration).ok_or("its portal is not in the workspace")?;
        let role = arn::parse(text(session, "roleArn").unwrap_or_default()).map_err(|error| error.0)?;
        let role_name = RoleName::parse(role.role_name()).map_err(|error| error.0)?;
        Ok(FoundGrant { portal, account_id: role.account_id().clone(), role_name })
    }

    fn chain(&mut self, session: &'a Value, depth: usize, findings: &mut Findings) -> Result<Target, String> {
        let role = arn::parse(text(session, "roleArn").unwrap_or_default()).map_err(|error| error.0)?;
        let parent = text(session, "parentSessionId").and_then(|id| self.by_id.get(id).copied());
        let parent = parent.ok_or("the session that it is assumed from is not in the workspace")?;
        let from = self.target(parent, depth + 1, findings);
        let from = from
            .ok_or_else(|| format!("it is assumed from the {}, which has no place here", called(parent)))?;
        findings.chains.push(FoundChain {
            name: text(session, "sessionName").unwrap_or(role.role_name()).to_owned(),
            role,
            from,
            external_id: None,
            session_name: text(session, "roleSessionName")
                .filter(|n| *n != USUAL_SESSION_NAME)
                .map(str::to_owned),
            source_identity: None,
            mfa_serial: None,
            duration: None,
            region: region(session),
        });
        Ok(Target::Chain(findings.chains.len() - 1))
    }

    /// A profile that only one session holds is that session's. `default` is what Leapp gives to all, so of several
    /// the one that runs has it.
    fn add_profiles(&self, workspace: &'a Value, findings: &mut Findings) {
        const ACTIVE: u64 = 2;
        let mut holders: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for session in &self.sessions {
            if let Some(id) = text(session, "profileId") {
                holders.entry(id).or_default().push(session);
            }
        }
        for profile in list(workspace, "profiles") {
            let (Some(id), Some(name)) = (text(profile, "id"), text(profile, "name")) else { continue };
            let holders = holders.get(id).map(Vec::as_slice).unwrap_or_default();
            let active = |session: &&&Value| session["status"].as_u64() == Some(ACTIVE);
            let session = match holders {
                [] => continue,
                [only] => Some(*only),
                several => several.iter().find(active).copied(),
            };
            let Some(session) = session else {
                findings.leave_out(
                    format!("profile {name}"),
                    format!(
                        "{} sessions share it and none is active: `rolecall switch` points it at one",
                        holders.len()
                    ),
                );
                continue;
            };
            let target = text(session, "sessionId").and_then(|id| self.targets.get(id).cloned().flatten());
            if let Some(target) = target {
                let region = region(session);
                findings.profiles.push(FoundProfile { name: name.to_owned(), target, region });
            }
        }
    }

    fn add_pins_and_uses(&self, workspace: &'a Value, findings: &mut Findings) {
        let target = |id: &str| self.targets.get(id).cloned().flatten();
        for id in list(workspace, "pinned").filter_map(Value::as_str) {
            findings.pins.extend(target(id));
        }
        for session in &self.sessions {
            let began = text(session, "startDateTime").and_then(|at| at.parse::<Timestamp>().ok());
            let target = text(session, "sessionId").and_then(target);
            if let (Some(last), Some(target)) = (began, target) {
                findings.uses.push(FoundUse { target, count: 1, last });
            }
        }
    }

    /// A folder is a name for some sessions: a tag here.
    fn add_folders(&self, workspace: &'a Value, findings: &mut Findings) {
        for folder in list(workspace, "folders") {
            let Some(name) = text(folder, "name") else { continue };
            for id in folder["ids"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let what = match self.targets.get(id).cloned().flatten() {
                    Some(Target::Grant(grant)) => Marked::Role(grant.account_id, grant.role_name),
                    Some(Target::Chain(at)) => Marked::Chain(at),
                    None => continue,
                };
                findings.marks.push(FoundMark { what, colour: None, tags: vec![name.to_owned()] });
            }
        }
    }
}

fn add_rest(workspace: &Value, findings: &mut Findings) {
    for segment in list(workspace, "segments") {
        let name = text(segment, "name").unwrap_or_default();
        findings.leave_out(format!("segment {name}"), "saved searches have no counterpart");
    }
    for integration in list(workspace, "azureIntegrations") {
        let name = text(integration, "alias").unwrap_or_default();
        findings.leave_out(format!("integration {name}"), "Azure has no place in Rolecall");
    }
    let proxy = member(workspace, "proxyConfiguration").and_then(|proxy| text(proxy, "proxyUrl"));
    if proxy.is_some() {
        findings.leave_out("Leapp's proxy", "set HTTPS_PROXY, and NO_PROXY for what should go around it");
    }
}
