//! The simulator judged by clients that never heard of Rolecall: what they accept, AWS would have sent.

use std::fs;

use sim::Decision;

use crate::program::{Running, until};
use crate::world::World;

/// Profiles as the AWS CLI itself writes them.
fn write_profiles(world: &World) {
    let url = world.start_url();
    world.write_config(format!(
        "[sso-session corp]\nsso_start_url = {url}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n\n\
         [profile modern]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = AdministratorAccess\n\
         region = us-east-1\n\n\
         [profile legacy]\nsso_start_url = {url}\nsso_region = us-east-1\nsso_account_id = 001234567890\n\
         sso_role_name = ReadOnlyAccess\nregion = us-east-1\n\n\
         [profile chained]\nrole_arn = arn:aws:iam::222233334444:role/Deploy\nsource_profile = legacy\nregion = us-east-1\n"
    ));
}

/// `aws sso login`, with the person at the pages.
fn sign_in(world: &World, profile: &str) {
    let login: Running = world.aws(["sso", "login", "--no-browser", "--profile", profile]).start();
    until("page and code are shown", || {
        login.printed().contains("user_code=") || login.printed().lines().count() > 8
    });
    let printed = login.printed();
    let page = printed
        .split_whitespace()
        .find(|word| word.contains("user_code="))
        .unwrap_or_else(|| panic!("{printed}"));
    world.visit(page, Decision::Allow);
    let done = login.finish().succeeded();
    assert!(done.stdout.contains("Successfully logged into Start URL"), "{}", done.stdout);
}

fn cached_token(world: &World) -> serde_json::Value {
    let dir = world.session.home().join(".aws/sso/cache");
    let files = fs::read_dir(dir).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let mut records = files.map(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap());
    records.find(|record| record.get("accessToken").is_some()).unwrap()
}

#[test]
fn the_aws_cli_signs_in_and_works_with_an_sso_session() {
    let world = World::new();
    write_profiles(&world);
    sign_in(&world, "modern");
    assert!(cached_token(&world)["refreshToken"].is_string());
    let identity = world.aws(["sts", "get-caller-identity", "--profile", "modern"]).run().succeeded().json();
    assert!(
        identity["Arn"]
            .as_str()
            .unwrap()
            .contains("111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_")
    );

    let token = cached_token(&world)["accessToken"].as_str().unwrap().to_owned();
    let list = |args: &[&str]| {
        let rest = ["--access-token", &token, "--region", "us-east-1"];
        world.aws(["sso"].into_iter().chain(args.iter().copied()).chain(rest)).run().succeeded().json()
    };
    let accounts = list(&["list-accounts", "--page-size", "2"]);
    let accounts = accounts["accountList"].as_array().unwrap();
    assert_eq!(accounts.len(), sim::Organisation::Small.accounts().len());
    assert!(accounts.iter().any(|account| account["accountName"] == "Zürich データ分析 🚀"));
    let roles = list(&["list-account-roles", "--account-id", "222233334444", "--page-size", "1"]);
    assert_eq!(roles["roleList"].as_array().unwrap().len(), 2);

    world.aws(["sso", "logout"]).run().succeeded();
    assert_eq!(world.asked("Logout"), 1);
    let refused = world.aws(["sts", "get-caller-identity", "--profile", "modern"]).run();
    assert_ne!(refused.code(), 0);
}

#[test]
fn the_aws_cli_signs_in_and_works_with_a_legacy_profile() {
    let world = World::new();
    write_profiles(&world);
    sign_in(&world, "legacy");
    let token = cached_token(&world);
    assert!(token.get("refreshToken").is_none(), "a client without scopes gets none");
    let identity = world.aws(["sts", "get-caller-identity", "--profile", "legacy"]).run().succeeded().json();
    assert_eq!(identity["Account"], "001234567890", "with its leading zeros");
    let chained = world.aws(["sts", "get-caller-identity", "--profile", "chained"]).run().succeeded().json();
    assert!(
        chained["Arn"].as_str().unwrap().starts_with("arn:aws:sts::222233334444:assumed-role/Deploy/"),
        "{chained}"
    );
}

#[test]
fn the_aws_cli_tells_its_user_that_they_denied() {
    let world = World::new();
    write_profiles(&world);
    let login = world.aws(["sso", "login", "--no-browser", "--profile", "modern"]).start();
    until("page and code are shown", || login.printed().contains("user_code="));
    let printed = login.printed();
    let page = printed.split_whitespace().find(|word| word.contains("user_code=")).unwrap();
    world.visit(page, Decision::Deny);
    let denied = login.finish();
    assert!(denied.code() != 0 && denied.stderr.contains("AccessDenied"), "{}", denied.stderr);
}

