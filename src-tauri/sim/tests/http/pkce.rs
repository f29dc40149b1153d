//! The browser flow with a listener for its callback.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sim::{Decision, Person, Visitor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::{START_URL, Stage, encode, error, with_client};

const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/// What the client's listener got.
type Query = Vec<(String, String)>;

fn get<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

async fn register(stage: &Stage) -> Value {
    let body = json!({
        "clientName": "browser-client",
        "clientType": "public",
        "scopes": ["sso:account:access"],
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
    });
    stage.post("/client/register", &body).await.json()
}

/// Accepts one callback on a listener and shows a page.
async fn callback(listener: TcpListener) -> Query {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut buffer = vec![0; 8192];
    let length = stream.read(&mut buffer).await.unwrap();
    let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
    let page = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nDone";
    stream.write_all(page.as_bytes()).await.unwrap();
    let path = request.split(' ').nth(1).unwrap();
    let (path, query) = path.split_once('?').unwrap();
    assert_eq!(path, "/oauth/callback");
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Parameters of a good authorize URL, with some replaced or (empty) left out.
fn authorize_url(stage: &Stage, client: &Value, redirect_uri: &str, changes: &[(&str, &str)]) -> String {
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(VERIFIER));
    let good = [
        ("response_type", "code"),
        ("client_id", client["clientId"].as_str().unwrap()),
        ("redirect_uri", redirect_uri),
        ("state", "state-1&2"),
        ("code_challenge_method", "S256"),
        ("scopes", "sso:account:access"),
        ("code_challenge", &challenge),
    ];
    let change = |name: &str| changes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let known = good.iter().map(|(name, value)| (*name, change(name).unwrap_or(value)));
    let added = changes.iter().copied().filter(|(name, _)| !good.iter().any(|(key, _)| key == name));
    let pairs: Vec<(&str, &str)> = known.chain(added).filter(|(_, value)| !value.is_empty()).collect();
    stage.url(&format!("/authorize?{}", encode(&pairs)))
}

/// Goes through the pages; the callback's query and its redirect URI.
async fn visit(
    stage: &Stage,
    client: &Value,
    decision: Decision,
    changes: &[(&str, &str)],
) -> (Query, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let redirect_uri = format!("http://{}/oauth/callback", listener.local_addr().unwrap());
    let url = authorize_url(stage, client, &redirect_uri, changes);
    let mut visitor = Visitor::new(Person::default());
    let (query, page) = tokio::join!(callback(listener), visitor.visit(&url, decision));
    assert_eq!(page.unwrap().body, "Done");
    (query, redirect_uri)
}

fn exchange(code: &str, redirect_uri: &str, verifier: &str) -> Value {
    json!({
        "grantType": "authorization_code",
        "code": code,
        "redirectUri": redirect_uri,
        "codeVerifier": verifier,
    })
}

#[tokio::test]
async fn from_authorize_to_tokens() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    let (query, redirect_uri) = visit(&stage, &client, Decision::Allow, &[]).await;
    assert_eq!(get(&query, "state"), Some("state-1&2"));
    let code = get(&query, "code").unwrap();
    let body = with_client(&client, exchange(code, &redirect_uri, VERIFIER));
    let answer = stage.post("/token", &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tokens = answer.json();
    let token = tokens["accessToken"].as_str().unwrap();
    assert_eq!(stage.portal("/assignment/accounts", token).await.status, 200);
    assert_eq!(stage.refresh(&client, &tokens["refreshToken"]).await.status, 200);
    let again = stage.post("/token", &body).await;
    assert_eq!(again.oidc_error(), error(400, "InvalidGrant", "invalid_grant"), "a code counts once");
}

#[tokio::test]
async fn a_code_is_bound_to_verifier_redirect_and_client() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    let other = register(&stage).await;
    let other_verifier = VERIFIER.replace('a', "b");
    for case in 0..4 {
        // Both spellings of the scope parameter and its absence are accepted.
        let changes: &[(&str, &str)] = match case {
            0 => &[("scopes", ""), ("scope", "sso:account:access")],
            1 => &[("scopes", "")],
            _ => &[],
        };
        // The code of each person's one-time password counts once, so later cases wait in the next step.
        stage.simulator.set_clock_offset(90 * case);
        let (query, redirect_uri) = visit(&stage, &client, Decision::Allow, changes).await;
        let code = get(&query, "code").unwrap();
        let (by, body) = match case {
            0 => (&client, exchange(code, &redirect_uri, &other_verifier)),
            1 => (&client, exchange(code, "http://127.0.0.1:1/oauth/callback", VERIFIER)),
            2 => (&other, exchange(code, &redirect_uri, VERIFIER)),
            _ => (&client, exchange("made-up", &redirect_uri, VERIFIER)),
        };
        let answer = stage.post("/token", &with_client(by, body)).await;
        assert_eq!(answer.oidc_error(), error(400, "InvalidGrant", "invalid_grant"), "case {case}");
    }
}

