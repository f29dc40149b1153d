//! The container-credentials endpoint: shells and containers that follow the switch, and who gets nothing from it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::agent::{agent, log};
use crate::program::{Program, signal, until};
use crate::world::{GRANT, OTHER, World};

const ACCOUNT: &str =
    "import boto3; print(boto3.client('sts', 'us-east-1').get_caller_identity()['Account'])";

/// Where the endpoint is and the token, as a shell has them.
struct Place {
    port: u16,
    token: String,
    /// Lines of a .env file.
    variables: Vec<(String, String)>,
}

impl Place {
    /// A shell that begins to follow a profile.
    fn of(world: &World, args: &[&str]) -> Self {
        let all = ["endpoint", "env", "--format", "dotenv"].into_iter().chain(args.iter().copied());
        let printed = world.rolecall(all).run().succeeded().stdout;
        let line = |line: &str| line.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned()));
        let variables: Vec<(String, String)> = printed.lines().filter_map(line).collect();
        let value = |name: &str| variables.iter().find(|(n, _)| n == name).unwrap().1.clone();
        let uri = value("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        let port = uri.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split('/').next());
        let token = fs::read_to_string(value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")).unwrap();
        Self { port: port.unwrap().parse().unwrap(), token, variables }
    }

    fn give(&self, program: Program) -> Program {
        self.variables.iter().fold(program, |program, (name, value)| program.env(name, value))
    }

    /// What it answers to these bytes.
    fn answer(&self, said: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
        // It may close before all is said.
        let _ = stream.write_all(said);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, host: &str, authorization: Option<&str>, more: &str) -> String {
        let authorization = authorization.map(|token| format!("Authorization: {token}\r\n"));
        let request = format!(
            "GET /v1/credentials HTTP/1.1\r\nHost: {host}\r\n{}{more}\r\n",
            authorization.unwrap_or_default()
        );
        self.answer(request.as_bytes())
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn good(&self) -> String {
        self.get(&self.host(), Some(&self.token), "")
    }
}

#[track_caller]
fn refused(answer: &str, status: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert!(!answer.contains("ASIA") && !answer.contains("SecretAccessKey"), "{answer}");
}

#[test]
fn a_shell_that_was_started_once_follows_every_switch() {
    let world = World::listed();
    world.rolecall(["switch", GRANT, "--profile", "work", "--mode", "endpoint"]).run().succeeded();
    assert!(!world.config().contains("credential_process"), "{}", world.config());
    let _agent = agent(&world);
    let place = Place::of(&world, &["--profile", "work", "--token-in-env"]);
    let account = || place.give(world.python(ACCOUNT)).run().succeeded().stdout.trim().to_owned();
    assert_eq!(account(), "111122223333");
    world.rolecall(["switch", OTHER, "--profile", "work"]).run().succeeded();
    assert_eq!(account(), "001234567890");
    // The AWS CLI of the distribution can't read the token from a file.
    let identity = place.give(world.aws(["sts", "get-caller-identity"])).run().succeeded().json();
    assert_eq!(identity["Account"], "001234567890");
    // In a shell nothing that would win is left.
    let env = world.rolecall(["endpoint", "env", "--profile", "work"]).run().succeeded().stdout;
    for name in ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_ACCESS_KEY_ID"]
    {
        assert!(env.contains(&format!("unset {name}\n")), "{env}");
    }
    assert!(
        !env.contains("unset AWS_CONTAINER_CREDENTIALS_FULL_URI") && !env.contains("unset AWS_PROFILE"),
        "{env}"
    );
    let last = log(&world).pop().unwrap();
    assert_eq!((&last["way"], &last["profile"]), (&"endpoint".into(), &"work".into()));
}

#[test]
fn without_a_token_and_the_right_host_nobody_gets_anything() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let agent = agent(&world);
    let refused_early = world.rolecall(["endpoint", "env", "--profile", "nobody"]).run().failed(4);
    assert_eq!(refused_early.stdout, "");
    let place = Place::of(&world, &[]);
    assert!(place.good().contains("ASIA"), "{}", place.good());
    let (host, token) = (place.host(), place.token.clone());
    // Tokens: none, another's, cut, longer, with a path in it.
    refused(&place.get(&host, None, ""), "403");
    for bad in ["", "x", &token[..token.len() - 1], &format!("{token}x"), &format!("Bearer {token}")] {
        refused(&place.get(&host, Some(bad), ""), "403");
    }
    for bad in ["../../secrets.json.x", "0123456789abcdef.x", &format!("../tokens/{token}")] {
        refused(&place.get(&host, Some(bad), ""), "403");
    }
    // A page whose name was made to lead here, a browser, a proxy.
    for bad in ["evil.example", &format!("evil.example:{}", place.port), "127.0.0.1", "localhost:1", ""] {
        refused(&place.get(bad, Some(&token), ""), "403");
    }
    for more in
        ["Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n", "X-Forwarded-For: 1.2.3.4\r\n"]
    {
        refused(&place.get(&host, Some(&token), more), "403");
    }
    refused(&place.get(&host, Some(&token), &format!("Host: {host}\r\n")), "403");
    let other = |method: &str, path: &str| {
        place.answer(
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n\r\n").as_bytes(),
        )
    };
    refused(&other("POST", "/v1/credentials"), "405");
    refused(&other("GET", "/latest/meta-data"), "404");
    refused(&other("GET", "/v1/credentials/../../x"), "404");
    assert!(place.get(&format!("localhost:{}", place.port), Some(&token), "").contains("ASIA"));
    drop(agent);
}

