//! Granted (fwdcloudsec/granted): its config, its profiles in the AWS config, and what it knows of their use.

use jiff::Timestamp;
use serde::Deserialize;
use toml_edit::{Document, Item, Table};

use super::aws_config::{AwsConfig, value};
use super::{
    Findings, FoundMark, FoundUse, GRANTED_CONTAINERS, Marked, OTHER_BROWSER, Source, Target, colour,
    go_template,
};
use crate::failure::{Code, Failure};
use crate::naming::Template;

/// Settings of Granted's that have no counterpart, and what to say of each.
const WITHOUT_COUNTERPART: [(&str, &str); 9] = [
    ("CustomBrowserPath", OTHER_BROWSER),
    ("CustomSSOBrowserPath", "sign-ins open in a window of Rolecall's, or in your default browser"),
    (
        "AWSConsoleBrowserLaunchTemplate",
        "a browser is started in its own way; [browser] in settings.toml says which",
    ),
    ("SSOBrowserLaunchTemplate", "sign-ins open in a window of Rolecall's, or in your default browser"),
    ("ExportCredentialSuffix", "Rolecall writes no keys to the credentials file"),
    ("ExportCredsToAWS", "Rolecall writes no keys to the credentials file"),
    ("ExportSSOToken", "set `aws_cli = \"share\"` in a portal to share its session with the AWS CLI"),
    ("ProfileRegistryURLS", "profile registries have no counterpart"),
    ("AccessRequestURL", "requests for access have no counterpart"),
];

/// Granted's files: `config` and the list of past uses are in its own folder.
pub struct Files<'a> {
    /// `~/.granted/config`, TOML.
    pub config: Option<&'a str>,
    /// `aws_profiles_frecency` in its cache folder, JSON.
    pub frecency: Option<&'a str>,
    /// The AWS config.
    pub aws: &'a AwsConfig<'a>,
}

/// What Granted's files say.
pub fn read(files: &Files<'_>) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    if let Some(text) = files.config {
        read_config(text, &mut findings)?;
    }
    files.aws.add_profiles(Source::Granted, &mut findings);
    add_marks(files.aws, &mut findings);
    if let Some(text) = files.frecency {
        add_uses(text, &mut findings);
    }
    Ok(findings)
}

fn read_config(text: &str, findings: &mut Findings) -> Result<(), Failure> {
    let document = Document::parse(text).map_err(|error| {
        let hint = "mend the file, or move it away: the profiles in the AWS config are read without it";
        Failure::new(Code::Failed, "the config of Granted is not TOML", hint).with_detail(error.message())
    })?;
    let table = document.as_table();
    let instances = table.get("SSO").and_then(Item::as_table);
    for (name, item) in instances.into_iter().flat_map(Table::iter) {
        if let Some(table) = item.as_table() {
            add_instance(name, table, findings);
        }
    }
    for (key, why) in WITHOUT_COUNTERPART {
        if table.get(key).is_some_and(says_something) {
            findings.leave_out(format!("Granted's setting {key}"), why);
        }
    }
    let browser = table.get("DefaultBrowser").and_then(Item::as_str).unwrap_or_default();
    let instead = match browser.to_ascii_uppercase().as_str() {
        "" | "STDOUT" => None,
        name if name.starts_with("FIREFOX") => Some(GRANTED_CONTAINERS),
        _ => Some("`open = \"profile\"` and `program` under [browser] in settings.toml do the same"),
    };
    if let Some(instead) = instead {
        findings.leave_out(format!("Granted's browser {browser}"), instead);
    }
    if table.get("Ordering").and_then(Item::as_str) == Some("Alphabetical") {
        findings.leave_out("Granted's alphabetical order", "what is pinned and used most comes first here");
    }
    let registries = table.get("ProfileRegistry").and_then(Item::as_table);
    if registries.is_some_and(|table| table.get("Registries").is_some_and(says_something)) {
        findings.leave_out("Granted's profile registries", "profile registries have no counterpart");
    }
    Ok(())
}

/// Granted writes its whole structure: a key that is there may still say nothing.
fn says_something(item: &Item) -> bool {
    let text = item.as_str().is_none_or(|text| !text.is_empty());
    let flag = item.as_bool() != Some(false);
    let list = item.as_array().is_none_or(|array| !array.is_empty());
    text && flag && list
}

/// `[SSO.name]`: what `granted sso populate --config name` takes its values from.
fn add_instance(name: &str, table: &Table, findings: &mut Findings) {
    let text = |key: &str| table.get(key).and_then(Item::as_str).filter(|text| !text.is_empty());
    let (Some(url), Some(region)) = (text("StartURL"), text("SSORegion")) else {
        findings.leave_out(format!("portal {name}"), "StartURL or SSORegion is missing");
        return;
    };
    findings.add_portal(name, url, region);
    let prefix = text("Prefix").unwrap_or_default();
    let Some(template) =
        text("ProfileTemplate").or((!prefix.is_empty()).then_some("{{.AccountName}}/{{.RoleName}}"))
    else {
        return;
    };
    let translated = go_template::translate(template).and_then(|translated| {
        let text = format!("{prefix}{}", translated.text);
        Template::parse(&text)
            .map(|_| go_template::Translated { text, ..translated })
            .map_err(|error| error.0)
    });
    go_template::take(translated, template, findings);
}

fn add_marks(aws: &AwsConfig<'_>, findings: &mut Findings) {
    let mut icons = 0;
    for section in aws.sections_of(Source::Granted).collect::<Vec<_>>() {
        icons += usize::from(value(section, "granted_icon").is_some());
        let named = value(section, "granted_color");
        let described = value(section, "granted_description");
        let target = findings.profiles.iter().find(|p| p.name == section.name()).map(|p| p.target.clone());
        if let Some(text) = described {
            findings.leave_out(format!("description of {}", section.name()), text);
        }
        let (Some(name), Some(target)) = (named, target) else { continue };
        match colour::of_container(&name) {
            Some(colour) => {
                let what = match target {
                    Target::Grant(grant) => Marked::Role(grant.account_id, grant.role_name),
                    Target::Chain(at) => Marked::Chain(at),
                };
                findings.marks.push(FoundMark { what, colour: Some(colour), tags: Vec::new() });
            }
            None => {
                findings.leave_out(format!("colour of {}", section.name()), format!("there is no `{name}`"));
            }
        }
    }
    if icons > 0 {
        findings.leave_out(format!("the icons of {icons} profiles"), "icons have no counterpart");
    }
}

/// The list of past uses, as Granted's Go types write it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Frecency {
    entries: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(rename = "Entry")]
    of: serde_json::Value,
    frequency: u32,
    last_used: String,
}

/// A list that can't be read is no reason to stop: it only orders lists.
fn add_uses(text: &str, findings: &mut Findings) {
    let Ok(frecency) = serde_json::from_str::<Frecency>(text) else {
        findings.leave_out("Granted's list of past uses", "it can't be understood");
        return;
    };
    for entry in frecency.entries.unwrap_or_default() {
        let Ok(last) = entry.last_used.parse::<Timestamp>() else { continue };
        let named = entry.of.as_str();
        let profile = findings.profiles.iter().find(|profile| Some(profile.name.as_str()) == named);
        if let Some(target) = profile.map(|profile| profile.target.clone()) {
            findings.uses.push(FoundUse { target, count: entry.frequency, last });
        }
    }
}
