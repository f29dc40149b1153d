//! What is known already, what two tools both know, and the text of the settings.

use proptest::prelude::*;

use super::super::aws_config::AwsConfig;
use super::*;
use crate::mark;

const CONFIG: &str = "\
[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n
[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n
[profile deploy]\nrole_arn = arn:aws:iam::222233334444:role/Deploy\nsource_profile = dev\n";

const SETTINGS: &str = "\
# mine
default_region = 'eu-west-1' # near

[portal.work] # keep
start_url = \"https://corp.awsapps.com/start/#/\"
region = \"us-east-1\"
";

fn found() -> Findings {
    let config = config_of(CONFIG);
    let mut findings = AwsConfig::of(&config).read(Source::Aws);
    let account = AccountId::parse("111122223333").unwrap();
    let what = Marked::Role(account, RoleName::parse("Admin").unwrap());
    findings.marks.push(FoundMark { what, colour: Some(Colour::Blue), tags: vec!["Team=core \"x\"".into()] });
    findings.profile_name = Some("{account}.{role}".into());
    findings.default_region = Region::parse("us-west-2").ok();
    findings
}

#[test]
fn what_is_here_already_stays_as_it_is() {
    let plan = plan(Source::Aws, found(), SETTINGS, "");
    assert!(plan.portals.is_empty(), "the same address under another name");
    assert_eq!(plan.chains[0].from.written(), "work/111122223333/Admin");
    assert!(about(&plan.left_out, "default region us-west-2").contains("eu-west-1"));
    let text = plan.settings(SETTINGS).unwrap();
    let expected = "\
# mine
default_region = 'eu-west-1' # near
profile_name = \"{account}.{role}\"

[portal.work] # keep
start_url = \"https://corp.awsapps.com/start/#/\"
region = \"us-east-1\"

[[chain]]
name = \"deploy\"
role = \"arn:aws:iam::222233334444:role/Deploy\"
from = \"work/111122223333/Admin\"

[[mark]]
account = \"111122223333\"
role = \"Admin\"
colour = \"blue\"
tags = ['Team=core \"x\"']
";
    assert_eq!(text, expected);
    let marks = Settings::parse(&text).unwrap().marks;
    assert_eq!(marks[0], mark::usual()[0], "what was in force without a mark still is");

    // The second time there is nothing to do, whatever the portal is called.
    let again = super::plan(
        Source::Aws,
        found(),
        &text,
        "[profile dev]\nrolecall_portal = work\n\
        rolecall_account_id = 111122223333\nrolecall_role_name = Admin\n[profile deploy]\nrolecall_portal = work\n\
        rolecall_account_id = 222233334444\nrolecall_role_name = ~deploy\n",
    );
    assert!(again.is_empty(), "{again:#?}");
    assert_eq!(again.settings(&text).unwrap(), text);
}

#[test]
fn names_that_are_taken_are_not_taken_over() {
    let settings = "[portal.CORP]\nstart_url = \"https://other.awsapps.com/start\"\nregion = \"us-east-1\"\n\
        [[chain]]\nname = \"Deploy\"\nrole = \"arn:aws:iam::999999999999:role/x\"\nfrom = \"CORP/111122223333/A\"\n\
        [[mark]]\naccount = \"111122223333\"\nrole = \"Admin\"\ncolour = \"blue\"\ntags = ['Team=core \"x\"']\n";
    let config = "[profile dev]\nrolecall_portal = corp\nrolecall_account_id = 111122223333\nrolecall_role_name = Other\n";
    let plan = plan(Source::Aws, found(), settings, config);
    assert_eq!(plan.portals[0].name.as_str(), "corp-2", "case does not tell them apart");
    assert_eq!(plan.chains[0].name.as_str(), "deploy-2");
    assert!(plan.marks.is_empty(), "it is there");
    assert_eq!(profiles(&plan), ["deploy -> corp-2/222233334444/~deploy-2"]);
    assert!(about(&plan.left_out, "profile dev").contains("Rolecall's already"));
    let text = plan.settings(settings).unwrap();
    let added = "profile_name = \"{account}.{role}\"\ndefault_region = \"us-west-2\"\n\n";
    assert!(text.starts_with(&(added.to_owned() + settings.split("[[chain]]").next().unwrap())), "{text}");
    assert_eq!(text.matches("[[mark]]").count(), 1, "the person has marks of their own: {text}");
}

#[test]
fn a_portal_that_somebody_adds_meanwhile_is_not_changed() {
    let plan = plan(Source::Aws, found(), "", "");
    let meanwhile =
        "[portal.Corp]\nstart_url = \"https://other.awsapps.com/start\"\nregion = \"eu-west-1\"\n";
    assert!(plan.settings(meanwhile).unwrap_err().hint.contains("again"));
}

#[test]
fn two_tools_that_know_the_same_add_it_once() {
    let config = config_of("");
    let mut pinned = found();
    let grant = FoundGrant {
        portal: 0,
        account_id: AccountId::parse("111122223333").unwrap(),
        role_name: RoleName::parse("Admin").unwrap(),
    };
    pinned.pins = vec![Target::Grant(grant.clone()), Target::Grant(grant.clone())];
    pinned.profiles.push(FoundProfile { name: "dev".into(), target: Target::Chain(0), region: None });
    let last = Timestamp::UNIX_EPOCH;
    pinned.uses.push(FoundUse { target: Target::Grant(grant), count: 4_000_000_000, last });
    let known = Known { settings: "", config: &config, usage: &Usage::default() };
    let plan = Plan::of(&[(Source::Aws, found()), (Source::Leapp, pinned)], &known).unwrap();
    assert_eq!((plan.portals.len(), plan.chains.len(), plan.marks.len(), plan.pins.len()), (1, 1, 1, 1));
    assert_eq!(plan.profiles.len(), 2);
    assert_eq!(plan.uses[0].count, 50);
    let taken = plan.left_out.iter().find(|told| told.remark.what == "profile dev").unwrap();
    assert_eq!(taken.source, Source::Leapp);
}

#[test]
fn a_region_that_differs_is_told_and_the_known_one_counts() {
    let settings = "[portal.work]\nstart_url = \"https://corp.awsapps.com/start\"\nregion = \"eu-west-3\"\n";
    let plan = plan(Source::Aws, found(), settings, "");
    assert!(plan.portals.is_empty());
    assert!(about(&plan.assumed, "portal work").contains("eu-west-3"));
}

#[test]
fn a_role_whose_name_reads_as_a_pattern_gets_no_mark() {
    let mut findings = found();
    for name in ["*", "!Admin", "a?"] {
        let what = Marked::Role(AccountId::parse("111122223333").unwrap(), RoleName::parse(name).unwrap());
        findings.marks.push(FoundMark { what, colour: Some(Colour::Red), tags: vec![] });
    }
    let plan = plan(Source::Aws, findings, "", "");
    assert_eq!(plan.marks.len(), 1);
    assert_eq!(plan.left_out.iter().filter(|told| told.remark.why.contains("pattern")).count(), 3);
}

/// As large as a file may be, and each as bad as it can be made: a second is plenty.
#[test]
fn absurd_files_are_read_in_bounded_time_and_depth() {
    use serde_json::{Map, Value, json};
    let listed = switch_roles::Listed { portals: &[], catalogues: &[] };
    let sections: Vec<String> =
        (0..100_000).map(|n| format!("[a{n}]\nsource_profile=a{}\n", n + 1)).collect();
    let text = sections.concat();
    switch_roles::read(&text, &listed);

    let sessions: Vec<Value> = (0..20_000)
        .map(|n| {
            json!({"sessionId": n.to_string(), "type": "awsIamRoleChained", "sessionName": "x", "profileId": "p",
                   "roleArn": "arn:aws:iam::111122223333:role/x", "parentSessionId": (n + 1).to_string()})
        })
        .collect();
    let profiles: Vec<Value> = (0..20_000).map(|n| json!({"id": n.to_string(), "name": "x"})).collect();
    let workspace = json!({"_sessions": sessions, "_profiles": profiles, "_awsSsoIntegrations": []});
    assert_eq!(leapp::read(&workspace).unwrap().chains, []);

    let mut roles: Map<String, Value> = Map::new();
    for n in 0..20_000 {
        let (via, tags) = (format!("arn:aws:iam::111122223333:role/r{}", n + 1), json!({"a": n.to_string()}));
        roles.insert(format!("r{n}"), json!({"Via": via, "Tags": tags}));
    }
    for n in 0..5_000 {
        roles.insert(
            format!("s{n}"),
            json!({"Via": "arn:aws:iam::111122223333:role/base", "Tags": {"a": "b"}}),
        );
    }
    let block = json!({"SSORegion": "us-east-1", "StartUrl": "https://x.awsapps.com/start",
                       "Accounts": {"111122223333": {"Roles": roles}}});
    let config = json!({"SSOConfig": {"Default": block}});
    let aws = config_of("");
    let aws = AwsConfig::of(&aws);
    let findings =
        aws_sso_cli::read(&aws_sso_cli::Files { config: &config, cache: None, aws: &aws }).unwrap();
    let plan = plan(Source::AwsSsoCli, findings, "", "");
    assert_eq!(plan.chains.len(), 2_000);
    assert!(plan.left_out.iter().any(|told| told.remark.why.contains("2000")));
}

proptest! {
    #[test]
    fn any_names_make_settings_that_can_be_read(
        portal in ".{0,80}", chain in ".{0,80}", tag in ".{0,40}", role in ".{1,40}", external in ".{0,40}",
    ) {
        let mut findings = found();
        findings.portals[0].name = portal;
        findings.chains[0].name = chain;
        findings.chains[0].external_id = Some(external);
        let account = AccountId::parse("111122223333").unwrap();
        let what = Marked::Role(account, RoleName::parse(&role).unwrap());
        findings.marks.push(FoundMark { what, colour: None, tags: vec![tag.clone()] });
        let plan = plan(Source::Aws, findings, "", "");
        let text = plan.settings("").unwrap();
        let settings = Settings::parse(&text).unwrap();
        prop_assert_eq!(settings.portals.len(), 1);
        prop_assert_eq!(settings.chains.len(), plan.chains.len());
        prop_assert_eq!(plan.chains.len() + plan.left_out.len() + plan.marks.len(), 3, "all are told of");
        if plan.marks.len() == 2 {
            prop_assert_eq!(&settings.marks[2].tags, &vec![tag]);
        }
    }
}
