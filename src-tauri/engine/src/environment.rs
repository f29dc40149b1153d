//! What the environment variables say, read once at the start.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// A copy of the environment. Everything that depends on a variable asks here, so that a test, or the demo,
/// is a matter of other values and not of another code path.
#[derive(Clone, Default)]
pub struct Environment(HashMap<String, OsString>);

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let named = |(name, value): (OsString, OsString)| Some((key(name.to_str()?).into_owned(), value));
        Self(std::env::vars_os().filter_map(named).collect())
    }

    /// The variable as text; an empty one is as good as none (AWS SDKs and Tools Reference Guide).
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str().filter(|v| !v.is_empty())
    }

    /// The variable as it is, also if it is empty.
    pub fn exact(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str()
    }

    /// The variable as a path, with a leading `~` expanded, as every AWS SDK does.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self.get(name).filter(|v| !v.is_empty())?;
        let path = PathBuf::from(value);
        match path.strip_prefix("~") {
            Ok(rest) => Some(self.home()?.join(rest)),
            Err(_) => Some(path),
        }
    }

    /// The variable as a list of folders.
    pub fn paths(&self, name: &str) -> Vec<PathBuf> {
        self.get(name).map(|value| std::env::split_paths(value).collect()).unwrap_or_default()
    }

    /// Whether the variable says yes, in AWS's words.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    /// The person's folder: `HOME`, then `USERPROFILE` (AWS SDKs and Tools Reference Guide).
    pub fn home(&self) -> Option<PathBuf> {
        let named = |name: &str| self.get(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        named("HOME").or_else(|| named("USERPROFILE"))
    }

    /// The same environment with one variable set to another value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.0.insert(key(name).into_owned(), value.into());
        self
    }

    fn get(&self, name: &str) -> Option<&OsString> {
        self.0.get(key(name).as_ref())
    }
}

/// Names do not depend on case on Windows, where the `PATH` is called `Path`.
fn key(name: &str) -> Cow<'_, str> {
    if cfg!(windows) { name.to_uppercase().into() } else { name.into() }
}

/// Values are not shown: people keep keys in variables.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Environment({} variables)", self.0.len())
    }
}
