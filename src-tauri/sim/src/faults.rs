//! What can be made to go wrong.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Every fault, off by default. Written as `name` or `name=value` on a command line and as the same
/// names in JSON.
#[expect(clippy::struct_excessive_bools, reason = "each is an independent switch that a person sets by name")]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Milliseconds added before OIDC, portal, STS and federation requests are answered.
    pub latency: u64,
    /// Portal requests per second before 429; 20, like AWS, when absent. The burst is the same number.
    pub throttle: Option<u32>,
    /// Share (0 to 1) of OIDC, portal and STS requests that end in a 5xx; spread evenly, not at random:
    /// with 0.5 every second request fails.
    pub server_error: f64,
    /// Share (0 to 1) of those requests whose connection breaks in the middle of the reply.
    pub reset: f64,
    /// Device approvals end as `AccessDeniedException`, and the browser flow as `access_denied`, whatever
    /// the person presses.
    pub denied: bool,
    /// Seconds until a device code expires (0: at once) instead of 600; the reply still promises 600.
    pub expired_code: Option<u64>,
    /// Every n-th poll of a device code is told to slow down.
    pub slow_down: Option<u32>,
    /// The portal refuses every token with 401, and refreshing fails with `InvalidGrantException`.
    pub revoked_token: bool,
    /// Access tokens live this many seconds, and a rotated refresh token dies at once.
    pub short_tokens: Option<u32>,
    /// `CreateToken` never hands out a refresh token.
    pub no_refresh_token: bool,
    /// Each page of a list is preceded by an empty one with a `nextToken`.
    pub empty_pages: bool,
    /// Account id, or `first`, where the portal answers 403 to role lists and credentials.
    pub forbidden_account: Option<String>,
    /// Seconds by which the `Date` header and every stamp are off.
    pub clock_skew: i64,
    /// Once: all client registrations are forgotten, so that the next use of one gives
    /// `InvalidClientException`; then the fault is off again.
    pub unregistered: bool,
    /// OIDC, portal, STS and federation answer 200 with the page of a captive portal.
    pub html: bool,
    /// An administrator blocks device codes, against phishing: `StartDeviceAuthorization` answers
    /// `UnauthorizedClientException`. The browser flow works.
    pub device_blocked: bool,
    /// `RegisterClient` for the browser flow answers `UnauthorizedClientException`. Device codes work.
    pub pkce_blocked: bool,
    /// Roles that are assigned while the simulator runs show up only for logins begun afterwards.
    pub new_session_needed: bool,
    /// Every n-th `CreateToken` with a refresh token is carried out, but its reply is lost: the connection
    /// closes without an answer.
    pub lost_reply: Option<u32>,
    /// `CreateToken` with a refresh token answers without a new one; the old one stays good.
    pub refresh_without_rotation: bool,
    /// The vanity domain answers 405 to HEAD.
    pub vanity_no_head: bool,
    /// The vanity domain redirects to `https://evil.example/`.
    pub vanity_elsewhere: bool,
}

/// A fault that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultError {
    /// No fault has this name.
    Unknown(String),
    /// The value after `=` is missing or does not fit: the fault's name, and what was expected.
    Value(&'static str, &'static str),
    /// JSON with a wrong shape, in the parser's words.
    Json(String),
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => {
                write!(f, "unknown fault {name:?}; known faults:")?;
                for (known, takes) in KNOWN {
                    write!(f, " {known}{takes}")?;
                }
                Ok(())
            }
            Self::Value(name, expected) => write!(f, "fault {name} needs {expected}, as in {name}=…"),
            Self::Json(problem) => write!(f, "faults: {problem}"),
        }
    }
}

impl std::error::Error for FaultError {}

