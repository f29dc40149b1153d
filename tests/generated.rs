//! Profiles in bulk: written, pruned, shown and taken back by the real program, used by AWS's own tools.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use sim::Organisation;

use crate::world::{GRANT, OTHER, PORTAL, World, every_grant};

const THEIRS: &str =
    "# mine\n[default]\nregion = eu-west-1\noutput = json\n\n[profile other]\nregion = us-west-2\n";

fn listed(theirs: &str) -> World {
    let world = World::listed();
    world.write_config(theirs);
    world
}

fn sync(world: &World, args: &[&str]) -> Value {
    let args = ["profiles", "sync", "--json"].into_iter().chain(args.iter().copied());
    world.rolecall(args).run().succeeded().json()
}

/// Names of the profiles that this became of.
fn names(document: &Value, change: &str) -> Vec<String> {
    let changes = document["changes"].as_array().unwrap().iter().filter(|c| c["change"] == change);
    changes.map(|c| c["profile"].as_str().unwrap().to_owned()).collect()
}

fn profiles(world: &World, owner: &str) -> Vec<Value> {
    let list = world.rolecall(["profiles", "list", "--json"]).run().succeeded().json();
    list.as_array().unwrap().iter().filter(|entry| entry["owner"] == owner).cloned().collect()
}

#[test]
fn every_grant_gets_a_profile_that_aws_tools_use() {
    let world = listed(THEIRS);
    let written = sync(&world, &["--yes"]);
    assert_eq!(written["written"], true);
    let grants = every_grant(Organisation::Small);
    assert_eq!(names(&written, "added").len(), grants.len());
    assert!(world.config().starts_with(THEIRS), "{}", world.config());
    let generated = profiles(&world, "generated");
    let point_at: BTreeSet<String> = generated
        .iter()
        .map(|p| format!("{}/{}", p["accountId"].as_str().unwrap(), p["roleName"].as_str().unwrap()))
        .collect();
    assert_eq!(point_at, grants.into_iter().collect());
    let of_grant = |p: &&Value| p["accountId"] == "001234567890" && p["roleName"] == "ReadOnlyAccess";
    let name = generated.iter().find(of_grant).unwrap()["name"].as_str().unwrap();
    let identity = world.aws(["sts", "get-caller-identity", "--profile", name]).run().succeeded().json();
    assert_eq!(identity["Account"], "001234567890");
    // boto3 knows every one of them by its name.
    let script = "import boto3, sys; print(*boto3.Session().available_profiles, sep='\\n')";
    let known = world.python(script).run().succeeded().stdout;
    for profile in &generated {
        assert!(known.lines().any(|line| line == profile["name"].as_str().unwrap()), "{profile}: {known}");
    }
    // Again there is nothing to do, and no byte changes.
    let before = world.config();
    let again = world.rolecall(["profiles", "sync", "--yes"]).run().succeeded();
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert_eq!(world.config(), before);
}

