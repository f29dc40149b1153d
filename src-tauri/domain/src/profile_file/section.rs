//! Profiles and SSO sessions as botocore reads them.

use std::collections::{HashMap, HashSet};

use super::doubt::{self, Doubt};
use super::header::{Header, Kind};
use super::line::is_space;
use super::outline::{Outline, SectionSpan};

/// The keys that decide which credentials a client takes. Their companions (`external_id`,
/// `mfa_serial`, `duration_seconds`, …) decide nothing alone and are left out.
pub const CREDENTIAL_KEYS: [&str; 15] = [
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_start_url",
    "sso_region",
    "login_session",
    "credential_process",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
];

/// A way for a client to get credentials out of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// `role_arn` with `source_profile` or `credential_source` (or broken without).
    AssumeRole,
    /// `web_identity_token_file` with `role_arn`.
    WebIdentity,
    /// `sso_session` with account and role.
    SsoSession,
    /// Account and role without `sso_session`.
    LegacySso,
    /// `login_session`, of `aws login`.
    LoginSession,
    /// `credential_process`.
    CredentialProcess,
    /// Access keys.
    StaticKeys,
}

/// A profile or an SSO session: the keys of the section that counts for botocore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    name: String,
    settings: Vec<Setting>,
    doubts: Vec<Doubt>,
}

/// One key of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// In lower case.
    pub key: String,
    /// As botocore reads it: with an inline comment, continuation lines joined by `\n`.
    pub value: String,
    /// Where the key is, counted from 1.
    pub line: usize,
    /// In what other clients differ.
    pub doubts: Vec<Doubt>,
    /// Keys that JavaScript and Go read in the continuation lines.
    pub hidden_keys: Vec<String>,
}

impl Setting {
    /// The value as the other clients read it: cut at a `#` or `;` after white space.
    pub fn without_comment(&self) -> &str {
        let mut after_space = true;
        for (at, c) in self.value.char_indices() {
            if after_space && (c == '#' || c == ';') {
                return self.value[..at].trim_end_matches(is_space);
            }
            after_space = is_space(c);
        }
        &self.value
    }

    /// The keys of a nested block such as `s3 =`; empty if the value is a plain one.
    pub fn nested(&self) -> Vec<(&str, &str)> {
        let Some(block) = self.value.strip_prefix('\n') else {
            return Vec::new();
        };
        block
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.trim(), value.trim()))
            .collect()
    }
}

impl Section {
    /// The name, without quotes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of a key given in lower case, as botocore reads it.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.setting(key).map(|setting| setting.value.as_str())
    }

    /// A key with where and how it is written.
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }

    /// The same section in another text, whose lines are given in the order of this one's.
    pub(super) fn at_lines(mut self, lines: &[usize]) -> Self {
        for setting in &mut self.settings {
            setting.line = lines.get(setting.line - 1).map_or(setting.line, |line| line + 1);
        }
        self
    }

    /// All keys, in the order of the file.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// What is doubtful about the section as a whole; keys have their own doubts.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The credential-determining keys that any client reads in this section, hidden ones included,
    /// in the order of [`CREDENTIAL_KEYS`].
    pub fn credential_keys(&self) -> Vec<&'static str> {
        let there = |key: &str| {
            self.settings.iter().any(|s| s.key == key || s.hidden_keys.iter().any(|hidden| hidden == key))
        };
        CREDENTIAL_KEYS.into_iter().filter(|key| there(key)).collect()
    }

    /// Every kind of credentials the keys amount to. With more than one, clients pick differently;
    /// with a lone `sso_session` there is none, as that only gives a bearer token.
    pub fn credential_kinds(&self) -> Vec<CredentialKind> {
        let keys = self.credential_keys();
        let has = |key: &str| keys.contains(&key);
        let sso = has("sso_account_id") || has("sso_role_name");
        let kinds = [
            (CredentialKind::AssumeRole, has("role_arn") && !has("web_identity_token_file")),
            (CredentialKind::WebIdentity, has("web_identity_token_file")),
            (CredentialKind::SsoSession, sso && has("sso_session")),
            (CredentialKind::LegacySso, sso && !has("sso_session")),
            (CredentialKind::LoginSession, has("login_session")),
            (CredentialKind::CredentialProcess, has("credential_process")),
            (CredentialKind::StaticKeys, has("aws_access_key_id") || has("aws_secret_access_key")),
        ];
        kinds.into_iter().filter_map(|(kind, there)| there.then_some(kind)).collect()
    }
}

