//! `aws`, `aws-sso-util` and Granted.

use super::super::aws_config::AwsConfig;
use super::*;

const CONFIG: &str = r#"
[default]
region = eu-west-1

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 001234567890
sso_role_name = Admin
region = eu-central-1

[profile deploy]
role_arn = arn:aws:iam::222233334444:role/ci/Deploy
source_profile = dev
external_id = x-1
role_session_name = mee
mfa_serial = arn:aws:iam::001234567890:mfa/me
duration_seconds = 5400
region = us-west-2

[profile deeper]
role_arn = arn:aws:iam::333344445555:role/Audit
source_profile = deploy

[profile loop-a]
role_arn = arn:aws:iam::333344445555:role/A
source_profile = loop-b

[profile loop-b]
role_arn = arn:aws:iam::333344445555:role/B
source_profile = loop-a

[profile keys]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = x

[profile from-keys]
role_arn = arn:aws:iam::333344445555:role/FromKeys
source_profile = keys

[profile legacy] # old form
sso_start_url = https://d-2222222222.awsapps.com/start # old
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly

[profile no-account]
sso_session = corp
sso_account_id = 12
sso_role_name = Admin

[profile mine]
credential_process = /usr/bin/rolecall credentials --profile mine
rolecall_portal = corp
rolecall_account_id = 111122223333
rolecall_role_name = Admin
sso_account_id = 111122223333

[profile util.Admin.usea1]
sso_start_url = https://corp.awsapps.com/start/
sso_region = eu-central-1
sso_account_name = util
sso_account_id = 444455556666
sso_role_name = Admin
region = us-east-1
credential_process = aws-sso-util credential-process --profile util.Admin.usea1
sso_auto_populated = true

[profile from-util]
role_arn = arn:aws:iam::555566667777:role/X
source_profile = util.Admin.usea1

[profile prod/Admin]
granted_sso_start_url      = `https://corp.awsapps.com/start/#`
granted_sso_region         = eu-central-1
granted_sso_account_id     = 777788889999
granted_sso_role_name      = Admin
granted_color              = turquoise
granted_icon               = briefcase
granted_description        = the big one
common_fate_generated_from = aws-sso
credential_process         = "/opt/my tools/granted" credential-process --profile prod/Admin

[profile odd]
granted_sso_start_url = https://other.awsapps.com/start
granted_sso_account_id = 777788889999
granted_sso_role_name = Admin
credential_process = granted credential-process --profile odd
"#;

#[test]
fn profiles_of_the_aws_cli_become_portals_chains_and_profiles() {
    let config = config_of(CONFIG);
    let found = AwsConfig::of(&config).read(Source::Aws);
    let plan = plan(Source::Aws, found, "", CONFIG);
    let portals: Vec<&str> = plan.portals.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(portals, ["corp", "legacy"]);
    assert_eq!(
        profiles(&plan),
        [
            "!dev -> corp/001234567890/Admin",
            "!legacy -> legacy/111122223333/ReadOnly",
            "!deploy -> corp/222233334444/~deploy",
            "!deeper -> corp/333344445555/~deeper",
        ]
    );
    let chains: Vec<(&str, &str, String)> =
        plan.chains.iter().map(|c| (c.name.as_str(), c.role.as_str(), c.from.written())).collect();
    assert_eq!(
        chains,
        [
            ("deploy", "arn:aws:iam::222233334444:role/ci/Deploy", "corp/001234567890/Admin".to_owned()),
            ("deeper", "arn:aws:iam::333344445555:role/Audit", "deploy".to_owned()),
        ]
    );
    let deploy = &plan.chains[0];
    let options = [&deploy.external_id, &deploy.session_name, &deploy.mfa_serial];
    let wanted = ["x-1", "mee", "arn:aws:iam::001234567890:mfa/me"];
    assert_eq!(options.map(|text| text.as_deref().unwrap()), wanted);
    assert_eq!(deploy.duration_seconds, None, "AWS gives an hour at most");
    let told: Vec<&Told> = plan.assumed.iter().filter(|t| t.remark.what == "chained role deploy").collect();
    assert_eq!(told.len(), 2, "{:?}", said(&plan.assumed));
    assert_eq!(deploy.region.as_ref().unwrap().as_str(), "us-west-2");
    assert!(about(&plan.left_out, "profile no-account").contains("12 digits"));
    assert_eq!(plan.left_out.len(), 1, "what stays as it is is not lost: {:?}", said(&plan.left_out));
}

