//! The windows' pages, by `WebDriver`: the program runs as it always does, and the driver is attached to it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::program::until;

/// A driver that waits for its program.
pub(crate) struct Web {
    driver: Child,
    client: Client,
    runtime: Runtime,
}

/// A port that nobody has at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

impl Web {
    /// Attaches to the program whose inspector listens there. One of its windows has to be open.
    pub(crate) fn attach(inspector: u16) -> Self {
        let port = free_port();
        let mut driver = Command::new("/usr/bin/WebKitWebDriver");
        driver.args([format!("--port={port}"), format!("--target=127.0.0.1:{inspector}")]);
        Self::drive(driver, port, &json!({}))
    }

    /// Attaches to a Chromium that can be debugged at that port.
    pub(crate) fn attach_to_chromium(debugger: u16) -> Self {
        let port = free_port();
        let mut driver = Command::new("/usr/bin/chromedriver");
        driver.arg(format!("--port={port}"));
        let running = json!({ "debuggerAddress": format!("127.0.0.1:{debugger}") });
        Self::drive(driver, port, &json!({ "goog:chromeOptions": running }))
    }

    fn drive(mut driver: Command, port: u16, capabilities: &Value) -> Self {
        let driver = driver
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver is installed (make deps)");
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = format!("http://127.0.0.1:{port}");
        let mut connected = None;
        until("the driver is attached", || {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities.as_object().unwrap().clone());
            let soon =
                async { tokio::time::timeout(Duration::from_secs(10), builder.connect(&address)).await };
            connected = runtime.block_on(soon).ok().and_then(Result::ok);
            connected.is_some()
        });
        Self { driver, client: connected.unwrap(), runtime }
    }

    /// Goes to the window whose address has this in it.
    #[track_caller]
    pub(crate) fn to(&self, page: &str) {
        let mut seen = Vec::new();
        until(&format!("the page {page} is open; there are {seen:?}"), || {
            self.runtime.block_on(async {
                seen.clear();
                for window in self.client.windows().await.unwrap_or_default() {
                    let Ok(()) = self.client.switch_to_window(window).await else { continue };
                    let address = self.client.current_url().await.map(|url| url.to_string());
                    if address.as_ref().is_ok_and(|address| address.contains(page)) {
                        return true;
                    }
                    seen.extend(address.ok());
                }
                false
            })
        });
    }

    /// Runs a script; `arguments[0]` is `argument`.
    #[track_caller]
    pub(crate) fn run(&self, script: &str, argument: Value) -> Value {
        self.runtime.block_on(self.client.execute(script, vec![argument])).unwrap()
    }

    /// Calls a command of the program as its pages do.
    #[track_caller]
    pub(crate) fn invoke(&self, command: &str, arguments: &Value) -> Value {
        let script = "const [call, done] = arguments;
            window.__TAURI__.core.invoke(call.command, call.arguments)
                .then(answer => done({ answer }), error => done({ error: String(error) }));";
        let call = json!({ "command": command, "arguments": arguments });
        let done = self.runtime.block_on(self.client.execute_async(script, vec![call])).unwrap();
        assert!(done.get("error").is_none(), "{command}: {done}");
        done["answer"].clone()
    }

    pub(crate) fn view(&self) -> Value {
        self.invoke("view", &json!({}))
    }

    /// Waits until the view is as wanted, and returns it.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut view = Value::Null;
        until(what, || {
            view = self.view();
            wanted(&view)
        });
        view
    }

    /// Calls a command that closes the window it is called from, which then can't answer any more.
    pub(crate) fn send(&self, command: &str, arguments: &Value) {
        let script = "const [call] = arguments;
            setTimeout(() => window.__TAURI__.core.invoke(call.command, call.arguments), 50)";
        self.run(script, json!({ "command": command, "arguments": arguments }));
    }

    pub(crate) fn hide(&self) {
        self.send("hide", &json!({}));
    }

    /// What a person reads there.
    pub(crate) fn text(&self, selector: &str) -> String {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')";
        self.run(script, json!(selector)).as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
