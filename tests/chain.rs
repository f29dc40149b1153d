//! Chained roles: roles that are assumed from a grant, as the person, AWS's own tools and AWS see them.

use std::fs;

use serde_json::Value;
use sim::{Change, ChangeKind, MfaDevice, Options, RequestRecord, Trust};

use crate::partitions;
use crate::program::{Outcome, Running, until};
use crate::proxy::Proxy;
use crate::world::{GRANT, PORTAL, World};

/// The role that most tests assume; the account calls itself Meadow Staging.
const ROLE: &str = "arn:aws:iam::222233334444:role/ops/Deploy";
const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alex";

fn add(world: &World, name: &str, role: &str, from: &str, more: &[&str]) -> Outcome {
    let args = ["chain", "add", name, "--role", role, "--from", from];
    world.rolecall(args.into_iter().chain(more.iter().copied())).run()
}

/// Signed in and listed, with the role `deploy` chained from the administrator of production.
fn chained(more: &[&str]) -> World {
    let world = World::listed();
    add(&world, "deploy", ROLE, GRANT, more).succeeded();
    world
}

fn credentials(world: &World, grant: &str) -> Outcome {
    world.rolecall(["credentials", "--grant", grant]).run()
}

fn identity(world: &World, grant: &str) -> String {
    let who = world.rolecall(["exec", grant, "--", "/usr/bin/aws", "sts", "get-caller-identity"]).run();
    who.succeeded().json()["Arn"].as_str().unwrap().to_owned()
}

fn trust(change: impl FnOnce(&mut Trust)) -> Trust {
    let mut trust = Trust { account_id: "222233334444".into(), role: "Deploy".into(), ..Trust::default() };
    change(&mut trust);
    trust
}

/// A world whose role wants a code of a device, which is the person's own app.
fn with_device() -> World {
    let world = chained(&["--mfa-serial", DEVICE]);
    let totp_secret = world.person().totp_secret.clone();
    world.sim.trust(trust(|trust| trust.mfa = Some(MfaDevice { serial: DEVICE.into(), totp_secret })));
    world
}

fn at_a_terminal(world: &World, typed: &str, args: &[&str]) -> Outcome {
    world.at_a_terminal("Code of", typed, args)
}

fn asked_of(world: &World, operation: &str) -> Vec<RequestRecord> {
    world.requests().into_iter().filter(|record| record.operation == operation).collect()
}

fn parameter(record: &RequestRecord, name: &str) -> String {
    record.parameters.get(name).cloned().flatten().unwrap_or_default()
}

#[test]
fn tools_of_a_switched_profile_are_the_chained_role() {
    let world = chained(&["--region", "eu-central-1"]);
    let told = world.rolecall(["switch", "deploy", "--profile", "dev"]).run().succeeded();
    let expected =
        "dev is now 222233334444/~deploy (Meadow Staging, from AdministratorAccess) in eu-central-1\n";
    assert_eq!(told.stderr, expected);
    assert!(world.config().contains("rolecall_role_name = ~deploy\n"), "{}", world.config());
    let arn = "arn:aws:sts::222233334444:assumed-role/Deploy/alex.rivera";
    let who = world.aws(["sts", "get-caller-identity", "--profile", "dev"]).run().succeeded().json();
    assert_eq!(who["Arn"], arn, "the session has the person's name");
    let script =
        "import boto3; print(boto3.Session(profile_name='dev').client('sts').get_caller_identity()['Arn'])";
    assert_eq!(world.python(script).run().succeeded().stdout.trim(), arn);
    let given = world.rolecall(["credentials", "--profile", "dev"]).run().succeeded().json();
    assert_eq!(given["AccountId"], "222233334444");
    assert_eq!(world.asked("AssumeRole"), 1, "the second tool is served from the keyring");
    let env = world.rolecall(["env", "deploy", "--format", "dotenv"]).run().succeeded().stdout;
    assert!(
        env.contains(given["AccessKeyId"].as_str().unwrap()) && env.contains("AWS_REGION=eu-central-1"),
        "{env}"
    );
}

