use super::*;

fn grant(role: &str) -> GrantId {
    GrantId {
        portal: PortalName::parse("corp").unwrap(),
        account_id: AccountId::parse("000011112222").unwrap(),
        role_name: RoleName::parse(role).unwrap(),
    }
}

fn run(config: &str, credentials: Option<&str>, name: &str, force: bool) -> Result<Switched, Failure> {
    run_as(config, credentials, name, force, Delivery::Process("/usr/bin/rolecall"), None)
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
}

fn run_as(
    config: &str,
    credentials: Option<&str>,
    name: &str,
    force: bool,
    delivery: Delivery<'_>,
    until: Option<Timestamp>,
) -> Result<Switched, Failure> {
    let (profile, grant) = (ProfileName::parse(name).unwrap(), grant("Admin+ops=x,y.z@w"));
    let fallback = Region::parse("eu-central-1").unwrap();
    let request = Switch {
        profile: &profile,
        grant: &grant,
        region: None,
        fallback_region: &fallback,
        delivery,
        until,
        force,
    };
    switch(config.as_bytes(), credentials.map(str::as_bytes), &request)
}

#[test]
fn a_switch_writes_a_profile_that_names_its_grant() {
    let switched = run("", None, "dev", false).unwrap();
    let text = String::from_utf8(switched.config.clone()).unwrap();
    assert_eq!(
        text,
        "[profile dev]\n\
         credential_process = /usr/bin/rolecall credentials --profile dev\n\
         region = eu-central-1\n\
         rolecall_portal = corp\n\
         rolecall_account_id = 000011112222\n\
         rolecall_role_name = Admin+ops=x,y.z@w\n"
    );
    let read = our_profiles(&read_config(&switched.config).unwrap());
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].grant, grant("Admin+ops=x,y.z@w"));
    assert_eq!(switched.warnings, Vec::<String>::new());
}

#[test]
fn a_second_switch_changes_only_what_differs() {
    let config = "# mine\n[profile dev]\ncredential_process=/old credentials --profile dev\nregion = us-west-2\n\
                  output = json\nrolecall_portal = corp\nrolecall_account_id = 999911112222\nrolecall_role_name = X\n";
    let text = String::from_utf8(run(config, None, "dev", false).unwrap().config).unwrap();
    let expected = config
        .replace("/old credentials", "/usr/bin/rolecall credentials")
        .replace("999911112222", "000011112222")
        .replace("= X", "= Admin+ops=x,y.z@w");
    assert_eq!(text, expected);
}

#[test]
fn somebody_elses_profile_needs_force() {
    for theirs in ["region = x", "role_arn = a", "credential_process = /bin/x", "sso_session = s"] {
        let config = format!("[profile dev]\n{theirs}\n");
        let failure = run(&config, None, "dev", false).unwrap_err();
        assert_eq!(failure.code, Code::FileRefused, "{theirs}");
        assert!(failure.hint.contains("--force"), "{}", failure.hint);
    }
    assert!(
        run("[profile dev]\n\n# nothing yet\n", None, "dev", false).is_ok(),
        "an empty profile is nobody's"
    );
}

#[test]
fn force_takes_out_what_would_win_and_keeps_the_rest() {
    let config = "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\nregion = us-west-2\noutput = json\n";
    let switched = run(config, None, "default", true).unwrap();
    assert_eq!(switched.removed, ["sso_session", "sso_account_id", "sso_role_name"]);
    let file = read_config(&switched.config).unwrap();
    let section = file.profile("default").unwrap();
    assert_eq!(section.credential_keys(), ["credential_process"]);
    assert_eq!((section.get("region"), section.get("output")), (Some("us-west-2"), Some("json")));
}

#[test]
fn keys_in_the_credentials_file_are_reported() {
    let credentials =
        "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = s\n[other]\naws_access_key_id = a\n";
    let switched = run("", Some(credentials), "dev", false).unwrap();
    assert_eq!(switched.warnings.len(), 1);
    assert!(switched.warnings[0].contains("aws_access_key_id, aws_secret_access_key"));
    assert!(!switched.warnings[0].contains("AKIA"));
    assert_eq!(run("", Some(credentials), "third", false).unwrap().warnings, Vec::<String>::new());
}

