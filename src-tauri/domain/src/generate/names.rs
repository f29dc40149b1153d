//! Which profile each grant gets.

use std::collections::{HashMap, HashSet};

use super::{Request, generated};
use crate::catalogue::Catalogue;
use crate::ids::{AccountId, GrantId, ProfileName, Region, RoleName};
use crate::naming::{Parts, Template, with_suffix};
use crate::profile::{self, OurProfile};
use crate::profile_file::{ConfigFile, FileKind};

/// What is in the files already.
pub(super) struct There {
    /// The profiles that Rolecall wrote.
    pub(super) ours: Vec<OurProfile>,
    /// Every name of the config, and the place in `ours` if it is one of them.
    profiles: HashMap<String, Option<usize>>,
    /// The generated ones that are lent, as they are afterwards.
    lent: Vec<OurProfile>,
    /// Names of the credentials file with keys that would count, or win, under that name.
    credentials: HashSet<String>,
    /// Which grants are asked for, and of which gone ones profiles may go.
    pub(super) scope: HashSet<GrantId>,
}

impl There {
    pub(super) fn of(file: &ConfigFile, request: &Request<'_>) -> Self {
        let (mut ours, mut profiles) = (Vec::new(), HashMap::new());
        for section in file.profiles() {
            let own = profile::ours(&section);
            profiles.insert(section.name().to_owned(), own.as_ref().map(|_| ours.len()));
            ours.extend(own);
        }
        // One that can't be read is told of by whoever reads it for its keys.
        let credentials = request.credentials.and_then(|c| ConfigFile::parse(c, FileKind::Credentials).ok());
        let with_keys = credentials.iter().flat_map(ConfigFile::profiles);
        let with_keys = with_keys.filter(|section| !section.credential_keys().is_empty());
        let is_lent = |ours: &&OurProfile| ours.lease.as_ref().is_some_and(|lease| lease.generated);
        let lent = ours.iter().filter(is_lent).cloned().filter_map(OurProfile::after_lease).collect();
        let scope = request.scope.grants(request.catalogues, generated(&ours));
        Self {
            credentials: with_keys.map(|section| section.name().to_owned()).collect(),
            ours,
            profiles,
            lent,
            scope,
        }
    }

    fn by_grant(&self) -> HashMap<&GrantId, Vec<&OurProfile>> {
        let mut by_grant: HashMap<&GrantId, Vec<&OurProfile>> = HashMap::new();
        for ours in &self.ours {
            by_grant.entry(&ours.grant).or_default().push(ours);
        }
        by_grant
    }
}

/// How many grants would get a name, with nothing, the account's id, or the portal as well behind it.
type Wanted = HashMap<(usize, ProfileName), usize>;

/// A profile that is wanted.
pub(super) struct Wish {
    pub(super) grant: GrantId,
    pub(super) region: Region,
    /// What it should be called; nothing if all its names are taken.
    pub(super) name: Option<ProfileName>,
    /// What it is called so far, if it is there.
    pub(super) so_far: Option<ProfileName>,
    /// The names that it would have got, each with why it did not.
    pub(super) passed: Vec<(ProfileName, String)>,
    /// From the plain name to the longest.
    candidates: Vec<ProfileName>,
    in_scope: bool,
}

/// Every profile that is wanted, ordered by name.
pub(super) fn wishes(request: &Request<'_>, there: &There) -> Vec<Wish> {
    let mut wishes: Vec<Wish> =
        request.catalogues.iter().flat_map(|catalogue| of_catalogue(request, there, catalogue)).collect();
    wishes.sort_by(|a, b| (&a.candidates, &a.grant, &a.region).cmp(&(&b.candidates, &b.grant, &b.region)));
    wishes.dedup_by(|b, a| a.grant == b.grant && a.region == b.region);
    let mut wanted = Wanted::default();
    for wish in &wishes {
        for (level, name) in wish.candidates.iter().enumerate() {
            *wanted.entry((level, name.clone())).or_default() += 1;
        }
    }
    wishes.retain(|wish| wish.in_scope);
    let mut given: HashSet<ProfileName> = HashSet::new();
    let by_grant = there.by_grant();
    for wish in &mut wishes {
        wish.keep_name(&by_grant, &mut given);
    }
    for wish in wishes.iter_mut().filter(|wish| wish.name.is_none()) {
        wish.find_former(request, &by_grant, &mut given);
        if wish.is_lent(request, there) {
            continue;
        }
        wish.give_name(request, there, &wanted, &mut given);
    }
    wishes
}

