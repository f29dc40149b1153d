use super::*;

const FILE: &str = "bookmarks.toml";
const MINE: &str = "# of the team\n[[bookmark]]\nname = \"Logs\" # all of them\nportal_url = \"https://d-1.awsapps.com/start\"\n\
                    account_id = \"111122223333\"\nrole_name = \"ReadOnly\"\n";

fn bookmark(name: &str, account: &str) -> Bookmark {
    let link = Link {
        start_url: StartUrl::parse("https://D-1.awsapps.com/start/#/").unwrap(),
        account_id: AccountId::parse(account).unwrap(),
        role_name: None,
        page: Some(Page::parse("https://console.aws.amazon.com/s3/home").unwrap()),
    };
    Bookmark { name: BookmarkName::parse(name).unwrap(), link }
}

#[test]
fn adding_and_removing_leaves_the_rest_as_it_is() {
    let more = with(FILE, MINE, &[bookmark("buckets", "444455556666")]).unwrap();
    assert_eq!(
        more,
        format!(
            "{MINE}\n[[bookmark]]\nname = \"buckets\"\nportal_url = \"https://d-1.awsapps.com/start\"\n\
             account_id = \"444455556666\"\ndestination = \"https://console.aws.amazon.com/s3/home\"\n"
        )
    );
    assert_eq!(parse(FILE, &more).unwrap().len(), 2);
    assert_eq!(without(FILE, &more, "BUCKETS").unwrap().unwrap(), MINE);
    assert_eq!(without(FILE, &more, "other").unwrap(), None);
    let taken = with(FILE, MINE, &[bookmark("logs", "444455556666")]).unwrap_err();
    assert_eq!(taken.summary, "there is a bookmark logs already");
}

#[test]
fn what_is_written_reads_back() {
    let all = [bookmark("a \"b\" \\ c", "111122223333"), bookmark("ü 本", "444455556666")];
    let text = written(&all);
    assert!(text.starts_with("[[bookmark]]\n"), "{text}");
    let read = parse(FILE, &text).unwrap();
    assert_eq!(read.len(), 2);
    assert!(read.iter().zip(&all).all(|(read, all)| read.name == all.name && read.leads_where(all)));
    assert_eq!(parse(FILE, &written(&[])).unwrap(), []);
    assert_eq!(with(FILE, "", &all).unwrap(), text);
}

#[test]
fn a_wrong_file_is_told_by_line_and_key() {
    for (text, why) in [
        ("x = 1", "bookmarks.toml, line 1: `x`: there is nothing but tables [[bookmark]] in this file"),
        ("bookmark = 1", "bookmarks.toml, line 1: `bookmark`: there is nothing but"),
        ("[[bookmark]]\nname = \"x\"\n", "bookmarks.toml, line 1: `portal_url` is missing"),
        (&MINE.replace("\"Logs\"", "\"a/b\""), "bookmarks.toml, line 3: `name`: `a/b` can't name a bookmark"),
        (&MINE.replace("\"Logs\"", "7"), "bookmarks.toml, line 3: `name`: should be text in quotes"),
        (&MINE.replace("ReadOnly", "~deploy"), "bookmarks.toml, line 6: `role_name`: `~deploy` is no role"),
        (
            &format!("{MINE}command = \"x\"\n"),
            "bookmarks.toml, line 7: `command`: a bookmark has no such key",
        ),
        (
            &format!("{MINE}destination = \"javascript:x\"\n"),
            "bookmarks.toml, line 7: `destination`: `javascript:x`",
        ),
        (&format!("{MINE}{}", MINE.replace("Logs", "LOGS")), "bookmarks.toml, line 8: `LOGS` is there twice"),
        ("[[bookmark]", "bookmarks.toml, line 1: "),
    ] {
        let failure = parse(FILE, text).unwrap_err();
        assert!(failure.summary.starts_with(why), "{text}: {}", failure.summary);
    }
}

#[test]
fn names_are_what_a_person_can_see_and_type() {
    for bad in ["", " a", "a ", "a/b", "-x", "a\nb", "a\u{202e}b", &"x".repeat(65)] {
        assert!(BookmarkName::parse(bad).is_err(), "{bad}");
    }
    assert!(BookmarkName::parse("payments: logs (EU)").unwrap().is(" Payments: Logs (eu) "));
}

#[test]
fn an_import_adds_what_is_new_and_never_replaces() {
    let mine = [bookmark("a", "111122223333"), bookmark("b", "444455556666")];
    let theirs = vec![
        bookmark("A", "111122223333"),
        bookmark("other name", "444455556666"),
        bookmark("b", "777788889999"),
        bookmark("c", "777788889999"),
    ];
    let import = Import::of(&mine, theirs);
    let names = |list: &[Bookmark]| list.iter().map(|b| b.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&import.known), ["A", "other name"]);
    assert_eq!(names(&import.taken), ["b"]);
    assert_eq!(names(&import.new), ["c"]);
}
