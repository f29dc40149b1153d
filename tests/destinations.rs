//! `rolecall console` to a page: of a resource, of an address that somebody pasted, of an account that is found.

use std::collections::HashMap;

use sim::Options;

use crate::program::Outcome;
use crate::session::Keyring;
use crate::world::{GRANT, OTHER, World};

/// In which there is one role.
const SANDBOX: &str = "333344445555";
const QUEUE: &str = "arn:aws:sqs:eu-north-1:111122223333:orders";

fn console(world: &World, args: &[&str]) -> Outcome {
    world.rolecall(["console", "--print"].iter().chain(args).copied()).run()
}

/// The page that the printed address leads to, after it was opened once.
fn page(world: &World, args: &[&str]) -> String {
    let printed = console(world, args).succeeded();
    let address = url::Url::parse(printed.stdout.trim()).unwrap();
    let pairs: HashMap<_, _> = address.query_pairs().into_owned().collect();
    assert_eq!(world.open(address.as_str()).unwrap().status, 200, "{args:?}");
    pairs["Destination"].clone()
}

#[test]
fn an_arn_opens_the_page_of_that_very_resource() {
    let world = World::listed();
    for (arn, expected) in [
        (
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc",
            "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0abc",
        ),
        (
            "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/orders:*",
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Forders",
        ),
        (
            "arn:aws:iam::111122223333:role/service-role/lambda-exec",
            "https://console.aws.amazon.com/iam/home#/roles/details/lambda-exec",
        ),
        ("arn:aws:s3:::logs", "https://us-east-1.console.aws.amazon.com/s3/buckets/logs"),
    ] {
        assert_eq!(page(&world, &[GRANT, "--arn", arn]), expected);
    }
    let told = console(&world, &[GRANT, "--arn", "arn:aws:s3:::logs"]).succeeded();
    assert_eq!(told.stderr, "", "nothing to say of a page that is known");
}

#[test]
fn where_there_is_no_page_for_it_that_is_said() {
    let world = World::listed();
    for (args, told) in [
        (
            ["--arn", "arn:aws:kms:eu-west-1:111122223333:wibble/main"],
            "there is no page for main: that of kms",
        ),
        (["--arn", "arn:aws:wibble:eu-west-1:111122223333:x/1"], "`wibble` is not known here"),
        (["--service", "wibble"], "`wibble` is not known here"),
    ] {
        let printed = console(&world, &[GRANT, args[0], args[1]]).succeeded();
        assert!(printed.stderr.contains(told), "{args:?}: {}", printed.stderr);
        assert_eq!(printed.stdout.lines().count(), 1, "the note is not among the data");
    }
}

#[test]
fn an_address_is_opened_in_another_account() {
    let world = World::listed();
    let theirs = "https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1&x=%2F#Instances:v=3";
    assert_eq!(
        page(&world, &[OTHER, "--at", theirs]),
        "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1&x=%2F#Instances:v=3"
    );
    assert_eq!(
        page(&world, &[OTHER, "--at", theirs, "--region", "us-east-2"]),
        "https://us-east-2.console.aws.amazon.com/ec2/home?region=us-east-2&x=%2F#Instances:v=3"
    );
}

#[test]
fn only_pages_of_the_console_are_opened() {
    let world = World::listed();
    for bad in [
        "https://example.com/?account_id=111122223333",
        "http://console.aws.amazon.com/s3/home",
        "https://console.aws.amazon.com.example.com/",
        "https://console.aws.amazon.com@example.com/",
        "https://corp.awsapps.com/start/#/console?account_id=111122223333&destination=https%3A%2F%2Fexample.com",
    ] {
        for args in [vec![bad], vec![GRANT, "--at", bad]] {
            let refused = console(&world, &args).failed(2);
            assert_eq!(refused.stdout, "");
            assert!(refused.failure().0.contains("not a page of AWS's console"), "{bad}: {}", refused.stderr);
        }
    }
    console(&world, &["arn:aws"]).failed(2);
    console(&world, &[GRANT, "--at", "ec2"]).failed(2);
    console(&world, &[GRANT, "--at", "arn:aws:s3:::x", "--service", "s3"]).failed_as_usage();
    assert_eq!(world.asked("getSigninToken"), 0, "nobody was signed in to anything");
}

#[test]
fn no_page_of_another_partition_is_opened() {
    let region = "us-gov-west-1";
    let options = Options { region: region.into(), ..Options::default() };
    let world = World::with(options, Keyring::Unlocked);
    let url = world.start_url();
    world.rolecall(["portal", "add", "corp", "--start-url", &url, "--region", region]).run().succeeded();
    world.sign_in().succeeded();
    world.rolecall(["list"]).run().succeeded();
    for elsewhere in ["https://eu-west-1.console.aws.amazon.com/s3/home", "arn:aws:s3:::logs"] {
        let refused = console(&world, &[GRANT, "--at", elsewhere]).failed(2);
        assert!(refused.failure().0.contains("aws-us-gov"), "{}", refused.stderr);
    }
    console(&world, &[GRANT, "--region", "eu-west-1"]).failed(2);
    assert_eq!(
        page(&world, &["arn:aws-us-gov:ec2:us-gov-east-1:333344445555:vpc/vpc-1"]),
        "https://us-gov-east-1.console.amazonaws-us-gov.com/vpcconsole/home?region=us-gov-east-1#VpcDetails:VpcId=vpc-1"
    );
}

