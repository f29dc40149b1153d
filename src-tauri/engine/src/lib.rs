//! Carries out what `domain` decides: talks to AWS, keeps secrets in the keyring, reads and writes files.
//!
//! [`Engine`] is a handle on one person's settings, keyring and files. It prints nothing and asks nothing;
//! whoever uses it shows what it returns. Functions that only touch files and the keyring are plain; those
//! that talk to AWS are async and want a tokio runtime, which the credential path sets up only if it must.

pub mod agent;
pub mod aws;
pub mod browser;
pub mod clock;
pub mod directory;
pub mod environment;
pub mod files;
pub mod folders;
pub mod prompt;
pub mod vault;

pub mod surroundings;

mod access_log;
mod aws_cli;
mod bookmarks;
mod browsers;
mod callback;
mod catalogue;
mod chain;
mod console;
mod credentials;
mod diagnosis;
mod discovery;
mod explanation;
mod generated;
mod import;
mod kept;
mod keys;
mod leading;
mod profiles;
mod renew;
mod retry;
mod session;
mod shell;
mod sign_in;
mod status;
mod tokens;
mod undo;
mod warnings;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws::Aws;
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, PortalName};
use domain::link;
use domain::recent::Usage;
use domain::settings::{self, Choice, Portal, Settings};
use environment::Environment;
use folders::Folders;
use vault::{OnWait, Vault};

pub use catalogue::Refreshed;
pub use credentials::Kept;
pub use diagnosis::{Finding, Verdict};
pub use discovery::{Discovered, unknown_region};
pub use explanation::Explained;
pub use generated::{SyncPlan, SyncRequest};
pub use import::{Imported, Looked};
pub use keys::WentBack;
pub use profiles::{SwitchRequest, SwitchResult, profile_now};
pub use shell::ShellProfile;
pub use sign_in::Progress;
pub use undo::Undo;

/// How long one process waits for another one that holds a lock.
const LOCK_PATIENCE: Duration = Duration::from_mins(1);

/// One person's settings, keyring and files.
#[derive(Debug, Clone)]
pub struct Engine {
    environment: Environment,
    folders: Folders,
    settings: Settings,
    vault: Arc<Vault>,
}

impl Engine {
    /// Reads the settings; opens neither keyring nor network. `on_wait` hears when something waits for the
    /// person, such as a locked keyring; `patience` is how long that may take.
    pub fn open(environment: Environment, on_wait: OnWait, patience: Duration) -> Result<Self, Failure> {
        let (engine, failure) = Self::open_forgiving(environment, on_wait, patience)?;
        failure.map_or(Ok(engine), Err)
    }

    /// As [`Engine::open`], for a program that goes on without the settings it can't read: with the defaults, and
    /// why.
    pub fn open_forgiving(
        environment: Environment,
        on_wait: OnWait,
        patience: Duration,
    ) -> Result<(Self, Option<Failure>), Failure> {
        let folders = Folders::find(&environment)?;
        let (settings, failure) = match read_settings(&folders) {
            Ok((_, settings)) => (settings, None),
            Err(failure) => (Settings::default(), Some(failure)),
        };
        let vault = Vault::of(settings.keyring, &folders.secrets_path());
        let vault = Arc::new(vault.on_wait(on_wait).patience(patience));
        Ok((Self { environment, folders, settings, vault }, failure))
    }

    /// Held by the desktop program as long as it runs. `None`: another one runs.
    pub fn lock_desktop(&self) -> Result<Option<files::Lock>, Failure> {
        files::lock(&self.folders.lock_path("desktop"), Duration::ZERO)
    }

    /// The path of the settings, which are there afterwards, if only as an empty file.
    pub fn settings_file(&self) -> Result<PathBuf, Failure> {
        let path = self.folders.settings_path();
        if files::read(&path)?.is_none() {
            files::replace(&path, b"")?;
        }
        Ok(path)
    }

    /// The same with the settings as they are on disk now.
    pub fn reread(&self) -> Result<Self, Failure> {
        let settings = read_settings(&self.folders)?.1;
        let vault = if settings.keyring == self.settings.keyring {
            Arc::clone(&self.vault)
        } else {
            Arc::new(self.vault.instead(settings.keyring, &self.folders.secrets_path()))
        };
        Ok(Self { settings, vault, ..self.clone() })
    }

    /// Where things lie.
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// Changes one setting, and leaves the rest of the file as it is.
    pub fn choose(&mut self, choice: &Choice) -> Result<(), Failure> {
        self.edit_settings(|text| settings::with_choice(text, choice))
    }