/// The newest boto3 by way of the endpoint variables, from registration to a chained role.
const BOTO3: &str = r"
import boto3, sys, time
from botocore.exceptions import ClientError
url = sys.argv[1]
oidc = boto3.client('sso-oidc', region_name='us-east-1')
client = oidc.register_client(clientName='judge', clientType='public', scopes=['sso:account:access'])
who = dict(clientId=client['clientId'], clientSecret=client['clientSecret'])
device = oidc.start_device_authorization(startUrl=url, **who)
grant = dict(grantType='urn:ietf:params:oauth:grant-type:device_code', deviceCode=device['deviceCode'], **who)
try:
    oidc.create_token(**grant)
    sys.exit('a token before the approval')
except oidc.exceptions.AuthorizationPendingException as pending:
    assert pending.response['error'] == 'authorization_pending', pending.response
print(device['verificationUriComplete'], flush=True)
deadline = time.time() + 30
while True:
    try:
        token = oidc.create_token(**grant)
        break
    except oidc.exceptions.AuthorizationPendingException:
        assert time.time() < deadline
        time.sleep(device['interval'])
try:
    oidc.create_token(**grant)
    sys.exit('a device code worked twice')
except oidc.exceptions.InvalidGrantException:
    pass
token = oidc.create_token(grantType='refresh_token', refreshToken=token['refreshToken'], **who)
sso = boto3.client('sso', region_name='us-east-1')
access = dict(accessToken=token['accessToken'])
pages = sso.get_paginator('list_accounts').paginate(PaginationConfig={'PageSize': 3}, **access)
accounts = [account['accountId'] for page in pages for account in page['accountList']]
pages = sso.get_paginator('list_account_roles').paginate(accountId=accounts[0], PaginationConfig={'PageSize': 1}, **access)
roles = [role['roleName'] for page in pages for role in page['roleList']]
keys = sso.get_role_credentials(accountId=accounts[0], roleName=roles[0], **access)['roleCredentials']
session = boto3.Session(keys['accessKeyId'], keys['secretAccessKey'], keys['sessionToken'], 'us-east-1')
sts = session.client('sts')
first = sts.get_caller_identity()
chained = sts.assume_role(RoleArn='arn:aws:iam::222233334444:role/Deploy', RoleSessionName='judge', DurationSeconds=900)
try:
    sts.assume_role(RoleArn='arn:aws:iam::222233334444:role/Deploy', RoleSessionName='judge', DurationSeconds=7200)
    sys.exit('a chained role for more than an hour')
except ClientError as error:
    assert error.response['Error']['Code'] == 'ValidationError', error.response
try:
    boto3.client('sts', 'us-east-1', aws_access_key_id=keys['accessKeyId'], aws_secret_access_key='wrong', aws_session_token=keys['sessionToken']).get_caller_identity()
    sys.exit('a wrong key was taken')
except ClientError as error:
    assert error.response['Error']['Code'] == 'SignatureDoesNotMatch', error.response
sso.logout(**access)
try:
    sso.list_accounts(**access)
    sys.exit('a token works after the logout')
except sso.exceptions.UnauthorizedException:
    pass
print(len(accounts), len(roles), first['Arn'].split(':')[4], chained['AssumedRoleUser']['Arn'])
";

#[test]
fn the_newest_boto3_goes_all_the_way() {
    let world = World::new();
    let boto3 = world.python(BOTO3).args([world.start_url()]).without("AWS_DATA_PATH").start();
    until("the page is printed", || boto3.printed().contains('\n') || !boto3.told().is_empty());
    let printed = boto3.printed();
    let page = printed.split_whitespace().next().unwrap_or_else(|| panic!("{}", boto3.told()));
    world.visit(page, Decision::Allow);
    let done = boto3.finish().succeeded();
    let last = done.stdout.lines().last().unwrap();
    assert_eq!(last, "7 3 111122223333 arn:aws:sts::222233334444:assumed-role/Deploy/judge");
}

#[test]
fn botocore_renews_the_token_of_an_sso_session() {
    let world = World::new();
    write_profiles(&world);
    sign_in(&world, "modern");
    // Its own rule: a token with less than 15 minutes left is renewed first.
    let dir = world.session.home().join(".aws/sso/cache");
    for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap) {
        let mut record: serde_json::Value = serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap();
        if record.get("accessToken").is_some() {
            let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(10);
            record["expiresAt"] = jiff::Timestamp::from_second(soon.as_second()).unwrap().to_string().into();
            fs::write(entry.path(), record.to_string()).unwrap();
        }
    }
    let before = cached_token(&world);
    let script = "import boto3; print(boto3.Session(profile_name='modern').client('sts').get_caller_identity()['Account'])";
    let told = world.python(script).without("AWS_DATA_PATH").run().succeeded();
    assert_eq!(told.stdout.trim(), "111122223333");
    let after = cached_token(&world);
    assert_ne!(before["accessToken"], after["accessToken"]);
    assert_ne!(before["refreshToken"], after["refreshToken"], "rotated");
    let renewals = world.requests().into_iter().filter(|r| {
        r.operation == "CreateToken" && r.parameters["grantType"].as_deref() == Some("refresh_token")
    });
    assert_eq!(renewals.count(), 1);
}
