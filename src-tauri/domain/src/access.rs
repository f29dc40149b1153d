//! Which program took whose credentials when: the lines of the access log. They hold no secret.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::asker::Asker;
use crate::ids::{GrantId, ProfileName};

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// When it was answered.
    pub at: Timestamp,
    /// What was asked for.
    pub grant: GrantId,
    /// The profile that led there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileName>,
    /// Which way it came.
    pub way: Way,
    /// What became of it.
    pub outcome: Outcome,
    /// Who asked.
    pub asker: Asker,
}

impl Access {
    /// Who asked, for a person; keys in the credentials file are renewed by nobody else's wish.
    pub fn who(&self, home: Option<&str>) -> String {
        if self.way == Way::Keys { "Rolecall itself".to_owned() } else { self.asker.describe(home) }
    }
}

/// Which way a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// `credential_process`, or the verb `credentials` itself.
    Process,
    /// `rolecall env`.
    Environment,
    /// `rolecall exec`.
    Exec,
    /// `rolecall console`.
    Console,
    /// The container-credentials endpoint.
    Endpoint,
    /// Keys were written into the credentials file.
    Keys,
    /// A click in the desktop application.
    Desktop,
}

impl Way {
    /// As a caller on the socket may name it: the others are for the agent to say.
    #[must_use]
    pub fn of_a_caller(self) -> Self {
        match self {
            Self::Environment | Self::Exec | Self::Console => self,
            Self::Process | Self::Endpoint | Self::Keys | Self::Desktop => Self::Process,
        }
    }

    /// In a word, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Environment => "env",
            Self::Exec => "exec",
            Self::Console => "console",
            Self::Endpoint => "endpoint",
            Self::Keys => "keys",
            Self::Desktop => "desktop",
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Credentials were handed out.
    Given,
    /// The person, or nobody, said yes.
    Refused,
    /// There were none to be had.
    Failed,
}

impl Outcome {
    /// In a word, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// The lines of a log, oldest first. A line that can't be understood, such as one that was cut by a crash, is left
/// out.
pub fn read(text: &str) -> Vec<Access> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The line for the log, with its line end.
pub fn line(access: &Access) -> String {
    let mut line = serde_json::to_string(access).unwrap_or_default();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asker::Process;
    use crate::ids::{AccountId, PortalName, RoleName};

    #[test]
    fn a_log_survives_a_crash_and_newlines_in_names() {
        let access = Access {
            at: Timestamp::from_second(1_800_000_000).unwrap(),
            grant: GrantId {
                portal: PortalName::parse("corp").unwrap(),
                account_id: AccountId::parse("111122223333").unwrap(),
                role_name: RoleName::parse("Ad\nmin").unwrap(),
            },
            profile: None,
            way: Way::Process,
            outcome: Outcome::Given,
            asker: Asker {
                processes: vec![Process { pid: 7, program: "/tmp/a\nb".into(), is_wrapper: false }],
                directory: Some("/home/\u{1b}[0m".into()),
                command: None,
            },
        };
        let whole = line(&access);
        assert_eq!(whole.lines().count(), 1);
        assert_eq!(read(&format!("{whole}{}\n{whole}", &whole[..whole.len() / 2])), [access.clone(), access]);
    }
}
