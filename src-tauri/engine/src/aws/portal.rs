//! The portal: accounts, roles, credentials, logout (IAM Identity Center Portal API Reference).

use aws_sdk_sso::Client;
use domain::ids::{AccountId, GrantId, RoleName};
use domain::listing::{Page, Request};
use domain::secret::Secret;
use domain::trouble::Trouble;
use domain::vend::Credentials;
use jiff::Timestamp;

use super::answer::trouble;
use super::{Aws, Skew, configure};

/// The most that the portal gives at once; more is refused since 2026.
const PAGE: i32 = 100;

/// The portal service of one region.
#[derive(Debug, Clone)]
pub struct Portal {
    client: Client,
    skew: Skew,
}

impl Portal {
    /// Connects to nothing yet.
    pub fn new(aws: &Aws) -> Self {
        let client = Client::from_conf(configure!(aws, aws_sdk_sso::Config::builder(), "SSO"));
        Self { client, skew: aws.skew.clone() }
    }

    /// ListAccounts or ListAccountRoles. Entries without an id or a name are left out.
    pub async fn page(&self, token: &Secret, request: &Request) -> Result<Page, Trouble> {
        match request {
            Request::Accounts(next) => self.accounts(token, next.clone()).await,
            Request::Roles(account, next) => self.roles(token, account, next.clone()).await,
        }
    }

    async fn accounts(&self, token: &Secret, next: Option<String>) -> Result<Page, Trouble> {
        let answer = self
            .client
            .list_accounts()
            .access_token(token.reveal())
            .max_results(PAGE)
            .set_next_token(next)
            .send()
            .await
            .map_err(|error| trouble(&error))?;
        let accounts = answer.account_list.unwrap_or_default().into_iter().filter_map(|account| {
            let id = AccountId::parse(&account.account_id?).ok()?;
            let email = account.email_address.filter(|e| !e.is_empty());
            Some((id, account.account_name.unwrap_or_default(), email))
        });
        Ok(Page::Accounts(accounts.collect(), answer.next_token.filter(|t| !t.is_empty())))
    }

    async fn roles(
        &self,
        token: &Secret,
        account: &AccountId,
        next: Option<String>,
    ) -> Result<Page, Trouble> {
        let answer = self
            .client
            .list_account_roles()
            .access_token(token.reveal())
            .account_id(account.as_str())
            .max_results(PAGE)
            .set_next_token(next)
            .send()
            .await
            .map_err(|error| trouble(&error))?;
        let roles = answer.role_list.unwrap_or_default().into_iter();
        let roles = roles.filter_map(|role| RoleName::parse(&role.role_name?).ok()).collect();
        Ok(Page::Roles(roles, answer.next_token.filter(|t| !t.is_empty())))
    }

    /// GetRoleCredentials. Times are AWS's.
    pub async fn credentials(&self, token: &Secret, grant: &GrantId) -> Result<Credentials, Trouble> {
        let answer = self
            .client
            .get_role_credentials()
            .access_token(token.reveal())
            .account_id(grant.account_id.as_str())
            .role_name(grant.role_name.as_str())
            .send()
            .await
            .map_err(|error| trouble(&error))?;
        let incomplete = || Trouble::Unreadable("the credentials are incomplete".into());
        let given = answer.role_credentials.ok_or_else(incomplete)?;
        let (Some(id), Some(key), Some(session)) =
            (given.access_key_id, given.secret_access_key, given.session_token)
        else {
            return Err(incomplete());
        };
        Ok(Credentials {
            access_key_id: id,
            secret_access_key: Secret::new(key),
            session_token: Secret::new(session),
            expires_at: Timestamp::from_millisecond(given.expiration).map_err(|_| incomplete())?,
            obtained_at: self.skew.aws_now(),
        })
    }

    /// Logout: ends the portal session and its tokens. Credentials already handed out work until they end.
    pub async fn logout(&self, token: &Secret) -> Result<(), Trouble> {
        self.client.logout().access_token(token.reveal()).send().await.map_err(|error| trouble(&error))?;
        Ok(())
    }
}
