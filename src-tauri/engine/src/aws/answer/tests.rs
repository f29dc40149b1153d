mod sts;

use domain::failure::Failure;
use domain::flow::Flow;
use domain::ids::{AccountId, GrantId, PortalName, Region, RoleName, StartUrl};
use domain::listing::{Page, Request};
use domain::secret::Secret;
use domain::settings;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::aws::Aws;
use crate::aws::oidc::{Oidc, Registration};
use crate::aws::portal::Portal;
use crate::clock;
use crate::environment::Environment;

/// A server that gives every request the same answer, byte for byte; an empty one hangs up.
struct Server {
    address: String,
    asked: tokio::sync::mpsc::UnboundedReceiver<String>,
}

impl Server {
    async fn that_says(answer: impl Into<Vec<u8>>) -> Self {
        let (listener, answer) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), answer.into());
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tell.send(request(&mut stream).await).unwrap();
                let _ = stream.write_all(&answer).await;
            }
        });
        Self { address, asked }
    }

    fn aws(&self) -> Aws {
        aws(&self.address)
    }

    /// What was asked since the last call.
    fn asked(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }
}

fn start_url() -> StartUrl {
    StartUrl::parse("corp").unwrap()
}

fn aws(address: &str) -> Aws {
    let environment = Environment::default().with("AWS_ENDPOINT_URL", address);
    let (name, region) = (PortalName::parse("corp").unwrap(), Region::parse("eu-central-1").unwrap());
    Aws::new(&environment, &settings::Portal::new(name, start_url(), region)).unwrap()
}

/// Reads one request, with its body.
async fn request(stream: &mut TcpStream) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer).await.unwrap();
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

const SECRET: &str = "sesame-open";

fn registration() -> Registration {
    Registration { client_id: "id".into(), client_secret: Secret::new(SECRET), expires_at: Timestamp::MAX }
}

/// What asking OIDC for a token comes to.
async fn token(said: &str) -> Trouble {
    let mut server = Server::that_says(said).await;
    let answer = Oidc::new(&server.aws()).token_for_device(&registration(), &Secret::new(SECRET)).await;
    let trouble = answer.unwrap_err();
    assert_eq!(server.asked().len(), 1, "asked once: {trouble:?}");
    let failure: Failure = trouble.failure("signing in", &PortalName::parse("corp").unwrap());
    assert!(!format!("{trouble:?} {failure:?} {failure}").contains(SECRET), "{trouble:?}");
    trouble
}

/// What asking the portal for accounts comes to.
async fn accounts(said: impl Into<Vec<u8>>) -> Result<Page, Trouble> {
    let mut server = Server::that_says(said).await;
    let answer = Portal::new(&server.aws()).page(&Secret::new(SECRET), &Request::Accounts(None)).await;
    assert_eq!(server.asked().len(), 1, "asked once: {answer:?}");
    assert!(!format!("{answer:?}").contains(SECRET), "{answer:?}");
    answer
}

