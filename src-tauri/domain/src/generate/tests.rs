//! Plans in examples: names, collisions, what stays, what goes.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::catalogue::Account;
use crate::ids::StartUrl;
use crate::profile_file::tests::laws::text;

/// A complete catalogue of `(id, name, roles)`.
fn catalogue(portal: &str, accounts: &[(&str, &str, &[&str])]) -> Catalogue {
    let start_url = StartUrl::parse(portal).unwrap();
    let mut catalogue = Catalogue::empty(PortalName::parse(portal).unwrap(), start_url);
    let account = |(id, name, roles): &(&str, &str, &[&str])| Account {
        id: AccountId::parse(id).unwrap(),
        name: (*name).to_owned(),
        email: None,
        roles: roles.iter().map(|role| RoleName::parse(role).unwrap()).collect(),
        roles_at: Some(Timestamp::UNIX_EPOCH),
    };
    catalogue.put_accounts(accounts.iter().map(account).collect());
    catalogue.fetched_at = Some(Timestamp::UNIX_EPOCH);
    catalogue
}

fn settings(more: &str) -> Settings {
    let portal = |name: &str, region: &str| {
        format!("[portal.{name}]\nstart_url = \"{name}\"\nregion = \"{region}\"\n")
    };
    Settings::parse(&(more.to_owned() + &portal("corp", "us-east-1") + &portal("lab", "eu-west-1"))).unwrap()
}

/// A person with these catalogues.
struct Desk {
    catalogues: Vec<Catalogue>,
    settings: Settings,
    credentials: Option<&'static str>,
    config: String,
}

impl Desk {
    fn new(catalogues: Vec<Catalogue>) -> Self {
        Self { catalogues, settings: settings(""), credentials: None, config: String::new() }
    }

    fn try_sync(&self, words: &str, template: &str, regions: &[&str]) -> Result<Plan, Failure> {
        let regions: Vec<Region> = regions.iter().map(|region| Region::parse(region).unwrap()).collect();
        plan(&Request {
            config: self.config.as_bytes(),
            credentials: self.credentials.map(str::as_bytes),
            catalogues: &self.catalogues,
            scope: Scope { portal: None, words },
            template: &Template::parse(template).unwrap(),
            regions: &regions,
            settings: &self.settings,
            program: "/bin/rolecall",
            prune: true,
        })
    }

    /// Plans and writes; the changes as `NAME: what`.
    fn sync_with(&mut self, words: &str, template: &str, regions: &[&str]) -> Vec<String> {
        let plan = self.try_sync(words, template, regions).unwrap();
        self.config = String::from_utf8(plan.config).unwrap();
        plan.changes.iter().map(told).collect()
    }

    fn sync(&mut self) -> Vec<String> {
        self.sync_with("", "{account}/{role}", &[])
    }

    fn forget(&mut self, id: &str) {
        let catalogue = &mut self.catalogues[0];
        catalogue.accounts.retain(|account| account.id.as_str() != id);
    }
}

fn told(change: &Change) -> String {
    let former = change.former_name.as_ref().map(|name| format!(" from {name}")).unwrap_or_default();
    let reason = change.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("{}: {:?}{former}{reason}", change.profile, change.change)
}

fn section(name: &str, account: &str, region: &str) -> String {
    let role = name.split('/').nth(1).unwrap().split('-').next().unwrap();
    format!(
        "[profile {name}]\ncredential_process = /bin/rolecall credentials --profile {name}\nregion = {region}\n\
         rolecall_portal = corp\nrolecall_account_id = {account}\nrolecall_role_name = {role}\n\
         rolecall_generated = true\n"
    )
}

const ONE: &str = "000011112222";
const TWO: &str = "333344445555";

fn two() -> Desk {
    Desk::new(vec![catalogue("corp", &[(ONE, "Prod", &["Admin", "Read"]), (TWO, "Test", &["Admin"])])])
}

#[test]
fn every_grant_gets_a_profile_and_a_second_time_nothing_changes() {
    let mut desk = two();
    desk.config = "# mine\n[default]\nregion = x\n".into();
    assert_eq!(desk.sync(), ["Prod/Admin: Added", "Prod/Read: Added", "Test/Admin: Added"]);
    let expected = format!(
        "# mine\n[default]\nregion = x\n\n{}\n{}\n{}",
        section("Prod/Admin", ONE, "us-east-1"),
        section("Prod/Read", ONE, "us-east-1"),
        section("Test/Admin", TWO, "us-east-1")
    );
    assert_eq!(desk.config, expected);
    assert_eq!(desk.sync(), ["Prod/Admin: Unchanged", "Prod/Read: Unchanged", "Test/Admin: Unchanged"]);
    assert_eq!(desk.config, expected);
}

