//! What a switch does to the AWS config, and what the config says of former switches.
//!
//! A profile that Rolecall wrote names its grant itself, in keys that AWS's tools ignore:
//!
//! ```ini
//! [profile dev]
//! credential_process = /usr/bin/rolecall credentials --profile dev
//! region = eu-central-1
//! rolecall_portal = corp
//! rolecall_account_id = 111122223333
//! rolecall_role_name = Admin
//! ```
//!
//! So the file is the only record of which profile points where: an edit by hand is honoured, and a profile
//! without these keys is somebody else's. `rolecall_generated = true` marks those that nobody switched, see
//! [`crate::generate`].

mod delivery;
mod end;
mod keys;
mod lease;

use jiff::Timestamp;

use crate::failure::{Code, Failure};
use crate::ids::{AccountId, GrantId, PortalName, ProfileName, Region, RoleName, StartUrl};
use crate::profile_file::{self, ConfigFile, EditRefused, FileKind, Section, Unreadable, command_line};
use crate::settings::Portal;

use self::delivery::{MODE, OURS, UNTIL};

pub use self::delivery::{Delivery, Mode};
pub use self::end::{Ended, Means, end_lease_now, end_leases};
pub(crate) use self::keys::winning_keys;
pub use self::keys::{with_keys, with_our_keys, without_keys};
pub use self::lease::{Lease, RegionAfter};

/// What failures call the two files.
pub(crate) const CONFIG: &str = "the AWS config file";
pub(crate) const CREDENTIALS: &str = "the AWS credentials file";

pub(crate) const PORTAL: &str = "rolecall_portal";
pub(crate) const ACCOUNT: &str = "rolecall_account_id";
pub(crate) const ROLE: &str = "rolecall_role_name";
pub(crate) const GENERATED: &str = "rolecall_generated";
pub(crate) const PROCESS: &str = "credential_process";

/// A profile that Rolecall wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurProfile {
    /// Its name.
    pub name: ProfileName,
    /// Where it points.
    pub grant: GrantId,
    /// The region that it sets.
    pub region: Option<String>,
    /// Made for its grant among many, and not switched since: it may go when its grant does. Not while it is lent.
    pub generated: bool,
    /// How it gets its credentials.
    pub mode: Mode,
    /// Until when it points there, if that ends by itself.
    pub lease: Option<Lease>,
}

/// A switch, as asked for.
#[derive(Debug, Clone)]
pub struct Switch<'a> {
    /// The profile to point at the grant.
    pub profile: &'a ProfileName,
    /// The grant.
    pub grant: &'a GrantId,
    /// A region that was asked for; replaces what is there.
    pub region: Option<&'a Region>,
    /// The region for a profile that has none.
    pub fallback_region: &'a Region,
    /// How the profile gets credentials.
    pub delivery: Delivery<'a>,
    /// When it goes back to where it points now, if it does.
    pub until: Option<Timestamp>,
    /// Take over a profile that is somebody else's.
    pub force: bool,
}

/// A switch, as decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// The new content of the config.
    pub config: Vec<u8>,
    /// The new content of the credentials file, if it has to change.
    pub credentials: Option<Vec<u8>>,
    /// The region that the profile has now.
    pub region: String,
    /// Keys of somebody else's that were taken out because they would have won.
    pub removed: Vec<String>,
    /// What may keep the switch from working, in sentences for the person.
    pub warnings: Vec<String>,
}

/// Reads the AWS config.
pub fn read_config(bytes: &[u8]) -> Result<ConfigFile, Failure> {
    read(bytes, FileKind::Config, CONFIG)
}

/// Reads the AWS credentials file.
pub fn read_credentials(bytes: &[u8]) -> Result<ConfigFile, Failure> {
    read(bytes, FileKind::Credentials, CREDENTIALS)
}

/// Either file; `what` is how a failure calls it.
fn read(bytes: &[u8], kind: FileKind, what: &str) -> Result<ConfigFile, Failure> {
    ConfigFile::parse(bytes, kind).map_err(|error| unreadable(&error, what))
}

pub(crate) fn unreadable(error: &Unreadable, what: &str) -> Failure {
    Failure::new(
        Code::FileRefused,
        format!("{what} can't be read safely: {error}"),
        "mend the file by hand, then try again; nothing was changed",
    )
}

/// Every profile that Rolecall wrote.
pub fn our_profiles(config: &ConfigFile) -> Vec<OurProfile> {
    config.profiles().filter_map(|section| ours(&section)).collect()
}

