//! What the program can be started with. A second start hands its arguments to the first.

use clap::Parser;
use domain::app::{Action, Input, Window};

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
    /// A link that somebody has followed, as `rolecall link --app` prints it: shows what it wants
    #[arg(conflicts_with_all = ["toggle", "quit"])]
    pub(crate) link: Option<String>,
    /// Show a made-up organisation; nothing of yours is read or changed
    #[arg(long)]
    pub(crate) demo: bool,
}

impl Args {
    /// What a second start asks the first one for.
    pub(crate) fn input(&self) -> Option<Input> {
        let action = match self {
            Self { quit: true, .. } => Action::Quit,
            Self { link: Some(link), .. } => return Some(Input::Link(link.clone())),
            Self { toggle: true, .. } => Action::Show { window: Window::Switcher },
            Self { hidden: true, .. } => return None,
            _ => Action::Show { window: Window::Main },
        };
        Some(Input::Act(action))
    }
}
