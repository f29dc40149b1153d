//! The AWS CLI's token cache, which every SDK reads and renews in place (`~/.aws/sso/cache`; AWS SDKs and Tools
//! Reference Guide, "IAM Identity Center credential provider").
//!
//! One file per session, named by the SHA-1 of the `sso-session`'s name, or of the start URL for profiles of the
//! older form. Other programs write these files at any time and without a lock: what can't be read now is not there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use data_encoding::HEXLOWER;
use domain::failure::{Code, Failure};
use domain::ids::{Region, StartUrl};
use domain::profile;
use domain::secret::Secret;
use domain::session::TokenInfo;
use domain::settings::{AwsCli, Portal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::aws::oidc::{Registration, Tokens};
use crate::tokens::{AccessToken, Home, Means};
use crate::{Engine, clock, files, unwritable};

/// More files than that are not looked at: nobody has as many sessions.
const MOST_FILES: usize = 500;

/// Tokens and the client's secret are 1 to 2 KB each.
const LARGEST_RECORD: usize = 16 << 10;
/// So long after a file was written it may not be whole yet.
const HALF_WRITTEN: Duration = Duration::from_millis(100);

/// A token record, with whatever else others keep in it.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
struct Record {
    start_url: String,
    region: String,
    access_token: String,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[zeroize(skip)]
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// A session of the cache.
pub(crate) struct CliSession {
    pub(crate) access: AccessToken,
    pub(crate) renewal: Option<Means>,
}

impl Engine {
    /// The newest session of the cache that is of this portal, if the settings let us look.
    ///
    /// Where two portals have the same address, nobody knows whose session it is: none is taken, unless the portal
    /// says that its sessions live there.
    pub(crate) fn cli_session(&self, portal: &Portal) -> Option<CliSession> {
        let alike = |other: &&Portal| other.start_url.is_same_portal(&portal.start_url);
        let is_ambiguous = self.settings.portals.iter().filter(alike).count() > 1;
        match portal.aws_cli {
            AwsCli::Off => return None,
            AwsCli::Read if is_ambiguous => return None,
            AwsCli::Read | AwsCli::Share => {}
        }
        let marks = self.session_record(portal);
        let sessions = self.cli_files().into_iter().filter_map(|path| {
            let record = read(&path)?;
            let fits = Region::parse(&record.region).is_ok_and(|region| region == portal.region)
                && is_of(&record, portal);
            let written = modified(&path)?;
            fits.then(|| session(&record, path, written)).flatten()
        });
        let sessions: Vec<CliSession> = sessions.collect();
        if marks.cli_ignored && portal.aws_cli == AwsCli::Read {
            // Signed out here, and the AWS CLI's session goes on without us. What comes after it counts again.
            if sessions.is_empty() {
                let _ = self.note_session(portal, |record| record.cli_ignored = false);
            }
            return None;
        }
        let is_refused = |token: &Secret| marks.refused.contains(&digest(token));
        let living = sessions.into_iter().filter(|session| !is_refused(&session.access.token));
        let usable = living.map(|mut session| {
            session.renewal.take_if(|(token, _)| is_refused(token));
            session.access.info.refreshable = session.renewal.is_some();
            session
        });
        usable.max_by_key(|CliSession { access, .. }| (access.is_useful(), access.info.expires_at))
    }

    /// Whether the AWS CLI has a session of this portal that we leave alone.
    pub(crate) fn has_cli_session(&self, portal: &Portal) -> bool {
        self.cli_files().iter().filter_map(|path| read(path)).any(|record| is_of(&record, portal))
    }

    /// Puts renewed tokens wherever the ones before were: the AWS CLI, or an SDK, may have signed in or renewed
    /// meanwhile, and that is newer. A file that is gone stays so: somebody signed out.
    pub(crate) fn keep_in_cli(&self, sent: &Secret, tokens: &Tokens) -> Result<(), Failure> {
        for path in self.cli_files() {
            let Some(mut record) = read(&path) else { continue };
            if record.refresh_token.as_deref() == Some(sent.reveal()) {
                take_over(&mut record, tokens);
                write(&path, &record)?;
            }
        }
        Ok(())
    }

    /// Puts a new session where every profile of this portal looks for one.
    pub(crate) fn begin_in_cli(
        &self,
        portal: &Portal,
        registration: &Registration,
        tokens: &Tokens,
    ) -> Result<(), Failure> {
        let mut record = Record {
            start_url: portal.start_url.to_string(),
            region: portal.region.to_string(),
            access_token: String::new(),
            expires_at: String::new(),
            client_id: Some(registration.client_id.clone()),
            client_secret: Some(registration.client_secret.reveal().to_owned()),
            registration_expires_at: Some(stamp(registration.expires_at)),
            refresh_token: None,
            other: Map::new(),
        };
        take_over(&mut record, tokens);
        let dir = self.folders.cli_cache_dir().ok_or_else(|| {
            let hint = "set HOME, or set aws_cli = \"off\" for this portal";
            Failure::new(Code::Failed, "there is no home folder for the AWS CLI's sessions", hint)
        })?;
        self.cli_names(portal).iter().try_for_each(|name| write(&dir.join(file_name(name)), &record))
    }

    /// Removes the sessions of a portal, as `aws sso logout` does.
    pub(crate) fn end_in_cli(&self, portal: &Portal) -> Result<(), Failure> {
        for path in self.cli_files() {
            if read(&path).is_some_and(|record| is_of(&record, portal)) {
                files::remove(&path)?;
            }
        }
        Ok(())
    }

    /// AWS does not take this token of the cache any more. Its file is not ours; that it is of no use is.
    pub(crate) fn refuse_in_cli(&self, portal: &Portal, token: &Secret) -> Result<(), Failure> {
        let refused = digest(token);
        self.note_session(portal, |record| {
            record.refused.retain(|known| *known != refused);
            record.refused.push(refused);
            // Two for a session; older ones are not in any file any more.
            let surplus = record.refused.len().saturating_sub(8);
            record.refused.drain(..surplus);
        })
    }

    /// The names that the AWS config has for sessions of this portal; the portal's own name if there is none, or the
    /// config can't be read: a sign-in that somebody has just approved is kept in any case.
    fn cli_names(&self, portal: &Portal) -> Vec<String> {
        let config = files::read_theirs(self.folders.aws_config_path()).ok().flatten().unwrap_or_default();
        let names =
            profile::read_config(&config).map(|config| profile::sessions_of(&config, &portal.start_url));
        names.ok().filter(|names| !names.is_empty()).unwrap_or_else(|| vec![portal.name.to_string()])
    }

    fn cli_files(&self) -> Vec<PathBuf> {
        let Some(dir) = self.folders.cli_cache_dir() else { return Vec::new() };
        let entries =
            fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "json")).take(MOST_FILES).collect()
    }
}