#[test]
fn a_config_that_tools_refuse_is_kept_and_reported() {
    let switched = run("stray = 1\n[profile x]\na = b\n", None, "dev", false).unwrap();
    assert!(switched.config.starts_with(b"stray = 1\n[profile x]\na = b\n"));
    assert!(!switched.warnings.is_empty());
    assert_eq!(run("a\0b", None, "dev", false).unwrap_err().code, Code::FileRefused);
}

#[test]
fn portals_are_found_once_each() {
    let config = "[sso-session corp]\nsso_start_url = https://a/start\nsso_region = us-east-1\n\
                  [profile a]\nsso_start_url = https://b/start\nsso_region = eu-west-1\n\
                  [profile b]\nsso_start_url = https://b/start\nsso_region = eu-west-1\n";
    let found = portals_in(&read_config(config.as_bytes()).unwrap());
    assert_eq!(found.iter().map(|(n, ..)| n.as_str()).collect::<Vec<_>>(), ["corp", "a"]);
}

#[test]
fn a_generated_profile_that_is_switched_elsewhere_is_the_persons() {
    let generated = "[profile dev]\ncredential_process = /usr/bin/rolecall credentials --profile dev\n\
                     region = eu-central-1\nrolecall_portal = corp\nrolecall_account_id = 000011112222\n\
                     rolecall_role_name = Admin+ops=x,y.z@w\nrolecall_generated = true\n";
    let name = ProfileName::parse("dev").unwrap();
    assert!(our_profile_in(generated.as_bytes(), &name).unwrap().unwrap().generated);
    let same = run(generated, None, "dev", false).unwrap().config;
    assert_eq!(String::from_utf8(same).unwrap(), generated, "where it points already");
    let elsewhere = generated.replace("000011112222", "999911112222");
    let switched = run(&elsewhere, None, "dev", false).unwrap().config;
    assert_eq!(String::from_utf8(switched).unwrap(), generated.replace("rolecall_generated = true\n", ""));
}

fn text(switched: &Switched) -> String {
    String::from_utf8(switched.config.clone()).unwrap()
}

fn portal(url: &str) -> Portal {
    let parse = |name| PortalName::parse(name).unwrap();
    Portal::new(parse("corp"), StartUrl::parse(url).unwrap(), Region::parse("us-east-1").unwrap())
}

fn keys() -> crate::vend::Credentials {
    crate::vend::Credentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: crate::secret::Secret::new("se/cret+"),
        session_token: crate::secret::Secret::new("tok=en"),
        expires_at: at(60),
        obtained_at: at(0),
    }
}

#[test]
fn each_mode_leaves_nothing_of_the_others() {
    let portal = portal("https://d-1.awsapps.com/start");
    let keys = keys();
    let modes = [
        Delivery::Process("/usr/bin/rolecall"),
        Delivery::Sso(&portal),
        Delivery::Keys(Some(&keys)),
        Delivery::Endpoint,
    ];
    let fresh = |delivery| {
        let switched = run_as("", Some(""), "dev", false, delivery, None).unwrap();
        (text(&switched), switched.credentials.unwrap_or_default())
    };
    for from in modes {
        for to in modes {
            let (config, credentials) = fresh(from);
            let credentials = String::from_utf8(credentials).unwrap();
            let switched = run_as(&config, Some(&credentials), "dev", false, to, None).unwrap();
            let (wanted, wanted_credentials) = fresh(to);
            let file = read_config(&switched.config).unwrap();
            let settings = |file: &ConfigFile| {
                let section = file.profile("dev").unwrap();
                let pairs = section.settings().iter().map(|s| (s.key.clone(), s.value.clone()));
                pairs.collect::<std::collections::BTreeMap<_, _>>()
            };
            assert_eq!(settings(&file), settings(&read_config(wanted.as_bytes()).unwrap()));
            let after = switched.credentials.unwrap_or_else(|| credentials.clone().into_bytes());
            assert_eq!(after, wanted_credentials, "{from:?} {to:?}");
            assert_eq!(our_profiles(&file)[0].mode, to.mode());
            assert_eq!((switched.removed, switched.warnings), (Vec::new(), Vec::new()), "{from:?} {to:?}");
        }
    }
}

