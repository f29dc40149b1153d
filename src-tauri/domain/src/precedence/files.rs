//! Both files as one tool reads them.

use std::collections::HashMap;

use super::Client;
use crate::failure::Failure;
use crate::ids::ProfileName;
use crate::profile::{self, CONFIG, CREDENTIALS, OurProfile, unreadable};
use crate::profile_file::{ConfigFile, Doubt, FileKind, Finding, Section, Setting};

/// The AWS config and the credentials file.
#[derive(Debug, Clone)]
pub struct Files {
    pub(super) config: HashMap<String, Section>,
    pub(super) credentials: HashMap<String, Section>,
    /// Nothing where they were not read.
    sessions: Option<HashMap<String, Section>>,
    /// The profiles of both, in order of the config.
    names: Vec<String>,
    /// For what botocore and the Rust SDK refuse one of the files, with its name.
    refused: Vec<(&'static str, Finding)>,
}

impl Files {
    /// Reads both; a credentials file need not be there.
    pub fn of(config: &ConfigFile, credentials: Option<&ConfigFile>) -> Self {
        let mut refused: Vec<_> = refusals(config, "config").collect();
        refused.extend(credentials.into_iter().flat_map(|file| refusals(file, "credentials")));
        let by_name = |section: Section| (section.name().to_owned(), section);
        let mut names: Vec<String> = config.profiles().map(|section| section.name().to_owned()).collect();
        let config_profiles: HashMap<String, Section> = config.profiles().map(by_name).collect();
        let credentials: HashMap<String, Section> =
            credentials.into_iter().flat_map(ConfigFile::profiles).map(by_name).collect();
        let mut more: Vec<String> =
            credentials.keys().filter(|name| !config_profiles.contains_key(*name)).cloned().collect();
        more.sort_unstable();
        names.append(&mut more);
        let sessions = Some(config.sso_sessions().map(by_name).collect());
        Self { config: config_profiles, credentials, sessions, names, refused }
    }

    /// One profile of both files, where no other matters.
    pub fn of_one(config: Option<Section>, credentials: Option<Section>) -> Self {
        let by_name = |section: Option<Section>| {
            section.map(|section| (section.name().to_owned(), section)).into_iter().collect()
        };
        Self {
            config: by_name(config),
            credentials: by_name(credentials),
            sessions: None,
            names: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// The same, read in a fraction of the time that all of them take.
    pub fn read_one(config: &[u8], credentials: &[u8], name: &ProfileName) -> Result<Self, Failure> {
        let one = |bytes, kind, what| {
            ConfigFile::one_profile(bytes, kind, name.as_str()).map_err(|error| unreadable(&error, what))
        };
        Ok(Self::of_one(
            one(config, FileKind::Config, CONFIG)?,
            one(credentials, FileKind::Credentials, CREDENTIALS)?,
        ))
    }

    /// The profile, if Rolecall wrote it.
    pub fn our_profile(&self, name: &ProfileName) -> Option<OurProfile> {
        self.config.get(name.as_str()).and_then(profile::ours)
    }

    /// For what some tool refuses one of the files as a whole: what is wrong, and whose tools stop.
    pub(super) fn refusals(&self) -> impl Iterator<Item = (&'static str, Finding, Vec<Client>)> {
        self.refused.iter().map(|(which, finding)| {
            let refusing = Client::ALL.into_iter().filter(|client| refuses(*client, finding.doubt));
            (*which, *finding, refusing.collect())
        })
    }

    /// Every profile of either file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn view(&self, client: Client) -> View<'_> {
        View { files: self, client, refuses: true }
    }

    /// As the client would read them if it did not refuse them as a whole.
    pub(super) fn lenient_view(&self, client: Client) -> View<'_> {
        View { files: self, client, refuses: false }
    }
}

fn refusals(file: &ConfigFile, which: &'static str) -> impl Iterator<Item = (&'static str, Finding)> {
    let breaking = file.findings().into_iter().filter(|finding| finding.doubt.breaks_file());
    breaking.map(move |finding| (which, finding))
}

/// Whether the whole file is refused because of this.
fn refuses(client: Client, doubt: Doubt) -> bool {
    let both = matches!(doubt, Doubt::ByteOrderMark | Doubt::StrayLine | Doubt::NotASetting);
    match client {
        Client::Python => both || matches!(doubt, Doubt::DuplicateSection | Doubt::DuplicateKey),
        Client::Rust => both || matches!(doubt, Doubt::Colon | Doubt::IndentedKey),
        Client::JavaScript | Client::Go => false,
    }
}

/// The files as one client reads them.
pub(super) struct View<'a> {
    files: &'a Files,
    client: Client,
    refuses: bool,
}

