//! What there is in the AWS config: every profile, whose it is, and where it points.

use jiff::Timestamp;
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::failure::{Code, Failure};
use crate::ids::{AccountId, PortalName, ProfileName, RoleName};
use crate::profile;
use crate::profile_file::{ConfigFile, CredentialKind, ProfileEdit, Section};

/// One profile. Its JSON form is part of the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// As in the file; untrusted.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// Where its grant comes from, if it is ours.
    pub portal: Option<PortalName>,
    /// The account, if it is ours or the keys name it.
    pub account_id: Option<String>,
    /// As a catalogue knows it; untrusted.
    pub account_name: Option<String>,
    /// The role, if it is ours or the keys name it; untrusted.
    pub role_name: Option<String>,
    /// The region it sets; untrusted.
    pub region: Option<String>,
    /// Where its credentials come from, in a few words; untrusted.
    pub source: String,
}

/// Whose a profile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    /// Made for its grant among many.
    Generated,
    /// Pointed there by a switch.
    Switched,
    /// Not written by Rolecall.
    Other,
}

/// Every profile as AWS tools find it at this time, in the order of the file.
pub fn of(config: &ConfigFile, catalogues: &[Catalogue], now: Timestamp) -> Vec<Entry> {
    config.profiles().map(|section| entry(&section, catalogues, now)).collect()
}

fn entry(section: &Section, catalogues: &[Catalogue], now: Timestamp) -> Entry {
    let value = |key| section.get(key).map(str::to_owned);
    let nobodys = Entry {
        name: section.name().to_owned(),
        owner: Owner::Other,
        portal: None,
        account_id: None,
        account_name: None,
        role_name: None,
        region: value("region"),
        source: String::new(),
    };
    let Some(written) = profile::ours(section) else {
        let (account_id, role_name) = (value("sso_account_id"), value("sso_role_name"));
        return Entry { account_id, role_name, source: source(section), ..nobodys };
    };
    let Some(ours) = written.for_tools(now) else {
        return Entry { owner: Owner::Switched, source: "nothing: its time is over".into(), ..nobodys };
    };
    let known = catalogues.iter().find(|c| c.portal == ours.grant.portal);
    let account = known.and_then(|c| c.account(&ours.grant.account_id));
    Entry {
        owner: if ours.generated { Owner::Generated } else { Owner::Switched },
        portal: Some(ours.grant.portal),
        account_name: account.map(|account| account.name.clone()),
        account_id: Some(AccountId::into(ours.grant.account_id)),
        role_name: Some(RoleName::into(ours.grant.role_name)),
        region: ours.region,
        source: "Rolecall".into(),
        ..nobodys
    }
}

/// Never a secret, nor a command line, which may hold one.
fn source(section: &Section) -> String {
    let value = |key| section.get(key).unwrap_or_default().to_owned();
    let of = |kind: &CredentialKind| match kind {
        CredentialKind::AssumeRole => format!("assumes {}", value("role_arn")),
        CredentialKind::WebIdentity => "web identity token".into(),
        CredentialKind::SsoSession => format!("SSO session {}", value("sso_session")),
        CredentialKind::LegacySso => format!("SSO at {}", value("sso_start_url")),
        CredentialKind::LoginSession => "aws login".into(),
        CredentialKind::CredentialProcess => "another program".into(),
        CredentialKind::StaticKeys => "keys in the config file".into(),
    };
    let kinds: Vec<String> = section.credential_kinds().iter().map(of).collect();
    kinds.join(", ")
}

