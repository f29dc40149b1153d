//! Ways into the console, and out of it, that need no credentials, and the one that begins with a sign-out.

use domain::failure::{Code, Failure};
use domain::ids::{GrantId, Region};
use domain::link::Link;
use domain::secret::Secret;
use domain::vend::Credentials;
use domain::{console, logout};

use crate::Engine;
use crate::aws::console::{endpoint, signin_token};

impl Engine {
    /// The portal's own page that opens the console, for this computer's browser. No secret. Where
    /// `ROLECALL_SIGNIN_URL` stands for AWS's pages, it stands for this one as well.
    pub fn shortcut(&self, link: &Link) -> String {
        match self.environment.text("ROLECALL_SIGNIN_URL").and_then(origin) {
            Some(origin) => link.shortcut_at(&format!("{origin}/start")),
            None => link.shortcut(),
        }
    }

    /// The page that ends the console sessions of the browser that opens it. No secret.
    pub fn console_logout(&self, region: &Region) -> Result<String, Failure> {
        let endpoint = self.logout_endpoint(region)?;
        logout::url(&endpoint, None).ok_or_else(|| no_address(&endpoint))
    }

    /// As [`Engine::console_url`], with a sign-out first, which otherwise the console asks for where a session is
    /// open. A secret for 15 minutes.
    pub async fn console_url_afresh(
        &self,
        grant: &GrantId,
        credentials: &Credentials,
        page: &str,
    ) -> Result<Secret, Failure> {
        let portal = self.settings.portal_or_only(Some(&grant.portal))?;
        let endpoint = self.logout_endpoint(&portal.region)?;
        // A token is good for the host that gave it.
        let is_chained = self.settings.chain(grant).is_some();
        let token = signin_token(&self.aws(portal)?, &endpoint, credentials, is_chained)
            .await
            .map_err(|trouble| trouble.failure(&format!("opening the console for {grant}"), &portal.name))?;
        let login = console::login_url(&endpoint, portal.start_url.as_str(), page, token.reveal());
        let url = login.and_then(|login| logout::url(&endpoint, Some(&login)));
        url.map(Secret::new).ok_or_else(|| no_address(&endpoint))
    }

    fn logout_endpoint(&self, region: &Region) -> Result<String, Failure> {
        let endpoint = match self.environment.text("ROLECALL_SIGNIN_URL") {
            Some(_) => endpoint(&self.environment, &console::home(region)),
            None => logout::endpoint(region),
        };
        endpoint.ok_or_else(|| no_address(region.as_str()))
    }
}

/// The scheme and host of an address.
fn origin(address: &str) -> Option<&str> {
    let host = address.find("://")? + 3;
    let end = address.get(host..)?.find('/').map_or(address.len(), |at| host + at);
    address.get(..end)
}

fn no_address(endpoint: &str) -> Failure {
    let hint = "mend or unset ROLECALL_SIGNIN_URL";
    Failure::new(Code::Failed, format!("`{endpoint}` is not a web address"), hint)
}
