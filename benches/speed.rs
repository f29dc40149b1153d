//! Speed, with the tools people use today measured in the same run. Prints a table; never fails a build.
//!
//! `cargo bench --bench speed` takes about a minute; `cargo bench --bench speed -- listing` also lists 5,000
//! accounts from a portal that allows 20 requests a second, which takes four and a half.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "it is a bench"
)]

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/program.rs"]
mod program;
#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/session.rs"]
mod session;
#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/world.rs"]
mod world;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use program::Program;
use sim::{Options, Organisation};
use world::{GRANT, World};

/// Times in milliseconds, sorted.
struct Times(Vec<f64>);

impl Times {
    /// Runs the program so often, after one run that warms caches up.
    fn of(runs: usize, program: impl Fn() -> Program) -> Option<Self> {
        let code = program().run().code();
        if code != 0 {
            return None;
        }
        let mut times: Vec<f64> = (0..runs).map(|_| milliseconds(program().time())).collect();
        times.sort_by(f64::total_cmp);
        Some(Self(times))
    }

    fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// What so many of a hundred are not slower than.
    fn percentile(&self, percent: usize) -> f64 {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)]
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn row(name: &str, times: Option<&Times>, ours: f64) {
    match times {
        Some(times) => {
            let (median, slow, slowest) = (times.median(), times.percentile(95), times.percentile(99));
            println!("{name:<52} {median:>9.1} {slow:>9.1} {slowest:>9.1} {:>8.1}", median / ours);
        }
        None => println!("{name:<52}   could not be run here"),
    }
}

fn main() {
    credentials();
    cached_list();
    if std::env::args().any(|arg| arg == "listing") {
        listing();
    }
}

/// A profile's credentials, everything cached that the tool can cache.
fn credentials() {
    let world = World::listed();
    world.switch(GRANT, "ours");
    let (account, role) = GRANT.split_once('/').unwrap();
    let ours = world.config();
    let config = format!(
        "{ours}\n[profile theirs]\nsso_start_url = {}\nsso_region = us-east-1\nsso_account_id = {account}\n\
         sso_role_name = {role}\nregion = us-east-1\n",
        world.start_url()
    );
    world.write_config(config);
    sign_in_the_aws_cli(&world);

    println!(
        "{:<52} {:>9} {:>9} {:>9} {:>8}",
        "credentials of a profile, cached", "median ms", "95 % ms", "99 % ms", "ratio"
    );
    let ask = || world.rolecall(["credentials", "--profile", "ours"]);
    let alone = Times::of(300, ask).expect("rolecall works");
    let agent = world.rolecall(["agent"]).start();
    agent.tells("the agent serves");
    let ours = Times::of(1000, ask).expect("the agent answers");
    drop(agent);
    let base = ours.median();
    row("rolecall credentials, by the agent", Some(&ours), base);
    row("rolecall credentials, without one", Some(&alone), base);
    let prompt = Times::of(100, || world.rolecall(["prompt", "--shell", "bash"]).env("AWS_PROFILE", "ours"));
    row("rolecall prompt", prompt.as_ref(), base);
    let unchanged = Times::of(100, || world.rolecall(["hook-env", "bash"]));
    row("rolecall hook-env, nothing changed", unchanged.as_ref(), base);
    let nothing = Times::of(50, || world.rolecall(["--version"]));
    row("  of which: the program starting at all", nothing.as_ref(), base);
    let aws = Times::of(10, || world.aws(["sts", "get-caller-identity", "--profile", "theirs"]));
    row("aws sts get-caller-identity (sso profile)", aws.as_ref(), base);
    let export = ["configure", "export-credentials", "--profile", "theirs"];
    row("aws configure export-credentials", Times::of(10, || world.aws(export)).as_ref(), base);
    row("aws --version", Times::of(10, || world.aws(["--version"])).as_ref(), base);
    let boto3 =
        "import boto3; boto3.Session(profile_name='theirs').get_credentials().get_frozen_credentials()";
    row("boto3, the same profile", Times::of(10, || world.python(boto3)).as_ref(), base);
    for (name, args) in [
        ("granted", &["credential-process", "--profile", "theirs"][..]),
        ("aws-vault", &["export", "--format=json", "--backend=secret-service", "theirs"]),
        ("aws-sso", &["process", "--profile", "theirs"]),
    ] {
        if let Some(path) = on_path(name) {
            row(name, Times::of(10, || world.program(&path).args(args)).as_ref(), base);
        }
    }
    println!();
}

