//! The Go SDK, version 2: `resolveCredentialChain`, and what `SharedConfig` refuses.

use super::files::{Profile, View};
use super::rust::keys;
use super::{Chosen, Outcome, Provider, Variables};

pub(super) fn outcome(
    view: &View<'_>,
    variables: Variables,
    name: &str,
    chosen: Chosen,
) -> Result<Outcome, String> {
    let profile = view.profile(name);
    // The profile is read, and refused, before the chain begins.
    if let Some(profile) = profile {
        check(view, name, profile)?;
    }
    if chosen != Chosen::ByCall {
        if variables.access_key && variables.secret_key {
            return Ok(Outcome::Takes(Provider::Environment));
        }
        if variables.web_identity {
            return Ok(variables.web_identity());
        }
    }
    let Some(profile) = profile else { return Ok(variables.surroundings()) };
    let base = base(view, profile)?;
    // Whatever the base is, a role is assumed from it.
    if profile.has("role_arn") && base != Some(Provider::WebIdentity) {
        return Ok(Outcome::Takes(Provider::AssumeRole));
    }
    Ok(base.map_or_else(|| variables.surroundings(), Outcome::Takes))
}

fn check(view: &View<'_>, name: &str, profile: Profile<'_>) -> Result<(), String> {
    let kinds = ["source_profile", "credential_source", "web_identity_token_file", "credential_process"];
    let there: Vec<&str> = kinds.into_iter().filter(|key| profile.has(key)).collect();
    let wants_role = there.iter().find(|key| **key != "credential_process");
    if let Some(key) = wants_role.filter(|_| !profile.has("role_arn")) {
        return Err(format!("{key} wants a role_arn"));
    }
    if there.len() > 1 {
        return Err(format!("{} can't be in one profile", there.join(" and ")));
    }
    if profile.has("source_profile") { view.check_sources(name) } else { Ok(()) }
}

fn base(view: &View<'_>, profile: Profile<'_>) -> Result<Option<Provider>, String> {
    if profile.has("source_profile") {
        return Ok(Some(Provider::AssumeRole));
    }
    if profile.has_keys() {
        return Ok(Some(keys(profile)));
    }
    if profile.has("credential_source") {
        return Ok(Some(Provider::AssumeRole));
    }
    if profile.has("web_identity_token_file") {
        return Ok(Some(Provider::WebIdentity));
    }
    if profile.has_sso() {
        view.check_sso(profile)?;
        return Ok(Some(Provider::Sso));
    }
    if profile.has("credential_process") {
        return Ok(Some(Provider::Process));
    }
    // The youngest of the kinds; older versions do not know it.
    Ok(profile.has("login_session").then_some(Provider::Login))
}