#[tokio::test]
async fn oidc_names_its_troubles_in_three_ways() {
    let header = |name: &str| format!("x-amzn-ErrorType: {name}\r\n");
    for (status, name, expected) in [
        ("400 Bad Request", "AuthorizationPendingException", Trouble::Pending),
        ("400 Bad Request", "SlowDownException", Trouble::SlowDown),
        ("400 Bad Request", "ExpiredTokenException", Trouble::CodeExpired),
        ("400 Bad Request", "AccessDeniedException", Trouble::Denied),
        ("400 Bad Request", "InvalidGrantException", Trouble::InvalidGrant),
        ("401 Unauthorized", "InvalidClientException", Trouble::InvalidClient),
        ("400 Bad Request", "UnauthorizedClientException", Trouble::FlowBlocked),
        ("400 Bad Request", "InvalidRequestException", Trouble::Invalid("words".into())),
        ("400 Bad Request", "InvalidScopeException", Trouble::Invalid("words".into())),
        ("500 Internal Server Error", "InternalServerException", Trouble::Unavailable("HTTP 500".into())),
    ] {
        let body = r#"{"error":"x","error_description":"words"}"#;
        let suffixed = format!("{name}:http://internal.amazon.com/coral/com.amazonaws.ssooidc/");
        let typed = format!(r#"{{"__type":"com.amazonaws.ssooidc#{name}","error_description":"words"}}"#);
        assert_eq!(token(&answer(status, &header(name), body)).await, expected, "{name}");
        assert_eq!(token(&answer(status, &header(&suffixed), body)).await, expected, "{suffixed}");
        assert_eq!(token(&answer(status, "", &typed)).await, expected, "{typed}");
    }
}

#[tokio::test]
async fn without_a_name_the_status_decides() {
    let check = async |status: &str, headers: &str, body: &str, expected: Trouble| {
        assert_eq!(token(&answer(status, headers, body)).await, expected, "{status} {headers} {body}");
    };
    let nameless = r#"{"error":"invalid_request","error_description":null}"#;
    check("400 Bad Request", "", nameless, Trouble::Invalid("invalid_request".into())).await;
    check("400 Bad Request", "", r#"{"message":"too many"}"#, Trouble::Invalid("too many".into())).await;
    check("401 Unauthorized", "", "", Trouble::Unauthorized).await;
    check("403 Forbidden", "", "", Trouble::Forbidden).await;
    check("404 Not Found", "", "{}", Trouble::NotFound).await;
    check(
        "502 Bad Gateway",
        "Content-Type: text/html\r\n",
        "<html>",
        Trouble::Unavailable("HTTP 502".into()),
    )
    .await;
    let long = format!(r#"{{"error_description":"{}"}}"#, "é".repeat(2_000));
    let Trouble::Invalid(said) = token(&answer("400 Bad Request", "", &long)).await else { panic!() };
    assert_eq!(said.chars().count(), 300, "a server's sentence, not its novel");
}

#[tokio::test]
async fn what_is_not_aws_is_told_apart() {
    let page = "Content-Type: text/html; charset=utf-8\r\n";
    for said in [
        answer("200 OK", page, "<html>Welcome to the hotel</html>"),
        answer("200 OK", "", ""),
        answer("200 OK", "", r#"{"accessToken":"sesame-open","expiresIn":"soon"}"#),
        answer("200 OK", "", r#"{"accessToken":"sesame-open","#),
        answer("302 Found", "Location: http://hotel.example/\r\n", ""),
        answer("403 Forbidden", page, "<html>blocked by your company</html>"),
        answer("404 Not Found", page, "<html>"),
        answer("401 Unauthorized", page, "<html>"),
    ] {
        let trouble = token(&said).await;
        assert!(matches!(trouble, Trouble::Unreadable(_)), "{said}: {trouble:?}");
    }
    for headers in [page, "Proxy-Authenticate: Basic\r\n"] {
        let proxy = answer("407 Proxy Authentication Required", headers, "<html>");
        assert_eq!(token(&proxy).await, Trouble::ProxyPassword);
    }
}

#[tokio::test]
async fn a_lost_connection_may_come_back() {
    let unavailable = |answer: Trouble| match answer {
        Trouble::Unavailable(said) => said,
        other => panic!("{other:?}"),
    };
    assert!(!unavailable(token("").await).is_empty());
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"acc";
    assert!(!unavailable(token(cut).await).is_empty());
    unavailable(token("SSH-2.0-OpenSSH_9\r\n").await);
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody =
        Oidc::new(&aws(&format!("http://{free}"))).register(Flow::Device, &start_url()).await.unwrap_err();
    assert!(unavailable(nobody).contains("refused"), "says why");
}

#[tokio::test]
async fn the_portals_troubles() {
    let check = async |status: &str, headers: &str, body: &str, expected: Trouble| {
        assert_eq!(accounts(answer(status, headers, body)).await, Err(expected), "{status} {headers} {body}");
    };
    let typed = |name: &str| {
        format!(r#"{{"message":"No access","__type":"com.amazonaws.switchboard.portal#{name}"}}"#)
    };
    check("401 Unauthorized", "", "", Trouble::Unauthorized).await;
    check("401 Unauthorized", "", &typed("UnauthorizedException"), Trouble::Unauthorized).await;
    check("403 Forbidden", "", &typed("ForbiddenException"), Trouble::Forbidden).await;
    check("404 Not Found", "", &typed("ResourceNotFoundException"), Trouble::NotFound).await;
    check("400 Bad Request", "", &typed("InvalidRequestException"), Trouble::Invalid("No access".into()))
        .await;
    check("429 Too Many Requests", "", &typed("TooManyRequestsException"), Trouble::Throttled(None)).await;
    check("429 Too Many Requests", "", "", Trouble::Throttled(None)).await;
    let wish = Some(Duration::from_millis(1_500));
    check("429 Too Many Requests", "x-amz-retry-after: 1500\r\n", "", Trouble::Throttled(wish)).await;
    check("429 Too Many Requests", "x-amz-retry-after: soon\r\n", "", Trouble::Throttled(None)).await;
    check("503 Service Unavailable", "", "", Trouble::Unavailable("HTTP 503".into())).await;
}

#[tokio::test]
async fn pages_are_read_as_they_come() {
    let id = |text: &str| AccountId::parse(text).unwrap();
    let page = r#"{"nextToken":"t","accountList":[
        {"accountId":"000000000012","accountName":"Größe \u001b[31m","emailAddress":null},
        {"accountId":"12","accountName":"no account id"},
        {"accountName":"none at all"},
        {"accountId":"210987654321","emailAddress":"a@b.example"}]}"#;
    let read = Page::Accounts(
        vec![
            (id("000000000012"), "Größe \u{1b}[31m".into(), None),
            (id("210987654321"), String::new(), Some("a@b.example".into())),
        ],
        Some("t".into()),
    );
    assert_eq!(accounts(answer("200 OK", "", page)).await, Ok(read));
    for end in [r#"{"nextToken":null,"accountList":[]}"#, r#"{"nextToken":""}"#, "{}"] {
        assert_eq!(accounts(answer("200 OK", "", end)).await, Ok(Page::Accounts(vec![], None)), "{end}");
    }
}

#[tokio::test]
async fn requests_are_what_aws_expects() {
    let mut server = Server::that_says(answer("200 OK", "", "{}")).await;
    let aws = server.aws();
    let (portal, oidc, token) = (Portal::new(&aws), Oidc::new(&aws), Secret::new(SECRET));
    let account = AccountId::parse("000000000012").unwrap();
    portal.page(&token, &Request::Roles(account.clone(), Some("a+b/c".into()))).await.unwrap();
    let grant = GrantId {
        portal: PortalName::parse("corp").unwrap(),
        account_id: account,
        role_name: RoleName::parse("A+b c").unwrap(),
    };
    assert!(matches!(portal.credentials(&token, &grant).await, Err(Trouble::Unreadable(_))));
    portal.logout(&token).await.unwrap();
    assert!(oidc.start_device(&registration(), &StartUrl::parse("corp").unwrap()).await.is_err());
    assert!(oidc.refresh(&registration(), &token).await.is_err());
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|request| request.lines().next().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "GET /assignment/roles?next_token=a%2Bb%2Fc&max_result=100&account_id=000000000012 HTTP/1.1",
            "GET /federation/credentials?role_name=A%2Bb%20c&account_id=000000000012 HTTP/1.1",
            "POST /logout HTTP/1.1",
            "POST /device_authorization HTTP/1.1",
            "POST /token HTTP/1.1",
        ]
    );
    for request in &asked[..3] {
        assert!(request.contains(&format!("\r\nx-amz-sso_bearer_token: {SECRET}\r\n")), "{request}");
        assert!(!request.to_lowercase().contains("authorization:"), "unsigned: {request}");
    }
    assert!(asked[4].contains(r#""grantType":"refresh_token""#), "{}", asked[4]);
}

#[tokio::test]
async fn the_date_of_an_answer_tells_how_far_the_clocks_are_apart() {
    let check = async |apart: i64, expected: i64| {
        let date = clock::now() + SignedDuration::from_secs(apart);
        let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
        let server = Server::that_says(answer("401 Unauthorized", &format!("Date: {date}\r\n"), "")).await;
        let aws = server.aws();
        let _ = Portal::new(&aws).page(&Secret::new(SECRET), &Request::Accounts(None)).await;
        let ahead = aws.skew().ahead().as_secs();
        assert!((ahead - expected).abs() <= 2, "{ahead}, not {expected}");
    };
    check(3_600, 3_600).await;
    check(-86_400, -86_400).await;
    check(5, 0).await;
    let server = Server::that_says(answer("200 OK", "Date: Thu, 30 Dec 9999 21:59:59 GMT\r\n", "{}")).await;
    let aws = server.aws();
    Portal::new(&aws).page(&Secret::new(SECRET), &Request::Accounts(None)).await.unwrap();
    assert!(aws.skew().aws_now() > clock::now(), "no panic at the end of time");
    aws.skew().learn("yesterday");
    assert!(aws.skew().ahead().as_hours() > 24, "what is no date teaches nothing");
}
