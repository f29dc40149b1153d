//! The chains in a table: what is in the files and the environment, and what each client takes.

use super::*;
use crate::profile_file::{ConfigFile, FileKind};

fn files(config: &str, credentials: &str) -> Files {
    let read = |text: &str, kind| ConfigFile::parse(text.as_bytes(), kind).unwrap();
    Files::of(&read(config, FileKind::Config), Some(&read(credentials, FileKind::Credentials)))
}

/// What Python, Rust, JavaScript and Go do, in that order.
fn all(config: &str, credentials: &str, variables: Variables, chosen: Chosen) -> [String; 4] {
    let files = files(config, credentials);
    [Client::Python, Client::Rust, Client::JavaScript, Client::Go].map(|client| {
        match outcome(client, &files, variables, "p", chosen) {
            Outcome::Takes(provider) => format!("{provider:?}"),
            Outcome::Fails(reason) => format!("! {reason}"),
            Outcome::Nothing => "-".to_owned(),
        }
    })
}

const NONE: Variables = Variables {
    access_key: false,
    secret_key: false,
    web_identity: false,
    role_arn: false,
    container: false,
    endpoint: false,
    no_instance_metadata: true,
};
const KEYS: &str = "aws_access_key_id = A\naws_secret_access_key = s\n";
const SSO: &str = "sso_start_url = u\nsso_region = r\nsso_account_id = 1\nsso_role_name = R\n";
const PROCESS: &str = "credential_process = /x\n";
const WEB: &str = "web_identity_token_file = /t\nrole_arn = a\n";

fn quiet(config: &str, credentials: &str) -> [String; 4] {
    all(&format!("[profile p]\n{config}"), credentials, NONE, Chosen::ByVariable)
}

#[test]
fn one_kind_alone_is_taken_by_all() {
    for (config, provider) in [(SSO, "Sso"), (PROCESS, "Process"), (KEYS, "ConfigFile"), (WEB, "WebIdentity")]
    {
        assert_eq!(quiet(config, ""), [provider; 4], "{config}");
    }
    assert_eq!(quiet("", &format!("[p]\n{KEYS}")), ["CredentialsFile"; 4]);
    assert_eq!(all("", &format!("[p]\n{KEYS}"), NONE, Chosen::ByVariable), ["CredentialsFile"; 4]);
    assert_eq!(quiet("login_session = s\n", ""), ["Login"; 4]);
    assert_eq!(quiet("region = x\n", ""), ["-"; 4]);
    // It is for bearer tokens, which only botocore asks for with every client, and stops if there is no such session.
    for kind in ["", PROCESS, KEYS] {
        let [python, others @ ..] = quiet(&format!("sso_session = x\n{kind}"), "");
        assert_eq!(python, "! there is no [sso-session x]");
        assert_eq!(others, quiet(kind, "")[1..], "{kind}");
    }
}

#[test]
fn of_two_kinds_each_client_takes_its_own() {
    let both = |a: &str, b: &str| quiet(&format!("{a}{b}"), "");
    assert_eq!(both(SSO, PROCESS), ["Sso", "Sso", "Process", "Sso"]);
    assert_eq!(both(SSO, KEYS), ["Sso", "Sso", "ConfigFile", "ConfigFile"]);
    assert_eq!(both(PROCESS, KEYS), ["Process", "Process", "ConfigFile", "ConfigFile"]);
    assert_eq!(
        quiet(PROCESS, &format!("[p]\n{KEYS}")),
        ["CredentialsFile", "Process", "CredentialsFile", "CredentialsFile"]
    );
    assert_eq!(both(WEB, SSO), ["WebIdentity"; 4]);
    // Go assumes the role with whatever the base is.
    assert_eq!(both(WEB, KEYS), ["WebIdentity", "WebIdentity", "ConfigFile", "AssumeRole"]);
    let [python, rust, javascript, go] = both(WEB, PROCESS);
    assert_eq!([python, rust, javascript], ["WebIdentity"; 3]);
    assert!(go.contains("can't be in one profile"), "{go}");
    assert_eq!(both("login_session = s\n", PROCESS), ["Login", "Login", "Process", "Process"]);
}