/// The sections of a kind by the name that botocore gives them.
struct Groups<'a> {
    /// In the order of first appearance.
    names: Vec<&'a str>,
    by_name: HashMap<&'a str, Vec<&'a SectionSpan>>,
    doubtful: HashSet<&'a str>,
    inherited: Vec<&'a SectionSpan>,
}

impl<'a> Groups<'a> {
    fn of(outline: &'a Outline, kind: Kind) -> Self {
        let mut groups = Self {
            names: Vec::new(),
            by_name: HashMap::new(),
            doubtful: outline.doubtful_names(kind).collect(),
            inherited: outline.sections.iter().filter(|span| span.header.is_inherited()).collect(),
        };
        for section in &outline.sections {
            if let Some((_, name)) = section.header.python().filter(|(k, _)| *k == kind) {
                let spans = groups.by_name.entry(name).or_default();
                if spans.is_empty() {
                    groups.names.push(name);
                }
                spans.push(section);
            }
        }
        groups
    }

    fn read(&self, name: &str) -> Option<Section> {
        let spans = self.by_name.get(name)?;
        Some(read(name, spans, self.doubtful.contains(name), &self.inherited))
    }
}

/// All sections of a kind, each name once, in the order of first appearance.
pub(super) fn read_all(outline: &Outline, kind: Kind) -> Vec<Section> {
    let groups = Groups::of(outline, kind);
    groups.names.iter().filter_map(|name| groups.read(name)).collect()
}

/// The section of this name.
pub(super) fn read_one(outline: &Outline, kind: Kind, name: &str) -> Option<Section> {
    Groups::of(outline, kind).read(name)
}

fn read(name: &str, spans: &[&SectionSpan], doubtful: bool, inherited: &[&SectionSpan]) -> Section {
    let mut spellings: Vec<&str> = Vec::new();
    for spelling in spans.iter().filter_map(|span| span.header.spelling()) {
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    // Sections with the same header are merged; of differently written ones botocore keeps the last.
    let counts = spellings.last().copied();
    let merged: Vec<&SectionSpan> =
        spans.iter().filter(|span| span.header.spelling() == counts).copied().collect();
    let unclear = doubtful || spans.iter().any(|span| matches!(span.header, Header::Unclear { .. }));
    let checks = [
        (Doubt::DuplicateSection, spans.len() > spellings.len()),
        (Doubt::SeveralHeaders, spellings.len() > 1),
        (Doubt::UnclearHeader, unclear),
    ];
    let mut section = Section {
        name: name.to_owned(),
        settings: Vec::new(),
        doubts: checks.into_iter().filter_map(|(doubt, there)| there.then_some(doubt)).collect(),
    };
    for span in merged {
        section.take(span);
    }
    for span in inherited {
        section.inherit(span);
    }
    section
}

impl Section {
    fn take(&mut self, span: &SectionSpan) {
        for setting in settings(span) {
            match self.settings.iter_mut().find(|known| known.key == setting.key) {
                Some(known) => {
                    *known = setting;
                    known.doubts.push(Doubt::DuplicateKey);
                }
                None => self.settings.push(setting),
            }
        }
    }

    fn inherit(&mut self, defaults: &SectionSpan) {
        for mut setting in settings(defaults) {
            let known = self.settings.iter_mut().find(|known| known.key == setting.key);
            setting.doubts.push(Doubt::Inherited);
            match known {
                Some(known) if known.doubts.contains(&Doubt::Inherited) => *known = setting,
                Some(_) => {}
                None => self.settings.push(setting),
            }
        }
    }
}

fn settings(span: &SectionSpan) -> impl Iterator<Item = Setting> {
    span.keys.iter().map(|key| Setting {
        key: key.parts.key(),
        value: key.value(),
        line: key.line + 1,
        doubts: doubt::of_key(key),
        hidden_keys: key.hidden.iter().map(|(_, name)| name.clone()).collect(),
    })
}
