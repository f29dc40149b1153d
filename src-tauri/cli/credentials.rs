//! `rolecall credentials`, `env`, `exec` and `console`

use std::process::ExitCode;
use std::time::Duration;

use domain::console::{ArnPlace, place_of_arn};
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName, Region};
use domain::vend;
use engine::browser;

use crate::args::{self, Console, Env, Exec, Format};
use crate::assume::credentials;
use crate::grants::Found;
use crate::run::{World, block_on};
use crate::{grants, print, process};

/// A grant with the region that goes with it.
struct Wanted {
    grant: GrantId,
    region: Option<String>,
}

pub(crate) fn print(world: &World, request: &args::Credentials) -> Result<(), Failure> {
    let wanted = wanted(world, request.grant.as_deref(), request.profile.as_ref())?;
    show(world, &wanted, request.format).inspect_err(|failure| {
        // Whoever called this may show nothing of it; the desktop, where it runs, tells the person once.
        if failure.code == Code::SignInNeeded {
            world.engine.note_missed_sign_in(&wanted.grant.portal);
        }
    })
}

pub(crate) fn env(world: &World, env: &Env) -> Result<(), Failure> {
    let wanted = wanted(world, env.grant.as_deref(), env.profile.as_ref())?;
    show(world, &wanted, env.format)
}

fn show(world: &World, wanted: &Wanted, format: Format) -> Result<(), Failure> {
    let credentials = credentials(world, &wanted.grant)?;
    let account = wanted.grant.account_id.as_str();
    let text = vend::print(&credentials, account, wanted.region.as_deref(), form(format));
    print::data(text.reveal())
}

pub(crate) fn exec(world: &World, exec: &Exec) -> Result<ExitCode, Failure> {
    let Found { grant, .. } = grants::find(world, &exec.grant)?;
    let region = exec.region.as_ref().or(default_region(world, &grant)).map(Region::as_str);
    let credentials = credentials(world, &grant)?;
    process::run(&exec.command, &vend::environment(&credentials, region), vend::stale_environment())
}

pub(crate) fn console(world: &World, console: &Console) -> Result<(), Failure> {
    if !console.print && !browser::has_screen(&world.environment) {
        let hint = "use --print, and open the address where there is one";
        return Err(Failure::new(Code::Failed, "there is no screen to open a browser on", hint));
    }
    let place = console.arn.as_deref().map(arn).transpose()?;
    // Without a grant, an ARN means whoever can reach its account.
    let of_arn = console.arn.as_deref().filter(|_| place.as_ref().is_some_and(|p| p.account_id.is_some()));
    let wanted = wanted(world, console.grant.as_deref().or(of_arn), None)?;
    let elsewhere =
        |place: &ArnPlace| place.account_id.as_ref().is_some_and(|id| *id != wanted.grant.account_id);
    if place.as_ref().is_some_and(elsewhere) {
        let summary = format!("the resource is not in the account of {}", wanted.grant);
        return Err(Failure::new(
            Code::NoSingleMatch,
            summary,
            "leave the grant out, or name one of the ARN's account",
        ));
    }
    let portal = world.engine.settings().portal_or_only(Some(&wanted.grant.portal))?;
    let of_profile = wanted.region.as_deref().and_then(|r| Region::parse(r).ok());
    let of_place = place.as_ref().and_then(|p| p.region.clone());
    let region = console.region.clone().or(of_place).or(of_profile).unwrap_or_else(|| portal.region.clone());
    let credentials = credentials(world, &wanted.grant)?;
    let service = place.as_ref().map(|p| p.service.as_str()).or(console.service.as_deref());
    let url = block_on(world.engine.console_url(&wanted.grant, &credentials, &region, service))?;
    if console.print {
        return print::data(&format!("{}\n", url.reveal()));
    }
    browser::open_secretly(&url, Duration::from_secs(20))?;
    print::note(&format!("opened the console of {} in {region}", wanted.grant));
    Ok(())
}

fn arn(text: &str) -> Result<ArnPlace, Failure> {
    place_of_arn(text)
        .map_err(|error| Failure::new(Code::Usage, error.0, "copy the ARN from the console or a tool"))
}

/// The grant that is asked for, else the one of the profile, else the one of the default profile.
fn wanted(world: &World, grant: Option<&str>, profile: Option<&ProfileName>) -> Result<Wanted, Failure> {
    if let Some(asked) = grant {
        let Found { grant, .. } = grants::find(world, asked)?;
        let region = default_region(world, &grant).map(ToString::to_string);
        return Ok(Wanted { grant, region });
    }
    let name = profile.unwrap_or(&world.engine.settings().default_profile);
    let ours = world.engine.our_profile(name)?;
    Ok(Wanted { grant: ours.grant, region: ours.region })
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
