//! The JavaScript SDK, version 3: `defaultProvider`, and `resolveProfileData` of its ini provider.

use super::files::{Profile, View};
use super::rust::keys;
use super::{Chosen, Outcome, Provider, Step, Variables};

pub(super) fn outcome(
    view: &View<'_>,
    variables: Variables,
    name: &str,
    chosen: Chosen,
) -> Result<Outcome, String> {
    // A profile that is named, by whatever means, is preferred to the variables.
    if chosen == Chosen::ByDefault && variables.access_key && variables.secret_key {
        return Ok(Outcome::Takes(Provider::Environment));
    }
    if let Some(provider) =
        view.profile(name).map_or(Ok(None), |profile| from_profile(view, name, profile))?
    {
        return Ok(Outcome::Takes(provider));
    }
    if variables.web_identity && variables.role_arn {
        return Ok(variables.web_identity());
    }
    Ok(variables.surroundings())
}

fn from_profile(view: &View<'_>, name: &str, profile: Profile<'_>) -> Step {
    let (source, credential_source) = (profile.has("source_profile"), profile.has("credential_source"));
    // With both or none of them it is no role to this client, and the next kind is looked for.
    if profile.has("role_arn") && source != credential_source {
        if source {
            view.check_sources(name)?;
        }
        return Ok(Some(Provider::AssumeRole));
    }
    if profile.has_keys() {
        return Ok(Some(keys(profile)));
    }
    if profile.has("web_identity_token_file") && profile.has("role_arn") {
        return Ok(Some(Provider::WebIdentity));
    }
    if profile.has("credential_process") {
        return Ok(Some(Provider::Process));
    }
    if profile.has_sso() {
        view.check_sso(profile)?;
        return Ok(Some(Provider::Sso));
    }
    Ok(profile.has("login_session").then_some(Provider::Login))
}
