//! Chained roles: roles that are assumed from a grant, or from another chained role, by STS AssumeRole.
//!
//! A chained role is a grant like any other. Its [`GrantId`] has the portal of the grant that everything starts
//! from, the account of the role's ARN, and as role name its own name behind a `~`, which no permission set can
//! have in its name.

mod refusal;
mod rules;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::ids::{AccountId, ChainName, GrantId, NotValid, Partition, PortalName, Region, RoleName};

pub use refusal::{Refusal, code_wanted, no_such_chain};
pub use rules::{
    MOST_TAGS, code, duration_seconds, external_id, mfa_serial, repeated_tag, session_in, session_name,
    source_identity, tag_key, tag_value,
};

/// The session's name where nothing better is known.
pub const SESSION_NAME: &str = "rolecall";

/// The ARN of a role: `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleArn {
    text: Arc<str>,
    partition: Partition,
    account_id: AccountId,
}

impl RoleArn {
    /// Checks the form and AWS's limits (STS API Reference, AssumeRole; IAM API Reference, CreateRole).
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let wrong = || {
            NotValid(format!(
                "`{}` is not a role's ARN such as arn:aws:iam::111122223333:role/Deploy",
                crate::text::line(text)
            ))
        };
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next().unwrap_or_default();
        let (arn, partition, service, region, account, resource) =
            (part(), part(), part(), part(), part(), part());
        let name =
            resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let good_name = (1..=64).contains(&name.len()) && name.chars().all(|c| rules::is_word(c, "+=,.@-"));
        let printable = text.len() <= 2048 && text.bytes().all(|b| b.is_ascii_graphic());
        if (arn, service, region) != ("arn", "iam", "") || !good_name || !printable {
            return Err(wrong());
        }
        Ok(Self {
            text: text.into(),
            partition: Partition::parse(partition)?,
            account_id: AccountId::parse(account).map_err(|_| wrong())?,
        })
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part of AWS that it belongs to.
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// The account that it is in.
    pub fn account_id(&self) -> &AccountId {
        &self.account_id
    }

    /// The role's name, without its path.
    pub fn role_name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for RoleArn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

/// Where the credentials come from that assume a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Origin {
    /// A grant of a portal.
    Grant(GrantId),
    /// Another chained role.
    Chain(ChainName),
}

impl Origin {
    /// `PORTAL/ACCOUNT ID/ROLE`, or the name of a chained role.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let Some((portal, rest)) = text.split_once('/') else {
            return Ok(Self::Chain(ChainName::parse(text)?));
        };
        let Some((account, role)) = rest.split_once('/') else {
            return Err(NotValid(format!(
                "`{}` is neither PORTAL/ACCOUNT ID/ROLE nor the name of a chained role",
                crate::text::line(text)
            )));
        };
        let grant = GrantId {
            portal: PortalName::parse(portal)?,
            account_id: AccountId::parse(account)?,
            role_name: RoleName::parse(role)?,
        };
        match name_in(&grant.role_name) {
            Some(name) => Err(NotValid(format!("a chained role goes by its name alone: `{name}`"))),
            None => Ok(Self::Grant(grant)),
        }
    }

    /// As it is written in the settings: as it is, and so not safe to show.
    pub fn written(&self) -> String {
        match self {
            Self::Grant(GrantId { portal, account_id, role_name }) => {
                format!("{portal}/{account_id}/{}", role_name.as_str())
            }
            Self::Chain(name) => name.to_string(),
        }
    }

    /// What a grant that the person chose is here.
    pub fn of(grant: &GrantId) -> Self {
        name_in(&grant.role_name).map_or_else(|| Self::Grant(grant.clone()), Self::Chain)
    }
}

/// Safe to show.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::text::line(&self.written()))
    }
}

/// One AssumeRole, as the settings have it. Limits of the texts are AWS's; see [`external_id`] and its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What the person calls it.
    pub name: ChainName,
    /// The role to become.
    pub role: RoleArn,
    /// Who becomes it.
    pub from: Origin,
    /// What the role's trust policy may ask for.
    pub external_id: Option<String>,
    /// The session's name in CloudTrail; else that of the session it starts from.
    pub session_name: Option<String>,
    /// Kept through all further steps.
    pub source_identity: Option<String>,
    /// The MFA device whose code is asked for.
    pub mfa_serial: Option<String>,
    /// How long credentials last, 900 to 3,600; AWS takes 3,600 where nothing is said.
    pub duration_seconds: Option<i32>,
    /// Where STS is asked, and what profiles have that have no region; else the portal's.
    pub region: Option<Region>,
    /// Session tags, in the order of the settings.
    pub tags: Vec<(String, String)>,
}

impl Step {
    /// One with nothing but what it needs.
    pub fn new(name: ChainName, role: RoleArn, from: Origin) -> Self {
        Self {
            name,
            role,
            from,
            external_id: None,
            session_name: None,
            source_identity: None,
            mfa_serial: None,
            duration_seconds: None,
            region: None,
            tags: Vec::new(),
        }
    }
}

