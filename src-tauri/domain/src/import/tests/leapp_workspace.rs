//! Leapp.

use serde_json::{Value, json};

use super::super::leapp::read;
use super::*;

fn session(id: &str, kind: &str, name: &str, more: &Value) -> Value {
    let mut session =
        json!({"sessionId": id, "type": kind, "sessionName": name, "status": 0, "region": "eu-west-1"});
    session.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    session
}

fn workspace() -> Value {
    let sso = |account: &str, role: &str, profile: &str| {
        json!({"roleArn": format!("arn:aws:iam::{account}/{role}"), "email": "x@example.com", "profileId": profile,
               "awsSsoConfigurationId": "i1"})
    };
    let mut active = session("s2", "awsSsoRole", "Staging", &sso("001234567890", "Read", "p0"));
    active["status"] = json!(2);
    active["startDateTime"] = json!("2026-11-20T08:00:00.000Z");
    json!({
        "_workspaceVersion": 7,
        "_defaultRegion": "us-east-1",
        "_awsSsoIntegrations": [
            {"id": "i1", "alias": "Big Corp", "portalUrl": "https://corp.awsapps.com/start", "region": "eu-west-1",
             "type": "AWS-SSO", "browserOpening": "In-app", "accessTokenExpiration": "2026-01-01T00:00:00Z"},
            {"id": "i2", "alias": "bad", "portalUrl": "nonsense here", "region": "eu-west-1"},
        ],
        "_azureIntegrations": [{"id": "z", "alias": "Azure"}],
        "_profiles": [{"id": "p0", "name": "default"}, {"id": "p1", "name": "prod"}, {"id": "p2", "name": "bad name"},
                      {"id": "p3", "name": "unused"}, {"id": "p4", "name": "shared"}],
        "_sessions": [
            session("c2", "awsIamRoleChained", "Deeper role", &json!({
                "roleArn": "arn:aws:iam::333344445555:role/Audit", "parentSessionId": "c1", "profileId": "p0",
                "roleSessionName": "assumed-from-leapp"})),
            session("s1", "awsSsoRole", "Production", &sso("111122223333", "Admin", "p1")),
            active,
            session("c1", "awsIamRoleChained", "deploy", &json!({
                "roleArn": "arn:aws:iam::222233334444:role/Deploy", "parentSessionId": "s1", "profileId": "p2",
                "roleSessionName": "me"})),
            session("u1", "awsIamUser", "old keys", &json!({"profileId": "p0", "mfaDevice": "arn:aws:iam::1:mfa/x"})),
            session("c3", "awsIamRoleChained", "from keys", &json!({
                "roleArn": "arn:aws:iam::222233334444:role/X", "parentSessionId": "u1", "profileId": "p0"})),
            session("c4", "awsIamRoleChained", "orphan", &json!({
                "roleArn": "arn:aws:iam::222233334444:role/X", "parentSessionId": "none", "profileId": "p0"})),
            session("c5", "awsIamRoleChained", "itself", &json!({
                "roleArn": "arn:aws:iam::222233334444:role/X", "parentSessionId": "c5", "profileId": "p0"})),
            session("f1", "awsIamRoleFederated", "saml", &json!({"roleArn": "arn:aws:iam::222233334444:role/X"})),
            session("a1", "azure", "sub", &json!({})),
            session("l1", "localstack", "local", &json!({})),
            session("g1", "google", "g", &json!({})),
            session("s3", "awsSsoRole", "Sandbox", &sso("444455556666", "Read", "p4")),
            session("s4", "awsSsoRole", "Sandbox", &sso("444455556666", "Write", "p4")),
        ],
        "_pinned": ["c1", "s2", "gone"],
        "_folders": [{"name": "Payments", "ids": ["s1", "c1", "gone"]}],
        "_segments": [{"name": "mine", "filterGroup": {}}],
        "_proxyConfiguration": {"proxyProtocol": "https", "proxyUrl": "proxy", "proxyPort": "8080", "username": "u",
                                "password": "hunter2"},
    })
}

#[test]
fn a_workspace_of_leapp_comes_over() {
    let plan = plan(Source::Leapp, read(&workspace()).unwrap(), "", "[profile prod]\nregion = us-east-1\n");
    assert_eq!(plan.portals[0].name.as_str(), "Big-Corp");
    let chains: Vec<String> = plan.chains.iter().map(|c| format!("{} <- {}", c.name, c.from)).collect();
    assert_eq!(chains, ["deploy <- Big-Corp/111122223333/Admin", "Deeper-role <- deploy"]);
    let names: Vec<Option<&str>> = plan.chains.iter().map(|c| c.session_name.as_deref()).collect();
    assert_eq!(names, [Some("me"), None], "what Leapp gives to all is no choice");
    assert!(about(&plan.assumed, "chained role Deeper role").contains("Deeper-role"));
    assert_eq!(
        profiles(&plan),
        ["default -> Big-Corp/001234567890/Read @ eu-west-1", "!prod -> Big-Corp/111122223333/Admin"],
        "the active session's; and what is there keeps its region"
    );
    let pins: Vec<String> = plan.pins.iter().map(ToString::to_string).collect();
    assert_eq!(pins, ["222233334444/~deploy", "001234567890/Read"], "in their order");
    let marks: Vec<String> = plan.marks.iter().map(|m| serde_json::to_string(m).unwrap()).collect();
    assert_eq!(
        marks,
        [
            r#"{"account":"111122223333","role":"Admin","colour":null,"tags":["Payments"]}"#,
            r#"{"account":"222233334444","role":"~deploy","colour":null,"tags":["Payments"]}"#,
        ]
    );
    assert_eq!(plan.uses.len(), 1);
}

#[test]
fn what_leapp_has_and_rolecall_has_not_is_told() {
    let plan = plan(Source::Leapp, read(&workspace()).unwrap(), "", "");
    for what in [
        "portal bad",
        "session old keys",
        "session from keys",
        "session orphan",
        "session itself",
        "session saml",
        "session sub",
        "session local",
        "session g",
        "profile bad name",
        "profile shared",
        "segment mine",
        "integration Azure",
        "Leapp's proxy",
    ] {
        about(&plan.left_out, what);
    }
    assert_eq!(plan.left_out.len(), 14, "{:#?}", said(&plan.left_out));
    assert!(!format!("{plan:?}").contains("hunter2"));
}

#[test]
fn what_is_no_workspace_is_refused() {
    for text in [json!({}), json!([]), json!(null), json!({"sessions_": []})] {
        assert!(read(&text).is_err(), "{text}");
    }
    assert!(read(&json!({"_sessions": []})).unwrap().is_empty());
}
