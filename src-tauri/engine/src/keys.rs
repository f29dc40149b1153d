//! What has to be done to AWS's files by time alone: switches that end, and keys in the credentials file.

use domain::failure::Failure;
use domain::ids::{GrantId, PortalName, ProfileName};
use domain::profile::{self, Mode, OurProfile};
use domain::vend::Credentials;
use jiff::Timestamp;

use crate::agent::{Client, Request};
use crate::{Engine, clock, files};

/// A profile whose keys are in the credentials file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keyed {
    pub(crate) profile: ProfileName,
    pub(crate) grant: GrantId,
    /// When the keys end that are there. None: there are none.
    pub(crate) until: Option<Timestamp>,
}

/// A profile whose lease was ended before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WentBack {
    /// Where it points now; `None`: nowhere, as before.
    pub profile: Option<OurProfile>,
    /// What may keep it from working.
    pub warnings: Vec<String>,
}

impl Engine {
    /// Writes every profile whose time is over as it was before. Returns their names.
    pub fn end_leases(&self) -> Result<Vec<ProfileName>, Failure> {
        let path = self.folders.aws_config_path();
        let over = |config: &Option<Vec<u8>>| {
            profile::end_leases(config.as_deref().unwrap_or_default(), clock::now())
        };
        // Looked at without the lock first: mostly there is nothing to do.
        if over(&files::read_theirs(path)?)?.is_none() {
            return Ok(Vec::new());
        }
        let _lock = self.lock("aws-config")?;
        let before = files::read_theirs(path)?;
        let Some((after, names)) = over(&before)? else { return Ok(Vec::new()) };
        files::replace_theirs(path, before.as_deref(), &after, clock::now())?;
        for name in &names {
            self.take_keys_out(name)?;
        }
        Ok(names)
    }

    /// Ends the profile's lease before its time. Without one it is a failure with `Code::NoSingleMatch`.
    pub fn end_lease_now(&self, name: &ProfileName) -> Result<WentBack, Failure> {
        let path = self.folders.aws_config_path();
        let _lock = self.lock("aws-config")?;
        let before = files::read_theirs(path)?;
        let (after, ours) = profile::end_lease_now(before.as_deref().unwrap_or_default(), name)?;
        files::replace_theirs(path, before.as_deref(), &after, clock::now())?;
        self.take_keys_out(name)?;
        // It has gone back, whatever comes of the rest.
        let undo = self.keep_undo(format!("the return of {name}"), path, before.as_deref(), &after);
        let mut warnings: Vec<String> = undo.err().map(|failure| failure.to_string()).into_iter().collect();
        let is_keyed = ours.as_ref().is_some_and(|ours| ours.mode == Mode::Keys);
        let looks = Client::new(&self.folders).ask(&Request::look()).is_some();
        if is_keyed && !looks {
            warnings.push(
                "its keys are written when the desktop application or `rolecall agent` runs, or by a switch"
                    .into(),
            );
        }
        Ok(WentBack { profile: ours, warnings })
    }

    /// When the next switch ends by itself.
    pub(crate) fn next_lease_end(&self) -> Option<Timestamp> {
        let profiles = self.our_profiles().ok()?;
        profiles.into_iter().filter_map(|ours| ours.lease.map(|lease| lease.until)).min()
    }

    /// The profiles that want keys in the credentials file.
    pub(crate) fn keyed_profiles(&self) -> Result<Vec<Keyed>, Failure> {
        let wanted: Vec<OurProfile> =
            self.our_profiles()?.into_iter().filter(|ours| ours.mode == Mode::Keys).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let file = files::read_theirs(self.folders.aws_credentials_path())?.unwrap_or_default();
        let there = profile::with_our_keys(&file)?;
        let until = |name: &ProfileName| there.iter().find(|(n, _)| n == name).map(|(_, until)| *until);
        Ok(wanted
            .into_iter()
            .map(|ours| Keyed { until: until(&ours.name), profile: ours.name, grant: ours.grant })
            .collect())
    }

    /// Puts newer keys into the credentials file, if the profile still wants those of this grant.
    pub(crate) fn write_keys(&self, keyed: &Keyed, credentials: &Credentials) -> Result<(), Failure> {
        let _lock = self.lock("aws-config")?;
        let still = self.keyed_profiles()?.into_iter().find(|now| now.profile == keyed.profile);
        if still.is_none_or(|now| now.grant != keyed.grant) {
            return Ok(());
        }
        let before = files::read_theirs(self.folders.aws_credentials_path())?;
        let after = profile::with_keys(before.as_deref().unwrap_or_default(), &keyed.profile, credentials)?;
        if before.as_deref() == Some(&*after) {
            return Ok(());
        }
        self.replace_credentials(before.as_deref(), &after)
    }

    /// Takes the keys of a portal's grants out of the credentials file, after a sign-out.
    pub(crate) fn take_out_keys_of(&self, portal: &PortalName) -> Result<(), Failure> {
        // In files that can't be read nobody finds keys of ours, nor a profile that wants them.
        let Ok(keyed) = self.keyed_profiles() else { return Ok(()) };
        let keyed = keyed.into_iter().filter(|keyed| keyed.grant.portal == *portal);
        let keyed: Vec<Keyed> = keyed.filter(|keyed| keyed.until.is_some()).collect();
        if keyed.is_empty() {
            return Ok(());
        }
        let _lock = self.lock("aws-config")?;
        keyed.iter().try_for_each(|keyed| self.take_keys_out(&keyed.profile))
    }

    /// Keys of ours that no profile wants any more go; the agent writes those that are wanted instead. The caller holds
    /// the lock, and has found `before` in the config that it has just replaced.
    pub(crate) fn keys_were_undone(&self, before: &[Keyed]) -> Result<(), Failure> {
        let now = self.keyed_profiles()?;
        let wanted = |keyed: &Keyed| now.iter().any(|n| n.profile == keyed.profile && n.grant == keyed.grant);
        let gone: Vec<&Keyed> = before.iter().filter(|keyed| !wanted(keyed)).collect();
        gone.iter().try_for_each(|keyed| self.take_keys_out(&keyed.profile))?;
        if !gone.is_empty() || now.iter().any(|keyed| keyed.until.is_none()) {
            Client::new(&self.folders).ask(&Request::look());
        }
        Ok(())
    }

    /// The caller holds the lock.
    fn take_keys_out(&self, name: &ProfileName) -> Result<(), Failure> {
        let before = files::read_theirs(self.folders.aws_credentials_path())?;
        let Some(file) = &before else { return Ok(()) };
        match profile::without_keys(file, name)? {
            Some(after) => self.replace_credentials(Some(file), &after),
            None => Ok(()),
        }
    }

    /// Replaces the credentials file. What was there before we put anything into it is kept beside it; later contents
    /// are not, for they hold keys of ours.
    pub(crate) fn replace_credentials(&self, before: Option<&[u8]>, after: &[u8]) -> Result<(), Failure> {
        let path = self.folders.aws_credentials_path();
        let has_ours =
            before.is_some_and(|file| profile::with_our_keys(file).is_ok_and(|ours| !ours.is_empty()));
        if has_ours {
            files::replace_theirs_unkept(path, before, after)
        } else {
            files::replace_theirs(path, before, after, clock::now())
        }
    }
}
