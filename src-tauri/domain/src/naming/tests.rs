//! Names as people and portals give them.

use proptest::prelude::*;

use super::*;

fn name_of(template: &str, account: &str, role: &str, region: Option<&str>) -> String {
    let template = Template::parse(template).unwrap();
    let (portal, id) = (PortalName::parse("Corp").unwrap(), AccountId::parse("001234567890").unwrap());
    let (role, region) = (RoleName::parse(role).unwrap(), region.map(|r| Region::parse(r).unwrap()));
    let parts = Parts {
        portal: &portal,
        account_id: &id,
        account_name: account,
        role_name: &role,
        region: region.as_ref(),
    };
    template.name(&parts).to_string()
}

#[test]
fn names_are_made_of_what_is_known() {
    let usual = |account, role| name_of(USUAL, account, role, None);
    assert_eq!(usual("Prod", "Admin"), "Prod/Admin");
    assert_eq!(usual("Checkout  Production (EU)", "Read Only"), "Checkout-Production-EU/Read-Only");
    assert_eq!(usual("a - b", "x=y,z"), "a-b/x-y-z");
    assert_eq!(usual("a/b", "c"), "a/b/c");
    assert_eq!(usual("100%", "c"), "100/c");
    assert_eq!(usual("Größe", "Ärzte"), "Gr-e/rzte");
    assert_eq!(Template::default(), Template::parse(USUAL).unwrap());
}

#[test]
fn placeholders_have_a_form_in_lower_case() {
    let all = "{portal|lower}:{account_id}:{account | lower}:{role|lower}:{region}";
    let name = name_of(all, "Prod", "Admin", Some("eu-west-1"));
    assert_eq!(name, "corp:001234567890:prod:admin:eu-west-1", "with its leading zeros");
    assert!(Template::parse(all).unwrap().has_region());
    assert!(!Template::default().has_region());
    assert!(Template::default().tells_roles());
    assert!(!Template::parse("{account}/{role|lower}").unwrap().tells_roles());
}

#[test]
fn what_is_empty_leaves_no_hole() {
    assert_eq!(name_of(USUAL, "", "Admin", None), "001234567890/Admin");
    assert_eq!(name_of(USUAL, "本番", "Admin", None), "001234567890/Admin");
    assert_eq!(name_of(USUAL, "Prod", "管理者", None), "Prod");
    assert_eq!(name_of("{account}.{role}@{region}", "Prod", "Admin", None), "Prod.Admin");
    assert_eq!(name_of("{role}", "Prod", "管理者", None), "001234567890");
    assert_eq!(name_of("-{account}-", "Prod", "Admin", None), "Prod");
}

#[test]
fn long_names_are_cut() {
    let name = name_of(USUAL, &"x".repeat(300), "Admin", None);
    assert_eq!(name.len(), 128);
    let long = ProfileName::parse(&name).unwrap();
    let longer = with_suffix(&long, "001234567890");
    assert_eq!(longer.as_str().len(), 128);
    assert!(longer.as_str().ends_with("x-001234567890"));
    assert_eq!(with_suffix(&ProfileName::parse("a").unwrap(), "b c").as_str(), "a-b-c");
}

#[test]
fn templates_that_make_no_names_are_refused_with_a_reason() {
    let reason = |text: &str| Template::parse(text).unwrap_err().0;
    assert!(reason("").contains("alike"));
    assert!(reason("fixed").contains("alike"));
    assert!(reason("{acount}").contains("there is no {acount}"));
    assert!(reason("{role|upper}").contains("|lower"));
    assert!(reason("{role").contains("without its `}`"));
    assert!(reason("role}").contains("without its `{`"));
    assert!(reason("{account} {role}").contains("can't be in a profile's name"));
    assert!(reason("{role}%").contains('%'));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_names_make_a_name_that_passes_through_a_command(
        account in "\\PC{0,160}", role in "\\PC{1,160}", suffix in "\\PC{0,160}",
    ) {
        for template in [USUAL, "{role|lower}", "{account}-{region}", "@{portal}{role}+"] {
            let name = name_of(template, &account, &role, None);
            let longer = with_suffix(&ProfileName::parse(&name).unwrap(), &suffix).to_string();
            for name in [&name, &longer] {
                prop_assert!(!name.starts_with('-') && !name.ends_with('-') && name.len() <= 128);
                prop_assert!(crate::profile_file::command_line(&["/x", "--profile", name]).is_ok(), "{}", name);
            }
        }
    }
}