/// A chained role: the grant that it starts from, and each AssumeRole in order. The last one is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    grant: GrantId,
    parent: GrantId,
    root: GrantId,
    step: Arc<Step>,
    before: Vec<Arc<Step>>,
}

impl Chain {
    /// What identifies it: portal of the root grant, account of the role's ARN, `~` and its name.
    pub fn grant(&self) -> &GrantId {
        &self.grant
    }

    /// Whose credentials assume it.
    pub fn parent(&self) -> &GrantId {
        &self.parent
    }

    /// The grant of a portal that everything starts from.
    pub fn root(&self) -> &GrantId {
        &self.root
    }

    /// Its own AssumeRole.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// Every AssumeRole from the root grant to it.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.before.iter().chain([&self.step]).map(AsRef::as_ref)
    }

    /// What the person calls it.
    pub fn name(&self) -> &ChainName {
        &self.step.name
    }

    /// What it is called besides its role name: its own name and that of the role.
    pub fn names(&self) -> [&str; 2] {
        [self.step.name.as_str(), self.step.role.role_name()]
    }

    /// What its parent is called. Untrusted.
    pub fn parent_name(&self) -> &str {
        match &self.step.from {
            Origin::Grant(grant) => grant.role_name.as_str(),
            Origin::Chain(name) => name.as_str(),
        }
    }

    /// `deploy ← Admin`, safe to show.
    pub fn label(&self) -> String {
        format!("{} ← {}", self.name(), crate::text::line(self.parent_name()))
    }

    /// Everything that decides what the credentials are. Kept ones are good only for the same.
    pub fn definition(&self) -> String {
        let steps: Vec<&Step> = self.steps().collect();
        serde_json::json!({ "root": self.root, "steps": steps }).to_string()
    }
}

/// The name of the chained role that a grant's role name speaks of, if it does.
pub fn name_in(role_name: &RoleName) -> Option<ChainName> {
    role_name.as_str().strip_prefix(RoleName::CHAIN_MARK).and_then(|name| ChainName::parse(name).ok())
}

/// The chained role with this identity.
pub fn find<'a>(chains: &'a [Chain], grant: &GrantId) -> Option<&'a Chain> {
    // Nearly all grants are none, and this is on the path of every one that is shown.
    let may_be = grant.role_name.as_str().starts_with(RoleName::CHAIN_MARK);
    chains.iter().find(|chain| may_be && chain.grant == *grant)
}

/// What is wrong with one of several steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which of them.
    pub at: usize,
    /// Which of its settings.
    pub key: &'static str,
    /// One sentence for a person.
    pub why: String,
}

/// Links steps to chains, in the same order.
pub fn resolve(steps: Vec<Step>) -> Result<Vec<Chain>, Wrong> {
    let steps: Vec<Arc<Step>> = steps.into_iter().map(Arc::new).collect();
    let mut known: HashMap<&ChainName, &Arc<Step>> = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        // Neither file names nor the Windows Credential Manager tell `deploy` from `Deploy`.
        let same = |other: &&Arc<Step>| other.name.as_str().eq_ignore_ascii_case(step.name.as_str());
        if let Some(first) = steps[..at].iter().find(same) {
            let why = format!("there is a chained role `{}` already", first.name);
            return Err(Wrong { at, key: "name", why });
        }
        known.insert(&step.name, step);
    }
    let link = |(at, step): (usize, &Arc<Step>)| {
        let wrong = |why| Wrong { at, key: "from", why };
        let (root, before) = ancestors(step, &known).map_err(wrong)?;
        let own = |step: &Step| GrantId {
            portal: root.portal.clone(),
            account_id: step.role.account_id.clone(),
            role_name: RoleName::of_chain(&step.name),
        };
        let parent = before.last().map_or_else(|| root.clone(), |step| own(step));
        Ok(Chain { grant: own(step), parent, root, step: Arc::clone(step), before })
    };
    steps.iter().enumerate().map(link).collect()
}

/// The grant that a step starts from in the end, and the steps between.
fn ancestors(
    step: &Arc<Step>,
    known: &HashMap<&ChainName, &Arc<Step>>,
) -> Result<(GrantId, Vec<Arc<Step>>), String> {
    let mut before: Vec<Arc<Step>> = Vec::new();
    let mut at = step;
    loop {
        let name = match &at.from {
            Origin::Grant(root) => {
                before.reverse();
                return Ok((root.clone(), before));
            }
            Origin::Chain(name) => name,
        };
        let next = known.get(name).ok_or_else(|| {
            format!("there is no chained role `{name}`; a grant is written PORTAL/ACCOUNT ID/ROLE")
        })?;
        before.push(Arc::clone(next));
        if next.name == step.name || before.iter().filter(|known| known.name == next.name).count() > 1 {
            let way = std::iter::once(step).chain(&before).map(|step| step.name.as_str());
            return Err(format!("it goes round in a circle: {}", way.collect::<Vec<_>>().join(" ← ")));
        }
        at = next;
    }
}

#[cfg(test)]
mod tests;