/// The profile, if Rolecall wrote it.
pub fn our_profile(config: &ConfigFile, name: &ProfileName) -> Option<OurProfile> {
    config.profile(name.as_str()).and_then(|section| ours(&section))
}

/// The same without reading all of the config, which may have thousands of profiles.
pub fn our_profile_in(config: &[u8], name: &ProfileName) -> Result<Option<OurProfile>, Failure> {
    let section = ConfigFile::one_profile(config, FileKind::Config, name.as_str());
    let section = section.map_err(|error| unreadable(&error, CONFIG))?;
    Ok(section.and_then(|section| ours(&section)))
}

/// The program that the profile has AWS tools ask, if it has one.
pub fn program_of(config: &ConfigFile, name: &ProfileName) -> Option<String> {
    let section = config.profile(name.as_str())?;
    profile_file::program_of(section.get(PROCESS)?).map(str::to_owned)
}

pub(crate) fn ours(section: &Section) -> Option<OurProfile> {
    Some(OurProfile {
        name: ProfileName::parse(section.name()).ok()?,
        grant: GrantId {
            portal: PortalName::parse(section.get(PORTAL)?).ok()?,
            account_id: AccountId::parse(section.get(ACCOUNT)?).ok()?,
            role_name: RoleName::parse(section.get(ROLE)?).ok()?,
        },
        region: section.get("region").map(str::to_owned),
        generated: is_marked(section) && section.get(UNTIL).is_none(),
        mode: Mode::of(section),
        lease: Lease::of(section),
    })
}

/// Whether the profile was made for its grant among many; one that is lent will be that again.
fn is_marked(section: &Section) -> bool {
    section.get(GENERATED) == Some("true")
}

/// Decides what the files should be after the switch. `credentials` is the content of the credentials file, of which
/// only keys of ours are ever changed.
pub fn switch(config: &[u8], credentials: Option<&[u8]>, switch: &Switch<'_>) -> Result<Switched, Failure> {
    if switch.profile.looks_like_an_option() {
        return Err(Failure::new(
            Code::Usage,
            format!("a profile can't be called {}: AWS tools take that for an option", switch.profile),
            "choose a name that does not begin with `-`; nothing was changed",
        ));
    }
    let mut file = read_config(config)?;
    refuse_theirs(file.profile(switch.profile.as_str()).as_ref(), switch)?;
    let (region, removed) = point(&mut file, switch)?;
    let mut warnings = unreadable_for_some(&file);
    let credentials_after = match switch.delivery {
        Delivery::Keys(Some(keys)) => Some(with_keys(credentials.unwrap_or_default(), switch.profile, keys)?),
        _ => credentials.and_then(|file| without_keys(file, switch.profile).ok().flatten()),
    };
    if switch.delivery.mode() != Mode::Keys {
        warnings.extend(shadows(credentials_after.as_deref().or(credentials), switch.profile));
    }
    Ok(Switched { config: file.to_bytes(), credentials: credentials_after, region, removed, warnings })
}

/// Makes the profile what the switch wants. Returns its region, and the keys of somebody else's that went.
fn point(file: &mut ConfigFile, switch: &Switch<'_>) -> Result<(String, Vec<String>), Failure> {
    let section = file.profile(switch.profile.as_str());
    let before = section.as_ref().and_then(ours);
    let region = region(section.as_ref(), before.as_ref(), switch);
    let mut wanted = wanted(file, switch, &region)?;
    if let Some(until) = switch.until {
        wanted.extend(Lease::from_here(until, section.as_ref(), before.as_ref(), &region).keys());
    }
    let is_wanted = |key: &str| wanted.iter().any(|(wanted, _)| *wanted == key);
    let there = section.iter().flat_map(Section::credential_keys).filter(|key| !is_wanted(key));
    let mut unwanted: Vec<&str> = there.collect();
    unwanted.extend(OURS.into_iter().filter(|key| *key != PROCESS && !is_wanted(key)));
    // What another mode of ours has left is no news.
    let is_news = |key: &&&str| **key != PROCESS && before.as_ref().is_none_or(|ours| ours.mode != Mode::Sso);
    let removed = unwanted.iter().filter(|key| !OURS.contains(key)).filter(is_news);
    let removed: Vec<String> = removed.map(|key| (*key).to_owned()).collect();
    let mut changes: Vec<(&str, Option<&str>)> = unwanted.iter().map(|key| (*key, None)).collect();
    changes.extend(wanted.iter().map(|(key, value)| (*key, Some(value.as_str()))));
    // Pointed elsewhere for good, it is the person's: it must not go when that grant does.
    let lasting = before.and_then(OurProfile::after_lease).filter(|ours| ours.generated);
    let stays = lasting.is_some_and(|ours| switch.until.is_some() || ours.grant == *switch.grant);
    if section.as_ref().is_some_and(is_marked) && !stays {
        changes.push((GENERATED, None));
    }
    let pointed = file.set_profile(switch.profile.as_str(), &changes);
    pointed.map_err(|error| refused_edit(switch.profile, &error))?;
    Ok((region, removed))
}

