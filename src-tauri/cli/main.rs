//! `rolecall`: the command line. Never names Tauri: it is on the credential path, and a program that links
//! `WebKit` needs 50 ms before its first instruction.

mod agent;
mod args;
mod assume;
mod bookmark;
mod browsers;
mod chain;
mod completions;
mod confirm;
mod console;
mod credentials;
mod destination;
mod doctor;
mod endpoint;
mod explanation;
mod getting;
mod grants;
mod hook;
mod import;
mod link;
mod list;
mod log;
mod portal;
mod print;
mod process;
mod profiles;
mod quick;
mod run;
mod shell;
mod sign_in;
mod simulate;
mod status;
mod switch;

use std::process::ExitCode;

use clap::Parser;
use domain::failure::Failure;

fn main() -> ExitCode {
    if let Some(answered) = quick::answer(std::env::args_os().skip(1)) {
        return end(answered.map(|()| ExitCode::SUCCESS));
    }
    match args::Args::try_parse() {
        Ok(args) => end(run::run(args)),
        Err(error) => print::usage(&error),
    }
}

fn end(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| {
        print::failure(&failure);
        ExitCode::from(failure.code.exit_code())
    })
}
