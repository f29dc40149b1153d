//! The sign-in pages as a person meets them.

use sim::{Decision, Options, Page, Person, Visitor};

use crate::client::{Stage, with_client};
use serde_json::{Value, json};

fn problem(page: &Page) -> &str {
    page.body.split_once("role=\"alert\"").map_or("", |(_, rest)| {
        rest.split_once('>').and_then(|(_, text)| text.split_once('<')).map_or("", |(text, _)| text)
    })
}

fn title(page: &Page) -> &str {
    page.body.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>")).map_or("", |(title, _)| title)
}

async fn device(stage: &Stage) -> Value {
    let client = stage.register().await;
    stage.authorize_device(&client).await
}

fn url(device: &Value) -> &str {
    device["verificationUriComplete"].as_str().unwrap()
}

#[tokio::test]
async fn mistakes_can_be_mended_on_each_page() {
    let stage = Stage::new().await;
    let device = device(&stage).await;
    let person = Person::default();
    let mut visitor = Visitor::new(person.clone());
    let page = visitor.open(&stage.url("/device")).await.unwrap();
    let page = visitor.submit(&page, &[("user_code", "AAAA-AAAA")]).await.unwrap();
    assert!(problem(&page).contains("not valid"), "{}", page.body);
    let typed = device["userCode"].as_str().unwrap().to_lowercase().replace('-', "");
    let page = visitor.submit(&page, &[("user_code", &typed)]).await.unwrap();
    assert_eq!(title(&page), "Sign in");
    let page = visitor.submit(&page, &[("user", "  ")]).await.unwrap();
    assert!(problem(&page).contains("user name"));
    let page = visitor.submit(&page, &[("user", "nobody")]).await.unwrap();
    let page = visitor.submit(&page, &[("password", &person.password)]).await.unwrap();
    assert!(problem(&page).contains("not correct"));
    let page = visitor.submit(&page, &[("other_user", "1")]).await.unwrap();
    let page = visitor.submit(&page, &[("user", &person.user)]).await.unwrap();
    let page = visitor.submit(&page, &[("password", "wrong")]).await.unwrap();
    assert!(problem(&page).contains("not correct"));
    assert_eq!(page.status, 400);
    let page = visitor.submit(&page, &[("password", &person.password)]).await.unwrap();
    let page = visitor.submit(&page, &[("one_time_code", "000000")]).await.unwrap();
    assert!(problem(&page).contains("one-time code"));
    let code = stage.simulator.one_time_code().unwrap();
    let page = visitor.submit(&page, &[("one_time_code", &code)]).await.unwrap();
    assert_eq!(title(&page), "Confirm this code matches");
    assert!(page.body.contains(device["userCode"].as_str().unwrap()));
    let page = visitor.submit(&page, &[("decision", "confirm")]).await.unwrap();
    assert_eq!(title(&page), "Allow test-client to access your data?");
    let page = visitor.submit(&page, &[("decision", "allow")]).await.unwrap();
    assert_eq!(title(&page), "Request approved");
    assert!(page.body.contains("close this window"));
}

#[tokio::test]
async fn a_one_time_code_counts_once() {
    let stage = Stage::new().await;
    let person = Person::default();
    let code = stage.simulator.one_time_code().unwrap();
    for expected in ["Confirm this code matches", "Additional verification"] {
        let device = device(&stage).await;
        let mut visitor = Visitor::new(person.clone());
        let page = visitor.open(url(&device)).await.unwrap();
        let page = visitor.submit(&page, &[]).await.unwrap();
        let page = visitor.submit(&page, &[("user", &person.user)]).await.unwrap();
        let page = visitor.submit(&page, &[("password", &person.password)]).await.unwrap();
        let page = visitor.submit(&page, &[("one_time_code", &code)]).await.unwrap();
        assert_eq!(title(&page), expected);
    }
}

#[tokio::test]
async fn the_second_sign_in_is_one_click_until_the_session_ends() {
    let stage = Stage::new().await;
    let first = device(&stage).await;
    let mut visitor = Visitor::new(Person::default());
    visitor.visit(url(&first), Decision::Allow).await.unwrap();
    let second = device(&stage).await;
    let page = visitor.open(url(&second)).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    assert_eq!(title(&page), "Confirm this code matches");
    stage.simulator.revoke_sessions();
    let third = device(&stage).await;
    let page = visitor.open(url(&third)).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    assert_eq!(title(&page), "Sign in");
}

#[tokio::test]
async fn headers_keep_the_pages_safe() {
    let stage = Stage::new().await;
    let device = device(&stage).await;
    let answer = stage.http.get(url(&device)).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap();
    let policy = header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(header("cache-control"), "no-store");
    let cookie = header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let body = answer.text().await.unwrap();
    assert!(body.contains("<label for=\"user_code\">") && body.contains("autofocus"));
    assert!(stage.get("/assets/signin.css").await.header("content-type").starts_with("text/css"));
}

#[tokio::test]
async fn forms_need_their_token_and_their_browser() {
    let stage = Stage::new().await;
    let device = device(&stage).await;
    let forged = stage.post_form("/device", &[("user_code", device["userCode"].as_str().unwrap())]).await;
    assert_eq!(forged.status, 400);
    let mut visitor = Visitor::new(Person::default());
    let page = visitor.open(url(&device)).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    let elsewhere = stage.http.get(&page.url).send().await.unwrap();
    assert_eq!(elsewhere.status(), 400, "another browser has no business here");
    let forged = visitor.submit(&page, &[("form_token", "x"), ("user", "alex.rivera")]).await.unwrap();
    assert_eq!(title(&forged), "Form expired");
}

#[tokio::test]
async fn hostile_names_are_escaped() {
    let stage = Stage::new().await;
    let name = "<script>alert(1)</script>\"\u{1b}[31m";
    let client = json!({ "clientName": name, "clientType": "public" });
    let client = stage.post("/client/register", &client).await.json();
    let body = with_client(&client, json!({ "startUrl": crate::client::START_URL }));
    let device = stage.post("/device_authorization", &body).await.json();
    let mut visitor = Visitor::new(Person::default());
    let mut page = visitor.visit(url(&device), Decision::Allow).await.unwrap();
    assert!(page.body.contains("&lt;script&gt;") && !page.body.contains("<script>"));
    assert!(!page.body.contains('\u{1b}'));
    let injected = stage.url("/device?user_code=%22%3E%3Cscript%3Ex");
    page = visitor.open(&injected).await.unwrap();
    assert!(!page.body.contains("<script>"));
}

#[tokio::test]
async fn hints_only_when_asked_for() {
    for hints in [false, true] {
        let stage = Stage::with(Options { hints, ..Options::default() }).await;
        let device = device(&stage).await;
        let mut visitor = Visitor::new(Person::default());
        let page = visitor.open(url(&device)).await.unwrap();
        let page = visitor.submit(&page, &[]).await.unwrap();
        assert_eq!(page.body.contains("alex.rivera"), hints);
    }
}

#[tokio::test]
async fn a_code_that_died_on_the_way_is_reported() {
    let stage = Stage::new().await;
    let device = device(&stage).await;
    let mut visitor = Visitor::new(Person::default());
    let page = visitor.open(url(&device)).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    assert_eq!(title(&page), "Sign in");
    stage.simulator.set_clock_offset(700);
    let late = visitor.visit(url(&device), Decision::Allow).await;
    assert!(late.is_err(), "the code page keeps asking");
    let home = visitor.open(&stage.url("/")).await.unwrap();
    assert!(home.body.contains("awsapps.com"));
    assert_eq!(visitor.open(&stage.url("/nowhere")).await.unwrap().status, 404);
}
