//! `rolecall endpoint`: shells and containers that follow every later switch.

use std::net::Ipv4Addr;

use domain::failure::{Code, Failure};
use domain::ids::ProfileName;
use domain::precedence::WINNING;
use domain::secret::Secret;
use domain::text;
use domain::vend::{self, Format};
use engine::agent::{self, Answer, Client, FOR_CONTAINERS, Listening, Made, Request, url};
use serde_json::json;

use crate::args::endpoint::{Container, EndpointContainer, EndpointEnv, EndpointVerb, Revoke, Shell};
use crate::print;
use crate::run::World;

pub(crate) fn run(world: &World, verb: &EndpointVerb) -> Result<(), Failure> {
    match verb {
        EndpointVerb::Env(env) => self::env(world, env),
        EndpointVerb::Container(request) => container(world, request),
        EndpointVerb::List { json } => list(world, *json),
        EndpointVerb::Revoke(revoke) => self::revoke(world, revoke),
    }
}

fn env(world: &World, env: &EndpointEnv) -> Result<(), Failure> {
    let profile = followed(world, env.profile.as_ref())?;
    let (made, listening) = admit(world, &profile)?;
    let mut set = vec![
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", Secret::new(url(Ipv4Addr::LOCALHOST.into(), listening.port))),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Secret::new(made.path.display().to_string())),
    ];
    if env.token_in_env {
        set.push(("AWS_CONTAINER_AUTHORIZATION_TOKEN", made.token));
    }
    // A profile that has credentials goes before the endpoint, and the one called default has them mostly. This one
    // leads to the same role, whichever of the two a tool takes.
    if profile != ProfileName::default_profile() {
        set.push(("AWS_PROFILE", Secret::new(profile.as_str())));
    }
    let format = match env.format {
        Shell::Env => Format::Env,
        Shell::Fish => Format::Fish,
        Shell::Powershell => Format::PowerShell,
        Shell::Dotenv => Format::Dotenv,
    };
    // What wins over a profile wins over the endpoint too.
    let stale: Vec<&str> = WINNING.into_iter().chain(["AWS_PROFILE"]).collect();
    print::data(vend::print_variables(&stale, &set, format).reveal())
}

fn container(world: &World, request: &EndpointContainer) -> Result<(), Failure> {
    let profile = followed(world, request.profile.as_ref())?;
    if !world.engine.settings().container_endpoint {
        return Err(Failure::new(
            Code::Failed,
            "the endpoint does not listen for containers: every program of this computer's containers could try it",
            "set `container_endpoint = true` in settings.toml, then run this again",
        ));
    }
    let (Made { id, path, .. }, listening) = admit(world, &profile)?;
    let (address, token) = (url(FOR_CONTAINERS.into(), listening.port), path.display().to_string());
    let gateway = FOR_CONTAINERS;
    let text = match request.format {
        Container::Compose => format!(
            "# Follows the profile {profile}; `rolecall endpoint revoke {id}` takes it back.\n\
             services:\n  app:\n    networks: [default, rolecall]\n    secrets: [rolecall]\n    environment:\n      \
             AWS_CONTAINER_CREDENTIALS_FULL_URI: {address}\n      \
             AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: /run/secrets/rolecall\n\
             networks:\n  rolecall:\n    ipam:\n      config:\n        - subnet: 169.254.170.0/24\n          \
             gateway: {gateway}\n\
             secrets:\n  rolecall:\n    file: {}\n",
            quoted(&token)
        ),
        Container::Docker => format!(
            "# Follows the profile {profile}; `rolecall endpoint revoke {id}` takes it back.\n\
             docker network create --subnet 169.254.170.0/24 --gateway {gateway} rolecall\n\
             docker run --network rolecall \\\n  \
             --mount type=bind,readonly,source={},target=/run/secrets/rolecall \\\n  \
             --env AWS_CONTAINER_CREDENTIALS_FULL_URI={address} \\\n  \
             --env AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/secrets/rolecall \\\n  IMAGE\n",
            shell_quoted(&token)
        ),
    };
    print::data(&text)?;
    if !listening.for_containers {
        print::note(&format!(
            "the network with the address {gateway} is not there yet; the endpoint listens on it within half a minute \
             after it is"
        ));
    }
    Ok(())
}

fn list(world: &World, as_json: bool) -> Result<(), Failure> {
    let passes = world.engine.passes();
    let home = world.environment.home().map(|home| home.to_string_lossy().into_owned());
    if as_json {
        let rows = passes.iter().map(|(id, pass, used_at)| {
            json!({
                "id": id,
                "profile": pass.profile,
                "madeAt": vend::rfc3339(pass.made_at),
                "usedAt": used_at.map(vend::rfc3339),
                "madeBy": pass.asker.describe(home.as_deref()),
            })
        });
        return print::json(&rows.collect::<Vec<_>>());
    }
    if passes.is_empty() {
        print::note("nobody may ask the endpoint, so it does not listen");
        return Ok(());
    }
    let rows = passes.iter().map(|(id, pass, _)| {
        let made_by = pass.asker.describe(home.as_deref());
        vec![id.clone(), pass.profile.to_string(), vend::rfc3339(pass.made_at), made_by]
    });
    print::data(&print::table(&["ID", "PROFILE", "SINCE (UTC)", "FOR"], &rows.collect::<Vec<_>>()))
}

fn revoke(world: &World, revoke: &Revoke) -> Result<(), Failure> {
    if revoke.all {
        let count = world.engine.revoke_all_passes()?;
        Client::new(world.engine.folders()).ask(&Request::look());
        print::note(&format!("taken back: {count}"));
        return Ok(());
    }
    let id = revoke.id.as_deref().unwrap_or_default();
    if world.engine.revoke_pass(id)? {
        print::note(&format!("{id} opens nothing any more"));
        return Ok(());
    }
    Err(Failure::new(
        Code::NoSingleMatch,
        format!("there is nobody with the id `{}`", text::line(id)),
        "run `rolecall endpoint list`",
    ))
}

/// The profile that is to be followed, which has to be one of ours.
fn followed(world: &World, profile: Option<&ProfileName>) -> Result<ProfileName, Failure> {
    let name = profile.unwrap_or(&world.engine.settings().default_profile);
    world.engine.our_profile(name).map(|ours| ours.name)
}

fn listening(world: &World) -> Result<Listening, Failure> {
    match Client::new(world.engine.folders()).ask(&Request::endpoint()) {
        Some(Answer::Endpoint(listening)) => Ok(listening),
        Some(Answer::Failure(failure)) => Err(failure),
        _ => Err(Failure::new(
            Code::Failed,
            "no agent runs, and the endpoint is the agent's",
            "start the desktop application, or `rolecall agent`",
        )),
    }
}

/// A token for whoever started this program, and where it is good.
fn admit(world: &World, profile: &ProfileName) -> Result<(Made, Listening), Failure> {
    // Before the token, for an agent that finds its port taken makes all of them worthless.
    listening(world)?;
    let made = world.engine.make_pass(profile, agent::asker_of(std::process::id()))?;
    // And after it, for until then it may have stopped because nobody had one.
    Ok((made, listening(world)?))
}

/// A YAML text (double-quoted style is JSON's).
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
