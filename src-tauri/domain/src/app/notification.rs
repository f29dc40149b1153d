//! What is told to a person who may look elsewhere.

use super::Action;
use crate::ids::{PortalName, ProfileName};

/// What a notification is about: a new one replaces the last of its topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A portal's session.
    Session(PortalName),
    /// A portal's catalogue.
    Catalogue(PortalName),
    /// A role that was awaited.
    Awaited(String),
    /// A switch of this profile that ended by itself.
    Lease(ProfileName),
    /// The last thing that was asked for.
    Act,
    /// There is no tray.
    Tray,
    /// Programs that want to be let in.
    Ask,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What it replaces.
    pub topic: Topic,
    /// One line.
    pub title: String,
    /// More.
    pub body: String,
    /// A button: its label and what it does.
    pub button: Option<(String, Action)>,
    /// It stays until it is read.
    pub urgent: bool,
}