#[test]
fn a_chained_role_is_listed_found_pinned_and_told_with_its_parent() {
    let world = chained(&[]);
    world.switch("deploy", "dev");
    world.rolecall(["pin", "depl"]).run().failed(4);
    world.rolecall(["pin", "deploy"]).run().succeeded();
    for words in [&["deploy", "staging"][..], &["2222", "depl"], &[ROLE]] {
        let list = world.rolecall(["list"].into_iter().chain(words.iter().copied())).run().succeeded().stdout;
        let line = list.lines().find(|line| line.contains("Meadow Staging  ")).unwrap_or_default();
        assert!(line.starts_with('*') && line.contains("deploy ← AdministratorAccess"), "{words:?}: {list}");
    }
    let list = world.rolecall(["list", "--json", "~deploy"]).run().succeeded().json();
    let row = &list[0];
    assert_eq!((&row["accountId"], &row["roleName"]), (&"222233334444".into(), &"~deploy".into()));
    assert_eq!(row["chainedFrom"], format!("corp/{GRANT}"));
    assert_eq!((&row["roleArn"], &row["profiles"][0]), (&ROLE.into(), &"dev".into()));
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    assert_eq!(status["profiles"][0]["chainedFrom"], format!("corp/{GRANT}"));
    let status = world.rolecall(["status"]).run().succeeded().stdout;
    assert!(status.contains("deploy ← AdministratorAccess"), "{status}");
}

#[test]
fn a_role_in_an_account_that_the_portal_does_not_list_is_reached_as_well() {
    let world = World::listed();
    let account = || "999988887777".to_owned();
    let kind =
        ChangeKind::AddAccount { account_id: account(), name: "Hidden".into(), email: None, roles: vec![] };
    world.sim.provision(Change::from(kind)).unwrap();
    add(&world, "hidden", "arn:aws:iam::999988887777:role/Reader", "production admin", &[]).succeeded();
    assert!(world.grants().contains(&"999988887777/~hidden".to_owned()));
    assert!(identity(&world, "999988887777/hidden").contains("999988887777:assumed-role/Reader/"));
}

#[test]
fn the_external_id_must_be_that_of_the_trust_policy() {
    let world = chained(&[]);
    world.sim.trust(trust(|trust| trust.external_id = Some("our-secret-42".into())));
    let refused = credentials(&world, "deploy").failed(1);
    let (happened, hint) = refused.failure();
    assert!(
        happened.contains("assuming deploy") && happened.contains("is not authorized to perform"),
        "{happened}"
    );
    assert!(hint.contains("set `external_id`"), "{hint}");
    for (name, id, code) in [("wrong", "our-secret-43", 1), ("right", "our-secret-42", 0)] {
        add(&world, name, ROLE, GRANT, &["--external-id", id]).succeeded();
        assert_eq!(credentials(&world, name).code(), code, "{name}");
    }
    assert!(credentials(&world, "wrong").failure().1.contains("must be the one of the trust policy"));
}

#[test]
fn tags_identity_session_and_duration_reach_aws() {
    let world = chained(&[
        "--tag",
        "team=payments",
        "--tag",
        "Größe=a b",
        "--source-identity",
        "alex",
        "--session-name",
        "night-shift",
        "--duration",
        "15m",
    ]);
    assert!(identity(&world, "deploy").ends_with("assumed-role/Deploy/night-shift"));
    let asked = asked_of(&world, "AssumeRole").remove(0);
    for (name, value) in [
        ("RoleArn", ROLE),
        ("RoleSessionName", "night-shift"),
        ("SourceIdentity", "alex"),
        ("DurationSeconds", "900"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "payments"),
        ("Tags.member.2.Value", "a b"),
    ] {
        assert_eq!(parameter(&asked, name), value, "{name}");
    }
    world.sim.trust(trust(|trust| trust.denies_tags = true));
    let refused = world.rolecall(["assume", "deploy"]).run().failed(1);
    assert!(refused.failure().1.contains("sts:TagSession"), "{}", refused.stderr);
}

