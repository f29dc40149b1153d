//! What a prompt shows, found without keyring, settings and catalogue: it is asked for at every prompt.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use domain::catalogue::Catalogue;
use domain::failure::Failure;
use domain::ids::{GrantId, ProfileName};
use domain::precedence::{self, Chosen, Variables, is_overruled, named, named_apart};
use domain::prompt::{Facts, Label};
use domain::settings::Settings;

use crate::environment::Environment;
use crate::folders::Folders;
use crate::kept::KeptRoles;
use crate::{agent, clock, files, read_settings};

/// How many labels are kept; nobody uses more grants in turn.
const MOST_LABELS: usize = 200;

/// The grant that AWS tools in this environment use, if the profile is ours and nothing wins over it.
pub fn facts(environment: &Environment) -> Result<Option<Facts>, Failure> {
    let variable = |name: &'static str| environment.text(name);
    if named_apart(variable).is_some() {
        return Ok(None);
    }
    let named = named(variable).next().map(|(_, named)| named);
    let Some(name) =
        named.map_or_else(|| Some(ProfileName::default_profile()), |n| ProfileName::parse(n).ok())
    else {
        return Ok(None);
    };
    let folders = Folders::find(environment)?;
    let config = files::read(folders.aws_config_path())?.unwrap_or_default();
    let credentials = files::read(folders.aws_credentials_path())?.unwrap_or_default();
    let read = precedence::Files::read_one(&config, &credentials, &name)?;
    let Some(ours) = read.our_profile(&name) else { return Ok(None) };
    let variables = Variables::of(variable, agent::last_url(&folders).as_deref());
    if is_overruled(&read, variables, &ours, Chosen::of(name.as_str(), named.is_some())) {
        return Ok(None);
    }
    let now = clock::now();
    let Some(ours) = ours.for_tools(now) else { return Ok(None) };
    let is_over = ours.outlives_its_lease(now);
    let of_shell = environment.text("AWS_REGION").or_else(|| environment.text("AWS_DEFAULT_REGION"));
    Ok(Some(Facts {
        profile: name.to_string(),
        label: label(&folders, &ours.grant),
        region: of_shell.map(str::to_owned).or(ours.region),
        left: until(&folders, &ours.grant).map(|at| at.duration_since(now)),
        is_over,
    }))
}

fn until(folders: &Folders, grant: &GrantId) -> Option<jiff::Timestamp> {
    let bytes = files::read(&folders.kept_path(&grant.portal)).ok()??;
    serde_json::from_slice::<KeptRoles>(&bytes).ok()?.until(grant)
}

/// What the grant is called and how it is marked. It is looked up once, and again only after settings or catalogue
/// have changed.
pub(crate) fn label(folders: &Folders, grant: &GrantId) -> Label {
    let taken_from =
        [&folders.settings_path(), &folders.catalogue_path(&grant.portal)].map(|p| changed_at(p));
    let labels = kept_labels(folders);
    let known = labels.iter().find(|label| label.grant == *grant && label.taken_from == taken_from);
    if let Some(label) = known {
        return label.clone();
    }
    let settings = read_settings(folders).map_or_else(|_| Settings::default(), |(_, settings)| settings);
    let label = Label::of(grant, catalogue(folders, grant, &settings).as_ref(), &settings, taken_from);
    keep(folders, &label);
    label
}

fn catalogue(folders: &Folders, grant: &GrantId, settings: &Settings) -> Option<Catalogue> {
    let portal = settings.portal(&grant.portal)?;
    let bytes = files::read(&folders.catalogue_path(&grant.portal)).ok()??;
    let catalogue: Catalogue = serde_json::from_slice(&bytes).ok()?;
    Some(catalogue).filter(|catalogue| catalogue.start_url == portal.start_url)
}

/// A list that can't be read is made anew: it is only a copy.
fn kept_labels(folders: &Folders) -> Vec<Label> {
    let bytes = files::read(&folders.labels_path()).ok().flatten().unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// A prompt does not wait for others, nor complain of a full disk: the label is looked up again then.
fn keep(folders: &Folders, label: &Label) {
    let Ok(Some(_lock)) = files::lock(&folders.lock_path("labels"), Duration::ZERO) else { return };
    let mut labels = kept_labels(folders);
    labels.retain(|other| other.grant != label.grant);
    labels.insert(0, label.clone());
    labels.truncate(MOST_LABELS);
    if let Ok(text) = serde_json::to_vec(&labels) {
        let _ = files::replace(&folders.labels_path(), &text);
    }
}

/// In nanoseconds since 1970; 0 without a file.
fn changed_at(path: &Path) -> i64 {
    let changed = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let since = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}
