use proptest::prelude::*;

use super::*;
use crate::ids::{Partition, PortalName, Region};

const PAGE: &str = "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#x";

fn portal(region: &str) -> Portal {
    Portal::new(
        PortalName::parse("corp").unwrap(),
        StartUrl::parse("https://D-1.awsapps.com/start/#/").unwrap(),
        Region::parse(region).unwrap(),
    )
}

fn grant(role: &str) -> GrantId {
    GrantId {
        portal: PortalName::parse("corp").unwrap(),
        account_id: AccountId::parse("111122223333").unwrap(),
        role_name: RoleName::parse(role).unwrap(),
    }
}

#[test]
fn both_forms_say_the_same_without_what_was_pasted_along() {
    let link =
        Link::to(&grant("A+b=c,d.e@f-g"), &portal("us-east-1"), Some(Page::parse(PAGE).unwrap())).unwrap();
    let rest = "account_id=111122223333&role_name=A%2Bb%3Dc%2Cd.e%40f-g&destination=\
                https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fs3%2Fhome%3Fregion%3Deu-west-1%23x";
    assert_eq!(link.shortcut(), format!("https://d-1.awsapps.com/start/#/console?{rest}"));
    assert_eq!(
        link.deep(),
        format!("rolecall://open?portal_url=https%3A%2F%2Fd-1.awsapps.com%2Fstart&{rest}")
    );
    let read = Link::parse(&link.deep()).unwrap();
    assert_eq!(read, Link { start_url: StartUrl::parse("https://d-1.awsapps.com/start").unwrap(), ..link });
    assert_eq!(read.portal(&[portal("us-east-1")]).unwrap().name.as_str(), "corp");
    assert_eq!(Link::parse(&read.shortcut()).unwrap(), read);
}

#[test]
fn role_and_page_may_be_missing() {
    let link = "rolecall://open?portal_url=https://d-1.awsapps.com/start&account_id=111122223333";
    for text in [link.to_owned(), link.replace("open?", "open/?"), link.replace("rolecall:", "ROLECALL:")] {
        let link = Link::parse(&text).unwrap();
        assert_eq!((link.role_name, link.page), (None, None), "{text}");
    }
    let link = Link { role_name: None, ..Link::to(&grant("x"), &portal("us-east-1"), None).unwrap() };
    assert_eq!(link.shortcut(), "https://d-1.awsapps.com/start/#/console?account_id=111122223333");
}

