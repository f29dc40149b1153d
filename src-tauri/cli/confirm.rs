//! Marks that want a second act before a person is somewhere: `confirm = true`.

use domain::failure::{Code, Failure};
use domain::ids::GrantId;

use crate::print;
use crate::run::World;

/// What becomes of it where there is no terminal to ask at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// It changes what other programs do, or opens something in front of a person.
    Refused,
    /// It concerns the program alone that a script starts, and a script has nobody to ask.
    Done,
}

/// Asks the person at the terminal, if the marks of the grant want that. `act` is what would be done, as in `switch`.
pub(crate) fn confirm(
    world: &World,
    grant: &GrantId,
    act: &str,
    yes: bool,
    unasked: Unasked,
) -> Result<(), Failure> {
    if yes || !world.engine.is_confirmed_first(grant) {
        return Ok(());
    }
    let label = world.engine.label(grant).unwrap_or_else(|_| grant.to_string());
    match print::ask(&format!("{label} ({grant}) is marked `confirm`. {act}? [y/N] ")) {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::new(
            Code::Failed,
            "nothing was done: the answer was not yes",
            "`--yes` does not ask",
        )),
        None if unasked == Unasked::Done => Ok(()),
        None => Err(Failure::new(
            Code::Usage,
            format!("{label} is marked `confirm`, and there is no terminal to ask at"),
            "add `--yes`; nothing was done",
        )),
    }
}