#[test]
fn the_region_is_the_asked_the_chosen_or_the_portals() {
    let mut desk = two();
    desk.settings = settings("default_region = \"ca-central-1\"\n");
    desk.sync();
    assert!(desk.config.contains("region = ca-central-1"));
    desk.config.clear();
    desk.sync_with("", "{account}/{role}", &["eu-north-1"]);
    assert!(desk.config.contains("region = eu-north-1") && !desk.config.contains("ca-central-1"));
}

#[test]
fn what_a_person_changed_in_a_generated_profile_stays() {
    let mut desk = two();
    desk.sync();
    let theirs = desk
        .config
        .replace(
            "region = us-east-1\nrolecall_portal",
            "region = eu-west-1 \n# theirs\noutput=json\nrolecall_portal",
        )
        .replace("/bin/rolecall credentials --profile Prod/Read", "/old credentials --profile Prod/Read");
    desk.config.clone_from(&theirs);
    let changes = desk.sync();
    assert!(changes.contains(&"Prod/Read: Changed (credential_process)".to_owned()), "{changes:?}");
    assert_eq!(desk.config, theirs.replace("/old ", "/bin/rolecall "));
}

#[test]
fn two_accounts_of_one_name_are_told_apart_for_good() {
    let same = || catalogue("corp", &[(ONE, "Prod", &["Admin"]), (TWO, "Prod", &["Admin"])]);
    let mut desk = Desk::new(vec![same()]);
    assert_eq!(desk.sync(), ["Prod/Admin-000011112222: Added", "Prod/Admin-333344445555: Added"]);
    // The name of the other does not become free for this one.
    desk.forget(ONE);
    assert_eq!(desk.sync(), ["Prod/Admin-000011112222: Removed", "Prod/Admin-333344445555: Unchanged"]);
    // Who had a name keeps it when another one comes.
    let mut desk = Desk::new(vec![catalogue("corp", &[(ONE, "Prod", &["Admin"])])]);
    desk.sync();
    desk.catalogues = vec![same()];
    assert_eq!(desk.sync(), ["Prod/Admin: Unchanged", "Prod/Admin-333344445555: Added"]);
    // And when it goes, its name is not given away in the same breath.
    desk.catalogues = vec![catalogue("corp", &[("999999999999", "Prod", &["Admin"])])];
    assert_eq!(
        desk.sync(),
        [
            "Prod/Admin: Skipped ([Prod/Admin] is another grant's: Prod/Admin-999999999999 is used instead)",
            "Prod/Admin: Removed",
            "Prod/Admin-333344445555: Removed",
            "Prod/Admin-999999999999: Added",
        ]
    );
}

#[test]
fn one_account_in_two_portals_is_told_apart_by_the_portal() {
    let accounts: &[(&str, &str, &[&str])] = &[(ONE, "Prod", &["Admin"])];
    let mut desk = Desk::new(vec![catalogue("corp", accounts), catalogue("lab", accounts)]);
    assert_eq!(desk.sync(), ["Prod/Admin-000011112222-corp: Added", "Prod/Admin-000011112222-lab: Added"]);
    assert!(desk.config.contains("region = eu-west-1\nrolecall_portal = lab"));
    // Whatever is asked for, names are the same.
    desk.config.clear();
    assert_eq!(desk.sync_with("lab", "{account}/{role}", &[]), ["Prod/Admin-000011112222-lab: Added"]);
}

