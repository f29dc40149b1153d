//! `rolecall credentials`, `env` and `exec`

use std::process::ExitCode;

use domain::access::Way;
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName, Region};
use domain::profile::OurProfile;
use domain::vend::{self, Credentials};

use crate::args::{self, Env, Exec, Format};
use crate::confirm::{Unasked, confirm};
use crate::getting::Errand;
use crate::grants::Found;
use crate::run::World;
use crate::{assume, grants, print, process};

/// A grant with the profile that led there and the region that goes with it.
pub(crate) struct Wanted {
    pub(crate) grant: GrantId,
    profile: Option<OurProfile>,
    pub(crate) region: Option<String>,
}

impl Wanted {
    /// A grant by itself.
    pub(crate) fn of(world: &World, grant: GrantId) -> Self {
        let region = default_region(world, &grant).map(ToString::to_string);
        Self { grant, profile: None, region }
    }

    /// The profile that led there, if it was one.
    pub(crate) fn profile(&self) -> Option<&ProfileName> {
        self.profile.as_ref().map(|ours| &ours.name)
    }

    pub(crate) fn get(&self, world: &World, way: Way) -> Result<Credentials, Failure> {
        let profile = self.profile.as_ref();
        let errand = Errand::new(way, &self.grant, profile.map(|ours| &ours.name));
        let credentials = assume::credentials(world, &errand)?;
        Ok(match profile {
            Some(ours) => ours.told(credentials),
            None => credentials,
        })
    }
}

pub(crate) fn print(world: &World, request: &args::Credentials) -> Result<(), Failure> {
    let wanted = wanted(world, request.grant.as_deref(), request.profile.as_ref())?;
    show(world, &wanted, Way::Process, request.format).inspect_err(|failure| {
        // Whoever called this may show nothing of it; the desktop, where it runs, tells the person once.
        if failure.code == Code::SignInNeeded {
            world.engine.note_missed_sign_in(&wanted.grant.portal);
        }
    })
}

pub(crate) fn env(world: &World, env: &Env) -> Result<(), Failure> {
    let wanted = wanted(world, env.grant.as_deref(), env.profile.as_ref())?;
    // Whoever speaks of a profile has switched it.
    if env.grant.is_some() {
        confirm(world, &wanted.grant, "Print its credentials", env.yes, Unasked::Done)?;
    }
    show(world, &wanted, Way::Environment, env.format)
}

fn show(world: &World, wanted: &Wanted, way: Way, format: Format) -> Result<(), Failure> {
    let credentials = wanted.get(world, way)?;
    let account = wanted.grant.account_id.as_str();
    let text = vend::print(&credentials, account, wanted.region.as_deref(), form(format));
    print::data(text.reveal())
}

pub(crate) fn exec(world: &World, exec: &Exec) -> Result<ExitCode, Failure> {
    let Found { grant, .. } = grants::find(world, &exec.grant)?;
    confirm(world, &grant, "Run the command there", exec.yes, Unasked::Done)?;
    let region = exec.region.as_ref().or(default_region(world, &grant)).map(Region::as_str);
    let name = exec.command.first().map(|name| name.to_string_lossy().into_owned());
    let at_least = exec.min_ttl.unwrap_or_default();
    let errand = Errand { command: name, at_least, ..Errand::new(Way::Exec, &grant, None) };
    let credentials = assume::credentials(world, &errand)?;
    Ok(process::run(&exec.command, &vend::environment(&credentials, region), vend::stale_environment()))
}

/// The grant that is asked for, else the one of the profile, else the one of the profile that AWS tools use here: what
/// was set for this shell goes before the default profile.
pub(crate) fn wanted(
    world: &World,
    grant: Option<&str>,
    profile: Option<&ProfileName>,
) -> Result<Wanted, Failure> {
    if let Some(asked) = grant {
        return Ok(Wanted::of(world, grants::find(world, asked)?.grant));
    }
    let name = profile.cloned().map_or_else(|| world.engine.profile_in_use(), Ok)?;
    let ours = world.engine.our_profile(&name)?;
    Ok(Wanted { grant: ours.grant.clone(), region: ours.region.clone(), profile: Some(ours) })
}

fn default_region<'a>(world: &'a World, grant: &GrantId) -> Option<&'a Region> {
    world.engine.settings().usual_region(grant)
}

fn form(format: Format) -> vend::Format {
    match format {
        Format::Process => vend::Format::Process,
        Format::Json => vend::Format::Json,
        Format::Env => vend::Format::Env,
        Format::Fish => vend::Format::Fish,
        Format::Powershell => vend::Format::PowerShell,
        Format::Dotenv => vend::Format::Dotenv,
    }
}
