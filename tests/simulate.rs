//! `rolecall simulate` as a program, for people who test their own tools.

use std::collections::BTreeMap;
use std::fs;

use crate::program::{Program, Running, signal, until};
use crate::session::{Keyring, Session};

fn begin(session: &Session, args: &[&str]) -> (Running, BTreeMap<String, String>) {
    let simulate = rolecall(session, &[]).args(["simulate"]).args(args).start();
    until("it serves", || simulate.printed().contains("ROLECALL_SIM_TOTP="));
    let printed = simulate.printed();
    let pairs = printed.lines().map(|line| line.split_once('=').expect("KEY=value"));
    let given = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    (simulate, given)
}

fn rolecall(session: &Session, args: &[&str]) -> Program {
    session.program(env!("CARGO_BIN_EXE_rolecall")).args(args)
}

/// Signs in and lists, in the environment that the simulator printed.
fn use_it(session: &Session, given: &BTreeMap<String, String>) {
    let run = |args: &[&str]| {
        let program = rolecall(session, args);
        given.iter().fold(program, |program, (name, value)| program.env(name, value)).run().succeeded()
    };
    let (url, region) = (&given["ROLECALL_SIM_START_URL"], &given["ROLECALL_SIM_REGION"]);
    run(&["portal", "add", "corp", "--start-url", url, "--region", region]);
    run(&["login"]);
    let list = run(&["list", "--json"]).json();
    assert!(list.as_array().unwrap().len() > 10);
    run(&["credentials", "--grant", "111122223333/Billing"]);
}

#[test]
fn it_prints_what_clients_need_and_serves_until_it_is_told_to_stop() {
    let session = Session::start(Keyring::Unlocked);
    let log = session.path("requests.log");
    let (simulate, given) = begin(&session, &["--approve-after", "0", "--log", log.to_str().unwrap()]);
    for name in [
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_STS",
        "ROLECALL_SIGNIN_URL",
        "ROLECALL_SIM_START_URL",
        "ROLECALL_SIM_REGION",
        "ROLECALL_SIM_USER",
        "ROLECALL_SIM_PASSWORD",
        "ROLECALL_SIM_TOTP",
    ] {
        assert!(given.get(name).is_some_and(|value| !value.is_empty()), "{name}: {given:?}");
    }
    assert!(given["ROLECALL_SIM_START_URL"].contains(".awsapps.com"), "real clients refuse loopback");
    use_it(&session, &given);

    let kept = session.kept_secrets();
    let log = fs::read_to_string(log).unwrap();
    assert!(log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{log}");
    for operation in ["CreateToken", "ListAccounts", "GetRoleCredentials"] {
        assert!(log.contains(operation), "{operation}");
    }
    for secret in long_secrets(&kept).iter().chain([&given["ROLECALL_SIM_PASSWORD"]]) {
        assert!(!log.contains(secret.as_str()), "a secret is in the log");
    }

    let rules = given["AWS_DATA_PATH"].clone();
    assert!(fs::exists(&rules).unwrap());
    signal(simulate.id(), "TERM");
    simulate.finish().succeeded();
    assert!(!fs::exists(&rules).unwrap(), "nothing is left behind");
}

#[test]
fn the_log_on_the_terminal_tells_requests_but_no_secret() {
    let session = Session::start(Keyring::Unlocked);
    let (simulate, given) = begin(&session, &["--approve-after", "0"]);
    use_it(&session, &given);
    let kept = session.kept_secrets();
    signal(simulate.id(), "INT");
    let told = simulate.finish().succeeded().stderr;
    assert!(told.contains("GetRoleCredentials 200"), "{told}");
    for secret in long_secrets(&kept) {
        assert!(!told.contains(&secret), "a secret is in the log");
    }
}

#[test]
fn an_unknown_fault_prints_the_list() {
    let session = Session::start(Keyring::NoBus);
    let refused = rolecall(&session, &["simulate", "--fault", "earthquake"]).run().failed(2);
    for fault in ["latency", "throttle", "expired_code", "clock_skew", "html"] {
        assert!(refused.stderr.contains(fault), "{fault}: {}", refused.stderr);
    }
}

#[test]
fn a_taken_port_is_told() {
    let session = Session::start(Keyring::NoBus);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = rolecall(&session, &["simulate", "--port", &port]).run().failed(1);
    assert!(refused.failure().1.contains("--port"), "{}", refused.stderr);
}

#[test]
fn faults_work_from_the_command_line() {
    let session = Session::start(Keyring::Unlocked);
    let faults = ["--approve-after", "0", "--fault", "empty-pages", "--fault", "server-error=0.3"];
    let (_simulate, given) = begin(&session, &faults);
    use_it(&session, &given);
}

/// Everything in the keyring that is long enough to be a secret.
fn long_secrets(kept: &str) -> Vec<String> {
    let words = kept.split('"').filter(|word| word.len() >= 30 && !word.contains("awsapps"));
    let secrets: Vec<String> = words.filter(|word| !word.contains([' ', '\n'])).map(str::to_owned).collect();
    assert!(secrets.len() >= 4, "tokens, client secret, keys: {kept}");
    secrets
}

#[test]
fn the_company_that_it_simulates_can_be_chosen() {
    let session = Session::start(Keyring::Unlocked);
    let (simulate, given) =
        begin(&session, &["--identity-source", "entra", "--region", "us-gov-west-1", "--vanity"]);
    assert_eq!(given["ROLECALL_SIM_REGION"], "us-gov-west-1");
    assert!(given["ROLECALL_SIM_VANITY_URL"].starts_with("http://127.0.0.1:"), "{given:?}");
    simulate.kill();
    let unknown = rolecall(&session, &["simulate", "--identity-source", "kerberos"]).run().failed_as_usage();
    assert!(
        unknown.stderr.contains("active-directory") && unknown.stderr.contains("okta"),
        "{}",
        unknown.stderr
    );
}
