//! Each fault as a client meets it.

use std::time::{Duration, Instant};

use serde_json::json;
use sim::Decision;

use crate::client::{START_URL, Stage, error, with_client};

const LIST: &str = "/assignment/accounts";

#[tokio::test]
async fn latency() {
    let stage = Stage::with_faults(&["latency=400"]).await;
    let started = Instant::now();
    stage.register().await;
    assert!(started.elapsed() >= Duration::from_millis(400));
    let started = Instant::now();
    stage.get("/device").await;
    assert!(started.elapsed() < Duration::from_millis(400), "pages are not slowed");
}

#[tokio::test]
async fn throttle() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    stage.set_faults(&["throttle=0"]);
    assert_eq!(stage.portal(LIST, &token).await.portal_error(), (429, "TooManyRequestsException".to_owned()));
    stage.register().await;
}

#[tokio::test]
async fn server_error() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    stage.set_faults(&["server_error=0.5"]);
    let mut failed = 0;
    for _ in 0..10 {
        failed += i32::from(stage.portal(LIST, &token).await.status == 503);
    }
    assert_eq!(failed, 5);
    stage.set_faults(&["server_error=1"]);
    let answer = stage.post("/client/register", &json!({})).await;
    assert_eq!(answer.oidc_error(), error(500, "InternalServer", "server_error"));
    let answer = stage.post_form("/", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("<Code>ServiceUnavailable</Code>"));
    assert_eq!(stage.get("/device").await.status, 200, "pages go on");
}

#[tokio::test]
async fn reset() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    stage.set_faults(&["reset=1"]);
    let request = stage.http.get(stage.url(LIST)).header("x-amz-sso_bearer_token", &token);
    let broken = match request.send().await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken, "the reply does not come to its end");
    let last = stage.simulator.requests().pop().unwrap();
    assert_eq!(last.exception.as_deref(), Some("(connection reset)"));
    stage.set_faults(&[]);
    assert_eq!(stage.portal(LIST, &token).await.status, 200);
}

#[tokio::test]
async fn denied() {
    let stage = Stage::with_faults(&["denied"]).await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    stage.visit(&device, Decision::Allow).await;
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), error(400, "AccessDenied", "access_denied"));
}

#[tokio::test]
async fn expired_code() {
    let stage = Stage::with_faults(&["expired_code"]).await;
    let client = stage.register().await;
    let expired = error(400, "ExpiredToken", "expired_token");
    let device = stage.authorize_device(&client).await;
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), expired);
    stage.set_faults(&["expired_code=30"]);
    let device = stage.authorize_device(&client).await;
    assert_eq!(stage.poll(&client, &device).await.oidc_error().2, "authorization_pending");
    stage.simulator.set_clock_offset(31);
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), expired);
}

#[tokio::test]
async fn slow_down() {
    let stage = Stage::with_faults(&["slow_down=2"]).await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    assert_eq!(stage.poll(&client, &device).await.oidc_error().2, "authorization_pending");
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), error(400, "SlowDown", "slow_down"));
    stage.simulator.approve(device["userCode"].as_str().unwrap());
    assert_eq!(stage.poll(&client, &device).await.status, 200);
}

#[tokio::test]
async fn revoked_token() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    stage.set_faults(&["revoked_token"]);
    let token = tokens["accessToken"].as_str().unwrap();
    assert_eq!(stage.portal(LIST, token).await.portal_error(), (401, "UnauthorizedException".to_owned()));
    let refused = stage.refresh(&client, &tokens["refreshToken"]).await;
    assert_eq!(refused.oidc_error(), error(400, "InvalidGrant", "invalid_grant"));
}

#[tokio::test]
async fn short_tokens() {
    let stage = Stage::with_faults(&["short_tokens=5"]).await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    assert_eq!(tokens["expiresIn"], 5);
    assert_eq!(stage.refresh(&client, &tokens["refreshToken"]).await.status, 200);
    let reused = stage.refresh(&client, &tokens["refreshToken"]).await;
    assert_eq!(reused.oidc_error(), error(400, "InvalidGrant", "invalid_grant"), "no grace");
}