#[test]
fn roles_come_first_and_want_one_source() {
    let role = |more: &str| {
        quiet(&format!("role_arn = a\n{more}"), "[base]\naws_access_key_id = A\naws_secret_access_key = s\n")
    };
    assert_eq!(role(&format!("source_profile = base\n{KEYS}{SSO}")), ["AssumeRole"; 4]);
    assert_eq!(role("credential_source = Environment\n"), ["AssumeRole"; 4]);
    let [python, rust, javascript, go] = role("source_profile = base\ncredential_source = Environment\n");
    assert!([&python, &rust, &go].iter().all(|told| told.starts_with('!')), "{python} {rust} {go}");
    assert_eq!(javascript, "-");
    let [python, rust, javascript, go] = role(PROCESS);
    assert!(python.contains("wants a source_profile") && rust == python, "{python} {rust}");
    assert_eq!([javascript, go], ["Process", "AssumeRole"]);
    let [.., go] = role(&format!("source_profile = base\n{PROCESS}"));
    assert!(go.contains("source_profile and credential_process can't be in one profile"), "{go}");
    assert!(role("source_profile = nowhere\n").iter().all(|told| told.contains("no profile nowhere")));
}

#[test]
fn circles_of_source_profiles_are_found() {
    let circle = "role_arn = a\nsource_profile = q\n[profile q]\nrole_arn = b\nsource_profile = p\n";
    assert!(quiet(circle, "").iter().all(|told| told.contains("p → q → p")));
    let broken = circle.replace("role_arn = b\n", &format!("role_arn = b\n{KEYS}"));
    assert_eq!(quiet(&broken, ""), ["AssumeRole"; 4], "keys end it");
    assert_eq!(quiet(&format!("role_arn = a\nsource_profile = p\n{KEYS}"), ""), ["AssumeRole"; 4]);
    assert!(quiet("role_arn = a\nsource_profile = p\n", "").iter().all(|told| told.contains("circle")));
    let empty = "role_arn = a\nsource_profile = q\n[profile q]\nregion = x\n";
    assert!(quiet(empty, "").iter().all(|told| told.contains("has no credentials")));
}

#[test]
fn sso_keys_must_be_whole() {
    let session = |profile: &str, session: &str| {
        quiet(&format!("sso_session = s\nsso_account_id = 1\nsso_role_name = R\n{profile}{session}"), "")
    };
    let whole = "[sso-session s]\nsso_start_url = u\nsso_region = r\n";
    assert_eq!(session("", whole), ["Sso"; 4]);
    assert!(session("", "").iter().all(|told| told.contains("no [sso-session s]")));
    let [python, rust, javascript, go] = session("sso_region = r\n", whole);
    assert!(rust.contains("both in the profile and in its sso-session"), "{rust}");
    assert_eq!([python, javascript, go], ["Sso"; 3]);
    let [python, rust, javascript, go] = session("sso_region = other\n", whole);
    assert!(python.contains("differs") && go.contains("differs") && rust.starts_with('!'));
    assert_eq!(javascript, "Sso");
    for missing in ["sso_start_url = u\n", "sso_region = r\n", "sso_role_name = R\n"] {
        let told = quiet(&SSO.replace(missing, ""), "");
        assert!(told.iter().all(|told| told.contains("is missing")), "{missing} {told:?}");
    }
}

#[test]
fn both_files_are_merged_key_by_key() {
    // The account from one file and the role from the other are a whole.
    let credentials = "[p]\nsso_role_name = R\ncredential_process = /y\n";
    let told = quiet(&SSO.replace("sso_role_name = R\n", ""), credentials);
    assert_eq!(told, ["Sso", "Sso", "Process", "Sso"]);
    // botocore reads keys from each file alone.
    let told = quiet("aws_access_key_id = A\n", "[p]\naws_secret_access_key = s\n");
    assert!(told[0].contains("missing"), "{}", told[0]);
    assert_eq!(told[1..], ["ConfigFile", "ConfigFile", "ConfigFile"]);
}

#[test]
fn variables_win_or_not() {
    let with = |variables, chosen| all(&format!("[profile p]\n{PROCESS}"), "", variables, chosen);
    let keys = Variables { access_key: true, secret_key: true, ..NONE };
    assert_eq!(with(keys, Chosen::ByVariable), ["Environment", "Environment", "Process", "Environment"]);
    assert_eq!(with(keys, Chosen::ByDefault), ["Environment"; 4]);
    assert_eq!(with(keys, Chosen::ByCall), ["Process", "Environment", "Process", "Process"]);
    let half = with(Variables { access_key: true, ..NONE }, Chosen::ByVariable);
    assert!(half[0].contains("without AWS_SECRET_ACCESS_KEY"), "{}", half[0]);
    assert_eq!(half[1..], ["Process", "Process", "Process"]);
    let web = Variables { web_identity: true, role_arn: true, ..NONE };
    let (variable, process) = ("WebIdentityVariable", "Process");
    assert_eq!(with(web, Chosen::ByVariable), [variable, process, process, variable]);
    assert_eq!(with(web, Chosen::ByCall), [process, process, process, process]);
}

