//! aws-sso-cli.

use serde_json::{Value, json};

use super::super::aws_config::AwsConfig;
use super::super::aws_sso_cli::{Files, read};
use super::*;

fn config() -> Value {
    json!({
        "SSOConfig": {
            "Default": {
                "SSORegion": "us-east-1",
                "StartUrl": "https://d-754545454.awsapps.com/start",
                "DefaultRegion": "us-west-2",
                "AuthUrlAction": "print",
                "Accounts": {
                    "258234615182": {
                        "Name": "Control Tower",
                        "DefaultRegion": "eu-west-1",
                        "Tags": [{"Type": "Main Account"}, {"Color": "red", "Icon": "cart"}],
                        "Roles": {
                            "Admin": {
                                "Profile": "main-admin",
                                "DefaultRegion": "ca-central-1",
                                "Tags": {"Team": "core", "Color": "turquoise", "Odd": ["x"]},
                            },
                            "Plain": null,
                        }
                    },
                    "001234567890": {"Roles": {
                        "Deploy": {
                            "Via": "arn:aws:iam::258234615182:role/Admin",
                            "ExternalId": "x-1", "SourceIdentity": "me", "Profile": "deploy",
                            "Tags": {"Color": "green"},
                        },
                        "Deeper": {"Via": "1234567890:Deploy"},
                        "FromUnlisted": {"Via": "arn:aws:iam::9900001111:role/Base"},
                        "LoopA": {"Via": "arn:aws:iam::001234567890:role/LoopB"},
                        "LoopB": {"Via": "arn:aws:iam::001234567890:role/LoopA"},
                        "BadVia": {"Via": "arn:aws:s3:::x"},
                        "arn:aws:iam::222233334444:role/Elsewhere": {
                            "Via": "arn:aws:iam::258234615182:role/Admin", "Profile": "elsewhere",
                        },
                    }},
                    "182347455": {"Roles": {"Admin": {"Profile": "padded"}}},
                    "0182347455": {"Roles": {"Admin": {"Profile": "octal"}}},
                    "1.23456789012e+11": {"Roles": {"Admin": {"Profile": "scientific"}}},
                    "0012345678912": null,
                    "1_234": {},
                }
            },
            "Second": {"SSORegion": "us-east-1", "StartUrl": "https://d-754545454.awsapps.com/start"},
            "Broken": {"SSORegion": "mars", "StartUrl": "https://d-1.awsapps.com/start"},
            "Empty": null,
        },
        "DefaultRegion": "eu-central-1",
        "ProfileFormat": "{{ FirstItem .AccountName (.AccountAlias | nospace) }}:{{ .RoleName }}",
        "UrlAction": "open-url-in-container",
        "UrlExecCommand": ["firefox", "%s"],
        "AutoLogin": "false",
        "CacheRefresh": "24",
        "LogLevel": "warn",
    })
}

const WRITTEN: &str = r#"
# BEGIN_AWS_SSO_CLI
[profile Tower:Admin]
credential_process = /usr/local/bin/aws-sso -u open -S "Default" process --arn arn:aws:iam::258234615182:role/Admin
region = ca-central-1

[profile chained]
credential_process = aws-sso -S "Default" process --arn arn:aws:iam::001234567890:role/Deploy

[profile second]
credential_process = aws-sso -S Second process --arn arn:aws:iam::258234615182:role/Admin

[profile nowhere]
credential_process = aws-sso -S "Gone" process --arn arn:aws:iam::258234615182:role/Admin
# END_AWS_SSO_CLI
"#;

fn found() -> Plan {
    let cache = json!({"Version": 4, "SSO": {"Default": {
        "History": ["arn:aws:iam::258234615182:role/Admin", "x", 3],
        "Roles": {"Accounts": {"258234615182": {"Roles": {"Admin": {"Tags": {"History": "Tower:Admin,1790000000"}}}}}},
    }}});
    let aws = config_of(WRITTEN);
    let aws = AwsConfig::of(&aws);
    let findings = read(&Files { config: &config(), cache: Some(&cache), aws: &aws }).unwrap();
    plan(Source::AwsSsoCli, findings, "", WRITTEN)
}

