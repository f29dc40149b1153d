//! `rolecall-desktop`: the tray application. The only code that names Tauri.
//!
//! [`owner`] is the one owner of state: clicks, keys, answers and timers reach it as inputs, and it says what
//! to do ([`perform`]) and what to show ([`tray`], [`windows`]).
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod agent;
mod args;
mod clipboard;
mod commands;
mod console;
mod demo;
mod early_keys;
mod hotkey;
mod notices;
mod owner;
mod perform;
mod sign_in;
mod sign_ins;
mod start;
mod tray;
mod watch;
mod windows;

#[cfg_attr(target_os = "linux", path = "platform/linux.rs")]
#[cfg_attr(target_os = "macos", path = "platform/macos.rs")]
#[cfg_attr(windows, path = "platform/windows.rs")]
mod platform;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use domain::failure::Failure;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are data, all else is a mistake; clap knows which stream.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
        }
    };
    match start::run(&args) {
        Ok(code) => code,
        Err(failure) => {
            print(&failure);
            ExitCode::from(failure.code.exit_code())
        }
    }
}

/// As `rolecall` prints it.
fn print(failure: &Failure) {
    let _ = writeln!(std::io::stderr(), "error: {failure}\n  try: {}", failure.hint);
}
