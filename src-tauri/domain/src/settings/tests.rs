use super::*;
use crate::flow::FlowChoice;
use crate::ids::StartUrl;
use crate::mark::Colour;

fn corp() -> Portal {
    let start_url = StartUrl::parse("https://d-1.awsapps.com/start").unwrap();
    Portal::new(PortalName::parse("corp").unwrap(), start_url, Region::parse("us-east-1").unwrap())
}

#[test]
fn a_portal_can_say_more_and_keeps_it_when_its_region_is_corrected() {
    let text = "[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"eu-west-1\"\n\
        flow = \"browser\" # ours\naws_cli = \"share\"\ncolour = \"teal\"\nfips = true\ndual_stack = true\n";
    let after = with_portal(text, &corp()).unwrap();
    assert_eq!(after, text.replace("eu-west-1", "us-east-1"));
    let portal = Settings::parse(&after).unwrap().portals.remove(0);
    let said = (portal.flow, portal.aws_cli, portal.colour, portal.fips, portal.dual_stack);
    assert_eq!(said, (FlowChoice::Browser, AwsCli::Share, Some(Colour::Teal), true, true));
    for (wrong, line) in [("flow = \"magic\"", 4), ("aws_cli = true", 4), ("fips = \"yes\"", 4)] {
        let lines: Vec<&str> = text.lines().take(3).chain([wrong]).collect();
        let failure = Settings::parse(&lines.join("\n")).unwrap_err();
        assert!(failure.summary.contains(&format!("line {line}")), "{wrong}: {failure}");
    }
}

#[test]
fn what_is_added_is_read_and_what_was_there_stays() {
    let before = "# mine\ndefault_region='eu-west-1' # near\n\n[portal.old] # keep\nregion = \"eu-west-1\"\nstart_url = \"old\"\n";
    let after = with_portal(before, &corp()).unwrap();
    assert!(after.starts_with(before), "{after}");
    let settings = Settings::parse(&after).unwrap();
    assert_eq!(settings.portals[1], corp());
    assert_eq!(settings.default_region, Some(Region::parse("eu-west-1").unwrap()));
    assert_eq!(without_portal(&after, &corp().name).unwrap(), before);
}

#[test]
fn the_first_portal_makes_a_readable_file() {
    let text = with_portal("", &corp()).unwrap();
    assert_eq!(
        text,
        "[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"us-east-1\"\n"
    );
}

#[test]
fn the_template_for_profile_names_is_read() {
    assert_eq!(Settings::default().profile_name, Template::parse("{account}/{role}").unwrap());
    let settings = Settings::parse("profile_name = \"{account_id}.{role|lower}\"\n").unwrap();
    assert_eq!(settings.profile_name.to_string(), "{account_id}.{role|lower}");
}

#[test]
fn mistakes_are_named_with_line_and_key() {
    let check = |text: &str, expected: &str| {
        let failure = Settings::parse(text).unwrap_err();
        assert!(failure.summary.contains(expected), "{}", failure.summary);
    };
    check("\ndefault_region = 3\n", "line 2: `default_region`: should be text");
    check("default_region = \"mars\"\n", "line 1: `default_region`: `mars` is not an AWS region");
    check("\n\nkeyring = \"cloud\"\n", "line 3: `keyring`");
    check(
        "profile_name = \"{name}\"\n",
        "line 1: `profile_name`: not a template for profile names: there is no {name}",
    );
    check("theme = \"pink\"\n", "line 1: `theme`: there is no choice \"pink\"");
    check("hotkey = \"r\"\n", "line 1: `hotkey`");
    check("\n[notifications]\nsound = true\n", "line 3: `notifications.sound`: there is no such setting");
    check("[[mark]]\naccount = 3\n", "line 2: `mark.account`: should be text");
    check("[[mark]]\ncolour = \"mauve\"\n", "line 2: `mark.colour`: should be red, orange");
    check("mark = 1\n", "line 1: `mark`: should be tables");
    check("[portal.x]\nregion = \"us-east-1\"\n", "`portal.x`: `start_url` is missing");
    check("colour = \"red\"\n", "line 1: `colour`: there is no such setting");
    check(
        "[portal.x]\nstart_url = \"a\"\nregion = \"us-east-1\"\nregin = \"\"\n",
        "line 4: `portal.x.regin`",
    );
    check("a = \n", "line 1");
}

#[test]
fn a_file_with_a_mistake_is_not_edited() {
    assert!(with_portal("colour = \"red\"\n", &corp()).is_err());
}

#[test]
fn a_choice_changes_its_line_and_nothing_else() {
    let before = "# mine\ntheme = \"dark\"   # at night\n\n[portal.old]\nregion = \"eu-west-1\"\nstart_url = \"old\"\n";
    let after = with_choice(before, &Choice::Theme(Theme::Light)).unwrap();
    assert_eq!(after, before.replace("\"dark\"", "\"light\""));
    let after = with_choice(&after, &Choice::NotifySwitch(true)).unwrap();
    let settings = Settings::parse(&after).unwrap();
    assert!(settings.notify_switch && settings.notify_session && after.contains("# at night"), "{after}");
    let off = with_choice(&after, &Choice::Hotkey(None)).unwrap();
    assert_eq!(Settings::parse(&off).unwrap().hotkey, None);
    let failure = with_choice(&after, &Choice::Hotkey(Some("q".into()))).unwrap_err();
    assert!(failure.summary.contains("needs Ctrl"), "{}", failure.summary);
}

#[test]
fn marks_are_read_and_those_that_say_production_replace_the_usual_ones() {
    assert_eq!(Settings::parse("").unwrap().marks, mark::usual());
    let text = "[[mark]]\naccount = [\"live\", \"!pre*\"]\nproduction = true\n[[mark]]\nrole = \"*admin*\"\ntags = \"power\"\n";
    let marks = Settings::parse(text).unwrap().marks;
    assert_eq!(marks.len(), 2);
    assert_eq!(marks[0].account.as_ref().unwrap().text(), "live, !pre*");
    assert_eq!(marks[1].tags, ["power"]);
    let marks = Settings::parse("[[mark]]\naccount = \"staging\"\ncolour = \"orange\"\n").unwrap().marks;
    assert_eq!((&marks[0], marks.len()), (&mark::usual()[0], 2), "nothing was said of production");
    let none = Settings::parse("[[mark]]\naccount = \"x\"\nproduction = false\n").unwrap().marks;
    assert_eq!(none.len(), 1);
}