#[test]
fn a_chain_of_chains_is_gone_through_in_order() {
    let world = chained(&["--source-identity", "alex"]);
    add(&world, "audit", "arn:aws:iam::333344445555:role/Audit", "deploy", &[]).succeeded();
    world.sim.trust(Trust {
        account_id: "333344445555".into(),
        role: "Audit".into(),
        principals: Some(vec!["222233334444/Deploy".into()]),
        ..Trust::default()
    });
    assert_eq!(identity(&world, "audit"), "arn:aws:sts::333344445555:assumed-role/Audit/alex.rivera");
    let roles: Vec<String> = asked_of(&world, "AssumeRole").iter().map(|r| parameter(r, "RoleArn")).collect();
    assert_eq!(roles, [ROLE, "arn:aws:iam::333344445555:role/Audit"]);
    // What lies on the way is kept for whoever wants it.
    credentials(&world, "deploy").succeeded();
    assert_eq!((world.asked("AssumeRole"), world.asked("GetRoleCredentials")), (2, 1));
    let refused = world.rolecall(["chain", "remove", "deploy"]).run().failed(1);
    assert!(refused.failure().1.contains("remove audit first"), "{}", refused.stderr);
}

#[test]
fn a_chain_does_not_wait_for_one_whose_name_looks_alike() {
    let world = World::listed();
    world
        .sim
        .provision(Change::from(ChangeKind::AssignRole {
            account_id: "222233334444".into(),
            role: "_a_b".into(),
            user: None,
        }))
        .unwrap();
    add(&world, "a-b", ROLE, "corp/222233334444/_a_b", &[]).succeeded();
    add(&world, "a.b", ROLE, "a-b", &[]).succeeded();
    let took = credentials(&world, "a.b").succeeded().took;
    assert!(took.as_secs() < 20, "each holds its lock while it waits for its parent's: {took:?}");
}

#[test]
fn credentials_that_have_ended_are_fetched_again_below_a_chain() {
    let world = World::signed_in_with(Options { role_seconds: 4, ..Options::default() });
    add(&world, "deploy", ROLE, "corp/111122223333/AdministratorAccess", &[]).succeeded();
    let first = credentials(&world, "deploy").succeeded().json();
    until("the parent's credentials have ended", || {
        world.rolecall(["assume", "deploy"]).run().succeeded();
        world.asked("GetRoleCredentials") > 1
    });
    let second = credentials(&world, "deploy").succeeded().json();
    assert_ne!(first["AccessKeyId"], second["AccessKeyId"], "`assume` does it anew");
}

#[test]
fn twenty_tools_at_once_cost_one_request_of_each_kind() {
    let world = chained(&[]);
    world.switch("deploy", "dev");
    world.set_faults(|faults| faults.latency = 50);
    let tools: Vec<Running> =
        (0..20).map(|_| world.rolecall(["credentials", "--profile", "dev"]).start()).collect();
    let given: Vec<String> = tools.into_iter().map(|tool| tool.finish().succeeded().stdout).collect();
    assert!(given.iter().all(|text| *text == given[0]), "all got the same");
    assert_eq!((world.asked("AssumeRole"), world.asked("GetRoleCredentials")), (1, 1));
}

