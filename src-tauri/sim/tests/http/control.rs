//! The control interface, the request log, the environment, start and stop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use sim::{Decision, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Stage, error};
use crate::signer::Signer;

#[tokio::test]
async fn requests_are_listed_and_counted() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    stage.portal("/assignment/roles?account_id=001234567890&max_result=5", &token).await;
    let records = stage.get("/_sim/requests").await.json();
    let records = records.as_array().unwrap();
    let operations: Vec<&str> = records.iter().map(|record| record["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, ["RegisterClient", "StartDeviceAuthorization", "CreateToken", "ListAccountRoles"]);
    let last = &records[3];
    assert_eq!(last["service"], "portal");
    assert_eq!(last["method"], "GET");
    assert_eq!(last["path"], "/assignment/roles");
    assert_eq!(last["status"], 200);
    assert_eq!(last["parameters"], json!({ "account_id": "001234567890", "max_result": "5" }));
    assert!(last["duration_ms"].as_f64().unwrap() >= 0.0);
    let later = stage.get("/_sim/requests?since=3").await.json();
    assert_eq!(later.as_array().unwrap().len(), 1);
    let stats = stage.get("/_sim/stats").await.json();
    assert_eq!(stats["operations"]["CreateToken"]["count"], 1);
    assert_eq!(stats["services"]["oidc"]["count"], 3);
}

#[tokio::test]
async fn no_secret_is_in_the_log() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    stage.visit(&device, Decision::Allow).await;
    let tokens = stage.poll(&client, &device).await.json();
    let token = tokens["accessToken"].as_str().unwrap();
    let credentials = stage.credentials(token).await;
    stage.refresh(&client, &tokens["refreshToken"]).await;
    Signer::of(&credentials).call(&stage, "Action=GetCallerIdentity").await;
    let session = json!({
        "sessionId": credentials["accessKeyId"],
        "sessionKey": credentials["secretAccessKey"],
        "sessionToken": credentials["sessionToken"],
    });
    let pairs = [("Action", "getSigninToken"), ("Session", &session.to_string())];
    let signin = stage.post_form("/federation", &pairs).await.json();
    let signin_token = signin["SigninToken"].as_str().unwrap();
    let query = crate::client::encode(&[
        ("Action", "login"),
        ("SigninToken", signin_token),
        ("Destination", "https://console.aws.amazon.com/"),
    ]);
    assert_eq!(stage.get(&format!("/federation?{query}")).await.status, 302);
    let log = stage.get("/_sim/requests").await.text;
    let secrets = [
        &client["clientSecret"],
        &device["deviceCode"],
        &device["userCode"],
        &tokens["accessToken"],
        &tokens["refreshToken"],
        &credentials["secretAccessKey"],
        &credentials["sessionToken"],
        &credentials["accessKeyId"],
        &signin["SigninToken"],
        &json!("Sunrise-Harbour-58"),
    ];
    for secret in secrets {
        assert!(!log.contains(secret.as_str().unwrap()), "{secret}");
    }
    for name in ["clientSecret", "deviceCode", "refreshToken", "password", "Session", "SigninToken"] {
        assert!(log.contains(&format!("\"{name}\":null")), "{name} is named without its value");
    }
    assert!(log.contains("\"grantType\":\"refresh_token\""));
}

#[tokio::test]
async fn faults_are_merged_over_http() {
    let stage = Stage::with_faults(&["latency=1"]).await;
    let faults = stage.get("/_sim/faults").await.json();
    assert_eq!(faults["latency"], 1);
    let answer = stage.post("/_sim/faults", &json!({ "html": true, "slow_down": 3 })).await;
    assert_eq!(answer.status, 200);
    assert_eq!(stage.simulator.faults(), sim::Faults::parse(&["latency=1", "html", "slow_down=3"]).unwrap());
    stage.post("/_sim/faults", &json!({ "html": null, "latency": null })).await;
    assert_eq!(stage.simulator.faults(), sim::Faults::parse(&["slow_down=3"]).unwrap());
    let unknown = stage.post("/_sim/faults", &json!({ "earthquake": 1 })).await;
    assert_eq!(unknown.status, 400);
    assert!(unknown.text.contains("earthquake"), "{unknown:?}");
}

