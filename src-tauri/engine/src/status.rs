//! How things stand.

use domain::failure::Failure;
use domain::session::{TokenUse, token_use};
use domain::settings::Portal;
use domain::view::{Mode, PortalStatus, ProfileStatus, SignInState, Status};

use crate::{Engine, clock};

impl Engine {
    /// Every portal and every profile that Rolecall wrote. Asks keyring and files, not AWS.
    pub fn status(&self) -> Result<Status, Failure> {
        let portals =
            self.settings.portals.iter().map(|p| self.portal_status(p)).collect::<Result<_, _>>()?;
        let profiles = self.our_profiles()?.into_iter().map(|ours| {
            let portal = self.settings.portal(&ours.grant.portal);
            let catalogue = portal.map(|p| self.catalogue(p)).transpose()?.flatten();
            let account = catalogue.as_ref().and_then(|c| c.account(&ours.grant.account_id));
            let kept = portal.map(|p| self.kept_credentials(p, &ours.grant)).transpose()?.flatten();
            Ok(ProfileStatus {
                account_name: account.map(|a| a.name.clone()),
                expires_at: kept.map(|k| k.credentials.expires_at - k.ahead).filter(|at| *at > clock::now()),
                name: ours.name,
                portal: ours.grant.portal,
                account_id: ours.grant.account_id,
                role_name: ours.grant.role_name,
                region: ours.region,
                mode: Mode::Process,
            })
        });
        Ok(Status { portals, profiles: profiles.collect::<Result<_, Failure>>()? })
    }

    fn portal_status(&self, portal: &Portal) -> Result<PortalStatus, Failure> {
        let token = self.access_token(portal)?;
        let state = match &token {
            None => SignInState::SignedOut,
            Some(t) => match token_use(&t.info, t.obtained_at, clock::now()) {
                TokenUse::SignIn => SignInState::Expired,
                TokenUse::Use | TokenUse::Renew => SignInState::SignedIn,
            },
        };
        Ok(PortalStatus {
            name: portal.name.clone(),
            start_url: portal.start_url.clone(),
            region: portal.region.clone(),
            state,
            expires_at: token.as_ref().map(|t| t.info.expires_at),
            refreshable: token.is_some_and(|t| t.info.refreshable),
        })
    }
}
