use super::*;

fn grant(role: &str) -> GrantId {
    GrantId {
        portal: PortalName::parse("corp").unwrap(),
        account_id: AccountId::parse("000011112222").unwrap(),
        role_name: RoleName::parse(role).unwrap(),
    }
}

fn run(config: &str, credentials: Option<&str>, name: &str, force: bool) -> Result<Switched, Failure> {
    let (profile, grant) = (ProfileName::parse(name).unwrap(), grant("Admin+ops=x,y.z@w"));
    let fallback = Region::parse("eu-central-1").unwrap();
    let request = Switch {
        profile: &profile,
        grant: &grant,
        region: None,
        fallback_region: &fallback,
        program: "/usr/bin/rolecall",
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
fn variables_that_win_are_named() {
    let profile = ProfileName::parse("dev").unwrap();
    let warn = |name: &'static str, value: &'static str| {
        environment_warnings(&profile, |asked| (asked == name).then_some(value)).len()
    };
    assert_eq!(warn("AWS_ACCESS_KEY_ID", "AKIA"), 1);
    assert_eq!(warn("AWS_PROFILE", "other"), 1);
    assert_eq!(warn("AWS_PROFILE", "dev"), 0);
    assert_eq!(warn("AWS_REGION", "x"), 0);
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
