//! Bookmarks and pages that were opened lately.

use super::*;
use crate::bookmark::{self, BookmarkName};
use crate::link::Page;
use crate::recent::Usage;
use crate::settings::ConsolePage;

const LOGS: &str =
    "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups";
const S3: &str = "https://eu-west-1.console.aws.amazon.com/s3/home";

fn bookmarks(rows: &[(&str, &str, Option<&str>, &str)]) -> Input {
    let text = rows.iter().fold(String::new(), |text, (name, account, role, page)| {
        let role = role.map(|role| format!("role_name = \"{role}\"\n")).unwrap_or_default();
        format!(
            "{text}[[bookmark]]\nname = \"{name}\"\nportal_url = \"https://d-1.awsapps.com/start\"\n\
             account_id = \"{account}\"\n{role}destination = \"{page}\"\n"
        )
    });
    Input::Bookmarks(bookmark::parse("bookmarks.toml", &text).unwrap())
}

fn name(text: &str) -> BookmarkName {
    BookmarkName::parse(text).unwrap()
}

fn opened(grant: &GrantId, page: &str, title: &str) -> Usage {
    let mut usage = Usage::default();
    usage.opened(grant, &Page::parse(page).unwrap(), title, start());
    usage
}

/// What each row is: a bookmark's name, a page's title, or a role.
fn rows(app: &mut App, query: &str) -> Vec<String> {
    let found = app.search(query, 0, 50, start());
    assert_eq!(found.total as usize, found.rows.len());
    let row = |row: super::super::view::RowView| match row.page {
        Some(page) => page.name.map_or(page.title, |name| name.to_string()),
        None => row.grant.id.role_name.to_string(),
    };
    found.rows.into_iter().map(row).collect()
}

/// In Shop Prod there are two roles.
fn with_two_roles() -> App {
    let mut app = at_work(&dev());
    let mut catalogue = catalogue(start());
    let mut account = (*catalogue.accounts[1]).clone();
    account.roles.push(RoleName::parse("ReadOnly").unwrap());
    catalogue.accounts[1] = Arc::new(account);
    app.handle(Input::Catalogue { portal: corp(), catalogue: Some(catalogue) }, start());
    app
}

#[test]
fn bookmarks_stand_behind_the_pinned_grants_and_have_the_keys_that_follow() {
    let mut app = at_work(&dev());
    let mut usage = Usage::default();
    usage.pin(&prod());
    app.handle(Input::Usage(usage), start());
    app.handle(
        bookmarks(&[("prod logs", "222222222222", Some("Admin"), LOGS), ("s3", "111111111111", None, S3)]),
        start(),
    );
    assert_eq!(rows(&mut app, ""), ["Admin", "prod logs", "s3", "Developer"]);
    assert_eq!(app.view(start()).bookmarks, [name("prod logs"), name("s3")]);
    let found = app.search("", 1, 1, start());
    let page = found.rows[0].page.as_ref().unwrap();
    assert_eq!((page.key, page.title.as_str()), (Some(2), "cloudwatch: logsV2:log-groups"));
    let effects = app.handle(Input::Act(page.action.clone()), start());
    assert_eq!(effects, [Effect::OpenConsole(prod(), Destination::Url(LOGS.to_owned()))]);
    assert_eq!(rows(&mut app, "logs")[0], "prod logs");
}