#[test]
fn what_is_not_there_is_looked_for_around() {
    let container = Variables { container: true, ..NONE };
    let there = |variables| all("[profile p]\nregion = x\n", "", variables, Chosen::ByVariable);
    assert_eq!(there(container), ["Container"; 4]);
    assert_eq!(there(Variables::default()), ["InstanceMetadata"; 4]);
    let missing = all("", "", container, Chosen::ByVariable);
    assert!(missing[0].contains("no such profile"), "{}", missing[0]);
    assert_eq!(missing[1..], ["Container", "Container", "Container"]);
}

#[test]
fn a_file_that_is_refused_counts_for_nobody_who_refuses_it() {
    let told = quiet(&format!("{PROCESS}region = x\nregion = y\n"), "");
    assert!(told[0].contains("twice"), "{}", told[0]);
    assert_eq!(told[1..], ["Process", "Process", "Process"]);
    let told = quiet(&format!("{PROCESS}region: y\n"), "");
    assert!(told[1].contains("colon"), "{}", told[1]);
    // Only botocore inherits, and JavaScript finds no upper case.
    let told = quiet(&format!("{PROCESS}[DEFAULT]\n{SSO}"), "");
    assert_eq!(told, ["Sso", "Process", "Process", "Process"]);
    assert_eq!(quiet("Credential_Process = /x\n", ""), ["Process", "Process", "-", "Process"]);
}

const OURS: &str = "[profile p]\ncredential_process = /x credentials --profile p\nrolecall_portal = corp\n\
                    rolecall_account_id = 000011112222\nrolecall_role_name = A\n";

#[test]
fn what_shadows_a_profile_of_ours_is_named_with_its_mend() {
    let told = |config: &str, credentials: &str, variables| {
        let explanation = explain(&files(config, credentials), variables, "p", Chosen::ByVariable);
        let findings =
            explanation.findings.iter().map(|finding| (finding.what.clone(), finding.mend.clone()));
        (explanation.is_bad(), findings.collect::<Vec<_>>())
    };
    assert_eq!(told(OURS, "[q]\naws_access_key_id = A\n", NONE), (false, Vec::new()));
    let (bad, findings) = told(&format!("{OURS}{SSO}"), "", NONE);
    assert!(bad && findings.len() == 1, "{findings:?}");
    assert!(
        findings[0].0.contains("AWS CLI and boto3: sso; Rust: sso; Go and Terraform: sso"),
        "{findings:?}"
    );
    assert!(findings[0].1.contains("--fix` takes out line 8 (sso_account_id), line 9"), "{findings:?}");
    let (_, findings) = told(OURS, &format!("[p]\n{KEYS}"), NONE);
    assert!(
        findings[0].1.contains("take line 2 (aws_access_key_id), line 3 (aws_secret_access_key) out"),
        "{findings:?}"
    );
    let (_, findings) = told(OURS, "[p]\ncredential_process = /y\n", NONE);
    assert!(findings[0].0.contains("holds credential_process"), "{findings:?}");
    let (_, findings) = told(OURS, "", Variables { access_key: true, secret_key: true, ..NONE });
    assert_eq!(
        findings[0].0,
        "AWS_ACCESS_KEY_ID is set and wins in AWS CLI and boto3, Rust, Go and Terraform"
    );
    assert!(findings[0].1.contains("unset AWS_ACCESS_KEY_ID"), "{findings:?}");
    let (bad, findings) = told(&format!("[profile p]\n{SSO}{PROCESS}"), "", NONE);
    assert!(!bad && findings[0].0.starts_with("tools take different credentials"), "{findings:?}");
    let (bad, findings) = told("", "", NONE);
    assert!(bad && findings[0].0.starts_with("there is no profile p"), "{findings:?}");
}

#[test]
fn mending_takes_out_what_would_win_in_the_config_and_nothing_else() {
    let config = format!("# mine\n{OURS}{SSO}output = json\n\n[profile q]\n{SSO}{PROCESS}");
    let files = files(&config, &format!("[p]\n{KEYS}"));
    let explained = |name| explain(&files, NONE, name, Chosen::ByVariable);
    let after = mended(config.as_bytes(), &[explained("p"), explained("q")]).unwrap();
    let expected = format!("# mine\n{OURS}output = json\n\n[profile q]\n{SSO}{PROCESS}");
    assert_eq!(String::from_utf8(after).unwrap(), expected);
}

/// A profile of ours in a mode, with what that mode writes.
fn ours(mode: &str, keys: &str) -> String {
    format!(
        "{}rolecall_mode = {mode}\n{keys}",
        OURS.replace("credential_process = /x credentials --profile p\n", "")
    )
}