#[test]
fn the_account_of_what_is_pasted_is_found_and_so_is_the_role() {
    let world = World::listed();
    // The only one of its account.
    let topic = format!("arn:aws:sns:eu-west-1:{SANDBOX}:news");
    assert_eq!(
        page(&world, &[&topic]),
        format!("https://eu-west-1.console.aws.amazon.com/sns/v3/home?region=eu-west-1#/topic/{topic}")
    );
    let address = format!("https://{SANDBOX}-abcdefgh.eu-west-1.console.aws.amazon.com/s3/home");
    assert_eq!(page(&world, &[&address]), "https://eu-west-1.console.aws.amazon.com/s3/home");

    let several = console(&world, &[QUEUE]).failed(4);
    for role in ["AdministratorAccess", "ReadOnlyAccess", "Billing"] {
        assert!(several.failure().0.contains(role), "{}", several.stderr);
    }
    assert!(several.failure().1.ends_with("ACCOUNT/ROLE --arn ARN"), "{}", several.stderr);
    page(&world, &[GRANT, "--arn", QUEUE]);
    let foreign = console(&world, &["arn:aws:sqs:eu-north-1:999999999999:orders"]).failed(4);
    assert!(foreign.failure().0.contains("999999999999, where you have no role"), "{}", foreign.stderr);
    let nobody = console(&world, &["arn:aws:s3:::logs"]).failed(4);
    assert!(nobody.failure().1.ends_with("ACCOUNT/ROLE --arn ARN"), "{}", nobody.stderr);

    // The one that was used last.
    world.switch("111122223333/ReadOnlyAccess", "default");
    world.switch(OTHER, "default");
    let opened = console(&world, &[QUEUE]).succeeded();
    assert!(
        opened.stderr.contains("as 111122223333/ReadOnlyAccess, which was used last"),
        "{}",
        opened.stderr
    );
    let shown = world.open(opened.stdout.trim()).unwrap().body;
    assert!(
        shown.contains("ReadOnlyAccess") && shown.contains("/sqs/") && shown.contains("eu-north-1"),
        "{shown}"
    );

    // What names no account is opened as the default profile.
    let bucket = console(&world, &["arn:aws:s3:::logs"]).succeeded();
    assert!(bucket.stderr.contains(&format!("as {OTHER}, of the profile default")), "{}", bucket.stderr);
    let shown = world.open(bucket.stdout.trim()).unwrap().body;
    assert!(shown.contains("Legacy Backup"), "{shown}");
}

#[test]
fn a_link_of_the_portal_opens_what_it_names() {
    let world = World::listed();
    let link = "https://corp.awsapps.com/start/#/console?account_id=111122223333&role_name=Billing";
    let printed = console(&world, &[link]).succeeded();
    let shown = world.open(printed.stdout.trim()).unwrap().body;
    assert!(shown.contains("Billing") && shown.contains("/console/home"), "{shown}");
    let to = format!("{link}&destination=https%3A%2F%2Fus-east-2.console.aws.amazon.com%2Fs3%2Fhome");
    assert_eq!(page(&world, &[&to]), "https://us-east-2.console.aws.amazon.com/s3/home");
}

#[test]
fn what_names_no_account_is_opened_as_the_role_that_was_used_last() {
    let world = World::listed();
    world.switch(OTHER, "other");
    for text in [
        "arn:aws:s3:::logs",
        "https://support.console.aws.amazon.com/support/home#/case/?displayId=171234567890",
    ] {
        let opened = console(&world, &[text]).succeeded();
        assert!(opened.stderr.contains(&format!("as {OTHER}, which was used last")), "{}", opened.stderr);
    }
    let china = console(&world, &["arn:aws-cn:s3:::logs"]).failed(4);
    assert!(china.failure().0.contains("no role was used yet that could"), "{}", china.stderr);
}

#[test]
fn where_a_session_is_over_the_page_behind_the_sign_in_opens() {
    let world = World::listed();
    let wanted = "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1";
    let left = "https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Flambda%2Fhome%3Fregion%3Deu-west-1%26state%3Dx%26isauthcode%3Dtrue";
    let over = format!("https://eu-west-1.signin.aws.amazon.com/oauth?client_id=c&redirect_uri={left}");
    assert_eq!(page(&world, &[OTHER, "--at", &over]), wanted);
    let home = page(&world, &[&format!("https://{SANDBOX}.signin.aws.amazon.com/console")]);
    assert!(home.contains("/console/home"), "{home}");
    // What is no such page is told without the token that may stand in it.
    let token = "https://signin.example.com/federation?Action=login&SigninToken=SECRET";
    for args in [vec!["console", token], vec!["link", GRANT, "--at", token], vec!["open", token]] {
        let refused = world.rolecall(args.iter().copied()).run().failed(2);
        assert!(!refused.stderr.contains("SECRET"), "{}", refused.stderr);
    }
}