#[test]
fn a_session_of_the_config_is_used_and_another_ones_name_is_not_taken() {
    let portal = portal("https://d-1.awsapps.com/start");
    let same =
        "[sso-session work]\nsso_start_url = https://D-1.awsapps.com/start/#/\nsso_region = us-east-1\n";
    let switched = run_as(same, None, "dev", false, Delivery::Sso(&portal), None).unwrap();
    assert!(text(&switched).contains("sso_session = work\n"), "{}", text(&switched));
    assert_eq!(text(&switched).matches("[sso-session").count(), 1);
    let other = "[sso-session corp]\nsso_start_url = https://d-2.awsapps.com/start\nsso_region = us-east-1\n";
    let switched = run_as(other, None, "dev", false, Delivery::Sso(&portal), None).unwrap();
    assert!(text(&switched).starts_with(other));
    assert!(text(&switched).contains("[sso-session rolecall-corp]\nsso_start_url = https://d-1"));
    assert!(text(&switched).contains("sso_session = rolecall-corp\n"));
}

#[test]
fn keys_of_somebody_else_are_never_touched() {
    let theirs = "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = s\n";
    let keys = keys();
    let refused = run_as("", Some(theirs), "dev", true, Delivery::Keys(Some(&keys)), None).unwrap_err();
    assert_eq!(refused.code, Code::FileRefused);
    let dev = ProfileName::parse("dev").unwrap();
    assert_eq!(without_keys(theirs.as_bytes(), &dev).unwrap(), None);
    // Beside ours, whatever else is in the section stays.
    let mixed = "[dev]\noutput = json\n\n[other]\naws_access_key_id = AKIA\n";
    let with = with_keys(mixed.as_bytes(), &dev, &keys).unwrap();
    assert_eq!(with_our_keys(&with).unwrap(), [(dev.clone(), at(60))]);
    assert_eq!(without_keys(&with, &dev).unwrap().unwrap(), mixed.as_bytes());
}

fn end(config: &[u8], now: Timestamp) -> Result<Option<Ended>, Failure> {
    let region = Region::parse("eu-central-1").unwrap();
    let portals = [portal("https://d-1.awsapps.com/start")];
    let means = Means { program: "/usr/bin/rolecall", portals: &portals, fallback_region: &region };
    end_leases(config, now, &means)
}

fn back(config: &[u8], name: &ProfileName) -> Result<(Vec<u8>, Option<OurProfile>), Failure> {
    let region = Region::parse("eu-central-1").unwrap();
    let means = Means { program: "/usr/bin/rolecall", portals: &[], fallback_region: &region };
    end_lease_now(config, name, &means)
}

