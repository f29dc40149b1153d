//! Which credentials AWS tools take, on this computer and in this shell.

use domain::failure::{Code, Failure};
use domain::ids::ProfileName;
use domain::precedence::{
    Chosen, Explanation, Files, Finding, Variables, explain, mended, named, named_apart, refusals,
};
use domain::profile;

use crate::{Engine, agent, files};

/// What tools do, profile by profile.
#[derive(Debug, Clone)]
pub struct Explained {
    /// What is wrong with the files as a whole, or with the shell, whatever the profile.
    pub findings: Vec<Finding>,
    /// Each profile.
    pub profiles: Vec<Explanation>,
}

impl Engine {
    /// Says of every profile of both files, or of the one that is named, what each family of tools does with it.
    pub fn explain_profiles(&self, name: Option<&str>) -> Result<Explained, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        let credentials = files::read_theirs(self.folders.aws_credentials_path())?.unwrap_or_default();
        let config = profile::read_config(&config)?;
        let credentials = profile::read_credentials(&credentials)?;
        let files = Files::of(&config, Some(&credentials));
        let variables = self.variables();
        let is_any_named = self.named_profile().is_some();
        let explained = |name: &str| explain(&files, variables, name, Chosen::of(name, is_any_named));
        let mut findings = refusals(&files);
        findings.extend(named_apart(|name| self.environment.text(name)));
        let profiles = match name {
            Some(name) => vec![explained(name)],
            None => files.names().iter().map(|name| explained(name)).collect(),
        };
        Ok(Explained { findings, profiles })
    }

    pub(crate) fn variables(&self) -> Variables {
        let endpoint = agent::last_url(&self.folders);
        Variables::of(|name| self.environment.text(name), endpoint.as_deref())
    }

    /// The profile that a variable names; the first one that tools look at.
    pub(crate) fn named_profile(&self) -> Option<&str> {
        named(|name| self.environment.text(name)).next().map(|(_, named)| named)
    }

    /// The profile that AWS tools use in this environment, or the one that `switch` writes where none is named.
    pub fn profile_in_use(&self) -> Result<ProfileName, Failure> {
        if let Some(finding) = named_apart(|name| self.environment.text(name)) {
            return Err(Failure::new(Code::NoSingleMatch, finding.what, finding.mend));
        }
        let Some(named) = self.named_profile() else { return Ok(self.settings.default_profile.clone()) };
        ProfileName::parse(named).map_err(|error| {
            let hint = "set AWS_PROFILE to a profile, or unset it";
            Failure::new(Code::NoSingleMatch, format!("AWS_PROFILE is `{named}`: {error}"), hint)
        })
    }

    /// Takes what would win over profiles of ours out of the config; how many profiles were mended.
    pub fn mend_profiles(&self, explanations: &[Explanation]) -> Result<usize, Failure> {
        let fixable = |e: &&Explanation| e.findings.iter().any(|finding| !finding.keys.is_empty());
        let count = explanations.iter().filter(fixable).count();
        let before = files::read_theirs(self.folders.aws_config_path())?;
        let after = mended(before.as_deref().unwrap_or_default(), explanations)?;
        if count > 0 {
            self.write_config(before.as_deref(), &after, format!("the mending of {count} profiles"))?;
        }
        Ok(count)
    }
}
