//! Every kind of identity source, as a person meets it.

use serde_json::Value;
use sim::{Decision, IdentitySource, Options, Page, Person, Visitor};

use crate::client::{Answer, Stage};

async fn stage(identity_source: IdentitySource) -> Stage {
    Stage::with(Options { identity_source, ..Options::default() }).await
}

fn url(device: &Value) -> &str {
    device["verificationUriComplete"].as_str().unwrap()
}

fn title(page: &Page) -> &str {
    page.body.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>")).map_or("", |(title, _)| title)
}

fn problem(page: &Page) -> &str {
    page.body.split_once("role=\"alert\"").map_or("", |(_, rest)| rest.split('<').next().unwrap())
}

fn person_as(user: &str) -> Person {
    Person { user: user.to_owned(), ..Person::default() }
}

/// A fresh device authorization, opened up to the first page that asks who it is.
async fn first_page(stage: &Stage, visitor: &mut Visitor) -> Page {
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    let page = visitor.open(url(&device)).await.unwrap();
    visitor.submit(&page, &[]).await.unwrap()
}

#[tokio::test]
async fn the_scripted_person_gets_through_all_of_them() {
    for source in IdentitySource::ALL {
        let stage = stage(source).await;
        let client = stage.register().await;
        let device = stage.authorize_device(&client).await;
        let page = stage.visit(&device, Decision::Allow).await;
        assert!(page.body.contains("Request approved"), "{source}: {}", page.body);
        let tokens = stage.poll(&client, &device).await;
        assert_eq!(tokens.status, 200, "{source}");
        assert_eq!(stage.simulator.idp_url().is_some(), source.is_external(), "{source}");
        let asked = stage.simulator.requests();
        let password = asked.iter().find(|record| record.parameters.contains_key("password")).unwrap();
        assert_eq!(password.service == "idp", source.is_external(), "{source}");
    }
}

#[tokio::test]
async fn names_with_a_domain_are_taken_where_there_are_domains() {
    for source in IdentitySource::ALL {
        let domains = !matches!(source, IdentitySource::Directory | IdentitySource::ExternalIdp);
        for (index, user) in
            ["CORP\\alex.rivera", "alex.rivera@corp.example", "Alex.Rivera"].iter().enumerate()
        {
            let stage = stage(source).await;
            let client = stage.register().await;
            let device = stage.authorize_device(&client).await;
            let visited = Visitor::new(person_as(user)).visit(url(&device), Decision::Allow).await;
            assert_eq!(visited.is_ok(), domains, "{source} {index}");
            if !domains {
                continue;
            }
            let token = stage.poll(&client, &device).await.json()["accessToken"].as_str().unwrap().to_owned();
            let credentials = stage.credentials(&token).await;
            let identity =
                crate::signer::Signer::of(&credentials).call(&stage, "Action=GetCallerIdentity").await;
            assert!(identity.text.contains("/alex.rivera</Arn>"), "the portal's name for them: {identity:?}");
        }
    }
}

#[tokio::test]
async fn the_provider_remembers_the_browser_until_the_person_is_signed_out() {
    for source in IdentitySource::ALL.into_iter().filter(|source| source.is_external()) {
        let options = Options { identity_source: source, portal_session_seconds: 900, ..Options::default() };
        let stage = Stage::with(options).await;
        let mut visitor = Visitor::new(Person::default());
        let client = stage.register().await;
        let device = stage.authorize_device(&client).await;
        visitor.visit(url(&device), Decision::Allow).await.unwrap();
        let page = first_page(&stage, &mut visitor).await;
        assert_eq!(title(&page), "Confirm this code matches", "{source}: the portal remembers as well");
        stage.simulator.set_clock_offset(901);
        let page = first_page(&stage, &mut visitor).await;
        assert!(page.url.starts_with(stage.simulator.idp_url().unwrap()), "{source}: {}", page.url);
        assert!(page.body.contains("name=\"SAMLResponse\""), "{source}: no password this time");
        assert!(stage.simulator.end_session("alex.rivera"));
        let page = first_page(&stage, &mut visitor).await;
        assert!(page.body.contains("name=\"user\""), "{source}: the provider has forgotten");
    }
}

