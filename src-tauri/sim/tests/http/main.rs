//! The simulator from outside: every flow, error and fault over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a broken expectation is how a test fails, shared steps included"
)]

mod client;
mod console;
mod control;
mod device;
mod faults;
mod identity_provider;
mod identity_sources;
mod pages;
mod partitions;
mod people;
mod pkce;
mod portal;
mod provisioning;
mod refreshing;
mod registration;
mod signer;
mod start_url;
mod sts;
mod tokens;