/// The keys that the profile should have, with their values. A session that it needs is put into the file.
fn wanted(
    file: &mut ConfigFile,
    switch: &Switch<'_>,
    region: &str,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let grant = switch.grant;
    let mut wanted = Vec::new();
    match switch.delivery {
        Delivery::Process(program) => wanted.push((PROCESS, command(program, switch.profile)?)),
        Delivery::Sso(portal) => wanted.extend([
            ("sso_session", session(file, portal)?),
            ("sso_account_id", grant.account_id.to_string()),
            ("sso_role_name", grant.role_name.to_string()),
        ]),
        Delivery::Keys(_) | Delivery::Endpoint => {}
    }
    wanted.extend([
        ("region", region.to_owned()),
        (PORTAL, grant.portal.to_string()),
        (ACCOUNT, grant.account_id.to_string()),
        (ROLE, grant.role_name.to_string()),
    ]);
    let mode = switch.delivery.mode();
    if mode != Mode::default() {
        wanted.push((MODE, mode.as_str().to_owned()));
    }
    Ok(wanted)
}

/// The name of the config's session for the portal, which is added if there is none.
fn session(file: &mut ConfigFile, portal: &Portal) -> Result<String, Failure> {
    let is_of = |section: &Section| {
        let value = |key| section.setting(key).map(|s| s.without_comment().to_owned());
        let url = value("sso_start_url").and_then(|url| StartUrl::parse(&url).ok());
        url.is_some_and(|url| url.is_same_portal(&portal.start_url))
            && value("sso_region").as_deref() == Some(portal.region.as_str())
            // Two people of one portal, or scopes of somebody's own, are not ours to take.
            && ProfileName::parse(section.name()).is_ok()
    };
    if let Some(section) = file.sso_sessions().find(is_of) {
        return Ok(section.name().to_owned());
    }
    let own = portal.name.to_string();
    let name = if file.sso_session(&own).is_none() { own } else { format!("rolecall-{own}") };
    let changes = [
        ("sso_start_url", Some(portal.start_url.as_str())),
        ("sso_region", Some(portal.region.as_str())),
        ("sso_registration_scopes", Some("sso:account:access")),
    ];
    file.set_sso_session(&name, &changes).map_err(|error| {
        Failure::new(
            Code::FileRefused,
            format!("the session {name} can't be added safely: {error}"),
            "nothing was changed: choose the mode `process`, or mend the file by hand",
        )
    })?;
    Ok(name)
}

fn refused_edit(profile: &ProfileName, error: &EditRefused) -> Failure {
    Failure::new(
        Code::FileRefused,
        format!("the profile {profile} can't be changed safely: {error}"),
        "nothing was changed: mend the line by hand, or switch another profile with `--profile NAME`",
    )
}

/// A profile without our keys is not overwritten: whatever it holds was put there for a purpose.
fn refuse_theirs(section: Option<&Section>, switch: &Switch<'_>) -> Result<(), Failure> {
    let Some(section) = section.filter(|section| ours(section).is_none()) else { return Ok(()) };
    let keys: Vec<&str> = section.settings().iter().map(|s| s.key.as_str()).collect();
    let lost: Vec<&str> = section.credential_keys();
    if switch.until.is_some() && !lost.is_empty() {
        return Err(not_lent(switch.profile, &lost));
    }
    if switch.force || keys.is_empty() {
        return Ok(());
    }
    let consequence = if lost.is_empty() {
        "--force keeps all of them and adds the role".to_owned()
    } else {
        format!("--force replaces {} and keeps the rest", lost.join(", "))
    };
    Err(Failure::new(
        Code::FileRefused,
        format!(
            "the profile {} was not written by Rolecall (it holds {})",
            switch.profile,
            crate::text::line(&keys.join(", "))
        ),
        format!("{consequence}; or choose another profile with `--profile NAME`. Nothing was changed"),
    ))
}

