//! Proxies and private certificates, by the variables that AWS's own tools have for them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::program::{Running, until};
use crate::world::{World, python};

/// Listens, notes the first line of what comes, answers with `answer`, and hangs up.
fn listener(answer: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    thread::spawn(move || {
        for mut stream in socket.incoming().map_while(Result::ok) {
            let mut line = Vec::new();
            let _ = BufReader::new(&stream).read_until(b'\n', &mut line);
            notes.lock().unwrap().push(String::from_utf8_lossy(&line).trim().to_owned());
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, heard)
}

#[test]
fn the_proxy_is_asked_for_aws() {
    let world = World::listed();
    let (port, heard) = listener("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let proxy = format!("http://127.0.0.1:{port}");
    // AWS itself, but for the proxy, which lets nothing through.
    let refresh = world.rolecall(["list", "--refresh"]).without("AWS_ENDPOINT_URL_SSO");
    let refused = refresh.env("HTTPS_PROXY", &proxy).run().failed(1);
    assert!(refused.stdout.contains("Meadow Production"), "the old list is shown: {}", refused.stdout);
    let asked = heard.lock().unwrap().clone();
    assert!(!asked.is_empty() && asked.len() <= 4, "{asked:?}");
    for line in asked {
        assert!(line.starts_with("CONNECT portal.sso.us-east-1.amazonaws.com:443 "), "{line}");
    }
}

#[test]
fn no_proxy_goes_straight() {
    let world = World::listed();
    let (proxy_port, at_proxy) = listener("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    let (direct_port, directly) = listener("");
    let refresh = world.rolecall(["list", "--refresh"]);
    refresh
        .env("AWS_ENDPOINT_URL_SSO", format!("https://127.0.0.1:{direct_port}"))
        .env("HTTPS_PROXY", format!("http://127.0.0.1:{proxy_port}"))
        .env("NO_PROXY", "127.0.0.1")
        .run()
        .failed(1);
    assert!(at_proxy.lock().unwrap().is_empty() && !directly.lock().unwrap().is_empty());
}

/// Makes a private authority and a certificate for the loopback address.
fn make_certificates(world: &World) {
    let script = "set -e; umask 077; mkdir tls; cd tls\n\
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Private CA' -keyout ca.key -out ca.pem\n\
        openssl req -newkey rsa:2048 -nodes -subj '/CN=127.0.0.1' -keyout leaf.key -out leaf.csr\n\
        printf 'subjectAltName=IP:127.0.0.1\\nbasicConstraints=CA:FALSE\\n' > leaf.ext\n\
        openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 2 -extfile leaf.ext -out leaf.pem\n";
    let dir = world.session.path("");
    world.program("/bin/sh").args(["-c", &format!("cd {}; {script}", dir.display())]).run().succeeded();
}

/// TLS in front of the simulator, as a company's gateway has it. Prints its port.
const GATEWAY: &str = r"
import socket, ssl, sys, threading
host, port = sys.argv[1].removeprefix('http://').split(':')
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2] + '/leaf.pem', sys.argv[2] + '/leaf.key')
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1], flush=True)
def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        target.close()
def serve(raw):
    try:
        client = context.wrap_socket(raw, server_side=True)
    except (OSError, ssl.SSLError):
        return
    upstream = socket.create_connection((host, int(port)))
    threading.Thread(target=copy, args=(client, upstream), daemon=True).start()
    copy(upstream, client)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
";

#[test]
fn a_private_certificate_authority_is_trusted_when_named() {
    let world = World::listed();
    make_certificates(&world);
    let tls = world.session.path("tls");
    let arguments = [world.sim.url(), tls.to_str().unwrap()];
    let gateway: Running = world.program(python()).args(["-c", GATEWAY]).args(arguments).start();
    until("the gateway listens", || gateway.printed().contains('\n'));
    let url = format!("https://127.0.0.1:{}", gateway.printed().trim());

    let refresh = || world.rolecall(["list", "--refresh"]).env("AWS_ENDPOINT_URL_SSO", &url);
    let before = world.asked("ListAccounts");
    refresh().run().failed(1);
    assert_eq!(world.asked("ListAccounts"), before, "an unknown authority gets no token");
    refresh().env("AWS_CA_BUNDLE", tls.join("ca.pem")).run().succeeded();
    assert_eq!(world.asked("ListAccounts"), before + 1);
    let console =
        world.rolecall(["console", crate::world::GRANT, "--print"]).env("ROLECALL_SIGNIN_URL", &url);
    console.env("AWS_CA_BUNDLE", tls.join("ca.pem")).run().succeeded();
}

#[test]
fn a_wrong_certificate_bundle_is_named() {
    let world = World::listed();
    for wrong in [world.session.path("missing.pem"), world.session.path("bus.conf")] {
        let refresh = world.rolecall(["list", "--refresh"]).env("AWS_CA_BUNDLE", &wrong).run().failed(1);
        assert!(refresh.failure().0.contains("AWS_CA_BUNDLE"), "{}", refresh.stderr);
        assert!(refresh.stdout.contains("Meadow Production"), "the old list is shown: {}", refresh.stdout);
    }
}
