//! One person's computer and the portal they sign in to.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sim::{Decision, Faults, Options, Organisation, Page, Person, RequestRecord, Simulator, Visitor};
use tokio::runtime::{Builder, Runtime};

use crate::program::{Outcome, Program, Running};
use crate::session::{Keyring, Session};

/// The portal's name in most tests.
pub(crate) const PORTAL: &str = "corp";
/// A grant of the small organisation.
pub(crate) const GRANT: &str = "111122223333/AdministratorAccess";
/// Another one.
pub(crate) const OTHER: &str = "001234567890/ReadOnlyAccess";

/// Names that a proxy leads to the simulator.
const AWS_DOMAINS: [&str; 12] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "app.aws",
    "awsapps.com",
    "awsapps.cn",
    "signin.aws.amazon.com",
    "signin.amazonaws-us-gov.com",
    "signin.amazonaws.cn",
    "signin.amazonaws-eusc.eu",
    "company.example",
];

pub(crate) struct World {
    pub(crate) sim: Simulator,
    pub(crate) session: Session,
    person: Person,
    runtime: Runtime,
}

impl World {
    /// A small organisation where nobody is signed in, and nothing is known of it yet.
    pub(crate) fn new() -> Self {
        Self::with(Options::default(), Keyring::Unlocked)
    }

    /// A small organisation whose portal is known and signed in to.
    pub(crate) fn signed_in() -> Self {
        Self::signed_in_with(Options::default())
    }

    pub(crate) fn signed_in_with(options: Options) -> Self {
        let world = Self::with(options, Keyring::Unlocked);
        world.add_portal();
        world.sign_in().succeeded();
        world
    }

    /// Signed in, and the list is known.
    pub(crate) fn listed() -> Self {
        let world = Self::signed_in();
        world.rolecall(["list"]).run().succeeded();
        world
    }

    pub(crate) fn large() -> Options {
        Options { organisation: Organisation::Large, ..Options::default() }
    }

    pub(crate) fn with(options: Options, keyring: Keyring) -> Self {
        let session = Session::start(keyring);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let person = options.person.clone();
        // Endpoint rules for the old AWS CLI that ignores the endpoint variables.
        let hosts = AWS_DOMAINS.map(str::to_owned).to_vec();
        let options = Options { data_dir: Some(session.path("rules")), hosts, ..options };
        let sim = runtime.block_on(sim::serve(options)).unwrap();
        Self { sim, session, person, runtime }
    }

    /// Any program on the person's computer, which reaches the simulator in place of AWS.
    pub(crate) fn program(&self, program: impl AsRef<Path>) -> Program {
        let given = self.sim.environment().into_iter();
        given.fold(self.session.program(program), |program, (name, value)| program.env(name, value))
    }

    pub(crate) fn rolecall<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Program {
        self.program(env!("CARGO_BIN_EXE_rolecall")).args(args)
    }

    /// The AWS CLI of the distribution.
    pub(crate) fn aws<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Program {
        self.program(aws_cli()).env("AWS_PAGER", "").args(args)
    }

    /// The newest boto3.
    pub(crate) fn python(&self, script: &str) -> Program {
        self.program(python()).args(["-c", script])
    }

    /// Runs `rolecall` at a terminal of its own, but for its stdout, and types this when the terminal shows `asked`.
    pub(crate) fn at_a_terminal(&self, asked: &str, typed: &str, args: &[&str]) -> Outcome {
        const SCRIPT: &str = r"
import os, subprocess, sys
terminal, inside = os.openpty()
asked, typed = (word.encode() for word in sys.argv[1:3])
child = subprocess.Popen(sys.argv[3:], stdin=inside, stderr=inside, start_new_session=True)
os.close(inside)
told = b''
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if asked in told + piece and asked not in told:
        os.write(terminal, typed + b'\n')
    told += piece
sys.stderr.write(told.decode().replace('\r\n', '\n'))
sys.exit(child.wait())
";
        let all = [asked, typed, env!("CARGO_BIN_EXE_rolecall")].into_iter().chain(args.iter().copied());
        self.python(SCRIPT).args(all).run()
    }

    pub(crate) fn add_portal(&self) {
        let url = self.start_url();
        self.rolecall(["portal", "add", PORTAL, "--start-url", &url, "--region", "us-east-1"])
            .run()
            .succeeded();
    }

    /// Who signs in.
    pub(crate) fn person(&self) -> &Person {
        &self.person
    }

    pub(crate) fn start_url(&self) -> String {
        let named = |(name, value)| (name == "ROLECALL_SIM_START_URL").then_some(value);
        self.sim.environment().into_iter().find_map(named).unwrap()
    }