/// Names with the form of their value, in the order of the documentation.
const KNOWN: [(&str, &str); 22] = [
    ("latency", "=MS"),
    ("throttle", "=PER_SECOND"),
    ("server_error", "=RATIO"),
    ("reset", "=RATIO"),
    ("denied", ""),
    ("expired_code", "[=SECONDS]"),
    ("slow_down", "=EVERY"),
    ("revoked_token", ""),
    ("short_tokens", "=SECONDS"),
    ("no_refresh_token", ""),
    ("empty_pages", ""),
    ("forbidden_account", "[=ID]"),
    ("clock_skew", "=SECONDS"),
    ("unregistered", ""),
    ("html", ""),
    ("device_blocked", ""),
    ("pkce_blocked", ""),
    ("new_session_needed", ""),
    ("lost_reply", "=EVERY"),
    ("refresh_without_rotation", ""),
    ("vanity_no_head", ""),
    ("vanity_elsewhere", ""),
];

impl Faults {
    /// Reads `name` and `name=value` forms; hyphens may stand for underscores. Names all known faults
    /// when one is unknown.
    pub fn parse(forms: &[&str]) -> Result<Self, FaultError> {
        let mut faults = Self::default();
        for form in forms {
            faults.apply(form)?;
        }
        Ok(faults)
    }

    fn apply(&mut self, form: &str) -> Result<(), FaultError> {
        let (name, value) = match form.split_once('=') {
            Some((name, value)) => (name, Some(value.trim())),
            None => (form, None),
        };
        match name.trim().replace('-', "_").as_str() {
            "latency" => self.latency = number("latency", value, "milliseconds")?,
            "throttle" => self.throttle = Some(number("throttle", value, "requests per second")?),
            "server_error" => self.server_error = ratio("server_error", value)?,
            "reset" => self.reset = ratio("reset", value)?,
            "expired_code" => {
                self.expired_code = Some(number("expired_code", value.or(Some("0")), "seconds")?);
            }
            "slow_down" => self.slow_down = Some(every("slow_down", value)?),
            "short_tokens" => self.short_tokens = Some(number("short_tokens", value, "seconds")?),
            "forbidden_account" => self.forbidden_account = Some(account(value)?),
            "clock_skew" => self.clock_skew = number("clock_skew", value, "seconds, which may be negative")?,
            "lost_reply" => self.lost_reply = Some(every("lost_reply", value)?),
            name => match self.switch_named(name) {
                Some((name, on)) => *on = switch(name, value)?,
                None => return Err(FaultError::Unknown(name.to_owned())),
            },
        }
        Ok(())
    }

    /// The faults that are on or off.
    fn switch_named(&mut self, name: &str) -> Option<(&'static str, &mut bool)> {
        Some(match name {
            "denied" => ("denied", &mut self.denied),
            "revoked_token" => ("revoked_token", &mut self.revoked_token),
            "no_refresh_token" => ("no_refresh_token", &mut self.no_refresh_token),
            "empty_pages" => ("empty_pages", &mut self.empty_pages),
            "unregistered" => ("unregistered", &mut self.unregistered),
            "html" => ("html", &mut self.html),
            "device_blocked" => ("device_blocked", &mut self.device_blocked),
            "pkce_blocked" => ("pkce_blocked", &mut self.pkce_blocked),
            "new_session_needed" => ("new_session_needed", &mut self.new_session_needed),
            "refresh_without_rotation" => ("refresh_without_rotation", &mut self.refresh_without_rotation),
            "vanity_no_head" => ("vanity_no_head", &mut self.vanity_no_head),
            "vanity_elsewhere" => ("vanity_elsewhere", &mut self.vanity_elsewhere),
            _ => return None,
        })
    }

    /// These faults with the members of a JSON object laid over them; `null` puts a fault back to its
    /// default. Fails on anything but an object, and on unknown names or values that do not fit.
    pub fn merged(&self, change: &Value) -> Result<Self, FaultError> {
        let Value::Object(change) = change else {
            return Err(FaultError::Json("expected a JSON object".to_owned()));
        };
        let Ok(Value::Object(mut all)) = serde_json::to_value(self) else {
            return Err(FaultError::Json("the present faults cannot be written as JSON".to_owned()));
        };
        for (name, value) in change {
            match value {
                Value::Null => drop(all.remove(name)),
                _ => drop(all.insert(name.clone(), value.clone())),
            }
        }
        let merged: Self =
            serde_json::from_value(Value::Object(all)).map_err(|e| FaultError::Json(e.to_string()))?;
        for (name, share) in [("server_error", merged.server_error), ("reset", merged.reset)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(FaultError::Json(format!("{name} is not between 0 and 1")));
            }
        }
        for (name, every) in [("slow_down", merged.slow_down), ("lost_reply", merged.lost_reply)] {
            if every == Some(0) {
                return Err(FaultError::Json(format!("{name} is not at least 1")));
            }
        }
        Ok(merged)
    }
}