#[test]
fn roles_of_one_account_that_would_be_called_alike_are_told_of() {
    let mut desk = two();
    let skipped = |name: &str, role: &str, hint: &str| {
        let why = format!("[{name}] would be the name of several roles, `{role}` among them: {hint}");
        format!("{name}: Skipped ({why})")
    };
    let template = "put {role} into the template";
    let expected = [
        skipped("Prod-000011112222-corp", "Admin", template),
        skipped("Prod-000011112222-corp", "Read", template),
        "Test: Added".to_owned(),
    ];
    assert_eq!(desk.sync_with("", "{account}", &[]), expected);
    assert_eq!(desk.sync_with("", "{account}", &[])[..2], expected[..2], "a second time, too");
    // What is in the template already is of no help.
    let by_hand = "`rolecall switch --profile NAME` makes a profile under a name of your own";
    let mut desk = Desk::new(vec![catalogue("corp", &[(ONE, "Prod", &["A,B", "A=B", "Read"])])]);
    let name = "Prod/A-B-000011112222-corp";
    let expected =
        [skipped(name, "A,B", by_hand), skipped(name, "A=B", by_hand), "Prod/Read: Added".to_owned()];
    assert_eq!(desk.sync(), expected);
    // Who had the name alone keeps it.
    desk.catalogues = vec![catalogue("corp", &[(ONE, "Prod", &["A,B"])])];
    desk.config.clear();
    assert_eq!(desk.sync(), ["Prod/A-B: Added"]);
    desk.catalogues = vec![catalogue("corp", &[(ONE, "Prod", &["A,B", "A=B"])])];
    assert_eq!(desk.sync(), ["Prod/A-B: Unchanged".to_owned(), skipped(name, "A=B", by_hand)]);
}

#[test]
fn names_that_differ_only_in_case_are_two_names() {
    let mut desk =
        Desk::new(vec![catalogue("corp", &[(ONE, "Prod", &["Admin"]), (TWO, "PROD", &["Admin"])])]);
    assert_eq!(desk.sync(), ["PROD/Admin: Added", "Prod/Admin: Added"]);
}

#[test]
fn what_is_not_generated_is_never_touched() {
    let mut desk = two();
    let theirs = "[profile Prod/Admin]\nsso_session = corp\n\n\
                  [profile Test/Admin]\nregion = x\nrolecall_portal = corp\nrolecall_account_id = 000011112222\n\
                  rolecall_role_name = Admin\n\n\
                  [profile gone]\nrolecall_portal = corp\nrolecall_account_id = 777777777777\nrolecall_role_name = A\n";
    desk.config = theirs.into();
    desk.credentials = Some("[Prod/Read]\naws_access_key_id = A\n[Prod/Read-x]\n");
    assert_eq!(
        desk.sync(),
        [
            "Prod/Admin: Skipped ([Prod/Admin] is not of Rolecall: Prod/Admin-000011112222 is used instead)",
            "Prod/Admin-000011112222: Added",
            "Prod/Read: Skipped ([Prod/Read] is in the credentials file: Prod/Read-000011112222 is used instead)",
            "Prod/Read-000011112222: Added",
            "Test/Admin: Skipped ([Test/Admin] was switched by hand: Test/Admin-333344445555 is used instead)",
            "Test/Admin-333344445555: Added",
        ]
    );
    assert!(desk.config.starts_with(theirs), "{}", desk.config);
}

#[test]
fn a_grant_that_a_person_switched_to_under_this_name_needs_no_other() {
    let mut desk = two();
    desk.config = section("Prod/Admin", ONE, "us-east-1").replace("rolecall_generated = true\n", "");
    let before = desk.config.clone();
    let changes = desk.sync_with("Prod Admin", "{account}/{role}", &[]);
    assert_eq!(changes, ["Prod/Admin: Skipped ([Prod/Admin] was switched there by hand)"]);
    assert_eq!(desk.config, before);
}

#[test]
fn the_default_profile_is_never_generated() {
    let mut desk =
        Desk::new(vec![catalogue("corp", &[(ONE, "default", &["Admin"]), (TWO, "main", &["Admin"])])]);
    desk.settings = settings("default_profile = \"main\"\n");
    let changes = desk.sync_with("", "{account}", &[]);
    assert!(changes.contains(&"default-000011112222: Added".to_owned()), "{changes:?}");
    assert!(changes.contains(&"main-333344445555: Added".to_owned()), "{changes:?}");
}

#[test]
fn profiles_go_with_their_grants_whole_and_alone() {
    let mut desk = two();
    desk.config = "[profile z]\nregion = x\n".into();
    desk.sync();
    let with_keys = desk
        .config
        .replace("account_id = 333344445555\n", "account_id = 333344445555\n# of it\noutput = json\n");
    desk.config = with_keys + "\n# mine\n[profile after]\nregion = y\n";
    desk.forget(TWO);
    assert_eq!(desk.sync(), ["Prod/Admin: Unchanged", "Prod/Read: Unchanged", "Test/Admin: Removed"]);
    let expected = format!(
        "[profile z]\nregion = x\n\n{}\n{}\n# mine\n[profile after]\nregion = y\n",
        section("Prod/Admin", ONE, "us-east-1"),
        section("Prod/Read", ONE, "us-east-1")
    );
    assert_eq!(desk.config, expected);
}

