//! Plain HTTPS, for what no AWS SDK knows.

use std::error::Error;
use std::io;
use std::time::Duration;

use domain::failure::{Code, Failure};
use domain::trouble::Trouble;
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

/// Why the certificate of whoever answered was refused, if that is what happened. Errors of TLS travel inside errors of
/// IO, which do not name them as their source.
pub(crate) fn certificate_refused(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner: Option<&(dyn Error + 'static)> = inner.map(|inner| inner as _);
        for error in [Some(error), inner].into_iter().flatten() {
            if let Some(tls @ rustls::Error::InvalidCertificate(_)) = error.downcast_ref::<rustls::Error>() {
                return Some(tls.to_string());
            }
        }
        cause = inner.or_else(|| error.source());
    }
    None
}

/// What a failed request means.
pub(crate) fn trouble(error: &reqwest::Error) -> Trouble {
    match certificate_refused(error) {
        Some(reason) => Trouble::Untrusted(reason),
        None if cause(error).contains("proxy authorization required") => Trouble::ProxyPassword,
        None => Trouble::Unavailable(cause(error)),
    }
}

/// The innermost cause, without the address, which may hold a secret.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
