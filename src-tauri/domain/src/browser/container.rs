//! Containers of Firefox, and the addresses by which add-ons open them.

use serde::{Deserialize, Serialize};

use super::{Choice, Of};
use crate::mark::Colour;

/// Firefox's colours of containers, but for the one of its toolbar.
const COLOURS: [&str; 8] = ["blue", "turquoise", "green", "yellow", "orange", "red", "pink", "purple"];
/// Firefox's icons of containers.
const ICONS: [&str; 12] = [
    "fingerprint",
    "briefcase",
    "dollar",
    "cart",
    "vacation",
    "gift",
    "food",
    "fruit",
    "pet",
    "tree",
    "chill",
    "circle",
];

/// The add-on that opens an address in a container.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ContainerExtension"))]
#[serde(rename_all = "kebab-case")]
pub enum Extension {
    /// "Open external links in a container".
    #[default]
    Container,
    /// Granted's.
    GrantedContainers,
}

impl Extension {
    /// As in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::GrantedContainers => "granted-containers",
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::Container => "ext+container",
            Self::GrantedContainers => "ext+granted-containers",
        }
    }
}

/// A container, as an add-on is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) extension: Extension,
    pub(super) name: String,
    colour: &'static str,
    icon: &'static str,
}

impl Container {
    /// Of a grant's account, in the colour of its marks or portal, else in one that goes with its id.
    pub(super) fn of(choice: &Choice, of: &Of<'_>, colour: Option<Colour>) -> Self {
        let hash = hash(of.grant.account_id.as_str());
        let colour = match colour {
            Some(Colour::Red) => "red",
            Some(Colour::Orange) => "orange",
            Some(Colour::Yellow) => "yellow",
            Some(Colour::Green) => "green",
            Some(Colour::Teal) => "turquoise",
            Some(Colour::Blue) => "blue",
            Some(Colour::Purple) => "purple",
            Some(Colour::Pink) => "pink",
            // Firefox has no grey.
            Some(Colour::Grey) | None => COLOURS[hash % COLOURS.len()],
        };
        let icon = ICONS[hash / COLOURS.len() % ICONS.len()];
        Self { extension: choice.extension, name: choice.name.of(of), colour, icon }
    }

    /// Every value is encoded but for what means the same to all readers, so that no name ends it early.
    ///
    /// The signature is none: previews of "Open external links in a container" 2 put a question where it is wrong, and
    /// stumble where it is missing. All else pays no heed to it.
    pub(super) fn address(&self, url: &str) -> String {
        let (name, url) = (encoded(&self.name), encoded(url));
        let (scheme, colour, icon) = (self.extension.scheme(), self.colour, self.icon);
        format!("{scheme}:name={name}&url={url}&color={colour}&icon={icon}&signature=00")
    }
}

/// As a value in a query, for readers that take `+` for a space and for those that do not.
fn encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::new();
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => {
                // Writing to a String does not fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// FNV-1a: the same in all versions of the program, because a container keeps the colour that it was made with.
fn hash(text: &str) -> usize {
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize
}