#[tokio::test]
async fn approval_revocation_and_clock_over_http() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let post = async |path: String| stage.post(&path, &Value::Null).await.status;
    let code = |device: &Value| device["userCode"].as_str().unwrap().to_owned();

    let device = stage.authorize_device(&client).await;
    assert_eq!(post(format!("/_sim/approve?user_code={}", code(&device))).await, 200);
    let tokens = stage.poll(&client, &device).await.json();
    assert_eq!(post("/_sim/approve?user_code=AAAA-AAAA".to_owned()).await, 404);
    assert_eq!(post("/_sim/approve".to_owned()).await, 400);

    let device = stage.authorize_device(&client).await;
    assert_eq!(post(format!("/_sim/deny?user_code={}", code(&device))).await, 200);
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), error(400, "AccessDenied", "access_denied"));

    assert_eq!(post("/_sim/revoke".to_owned()).await, 200);
    let token = tokens["accessToken"].as_str().unwrap();
    assert_eq!(stage.portal("/assignment/accounts", token).await.status, 401);

    let before = stage.simulator.now_ms();
    assert_eq!(post("/_sim/clock?offset_seconds=500".to_owned()).await, 200);
    assert!(stage.simulator.now_ms() - before >= 499_000);
    assert_eq!(post("/_sim/clock?offset_seconds=soon".to_owned()).await, 400);
    assert_eq!(post("/_sim/nonsense".to_owned()).await, 404);
}

#[tokio::test]
async fn names_that_resolve_to_loopback_are_refused() {
    let stage = Stage::new().await;
    for path in ["/device", "/_sim/requests", "/assignment/accounts"] {
        let response = stage.http.get(stage.url(path)).header("host", "rebind.example").send().await.unwrap();
        assert_eq!(response.status(), 403, "{path}");
    }
    let request = stage.http.post(stage.url("/_sim/revoke")).header("origin", "https://evil.example");
    assert_eq!(request.send().await.unwrap().status(), 403, "no blind requests of the web either");
}

#[tokio::test]
async fn the_environment_is_complete_and_in_order() {
    let dir = std::env::temp_dir().join(format!("sim-rules-{}", std::process::id()));
    let stage = Stage::with(Options { data_dir: Some(dir.clone()), ..Options::default() }).await;
    let environment = stage.simulator.environment();
    let names: Vec<&str> = environment.iter().map(|(name, _)| *name).collect();
    let expected = [
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_STS",
        "ROLECALL_SIGNIN_URL",
        "ROLECALL_SIM_START_URL",
        "ROLECALL_SIM_REGION",
        "ROLECALL_SIM_USER",
        "ROLECALL_SIM_PASSWORD",
        "ROLECALL_SIM_TOTP",
        "ROLECALL_SIM_URL",
        "AWS_DATA_PATH",
    ];
    assert_eq!(names, expected);
    for service in ["sso/2019-06-10", "sso-oidc/2019-06-10", "sts/2011-06-15"] {
        let text = std::fs::read_to_string(dir.join(service).join("endpoint-rule-set-1.json")).unwrap();
        let rules: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(rules["rules"][0]["endpoint"]["url"], stage.simulator.url());
    }
    std::fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn an_observer_sees_each_request() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let observer = move |record: &sim::RequestRecord| log.lock().unwrap().push(record.operation.clone());
    let stage = Stage::with(Options { request_log: Some(Arc::new(observer)), ..Options::default() }).await;
    stage.register().await;
    stage.get("/_sim/stats").await;
    assert_eq!(*seen.lock().unwrap(), ["RegisterClient"]);
}

#[tokio::test]
async fn connections_are_kept_alive() {
    let stage = Stage::new().await;
    let address = stage.simulator.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    for _ in 0..2 {
        let request = format!("POST /token HTTP/1.1\r\nhost: {address}\r\ncontent-length: 2\r\n\r\n{{}}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut buffer = vec![0; 4096];
        let length = stream.read(&mut buffer).await.unwrap();
        let reply = String::from_utf8_lossy(&buffer[..length]).into_owned();
        assert!(reply.starts_with("HTTP/1.1 400"), "an error does not end the connection: {reply}");
    }
}

#[tokio::test]
async fn stopping() {
    let stage = Stage::new().await;
    let url = stage.url("/device");
    let port: u16 = stage.simulator.url().rsplit(':').next().unwrap().parse().unwrap();
    assert!(sim::serve(Options { port, ..Options::default() }).await.is_err(), "the port is taken");
    stage.simulator.shutdown().await;
    assert!(stage.http.get(&url).send().await.is_err());

    let stage = Stage::new().await;
    let url = stage.url("/device");
    drop(stage.simulator);
    for _ in 0..50 {
        if stage.http.get(&url).send().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("dropping does not stop it");
}

#[tokio::test]
async fn unknown_operations() {
    let stage = Stage::new().await;
    let answer = stage.post("/nonsense", &json!({})).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["__type"], "UnknownOperationException");
    assert_eq!(stage.simulator.requests().pop().unwrap().operation, "UnknownOperation");
}
