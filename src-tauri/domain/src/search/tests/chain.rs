//! Chained roles are found as grants are.

use super::*;
use crate::chain::{Origin, RoleArn, Step};
use crate::ids::ChainName;

fn chain(name: &str, role: &str, from: &str) -> Step {
    let role = RoleArn::parse(&format!("arn:aws:iam::{role}")).unwrap();
    Step::new(ChainName::parse(name).unwrap(), role, Origin::parse(from).unwrap())
}

/// One in an account that the portal lists, one in an account that it does not, one of a portal without a catalogue.
fn index() -> Index {
    let steps = vec![
        chain("deploy", "222233334444:role/ci/Pipeline", "acme/111122223333/AdministratorAccess"),
        chain("audit", "999999999999:role/Auditor", "deploy"),
        chain("far", "888888888888:role/Far", "other/111122223333/Admin"),
    ];
    let chains = crate::chain::resolve(steps).unwrap();
    let accounts = vec![
        account("111122223333", "payments-prod", "", &["AdministratorAccess"]),
        account("222233334444", "payments-dev", "", &["DeployReader", "Zed", "\u{7f}odd"]),
    ];
    Index::with_chains(&[catalogue("acme", accounts)], &chains)
}

fn found(query: &str) -> Vec<String> {
    let index = index();
    let hits = search(&index, query, &Usage::default(), now(), usize::MAX);
    let typed = hits.iter().filter(|hit| !hit.kind.is_guess());
    typed.filter_map(|hit| Some(index.grant(hit.grant)?.id().to_string())).collect()
}

#[test]
fn by_name_by_role_by_account_and_by_arn() {
    const DEPLOY: &str = "222233334444/~deploy";
    assert_eq!(found("deploy"), [DEPLOY, "222233334444/DeployReader"], "the whole name comes first");
    for query in
        ["pipeline", "payments dev pipe", "2222 ~deploy", "arn:aws:iam::222233334444:role/ci/Pipeline"]
    {
        assert_eq!(found(query), [DEPLOY], "{query}");
    }
    assert_eq!(found("9999 audit"), ["999999999999/~audit"]);
    assert_eq!(found("888888888888"), ["888888888888/~far"]);
    assert_eq!(found("").len(), 7);
}

#[test]
fn a_name_of_ones_own_goes_before_those_at_aws() {
    let chains = crate::chain::resolve(vec![
        chain("deploy", "222233334444:role/Deploy", "acme/111122223333/Admin"),
        chain("deploy-prod", "333344445555:role/Deploy", "acme/111122223333/Admin"),
    ]);
    let resolved = |text: &str, roles: &[&str]| {
        let accounts = vec![account("111122223333", "tools", "", roles)];
        let index = Index::with_chains(&[catalogue("acme", accounts)], chains.as_ref().unwrap());
        match resolve(&index, text, &Usage::default(), now()) {
            Resolution::One(grant) => vec![grant.role_name.to_string()],
            Resolution::Several(grants) => grants.iter().map(|grant| grant.role_name.to_string()).collect(),
            Resolution::None { .. } => Vec::new(),
        }
    };
    assert_eq!(resolved("deploy", &["Admin"]), ["~deploy"]);
    assert_eq!(resolved("Deploy", &["Admin"]), ["~deploy"]);
    assert_eq!(resolved("deploy-prod", &["Admin"]), ["~deploy-prod"]);
    // A role of the portal's that is called the same is a question.
    assert_eq!(resolved("deploy", &["Admin", "Deploy"]).len(), 2);
}

#[test]
fn every_grant_is_where_it_is_said_to_be() {
    let index = index();
    for at in 0..index.len() {
        let grant = index.grant(at).unwrap();
        assert_eq!(index.position(&grant.id()), Some(at));
        assert_eq!(grant.chain.is_some(), grant.role_name.as_str().starts_with('~'));
    }
    let labels: Vec<String> =
        (0..index.len()).filter_map(|at| index.grant(at)).map(|g| g.role_label()).collect();
    assert!(labels.contains(&"deploy ← AdministratorAccess".to_owned()), "{labels:?}");
    assert!(labels.contains(&"audit ← deploy".to_owned()), "{labels:?}");
}

#[test]
fn a_command_line_means_one_by_any_of_its_names() {
    let index = index();
    let meant = |text: &str| match resolve(&index, text, &Usage::default(), now()) {
        Resolution::One(grant) => grant.to_string(),
        other => format!("{other:?}"),
    };
    for text in [
        "deploy",
        "~deploy",
        "Pipeline",
        "222233334444/deploy",
        "payments-dev/pipeline",
        "acme/222233334444/~deploy",
        "arn:aws:iam::222233334444:role/ci/Pipeline",
    ] {
        assert_eq!(meant(text), "222233334444/~deploy", "{text}");
    }
    assert_eq!(meant("999999999999/audit"), "999999999999/~audit");
    assert_eq!(meant("other/888888888888/far"), "888888888888/~far");
}

#[test]
fn a_role_of_the_portal_that_is_called_so_too_is_not_taken_for_it() {
    let steps = vec![chain("deploy", "222233334444:role/Zed", "acme/111122223333/Admin")];
    let chains = crate::chain::resolve(steps).unwrap();
    let roles = ["Zed", "~deploy"];
    let catalogue = catalogue(
        "acme",
        vec![account("222233334444", "x", "", &roles), account("333344445555", "y", "", &roles)],
    );
    let index = Index::with_chains(&[catalogue], &chains);
    assert_eq!(index.len(), 4, "nothing is there twice");
    let chained: Vec<bool> = (0..4).map(|at| index.grant(at).unwrap().chain.is_some()).collect();
    assert_eq!(chained.iter().filter(|chained| **chained).count(), 1);
    let meant = resolve(&index, "222233334444/Zed", &Usage::default(), now());
    assert!(matches!(&meant, Resolution::One(grant) if grant.role_name.as_str() == "Zed"), "{meant:?}");
}
