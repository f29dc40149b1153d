use jiff::Timestamp;
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::catalogue::{Account, Catalogue};
use crate::ids::{PortalName, RoleName, StartUrl};
use crate::recent::Usage;
use crate::search::Index;

fn grant(account: &str, role: &str) -> GrantId {
    GrantId {
        portal: PortalName::parse("corp").unwrap(),
        account_id: AccountId::parse(account).unwrap(),
        role_name: RoleName::parse(role).unwrap(),
    }
}

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

fn open(to: &Destination, home: &str, asked: Option<&str>) -> Result<Page, Failure> {
    let (home, asked) = (region(home), asked.map(region));
    let grant = grant("111122223333", "Admin");
    let partition = home.partition();
    to.page(&Ground { grant: &grant, partition, region: &home, asked: asked.as_ref() })
}

fn opened(text: &str) -> Page {
    open(&Destination::parse(text).unwrap(), "eu-west-1", None).unwrap()
}

#[test]
fn each_partition_has_its_home() {
    for (name, home) in [
        ("us-east-1", "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1"),
        (
            "us-gov-east-1",
            "https://us-gov-east-1.console.amazonaws-us-gov.com/console/home?region=us-gov-east-1",
        ),
        ("cn-north-1", "https://cn-north-1.console.amazonaws.cn/console/home?region=cn-north-1"),
        (
            "eusc-de-east-1",
            "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
        ),
    ] {
        let page = open(&Destination::Home, name, None).unwrap();
        assert_eq!((page.url.as_str(), page.region), (home, Some(region(name))));
    }
}

#[test]
fn services_have_their_pages_and_a_guess_says_so() {
    let page = |name: &str| {
        let page = open(&Destination::Service { name: name.to_owned() }, "eu-west-1", Some("us-east-2"));
        page.unwrap()
    };
    let ec2 = page("EC2");
    assert_eq!(ec2.url, "https://us-east-2.console.aws.amazon.com/ec2/v2/home?region=us-east-2");
    assert_eq!((ec2.region, ec2.note), (Some(region("us-east-2")), None));
    let iam = page("iam");
    assert_eq!((iam.url.as_str(), iam.region), ("https://console.aws.amazon.com/iamv2/home", None));
    let guess = page("wib\u{1b}ble");
    assert!(guess.url.starts_with("https://us-east-2.console.aws.amazon.com/wib%1Bble/home"), "{guess:?}");
    assert!(guess.note.is_some_and(|note| note.contains("guess") && !note.contains('\u{1b}')));
}

#[test]
fn a_service_without_a_name_is_refused() {
    for name in ["", " ", "\t\u{a0}\n"] {
        let to = Destination::Service { name: name.to_owned() };
        let failure = open(&to, "eu-west-1", None).unwrap_err();
        assert_eq!((failure.code, failure.summary.as_str()), (Code::Usage, "the service has no name"));
    }
    let to = Destination::Service { name: " ec2 ".to_owned() };
    assert_eq!(open(&to, "eu-west-1", None).unwrap().title, "the page of ec2");
}

#[test]
fn what_is_pasted_leads_to_its_page() {
    let instance = opened("\"arn:aws:ec2:eu-north-1:111122223333:instance/i-1\",");
    assert_eq!(
        instance.url,
        "https://eu-north-1.console.aws.amazon.com/ec2/home?region=eu-north-1#InstanceDetails:instanceId=i-1"
    );
    assert_eq!((instance.title.as_str(), instance.note), ("instance i-1", None));
    let bucket = opened("arn:aws:s3:::logs");
    assert_eq!(bucket.url, "https://eu-west-1.console.aws.amazon.com/s3/buckets/logs");
    let store = opened("arn:aws:kms:eu-west-1:111122223333:wibble/main");
    assert_eq!(store.url, "https://eu-west-1.console.aws.amazon.com/kms/home?region=eu-west-1");
    assert_eq!(store.note.as_deref(), Some("there is no page for main: that of kms opens"));
    let alias = opened("arn:aws:kms:eu-west-1:111122223333:alias/main");
    assert_eq!((alias.title.as_str(), alias.note), ("main: the list of keys", None));
    let shouted = opened("ARN:AWS:s3:::logs");
    assert_eq!((shouted.url, shouted.title), (bucket.url, bucket.title));
    let unknown = opened("arn:aws:wibble:eu-west-1:111122223333:x/1");
    assert!(unknown.note.is_some_and(|note| note.contains("guess")));
    let page =
        opened("<https://999999999999-abcdefgh.eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1>");
    assert_eq!(page.url, "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1");
    assert_eq!((page.title.as_str(), page.region), ("the page of s3", Some(region("eu-west-1"))));
}

