//! The device flow.

use std::time::Duration;

use serde_json::json;
use sim::{Decision, Options};

use crate::client::{START_URL, Stage, error, with_client};

#[tokio::test]
async fn from_registration_to_token_through_the_pages() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    assert_eq!(device["deviceCode"].as_str().unwrap().len(), 86);
    assert_eq!(device["expiresIn"], 600);
    assert_eq!(device["interval"], 1);
    let code = device["userCode"].as_str().unwrap();
    assert_eq!(device["verificationUri"], stage.url("/device"));
    assert_eq!(device["verificationUriComplete"], stage.url(&format!("/device?user_code={code}")));
    let pending = error(400, "AuthorizationPending", "authorization_pending");
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), pending);
    assert_eq!(
        stage.poll(&client, &device).await.oidc_error(),
        pending,
        "a second poll at once, as the CLI does"
    );

    let page = stage.visit(&device, Decision::Allow).await;
    assert!(page.body.contains("Request approved"), "{}", page.body);
    let answer = stage.poll(&client, &device).await;
    assert_eq!(answer.status, 200);
    let tokens = answer.json();
    assert_eq!(tokens["tokenType"], "Bearer");
    assert_eq!(tokens["expiresIn"], 3600);
    assert!(tokens["refreshToken"].is_string());
    let grant = error(400, "InvalidGrant", "invalid_grant");
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), grant, "a code counts once");
}

#[tokio::test]
async fn haste_is_slowed_down() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    stage.poll(&client, &device).await;
    stage.poll(&client, &device).await;
    let slow = error(400, "SlowDown", "slow_down");
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), slow);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(stage.poll(&client, &device).await.oidc_error(), slow, "the interval is six seconds now");
}

#[tokio::test]
async fn denial_expiry_and_strangers() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let denied = stage.authorize_device(&client).await;
    let page = stage.visit(&denied, Decision::Deny).await;
    assert!(page.body.contains("Request denied"));
    assert_eq!(stage.poll(&client, &denied).await.oidc_error(), error(400, "AccessDenied", "access_denied"));

    let old = stage.authorize_device(&client).await;
    let stranger = stage.register().await;
    let grant = error(400, "InvalidGrant", "invalid_grant");
    assert_eq!(stage.poll(&stranger, &old).await.oidc_error(), grant);
    assert_eq!(stage.poll(&client, &json!({ "deviceCode": "unknown" })).await.oidc_error(), grant);
    stage.simulator.set_clock_offset(601);
    assert_eq!(stage.poll(&client, &old).await.oidc_error(), error(400, "ExpiredToken", "expired_token"));
    assert!(!stage.simulator.approve(old["userCode"].as_str().unwrap()), "too late to approve");
}

#[tokio::test]
async fn the_start_url_must_be_known() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let send = async |url: &str| {
        stage.post("/device_authorization", &with_client(&client, json!({ "startUrl": url }))).await
    };
    for same in [format!("{START_URL}/"), format!("{START_URL}/#/"), format!("{START_URL}#")] {
        assert_eq!(send(&same).await.status, 200, "{same}");
    }
    let other = send("https://d-0000000000.awsapps.com/start").await;
    assert_eq!(other.oidc_error(), error(400, "InvalidRequest", "invalid_request"));
    let missing = stage.post("/device_authorization", &with_client(&client, json!({}))).await;
    assert_eq!(missing.oidc_error(), error(400, "InvalidRequest", "invalid_request"));
}

#[tokio::test]
async fn bad_token_requests() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let send = async |body| stage.post("/token", &with_client(&client, body)).await.oidc_error();
    let request = error(400, "InvalidRequest", "invalid_request");
    assert_eq!(send(json!({})).await, request);
    assert_eq!(send(json!({ "grantType": crate::client::DEVICE_GRANT })).await, request);
    assert_eq!(send(json!({ "grantType": "refresh_token" })).await, request);
    let unsupported = error(400, "UnsupportedGrantType", "unsupported_grant_type");
    assert_eq!(send(json!({ "grantType": "password" })).await, unsupported);
    let scope = json!({ "grantType": "refresh_token", "refreshToken": "x", "scope": ["nonsense"] });
    assert_eq!(send(scope).await, error(400, "InvalidScope", "invalid_scope"));
}

#[tokio::test]
async fn a_scripted_person_approves_over_http() {
    let options = Options { approve_after: Some(Duration::from_millis(20)), ..Options::default() };
    let stage = Stage::with(options).await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    let approved =
        || stage.simulator.requests().iter().filter(|record| record.operation == "SigninForm").count() == 5;
    for _ in 0..500 {
        if approved() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(approved(), "user, password, one-time code, comparison and consent were posted");
    assert_eq!(stage.poll(&client, &device).await.status, 200);
}

#[tokio::test]
async fn the_scripted_person_leaves_an_opened_page_alone() {
    let options = Options { approve_after: Some(Duration::from_millis(400)), ..Options::default() };
    let stage = Stage::with(options).await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    let path = format!("/device?user_code={}", device["userCode"].as_str().unwrap());
    assert_eq!(stage.get(&path).await.status, 200);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(stage.simulator.requests().iter().all(|record| record.operation != "SigninForm"));
}
