use proptest::prelude::*;

use crate::browser::{Choice, Extension, Known, Open, Program};
use crate::ids::PortalName;
use crate::settings::{self, ConsoleVia, Settings, with_choice};

const PORTAL: &str = "[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"us-east-1\"\n";

fn check(before: &str, choice: &settings::Choice, expected: &str) {
    assert_eq!(with_choice(before, choice).unwrap(), expected, "{choice:?}");
}

fn program(name: &str) -> settings::Choice {
    settings::Choice::BrowserProgram(Some(name.to_owned()))
}

#[test]
fn what_is_chosen_changes_its_line_and_makes_the_table_where_there_is_none() {
    let containers = settings::Choice::BrowserOpen(Open::FirefoxContainer);
    check("", &containers, "[browser]\nopen = \"firefox-container\"\n");
    let after = format!("{PORTAL}\n[browser]\nopen = \"firefox-container\"\n");
    check(PORTAL, &containers, &after);

    let mine = "# mine\n[browser] # where\n# apart\nopen = \"profile\" # each\nprogram='edge'   # at work\n\n[portal.x] # x\n\
        start_url = \"x\"\nregion = \"us-east-1\"\n";
    check(mine, &program("brave"), &mine.replace("'edge'", "\"brave\""));
    check(mine, &settings::Choice::BrowserProgram(None), &mine.replace("'edge'", "\"auto\""));
    check(mine, &settings::Choice::BrowserOpen(Open::Default), &mine.replace("\"profile\"", "\"default\""));
    let named = mine.replace("# at work\n", "# at work\nname = \"{account} {role}\"\n");
    check(mine, &settings::Choice::BrowserName("{account} {role}".into()), &named);
    let granteds = mine.replace("# at work\n", "# at work\ncontainer_extension = \"granted-containers\"\n");
    check(mine, &settings::Choice::BrowserExtension(Extension::GrantedContainers), &granteds);
    let via = "console_via = \"federation\" # how\n";
    check(via, &settings::Choice::ConsoleVia(ConsoleVia::Portal), &via.replace("federation", "portal"));
    check(
        "browser = { open = \"profile\" } # x\n",
        &program("edge"),
        "browser = { open = \"profile\", program = \"edge\" } # x\n",
    );
    check(
        "browser.open = \"profile\"\n",
        &program("edge"),
        "browser.open = \"profile\"\nbrowser.program = \"edge\"\n",
    );
}

#[test]
fn what_is_chosen_already_is_not_written() {
    for (choice, text) in [
        (settings::Choice::BrowserOpen(Open::Default), ""),
        (settings::Choice::BrowserPrivate(false), "# nothing\n"),
        (settings::Choice::BrowserProgram(None), "[browser]\n"),
        (program("edge"), "browser = { program = 'edge' }\n"),
        (settings::Choice::BrowserName("{account}".into()), PORTAL),
    ] {
        check(text, &choice, text);
    }
}

#[test]
fn what_does_not_go_with_a_choice_is_mended() {
    let containers = settings::Choice::BrowserOpen(Open::FirefoxContainer);
    check(
        "[browser]\nprogram = \"chrome\" # usual\nprivate = true # hush\n",
        &containers,
        "[browser]\nprogram = \"auto\" # usual\nprivate = false # hush\nopen = \"firefox-container\"\n",
    );
    // A Firefox stays.
    let firefox = "[browser]\nprogram = \"/opt/firefox/firefox\"\n";
    check(firefox, &containers, &format!("{firefox}open = \"firefox-container\"\n"));
    // Accounts stay apart.
    let apart = "[browser]\nopen = \"firefox-container\"\n";
    check(apart, &program("edge"), "[browser]\nopen = \"profile\"\nprogram = \"edge\"\n");
    check(apart, &program("firefox"), &format!("{apart}program = \"firefox\"\n"));
    check(apart, &settings::Choice::BrowserPrivate(true), "[browser]\nopen = \"profile\"\nprivate = true\n");
}

#[test]
fn what_nobody_can_read_is_refused_in_words() {
    let refused = |choice| with_choice("", &choice).unwrap_err();
    let name = refused(settings::Choice::BrowserName("{user}".into()));
    assert_eq!(name.summary, "there is no {user}: use {account}, {account_id}, {role} or {portal}");
    assert_eq!(refused(settings::Choice::BrowserName(" ".into())).summary, "the name is empty");
    assert!(refused(program("lynx")).summary.contains("firefox, chrome"));
    assert_eq!(refused(program("lynx")).hint, "choose another value");
}