#[test]
fn roles_tags_and_chains_of_aws_sso_cli_come_over() {
    let plan = found();
    let portals: Vec<String> = plan.portals.iter().map(|p| format!("{} {}", p.name, p.region)).collect();
    assert_eq!(portals, ["Default us-east-1", "Second us-east-1"], "two users of one portal stay two");
    let chains: Vec<String> =
        plan.chains.iter().map(|c| format!("{} {} <- {}", c.name, c.role, c.from)).collect();
    assert_eq!(
        chains,
        [
            "deploy arn:aws:iam::001234567890:role/Deploy <- Default/258234615182/Admin",
            "Deeper arn:aws:iam::001234567890:role/Deeper <- deploy",
            "FromUnlisted arn:aws:iam::001234567890:role/FromUnlisted <- Default/009900001111/Base",
            "elsewhere arn:aws:iam::222233334444:role/Elsewhere <- Default/258234615182/Admin",
        ]
    );
    let deploy = &plan.chains[0];
    assert_eq!((deploy.external_id.as_deref(), deploy.source_identity.as_deref()), (Some("x-1"), Some("me")));
    assert_eq!(deploy.region.as_ref().unwrap().as_str(), "us-west-2", "of the instance");
    assert_eq!(
        profiles(&plan),
        [
            "padded -> Default/000182347455/Admin @ us-west-2",
            "deploy -> Default/001234567890/~deploy @ us-west-2",
            "elsewhere -> Default/222233334444/~elsewhere @ us-west-2",
            "main-admin -> Default/258234615182/Admin @ ca-central-1",
            "!Tower:Admin -> Default/258234615182/Admin",
            "!chained -> Default/001234567890/~deploy",
            "!second -> Second/258234615182/Admin",
        ]
    );
    let marks: Vec<String> = plan.marks.iter().map(|m| serde_json::to_string(m).unwrap()).collect();
    assert_eq!(
        marks,
        [
            r#"{"account":"258234615182","role":null,"colour":"red","tags":["Type=Main Account"]}"#,
            r#"{"account":"001234567890","role":"~deploy","colour":"green","tags":[]}"#,
            r#"{"account":"258234615182","role":"Admin","colour":"teal","tags":["Team=core"]}"#,
        ]
    );
    assert_eq!(plan.profile_name.as_deref(), Some("{account}:{role}"));
    assert_eq!(plan.default_region.as_ref().unwrap().as_str(), "eu-central-1");
    assert_eq!(plan.uses.len(), 1);
    assert_eq!(plan.uses[0].last.as_second(), 1_790_000_000);
}

#[test]
fn account_ids_that_yaml_may_have_spoilt_are_not_trusted() {
    let plan = found();
    assert!(about(&plan.assumed, "account 182347455").contains("000182347455"));
    for id in ["0182347455", "1.23456789012e+11", "0012345678912", "1_234"] {
        assert!(about(&plan.left_out, &format!("account {id}")).contains("quotes"), "{id}");
    }
}

#[test]
fn what_aws_sso_cli_has_and_rolecall_has_not_is_told() {
    let plan = found();
    for what in [
        "portal Broken",
        "portal Empty",
        "portal Default: AuthUrlAction print",
        "the names of 1 accounts in Default",
        "the icons of 1 accounts in Default",
        "tag Odd of role 258234615182/Admin",
        "role 001234567890/BadVia",
        "profile nowhere",
        "aws-sso-cli's UrlAction open-url-in-container",
        "aws-sso-cli's UrlExecCommand",
        "aws-sso-cli's CacheRefresh, LogLevel",
    ] {
        about(&plan.left_out, what);
    }
    let loops = ["role 001234567890/LoopA", "role 001234567890/LoopB"];
    assert!(loops.iter().any(|role| plan.left_out.iter().any(|told| told.remark.what == *role)));
    assert_eq!(plan.left_out.len(), 11 + 4 + 2, "{:#?}", said(&plan.left_out));
}

#[test]
fn what_is_no_configuration_is_refused() {
    let aws = config_of("");
    let aws = AwsConfig::of(&aws);
    for config in [json!(null), json!("text"), json!([]), json!({}), json!({"SSOConfig": "x"})] {
        let failure = read(&Files { config: &config, cache: None, aws: &aws }).unwrap_err();
        assert!(failure.summary.contains("SSOConfig"), "{config}");
    }
}
