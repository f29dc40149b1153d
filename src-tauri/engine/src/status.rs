//! How things stand.

use domain::app::Profile;
use domain::catalogue::Catalogue;
use domain::chain::Chain;
use domain::failure::Failure;
use domain::profile::OurProfile;
use domain::session::{TokenUse, token_use};
use domain::settings::Portal;
use domain::text::line;
use domain::time::before;
use domain::view::{Mode, PortalStatus, ProfileStatus, SignInState, Status};

use crate::{Engine, clock};

impl Engine {
    /// Every portal and every profile that Rolecall wrote. Asks keyring and files, not AWS.
    pub fn status(&self) -> Result<Status, Failure> {
        let portals =
            self.settings.portals.iter().map(|p| self.portal_status(p)).collect::<Result<_, _>>()?;
        let mut catalogues = Vec::new();
        for portal in &self.settings.portals {
            catalogues.extend(self.catalogue(portal)?);
        }
        let mut profiles = Vec::new();
        for ours in self.our_profiles()? {
            profiles.push(self.profile_status(ours, &catalogues)?);
        }
        Ok(Status { portals, profiles })
    }

    /// Every profile that Rolecall wrote. Where the keyring can't be asked, until when their credentials are good
    /// is not known.
    pub fn profiles(&self) -> Result<Vec<Profile>, Failure> {
        let until = |ours: &OurProfile| {
            let portal = self.settings.portal(&ours.grant.portal)?;
            let kept = self.kept_credentials(portal, &ours.grant).ok()??;
            Some(before(kept.credentials.expires_at, kept.ahead)).filter(|at| *at > clock::now())
        };
        let ours = self.our_profiles()?.into_iter();
        Ok(ours.map(|ours| Profile { expires_at: until(&ours), ours }).collect())
    }

    fn profile_status(&self, ours: OurProfile, catalogues: &[Catalogue]) -> Result<ProfileStatus, Failure> {
        let catalogue = catalogues.iter().find(|c| c.portal == ours.grant.portal);
        let account = catalogue.and_then(|c| c.account(&ours.grant.account_id));
        let chain = self.settings.chain(&ours.grant);
        let kept = match self.settings.portal(&ours.grant.portal) {
            Some(portal) => self.kept_credentials(portal, &ours.grant)?,
            None => None,
        };
        Ok(ProfileStatus {
            account_name: account.map(|a| a.name.clone()),
            expires_at: kept
                .map(|k| before(k.credentials.expires_at, k.ahead))
                .filter(|at| *at > clock::now()),
            chained_from: chain.map(|chain| chain.step().from.written()),
            role_label: chain.map_or_else(|| line(ours.grant.role_name.as_str()).into_owned(), Chain::label),
            name: ours.name,
            portal: ours.grant.portal,
            account_id: ours.grant.account_id,
            role_name: ours.grant.role_name,
            region: ours.region,
            mode: Mode::Process,
        })
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