/// What `--force` takes out is not kept anywhere, and may be a secret: a lease could not bring it back.
fn not_lent(profile: &ProfileName, lost: &[&str]) -> Failure {
    Failure::new(
        Code::FileRefused,
        format!(
            "the profile {profile} was not written by Rolecall, and can't be switched for a while: its {} would be \
             replaced, and not be there again when the time is over",
            lost.join(", ")
        ),
        "lend another profile with `--profile NAME`, or switch this one for good: `--force` without `--for`. \
         Nothing was changed",
    )
}

/// The region of a lease does not outlive it.
fn region(section: Option<&Section>, before: Option<&OurProfile>, switch: &Switch<'_>) -> String {
    let there = section.and_then(|s| s.setting("region")).map(|s| s.without_comment().to_owned());
    let lease = before.and_then(|ours| ours.lease.as_ref());
    let there = lease.map_or(there.clone(), |lease| lease.region.of(there));
    match (switch.region, there) {
        (Some(region), _) => region.to_string(),
        (None, Some(region)) if !region.is_empty() => region,
        (None, _) => switch.fallback_region.to_string(),
    }
}

/// What a profile has for `credential_process`.
pub(crate) fn command(program: &str, profile: &ProfileName) -> Result<String, Failure> {
    let words = [program, "credentials", "--profile", profile.as_str()];
    command_line(&words).map_err(|error| {
        Failure::new(
            Code::FileRefused,
            format!("no credential_process can be written that every AWS tool runs alike: {error}"),
            "move the program to a folder with a plain name, or give the profile a plain name",
        )
    })
}

/// What in the config may keep AWS tools from reading any of it, in sentences for the person.
pub fn unreadable_for_some(file: &ConfigFile) -> Vec<String> {
    let breaking = file.findings().into_iter().filter(|finding| finding.doubt.breaks_file());
    breaking
        .map(|finding| format!("AWS tools may refuse the whole config file because of its {finding}"))
        .take(3)
        .collect()
}

/// A profile is read from both files, and every SDK prefers static keys in the credentials file to a
/// `credential_process` (order of providers in botocore, the Rust, Go and JavaScript SDKs).
fn shadows(credentials: Option<&[u8]>, profile: &ProfileName) -> Vec<String> {
    let Some(bytes) = credentials else { return Vec::new() };
    let Ok(file) = ConfigFile::parse(bytes, FileKind::Credentials) else {
        return vec![
            "the AWS credentials file can't be read; it may hold keys that win over the switch".into(),
        ];
    };
    let keys = file.profile(profile.as_str()).map(|s| s.credential_keys()).unwrap_or_default();
    if keys.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "[{profile}] in the AWS credentials file holds {}: AWS tools prefer these to the role you switched to. \
         Remove or rename that section, or switch another profile",
        keys.join(", ")
    )]
}

/// The portals that the config speaks of: `[sso-session X]` sections and profiles of the older form. Each
/// start URL and region once, with the name to suggest.
pub fn portals_in(config: &ConfigFile) -> Vec<(String, String, String)> {
    let mut found: Vec<(String, String, String)> = Vec::new();
    let mut add = |name: &str, section: &Section| {
        let value = |key| section.setting(key).map(|s| s.without_comment().to_owned());
        if let (Some(url), Some(region)) = (value("sso_start_url"), value("sso_region"))
            && !found.iter().any(|(_, u, r)| *u == url && *r == region)
        {
            found.push((name.to_owned(), url, region));
        }
    };
    for section in config.sso_sessions() {
        add(section.name(), &section);
    }
    for section in config.profiles() {
        add(section.name(), &section);
    }
    found
}

/// What the AWS CLI calls its sessions of a portal: names of `sso-session` sections, and start URLs as profiles of the
/// older form write them.
pub fn sessions_of(config: &ConfigFile, start_url: &StartUrl) -> Vec<String> {
    let value = |section: &Section, key| section.setting(key).map(|s| s.without_comment().to_owned());
    let is_of = |url: &String| StartUrl::parse(url).is_ok_and(|url| url.is_same_portal(start_url));
    let sessions = config.sso_sessions().filter_map(|section| {
        value(&section, "sso_start_url").filter(is_of).map(|_| section.name().to_owned())
    });
    let mut names: Vec<String> = sessions.collect();
    for section in config.profiles() {
        let is_legacy = value(&section, "sso_session").is_none();
        names.extend(value(&section, "sso_start_url").filter(|url| is_legacy && is_of(url)));
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
