//! Other copies of AWS: their names in ARNs, their keys, their consoles.

use serde_json::json;
use sim::Options;

use crate::client::{Answer, Stage, encode};
use crate::signer::Signer;

/// Partition, a region of it, and a page of its console.
const PARTITIONS: [(&str, &str, &str); 4] = [
    ("aws", "eu-central-1", "https://eu-central-1.console.aws.amazon.com/s3/home"),
    ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/s3/home"),
    ("aws-us-gov", "us-gov-west-1", "https://console.amazonaws-us-gov.com/s3/home"),
    ("aws-eusc", "eusc-de-east-1", "https://eusc-de-east-1.console.amazonaws-eusc.eu/s3/home"),
];

fn element(answer: &Answer, name: &str) -> String {
    let (_, rest) =
        answer.text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name}: {answer:?}"));
    rest.split_once("</").unwrap().0.to_owned()
}

async fn in_region(region: &str) -> Stage {
    Stage::with(Options { region: region.to_owned(), ..Options::default() }).await
}

async fn signed_in(stage: &Stage, region: &'static str) -> Signer {
    let token = stage.access_token().await;
    Signer { region, ..Signer::of(&stage.credentials(&token).await) }
}

#[tokio::test]
async fn arns_name_the_partition_of_the_region() {
    for (partition, region, _) in PARTITIONS {
        let stage = in_region(region).await;
        let signer = signed_in(&stage, region).await;
        let identity = signer.call(&stage, "Action=GetCallerIdentity").await;
        let start = format!("arn:{partition}:sts::111122223333:assumed-role/AWSReservedSSO_");
        assert!(element(&identity, "Arn").starts_with(&start), "{identity:?}");
        let role = format!("arn:{partition}:iam::444455556666:role/Deployer");
        let pairs = [("Action", "AssumeRole"), ("RoleArn", &role), ("RoleSessionName", "tester")];
        let assumed = signer.call(&stage, &encode(&pairs)).await;
        let expected = format!("arn:{partition}:sts::444455556666:assumed-role/Deployer/tester");
        assert_eq!(element(&assumed, "Arn"), expected);
    }
}

#[tokio::test]
async fn keys_and_roles_of_another_partition_are_unknown() {
    let stage = in_region("us-gov-west-1").await;
    let mut signer = signed_in(&stage, "us-gov-west-1").await;
    let pairs = [
        ("Action", "AssumeRole"),
        ("RoleArn", "arn:aws:iam::444455556666:role/Deployer"),
        ("RoleSessionName", "tester"),
    ];
    let assumed = signer.call(&stage, &encode(&pairs)).await;
    assert_eq!((assumed.status, element(&assumed, "Code").as_str()), (400, "ValidationError"));
    signer.region = "us-east-1";
    let identity = signer.call(&stage, "Action=GetCallerIdentity").await;
    assert_eq!((identity.status, element(&identity, "Code").as_str()), (403, "InvalidClientTokenId"));
}

#[tokio::test]
async fn only_the_partitions_own_console_is_a_destination() {
    for (_, region, own) in PARTITIONS {
        let stage = in_region(region).await;
        let token = stage.access_token().await;
        let credentials = stage.credentials(&token).await;
        let session = json!({
            "sessionId": credentials["accessKeyId"],
            "sessionKey": credentials["secretAccessKey"],
            "sessionToken": credentials["sessionToken"],
        });
        let pairs = [("Action", "getSigninToken"), ("Session", &session.to_string())];
        let answer = stage.post_form("/federation", &pairs).await.json();
        let signin_token = answer["SigninToken"].as_str().unwrap();
        let open = async |destination: &str| {
            let query =
                encode(&[("Action", "login"), ("Destination", destination), ("SigninToken", signin_token)]);
            stage.get(&format!("/federation?{query}")).await.status
        };
        for (_, _, other) in PARTITIONS.iter().filter(|(_, _, page)| *page != own) {
            assert_eq!(open(other).await, 400, "{other} from {region}");
        }
        assert_eq!(open(own).await, 302, "{own}");
    }
}