fn of_catalogue(request: &Request<'_>, there: &There, catalogue: &Catalogue) -> Vec<Wish> {
    let portal = request.settings.portal(&catalogue.portal).map(|portal| &portal.region);
    let Some(fallback) = request.settings.default_region.as_ref().or(portal) else { return Vec::new() };
    let regions = if request.regions.is_empty() { std::slice::from_ref(fallback) } else { request.regions };
    let mut wishes = Vec::new();
    for grant in catalogue.grants() {
        let id = grant.id();
        let in_scope = there.scope.contains(&id);
        for region in regions {
            let parts = Parts {
                portal: grant.portal,
                account_id: &grant.account.id,
                account_name: &grant.account.name,
                role_name: grant.role_name,
                region: Some(region),
            };
            let plain = request.template.name(&parts);
            wishes.push(Wish {
                candidates: candidates(plain, &grant.account.id, grant.portal.as_str()),
                grant: id.clone(),
                region: region.clone(),
                name: None,
                so_far: None,
                passed: Vec::new(),
                in_scope,
            });
        }
    }
    wishes
}

fn candidates(plain: ProfileName, id: &AccountId, portal: &str) -> Vec<ProfileName> {
    let with_id = with_suffix(&plain, id.as_str());
    let with_portal = with_suffix(&with_id, portal);
    vec![plain, with_id, with_portal]
}

/// Why the longest name is no good either: account and portal are in it, so roles of one account are left.
fn shared(template: &Template, role: &RoleName) -> String {
    let hint = if template.tells_roles() {
        "`rolecall switch --profile NAME` makes a profile under a name of your own"
    } else {
        "put {role} into the template"
    };
    format!("would be the name of several roles, `{role}` among them: {hint}")
}

impl Wish {
    /// Rule 1.
    fn keep_name(
        &mut self,
        by_grant: &HashMap<&GrantId, Vec<&OurProfile>>,
        given: &mut HashSet<ProfileName>,
    ) {
        let there = by_grant.get(&self.grant).into_iter().flatten().filter(|ours| ours.generated);
        let names: HashSet<&ProfileName> = there.map(|ours| &ours.name).collect();
        let kept = self.candidates.iter().find(|name| names.contains(name) && !given.contains(*name));
        if let Some(name) = kept.cloned() {
            given.insert(name.clone());
            (self.so_far, self.name) = (Some(name.clone()), Some(name));
        }
    }

    /// Rule 4: the one generated profile of the grant that is called otherwise. Where names tell the region, it must
    /// be of this one; where several are left, none of them is certainly meant.
    fn find_former(
        &mut self,
        request: &Request<'_>,
        by_grant: &HashMap<&GrantId, Vec<&OurProfile>>,
        given: &mut HashSet<ProfileName>,
    ) {
        let fits =
            |ours: &&&OurProfile| ours.generated && self.fits(request, ours) && !given.contains(&ours.name);
        let mut left = by_grant.get(&self.grant).into_iter().flatten().filter(fits);
        if let (Some(only), None) = (left.next(), left.next()) {
            given.insert(only.name.clone());
            self.so_far = Some(only.name.clone());
        }
    }

    /// Rule 5.
    fn is_lent(&mut self, request: &Request<'_>, there: &There) -> bool {
        let is_of = |ours: &&OurProfile| ours.grant == self.grant && self.fits(request, ours);
        let Some(lent) = there.lent.iter().find(is_of) else { return false };
        self.passed.push((lent.name.clone(), "is switched for a while".to_owned()));
        true
    }

    /// Whether the profile is of this region, where names tell it.
    fn fits(&self, request: &Request<'_>, ours: &OurProfile) -> bool {
        !request.template.has_region() || ours.region.as_deref() == Some(self.region.as_str())
    }

    /// Rules 2 and 3.
    fn give_name(
        &mut self,
        request: &Request<'_>,
        there: &There,
        wanted: &Wanted,
        given: &mut HashSet<ProfileName>,
    ) {
        for (level, name) in self.candidates.iter().enumerate() {
            if wanted.get(&(level, name.clone())).is_some_and(|count| *count > 1) {
                if level + 1 == self.candidates.len() {
                    self.passed.push((name.clone(), shared(request.template, &self.grant.role_name)));
                }
                continue;
            }
            let default =
                [&request.settings.default_profile, &ProfileName::default_profile()].contains(&name);
            let why = match there.profiles.get(name.as_str()) {
                Some(Some(ours)) => there.ours.get(*ours).map(|ours| self.is_ours(ours)),
                Some(None) => Some(Err("is not of Rolecall")),
                None if default => Some(Err("is the default profile")),
                None if there.credentials.contains(name.as_str()) => Some(Err("is in the credentials file")),
                None => given.contains(name).then_some(Err("is another grant's")),
            };
            match why {
                None => {
                    given.insert(name.clone());
                    self.name = Some(name.clone());
                    return;
                }
                Some(Ok(why)) => {
                    self.passed = vec![(name.clone(), why.to_owned())];
                    return;
                }
                Some(Err(why)) => self.passed.push((name.clone(), why.to_owned())),
            }
        }
    }

    /// Whether a profile of this name makes another one superfluous, or why the name can't be had.
    fn is_ours(&self, ours: &OurProfile) -> Result<&'static str, &'static str> {
        match (ours.grant == self.grant, ours.generated) {
            (true, false) => Ok("was switched there by hand"),
            (false, false) => Err("was switched by hand"),
            (_, true) => Err("is another grant's"),
        }
    }
}
