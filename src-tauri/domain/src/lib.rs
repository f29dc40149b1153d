//! Every decision Rolecall takes, as functions of their arguments.
//!
//! Nothing here reads a file, the environment or the clock, opens a connection or prints: the time is an
//! argument, the world's answers are arguments, and what should happen next is a return value. `engine`
//! carries it out; the command line and the desktop show it.
//!
//! A *portal* is one AWS access portal; a *grant* is one account and one role of it; the *catalogue* is all
//! grants of a portal as last fetched; a *chained role* is a role assumed from a grant, and a grant like any
//! other; a *switch* makes an AWS *profile* point at a grant.

pub mod access;
pub mod app;
pub mod asker;
pub mod bookmark;
pub mod browser;
pub mod callback;
pub mod catalogue;
pub mod chain;
pub mod completion;
pub mod console;
pub mod difference;
pub mod directory;
pub mod endpoint;
pub mod failure;
pub mod flow;
pub mod gate;
pub mod generate;
pub mod hotkey;
pub mod ids;
pub mod import;
pub mod inventory;
pub mod link;
pub mod listing;
pub mod logout;
pub mod mark;
pub mod naming;
pub mod pace;
pub mod precedence;
pub mod profile;
pub mod profile_file;
pub mod prompt;
pub mod recent;
pub mod renewal;
pub mod search;
pub mod secret;
pub mod session;
pub mod settings;
pub mod shell;
pub mod start_url;
pub mod text;
pub mod time;
pub mod trouble;
pub mod vend;
pub mod view;
pub mod visit;