#[test]
fn without_a_yes_it_is_only_shown() {
    let world = listed(THEIRS);
    let shown = world.rolecall(["profiles", "sync", "--dry-run"]).run().succeeded();
    assert!(shown.stdout.contains("+rolecall_generated = true\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains("+++ ") && !shown.stdout.contains("output = json"), "{}", shown.stdout);
    assert!(
        shown.stderr.contains("would be new") && shown.stderr.contains("nothing was written"),
        "{}",
        shown.stderr
    );
    let asked = world.rolecall(["profiles", "sync"]).run().succeeded();
    assert_eq!(asked.stdout, shown.stdout);
    assert!(asked.stderr.contains("--yes"), "nobody can be asked: {}", asked.stderr);
    assert_eq!(sync(&world, &[])["written"], false);
    assert_eq!(world.config(), THEIRS);
}

#[test]
fn a_person_at_a_terminal_is_asked() {
    let world = listed(THEIRS);
    // `script` gives the program a terminal.
    let on_a_terminal = |answer: &str| {
        let command = format!("{} profiles sync 111122223333 Admin", env!("CARGO_BIN_EXE_rolecall"));
        let script = world.program("/usr/bin/script").args(["-qec", &command, "/dev/null"]);
        script.input(answer).run().succeeded().stdout
    };
    let refused = on_a_terminal("n\n");
    assert!(
        refused.contains("Write these 1 profiles? [y/N]") && refused.contains("nothing was written"),
        "{refused}"
    );
    assert_eq!(world.config(), THEIRS);
    let agreed = on_a_terminal("y\n");
    assert!(agreed.contains("rolecall undo"), "{agreed}");
    assert!(world.config().contains("rolecall_role_name = AdministratorAccess"), "{}", world.config());
}

#[test]
fn words_portal_template_and_regions_choose_what_is_written() {
    let world = listed("");
    let some =
        sync(&world, &["111122223333", "Admin", "--template", "{portal}:{account_id}:{role|lower}", "--yes"]);
    assert_eq!(names(&some, "added"), ["corp:111122223333:administratoraccess"]);
    world.rolecall(["profiles", "sync", "--region", "eu-west-1", "--region", "us-east-1"]).run().failed(2);
    world.rolecall(["profiles", "sync", "--template", "{acount}"]).run().failed_as_usage();
    world.rolecall(["profiles", "sync", "--portal", "nowhere"]).run().failed(4);
    let regional =
        ["001234567890", "--template", "{account_id}/{role}/{region}", "--region", "eu-west-1", "--region"];
    let two = sync(&world, &[&regional[..], &["ap-south-1", "--yes"]].concat());
    let expected = ["001234567890/ReadOnlyAccess/ap-south-1", "001234567890/ReadOnlyAccess/eu-west-1"];
    assert_eq!(
        names(&two, "added").into_iter().filter(|n| n.contains("ReadOnly")).collect::<Vec<_>>(),
        expected
    );
    let region = world.aws(["configure", "get", "region", "--profile", expected[0]]).run().succeeded();
    assert_eq!(region.stdout.trim(), "ap-south-1");
    let nothing = world.rolecall(["profiles", "sync", "no such words"]).run().failed(4);
    assert!(nothing.stderr.contains("no account and role fits"), "{}", nothing.stderr);
}

#[test]
fn the_template_of_the_settings_is_used() {
    let world = listed("");
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("profile_name = \"{{role}}.{{account_id}}\"\n{text}")).unwrap();
    let written = sync(&world, &[PORTAL, "111122223333", "Admin", "--yes"]);
    assert_eq!(names(&written, "added"), ["AdministratorAccess.111122223333"]);
}

#[test]
fn a_role_that_gets_no_name_of_its_own_is_told_of() {
    let world = listed("");
    let account = ["111122223333", "--template", "{account_id}"];
    let roles = every_grant(Organisation::Small);
    let roles = roles.iter().filter(|grant| grant.starts_with("111122223333/")).count();
    assert!(roles > 1);
    let written = sync(&world, &[&account[..], &["--yes"]].concat());
    assert_eq!(names(&written, "skipped").len(), roles, "{written}");
    let again = [&["profiles", "sync"][..], &account, &["--yes"]].concat();
    let told = world.rolecall(again).run().succeeded().stderr;
    assert_eq!(told.matches("put {role} into the template").count(), roles, "{told}");
    assert!(told.contains("`AdministratorAccess` among them"), "{told}");
}

#[test]
fn what_is_gone_at_aws_goes_here_too_and_nothing_else() {
    let world = listed(THEIRS);
    world.switch(GRANT, "mine");
    sync(&world, &["--yes"]);
    let catalogue = world.session.home().join(".local/state/rolecall/catalogues/corp.json");
    let whole = fs::read_to_string(&catalogue).unwrap();
    let mut less: Value = serde_json::from_str(&whole).unwrap();
    let accounts = less["accounts"].as_array_mut().unwrap();
    accounts.retain(|account| account["id"] != "111122223333" && account["id"] != "001234567890");
    // A list that is not complete takes nothing away.
    let mut partial = less.clone();
    partial["listingSince"] = partial["fetchedAt"].clone();
    fs::write(&catalogue, partial.to_string()).unwrap();
    assert_eq!(names(&sync(&world, &["--yes"]), "removed"), Vec::<String>::new());
    fs::write(&catalogue, less.to_string()).unwrap();
    assert_eq!(names(&sync(&world, &["--no-prune", "--yes"]), "removed"), Vec::<String>::new());
    let before = profiles(&world, "generated").len();
    let some = sync(&world, &["001234567890", "--yes"]);
    let removed = names(&some, "removed");
    assert!(!removed.is_empty() && profiles(&world, "generated").len() == before - removed.len());
    sync(&world, &["--yes"]);
    let left = profiles(&world, "generated");
    assert!(
        left.iter().all(|p| p["accountId"] != "111122223333" && p["accountId"] != "001234567890"),
        "{left:?}"
    );
    assert_eq!(profiles(&world, "switched").len(), 1, "the one that a person switched stays");
    assert!(world.config().starts_with(THEIRS), "{}", world.config());
}

#[test]
fn a_generated_profile_that_is_switched_is_the_persons_from_then_on() {
    let world = listed("");
    sync(&world, &["--yes"]);
    let of_grant = |p: &&Value| p["accountId"] == "111122223333" && p["roleName"] == "AdministratorAccess";
    let name =
        profiles(&world, "generated").iter().find(of_grant).unwrap()["name"].as_str().unwrap().to_owned();
    world.switch(OTHER, &name);
    let switched = profiles(&world, "switched");
    assert_eq!((switched.len(), &switched[0]["name"]), (1, &Value::from(name.clone())));
    // Its grant gets another one; this one is not touched.
    let again = sync(&world, &["--yes"]);
    assert_eq!(names(&again, "skipped"), std::slice::from_ref(&name));
    assert_eq!(names(&again, "added"), [format!("{name}-111122223333")]);
}

#[test]
fn a_generated_profile_that_is_lent_is_left_alone_and_generated_again_afterwards() {
    let world = listed("");
    sync(&world, &["--yes"]);
    let before = world.config();
    let of_grant = |p: &&Value| p["accountId"] == "111122223333" && p["roleName"] == "AdministratorAccess";
    let name =
        profiles(&world, "generated").iter().find(of_grant).unwrap()["name"].as_str().unwrap().to_owned();
    world.rolecall(["switch", OTHER, "--profile", &name, "--for", "1h"]).run().succeeded();
    let lent = world.config();
    for template in [&[][..], &["--template", "{role}-{account}"]] {
        let planned = sync(&world, &[&["--dry-run"][..], template].concat());
        assert_eq!(names(&planned, "skipped"), std::slice::from_ref(&name));
        assert_eq!(names(&planned, "added"), Vec::<String>::new());
    }
    assert_eq!((world.config(), profiles(&world, "switched").len()), (lent, 1));
    world.rolecall(["switch", "--back", "--profile", &name]).run().succeeded();
    assert_eq!((world.config(), profiles(&world, "switched").len()), (before, 0));
}

#[test]
fn thousands_of_generated_profiles_are_in_nobodys_way() {
    let world = World::signed_in_with(World::large());
    world.rolecall(["list"]).run().succeeded();
    let written = sync(&world, &["--yes"]);
    let count = names(&written, "added").len();
    assert_eq!(count, every_grant(Organisation::Large).len());
    world.switch(&every_grant(Organisation::Large)[0], "dev");
    let status = world.rolecall(["status"]).run().succeeded();
    assert_eq!(status.stdout.matches("fetched when needed").count(), 1, "{}", status.stdout);
    assert!(status.stderr.contains(&format!("{count} generated profiles")), "{}", status.stderr);
    let again = world.rolecall(["profiles", "sync"]).run().succeeded();
    assert!(again.stderr.contains(&format!("nothing to do: {count} profiles")), "{}", again.stderr);
}

#[test]
fn profiles_of_ours_are_taken_out_and_no_others() {
    let world = listed(THEIRS);
    sync(&world, &["111122223333", "--yes"]);
    let before = world.config();
    let name = profiles(&world, "generated")[0]["name"].as_str().unwrap().to_owned();
    let refused = world.rolecall(["profiles", "remove", &name, "other"]).run().failed(5);
    assert!(refused.failure().0.contains("other was not written by Rolecall"), "{}", refused.stderr);
    world.rolecall(["profiles", "remove", "nowhere"]).run().failed(4);
    world.rolecall(["profiles", "remove"]).run().failed_as_usage();
    assert_eq!(world.config(), before);
    world.rolecall(["profiles", "remove", &name]).run().succeeded();
    assert!(!world.config().contains(&format!("[profile {name}]")), "{}", world.config());
    world.rolecall(["undo"]).run().succeeded();
    assert_eq!(world.config(), before);
}

#[test]
fn the_last_change_is_taken_back_to_the_byte() {
    let world = listed(THEIRS);
    let nothing = world.rolecall(["undo"]).run().failed(1);
    assert!(nothing.failure().0.contains("nothing to take back"), "{}", nothing.stderr);
    world.switch(GRANT, "dev");
    let switched = world.config();
    sync(&world, &["--yes"]);
    let undone = world.rolecall(["undo"]).run().succeeded();
    assert!(undone.stderr.contains("profiles is taken back"), "{}", undone.stderr);
    assert_eq!(world.config(), switched);
    world.rolecall(["undo"]).run().failed(1);
    world.switch(OTHER, "dev");
    world.rolecall(["undo"]).run().succeeded();
    assert_eq!(world.config(), switched);
    // Where there was no file there is none afterwards.
    fs::remove_file(world.config_path()).unwrap();
    world.switch(GRANT, "dev");
    world.rolecall(["undo"]).run().succeeded();
    assert!(!world.config_path().exists());
}

#[test]
fn a_file_that_was_changed_since_is_not_taken_back() {
    let world = listed(THEIRS);
    world.switch(GRANT, "dev");
    let changed = world.config() + "# since\n";
    world.write_config(&changed);
    let refused = world.rolecall(["undo"]).run().failed(5);
    assert!(refused.failure().0.contains("was changed since the switch of dev"), "{}", refused.stderr);
    assert_eq!(world.config(), changed);
    // Nor where the old bytes are gone.
    world.switch(OTHER, "dev");
    fs::remove_dir_all(world.config_path().with_file_name("rolecall-backups")).unwrap();
    world.rolecall(["undo"]).run().failed(5);
    let record = world.session.home().join(".local/state/rolecall/undo.json");
    assert!(
        !fs::read_to_string(record).unwrap().contains("rolecall_account_id"),
        "no bytes of the file are in it"
    );
}

#[test]
fn names_that_nobody_should_trust_are_harmless_in_profiles() {
    let world = listed("");
    let shown = world.rolecall(["profiles", "sync"]).run().succeeded();
    world.rolecall(["profiles", "sync", "--yes"]).run().succeeded();
    let listed = world.rolecall(["profiles", "list"]).run().succeeded();
    for text in [&shown.stdout, &shown.stderr, &listed.stdout] {
        let harmful = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200b}'..='\u{202e}');
        assert!(!text.contains(harmful), "{text:?}");
    }
    assert!(world.config().is_ascii(), "{}", world.config());
}

