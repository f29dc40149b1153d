//! `rolecall bookmark`

use std::path::Path;

use domain::bookmark::{self, Bookmark, Import};
use domain::browser::Wish;
use domain::failure::{Code, Failure};
use domain::ids::{AccountId, PortalName, RoleName, StartUrl};
use domain::link::{Link, Page};
use domain::recent::{Opened, Usage};
use domain::{text, vend};
use engine::{clock, files};
use serde::Serialize;

use crate::args::{BookmarkAdd, BookmarkVerb};
use crate::destination::last_opened;
use crate::run::World;
use crate::{link, print};

/// What somebody else's file may take.
const LARGEST: u64 = 1 << 20;

pub(crate) fn run(world: &World, verb: &BookmarkVerb) -> Result<(), Failure> {
    match verb {
        BookmarkVerb::Add(request) => add(world, request),
        BookmarkVerb::List { json } => list(world, *json),
        BookmarkVerb::Open { name, manner } => {
            let bookmarks = world.engine.bookmarks()?;
            let found = bookmark::find(&bookmarks, name).ok_or_else(|| unknown(name))?;
            link::follow(world, &found.link, manner, false, Wish::default())
        }
        BookmarkVerb::Remove { name } => {
            if !world.engine.remove_bookmark(name)? {
                return Err(unknown(name));
            }
            print::note(&format!("removed the bookmark {}", text::line(name)));
            Ok(())
        }
        BookmarkVerb::Recent { forget: true, .. } => {
            world.engine.change_usage(Usage::forget_pages)?;
            print::note("forgot which pages were opened");
            Ok(())
        }
        BookmarkVerb::Recent { json, .. } => recent(world, *json),
        BookmarkVerb::Export { file } => export(world, file.as_deref()),
        BookmarkVerb::Import { file, yes } => import(world, file, *yes),
    }
}

fn unknown(name: &str) -> Failure {
    let summary = format!("there is no bookmark called {}", text::line(name));
    Failure::new(Code::NoSingleMatch, summary, "run `rolecall bookmark list` to see all")
}

fn add(world: &World, request: &BookmarkAdd) -> Result<(), Failure> {
    let BookmarkAdd { grant, page, any_role, .. } = request;
    let link = if request.last {
        last(world, *any_role)?
    } else {
        link::to(world, grant.as_deref(), page, *any_role)?
    };
    let bookmark = Bookmark { name: request.name.clone(), link };
    world.engine.add_bookmarks(std::slice::from_ref(&bookmark))?;
    let opens = if link::is_named(world, bookmark.name.as_str()) {
        "an account or role is called so, too: `rolecall bookmark open` opens it"
    } else {
        "`rolecall console` opens it by that name"
    };
    print::note(&format!("added the bookmark {}; {opens}", bookmark.name));
    Ok(())
}

/// Where the page leads that was opened last.
fn last(world: &World, any_role: bool) -> Result<Link, Failure> {
    let usage = world.engine.usage();
    let opened = last_opened(&usage)?;
    let portal = world.engine.settings().portal_or_only(Some(&opened.grant.portal))?;
    let link = Link::to(&opened.grant, portal, Some(opened.page.clone()))
        .map_err(|error| Failure::new(Code::Usage, error.0, "name a role that the portal lists"))?;
    Ok(Link { role_name: link.role_name.filter(|_| !any_role), ..link })
}

/// One page as `rolecall bookmark recent --json` has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recent<'a> {
    title: &'a str,
    portal: &'a PortalName,
    account_id: &'a AccountId,
    role_name: &'a RoleName,
    destination: &'a Page,
    opened_at: String,
}

impl<'a> From<&'a Opened> for Recent<'a> {
    fn from(opened: &'a Opened) -> Self {
        Self {
            title: &opened.title,
            portal: &opened.grant.portal,
            account_id: &opened.grant.account_id,
            role_name: &opened.grant.role_name,
            destination: &opened.page,
            opened_at: vend::rfc3339(opened.last),
        }
    }
}

fn recent(world: &World, json: bool) -> Result<(), Failure> {
    let usage = world.engine.usage();
    if json {
        return print::json(&usage.pages().iter().map(Recent::from).collect::<Vec<_>>());
    }
    if usage.pages().is_empty() {
        print::note("no page of the console was opened yet");
        return Ok(());
    }
    let now = clock::now();
    let line = |opened: &Opened| {
        let time = print::ago(opened.last, now);
        let (grant, page) = (opened.grant.to_string(), opened.page.url());
        [&time, &opened.title, &grant, page].map(|cell| text::line(cell).into_owned()).to_vec()
    };
    let rows: Vec<Vec<String>> = usage.pages().iter().map(line).collect();
    print::data(&print::table(&["OPENED", "PAGE", "GRANT", "ADDRESS"], &rows))
}

