//! Accounts and assignments that change while clients look.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sim::{Change, ChangeKind, Options, Organisation, Person, ProvisionError};

use crate::client::{Stage, encode};

const ACCOUNT: &str = "111122223333";

fn assign(role: &str) -> ChangeKind {
    ChangeKind::AssignRole { account_id: ACCOUNT.to_owned(), role: role.to_owned(), user: None }
}

fn unassign(role: &str) -> ChangeKind {
    ChangeKind::UnassignRole { account_id: ACCOUNT.to_owned(), role: role.to_owned(), user: None }
}

fn later(kind: ChangeKind, delay_seconds: u32) -> Change {
    Change { kind, delay_seconds }
}

async fn roles(stage: &Stage, token: &str) -> Vec<String> {
    let list = stage.portal(&format!("/assignment/roles?account_id={ACCOUNT}"), token).await.json();
    let list = list["roleList"].as_array().unwrap();
    list.iter().map(|role| role["roleName"].as_str().unwrap().to_owned()).collect()
}

async fn names(stage: &Stage, token: &str) -> Vec<String> {
    let list = stage.portal("/assignment/accounts?max_result=100", token).await.json();
    let list = list["accountList"].as_array().unwrap();
    list.iter().map(|account| account["accountName"].as_str().unwrap().to_owned()).collect()
}

async fn credentials(stage: &Stage, token: &str, role: &str) -> u16 {
    let query = encode(&[("account_id", ACCOUNT), ("role_name", role)]);
    stage.portal(&format!("/federation/credentials?{query}"), token).await.status
}

#[tokio::test]
async fn roles_come_and_go() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    stage.simulator.provision(assign("Auditor")).unwrap();
    stage.simulator.provision(assign("Auditor")).unwrap();
    assert_eq!(roles(&stage, &token).await, ["AdministratorAccess", "ReadOnlyAccess", "Billing", "Auditor"]);
    assert_eq!(credentials(&stage, &token, "Auditor").await, 200);
    stage.simulator.provision(unassign("Billing")).unwrap();
    assert_eq!(roles(&stage, &token).await, ["AdministratorAccess", "ReadOnlyAccess", "Auditor"]);
    let query = encode(&[("account_id", ACCOUNT), ("role_name", "Billing")]);
    let refused = stage.portal(&format!("/federation/credentials?{query}"), &token).await;
    assert_eq!(refused.portal_error(), (403, "ForbiddenException".to_owned()));
    for role in ["AdministratorAccess", "ReadOnlyAccess", "Auditor"] {
        stage.simulator.provision(unassign(role)).unwrap();
    }
    assert!(!names(&stage, &token).await.contains(&"Meadow Production".to_owned()), "nothing is left there");
}

#[tokio::test]
async fn accounts_come_and_go_and_change_their_names() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    let id = || "777788889999".to_owned();
    let add = ChangeKind::AddAccount {
        account_id: id(),
        name: "Newcomer".to_owned(),
        email: None,
        roles: vec!["ReadOnlyAccess".to_owned()],
    };
    stage.simulator.provision(add.clone()).unwrap();
    assert_eq!(stage.simulator.provision(add), Err(ProvisionError::DuplicateAccount(id())));
    assert_eq!(names(&stage, &token).await.last().unwrap(), "Newcomer");
    let rename = ChangeKind::RenameAccount { account_id: id(), name: "Settled".to_owned() };
    stage.simulator.provision(rename.clone()).unwrap();
    assert_eq!(names(&stage, &token).await.last().unwrap(), "Settled");
    stage.simulator.provision(ChangeKind::RemoveAccount { account_id: id() }).unwrap();
    assert_eq!(names(&stage, &token).await.len(), 7);
    let gone = stage.portal(&format!("/assignment/roles?account_id={}", id()), &token).await;
    assert_eq!(gone.portal_error(), (404, "ResourceNotFoundException".to_owned()));
    assert_eq!(stage.simulator.provision(rename), Err(ProvisionError::UnknownAccount(id())));
}

#[tokio::test]
async fn the_portal_shows_a_change_after_its_delay() {
    let stage = Stage::new().await;
    let token = stage.access_token().await;
    stage.simulator.provision(later(assign("Auditor"), 60)).unwrap();
    stage.simulator.provision(later(unassign("Billing"), 120)).unwrap();
    stage.simulator.provision(unassign("Auditor")).unwrap();
    assert_eq!(roles(&stage, &token).await, ["AdministratorAccess", "ReadOnlyAccess", "Billing"]);
    assert_eq!(credentials(&stage, &token, "Auditor").await, 403);
    stage.simulator.set_clock_offset(61);
    assert_eq!(roles(&stage, &token).await.len(), 4);
    assert_eq!(credentials(&stage, &token, "Auditor").await, 200);
    stage.simulator.set_clock_offset(121);
    assert_eq!(
        roles(&stage, &token).await,
        ["AdministratorAccess", "ReadOnlyAccess"],
        "the last change waited for the one before"
    );
}

