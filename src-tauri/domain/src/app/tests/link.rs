//! Links that are followed to the application.

use super::*;

const PAGE: &str = "https://eu-west-1.console.aws.amazon.com/s3/home";

fn link(rest: &str) -> Input {
    Input::Link(format!("rolecall://open?portal_url=https://d-1.awsapps.com/start&{rest}"))
}

fn answer(yes: bool) -> Input {
    Input::Act(Action::Answer { yes })
}

fn later() -> Timestamp {
    start() + SignedDuration::from_millis(800)
}

#[test]
fn a_link_asks_and_one_deliberate_act_opens_its_page() {
    let mut app = at_work(&dev());
    let follow = || link(&format!("account_id=222222222222&role_name=Admin&destination={PAGE}"));
    assert_eq!(app.handle(follow(), start()), [Effect::Show(Window::Switcher)]);
    let question = app.view(start()).question.unwrap();
    assert_eq!((question.grant.id, question.page.as_deref(), question.by_link), (prod(), Some(PAGE), true));
    assert_eq!(app.handle(answer(true), start()), [], "pressed for what was in front before");
    assert!(app.view(start()).question.is_some(), "the question stands");
    app.handle(follow(), later());
    let opened = app.handle(answer(true), later());
    assert_eq!(opened, [Effect::OpenConsole(prod(), Destination::Url(PAGE.to_owned()))]);
    app.handle(follow(), later());
    assert_eq!(app.handle(answer(false), later()), []);
    assert!(app.view(later()).question.is_none());
}

#[test]
fn without_role_and_page_it_is_ones_own_role_and_the_consoles_home() {
    let mut app = at_work(&dev());
    app.handle(link("account_id=222222222222"), start());
    let question = app.view(start()).question.unwrap();
    assert_eq!(question.grant.id, prod());
    assert!(question.page.unwrap().starts_with("https://us-east-1.console.aws.amazon.com/console/home"));
}

#[test]
fn what_a_link_can_not_have_is_told_and_asks_nothing() {
    for (rest, why) in [
        ("account_id=333333333333", "no role"),
        ("account_id=222222222222&role_name=Root", "Root"),
        ("account_id=222222222222&destination=https://evil.example/", "not a page of AWS's console"),
        ("account_id=222222222222&destination=https://console.amazonaws.cn/", "aws-cn"),
        ("account_id=222222222222&x=1", "not understood"),
        ("account_id=222222222222&portal_url=https://d-2.awsapps.com/start", "twice"),
    ] {
        let mut app = at_work(&dev());
        let effects = app.handle(link(rest), start());
        assert!(
            matches!(effects.as_slice(), [Effect::Notify(_), Effect::Show(Window::Switcher)]),
            "{effects:?}"
        );
        let view = app.view(start());
        assert!(view.question.is_none(), "{rest}");
        assert!(view.notice.as_ref().unwrap().text.contains(why), "{rest}: {:?}", view.notice);
    }
}

#[test]
fn a_link_that_starts_the_program_waits_for_what_is_known() {
    let (mut app, _) = App::begin(settings(), "1", "settings.toml".into(), None);
    assert_eq!(app.handle(link("account_id=222222222222"), start()), []);
    let read = Input::Catalogue { portal: corp(), catalogue: Some(catalogue(start())) };
    assert_eq!(app.handle(read, start()), [Effect::Show(Window::Switcher)]);
    assert_eq!(app.view(start()).question.unwrap().grant.id, prod());

    let (mut app, _) = App::begin(settings(), "1", "settings.toml".into(), None);
    app.handle(link("account_id=222222222222"), start());
    app.handle(Input::Catalogue { portal: corp(), catalogue: None }, start());
    let notice = app.view(start()).notice.unwrap();
    assert!(notice.hint.unwrap().contains("login corp"), "it does not sign in by itself");
}

#[test]
fn bookmarks_are_in_the_menu_and_open_at_once() {
    let mut app = at_work(&dev());
    let text = format!(
        "[[bookmark]]\nname = \"buckets\"\nportal_url = \"https://d-1.awsapps.com/start\"\naccount_id = \"222222222222\"\ndestination = \"{PAGE}\"\n\
         [[bookmark]]\nname = \"elsewhere\"\nportal_url = \"https://d-9.awsapps.com/start\"\naccount_id = \"222222222222\"\n\
         [[bookmark]]\nname = \"gone\"\nportal_url = \"https://d-1.awsapps.com/start\"\naccount_id = \"999999999999\"\n"
    );
    let bookmarks = crate::bookmark::parse("bookmarks.toml", &text).unwrap();
    let names: Vec<_> = bookmarks.iter().map(|bookmark| bookmark.name.clone()).collect();
    app.handle(Input::Bookmarks(bookmarks), start());
    let menu = app.menu(start());
    let inside = menu.entries.iter().find_map(|entry| match entry {
        crate::app::Entry::Submenu(label, inside) if label == "Bookmarks" => Some(inside.len()),
        _ => None,
    });
    assert_eq!(inside, Some(2), "not those of other people's portals");
    let mut open =
        |name: usize| app.handle(Input::Act(Action::Bookmark { name: names[name].clone() }), start());
    assert_eq!(open(0), [Effect::OpenConsole(prod(), Destination::Url(PAGE.to_owned()))]);
    assert!(matches!(open(2).as_slice(), [Effect::Notify(_)]));
}
