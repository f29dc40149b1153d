use super::*;
use crate::access::{Access, Outcome, Way};
use crate::app::{Entry, Icon};
use crate::asker::{Asker, Process};
use crate::gate::{Question, Reply};

fn millis(after: i64) -> Timestamp {
    start() + SignedDuration::from_millis(after)
}

fn asker(program: &str) -> Asker {
    let process = |pid, program: &str| Process { pid, program: program.to_owned(), is_wrapper: false };
    let ours = Process { is_wrapper: true, ..process(9, "/usr/bin/rolecall") };
    let processes = vec![ours, process(8, program), process(7, "/usr/bin/zsh")];
    Asker { processes, directory: Some("/home/ana/infra".into()), command: None }
}

fn asks(id: u32, program: &str) -> Input {
    Input::Agent(Question::Asked { id, asker: asker(program), grant: prod() })
}

fn over(id: u32) -> Input {
    Input::Agent(Question::Over { id })
}

fn reply(question: u32, reply: Reply) -> Input {
    Input::Act(Action::Reply { question, reply })
}

fn standing(app: &App) -> Vec<u32> {
    app.view(start()).asks.iter().map(|ask| ask.id).collect()
}

fn answers(effects: &[Effect]) -> Vec<(u32, Reply)> {
    let answer = |effect: &Effect| match effect {
        Effect::Reply(id, reply) => Some((*id, *reply)),
        _ => None,
    };
    effects.iter().filter_map(answer).collect()
}

#[test]
fn a_program_that_waits_is_shown_in_a_window_a_notification_and_the_tray() {
    let mut app = at_work(&dev()).at_home(Some("/home/ana".into()));
    assert!(app.is_quiet());
    let effects = app.handle(asks(1, "/opt/terraform"), start());
    assert_eq!(effects[0], Effect::Show(Window::Ask));
    let Effect::Notify(notice) = &effects[1] else { panic!("{effects:?}") };
    assert_eq!(notice.title, "⚠ Production: terraform wants Shop Prod / Admin");
    assert!(notice.body.starts_with("terraform (started from zsh in ~/infra)\n"), "{}", notice.body);
    let (_, does) = notice.button.as_ref().unwrap();
    assert_eq!(*does, Action::Show { window: Window::Ask }, "no button of it lets anybody in");
    let menu = app.menu(start());
    assert_eq!(menu.icon, Icon::Attention);
    assert!(menu.tooltip.starts_with("1 program waits for you\n"), "{}", menu.tooltip);
    let show = Action::Show { window: Window::Ask };
    assert!(
        matches!(&menu.entries[0], Entry::Item { label, action, .. } if label == "1 program waits for you…" && *action == show)
    );
    let view = &app.view(start()).asks[0];
    assert_eq!((&*view.name, view.origin.as_deref()), ("terraform", Some("started from zsh in ~/infra")));
    assert_eq!((view.path.as_deref(), view.pid), (Some("/opt/terraform"), Some(8)));
    assert_eq!(view.chain.iter().map(|process| process.pid).collect::<Vec<_>>(), [9, 8, 7]);
    assert_eq!(view.deadline.0.duration_since(view.since.0), SignedDuration::from_secs(45));
    assert!(view.grant.production && !app.is_quiet());
}

#[test]
fn an_answer_goes_to_the_question_it_was_given_to_and_the_window_goes_with_the_last() {
    let mut app = at_work(&dev());
    app.handle(asks(1, "/opt/terraform"), start());
    let effects = app.handle(asks(2, "/usr/bin/python3"), start());
    assert!(!effects.contains(&Effect::Show(Window::Ask)), "it is there already: {effects:?}");
    assert!(matches!(&effects[..], [Effect::Notify(notice)] if notice.title.starts_with("2 programs wait")));
    let effects = app.handle(reply(1, Reply::ForAWhile), at(1));
    assert_eq!(answers(&effects), [(1, Reply::ForAWhile)]);
    assert!(!effects.contains(&Effect::CloseAsk));
    assert_eq!(standing(&app), [2]);
    let effects = app.handle(reply(2, Reply::Deny), at(2));
    assert_eq!(answers(&effects), [(2, Reply::Deny)]);
    assert!(effects.contains(&Effect::CloseAsk));
    assert_eq!(app.handle(reply(2, Reply::Once), at(3)), [], "it was answered");
    assert!(app.is_quiet());
}

#[test]
fn what_has_just_come_in_front_is_not_answered() {
    let mut app = at_work(&dev());
    app.handle(asks(1, "/opt/terraform"), start());
    app.handle(asks(2, "/usr/bin/python3"), start());
    for said in [Reply::Once, Reply::ForAWhile, Reply::Deny] {
        assert_eq!(answers(&app.handle(reply(1, said), millis(699))), []);
        assert_eq!(answers(&app.handle(reply(2, said), millis(5000))), [], "it is not in front");
    }
    assert_eq!(answers(&app.handle(reply(1, Reply::Once), millis(5000))), [(1, Reply::Once)]);
    // A second press of the same key.
    assert_eq!(answers(&app.handle(reply(2, Reply::Once), millis(5100))), []);
    assert_eq!(answers(&app.handle(reply(2, Reply::Once), millis(5700))), [(2, Reply::Once)]);
    // Nobody is shut out by a clock that is set back.
    app.handle(asks(3, "/opt/terraform"), at(60));
    assert_eq!(answers(&app.handle(reply(3, Reply::Once), at(30))), [(3, Reply::Once)]);
}

