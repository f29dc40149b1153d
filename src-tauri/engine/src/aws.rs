//! Conversations with AWS. Endpoints, proxies and certificates are values from the environment, so the
//! simulator, a proxy or AWS itself are the same code.

pub mod console;
pub mod oidc;
pub mod portal;
pub mod sts;

pub(crate) mod answer;
pub(crate) mod web;

mod skew;

use std::time::Duration;

use aws_smithy_http_client::{Builder, Connector, proxy, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use domain::endpoint;
use domain::failure::{Code, Failure};
use domain::ids::Region;
use domain::settings::Portal;
use url::Url;

pub use skew::Skew;

use crate::environment::Environment;
use crate::files;

/// A connection to the services of one portal's region.
#[derive(Debug, Clone)]
pub struct Aws {
    environment: Environment,
    region: Region,
    fips: bool,
    dual_stack: bool,
    http: SharedHttpClient,
    skew: Skew,
}

impl Aws {
    /// Reads `AWS_CA_BUNDLE` if there is one; connects to nothing yet. Fails where that, or the address of an endpoint,
    /// is of no use.
    pub fn new(environment: &Environment, portal: &Portal) -> Result<Self, Failure> {
        let flag = |name| environment.flag(name);
        let aws = Self {
            environment: environment.clone(),
            region: portal.region.clone(),
            fips: portal.fips || flag("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: portal.dual_stack || flag("AWS_USE_DUALSTACK_ENDPOINT"),
            http: http_client(environment)?,
            skew: Skew::default(),
        };
        ["SSO", "SSO_OIDC", "STS"].into_iter().try_for_each(|service| aws.check_endpoint(service))?;
        Ok(aws)
    }

    /// The same services in another region, or in the portal's own if none is named.
    #[must_use]
    pub fn in_region(mut self, region: Option<&Region>) -> Self {
        self.region = region.cloned().unwrap_or(self.region);
        self
    }

    /// How far AWS's clock is ahead of ours, as learnt from its answers.
    pub fn skew(&self) -> &Skew {
        &self.skew
    }

    /// The endpoint to use instead of AWS's own (AWS SDKs and Tools Reference Guide, "Service-specific
    /// endpoints"): `AWS_ENDPOINT_URL_<service>`, then `AWS_ENDPOINT_URL`.
    fn endpoint(&self, service: &str) -> Option<&str> {
        self.named_endpoint(service).map(|(_, given)| given)
    }

    /// It, and the variable that has it.
    fn named_endpoint(&self, service: &str) -> Option<(String, &str)> {
        if self.environment.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
            return None;
        }
        let names = [format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL".to_owned()];
        names.into_iter().find_map(|name| self.environment.text(&name).map(|given| (name, given)))
    }

    /// The SDKs would say of another one that AWS does not answer.
    fn check_endpoint(&self, service: &str) -> Result<(), Failure> {
        let Some((name, given)) = self.named_endpoint(service) else { return Ok(()) };
        if Url::parse(given).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            return Ok(());
        }
        let hint = format!("set {name} to an address such as https://host.example, or unset it");
        Err(Failure::new(Code::Usage, format!("{name} is no address of the web: `{given}`"), hint))
    }

    /// Where browsers are sent to for a code.
    fn oidc_endpoint(&self) -> String {
        let own = || endpoint::oidc(&self.region, self.fips, self.dual_stack);
        self.endpoint("SSO_OIDC").map_or_else(own, |given| given.trim_end_matches('/').to_owned())
    }
}

/// Nothing is retried below us: the domain decides how often and when, and sees every refusal.
fn no_retries() -> RetryConfig {
    RetryConfig::disabled()
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(6))
        .read_timeout(Duration::from_secs(8))
        .operation_timeout(Duration::from_secs(10))
        .build()
}

/// The client configuration that all services share; the services' builders have no common type.
macro_rules! configure {
    ($aws:expr, $builder:expr, $service:literal) => {{
        let aws: &$crate::aws::Aws = $aws;
        let mut builder = $builder
            .http_client(aws.http.clone())
            .region(aws_sdk_sso::config::Region::new(aws.region.as_str().to_owned()))
            .retry_config($crate::aws::no_retries())
            .timeout_config($crate::aws::timeouts())
            .interceptor(aws.skew.clone());
        match aws.endpoint($service) {
            // The SDKs refuse both together: an address that was given is taken as it is.
            Some(given) => builder.set_endpoint_url(Some(given.to_owned())),
            None => builder.set_use_fips(Some(aws.fips)).set_use_dual_stack(Some(aws.dual_stack)),
        };
        builder.build()
    }};
}
pub(crate) use configure;

fn http_client(environment: &Environment) -> Result<SharedHttpClient, Failure> {
    let mut trust = tls::TrustStore::default();
    if let Some(pem) = ca_bundle(environment)? {
        trust.add_pem_certificate(pem);
    }
    let context = tls::TlsContext::builder().with_trust_store(trust).build().map_err(|error| {
        Failure::new(Code::Failed, "TLS can't be set up", "check AWS_CA_BUNDLE").with_detail(error)
    })?;
    Ok(Builder::new().build_with_connector_fn(move |settings, _| {
        let mut connector = Connector::builder()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .tls_context(context.clone())
            .proxy_config(proxy::ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.build()
    }))
}

/// The certificates of `AWS_CA_BUNDLE`, which are trusted beside the system's own.
fn ca_bundle(environment: &Environment) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = environment.path("AWS_CA_BUNDLE") else { return Ok(None) };
    match files::read(&path)? {
        Some(pem) if pem.windows(11).any(|w| w == b"-----BEGIN ") => Ok(Some(pem)),
        Some(_) => Err(Failure::new(
            Code::Failed,
            format!("AWS_CA_BUNDLE names {}, which holds no PEM certificate", path.display()),
            "point AWS_CA_BUNDLE at a PEM file, or unset it",
        )),
        None => Err(Failure::new(
            Code::Failed,
            format!("AWS_CA_BUNDLE names {}, which does not exist", path.display()),
            "point AWS_CA_BUNDLE at a PEM file, or unset it",
        )),
    }
}
