//! Signing in in a window of ours.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::json;
use sim::{IdentitySource, Options};

use super::desk::Desk;
use crate::program::until;
use crate::session::Keyring;
use crate::world::{GRANT, World};

fn with_portal(options: Options) -> World {
    let world = World::with(options, Keyring::Unlocked);
    world.add_portal();
    world
}

#[test]
fn a_person_signs_in_with_password_and_code_and_the_roles_appear() {
    let desk = Desk::start(with_portal(Options::default()));
    desk.sign_in();
    assert_eq!(desk.world.state(), "signedIn");
    let web = desk.open_main();
    let view = web.until("the list is there", |view| view["grants"].as_u64() > Some(0));
    assert_eq!(view["portals"][0]["state"]["state"], "signedIn");
}

#[test]
fn a_company_with_an_identity_provider_of_its_own_signs_in_too() {
    let options = Options { identity_source: IdentitySource::ExternalIdp, ..Options::default() };
    let desk = Desk::start(with_portal(options));
    desk.begin_sign_in();
    desk.go_through_the_identity_provider();
    until("the window of the sign-in is gone", || !desk.display.shows("Sign in to"));
    assert_eq!(desk.world.state(), "signedIn");
}

#[test]
fn the_header_names_the_host_and_the_code() {
    let desk = Desk::start(with_portal(Options::default()));
    desk.begin_sign_in();
    desk.web().to("sign-in.html");
    let view =
        desk.web().until("the page is there", |v| v["portals"][0]["state"]["visit"]["loading"] == false);
    let state = &view["portals"][0]["state"];
    let host = desk.world.sim.url().trim_start_matches("http://");
    assert_eq!((&state["visit"]["host"], &state["visit"]["secure"]), (&json!(host), &json!(false)));
    let code = state["userCode"].as_str().unwrap();
    until("the header shows them", || {
        let shown = desk.web().text("body");
        shown.contains(code) && shown.contains(host)
    });
    assert!(desk.panel.labels().contains(&format!("Copy the code {code}")), "the tray has it too");
}

#[test]
fn the_room_for_another_device_is_given_back_to_the_page() {
    let desk = Desk::start(with_portal(Options::default()));
    desk.begin_sign_in();
    let web = desk.web();
    web.to("sign-in.html");
    web.until("the page is there", |v| v["portals"][0]["state"]["visit"]["loading"] == false);
    let height = || web.run("return innerHeight", json!(null)).as_i64().unwrap();
    let usual = height();
    assert!(usual < 150, "{usual}");
    let toggle = || web.run("document.querySelector('[aria-controls=more]').click()", json!(null));
    toggle();
    until("the header grows", || height() > 300);
    toggle();
    until("the header is as it was", || height() == usual);
}

#[test]
fn a_window_that_is_closed_can_be_opened_again_while_the_code_lives() {
    let desk = Desk::start(with_portal(Options::default()));
    desk.begin_sign_in();
    desk.web().to("sign-in.html");
    let code = desk.web().view()["portals"][0]["state"]["userCode"].clone();
    desk.web().hide();
    until("the window is gone", || !desk.display.shows("Sign in to"));
    until("the tray offers to go on", || desk.panel.labels().iter().any(|l| l == "Go on signing in…"));
    let polls = desk.world.asked("CreateToken");
    thread::sleep(std::time::Duration::from_millis(2500));
    assert!(desk.world.asked("CreateToken") <= polls + 1, "nobody asks meanwhile");
    desk.panel.click("Go on signing in…");
    desk.display.focus("Sign in to corp");
    assert_eq!(desk.world.asked("StartDeviceAuthorization"), 1, "the code is the same");
    assert!(desk.panel.labels().iter().any(|l| l.contains(code.as_str().unwrap())));
    assert!(desk.world.sim.approve(code.as_str().unwrap()));
    until("the approval is seen", || desk.world.state() == "signedIn");
}

#[test]
fn the_persons_browser_can_take_over() {
    let world = with_portal(Options::default());
    let opened = world.session.path("opened");
    let script = format!("#!/bin/sh\nprintf '%s' \"$1\" > {}.part; mv {0}.part {0}\n", opened.display());
    let browser = world.session.path("bin/xdg-open");
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let desk = Desk::start(world);
    desk.begin_sign_in();
    desk.web().to("sign-in.html");
    let act = json!({ "action": { "type": "signIn", "portal": "corp", "place": "browser" } });
    desk.web().send("act", &act);
    until("the browser has the page", || opened.exists());
    until("our window is gone", || !desk.display.shows("Sign in to"));
    desk.world.visit(&fs::read_to_string(&opened).unwrap(), sim::Decision::Allow);
    until("the approval is seen", || desk.world.state() == "signedIn");
}

#[test]
fn cookies_are_kept_until_the_sign_out() {
    let mut desk = Desk::start(with_portal(Options::default()));
    desk.sign_in();
    let cookies = desk.world.session.home().join(".local/state/rolecall/browser/corp");
    assert!(cookies.join("cookies").exists(), "a folder for the portal");
    desk.quit();
    desk.start_again();
    until("the sign-in is still there", || desk.panel.labels().iter().any(|l| l.contains("corp: signed in")));
    desk.panel.click("Sign out");
    until("the tray says so", || desk.panel.labels().iter().any(|l| l == "Sign in to corp…"));
    assert!(!cookies.exists());
    assert!(!desk.world.session.kept_secrets().contains("token"), "nothing is left in the keyring");
    assert_eq!(desk.world.asked("Logout"), 1, "AWS was told");
}

