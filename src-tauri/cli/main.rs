//! `rolecall`: the command line. Never names Tauri: it is on the credential path, and a program that links
//! `WebKit` needs 50 ms before its first instruction.

mod agent;
mod args;
mod assume;
mod bookmark;
mod chain;
mod completions;
mod console;
mod credentials;
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
mod run;
mod shell;
mod sign_in;
mod simulate;
mod status;
mod switch;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return print::usage(&error),
    };
    match run::run(args) {
        Ok(code) => code,
        Err(failure) => {
            print::failure(&failure);
            ExitCode::from(failure.code.exit_code())
        }
    }
}
