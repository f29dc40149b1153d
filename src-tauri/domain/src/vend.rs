//! Handing out temporary credentials: when the kept ones do, and in which words they are told.

use jiff::{SignedDuration, Timestamp};

use crate::secret::Secret;
use crate::shell::Shell;
use crate::time::before;

/// Temporary credentials of one grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `ASIA…`; identifies the key, not secret by itself.
    pub access_key_id: String,
    /// Signs requests.
    pub secret_access_key: Secret,
    /// Goes along with every request.
    pub session_token: Secret,
    /// When AWS stops taking them, by AWS's clock.
    pub expires_at: Timestamp,
    /// When they were fetched, by AWS's clock.
    pub obtained_at: Timestamp,
}

/// What to do about kept credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Hand them out.
    Serve,
    /// Fetch new ones; if that can't be done now, these still work.
    Renew,
    /// They are of no use.
    Fetch,
}

/// botocore asks again on every request while less than 15 minutes are left, so what is handed out should
/// have more.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(20);
/// Less than this is not worth handing out: the request might arrive too late.
const LAST_CALL: SignedDuration = SignedDuration::from_secs(30);

/// Decides by what is left, `now` being AWS's time. Credentials that live shortly are renewed in the last
/// third of their life instead of all the time.
pub fn decide(kept: Option<&Credentials>, now: Timestamp) -> Decision {
    let Some(kept) = kept else { return Decision::Fetch };
    let lifetime = kept.expires_at.duration_since(kept.obtained_at).max(SignedDuration::ZERO);
    let left = kept.expires_at.duration_since(now);
    // Fetched in the future: one of the clocks was wrong, so nothing can be said about what is left.
    let believable = kept.obtained_at.duration_since(now) < SignedDuration::from_mins(5);
    if left <= LAST_CALL.min(lifetime / 4) || !believable {
        Decision::Fetch
    } else if left > RENEW_BEFORE.min(lifetime / 3) {
        Decision::Serve
    } else {
        Decision::Renew
    }
}

/// As [`decide`], for somebody who will need them for so long.
pub fn decide_for(kept: Option<&Credentials>, now: Timestamp, at_least: SignedDuration) -> Decision {
    match kept {
        Some(kept) if kept.expires_at.duration_since(now) < at_least => Decision::Fetch,
        kept => decide(kept, now),
    }
}

/// When kept credentials should be renewed so that nobody has to wait for it, by the clock that they were fetched by.
pub fn renew_at(kept: &Credentials) -> Timestamp {
    let lifetime = kept.expires_at.duration_since(kept.obtained_at).max(SignedDuration::ZERO);
    before(kept.expires_at, RENEW_BEFORE.min(lifetime / 3))
}

/// In which words credentials are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The `credential_process` JSON (AWS SDKs and Tools Reference Guide, "Process credential provider").
    Process,
    /// A JSON object with the same names, without `Version`.
    Json,
    /// `export` lines for POSIX shells.
    Env,
    /// `set -gx` lines.
    Fish,
    /// `$env:` lines.
    PowerShell,
    /// `NAME=value` lines.
    Dotenv,
}

/// Variables that would win over, or contradict, exported keys.
const STALE: [&str; 4] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_LOGIN_SESSION"];

/// What goes to standard output, with its line end.
pub fn print(credentials: &Credentials, account_id: &str, region: Option<&str>, format: Format) -> Secret {
    let json = |version: bool| {
        let mut object = serde_json::Map::new();
        if version {
            object.insert("Version".into(), 1.into());
        }
        for (key, value) in [
            ("AccessKeyId", credentials.access_key_id.as_str()),
            ("SecretAccessKey", credentials.secret_access_key.reveal()),
            ("SessionToken", credentials.session_token.reveal()),
            ("Expiration", &rfc3339(credentials.expires_at)),
            ("AccountId", account_id),
        ] {
            object.insert(key.into(), value.into());
        }
        format!("{}\n", serde_json::Value::Object(object))
    };
    match format {
        Format::Process => Secret::new(json(true)),
        Format::Json => Secret::new(json(false)),
        _ => print_variables(&STALE, &environment(credentials, region), format),
    }
}

/// Lines that take some variables away and set others. The JSON formats know none of that; they give a `.env` file.
pub fn print_variables(unset: &[&str], set: &[(&'static str, Secret)], format: Format) -> Secret {
    let lines = |take: fn(&str) -> Option<String>, give: fn(&str, &str) -> String| {
        // What is set anew need not be taken away.
        let is_set = |name: &&&str| set.iter().any(|(other, _)| other == *name);
        let taken = unset.iter().filter(|name| !is_set(name)).filter_map(|name| take(name));
        let given = set.iter().map(|(name, value)| give(name, value.reveal()));
        taken.chain(given).map(|line| line + "\n").collect::<String>()
    };
    Secret::new(match format {
        Format::Env => {
            lines(|n| Some(format!("unset {n}")), |n, v| format!("export {n}={}", Shell::Bash.quote(v)))
        }
        Format::Fish => {
            lines(|n| Some(format!("set -e {n}")), |n, v| format!("set -gx {n} {}", Shell::Fish.quote(v)))
        }
        Format::PowerShell => lines(
            |n| Some(format!("Remove-Item Env:{n} -ErrorAction SilentlyContinue")),
            |n, v| format!("$env:{n} = {}", Shell::PowerShell.quote(v)),
        ),
        Format::Process | Format::Json | Format::Dotenv => {
            lines(|_| None, |n, v| format!("{n}={}", dotenv(v)))
        }
    })
}

/// As it is where all readers of such files agree, which is so for all that AWS gives; else in quotes.
fn dotenv(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/+=:_.-".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"\'")) }
}

/// The variables that carry credentials to a child process.
pub fn environment(credentials: &Credentials, region: Option<&str>) -> Vec<(&'static str, Secret)> {
    let mut variables = vec![
        ("AWS_ACCESS_KEY_ID", Secret::new(&credentials.access_key_id)),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.clone()),
        ("AWS_SESSION_TOKEN", credentials.session_token.clone()),
        ("AWS_CREDENTIAL_EXPIRATION", Secret::new(rfc3339(credentials.expires_at))),
    ];
    if let Some(region) = region {
        // boto3 reads only the second, the JavaScript and Go SDKs only the first.
        variables.push(("AWS_REGION", Secret::new(region)));
        variables.push(("AWS_DEFAULT_REGION", Secret::new(region)));
    }
    variables
}

/// The variables that a child must not inherit beside exported credentials.
pub fn stale_environment() -> &'static [&'static str] {
    &STALE
}

/// RFC 3339, UTC, whole seconds, `Z`: the one form that every SDK reads.
pub fn rfc3339(time: Timestamp) -> String {
    let whole = Timestamp::from_second(time.as_second()).unwrap_or(time);
    whole.to_string()
}

#[cfg(test)]
mod tests;
