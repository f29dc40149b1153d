//! What the person chose: `settings.toml`.
//!
//! ```toml
//! default_profile = "default"      # the profile that `switch` writes
//! default_region = "eu-central-1"  # for profiles that have no region yet
//! keyring = "system"               # or "kernel" (Linux: forgotten at reboot)
//!
//! [portal.corp]
//! start_url = "https://d-1234567890.awsapps.com/start"
//! region = "us-east-1"             # of IAM Identity Center
//! ```
//!
//! The file is edited in place: comments, order and spacing are the person's.

use std::ops::Range;

use toml_edit::{Document, DocumentMut, Item, Table, TableLike};

use crate::failure::{Code, Failure};
use crate::ids::{NotValid, PortalName, ProfileName, Region, StartUrl};

/// One access portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// What the person calls it.
    pub name: PortalName,
    /// Where people sign in.
    pub start_url: StartUrl,
    /// The region of IAM Identity Center, not of any workload.
    pub region: Region,
}

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keyring {
    /// The Secret Service, Keychain or Credential Manager.
    #[default]
    System,
    /// The Linux kernel's keyring: needs no daemon, forgets at reboot.
    Kernel,
}

/// All choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// In the order of the file.
    pub portals: Vec<Portal>,
    /// The profile that a switch writes when none is named.
    pub default_profile: ProfileName,
    /// The region of profiles that have none yet.
    pub default_region: Option<Region>,
    /// Where secrets are kept.
    pub keyring: Keyring,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            portals: Vec::new(),
            default_profile: ProfileName::default_profile(),
            default_region: None,
            keyring: Keyring::default(),
        }
    }
}

impl Settings {
    /// Reads the text of `settings.toml`. The failure names line and key.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let document = Document::parse(text).map_err(|error| {
            let at = error.span().map_or(1, |span| line_of(text, &span));
            wrong(at, error.message())
        })?;
        let mut settings = Self::default();
        for (key, item) in document.as_table() {
            let at = document.as_table().key(key).and_then(toml_edit::Key::span);
            let place = Place { text, key, span: item.span().or(at) };
            match key {
                "default_profile" => settings.default_profile = place.parsed(item, ProfileName::parse)?,
                "default_region" => settings.default_region = Some(place.parsed(item, Region::parse)?),
                "keyring" => settings.keyring = place.parsed(item, keyring)?,
                "portal" => settings.portals = portals(&place, item)?,
                _ => return Err(place.wrong("there is no such setting")),
            }
        }
        Ok(settings)
    }

    /// The portal of this name.
    pub fn portal(&self, name: &PortalName) -> Option<&Portal> {
        self.portals.iter().find(|p| p.name == *name)
    }

    /// The portal that a command means: the named one, or the only one there is.
    pub fn portal_or_only(&self, name: Option<&PortalName>) -> Result<&Portal, Failure> {
        match (name, self.portals.as_slice()) {
            (Some(name), _) => self.portal(name).ok_or_else(|| self.no_such_portal(name)),
            (None, [only]) => Ok(only),
            (None, []) => Err(Failure::new(
                Code::NoSingleMatch,
                "no portal is known yet",
                "run `rolecall portal add NAME --start-url URL --region REGION`, or `rolecall portal import`",
            )),
            (None, several) => Err(Failure::new(
                Code::NoSingleMatch,
                "several portals are known",
                format!("name one of them: {}", names(several)),
            )),
        }
    }

    fn no_such_portal(&self, name: &PortalName) -> Failure {
        let hint = if self.portals.is_empty() {
            format!("run `rolecall portal add {name} --start-url URL --region REGION`")
        } else {
            format!("known portals: {}", names(&self.portals))
        };
        Failure::new(Code::NoSingleMatch, format!("there is no portal called {name}"), hint)
    }
}

fn names(portals: &[Portal]) -> String {
    portals.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The text with `portal` put in, all else as it was. A portal of that name is replaced.
pub fn with_portal(text: &str, portal: &Portal) -> Result<String, Failure> {
    let mut document = editable(text)?;
    let portals = document.entry("portal").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let Some(portals) = portals.as_table_like_mut() else { return Err(wrong(1, "`portal` is not a table")) };
    let entry = portals.entry(portal.name.as_str()).or_insert(Item::Table(Table::new()));
    let Some(entry) = entry.as_table_like_mut() else {
        return Err(wrong(1, &format!("`portal.{}` is not a table", portal.name)));
    };
    entry.insert("start_url", toml_edit::value(portal.start_url.as_str()));
    entry.insert("region", toml_edit::value(portal.region.as_str()));
    Ok(document.to_string())
}

/// The text without the portal, all else as it was.
pub fn without_portal(text: &str, name: &PortalName) -> Result<String, Failure> {
    let mut document = editable(text)?;
    if let Some(portals) = document.get_mut("portal").and_then(Item::as_table_like_mut) {
        portals.remove(name.as_str());
    }
    Ok(document.to_string())
}

fn editable(text: &str) -> Result<DocumentMut, Failure> {
    // Parsed in full first: an edit of a file that we misread would be a guess.
    Settings::parse(text)?;
    text.parse::<DocumentMut>().map_err(|error| wrong(1, error.message()))
}

/// Where a value stands, for the message about it.
struct Place<'a> {
    text: &'a str,
    key: &'a str,
    span: Option<Range<usize>>,
}

