use super::*;

fn account(id: &str) -> AccountId {
    AccountId::parse(id).unwrap()
}

fn page(text: &str, region: Option<&str>) -> String {
    let region = region.map(|region| Region::parse(region).unwrap());
    Address::parse(text).unwrap().page(&account("222233334444"), region.as_ref()).unwrap()
}

#[test]
fn an_address_is_taken_over_to_another_account() {
    for (given, expected) in [
        ("https://console.aws.amazon.com/", "https://console.aws.amazon.com/"),
        (
            "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:v=3;search=:i-1",
            "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:v=3;search=:i-1",
        ),
        (
            "https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#x",
            "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#x",
        ),
        (
            "https://111122223333-abcdefgh.us-gov-west-1.console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1#/functions",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1#/functions",
        ),
        (
            "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#logsV2:log-groups/log-group/$252Fa",
            "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#logsV2:log-groups/log-group/$252Fa",
        ),
        (
            "https://eusc-de-east-1.console.amazonaws-eusc.eu/x?a=%2F&b=c+d&&e",
            "https://eusc-de-east-1.console.amazonaws-eusc.eu/x?a=%2F&b=c+d&&e",
        ),
        ("https://s3.console.aws.amazon.com/s3/buckets/b", "https://s3.console.aws.amazon.com/s3/buckets/b"),
        // What names the identity that was signed in is left out.
        (
            "https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/x?login_hint=111122223333-abcdefgh",
            "https://eu-west-1.console.aws.amazon.com/x",
        ),
        // The account's own name for a page becomes that of the other, and other numbers stay.
        (
            "https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/app?region=eu-west-1#1111222233334",
            "https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/222233334444/app?region=eu-west-1#1111222233334",
        ),
        // Without a host that says so nobody knows whose number it is.
        (
            "https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/app",
            "https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/app",
        ),
    ] {
        assert_eq!(page(given, None), expected, "{given}");
    }
}

#[test]
fn another_region_is_put_where_the_first_one_was() {
    for (given, expected) in [
        (
            "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:",
            "https://us-east-2.console.aws.amazon.com/ec2/home?region=us-east-2#Instances:",
        ),
        (
            "https://console.aws.amazon.com/ec2/home?x=1&region=eu-west-1",
            "https://us-east-2.console.aws.amazon.com/ec2/home?x=1&region=us-east-2",
        ),
        ("https://console.aws.amazon.com/ec2/home", "https://us-east-2.console.aws.amazon.com/ec2/home"),
        ("https://s3.console.aws.amazon.com/s3/home", "https://s3.console.aws.amazon.com/s3/home"),
    ] {
        assert_eq!(page(given, Some("us-east-2")), expected, "{given}");
    }
}

#[test]
fn an_address_tells_partition_account_and_region() {
    let read = |text: &str| {
        let address = Address::parse(text).unwrap();
        (
            address.partition,
            address.account_id.map(|id| id.to_string()),
            address.region.map(|region| region.to_string()),
        )
    };
    let (id, region) = (|| Some("111122223333".to_owned()), |name: &str| Some(name.to_owned()));
    assert_eq!(
        read("https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/x"),
        (Partition::Aws, id(), region("eu-west-1"))
    );
    assert_eq!(
        read("https://console.amazonaws.cn/x?region=cn-northwest-1"),
        (Partition::AwsCn, None, region("cn-northwest-1"))
    );
    assert_eq!(
        read("https://us-gov-east-1.console.amazonaws-us-gov.com/x"),
        (Partition::AwsUsGov, None, region("us-gov-east-1"))
    );
    assert_eq!(read("https://console.aws.amazon.com/iam/home"), (Partition::Aws, None, None));
}

#[test]
fn nothing_else_is_a_page_of_the_console() {
    for bad in [
        "",
        "ec2",
        "https://example.com/",
        "http://console.aws.amazon.com/",
        "https://console.aws.amazon.com.evil.com/",
        "https://evilconsole.aws.amazon.com/",
        "https://console.aws.amazon.com@evil.com/",
        "https://me:pass@console.aws.amazon.com/",
        "https://console.aws.amazon.com:8443/",
        "https://evil.com/#https://console.aws.amazon.com/",
        "https://evil.com\\.console.aws.amazon.com/",
        "https://signin.aws.amazon.com/console",
        "https://_x.console.aws.amazon.com/",
        "https://..console.aws.amazon.com/",
        "https://cn-north-1.console.aws.amazon.com/x",
        "javascript:alert(1)//console.aws.amazon.com",
        "file:///console.aws.amazon.com",
    ] {
        assert!(Address::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn an_address_is_called_by_its_service_and_what_stands_behind_it() {
    for (url, title) in [
        ("https://console.aws.amazon.com/", "the console's home"),
        ("https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1", "the console's home"),
        ("https://eu-west-1.console.aws.amazon.com/sqs/v3/home?region=eu-west-1", "sqs: v3/home"),
        ("https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1", "the page of ec2"),
        ("https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:", "ec2: Instances"),
        ("https://s3.console.aws.amazon.com/s3/buckets/my%20logs/", "s3: buckets/my logs"),
        (
            "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/invoice?tab=code",
            "lambda: functions/invoice",
        ),
    ] {
        assert_eq!(Address::parse(url).unwrap().title(), title, "{url}");
    }
}

#[test]
fn what_is_left_of_a_sign_in_is_left_out() {
    let signed_in = "https://us-east-1.console.aws.amazon.com/s3/home?code=SECRET&hashArgs=%23&isauthcode=true&\
                     region=us-east-1&state=hash#x";
    assert_eq!(page(signed_in, None), "https://us-east-1.console.aws.amazon.com/s3/home?region=us-east-1#x");
    let own = "https://us-east-1.console.aws.amazon.com/x/home?code=1&state=RUNNING";
    assert_eq!(page(own, None), own, "of a page itself");
}

#[test]
fn a_refusal_shows_no_more_than_the_place() {
    let text = format!("https://example.com/{}?SigninToken=SECRET", "a".repeat(300));
    let refused = Address::parse(&text).unwrap_err().0;
    assert!(refused.len() < 200 && !refused.contains("SECRET"), "{refused}");
    let refused = Address::parse("https://example.com/#SECRET").unwrap_err().0;
    assert_eq!(refused, "`https://example.com/…` is not a page of AWS's console");
}
