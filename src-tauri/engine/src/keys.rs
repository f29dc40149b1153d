//! What has to be done to AWS's files by time alone: switches that end, and keys in the credentials file.

use domain::failure::{Code, Failure};
use domain::ids::{GrantId, PortalName, ProfileName, Region};
use domain::profile::{self, Means, Mode, OurProfile};
use domain::vend::Credentials;
use jiff::Timestamp;

use crate::agent::{Client, Request};
use crate::sign_in::{portal_lock, signed_out};
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
        // Looked at without the lock first: mostly there is nothing to do.
        if self.next_lease_end().is_none_or(|end| end > clock::now()) {
            return Ok(Vec::new());
        }
        let _lock = self.lock("aws-config")?;
        let before = files::read_theirs(path)?;
        let (program, region) = self.means()?;
        let means = Means { program: &program, portals: &self.settings.portals, fallback_region: &region };
        let ended = profile::end_leases(before.as_deref().unwrap_or_default(), clock::now(), &means)?;
        let Some((after, names)) = ended else { return Ok(Vec::new()) };
        files::replace_theirs(path, before.as_deref(), &after, clock::now())?;
        // Those of the role that it was lent, whatever mode it is in now.
        names.iter().try_for_each(|name| self.take_keys_out(name))?;
        Ok(names)
    }

    /// Profiles that AWS tools still find where a lease had them, although its time is over: nobody has written its end.
    pub fn profiles_that_outlive_leases(&self) -> Vec<OurProfile> {
        let now = clock::now();
        let ours = self.our_profiles_as_written().unwrap_or_default();
        ours.into_iter().filter(|ours| ours.outlives_its_lease(now)).collect()
    }

    /// Whether AWS tools find something of a lease that is over, as nobody has written its end.
    pub fn leases_want_their_end(&self) -> bool {
        let now = clock::now();
        let ours = self.our_profiles_as_written().unwrap_or_default();
        ours.iter().any(|ours| ours.wants_its_end_written(now))
    }

    /// Our program, and a region for profiles that have lost theirs.
    fn means(&self) -> Result<(String, Region), Failure> {
        let of_portal = || self.settings.portals.first().map(|portal| portal.region.clone());
        let region = self.settings.default_region.clone().or_else(of_portal);
        let region = region.map_or_else(|| Region::parse("us-east-1"), Ok);
        let region = region.map_err(|error| Failure::new(Code::Failed, error.0, "please report this"))?;
        Ok((self.program_text()?, region))
    }

    /// Ends the profile's lease before its time. Without one it is a failure with `Code::NoSingleMatch`.
    pub fn end_lease_now(&self, name: &ProfileName) -> Result<WentBack, Failure> {
        let path = self.folders.aws_config_path();
        let _lock = self.lock("aws-config")?;
        let before = files::read_theirs(path)?;
        let (program, region) = self.means()?;
        let means = Means { program: &program, portals: &self.settings.portals, fallback_region: &region };
        let (after, ours) = profile::end_lease_now(before.as_deref().unwrap_or_default(), name, &means)?;
        files::replace_theirs(path, before.as_deref(), &after, clock::now())?;
        self.take_keys_out(name)?;
        // It has gone back, whatever comes of the rest.
        let undo = self.keep_undo(format!("the return of {name}"), path, before.as_deref(), &after);
        let mut warnings: Vec<String> = undo.err().map(|failure| failure.to_string()).into_iter().collect();
        let is_keyed = ours.as_ref().is_some_and(|ours| ours.mode == Mode::Keys);
        let looks = Client::new(&self.folders).ask(&Request::look()).is_some();
        if is_keyed && !looks {
            warnings.push(nobody_writes(name.as_str()));
        }
        Ok(WentBack { profile: ours, warnings })
    }

    /// When the next switch ends by itself, or has ended and is written nowhere yet.
    pub(crate) fn next_lease_end(&self) -> Option<Timestamp> {
        let profiles = self.our_profiles_as_written().ok()?;
        profiles.into_iter().filter_map(|ours| ours.lease.map(|lease| lease.until)).min()
    }

    /// The profiles that want keys in the credentials file.
    pub(crate) fn keyed_profiles(&self) -> Result<Vec<Keyed>, Failure> {
        let now = clock::now();
        let ours = self.our_profiles_as_written()?.into_iter().filter_map(|ours| ours.at(now));
        let wanted: Vec<OurProfile> = ours.filter(|ours| ours.mode == Mode::Keys).collect();
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

    /// Tells the agent, if keys are missing. What there is to say if there is none.
    pub(crate) fn want_missing_keys(&self) -> Result<Option<String>, Failure> {
        let keyed = self.keyed_profiles()?.into_iter();
        let missing: Vec<String> =
            keyed.filter(|keyed| keyed.until.is_none()).map(|keyed| keyed.profile.to_string()).collect();
        if missing.is_empty() || Client::new(&self.folders).ask(&Request::look()).is_some() {
            return Ok(None);
        }
        Ok(Some(nobody_writes(&missing.join(", "))))
    }

    /// Puts newer keys into the credentials file, if the profile still wants those of this grant and somebody is signed
    /// in: nothing comes back after a sign-out.
    pub(crate) fn write_keys(&self, keyed: &Keyed, credentials: &Credentials) -> Result<(), Failure> {
        let _portal = self.lock_signed_in(&keyed.grant)?;
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

    /// Keeps a sign-out waiting for whoever is about to write keys. A failure if there was one already.
    pub(crate) fn lock_signed_in(&self, grant: &GrantId) -> Result<files::Lock, Failure> {
        let portal = self.settings.portal_or_only(Some(&grant.portal))?;
        let lock = self.lock(&portal_lock(&portal.name))?;
        self.access_token(portal)?.ok_or_else(|| signed_out(&portal.name))?;
        Ok(lock)
    }

    /// Takes the keys of a portal's grants out of the credentials file, after a sign-out: all of ours that the config
    /// does not say to be another portal's.
    pub(crate) fn take_out_keys_of(&self, portal: &PortalName) -> Result<(), Failure> {
        let is_theirs = |keyed: Option<&Keyed>| keyed.is_none_or(|keyed| keyed.grant.portal == *portal);
        self.sweep_keys(is_theirs)
    }

    /// Keys of ours that no profile of the config wants go.
    pub(crate) fn take_out_unwanted_keys(&self) -> Result<(), Failure> {
        self.sweep_keys(|keyed| keyed.is_none())
    }

    /// Takes those keys of ours out that `goes` says, by the profile that wants them. In a credentials file that can't
    /// be read nobody finds keys of ours; in a config that can't be read nobody wants any.
    fn sweep_keys(&self, goes: impl Fn(Option<&Keyed>) -> bool) -> Result<(), Failure> {
        let there = || {
            let file = files::read_theirs(self.folders.aws_credentials_path()).ok().flatten()?;
            profile::with_our_keys(&file).ok().filter(|there| !there.is_empty())
        };
        if there().is_none() {
            return Ok(());
        }
        let _lock = self.lock("aws-config")?;
        let keyed = self.keyed_profiles().unwrap_or_default();
        for (name, _) in there().unwrap_or_default() {
            if goes(keyed.iter().find(|keyed| keyed.profile == name)) {
                self.take_keys_out(&name)?;
            }
        }
        Ok(())
    }

    /// Keys of ours that no profile wants any more go; the agent writes those that are wanted instead, and what there is
    /// to say without one is returned. The caller holds the lock, and has found `before` in the config that it has just
    /// replaced.
    pub(crate) fn keys_were_undone(&self, before: &[Keyed]) -> Result<Option<String>, Failure> {
        let now = self.keyed_profiles()?;
        let wanted = |keyed: &Keyed| now.iter().any(|n| n.profile == keyed.profile && n.grant == keyed.grant);
        let gone: Vec<&Keyed> = before.iter().filter(|keyed| !wanted(keyed)).collect();
        gone.iter().try_for_each(|keyed| self.take_keys_out(&keyed.profile))?;
        if !gone.is_empty() {
            Client::new(&self.folders).ask(&Request::look());
        }
        self.want_missing_keys()
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
        let has_ours = |file: &[u8]| profile::with_our_keys(file).is_ok_and(|ours| !ours.is_empty());
        if has_ours(after) {
            files::make_owners_alone(path)?;
        }
        if before.is_some_and(has_ours) {
            files::replace_theirs_unkept(path, before, after)
        } else {
            files::replace_theirs(path, before, after, clock::now())
        }
    }
}

fn nobody_writes(profiles: &str) -> String {
    format!(
        "the keys of {profiles} are written when the desktop application or `rolecall agent` runs, or by a switch"
    )
}
