//! `rolecall`: the command line. Never names Tauri: it is on the credential path, and a program that links
//! WebKit needs 50 ms before its first instruction.

mod args;
mod credentials;
mod doctor;
mod grants;
mod list;
mod portal;
mod print;
mod run;
mod sign_in;
mod simulate;
mod status;
mod switch;

#[cfg_attr(unix, path = "process/unix.rs")]
#[cfg_attr(windows, path = "process/windows.rs")]
mod process;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match run::run(args::Args::parse()) {
        Ok(code) => code,
        Err(failure) => {
            print::failure(&failure);
            ExitCode::from(failure.code as u8)
        }
    }
}
