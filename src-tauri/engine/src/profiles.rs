//! Switching: AWS profiles on disk.

use std::path::PathBuf;

use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName, Region};
use domain::profile::{self, OurProfile, Switch, environment_warnings};

use crate::{Engine, clock, files};

/// A switch as it is asked for.
#[derive(Debug, Clone)]
pub struct SwitchRequest {
    /// The profile; the one of the settings if none is named.
    pub profile: Option<ProfileName>,
    /// Where it should point.
    pub grant: GrantId,
    /// The region, if one is named.
    pub region: Option<Region>,
    /// Take over a profile that is somebody else's.
    pub force: bool,
}

/// What a switch did.
#[derive(Debug, Clone)]
pub struct SwitchResult {
    /// The profile.
    pub profile: ProfileName,
    /// The file that was changed.
    pub path: PathBuf,
    /// Whether anything had to be changed.
    pub changed: bool,
    /// The region of the profile.
    pub region: String,
    /// Keys of somebody else's that were taken out.
    pub removed: Vec<String>,
    /// What may keep the switch from working.
    pub warnings: Vec<String>,
    /// What takes it back, if anything was changed.
    pub undo: Option<Undo>,
}

/// What a switch replaced, byte for byte.
#[derive(Debug, Clone)]
pub struct Undo {
    path: PathBuf,
    before: Option<Vec<u8>>,
    after: Vec<u8>,
}

impl Engine {
    /// Points a profile at a grant.
    pub fn switch(&self, request: &SwitchRequest) -> Result<SwitchResult, Failure> {
        let portal = self.settings.portal_or_only(Some(&request.grant.portal))?;
        let profile = request.profile.as_ref().unwrap_or(&self.settings.default_profile);
        let program = self.program()?;
        let program = program.to_str().ok_or_else(|| {
            let hint = "move the program to a folder with a plain name";
            Failure::new(Code::FileRefused, "the program's own path is not Unicode text", hint)
        })?;
        let path = self.folders.aws_config_path();
        let _lock = self.lock("aws-config")?;
        let before = files::read_theirs(path)?;
        let credentials = files::read_theirs(self.folders.aws_credentials_path())?;
        let switch = Switch {
            profile,
            grant: &request.grant,
            region: request.region.as_ref(),
            fallback_region: self.settings.default_region.as_ref().unwrap_or(&portal.region),
            program,
            force: request.force,
        };
        let mut switched =
            profile::switch(before.as_deref().unwrap_or_default(), credentials.as_deref(), &switch)?;
        let changed = before.as_deref() != Some(&*switched.config);
        if changed {
            files::replace_theirs(path, before.as_deref(), &switched.config, clock::now())?;
        }
        // The switch is done; a list of past uses that can't be written is no reason to say otherwise.
        let noted = self.change_usage(|usage| usage.record(&request.grant, clock::now()));
        switched.warnings.extend(noted.err().map(|failure| failure.to_string()));
        switched.warnings.extend(environment_warnings(profile, |name| self.environment.text(name)));
        let undo = changed.then(|| Undo { path: path.to_owned(), before, after: switched.config.clone() });
        Ok(SwitchResult {
            undo,
            profile: profile.clone(),
            path: path.to_owned(),
            changed,
            region: switched.region,
            removed: switched.removed,
            warnings: switched.warnings,
        })
    }

    /// Takes a switch back: the file gets its old bytes, unless it was changed since.
    pub fn undo_switch(&self, undo: &Undo) -> Result<(), Failure> {
        let _lock = self.lock("aws-config")?;
        if files::read_theirs(&undo.path)?.as_deref() != Some(&*undo.after) {
            return Err(Failure::new(
                Code::FileRefused,
                format!("{} was changed since the switch", undo.path.display()),
                "switch back instead; nothing was written",
            ));
        }
        match &undo.before {
            Some(before) => files::replace_theirs(&undo.path, Some(&undo.after), before, clock::now()),
            None => files::remove(&undo.path),
        }
    }

    /// The path of the command line program to write into profiles. As it is found on the `PATH`, if it is:
    /// package managers put a link there that outlives the version it points at.
    pub fn program(&self) -> Result<PathBuf, Failure> {
        let own = std::env::current_exe().map_err(|error| {
            Failure::new(Code::Failed, "the program does not know its own path", "start it by its full path")
                .with_detail(error)
        })?;
        let own = own.with_file_name(format!("rolecall{}", std::env::consts::EXE_SUFFIX));
        let is_own = |path: &PathBuf| match (path.canonicalize(), own.canonicalize()) {
            (Ok(path), Ok(own)) => path == own,
            _ => false,
        };
        let dirs = self.environment.paths("PATH").into_iter().filter(|dir| dir.is_absolute());
        let found = own.file_name().and_then(|name| dirs.map(|dir| dir.join(name)).find(is_own));
        Ok(found.unwrap_or(own))
    }

    /// Every profile that Rolecall wrote.
    pub fn our_profiles(&self) -> Result<Vec<OurProfile>, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        Ok(profile::our_profiles(&profile::read_config(&config)?))
    }

    /// The profile of this name, if Rolecall wrote it.
    pub fn our_profile(&self, name: &ProfileName) -> Result<OurProfile, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        profile::our_profile(&profile::read_config(&config)?, name).ok_or_else(|| {
            Failure::new(
                Code::NoSingleMatch,
                format!("the profile {name} was not written by Rolecall"),
                format!("run `rolecall switch GRANT --profile {name}`"),
            )
        })
    }

    /// The portals that the AWS config speaks of: name to suggest, start URL, region.
    pub fn portals_in_aws_config(&self) -> Result<Vec<(String, String, String)>, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        Ok(profile::portals_in(&profile::read_config(&config)?))
    }
}