#[test]
fn profiles_of_aws_sso_util_are_known_by_their_marks() {
    let config = config_of(CONFIG);
    let found = AwsConfig::of(&config).read(Source::AwsSsoUtil);
    let plan = plan(Source::AwsSsoUtil, found, "", "");
    assert_eq!(
        profiles(&plan),
        [
            "util.Admin.usea1 -> corp/444455556666/Admin @ us-east-1",
            "from-util -> corp/555566667777/~from-util"
        ]
    );
    assert_eq!(plan.portals[0].name.as_str(), "corp", "called by its subdomain");
}

const GRANTED: &str = r#"
DefaultBrowser = "FIREFOX"
CustomBrowserPath = "/usr/bin/firefox"
CustomSSOBrowserPath = ""
Ordering = "Alphabetical"
ExportCredentialSuffix = "-x"

[Keyring]
Backend = "file"

[ProfileRegistry]
PrefixAllProfiles = false
PrefixDuplicateProfiles = false

[SSO]
[SSO.work]
StartURL = "https://corp.awsapps.com/start"
SSORegion = "eu-central-1"
Prefix = "w-"
NoCredentialProcess = false
ProfileTemplate = "{{ .AccountName }}.{{ .RoleName | lower }}"
[SSO.broken]
StartURL = "https://x.awsapps.com/start"
SSORegion = "apse2"
"#;

const FRECENCY: &str = r#"{"MaxFrequency":9,"OldestDate":"2026-01-01T10:00:00Z","Entries":[
  {"Entry":"prod/Admin","Frequency":9,"LastUsed":"2026-11-02T03:04:05.123456789+01:00","FrequencyScore":1,
   "LastUsedScore":1,"FrecencySortingScore":2},
  {"Entry":"gone","Frequency":1,"LastUsed":"2026-01-01T10:00:00Z"},
  {"Entry":{"x":1},"Frequency":1,"LastUsed":"2026-01-01T10:00:00Z"}]}"#;

fn granted_says(config: Option<&str>, frecency: Option<&str>) -> Findings {
    let aws = config_of(CONFIG);
    let aws = AwsConfig::of(&aws);
    granted::read(&granted::Files { config, frecency, aws: &aws }).unwrap()
}

#[test]
fn all_that_granted_knows_has_a_place_or_a_reason() {
    let plan = plan(Source::Granted, granted_says(Some(GRANTED), Some(FRECENCY)), "", CONFIG);
    let portals: Vec<&str> = plan.portals.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(portals, ["work"], "the profile's address is that of the SSO section");
    assert_eq!(profiles(&plan), ["!prod/Admin -> work/777788889999/Admin"]);
    assert_eq!(plan.profile_name.as_deref(), Some("w-{account}.{role|lower}"));
    let marks: Vec<String> = plan.marks.iter().map(|m| serde_json::to_string(m).unwrap()).collect();
    assert_eq!(marks, [r#"{"account":"777788889999","role":"Admin","colour":"teal","tags":[]}"#]);
    let uses: Vec<String> = plan.uses.iter().map(|u| format!("{} {} {}", u.grant, u.count, u.last)).collect();
    assert_eq!(uses, ["777788889999/Admin 9 2026-11-02T02:04:05.123456789Z"]);
    for what in [
        "portal broken",
        "Granted's browser FIREFOX",
        "Granted's setting CustomBrowserPath",
        "Granted's setting ExportCredentialSuffix",
        "Granted's alphabetical order",
        "the icons of 1 profiles",
        "description of prod/Admin",
    ] {
        about(&plan.left_out, what);
    }
    assert!(about(&plan.left_out, "profile odd").contains("sso_region"));
    assert!(about(&plan.left_out, "Granted's browser FIREFOX").contains("granted-containers"));
    assert_eq!(plan.left_out.len(), 8, "{:?}", said(&plan.left_out));
}

#[test]
fn granted_without_its_own_files_is_read_from_the_aws_config() {
    let plan = plan(Source::Granted, granted_says(None, Some("[1, 2")), "", CONFIG);
    assert_eq!(profiles(&plan), ["!prod/Admin -> corp/777788889999/Admin"]);
    about(&plan.left_out, "Granted's list of past uses");
    let aws = config_of("");
    let aws = AwsConfig::of(&aws);
    let files = granted::Files { config: Some("a = ["), frecency: None, aws: &aws };
    assert!(granted::read(&files).unwrap_err().summary.contains("TOML"));
}
