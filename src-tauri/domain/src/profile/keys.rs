//! Temporary keys in the credentials file, for tools that know nothing else.
//!
//! ```ini
//! [dev]
//! aws_access_key_id = ASIA…
//! aws_secret_access_key = …
//! aws_session_token = …
//! rolecall_expires = 2026-11-27T21:00:00Z
//! ```
//!
//! The last key says that the others are ours. Keys without it are somebody else's, and are never touched.

use jiff::Timestamp;

use super::{Mode, read_credentials, refused_edit};
use crate::failure::{Code, Failure};
use crate::ids::ProfileName;
use crate::profile_file::Section;
use crate::vend::{self, Credentials};

const EXPIRES: &str = "rolecall_expires";
const KEYS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// Keys of a section of the credentials file that win over what a switch in this mode means. Keys of ours are what the
/// mode `keys` means.
pub(crate) fn winning_keys(section: &Section, mode: Mode) -> Vec<&str> {
    let are_ours = mode == Mode::Keys && section.get(EXPIRES).is_some();
    let keys = section.credential_keys().into_iter();
    keys.filter(|key| !(are_ours && KEYS.contains(key))).collect()
}

/// The credentials file with keys for the profile.
pub fn with_keys(file: &[u8], profile: &ProfileName, credentials: &Credentials) -> Result<Vec<u8>, Failure> {
    let mut file = read_credentials(file)?;
    let section = file.profile(profile.as_str());
    let theirs = section.as_ref().filter(|section| section.get(EXPIRES).is_none());
    let keys = theirs.map(Section::credential_keys).unwrap_or_default();
    if !keys.is_empty() {
        return Err(Failure::new(
            Code::FileRefused,
            format!("[{profile}] in the AWS credentials file holds {} that are not ours", keys.join(", ")),
            "choose another profile with `--profile NAME`, or remove that section by hand; nothing was changed",
        ));
    }
    let expires = vend::rfc3339(credentials.expires_at);
    let values = [
        credentials.access_key_id.as_str(),
        credentials.secret_access_key.reveal(),
        credentials.session_token.reveal(),
    ];
    let changes = KEYS.into_iter().zip(values).chain([(EXPIRES, expires.as_str())]);
    let changes: Vec<_> = changes.map(|(key, value)| (key, Some(value))).collect();
    file.set_profile(profile.as_str(), &changes).map_err(|error| refused_edit(profile, &error))?;
    Ok(file.to_bytes())
}

/// The credentials file without our keys for the profile; `None` if it has none.
pub fn without_keys(file: &[u8], profile: &ProfileName) -> Result<Option<Vec<u8>>, Failure> {
    let mut file = read_credentials(file)?;
    let Some(section) = file.profile(profile.as_str()).filter(|section| section.get(EXPIRES).is_some())
    else {
        return Ok(None);
    };
    let is_ours = |key: &str| key == EXPIRES || KEYS.contains(&key);
    let edited = if section.settings().iter().all(|setting| is_ours(&setting.key)) {
        file.remove_profile(profile.as_str())
    } else {
        let changes: Vec<_> = KEYS.into_iter().chain([EXPIRES]).map(|key| (key, None)).collect();
        file.set_profile(profile.as_str(), &changes)
    };
    edited.map_err(|error| refused_edit(profile, &error))?;
    Ok(Some(file.to_bytes()))
}

/// Profiles with keys of ours, and when these end. Keys whose end can't be read have ended.
pub fn with_our_keys(file: &[u8]) -> Result<Vec<(ProfileName, Timestamp)>, Failure> {
    let file = read_credentials(file)?;
    let ours = file.profiles().filter_map(|section| {
        let expires = section.get(EXPIRES)?;
        Some((ProfileName::parse(section.name()).ok()?, expires.parse().unwrap_or(Timestamp::MIN)))
    });
    Ok(ours.collect())
}
