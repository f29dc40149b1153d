//! Notifications of the desktop. Where there is nobody to show them, nothing is lost: tray and windows say the
//! same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use domain::app::{Input, Notification, Topic};

use crate::owner::Sender;
use crate::platform;

/// What is shown, by topic: a later one takes the place of an earlier one.
#[derive(Clone)]
pub(crate) struct Notices {
    sender: Sender,
    shown: Arc<Mutex<HashMap<Topic, Shown>>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    /// The desktop's number of it.
    id: Option<u32>,
    /// How many there were of this topic: a click on an earlier one means nothing any more.
    generation: u64,
}

impl Notices {
    pub(crate) fn new(sender: Sender) -> Self {
        Self { sender, shown: Arc::default() }
    }

    /// Shows it, and waits beside for what the person does with it.
    pub(crate) fn show(&self, notification: Notification) {
        let this = self.clone();
        // One thread for each that is on the screen: the wait blocks.
        thread::spawn(move || this.show_and_wait(&notification));
    }

    fn show_and_wait(&self, notification: &Notification) {
        let topic = &notification.topic;
        let (replaces, generation) = {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = shown.entry(topic.clone()).or_default();
            entry.generation += 1;
            (entry.id, entry.generation)
        };
        let told = |id: u32| {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(entry) = shown.get_mut(topic).filter(|entry| entry.generation == generation) {
                entry.id = Some(id);
            }
        };
        let clicked = platform::notify(notification, replaces, told);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let current = shown.get(topic).is_some_and(|entry| entry.generation == generation);
        if current {
            shown.remove(topic);
        }
        drop(shown);
        if let Some((_, action)) = notification.button.as_ref().filter(|_| clicked && current) {
            self.sender.input(Input::Act(action.clone()));
        }
    }

    /// Takes back what is no longer true.
    pub(crate) fn withdraw(&self, topic: &Topic) {
        let gone = self.shown.lock().unwrap_or_else(PoisonError::into_inner).remove(topic);
        if let Some(id) = gone.and_then(|shown| shown.id) {
            thread::spawn(move || platform::withdraw(id));
        }
    }
}