fn sign_in_the_aws_cli(world: &World) {
    let login = world.aws(["sso", "login", "--no-browser", "--profile", "theirs"]).start();
    program::until("the AWS CLI shows its page", || login.printed().contains("user_code="));
    let printed = login.printed();
    let page = printed.split_whitespace().find(|word| word.contains("user_code=")).unwrap();
    world.visit(page, sim::Decision::Allow);
    login.finish().succeeded();
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// Searching the list of a huge organisation that was fetched before.
fn cached_list() {
    let organisation = Organisation::Huge;
    let faults = sim::Faults { throttle: Some(100_000), ..sim::Faults::default() };
    let world = World::signed_in_with(Options { organisation, faults, ..Options::default() });
    write_catalogue(&world);
    println!(
        "{:<52} {:>9} {:>9} {:>9} {:>8}",
        "a cached list of 5,000 accounts", "median ms", "95 % ms", "99 % ms", "ratio"
    );
    let ours = Times::of(30, || world.rolecall(["list", "prod", "admin"])).expect("rolecall works");
    let base = ours.median();
    row("rolecall list prod admin", Some(&ours), base);
    let tab = ["complete", "zsh", "--current=1", "--", "rolecall", "use"];
    row("Tab after `rolecall use 1`", Times::of(30, || world.rolecall(tab)).as_ref(), base);
    row("rolecall list (all of it)", Times::of(10, || world.rolecall(["list"])).as_ref(), base);
    println!();
}

/// What a listing leaves on disk; fetching it at AWS's pace is what `listing` measures.
fn write_catalogue(world: &World) {
    use domain::catalogue::{Account, Catalogue, VERSION};
    use domain::ids::{AccountId, PortalName, RoleName, StartUrl};
    let now = jiff::Timestamp::now();
    let accounts = Organisation::Huge.accounts().into_iter().map(|account| Account {
        id: AccountId::parse(&account.id).unwrap(),
        name: account.name,
        email: account.email,
        roles: account.roles.iter().map(|role| RoleName::parse(role).unwrap()).collect(),
        roles_at: Some(now),
    });
    let mut catalogue = Catalogue {
        version: VERSION,
        portal: PortalName::parse(world::PORTAL).unwrap(),
        start_url: StartUrl::parse(&world.start_url()).unwrap(),
        fetched_at: Some(now),
        listing_since: None,
        accounts: vec![],
    };
    catalogue.put_accounts(accounts.collect());
    let path = world.session.home().join(".local/state/rolecall/catalogues/corp.json");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, serde_json::to_vec(&catalogue).unwrap()).unwrap();
}

/// A huge organisation, fetched from a portal that allows what AWS documents: 20 requests a second.
fn listing() {
    let world = World::signed_in_with(Options { organisation: Organisation::Huge, ..Options::default() });
    let began = Instant::now();
    let mut list = world.rolecall(["list", "--json"]).start();
    // Longer than the deadline of a test.
    while !list.is_over() {
        std::thread::sleep(Duration::from_millis(50));
    }
    let list = list.finish().succeeded();
    let seconds = began.elapsed().as_secs_f64();
    let grants = list.json().as_array().map_or(0, Vec::len);
    let stats = world.sim.stats();
    let (asked, refused) = ["ListAccounts", "ListAccountRoles"]
        .iter()
        .filter_map(|name| stats.operations.get(*name))
        .fold((0, 0), |(asked, refused), stats| (asked + stats.count, refused + stats.throttled));
    println!(
        "5,000 accounts under 20 requests a second: {grants} grants in {seconds:.0} s, {asked} requests, {refused} refused"
    );
}
