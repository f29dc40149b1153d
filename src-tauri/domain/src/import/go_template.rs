//! Templates for profile names, as Granted and aws-sso-cli have them (Go's text/template with sprig), in the form of
//! [`crate::naming`].
//!
//! Only fields and the few functions that people use are known; anything else is left to the person.

use super::Findings;
use crate::naming::Template;

/// A template of ours that names most profiles alike.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Translated {
    /// In the form of [`crate::naming`].
    pub(super) text: String,
    /// In what names may differ.
    pub(super) differs: Vec<&'static str>,
}

/// Translates a template; the error says what stands in the way.
pub(super) fn translate(template: &str) -> Result<Translated, String> {
    let mut done = Translated { text: String::new(), differs: Vec::new() };
    let mut rest = template;
    while let Some((literal, tail)) = rest.split_once("{{") {
        done.text.push_str(literal);
        let (inside, tail) = tail.split_once("}}").ok_or("a `{{` is not closed")?;
        let field = action(inside.trim_matches('-').trim(), &mut done.differs)?;
        done.text.push_str(&field);
        rest = tail;
    }
    done.text.push_str(rest);
    // Braces in the literals would have a meaning of their own, and not every character is one for a profile.
    Template::parse(&done.text).map_err(|error| error.0)?;
    done.differs.sort_unstable();
    done.differs.dedup();
    Ok(done)
}

/// One `{{ … }}`: a field, perhaps piped through functions.
fn action(inside: &str, differs: &mut Vec<&'static str>) -> Result<String, String> {
    let unknown = || format!("`{{{{ {inside} }}}}` has no counterpart");
    // "The first of these that is not empty": both are names of the account, and ours is the portal's.
    let friendly = inside.strip_prefix("FirstItem ").map(|list| {
        let plain = list.replace(['(', ')'], " ").replace("| nospace", " ");
        plain.split_whitespace().all(|word| matches!(word, ".AccountName" | ".AccountAlias"))
    });
    if friendly == Some(true) {
        differs.push(ACCOUNT_NAMES);
        differs.push(BLANKS);
        return Ok("{account}".into());
    }
    let inside = inside.replace("AccountIdStr .AccountId", ".AccountIdPad");
    let mut parts = inside.split('|').map(str::trim);
    let field = match parts.next().unwrap_or_default() {
        ".AccountName" | ".AccountAlias" => {
            differs.push(ACCOUNT_NAMES);
            "account"
        }
        ".AccountIdPad" | ".AccountID" => "account_id",
        ".AccountId" => {
            differs.push("ids keep their leading zeros");
            "account_id"
        }
        ".RoleName" => "role",
        ".SSO" => "portal",
        ".Region" | ".DefaultRegion" => "region",
        _ => return Err(unknown()),
    };
    let mut lower = "";
    for function in parts {
        match function {
            "lower" => lower = "|lower",
            "nospace" | "replace \" \" \"-\"" | "replace \" \" \"_\"" | "replace \" \" \"\"" => {
                differs.push(BLANKS);
            }
            _ => return Err(unknown()),
        }
    }
    Ok(format!("{{{field}{lower}}}"))
}

const ACCOUNT_NAMES: &str = "accounts are called as the portal calls them";
const BLANKS: &str = "blanks become hyphens";

/// Notes a translated template, or why there is none.
pub(super) fn take(translated: Result<Translated, String>, template: &str, findings: &mut Findings) {
    let what = format!("naming of profiles `{template}`");
    match translated {
        Ok(translated) if findings.profile_name.as_ref().is_some_and(|known| *known != translated.text) => {
            findings.leave_out(what, "there is one naming for all portals, and another comes first");
        }
        Ok(translated) => {
            if !translated.differs.is_empty() {
                let differs = translated.differs.join(", ");
                findings.assume(what, format!("is `{}` here: {differs}", translated.text));
            }
            findings.profile_name = Some(translated.text);
        }
        Err(why) => findings.leave_out(what, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_have_counterparts() {
        for (theirs, ours) in [
            ("{{ .AccountName }}/{{ .RoleName }}", "{account}/{role}"),
            ("{{.AccountIdPad}}:{{.RoleName}}", "{account_id}:{role}"),
            ("{{ FirstItem .AccountName (.AccountAlias | nospace) }}:{{ .RoleName }}", "{account}:{role}"),
            ("{{ AccountIdStr .AccountId }}-{{ .RoleName | lower }}", "{account_id}-{role|lower}"),
            (
                "x-{{- .SSO -}}.{{ .AccountAlias | nospace | lower }}.{{.DefaultRegion}}",
                "x-{portal}.{account|lower}.{region}",
            ),
        ] {
            assert_eq!(translate(theirs).map(|done| done.text).as_deref(), Ok(ours), "{theirs}");
        }
    }

    #[test]
    fn what_would_be_a_guess_is_refused() {
        for theirs in [
            "{{ if .Via }}x{{ end }}{{ .RoleName }}",
            "{{ .AccountName | trunc 3 }}",
            "{{ .Tags.Team }}",
            "{{ .RoleName",
            "plain",
            "",
            "{{ .RoleName }} {{ .AccountName }}",
            "{{ .RoleName }}{role}{",
            "{{ FirstItem .AccountName .EmailAddress }}",
        ] {
            assert!(translate(theirs).is_err(), "{theirs}");
        }
    }
}
