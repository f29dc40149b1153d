//! `rolecall import`: a home folder of each other tool, and the real program.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::Outcome;
use crate::world::World;

/// The portal and the accounts are those of the simulator's small organisation.
const ADMIN: &str = "111122223333";
const READER: &str = "001234567890";
const CHAINED: &str = "222233334444";

/// Writes a file of another tool into the home folder.
fn put(world: &World, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = world.session.home().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

fn settings(world: &World) -> String {
    fs::read_to_string(world.session.home().join(".config/rolecall/settings.toml")).unwrap_or_default()
}

fn import(world: &World, args: &[&str]) -> Outcome {
    world.rolecall(["import"].into_iter().chain(args.iter().copied())).run()
}

/// `name startUrl region` of each portal.
fn portals(world: &World) -> Vec<String> {
    let list = world.rolecall(["portal", "list", "--json"]).run().succeeded().json();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = list.as_array().unwrap().iter();
    rows.map(|r| format!("{} {} {}", text(r, "name"), text(r, "startUrl"), text(r, "region"))).collect()
}

/// `name portal/account/role region` of each profile that `status` shows.
fn profiles(world: &World) -> Vec<String> {
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = status["profiles"].as_array().unwrap().iter();
    rows.map(|r| {
        let grant = [text(r, "portal"), text(r, "accountId"), text(r, "roleName")].join("/");
        format!("{} {grant} {}", text(r, "name"), text(r, "region"))
    })
    .collect()
}

/// Who the AWS CLI and boto3 are with a profile.
#[track_caller]
fn works(world: &World, profile: &str, account: &str) {
    let cli = world.aws(["sts", "get-caller-identity", "--profile", profile]).run().succeeded().json();
    assert_eq!(cli["Account"], account, "{profile}");
    let script = "import boto3, os; s = boto3.Session(profile_name=os.environ['P']); \
                  print(s.client('sts', region_name='us-east-1').get_caller_identity()['Account'])";
    let python = world.python(script).env("P", profile).run().succeeded();
    assert_eq!(python.stdout.trim(), account, "{profile}");
}

/// Signs in to the portal of this name and fetches its list.
fn sign_in(world: &World, portal: &str) {
    let login = world.rolecall(["login", portal, "--no-open"]).start();
    login.tells("Waiting for your approval");
    world.visit(&crate::world::code_of(&login).0, sim::Decision::Allow);
    login.finish().succeeded();
    world.rolecall(["list"]).run().succeeded();
}

fn granted_home(world: &World) -> (Vec<PathBuf>, String) {
    let url = world.start_url();
    let config = format!(
        "DefaultBrowser = \"FIREFOX\"\nOrdering = \"\"\n\n[SSO]\n[SSO.work]\nStartURL = \"{url}\"\n\
         SSORegion = \"us-east-1\"\nPrefix = \"\"\nNoCredentialProcess = false\n\
         ProfileTemplate = \"{{{{ .AccountName }}}}.{{{{ .RoleName }}}}\"\n"
    );
    let uses = format!(
        "{{\"MaxFrequency\":3,\"OldestDate\":\"2026-11-01T00:00:00Z\",\"Entries\":[{{\"Entry\":\"prod/Admin\",\
         \"Frequency\":3,\"LastUsed\":\"{}\",\"FrequencyScore\":1,\"LastUsedScore\":1,\"FrecencySortingScore\":2}}]}}\n",
        jiff::Timestamp::now()
    );
    let aws = format!(
        "# mine\n[profile prod/Admin]\ngranted_sso_start_url      = {url}/\ngranted_sso_region         = us-east-1\n\
         granted_sso_account_id     = {ADMIN}\ngranted_sso_role_name      = AdministratorAccess\n\
         granted_color              = turquoise\ncommon_fate_generated_from = aws-sso\n\
         credential_process         = granted credential-process --profile prod/Admin\nregion = eu-west-1\n"
    );
    world.write_config(&aws);
    let files =
        vec![put(world, ".granted/config", config), put(world, ".granted/aws_profiles_frecency", uses)];
    (files, aws)
}

#[test]
fn who_comes_from_granted_finds_portal_colours_and_habits_and_may_take_the_profiles_over() {
    let world = World::new();
    let (files, aws) = granted_home(&world);
    let before: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    let done = import(&world, &["granted", "--yes"]).succeeded();
    assert!(done.stdout.contains("Granted's browser FIREFOX"), "what has no place is told: {}", done.stdout);
    assert!(
        done.stderr.contains("--take-over") && done.stderr.contains("rolecall login work"),
        "{}",
        done.stderr
    );
    assert_eq!(portals(&world), [format!("work {} us-east-1", world.start_url())]);
    let text = settings(&world);
    assert!(text.contains("profile_name = \"{account}.{role}\""), "{text}");
    assert!(text.contains("role = \"AdministratorAccess\"\ncolour = \"teal\""), "{text}");
    assert_eq!(world.config(), aws, "its profiles are left alone");
    assert_eq!(profiles(&world), [""; 0]);

    let taken = import(&world, &["granted", "--yes", "--take-over"]).succeeded();
    assert!(taken.stderr.contains("wrote 1 profiles"), "{}", taken.stderr);
    sign_in(&world, "work");
    assert_eq!(profiles(&world), [format!("prod/Admin work/{ADMIN}/AdministratorAccess eu-west-1")]);
    works(&world, "prod/Admin", ADMIN);
    let list = world.rolecall(["list", "--json"]).run().succeeded().json();
    assert_eq!(list[0]["accountId"], ADMIN, "what was used there comes first");
    assert!(!list[0]["lastUsed"].is_null());
    let backups = fs::read_dir(world.config_path().with_file_name("rolecall-backups")).unwrap();
    let backup = backups.map(|entry| entry.unwrap().path()).next().unwrap();
    assert_eq!(fs::read_to_string(backup).unwrap(), aws);
    let after: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(after, before, "byte for byte");
}

fn sso_cli_home(world: &World) -> PathBuf {
    let config = format!(
        "# mine\nSSOConfig:\n  Default: &it\n    SSORegion: us-east-1\n    StartUrl: {}\n    Accounts:\n      \
         {READER}:\n        Tags: {{Team: core, Color: red}}\n        Roles:\n          ReadOnlyAccess:\n            \
         Profile: core-read\n            DefaultRegion: eu-north-1\n      222233334444:\n        Roles:\n          \
         Deploy:\n            Via: arn:aws:iam::{READER}:role/ReadOnlyAccess\n            ExternalId: x-1\n            Profile: deploy\n      \
         0182347455:\n        Roles: {{Admin: {{Profile: spoilt}}}}\n  Second:\n    <<: *it\n    Accounts: ~\n\
         DefaultRegion: eu-central-1\nProfileFormat: '{{{{ .AccountIdPad }}}}:{{{{ .RoleName }}}}'\n",
        world.start_url()
    );
    put(world, ".aws-sso/config.yaml", config)
}

#[test]
fn who_comes_from_aws_sso_cli_finds_tags_chains_and_named_profiles() {
    let world = World::new();
    let path = sso_cli_home(&world);
    let before = fs::read(&path).unwrap();
    let done = import(&world, &["aws-sso-cli", "--yes"]).succeeded();
    assert!(done.stdout.contains("account 0182347455"), "an id that YAML may have spoilt: {}", done.stdout);
    let url = world.start_url();
    let both = [format!("Default {url} us-east-1"), format!("Second {url} us-east-1")];
    assert_eq!(portals(&world), both, "two users of one portal");
    let text = settings(&world);
    let chain = format!(
        "[[chain]]\nname = \"deploy\"\nrole = \"arn:aws:iam::222233334444:role/Deploy\"\n\
         from = \"Default/{READER}/ReadOnlyAccess\"\nexternal_id = \"x-1\"\n"
    );
    assert!(text.contains(&chain), "{text}");
    assert!(
        text.contains(&format!("account = \"{READER}\"\ncolour = \"red\"\ntags = [\"Team=core\"]")),
        "{text}"
    );
    assert!(
        text.contains("profile_name = \"{account_id}:{role}\"\ndefault_region = \"eu-central-1\""),
        "{text}"
    );
    assert!(!text.contains("production = true"), "what is marked without a mark still is: {text}");
    let reader = format!("core-read Default/{READER}/ReadOnlyAccess eu-north-1");
    let chained = format!("deploy Default/{CHAINED}/~deploy eu-central-1");
    assert_eq!(profiles(&world), [reader, chained]);
    sign_in(&world, "Default");
    works(&world, "core-read", READER);
    let external_id = Some("x-1".to_owned());
    world.sim.trust(sim::Trust {
        account_id: CHAINED.into(),
        role: "Deploy".into(),
        external_id,
        ..Default::default()
    });
    works(&world, "deploy", CHAINED);
    assert_eq!(fs::read(&path).unwrap(), before, "byte for byte");
}

#[test]
fn who_comes_from_aws_sso_util_finds_the_portal_and_the_profiles() {
    let world = World::new();
    let url = world.start_url();
    let theirs = format!(
        "[profile util.Admin]\nsso_start_url = {url}\nsso_region = us-east-1\nsso_account_name = x\n\
         sso_account_id = {ADMIN}\nsso_role_name = AdministratorAccess\nregion = us-west-2\n\
         credential_process = aws-sso-util credential-process --profile util.Admin\nsso_auto_populated = true\n"
    );
    world.write_config(&theirs);
    let found = world
        .rolecall(["import", "aws-sso-util", "--json"])
        .env("AWS_DEFAULT_SSO_START_URL", "https://second.awsapps.com/start")
        .env("AWS_DEFAULT_SSO_REGION", "eu-west-1");
    let plan = found.run().succeeded().json();
    assert_eq!(
        plan["plan"]["portals"].as_array().unwrap().len(),
        2,
        "one of them by the environment: {plan:#}"
    );
    assert_eq!(plan["added"], false, "JSON without --yes only tells");
    import(&world, &["aws-sso-util", "--yes", "--take-over"]).succeeded();
    let portal = portals(&world)[0].split(' ').next().unwrap().to_owned();
    sign_in(&world, &portal);
    assert_eq!(profiles(&world), [format!("util.Admin {portal}/{ADMIN}/AdministratorAccess us-west-2")]);
    works(&world, "util.Admin", ADMIN);
}

#[test]
fn the_text_of_extend_switch_roles_becomes_chained_roles_and_colours() {
    let world = World::listed();
    let text = format!(
        "\u{feff}; from the browser\n[Base]\naws_account_id = {ADMIN}\nrole_name = AdministratorAccess\n\n\
         [Org Dev]\naws_account_id = 222233334444\nrole_name = Developer\nsource_profile = Base\ncolor = 0000ff\n\
         region=eu-west-1\n\n[unsure]\naws_account_id = 222233334444\nrole_name = x\n"
    );
    let path = put(&world, "roles.ini", &text);
    let browser = import(&world, &["extend-switch-roles", "--yes"]).failed(4);
    assert!(browser.failure().1.contains("FILE"), "{}", browser.stderr);
    let done = import(&world, &["extend-switch-roles", path.to_str().unwrap(), "--yes"]).succeeded();
    assert!(done.stdout.contains("unsure"), "{}", done.stdout);
    let settings = settings(&world);
    let chain = format!(
        "[[chain]]\nname = \"Org-Dev\"\nrole = \"arn:aws:iam::222233334444:role/Developer\"\n\
         from = \"corp/{ADMIN}/AdministratorAccess\"\nregion = \"eu-west-1\"\n"
    );
    assert!(settings.contains(&chain), "{settings}");
    assert!(settings.contains("role = \"~Org-Dev\"\ncolour = \"blue\""), "{settings}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let again = import(&world, &["extend-switch-roles", path.to_str().unwrap(), "--yes"]).succeeded();
    assert!(again.stderr.contains("nothing to add"), "{}", again.stderr);
}

fn workspace(world: &World) -> String {
    json!({
        "_workspaceVersion": 7,
        "_awsSsoIntegrations": [{"id": "i1", "alias": "Big Corp", "portalUrl": world.start_url(),
                                 "region": "us-east-1", "type": "AWS-SSO", "browserOpening": "In-app"}],
        "_profiles": [{"id": "p0", "name": "default"}, {"id": "p1", "name": "prod"},
                      {"id": "p2", "name": "deploy"}],
        "_sessions": [
            {"sessionId": "s1", "type": "awsSsoRole", "sessionName": "Prod", "status": 0, "region": "eu-west-1",
             "roleArn": format!("arn:aws:iam::{ADMIN}/AdministratorAccess"), "profileId": "p1",
             "awsSsoConfigurationId": "i1", "email": "x@example.com"},
            {"sessionId": "c1", "type": "awsIamRoleChained", "sessionName": "deploy", "status": 0,
             "region": "eu-west-1", "roleArn": "arn:aws:iam::222233334444:role/Deploy", "parentSessionId": "s1",
             "profileId": "p2", "roleSessionName": "assumed-from-leapp"},
            {"sessionId": "u1", "type": "awsIamUser", "sessionName": "old keys", "status": 0, "region": "x",
             "profileId": "p0"},
        ],
        "_pinned": ["s1"], "_folders": [{"name": "Payments", "ids": ["s1"]}], "_segments": [],
        "_proxyConfiguration": {"proxyProtocol": "https", "proxyPort": "8080", "password": "hunter2"},
    })
    .to_string()
}

/// Seals a text with another implementation, as Leapp does on this computer.
fn sealed(text: &str, machine_id: &str) -> Vec<u8> {
    let script = "K=$(printf %s \"$ID\" | sha256sum | cut -d' ' -f1); \
                  printf %s \"$TEXT\" | openssl enc -aes-256-cbc -md md5 -salt -a -A -pass \"pass:$K\" 2>/dev/null";
    let shell = Command::new("/bin/sh").args(["-c", script]).env("ID", machine_id).env("TEXT", text).output();
    shell.unwrap().stdout
}

fn machine_id() -> String {
    let script = "( cat /var/lib/dbus/machine-id /etc/machine-id 2>/dev/null || hostname ) | head -n 1";
    let output = Command::new("/bin/sh").args(["-c", script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_lowercase()
}

#[test]
fn the_workspace_of_leapp_is_opened_with_this_computers_id() {
    let world = World::new();
    let path = put(&world, ".Leapp/Leapp-lock.json", sealed(&workspace(&world), &machine_id()));
    let before = fs::read(&path).unwrap();
    assert!(before.starts_with(b"U2FsdGVkX1"), "as Leapp's begins");
    let done = import(&world, &["leapp", "--yes"]).succeeded();
    assert!(done.stdout.contains("session old keys"), "{}", done.stdout);
    assert_eq!(portals(&world), [format!("Big-Corp {} us-east-1", world.start_url())]);
    let chain = format!("from = \"Big-Corp/{ADMIN}/AdministratorAccess\"");
    assert!(settings(&world).contains(&chain) && settings(&world).contains("tags = [\"Payments\"]"));
    sign_in(&world, "Big-Corp");
    let chained = format!("deploy Big-Corp/{CHAINED}/~deploy eu-west-1");
    assert_eq!(profiles(&world), [format!("prod Big-Corp/{ADMIN}/AdministratorAccess eu-west-1"), chained]);
    works(&world, "prod", ADMIN);
    works(&world, "deploy", CHAINED);
    let list = world.rolecall(["list", "--json"]).run().succeeded().json();
    assert_eq!((&list[0]["accountId"], &list[0]["pinned"]), (&json!(ADMIN), &json!(true)));
    assert_eq!(fs::read(&path).unwrap(), before, "byte for byte");

    // A workspace that somebody has decrypted elsewhere.
    let other = World::new();
    let plain = put(&other, "workspace.json", workspace(&other));
    import(&other, &["leapp", plain.to_str().unwrap(), "--yes"]).succeeded();
    assert_eq!(portals(&other).len(), 1);
    let foreign = put(&other, "foreign.json", sealed(&workspace(&other), "another computer's"));
    let refused = import(&other, &["leapp", foreign.to_str().unwrap()]).failed(1);
    assert!(refused.failure().0.contains("this computer's id"), "{}", refused.stderr);
    for outcome in [done, refused] {
        assert!(!outcome.stdout.contains("hunter2") && !outcome.stderr.contains("hunter2"));
    }
}

#[test]
fn profiles_of_the_aws_cli_come_with_what_they_assume() {
    let world = World::new();
    let url = world.start_url();
    let theirs = format!(
        "[sso-session corp]\nsso_start_url = {url}\nsso_region = us-east-1\n\n[profile dev]\nsso_session = corp\n\
         sso_account_id = {ADMIN}\nsso_role_name = AdministratorAccess\n\n[profile deploy]\n\
         role_arn = arn:aws:iam::222233334444:role/Deploy\nsource_profile = dev\nexternal_id = x-1\n"
    );
    world.write_config(&theirs);
    import(&world, &["aws", "--yes"]).succeeded();
    assert_eq!(portals(&world), [format!("corp {url} us-east-1")]);
    assert!(
        settings(&world).contains("name = \"deploy\"") && settings(&world).contains("external_id = \"x-1\"")
    );
    assert_eq!(world.config(), theirs);
    let taken = import(&world, &["aws", "--yes", "--take-over"]).succeeded();
    assert!(
        taken.stderr.contains("taken out of the profile deploy: role_arn, source_profile"),
        "{}",
        taken.stderr
    );
    let ours = world.config();
    assert!(!ours.contains("role_arn") && ours.contains("external_id = x-1"), "{ours}");
    // From a file that somebody sent, the profiles are new ones.
    let sent = put(&world, "sent.ini", theirs.replace("profile dev", "profile sent"));
    let plan = import(&world, &["aws", sent.to_str().unwrap(), "--json"]).succeeded().json();
    let new =
        plan["plan"]["profiles"].as_array().unwrap().iter().find(|p| p["name"] == "sent").unwrap().clone();
    assert_eq!(new["theirs"], false);
    import(&world, &["aws", sent.to_str().unwrap(), "--yes"]).succeeded();
    sign_in(&world, "corp");
    works(&world, "sent", ADMIN);
    works(&world, "deploy", CHAINED);
    assert!(world.config().starts_with(&ours), "{}", world.config());
}

#[test]
fn without_a_tool_every_one_that_is_there_is_shown_and_nothing_changes_unasked() {
    let world = World::new();
    let nothing = import(&world, &["--yes"]).succeeded();
    assert!(nothing.stderr.contains("nothing was found"), "{}", nothing.stderr);
    granted_home(&world);
    sso_cli_home(&world);
    put(&world, ".Leapp/Leapp-lock.json", "U2FsdGVkX1 damaged");
    let shown = import(&world, &[]).succeeded();
    for text in ["granted: found in", "aws-sso-cli: found in", "warning: leapp:", "rolecall import --yes"] {
        assert!(shown.stderr.contains(text), "{text}: {}", shown.stderr);
    }
    for text in ["PORTAL", "work", "core-read", "prod/Admin", "LEFT OUT"] {
        assert!(shown.stdout.contains(text), "{text}: {}", shown.stdout);
    }
    import(&world, &["--dry-run"]).succeeded();
    assert_eq!(settings(&world), "");
    let config = world.config();
    import(&world, &["--yes"]).succeeded();
    // The same portal by two tools is one, but two users of it are two.
    let names: Vec<String> =
        portals(&world).iter().map(|p| p.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["work", "Second"]);
    assert!(world.config().starts_with(&config) && world.config() != config, "{}", world.config());
    let (text, config) = (settings(&world), world.config());
    let again = import(&world, &["--yes"]).succeeded();
    assert!(again.stderr.contains("--take-over"), "{}", again.stderr);
    assert_eq!((settings(&world), world.config()), (text, config), "the second time changes nothing");
}

#[test]
fn files_are_found_where_the_desktop_keeps_them_too() {
    let world = World::new();
    sso_cli_home(&world);
    let home = world.session.home();
    fs::create_dir_all(home.join("xdg")).unwrap();
    fs::rename(home.join(".aws-sso"), home.join("xdg/aws-sso")).unwrap();
    import(&world, &["aws-sso-cli", "--json"]).failed(4);
    let found = world.rolecall(["import", "aws-sso-cli", "--json"]).env("XDG_CONFIG_HOME", home.join("xdg"));
    let read = found.run().succeeded().json()["sources"][0]["read"].to_string();
    assert!(read.contains("xdg/aws-sso/config.yaml"), "{read}");
    let named = world.rolecall(["import", "aws-sso-cli", "--json"]);
    named.env("AWS_SSO_CONFIG", "~/xdg/aws-sso/config.yaml").run().succeeded();
}

#[test]
fn a_person_at_a_terminal_is_asked_first() {
    let world = World::new();
    granted_home(&world);
    let script = "import os, pty, sys\n\
                  answer = os.environ['ANSWER'].encode()\n\
                  def read(fd):\n    data = os.read(fd, 4096)\n    if b'[y/N]' in data: os.write(fd, answer + b'\\n')\n    return data\n\
                  sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:] or os.environ['CMD'].split(), read)))";
    let asked = |answer: &str| {
        let command = format!("{} import granted", env!("CARGO_BIN_EXE_rolecall"));
        let outcome = world.python(script).env("CMD", command).env("ANSWER", answer).run().succeeded();
        assert!(outcome.stdout.contains("Add this to settings.toml? [y/N]"), "{}", outcome.stdout);
    };
    asked("n");
    asked("");
    assert_eq!(settings(&world), "");
    asked("y");
    assert_eq!(portals(&world).len(), 1);
}

#[test]
fn files_that_are_broken_or_hostile_are_refused_and_nothing_is_written() {
    let world = World::new();
    let laughs = (1..9).fold("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
        let before = vec![format!("*a{}", n - 1); 10].join(", ");
        format!("{text}a{n}: &a{n} [{before}]\n")
    });
    let yaml = |name: &str, text: &[u8]| put(&world, name, text);
    let zero = world.session.home().join("zero.yaml");
    symlink("/dev/zero", &zero).unwrap();
    let pipe = world.session.home().join("pipe.yaml");
    assert!(Command::new("/usr/bin/mkfifo").arg(&pipe).status().unwrap().success());
    for (path, code) in [
        (yaml("laughs.yaml", laughs.as_bytes()), 1),
        (yaml("deep.yaml", "[".repeat(200_000).as_bytes()), 1),
        (yaml("broken.yaml", b"SSOConfig:\n\tDefault: x\n"), 1),
        (yaml("other.yaml", b"some: thing\n"), 1),
        (yaml("latin.yaml", b"SSOConfig: {x: \xfc}\n"), 5),
        (yaml("large.yaml", &vec![b'#'; 9 << 20]), 5),
        (zero, 5),
        (pipe, 5),
        (world.session.home(), 5),
        (world.session.home().join("nowhere.yaml"), 4),
    ] {
        let refused = import(&world, &["aws-sso-cli", path.to_str().unwrap(), "--yes"]).failed(code);
        assert!(refused.took.as_secs() < 10, "{}: {:?}", path.display(), refused.took);
    }
    for (source, text) in
        [("granted", "a = ["), ("leapp", "{\"_sessions\": ["), ("leapp", "[]"), ("aws", "a\0b")]
    {
        let path = put(&world, "broken", text);
        let refused = import(&world, &[source, path.to_str().unwrap(), "--yes"]);
        assert!([1, 5].contains(&refused.code()), "{source}: {}", refused.stderr);
    }
    assert_eq!(settings(&world), "");
    import(&world, &["--yes", "--dry-run"]).failed_as_usage();
    import(&world, &["no-such-tool"]).failed_as_usage();
}
