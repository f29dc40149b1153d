//! The clipboard. What is put there is not for the lists of past contents that desktops keep.

use std::sync::{Mutex, PoisonError};

use domain::failure::{Code, Failure};

/// Held as long as the program runs: on X11 and Wayland the owner serves what it has copied.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    pub(crate) fn put(&self, text: &str) -> Result<(), Failure> {
        let failed = |error: arboard::Error| {
            Failure::new(
                Code::Failed,
                "the clipboard can't be used",
                "use `rolecall env` in a terminal instead",
            )
            .with_detail(error)
        };
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() {
            *slot = Some(arboard::Clipboard::new().map_err(failed)?);
        }
        let Some(clipboard) = slot.as_mut() else { return Ok(()) };
        let set = crate::platform::not_for_history(clipboard.set());
        set.text(text).map_err(failed)
    }
}