#[tokio::test]
async fn entra_page_by_page() {
    for (answer, kept) in [("yes", true), ("no", false)] {
        let stage = stage(IdentitySource::Entra).await;
        let person = Person::default();
        let mut visitor = Visitor::new(person.clone());
        let page = first_page(&stage, &mut visitor).await;
        assert!(page.url.contains("/corp.example/saml2?SAMLRequest="), "{}", page.url);
        let page = visitor.submit(&page, &[("user", "nobody@corp.example")]).await.unwrap();
        assert!(problem(&page).contains("couldn't find"), "{}", page.body);
        let page = visitor.submit(&page, &[("user", "alex.rivera@corp.example")]).await.unwrap();
        assert_eq!(title(&page), "Enter password");
        let page = visitor.submit(&page, &[("password", "wrong")]).await.unwrap();
        assert!(problem(&page).contains("not correct"));
        let page = visitor.submit(&page, &[("password", &person.password)]).await.unwrap();
        assert_eq!(title(&page), "Enter code");
        let page = visitor.submit(&page, &[("one_time_code", "000000")]).await.unwrap();
        assert!(problem(&page).contains("one-time code"));
        let code = stage.simulator.one_time_code().unwrap();
        let page = visitor.submit(&page, &[("one_time_code", &code)]).await.unwrap();
        assert_eq!(title(&page), "Stay signed in?");
        let cookie = stay(&stage, &page, answer).await.header("set-cookie").to_owned();
        assert!(cookie.starts_with("idp-session-") && cookie.contains("HttpOnly"), "{cookie}");
        assert_eq!(cookie.contains("Max-Age=7776000"), kept, "{cookie}");
    }
}

fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// Answers "Stay signed in?" with a client that shows headers.
async fn stay(stage: &Stage, page: &Page, answer: &str) -> Answer {
    let idp = stage.simulator.idp_url().unwrap();
    let (token, passage) = (hidden(page, "form_token"), hidden(page, "passage"));
    let pairs = [("form_token", token.as_str()), ("passage", &passage), ("stay", answer)];
    let request = stage.http.post(format!("{idp}/kmsi"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = Answer::of(request.body(crate::client::encode(&pairs)).send().await.unwrap()).await;
    assert!(answer.text.contains("name=\"SAMLResponse\""), "{answer:?}");
    answer
}

/// Okta up to the page that opens the second factor.
async fn okta_opener(stage: &Stage, visitor: &mut Visitor) -> Page {
    let page = first_page(stage, visitor).await;
    let page = visitor.submit(&page, &[("user", "alex.rivera")]).await.unwrap();
    visitor.submit(&page, &[("password", &Person::default().password)]).await.unwrap()
}

#[tokio::test]
async fn okta_verifies_in_a_window_of_its_own() {
    let stage = stage(IdentitySource::Okta).await;
    let mut visitor = Visitor::new(Person::default());
    let opener = okta_opener(&stage, &mut visitor).await;
    for part in ["window.open(form.dataset.popup", "addEventListener(\"message\""] {
        assert!(opener.body.contains(part), "{part}: {}", opener.body);
    }
    let idp = stage.simulator.idp_url().unwrap();
    let popup = format!("{idp}/signin/factor?passage={}", hidden(&opener, "passage"));
    assert!(opener.body.contains(&popup[idp.len()..]), "{}", opener.body);
    let early = next(&stage, &opener).await;
    assert_eq!(early.status, 400, "not before the factor is proven");
    let page = visitor.open(&popup).await.unwrap();
    let code = stage.simulator.one_time_code().unwrap();
    let done = visitor.submit(&page, &[("one_time_code", &code)]).await.unwrap();
    assert!(done.body.contains("window.opener.postMessage(\"factor-done\""), "{}", done.body);
    let answer = next(&stage, &opener).await;
    assert!(answer.text.contains("name=\"SAMLResponse\""), "the page that opened it goes on: {answer:?}");
    assert_eq!(next(&stage, &opener).await.status, 400, "once");
    assert_eq!(visitor.open(&popup).await.unwrap().status, 400);
    let popups = stage.simulator.requests().iter().filter(|record| record.operation == "IdpPopup").count();
    assert_eq!(popups, 2);
}

/// What the script of the opener sends when the window is done.
async fn next(stage: &Stage, opener: &Page) -> Answer {
    let (token, passage) = (hidden(opener, "form_token"), hidden(opener, "passage"));
    let pairs = [("form_token", token.as_str()), ("passage", &passage)];
    let request = stage.http.post(format!("{}/signin/continue", stage.simulator.idp_url().unwrap()));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    Answer::of(request.body(crate::client::encode(&pairs)).send().await.unwrap()).await
}

#[tokio::test]
async fn okta_scripts_are_the_only_ones_allowed() {
    let stage = stage(IdentitySource::Okta).await;
    let mut visitor = Visitor::new(Person::default());
    let page = first_page(&stage, &mut visitor).await;
    assert!(!page.body.contains("<script>"));
    let opener = okta_opener(&stage, &mut visitor).await;
    let popup = format!(
        "{}/signin/factor?passage={}",
        stage.simulator.idp_url().unwrap(),
        hidden(&opener, "passage")
    );
    let answer = Answer::of(stage.http.get(popup).send().await.unwrap()).await;
    assert!(answer.header("content-security-policy").contains("script-src 'none'"), "{answer:?}");
    let page = visitor.submit(&opener, &[]).await.unwrap();
    assert_eq!(title(&page), "Enter a code", "without scripts the form leads on");
}

#[tokio::test]
async fn google_refuses_what_is_no_browser() {
    let stage = stage(IdentitySource::Google).await;
    let mut visitor = Visitor::new(Person::default());
    let page = first_page(&stage, &mut visitor).await;
    assert_eq!(title(&page), "Sign in with your work account");
    let idp = stage.simulator.idp_url().unwrap();
    let ask = async |agent: &str| {
        Answer::of(stage.http.get(&page.url).header("user-agent", agent).send().await.unwrap()).await
    };
    for embedded in [
        "",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    ] {
        let answer = ask(embedded).await;
        assert_eq!((answer.status, answer.header("location")), (302, "/v3/signin/rejected"), "{embedded}");
    }
    for browser in [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ] {
        assert_eq!(ask(browser).await.status, 200, "{browser}");
    }
    let rejected =
        Answer::of(stage.http.get(format!("{idp}/v3/signin/rejected")).send().await.unwrap()).await;
    assert_eq!(rejected.status, 403);
    assert!(rejected.text.contains("disallowed_useragent"), "{rejected:?}");
}

#[tokio::test]
async fn adfs_asks_for_everything_at_once() {
    let stage = stage(IdentitySource::Adfs).await;
    let mut visitor = Visitor::new(Person::default());
    let page = first_page(&stage, &mut visitor).await;
    assert!(page.url.contains("/adfs/ls/?SAMLRequest="), "{}", page.url);
    let password = Person::default().password;
    let foreign = [("user", "OTHER\\alex.rivera"), ("password", password.as_str())];
    let page = visitor.submit(&page, &foreign).await.unwrap();
    assert!(problem(&page).contains("not correct"));
    let own = [("user", "CORP\\alex.rivera"), ("password", password.as_str())];
    let page = visitor.submit(&page, &own).await.unwrap();
    assert!(page.body.contains("name=\"SAMLResponse\""), "{}", page.body);
}

#[tokio::test]
async fn forms_without_their_token_or_out_of_turn_are_refused() {
    let stage = stage(IdentitySource::Entra).await;
    let mut visitor = Visitor::new(Person::default());
    let page = first_page(&stage, &mut visitor).await;
    let forged = visitor.submit(&page, &[("form_token", "x"), ("user", "alex.rivera")]).await.unwrap();
    assert_eq!(forged.status, 400);
    assert_eq!(stage.http.post(page.url.clone()).send().await.unwrap().status(), 404);
    visitor.submit(&page, &[("user", "alex.rivera")]).await.unwrap();
    let again = visitor.submit(&page, &[("user", "alex.rivera")]).await.unwrap();
    assert!(again.body.contains("has ended"), "{}", again.body);
    let page = first_page(&stage, &mut visitor).await;
    stage.simulator.set_clock_offset(601);
    let late = visitor.submit(&page, &[("user", "alex.rivera")]).await.unwrap();
    assert!(late.body.contains("has ended"), "{}", late.body);
}

#[tokio::test]
async fn hints_help_at_every_provider() {
    for source in IdentitySource::ALL {
        let options = Options { identity_source: source, hints: true, ..Options::default() };
        let stage = Stage::with(options).await;
        let page = first_page(&stage, &mut Visitor::new(Person::default())).await;
        assert!(page.body.contains("To try it: ") && page.body.contains("alex.rivera"), "{source}");
    }
}