#[test]
fn only_a_complete_list_takes_profiles_away() {
    let generated = || {
        let mut desk = two();
        desk.sync();
        desk.forget(TWO);
        desk
    };
    let skipped = |mut desk: Desk, why: &str| {
        let config = desk.config.clone();
        let changes = desk.sync();
        let told = changes.iter().find(|change| change.starts_with("Test/Admin")).unwrap();
        assert!(told.contains("Skipped") && told.contains(why), "{told}");
        assert_eq!(desk.config, config);
    };
    let mut never = generated();
    never.catalogues[0].fetched_at = None;
    skipped(never, "not complete");
    let mut under_way = generated();
    under_way.catalogues[0].listing_since = Some(Timestamp::UNIX_EPOCH);
    skipped(under_way, "not complete");
    let mut unread = two();
    unread.sync();
    let account = Arc::make_mut(unread.catalogues[0].accounts.last_mut().unwrap());
    (account.roles, account.roles_at) = (Vec::new(), None);
    skipped(unread, "not complete");
    let mut unknown = generated();
    unknown.catalogues.clear();
    skipped(unknown, "not known");
    let mut removed = generated();
    removed.settings.portals.retain(|portal| portal.name.as_str() != "corp");
    skipped(removed, "not known any more");
}

#[test]
fn only_what_is_in_scope_goes() {
    let mut desk = two();
    desk.sync();
    desk.catalogues[0].accounts.clear();
    assert_eq!(desk.sync_with("Test", "{account}/{role}", &[]), ["Test/Admin: Removed"]);
    let kept = desk.try_sync("", "{account}/{role}", &[]).unwrap();
    assert_eq!(kept.count(Kind::Removed), 2);
    assert_eq!(desk.sync_with("nothing", "{account}/{role}", &[]), Vec::<String>::new());
}

#[test]
fn a_guess_is_not_generated() {
    let mut desk = two();
    assert_eq!(desk.sync_with("Tset", "{account}/{role}", &[]), Vec::<String>::new());
    assert_eq!(desk.sync_with("test", "{account}/{role}", &[]), ["Test/Admin: Added"]);
}

#[test]
fn another_template_renames_and_keeps_what_is_in_the_profile() {
    let mut desk = two();
    desk.sync();
    desk.config = desk.config.replace("region = us-east-1\n", "region = eu-west-1\noutput = json\n");
    let expected = desk.config.replace("Prod/", "Prod.").replace("Test/", "Test.");
    let changes = desk.sync_with("", "{account}.{role}", &[]);
    assert_eq!(changes[0], "Prod.Admin: Renamed from Prod/Admin");
    assert_eq!(desk.config, expected);
    // So does an account that is called otherwise.
    desk.catalogues = two().catalogues;
    Arc::make_mut(&mut desk.catalogues[0].accounts[1]).name = "Stage".into();
    let changes = desk.sync_with("", "{account}.{role}", &[]);
    assert_eq!(
        changes,
        ["Prod.Admin: Unchanged", "Prod.Read: Unchanged", "Stage.Admin: Renamed from Test.Admin"]
    );
}

#[test]
fn several_regions_make_several_profiles() {
    let mut desk = two();
    let refused = desk.try_sync("", "{account}/{role}", &["eu-west-1", "us-east-1"]).unwrap_err();
    assert_eq!(refused.code, crate::failure::Code::Usage);
    desk.sync_with("Test", "{account}/{role}", &[]);
    let regional = "{account}/{role}/{region}";
    let changes = desk.sync_with("Test", regional, &["eu-west-1", "ap-south-1"]);
    assert_eq!(changes, ["Test/Admin/ap-south-1: Added", "Test/Admin/eu-west-1: Added"]);
    assert!(desk.config.contains("[profile Test/Admin]\n"), "the one without a region stays");
    let changes = desk.sync_with("Test", regional, &["eu-west-1"]);
    assert_eq!(changes, ["Test/Admin/eu-west-1: Unchanged"]);
}

