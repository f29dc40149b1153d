//! Many edits mean what each of them means, and one profile is read as it is among all.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::laws::{NAMES, changes, kind, text};
use super::*;

/// The edits one by one: those of what is there in the order of the file, then the others. A last line without ending
/// has one meanwhile, as it has in each single edit: which one it was can't be told once it is off.
fn one_by_one(file: &mut ConfigFile, edits: &[ProfileEdit<'_>]) -> Vec<Result<(), EditRefused>> {
    let order: Vec<String> = names(file.profiles());
    let rank = |edit: &ProfileEdit<'_>| match edit {
        ProfileEdit::Set { name, .. } | ProfileEdit::Remove { name } | ProfileEdit::Rename { name, .. } => {
            order.iter().position(|known| known == name).unwrap_or(usize::MAX)
        }
    };
    let mut sorted: Vec<usize> = (0..edits.len()).collect();
    sorted.sort_by_key(|at| rank(&edits[*at]));
    let mut outcomes = vec![Ok(()); edits.len()];
    edit::while_closed(file, |file| {
        for at in sorted {
            outcomes[at] = match &edits[at] {
                ProfileEdit::Set { name, changes } => edit::set(file, Kind::Profile, name, changes),
                ProfileEdit::Remove { name } => edit::remove(file, Kind::Profile, name),
                ProfileEdit::Rename { .. } => unreachable!(),
            };
        }
    });
    outcomes
}

fn edits() -> impl Strategy<Value = Vec<ProfileEdit<'static>>> {
    let all = [&NAMES[..], &["x", "y/z"]].concat();
    let count = all.len();
    let edit = (changes(), proptest::bool::weighted(0.4));
    (subsequence(all, 0..=count).prop_shuffle(), proptest::collection::vec(edit, count)).prop_map(
        |(names, edits)| {
            let edit = |(name, (changes, remove))| {
                if remove { ProfileEdit::Remove { name } } else { ProfileEdit::Set { name, changes } }
            };
            names.into_iter().zip(edits).map(edit).collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn many_edits_at_once_are_the_edits_one_by_one(text in text(), kind in kind(), edits in edits()) {
        let mut at_once = ConfigFile::parse(text.as_bytes(), kind).unwrap();
        let mut one = at_once.clone();
        let outcomes = at_once.edit_profiles(&edits);
        // Which lines are named depends on what was edited before.
        let told = |outcomes: Vec<Result<(), EditRefused>>| outcomes.iter().map(Result::is_ok).collect::<Vec<_>>();
        prop_assert_eq!(told(outcomes), told(one_by_one(&mut one, &edits)));
        let bytes = |file: &ConfigFile| String::from_utf8(file.to_bytes()).unwrap();
        // Of as many line ends of both sorts, either may be taken for new lines.
        let mixed = text.contains("\r\n") && text.replace("\r\n", "").contains('\n');
        let shown = |text: String| if mixed { text.replace("\r\n", "\n") } else { text };
        let (at_once, one) = (shown(bytes(&at_once)), shown(bytes(&one)));
        // Whether the blank line at a section goes with it depends on the value above, which may go before or after it.
        let removed = edits.iter().filter(|edit| matches!(edit, ProfileEdit::Remove { .. })).count();
        if removed > 0 && removed < edits.len() {
            let full = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(full(&at_once), full(&one));
        } else {
            prop_assert_eq!(at_once, one);
        }
    }

    #[test]
    fn one_profile_is_read_as_it_is_among_all(text in text(), kind in kind(), name in select(&NAMES[..])) {
        let whole = ConfigFile::parse(text.as_bytes(), kind).map(|file| file.profile(name));
        prop_assert_eq!(ConfigFile::one_profile(text.as_bytes(), kind, name), whole);
        let sections: Vec<Section> = ConfigFile::parse(text.as_bytes(), kind).unwrap().profiles().collect();
        for section in sections {
            let one = ConfigFile::one_profile(text.as_bytes(), kind, section.name()).unwrap();
            prop_assert_eq!(one, Some(section));
        }
    }

    #[test]
    fn one_profile_of_any_bytes_is_read_or_refused_alike(
        bytes in prop_oneof![
            any::<Vec<u8>>(),
            "(\\[profile a\\]|\\[|\\]|a|'|\"|DEFAULT|profile|[= \t\n#;\\\\\r\x00]|\r\n){0,40}".prop_map(String::into_bytes),
        ],
        kind in kind(),
    ) {
        let whole = ConfigFile::parse(&bytes, kind).map(|file| file.profile("a"));
        prop_assert_eq!(ConfigFile::one_profile(&bytes, kind, "a"), whole);
    }
}

#[test]
fn a_renamed_profile_keeps_everything_but_its_name() {
    let mut file = config("[profile a] # mine\nregion = x\n\n# b's\n[profile b]\n  y = 1\n[profile 'c d']\n");
    let rename = |name, to| ProfileEdit::Rename { name, to, changes: vec![("z", Some("2"))] };
    let outcomes =
        file.edit_profiles(&[rename("b", "n"), rename("a", "b"), rename("gone", "m"), rename("a", "n")]);
    let taken = Err(EditRefused::Name(NameRefused::Taken));
    let several = Err(EditRefused::Name(NameRefused::SeveralHeaders));
    assert_eq!(outcomes, [Ok(()), taken.clone(), several, taken]);
    assert_eq!(
        String::from_utf8(file.to_bytes()).unwrap(),
        "[profile a] # mine\nregion = x\n\n# b's\n[profile n]\n  y = 1\nz = 2\n[profile 'c d']\n"
    );
}

#[test]
fn a_thousand_profiles_are_written_and_taken_out_again() {
    let names: Vec<String> = (0..1000).map(|n| format!("p/{n}")).collect();
    let mut file = config("# mine\n[default]\nregion = x");
    let set = |name| ProfileEdit::Set { name, changes: vec![("region", Some("y")), ("output", None)] };
    let outcomes = file.edit_profiles(&names.iter().map(|name| set(name)).collect::<Vec<_>>());
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(file.profiles().count(), 1001);
    let text = String::from_utf8(file.to_bytes()).unwrap();
    assert!(
        text.starts_with("# mine\n[default]\nregion = x\n\n[profile p/0]\nregion = y\n\n[profile p/1]\n")
    );
    assert!(text.ends_with("[profile p/999]\nregion = y"), "still without a final newline");
    file.edit_profiles(&names.iter().map(|name| ProfileEdit::Remove { name }).collect::<Vec<_>>());
    assert_eq!(String::from_utf8(file.to_bytes()).unwrap(), "# mine\n[default]\nregion = x");
}
