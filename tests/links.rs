//! Links to console pages and bookmarks: without secrets, checked, and opened under one's own role.

use std::fs;

use sim::{Decision, Visitor};

use crate::program::Outcome;
use crate::world::{GRANT, OTHER, World};

const PAGE: &str = "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:";

/// What is printed as one line.
fn line(outcome: Outcome) -> String {
    let outcome = outcome.succeeded();
    assert_eq!(outcome.stdout.lines().count(), 1, "{}", outcome.stdout);
    outcome.stdout.trim().to_owned()
}

fn run<const N: usize>(world: &World, args: [&str; N]) -> Outcome {
    world.rolecall(args).run()
}

/// The link of a colleague: the same portal, called otherwise there.
fn link(world: &World, rest: &str) -> String {
    format!("rolecall://open?portal_url={}&{rest}", world.start_url())
}

#[test]
fn a_shortcut_link_names_portal_account_role_and_page_and_no_secret() {
    let world = World::listed();
    let start = world.start_url();
    let (account, role) = GRANT.split_once('/').unwrap();
    let plain = format!("{start}/#/console?account_id={account}&role_name={role}");
    assert_eq!(line(run(&world, ["link", GRANT])), plain);
    let page = "destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fec2%2Fhome%3Fregion%3Deu-west-1%23Instances%3A";
    assert_eq!(line(run(&world, ["link", GRANT, "--at", PAGE])), format!("{plain}&{page}"));
    let any = line(run(&world, ["link", GRANT, "--any-role", "--at", PAGE]));
    assert_eq!(any, format!("{start}/#/console?account_id={account}&{page}"));
    let s3 = line(run(&world, ["link", GRANT, "--service", "s3", "--region", "eu-north-1"]));
    assert!(s3.contains("eu-north-1.console.aws.amazon.com%2Fs3%2F"), "{s3}");
    let app = line(run(&world, ["link", GRANT, "--app", "--at", PAGE]));
    assert!(app.starts_with("rolecall://open?portal_url=https%3A%2F%2F") && app.ends_with(page), "{app}");
    assert_eq!(world.asked("GetRoleCredentials"), 0, "it takes no credentials");
}

#[test]
fn what_is_pasted_is_linked_as_it_is_opened() {
    let world = World::listed();
    let start = world.start_url();
    let queue = "arn:aws:sqs:eu-north-1:111122223333:orders";
    run(&world, ["link", queue]).failed(4);
    // Any role is asked for: it need not be said which.
    let any = line(run(&world, ["link", queue, "--any-role"]));
    assert!(
        any.starts_with(&format!("{start}/#/console?account_id=111122223333&destination=https")),
        "{any}"
    );
    assert!(any.contains("orders"), "{any}");
    let any = line(run(&world, ["link", "111122223333", "--any-role"]));
    assert_eq!(any, format!("{start}/#/console?account_id=111122223333"));
    // Nothing of the account that the address was copied from is left.
    let theirs = "https://001234567890-abcdefgh.eu-west-1.console.aws.amazon.com/ecr/repositories/private/001234567890/app?login_hint=001234567890-abcdefgh";
    let link = line(run(&world, ["link", GRANT, "--at", theirs, "--region", "us-east-2"]));
    assert!(!link.contains("001234567890") && link.contains("private%2F111122223333%2Fapp"), "{link}");
    assert!(link.contains("us-east-2.console"), "{link}");
    run(&world, ["bookmark", "add", "orders", queue, "--any-role"]).succeeded();
    let kept = run(&world, ["bookmark", "list", "--json"]).succeeded().json();
    assert!(kept[0]["destination"].as_str().unwrap().contains("orders"), "{kept}");
    assert_eq!(kept[0]["roleName"], serde_json::Value::Null);
}

#[test]
fn both_forms_of_a_link_are_opened_wherever_they_are_pasted() {
    let world = World::listed();
    let app = line(run(&world, ["link", GRANT, "--app", "--at", PAGE]));
    let shortcut = line(run(&world, ["link", GRANT, "--at", PAGE]));
    for (verb, link) in [("open", &app), ("open", &shortcut), ("console", &app)] {
        let printed = line(run(&world, [verb, link, "--print"]));
        let page = world.open(&printed).unwrap().body;
        assert!(page.contains("Meadow Production") && page.contains("/ec2/home"), "{verb} {link}: {page}");
    }
}