#[tokio::test]
async fn no_refresh_token() {
    let stage = Stage::with_faults(&["no_refresh_token"]).await;
    let client = stage.register().await;
    assert!(stage.log_in(&client).await["refreshToken"].is_null());
}

#[tokio::test]
async fn empty_pages() {
    let stage = Stage::with_faults(&["empty_pages"]).await;
    let token = stage.access_token().await;
    let mut sizes = Vec::new();
    let mut path = format!("{LIST}?max_result=4");
    loop {
        let page = stage.portal(&path, &token).await.json();
        sizes.push(page["accountList"].as_array().unwrap().len());
        let Some(next) = page["nextToken"].as_str() else { break };
        path = format!("{LIST}?max_result=4&next_token={next}");
    }
    assert_eq!(sizes, [0, 4, 0, 3]);
}

#[tokio::test]
async fn forbidden_account() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    let roles = "/assignment/roles?account_id=111122223333";
    let credentials = "/federation/credentials?account_id=111122223333&role_name=Billing";
    for fault in ["forbidden_account", "forbidden_account=111122223333"] {
        stage.set_faults(&[fault]);
        for path in [roles, credentials] {
            assert_eq!(
                stage.portal(path, &token).await.portal_error(),
                (403, "ForbiddenException".to_owned())
            );
        }
        assert_eq!(stage.portal("/assignment/roles?account_id=001234567890", &token).await.status, 200);
    }
    stage.set_faults(&["forbidden_account=001234567890"]);
    assert_eq!(stage.portal(roles, &token).await.status, 200);
}

#[tokio::test]
async fn clock_skew() {
    let stage = Stage::new().await;
    let real = stage.simulator.now_ms();
    stage.set_faults(&["clock_skew=-7200"]);
    let client = stage.register().await;
    let issued = client["clientIdIssuedAt"].as_i64().unwrap();
    assert!((real / 1000 - 7200 - issued).abs() <= 2);
    let date = stage.get("/device").await.header("date").to_owned();
    let shown = jiff::fmt::rfc2822::parse(&date.replace("GMT", "+0000")).unwrap().timestamp().as_second();
    assert!((shown - issued).abs() <= 2, "{date}");
}

#[tokio::test]
async fn unregistered_strikes_once() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    stage.set_faults(&["unregistered"]);
    let body = with_client(&client, json!({ "startUrl": START_URL }));
    let refused = stage.post("/device_authorization", &body).await;
    assert_eq!(refused.oidc_error(), error(401, "InvalidClient", "invalid_client"));
    assert!(!stage.simulator.faults().unregistered);
    let again = stage.register().await;
    stage.authorize_device(&again).await;
}

#[tokio::test]
async fn html() {
    let stage = Stage::with_faults(&["html"]).await;
    for answer in [
        stage.post("/client/register", &json!({})).await,
        stage.portal(LIST, "x").await,
        stage.post_form("/", &[("Action", "GetCallerIdentity")]).await,
        stage.post_form("/federation", &[("Action", "getSigninToken")]).await,
    ] {
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(answer.text.contains("Guest Wi-Fi"));
    }
}

#[tokio::test]
async fn device_blocked() {
    let stage = Stage::with_faults(&["device_blocked"]).await;
    let client = stage.register().await;
    let body = with_client(&client, json!({ "startUrl": START_URL }));
    let refused = stage.post("/device_authorization", &body).await;
    assert_eq!(refused.oidc_error(), error(400, "UnauthorizedClient", "unauthorized_client"));
    assert_eq!(stage.post("/client/register", &browser_client()).await.status, 200);
}

#[tokio::test]
async fn pkce_blocked() {
    let stage = Stage::with_faults(&["pkce_blocked"]).await;
    let refused = stage.post("/client/register", &browser_client()).await;
    assert_eq!(refused.oidc_error(), error(400, "UnauthorizedClient", "unauthorized_client"));
    stage.access_token().await;
}

fn browser_client() -> serde_json::Value {
    json!({
        "clientName": "browser-client",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
    })
}
