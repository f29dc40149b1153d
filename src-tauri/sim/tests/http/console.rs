//! Console federation.

use serde_json::{Value, json};
use sim::{Person, Visitor};

use crate::client::{Stage, encode};
use crate::signer::Signer;

const DESTINATION: &str = "https://eu-west-1.console.aws.amazon.com/ec2/v2/home?region=eu-west-1#Instances:";

async fn credentials(stage: &Stage) -> Value {
    let token = stage.access_token().await;
    stage.credentials(&token).await
}

fn session(credentials: &Value) -> String {
    json!({
        "sessionId": credentials["accessKeyId"],
        "sessionKey": credentials["secretAccessKey"],
        "sessionToken": credentials["sessionToken"],
    })
    .to_string()
}

async fn signin_token(stage: &Stage, session: &str, more: &[(&str, &str)]) -> Result<String, String> {
    let mut pairs = vec![("Action", "getSigninToken"), ("Session", session)];
    pairs.extend(more);
    let answer = stage.post_form("/federation", &pairs).await;
    match answer.status {
        200 => Ok(answer.json()["SigninToken"].as_str().unwrap().to_owned()),
        400 => {
            assert!(answer.header("content-type").starts_with("text/html"));
            Err(answer.text)
        }
        other => panic!("{other}: {}", answer.text),
    }
}

fn login_url(stage: &Stage, token: &str, destination: &str) -> String {
    let pairs = [
        ("Action", "login"),
        ("Issuer", "https://example.com"),
        ("Destination", destination),
        ("SigninToken", token),
    ];
    stage.url(&format!("/federation?{}", encode(&pairs)))
}

#[tokio::test]
async fn from_credentials_to_a_page_of_the_console() {
    let stage = Stage::new().await;
    let session = session(&credentials(&stage).await);
    let query = encode(&[("Action", "getSigninToken"), ("Session", &session)]);
    assert_eq!(stage.get(&format!("/federation?{query}")).await.status, 200, "GET works as well");
    let token = signin_token(&stage, &session, &[("SessionDuration", "43200")]).await.unwrap();
    let mut visitor = Visitor::new(Person::default());
    let page = visitor.open(&login_url(&stage, &token, DESTINATION)).await.unwrap();
    assert_eq!(page.status, 200);
    for part in [
        "Meadow Production",
        "111122223333",
        ">AdministratorAccess<",
        "alex.rivera",
        "eu-west-1",
        "/ec2/v2/home#Instances:",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let again = visitor.open(&login_url(&stage, &token, DESTINATION)).await.unwrap();
    assert_eq!(again.status, 400, "a token counts once");

    let logout = encode(&[("Action", "logout"), ("redirect_uri", &stage.url("/console"))]);
    let page = visitor.open(&stage.url(&format!("/oauth?{logout}"))).await.unwrap();
    assert_eq!(page.status, 401, "signed out");
}

#[tokio::test]
async fn bad_credentials_and_durations() {
    let stage = Stage::new().await;
    let credentials = credentials(&stage).await;
    let good = session(&credentials);
    let mut wrong = credentials.clone();
    wrong["secretAccessKey"] = json!("x".repeat(40));
    let mut unknown = credentials.clone();
    unknown["accessKeyId"] = json!("ASIA0000000000000000");
    for bad in [session(&wrong), session(&unknown), "{}".to_owned(), "x".to_owned()] {
        assert!(signin_token(&stage, &bad, &[]).await.unwrap_err().contains("valid temporary credentials"));
    }
    for bad in ["899", "43201", "x"] {
        assert!(signin_token(&stage, &good, &[("SessionDuration", bad)]).await.is_err(), "{bad}");
    }
    assert_eq!(stage.get("/federation").await.status, 400);
    assert_eq!(stage.get("/federation?Action=nonsense").await.status, 400);
    stage.simulator.set_clock_offset(3601);
    assert!(signin_token(&stage, &good, &[]).await.unwrap_err().contains("expired"));
}

#[tokio::test]
async fn chained_credentials_take_no_duration() {
    let stage = Stage::new().await;
    let signer = Signer::of(&credentials(&stage).await);
    let body = encode(&[
        ("Action", "AssumeRole"),
        ("RoleArn", "arn:aws:iam::444455556666:role/Deployer"),
        ("RoleSessionName", "tester"),
    ]);
    let text = signer.call(&stage, &body).await.text;
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>")).unwrap();
        rest.split_once("</").unwrap().0.to_owned()
    };
    let chained = session(&json!({
        "accessKeyId": element("AccessKeyId"),
        "secretAccessKey": element("SecretAccessKey"),
        "sessionToken": element("SessionToken"),
    }));
    let refused = signin_token(&stage, &chained, &[("SessionDuration", "900")]).await.unwrap_err();
    assert!(refused.contains("role chaining"), "{refused}");
    let token = signin_token(&stage, &chained, &[]).await.unwrap();
    let page = Visitor::new(Person::default()).open(&login_url(&stage, &token, DESTINATION)).await.unwrap();
    assert!(page.body.contains(">Deployer<") && page.body.contains("444455556666"), "{}", page.body);
}

#[tokio::test]
async fn links_expire_and_destinations_are_checked() {
    let stage = Stage::new().await;
    let session = session(&credentials(&stage).await);
    let token = signin_token(&stage, &session, &[]).await.unwrap();
    let open = async |url: String| stage.http.get(url).send().await.unwrap().status().as_u16();
    assert_eq!(open(login_url(&stage, &token, "https://evil.example/")).await, 400);
    assert_eq!(open(login_url(&stage, "made-up", DESTINATION)).await, 400);
    assert_eq!(open(login_url(&stage, &token, &stage.url("/anything"))).await, 302, "loopback is fine");
    let token = signin_token(&stage, &session, &[]).await.unwrap();
    stage.simulator.set_clock_offset(901);
    assert_eq!(open(login_url(&stage, &token, DESTINATION)).await, 400, "older than 15 minutes");
}

#[tokio::test]
async fn logout_goes_on_to_loopback_only() {
    let stage = Stage::new().await;
    let away = encode(&[("Action", "logout"), ("redirect_uri", "https://evil.example/")]);
    assert_eq!(stage.get(&format!("/oauth?{away}")).await.status, 400);
    let here = encode(&[("Action", "logout"), ("redirect_uri", "http://127.0.0.1:1/x")]);
    let answer = stage.get(&format!("/oauth?{here}")).await;
    assert_eq!((answer.status, answer.header("location")), (302, "http://127.0.0.1:1/x"));
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(stage.get("/oauth?Action=logout").await.status, 200);
    assert_eq!(stage.get("/oauth").await.status, 400);
}
