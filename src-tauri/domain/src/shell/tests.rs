use super::*;
use crate::ids::{ProfileName, Region};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Variables = BTreeMap<String, String>;

/// A shell that does what bash code says, as far as it is ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sim {
    exported: Variables,
    own: Variables,
}

impl Sim {
    fn run<T>(&mut self, act: impl FnOnce(&mut Shift) -> T) -> T {
        let mut shift = Shift::begin(|name| self.exported.get(name).cloned());
        let result = act(&mut shift);
        let standing = shift.standing.clone();
        for step in shift.steps.clone() {
            match step {
                Step::Set { name, value } => drop(self.exported.insert(name.into(), value)),
                Step::Unset { name } => drop(self.exported.remove(name)),
                Step::Park { name, layer } => {
                    if let Some(value) = self.exported.remove(name) {
                        self.own.insert(slot(name, layer), value);
                    }
                }
                Step::Unpark { name, layer, .. } => match self.own.remove(&slot(name, layer)) {
                    Some(value) => drop(self.exported.insert(name.into(), value)),
                    None => drop(self.exported.remove(name)),
                },
            }
        }
        self.exported.remove(STATE);
        if standing != Standing::default() {
            self.exported.insert(STATE.into(), serde_json::to_string(&standing).unwrap());
        }
        result
    }
}

fn target(profile: &str, region: Option<&str>) -> Target {
    Target {
        profile: ProfileName::parse(profile).unwrap(),
        region: region.map(|region| Region::parse(region).unwrap()),
    }
}

#[derive(Debug, Clone)]
enum Act {
    Use(u8, bool),
    Enter(u8, bool),
    Leave,
    Off,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3u8, any::<bool>()).prop_map(|(n, region)| Act::Use(n, region)),
        (0..3u8, any::<bool>()).prop_map(|(n, trusted)| Act::Enter(n, trusted)),
        Just(Act::Leave),
        Just(Act::Off),
    ]
}

fn perform(shell: &mut Sim, act: &Act) {
    let region = |is: bool| is.then_some("eu-west-1");
    match act {
        Act::Use(n, is) => shell.run(|s| s.use_profile(&target(&format!("used{n}"), region(*is)))),
        Act::Enter(n, trusted) => {
            let there = target(&format!("dir{n}"), Some("us-east-1"));
            shell.run(|s| s.enter(&format!("/{n}"), "hash", trusted.then_some(&there)));
        }
        Act::Leave => {
            shell.run(Shift::leave);
        }
        Act::Off => {
            shell.run(Shift::off);
        }
    }
}

proptest! {
    /// Whatever a person does, leaving and taking off gives the shell back as it was.
    #[test]
    fn everything_can_be_taken_back(
        names in proptest::collection::btree_map(proptest::sample::select(&VARIABLES[..]), "[ -~]{1,8}", 0..6),
        acts in proptest::collection::vec(act(), 0..12),
    ) {
        let exported: Variables = names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let before = Sim { exported, own: Variables::new() };
        let mut shell = before.clone();
        for act in &acts {
            perform(&mut shell, act);
        }
        shell.run(Shift::leave);
        shell.run(Shift::off);
        prop_assert_eq!(shell, before);
    }

    /// A visit to a directory leaves no trace, whatever was typed inside.
    #[test]
    fn leaving_restores_what_was_before(
        earlier in proptest::collection::vec(act(), 0..4),
        inside in proptest::collection::vec((0..3u8, any::<bool>()), 0..4),
    ) {
        let mut shell = Sim::default();
        shell.exported.insert("AWS_ACCESS_KEY_ID".into(), "AKIA".into());
        for act in &earlier {
            perform(&mut shell, act);
        }
        shell.run(Shift::leave);
        let before = shell.clone();
        perform(&mut shell, &Act::Enter(1, true));
        for (n, region) in inside {
            perform(&mut shell, &Act::Use(n, region));
        }
        shell.run(Shift::leave);
        prop_assert_eq!(shell, before);
    }

    /// A word in quotes is one word again for who reads it as the shell's manual says.
    #[test]
    fn quoting_keeps_the_text(text in any::<String>()) {
        for shell in [Shell::Bash, Shell::Zsh] {
            let quoted = shell.quote(&text);
            prop_assert_eq!(quoted.replace(r"'\''", "\u{0}").trim_matches('\'').replace('\u{0}', "'"), text.clone());
            prop_assert_eq!(quoted.replace(r"'\''", "").matches('\'').count(), 2);
        }
        let fish = Shell::Fish.quote(&text);
        let mut inner = fish[1..fish.len() - 1].chars();
        let mut read = String::new();
        while let Some(c) = inner.next() {
            prop_assert!(c != '\'');
            read.push(if c == '\\' { inner.next().unwrap() } else { c });
        }
        prop_assert_eq!(read, text);
    }
}