/// The config without these profiles. All of them must be ours, else nothing is taken out.
pub fn without(config: &[u8], names: &[ProfileName]) -> Result<Vec<u8>, Failure> {
    let mut file = profile::read_config(config)?;
    for name in names {
        let Some(section) = file.profile(name.as_str()) else {
            return Err(Failure::new(
                Code::NoSingleMatch,
                format!("there is no profile {name}"),
                "run `rolecall profiles list` to see all; nothing was changed",
            ));
        };
        if profile::ours(&section).is_none() {
            return Err(Failure::new(
                Code::FileRefused,
                format!("the profile {name} was not written by Rolecall"),
                "take it out by hand; nothing was changed",
            ));
        }
    }
    let mut names: Vec<&ProfileName> = names.iter().collect();
    names.sort_unstable();
    names.dedup();
    let edits: Vec<ProfileEdit<'_>> =
        names.iter().map(|name| ProfileEdit::Remove { name: name.as_str() }).collect();
    for (name, outcome) in names.iter().zip(file.edit_profiles(&edits)) {
        outcome.map_err(|error| {
            Failure::new(
                Code::FileRefused,
                format!("the profile {name} can't be taken out safely: {error}"),
                "nothing was changed: mend the line by hand",
            )
        })?;
    }
    Ok(file.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[default]\nregion = x\n\n\
        [profile ours]\nregion = y\nrolecall_portal = corp\nrolecall_account_id = 000011112222\n\
        rolecall_role_name = A\n\n\
        [profile sso]\nsso_session = corp\nsso_account_id = 000011112222\nsso_role_name = B\n\n\
        [profile made]\nrolecall_portal = corp\nrolecall_account_id = 000011112222\nrolecall_role_name = C\n\
        rolecall_generated = true\n";

    #[test]
    fn every_profile_is_told_with_whose_it_is() {
        let entries = of(&profile::read_config(CONFIG.as_bytes()).unwrap(), &[], Timestamp::UNIX_EPOCH);
        let told: Vec<_> = entries.iter().map(|e| (e.name.as_str(), e.owner, e.source.as_str())).collect();
        let expected = [
            ("default", Owner::Other, ""),
            ("ours", Owner::Switched, "Rolecall"),
            ("sso", Owner::Other, "SSO session corp"),
            ("made", Owner::Generated, "Rolecall"),
        ];
        assert_eq!(told, expected);
        assert_eq!(entries[2].role_name.as_deref(), Some("B"));
        assert_eq!(entries[3].account_id.as_deref(), Some("000011112222"));
    }

    #[test]
    fn a_profile_whose_time_is_over_is_told_as_tools_find_it() {
        let lent = |mode: &str, before: &str| {
            let config = CONFIG.replace(
                "rolecall_generated = true\n",
                &format!(
                    "rolecall_generated = true\nrolecall_until = 2027-01-15T08:30:00Z\n\
                     rolecall_before = {before}\n{mode}"
                ),
            );
            move |now: &str| {
                let file = profile::read_config(config.as_bytes()).unwrap();
                let made = of(&file, &[], now.parse().unwrap()).remove(3);
                (made.owner, made.role_name.unwrap_or_default(), made.source)
            }
        };
        let told = |owner, role: &str, source: &str| (owner, role.to_owned(), source.to_owned());
        let (during, after) = ("2027-01-15T08:29:59Z", "2027-01-15T08:30:00Z");
        let there = lent("", "corp/000011112222/Z");
        assert_eq!(there(during), told(Owner::Switched, "C", "Rolecall"));
        assert_eq!(there(after), told(Owner::Generated, "Z", "Rolecall"));
        // In this mode tools find what it was lent until the end is written.
        let keyed = lent("rolecall_mode = keys\n", "corp/000011112222/Z");
        assert_eq!(keyed(after), told(Owner::Switched, "C", "Rolecall"));
        let nowhere = lent("", "none");
        assert_eq!(nowhere(after), told(Owner::Switched, "", "nothing: its time is over"));
    }

    #[test]
    fn only_ours_are_taken_out_and_all_or_none() {
        let name = |name| ProfileName::parse(name).unwrap();
        let removed = without(CONFIG.as_bytes(), &[name("made"), name("ours"), name("made")]).unwrap();
        let rest = "[default]\nregion = x\n\n[profile sso]\nsso_session = corp\nsso_account_id = 000011112222\nsso_role_name = B\n";
        assert_eq!(String::from_utf8(removed).unwrap(), rest);
        let refused = |names: &[ProfileName]| without(CONFIG.as_bytes(), names).unwrap_err().code;
        assert_eq!(refused(&[name("ours"), name("sso")]), Code::FileRefused);
        assert_eq!(refused(&[name("none")]), Code::NoSingleMatch);
    }
}