fn is_of(record: &Record, portal: &Portal) -> bool {
    StartUrl::parse(&record.start_url).is_ok_and(|url| url.is_same_portal(&portal.start_url))
}

/// Whether a session can be put into the folder of this file. Asked before AWS rotates what is in it.
pub(crate) fn can_keep(path: &Path) -> bool {
    let probe = |dir| -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".rolecall-").tempfile_in(dir)?;
        file.write_all(&[b' '; LARGEST_RECORD])
    };
    path.parent().is_some_and(|dir| probe(dir).is_ok())
}

fn file_name(session: &str) -> String {
    format!("{}.json", HEXLOWER.encode(&Sha1::digest(session)))
}

fn digest(token: &Secret) -> String {
    HEXLOWER.encode(&Sha256::digest(token.reveal()))
}

/// The AWS CLI empties a file before it writes it anew: one that makes no sense is looked at once more.
fn read(path: &Path) -> Option<Record> {
    let parsed = || {
        let bytes = Zeroizing::new(files::read(path).ok()??);
        Some(serde_json::from_slice::<Record>(&bytes).ok())
    };
    parsed()?.or_else(|| {
        let is_partial = fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()? < HALF_WRITTEN;
        is_partial.then(|| thread::sleep(HALF_WRITTEN / 4));
        is_partial.then(parsed)??
    })
}

fn write(path: &Path, record: &Record) -> Result<(), Failure> {
    let text = Zeroizing::new(serde_json::to_string(record).map_err(|error| unwritable(&error))?);
    files::replace(path, text.as_bytes())
}

fn modified(path: &Path) -> Option<Timestamp> {
    Timestamp::try_from(fs::metadata(path).ok()?.modified().ok()?).ok()
}

fn session(record: &Record, path: PathBuf, written: Timestamp) -> Option<CliSession> {
    let expires_at = time(&record.expires_at)?;
    let renewal = || {
        let expires_at = time(record.registration_expires_at.as_deref()?)?;
        let registration = Registration {
            client_id: record.client_id.clone()?,
            client_secret: Secret::new(record.client_secret.as_deref()?),
            expires_at,
        };
        let token = Secret::new(record.refresh_token.as_deref()?);
        (expires_at > clock::now()).then_some((token, registration))
    };
    let renewal = renewal();
    let info = TokenInfo { expires_at, refreshable: renewal.is_some() };
    let token = Secret::new(record.access_token.as_str());
    let access = AccessToken { token, info, obtained_at: written, home: Home::AwsCli(path) };
    Some(CliSession { access, renewal })
}

fn take_over(record: &mut Record, tokens: &Tokens) {
    record.access_token.zeroize();
    tokens.access_token.reveal().clone_into(&mut record.access_token);
    record.expires_at = stamp(tokens.expires_at);
    record.refresh_token.zeroize();
    record.refresh_token = tokens.refresh_token.as_ref().map(|token| token.reveal().to_owned());
}

/// As the AWS CLI writes it; the form that every reader understands.
fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Old CLIs write `UTC` at the end, SDKs fractions of a second, and some an offset.
fn time(text: &str) -> Option<Timestamp> {
    let zulu = text.strip_suffix("UTC").map(|bare| format!("{bare}Z"));
    zulu.as_deref().unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_the_aws_cli_names_them() {
        assert_eq!(file_name("corp"), "ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
        let legacy = file_name("https://d-1234567890.awsapps.com/start");
        assert_eq!(legacy, "7487b5b67d5fa1132cf33fa93ae51ef38cc37752.json");
    }

    #[test]
    fn each_writers_time_is_understood() {
        let whole = time("2026-11-23T21:05:39Z").unwrap();
        assert_eq!(stamp(whole), "2026-11-23T21:05:39Z");
        for other in ["2026-11-23T21:05:39UTC", "2026-11-23T21:05:39+00:00", "2026-11-23T22:05:39+01:00"] {
            assert_eq!(time(other), Some(whole), "{other}");
        }
        for fraction in ["2026-11-23T21:05:39.887Z", "2026-11-23T21:05:39.784138Z"] {
            assert_eq!(time(fraction).unwrap().as_second(), whole.as_second(), "{fraction}");
        }
        assert_eq!(time("tomorrow"), None);
    }

    #[test]
    fn what_others_keep_in_a_record_stays() {
        let text = r#"{"startUrl":"u","region":"r","accessToken":"a","expiresAt":"e","extra":{"k":[1]}}"#;
        let record: Record = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
    }
}