    /// What the person chose.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Adds a portal, or corrects its region. One of the same name with another address is not replaced: its tokens,
    /// catalogue and profiles would be mixed up.
    pub fn add_portal(&mut self, portal: &Portal) -> Result<(), Failure> {
        self.edit_settings(|text| {
            let known = Settings::parse(text)?.portals;
            // Neither file names nor the Windows Credential Manager tell `corp` from `Corp`.
            let same = |p: &&Portal| p.name.as_str().eq_ignore_ascii_case(portal.name.as_str());
            match known.iter().find(same).filter(|known| !known.is_same_address(portal)) {
                Some(known) => Err(Failure::new(
                    Code::Failed,
                    format!(
                        "there is a portal {} already: {} in {}",
                        known.name, known.start_url, known.region
                    ),
                    format!("choose another name, or run `rolecall portal remove {}` first", known.name),
                )),
                None => settings::with_portal(text, portal),
            }
        })
    }

    /// Forgets a portal's address and catalogue. The caller has signed out.
    pub fn remove_portal(&mut self, name: &PortalName) -> Result<(), Failure> {
        self.settings.portal_or_only(Some(name))?;
        self.settings.may_lose_portal(name)?;
        self.edit_settings(|text| settings::without_portal(text, name))?;
        files::remove(&self.folders.session_path(name))?;
        files::remove(&self.folders.missed_path(name))?;
        // A copy of what catalogues say: the other portals' names come back by themselves.
        files::remove(&self.folders.labels_path())?;
        files::remove(&self.folders.catalogue_path(name))
    }

    fn edit_settings(&mut self, edit: impl FnOnce(&str) -> Result<String, Failure>) -> Result<(), Failure> {
        let path = self.folders.settings_path();
        let _lock = self.lock("settings")?;
        let (before, _) = read_settings(&self.folders)?;
        let after = edit(before.as_deref().unwrap_or_default())?;
        // What can't be read afterwards is not written: a chained role may want what is taken away.
        let settings = Settings::parse(&after)?;
        let before = before.map(String::into_bytes);
        files::replace_theirs(&path, before.as_deref(), after.as_bytes(), clock::now())?;
        self.settings = settings;
        Ok(())
    }

    /// Pins and past uses. A file that can't be understood counts as none: it is never overwritten, see
    /// [`Engine::change_usage`].
    pub fn usage(&self) -> Usage {
        self.read_usage().unwrap_or_default()
    }

    /// Changes pins or past uses.
    pub fn change_usage(&self, change: impl FnOnce(&mut Usage)) -> Result<(), Failure> {
        let _lock = self.lock("usage")?;
        let mut usage = self.read_usage()?;
        change(&mut usage);
        let text = serde_json::to_vec(&usage).map_err(|error| unwritable(&error))?;
        files::replace(&self.folders.usage_path(), &text)
    }

    /// Notes that a page of the console was opened. That it can't be kept is no reason to say anything.
    pub fn note_opened(&self, grant: &GrantId, page: &domain::console::Page) {
        let Ok(address) = link::Page::parse(&page.url) else { return };
        let _ = self.change_usage(|usage| usage.opened(grant, &address, &page.title, clock::now()));
    }

    fn read_usage(&self) -> Result<Usage, Failure> {
        let path = self.folders.usage_path();
        let Some(bytes) = files::read(&path)? else { return Ok(Usage::default()) };
        serde_json::from_slice(&bytes).map_err(|error| {
            let hint = "it may be of a later version: move it away to start anew";
            Failure::new(Code::Failed, format!("{} can't be understood", path.display()), hint)
                .with_detail(error)
        })
    }

    fn lock(&self, name: &str) -> Result<files::Lock, Failure> {
        files::lock(&self.folders.lock_path(name), LOCK_PATIENCE)?.ok_or_else(|| held(name))
    }

    /// As [`Engine::lock`], without holding up other tasks.
    async fn lock_async(&self, name: String) -> Result<files::Lock, Failure> {
        self.blocking(move |engine| engine.lock(&name)).await
    }

    /// Runs work that blocks (keyring, locks, files) beside the async tasks.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let engine = self.clone();
        tokio::task::spawn_blocking(move || work(&engine)).await.map_err(|error| {
            Failure::new(Code::Failed, "the program stumbled over itself", "please report this")
                .with_detail(error)
        })?
    }

    fn aws(&self, portal: &Portal) -> Result<Aws, Failure> {
        Aws::new(&self.environment, portal)
    }
}

fn read_settings(folders: &Folders) -> Result<(Option<String>, Settings), Failure> {
    let path = folders.settings_path();
    let Some(bytes) = files::read(&path)? else { return Ok((None, Settings::default())) };
    let text = String::from_utf8(bytes).map_err(|_| {
        let hint = "save it as UTF-8, or move it away to start with the defaults";
        Failure::new(Code::Failed, format!("{} is not UTF-8 text", path.display()), hint)
    })?;
    let settings = Settings::parse(&text)?;
    Ok((Some(text), settings))
}

fn held(name: &str) -> Failure {
    Failure::new(
        Code::Failed,
        format!("another Rolecall process has been busy with {name} for a minute"),
        "wait for it or end it, then try again",
    )
}

fn unwritable(error: &serde_json::Error) -> Failure {
    Failure::new(Code::Failed, "the state can't be put into words", "please report this").with_detail(error)
}