fn number<T: FromStr>(name: &'static str, value: Option<&str>, unit: &'static str) -> Result<T, FaultError> {
    value.and_then(|text| text.parse().ok()).ok_or(FaultError::Value(name, unit))
}

fn ratio(name: &'static str, value: Option<&str>) -> Result<f64, FaultError> {
    let share: f64 = number(name, value, "a number from 0 to 1")?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err(FaultError::Value(name, "a number from 0 to 1"))
    }
}

fn every(name: &'static str, value: Option<&str>) -> Result<u32, FaultError> {
    match number(name, value, "a count of at least 1")? {
        0 => Err(FaultError::Value(name, "a count of at least 1")),
        count => Ok(count),
    }
}

fn switch(name: &'static str, value: Option<&str>) -> Result<bool, FaultError> {
    match value {
        None | Some("true" | "on" | "1") => Ok(true),
        Some("false" | "off" | "0") => Ok(false),
        Some(_) => Err(FaultError::Value(name, "no value, or on or off")),
    }
}

fn account(value: Option<&str>) -> Result<String, FaultError> {
    let id = value.unwrap_or("first");
    let is_id = id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit());
    if is_id || id == "first" {
        Ok(id.to_owned())
    } else {
        Err(FaultError::Value("forbidden_account", "a 12-digit account id or first"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_known_name_parses() {
        for (name, takes) in KNOWN {
            let form = match takes {
                "=RATIO" => format!("{name}=0.5"),
                "[=ID]" => format!("{name}=001234567890"),
                "" => name.to_owned(),
                _ => format!("{name}=3"),
            };
            let faults = Faults::parse(&[&form]).unwrap();
            assert_ne!(faults, Faults::default(), "{form}");
            let json = serde_json::to_value(&faults).unwrap();
            assert!(json.get(name).is_some(), "{name} has the same name in JSON");
        }
    }

    #[test]
    fn every_fault_is_in_the_table() {
        let documentation = include_str!("lib.rs");
        for (name, takes) in KNOWN {
            assert!(documentation.contains(&format!("`{name}{takes}`")), "{name}{takes}");
        }
    }

    #[test]
    fn hyphens_and_defaults() {
        let faults = Faults::parse(&["expired-code", "forbidden-account", "clock-skew=-300"]).unwrap();
        assert_eq!(faults.expired_code, Some(0));
        assert_eq!(faults.forbidden_account.as_deref(), Some("first"));
        assert_eq!(faults.clock_skew, -300);
    }

    #[test]
    fn errors_say_what_is_known() {
        let unknown = Faults::parse(&["earthquake"]).unwrap_err().to_string();
        assert!(unknown.contains("earthquake") && unknown.contains("server_error=RATIO"), "{unknown}");
        for bad in [
            "latency",
            "latency=x",
            "reset=2",
            "server_error=-1",
            "slow_down=0",
            "lost_reply=0",
            "device_blocked=maybe",
            "html=maybe",
            "forbidden_account=12",
        ] {
            assert!(matches!(Faults::parse(&[bad]), Err(FaultError::Value(..))), "{bad}");
        }
    }

    #[test]
    fn json_is_merged() {
        let faults = Faults::parse(&["latency=5", "html"]).unwrap();
        let merged = faults.merged(&json!({"html": null, "slow_down": 2})).unwrap();
        assert_eq!(merged, Faults::parse(&["latency=5", "slow_down=2"]).unwrap());
        assert!(faults.merged(&json!({"nonsense": 1})).is_err());
        assert!(faults.merged(&json!({"reset": 7})).is_err());
        assert!(faults.merged(&json!({"lost_reply": 0})).is_err());
        assert!(faults.merged(&json!([])).is_err());
    }
}