/// One bookmark as `rolecall bookmark list --json` has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    name: &'a str,
    /// None: it is of a portal that is not known here.
    portal: Option<&'a PortalName>,
    portal_url: &'a StartUrl,
    account_id: &'a AccountId,
    role_name: Option<&'a RoleName>,
    destination: Option<&'a Page>,
}

fn row<'a>(world: &'a World, bookmark: &'a Bookmark) -> Row<'a> {
    let link = &bookmark.link;
    let portals = &world.engine.settings().portals;
    let portal = portals.iter().find(|portal| portal.start_url.is_same_portal(&link.start_url));
    Row {
        name: bookmark.name.as_str(),
        portal: portal.map(|portal| &portal.name),
        portal_url: &link.start_url,
        account_id: &link.account_id,
        role_name: link.role_name.as_ref(),
        destination: link.page.as_ref(),
    }
}

fn list(world: &World, json: bool) -> Result<(), Failure> {
    let bookmarks = world.engine.bookmarks()?;
    if json {
        return print::json(&bookmarks.iter().map(|bookmark| row(world, bookmark)).collect::<Vec<_>>());
    }
    if bookmarks.is_empty() {
        print::note("no bookmark yet; `rolecall bookmark add NAME GRANT` adds one");
        return Ok(());
    }
    print::data(&table(world, &bookmarks))
}

fn table(world: &World, bookmarks: &[Bookmark]) -> String {
    let line = |bookmark: &Bookmark| {
        let row = row(world, bookmark);
        let portal = row.portal.map_or_else(|| row.portal_url.bare(), ToString::to_string);
        let role = row.role_name.map_or("(your own)", RoleName::as_str);
        let page = row.destination.map_or("(home)", Page::url);
        let cells = [row.name, &portal, row.account_id.as_str(), role, page];
        cells.map(|cell| text::line(cell).into_owned()).to_vec()
    };
    let rows: Vec<Vec<String>> = bookmarks.iter().map(line).collect();
    print::table(&["NAME", "PORTAL", "ACCOUNT", "ROLE", "PAGE"], &rows)
}

fn export(world: &World, file: Option<&Path>) -> Result<(), Failure> {
    let bookmarks = world.engine.bookmarks()?;
    let text = bookmark::written(&bookmarks);
    let Some(path) = file else { return print::data(&text) };
    if path.exists() {
        let summary = format!("there is a file {} already", path.display());
        return Err(Failure::new(Code::FileRefused, summary, "name another file, or move this one away"));
    }
    files::replace_theirs(path, None, text.as_bytes(), clock::now())?;
    print::note(&format!(
        "wrote {} bookmarks to {}",
        bookmarks.len(),
        text::line(&path.display().to_string())
    ));
    Ok(())
}

fn import(world: &World, file: &Path, yes: bool) -> Result<(), Failure> {
    let shown = text::line(&file.display().to_string()).into_owned();
    let Some(text) = files::read_text_of_others(file, LARGEST)? else {
        return Err(Failure::new(Code::NoSingleMatch, format!("there is no file {shown}"), "check the path"));
    };
    let import = Import::of(&world.engine.bookmarks()?, bookmark::parse(&shown, &text)?);
    for (bookmarks, why) in
        [(&import.known, "already here"), (&import.taken, "left out, because your own has that name")]
    {
        for bookmark in bookmarks {
            print::note(&format!("{}: {why}", bookmark.name));
        }
    }
    if import.new.is_empty() {
        print::note("there is nothing to add");
        return Ok(());
    }
    // What is about to be agreed to belongs to the question; nothing has been done that would be data.
    print::note(table(world, &import.new).trim_end());
    let question = format!("Add {} bookmarks? Anybody can have made them [y/N] ", import.new.len());
    let agreed = if yes { Some(true) } else { print::ask(&question) };
    match agreed {
        Some(true) => {
            world.engine.add_bookmarks(&import.new)?;
            print::note(&format!("added {} bookmarks", import.new.len()));
            Ok(())
        }
        Some(false) => {
            print::note("nothing was added");
            Ok(())
        }
        None => Err(Failure::new(
            Code::Usage,
            "there is nobody to ask here",
            "look at the list, then run it with --yes",
        )),
    }
}
