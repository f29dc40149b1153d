//! Profiles in bulk: a profile for every grant, what there is, and what goes.

use std::path::PathBuf;

use domain::catalogue::Catalogue;
use domain::difference;
use domain::failure::{Code, Failure};
use domain::generate::{self, Plan, Request, Scope};
use domain::ids::{PortalName, ProfileName, Region};
use domain::inventory::{self, Entry};
use domain::naming::Template;
use domain::profile;

use crate::{Engine, clock, files};

/// Which profiles are wanted.
#[derive(Debug, Clone)]
pub struct SyncRequest {
    /// Of this portal alone.
    pub portal: Option<PortalName>,
    /// Of the grants that these words find.
    pub words: String,
    /// What they are called, if not as the settings say.
    pub template: Option<Template>,
    /// One for each.
    pub regions: Vec<Region>,
    /// Whether those go whose grants are gone.
    pub prune: bool,
}

/// What would be written, and to what.
#[derive(Debug, Clone)]
pub struct SyncPlan {
    /// Profile by profile.
    pub plan: Plan,
    /// The AWS config.
    pub path: PathBuf,
    before: Option<Vec<u8>>,
}

impl SyncPlan {
    /// The changed lines, as `diff` shows them. Safe to print.
    pub fn difference(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        difference::between(&text(self.before.as_deref().unwrap_or_default()), &text(&self.plan.config))
    }

    /// What may keep AWS tools from reading any profile, as a switch warns of it. Lines are counted in the config as
    /// it is then: what is planned can move them.
    pub fn warnings(&self, written: bool) -> Vec<String> {
        let before = self.before.as_deref().unwrap_or_default();
        let config = profile::read_config(if written { &self.plan.config } else { before });
        config.map(|file| profile::unreadable_for_some(&file)).unwrap_or_default()
    }
}

impl Engine {
    /// Says which profiles would be written for these catalogues. Changes nothing.
    pub fn plan_profiles(
        &self,
        request: &SyncRequest,
        catalogues: &[Catalogue],
    ) -> Result<SyncPlan, Failure> {
        if let Some(portal) = &request.portal {
            self.settings.portal_or_only(Some(portal))?;
        }
        let path = self.folders.aws_config_path();
        let before = files::read_theirs(path)?;
        let credentials = files::read_theirs(self.folders.aws_credentials_path())?;
        let plan = generate::plan(&Request {
            config: before.as_deref().unwrap_or_default(),
            credentials: credentials.as_deref(),
            catalogues,
            scope: Scope { portal: request.portal.as_ref(), words: &request.words },
            template: request.template.as_ref().unwrap_or(&self.settings.profile_name),
            regions: &request.regions,
            settings: &self.settings,
            program: &self.program_text()?,
            prune: request.prune,
        })?;
        Ok(SyncPlan { plan, path: path.to_owned(), before })
    }

    /// Writes what was planned, if the file is still what it was.
    pub fn write_profiles(&self, planned: &SyncPlan) -> Result<(), Failure> {
        let what = format!("the change of {} profiles", planned.plan.writes());
        self.write_config(planned.before.as_deref(), &planned.plan.config, what)
    }

    /// Every profile of the AWS config.
    pub fn inventory(&self, catalogues: &[Catalogue]) -> Result<Vec<Entry>, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        Ok(inventory::of(&profile::read_config(&config)?, catalogues, clock::now()))
    }

    /// Takes profiles out of the AWS config; all of them must be ours.
    pub fn remove_profiles(&self, names: &[ProfileName]) -> Result<(), Failure> {
        let before = files::read_theirs(self.folders.aws_config_path())?;
        let after = inventory::without(before.as_deref().unwrap_or_default(), names)?;
        self.write_config(before.as_deref(), &after, format!("the removal of {} profiles", names.len()))
    }

    pub(crate) fn write_config(
        &self,
        before: Option<&[u8]>,
        after: &[u8],
        what: String,
    ) -> Result<(), Failure> {
        let path = self.folders.aws_config_path();
        let _lock = self.lock("aws-config")?;
        if before == Some(after) {
            return Ok(());
        }
        let keyed = self.keyed_profiles()?;
        files::replace_theirs(path, before, after, clock::now())?;
        self.keys_were_undone(&keyed)?;
        self.keep_undo(what, path, before, after).map(drop).map_err(|failure| {
            let what = format!("{} was written, but what takes it back could not be kept", path.display());
            Failure::new(failure.code, what, &failure.hint).with_detail(&failure)
        })
    }

    pub(crate) fn program_text(&self) -> Result<String, Failure> {
        self.program()?.into_os_string().into_string().map_err(|_| {
            let hint = "move the program to a folder with a plain name";
            Failure::new(Code::FileRefused, "the program's own path is not Unicode text", hint)
        })
    }
}