#[test]
fn a_question_that_is_over_goes_and_the_next_one_is_new_in_front() {
    let mut app = at_work(&dev());
    for id in 1..=3 {
        app.handle(asks(id, "/opt/terraform"), start());
    }
    // One behind: what is in front stays as answerable as it was.
    assert_eq!(app.handle(over(2), millis(1000)), []);
    assert_eq!(standing(&app), [1, 3]);
    app.handle(over(1), millis(1000));
    assert_eq!(answers(&app.handle(reply(3, Reply::Once), millis(1600))), []);
    let effects = app.handle(over(3), millis(1650));
    assert!(effects.contains(&Effect::CloseAsk) && effects.contains(&Effect::Withdraw(Topic::Ask)));
    assert_eq!(app.menu(start()).icon, Icon::SignedIn);
    assert_eq!(app.handle(Input::Act(Action::Show { window: Window::Ask }), start()), []);
}

#[test]
fn closing_the_window_is_no_to_what_it_shows() {
    let mut app = at_work(&dev());
    app.handle(asks(1, "/opt/terraform"), start());
    app.handle(asks(2, "/usr/bin/python3"), start());
    let effects = app.handle(Input::AskClosed, millis(100));
    assert_eq!(answers(&effects), [(1, Reply::Deny)]);
    assert!(!effects.contains(&Effect::CloseAsk), "another one waits there");
    let effects = app.handle(Input::AskClosed, millis(200));
    assert_eq!(answers(&effects), [(2, Reply::Deny)]);
    assert!(effects.contains(&Effect::CloseAsk));
    assert_eq!(app.handle(Input::AskClosed, millis(300)), [Effect::CloseAsk], "an empty one goes at least");
    // Somebody came while the window was going.
    assert_eq!(app.handle(Input::AskGone, millis(300)), []);
    app.handle(asks(3, "/opt/terraform"), millis(400));
    assert_eq!(app.handle(Input::AskGone, millis(500)), [Effect::Show(Window::Ask)]);
}

#[test]
fn names_of_programs_and_folders_are_harmless_where_they_are_shown() {
    let mut app = at_work(&dev());
    let evil = "/tmp/terra\u{202e}form\n\u{1b}[31m";
    let mut asker = asker(evil);
    asker.directory = Some(evil.to_owned());
    asker.command = Some(evil.to_owned());
    app.handle(Input::Agent(Question::Asked { id: 1, asker: asker.clone(), grant: prod() }), start());
    let shown_asks = serde_json::to_string(&app.view(start()).asks).unwrap();
    let access = Access {
        at: start(),
        grant: prod(),
        profile: None,
        way: Way::Exec,
        outcome: Outcome::Refused,
        asker,
    };
    let logged = serde_json::to_string(&app.access_views(&[access])).unwrap();
    for shown in [shown_asks, logged] {
        assert!(!shown.contains('\u{202e}') && !shown.contains("\\n") && !shown.contains("u001b"), "{shown}");
        assert!(shown.contains("terra"), "{shown}");
    }
}

#[test]
fn the_log_is_shown_newest_first_with_names_and_marks() {
    let app = at_work(&prod());
    let access = |grant: GrantId, minutes| Access {
        at: at(minutes),
        grant,
        profile: None,
        way: Way::Process,
        outcome: Outcome::Given,
        asker: asker("/opt/terraform"),
    };
    let views =
        app.access_views(&[access(dev(), 0), access(prod(), 1), access(grant("999999999999", "X"), 2)]);
    let names: Vec<&str> = views.iter().map(|view| view.grant.account_name.as_str()).collect();
    assert_eq!(names, ["", "Shop Prod", "Shop Dev"]);
    assert!(views[1].grant.production && views[1].grant.profiles.len() == 1 && !views[2].grant.production);
}

#[test]
fn that_programs_cannot_be_served_is_told_to_whoever_has_marks_that_ask() {
    let failure = || Input::NotServing(Failure::new(Code::Failed, "the socket can't be used", "mend it"));
    let mut app = at_work(&dev());
    assert_eq!(app.handle(failure(), start()), []);
    let mut settings = settings();
    settings.marks = vec![crate::mark::Mark { ask: true, ..crate::mark::usual().remove(0) }];
    app.handle(Input::Settings(Ok(settings)), start());
    assert!(matches!(&app.handle(failure(), start())[..], [Effect::Notify(_)]));
}

#[test]
fn a_log_that_has_changed_is_news_for_the_windows() {
    let mut app = at_work(&dev());
    let before = app.view(start());
    app.handle(Input::Accessed, start());
    assert_ne!(app.view(start()), before);
}
