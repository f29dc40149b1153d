//! `.rolecall.toml`: what a directory wants a shell inside it to use.
//!
//! ```toml
//! grant = "checkout prod/ReadOnly"  # any text that `switch` takes
//! # profile = "dev"                 # or a profile of the AWS config
//! region = "eu-central-1"
//! portal = "corp"                   # of the grant, where several list it
//! ```
//!
//! The file comes with whatever a person checks out, so it is somebody else's text: nothing in it counts before the
//! person has trusted it, and then nothing but these keys.

use toml_edit::{Document, Item};

use crate::failure::{Code, Failure};
use crate::ids::{NotValid, PortalName, ProfileName, Region};

/// The file's name.
pub const FILE: &str = ".rolecall.toml";
/// No such file has a reason to be larger, in bytes.
pub const LARGEST: u64 = 16 << 10;
/// No text for a grant is longer, in bytes: account and role names together stay below it.
const LONGEST: usize = 512;

/// What a directory names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A grant, as a person would type it.
    Grant(String),
    /// A profile.
    Profile(ProfileName),
}

/// What a directory wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// A grant or a profile.
    pub choice: Choice,
    /// The region of the shell.
    pub region: Option<Region>,
    /// The portal of the grant.
    pub portal: Option<PortalName>,
}

impl Wish {
    /// Reads the file. The failure names line and key; nothing is guessed.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let document = Document::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            wrong(text, at, error.message())
        })?;
        let (mut choice, mut region, mut portal) = (None, None, None);
        for (key, item) in document.as_table() {
            let span = item.span().or_else(|| document.as_table().key(key)?.span());
            let place = Place { text, key, at: span.map_or(0, |span| span.start) };
            let chosen = match key {
                "grant" => Choice::Grant(place.parsed(item, grant)?),
                "profile" => Choice::Profile(place.parsed(item, ProfileName::parse)?),
                "region" => {
                    region = Some(place.parsed(item, Region::parse)?);
                    continue;
                }
                "portal" => {
                    portal = Some(place.parsed(item, PortalName::parse)?);
                    continue;
                }
                _ => {
                    return Err(place.wrong("there is no such key; there are grant, profile, region, portal"));
                }
            };
            if choice.replace(chosen).is_some() {
                return Err(place.wrong("there can be a grant or a profile, not both"));
            }
        }
        let choice = choice.ok_or_else(|| wrong(text, 0, "it names neither a grant nor a profile"))?;
        if portal.is_some() && matches!(choice, Choice::Profile(_)) {
            return Err(wrong(text, 0, "`portal`: a profile has its own portal"));
        }
        Ok(Self { choice, region, portal })
    }
}

fn grant(text: &str) -> Result<String, NotValid> {
    let fine = !text.trim().is_empty() && text.len() <= LONGEST && !text.contains(char::is_control);
    if fine { Ok(text.to_owned()) } else { Err(NotValid("should be one short line of text".into())) }
}

struct Place<'a> {
    text: &'a str,
    key: &'a str,
    at: usize,
}

impl Place<'_> {
    fn wrong(&self, why: &str) -> Failure {
        // The key is text of the file as well.
        wrong(self.text, self.at, &format!("`{}`: {why}", crate::text::line(self.key)))
    }

    fn parsed<T>(&self, item: &Item, parse: impl Fn(&str) -> Result<T, NotValid>) -> Result<T, Failure> {
        let text = item.as_str().ok_or_else(|| self.wrong("should be text in quotes"))?;
        parse(text).map_err(|error| self.wrong(&error.0))
    }
}

fn wrong(text: &str, at: usize, why: &str) -> Failure {
    let line = text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1;
    let hint = "mend the line, then run `rolecall trust`";
    Failure::new(Code::Failed, format!("{FILE}, line {line}: {why}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_a_grant_or_a_profile() {
        let wish = Wish::parse("grant = \"checkout prod/ReadOnly\"\nregion = 'eu-west-1'\n").unwrap();
        assert_eq!(wish.choice, Choice::Grant("checkout prod/ReadOnly".into()));
        assert_eq!(wish.region.unwrap().as_str(), "eu-west-1");
        let wish = Wish::parse("profile = \"dev\"").unwrap();
        assert_eq!(wish.choice, Choice::Profile(ProfileName::parse("dev").unwrap()));
        assert_eq!(Wish::parse("grant = 'a'\nportal = 'corp'").unwrap().portal.unwrap().as_str(), "corp");
    }

    #[test]
    fn whatever_else_it_says_is_refused_with_its_line() {
        for (text, line) in [
            ("", 1),
            ("grant = 1", 1),
            ("\ngrant = \"a\\nb\"", 2),
            ("grant = \"\\u001b[31m\"", 1),
            ("grant = 'a'\nprofile = 'b'", 2),
            ("profile = 'a b'", 1),
            ("profile = 'a'\nportal = 'b'", 1),
            ("grant = 'a'\nrun = 'rm -rf /'", 2),
            ("grant = 'a'\nregion = '$(x)'", 2),
            ("grant = 'a'\ngrant = 'b'", 2),
            ("grant", 1),
        ] {
            let failure = Wish::parse(text).unwrap_err();
            assert!(failure.summary.contains(&format!("line {line}:")), "{text:?}: {failure}");
            assert!(!failure.summary.contains(char::is_control), "{text:?}");
        }
        assert!(Wish::parse(&format!("grant = '{}'", "a".repeat(600))).is_err());
    }
}
