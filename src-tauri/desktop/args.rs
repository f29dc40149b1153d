//! What the program can be started with. A second start hands its arguments to the first.

use clap::Parser;
use domain::app::{Action, Window};

/// The tray application. Started again, it shows its window.
#[derive(Debug, Clone, Parser)]
#[command(name = "rolecall-desktop", version)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Args {
    /// Show the quick switcher, or put it away: for a key binding of your desktop
    #[arg(long)]
    pub(crate) toggle: bool,
    /// Show no window at the start
    #[arg(long)]
    pub(crate) hidden: bool,
    /// End the program that runs
    #[arg(long, conflicts_with = "toggle")]
    pub(crate) quit: bool,
    /// Show a made-up organisation; nothing of yours is read or changed
    #[arg(long)]
    pub(crate) demo: bool,
}

impl Args {
    /// What a second start asks the first one for.
    pub(crate) fn action(&self) -> Option<Action> {
        match self {
            Self { quit: true, .. } => Some(Action::Quit),
            Self { toggle: true, .. } => Some(Action::Show { window: Window::Switcher }),
            Self { hidden: true, .. } => None,
            _ => Some(Action::Show { window: Window::Main }),
        }
    }
}
