//! Start URLs in every form, the page behind them, and a domain of the company's own.

use reqwest::Method;
use serde_json::json;
use sim::Options;

use crate::client::{START_URL, Stage, error, with_client};

#[tokio::test]
async fn forms_of_the_start_url() {
    let stage = Stage::new().await;
    let client = stage.register().await;
    let ask = async |url: String| {
        let body = with_client(&client, json!({ "startUrl": url }));
        stage.post("/device_authorization", &body).await
    };
    for ending in ["", "/", "#", "/#/", "?referrer=mail", "/?a=1"] {
        assert_eq!(ask(format!("{START_URL}{ending}")).await.status, 200, "{ending}");
    }
    assert_eq!(ask("https://D-9067F4A1B2.awsapps.com/start".to_owned()).await.status, 200);
    for wrong in ["https://d-0000000000.awsapps.com/start", "https://d-9067f4a1b2.awsapps.com/START"] {
        let refused = ask(wrong.to_owned()).await.oidc_error();
        assert_eq!(refused, error(400, "InvalidRequest", "invalid_request"), "{wrong}");
    }
}

#[tokio::test]
async fn the_start_page_names_the_region() {
    let stage = Stage::with(Options { region: "eu-west-3".to_owned(), ..Options::default() }).await;
    for path in ["/start", "/start/"] {
        let page = stage.get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text.contains("<meta name=\"region\" content=\"eu-west-3\">"), "{}", page.text);
    }
    assert!(!stage.get("/device").await.text.contains("name=\"region\""));
}

/// Status and target of a request to the vanity domain.
async fn ask(stage: &Stage, method: Method, path: &str) -> (u16, String) {
    let url = format!("{}{path}", stage.simulator.vanity_url().unwrap());
    let response = stage.http.request(method, url).send().await.unwrap();
    let location = response.headers().get("location").map_or("", |value| value.to_str().unwrap());
    (response.status().as_u16(), location.to_owned())
}

#[tokio::test]
async fn the_vanity_domain_leads_to_the_start_url() {
    let stage = Stage::with(Options { vanity: true, ..Options::default() }).await;
    for method in [Method::HEAD, Method::GET] {
        for path in ["/", "/start?x=1"] {
            assert_eq!(ask(&stage, method.clone(), path).await, (302, START_URL.to_owned()));
        }
    }
    assert_eq!(ask(&stage, Method::POST, "/").await.0, 404);
    let vanity = stage.simulator.vanity_url().unwrap().to_owned();
    assert!(stage.simulator.environment().contains(&("ROLECALL_SIM_VANITY_URL", vanity)));
    assert!(Stage::new().await.simulator.vanity_url().is_none());
}

#[tokio::test]
async fn vanity_no_head() {
    let stage = Stage::with(Options { vanity: true, ..Options::default() }).await;
    stage.set_faults(&["vanity_no_head"]);
    assert_eq!(ask(&stage, Method::HEAD, "/").await, (405, String::new()));
    assert_eq!(ask(&stage, Method::GET, "/").await, (302, START_URL.to_owned()));
}

#[tokio::test]
async fn vanity_elsewhere() {
    let stage = Stage::with(Options { vanity: true, ..Options::default() }).await;
    stage.set_faults(&["vanity_elsewhere"]);
    assert_eq!(ask(&stage, Method::HEAD, "/").await, (302, "https://evil.example/".to_owned()));
}