/// A profile of both files.
#[derive(Clone, Copy)]
pub(super) struct Profile<'a> {
    config: Option<&'a Section>,
    credentials: Option<&'a Section>,
    client: Client,
}

impl<'a> View<'a> {
    /// Why the client refuses the files altogether.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_refused = |finding: &Finding| self.refuses && refuses(self.client, finding.doubt);
        let refused = self.files.refused.iter().find(|(_, finding)| is_refused(finding));
        refused.map_or(Ok(()), |(which, finding)| Err(format!("the {which} file is refused: {finding}")))
    }

    pub(super) fn client(&self) -> Client {
        self.client
    }

    pub(super) fn profile(&self, name: &str) -> Option<Profile<'a>> {
        let (config, credentials) = (self.files.config.get(name), self.files.credentials.get(name));
        let there = config.is_some() || credentials.is_some();
        there.then_some(Profile { config, credentials, client: self.client })
    }

    /// Whether the profile's own SSO keys work, as far as the files can tell.
    pub(super) fn check_sso(&self, profile: Profile<'_>) -> Result<(), String> {
        let session = match profile.get("sso_session") {
            None => None,
            Some(name) => Some(self.session(name)?),
        };
        for key in ["sso_start_url", "sso_region"] {
            let (own, shared) = (profile.get(key), session.and_then(|session| session.get(key)));
            match (own, shared) {
                (Some(_), Some(_)) if self.client == Client::Rust => {
                    return Err(format!("{key} is both in the profile and in its sso-session"));
                }
                (Some(a), Some(b)) if a != b && self.client != Client::JavaScript => {
                    return Err(format!("{key} differs between the profile and its sso-session"));
                }
                _ => {}
            }
            let is_there =
                if session.is_some() && self.client != Client::Python { shared } else { own.or(shared) };
            if is_there.is_none() {
                return Err(format!("{key} is missing"));
            }
        }
        for key in ["sso_account_id", "sso_role_name"] {
            if !profile.has(key) {
                return Err(format!("{key} is missing"));
            }
        }
        Ok(())
    }

    /// Whether a session that the profile names is there, with what botocore's token provider wants of it.
    pub(super) fn check_session(&self, profile: Profile<'_>) -> Result<(), String> {
        let named = profile.get("sso_session").filter(|_| self.files.sessions.is_some());
        let Some(name) = named else { return Ok(()) };
        let session = self.session(name)?;
        let missing = ["sso_start_url", "sso_region"].into_iter().find(|key| !session.has(key));
        missing.map_or(Ok(()), |key| Err(format!("[sso-session {}] has no {key}", crate::text::line(name))))
    }

    fn session(&self, name: &str) -> Result<Profile<'a>, String> {
        let section = self.files.sessions.as_ref().and_then(|sessions| sessions.get(name));
        let section =
            section.ok_or_else(|| format!("there is no [sso-session {}]", crate::text::line(name)))?;
        Ok(Profile { config: Some(section), credentials: None, client: self.client })
    }

    /// Follows `source_profile` to where credentials are.
    pub(super) fn check_sources(&self, start: &str) -> Result<(), String> {
        let mut visited = vec![start.to_owned()];
        loop {
            let name = visited.last().map(String::as_str).unwrap_or_default();
            let Some(profile) = self.profile(name) else {
                return Err(format!("source_profile: there is no profile {}", crate::text::line(name)));
            };
            if visited.len() > 1 && profile.has_keys() {
                return Ok(());
            }
            let next = match profile.get("source_profile").filter(|_| profile.is_role()) {
                Some(next) => next,
                None if visited.len() == 1 || profile.is_role() || profile.has_source() => return Ok(()),
                None => {
                    return Err(format!("the source profile {} has no credentials", crate::text::line(name)));
                }
            };
            // A profile may be its own source, if it has keys.
            if next == name && profile.has_keys() {
                return Ok(());
            }
            if visited.iter().any(|known| known == next) {
                let circle = format!("{} → {next}", visited.join(" → "));
                return Err(format!("source_profile goes in a circle: {}", crate::text::line(&circle)));
            }
            visited.push(next.to_owned());
        }
    }
}

