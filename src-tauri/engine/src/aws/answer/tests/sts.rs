//! What STS can answer to AssumeRole.

use domain::chain::{Origin, Refusal, RoleArn, Step};
use domain::ids::ChainName;
use domain::vend::Credentials;

use super::*;
use crate::aws::sts::assume_role;

fn parent() -> Credentials {
    Credentials {
        access_key_id: "ASIAPARENT".into(),
        secret_access_key: Secret::new(SECRET),
        session_token: Secret::new("parent-session"),
        expires_at: Timestamp::MAX,
        obtained_at: Timestamp::MIN,
    }
}

fn step() -> Step {
    let role = RoleArn::parse("arn:aws:iam::222233334444:role/Deploy").unwrap();
    let mut step = Step::new(
        ChainName::parse("deploy").unwrap(),
        role,
        Origin::parse("corp/111122223333/Admin").unwrap(),
    );
    step.mfa_serial = Some("arn:aws:iam::111122223333:mfa/me".into());
    step
}

async fn told(said: &str) -> Result<Result<Credentials, Refusal>, Trouble> {
    let mut server = Server::that_says(said).await;
    let answer = assume_role(&server.aws(), &parent(), &step(), "me", None).await;
    assert_eq!(server.asked().len(), 1, "asked once: {answer:?}");
    answer
}

fn error(status: &str, code: &str) -> String {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{SECRET} &lt;was signed&gt;</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    );
    answer(status, "Content-Type: text/xml\r\n", &body)
}

#[tokio::test]
async fn each_refusal_is_known_by_its_code() {
    let said = || format!("{SECRET} <was signed>");
    for (status, code, refusal) in [
        ("403 Forbidden", "AccessDenied", Refusal::Denied(said())),
        ("403 Forbidden", "ExpiredToken", Refusal::Expired),
        ("400 Bad Request", "ExpiredTokenException", Refusal::Expired),
        ("403 Forbidden", "InvalidClientTokenId", Refusal::Unknown),
        ("403 Forbidden", "SignatureDoesNotMatch", Refusal::Signature),
        ("403 Forbidden", "RegionDisabledException", Refusal::RegionDisabled),
        ("400 Bad Request", "PackedPolicyTooLarge", Refusal::TooLarge),
        ("400 Bad Request", "ValidationError", Refusal::Invalid(said())),
        ("400 Bad Request", "InvalidParameterValue", Refusal::Invalid(said())),
    ] {
        assert_eq!(told(&error(status, code)).await, Ok(Err(refusal)), "{code}");
    }
    assert_eq!(told(&error("400 Bad Request", "Throttling")).await, Err(Trouble::Throttled(None)));
    let down = told(&error("503 Service Unavailable", "ServiceUnavailable")).await;
    assert!(matches!(down, Err(Trouble::Unavailable(_))), "{down:?}");
    let page = answer("403 Forbidden", "Content-Type: text/html\r\n", "<html>Proxy</html>");
    let page = told(&page).await;
    assert!(matches!(page, Err(Trouble::Unreadable(_))), "{page:?}");
}

#[tokio::test]
async fn the_text_of_a_wrong_signature_is_not_shown() {
    let Ok(Err(refusal)) = told(&error("403 Forbidden", "SignatureDoesNotMatch")).await else {
        panic!("refused")
    };
    let chain = domain::chain::resolve(vec![step()]).unwrap().remove(0);
    assert!(!format!("{refusal:?}{:?}", refusal.failure(&chain)).contains(SECRET));
}

#[tokio::test]
async fn a_code_goes_with_its_device_and_the_region_is_the_chains() {
    let body = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
        <AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>new</SecretAccessKey><SessionToken>token</SessionToken>\
        <Expiration>2026-11-24T10:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
    let mut server = Server::that_says(answer("200 OK", "Content-Type: text/xml\r\n", body)).await;
    let region = Region::parse("eu-north-1").unwrap();
    let aws = server.aws().in_region(Some(&region));
    let code = Secret::new("123456");
    let given = assume_role(&aws, &parent(), &step(), "me", Some(&code)).await.unwrap().unwrap();
    assert_eq!(
        (given.access_key_id.as_str(), given.expires_at.to_string().as_str()),
        ("ASIANEW", "2026-11-24T10:00:00Z")
    );
    let asked = server.asked().remove(0);
    assert!(asked.contains("TokenCode=123456") && asked.contains("SerialNumber=arn"), "{asked}");
    assert!(asked.contains("/eu-north-1/sts/aws4_request"), "{asked}");
    assert!(!asked.contains(SECRET), "it only signs");
    for absent in ["ExternalId", "Tags", "SourceIdentity", "DurationSeconds", "Policy"] {
        assert!(!asked.contains(absent), "{absent}: {asked}");
    }
}