#[test]
fn a_portal_can_have_a_browser_of_its_own_in_place_of_the_usual_one() {
    let usual = "[browser]\nopen = \"firefox-container\"\nname = \"{role}\"\n";
    let ways = [
        format!("{usual}{PORTAL}browser = {{ program = \"edge\" }}\n"),
        format!("{usual}{PORTAL}[portal.corp.browser]\nprogram = \"edge\"\n"),
    ];
    for text in ways {
        let settings = Settings::parse(&text).unwrap();
        let of = |name| settings.browser_of(&PortalName::parse(name).unwrap()).clone();
        let edge = Choice { program: Some(Program::Known(Known::Edge)), ..Choice::default() };
        assert_eq!(of("corp"), edge, "nothing of the usual one is left");
        assert_eq!(of("other").open, Open::FirefoxContainer);
        // It is the person's: what is chosen in the window is the usual one.
        let after = with_choice(&text, &settings::Choice::BrowserOpen(Open::Default)).unwrap();
        assert_eq!(after, text.replace("open = \"firefox-container\"", "open = \"default\""));
    }
}

#[test]
fn mistakes_of_a_portals_browser_are_named_with_line_and_key() {
    for (wrong, expected) in [
        ("browser = \"edge\"", "line 4: `portal.corp.browser`: should be a table: [portal.corp.browser]"),
        ("browser = { open = \"tab\" }", "line 4: `portal.corp.browser.open`: there is no choice \"tab\""),
        (
            "[portal.corp.browser]\nname = \"{user}\"",
            "line 5: `portal.corp.browser.name`: there is no {user}",
        ),
        (
            "[portal.corp.browser]\ncolour = 1",
            "line 5: `portal.corp.browser.colour`: there is no such setting",
        ),
        (
            "[portal.corp.browser]\nopen = \"firefox-container\"\nprogram = \"edge\"",
            "line 4: `portal.corp.browser`: only Firefox has containers",
        ),
    ] {
        let failure = Settings::parse(&format!("{PORTAL}{wrong}\n")).unwrap_err();
        assert!(failure.summary.contains(expected), "{wrong}: {}", failure.summary);
    }
}

proptest! {
    /// Whatever is chosen in whatever order, the file can be read, says what was chosen last, and keeps its comments.
    #[test]
    fn no_order_of_choices_makes_a_file_that_cannot_be_read(picks in proptest::collection::vec(0..12_usize, 1..12)) {
        let program = |name: &str| settings::Choice::BrowserProgram(Some(name.to_owned()));
        let choices = [
            settings::Choice::BrowserOpen(Open::Default),
            settings::Choice::BrowserOpen(Open::FirefoxContainer),
            settings::Choice::BrowserOpen(Open::Profile),
            program("firefox"),
            program("chrome"),
            program("/opt/firefox"),
            program("C:\\x\\edge.exe"),
            settings::Choice::BrowserProgram(None),
            settings::Choice::BrowserPrivate(true),
            settings::Choice::BrowserPrivate(false),
            settings::Choice::BrowserName("a \"b\" {role}".into()),
            settings::Choice::BrowserExtension(Extension::GrantedContainers),
        ];
        let mut text = "# one\n[browser] # two\n# three\nprivate = true # four\n# five\n".to_owned();
        for pick in picks {
            text = with_choice(&text, &choices[pick]).unwrap();
            let now = Settings::parse(&text).unwrap().browser;
            match &choices[pick] {
                settings::Choice::BrowserOpen(open) => prop_assert_eq!(now.open, *open),
                settings::Choice::BrowserProgram(wanted) => {
                    prop_assert_eq!(now.program.map(|p| p.text().into_owned()), wanted.clone());
                }
                settings::Choice::BrowserPrivate(private) => prop_assert_eq!(now.private, *private),
                settings::Choice::BrowserName(name) => prop_assert_eq!(now.name.as_str(), name.as_str()),
                _ => prop_assert_eq!(now.extension, Extension::GrantedContainers),
            }
            for comment in ["# one\n", "[browser] # two\n", "# three\n", "# four\n", "# five\n"] {
                prop_assert!(text.contains(comment), "{}", text);
            }
        }
    }
}