#[test]
fn a_use_names_the_profile_and_takes_away_what_would_win() {
    let mut shell = Sim::default();
    for (name, value) in [
        ("AWS_PROFILE", "old"),
        ("AWS_DEFAULT_PROFILE", "older"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
    ] {
        shell.exported.insert(name.into(), value.into());
    }
    let before = shell.clone();
    shell.run(|s| s.use_profile(&target("dev/Admin", Some("eu-west-1"))));
    let state = shell.exported.remove(STATE).unwrap();
    let left: Vec<_> = shell.exported.iter().map(|(n, v)| format!("{n}={v}")).collect();
    assert_eq!(left, ["AWS_DEFAULT_REGION=eu-west-1", "AWS_PROFILE=dev/Admin", "AWS_REGION=eu-west-1"]);
    assert!(!state.contains("secret"), "{state}");
    shell.exported.insert(STATE.into(), state.clone());
    // A shell that is started inside has not got the secret, and is told to go without.
    let mut inner = Sim { exported: shell.exported.clone(), own: Variables::new() };
    assert_eq!(inner.run(Shift::off), Off::Use);
    assert_eq!(inner.exported["AWS_PROFILE"], "old");
    assert!(!inner.exported.contains_key("AWS_SECRET_ACCESS_KEY"));
    assert_eq!(shell.run(Shift::off), Off::Use);
    assert_eq!(shell, before);
    assert_eq!(shell.run(Shift::off), Off::Nothing);
}

#[test]
fn what_is_typed_inside_wins_until_the_person_leaves() {
    let mut shell = Sim::default();
    let profile = |shell: &Sim| shell.exported.get("AWS_PROFILE").cloned();
    shell.run(|s| s.use_profile(&target("outside", None)));
    shell.run(|s| s.enter("/a", "1", Some(&target("dir", None))));
    assert_eq!(profile(&shell).unwrap(), "dir");
    shell.run(|s| s.use_profile(&target("typed", None)));
    assert_eq!(profile(&shell).unwrap(), "typed");
    assert_eq!(shell.run(Shift::off), Off::Use);
    assert_eq!(profile(&shell).unwrap(), "dir");
    assert_eq!(shell.run(Shift::off), Off::Directory);
    assert_eq!(profile(&shell).unwrap(), "outside");
    shell.run(|s| s.enter("/a", "2", Some(&target("dir", None))));
    shell.run(|s| s.use_profile(&target("typed", None)));
    shell.run(Shift::leave);
    assert_eq!(profile(&shell).unwrap(), "outside");
}

#[test]
fn each_shell_is_told_in_its_own_words() {
    let code = |shell| {
        let variable = |name: &str| (name == "AWS_SESSION_TOKEN").then(|| "x".to_owned());
        let mut shift = Shift::begin(variable);
        shift.use_profile(&target("a/b", None));
        shift.code(shell)
    };
    for shell in [Shell::Bash, Shell::Zsh] {
        let code = code(shell);
        assert!(code.starts_with("# rolecall\nexport AWS_PROFILE='a/b'\n"), "{code}");
        assert!(
            code.contains("__rolecall_u_AWS_SESSION_TOKEN=\"$AWS_SESSION_TOKEN\"; unset AWS_SESSION_TOKEN")
        );
    }
    assert!(code(Shell::Fish).contains("set -gx AWS_PROFILE 'a/b'\n"));
    let power_shell = code(Shell::PowerShell);
    assert!(power_shell.contains("$env:AWS_PROFILE = 'a/b'\n"), "{power_shell}");
    assert!(power_shell.contains("$global:__rolecall_u_AWS_SESSION_TOKEN = $env:AWS_SESSION_TOKEN"));
    let data: serde_json::Value = serde_json::from_str(&code(Shell::Nushell)).unwrap();
    assert_eq!(data["set"]["AWS_PROFILE"], "a/b");
    assert_eq!(data["unset"][0], "AWS_SESSION_TOKEN");
    assert_eq!(Shell::PowerShell.quote("a'’\n"), "'a''’’\n'");
}

#[test]
fn a_state_that_is_not_ours_counts_as_nothing() {
    for text in ["", "x", "[]", "{\"using\":{\"PATH\":\"/evil\"}}", "{\"directory\":{}}"] {
        let mut shift = Shift::begin(|name| (name == STATE).then(|| text.to_owned()));
        shift.leave();
        shift.off();
        assert!(!shift.code(Shell::Bash).contains("PATH"), "{text}");
    }
}
