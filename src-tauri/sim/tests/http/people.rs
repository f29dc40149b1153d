//! Several people on one portal.

use sim::{Decision, Options, Organisation, Person, Visitor};

use crate::client::{Stage, encode};
use crate::signer::Signer;

fn sam() -> Person {
    Person {
        user: "sam.okafor".to_owned(),
        password: "Quiet-Orchard-12".to_owned(),
        totp_secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned(),
    }
}

async fn stage() -> Stage {
    Stage::with(Options { others: vec![sam()], ..Options::default() }).await
}

async fn ids(stage: &Stage, token: &str) -> Vec<String> {
    let list = stage.portal("/assignment/accounts", token).await.json();
    let list = list["accountList"].as_array().unwrap();
    list.iter().map(|account| account["accountId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_signs_in_and_sees_their_own_accounts() {
    let stage = stage().await;
    let all: Vec<String> = Organisation::Small.accounts().into_iter().map(|account| account.id).collect();
    for (person, expected) in
        [(Person::default(), all.clone()), (sam(), all.iter().step_by(2).cloned().collect::<Vec<_>>())]
    {
        let client = stage.register().await;
        let device = stage.authorize_device(&client).await;
        let url = device["verificationUriComplete"].as_str().unwrap();
        let page = Visitor::new(person.clone()).visit(url, Decision::Allow).await.unwrap();
        assert!(page.body.contains("Request approved"), "{}", page.body);
        let token = stage.poll(&client, &device).await.json()["accessToken"].as_str().unwrap().to_owned();
        assert_eq!(ids(&stage, &token).await, expected);
        let identity =
            Signer::of(&stage.credentials(&token).await).call(&stage, "Action=GetCallerIdentity").await;
        assert!(identity.text.contains(&format!("/{}</Arn>", person.user)), "{identity:?}");
    }
}

#[tokio::test]
async fn what_the_other_may_not_see_is_forbidden() {
    let stage = stage().await;
    let token = stage.access_token_of("sam.okafor").await;
    for (id, status) in [("111122223333", 200), ("222233334444", 403), ("999999999999", 404)] {
        let answer = stage.portal(&format!("/assignment/roles?account_id={id}"), &token).await;
        assert_eq!(answer.status, status, "{id}");
    }
    let role = encode(&[("account_id", "222233334444"), ("role_name", "AdministratorAccess")]);
    let answer = stage.portal(&format!("/federation/credentials?{role}"), &token).await;
    assert_eq!(answer.portal_error(), (403, "ForbiddenException".to_owned()));
}

#[tokio::test]
async fn passwords_and_codes_are_not_shared() {
    let stage = stage().await;
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    let mixed = Person { password: Person::default().password, ..sam() };
    let url = device["verificationUriComplete"].as_str().unwrap();
    assert!(Visitor::new(mixed).visit(url, Decision::Allow).await.is_err(), "another's password");
    assert_ne!(stage.simulator.one_time_code_of("sam.okafor"), stage.simulator.one_time_code());
    assert_eq!(stage.simulator.one_time_code_of("nobody"), None);
    let mixed = Person { totp_secret: Person::default().totp_secret, ..sam() };
    assert!(Visitor::new(mixed).visit(url, Decision::Allow).await.is_err(), "another's authenticator");
}

#[tokio::test]
async fn the_session_of_one_can_be_ended() {
    let stage = stage().await;
    let alex = stage.access_token().await;
    let sam = stage.access_token_of("sam.okafor").await;
    assert_eq!(stage.simulator.stats().live_logins, 2);
    assert!(!stage.simulator.end_session("nobody"));
    assert!(stage.simulator.end_session("sam.okafor"));
    assert_eq!(stage.portal("/assignment/accounts", &sam).await.status, 401);
    assert_eq!(stage.portal("/assignment/accounts", &alex).await.status, 200);
    assert_eq!(stage.simulator.stats().live_logins, 1);
    let revoke = async |query: &str| stage.post(&format!("/_sim/revoke{query}"), &"".into()).await.status;
    assert_eq!(revoke("?user=nobody").await, 404);
    assert_eq!(revoke("?user=alex.rivera").await, 200);
    assert_eq!(stage.portal("/assignment/accounts", &alex).await.status, 401);
}

#[tokio::test]
async fn consent_does_not_outlive_the_session() {
    let stage = stage().await;
    let client = stage.register().await;
    let mut visitor = Visitor::new(Person::default());
    let first = stage.authorize_device(&client).await;
    visitor.visit(first["verificationUriComplete"].as_str().unwrap(), Decision::Allow).await.unwrap();
    let second = stage.authorize_device(&client).await;
    let page = visitor.open(second["verificationUriComplete"].as_str().unwrap()).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    assert!(page.body.contains("Confirm this code matches"), "{}", page.body);
    stage.simulator.end_session("sam.okafor");
    let page = visitor.submit(&page, &[("decision", "confirm")]).await.unwrap();
    assert!(page.body.contains("Allow test-client"), "another's session: {}", page.body);
    stage.simulator.end_session("alex.rivera");
    let page = visitor.submit(&page, &[("decision", "allow")]).await.unwrap();
    assert!(page.body.contains("Sign-in not found"), "{}", page.body);
    assert_eq!(stage.poll(&client, &second).await.oidc_error().2, "authorization_pending");
}
