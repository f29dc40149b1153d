//! STS with real signatures.

use serde_json::{Value, json};
use sim::{MfaDevice, Options, Trust};

use crate::client::{Answer, Stage, encode};
use crate::signer::Signer;

const IDENTITY: &str = "Action=GetCallerIdentity";
const ROLE: &str = "arn:aws:iam::444455556666:role/ops/Deployer";

async fn signed_in(stage: &Stage) -> Signer {
    let token = stage.access_token().await;
    Signer::of(&stage.credentials(&token).await)
}

fn element(answer: &Answer, name: &str) -> String {
    let (_, rest) =
        answer.text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name}: {answer:?}"));
    rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
}

fn refusal(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("content-type"), "text/xml");
    assert!(answer.text.contains("xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""));
    assert!(["Sender", "Receiver"].contains(&element(answer, "Type").as_str()));
    let (_, after_error) = answer.text.split_once("</Error>").unwrap();
    assert!(after_error.contains("<RequestId>"), "outside of the error");
    (answer.status, element(answer, "Code"))
}

fn assume(pairs: &[(&str, &str)]) -> String {
    let mut all = vec![("Action", "AssumeRole")];
    for default in [("RoleArn", ROLE), ("RoleSessionName", "tester")] {
        if !pairs.iter().any(|(name, _)| *name == default.0) {
            all.push(default);
        }
    }
    all.extend(pairs);
    encode(&all)
}

#[tokio::test]
async fn the_caller_is_named() {
    let stage = Stage::new().await;
    let answer = signed_in(&stage).await.call(&stage, IDENTITY).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let arn = element(&answer, "Arn");
    let start = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_";
    let (hex, user) = arn.strip_prefix(start).unwrap().split_once('/').unwrap();
    assert!(hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(user, "alex.rivera");
    assert_eq!(element(&answer, "Account"), "111122223333");
    assert!(element(&answer, "UserId").starts_with("AROA"));
    assert!(element(&answer, "UserId").ends_with(":alex.rivera"));
}

#[tokio::test]
async fn each_flaw_of_a_signature_has_its_error() {
    let stage = Stage::new().await;
    let good = signed_in(&stage).await;
    let spoilt = |spoil: fn(&mut Signer)| {
        let mut signer = Signer::new(good.key_id.clone(), good.secret.clone(), good.token.clone());
        spoil(&mut signer);
        signer
    };
    let cases = [
        (spoilt(|s| s.secret.replace_range(..1, "!")), "SignatureDoesNotMatch"),
        (spoilt(|s| s.service = "s3"), "SignatureDoesNotMatch"),
        (spoilt(|s| s.sign_token = false), "SignatureDoesNotMatch"),
        (spoilt(|s| s.ahead = -301), "SignatureDoesNotMatch"),
        (spoilt(|s| s.ahead = 301), "SignatureDoesNotMatch"),
        (spoilt(|s| s.key_id.replace_range(4..8, "0000")), "InvalidClientTokenId"),
        (spoilt(|s| s.token.push('x')), "InvalidClientTokenId"),
    ];
    for (index, (signer, code)) in cases.iter().enumerate() {
        let answer = signer.call(&stage, IDENTITY).await;
        assert_eq!(refusal(&answer), (403, (*code).to_owned()), "case {index}");
        if signer.ahead != 0 {
            assert!(answer.text.contains("5 min.)"), "the text shows the times: {answer:?}");
        }
    }
    let unsigned = stage.post_form("/", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(refusal(&unsigned), (403, "MissingAuthenticationToken".to_owned()));
    assert_eq!(refusal(&good.call(&stage, "Action=Nonsense").await), (400, "InvalidAction".to_owned()));
    stage.simulator.set_clock_offset(3601);
    assert_eq!(refusal(&good.call(&stage, IDENTITY).await), (403, "ExpiredToken".to_owned()));
}

#[tokio::test]
async fn an_assumed_role_can_be_used_in_turn() {
    let stage = Stage::new().await;
    let caller = signed_in(&stage).await;
    let answer =
        caller.call(&stage, &assume(&[("DurationSeconds", "900"), ("SourceIdentity", "alex")])).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(element(&answer, "SourceIdentity"), "alex");
    assert!(element(&answer, "Expiration").ends_with('Z'));
    assert!(element(&answer, "AssumedRoleId").ends_with(":tester"));
    let chained = Signer::new(
        element(&answer, "AccessKeyId"),
        element(&answer, "SecretAccessKey"),
        element(&answer, "SessionToken"),
    );
    let identity = chained.call(&stage, IDENTITY).await;
    assert_eq!(element(&identity, "Arn"), "arn:aws:sts::444455556666:assumed-role/Deployer/tester");
    stage.simulator.set_clock_offset(901);
    assert_eq!(refusal(&chained.call(&stage, IDENTITY).await).1, "ExpiredToken");
}

/// Parameters, and the refusal that they meet.
type Case<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

#[tokio::test]
async fn limits_of_assuming_a_role() {
    let stage = Stage::new().await;
    let caller = signed_in(&stage).await;
    let long = "x".repeat(65);
    let cases: [Case<'_>; 19] = [
        (&[("DurationSeconds", "3601")], 400, "ValidationError"),
        (&[("DurationSeconds", "899")], 400, "ValidationError"),
        (&[("DurationSeconds", "43201")], 400, "ValidationError"),
        (&[("DurationSeconds", "x")], 400, "ValidationError"),
        (&[("RoleSessionName", "x")], 400, "ValidationError"),
        (&[("RoleSessionName", &long)], 400, "ValidationError"),
        (&[("RoleSessionName", "a b")], 400, "ValidationError"),
        (&[("RoleArn", "arn:aws:iam::444455556666:user/x")], 400, "ValidationError"),
        (&[("ExternalId", "!")], 400, "ValidationError"),
        (&[("RoleArn", "arn:aws:iam::999999999999:role/Deployer")], 403, "AccessDenied"),
        (
            &[("RoleArn", "arn:aws:iam::444455556666:role/AWSReservedSSO_x_0123456789abcdef")],
            403,
            "AccessDenied",
        ),
        (&[("SerialNumber", "arn:aws:iam::1:mfa/x"), ("TokenCode", "123456")], 403, "AccessDenied"),
        (&[("SerialNumber", "x"), ("TokenCode", "123456")], 400, "ValidationError"),
        (&[("TokenCode", "12345a")], 400, "ValidationError"),
        (&[("Tags.member.1.Key", "aws:x"), ("Tags.member.1.Value", "y")], 400, "ValidationError"),
        (&[("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "<")], 400, "ValidationError"),
        (&[("TransitiveTagKeys.member.1", "a")], 400, "ValidationError"),
        (
            &[
                ("Tags.member.1.Key", "a"),
                ("Tags.member.1.Value", "1"),
                ("Tags.member.2.Key", "A"),
                ("Tags.member.2.Value", "2"),
            ],
            400,
            "InvalidParameterValue",
        ),
        (&[("SourceIdentity", "a b")], 400, "ValidationError"),
    ];
    for (pairs, status, code) in cases {
        let answer = caller.call(&stage, &assume(pairs)).await;
        assert_eq!(refusal(&answer), (status, code.to_owned()), "{pairs:?}");
    }
    let chained = caller.call(&stage, &assume(&[("DurationSeconds", "3601")])).await;
    assert!(element(&chained, "Message").contains("1 hour session limit for roles assumed by role chaining"));
    assert_eq!(caller.call(&stage, &assume(&[("ExternalId", "a:b/c")])).await.status, 200);
    let missing = caller.call(&stage, "Action=AssumeRole").await;
    assert_eq!(refusal(&missing), (400, "ValidationError".to_owned()));
}

fn signer_of(answer: &Answer) -> Signer {
    assert_eq!(answer.status, 200, "{answer:?}");
    Signer::new(
        element(answer, "AccessKeyId"),
        element(answer, "SecretAccessKey"),
        element(answer, "SessionToken"),
    )
}

#[tokio::test]
async fn trust_policies_ask_for_what_they_were_told_to() {
    let stage = Stage::new().await;
    let caller = signed_in(&stage).await;
    let trust = Trust { account_id: "444455556666".into(), role: "Deployer".into(), ..Trust::default() };
    let with = |change: fn(&mut Trust)| {
        let mut trust = trust.clone();
        change(&mut trust);
        stage.simulator.trust(trust);
    };
    let says = async |pairs: &[(&str, &str)]| caller.call(&stage, &assume(pairs)).await;
    with(|trust| trust.external_id = Some("x-1".into()));
    for wrong in [&[][..], &[("ExternalId", "x-2")]] {
        let answer = says(wrong).await;
        assert_eq!(refusal(&answer), (403, "AccessDenied".to_owned()));
        assert!(
            element(&answer, "Message").contains("not authorized to perform: sts:AssumeRole on resource")
        );
    }
    assert_eq!(says(&[("ExternalId", "x-1")]).await.status, 200);
    with(|trust| trust.principals = Some(vec!["111122223333/Billing".into()]));
    assert_eq!(says(&[]).await.status, 403);
    with(|trust| trust.principals = Some(vec!["111122223333/AdministratorAccess".into()]));
    assert_eq!(says(&[]).await.status, 200);
    with(|trust| trust.denies_tags = true);
    let tagged = says(&[("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "x")]).await;
    assert!(element(&tagged, "Message").contains("sts:TagSession"), "{tagged:?}");
    with(|trust| trust.denies_source_identity = true);
    assert!(element(&says(&[("SourceIdentity", "alex")]).await, "Message").contains("sts:SetSourceIdentity"));
    assert_eq!(says(&[]).await.status, 200);
}

#[tokio::test]
async fn a_device_lets_each_of_its_codes_in_once() {
    let stage = Stage::new().await;
    let caller = signed_in(&stage).await;
    let serial = "arn:aws:iam::111122223333:mfa/alex";
    let device = MfaDevice { serial: serial.into(), totp_secret: Options::default().person.totp_secret };
    let mfa = Some(device);
    let trust = Trust { account_id: "444455556666".into(), role: "Deployer".into(), mfa, ..Trust::default() };
    stage.simulator.trust(trust);
    let code = stage.simulator.one_time_code().unwrap();
    assert_eq!(refusal(&caller.call(&stage, &assume(&[])).await), (403, "AccessDenied".to_owned()));
    let with = [("SerialNumber", serial), ("TokenCode", &code)];
    assert_eq!(caller.call(&stage, &assume(&with)).await.status, 200);
    let again = caller.call(&stage, &assume(&with)).await;
    assert!(element(&again, "Message").contains("invalid MFA one time pass code"), "{again:?}");
}

#[tokio::test]
async fn identity_and_transitive_tags_go_on_through_a_chain() {
    let stage = Stage::new().await;
    let first = signed_in(&stage).await;
    let tags = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "payments"),
        ("Tags.member.2.Key", "cost"),
        ("Tags.member.2.Value", "1"),
        ("TransitiveTagKeys.member.1", "team"),
        ("SourceIdentity", "alex"),
    ];
    let answer = first.call(&stage, &assume(&tags)).await;
    assert!(element(&answer, "PackedPolicySize").parse::<u32>().unwrap() >= 1);
    let second = signer_of(&answer);
    let on = second.call(&stage, &assume(&tags[2..4])).await;
    assert_eq!(element(&on, "SourceIdentity"), "alex", "it stays");
    let refused = second.call(&stage, &assume(&tags[..2])).await;
    assert_eq!(
        refusal(&refused),
        (400, "InvalidParameterValue".to_owned()),
        "a transitive tag stays as it is"
    );
    assert_eq!(refusal(&second.call(&stage, &assume(&[("SourceIdentity", "eve")])).await).0, 403);
    let told = stage.simulator.requests().pop().unwrap();
    assert_eq!(told.parameters["SourceIdentity"].as_deref(), Some("eve"));
}

#[tokio::test]
async fn trust_is_set_over_http_too() {
    let stage = Stage::new().await;
    let set = async |body: Value| stage.post("/_sim/trust", &body).await.status;
    let role = json!({ "account_id": "444455556666", "role": "Deployer", "external_id": "x-1" });
    assert_eq!(set(json!([role])).await, 200);
    assert_eq!(signed_in(&stage).await.call(&stage, &assume(&[])).await.status, 403);
    let misspelt = json!({ "account_id": "444455556666", "role": "Deployer", "extrenal_id": "x-1" });
    assert_eq!(set(misspelt).await, 400);
}
