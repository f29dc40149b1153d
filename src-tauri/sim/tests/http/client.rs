//! A plain HTTP client with the few calls that every test needs.

use std::time::Duration;

use serde_json::{Value, json};
use sim::{Decision, Options, Page, Person, Simulator, Visitor};

pub(crate) const START_URL: &str = "https://d-9067f4a1b2.awsapps.com/start";
pub(crate) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A simulator and a client of it.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) http: reqwest::Client,
}

/// A reply with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status, exception header and OAuth code of an OIDC error, checked for its common form.
    pub(crate) fn oidc_error(&self) -> (u16, String, String) {
        let body = self.json();
        assert_eq!(self.header("content-type"), "application/json");
        assert!(!self.header("x-amzn-requestid").is_empty());
        assert!(body.get("error_description").is_some(), "{body}");
        let code = body["error"].as_str().unwrap().to_owned();
        (self.status, self.header("x-amzn-errortype").to_owned(), code)
    }

    /// Status and exception of a portal error, which the body must repeat.
    pub(crate) fn portal_error(&self) -> (u16, String) {
        let name = self.header("x-amzn-errortype").to_owned();
        assert_eq!(self.json()["__type"], format!("com.amazonaws.switchboard.portal#{name}"), "{self:?}");
        assert!(self.json()["message"].is_string());
        (self.status, name)
    }
}

pub(crate) fn error(status: u16, exception: &str, code: &str) -> (u16, String, String) {
    (status, format!("{exception}Exception"), code.to_owned())
}

/// Values of JSON as form or query text.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .no_proxy()
            .build()
            .unwrap();
        Self { simulator: sim::serve(options).await.unwrap(), http }
    }

    pub(crate) async fn with_faults(faults: &[&str]) -> Self {
        Self::with(Options { faults: sim::Faults::parse(faults).unwrap(), ..Options::default() }).await
    }

    pub(crate) fn set_faults(&self, faults: &[&str]) {
        self.simulator.set_faults(sim::Faults::parse(faults).unwrap());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.post(self.url(path)).header("content-type", "application/json");
        Answer::of(request.body(body.to_string()).send().await.unwrap()).await
    }

    pub(crate) async fn post_form(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request =
            self.http.post(self.url(path)).header("content-type", "application/x-www-form-urlencoded");
        Answer::of(request.body(encode(pairs)).send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.http.get(self.url(path)).send().await.unwrap()).await
    }

    /// A portal request with a bearer token.
    pub(crate) async fn portal(&self, path: &str, token: &str) -> Answer {
        let request = self.http.get(self.url(path)).header("x-amz-sso_bearer_token", token);
        Answer::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn register(&self) -> Value {
        self.register_with(&["sso:account:access"]).await
    }

    pub(crate) async fn register_with(&self, scopes: &[&str]) -> Value {
        let body = json!({ "clientName": "test-client", "clientType": "public", "scopes": scopes });
        let answer = self.post("/client/register", &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn authorize_device(&self, client: &Value) -> Value {
        let body = with_client(client, json!({ "startUrl": START_URL }));
        let answer = self.post("/device_authorization", &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn poll(&self, client: &Value, device: &Value) -> Answer {
        let body = json!({ "grantType": DEVICE_GRANT, "deviceCode": device["deviceCode"] });
        self.post("/token", &with_client(client, body)).await
    }

    pub(crate) async fn refresh(&self, client: &Value, refresh_token: &Value) -> Answer {
        let body = json!({ "grantType": "refresh_token", "refreshToken": refresh_token });
        self.post("/token", &with_client(client, body)).await
    }

    /// Tokens for this client, approved behind the scenes.
    pub(crate) async fn log_in(&self, client: &Value) -> Value {
        let device = self.authorize_device(client).await;
        assert!(self.simulator.approve(device["userCode"].as_str().unwrap()));
        let answer = self.poll(client, &device).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// An access token of a new client.
    pub(crate) async fn access_token(&self) -> String {
        let client = self.register().await;
        self.log_in(&client).await["accessToken"].as_str().unwrap().to_owned()
    }

    /// An access token of a new client that this person let in.
    pub(crate) async fn access_token_of(&self, user: &str) -> String {
        let client = self.register().await;
        let device = self.authorize_device(&client).await;
        assert!(self.simulator.approve_as(device["userCode"].as_str().unwrap(), user));
        self.poll(&client, &device).await.json()["accessToken"].as_str().unwrap().to_owned()
    }

    /// Role credentials for an account and role of the small organisation.
    pub(crate) async fn credentials(&self, token: &str) -> Value {
        let path = "/federation/credentials?role_name=AdministratorAccess&account_id=111122223333";
        let answer = self.portal(path, token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["roleCredentials"].clone()
    }

    pub(crate) async fn visit(&self, device: &Value, decision: Decision) -> Page {
        let url = device["verificationUriComplete"].as_str().unwrap();
        Visitor::new(Person::default()).visit(url, decision).await.unwrap()
    }
}

/// A request body with the client's id and secret.
pub(crate) fn with_client(client: &Value, mut body: Value) -> Value {
    body["clientId"] = client["clientId"].clone();
    body["clientSecret"] = client["clientSecret"].clone();
    body
}
