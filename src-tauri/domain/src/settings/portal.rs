//! `[portal.NAME]`.

use serde::Deserialize;
use toml_edit::{Item, TableLike};

use super::{Place, browser};
use crate::browser::Choice;
use crate::failure::Failure;
use crate::flow::FlowChoice;
use crate::ids::{PortalName, Region, StartUrl};
use crate::mark::Colour;

/// One access portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// What the person calls it.
    pub name: PortalName,
    /// Where people sign in.
    pub start_url: StartUrl,
    /// The region of IAM Identity Center, not of any workload.
    pub region: Region,
    /// How to sign in.
    pub flow: FlowChoice,
    /// What the AWS CLI's token cache is to us.
    pub aws_cli: AwsCli,
    /// Of its accounts, where no mark says otherwise.
    pub colour: Option<Colour>,
    /// Where its consoles open; None: as those of all others.
    pub browser: Option<Choice>,
    /// Only endpoints that fulfil FIPS 140.
    pub fips: bool,
    /// Endpoints that answer over IPv4 and IPv6.
    pub dual_stack: bool,
}

/// What the AWS CLI's token cache (`~/.aws/sso/cache`, shared by all SDKs) is to us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AwsCli {
    /// Nothing.
    Off,
    /// Where nobody has signed in here, a session of the AWS CLI is used and renewed in its place, as an SDK does.
    #[default]
    Read,
    /// The session lives there and not in the keyring: whoever signs in, all tools are signed in.
    Share,
}

impl Portal {
    /// A portal of which nothing special is known.
    pub fn new(name: PortalName, start_url: StartUrl, region: Region) -> Self {
        Self {
            name,
            start_url,
            region,
            flow: FlowChoice::default(),
            aws_cli: AwsCli::default(),
            colour: None,
            browser: None,
            fips: false,
            dual_stack: false,
        }
    }

    /// Whether both name the same address: another region is then a correction.
    pub fn is_same_address(&self, other: &Self) -> bool {
        self.name == other.name && self.start_url.is_same_portal(&other.start_url)
    }
}

pub(super) fn read(place: &Place<'_>, item: &Item) -> Result<Vec<Portal>, Failure> {
    let table = item.as_table_like().ok_or_else(|| place.wrong("should be tables such as [portal.corp]"))?;
    table.iter().map(|(name, item)| portal(place.text, name, item)).collect()
}

fn portal(text: &str, name: &str, item: &Item) -> Result<Portal, Failure> {
    let key = format!("portal.{name}");
    let place = Place { text, key: &key, span: item.span() };
    let table: &dyn TableLike = item.as_table_like().ok_or_else(|| place.wrong("should be a table"))?;
    let needed = |wanted: &str| {
        let item = table.get(wanted).ok_or_else(|| place.wrong(&format!("`{wanted}` is missing")))?;
        Ok((format!("{key}.{wanted}"), item))
    };
    let (url_key, url) = needed("start_url")?;
    let (region_key, region) = needed("region")?;
    let mut portal = Portal::new(
        PortalName::parse(name).map_err(|error| place.wrong(&error.0))?,
        Place { text, key: &url_key, span: url.span() }.parsed(url, StartUrl::parse)?,
        Place { text, key: &region_key, span: region.span() }.parsed(region, Region::parse)?,
    );
    for (known, item) in table.iter() {
        let key = format!("{key}.{known}");
        let place = Place { text, key: &key, span: item.span() };
        match known {
            "start_url" | "region" => {}
            "flow" => portal.flow = place.one_of(item)?,
            "aws_cli" => portal.aws_cli = place.one_of(item)?,
            "colour" => portal.colour = Some(place.parsed(item, Colour::parse)?),
            "browser" => portal.browser = Some(browser::read(&place, item)?),
            "fips" => portal.fips = place.flag(item)?,
            "dual_stack" => portal.dual_stack = place.flag(item)?,
            _ => return Err(place.wrong("there is no such setting")),
        }
    }
    Ok(portal)
}