#[tokio::test]
async fn a_code_expires() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    let (query, redirect_uri) = visit(&stage, &client, Decision::Allow, &[]).await;
    stage.simulator.set_clock_offset(301);
    let body = exchange(get(&query, "code").unwrap(), &redirect_uri, VERIFIER);
    let answer = stage.post("/token", &with_client(&client, body)).await;
    assert_eq!(answer.oidc_error(), error(400, "InvalidGrant", "invalid_grant"));
}

#[tokio::test]
async fn with_a_portal_session_it_is_one_click() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    let device_client = stage.register().await;
    let device = stage.authorize_device(&device_client).await;
    let mut visitor = Visitor::new(Person::default());
    let url = device["verificationUriComplete"].as_str().unwrap();
    visitor.visit(url, Decision::Allow).await.unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let redirect_uri = format!("http://{}/oauth/callback", listener.local_addr().unwrap());
    let page = visitor.open(&authorize_url(&stage, &client, &redirect_uri, &[])).await.unwrap();
    assert!(page.body.contains("Allow browser-client to access your data?"), "{}", page.body);
    let (query, last) = tokio::join!(callback(listener), visitor.submit(&page, &[("decision", "allow")]));
    assert_eq!(last.unwrap().body, "Done");
    let body = exchange(get(&query, "code").unwrap(), &redirect_uri, VERIFIER);
    assert_eq!(stage.post("/token", &with_client(&client, body)).await.status, 200);
}

#[tokio::test]
async fn the_denied_fault_reaches_the_callback() {
    let stage = Stage::with_faults(&["denied"]).await;
    let client = register(&stage).await;
    let (query, _) = visit(&stage, &client, Decision::Allow, &[]).await;
    assert_eq!(get(&query, "error"), Some("access_denied"));
}

#[tokio::test]
async fn an_ended_session_takes_its_code_along() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    let (query, redirect_uri) = visit(&stage, &client, Decision::Allow, &[]).await;
    stage.simulator.revoke_sessions();
    let body = exchange(get(&query, "code").unwrap(), &redirect_uri, VERIFIER);
    let answer = stage.post("/token", &with_client(&client, body)).await;
    assert_eq!(answer.oidc_error(), error(400, "InvalidGrant", "invalid_grant"));
}

#[tokio::test]
async fn denial_goes_to_the_callback() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    let (query, _) = visit(&stage, &client, Decision::Deny, &[]).await;
    assert_eq!(get(&query, "error"), Some("access_denied"));
    assert!(get(&query, "error_description").is_some());
    assert_eq!(get(&query, "state"), Some("state-1&2"));
    assert_eq!(get(&query, "code"), None);
}

#[tokio::test]
async fn unproven_callbacks_are_never_redirected_to() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    for redirect in [
        "http://localhost:1234/oauth/callback",
        "http://127.0.0.1:1234/other",
        "http://evil.example/oauth/callback",
        "",
    ] {
        let url = authorize_url(&stage, &client, redirect, &[]);
        let response = stage.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 400, "{redirect}");
    }
    let stranger = json!({ "clientId": "nobody" });
    let url = authorize_url(&stage, &stranger, "http://127.0.0.1:1234/oauth/callback", &[]);
    assert_eq!(stage.http.get(url).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn other_mistakes_go_to_the_callback() {
    let stage = Stage::new().await;
    let client = register(&stage).await;
    let cases = [
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge", "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("response_type", "", "unsupported_response_type"),
        ("scope", "world:domination", "invalid_scope"),
        ("scopes", "world:domination", "invalid_scope"),
    ];
    for (name, value, expected) in cases {
        let mut changes = vec![(name, value)];
        if name == "scope" {
            changes.push(("scopes", ""));
        }
        let url = authorize_url(&stage, &client, "http://127.0.0.1:1234/oauth/callback", &changes);
        let response = stage.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 302);
        let location = response.headers()["location"].to_str().unwrap();
        assert!(
            location.starts_with(&format!("http://127.0.0.1:1234/oauth/callback?error={expected}")),
            "{location}"
        );
        assert!(location.contains("state=state-1%262"), "{location}");
    }
}
