//! Every way in which a tool can get its credentials, tried with every kind of client; and what becomes of a client
//! that runs while its profile is switched. docs/clients.md is the table.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use sim::Options;

use crate::agent::agent;
use crate::program::{Program, Running, until};
use crate::session::Keyring;
use crate::world::{GRANT, OTHER, World, aws_cli, python};

/// A program that says who it is by its SDK's default chain: once, or with an argument for each line it is sent.
#[derive(Debug, Clone)]
struct Client {
    program: PathBuf,
    args: Vec<String>,
    /// It can't read the endpoint's token from a file.
    wants_token_in_env: bool,
}

impl Client {
    fn new(program: impl Into<PathBuf>, args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Self { program: program.into(), args, wants_token_in_env: false }
    }

    /// That of Debian, which is three years old.
    fn aws_cli() -> Self {
        let args = ["sts", "get-caller-identity", "--query", "[Account,Arn]", "--output", "text"];
        Self { wants_token_in_env: true, ..Self::new(aws_cli(), &args) }
    }

    fn boto3() -> Self {
        Self::new(python(), &[&here("tests/clients/python/whoami.py")])
    }

    fn rust() -> Self {
        // Beside the tests: target/debug/deps/rolecall-… and target/debug/examples/whoami.
        let tests = std::env::current_exe().unwrap();
        let program = tests.parent().unwrap().with_file_name("examples").join("whoami");
        assert!(program.exists(), "{} is missing: run `cargo build --example whoami`", program.display());
        Self::new(program, &[])
    }

    fn javascript() -> Self {
        // Wherever it is: the tests' own programs see little of the surrounding environment.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let node = std::env::split_paths(&path).map(|dir| dir.join("node")).find(|node| node.is_file());
        Self::new(node.expect("node is installed: run `make deps`"), &[&made("target/clients/js/whoami.mjs")])
    }

    /// None where there is no Go, which is said.
    fn go() -> Option<Self> {
        if let Ok(why) = fs::read_to_string(here("target/clients/go/left-out")) {
            // Past the harness, which keeps what a test prints to itself if it passes.
            let _ = writeln!(std::io::stderr(), "the Go SDK is left out: {}", why.trim());
            return None;
        }
        Some(Self::new(made("target/clients/go/whoami"), &[]))
    }
}

fn here(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

fn made(path: &str) -> String {
    let path = here(path);
    assert!(Path::new(&path).exists(), "{path} is missing: run `make deps`");
    path
}

/// How a client that is started somewhere gets its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Process,
    Sso,
    Keys,
    /// A shell with the endpoint and no profile: the one called default, which calls our program.
    Endpoint,
    /// A shell with the endpoint and a profile that has nothing of its own.
    EndpointOnly,
    Environment,
    Exec,
}

impl Mode {
    const ALL: [Self; 7] = [
        Self::Process,
        Self::Sso,
        Self::Keys,
        Self::Endpoint,
        Self::EndpointOnly,
        Self::Environment,
        Self::Exec,
    ];

    /// Those in which a client asks for credentials again, and for those of the profile.
    const THAT_FOLLOW: [Self; 3] = [Self::Process, Self::Endpoint, Self::EndpointOnly];
    /// Those in which a client has what it was started with.
    const OF_ONE_ROLE: [Self; 2] = [Self::Environment, Self::Exec];

    /// The profile that a switch has to point elsewhere, and its mode.
    fn profile(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Process => Some(("process", "process")),
            Self::Sso => Some(("sso", "sso")),
            Self::Keys => Some(("keys", "keys")),
            Self::Endpoint => Some(("default", "process")),
            Self::EndpointOnly => Some(("endpoint", "endpoint")),
            Self::Environment | Self::Exec => None,
        }
    }

    /// What is set in a shell that begins to use it.
    fn variables(self, company: &Company) -> Vec<(String, String)> {
        match self {
            Self::Process | Self::Sso | Self::Keys => {
                let (profile, _) = self.profile().unwrap();
                vec![("AWS_PROFILE".to_owned(), profile.to_owned())]
            }
            Self::Endpoint | Self::EndpointOnly => {
                let (profile, _) = self.profile().unwrap();
                let token = company.client.wants_token_in_env.then_some("--token-in-env");
                let args = ["endpoint", "env", "--format", "dotenv", "--profile", profile];
                company.set_by(args.into_iter().chain(token))
            }
            Self::Environment => company.set_by(["env", GRANT, "--format", "dotenv"]),
            Self::Exec => Vec::new(),
        }
    }
}

