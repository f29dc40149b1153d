//! Programs that want credentials, as windows show them.

use serde::Serialize;

use super::{GrantView, Moment};
use crate::access::{Outcome, Way};
use crate::ids::ProfileName;

/// A program that wants to be let in. Its texts are untrusted, with nothing invisible left in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AskView {
    /// To answer by.
    pub id: u32,
    /// What it wants.
    pub grant: GrantView,
    /// The name of its role.
    pub role: String,
    /// What it is called, such as `terraform`.
    pub name: String,
    /// Where it comes from, such as `started from zsh in ~/infra`.
    pub origin: Option<String>,
    /// The program's full path.
    pub path: Option<String>,
    /// The program's process.
    pub pid: Option<u32>,
    /// Where the program works.
    pub directory: Option<String>,
    /// The process that asks, its parent, and so on.
    pub chain: Vec<ProcessView>,
    /// When it asked.
    pub since: Moment,
    /// When it is refused if nobody answers.
    pub deadline: Moment,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProcessView {
    /// Its id.
    pub pid: u32,
    /// The path of its program; empty if that is not known.
    pub path: String,
}

/// A line of the access log. Its texts are untrusted, with nothing invisible left in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AccessView {
    /// When it was answered.
    pub at: Moment,
    /// What was asked for.
    pub grant: GrantView,
    /// The name of its role.
    pub role: String,
    /// The profile that led there.
    pub profile: Option<ProfileName>,
    /// Which way it came.
    pub way: Way,
    /// What became of it.
    pub outcome: Outcome,
    /// Who asked, in words.
    pub who: String,
    /// The full path of the program.
    pub path: Option<String>,
}