#[test]
fn a_code_is_asked_for_at_a_terminal_and_nowhere_else() {
    let world = with_device();
    let told = world.rolecall(["switch", "deploy", "--profile", "dev"]).run().succeeded().stderr;
    assert!(told.contains("run `rolecall assume deploy` in a terminal"), "{told}");
    let refused = world.rolecall(["credentials", "--profile", "dev"]).run().failed(3);
    assert!(refused.failure().1.contains("rolecall assume deploy"), "{}", refused.stderr);
    let tool = world.aws(["sts", "get-caller-identity", "--profile", "dev"]).run();
    assert!(tool.code() != 0 && tool.stderr.contains("rolecall assume deploy"), "{}", tool.stderr);
    assert!(
        !world.session.home().join(".local/state/rolecall/missed/corp").exists(),
        "a sign-in would not help"
    );
    assert_eq!(world.asked("AssumeRole"), 0);

    let code = world.sim.one_time_code().unwrap();
    let args = ["exec", "deploy", "--", "/usr/bin/aws", "sts", "get-caller-identity"];
    let done = at_a_terminal(&world, &code, &args).succeeded();
    assert!(done.stderr.contains(&format!("Code of {DEVICE} for deploy: ")), "{}", done.stderr);
    let arn = "arn:aws:sts::222233334444:assumed-role/Deploy/alex.rivera";
    assert_eq!(done.json()["Arn"], arn);
    // From then on tools are served, until it ends.
    let who = world.aws(["sts", "get-caller-identity", "--profile", "dev"]).run().succeeded().json();
    assert_eq!(who["Arn"], arn);
    assert_eq!(parameter(&asked_of(&world, "AssumeRole")[0], "SerialNumber"), DEVICE);
}

#[test]
fn assume_takes_codes_for_whoever_cannot_be_asked_later() {
    let world = with_device();
    let assume = |typed: &str| world.rolecall(["assume", "deploy", "--code-stdin"]).input(typed).run();
    world.rolecall(["assume", "deploy"]).run().failed(3);
    let refused = assume("hunter2\n").failed(2);
    assert!(!refused.stderr.contains("hunter2"), "what was typed is not repeated: {}", refused.stderr);
    assert_eq!(world.asked("AssumeRole"), 0);
    let wrong = assume("000000\n").failed(1);
    assert!(wrong.stderr.contains("invalid MFA one time pass code"), "{}", wrong.stderr);
    let code = world.sim.one_time_code().unwrap();
    let done = assume(&format!("{} {}\n", &code[..3], &code[3..])).succeeded();
    assert!(done.stderr.contains("deploy is assumed for 1 h"), "{}", done.stderr);
    credentials(&world, "deploy").succeeded();
    world.rolecall(["assume", GRANT]).run().failed(2);
}

#[test]
fn a_chain_below_a_device_asks_for_the_device_first() {
    let world = with_device();
    add(&world, "audit", "arn:aws:iam::333344445555:role/Audit", "deploy", &[]).succeeded();
    let refused = credentials(&world, "audit").failed(3);
    assert!(refused.failure().1.contains("rolecall assume deploy"), "{}", refused.stderr);
    let code = world.sim.one_time_code().unwrap();
    let done = at_a_terminal(&world, &code, &["credentials", "--grant", "audit"]).succeeded();
    assert_eq!(done.json()["AccountId"], "333344445555");
}

#[test]
fn signing_out_forgets_chained_roles_too() {
    let world = chained(&[]);
    credentials(&world, "deploy").succeeded();
    assert!(world.session.kept_secrets().contains("~deploy"));
    world.rolecall(["logout"]).run().succeeded();
    let kept = world.session.kept_secrets();
    assert!(!kept.contains("secretAccessKey"), "{kept}");
    credentials(&world, "deploy").failed(3);
    assert!(!world.session.kept_secrets().contains("secretAccessKey"));
}

#[test]
fn nothing_of_a_chain_comes_back_after_a_sign_out() {
    let world = chained(&[]);
    world.set_faults(|faults| faults.latency = 150);
    let tools: Vec<Running> =
        (0..8).map(|_| world.rolecall(["credentials", "--grant", "deploy"]).start()).collect();
    until("the role is being assumed", || world.asked("AssumeRole") > 0);
    world.rolecall(["logout"]).run().succeeded();
    for tool in tools {
        let outcome = tool.finish();
        assert!(matches!(outcome.code(), 0 | 3), "{outcome:?}");
    }
    assert!(!world.session.kept_secrets().contains("secretAccessKey"), "{}", world.session.kept_secrets());
}