/// People who are signed in, with an agent, and one client.
struct Company {
    world: World,
    client: Client,
    _agent: Running,
}

impl Company {
    /// Credentials of its roles live for so long, in seconds.
    fn new(client: Client, role_seconds: u32) -> Self {
        let options = Options { role_seconds, ..Options::default() };
        let world = World::with(options, Keyring::Unlocked);
        // Profiles of the mode sso want a session that all tools share.
        world.share_with_cli();
        world.sign_in().succeeded();
        let agent = agent(&world);
        let company = Self { world, client, _agent: agent };
        company.switch(GRANT);
        company
    }

    /// Points every profile at a role.
    fn switch(&self, grant: &str) {
        for (profile, mode) in Mode::ALL.into_iter().filter_map(Mode::profile) {
            self.world.rolecall(["switch", grant, "--profile", profile, "--mode", mode]).run().succeeded();
        }
    }

    /// The lines of a .env file that our program prints.
    fn set_by<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Vec<(String, String)> {
        let printed = self.world.rolecall(args).run().succeeded().stdout;
        let pair = |line: &str| line.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned()));
        printed.lines().filter_map(pair).collect()
    }

    /// The shells that people open in the morning, one for each mode.
    fn shells(&self) -> Vec<Shell<'_>> {
        Mode::ALL.into_iter().map(|mode| Shell { mode, company: self, set: mode.variables(self) }).collect()
    }

    /// The client in each mode, running as what it was started as.
    #[track_caller]
    fn running(&self) -> BTreeMap<Mode, Running> {
        let start = |shell: Shell<'_>| (shell.mode, shell.client().args(["again"]).conversing().start());
        let mut running: BTreeMap<Mode, Running> = self.shells().into_iter().map(start).collect();
        all_are(GRANT, &mut running);
        running
    }
}

struct Shell<'a> {
    mode: Mode,
    company: &'a Company,
    set: Vec<(String, String)>,
}

impl Shell<'_> {
    /// The client as it is started in this shell.
    fn client(&self) -> Program {
        let Company { world, client, .. } = self.company;
        let program = match self.mode {
            Mode::Exec => world.rolecall(["exec", GRANT, "--"]).args([&client.program]),
            _ => world.program(&client.program),
        };
        // Else a client that finds nothing would wait for a service of Amazon's computers.
        let program =
            program.args(&client.args).env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_PAGER", "");
        self.set.iter().fold(program, |program, (name, value)| program.env(name, value))
    }
}

/// Whether account and role are those of the grant.
fn is(identity: &str, grant: &str) -> bool {
    let (account, role) = grant.split_once('/').unwrap();
    identity.starts_with(account) && identity.contains(&format!(":assumed-role/AWSReservedSSO_{role}_"))
}

#[track_caller]
fn all_are(grant: &str, running: &mut BTreeMap<Mode, Running>) {
    for (mode, client) in running {
        let identity = client.answer();
        assert!(is(&identity, grant), "{mode:?}: {identity}");
    }
}

