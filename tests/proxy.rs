//! Networks that companies have: a proxy that wants a password and opens every TLS connection with an authority of
//! its own. The proxy is mitmproxy; it leads AWS's hosts to the simulator, so that the client uses their real names.

use std::fs;
use std::path::PathBuf;

use sim::Options;

use crate::program::{Program, Running, until};
use crate::session::Keyring;
use crate::world::{GRANT, World};

/// Leads hosts to the simulator, and notes each request's host.
const ADDON: &str = r#"
import os
from urllib.parse import urlparse
SIM, VANITY = (urlparse(os.environ.get(name) or "http://127.0.0.1:9") for name in ("SIM_URL", "VANITY_URL"))
OURS = os.environ["VANITY_HOSTS"].split(",")
def request(flow):
    host = flow.request.pretty_host
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(host + " " + flow.request.path.split("?")[0] + "\n")
    target = VANITY if host in OURS else SIM
    flow.request.scheme, flow.request.host, flow.request.port = target.scheme, target.hostname, target.port
    # What was signed stays.
    flow.request.headers["host"] = host
"#;

pub(crate) struct Proxy {
    _running: Running,
    address: String,
    authority: PathBuf,
    notes: PathBuf,
}

impl Proxy {
    pub(crate) fn start(world: &World, vanity_hosts: &[&str]) -> Self {
        Self::start_with(world, vanity_hosts, &[])
    }

    fn start_with(world: &World, vanity_hosts: &[&str], options: &[&str]) -> Self {
        let dir = world.session.path("proxy");
        fs::create_dir(&dir).unwrap();
        let (addon, notes) = (dir.join("addon.py"), dir.join("notes"));
        fs::write(&addon, ADDON).unwrap();
        fs::write(&notes, "").unwrap();
        let config = format!("confdir={}", dir.display());
        let program =
            world.session.program("/usr/bin/mitmdump").env("NOTES", &notes).env("PYTHONUNBUFFERED", "1");
        let program = program.env("SIM_URL", world.sim.url()).env("VANITY_HOSTS", vanity_hosts.join(","));
        let program = program.env("VANITY_URL", world.sim.vanity_url().unwrap_or_default());
        let program = program.args(["--listen-host", "127.0.0.1", "--listen-port", "0", "--set", &config]);
        // It asks for a host when there is something to ask: AWS's can't be reached from here.
        let program = program.args(["--set", "connection_strategy=lazy", "-s", addon.to_str().unwrap()]);
        let running = program.args(options).start();
        let told = || format!("{}{}", running.printed(), running.told());
        let listens = "Proxy server listening at ";
        until("the proxy listens", || told().contains(listens));
        until("it has made its authority", || dir.join("mitmproxy-ca-cert.pem").exists());
        let told = told();
        let address = told.split(listens).nth(1).unwrap().split_whitespace().next().unwrap();
        let address = address.trim_start_matches("http://").to_owned();
        Self { authority: dir.join("mitmproxy-ca-cert.pem"), notes, address, _running: running }
    }

    /// A program that reaches AWS through the proxy alone, and trusts it.
    pub(crate) fn through(&self, program: Program) -> Program {
        self.without_trust(program).env("AWS_CA_BUNDLE", &self.authority)
    }

    fn without_trust(&self, program: Program) -> Program {
        let own = [
            "AWS_ENDPOINT_URL_SSO",
            "AWS_ENDPOINT_URL_SSO_OIDC",
            "AWS_ENDPOINT_URL_STS",
            "ROLECALL_SIGNIN_URL",
        ];
        let program = own.into_iter().fold(program, Program::without);
        program.without("AWS_DATA_PATH").env("HTTPS_PROXY", format!("http://{}", self.address))
    }

    /// The hosts that were asked for, with the paths.
    pub(crate) fn asked(&self) -> Vec<String> {
        fs::read_to_string(&self.notes).unwrap().lines().map(str::to_owned).collect()
    }
}

fn world() -> World {
    World::with(Options::default(), Keyring::Unlocked)
}

/// A sign-in by code whose page a person opens in a browser that needs no proxy.
fn sign_in(world: &World, proxy: &Proxy) {
    let login = proxy.through(world.rolecall(["login", "--flow", "device", "--no-open"])).start();
    until("the code is shown", || login.told().contains("Waiting for your approval"));
    world.visit(&crate::world::code_of(&login).0, sim::Decision::Allow);
    login.finish().succeeded();
}