#[test]
fn slow_and_endless_requests_and_crowds_do_not_bring_it_down() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let mut agent = agent(&world);
    let place = Place::of(&world, &[]);
    assert!(place.good().contains("ASIA"));
    let endless =
        format!("GET /v1/credentials HTTP/1.1\r\nHost: {}\r\nX: {}", place.host(), "x".repeat(1 << 20));
    for nonsense in
        [endless.as_bytes(), b"\x16\x03\x01\x02\x00\x01\x00\x01", b"\r\n\r\n\r\n", b"{\"version\":1}\n"]
    {
        let answer = place.answer(nonsense);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let began = Instant::now();
    let mut slow = TcpStream::connect(("127.0.0.1", place.port)).unwrap();
    slow.write_all(b"GET /v1/cre").unwrap();
    assert!(place.good().contains("ASIA"));
    let _ = slow.read_to_end(&mut Vec::new());
    assert!(began.elapsed() < Duration::from_secs(10), "slow ones are sent away");
    let mut open = Vec::new();
    for _ in 0..10_000 {
        match TcpStream::connect(("127.0.0.1", place.port)) {
            Ok(stream) => open.push(stream),
            Err(_) => thread::sleep(Duration::from_millis(1)),
        }
        if open.len() > 400 {
            open.clear();
        }
    }
    drop(open);
    until("it answers again", || place.good().contains("ASIA"));
    assert!(!agent.is_over());
}

#[test]
fn a_crowd_of_tools_is_answered_to_the_last_one() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let _agent = agent(&world);
    let place = Place::of(&world, &[]);
    assert!(place.good().contains("ASIA"));
    let answers: Vec<String> = thread::scope(|scope| {
        let asking: Vec<_> = (0..300).map(|_| scope.spawn(|| place.good())).collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    let given = answers.iter().filter(|answer| answer.contains("ASIA")).count();
    // A busy computer may need longer than an SDK waits; that is said, and nobody is hung up on.
    let told = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 503 ")).count();
    assert_eq!(given + told, 300, "{given} given, {told} told to wait");
    assert!(given > 200, "{given} given, {told} told to wait");
    assert_eq!(world.asked("GetRoleCredentials"), 1);
}

#[test]
fn a_token_that_was_taken_back_opens_nothing() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let _agent = agent(&world);
    let (first, second) = (Place::of(&world, &[]), Place::of(&world, &[]));
    let passes = world.rolecall(["endpoint", "list", "--json"]).run().succeeded();
    assert!(!passes.stdout.contains(&first.token[20..]), "the list shows no token");
    let id = passes.json()[0]["id"].as_str().unwrap().to_owned();
    assert!(first.token.starts_with(&id));
    world.rolecall(["endpoint", "revoke", &id]).run().succeeded();
    refused(&first.good(), "403");
    assert!(second.good().contains("ASIA"));
    world.rolecall(["endpoint", "revoke", &id]).run().failed(4);
    world.rolecall(["endpoint", "revoke", "../../x"]).run().failed(4);
    world.rolecall(["endpoint", "revoke", "--all"]).run().succeeded();
    // With the last one it stops listening.
    until("nobody answers", || TcpStream::connect(("127.0.0.1", second.port)).is_err());
}

#[test]
fn shells_find_the_endpoint_again_when_the_agent_was_started_anew() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let first = agent(&world);
    let place = Place::of(&world, &[]);
    assert!(place.port < 30_000, "no port that the system gives to the next program that connects");
    signal(first.id(), "TERM");
    first.finish().succeeded();
    assert!(TcpStream::connect(("127.0.0.1", place.port)).is_err());
    let second = agent(&world);
    until("it listens on the same port", || TcpStream::connect(("127.0.0.1", place.port)).is_ok());
    assert!(place.good().contains("ASIA"));
    // Without anybody who may ask, nothing listens.
    drop(second);
    world.rolecall(["endpoint", "revoke", "--all"]).run().succeeded();
    let _third = agent(&world);
    thread::sleep(Duration::from_millis(300));
    assert!(TcpStream::connect(("127.0.0.1", place.port)).is_err());
}

