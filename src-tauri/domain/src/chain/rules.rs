//! What AWS takes for the parts of an AssumeRole (STS API Reference). Each function gives back what it was given.

use jiff::SignedDuration;

use crate::ids::NotValid;
use crate::secret::Secret;

/// AWS takes no more session tags.
pub const MOST_TAGS: usize = 50;

/// A word character of AWS's patterns, or one of `extra`.
pub(super) fn is_word(c: char, extra: &str) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || extra.contains(c)
}

fn text(value: &str, (least, most): (usize, usize), extra: &str) -> Result<String, NotValid> {
    let good = value.chars().all(|c| is_word(c, extra));
    if good && (least..=most).contains(&value.len()) {
        return Ok(value.to_owned());
    }
    let shown = crate::text::line(value);
    let signs: String = extra.chars().flat_map(|c| [' ', c]).collect();
    Err(NotValid(format!("`{shown}` should be {least} to {most} letters, digits and _{signs}")))
}

/// `ExternalId`.
pub fn external_id(value: &str) -> Result<String, NotValid> {
    text(value, (2, 1224), "+=,.@:/-")
}

/// `RoleSessionName`.
pub fn session_name(value: &str) -> Result<String, NotValid> {
    text(value, (2, 64), "+=,.@-")
}

/// The session's name in the ARN of whoever asks: with IAM Identity Center that is the person's user name there.
pub fn session_in(arn: &str) -> Option<String> {
    let (_, session) = arn.split_once(":assumed-role/")?.1.split_once('/')?;
    session_name(session).ok()
}

/// `SourceIdentity`.
pub fn source_identity(value: &str) -> Result<String, NotValid> {
    text(value, (2, 64), "+=,.@-")
}

/// `SerialNumber`: the ARN of an MFA device, or the number on it.
pub fn mfa_serial(value: &str) -> Result<String, NotValid> {
    text(value, (9, 256), "+=/:,.@-")
}

/// `DurationSeconds`, from a text such as `1h` or `30m`. AWS gives roles assumed from a role's session an hour at
/// most, whatever the role itself allows (IAM User Guide, "Role chaining").
pub fn duration_seconds(value: &str) -> Result<i32, NotValid> {
    let shown = crate::text::line(value);
    let duration: SignedDuration = value
        .trim()
        .parse()
        .map_err(|_| NotValid(format!("`{shown}` is not a duration such as \"1h\" or \"30m\"")))?;
    match i32::try_from(duration.as_secs()) {
        Ok(seconds @ 900..=3600) => Ok(seconds),
        Ok(..900) => Err(NotValid(format!("`{shown}` is too short: AWS gives 15 minutes at least"))),
        _ => Err(NotValid(format!("`{shown}` is too long: AWS gives a chained role an hour at most"))),
    }
}

/// The key of a session tag.
pub fn tag_key(key: &str) -> Result<String, NotValid> {
    let shown = crate::text::line(key);
    if key.to_lowercase().starts_with("aws:") {
        return Err(NotValid(format!("the tag `{shown}` begins with aws:, which is AWS's own")));
    }
    if (1..=128).contains(&key.chars().count()) && key.chars().all(is_of_tags) {
        Ok(key.to_owned())
    } else {
        Err(NotValid(format!("`{shown}` can't be a tag's key: {TAG_RULE}, 1 to 128 in all")))
    }
}

/// The value of a session tag.
pub fn tag_value(value: &str) -> Result<String, NotValid> {
    if value.chars().count() <= 256 && value.chars().all(is_of_tags) {
        Ok(value.to_owned())
    } else {
        let shown = crate::text::line(value);
        Err(NotValid(format!("`{shown}` can't be a tag's value: {TAG_RULE}, up to 256 in all")))
    }
}

/// Why these can't be the tags of one session, if two of them have the same key: to AWS, keys that differ in case only
/// are the same.
pub fn repeated_tag(tags: &[(String, String)]) -> Option<String> {
    let keys: Vec<String> = tags.iter().map(|(key, _)| key.to_lowercase()).collect();
    let at = (1..keys.len()).find(|at| keys[..*at].contains(&keys[*at]))?;
    Some(format!("the tag `{}` is there twice", crate::text::line(&tags[at].0)))
}

const TAG_RULE: &str = "AWS takes letters, digits, spaces and _ . : / = + - @";

fn is_of_tags(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

/// `TokenCode`: six digits, which some apps show in two groups.
pub fn code(typed: &str) -> Result<Secret, NotValid> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(Secret::new(digits))
    } else {
        // Whatever was typed, perhaps a password, is not repeated.
        Err(NotValid("a code has six digits".to_owned()))
    }
}
