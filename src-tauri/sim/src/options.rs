//! How a simulator is set up.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::{Faults, Organisation, RequestRecord};

/// Where the simulated person's password is checked. All kinds but the plain [`Self::Directory`] and
/// [`Self::ExternalIdp`], which know user names only, take `user`, `CORP\user` and `user@corp.example`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdentitySource {
    /// Identity Center's own directory: user name, password and one-time code on the portal's pages.
    #[default]
    Directory,
    /// Active Directory behind the same pages.
    ActiveDirectory,
    /// A SAML identity provider on a second origin: user name and password on its page.
    ExternalIdp,
    /// Microsoft Entra ID on a second origin: e-mail address, password and code on a page each, then
    /// "Stay signed in?".
    Entra,
    /// Okta on a second origin: user name and password, then a second factor in a pop-up window.
    Okta,
    /// Google Workspace on a second origin: e-mail address and password. It refuses user agents that are
    /// no browser.
    Google,
    /// AD FS on a second origin: one form.
    Adfs,
}

impl IdentitySource {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Directory,
        Self::ActiveDirectory,
        Self::ExternalIdp,
        Self::Entra,
        Self::Okta,
        Self::Google,
        Self::Adfs,
    ];

    /// The name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::ActiveDirectory => "active-directory",
            Self::ExternalIdp => "saml",
            Self::Entra => "entra",
            Self::Okta => "okta",
            Self::Google => "google",
            Self::Adfs => "adfs",
        }
    }

    /// The password is asked on an origin of its own.
    pub fn is_external(self) -> bool {
        !matches!(self, Self::Directory | Self::ActiveDirectory)
    }
}

impl fmt::Display for IdentitySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// No identity source has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownIdentitySource(String);

impl fmt::Display for UnknownIdentitySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = IdentitySource::ALL.map(IdentitySource::name).join(", ");
        write!(f, "unknown identity source {:?}; known are {known}", self.0)
    }
}

impl std::error::Error for UnknownIdentitySource {}

impl FromStr for IdentitySource {
    type Err = UnknownIdentitySource;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|source| source.name() == name);
        found.ok_or_else(|| UnknownIdentitySource(name.to_owned()))
    }
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// User name; also the session name in the ARNs of role credentials.
    pub user: String,
    /// Password, on the portal's pages and at the external identity provider.
    pub password: String,
    /// Base32 secret of the authenticator app (RFC 6238, SHA-1, six digits, 30 seconds).
    pub totp_secret: String,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            user: "alex.rivera".to_owned(),
            password: "Sunrise-Harbour-58".to_owned(),
            totp_secret: "KVKFKRCPNZQUYMLXOVYDSQKJKZDTSRLD".to_owned(),
        }
    }
}

/// Called with each answered request, from the server's tasks: it must not block.
pub type RequestObserver = Arc<dyn Fn(&RequestRecord) + Send + Sync>;

/// Everything a simulator is started with.
#[derive(Clone)]
pub struct Options {
    /// TCP port on 127.0.0.1, 0 for any free one. The external identity provider takes the next port and
    /// the vanity domain the one after it, or any free ones when this is 0.
    pub port: u16,
    /// Which accounts the portal lists.
    pub organisation: Organisation,
    /// Where the password is checked.
    pub identity_source: IdentitySource,
    /// Who can sign in.
    pub person: Person,
    /// Who can sign in besides, each with a password and authenticator of their own. The main person sees
    /// all accounts, each of these only every second one: the first, the third and so on of the portal's
    /// list, with all their roles.
    pub others: Vec<Person>,
    /// The start URL that clients must send. Real clients refuse a loopback one, so it looks like AWS's.
    pub start_url: String,
    /// The Identity Center region. It decides the partition: of ARNs, of signatures, and of the console.
    pub region: String,
    /// Opens a domain of the company's own, which redirects to the start URL.
    pub vanity: bool,
    /// What goes wrong from the start.
    pub faults: Faults,
    /// Life of an access token of a client with scopes, in seconds.
    pub token_seconds: u32,
    /// Life of a portal session, counted from the sign-in, in seconds. Refreshing ends with it.
    pub portal_session_seconds: u32,
    /// Life of role credentials, in seconds.
    pub role_seconds: u32,
    /// How long a rotated refresh token still works, in seconds.
    pub refresh_grace_seconds: u32,
    /// A scripted person approves each device authorization after this delay, through the pages, unless
    /// somebody opened its page meanwhile.
    pub approve_after: Option<Duration>,
    /// The sign-in pages show what to type, for people trying the demo.
    pub hints: bool,
    /// Where to write endpoint rules for clients of old that ignore the endpoint variables; the folder
    /// then goes into `AWS_DATA_PATH`.
    pub data_dir: Option<PathBuf>,
    /// Where people are sent to approve a device, in place of the simulator's own page.
    pub device_page: Option<String>,
    /// Domains whose names are served beside those of the loopback interface, for clients that come through a proxy
    /// of the test's and use AWS's own names.
    pub hosts: Vec<String>,
    /// Called with each answered request.
    pub request_log: Option<RequestObserver>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            organisation: Organisation::default(),
            identity_source: IdentitySource::default(),
            person: Person::default(),
            others: Vec::new(),
            start_url: "https://d-9067f4a1b2.awsapps.com/start".to_owned(),
            region: "us-east-1".to_owned(),
            vanity: false,
            faults: Faults::default(),
            token_seconds: 3600,
            portal_session_seconds: 8 * 3600,
            role_seconds: 3600,
            refresh_grace_seconds: 30,
            approve_after: None,
            hints: false,
            data_dir: None,
            device_page: None,
            hosts: Vec::new(),
            request_log: None,
        }
    }
}

/// Two start URLs name the same portal: people paste them with `/`, `#`, `/#/` or a query at the end, and
/// the case of scheme and host says nothing.
pub(crate) fn same_start_url(left: &str, right: &str) -> bool {
    bare_start_url(left) == bare_start_url(right)
}

fn bare_start_url(url: &str) -> String {
    let url = url.split_once('?').map_or(url, |(url, _)| url).trim_end_matches(['/', '#']);
    let host_start = url.find("://").map_or(0, |at| at + 3);
    let host_end = url[host_start..].find('/').map_or(url.len(), |at| host_start + at);
    format!("{}{}", url[..host_end].to_ascii_lowercase(), &url[host_end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_sources_have_names() {
        for source in IdentitySource::ALL {
            assert_eq!(source.to_string().parse(), Ok(source));
        }
        let unknown = "ldap".parse::<IdentitySource>().unwrap_err().to_string();
        assert!(unknown.contains("ldap") && unknown.contains("active-directory, saml"), "{unknown}");
    }

    #[test]
    fn start_urls_as_people_paste_them() {
        let url = "https://d-9067f4a1b2.awsapps.com/start";
        for same in ["", "/", "#", "/#", "/#/", "?x=1", "/?x=1&y=/2", "/#/?tab=accounts"] {
            assert!(same_start_url(&format!("{url}{same}"), url), "{same}");
        }
        assert!(same_start_url("HTTPS://D-9067F4A1B2.AwsApps.com/start/", url));
        for other in [
            "https://d-9067f4a1b2.awsapps.com/Start",
            "https://d-9067f4a1b2.awsapps.com",
            "https://d-9067f4a1b2.awsapps.com/start/#/device",
            "http://d-9067f4a1b2.awsapps.com/start",
            "",
        ] {
            assert!(!same_start_url(other, url), "{other}");
        }
    }
}