#[test]
fn everything_works_through_a_proxy_that_opens_tls() {
    let world = world();
    let proxy = Proxy::start(&world, &[]);
    world.add_portal();
    sign_in(&world, &proxy);
    proxy.through(world.rolecall(["list"])).run().succeeded();
    proxy.through(world.rolecall(["switch", GRANT])).run().succeeded();
    proxy.through(world.rolecall(["credentials", "--profile", "default"])).run().succeeded();
    proxy.through(world.rolecall(["console", GRANT, "--print"])).run().succeeded();
    let doctor = proxy.through(world.rolecall(["doctor"])).run().succeeded();
    assert!(doctor.stdout.contains("AWSReservedSSO_AdministratorAccess"), "{}", doctor.stdout);
    let who =
        proxy.through(world.aws(["sts", "get-caller-identity", "--region", "us-east-1"])).run().succeeded();
    assert_eq!(who.json()["Account"], "111122223333", "and so does the AWS CLI with our profile");
    proxy.through(world.rolecall(["logout"])).run().succeeded();
    let asked = proxy.asked();
    for host in [
        "oidc.us-east-1.amazonaws.com /client/register",
        "oidc.us-east-1.amazonaws.com /token",
        "portal.sso.us-east-1.amazonaws.com /assignment/accounts",
        "portal.sso.us-east-1.amazonaws.com /federation/credentials",
        "portal.sso.us-east-1.amazonaws.com /logout",
        "sts.us-east-1.amazonaws.com /",
        "signin.aws.amazon.com /federation",
    ] {
        assert!(asked.iter().any(|line| line == host), "{host}: {asked:?}");
    }
}

#[test]
fn a_proxy_that_nobody_named_trustworthy_gets_no_secret() {
    let world = world();
    let proxy = Proxy::start(&world, &[]);
    world.add_portal();
    sign_in(&world, &proxy);
    let before = proxy.asked().len();
    let refused = proxy.without_trust(world.rolecall(["list"])).run().failed(1);
    assert!(refused.failure().1.contains("AWS_CA_BUNDLE"), "{}", refused.stderr);
    assert_eq!(proxy.asked().len(), before, "no request was made");
    // An authority that the system trusts is as good as one that is named.
    let trusted = proxy.without_trust(world.rolecall(["list"])).env("SSL_CERT_FILE", &proxy.authority);
    trusted.run().succeeded();
}

#[test]
fn a_proxy_with_a_password_is_told_it_and_a_wrong_one_is_named() {
    let world = world();
    let proxy = Proxy::start_with(&world, &[], &["--proxyauth", "alex:p@ss#word"]);
    world.add_portal();
    let login = |user: &str| {
        let url = format!("http://{user}{}", proxy.address);
        proxy.through(world.rolecall(["login", "--flow", "device", "--no-open"])).env("HTTPS_PROXY", url)
    };
    for wrong in ["", "alex:wrong@"] {
        let refused = login(wrong).run().failed(1);
        let text = format!("{} {}", refused.failure().0, refused.failure().1);
        assert!(text.contains("407") || text.contains("HTTPS_PROXY"), "{text}");
        assert!(!text.contains("wrong"), "the password is not shown: {text}");
    }
    assert!(proxy.asked().is_empty());
    let good = login("alex:p%40ss%23word@").start();
    until("the code is shown", || good.told().contains("Waiting for your approval"));
    world.visit(&crate::world::code_of(&good).0, sim::Decision::Allow);
    good.finish().succeeded();
    // The console's sign-in and the start page go the same way.
    let url = format!("http://alex:p%40ss%23word@{}", proxy.address);
    let console = proxy.through(world.rolecall(["console", GRANT, "--print"])).env("HTTPS_PROXY", url);
    console.run().succeeded();
}

#[test]
fn without_a_network_what_is_known_still_works() {
    let world = World::listed();
    world.switch(GRANT, "default");
    world.rolecall(["credentials", "--profile", "default"]).run().succeeded();
    let away =
        |program: Program| program.env("HTTPS_PROXY", "http://127.0.0.1:9").without("AWS_ENDPOINT_URL_SSO");
    assert!(away(world.rolecall(["list"])).run().succeeded().stdout.contains("AdministratorAccess"));
    away(world.rolecall(["credentials", "--profile", "default"])).run().succeeded();
    away(world.rolecall(["status"])).run().succeeded();
    away(world.rolecall(["switch", crate::world::OTHER, "--profile", "other"])).run().succeeded();
    let refresh = away(world.rolecall(["list", "--refresh"])).run().failed(1);
    assert!(refresh.stdout.contains("AdministratorAccess"), "the last list is shown: {}", refresh.stdout);
    assert!(
        refresh.failure().1.contains("network") || refresh.failure().1.contains("proxy"),
        "{}",
        refresh.stderr
    );
}

#[test]
fn a_name_that_does_not_resolve_is_told() {
    let world = World::signed_in();
    let lost = world.rolecall(["list"]).env("AWS_ENDPOINT_URL_SSO", "https://portal.invalid");
    let lost = lost.run().failed(1);
    assert!(lost.failure().1.contains("network"), "{}", lost.stderr);
}

#[test]
fn addresses_of_the_newer_internet_are_reached() {
    let world = World::signed_in();
    let Ok(listener) = std::net::TcpListener::bind("[::1]:0") else {
        println!("this computer has no IPv6 loopback address: nothing to test");
        return;
    };
    let (address, target) =
        (listener.local_addr().unwrap(), world.sim.url().trim_start_matches("http://").to_owned());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = std::net::TcpStream::connect(&target) else { return };
            for (mut from, mut to) in
                [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)]
            {
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Write);
                });
            }
        }
    });
    // The simulator only serves loopback names, of which this is one.
    let list = world.rolecall(["list"]).env("AWS_ENDPOINT_URL_SSO", format!("http://{address}"));
    list.run().succeeded();
}
