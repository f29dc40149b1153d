//! What is wrong with a profile, and what mends it.

use serde::Serialize;

use super::{Chosen, Client, Files, Outcome, Provider, Variables, outcome, read};
use crate::failure::{Code, Failure};
use crate::ids::ProfileName;
use crate::inventory::Owner;
use crate::profile::{self, Mode, OurProfile};
use crate::profile_file::Section;
use crate::text::line;

/// What every tool does with a profile. Its JSON form is part of the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The profile; untrusted.
    pub profile: String,
    /// Whose it is; nothing if there is no such profile.
    pub owner: Option<Owner>,
    /// AWS CLI and boto3, where `AWS_PROFILE` names it.
    pub aws_cli: Outcome,
    /// AWS CLI and boto3, where the call names it (`--profile`).
    pub aws_cli_named: Outcome,
    /// The Rust SDK.
    pub rust: Outcome,
    /// The JavaScript SDK, version 3.
    pub javascript: Outcome,
    /// The Go SDK, version 2; Terraform.
    pub go: Outcome,
    /// What should be mended.
    pub findings: Vec<Finding>,
}

/// Something to mend. Safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What is wrong.
    pub what: String,
    /// What mends it.
    pub mend: String,
    /// Keys of the config file that can be taken out to mend it.
    pub keys: Vec<String>,
}

impl Finding {
    pub(super) fn new(what: &str, mend: &str) -> Self {
        Self { what: line(what).into_owned(), mend: line(mend).into_owned(), keys: Vec::new() }
    }
}

/// Says what every tool does with a profile.
pub fn explain(files: &Files, variables: Variables, name: &str, chosen: Chosen) -> Explanation {
    let section = files.config.get(name);
    let ours = section.and_then(profile::ours);
    let owner = match &ours {
        Some(ours) if ours.generated => Some(Owner::Generated),
        Some(_) => Some(Owner::Switched),
        None if section.is_some() || files.credentials.contains_key(name) => Some(Owner::Other),
        None => None,
    };
    let of = |client| outcome(client, files, variables, name, chosen);
    let mut explanation = Explanation {
        profile: name.to_owned(),
        owner,
        aws_cli: of(Client::Python),
        aws_cli_named: outcome(Client::Python, files, variables, name, Chosen::ByCall),
        rust: of(Client::Rust),
        javascript: of(Client::JavaScript),
        go: of(Client::Go),
        findings: Vec::new(),
    };
    explanation.findings = match &ours {
        None if owner.is_none() => vec![missing(name)],
        None => disagreement(files, name, chosen).into_iter().collect(),
        Some(ours) => {
            let mut findings = by_variables(files, variables, name, chosen);
            findings.extend(shadowed(files, variables, ours, chosen));
            findings
        }
    };
    explanation
}

impl Explanation {
    /// Each family of tools with what it does.
    pub fn outcomes(&self) -> [(&'static str, &Outcome); 4] {
        let of = |client| match client {
            Client::Python => &self.aws_cli,
            Client::Rust => &self.rust,
            Client::JavaScript => &self.javascript,
            Client::Go => &self.go,
        };
        Client::ALL.map(|client| (client.describe(), of(client)))
    }

    /// Whether Rolecall wrote the profile.
    pub fn is_ours(&self) -> bool {
        self.owner.is_some_and(|owner| owner != Owner::Other)
    }

    /// Whether a profile of ours is not what it should be, or the profile is not there.
    pub fn is_bad(&self) -> bool {
        !self.findings.is_empty() && self.owner != Some(Owner::Other)
    }
}

fn missing(name: &str) -> Finding {
    Finding::new(
        &format!("there is no profile {name}: the AWS CLI and boto3 stop, the others go on without it"),
        &format!("`rolecall switch GRANT --profile {name}`, or name one of `rolecall profiles list`"),
    )
}

/// Why tools refuse one of the files as a whole, each reason once: none of them is a profile's.
pub fn refusals(files: &Files) -> Vec<Finding> {
    let finding = |(which, finding, clients): (&str, _, Vec<Client>)| {
        let clients: Vec<&str> = clients.into_iter().map(Client::describe).collect();
        Finding::new(
            &format!("the whole {which} file is refused by {}: {finding}", clients.join(", ")),
            "mend that line by hand",
        )
    };
    files.refusals().map(finding).collect()
}

/// Variables that some tool prefers to the profile, or stops at.
pub(super) fn by_variables(files: &Files, variables: Variables, name: &str, chosen: Chosen) -> Vec<Finding> {
    let mut told: Vec<(Outcome, Vec<&str>)> = Vec::new();
    for client in Client::ALL {
        let view = files.lenient_view(client);
        let outcome = read(&view, variables, name, chosen);
        if outcome == read(&view, variables.around(), name, chosen) {
            continue;
        }
        match told.iter_mut().find(|(other, _)| *other == outcome) {
            Some((_, clients)) => clients.push(client.describe()),
            None => told.push((outcome, vec![client.describe()])),
        }
    }
    let finding = |(outcome, clients): (Outcome, Vec<&str>)| {
        let clients = clients.join(", ");
        let (what, unset) = match outcome {
            Outcome::Takes(Provider::WebIdentityVariable) => (
                format!("AWS_WEB_IDENTITY_TOKEN_FILE is set and wins in {clients}"),
                "AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN".to_owned(),
            ),
            Outcome::Fails(reason) => {
                let variable = reason.split(' ').next().unwrap_or_default().to_owned();
                (format!("{reason}, and {clients} stop at that"), variable)
            }
            Outcome::Takes(_) | Outcome::Nothing => (
                format!("AWS_ACCESS_KEY_ID is set and wins in {clients}"),
                "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN".to_owned(),
            ),
        };
        Finding::new(&what, &format!("`unset {unset}`"))
    };
    told.into_iter().map(finding).collect()
}

/// What keeps a profile of ours from being what tools take, whatever would win in the environment.
fn shadowed(files: &Files, variables: Variables, ours: &OurProfile, chosen: Chosen) -> Vec<Finding> {
    let (name, mode) = (ours.name.as_str(), ours.mode);
    let outcomes = outcomes(files, variables.around(), name, chosen);
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome != Outcome::Takes(mode.into()))
        .map(|(client, outcome)| format!("{client}: {}", told(outcome)))
        .collect();
    let wrong_for = format!("not every tool uses the switch: {}", wrong.join("; "));
    let section = files.credentials.get(name);
    let others = section.map(|section| profile::winning_keys(section, mode)).unwrap_or_default();
    let mut findings = Vec::new();
    // Keys that are not ours are not what a switch to keys means, and a command is not asked by all alike.
    let is_other = mode == Mode::Keys || others.contains(&profile::PROCESS);
    if !others.is_empty() && (!wrong.is_empty() || is_other) {
        findings.push(Finding::new(
            &format!(
                "[{name}] in the credentials file holds {}, which win over the config",
                others.join(", ")
            ),
            &format!("take {} out of the credentials file, or rename that section", places(section, &others)),
        ));
    }
    let section = files.config.get(name);
    let own: Vec<&str> = section.map(Section::credential_keys).unwrap_or_default();
    let own: Vec<&str> = own.into_iter().filter(|key| !mode.keys().contains(key)).collect();
    if !own.is_empty() && !wrong.is_empty() {
        findings.push(Finding {
            keys: own.iter().map(|key| (*key).to_owned()).collect(),
            ..Finding::new(
                &wrong_for,
                &format!("`rolecall doctor profiles {name} --fix` takes out {}", places(section, &own)),
            )
        });
    }
    if findings.is_empty() && mode == Mode::Endpoint && !variables.endpoint {
        let what = if variables.container {
            "the variables of containers lead elsewhere than to Rolecall's endpoint"
        } else {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is not set here, and without it no tool finds the endpoint"
        };
        findings.push(Finding::new(what, &format!("`rolecall endpoint env --profile {name}`")));
    }
    if findings.is_empty() && !wrong.is_empty() {
        findings.push(Finding::new(
            &wrong_for,
            &format!("`rolecall switch GRANT --profile {name}` writes it anew; or mend that by hand"),
        ));
    }
    findings
}

