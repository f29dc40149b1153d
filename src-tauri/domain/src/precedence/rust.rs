//! The Rust SDK: its default chain, and `resolve_chain` of its profile provider.

use super::files::{Profile, View, check_role};
use super::{Outcome, Provider, Step, Variables};

pub(super) fn outcome(view: &View<'_>, variables: Variables, name: &str) -> Result<Outcome, String> {
    if variables.access_key && variables.secret_key {
        return Ok(Outcome::Takes(Provider::Environment));
    }
    view.check()?;
    if let Some(provider) =
        view.profile(name).map_or(Ok(None), |profile| from_profile(view, name, profile))?
    {
        return Ok(Outcome::Takes(provider));
    }
    if variables.web_identity {
        return Ok(variables.web_identity());
    }
    Ok(variables.surroundings())
}

fn from_profile(view: &View<'_>, name: &str, profile: Profile<'_>) -> Step {
    if profile.is_role() {
        check_role(view, name, profile)?;
        return Ok(Some(Provider::AssumeRole));
    }
    if profile.has("web_identity_token_file") {
        if !profile.has("role_arn") {
            return Err("web_identity_token_file wants a role_arn".into());
        }
        return Ok(Some(Provider::WebIdentity));
    }
    if profile.has_sso() {
        view.check_sso(profile)?;
        return Ok(Some(Provider::Sso));
    }
    if profile.has("login_session") {
        return Ok(Some(Provider::Login));
    }
    if profile.has("credential_process") {
        return Ok(Some(Provider::Process));
    }
    match (profile.has("aws_access_key_id"), profile.has("aws_secret_access_key")) {
        (true, true) => Ok(Some(keys(profile))),
        (false, false) => Ok(None),
        _ => Err("only one half of the access key is there".into()),
    }
}

/// Which file the keys are from; the credentials file wins.
pub(super) fn keys(profile: Profile<'_>) -> Provider {
    let there = profile.only_credentials().is_some_and(|part| part.has("aws_access_key_id"));
    if there { Provider::CredentialsFile } else { Provider::ConfigFile }
}
