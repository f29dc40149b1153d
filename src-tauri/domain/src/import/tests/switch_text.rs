//! AWS Extend Switch Roles.

use std::sync::Arc;

use super::super::switch_roles::{Listed, read};
use super::*;
use crate::catalogue::{Account, Catalogue};

const TEXT: &str = "\
; comment
[profile marketing] ; another
role_arn = arn:aws:iam::123456789012:role/marketingadmin
color = ffaaee

[Base]
aws_account_id = 001234567890
aws_account_alias = acme
role_name = ReadOnly
target_role_name = Developer
target_region = eu-west-1
color = 00ff00

[Org Dev]
aws_account_id = 222200001111
source_profile = Base
color = 0000ff
image = \"https://example.com/x.png\"

[Org-Manager]
role_arn = arn:aws:iam::222200002222:role/path/Manager
source_profile = Base
region=us-west-2
color = nonsense

[Listed]
aws_account_id = 111122223333
role_name = Admin
source_profile = Base
color = f00

[lonely]
aws_account_id = 987654321987
role_name = anotherrole

[alias]
aws_account_id = acme-3
role_name = x
source_profile = Base

[undefined-base]
aws_account_id = 222200001111
role_name = x
source_profile = Nowhere

[Base2]
aws_account_id = 111122223333

[Two roles there]
aws_account_id = 333300001111
role_name = x
source_profile = Base2

[Base3]
aws_account_id = 001234567890

[Only one there]
aws_account_id = 333300001111
role_name = y
source_profile = Base3
rubbish

[Gov]
role_arn = arn:aws-us-gov:iam::333300001111:role/y
source_profile = Base
";

fn catalogue() -> Catalogue {
    let account = |id: &str, roles: &[&str]| {
        let roles = roles.iter().map(|name| RoleName::parse(name).unwrap()).collect();
        let id = AccountId::parse(id).unwrap();
        Arc::new(Account { id, name: "x".into(), email: None, roles, roles_at: None })
    };
    let corp = portal("corp", "https://corp.awsapps.com/start");
    let mut catalogue = Catalogue::empty(corp.name, corp.start_url);
    catalogue.accounts =
        vec![account("001234567890", &["ReadOnly"]), account("111122223333", &["Admin", "ReadOnly"])];
    catalogue
}

#[test]
fn targets_become_chained_roles_where_their_base_is_certain() {
    let portals =
        [portal("corp", "https://corp.awsapps.com/start"), portal("other", "https://o.awsapps.com/start")];
    let catalogues = [catalogue()];
    let findings = read(TEXT, &Listed { portals: &portals, catalogues: &catalogues });
    let settings = "[portal.corp]\nstart_url = \"https://corp.awsapps.com/start\"\nregion = \"us-east-1\"\n";
    let plan = plan(Source::ExtendSwitchRoles, findings, settings, "");
    assert!(plan.portals.is_empty() && plan.profiles.is_empty());
    let chains: Vec<String> = plan
        .chains
        .iter()
        .map(|c| format!("{} {} <- {} {:?}", c.name, c.role, c.from, c.region.as_ref().map(Region::as_str)))
        .collect();
    assert_eq!(
        chains,
        [
            "Org-Dev arn:aws:iam::222200001111:role/Developer <- corp/001234567890/ReadOnly Some(\"eu-west-1\")",
            "Org-Manager arn:aws:iam::222200002222:role/path/Manager <- corp/001234567890/ReadOnly Some(\"us-west-2\")",
            "Only-one-there arn:aws:iam::333300001111:role/y <- corp/001234567890/ReadOnly None",
        ]
    );
    let marks: Vec<String> = plan.marks.iter().map(|m| serde_json::to_string(m).unwrap()).collect();
    assert_eq!(
        marks,
        [
            r#"{"account":"001234567890","role":"ReadOnly","colour":"green","tags":[]}"#,
            r#"{"account":"222200001111","role":"~Org-Dev","colour":"blue","tags":[]}"#,
            r#"{"account":"111122223333","role":"Admin","colour":"red","tags":[]}"#,
        ]
    );
    for what in [
        "marketing",
        "lonely",
        "alias",
        "undefined-base",
        "Two roles there",
        "line 61",
        "colour of Org-Manager",
        "the images of 1 roles",
        "chained role Gov",
    ] {
        about(&plan.left_out, what);
    }
    assert!(about(&plan.left_out, "Two roles there").contains("role_name = Admin"));
    assert_eq!(plan.left_out.len(), 9, "{:#?}", said(&plan.left_out));
    about(&plan.assumed, "Listed");
    assert!(about(&plan.assumed, "Base3").contains("001234567890/ReadOnly"));
}

#[test]
fn without_a_list_only_the_one_portal_can_be_meant() {
    let one = [portal("corp", "https://corp.awsapps.com/start")];
    let chains = |portals: &[Portal]| read(TEXT, &Listed { portals, catalogues: &[] }).chains.len();
    assert_eq!(chains(&one), 4, "those whose base names its role");
    assert_eq!(chains(&[]), 0);
    let two = [one[0].clone(), portal("other", "https://o.awsapps.com/start")];
    assert_eq!(chains(&two), 0);
}

#[test]
fn any_text_is_read_without_harm() {
    for text in
        ["", "[", "]", "[]", "=", "[a]\n=\n", "[profilé x]\n", "[profile]\n", "[x]\nsource_profile = x\n"]
    {
        read(text, &Listed { portals: &[], catalogues: &[] });
    }
}
