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
//! Who signs in, and where, is [`Options::identity_source`]: the portal's own pages, or a provider with
//! the pages of Entra ID, Okta, Google or AD FS. [`Options::others`] are further people on the same portal;
//! each of them sees every second account. The region decides the partition.
//!
//! # Control
//!
//! What [`Simulator`] does by methods, other processes do over HTTP:
//!
//! | Request | Effect |
//! |---|---|
//! | `GET /_sim/requests[?since=N]` | the log as JSON |
//! | `GET /_sim/stats` | [`Stats`]: rates, refreshes, live logins |
//! | `GET`, `POST /_sim/faults` | [`Faults`] as JSON; posted members are laid over those in force |
//! | `POST /_sim/approve?user_code=CODE[&user=NAME]` | approves a device |
//! | `POST /_sim/deny?user_code=CODE` | denies it |
//! | `POST /_sim/revoke[?user=NAME]` | ends the sessions of all or of one |
//! | `POST /_sim/clock?offset_seconds=N` | moves the clock |
//! | `POST /_sim/provision` | one [`Change`] or a list of them |
//!
//! ```json
//! [{"change": "add_account", "account_id": "777788889999", "name": "New", "roles": ["ReadOnlyAccess"]},
//!  {"change": "rename_account", "account_id": "777788889999", "name": "Newer"},
//!  {"change": "assign_role", "account_id": "777788889999", "role": "Billing", "user": "alex.rivera"},
//!  {"change": "unassign_role", "account_id": "777788889999", "role": "Billing", "delay_seconds": 5},
//!  {"change": "remove_account", "account_id": "777788889999"}]
//! ```
//!
//! # Faults
//!
//! | Fault | What goes wrong |
//! |---|---|
//! | `latency=MS` | answers are late |
//! | `throttle=PER_SECOND` | 429 earlier than AWS |
//! | `server_error=RATIO`, `reset=RATIO` | 5xx; connections that break in the middle of a reply |
//! | `denied` | approvals end as denials |
//! | `expired_code[=SECONDS]`, `slow_down=EVERY` | device codes die early; polls are told to slow down |
//! | `device_blocked`, `pkce_blocked` | an administrator allows only the other flow |
//! | `revoked_token` | the portal refuses every token, and nothing can be refreshed |
//! | `short_tokens=SECONDS` | access tokens are short, and rotated refresh tokens die at once |
//! | `no_refresh_token` | there is never a refresh token |
//! | `lost_reply=EVERY` | refreshes are carried out, but their reply is lost |
//! | `refresh_without_rotation` | a refresh gives no new refresh token; the old one stays good |
//! | `empty_pages` | lists have empty pages |
//! | `forbidden_account[=ID]` | 403 in one account |
//! | `new_session_needed` | new roles show only in logins begun after their assignment |
//! | `clock_skew=SECONDS` | the clock is wrong |
//! | `unregistered` | once: registrations are forgotten |
//! | `vanity_no_head`, `vanity_elsewhere` | the vanity domain refuses HEAD; leads to a foreign host |
//! | `html` | a captive portal answers |
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
pub use sts::{MfaDevice, Trust};
pub use visitor::{Decision, Page, Visitor};
