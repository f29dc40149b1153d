//! A profile for one shell: made if it is missing, and never pointed elsewhere, because other shells may use it.

use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName, Region};
use domain::naming::Parts;
use domain::profile::{self, Mode, OurProfile};
use domain::profile_file::ConfigFile;
use domain::prompt::Label;
use domain::shell::{Target, VARIABLES};

use crate::profiles::SwitchRequest;
use crate::{Engine, clock, files, prompt};

/// A profile that a shell can use.
#[derive(Debug, Clone)]
pub struct ShellProfile {
    /// What the shell should be set to.
    pub target: Target,
    /// Where the profile points, if it is ours.
    pub label: Option<Label>,
    /// What may keep it from working.
    pub warnings: Vec<String>,
}

impl Engine {
    /// The profile of this name, whoever wrote it. `None`: there is none.
    pub fn profile_for_shell(
        &self,
        name: &ProfileName,
        region: Option<&Region>,
    ) -> Result<Option<ShellProfile>, Failure> {
        let config = self.read_aws_config()?;
        let Some(section) = config.profile(name.as_str()) else { return Ok(None) };
        let of_profile = section.setting("region").and_then(|s| Region::parse(s.without_comment()).ok());
        let target = Target { profile: name.clone(), region: region.cloned().or(of_profile) };
        let ours = profile::our_profile(&config, name).and_then(|ours| ours.for_tools(clock::now()));
        if let Some(ours) = &ours {
            self.note_use(&ours.grant);
        }
        let label = ours.map(|ours| prompt::label(&self.folders, &ours.grant));
        Ok(Some(ShellProfile { target, label, warnings: Vec::new() }))
    }

    /// A profile of ours that points at the grant, named by the settings' template. It is made if it is missing. A
    /// name that is taken by something else gets the account's id behind it. The region is the shell's, and the
    /// profile's only where its name tells it.
    pub fn grant_for_shell(
        &self,
        grant: &GrantId,
        account_name: &str,
        region: Option<&Region>,
    ) -> Result<ShellProfile, Failure> {
        let portal = self.settings.portal_or_only(Some(&grant.portal))?;
        let usual = self.settings.default_region.as_ref().unwrap_or(&portal.region);
        let named = region.filter(|_| self.settings.profile_name.has_region()).unwrap_or(usual);
        let parts = Parts {
            portal: &grant.portal,
            account_id: &grant.account_id,
            account_name,
            role_name: &grant.role_name,
            region: Some(named),
        };
        // Two shells at once must not take the same name for two grants.
        let _lock = self.lock("shell-profiles")?;
        let config = self.read_aws_config()?;
        let name = free_name(&config, &self.settings.profile_name.name(&parts), grant)?;
        if let Some(known) = self.profile_for_shell(&name, region)?.filter(|known| known.label.is_some()) {
            let region = known.target.region.or_else(|| Some(usual.clone()));
            return Ok(ShellProfile { target: Target { region, ..known.target }, ..known });
        }
        // What is set in the shell now will not be in a moment.
        let mut environment = self.environment.clone();
        for variable in VARIABLES {
            environment = environment.with(variable, "");
        }
        let request = SwitchRequest {
            profile: Some(name.clone()),
            region: Some(named.clone()),
            mode: Some(Mode::Process),
            ..SwitchRequest::new(grant.clone())
        };
        let done = Self { environment, ..self.clone() }.switch(&request)?;
        let region = region.cloned().or_else(|| Region::parse(&done.region).ok());
        let target = Target { profile: name, region };
        let label = Some(prompt::label(&self.folders, grant));
        Ok(ShellProfile { target, label, warnings: done.warnings })
    }

    /// The shell is set either way; a list of past uses that can't be written is no reason to say otherwise.
    fn note_use(&self, grant: &GrantId) {
        let _ = self.change_usage(|usage| usage.record(grant, clock::now()));
    }

    fn read_aws_config(&self) -> Result<ConfigFile, Failure> {
        profile::read_config(&files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default())
    }
}

fn free_name(config: &ConfigFile, name: &ProfileName, grant: &GrantId) -> Result<ProfileName, Failure> {
    let with_id = ProfileName::parse(&format!("{name}-{}", grant.account_id)).ok();
    let mut names = [Some(name.clone()), with_id].into_iter().flatten();
    let fits = |name: &ProfileName| {
        let points_there = |ours: OurProfile| ours.grant == *grant;
        match config.profile(name.as_str()) {
            None => true,
            Some(section) if section.settings().is_empty() => true,
            Some(_) => {
                let ours = profile::our_profile(config, name);
                ours.and_then(|ours| ours.for_tools(clock::now())).is_some_and(points_there)
            }
        }
    };
    names.find(fits).ok_or_else(|| {
        Failure::new(
            Code::FileRefused,
            format!("the profiles {name} and {name}-{} are something else already", grant.account_id),
            "choose other names with `profile_name` in settings.toml, or rename those profiles; nothing was changed",
        )
    })
}