#[test]
fn links_of_a_portal_lead_to_what_they_name() {
    let link = "https://corp.awsapps.com/start/#/console?account_id=111122223333&role_name=Admin";
    assert_eq!(Destination::parse(link), Ok(Destination::Home));
    assert_eq!(
        Destination::parse(&format!(
            "{link}&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%2Fhome%3Fa%3Db"
        )),
        Ok(Destination::Url("https://console.aws.amazon.com/s3/home?a=b".to_owned()))
    );
    assert!(Destination::parse(&format!("{link}&destination=https%3A%2F%2Fevil.com")).is_err());
    for other in ["https://corp.awsapps.com/start", "https://example.com/111122223333", "arn:aws", "ec2"] {
        assert!(Destination::parse(other).is_err(), "{other}");
    }
}

#[test]
fn the_pages_where_one_signs_in_lead_on() {
    for home in [
        "https://111122223333.signin.aws.amazon.com/console",
        "https://corp-alias.signin.aws.amazon.com/console/",
        "https://signin.aws.amazon.com/console",
        "https://signin.amazonaws-us-gov.com/switchrole?account=111122223333&roleName=Developer",
        "https://eu-west-1.signin.aws.amazon.com/oauth?redirect_uri=https%3A%2F%2Fevil.com&client_id=x",
        "https://111122223333.signin.amazonaws.cn/console",
    ] {
        assert_eq!(Destination::parse(home), Ok(Destination::Home), "{home}");
    }
    let page =
        "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1&isauthcode=true&state=x";
    let encoded: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
    for over in [
        format!(
            "https://eu-west-1.signin.aws.amazon.com/oauth?client_id=x&redirect_uri={encoded}&response_type=code"
        ),
        format!(
            "https://signin.aws.amazon.com/federation?Action=login&Destination={encoded}&SigninToken=secret"
        ),
    ] {
        let to = Destination::parse(&over).unwrap();
        assert_eq!(to, Destination::Url(page.to_owned()), "{over}");
        let page = open(&to, "eu-west-1", None).unwrap();
        assert_eq!(page.url, "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1");
    }
    for other in ["https://evilsignin.aws.amazon.com/console", "https://signin.aws.amazon.com.evil.com/"] {
        assert!(Destination::parse(other).is_err(), "{other}");
    }
}

#[test]
fn a_page_of_another_account_is_called_by_what_opens() {
    let theirs = "https://999999999999-abcdefgh.eu-west-1.console.aws.amazon.com/ecr/repositories/private/999999999999/app";
    let page = open(&Destination::parse(theirs).unwrap(), "eu-west-1", None).unwrap();
    assert_eq!(page.title, "ecr: repositories/private/111122223333/app");
}

#[test]
fn nothing_leaves_the_partition_or_the_account() {
    let refused = |to: &str, home: &str, asked: Option<&str>| {
        open(&Destination::parse(to).unwrap(), home, asked).unwrap_err()
    };
    let gov = "https://us-gov-west-1.console.amazonaws-us-gov.com/s3/home";
    let failure = refused(gov, "eu-west-1", None);
    assert_eq!(failure.code, Code::Usage);
    assert!(failure.summary.contains("aws-us-gov"), "{failure}");
    assert_eq!(refused("arn:aws:s3:::logs", "cn-north-1", None).code, Code::Usage);
    assert_eq!(refused("arn:aws:s3:::logs", "eu-west-1", Some("cn-north-1")).code, Code::Usage);
    assert!(open(&Destination::Home, "eu-west-1", Some("us-gov-west-1")).is_err());
    let other = refused("arn:aws:sqs:eu-west-1:444455556666:q", "eu-west-1", None);
    assert_eq!(other.code, Code::NoSingleMatch);
}

#[test]
fn a_query_leads_where_its_first_page_does() {
    let query = "admin arn:aws:sqs:eu-west-1:111122223333:orders https://console.aws.amazon.com/";
    let to = Destination::in_query(query).unwrap().unwrap();
    assert_eq!(to.title(), "queue orders");
    assert_eq!(to.text(), Some("arn:aws:sqs:eu-west-1:111122223333:orders"));
    assert_eq!(Destination::in_query("admin ec2"), None);
    assert!(Destination::in_query("admin ec2 arn: https://example.com/").unwrap().is_err());
    assert!(Destination::in_query("https://example.com/ https://console.aws.amazon.com/").unwrap().is_ok());
    let long = Destination::parse(&format!("arn:aws:s3:::bucket/{}", "x\u{202e}".repeat(200))).unwrap();
    assert!(long.title().chars().count() <= LONGEST_TITLE && !long.title().contains('\u{202e}'));
}

