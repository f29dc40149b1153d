//! botocore: `create_credential_resolver` and `ProfileProviderBuilder`.

use super::files::{Profile, View, check_role};
use super::{Chosen, Outcome, Provider, Step, Variables};

pub(super) fn outcome(
    view: &View<'_>,
    variables: Variables,
    name: &str,
    chosen: Chosen,
) -> Result<Outcome, String> {
    view.check()?;
    let profile = view.profile(name);
    // Before any provider is asked, the profile's settings are.
    if profile.is_none() && chosen != Chosen::ByDefault {
        return Err("there is no such profile".into());
    }
    // Every client asks for a token as well, wherever its credentials come from.
    if let Some(profile) = profile {
        view.check_session(profile)?;
    }
    if let Some(provider) = environment(variables, chosen)? {
        return Ok(Outcome::Takes(provider));
    }
    if let Some(profile) = profile.filter(Profile::is_role) {
        check_role(view, name, profile)?;
        return Ok(Outcome::Takes(Provider::AssumeRole));
    }
    // The variables count even for a profile that says something else, but not where the call names it.
    if variables.web_identity && chosen != Chosen::ByCall {
        let role_arn = variables.role_arn || profile.is_some_and(|profile| profile.has("role_arn"));
        return Ok(Variables { role_arn, ..variables }.web_identity());
    }
    let found = profile.map_or(Ok(None), |profile| from_profile(view, profile))?;
    Ok(found.map_or_else(|| variables.surroundings(), Outcome::Takes))
}

fn environment(variables: Variables, chosen: Chosen) -> Step {
    match (chosen, variables.access_key, variables.secret_key) {
        (Chosen::ByCall, _, _) | (_, false, _) => Ok(None),
        (_, true, true) => Ok(Some(Provider::Environment)),
        (_, true, false) => Err("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY".into()),
    }
}

fn from_profile(view: &View<'_>, profile: Profile<'_>) -> Step {
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
    let keys = |part: Option<Profile<'_>>, provider| match part {
        Some(part) if part.has_keys() => Ok(Some(provider)),
        Some(part) if part.has("aws_access_key_id") => Err("aws_secret_access_key is missing".to_owned()),
        _ => Ok(None),
    };
    if let Some(provider) = keys(profile.only_credentials(), Provider::CredentialsFile)? {
        return Ok(Some(provider));
    }
    if profile.has("login_session") {
        return Ok(Some(Provider::Login));
    }
    if profile.has("credential_process") {
        return Ok(Some(Provider::Process));
    }
    keys(profile.only_config(), Provider::ConfigFile)
}