/// A client that is started is the role that its shell leads to at that time.
#[track_caller]
fn started_in(shells: &[Shell<'_>], grant: impl Fn(Mode) -> &'static str) {
    let started: Vec<_> = shells.iter().map(|shell| (shell.mode, shell.client().start())).collect();
    for (mode, client) in started {
        let identity = client.finish().succeeded().stdout;
        assert!(is(&identity, grant(mode)), "{mode:?}: {identity}");
    }
}

/// In every mode the client is the asked role, and after a switch the next one that is started is the new role. One
/// that runs goes on as it was, while its credentials have an hour to live.
fn works_in_every_mode(client: Client, keeps_running: bool) {
    let company = Company::new(client, 3600);
    let shells = company.shells();
    started_in(&shells, |_| GRANT);
    let mut running = if keeps_running { company.running() } else { BTreeMap::new() };
    company.switch(OTHER);
    started_in(&shells, |mode| if Mode::OF_ONE_ROLE.contains(&mode) { GRANT } else { OTHER });
    all_are(GRANT, &mut running);
    // Where the profile called default has nothing of its own either, the endpoint still has.
    company.world.rolecall(["switch", OTHER, "--mode", "endpoint"]).run().succeeded();
    let default: Vec<Shell<'_>> = shells.into_iter().filter(|shell| shell.mode == Mode::Endpoint).collect();
    started_in(&default, |_| OTHER);
}

/// A client that runs is the new role before its credentials have ended, in these modes; in the others it is not.
fn follows_before_the_end(client: Client, role_seconds: u32, modes: &[Mode]) {
    let company = Company::new(client, role_seconds);
    let mut running = company.running();
    company.switch(OTHER);
    for mode in modes {
        let client = running.get_mut(mode).unwrap();
        // Some answer as they were once more, and fetch new ones beside.
        until(&format!("{mode:?} follows"), || is(&client.answer(), OTHER));
    }
    running.retain(|mode, _| !modes.contains(mode));
    all_are(GRANT, &mut running);
}

/// A client that runs is the new role at the latest when its credentials have ended; or it goes on as the old one, or
/// not at all.
fn follows_at_the_end(client: Client) {
    // Long enough for all to have started.
    let company = Company::new(client, 20);
    let mut running = company.running();
    company.switch(OTHER);
    let mut becomes = |mode: Mode, expected: &dyn Fn(&str) -> bool| {
        let client = running.get_mut(&mode).unwrap();
        until(&format!("{mode:?} has changed"), || {
            let identity = client.answer();
            let over = expected(&identity);
            if !over {
                thread::sleep(Duration::from_millis(200));
            }
            over
        });
    };
    for mode in Mode::THAT_FOLLOW {
        becomes(mode, &|identity| is(identity, OTHER));
    }
    for mode in [Mode::Keys, Mode::Environment, Mode::Exec] {
        becomes(mode, &|identity| identity.starts_with("error: "));
    }
    // It has fetched others by now, for the role that it read of when it started.
    becomes(Mode::Sso, &|identity| is(identity, GRANT));
}

#[test]
fn the_aws_cli_in_every_mode() {
    works_in_every_mode(Client::aws_cli(), false);
}

#[test]
fn boto3_in_every_mode() {
    works_in_every_mode(Client::boto3(), true);
}

#[test]
fn the_rust_sdk_in_every_mode() {
    works_in_every_mode(Client::rust(), true);
}

#[test]
fn the_javascript_sdk_in_every_mode() {
    works_in_every_mode(Client::javascript(), true);
}

#[test]
fn the_go_sdk_in_every_mode() {
    if let Some(go) = Client::go() {
        works_in_every_mode(go, true);
    }
}

#[test]
fn the_aws_cli_of_debian_wants_the_endpoints_token_in_its_environment() {
    let cli = Client { wants_token_in_env: false, ..Client::aws_cli() };
    let company = Company::new(cli, 3600);
    let shell = company.shells().into_iter().find(|shell| shell.mode == Mode::EndpointOnly).unwrap();
    let refused = shell.client().run();
    assert!(refused.code() != 0 && refused.stdout.is_empty(), "{refused:?}");
}

#[test]
fn boto3_follows_a_switch_while_it_runs() {
    follows_before_the_end(Client::boto3(), 10 * 60, &Mode::THAT_FOLLOW);
    follows_at_the_end(Client::boto3());
}

#[test]
fn the_rust_sdk_follows_a_switch_while_it_runs() {
    follows_at_the_end(Client::rust());
}

#[test]
fn the_javascript_sdk_follows_a_switch_while_it_runs() {
    follows_before_the_end(Client::javascript(), 4 * 60, &Mode::THAT_FOLLOW);
    follows_at_the_end(Client::javascript());
}

#[test]
fn the_go_sdk_follows_a_switch_while_it_runs() {
    if let Some(go) = Client::go() {
        follows_before_the_end(go.clone(), 4 * 60, &[Mode::EndpointOnly]);
        follows_at_the_end(go);
    }
}
