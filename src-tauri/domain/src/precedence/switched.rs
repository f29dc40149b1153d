//! What a switch, a prompt and a diagnosis say of one profile of ours.

use super::mend::by_variables;
use super::variables::{of_another_profile, regions_apart};
use super::{Chosen, Client, Files, Outcome, Provider, Variables, named, read};
use crate::profile::{Mode, OurProfile, winning_keys};

/// What this environment has that keeps tools from using a profile, in sentences for the person. `files` holds the
/// profile at least, `variable` tells whether a variable is set, and to what.
pub fn warnings<'a>(
    files: &Files,
    profile: &str,
    region: Option<&str>,
    variable: impl Fn(&'static str) -> Option<&'a str>,
) -> Vec<String> {
    let variables = Variables::of(&variable, None);
    let chosen = Chosen::of(profile, named(&variable).next().is_some());
    let winning = by_variables(files, variables, profile, chosen);
    let mut warnings: Vec<String> =
        winning.into_iter().map(|finding| format!("{}: {}", finding.what, finding.mend)).collect();
    warnings.extend(of_another_profile(profile, &variable));
    warnings.extend(region.into_iter().flat_map(|region| regions_apart(region, &variable)));
    warnings
}

/// Whether some tool takes something else for this profile of ours than what its mode means. `files` holds the profile
/// at least.
pub fn is_overruled(files: &Files, variables: Variables, ours: &OurProfile, chosen: Chosen) -> bool {
    let name = ours.name.as_str();
    let is_elsewhere = |client| match read(&files.lenient_view(client), variables, name, chosen) {
        Outcome::Takes(Provider::Container) => ours.mode != Mode::Endpoint || !variables.endpoint,
        Outcome::Takes(provider) => provider != Provider::from(ours.mode),
        // The sessions of the file may not be known here.
        Outcome::Fails(_) => ours.mode != Mode::Sso,
        Outcome::Nothing => true,
    };
    has_keys_of_others(files, ours)
        || Client::ALL.into_iter().any(is_elsewhere)
        || !by_variables(files, variables, name, chosen).is_empty()
}

/// Keys under the name of a profile that means keys of ours.
fn has_keys_of_others(files: &Files, ours: &OurProfile) -> bool {
    let section = files.credentials.get(ours.name.as_str()).filter(|_| ours.mode == Mode::Keys);
    section.is_some_and(|section| !winning_keys(section, ours.mode).is_empty())
}
