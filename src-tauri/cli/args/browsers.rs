//! Where the console opens.

use clap::Args as Group;
use domain::browser::{Name, Program, Wish};

#[derive(Debug, Group)]
pub(crate) struct Browsers {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is wanted this once, in place of `[browser]` in settings.toml.
#[derive(Debug, Group)]
pub(crate) struct InBrowser {
    /// The browser: firefox, chrome, edge, brave, vivaldi, chromium, or the path of one
    #[arg(long = "browser", value_name = "PROGRAM", value_parser = program, conflicts_with = "print")]
    program: Option<Program>,
    /// In a container of Firefox, one for each account
    #[arg(long, conflicts_with_all = ["print", "browser_profile", "private"])]
    container: bool,
    /// In a profile of the browser; {account} in the name gives each account one of its own
    #[arg(long = "browser-profile", id = "browser_profile", value_name = "NAME", value_parser = name, conflicts_with = "print")]
    profile: Option<Name>,
    /// In a private window
    #[arg(long, conflicts_with = "print")]
    private: bool,
}

impl InBrowser {
    pub(crate) fn wish(&self) -> Wish {
        Wish {
            program: self.program.clone(),
            container: self.container,
            profile: self.profile.clone(),
            private: self.private,
        }
    }
}

fn program(text: &str) -> Result<Program, String> {
    Program::parse(text).map_err(|error| error.0)
}

fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| error.0)
}