#[test]
fn pages_that_were_opened_are_found_again_and_are_in_the_menu() {
    let mut app = at_work(&dev());
    app.handle(Input::Usage(opened(&prod(), LOGS, "log group /aws/x")), start());
    assert_eq!(rows(&mut app, ""), ["Admin", "Developer"], "not where nothing was typed");
    assert_eq!(rows(&mut app, "log group"), ["log group /aws/x"]);
    let submenu = |app: &App| {
        app.menu(start()).entries.into_iter().find_map(|entry| match entry {
            super::super::Entry::Submenu(label, entries) if label == "Recent pages" => Some(entries),
            _ => None,
        })
    };
    let entries = submenu(&app).unwrap();
    let super::super::Entry::Item { label, action, .. } = &entries[0] else { panic!("{entries:?}") };
    assert_eq!(label, "⚠ log group /aws/x · Shop Prod · Admin");
    let effects = app.handle(Input::Act(action.clone()), start());
    assert_eq!(effects, [Effect::OpenConsole(prod(), Destination::Url(LOGS.to_owned()))]);
    app.handle(bookmarks(&[("logs", "222222222222", Some("Admin"), LOGS)]), start());
    assert_eq!(submenu(&app), None, "it is a bookmark now");
    assert_eq!(rows(&mut app, "log"), ["logs"]);
}

#[test]
fn where_several_roles_fit_the_person_chooses() {
    let mut app = with_two_roles();
    let read_only = grant("222222222222", "ReadOnly");
    app.handle(bookmarks(&[("logs", "222222222222", None, LOGS)]), start());
    assert_eq!(app.search("logs", 0, 1, start()).rows[0].page.as_ref().unwrap().roles, 2);
    let open = || Input::Act(Action::Bookmark { name: name("logs") });
    assert_eq!(app.handle(open(), start()), [Effect::Show(Window::Switcher)]);
    let question = app.view(start()).question.unwrap();
    let ids: Vec<GrantId> = question.choices.into_iter().map(|choice| choice.id).collect();
    assert_eq!((ids, question.by_link), (vec![prod(), read_only.clone()], false));
    let other = Input::Act(Action::AnswerAs { grant: dev() });
    assert_eq!(app.handle(other, start()), [], "not one of those that were offered");
    app.handle(open(), start());
    let chosen = Input::Act(Action::AnswerAs { grant: read_only.clone() });
    let to = Destination::Url(LOGS.to_owned());
    assert_eq!(app.handle(chosen, start()), [Effect::OpenConsole(read_only.clone(), to.clone())]);

    let mut usage = Usage::default();
    usage.record(&read_only, start());
    app.handle(Input::Usage(usage), start());
    assert_eq!(app.handle(open(), start()), [Effect::OpenConsole(read_only, to)], "the one used last");
}

#[test]
fn a_link_for_several_roles_offers_them_and_keeps_its_guard() {
    let mut app = with_two_roles();
    let text = format!(
        "rolecall://open?portal_url=https://d-1.awsapps.com/start&account_id=222222222222&destination={S3}"
    );
    app.handle(Input::Link(text), start());
    let question = app.view(start()).question.unwrap();
    assert_eq!((question.choices.len(), question.by_link), (2, true));
    let chosen = || Input::Act(Action::AnswerAs { grant: grant("222222222222", "ReadOnly") });
    assert_eq!(app.handle(chosen(), start()), [], "pressed for what was in front before");
    let later = start() + SignedDuration::from_millis(800);
    let to = Destination::Url(S3.to_owned());
    let opens = Effect::OpenConsole(grant("222222222222", "ReadOnly"), to);
    assert_eq!(app.handle(chosen(), later), [opens]);
}