impl<'a> Profile<'a> {
    fn setting(&self, key: &str) -> Option<&'a Setting> {
        let of = |section: Option<&'a Section>| {
            section.and_then(|section| section.setting(key)).filter(|setting| self.sees(setting))
        };
        of(self.credentials).or_else(|| of(self.config))
    }

    fn sees(&self, setting: &Setting) -> bool {
        let has = |doubt| setting.doubts.contains(&doubt);
        match self.client {
            Client::Python => true,
            Client::Rust => !has(Doubt::Inherited),
            Client::JavaScript => {
                let plain = !has(Doubt::Inherited) && !has(Doubt::UpperCase) && !has(Doubt::Colon);
                plain && !setting.without_comment().is_empty()
            }
            Client::Go => !has(Doubt::Inherited) && !setting.without_comment().is_empty(),
        }
    }

    /// The value as the client reads it.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        let setting = self.setting(key)?;
        Some(if self.client == Client::Python { &setting.value } else { setting.without_comment() })
    }

    /// Whether the client reads this key, be it in a line that others take for the rest of a value.
    pub(super) fn has(&self, key: &str) -> bool {
        let reads_hidden = matches!(self.client, Client::JavaScript | Client::Go);
        let hides = |section: &Section| {
            let hidden = section.settings().iter().flat_map(|setting| &setting.hidden_keys);
            reads_hidden && hidden.into_iter().any(|hidden| hidden == key)
        };
        self.setting(key).is_some() || self.config.is_some_and(hides) || self.credentials.is_some_and(hides)
    }

    /// Both halves of an access key.
    pub(super) fn has_keys(&self) -> bool {
        self.has("aws_access_key_id") && self.has("aws_secret_access_key")
    }

    pub(super) fn has_sso(&self) -> bool {
        self.has("sso_account_id") || self.has("sso_role_name")
    }

    /// A role that is assumed with other credentials.
    pub(super) fn is_role(&self) -> bool {
        self.has("role_arn") && !self.has("web_identity_token_file")
    }

    fn has_source(&self) -> bool {
        self.has_keys()
            || self.has_sso()
            || ["web_identity_token_file", "credential_process", "login_session", "credential_source"]
                .iter()
                .any(|key| self.has(key))
    }

    /// The profile as the credentials file, or the config, alone has it.
    pub(super) fn only_credentials(&self) -> Option<Self> {
        self.credentials.map(|_| Self { config: None, ..*self })
    }

    pub(super) fn only_config(&self) -> Option<Self> {
        self.config.map(|_| Self { credentials: None, ..*self })
    }
}

/// `source_profile` and `credential_source` of a role: exactly one of them, which must lead somewhere.
pub(super) fn check_role(view: &View<'_>, name: &str, profile: Profile<'_>) -> Result<(), String> {
    match (profile.has("source_profile"), profile.get("credential_source")) {
        (true, Some(_)) => Err("both source_profile and credential_source are there".into()),
        (false, None) => Err("role_arn wants a source_profile or a credential_source".into()),
        (true, None) => view.check_sources(name),
        (false, Some(source)) => {
            let known = ["Environment", "Ec2InstanceMetadata", "EcsContainer"].contains(&source);
            if known { Ok(()) } else { Err("credential_source is none that AWS tools know".into()) }
        }
    }
}
