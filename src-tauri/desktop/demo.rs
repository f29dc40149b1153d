//! The demo: a simulated AWS in this process, and folders of its own that vanish with it. Nothing of the
//! person's is read or written.

use std::fmt::Write;
use std::path::PathBuf;

use domain::app::view;
use domain::failure::{Code, Failure};
use engine::environment::Environment;
use engine::files;
use sim::{Options, Organisation, Simulator};

/// A running demo.
pub(crate) struct Demo {
    simulator: Simulator,
    dir: tempfile::TempDir,
    person: sim::Person,
}

impl Demo {
    pub(crate) async fn start() -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(Code::Failed, "the demo can't be started", "is there room for temporary files?")
                .with_detail(error)
        };
        // In memory where there is such a folder: it also goes when the computer is switched off.
        let runtime_dir = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_dir());
        let mut builder = tempfile::Builder::new();
        builder.prefix("rolecall-demo-");
        let dir =
            runtime_dir.map_or_else(|| builder.tempdir(), |dir| builder.tempdir_in(dir)).map_err(failed)?;
        let options = Options {
            organisation: Organisation::Demo,
            hints: true,
            data_dir: Some(dir.path().join("rules")),
            ..Options::default()
        };
        let person = options.person.clone();
        let simulator = sim::serve(options).await.map_err(failed)?;
        let demo = Self { simulator, dir, person };
        files::replace(&demo.dir.path().join("config/settings.toml"), demo.settings().as_bytes())?;
        Ok(demo)
    }

    /// One portal, ready to sign in to. Its secrets are made up, so a file may hold them: then `rolecall` and
    /// `aws` in a terminal can take part.
    fn settings(&self) -> String {
        let named = |wanted: &str| {
            let variables = self.simulator.environment();
            variables
                .into_iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value)
                .unwrap_or_default()
        };
        format!(
            "# The demo's settings: yours are not touched.\nkeyring = \"file\"\n\n[portal.larkspur]\nstart_url = \"{}\"\nregion = \"{}\"\n",
            named("ROLECALL_SIM_START_URL"),
            named("ROLECALL_SIM_REGION")
        )
    }

    /// The person's environment, with AWS and all folders replaced.
    pub(crate) fn environment(&self) -> Environment {
        self.variables()
            .into_iter()
            .fold(Environment::of_process(), |environment, (name, value)| environment.with(name, value))
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let below = |name: &str| self.dir.path().join(name).display().to_string();
        let ours = [
            ("ROLECALL_CONFIG_DIR", below("config")),
            ("ROLECALL_STATE_DIR", below("state")),
            ("AWS_CONFIG_FILE", below("aws/config")),
            ("AWS_SHARED_CREDENTIALS_FILE", below("aws/credentials")),
        ];
        let simulated = self.simulator.environment().into_iter();
        let simulated =
            simulated.filter(|(name, _)| name.starts_with("AWS_") || *name == "ROLECALL_SIGNIN_URL");
        ours.into_iter().chain(simulated).collect()
    }

    /// What the windows say of it.
    pub(crate) fn view(&self) -> view::Demo {
        let mut environment = String::new();
        for (name, value) in self.variables() {
            let quoted = value.replace('\'', "'\\''");
            // Writing to a string can't fail.
            let _ = writeln!(environment, "export {name}='{quoted}'");
        }
        view::Demo { user: self.person.user.clone(), password: self.person.password.clone(), environment }
    }
}
