//! How things stand.

use domain::app::Profile;
use domain::catalogue::Catalogue;
use domain::chain::Chain;
use domain::failure::Failure;
use domain::ids::GrantId;
use domain::profile::OurProfile;
use domain::session::{TokenUse, token_use};
use domain::settings::Portal;
use domain::text::line;
use domain::time;
use domain::view::{PortalStatus, ProfileStatus, SignInState, Status};

use crate::tokens::ListedRoles;
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
        let listed = self.all_listed_roles()?;
        let mut profiles = Vec::new();
        for ours in self.our_profiles()? {
            profiles.push(self.profile_status(ours, &catalogues, &listed)?);
        }
        Ok(Status { portals, profiles })
    }

    /// Every profile that Rolecall wrote. Where the keyring can't be asked, until when their credentials are good
    /// is not known.
    pub fn profiles(&self) -> Result<Vec<Profile>, Failure> {
        let listed = self.all_listed_roles().unwrap_or_default();
        let until = |ours: &OurProfile| {
            let kept = self.kept_credentials_if_listed(&ours.grant, &listed).ok()??;
            Some(time::before(kept.credentials.expires_at, kept.ahead)).filter(|at| *at > clock::now())
        };
        let ours = self.our_profiles()?.into_iter();
        Ok(ours.map(|ours| Profile { expires_at: until(&ours), ours }).collect())
    }

    fn profile_status(
        &self,
        ours: OurProfile,
        catalogues: &[Catalogue],
        listed: &ListedRoles,
    ) -> Result<ProfileStatus, Failure> {
        let catalogue = catalogues.iter().find(|c| c.portal == ours.grant.portal);
        let account = catalogue.and_then(|c| c.account(&ours.grant.account_id));
        let chain = self.settings.chain(&ours.grant);
        let kept = self.kept_credentials_if_listed(&ours.grant, listed)?;
        let before = ours.lease.as_ref().and_then(|lease| lease.before.clone());
        Ok(ProfileStatus {
            before_label: before.as_ref().map(|before| self.label_in(catalogues, before)),
            before,
            account_name: account.map(|a| a.name.clone()),
            expires_at: kept
                .map(|k| time::before(k.credentials.expires_at, k.ahead))
                .filter(|at| *at > clock::now()),
            chained_from: chain.map(|chain| chain.step().from.written()),
            role_label: chain.map_or_else(|| line(ours.grant.role_name.as_str()).into_owned(), Chain::label),
            name: ours.name,
            portal: ours.grant.portal,
            account_id: ours.grant.account_id,
            role_name: ours.grant.role_name,
            region: ours.region,
            mode: ours.mode,
            until: ours.lease.map(|lease| lease.until),
            generated: ours.generated,
        })
    }

    /// `ACCOUNT/ROLE` for people, by names where they are known.
    pub fn label(&self, grant: &GrantId) -> Result<String, Failure> {
        let portal = self.settings.portal(&grant.portal);
        let catalogue = portal.map(|portal| self.catalogue(portal)).transpose()?.flatten();
        Ok(self.label_in(catalogue.as_slice(), grant))
    }

    fn label_in(&self, catalogues: &[Catalogue], grant: &GrantId) -> String {
        let catalogue = catalogues.iter().find(|c| c.portal == grant.portal);
        let account = catalogue.and_then(|c| c.account(&grant.account_id)).map(|a| a.name.as_str());
        let account = account.filter(|name| !name.is_empty()).unwrap_or(grant.account_id.as_str());
        let role = self.settings.chain(grant).map(Chain::label);
        let role = role.unwrap_or_else(|| line(grant.role_name.as_str()).into_owned());
        format!("{}/{role}", line(account))
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
