//! Where things lie.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use domain::failure::{Code, Failure};
use domain::ids::PortalName;

use crate::environment::Environment;

/// Every path the program uses.
#[derive(Debug, Clone)]
pub struct Folders {
    config_dir: PathBuf,
    state_dir: PathBuf,
    aws_config_path: PathBuf,
    aws_credentials_path: PathBuf,
    cli_cache_dir: Option<PathBuf>,
}

impl Folders {
    /// By environment (`ROLECALL_CONFIG_DIR`, `ROLECALL_STATE_DIR`, `AWS_CONFIG_FILE`,
    /// `AWS_SHARED_CREDENTIALS_FILE`), else by the platform's custom.
    pub fn find(environment: &Environment) -> Result<Self, Failure> {
        let homeless = || {
            Failure::new(
                Code::Failed,
                "it is not known where your home folder is",
                "set HOME, or ROLECALL_CONFIG_DIR, ROLECALL_STATE_DIR and AWS_CONFIG_FILE",
            )
        };
        let custom = ProjectDirs::from("", "", "rolecall");
        let own = |name: &str, dir: fn(&ProjectDirs) -> PathBuf| {
            environment.path(name).or_else(|| custom.as_ref().map(dir)).ok_or_else(homeless)
        };
        let aws = |name: &str, file: &str| {
            let usual = || environment.home().map(|home| home.join(".aws").join(file));
            environment.path(name).or_else(usual).ok_or_else(homeless)
        };
        Ok(Self {
            config_dir: own("ROLECALL_CONFIG_DIR", |d| d.config_dir().to_owned())?,
            // Only Linux has a folder for state; elsewhere it is the one for local data.
            state_dir: own("ROLECALL_STATE_DIR", |d| d.state_dir().unwrap_or(d.data_local_dir()).to_owned())?,
            aws_config_path: aws("AWS_CONFIG_FILE", "config")?,
            aws_credentials_path: aws("AWS_SHARED_CREDENTIALS_FILE", "credentials")?,
            // No variable moves it.
            cli_cache_dir: environment.home().map(|home| home.join(".aws/sso/cache")),
        })
    }

    /// The person's choices.
    pub fn settings_path(&self) -> PathBuf {
        self.config_dir.join("settings.toml")
    }

    /// Console pages that have a name.
    pub fn bookmarks_path(&self) -> PathBuf {
        self.config_dir.join("bookmarks.toml")
    }

    /// Pins and past uses.
    pub fn usage_path(&self) -> PathBuf {
        self.state_dir.join("usage.json")
    }

    /// What takes the last change of the AWS config back; no secret.
    pub fn undo_path(&self) -> PathBuf {
        self.state_dir.join("undo.json")
    }

    /// The last catalogue of a portal.
    pub fn catalogue_path(&self, portal: &PortalName) -> PathBuf {
        self.state_dir.join("catalogues").join(format!("{portal}.json"))
    }

    /// Which grants have credentials in the keyring: names, no secrets.
    pub fn kept_path(&self, portal: &PortalName) -> PathBuf {
        self.state_dir.join("kept").join(format!("{portal}.json"))
    }

    /// What grants are called, for prompts, which have no time to look it up.
    pub fn labels_path(&self) -> PathBuf {
        self.state_dir.join("labels.json")
    }

    /// That the person trusts the file of a directory; `name` stands for its path.
    pub fn trusted_path(&self, name: &str) -> PathBuf {
        self.state_dir.join("trusted").join(format!("{name}.json"))
    }

    /// When somebody signed in to a portal, and how long its sessions last. It is written whenever a token comes
    /// or goes, so whoever watches it hears of that.
    pub fn session_path(&self, portal: &PortalName) -> PathBuf {
        self.state_dir.join("sessions").join(format!("{portal}.json"))
    }

    /// Touched when a program wanted credentials that take a sign-in.
    pub fn missed_path(&self, portal: &PortalName) -> PathBuf {
        self.state_dir.join("missed").join(portal.as_str())
    }

    /// Cookies and other data of a portal's sign-in pages.
    pub fn browser_dir(&self, portal: &PortalName) -> PathBuf {
        self.state_dir.join("browser").join(portal.as_str())
    }

    /// The folder of the agent's socket: its owner's alone.
    pub fn agent_dir(&self) -> PathBuf {
        self.state_dir.join("agent")
    }

    /// The agent's socket, where there are such things.
    pub fn agent_socket_path(&self) -> PathBuf {
        self.agent_dir().join("agent.sock")
    }

    /// How the agent's pipe is called, on Windows, and how it is known.
    pub fn agent_pipe_path(&self) -> PathBuf {
        self.agent_dir().join("pipe")
    }

    /// Tokens of those who may ask the agent's endpoint.
    pub fn tokens_dir(&self) -> PathBuf {
        self.agent_dir().join("tokens")
    }

    /// The port of the endpoint, which shells that are open remember.
    pub fn port_path(&self) -> PathBuf {
        self.agent_dir().join("port")
    }

    /// Which program took which credentials when; no secret.
    pub fn access_log_path(&self) -> PathBuf {
        self.state_dir.join("access.jsonl")
    }

    /// Secrets, where the settings say that there is no keyring.
    pub fn secrets_path(&self) -> PathBuf {
        self.state_dir.join("secrets.json")
    }

    /// The folder of the settings.
    pub fn config_dir(&self) -> &Path {
        &self.config_dir
    }

    /// The folder of everything that is not a setting.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// A lock file for whatever the name says; it has no content and stays.
    pub fn lock_path(&self, name: &str) -> PathBuf {
        self.state_dir.join("locks").join(format!("{name}.lock"))
    }

    /// The last failure of what the lock of this name guards, for those who wait for it.
    pub fn failure_path(&self, name: &str) -> PathBuf {
        self.state_dir.join("locks").join(format!("{name}.failed.json"))
    }

    /// The AWS config.
    pub fn aws_config_path(&self) -> &Path {
        &self.aws_config_path
    }

    /// The AWS CLI's token cache, where there is a home folder.
    pub fn cli_cache_dir(&self) -> Option<&Path> {
        self.cli_cache_dir.as_deref()
    }

    /// The AWS credentials file.
    pub fn aws_credentials_path(&self) -> &Path {
        &self.aws_credentials_path
    }
}