impl Place<'_> {
    fn wrong(&self, why: &str) -> Failure {
        let line = self.span.as_ref().map_or(1, |span| line_of(self.text, span));
        wrong(line, &format!("`{}`: {why}", self.key))
    }

    fn parsed<T>(&self, item: &Item, parse: impl Fn(&str) -> Result<T, NotValid>) -> Result<T, Failure> {
        let text = item.as_str().ok_or_else(|| self.wrong("should be text in quotes"))?;
        parse(text).map_err(|error| self.wrong(&error.0))
    }
}

fn portals(place: &Place<'_>, item: &Item) -> Result<Vec<Portal>, Failure> {
    let table = item.as_table_like().ok_or_else(|| place.wrong("should be tables such as [portal.corp]"))?;
    table.iter().map(|(name, item)| portal(place.text, name, item)).collect()
}

fn portal(text: &str, name: &str, item: &Item) -> Result<Portal, Failure> {
    let key = format!("portal.{name}");
    let place = Place { text, key: &key, span: item.span() };
    let table: &dyn TableLike = item.as_table_like().ok_or_else(|| place.wrong("should be a table"))?;
    let field =
        |wanted: &str| table.get(wanted).ok_or_else(|| place.wrong(&format!("`{wanted}` is missing")));
    let inner = |item: &Item, name: &str| (format!("{key}.{name}"), item.span());
    for (known, item) in table.iter() {
        if !matches!(known, "start_url" | "region") {
            let (key, span) = inner(item, known);
            return Err(Place { text, key: &key, span }.wrong("there is no such setting"));
        }
    }
    let (start_url, region) = (field("start_url")?, field("region")?);
    let (url_key, url_span) = inner(start_url, "start_url");
    let (region_key, region_span) = inner(region, "region");
    Ok(Portal {
        name: PortalName::parse(name).map_err(|error| place.wrong(&error.0))?,
        start_url: Place { text, key: &url_key, span: url_span }.parsed(start_url, StartUrl::parse)?,
        region: Place { text, key: &region_key, span: region_span }.parsed(region, Region::parse)?,
    })
}

fn keyring(text: &str) -> Result<Keyring, NotValid> {
    match text {
        "system" => Ok(Keyring::System),
        "kernel" => Ok(Keyring::Kernel),
        _ => Err(NotValid("should be \"system\" or \"kernel\"".into())),
    }
}

fn wrong(line: usize, why: &str) -> Failure {
    Failure::new(
        Code::Failed,
        format!("settings.toml, line {line}: {why}"),
        "mend the line, or move the file away to start with the defaults",
    )
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.as_bytes().iter().take(span.start).filter(|b| **b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corp() -> Portal {
        Portal {
            name: PortalName::parse("corp").unwrap(),
            start_url: StartUrl::parse("https://d-1.awsapps.com/start").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
        }
    }

    #[test]
    fn what_is_added_is_read_and_what_was_there_stays() {
        let before = "# mine\ndefault_region='eu-west-1' # near\n\n[portal.old] # keep\nregion = \"eu-west-1\"\nstart_url = \"old\"\n";
        let after = with_portal(before, &corp()).unwrap();
        assert!(after.starts_with(before), "{after}");
        let settings = Settings::parse(&after).unwrap();
        assert_eq!(settings.portals[1], corp());
        assert_eq!(settings.default_region, Some(Region::parse("eu-west-1").unwrap()));
        assert_eq!(without_portal(&after, &corp().name).unwrap(), before);
    }

    #[test]
    fn the_first_portal_makes_a_readable_file() {
        let text = with_portal("", &corp()).unwrap();
        assert_eq!(
            text,
            "[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"us-east-1\"\n"
        );
    }

    #[test]
    fn mistakes_are_named_with_line_and_key() {
        let check = |text: &str, expected: &str| {
            let failure = Settings::parse(text).unwrap_err();
            assert!(failure.summary.contains(expected), "{}", failure.summary);
        };
        check("\ndefault_region = 3\n", "line 2: `default_region`: should be text");
        check("default_region = \"mars\"\n", "line 1: `default_region`: `mars` is not an AWS region");
        check("\n\nkeyring = \"file\"\n", "line 3: `keyring`");
        check("[portal.x]\nregion = \"us-east-1\"\n", "`portal.x`: `start_url` is missing");
        check("colour = \"red\"\n", "line 1: `colour`: there is no such setting");
        check(
            "[portal.x]\nstart_url = \"a\"\nregion = \"us-east-1\"\nregin = \"\"\n",
            "line 4: `portal.x.regin`",
        );
        check("a = \n", "line 1");
    }

    #[test]
    fn a_file_with_a_mistake_is_not_edited() {
        assert!(with_portal("colour = \"red\"\n", &corp()).is_err());
    }
}
