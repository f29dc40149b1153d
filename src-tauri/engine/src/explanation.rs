//! Which credentials AWS tools take, on this computer and in this shell.

use domain::failure::Failure;
use domain::precedence::{Chosen, Explanation, Files, Variables, explain, mended};
use domain::profile;
use domain::profile_file::FileKind;

use crate::{Engine, files};

impl Engine {
    /// Says of every profile of both files, or of the one that is named, what each family of tools does with it.
    pub fn explain_profiles(&self, name: Option<&str>) -> Result<Vec<Explanation>, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        let credentials = files::read_theirs(self.folders.aws_credentials_path())?.unwrap_or_default();
        let config = profile::read_config(&config)?;
        let credentials = profile::read(&credentials, FileKind::Credentials, "the AWS credentials file")?;
        let files = Files::of(&config, Some(&credentials));
        let variables =
            Variables::of(|name| self.environment.text(name).is_some(), |name| self.environment.flag(name));
        let explained = |name: &str| explain(&files, variables, name, self.chosen(name));
        Ok(match name {
            Some(name) => vec![explained(name)],
            None => files.names().iter().map(|name| explained(name)).collect(),
        })
    }

    /// The default profile is the one that is meant where no variable names another.
    fn chosen(&self, name: &str) -> Chosen {
        let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].iter().any(|v| self.environment.text(v).is_some());
        if name == "default" && !named { Chosen::ByDefault } else { Chosen::ByVariable }
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
