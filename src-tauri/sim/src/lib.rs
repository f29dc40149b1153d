//! AWS IAM Identity Center over loopback HTTP, for tests and the demo.
//!
//! One simulator is one access portal with one person who can sign in, or several. It serves, on one port of
//! 127.0.0.1, everything that a real client touches on its way from a start URL to the console:
//!
//! | Part | Paths |
//! |---|---|
//! | SSO OIDC | `/client/register`, `/device_authorization`, `/token`, `/authorize` |
//! | portal API | `/assignment/accounts`, `/assignment/roles`, `/federation/credentials`, `/logout` |
//! | STS | `POST /` |
//! | console federation | `/federation`, `/oauth`, and `/console` in place of the console |
//! | sign-in pages | `/start`, `/device`, `/signin`, `/saml/acs` |
//! | control, for other processes | `/_sim/…` |
//!
//! The paths of the services do not overlap, so one origin without prefixes is enough, and clients that
//! append to an endpoint URL need no special care. The external identity provider has a second port,
//! because what matters about it is that it is another origin; likewise the vanity domain.
//!
//! This crate shares no code and no type with Rolecall's own clients, so that it cannot share their
//! mistakes. Its time is the real clock plus a shift that tests set. Nothing here is random except
//! secrets: accounts, failures and page order repeat from run to run.
//!
//! Requests with a `Host` that is not loopback are refused: pages of the web must not reach it through a
//! name that resolves to 127.0.0.1.

mod clock;
mod connection;
mod console;
mod control;
mod directory;
mod endpoint_rules;
mod escape;
mod faults;
mod http;
mod idp;
mod journal;
mod mishap;
mod oidc;
mod options;
mod organisation;
mod pages;
mod partition;
mod people;
mod portal;
mod random;
mod role_keys;
mod routes;
mod saml;
mod server;
mod simulator;
mod sts;
mod throttle;
mod totp;
mod vanity;
mod visitor;
mod world;

pub use directory::{Change, ChangeKind, ProvisionError};
pub use faults::{FaultError, Faults};
pub use journal::{OperationStats, RequestRecord, Stats};
pub use options::{IdentitySource, Options, Person, RequestObserver, UnknownIdentitySource};
pub use organisation::{Account, Organisation, UnknownOrganisation};
pub use simulator::{Simulator, serve};
pub use visitor::{Decision, Page, Visitor};
