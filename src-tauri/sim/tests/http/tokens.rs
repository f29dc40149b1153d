//! Lifetimes, rotation, revocation.

use serde_json::json;
use sim::Options;

use crate::client::{Stage, error};

const INVALID_GRANT: (u16, &str, &str) = (400, "InvalidGrant", "invalid_grant");

fn invalid_grant() -> (u16, String, String) {
    error(INVALID_GRANT.0, INVALID_GRANT.1, INVALID_GRANT.2)
}

#[tokio::test]
async fn without_scopes_no_refresh_and_a_long_token() {
    let stage = Stage::new().await;
    let client = stage.register_with(&[]).await;
    let tokens = stage.log_in(&client).await;
    assert!(tokens["refreshToken"].is_null());
    let lifetime = tokens["expiresIn"].as_i64().unwrap();
    assert!((28_790..=28_800).contains(&lifetime), "what is left of the portal session: {lifetime}");
}

#[tokio::test]
async fn refresh_tokens_rotate_with_a_grace() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let first = stage.log_in(&client).await;
    let second = stage.refresh(&client, &first["refreshToken"]).await;
    assert_eq!(second.status, 200);
    let second = second.json();
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    assert_ne!(second["accessToken"], first["accessToken"]);
    assert_eq!(stage.refresh(&client, &first["refreshToken"]).await.status, 200, "within the grace");
    stage.simulator.set_clock_offset(31);
    assert_eq!(stage.refresh(&client, &first["refreshToken"]).await.oidc_error(), invalid_grant());
    assert_eq!(stage.refresh(&client, &second["refreshToken"]).await.status, 200);
    let stranger = stage.register().await;
    assert_eq!(stage.refresh(&stranger, &second["refreshToken"]).await.oidc_error(), invalid_grant());
    assert_eq!(stage.refresh(&client, &json!("made up")).await.oidc_error(), invalid_grant());
}

#[tokio::test]
async fn refreshing_ends_with_the_portal_session() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    stage.simulator.set_clock_offset(8 * 3600 - 600);
    let late = stage.refresh(&client, &tokens["refreshToken"]).await;
    assert_eq!(late.status, 200);
    assert!(late.json()["expiresIn"].as_i64().unwrap() <= 600, "no token outlives the session");
    stage.simulator.set_clock_offset(8 * 3600 + 1);
    let over = stage.refresh(&client, &late.json()["refreshToken"]).await;
    assert_eq!(over.oidc_error(), invalid_grant());
}

#[tokio::test]
async fn an_access_token_expires() {
    let stage = Stage::with(Options { token_seconds: 60, ..Options::default() }).await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    assert_eq!(tokens["expiresIn"], 60);
    let token = tokens["accessToken"].as_str().unwrap();
    assert_eq!(stage.portal("/assignment/accounts", token).await.status, 200);
    stage.simulator.set_clock_offset(61);
    let answer = stage.portal("/assignment/accounts", token).await;
    assert_eq!(answer.portal_error(), (401, "UnauthorizedException".to_owned()));
    assert_eq!(stage.refresh(&client, &tokens["refreshToken"]).await.status, 200);
}

#[tokio::test]
async fn logout_kills_both_tokens_but_not_role_credentials() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    let token = tokens["accessToken"].as_str().unwrap();
    let credentials = stage.credentials(token).await;
    let request = stage.http.post(stage.url("/logout")).header("x-amz-sso_bearer_token", token);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.bytes().await.unwrap().len(), 0);
    assert_eq!(stage.portal("/assignment/accounts", token).await.status, 401);
    assert_eq!(stage.refresh(&client, &tokens["refreshToken"]).await.oidc_error(), invalid_grant());
    let identity = crate::signer::Signer::of(&credentials).call(&stage, "Action=GetCallerIdentity").await;
    assert_eq!(identity.status, 200);
}

#[tokio::test]
async fn an_administrator_ends_sessions() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    stage.simulator.revoke_sessions();
    let token = tokens["accessToken"].as_str().unwrap();
    assert_eq!(stage.portal("/assignment/accounts", token).await.status, 401);
    assert_eq!(stage.refresh(&client, &tokens["refreshToken"]).await.oidc_error(), invalid_grant());
    stage.log_in(&client).await;
}
