//! Plain HTTPS, for what no AWS SDK knows.

use std::time::Duration;

use domain::failure::{Code, Failure};
use reqwest::{Certificate, Client};

use super::ca_bundle;
use crate::environment::Environment;

/// Proxies come from the environment, as reqwest reads it; roots are the system's and `AWS_CA_BUNDLE`. Redirects are
/// not followed.
pub(crate) fn client(environment: &Environment, patience: Duration) -> Result<Client, Failure> {
    // reqwest takes the provider of the process; a second installation is refused and of no matter.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let unusable = |error: reqwest::Error| {
        Failure::new(Code::Failed, "HTTPS can't be set up", "check AWS_CA_BUNDLE and HTTPS_PROXY")
            .with_detail(error)
    };
    let mut builder = Client::builder()
        .timeout(patience)
        .connect_timeout(Duration::from_secs(8))
        .redirect(reqwest::redirect::Policy::none());
    if let Some(pem) = ca_bundle(environment)? {
        for certificate in Certificate::from_pem_bundle(&pem).map_err(unusable)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build().map_err(unusable)
}
