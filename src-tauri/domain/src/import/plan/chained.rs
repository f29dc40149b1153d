//! Chained roles of a plan.

use std::collections::HashSet;

use serde::{Serialize, Serializer};

use super::{Drawing, MOST, Placed, free_name, safe_name};
use crate::chain::{self, Origin, RoleArn, Step};
use crate::ids::{ChainName, GrantId, NotValid, Partition, PortalName, Region, RoleName};
use crate::import::{FoundChain, Source, Target};

/// As `rolecall chain list --json` has them.
pub(super) fn rows<S: Serializer>(steps: &[Step], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row<'a> {
        name: &'a ChainName,
        role_arn: &'a RoleArn,
        chained_from: String,
        external_id: Option<&'a str>,
        session_name: Option<&'a str>,
        source_identity: Option<&'a str>,
        mfa_serial: Option<&'a str>,
        duration_seconds: Option<i32>,
        region: Option<&'a Region>,
    }
    serializer.collect_seq(steps.iter().map(|step| Row {
        name: &step.name,
        role_arn: &step.role,
        chained_from: step.from.written(),
        external_id: step.external_id.as_deref(),
        session_name: step.session_name.as_deref(),
        source_identity: step.source_identity.as_deref(),
        mfa_serial: step.mfa_serial.as_deref(),
        duration_seconds: step.duration_seconds,
        region: step.region.as_ref(),
    }))
}

impl Drawing<'_> {
    pub(super) fn place_chain(
        &mut self,
        source: Source,
        found: &FoundChain,
        placed: &Placed,
    ) -> Option<GrantId> {
        let from = match &found.from {
            Target::Grant(_) => placed.grant(&found.from)?,
            Target::Chain(at) => placed.chains.get(*at)?.clone()?,
        };
        let origin = Origin::of(&from);
        let identity = (found.role.to_string(), origin.written());
        let name = match self.chains.get(&identity) {
            Some(name) => name.clone(),
            None => match self.new_step(source, found, origin, &from) {
                Ok(step) => {
                    let name = step.name.clone();
                    self.chains.insert(identity, name.clone());
                    self.plan.chains.push(step);
                    name
                }
                Err(error) => {
                    self.leave_out(source, format!("chained role {}", found.name), error.0);
                    return None;
                }
            },
        };
        let (portal, account_id) = (from.portal, found.role.account_id().clone());
        Some(GrantId { portal, account_id, role_name: RoleName::of_chain(&name) })
    }

    /// A chained role that the settings take. What AWS would refuse is not written.
    fn new_step(
        &mut self,
        source: Source,
        found: &FoundChain,
        from: Origin,
        parent: &GrantId,
    ) -> Result<Step, NotValid> {
        if self.plan.chains.len() >= MOST {
            return Err(NotValid(format!("there are more than {MOST} already")));
        }
        let taken: HashSet<String> =
            self.chains.values().map(|name| name.as_str().to_ascii_lowercase()).collect();
        let name =
            free_name(&safe_name(&found.name, "role"), |name| taken.contains(&name.to_ascii_lowercase()));
        let name = ChainName::parse(&name)?;
        let here = self.partition(&parent.portal);
        if here.is_some_and(|here| here != found.role.partition()) {
            let why =
                format!("no session reaches from {} into the partition of {}", parent.portal, found.role);
            return Err(NotValid(why));
        }
        let what = format!("chained role {}", found.name);
        if name.as_str() != found.name {
            self.assume(source, &what, format!("is called {name} here"));
        }
        if found.mfa_serial.is_some() {
            self.assume(source, &what, "asks for MFA, but AWS takes codes of devices of IAM users only");
        }
        if found.duration.is_some_and(|seconds| !(900..=3600).contains(&seconds)) {
            self.assume(source, &what, "lasts an hour: AWS gives a chained role 15 minutes to an hour");
        }
        let checked = |text: &Option<String>, check: fn(&str) -> Result<String, NotValid>| {
            text.as_deref().map(check).transpose()
        };
        let duration = found.duration.and_then(|seconds| i32::try_from(seconds).ok());
        Ok(Step {
            external_id: checked(&found.external_id, chain::external_id)?,
            session_name: checked(&found.session_name, chain::session_name)?,
            source_identity: checked(&found.source_identity, chain::source_identity)?,
            mfa_serial: checked(&found.mfa_serial, chain::mfa_serial)?,
            duration_seconds: duration.filter(|seconds| (900..=3600).contains(seconds)),
            region: found.region.clone().filter(|region| here.is_none_or(|here| here == region.partition())),
            ..Step::new(name, found.role.clone(), from)
        })
    }

    /// The part of AWS that a portal is in.
    fn partition(&self, portal: &PortalName) -> Option<Partition> {
        let planned = self.plan.portals.iter().find(|p| p.name == *portal).map(|p| &p.region);
        let region = self.settings.portal(portal).map(|p| &p.region).or(planned);
        region.map(Region::partition)
    }
}