#[test]
fn the_only_role_of_the_account_or_the_last_used_opens_it() {
    let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let account = |id: &str, roles: &[&str]| {
        let roles = roles.iter().map(|role| RoleName::parse(role).unwrap()).collect();
        let (id, name) = (AccountId::parse(id).unwrap(), format!("name {id}"));
        Account { id, name, email: None, roles, roles_at: None }
    };
    let url = StartUrl::parse("corp").unwrap();
    let mut catalogue = Catalogue::empty(PortalName::parse("corp").unwrap(), url);
    catalogue.put_accounts(vec![
        account("111122223333", &["Admin", "ReadOnly"]),
        account("222233334444", &["Admin"]),
    ]);
    let index = Index::new(&[catalogue]);
    let mut usage = Usage::default();
    let who = |text: &str, usage: &Usage| whose(&index, text, &Destination::parse(text).unwrap(), usage, now);
    let queue = "arn:aws:sqs:eu-west-1:111122223333:orders";
    let id = AccountId::parse("111122223333").unwrap();
    assert_eq!(who(queue, &usage), Whose::Unclear(id));
    assert_eq!(
        who("https://222233334444-abcdefgh.eu-west-1.console.aws.amazon.com/s3/home", &usage),
        Whose::One(grant("222233334444", "Admin"))
    );
    assert_eq!(
        who("arn:aws:iam::111122223333:role/AWSReservedSSO_ReadOnly_0123456789abcdef", &usage),
        Whose::One(grant("111122223333", "ReadOnly"))
    );
    assert_eq!(who("arn:aws:s3:::logs", &usage), Whose::Anybody);
    let stranger = AccountId::parse("999999999999").unwrap();
    assert_eq!(who("arn:aws:sqs:eu-west-1:999999999999:q", &usage), Whose::Nobody(stranger));
    assert_eq!(
        who("https://support.console.aws.amazon.com/support/home#/case/?displayId=171234567890", &usage),
        Whose::Anybody,
        "the number is no account's"
    );
    usage.record(&grant("111122223333", "Admin"), now);
    usage.record(&grant("111122223333", "ReadOnly"), now + jiff::SignedDuration::from_hours(1));
    assert_eq!(who(queue, &usage), Whose::LastUsed(grant("111122223333", "ReadOnly")));
    assert_eq!(
        who("arn:aws:iam::111122223333:role/lambda-exec", &usage),
        Whose::LastUsed(grant("111122223333", "ReadOnly")),
        "a role that nobody can switch to is a resource"
    );
    assert_eq!(
        who("arn:aws:iam::111122223333:role/Admin", &usage),
        Whose::LastUsed(grant("111122223333", "ReadOnly")),
        "and so is one that is only called like a permission set"
    );
}

/// What people and attackers paste: ARNs, addresses, and what looks like them.
fn anything_pasted() -> impl Strategy<Value = String> {
    let service = "(ec2|s3|lambda|logs|iam|sns|sqs|ecr|ssm|secretsmanager|[a-z-]{1,8})";
    let kind = "(instance/|function:|log-group:|role/|repository/|parameter/|secret:)?";
    prop_oneof![
        (service, kind, "\\PC{1,24}").prop_map(|(service, kind, rest)| format!(
            "arn:aws:{service}:eu-west-1:111122223333:{kind}{rest}"
        )),
        ("[a-z0-9.@:/\\\\%_-]{0,20}", "\\PC{0,24}")
            .prop_map(|(before, rest)| format!("https://{before}console.aws.amazon.com{rest}")),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn whatever_is_pasted_nothing_but_the_console_opens(text in anything_pasted(), asked in any::<bool>()) {
        let asked = asked.then_some("us-east-2");
        if let Ok(to) = Destination::parse(&text) && let Ok(page) = open(&to, "eu-west-1", asked) {
            let url = Url::parse(&page.url).unwrap();
            let host = url.host_str().unwrap();
            prop_assert!(host == "console.aws.amazon.com" || host.ends_with(".console.aws.amazon.com"), "{}", page.url);
            prop_assert_eq!((url.scheme(), url.username(), url.port()), ("https", "", None));
            prop_assert!(federation_endpoint(&page.url).is_some());
            prop_assert!(Destination::parse(&page.url).is_ok(), "{}", page.url);
            prop_assert!(text::line(&page.title) == page.title, "{:?}", page.title);
        }
        let title = Destination::in_query(&text).and_then(Result::ok).map(|to| to.title()).unwrap_or_default();
        prop_assert!(text::line(&title) == title, "{:?}", title);
    }
}