/// Such as `line 3 (role_arn), line 4 (source_profile)`.
fn places(section: Option<&Section>, keys: &[&str]) -> String {
    let place = |key: &&str| match section.and_then(|section| section.setting(key)) {
        Some(setting) => format!("line {} ({key})", setting.line),
        None => (*key).to_owned(),
    };
    keys.iter().map(place).collect::<Vec<_>>().join(", ")
}

/// Somebody else's profile that tools read differently, or that fails.
fn disagreement(files: &Files, name: &str, chosen: Chosen) -> Option<Finding> {
    let outcomes = outcomes(files, Variables::default(), name, chosen);
    let ((_, first), rest) = outcomes.split_first()?;
    let fails = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Fails(_)));
    if !fails && rest.iter().all(|(_, outcome)| outcome == first) {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    for (client, outcome) in &outcomes {
        lines.push(format!("{client}: {}", told(outcome)));
    }
    let (what, mend) = if fails {
        ("not every tool can use it", "complete what is there, or take it out")
    } else {
        ("tools take different credentials", "keep the keys of one kind of credentials")
    };
    Some(Finding::new(&format!("{what}: {}", lines.join("; ")), mend))
}

/// What each family of tools does, if it does not refuse the files as a whole.
fn outcomes(files: &Files, variables: Variables, name: &str, chosen: Chosen) -> [(&'static str, Outcome); 4] {
    let of = |client| read(&files.lenient_view(client), variables, name, chosen);
    Client::ALL.map(|client| (client.describe(), of(client)))
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Takes(provider) => provider.describe().to_owned(),
        Outcome::Fails(reason) => reason.clone(),
        Outcome::Nothing => "nothing".to_owned(),
    }
}

/// The config without keys that win over ours, profile by profile.
fn without_keys(config: &[u8], keys: &[(ProfileName, Vec<String>)]) -> Result<Vec<u8>, Failure> {
    let mut file = profile::read_config(config)?;
    for (name, keys) in keys {
        let changes: Vec<(&str, Option<&str>)> = keys.iter().map(|key| (key.as_str(), None)).collect();
        file.set_profile(name.as_str(), &changes).map_err(|error| {
            Failure::new(
                Code::FileRefused,
                format!("the profile {name} can't be mended safely: {error}"),
                "nothing was changed: mend the line by hand",
            )
        })?;
    }
    Ok(file.to_bytes())
}

/// The config with what can be mended safely: of profiles of ours, keys of the config file that would win. Nothing of
/// the credentials file, which holds keys that may be nowhere else.
pub fn mended(config: &[u8], explanations: &[Explanation]) -> Result<Vec<u8>, Failure> {
    let mut keys = Vec::new();
    for explanation in explanations {
        let of_it: Vec<String> = explanation.findings.iter().flat_map(|f| f.keys.iter().cloned()).collect();
        if let (Ok(name), false) = (ProfileName::parse(&explanation.profile), of_it.is_empty()) {
            keys.push((name, of_it));
        }
    }
    without_keys(config, &keys)
}