#[test]
fn a_lease_takes_its_mode_along_when_it_ends() {
    let portal = portal("https://d-1.awsapps.com/start");
    let keys = keys();
    let modes = [
        Delivery::Process("/usr/bin/rolecall"),
        Delivery::Sso(&portal),
        Delivery::Keys(Some(&keys)),
        Delivery::Endpoint,
    ];
    let settings = |config: &[u8]| {
        let section = read_config(config).unwrap().profile("dev").unwrap();
        section
            .settings()
            .iter()
            .map(|s| (s.key.clone(), s.value.clone()))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    for before in modes {
        for during in modes {
            let first = run_as("", None, "dev", false, before, None).unwrap();
            let leased = run_as(&text(&first), None, "dev", false, during, Some(at(30))).unwrap();
            let ours = our_profiles(&read_config(&leased.config).unwrap()).remove(0);
            assert_eq!((ours.mode, ours.at(at(31)).unwrap().mode), (during.mode(), before.mode()));
            let (ended, _) = end(&leased.config, at(31)).unwrap().unwrap();
            assert_eq!(settings(&ended), settings(&first.config), "{before:?} {during:?}");
        }
    }
}

#[test]
fn a_lease_goes_back_by_itself() {
    let process = Delivery::Process("/usr/bin/rolecall");
    let before = "[profile dev]\ncredential_process = /usr/bin/rolecall credentials --profile dev\nregion = eu-west-1\n\
                  rolecall_portal = corp\nrolecall_account_id = 999911112222\nrolecall_role_name = Read/Only\n";
    let leased = run_as(before, None, "dev", false, process, Some(at(30))).unwrap();
    let ours = || our_profiles(&read_config(&leased.config).unwrap()).remove(0);
    assert_eq!(ours().at(at(29)).unwrap().grant, grant("Admin+ops=x,y.z@w"));
    let after = ours().at(at(30)).unwrap();
    assert_eq!(
        (after.grant.account_id.as_str(), after.grant.role_name.as_str()),
        ("999911112222", "Read/Only")
    );
    assert_eq!(end(&leased.config, at(29)).unwrap(), None);
    let (ended, names) = end(&leased.config, at(31)).unwrap().unwrap();
    assert_eq!((String::from_utf8(ended).unwrap().as_str(), names.len()), (before, 1));
    // A lease on top of a lease goes back to what was there before both.
    let twice = run_as(&text(&leased), None, "dev", false, process, Some(at(50))).unwrap();
    let after = our_profiles(&read_config(&twice.config).unwrap()).remove(0).at(at(51)).unwrap();
    assert_eq!(after.grant.account_id.as_str(), "999911112222");
    // A switch without one stays.
    let stays = run(&text(&leased), None, "dev", false).unwrap();
    assert!(!text(&stays).contains("rolecall_until") && !text(&stays).contains("rolecall_before"));
}

#[test]
fn a_lease_from_nothing_goes_back_to_nothing() {
    let process = Delivery::Process("/usr/bin/rolecall");
    let leased = run_as("[profile x]\nregion = r\n", None, "dev", false, process, Some(at(30))).unwrap();
    let ours = our_profiles(&read_config(&leased.config).unwrap()).remove(0);
    assert_eq!(ours.at(at(30)), None);
    let (ended, _) = end(&leased.config, at(30)).unwrap().unwrap();
    assert_eq!(ended, b"[profile x]\nregion = r\n");
    // A line that was spoilt does not make it last.
    let spoilt = text(&leased).replace("rolecall_until = 2", "rolecall_until = x2");
    let ours = our_profiles(&read_config(spoilt.as_bytes()).unwrap()).remove(0);
    assert_eq!(ours.at(at(0)), None);
}

#[test]
fn a_lease_can_be_ended_before_its_time() {
    let process = Delivery::Process("/usr/bin/rolecall");
    let dev = ProfileName::parse("dev").unwrap();
    let before = text(&run("# mine\n[profile x]\nregion = r\n", None, "dev", false).unwrap());
    let other = before.replace("rolecall_account_id = 000011112222", "rolecall_account_id = 999911112222");
    assert_ne!(other, before);
    let leased = run_as(&other, None, "dev", false, process, Some(at(30))).unwrap();
    let (ended, ours) = back(&leased.config, &dev).unwrap();
    assert_eq!(String::from_utf8(ended.clone()).unwrap(), other);
    assert_eq!(ours.unwrap().grant.account_id.as_str(), "999911112222");
    assert_eq!(back(&ended, &dev).unwrap_err().code, Code::NoSingleMatch);
    assert_eq!(back(b"", &dev).unwrap_err().code, Code::NoSingleMatch);
    // From nothing, nothing is left; all other profiles stay.
    let leased = run_as("[profile x]\nregion = r\n", None, "dev", false, process, Some(at(30))).unwrap();
    let (ended, ours) = back(&leased.config, &dev).unwrap();
    assert_eq!((ended.as_slice(), ours), (b"[profile x]\nregion = r\n".as_slice(), None));
}

#[test]
fn what_force_would_take_out_is_never_lent() {
    let process = Delivery::Process("/usr/bin/rolecall");
    for theirs in ["role_arn = a", "credential_process = /bin/x", "sso_session = s", "aws_access_key_id = A"]
    {
        let config = format!("[profile dev]\n{theirs}\n");
        for force in [true, false] {
            let refused = run_as(&config, None, "dev", force, process, Some(at(30))).unwrap_err();
            assert_eq!(refused.code, Code::FileRefused, "{theirs}");
            assert!(refused.hint.contains("without `--for`"), "{}", refused.hint);
        }
        assert!(run(&config, None, "dev", true).is_ok(), "for good");
    }
    // Without such keys nothing is lost by it.
    let config = "[profile dev]\noutput = json\n";
    assert!(run_as(config, None, "dev", false, process, Some(at(30))).unwrap_err().hint.contains("--force"));
    assert!(run_as(config, None, "dev", true, process, Some(at(30))).is_ok());
}

const BEFORE: &str = "# mine\n[profile dev]\ncredential_process = /usr/bin/rolecall credentials --profile dev\n\
                      region = us-east-1\nrolecall_portal = corp\nrolecall_account_id = 999911112222\n\
                      rolecall_role_name = Read/Only\n";

/// `dev` as it is after `switch [--region REGION] [--for MINUTES]`.
fn lend(config: &str, region: Option<&str>, until: Option<i64>) -> String {
    let (profile, grant) = (ProfileName::parse("dev").unwrap(), grant("Admin"));
    let (region, fallback) =
        (region.map(|r| Region::parse(r).unwrap()), Region::parse("eu-central-1").unwrap());
    let request = Switch {
        profile: &profile,
        grant: &grant,
        region: region.as_ref(),
        fallback_region: &fallback,
        delivery: Delivery::Process("/usr/bin/rolecall"),
        until: until.map(at),
        force: true,
    };
    text(&switch(config.as_bytes(), None, &request).unwrap())
}

#[test]
fn after_a_lease_the_file_is_what_it_was() {
    let dev = ProfileName::parse("dev").unwrap();
    let generated = BEFORE.replace("rolecall_portal", "rolecall_generated = true\nrolecall_portal");
    let bare = BEFORE.replace("region = us-east-1\n", "");
    let theirs = "[profile dev]\noutput = json\n";
    let only_region = "[profile dev]\nregion = us-east-1\n";
    let behind = format!("{generated}# theirs\noutput = json\n\n[profile x]\nregion = r\n");
    for before in [BEFORE, &generated, &bare, theirs, only_region, &behind, ""] {
        for region in [None, Some("us-east-1"), Some("ap-south-1")] {
            let leased = lend(before, region, Some(30));
            let extended = lend(&lend(&leased, None, Some(40)), Some("sa-east-1"), Some(50));
            for leased in [leased, extended] {
                let case = format!("{before}{region:?}\n{leased}");
                let ours = our_profile(&read_config(leased.as_bytes()).unwrap(), &dev).unwrap();
                assert!(!ours.generated, "it is lent: {case}");
                let then = our_profile(&read_config(before.as_bytes()).unwrap(), &dev);
                assert_eq!(ours.clone().at(at(50)), then, "by the clock: {case}");
                assert_eq!(ours.for_tools(at(50)), then, "{case}");
                let (by_time, _) = end(leased.as_bytes(), at(50)).unwrap().unwrap();
                assert_eq!(String::from_utf8(by_time).unwrap(), before, "by time: {case}");
                let (by_hand, ours) = back(leased.as_bytes(), &dev).unwrap();
                assert_eq!((String::from_utf8(by_hand).unwrap().as_str(), ours), (before, then), "{case}");
            }
        }
    }
}

#[test]
fn a_region_of_a_lease_does_not_outlive_it() {
    let leased = lend(BEFORE, Some("ap-south-1"), Some(30));
    assert!(leased.contains("region = ap-south-1\n"), "{leased}");
    assert!(leased.contains("rolecall_before_region = us-east-1\n"), "{leased}");
    let dev = ProfileName::parse("dev").unwrap();
    let ours = |config: &str| our_profile(&read_config(config.as_bytes()).unwrap(), &dev).unwrap();
    assert!(!ours(&leased).wants_its_end_written(at(29)) && ours(&leased).wants_its_end_written(at(30)));
    assert!(!ours(&lend(BEFORE, None, Some(30))).wants_its_end_written(at(30)), "nobody finds a thing of it");
    let stays = lend(&leased, None, None);
    assert!(stays.contains("region = us-east-1\n") && !stays.contains("rolecall_before"), "{stays}");
    let asked = lend(&leased, Some("ap-south-1"), None);
    assert!(asked.contains("region = ap-south-1\n") && !asked.contains("rolecall_before"), "{asked}");
    assert!(!lend(BEFORE, Some("us-east-1"), Some(30)).contains("rolecall_before_region"));
}

#[test]
fn a_generated_profile_that_stays_where_it_was_lent_to_is_the_persons() {
    let generated = format!("{BEFORE}rolecall_generated = true\n");
    let stays = lend(&lend(&generated, None, Some(30)), None, None);
    assert!(!stays.contains("rolecall_generated"), "{stays}");
}
