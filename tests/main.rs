//! The program as people and AWS's own tools meet it: the real `rolecall` against the simulator over HTTP, a
//! real keyring on a private session bus, the real AWS CLI and boto3. Nothing of the person who runs the tests
//! is touched or seen: every test has a home, a bus and a keyring of its own.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on ends")]
#![expect(clippy::print_stdout, reason = "the test harness shows it with the failure")]

// What tests are made of.
mod program;
mod session;
mod world;

// Areas, one a module; docs/behaviour.md names them.
mod agent;
mod aws_cli;
mod browsers;
mod chain;
mod cli;
mod clients;
mod concurrency;
mod confirm;
mod console;
mod credentials;
mod demo;
mod desktop;
mod destinations;
mod discovery;
mod endpoint;
mod faults;
mod files;
mod flows;
mod generated;
mod import;
mod interleavings;
mod job;
mod keyring;
mod leases;
mod links;
mod listing;
mod matrix;
mod modes;
mod names;
mod network;
mod parity;
mod partitions;
mod portals;
mod precedence;
mod proxy;
mod recent;
mod secrets;
mod shell;
mod simulate;