#[tokio::test]
async fn a_list_stays_whole_while_it_changes() {
    let stage = Stage::with(Options { organisation: Organisation::Large, ..Options::default() }).await;
    stage.set_faults(&["throttle=100000"]);
    let token = stage.access_token().await;
    let accounts = Organisation::Large.accounts();
    let mut seen = BTreeSet::new();
    let mut next = String::new();
    for page in 0.. {
        let path = format!("/assignment/accounts?max_result=50{next}");
        let answer = stage.portal(&path, &token).await.json();
        for account in answer["accountList"].as_array().unwrap() {
            assert!(seen.insert(account["accountId"].as_str().unwrap().to_owned()), "no account twice");
        }
        let Some(token) = answer["nextToken"].as_str() else { break };
        next = format!("&{}", encode(&[("next_token", token)]));
        // One from the page just seen, the one that the next page begins with, and a new one.
        for account in [page * 50 + 7, (page + 1) * 50].into_iter().filter_map(|index| accounts.get(index)) {
            let account_id = account.id.clone();
            stage.simulator.provision(ChangeKind::RemoveAccount { account_id }).unwrap();
        }
        let add = ChangeKind::AddAccount {
            account_id: format!("{:012}", 42 + page),
            name: "New".to_owned(),
            email: None,
            roles: vec!["Billing".to_owned()],
        };
        stage.simulator.provision(add).unwrap();
    }
    let stayed = accounts.iter().enumerate().filter(|(index, _)| index % 50 != 0 && index % 50 != 7);
    for (_, account) in stayed {
        assert!(seen.contains(&account.id), "{account:?} was there all the time");
    }
}

#[tokio::test]
async fn changes_over_http() {
    let other = Person { user: "sam".to_owned(), ..Person::default() };
    let stage = Stage::with(Options { others: vec![other], ..Options::default() }).await;
    let (alex, sam) = (stage.access_token().await, stage.access_token_of("sam").await);
    let provision = async |body: Value| {
        let answer = stage.post("/_sim/provision", &body).await;
        (answer.status, answer.json())
    };
    let body = json!([
        { "change": "assign_role", "account_id": ACCOUNT, "role": "Auditor", "user": "sam" },
        { "change": "rename_account", "account_id": ACCOUNT, "name": "Later", "delay_seconds": 3600 },
    ]);
    assert_eq!(provision(body).await, (200, json!({ "provisioned": 2 })));
    assert_eq!(roles(&stage, &alex).await.len(), 3);
    assert_eq!(roles(&stage, &sam).await.len(), 4);
    assert_eq!(names(&stage, &alex).await[0], "Meadow Production");
    let add = json!({ "change": "add_account", "account_id": "000000000042", "name": "x", "roles": ["R"] });
    assert_eq!(provision(add.clone()).await.0, 200);
    assert_eq!(provision(add).await.0, 409);
    for (bad, status) in [
        (json!({ "change": "assign_role", "account_id": ACCOUNT, "role": "R", "user": "nobody" }), 409),
        (json!({ "change": "assign_role", "account_id": ACCOUNT, "role": "no spaces" }), 409),
        (json!({ "change": "remove_account", "account_id": "1" }), 409),
        (json!({ "change": "remove_account", "account_id": ACCOUNT, "typo": 1 }), 400),
        (json!({ "change": "explode" }), 400),
        (json!(null), 400),
    ] {
        let (answered, text) = provision(bad.clone()).await;
        assert_eq!(answered, status, "{bad}: {text}");
    }
}

#[tokio::test]
async fn new_session_needed() {
    let stage = Stage::with_faults(&["new_session_needed"]).await;
    let old = stage.access_token().await;
    stage.simulator.provision(assign("Auditor")).unwrap();
    stage.simulator.provision(unassign("Billing")).unwrap();
    let new = stage.access_token().await;
    assert_eq!(roles(&stage, &old).await, ["AdministratorAccess", "ReadOnlyAccess"]);
    assert_eq!(credentials(&stage, &old, "Auditor").await, 403);
    assert_eq!(roles(&stage, &new).await, ["AdministratorAccess", "ReadOnlyAccess", "Auditor"]);
    stage.set_faults(&[]);
    assert_eq!(roles(&stage, &old).await.len(), 3);
}