#[test]
fn who_has_to_wait_is_told_within_a_second() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let _agent = agent(&world);
    let place = Place::of(&world, &[]);
    world.set_faults(|faults| faults.latency = 2500);
    let began = Instant::now();
    refused(&place.good(), "503");
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    until("it is fetched meanwhile", || place.good().contains("ASIA"));
    assert_eq!(world.asked("GetRoleCredentials"), 1);
    world.set_faults(|_| ());
    world.rolecall(["logout"]).run().succeeded();
    let answer = place.good();
    refused(&answer, "503");
    assert!(answer.contains("rolecall login corp"), "{answer}");
}

#[test]
fn without_an_agent_it_is_said_what_to_start() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let refused = world.rolecall(["endpoint", "env"]).run().failed(1);
    assert!(refused.failure().1.contains("rolecall agent"), "{}", refused.stderr);
    assert_eq!(
        world.rolecall(["endpoint", "list", "--json"]).run().succeeded().json().as_array().unwrap().len(),
        0
    );
}

#[test]
fn containers_get_an_address_of_their_own_only_if_the_person_wants_it() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let _agent = agent(&world);
    let refused = world.rolecall(["endpoint", "container"]).run().failed(1);
    assert!(refused.failure().1.contains("container_endpoint = true"), "{}", refused.stderr);
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let settings = fs::read_to_string(&path).unwrap();
    world.write_settings(&format!("container_endpoint = true\n{settings}"));
    // The address that a network of containers would have; only root can give it to the computer.
    let change = |what: &str| {
        Command::new("/bin/ip")
            .args(["addr", what, "169.254.170.2/32", "dev", "lo"])
            .status()
            .is_ok_and(|s| s.success())
    };
    let is_there = change("add");
    let told = world.rolecall(["endpoint", "container"]).run().succeeded();
    let docker = world.rolecall(["endpoint", "container", "--format", "docker"]).run().succeeded().stdout;
    let line = |text: &str, name: &str| {
        let found = text.lines().find_map(|line| line.split_once(name)).map(|(_, rest)| rest.to_owned());
        found.unwrap().trim_matches([' ', ':', '=', '"', '\\']).to_owned()
    };
    let uri = line(&told.stdout, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    assert!(uri.starts_with("http://169.254.170.2:"), "{uri}");
    assert_eq!(line(&docker, "AWS_CONTAINER_CREDENTIALS_FULL_URI"), uri);
    let token_file = line(&told.stdout, "    file:");
    if is_there {
        assert!(!told.stderr.contains("not there yet"), "{}", told.stderr);
        let program = world
            .python(ACCOUNT)
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri)
            .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token_file)
            .env("AWS_CONFIG_FILE", "/dev/null");
        let account = program.run();
        change("del");
        assert_eq!(account.succeeded().stdout.trim(), "111122223333");
    } else {
        assert!(told.stderr.contains("not there yet"), "{}", told.stderr);
    }
}

#[test]
fn tokens_that_somebody_else_may_have_seen_are_worth_nothing() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let first = agent(&world);
    let place = Place::of(&world, &[]);
    assert!(place.good().contains("ASIA"));
    signal(first.id(), "TERM");
    first.finish().succeeded();
    // Somebody takes the port while no agent runs, and is shown tokens.
    let thief = std::net::TcpListener::bind(("127.0.0.1", place.port)).unwrap();
    let second = agent(&world);
    until("the tokens are worth nothing", || {
        let passes = world.rolecall(["endpoint", "list", "--json"]).run().succeeded().json();
        passes.as_array().unwrap().is_empty()
    });
    drop(thief);
    let place = Place::of(&world, &[]);
    assert!(place.good().contains("ASIA"));
    // Another user of the computer gets nothing for a good one either.
    let script = format!(
        "import urllib.request as r\nq = r.Request('http://127.0.0.1:{}/v1/credentials', headers={{'Authorization': '{}'}})\n\
         try: print(r.urlopen(q).read())\nexcept Exception as e: print(e)\n",
        place.port, place.token
    );
    let arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", &script];
    let theirs = world.program("/usr/bin/setpriv").args(arguments).run().succeeded().stdout;
    assert!(theirs.contains("403"), "{theirs}");
    drop(second);
}

#[test]
fn it_stops_listening_when_nobody_may_ask_any_more() {
    let world = World::listed();
    world.switch(GRANT, "default");
    let _agent = agent(&world);
    let place = Place::of(&world, &[]);
    assert!(TcpStream::connect(("127.0.0.1", place.port)).is_ok());
    world.rolecall(["endpoint", "revoke", "--all"]).run().succeeded();
    until("nobody listens", || TcpStream::connect(("127.0.0.1", place.port)).is_err());
    let again = Place::of(&world, &[]);
    assert_eq!(again.port, place.port);
    assert!(again.good().contains("ASIA"));
}
