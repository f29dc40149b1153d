//! Pages of the console that were opened: found again, opened again, kept, forgotten.

use std::fs;

use crate::console::{install_browser, started_with};
use crate::program::Outcome;
use crate::world::{GRANT, OTHER, World};

const PAGE: &str = "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/invoice";

fn run<const N: usize>(world: &World, args: [&str; N]) -> Outcome {
    world.rolecall(args).run()
}

/// Opens a page as a person does who sits at a screen.
fn open(world: &World, args: &[&str]) -> Outcome {
    let browser = world.session.home().join("browser.argv");
    let _ = fs::remove_file(&browser);
    let console = ["console"].into_iter().chain(args.iter().copied());
    let opening = world.rolecall(console).env("DISPLAY", ":99").start();
    let address = started_with(world);
    world.open(address.trim()).unwrap();
    opening.finish().succeeded()
}

/// What the address that is printed opens.
fn printed(world: &World, args: &[&str]) -> String {
    let console = ["console", "--print"].into_iter().chain(args.iter().copied());
    let url = world.rolecall(console).run().succeeded().stdout;
    world.open(url.trim()).unwrap().body
}

#[test]
fn the_page_that_was_opened_last_is_opened_again() {
    let world = World::listed();
    install_browser(&world);
    let none = run(&world, ["console", "--last", "--print"]).failed(4);
    assert!(none.failure().1.contains("--service"), "{}", none.stderr);
    open(&world, &[GRANT, "--at", PAGE]);
    open(&world, &[OTHER, "--service", "sqs", "--region", "eu-north-1"]);
    open(&world, &[GRANT]);

    let last = printed(&world, &["--last"]);
    assert!(last.contains("/sqs/") && last.contains("eu-north-1"), "not the home that followed: {last}");
    assert!(last.contains(OTHER.split_once('/').unwrap().1), "as who opened it: {last}");
    let of_account = printed(&world, &[GRANT, "--last"]);
    assert!(of_account.contains("/lambda/home") && of_account.contains("Meadow Production"), "{of_account}");
    let elsewhere = printed(&world, &[GRANT, "--last", "--region", "us-east-1"]);
    assert!(elsewhere.contains("/lambda/home") && elsewhere.contains("us-east-1"), "{elsewhere}");
    run(&world, ["console", GRANT, "--last", "--service", "ec2"]).failed_as_usage();

    let again = open(&world, &["--last"]);
    assert!(again.stderr.contains("sqs") && again.stderr.contains("eu-north-1"), "{}", again.stderr);
}

#[test]
fn the_settings_may_want_the_last_page_of_an_account() {
    let world = World::listed();
    install_browser(&world);
    open(&world, &[GRANT, "--at", PAGE]);
    assert!(printed(&world, &[GRANT]).contains("/console/home"), "the home, where nothing else is said");
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("console_page = \"last\"\n{settings}")).unwrap();
    assert!(printed(&world, &[GRANT]).contains("/lambda/home"));
    assert!(printed(&world, &[OTHER]).contains("/console/home"), "no page was opened there");
    assert!(printed(&world, &[GRANT, "--home"]).contains("/console/home"));
    assert!(printed(&world, &[GRANT, "--service", "s3"]).contains("/s3/"));
    let region = printed(&world, &[GRANT, "--region", "eu-north-1"]);
    assert!(
        region.contains("/console/home") && region.contains("eu-north-1"),
        "a region is wanted: {region}"
    );
}

#[test]
fn opened_pages_are_listed_kept_and_forgotten() {
    let world = World::listed();
    install_browser(&world);
    open(&world, &[GRANT, "--at", PAGE]);
    printed(&world, &[OTHER, "--service", "sqs"]);
    let list = run(&world, ["bookmark", "recent", "--json"]).succeeded().json();
    assert_eq!(list.as_array().unwrap().len(), 1, "what was only printed was not opened: {list}");
    assert_eq!(
        (&list[0]["title"], &list[0]["destination"]),
        (&"lambda: functions/invoice".into(), &PAGE.into())
    );
    let shown = run(&world, ["bookmark", "recent"]).succeeded().stdout;
    assert!(shown.contains("lambda: functions/invoice") && shown.contains(PAGE), "{shown}");

    run(&world, ["bookmark", "add", "invoices", "--last"]).succeeded();
    let kept = run(&world, ["bookmark", "list", "--json"]).succeeded().json();
    let (account, role) = GRANT.split_once('/').unwrap();
    assert_eq!(kept[0]["destination"], PAGE);
    assert_eq!((&kept[0]["accountId"], &kept[0]["roleName"]), (&account.into(), &role.into()));

    run(&world, ["pin", GRANT]).succeeded();
    run(&world, ["bookmark", "recent", "--forget"]).succeeded();
    assert_eq!(run(&world, ["bookmark", "recent", "--json"]).succeeded().json(), serde_json::json!([]));
    run(&world, ["bookmark", "add", "more", "--last"]).failed(4);
    let pinned = run(&world, ["list", "--json"]).succeeded().json();
    assert!(pinned.as_array().unwrap().iter().any(|row| row["pinned"] == true), "pins stay");
}
