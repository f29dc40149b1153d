//! Which page of the console is meant, and as whom.

use domain::console::{Destination, Ground, Page, Whose, whose};
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, NotValid, Region};
use domain::recent::{Opened, Usage};
use domain::search::Index;
use domain::settings::ConsolePage;
use engine::clock;

use crate::args::{Console, PageChoice};
use crate::credentials::{Wanted, wanted};
use crate::run::World;
use crate::{grants, list, print};

/// A page and who opens it.
pub(crate) struct Going {
    pub(crate) wanted: Wanted,
    pub(crate) page: Page,
}

/// What was said of whom and of which page.
#[derive(Default)]
pub(crate) struct Aim<'a> {
    /// A grant, words for one, or something that was pasted.
    pub(crate) target: Option<&'a str>,
    pub(crate) at: Option<&'a str>,
    pub(crate) arn: Option<&'a str>,
    pub(crate) service: Option<&'a str>,
    /// Any role of the account does.
    pub(crate) any_role: bool,
}

impl<'a> From<&'a PageChoice> for Aim<'a> {
    fn from(choice: &'a PageChoice) -> Self {
        let PageChoice { at, arn, service, .. } = choice;
        Self { at: at.as_deref(), arn: arn.as_deref(), service: service.as_deref(), ..Self::default() }
    }
}

/// Who opens which page. Where none is named it is the home.
pub(crate) fn aimed(world: &World, aim: &Aim<'_>) -> Result<(Wanted, Destination), Failure> {
    let given = aim.at.or(aim.arn);
    let alone = given.is_none() && aim.service.is_none();
    // Beside another destination, the target says who.
    let pasted = aim.target.filter(|text| alone && Destination::is_like(text));
    let text = given.or(pasted);
    let to = match (text, aim.service) {
        (Some(text), _) => Destination::parse(text).map_err(unreadable)?,
        (None, Some(name)) => Destination::Service { name: name.to_owned() },
        (None, None) => Destination::Home,
    };
    let wanted = match (aim.target.filter(|_| pasted.is_none()), text) {
        (None, Some(text)) => of_page(world, text, &to, aim.any_role)?,
        (Some(target), _) if aim.any_role => Wanted::of(world, grants::of_account(world, target)?),
        (Some(target), _) => wanted(world, Some(target), None)?,
        (None, None) => wanted(world, None, None).map_err(|failure| {
            let hint = format!("name who opens it, as ACCOUNT/ROLE; or {}", failure.hint);
            Failure { hint, ..failure }
        })?,
    };
    Ok((wanted, to))
}

pub(crate) fn going(world: &World, console: &Console) -> Result<Going, Failure> {
    if console.last {
        return again(world, console);
    }
    let Console { grant, at, arn, service, region, .. } = console;
    let (target, at, arn, service) = (grant.as_deref(), at.as_deref(), arn.as_deref(), service.as_deref());
    let (wanted, to) = aimed(world, &Aim { target, at, arn, service, any_role: false })?;
    // A pasted address or a region says where, if only to the home.
    let is_open = to == Destination::Home && region.is_none() && !console.home;
    let is_open = is_open && at.is_none() && !target.is_some_and(Destination::is_like);
    let usage = world.engine.usage();
    if is_open
        && world.engine.settings().console_page == ConsolePage::Last
        && let Some(last) = usage.last_page(&wanted.grant.portal, &wanted.grant.account_id)
    {
        return to_opened(world, wanted, last, None);
    }
    let page = page(world, &to, &wanted, region.as_ref())?;
    Ok(Going { wanted, page })
}

/// `--last`
fn again(world: &World, console: &Console) -> Result<Going, Failure> {
    let usage = world.engine.usage();
    let Some(target) = &console.grant else {
        let last = last_opened(&usage)?;
        return to_opened(world, Wanted::of(world, last.grant.clone()), last, console.region.as_ref());
    };
    let wanted = wanted(world, Some(target), None)?;
    let GrantId { portal, account_id, .. } = &wanted.grant;
    let last = usage.last_page(portal, account_id).ok_or_else(|| {
        let summary = format!("no page was opened in the account {account_id} yet");
        Failure::new(Code::NoSingleMatch, summary, "name one: --service, --arn or --at")
    })?;
    to_opened(world, wanted, last, console.region.as_ref())
}