#[test]
fn credentials_of_what_a_chain_was_before_are_not_handed_out() {
    let world = chained(&[]);
    let first = credentials(&world, "deploy").succeeded().json();
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("role/ops/Deploy", "role/Other")).unwrap();
    let second = credentials(&world, "deploy").succeeded().json();
    assert_ne!(first["AccessKeyId"], second["AccessKeyId"]);
    assert!(identity(&world, "deploy").contains("assumed-role/Other/"));
}

#[test]
fn a_chain_that_is_removed_leaves_nothing_and_names_its_profiles() {
    let world = World::listed();
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let before = fs::read_to_string(&settings).unwrap() + "\n# the end";
    fs::write(&settings, &before).unwrap();
    add(&world, "deploy", ROLE, GRANT, &[]).succeeded();
    let listed = world.rolecall(["chain", "list"]).run().succeeded().stdout;
    assert!(listed.contains(&format!("deploy  {ROLE}  corp/{GRANT}")), "{listed}");
    let json = world.rolecall(["chain", "list", "--json"]).run().succeeded().json();
    assert_eq!((&json[0]["name"], &json[0]["roleArn"]), (&"deploy".into(), &ROLE.into()));
    assert_eq!((&json[0]["externalId"], json[0]["tags"].as_object().unwrap().len()), (&Value::Null, 0));
    world.switch("deploy", "dev");
    credentials(&world, "deploy").succeeded();

    let removed = world.rolecall(["chain", "remove", "deploy"]).run().succeeded();
    assert!(removed.stderr.contains("the profile dev still points at deploy"), "{}", removed.stderr);
    assert!(!world.session.kept_secrets().contains("~deploy"));
    assert_eq!(fs::read_to_string(&settings).unwrap().trim_end(), before.trim_end());
    let lost = world.rolecall(["credentials", "--profile", "dev"]).run().failed(4);
    assert!(lost.failure().0.contains("no chained role `deploy`"), "{}", lost.stderr);
    world.rolecall(["chain", "remove", "deploy"]).run().failed(4);
    assert_eq!(world.rolecall(["chain", "list", "--json"]).run().succeeded().stdout, "[]\n");
}

#[test]
fn a_portal_that_chains_start_from_is_not_removed() {
    let world = chained(&[]);
    let refused = world.rolecall(["portal", "remove", PORTAL]).run().failed(1);
    assert!(refused.failure().0.contains("deploy"), "{}", refused.stderr);
    assert_eq!(world.state(), "signedIn");
    world.rolecall(["chain", "remove", "deploy"]).run().succeeded();
    world.rolecall(["portal", "remove", PORTAL]).run().succeeded();
}

#[test]
fn hostile_and_impossible_chains_are_refused_in_words() {
    let world = chained(&[]);
    for name in ["", "a b", "a]", "../x", "a/b", "~x", "-x", "x\u{1b}[31m", "ü", "x\nregion = y"] {
        let name = format!("--role={ROLE}\0{name}");
        let (role, name) = name.split_once('\0').unwrap();
        world.rolecall(["chain", "add", role, "--from", GRANT, "--", name]).run().failed_as_usage();
    }
    for (flag, value) in [
        ("--duration", "2h"),
        ("--external-id", "a b"),
        ("--tag", "nothing"),
        ("--tag", "aws:x=y"),
        ("--region", "mars"),
        ("--session-name", "a/b"),
    ] {
        add(&world, "other", ROLE, GRANT, &[flag, value]).failed_as_usage();
    }
    add(&world, "other", "Deploy", GRANT, &[]).failed_as_usage();
    add(&world, "Deploy", ROLE, GRANT, &[]).failed(2);
    add(&world, "other", "arn:aws-cn:iam::222233334444:role/x", GRANT, &[]).failed(2);
    add(&world, "other", ROLE, "corp/no-such-thing", &[]).failed(4);
    add(&world, "other", ROLE, GRANT, &["--tag", "a=1", "--tag", "A=2"]).failed(2);
    let twice = add(&world, "other", ROLE, GRANT, &["--tag", "a=1", "--tag", "a=2"]).failed(2);
    assert!(twice.failure().0.contains("the tag `a` is there twice"), "{}", twice.stderr);
    assert_eq!(world.rolecall(["chain", "list", "--json"]).run().json().as_array().unwrap().len(), 1);

    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace(&format!("corp/{GRANT}"), "deploy")).unwrap();
    let refused = world.rolecall(["list"]).run().failed(1);
    assert!(refused.failure().0.contains("`chain.from`: it goes round in a circle"), "{}", refused.stderr);
}

