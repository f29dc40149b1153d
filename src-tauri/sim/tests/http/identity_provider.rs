//! Sign-in at the external identity provider on its own origin.

use data_encoding::BASE64;
use sim::{Decision, IdentitySource, Options, Page, Person, Visitor};

use crate::client::Stage;
use serde_json::Value;

async fn stage() -> Stage {
    Stage::with(Options { identity_source: IdentitySource::ExternalIdp, ..Options::default() }).await
}

async fn device(stage: &Stage) -> Value {
    let client = stage.register().await;
    stage.authorize_device(&client).await
}

fn url(device: &Value) -> &str {
    device["verificationUriComplete"].as_str().unwrap()
}

fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// Signs in at the provider, up to the page that posts the answer back.
async fn answered(stage: &Stage, visitor: &mut Visitor) -> Page {
    let device = device(stage).await;
    let page = visitor.open(url(&device)).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    let person = Person::default();
    visitor.submit(&page, &[("user", &person.user), ("password", &person.password)]).await.unwrap()
}

#[tokio::test]
async fn the_password_is_asked_on_another_origin() {
    let stage = stage().await;
    let idp = stage.simulator.idp_url().unwrap().to_owned();
    assert_ne!(idp, stage.simulator.url());
    let client = stage.register().await;
    let device = stage.authorize_device(&client).await;
    let mut visitor = Visitor::new(Person::default());
    let page = visitor.open(url(&device)).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    assert!(page.url.starts_with(&format!("{idp}/sso?SAMLRequest=")), "{}", page.url);
    let page = visitor.submit(&page, &[("user", "alex.rivera"), ("password", "wrong")]).await.unwrap();
    assert!(page.body.contains("not correct"));
    let last = visitor.visit(url(&device), Decision::Allow).await.unwrap();
    assert!(last.body.contains("Request approved"), "{}", last.body);
    assert!(last.url.starts_with(stage.simulator.url()));
    assert_eq!(stage.poll(&client, &device).await.status, 200);
    let services: Vec<_> = stage.simulator.requests().iter().map(|record| record.service).collect();
    assert!(services.contains(&"idp"));
}

#[tokio::test]
async fn the_provider_remembers_the_browser() {
    let stage = stage().await;
    let mut visitor = Visitor::new(Person::default());
    answered(&stage, &mut visitor).await;
    let device = device(&stage).await;
    let page = visitor.open(url(&device)).await.unwrap();
    let page = visitor.submit(&page, &[]).await.unwrap();
    assert!(page.body.contains("SAMLResponse"), "no password this time");
    let policy_script = page.body.contains("<script>document.forms[0].submit();</script>");
    assert!(policy_script && page.body.contains("<button"), "a script, and a button without scripts");
}

#[tokio::test]
async fn answers_are_checked() {
    let stage = stage().await;
    let mut visitor = Visitor::new(Person::default());
    let page = answered(&stage, &mut visitor).await;
    let (answer, relay_state) = (hidden(&page, "SAMLResponse"), hidden(&page, "RelayState"));
    let xml = String::from_utf8(BASE64.decode(answer.as_bytes()).unwrap()).unwrap();
    let altered = |from: &str, to: &str| {
        assert!(xml.contains(from), "{from} in {xml}");
        BASE64.encode(xml.replace(from, to).as_bytes())
    };
    let user = "<saml:NameID>alex.rivera</saml:NameID>";
    let cases = [
        ("signature", altered(user, "<saml:NameID>root</saml:NameID>")),
        ("signature", altered("/saml/metadata<", "/elsewhere<")),
        ("doubled", altered(user, &format!("{user}<saml:Assertion xmlns:saml=\"x\"/>"))),
        ("base64", "%".to_owned()),
        ("XML", BASE64.encode(b"<no")),
        ("missing", BASE64.encode(b"<x/>")),
    ];
    for (reason, forged) in cases {
        let page =
            stage.post_form("/saml/acs", &[("SAMLResponse", &forged), ("RelayState", &relay_state)]).await;
        assert_eq!(page.status, 403);
        assert!(page.text.contains(reason), "{reason}: {}", page.text);
    }
    let swapped = stage.post_form("/saml/acs", &[("SAMLResponse", &answer), ("RelayState", "other")]).await;
    assert!(swapped.text.contains("does not belong"), "{}", swapped.text);
    let replayed =
        stage.post_form("/saml/acs", &[("SAMLResponse", &answer), ("RelayState", &relay_state)]).await;
    assert!(replayed.text.contains("used before"), "{}", replayed.text);
}

#[tokio::test]
async fn answers_expire() {
    let stage = stage().await;
    let mut visitor = Visitor::new(Person::default());
    let page = answered(&stage, &mut visitor).await;
    stage.simulator.set_clock_offset(400);
    let late = visitor.submit(&page, &[]).await.unwrap();
    assert_eq!(late.status, 403);
    assert!(late.body.contains("expired"), "{}", late.body);
}

#[tokio::test]
async fn damaged_requests_are_refused() {
    let stage = stage().await;
    let idp = stage.simulator.idp_url().unwrap();
    let response = stage.http.get(format!("{idp}/sso?SAMLRequest=nonsense")).send().await.unwrap();
    assert_eq!(response.status(), 400);
}
