//! What is found out about sessions and profiles, as inputs bring it.

use jiff::{SignedDuration, Timestamp};

use crate::ids::{GrantId, ProfileName};
use crate::profile::OurProfile;
use crate::session::TokenInfo;

/// What is known of one portal's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// Nobody has looked yet.
    Unknown,
    /// There is no token.
    SignedOut,
    /// There is a token that works, or can be renewed.
    SignedIn(SignedIn),
    /// The token is over.
    Expired,
}

/// A session that lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The access token.
    pub token: TokenInfo,
    /// When the token should be renewed, if it can be.
    pub renew_at: Timestamp,
    /// When the person signed in, where that is known.
    pub since: Option<Timestamp>,
    /// How long sessions of this portal last, where that has been seen.
    pub lasts: Option<SignedDuration>,
}

/// One of our profiles and until when credentials are kept for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name and where it points.
    pub ours: OurProfile,
    /// Until when the kept credentials are good.
    pub expires_at: Option<Timestamp>,
}

/// A switch that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// The profile.
    pub profile: ProfileName,
    /// Where it points now.
    pub grant: GrantId,
    /// For how many minutes, if it goes back by itself.
    pub minutes: Option<u32>,
    /// The file was changed, so there is something to undo.
    pub changed: bool,
    /// What may keep it from working.
    pub warnings: Vec<String>,
}