#[test]
fn the_console_of_a_chained_role_asks_for_no_duration() {
    let world = chained(&[]);
    let printed = world.rolecall(["console", "deploy", "--print"]).run().succeeded();
    let page = world.open(printed.stdout.trim()).unwrap();
    for shown in ["Meadow Staging", "222233334444", "Deploy"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let asked = asked_of(&world, "getSigninToken");
    assert!(asked.len() == 1 && !asked[0].parameters.contains_key("SessionDuration"), "{asked:?}");
}

#[test]
fn sts_is_asked_where_portal_and_chain_are() {
    let role = "arn:aws-cn:iam::222233334444:role/Deploy";
    let china = partitions::world("cn-north-1", "https://d-9067f4a1b2.awsapps.cn/start");
    let proxy = Proxy::start(&china, &[]);
    partitions::sign_in(&china, &proxy, "browser");
    add(&china, "deploy", role, "corp/111122223333/AdministratorAccess", &[]).succeeded();
    add(&china, "west", role, "deploy", &["--region", "cn-northwest-1"]).succeeded();
    proxy.through(china.rolecall(["list"])).run().succeeded();
    let given = proxy.through(china.rolecall(["credentials", "--grant", "west"])).run().succeeded();
    assert_eq!(given.json()["AccountId"], "222233334444");
    for host in ["sts.cn-north-1.amazonaws.com.cn /", "sts.cn-northwest-1.amazonaws.com.cn /"] {
        assert!(proxy.asked().contains(&host.to_owned()), "{host}: {:?}", proxy.asked());
    }
}

#[test]
fn boto3_finds_the_simulators_trust_policies_true_to_aws() {
    let world = World::listed();
    let device = MfaDevice { serial: DEVICE.into(), totp_secret: world.person().totp_secret.clone() };
    world.sim.trust(trust(|trust| {
        trust.external_id = Some("x-1".into());
        trust.mfa = Some(device);
    }));
    world.switch(GRANT, "base");
    let script = r"
import boto3, botocore, sys
sts = boto3.Session(profile_name='base').client('sts')
asked = dict(RoleArn=sys.argv[1], RoleSessionName='me', SourceIdentity='alex', TransitiveTagKeys=['team'],
             Tags=[{'Key': 'team', 'Value': 'payments'}], SerialNumber=sys.argv[2], TokenCode=sys.argv[3])
for wrong in ({}, {'ExternalId': 'x-2'}):
    try:
        sts.assume_role(**{**asked, **wrong, 'TokenCode': '000000'})
    except botocore.exceptions.ClientError as error:
        print(error.response['Error']['Code'])
given = sts.assume_role(**asked, ExternalId='x-1')
print(given['AssumedRoleUser']['Arn'], given['SourceIdentity'], given['PackedPolicySize'] > 0)
keys = given['Credentials']
on = boto3.client('sts', region_name='us-east-1', aws_access_key_id=keys['AccessKeyId'],
                  aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])
other = on.assume_role(RoleArn='arn:aws:iam::333344445555:role/x', RoleSessionName='me')
print(other['SourceIdentity'])
";
    let code = world.sim.one_time_code().unwrap();
    let told = world.python(script).args([ROLE, DEVICE, &code]).run().succeeded().stdout;
    let lines: Vec<&str> = told.lines().collect();
    let arn = "arn:aws:sts::222233334444:assumed-role/Deploy/me alex True";
    assert_eq!(lines, ["AccessDenied", "AccessDenied", arn, "alex"]);
}