/// The page that was opened last of all.
pub(crate) fn last_opened(usage: &Usage) -> Result<&Opened, Failure> {
    usage.pages().first().ok_or_else(|| {
        let hint = "open one, such as by `rolecall console GRANT --service ec2`";
        Failure::new(Code::NoSingleMatch, "no page of the console was opened yet", hint)
    })
}

fn to_opened(
    world: &World,
    wanted: Wanted,
    opened: &Opened,
    region: Option<&Region>,
) -> Result<Going, Failure> {
    let page = page(world, &Destination::Url(opened.page.url().to_owned()), &wanted, region)?;
    let page = Page { title: opened.title.clone(), ..page };
    Ok(Going { wanted, page })
}

/// Who opens a page that was pasted and nobody was named for.
fn of_page(world: &World, text: &str, to: &Destination, any_role: bool) -> Result<Wanted, Failure> {
    let catalogues = list::catalogues(world)?;
    let index = Index::with_chains(&catalogues, &world.engine.settings().chains);
    let option = if matches!(to, Destination::Arn(_)) { "--arn ARN" } else { "--at URL" };
    let named = format!("ACCOUNT/ROLE {option}");
    match whose(&index, text, to, &world.engine.usage(), clock::now()) {
        Whose::One(grant) => Ok(Wanted::of(world, grant)),
        Whose::LastUsed(grant) => {
            print::note(&format!("as {grant}, which was used last in that account"));
            Ok(Wanted::of(world, grant))
        }
        Whose::Unclear(account) if any_role => {
            Ok(Wanted::of(world, grants::of_account(world, account.as_str())?))
        }
        // Which says what there is.
        Whose::Unclear(account) => wanted(world, Some(account.as_str()), None).map_err(|failure| Failure {
            hint: format!("name one of them, and the page behind it: {named}"),
            ..failure
        }),
        Whose::Nobody(account) => Err(Failure::new(
            Code::NoSingleMatch,
            format!("the page is in the account {account}, where you have no role"),
            match to {
                Destination::Arn(_) => "run `rolecall list --refresh` if you just got one".to_owned(),
                _ => format!("to open the same page in another account, name it: {named}"),
            },
        )),
        Whose::Anybody => anybody(world, &index, to, &named),
    }
}

/// Who opens a page that names no account: the grant of the profile in use, or the one that was used last.
fn anybody(world: &World, index: &Index, to: &Destination, named: &str) -> Result<Wanted, Failure> {
    let settings = world.engine.settings();
    let fits = |grant: &GrantId| {
        let ours = settings.portal(&grant.portal).map(|portal| portal.region.partition());
        index.position(grant).is_some() && to.partition().is_none_or(|theirs| ours == Some(theirs))
    };
    if let Ok(wanted) = wanted(world, None, None)
        && fits(&wanted.grant)
    {
        let profile = wanted.profile().map(ToString::to_string).unwrap_or_default();
        print::note(&format!("the page names no account: as {}, of the profile {profile}", wanted.grant));
        return Ok(wanted);
    }
    if let Some(grant) = world.engine.usage().latest(fits) {
        print::note(&format!("the page names no account: as {grant}, which was used last"));
        return Ok(Wanted::of(world, grant.clone()));
    }
    Err(Failure::new(
        Code::NoSingleMatch,
        "the page names no account, and no role was used yet that could open it",
        format!("say as whom: {named}"),
    ))
}

pub(crate) fn page(
    world: &World,
    to: &Destination,
    wanted: &Wanted,
    asked: Option<&Region>,
) -> Result<Page, Failure> {
    let portal = world.engine.settings().portal_or_only(Some(&wanted.grant.portal))?;
    let partition = portal.region.partition();
    let of_profile = wanted.region.as_deref().and_then(|region| Region::parse(region).ok());
    // A usual region may be meant for the portals of another partition.
    let of_profile = of_profile.filter(|region| region.partition() == partition);
    let region = of_profile.unwrap_or_else(|| portal.region.clone());
    to.page(&Ground { grant: &wanted.grant, partition, region: &region, asked })
}

fn unreadable(error: NotValid) -> Failure {
    let hint = "copy the ARN from the console or a tool, or the address from the console's address bar";
    Failure::new(Code::Usage, error.0, hint)
}