    /// The whole sign-in, with the person at the pages.
    pub(crate) fn sign_in(&self) -> Outcome {
        let login = self.begin_sign_in();
        let (page, _) = code_of(&login);
        self.visit(&page, Decision::Allow);
        login.finish()
    }

    /// A sign-in that has shown its code and waits.
    pub(crate) fn begin_sign_in(&self) -> Running {
        let login = self.rolecall(["login", PORTAL, "--no-open"]).start();
        login.tells("Waiting for your approval");
        login
    }

    /// A person in a fresh browser opens the page and goes through to the end.
    pub(crate) fn visit(&self, page: &str, decision: Decision) -> Page {
        let mut visitor = Visitor::new(self.person.clone());
        self.runtime.block_on(visitor.visit(page, decision)).unwrap()
    }

    /// Runs what the simulator's visitors do.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A fresh browser opens an address.
    pub(crate) fn open(&self, url: &str) -> std::io::Result<Page> {
        self.runtime.block_on(Visitor::new(self.person.clone()).open(url))
    }

    pub(crate) fn switch(&self, grant: &str, profile: &str) {
        self.rolecall(["switch", grant, "--profile", profile]).run().succeeded();
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.session.home().join(".aws/config")
    }

    pub(crate) fn config(&self) -> String {
        fs::read_to_string(self.config_path()).unwrap()
    }

    pub(crate) fn write_config(&self, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.config_path().parent().unwrap()).unwrap();
        fs::write(self.config_path(), content).unwrap();
    }

    /// The portal, whose session is the AWS CLI's as well.
    pub(crate) fn share_with_cli(&self) {
        let (name, url) = (PORTAL, self.start_url());
        self.write_settings(&format!(
            "[portal.{name}]\nstart_url = \"{url}\"\nregion = \"us-east-1\"\naws_cli = \"share\"\n"
        ));
    }

    pub(crate) fn write_settings(&self, text: &str) {
        let dir = self.session.home().join(".config/rolecall");
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("settings.toml"), text).unwrap();
    }

    pub(crate) fn set_faults(&self, change: impl FnOnce(&mut Faults)) {
        let mut faults = Faults::default();
        change(&mut faults);
        self.sim.set_faults(faults);
    }

    /// How often an operation was asked for since the start.
    pub(crate) fn asked(&self, operation: &str) -> u64 {
        self.sim.stats().operations.get(operation).map_or(0, |stats| stats.count)
    }

    /// Requests to the portal's services, not to pages.
    pub(crate) fn requests(&self) -> Vec<RequestRecord> {
        let mut records = self.sim.requests();
        records.retain(|record| !matches!(record.service, "pages" | "idp"));
        records
    }

    /// The state of the portal, as `rolecall status --json` has it.
    pub(crate) fn state(&self) -> String {
        let status = self.rolecall(["status", "--json"]).run().succeeded().json();
        status["portals"][0]["state"].as_str().unwrap().to_owned()
    }

    /// `rolecall list --json`, as `id/role`.
    pub(crate) fn grants(&self) -> Vec<String> {
        let list = self.rolecall(["list", "--json"]).run().succeeded().json();
        list.as_array().unwrap().iter().map(grant_of).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A request that is held up by a fault must not hold up the end.
        self.sim.set_faults(Faults::default());
    }
}

fn grant_of(row: &Value) -> String {
    format!("{}/{}", row["accountId"].as_str().unwrap(), row["roleName"].as_str().unwrap())
}

/// Page and code, as a person finds them in what `login` tells.
pub(crate) fn code_of(login: &Running) -> (String, String) {
    let told = login.told();
    let lines: Vec<&str> = told.lines().map(str::trim).collect();
    let page = lines.iter().find(|line| line.starts_with("http")).expect("an address on a line of its own");
    let is_code = |line: &&&str| line.len() == 9 && line.as_bytes()[4] == b'-' && !line.contains(' ');
    let code = lines.iter().find(is_code).expect("a code on a line of its own");
    ((*page).to_owned(), (*code).to_owned())
}

/// All grants of an organisation, as `id/role`.
pub(crate) fn every_grant(organisation: Organisation) -> Vec<String> {
    let accounts = organisation.accounts();
    let grants =
        accounts.iter().flat_map(|account| account.roles.iter().map(|r| format!("{}/{r}", account.id)));
    let mut grants: Vec<String> = grants.collect();
    grants.sort_unstable();
    grants
}

/// The AWS CLI of the distribution, whatever else is called `aws` here.
pub(crate) fn aws_cli() -> PathBuf {
    std::env::var_os("ROLECALL_TEST_AWS").unwrap_or_else(|| "/usr/bin/aws".into()).into()
}

/// Python with boto3.
pub(crate) fn python() -> PathBuf {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/python");
    assert!(python.exists(), "{} is missing: run `make deps`", python.display());
    python
}