const SESSION: &str = "sso_session = s\nsso_account_id = 1\nsso_role_name = A\n\
                       [sso-session s]\nsso_start_url = u\nsso_region = r\n";
const OUR_KEYS: &str = "[p]\naws_access_key_id = A\naws_secret_access_key = s\nrolecall_expires = x\n";

fn findings(config: &str, credentials: &str, variables: Variables) -> Vec<String> {
    let explanation = explain(&files(config, credentials), variables, "p", Chosen::ByVariable);
    assert_eq!(explanation.is_bad(), !explanation.findings.is_empty());
    explanation.findings.into_iter().map(|finding| format!("{} | {}", finding.what, finding.mend)).collect()
}

#[test]
fn in_each_mode_what_it_means_is_no_finding() {
    let endpoint = Variables { container: true, endpoint: true, ..NONE };
    for (config, credentials, variables) in [
        (OURS.to_owned(), "", NONE),
        (ours("sso", SESSION), "", NONE),
        (ours("keys", ""), OUR_KEYS, NONE),
        (ours("endpoint", ""), "", endpoint),
    ] {
        assert_eq!(findings(&config, credentials, variables), Vec::<String>::new(), "{config}");
        let keys = Variables { access_key: true, secret_key: true, ..variables };
        let told = findings(&config, credentials, keys);
        assert!(told[0].contains("AWS_ACCESS_KEY_ID is set and wins in"), "{told:?}");
        assert!(
            !findings(&config, "[p]\naws_access_key_id = A\naws_secret_access_key = s\n", variables)
                .is_empty()
        );
    }
}

#[test]
fn in_each_mode_what_is_missing_or_wins_is_told() {
    let told = |config: &str, credentials: &str, variables| {
        let told = findings(config, credentials, variables);
        assert_eq!(told.len(), 1, "{told:?}");
        told.into_iter().next().unwrap()
    };
    let half = told(OURS, "", Variables { access_key: true, ..NONE });
    assert!(
        half.contains("without AWS_SECRET_ACCESS_KEY, and AWS CLI and boto3 stop")
            && half.contains("unset AWS_ACCESS_KEY_ID`"),
        "{half}"
    );
    let web = told(OURS, "", Variables { web_identity: true, ..NONE });
    assert!(web.contains("without AWS_ROLE_ARN, and AWS CLI and boto3, Go and Terraform stop"), "{web}");
    let no_session = told(&ours("sso", "sso_session = t\nsso_account_id = 1\nsso_role_name = A\n"), "", NONE);
    assert!(no_session.contains("there is no [sso-session t]"), "{no_session}");
    let no_command = told(&ours("process", ""), "", NONE);
    assert!(
        no_command.contains("Rust: nothing") && no_command.contains("rolecall switch GRANT"),
        "{no_command}"
    );
    let gone = told(&ours("keys", ""), "", NONE);
    assert!(gone.contains("Rust: nothing") && gone.contains("rolecall switch GRANT"), "{gone}");
    let left = told(&ours("keys", "credential_process = /x\n"), OUR_KEYS, NONE);
    assert!(
        left.contains("Rust: credential_process") && left.contains("takes out line 6 (credential_process)"),
        "{left}"
    );
    let outside = told(&ours("endpoint", ""), "", NONE);
    assert!(
        outside.contains("is not set here") && outside.contains("rolecall endpoint env --profile p"),
        "{outside}"
    );
    let elsewhere = told(&ours("endpoint", ""), "", Variables { container: true, ..NONE });
    assert!(elsewhere.contains("lead elsewhere"), "{elsewhere}");
}

#[test]
fn a_file_that_is_refused_is_told_once_and_whole() {
    let text = "\u{feff}[profile p]\ncredential_process = /x\n[profile q]\nregion: x\n[profile q]\n";
    let both = files(text, "[p]\nregion = x\nregion = y\n");
    let told: Vec<String> = refusals(&both).into_iter().map(|finding| finding.what).collect();
    let expected = [
        "the whole config file is refused by AWS CLI and boto3, Rust: line 1: the file starts with a byte-order mark, which the AWS CLI refuses",
        "the whole config file is refused by Rust: line 4: a colon instead of an equals sign",
        "the whole config file is refused by AWS CLI and boto3: line 5: the section is there twice, which the AWS CLI refuses",
        "the whole credentials file is refused by AWS CLI and boto3: line 3: the key is there twice, which the AWS CLI refuses",
    ];
    assert_eq!(told, expected);
    for name in ["p", "q"] {
        let explanation = explain(&both, NONE, name, Chosen::ByVariable);
        assert!(matches!(&explanation.aws_cli, Outcome::Fails(reason) if reason.contains("is refused")));
        assert_eq!(explanation.findings, [], "{name}");
    }
}

