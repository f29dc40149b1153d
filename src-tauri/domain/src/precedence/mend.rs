//! What is wrong with a profile, and what mends it.

use serde::Serialize;

use super::{Chosen, Client, Files, Outcome, Provider, Variables, outcome};
use crate::failure::{Code, Failure};
use crate::ids::ProfileName;
use crate::inventory::Owner;
use crate::profile;
use crate::profile_file::Section;
use crate::text::line;

const PROCESS: &str = "credential_process";

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
    fn new(what: &str, mend: &str) -> Self {
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
    // Profiles that get their credentials in another way than by a command are not second-guessed.
    let by_process = section.is_some_and(|section| section.get(PROCESS).is_some());
    explanation.findings = match owner {
        None => vec![missing(name)],
        Some(Owner::Other) => disagreement(files, name, chosen).into_iter().collect(),
        Some(_) if by_process => {
            let mut findings = by_variables(&explanation);
            findings.extend(shadowed(files, name, chosen));
            findings
        }
        Some(_) => Vec::new(),
    };
    explanation
}

impl Explanation {
    /// Each family of tools with what it does.
    pub fn outcomes(&self) -> [(&'static str, &Outcome); 4] {
        [
            ("AWS CLI and boto3", &self.aws_cli),
            ("Rust", &self.rust),
            ("JavaScript", &self.javascript),
            ("Go and Terraform", &self.go),
        ]
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

/// Variables that some tool prefers to the profile.
fn by_variables(explanation: &Explanation) -> Vec<Finding> {
    let taken_by = |provider| {
        let takers = explanation.outcomes().into_iter().filter(|(_, o)| **o == Outcome::Takes(provider));
        takers.map(|(client, _)| client).collect::<Vec<_>>().join(", ")
    };
    let variables = [
        (Provider::Environment, "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"),
        (Provider::WebIdentityVariable, "unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN"),
    ];
    let mut findings = Vec::new();
    for (provider, mend) in variables {
        let takers = taken_by(provider);
        if !takers.is_empty() {
            let name = mend.split_whitespace().nth(1).unwrap_or_default();
            findings.push(Finding::new(&format!("{name} is set and wins in {takers}"), &format!("`{mend}`")));
        }
    }
    findings
}

/// What keeps a profile of ours from being what tools take, whatever the environment is.
fn shadowed(files: &Files, name: &str, chosen: Chosen) -> Vec<Finding> {
    let outcomes = without_variables(files, name, chosen);
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome != Outcome::Takes(Provider::Process))
        .map(|(client, outcome)| format!("{client}: {}", told(outcome)))
        .collect();
    let others = files.credentials.get(name).map(Section::credential_keys).unwrap_or_default();
    let mut findings = Vec::new();
    if !others.is_empty() && (!wrong.is_empty() || others.contains(&PROCESS)) {
        let section = files.credentials.get(name);
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
    let own: Vec<&str> = own.into_iter().filter(|key| *key != PROCESS).collect();
    if !own.is_empty() && !wrong.is_empty() {
        findings.push(Finding {
            keys: own.iter().map(|key| (*key).to_owned()).collect(),
            ..Finding::new(
                &format!("not every tool asks Rolecall: {}", wrong.join("; ")),
                &format!("`rolecall doctor profiles {name} --fix` takes out {}", places(section, &own)),
            )
        });
    }
    if findings.is_empty() && !wrong.is_empty() {
        findings.push(Finding::new(
            &format!("not every tool asks Rolecall: {}", wrong.join("; ")),
            "mend that by hand",
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
    let outcomes = without_variables(files, name, chosen);
    let ((_, first), rest) = outcomes.split_first()?;
    let fails = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Fails(_)));
    if !fails && rest.iter().all(|(_, outcome)| outcome == first) {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    for (client, outcome) in &outcomes {
        lines.push(format!("{client}: {}", told(outcome)));
    }
    let what = if fails { "not every tool can use it" } else { "tools take different credentials" };
    Some(Finding::new(&format!("{what}: {}", lines.join("; ")), "keep the keys of one kind of credentials"))
}

fn without_variables(files: &Files, name: &str, chosen: Chosen) -> Vec<(&'static str, Outcome)> {
    let clients = [
        ("AWS CLI and boto3", Client::Python),
        ("Rust", Client::Rust),
        ("JavaScript", Client::JavaScript),
        ("Go and Terraform", Client::Go),
    ];
    let of = |client| outcome(client, files, Variables::default(), name, chosen);
    clients.into_iter().map(|(label, client)| (label, of(client))).collect()
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
