//! Keys that are pressed while the switcher's page is still being loaded: its window is there already, and a person
//! who knows the way types at once.

use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// One key, as a page's `keydown` names it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EarlyKey {
    /// A character, or a name such as `Enter`.
    pub(crate) key: String,
    pub(crate) ctrl: bool,
    pub(crate) shift: bool,
    pub(crate) alt: bool,
}

/// What was pressed so far; nothing is kept while no page is being loaded.
#[derive(Default)]
pub(crate) struct EarlyKeys(Mutex<Option<Vec<EarlyKey>>>);

impl EarlyKeys {
    /// From now on, keys are kept.
    pub(crate) fn begin(&self) {
        self.with(|kept| *kept = Some(Vec::new()));
    }

    /// Whether the key was kept; if not, it is the page's.
    pub(crate) fn keep(&self, key: EarlyKey) -> bool {
        self.with(|kept| kept.as_mut().map(|keys| keys.push(key)).is_some())
    }

    /// Hands them over. From now on, keys are the page's.
    pub(crate) fn take(&self) -> Vec<EarlyKey> {
        self.with(|kept| kept.take().unwrap_or_default())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Option<Vec<EarlyKey>>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