#[test]
fn words_that_fit_nothing_are_no_success() {
    let world = listed(THEIRS);
    for more in [&["--yes"][..], &["--dry-run"], &["--json"]] {
        let words = ["profiles", "sync", "zzzzzzzz"].into_iter().chain(more.iter().copied());
        let refused = world.rolecall(words).run().failed(4);
        assert!(refused.failure().0.contains("no account and role fits `zzzzzzzz`"), "{}", refused.stderr);
    }
    assert_eq!(world.config(), THEIRS);
}

#[test]
fn a_chained_role_is_said_to_get_no_generated_profile() {
    let world = listed(THEIRS);
    let arn = "arn:aws:iam::222233334444:role/Deploy";
    world.rolecall(["chain", "add", "ferry", "--role", arn, "--from", GRANT]).run().succeeded();
    let refused = world.rolecall(["profiles", "sync", "ferry"]).run().failed(4);
    assert!(refused.failure().0.contains("ferry is a chained role"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("`rolecall switch --profile NAME ferry` makes one"),
        "{}",
        refused.stderr
    );
    world.rolecall(["switch", "--profile", "mine", "ferry"]).run().succeeded();
    assert!(world.config().contains("[profile mine]"), "{}", world.config());
}

#[test]
fn who_starts_from_a_profile_that_is_renamed_is_named() {
    let world = listed("");
    let of_one = ["profiles", "sync", "001234567890", "ReadOnly"];
    let sync =
        |more: &[&str]| world.rolecall(of_one.into_iter().chain(more.iter().copied())).run().succeeded();
    sync(&["--yes", "--template", "{account_id}/{role}"]);
    let own = "\n[profile mine]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\n\
               source_profile = 001234567890/ReadOnlyAccess # by hand\n";
    world.write_config(world.config() + own);
    let line = "warning: [mine] has `source_profile = 001234567890/ReadOnlyAccess`, which";
    let renamed = ["--template", "x/{account_id}/{role}"];
    let preview = sync(&[&renamed[..], &["--dry-run"]].concat());
    let preview_line = format!("{line} would be called x/001234567890/ReadOnlyAccess: change that line");
    assert!(preview.stderr.contains(&preview_line), "{}", preview.stderr);
    let json = sync(&[&renamed[..], &["--json"]].concat()).json();
    assert_eq!(json["bereft"][0]["profile"], "mine", "{json}");
    let done = sync(&[&renamed[..], &["--yes"]].concat());
    let is = format!("{line} is called x/001234567890/ReadOnlyAccess: change that line");
    assert!(done.stderr.contains(&is), "{}", done.stderr);
    assert!(
        world.config().contains("source_profile = 001234567890/ReadOnlyAccess # by hand"),
        "it is theirs"
    );
    assert!(!sync(&[&renamed[..], &["--yes"]].concat()).stderr.contains("warning"), "nothing was renamed");
}

#[test]
fn what_makes_tools_refuse_the_config_is_told_before_and_after() {
    let world = listed("");
    let warned = |words: &[&str], line: usize| {
        let args = ["profiles", "sync"].into_iter().chain(words.iter().copied());
        let told = world.rolecall(args).run().succeeded().stderr;
        let line =
            format!("warning: AWS tools may refuse the whole config file because of its line {line}: ");
        assert_eq!(told.matches(&line).count(), 1, "{words:?}: {told}");
    };
    let broken = [
        "[profile x]\nregion = x\n[default\n",
        "[default]\nregion = x\noutput\n",
        "[default]\n\n[default]\n",
    ];
    for theirs in broken {
        world.write_config(theirs);
        let one = ["001234567890", "ReadOnly"];
        // The last two find nothing to do.
        for more in [&["--dry-run"][..], &["--json"], &["--yes"], &["--yes"], &["--json", "--yes"]] {
            warned(&[&one[..], more].concat(), 3);
        }
        assert!(world.config().starts_with(theirs), "{}", world.config());
    }
    // Lines are counted in what is there, before and after.
    let gone = "[profile gone]\nrolecall_portal = corp\nrolecall_account_id = 999999999999\n\
                rolecall_role_name = Admin\nrolecall_generated = true\n\n";
    world.write_config(gone.to_owned() + broken[1]);
    warned(&["gone", "--dry-run"], 9);
    warned(&["gone", "--yes"], 3);
    assert_eq!(world.config(), broken[1]);
}