#[test]
fn a_profile_that_tools_read_differently_is_left_alone_and_the_others_are_written() {
    let mut desk = two();
    desk.config = "[ profile Prod/Admin]\nregion = x\n\n[profile x]\n".into();
    let changes = desk.sync();
    assert!(
        changes.iter().any(|change| change.starts_with("Prod/Admin") && change.contains("Skipped")),
        "{changes:?}"
    );
    assert!(changes.contains(&"Prod/Read: Added".to_owned()), "{changes:?}");
    assert!(
        desk.config.starts_with("[ profile Prod/Admin]\nregion = x\n\n[profile x]\n\n[profile Prod/Read]")
    );
}

#[test]
fn two_thousand_grants_are_planned_at_once() {
    let names: Vec<(String, String)> =
        (0..500).map(|n| (format!("{n:012}"), format!("account {}", n % 400))).collect();
    let accounts: Vec<(&str, &str, &[&str])> = names
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str(), &["Admin", "Deploy", "Read", "Write"][..]))
        .collect();
    let mut desk = Desk::new(vec![catalogue("corp", &accounts)]);
    assert_eq!(desk.sync().len(), 2000);
    let config = desk.config.clone();
    assert!(desk.sync().iter().all(|change| change.ends_with("Unchanged")));
    assert_eq!(desk.config, config);
    assert_eq!(profile::our_profiles(&profile::read_config(config.as_bytes()).unwrap()).len(), 2000);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_there_stays_and_a_second_time_changes_nothing(text in text()) {
        // Names that the texts have, and others.
        let mut desk = Desk::new(vec![catalogue("corp", &[(ONE, "a", &["x", "y"]), (TWO, "dev.x", &["x"])])]);
        for template in ["{account}", "{account}/{role}"] {
            desk.config.clone_from(&text);
            let plan = desk.try_sync("", template, &[]).unwrap();
            for grant in desk.catalogues[0].grants() {
                let is_of = |change: &Change| {
                    change.account_id == grant.account.id && change.role_name == *grant.role_name
                };
                prop_assert!(plan.changes.iter().any(is_of), "{:?}", plan.changes);
            }
            desk.sync_with("", template, &[]);
            prop_assert!(desk.config.starts_with(&text), "{:?}", desk.config);
            let once = desk.config.clone();
            let again = desk.sync_with("", template, &[]);
            prop_assert_eq!(&desk.config, &once, "{:?}", again);
            // And all that was written goes again with its grants.
            let written = again.iter().filter(|change| change.ends_with("Unchanged")).count();
            let accounts = std::mem::take(&mut desk.catalogues[0].accounts);
            let gone = desk.sync_with("", template, &[]);
            desk.catalogues[0].accounts = accounts;
            let removed = gone.iter().filter(|change| change.ends_with("Removed")).count();
            let kept = gone.iter().filter(|change| change.contains("Skipped")).count();
            prop_assert_eq!(removed + kept, written, "{:?} {:?}", again, gone);
        }
    }
}

#[test]
fn a_generated_profile_that_is_lent_is_left_alone() {
    let mut desk = two();
    desk.sync();
    let before = desk.config.clone();
    let lent = section("Prod/Admin", ONE, "us-east-1").replace(ONE, TWO)
        + "rolecall_until = 2027-01-15T08:30:00Z\nrolecall_before = corp/000011112222/Admin\n";
    desk.config = before.replace(&section("Prod/Admin", ONE, "us-east-1"), &lent);
    let leased = desk.config.clone();
    let unchanged = ["Prod/Read: Unchanged", "Test/Admin: Unchanged"];
    let skipped = "Prod/Admin: Skipped ([Prod/Admin] is switched for a while)";
    assert_eq!(desk.sync(), [&[skipped][..], &unchanged].concat());
    assert_eq!(desk.config, leased);
    // Neither renamed, nor removed, nor doubled.
    let changes = desk.sync_with("", "{role}-{account}", &[]);
    let renamed = ["Admin-Test: Renamed from Test/Admin", "Read-Prod: Renamed from Prod/Read"];
    let expected = [renamed[0], skipped, renamed[1]];
    assert_eq!(changes, expected);
    assert!(desk.config.contains(&lent), "{}", desk.config);
    desk.config = leased;
    desk.forget(ONE);
    desk.sync();
    assert!(desk.config.contains(&lent), "{}", desk.config);
}