#[test]
fn variables_that_win_are_named() {
    let one = |text: &str| {
        Files::of_one(ConfigFile::parse(text.as_bytes(), FileKind::Config).unwrap().profile("p"), None)
    };
    let told = |set: &[(&str, &'static str)]| {
        let variable = |asked: &str| set.iter().find(|(name, _)| *name == asked).map(|(_, value)| *value);
        warnings(&one(OURS), "p", Some("us-east-1"), variable)
    };
    for (set, expected) in [
        (
            &[("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "s")][..],
            "AWS_ACCESS_KEY_ID is set and wins in",
        ),
        (&[("AWS_ACCESS_KEY_ID", "A")], "AWS_ACCESS_KEY_ID is set without"),
        (
            &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), ("AWS_ROLE_ARN", "a")],
            "AWS_WEB_IDENTITY_TOKEN_FILE is set and wins in AWS CLI and boto3, Go and Terraform",
        ),
        (&[("AWS_PROFILE", "q")], "AWS_PROFILE is `q` in this shell: AWS tools use"),
        (
            &[("AWS_DEFAULT_PROFILE", "q")],
            "AWS_DEFAULT_PROFILE is `q` in this shell: the AWS CLI, boto3 and Go use",
        ),
        (
            &[("AWS_PROFILE", "p"), ("AWS_DEFAULT_PROFILE", "q")],
            "AWS_DEFAULT_PROFILE is `q` in this shell: boto3 uses",
        ),
        (
            &[("AWS_REGION", "eu-west-1")],
            "AWS_REGION is `eu-west-1` in this shell: AWS tools other than boto3",
        ),
        (
            &[("AWS_DEFAULT_REGION", "eu-west-1")],
            "AWS_DEFAULT_REGION is `eu-west-1` in this shell: AWS tools other than JavaScript",
        ),
    ] {
        let told = told(set);
        assert!(told.len() == 1 && told[0].starts_with(expected), "{set:?}: {told:?}");
    }
    let fine = [("AWS_PROFILE", "p"), ("AWS_DEFAULT_PROFILE", "p"), ("AWS_REGION", "us-east-1")];
    assert_eq!(told(&fine), Vec::<String>::new());
    let apart = |set: &[(&str, &'static str)]| {
        named_apart(|asked| set.iter().find(|(name, _)| *name == asked).map(|(_, value)| *value))
    };
    assert_eq!(apart(&fine), None);
    let apart = apart(&[("AWS_PROFILE", "p"), ("AWS_DEFAULT_PROFILE", "q")]).unwrap();
    assert_eq!(
        apart.what,
        "AWS_PROFILE is `p` and AWS_DEFAULT_PROFILE is `q`: boto3 uses the second, all other tools the first"
    );
}

#[test]
fn a_prompt_is_silent_where_something_else_wins() {
    let overruled = |config: &str, credentials: &str, variables| {
        let read = |text: &str, kind| ConfigFile::parse(text.as_bytes(), kind).unwrap().profile("p");
        let section = read(config, FileKind::Config).unwrap();
        let ours = crate::profile::ours(&section).unwrap();
        let one = Files::of_one(Some(section), read(credentials, FileKind::Credentials));
        is_overruled(&one, variables, &ours, Chosen::ByVariable)
    };
    let endpoint = Variables { container: true, endpoint: true, ..NONE };
    let web = Variables { web_identity: true, role_arn: true, ..NONE };
    for (config, credentials, variables) in [
        (OURS.to_owned(), "", NONE),
        (ours("sso", SESSION), "", NONE),
        (ours("keys", ""), OUR_KEYS, NONE),
        (ours("endpoint", ""), "", endpoint),
    ] {
        assert!(!overruled(&config, credentials, variables), "{config}");
        let web = Variables { web_identity: true, role_arn: true, ..variables };
        assert!(overruled(&config, credentials, web), "{config}");
    }
    // Which sessions there are is not read for a prompt.
    assert!(!overruled(&format!("{OURS}sso_session = corp\n"), "", NONE));
    let theirs = "[p]\naws_access_key_id = A\naws_secret_access_key = s\n";
    assert!(overruled(OURS, theirs, NONE) && overruled(OURS, "", web));
    assert!(overruled(&ours("keys", ""), theirs, NONE) && overruled(&ours("endpoint", ""), "", NONE));
}
