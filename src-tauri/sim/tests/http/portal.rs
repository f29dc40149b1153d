//! Lists, credentials, errors and the throttle of the portal.

use std::collections::HashSet;

use sim::{Options, Organisation};

use crate::client::{Stage, encode};

fn refused(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}

#[tokio::test]
async fn accounts_as_the_organisation_has_them() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    let answer = stage.portal("/assignment/accounts", &token).await.json();
    assert!(answer["nextToken"].is_null());
    let listed = answer["accountList"].as_array().unwrap();
    let expected = Organisation::Small.accounts();
    assert_eq!(listed.len(), expected.len());
    for (listed, expected) in listed.iter().zip(&expected) {
        assert_eq!(listed["accountId"], expected.id);
        assert_eq!(listed["accountName"], expected.name);
        assert_eq!(listed["emailAddress"].as_str(), expected.email.as_deref());
        let answer =
            stage.portal(&format!("/assignment/roles?account_id={}", expected.id), &token).await.json();
        let roles: Vec<&str> = answer["roleList"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| role["roleName"].as_str().unwrap())
            .collect();
        assert_eq!(roles, expected.roles);
    }
}

#[tokio::test]
async fn a_huge_list_comes_in_pages() {
    let stage = Stage::with(Options { organisation: Organisation::Huge, ..Options::default() }).await;
    stage.set_faults(&["throttle=100000"]);
    let token = stage.access_token().await;
    let first = stage.portal("/assignment/accounts", &token).await.json();
    assert_eq!(first["accountList"].as_array().unwrap().len(), 20, "the default");
    let mut ids = HashSet::new();
    let mut next = String::new();
    for page in 0..50 {
        let path = format!("/assignment/accounts?max_result=100{next}");
        let answer = stage.portal(&path, &token).await.json();
        for account in answer["accountList"].as_array().unwrap() {
            assert!(ids.insert(account["accountId"].as_str().unwrap().to_owned()), "no account twice");
        }
        match answer["nextToken"].as_str() {
            Some(token) => next = format!("&{}", encode(&[("next_token", token)])),
            None => assert_eq!(page, 49),
        }
    }
    assert_eq!(ids.len(), 5000);
}

#[tokio::test]
async fn page_parameters_are_checked() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    for bad in ["max_result=101", "max_result=0", "max_result=x", "next_token=x"] {
        let answer = stage.portal(&format!("/assignment/accounts?{bad}"), &token).await;
        assert_eq!(answer.portal_error(), refused(400, "InvalidRequestException"), "{bad}");
        assert!(!bad.starts_with("max") || answer.text.contains("1-100"), "{answer:?}");
    }
    let page = stage.portal("/assignment/accounts?max_result=2", &token).await.json();
    let foreign = encode(&[("next_token", page["nextToken"].as_str().unwrap())]);
    let answer = stage.portal(&format!("/assignment/roles?account_id=111122223333&{foreign}"), &token).await;
    assert_eq!(answer.portal_error(), refused(400, "InvalidRequestException"), "a token of another list");
}

#[tokio::test]
async fn tokens_are_checked() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    let unauthorized = refused(401, "UnauthorizedException");
    let paths = [
        "/assignment/accounts",
        "/assignment/roles?account_id=111122223333",
        "/federation/credentials?account_id=111122223333&role_name=Billing",
    ];
    for path in paths {
        assert_eq!(stage.portal(path, "made-up").await.portal_error(), unauthorized);
        assert_eq!(stage.get(path).await.portal_error(), unauthorized, "no header");
        let request = stage.http.get(stage.url(path)).header("authorization", format!("Bearer {token}"));
        assert_eq!(request.send().await.unwrap().status(), 401, "the wrong header");
    }
    let logout = stage.http.post(stage.url("/logout")).header("x-amz-sso_bearer_token", "made-up");
    assert_eq!(logout.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn accounts_and_roles_are_checked() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    let cases = [
        ("/assignment/roles", 400, "InvalidRequestException"),
        ("/assignment/roles?account_id=1234", 400, "InvalidRequestException"),
        ("/assignment/roles?account_id=999999999999", 404, "ResourceNotFoundException"),
        ("/federation/credentials?account_id=111122223333", 400, "InvalidRequestException"),
        ("/federation/credentials?role_name=Billing", 400, "InvalidRequestException"),
        ("/federation/credentials?role_name=Nobody&account_id=111122223333", 403, "ForbiddenException"),
        // A bare plus is a space in a query, as it is for the real service.
        (
            "/federation/credentials?role_name=Deploy+Rollback=Now,v2.1@eu-west&account_id=222233334444",
            403,
            "ForbiddenException",
        ),
    ];
    for (path, status, name) in cases {
        assert_eq!(stage.portal(path, &token).await.portal_error(), refused(status, name), "{path}");
    }
}

#[tokio::test]
async fn credentials_look_like_the_real_ones() {
    let stage = Stage::with(Options { role_seconds: 7200, ..Options::default() }).await;
    let token = stage.access_token().await;
    let role = encode(&[("account_id", "222233334444"), ("role_name", "Deploy+Rollback=Now,v2.1@eu-west")]);
    let answer = stage.portal(&format!("/federation/credentials?{role}"), &token).await;
    assert_eq!(answer.status, 200);
    let credentials = &answer.json()["roleCredentials"];
    let key_id = credentials["accessKeyId"].as_str().unwrap();
    assert!(key_id.starts_with("ASIA") && key_id.len() == 20);
    assert_eq!(credentials["secretAccessKey"].as_str().unwrap().len(), 40);
    assert!(credentials["sessionToken"].as_str().unwrap().len() > 1000);
    let left_ms = credentials["expiration"].as_i64().unwrap() - stage.simulator.now_ms();
    assert!((7_190_000..=7_200_000).contains(&left_ms), "milliseconds: {left_ms}");
}

#[tokio::test]
async fn more_than_twenty_a_second_are_refused() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    let mut refused = 0;
    for _ in 0..40 {
        let answer = stage.portal("/assignment/accounts", &token).await;
        if answer.status == 429 {
            assert_eq!(answer.portal_error().1, "TooManyRequestsException");
            refused += 1;
        }
    }
    assert!(refused > 0, "40 requests on loopback take less than a second");
    let stats = stage.simulator.stats();
    assert_eq!(stats.operations["ListAccounts"].count, 40);
    assert_eq!(stats.operations["ListAccounts"].throttled, refused);
    assert_eq!(stats.services["portal"].throttled, refused);
    assert!((21..=40).contains(&stats.services["portal"].max_per_second), "{stats:?}");
    assert_eq!(stats.services["oidc"].throttled, 0);
}