#[test]
fn what_no_link_leads_to_is_refused() {
    let world = World::listed();
    for page in ["https://example.com/", "javascript:alert(1)", "http://console.aws.amazon.com/"] {
        run(&world, ["link", GRANT, "--at", page]).failed_as_usage();
    }
    let china = run(&world, ["link", GRANT, "--at", "https://console.amazonaws.cn/s3/home"]).failed(2);
    assert!(china.failure().0.contains("aws-cn"), "{}", china.stderr);
    run(&world, ["link", GRANT, "--arn", "arn:aws:sqs:eu-west-1:999999999999:x"]).failed(4);
    run(&world, ["link", "no such thing"]).failed(4);
}

#[test]
fn by_way_of_the_portal_the_browser_signs_in_by_itself() {
    let world = World::listed();
    let before = world.asked("GetRoleCredentials");
    let args = ["console", GRANT, "--via", "portal", "--service", "s3", "--region", "eu-north-1", "--print"];
    let url = line(run(&world, args));
    // The part behind the # is the page's own business: its script goes on to this path.
    let path = url.replace("/start/#/console?", "/start/console?");
    assert_ne!(path, url);
    let mut browser = Visitor::new(world.person().clone());
    let page = world.block_on(browser.visit(&path, Decision::Allow)).unwrap();
    for shown in ["Meadow Production", "AdministratorAccess", "eu-north-1", "/s3/home"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    // Signed in to the portal, it takes nothing more, and another role replaces the first one.
    let second = line(run(&world, ["console", OTHER, "--via", "portal", "--print"]));
    let second = second.replace("/start/#/console?", "/start/console?");
    let page = world.block_on(browser.open(&second)).unwrap();
    assert!(page.status == 200 && page.body.contains("ReadOnlyAccess"), "{}", page.body);
    assert_eq!(world.asked("GetRoleCredentials"), before, "no credentials of ours took part");
}

#[test]
fn the_settings_choose_the_way_into_the_console() {
    let world = World::listed();
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let (account, _) = GRANT.split_once('/').unwrap();
    let chain = format!(
        "console_via = \"portal\"\n{settings}\n[[chain]]\nname = \"deploy\"\nrole = \"arn:aws:iam::{account}:role/Deploy\"\nfrom = \"corp/{GRANT}\"\n"
    );
    fs::write(&path, chain).unwrap();
    let by_portal = line(run(&world, ["console", GRANT, "--print"]));
    assert!(by_portal.contains("/start/#/console?account_id="), "{by_portal}");
    let federated = line(run(&world, ["console", GRANT, "--via", "federation", "--print"]));
    assert!(federated.contains("SigninToken="), "{federated}");
    let chained = run(&world, ["console", "deploy", "--via", "portal", "--print"]).failed(2);
    assert!(chained.failure().0.contains("chained role"), "{}", chained.stderr);
    let chained = run(&world, ["link", "deploy"]).failed(2);
    assert!(chained.failure().0.contains("chained role"), "{}", chained.stderr);
}

#[test]
fn a_colleagues_link_opens_under_ones_own_role() {
    let world = World::listed();
    let app = line(run(&world, ["link", GRANT, "--app", "--at", PAGE]));
    let printed = line(run(&world, ["open", &app, "--print"]));
    let page = world.open(&printed).unwrap().body;
    for shown in ["Meadow Production", "AdministratorAccess", "eu-west-1", "/ec2/home"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let (account, role) = GRANT.split_once('/').unwrap();
    // Without a role, several are a question, unless one of them was used before.
    let any = link(&world, &format!("account_id={account}"));
    let several = run(&world, ["open", &any, "--print"]).failed(4);
    assert!(
        several.failure().0.contains(role) && several.failure().1.contains("--role"),
        "{}",
        several.stderr
    );
    run(&world, ["open", &any, "--role", role, "--print"]).succeeded();
    run(&world, ["switch", GRANT]).succeeded();
    let last = run(&world, ["open", &any, "--print"]).succeeded();
    assert!(last.stderr.contains(role), "the choice is told: {}", last.stderr);
}

#[test]
fn what_a_link_can_not_have_is_told_in_words() {
    let world = World::listed();
    let (account, _) = GRANT.split_once('/').unwrap();
    let check = |link: &str, code: i32, why: &str| {
        let outcome = run(&world, ["open", link, "--print"]).failed(code);
        assert!(outcome.failure().0.contains(why), "{link}: {}", outcome.stderr);
    };
    let other =
        format!("rolecall://open?portal_url=https://d-0000000000.awsapps.com/start&account_id={account}");
    check(&other, 4, "not yours");
    check(&link(&world, "account_id=999999999999"), 4, "no role");
    check(&link(&world, &format!("account_id={account}&role_name=Nobody")), 4, "Nobody");
    check(
        &link(&world, &format!("account_id={account}&destination=https://console.amazonaws.cn/x")),
        2,
        "aws-cn",
    );
    for bad in [
        "https://example.com/",
        "javascript:alert(1)",
        "rolecall://switch?account_id=1",
        &link(&world, &format!("account_id={account}&destination=https://evil.example/")),
        &link(
            &world,
            &format!("account_id={account}&destination=https://console.aws.amazon.com@evil.example/"),
        ),
        &link(&world, &format!("account_id={account}&role_name=a%0Ab")),
        &link(&world, &format!("account_id={account}&account_id={account}")),
        &link(&world, &format!("account_id={account}&profile=default")),
    ] {
        check(bad, 2, "");
    }
    assert_eq!(world.asked("GetRoleCredentials"), 0, "nothing was opened");
}

#[test]
fn a_bookmark_is_added_listed_opened_and_removed() {
    let world = World::listed();
    run(&world, ["bookmark", "add", "payments logs", GRANT, "--at", PAGE]).succeeded();
    run(&world, ["bookmark", "add", "Payments Logs", OTHER]).failed(2);
    run(&world, ["bookmark", "add", "a/b", OTHER]).failed_as_usage();
    let list = run(&world, ["bookmark", "list", "--json"]).succeeded().json();
    assert_eq!(list[0]["name"], "payments logs");
    assert_eq!((&list[0]["portal"], &list[0]["destination"]), (&"corp".into(), &PAGE.into()));
    assert_eq!(list.as_array().unwrap().len(), 1);
    let shown = run(&world, ["bookmark", "list"]).succeeded().stdout;
    assert!(shown.contains("payments logs") && shown.contains("AdministratorAccess"), "{shown}");
    for args in
        [vec!["console", "payments logs", "--print"], vec!["bookmark", "open", "PAYMENTS LOGS", "--print"]]
    {
        let printed = line(world.rolecall(args).run());
        let page = world.open(&printed).unwrap().body;
        assert!(page.contains("Meadow Production") && page.contains("/ec2/home"), "{page}");
    }
    let told = run(&world, ["console", "payments logs", "--print"]).succeeded().stderr;
    assert!(told.contains("payments logs is a bookmark"), "it may be somebody else's: {told}");
    run(&world, ["console", "payments logs", "--service", "s3", "--print"]).failed(2);
    let fresh = line(run(&world, ["console", "payments logs", "--fresh", "--print"]));
    assert!(fresh.contains("/oauth?Action=logout&"), "{fresh}");
    run(&world, ["bookmark", "remove", "payments logs"]).succeeded();
    run(&world, ["bookmark", "remove", "payments logs"]).failed(4);
    run(&world, ["bookmark", "open", "payments logs", "--print"]).failed(4);
}

#[test]
fn an_account_or_role_of_a_bookmarks_name_comes_first() {
    let world = World::listed();
    let (_, role) = OTHER.split_once('/').unwrap();
    let (account, _) = GRANT.split_once('/').unwrap();
    let added = run(&world, ["bookmark", "add", account, OTHER]).succeeded();
    assert!(added.stderr.contains("rolecall bookmark open"), "{}", added.stderr);
    let twice = run(&world, ["bookmark", "add", account, GRANT]).failed(2);
    assert!(twice.failure().0.contains("already"), "{}", twice.stderr);
    let grants = run(&world, ["console", account, "--print"]).failed(4);
    assert!(grants.stderr.contains("rolecall bookmark open"), "{}", grants.stderr);
    let printed = line(run(&world, ["bookmark", "open", account, "--print"]));
    assert!(world.open(&printed).unwrap().body.contains(role));
}

#[test]
fn bookmarks_go_to_colleagues_as_a_file() {
    let world = World::listed();
    run(&world, ["bookmark", "add", "mine", GRANT, "--at", PAGE]).succeeded();
    run(&world, ["bookmark", "add", "everybody's", OTHER, "--any-role"]).succeeded();
    let file = world.session.path("team.toml").display().to_string();
    run(&world, ["bookmark", "export", &file]).succeeded();
    run(&world, ["bookmark", "export", &file]).failed(5);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(run(&world, ["bookmark", "export"]).succeeded().stdout, text);
    assert!(!text.contains("corp"), "names of portals are each person's own: {text}");

    let ours = world.session.home().join(".config/rolecall/bookmarks.toml");
    fs::write(&ours, text.replace("everybody's", "else").replace("\"mine\"", "\"mine\" # stays")).unwrap();
    fs::write(&file, text.replace("ec2/home", "s3/home") + "\n[[bookmark]]\nname = \"new\"\nportal_url = \"https://d-1.awsapps.com/start\"\naccount_id = \"111122223333\"\n").unwrap();
    let unasked = run(&world, ["bookmark", "import", &file]).failed(2);
    assert!(
        unasked.stderr.contains("new") && unasked.stderr.contains("https://d-1.awsapps.com"),
        "{}",
        unasked.stderr
    );
    let before = fs::read_to_string(&ours).unwrap();
    let done = run(&world, ["bookmark", "import", &file, "--yes"]).succeeded();
    assert!(
        done.stderr.contains("mine: left out") && done.stderr.contains("everybody's: already here"),
        "{}",
        done.stderr
    );
    let after = fs::read_to_string(&ours).unwrap();
    assert!(after.starts_with(&before) && after[before.len()..].contains("name = \"new\""), "{after}");

    // A name that is an ARN would stand in the way of what the person pastes.
    for (name, hostile, line) in [
        ("x", "destination = \"https://evil.example/\"", 5),
        ("x", "command = \"rm\"", 5),
        ("arn:aws:s3:::payroll", "", 2),
    ] {
        let text = format!(
            "[[bookmark]]\nname = \"{name}\"\nportal_url = \"https://d-1.awsapps.com/start\"\naccount_id = \"111122223333\"\n{hostile}\n"
        );
        fs::write(&file, text).unwrap();
        let refused = run(&world, ["bookmark", "import", &file, "--yes"]).failed(1);
        assert!(refused.failure().0.contains(&format!("line {line}")), "{}", refused.stderr);
    }
    assert_eq!(fs::read_to_string(&ours).unwrap(), after);
}

#[test]
fn a_fresh_start_signs_the_browser_out_first() {
    let world = World::listed();
    let mut browser = Visitor::new(world.person().clone());
    let mut open = |args: &[&str]| {
        let url = line(world.rolecall(args.iter().copied()).run());
        (world.block_on(browser.open(&url)).unwrap(), url)
    };
    let (first, _) = open(&["console", GRANT, "--print"]);
    assert_eq!(first.status, 200);
    let (second, _) = open(&["console", OTHER, "--print"]);
    assert!(second.status == 400 && second.body.contains("must first log out"), "{}", second.body);
    let (fresh, url) = open(&["console", OTHER, "--fresh", "--print"]);
    assert!(fresh.status == 200 && fresh.body.contains("ReadOnlyAccess"), "{}", fresh.body);
    assert!(url.contains("/oauth?Action=logout&redirect_uri="), "{url}");
    let (out, url) = open(&["console", "--sign-out", "--print"]);
    assert!(out.status == 200 && out.body.contains("Signed out"), "{}", out.body);
    let console = url.replace("/oauth?Action=logout", "/console");
    assert_eq!(world.block_on(browser.open(&console)).unwrap().status, 401);
    assert_eq!(
        line(run(&world, ["console", "corp", "--sign-out", "--print"])),
        url,
        "of a portal by its name"
    );
    run(&world, ["console", "--sign-out", "--at", PAGE]).failed_as_usage();
}

#[test]
fn where_a_fresh_start_does_not_work_it_is_said() {
    let options = sim::Options { region: "us-gov-west-1".into(), ..sim::Options::default() };
    let world = World::with(options, crate::session::Keyring::Unlocked);
    let url = world.start_url();
    run(&world, ["portal", "add", "gov", "--start-url", &url, "--region", "us-gov-west-1"]).succeeded();
    let login = world.rolecall(["login", "gov", "--no-open"]).start();
    login.tells("Waiting for your approval");
    world.visit(&crate::world::code_of(&login).0, Decision::Allow);
    login.finish().succeeded();
    let refused = run(&world, ["console", GRANT, "--fresh", "--print"]).failed(2);
    assert!(refused.failure().1.contains("--sign-out"), "{}", refused.stderr);
    run(&world, ["console", "--sign-out", "--print"]).succeeded();
}
