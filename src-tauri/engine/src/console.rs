//! Opening the AWS console as a grant.

use domain::console;
use domain::failure::{Code, Failure};
use domain::ids::GrantId;
use domain::secret::Secret;
use domain::vend::Credentials;

use crate::Engine;
use crate::aws::console::{endpoint, signin_token};

impl Engine {
    /// The address that signs a browser in to a page of the console as the grant. A secret for 15 minutes: whoever
    /// has it is in. `page` is an absolute address that [`domain::console`] chose.
    pub async fn console_url(
        &self,
        grant: &GrantId,
        credentials: &Credentials,
        page: &str,
    ) -> Result<Secret, Failure> {
        let portal = self.settings.portal_or_only(Some(&grant.portal))?;
        let endpoint = endpoint(&self.environment, page).ok_or_else(|| not_the_console(page))?;
        let is_chained = self.settings.chain(grant).is_some();
        let token = signin_token(&self.aws(portal)?, &endpoint, credentials, is_chained)
            .await
            .map_err(|trouble| trouble.failure(&format!("opening the console for {grant}"), &portal.name))?;
        // The issuer is where the console sends people whose session has ended.
        let url = console::login_url(&endpoint, portal.start_url.as_str(), page, token.reveal());
        url.map(Secret::new).ok_or_else(|| {
            Failure::new(
                Code::Failed,
                format!("`{endpoint}` is not a web address"),
                "mend or unset ROLECALL_SIGNIN_URL",
            )
        })
    }
}

fn not_the_console(page: &str) -> Failure {
    Failure::new(
        Code::Usage,
        format!("`{page}` is not a page of AWS's console"),
        "give the address of one, such as https://eu-west-1.console.aws.amazon.com/s3/home",
    )
}
