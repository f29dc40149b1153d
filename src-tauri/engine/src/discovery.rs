//! What an address leads to: the portal behind a company's own domain, and its region.

use std::time::Duration;

use domain::failure::{Code, Failure};
use domain::ids::{Region, StartUrl};
use domain::settings::Portal;
use domain::start_url::{Home, region_of_page};
use reqwest::{Client, Method, StatusCode, header};
use url::Url;

use crate::Engine;
use crate::aws::{answer, web};

/// A person waits for it.
const PATIENCE: Duration = Duration::from_secs(8);
/// The start page is a few kilobytes; the region is in its head.
const LARGEST_PAGE: usize = 256 << 10;

/// What was found behind an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// The portal's own address.
    pub start_url: StartUrl,
    /// The region of IAM Identity Center, as it was given, or where it could be found.
    pub region: Option<Region>,
}

/// Nobody could tell where the portal's Identity Center is.
pub fn unknown_region(start_url: &StartUrl) -> Failure {
    Failure::new(
        Code::Usage,
        format!("the region of {start_url} could not be found"),
        "add --region with the region of IAM Identity Center: it stands in the portal under \u{201c}Access keys\u{201d}, as SSO region",
    )
}

impl Engine {
    /// Follows a company's own domain to the portal, once and only to AWS, and finds the region where it was not
    /// given: in the host's name, else on the start page. Where nothing has to be found, nothing is asked for.
    pub async fn discover(
        &self,
        start_url: &StartUrl,
        region: Option<Region>,
    ) -> Result<Discovered, Failure> {
        let client = || web::client(&self.environment, PATIENCE);
        let start_url = match start_url.home() {
            Home::Aws(_) | Home::Loopback => start_url.clone(),
            Home::Vanity => follow(&client()?, start_url).await?,
        };
        let region = match (region, start_url.home()) {
            (Some(region), _) | (None, Home::Aws(Some(region))) => Some(region),
            (None, _) => region_on_page(&client()?, &start_url).await,
        };
        Ok(Discovered { start_url, region })
    }

    /// A failure that may come from a wrong region, with the right one, if AWS tells it.
    pub(crate) async fn with_the_right_region(&self, portal: &Portal, failure: Failure) -> Failure {
        let found = self.discover(&portal.start_url, None).await.ok().and_then(|found| found.region);
        match found.filter(|region| *region != portal.region) {
            Some(region) => Failure {
                summary: format!(
                    "{}: IAM Identity Center of {} is in {region}, not in {}",
                    failure.summary, portal.name, portal.region
                ),
                hint: format!(
                    "run `rolecall portal add {} --start-url {} --region {region}`, then sign in",
                    portal.name, portal.start_url
                ),
                ..failure
            },
            None => failure,
        }
    }
}

/// One redirect, as the AWS CLI follows it: asked for by HEAD, and by GET where that is not known.
async fn follow(client: &Client, start_url: &StartUrl) -> Result<StartUrl, Failure> {
    let ask = |method: Method| async {
        let answer = client.request(method, start_url.as_str()).send().await;
        answer.map_err(|error| {
            let hint = "check the address and the network, or give the address that your browser shows in the portal";
            Failure::new(Code::Failed, format!("{start_url} can't be reached"), hint)
                .with_detail(answer::root(&error))
        })
    };
    let mut answer = ask(Method::HEAD).await?;
    if matches!(answer.status(), StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED) {
        answer = ask(Method::GET).await?;
    }
    let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let next = location.and_then(|to| Url::parse(start_url.as_str()).ok()?.join(to).ok());
    let next = next.and_then(|url| StartUrl::parse(url.as_str()).ok());
    next.filter(|next| matches!(next.home(), Home::Aws(_))).ok_or_else(|| {
        Failure::new(
            Code::Failed,
            format!("{start_url} does not lead to an access portal of AWS"),
            "give the address that your browser shows in the portal, such as https://d-1234567890.awsapps.com/start",
        )
    })
}

async fn region_on_page(client: &Client, start_url: &StartUrl) -> Option<Region> {
    let mut answer = client.get(start_url.bare()).send().await.ok()?;
    let mut page = Vec::new();
    while let Some(part) = answer.chunk().await.ok()? {
        page.extend_from_slice(&part);
        if page.len() > LARGEST_PAGE {
            break;
        }
    }
    region_of_page(&String::from_utf8_lossy(&page))
}