#[test]
fn hostile_links_are_refused() {
    let good = "rolecall://open?portal_url=https://d-1.awsapps.com/start&account_id=111122223333";
    assert!(Link::parse(good).is_ok());
    let with = |more: &str| format!("{good}{more}");
    for bad in [
        String::new(),
        "javascript:alert(1)".into(),
        "https://example.com/".into(),
        "rolecall:open?portal_url=x".into(),
        good.replace("open", "switch"),
        good.replace("open?", "open/console?"),
        good.replace("//open", "//evil@open"),
        good.replace("//open", "//open:80"),
        good.replace("//open", "//op%65n.x"),
        good.replace("111122223333", "11112222333"),
        good.replace("111122223333", "１１１１２２２２３３３３"),
        good.replace("https://d-1", "http://d-1"),
        good.replace("https://d-1", "javascript:d-1"),
        "rolecall://open?account_id=111122223333".into(),
        "rolecall://open?portal_url=https://d-1.awsapps.com/start".into(),
        with("#fragment"),
        "http://d-1.awsapps.com/start/#/console?account_id=111122223333".into(),
        "https://d-1.awsapps.com/start/#/console?role_name=Admin".into(),
        "https://d-1.awsapps.com/start/#/console?account_id=111122223333&portal_url=https://d-2.awsapps.com/start".into(),
        with("&account_id=444455556666"),
        with("&role_name=~deploy"),
        with("&role_name=%7Edeploy"),
        with("&role_name="),
        with("&role_name=a%00b"),
        with("&role_name=a%0Ab"),
        with("&role_name=%E2%80%AEnimda"),
        with(&format!("&role_name={}", "a".repeat(65))),
        with("&profile=default"),
        with("\n&role_name=x"),
        with("&destination=javascript:alert(1)"),
        with("&destination=https://example.com/"),
        with(&format!("&destination=https://console.aws.amazon.com/{}", "a".repeat(9000))),
    ] {
        assert!(Link::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn only_pages_of_a_console_are_pages() {
    for (text, partition) in [
        ("https://console.aws.amazon.com/", Partition::Aws),
        (PAGE, Partition::Aws),
        ("https://s3.console.aws.amazon.com/s3/buckets/x", Partition::Aws),
        ("https://console.amazonaws.cn/ec2/home", Partition::AwsCn),
        ("https://us-gov-west-1.console.amazonaws-us-gov.com/x", Partition::AwsUsGov),
        ("https://eusc-de-east-1.console.amazonaws-eusc.eu/x", Partition::AwsEusc),
    ] {
        let page = Page::parse(text).unwrap();
        assert_eq!((page.url(), page.partition()), (text, partition));
    }
    for bad in [
        "",
        "console.aws.amazon.com",
        "//console.aws.amazon.com/",
        "http://console.aws.amazon.com/",
        "javascript://console.aws.amazon.com/%0aalert(1)",
        "data:text/html,x",
        "file://console.aws.amazon.com/etc/passwd",
        "https://evilconsole.aws.amazon.com/",
        "https://console.aws.amazon.com.evil.example/",
        "https://console.aws.amazon.com./",
        "https://console.aws.amazon.com@evil.example/",
        "https://evil@console.aws.amazon.com/",
        "https://console.aws.amazon.com:8443/",
        "https://console.aws.amazon.com%2eevil.example/",
        "https://evil.example%2f.console.aws.amazon.com/",
        "https://evil.example%23.console.aws.amazon.com/",
        "https://evil.example\\.console.aws.amazon.com/",
        "https://evil.example/https://console.aws.amazon.com/",
        "https://evil.example?.console.aws.amazon.com/",
        "https://evil.example#.console.aws.amazon.com/",
        "https://cоnsole.aws.amazon.com/",
        "https://signin.aws.amazon.com/oauth?Action=logout",
        "https://aws.amazon.com/",
        "https://console.aws.amazon.com/\tx",
        "https://con\nsole.aws.amazon.com/",
        "https://console.aws.amazon.com/\u{202e}x",
        "https://console.aws.amazon.com/a b",
        "https://cn-north-1.console.aws.amazon.com/s3/home",
        "https://s3_x.console.aws.amazon.com/s3/home",
    ] {
        assert!(Page::parse(bad).is_err(), "{bad}");
    }
    assert!(Page::parse(&format!("https://console.aws.amazon.com/{}", "a".repeat(6200))).is_err());
}

#[test]
fn a_copied_page_loses_the_session_it_was_open_in() {
    let page = |text: &str| Page::parse(text).unwrap().url().to_owned();
    let plain = "https://eu-west-1.console.aws.amazon.com/s3/home";
    assert_eq!(page("https://111122223333-abcd1234.eu-west-1.console.aws.amazon.com/s3/home"), plain);
    assert_eq!(page("https://111122223333.eu-west-1.console.aws.amazon.com/s3/home"), plain);
    assert_eq!(page(&format!("{plain}?login_hint=111122223333-abcd1234")), plain);
    assert_eq!(page(&format!("{plain}?isauthcode=true&code=SECRET&state=x")), plain);
    assert_eq!(page(plain), plain);
}

#[test]
fn a_page_of_another_partition_fits_no_portal() {
    let page = Page::parse("https://console.amazonaws.cn/ec2/home").unwrap();
    assert!(Link::to(&grant("x"), &portal("us-east-1"), Some(page.clone())).is_err());
    let link = Link { page: Some(page), ..Link::to(&grant("x"), &portal("us-east-1"), None).unwrap() };
    assert_eq!(link.portal(&[portal("us-east-1")]).unwrap_err().code, Code::Usage);
    assert!(link.portal(&[portal("cn-north-1")]).is_ok());
}

#[test]
fn chained_roles_can_not_be_linked() {
    let refused = Link::to(&grant("~deploy"), &portal("us-east-1"), None).unwrap_err();
    assert!(refused.0.contains("chained role"), "{refused}");
}

proptest! {
    /// Whatever comes through leads to a console by https, and reads back as itself.
    #[test]
    fn no_text_becomes_a_page_elsewhere(text in "(https?://)?[a-z.:/@%#?\\\\0-9]{0,12}(console.aws.amazon.com)?[a-z.:/@%#?\\\\]{0,12}") {
        if let Ok(page) = Page::parse(&text) {
            let url = Url::parse(page.url()).unwrap();
            let host = url.host_str().unwrap();
            prop_assert!(host == "console.aws.amazon.com" || host.ends_with(".console.aws.amazon.com"));
            prop_assert_eq!(url.scheme(), "https");
            prop_assert_eq!(Page::parse(page.url()).unwrap(), page);
        }
    }

    #[test]
    fn a_link_reads_back(role in "[A-Za-z0-9+=,.@_ -]{1,32}", path in "[ -~]{0,40}") {
        let page = Page::parse(&format!("https://console.aws.amazon.com/{path}")).ok();
        let link = Link::to(&grant(&role), &portal("us-east-1"), page).unwrap();
        let read = Link::parse(&link.deep()).unwrap();
        prop_assert_eq!((read.role_name, read.page), (link.role_name, link.page));
    }
}