#[test]
fn a_page_is_kept_under_a_name_and_its_removal_can_be_undone() {
    let mut app = at_work(&dev());
    let add = |name: &str, to: Option<&str>| {
        let (name, destination) = (name.to_owned(), to.map(str::to_owned));
        Input::Act(Action::AddBookmark { name, grant: prod(), destination })
    };
    let effects = app.handle(add(" prod buckets ", Some(S3)), start());
    let [Effect::AddBookmark(kept)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((kept.name.as_str(), kept.link.page.as_ref().unwrap().url()), ("prod buckets", S3));
    assert_eq!(kept.link.role_name, Some(prod().role_name));
    let effects = app.handle(add("home", None), start());
    assert!(matches!(effects.as_slice(), [Effect::AddBookmark(home)] if home.link.page.is_none()));
    assert_eq!(app.handle(add("a/b", None), start()), []);
    assert!(app.view(start()).notice.unwrap().text.contains("a/b"));

    app.handle(Input::Bookmarks(vec![kept.clone()]), start());
    let remove = Input::Act(Action::RemoveBookmark { name: name("prod buckets") });
    assert_eq!(app.handle(remove, start()), [Effect::RemoveBookmark(kept.clone())]);
    app.handle(Input::BookmarkRemoved(kept.clone(), Ok(())), start());
    assert!(app.view(start()).notice.unwrap().undo);
    assert_eq!(app.handle(Input::Act(Action::Undo), start()), [Effect::AddBookmark(kept.clone())]);
    assert_eq!(app.handle(Input::Act(Action::Undo), start()), [], "once");
}

#[test]
fn the_console_opens_where_it_was_if_that_is_wanted() {
    let mut app = at_work(&dev());
    app.handle(Input::Usage(opened(&dev(), S3, "bucket x")), start());
    let open = |grant: GrantId| Input::Act(Action::Console { grant, destination: None });
    assert_eq!(app.handle(open(dev()), start()), [Effect::OpenConsole(dev(), Destination::Home)]);
    let settings = Settings { console_page: ConsolePage::Last, ..settings() };
    app.handle(Input::Settings(Ok(settings)), start());
    let there = Effect::OpenConsole(dev(), Destination::Url(S3.to_owned()));
    assert_eq!(app.handle(open(dev()), start()), [there]);
    assert_eq!(app.handle(open(prod()), start()), [Effect::OpenConsole(prod(), Destination::Home)]);
    let labels: Vec<String> = app
        .menu(start())
        .entries
        .into_iter()
        .filter_map(|entry| match entry {
            super::super::Entry::Item { label, .. } => Some(label),
            _ => None,
        })
        .collect();
    assert!(labels.contains(&"Open console: bucket x".to_owned()), "{labels:?}");
    assert!(labels.contains(&"Open the console's home".to_owned()), "{labels:?}");
}

#[test]
fn a_link_for_colleagues_holds_the_page_that_was_pasted() {
    let mut app = at_work(&dev());
    let copy =
        |to: Option<&str>| Input::Act(Action::CopyLink { grant: prod(), destination: to.map(str::to_owned) });
    let effects = app.handle(copy(Some(&format!("shop {LOGS}"))), start());
    let [Effect::CopyLink(link)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((link.page.as_ref().unwrap().url(), &link.account_id), (LOGS, &prod().account_id));
    let effects = app.handle(copy(None), start());
    assert!(matches!(effects.as_slice(), [Effect::CopyLink(link)] if link.page.is_none()));
}

#[test]
fn a_bookmarks_link_names_no_role_where_the_bookmark_names_none() {
    let mut app = with_two_roles();
    app.handle(
        bookmarks(&[("any", "222222222222", None, LOGS), ("mine", "222222222222", Some("Admin"), LOGS)]),
        start(),
    );
    let mut role = |text: &str| {
        let effects = app.handle(Input::Act(Action::CopyBookmark { name: name(text) }), start());
        let [Effect::CopyLink(link)] = effects.as_slice() else { panic!("{effects:?}") };
        link.role_name.clone().map(|role| role.to_string())
    };
    assert_eq!((role("any"), role("mine").as_deref()), (None, Some("Admin")));
}

#[test]
fn the_browser_is_signed_out_where_a_console_was_opened_last() {
    let mut app = at_work(&dev());
    let sign_out = || Input::Act(Action::SignOutOfConsole { portal: corp() });
    assert_eq!(app.handle(sign_out(), start()), [Effect::SignOutOfConsole(corp(), None)], "nothing was used");
    let mut usage = opened(&dev(), LOGS, "logs");
    usage.opened(&prod(), &Page::parse(S3).unwrap(), "s3", start() + SignedDuration::from_secs(1));
    app.handle(Input::Usage(usage), start());
    assert_eq!(app.handle(sign_out(), start()), [Effect::SignOutOfConsole(corp(), Some(prod()))]);
}
