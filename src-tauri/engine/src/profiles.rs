//! Switching: AWS profiles on disk.

use std::path::PathBuf;

use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName, Region};
use domain::profile::{self, Delivery, Mode, OurProfile, Switch};
use domain::time::after;
use domain::vend::Credentials;
use jiff::{SignedDuration, Timestamp};

use crate::folders::Folders;
use crate::{Engine, Undo, clock, files};

/// A switch as it is asked for.
#[derive(Debug, Clone)]
pub struct SwitchRequest {
    /// The profile; the one of the settings if none is named.
    pub profile: Option<ProfileName>,
    /// Where it should point.
    pub grant: GrantId,
    /// The region, if one is named.
    pub region: Option<Region>,
    /// How the profile gets credentials; as it did before, or the usual way, if none is named.
    pub mode: Option<Mode>,
    /// What the mode `keys` writes.
    pub keys: Option<Credentials>,
    /// How long it points there before it goes back by itself; for good if none is named.
    pub lease: Option<SignedDuration>,
    /// Take over a profile that is somebody else's.
    pub force: bool,
}

impl SwitchRequest {
    /// A switch for good, with nothing chosen.
    pub fn new(grant: GrantId) -> Self {
        Self { profile: None, grant, region: None, mode: None, keys: None, lease: None, force: false }
    }
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
    /// How it gets credentials.
    pub mode: Mode,
    /// When it goes back by itself.
    pub until: Option<Timestamp>,
    /// Keys of somebody else's that were taken out.
    pub removed: Vec<String>,
    /// What may keep the switch from working.
    pub warnings: Vec<String>,
    /// What takes it back, if anything was changed.
    pub undo: Option<Undo>,
}

fn not_by_sso() -> Failure {
    Failure::new(
        Code::Usage,
        "a chained role can't be had by the AWS CLI's session alone",
        "use `--mode process`, `keys` or `endpoint`",
    )
}

fn keyless() -> Failure {
    Failure::new(Code::Failed, "the mode `keys` writes keys, and there are none", "please report this")
}

impl Engine {
    /// Points a profile at a grant.
    pub fn switch(&self, request: &SwitchRequest) -> Result<SwitchResult, Failure> {
        let portal = self.settings.portal_or_only(Some(&request.grant.portal))?;
        let profile = request.profile.as_ref().unwrap_or(&self.settings.default_profile);
        let mode = self.mode_for(profile, request.mode);
        let program = if mode == Mode::Process { self.program_text()? } else { String::new() };
        let delivery = match mode {
            Mode::Process => Delivery::Process(&program),
            Mode::Sso if self.settings.chain(&request.grant).is_some() => return Err(not_by_sso()),
            Mode::Sso => Delivery::Sso(portal),
            Mode::Keys => Delivery::Keys(Some(request.keys.as_ref().ok_or_else(keyless)?)),
            Mode::Endpoint => Delivery::Endpoint,
        };
        let now = clock::now();
        let until = request.lease.map(|lease| after(now, lease));
        let path = self.folders.aws_config_path();
        let _portal = if mode == Mode::Keys { Some(self.lock_signed_in(&request.grant)?) } else { None };
        let _lock = self.lock("aws-config")?;
        let before = files::read_theirs(path)?;
        let credentials = files::read_theirs(self.folders.aws_credentials_path())?;
        let switch = Switch {
            profile,
            grant: &request.grant,
            region: request.region.as_ref(),
            fallback_region: self.settings.usual_region(&request.grant).unwrap_or(&portal.region),
            delivery,
            until,
            force: request.force,
        };
        let mut switched =
            profile::switch(before.as_deref().unwrap_or_default(), credentials.as_deref(), &switch)?;
        let changed = before.as_deref() != Some(&*switched.config);
        // Keys first: a profile that points at them must find them.
        let keys = switched.credentials.as_deref().filter(|after| credentials.as_deref() != Some(after));
        if let Some(after) = keys {
            self.replace_credentials(credentials.as_deref(), after)?;
        }
        if changed && let Err(failure) = files::replace_theirs(path, before.as_deref(), &switched.config, now)
        {
            // Without the config they would be keys that nobody has asked for.
            if let Some(after) = keys {
                self.replace_credentials(Some(after), credentials.as_deref().unwrap_or_default())?;
            }
            return Err(failure);
        }
        // The switch is done; a list of past uses that can't be written is no reason to say otherwise.
        let noted = self.change_usage(|usage| usage.record(&request.grant, clock::now()));
        switched.warnings.extend(noted.err().map(|failure| failure.to_string()));
        switched.warnings.extend(self.mode_warnings(mode, &request.grant, portal, until));
        let credentials = switched.credentials.as_deref().or(credentials.as_deref());
        switched.warnings.extend(self.environment_warnings(profile, &switched, credentials));
        let undo = changed.then(|| {
            self.keep_undo(format!("the switch of {profile}"), path, before.as_deref(), &switched.config)
        });
        let undo =
            undo.and_then(|kept| kept.map_err(|failure| switched.warnings.push(failure.to_string())).ok());
        Ok(SwitchResult {
            undo,
            profile: profile.clone(),
            path: path.to_owned(),
            changed,
            region: switched.region,
            mode,
            until,
            removed: switched.removed,
            warnings: switched.warnings,
        })
    }

    /// The mode of a switch: the one asked for, else the profile's. That of a lease does not outlive it.
    pub fn mode_for(&self, profile: &ProfileName, asked: Option<Mode>) -> Mode {
        let there = || self.our_profiles_as_written().ok()?.into_iter().find(|ours| ours.name == *profile);
        asked.or_else(|| there()?.lasting_mode(clock::now())).unwrap_or_default()
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

    /// Every profile that Rolecall wrote, where AWS tools find it to point now.
    pub fn our_profiles(&self) -> Result<Vec<OurProfile>, Failure> {
        let now = clock::now();
        Ok(self.our_profiles_as_written()?.into_iter().filter_map(|ours| ours.for_tools(now)).collect())
    }

    pub(crate) fn our_profiles_as_written(&self) -> Result<Vec<OurProfile>, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        Ok(profile::our_profiles(&profile::read_config(&config)?))
    }

    /// The profile of this name, if Rolecall wrote it, where it points now.
    pub fn our_profile(&self, name: &ProfileName) -> Result<OurProfile, Failure> {
        profile_now(&self.folders, name)
    }

    /// The portals that the AWS config speaks of: name to suggest, start URL, region.
    pub fn portals_in_aws_config(&self) -> Result<Vec<(String, String, String)>, Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        Ok(profile::portals_in(&profile::read_config(&config)?))
    }
}

/// The profile of this name, if Rolecall wrote it, where it points now. Reads the AWS config and nothing else.
pub fn profile_now(folders: &Folders, name: &ProfileName) -> Result<OurProfile, Failure> {
    let config = files::read_theirs(folders.aws_config_path())?.unwrap_or_default();
    let hint = format!("run `rolecall switch GRANT --profile {name}`");
    let written = profile::our_profile_in(&config, name)?.ok_or_else(|| {
        Failure::new(Code::NoSingleMatch, format!("the profile {name} was not written by Rolecall"), &hint)
    })?;
    written.at(clock::now()).ok_or_else(|| {
        let summary = format!("the time of the profile {name} is over, and it pointed nowhere before");
        Failure::new(Code::NoSingleMatch, summary, hint)
    })
}
