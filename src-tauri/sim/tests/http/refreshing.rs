//! Refresh tokens when something goes wrong, and the counts that tell how a client dealt with it.

use serde_json::{Value, json};

use crate::client::{Stage, error, with_client};

fn invalid_grant() -> (u16, String, String) {
    error(400, "InvalidGrant", "invalid_grant")
}

/// The counts: carried out, of rotated-out tokens, refused.
fn counts(stage: &Stage) -> (u64, u64, u64) {
    let stats = stage.simulator.stats();
    (stats.refreshes, stats.rotated_out_uses, stats.refused_refreshes)
}

/// A refresh whose reply may be lost.
async fn try_refresh(stage: &Stage, client: &Value, token: &Value) -> Option<u16> {
    let body = json!({ "grantType": "refresh_token", "refreshToken": token });
    let request = stage.http.post(stage.url("/token")).header("content-type", "application/json");
    let request = request.body(with_client(client, body).to_string());
    request.send().await.ok().map(|response| response.status().as_u16())
}

#[tokio::test]
async fn refreshes_are_counted() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let first = stage.log_in(&client).await;
    assert_eq!(counts(&stage), (0, 0, 0));
    let second = stage.refresh(&client, &first["refreshToken"]).await.json();
    assert_eq!(counts(&stage), (1, 0, 0));
    stage.refresh(&client, &first["refreshToken"]).await;
    assert_eq!(counts(&stage), (2, 1, 0), "within the grace");
    stage.simulator.set_clock_offset(31);
    stage.refresh(&client, &first["refreshToken"]).await;
    assert_eq!(counts(&stage), (2, 2, 1));
    stage.refresh(&client, &json!("made up")).await;
    assert_eq!(counts(&stage), (2, 2, 2));
    stage.set_faults(&["revoked_token"]);
    stage.refresh(&client, &second["refreshToken"]).await;
    assert_eq!(counts(&stage), (2, 2, 3));
    let stats = stage.get("/_sim/stats").await.json();
    assert_eq!(stats["refreshes"], 2);
    assert_eq!(stats["rotated_out_uses"], 2);
    assert_eq!(stats["refused_refreshes"], 3);
    assert_eq!(stats["live_logins"], 1);
}

#[tokio::test]
async fn logins_end_by_logout_and_by_time() {
    let stage = Stage::new().await;
    let tokens = [stage.access_token().await, stage.access_token().await];
    assert_eq!(stage.simulator.stats().live_logins, 2);
    let request = stage.http.post(stage.url("/logout")).header("x-amz-sso_bearer_token", &tokens[0]);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(stage.simulator.stats().live_logins, 1, "only the one whose token it was");
    assert_eq!(stage.portal("/assignment/accounts", &tokens[1]).await.status, 200);
    stage.simulator.set_clock_offset(8 * 3600 + 1);
    assert_eq!(stage.simulator.stats().live_logins, 0);
}

#[tokio::test]
async fn lost_reply() {
    let stage = Stage::with_faults(&["lost_reply=2"]).await;
    let client = stage.register().await;
    let first = stage.log_in(&client).await;
    let second = stage.refresh(&client, &first["refreshToken"]).await.json();
    assert_eq!(try_refresh(&stage, &client, &second["refreshToken"]).await, None, "no answer at all");
    assert_eq!(counts(&stage).0, 2, "it was carried out");
    let last = stage.simulator.requests().pop().unwrap();
    assert_eq!(last.exception.as_deref(), Some("(reply lost)"));
    let third = stage.refresh(&client, &second["refreshToken"]).await;
    assert_eq!(third.status, 200, "the old token has its grace");
    assert_eq!(counts(&stage), (3, 1, 0));
}

#[tokio::test]
async fn a_lost_reply_without_grace_ends_the_login() {
    let stage = Stage::with_faults(&["lost_reply=1", "short_tokens=60"]).await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    assert_eq!(try_refresh(&stage, &client, &tokens["refreshToken"]).await, None);
    let again = stage.refresh(&client, &tokens["refreshToken"]).await;
    assert_eq!(again.oidc_error(), invalid_grant(), "refusals do arrive");
}

#[tokio::test]
async fn refresh_without_rotation() {
    let stage = Stage::with_faults(&["refresh_without_rotation"]).await;
    let client = stage.register().await;
    let tokens = stage.log_in(&client).await;
    assert!(tokens["refreshToken"].is_string());
    for offset in [0, 3000, 6000] {
        stage.simulator.set_clock_offset(offset);
        let answer = stage.refresh(&client, &tokens["refreshToken"]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.json()["refreshToken"].is_null() && answer.json()["accessToken"].is_string());
    }
    assert_eq!(counts(&stage), (3, 0, 0));
}
