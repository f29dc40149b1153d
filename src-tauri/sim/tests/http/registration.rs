//! `RegisterClient` and the check of registrations.

use serde_json::{Value, json};

use crate::client::{START_URL, Stage, error, with_client};

fn callback_client() -> Value {
    json!({
        "clientName": "browser-client",
        "clientType": "public",
        "scopes": ["sso:account:access"],
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
    })
}

#[tokio::test]
async fn values_look_like_the_real_ones() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    assert_eq!(client["clientId"].as_str().unwrap().len(), 30);
    let secret = client["clientSecret"].as_str().unwrap();
    assert!((1000..2048).contains(&secret.len()) && secret.starts_with("eyJ"));
    let issued = client["clientIdIssuedAt"].as_i64().unwrap();
    assert!((stage.simulator.now_ms() / 1000 - issued).abs() <= 1, "epoch seconds");
    assert_eq!(client["clientSecretExpiresAt"].as_i64().unwrap() - issued, 90 * 86_400);
    assert_eq!(stage.post("/client/register", &callback_client()).await.status, 200);
}

#[tokio::test]
async fn each_bad_registration_has_its_error() {
    let stage = Stage::new().await;
    let cases = [
        ("clientName", json!(" "), error(400, "InvalidClientMetadata", "invalid_client_metadata")),
        ("clientType", json!("confidential"), error(400, "InvalidClientMetadata", "invalid_client_metadata")),
        ("clientType", Value::Null, error(400, "InvalidRequest", "invalid_request")),
        ("scopes", json!(["world:domination"]), error(400, "InvalidScope", "invalid_scope")),
        ("grantTypes", json!(["password"]), error(400, "UnsupportedGrantType", "unsupported_grant_type")),
        (
            "redirectUris",
            json!(["http://localhost/x"]),
            error(400, "InvalidRedirectUri", "invalid_redirect_uri"),
        ),
        (
            "redirectUris",
            json!(["https://example.com/"]),
            error(400, "InvalidRedirectUri", "invalid_redirect_uri"),
        ),
        ("redirectUris", json!([]), error(400, "InvalidRequest", "invalid_request")),
        ("issuerUrl", Value::Null, error(400, "InvalidRequest", "invalid_request")),
        (
            "issuerUrl",
            json!("https://other.awsapps.com/start"),
            error(400, "InvalidRequest", "invalid_request"),
        ),
    ];
    for (field, value, expected) in cases {
        let mut body = callback_client();
        body[field] = value;
        let answer = stage.post("/client/register", &body).await;
        assert_eq!(answer.oidc_error(), expected, "{field}: {body}");
    }
    let not_json = stage.http.post(stage.url("/client/register")).body("{").send().await.unwrap();
    assert_eq!(not_json.status(), 400);
}

#[tokio::test]
async fn a_client_is_checked_at_each_step() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let invalid = error(401, "InvalidClient", "invalid_client");
    let mut wrong = client.clone();
    wrong["clientSecret"] = json!("guess");
    let body = with_client(&wrong, json!({ "startUrl": START_URL }));
    assert_eq!(stage.post("/device_authorization", &body).await.oidc_error(), invalid);
    assert_eq!(stage.refresh(&wrong, &json!("x")).await.oidc_error(), invalid);
    wrong["clientId"] = json!("nobody");
    assert_eq!(stage.refresh(&wrong, &json!("x")).await.oidc_error(), invalid);

    stage.simulator.set_clock_offset(91 * 86_400);
    let body = with_client(&client, json!({ "startUrl": START_URL }));
    assert_eq!(
        stage.post("/device_authorization", &body).await.oidc_error(),
        invalid,
        "registration expired"
    );
}

#[tokio::test]
async fn a_client_is_held_to_its_grant_types() {
    let stage = Stage::new().await;
    let unauthorized = error(400, "UnauthorizedClient", "unauthorized_client");
    let browser = stage.post("/client/register", &callback_client()).await.json();
    let body = with_client(&browser, json!({ "startUrl": START_URL }));
    assert_eq!(stage.post("/device_authorization", &body).await.oidc_error(), unauthorized);
    let device = stage.register().await;
    let body =
        json!({ "grantType": "authorization_code", "code": "x", "redirectUri": "x", "codeVerifier": "x" });
    assert_eq!(stage.post("/token", &with_client(&device, body)).await.oidc_error(), unauthorized);
}
