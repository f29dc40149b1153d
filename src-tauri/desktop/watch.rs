//! What changes by itself: files that `rolecall` in a terminal or an editor write, and the network.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use domain::app::{Effect, Input};
use domain::ids::PortalName;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::owner::Sender;
use crate::perform::Hands;

/// Files are written beside and renamed, in several steps; what follows within this time is one change.
const SETTLE: Duration = Duration::from_millis(80);
const LONGEST: Duration = Duration::from_secs(1);

/// Reads what the person has pinned, used and bookmarked, and hears of files from now on. Where the system can't tell
/// of changes, they are seen at the next start.
pub(crate) fn files(hands: Hands) {
    thread::spawn(move || {
        let (sender, receiver) = mpsc::channel();
        let folders = hands.engine().folders().clone();
        let watcher = watching(&folders, sender);
        // Not before: whatever changes from here on is heard.
        hands.blocking(|engine| Some(Input::Usage(engine.usage())));
        hands.read_bookmarks();
        let Some(mut watcher) = watcher else { return };
        // What changed since it was read, before anybody watched.
        hands.reread_settings();
        hands.perform(Effect::ReadProfiles);
        let mut cli_dir = folders.cli_cache_dir().filter(|dir| !dir.is_dir()).map(Path::to_owned);
        while let Ok(paths) = receiver.recv() {
            let mut changed: HashSet<PathBuf> = paths.into_iter().collect();
            let began = Instant::now();
            // Whoever writes all the time is heard all the same.
            while began.elapsed() < LONGEST {
                match receiver.recv_timeout(SETTLE) {
                    Ok(paths) => changed.extend(paths),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            // The AWS CLI makes its folder when somebody first signs in with it.
            if let Some(dir) = cli_dir.take_if(|dir| dir.is_dir()) {
                let _ = watcher.watch(&dir, RecursiveMode::NonRecursive);
                changed.insert(dir.join("now"));
            }
            read_again(&hands, &folders, &changed);
        }
    });
}

/// Nothing where the system can't tell of changes.
fn watching(
    folders: &engine::folders::Folders,
    sender: mpsc::Sender<Vec<PathBuf>>,
) -> Option<RecommendedWatcher> {
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)) {
            let _ = sender.send(event.paths);
        }
    });
    let mut watcher = watcher.ok()?;
    for dir in dirs(folders) {
        let _ = std::fs::create_dir_all(&dir);
        let _ = watcher.watch(&dir, RecursiveMode::NonRecursive);
    }
    Some(watcher)
}

fn dirs(folders: &engine::folders::Folders) -> Vec<PathBuf> {
    let parent = |path: &Path| path.parent().map(Path::to_owned);
    let state = folders.state_dir();
    let own = ["sessions", "catalogues", "missed"]
        .map(|name| state.join(name))
        .into_iter()
        .chain([folders.config_dir().to_owned(), state.to_owned()]);
    // The AWS CLI's sessions, where there are any: the folder is not ours to make.
    let theirs = folders.cli_cache_dir().filter(|dir| dir.is_dir()).map(Path::to_owned);
    own.chain(parent(folders.aws_config_path())).chain(theirs).collect()
}

fn read_again(hands: &Hands, folders: &engine::folders::Folders, changed: &HashSet<PathBuf>) {
    if changed.contains(&folders.settings_path()) {
        hands.reread_settings();
    }
    if changed.contains(&folders.usage_path()) {
        hands.blocking(|engine| Some(Input::Usage(engine.usage())));
    }
    if changed.contains(&folders.bookmarks_path()) {
        hands.read_bookmarks();
    }
    let log = folders.access_log_path();
    if changed.contains(&log) {
        hands.blocking(|_| Some(Input::Accessed));
    }
    if changed.contains(folders.aws_config_path()) {
        hands.perform(Effect::ReadProfiles);
        hands.perform(Effect::ReadImportable);
    }
    let portals: Vec<PortalName> =
        hands.engine().settings().portals.iter().map(|portal| portal.name.clone()).collect();
    for portal in portals {
        let is_cli = |path: &PathBuf| path.parent() == folders.cli_cache_dir();
        if changed.contains(&folders.session_path(&portal)) || changed.iter().any(is_cli) {
            hands.perform(Effect::ReadSession(portal.clone()));
        }
        if changed.contains(&folders.missed_path(&portal)) {
            let portal = portal.clone();
            hands.blocking(move |_| Some(Input::SignInMissed { portal }));
        }
        if changed.contains(&folders.catalogue_path(&portal)) {
            hands.perform(Effect::ReadCatalogue(portal));
        }
    }
}

/// Hears of addresses that come: what could not be reached is tried at once.
pub(crate) fn network(sender: Sender) {
    tokio::spawn(async move {
        // Addresses that are there already are told first; they are no news.
        let began = Instant::now();
        let Ok(mut addresses) = if_watch::tokio::IfWatcher::new() else { return };
        loop {
            let next = std::future::poll_fn(|context| addresses.poll_if_event(context)).await;
            match next {
                Ok(if_watch::IfEvent::Up(_)) if began.elapsed() > Duration::from_secs(2) => {
                    sender.input(Input::Woke);
                }
                Ok(_) => {}
                Err(_) => return,
            }
        }
    });
}
