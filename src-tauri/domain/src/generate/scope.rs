//! Which grants are meant.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::catalogue::{Account, Catalogue};
use crate::ids::{AccountId, GrantId, PortalName};
use crate::profile::OurProfile;
use crate::recent::Usage;
use crate::search::{Index, search};

/// All grants, or those of one portal, or those that words fit, or both.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// Of this portal alone.
    pub portal: Option<&'a PortalName>,
    /// As [`crate::search`] understands them, guesses left out. Empty: all.
    pub words: &'a str,
}

impl Scope<'_> {
    /// The known grants that are meant, and of those that only generated profiles speak of the ones that words fit
    /// too: an account that nobody lists any more has no name, so that of the profile stands for it.
    pub(super) fn grants<'p>(
        &self,
        catalogues: &[Catalogue],
        generated: impl Iterator<Item = &'p OurProfile>,
    ) -> HashSet<GrantId> {
        let is_wanted = |portal: &PortalName| self.portal.is_none_or(|wanted| wanted == portal);
        let known = catalogues.iter().filter(|c| is_wanted(&c.portal));
        let gone = generated.filter(|ours| is_wanted(&ours.grant.portal));
        if self.words.trim().is_empty() {
            let known = known.flat_map(|c| c.grants().map(|grant| grant.id()));
            return known.chain(gone.map(|ours| ours.grant.clone())).collect();
        }
        let known: Vec<Catalogue> = known.cloned().collect();
        let mut grants = self.found(&known);
        let is_gone = |ours: &&OurProfile| {
            !catalogues.iter().any(|c| c.portal == ours.grant.portal && c.grant(&ours.grant).is_some())
        };
        grants.extend(self.found(&as_catalogues(gone.filter(is_gone))));
        grants
    }

    fn found(&self, catalogues: &[Catalogue]) -> HashSet<GrantId> {
        let index = Index::new(catalogues);
        // Pins and habits decide the order of the answers, which is of no matter here, and time decides on habits.
        let hits = search(&index, self.words, &Usage::default(), Timestamp::UNIX_EPOCH, usize::MAX);
        let certain = hits.iter().filter(|hit| !hit.kind.is_guess());
        certain.filter_map(|hit| Some(index.grant(hit.grant)?.id())).collect()
    }
}

fn as_catalogues<'p>(profiles: impl Iterator<Item = &'p OurProfile>) -> Vec<Catalogue> {
    let mut portals: HashMap<PortalName, BTreeMap<AccountId, Account>> = HashMap::new();
    for ours in profiles {
        let GrantId { portal, account_id, role_name } = ours.grant.clone();
        let accounts = portals.entry(portal).or_default();
        let account = accounts.entry(account_id.clone()).or_insert_with(|| Account {
            id: account_id,
            name: ours.name.to_string(),
            email: None,
            roles: Vec::new(),
            roles_at: None,
        });
        if let Err(at) = account.roles.binary_search(&role_name) {
            account.roles.insert(at, role_name);
        }
    }
    let mut catalogues = Vec::new();
    for (portal, accounts) in portals {
        // Any address does: nothing is asked of it.
        let Ok(start_url) = crate::ids::StartUrl::parse("gone") else { continue };
        let mut catalogue = Catalogue::empty(portal, start_url);
        catalogue.accounts = accounts.into_values().map(Arc::new).collect();
        catalogues.push(catalogue);
    }
    catalogues
}