#[test]
fn a_switched_profile_works_with_the_aws_cli_after_an_embedded_sign_in() {
    let desk = Desk::start(with_portal(Options::default()));
    desk.sign_in();
    desk.world.rolecall(["list"]).run().succeeded();
    desk.world.switch(GRANT, "default");
    let who = desk.world.aws(["sts", "get-caller-identity"]).run().succeeded().json();
    assert_eq!(who["Account"], "111122223333");
}

/// A server with one page, which runs the script; what the script posts is kept.
struct HostilePage {
    address: String,
    said: Arc<Mutex<Option<String>>>,
}

impl HostilePage {
    fn serve(script: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let page = format!("<!doctype html><title>x</title><script>{script}</script>");
        let said = Arc::<Mutex<Option<String>>>::default();
        let hears = Arc::clone(&said);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let request = request_of(&mut stream);
                if let Some((head, body)) = request.split_once("\r\n\r\n")
                    && head.starts_with("POST /said")
                {
                    *hears.lock().unwrap() = Some(body.to_owned());
                }
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
                let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{page}", page.len());
            }
        });
        Self { address, said }
    }

    fn said(&self) -> Option<String> {
        self.said.lock().unwrap().clone()
    }
}

/// Head and body; the body may come later than the head.
fn request_of(stream: &mut impl Read) -> String {
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut part).unwrap_or(0);
        request.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let wanted = text
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        let there =
            text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= wanted.unwrap_or(0_usize));
        if length == 0 || there {
            return text;
        }
    }
}

/// A page that tries everything a page could try to reach the application, and says what it got.
#[test]
fn a_hostile_page_reaches_nothing() {
    let script = r"
      const got = [];
      const say = text => fetch('/said', { method: 'POST', body: text });
      const attempt = async (name, work) => { try { const answer = await work(); if (answer !== undefined) got.push(name + ': ' + String(answer)); } catch (error) { } };
      (async () => {
        await attempt('__TAURI__', () => window.__TAURI__);
        await attempt('__TAURI_INTERNALS__', () => window.__TAURI_INTERNALS__);
        await attempt('ipc', () => window.ipc);
        await attempt('handlers', () => Object.keys(window.webkit?.messageHandlers ?? {}).join() || undefined);
        await attempt('post', () => { window.webkit.messageHandlers.ipc.postMessage('{}'); return 'sent'; });
        for (const address of ['ipc://localhost/view', 'http://ipc.localhost/view', 'tauri://localhost/main.html', 'asset://localhost/etc/passwd', 'file:///etc/passwd'])
          await attempt(address, async () => (await fetch(address, { method: 'POST', mode: 'no-cors' })).type);
        await say(JSON.stringify(got));
        location.href = 'http://192.0.2.1/';
      })();";
    let page = HostilePage::serve(script);
    let options = Options { device_page: Some(page.address.clone()), ..Options::default() };
    let desk = Desk::start(with_portal(options));
    desk.panel.click("Sign in to corp…");
    until("the page has said what it got", || page.said().is_some());
    assert_eq!(page.said().unwrap(), "[]");
    desk.display.focus("Sign in to corp");
    desk.web().to("sign-in.html");
    desk.web().until("leaving the web is refused, and told", |view| {
        view["portals"][0]["state"]["visit"]["hint"] == "blocked"
    });
}

#[test]
fn a_pop_up_is_a_window_of_the_same_session_and_talks_to_its_page() {
    let script = r"
      if (location.pathname === '/popup') {
        const cookie = document.cookie;
        opener.postMessage('from the pop-up, with ' + cookie, '*');
      } else {
        document.cookie = 'session=same';
        addEventListener('message', event => fetch('/said', { method: 'POST', body: event.data }));
        addEventListener('click', () => window.open('/popup'));
      }";
    let page = HostilePage::serve(script);
    let options = Options { device_page: Some(page.address.clone()), ..Options::default() };
    let desk = Desk::start(with_portal(options));
    desk.panel.click("Sign in to corp…");
    let window = desk.display.focus("Sign in to corp");
    until("a click opens the pop-up, and it has spoken", || {
        // Pages may open windows only when somebody clicks.
        if desk.display.windows("Sign in to corp").len() == 1 {
            desk.display.xdotool(["mousemove", "--window", &window, "400", "400", "click", "1"]);
            thread::sleep(std::time::Duration::from_millis(800));
        }
        page.said().is_some()
    });
    assert_eq!(page.said().unwrap(), "from the pop-up, with session=same");
    until("it is a window with a header of ours", || desk.display.windows("Sign in to corp").len() == 2);
    desk.web().to("popup=1");
    let view = desk.web().until("it has a visit of its own", |view| {
        view["portals"][0]["state"]["popUps"][0]["visit"]["loading"] == false
    });
    assert_eq!(view["portals"][0]["state"]["popUps"][0]["number"], 1);
    until("its header names its host", || desk.web().text("body").contains("127.0.0.1"));
}
