//! `rolecall console`: the web console as the role, without the address that opens it being seen.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::program::until;
use crate::world::{GRANT, OTHER, World};

/// A browser that only notes what it was started with.
pub(crate) fn install_browser(world: &World) {
    let path = world.session.path("bin/xdg-open");
    let script = "#!/bin/sh\nenv > \"$HOME/browser.environ\"\nfor word; do echo \"$word\"; done > \"$HOME/browser.part\"\n\
                  mv \"$HOME/browser.part\" \"$HOME/browser.argv\"\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

pub(crate) fn started_with(world: &World) -> String {
    let argv = world.session.home().join("browser.argv");
    until("the browser is started", || argv.exists());
    fs::read_to_string(argv).unwrap()
}

#[test]
fn the_printed_address_opens_the_console_as_the_role() {
    let world = World::listed();
    let printed = world.rolecall(["console", GRANT, "--print"]).run().succeeded();
    assert_eq!(printed.stdout.lines().count(), 1);
    let page = world.open(printed.stdout.trim()).unwrap();
    assert_eq!(page.status, 200);
    for shown in ["Meadow Production", "111122223333", "AdministratorAccess"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let asked = world.requests().into_iter().find(|r| r.operation == "getSigninToken").unwrap();
    assert_eq!(asked.method, "POST", "the session is a secret and does not belong into an address");
}

#[test]
fn service_and_region_choose_the_page() {
    let world = World::listed();
    let console = |args: &[&str]| {
        let all = ["console", GRANT, "--print"].into_iter().chain(args.iter().copied());
        world.open(world.rolecall(all).run().succeeded().stdout.trim()).unwrap().body
    };
    let page = console(&["--service", "ec2", "--region", "eu-west-1"]);
    assert!(page.contains("eu-west-1") && page.contains("/ec2/v2/home"), "{page}");
    let page = console(&["--service", "iam"]);
    assert!(page.contains("/iamv2/home"), "{page}");
}

#[test]
fn without_a_grant_the_console_is_that_of_the_default_profile() {
    let world = World::listed();
    world.rolecall(["console", "--print"]).run().failed(4);
    world.rolecall(["switch", GRANT, "--region", "eu-central-1"]).run().succeeded();
    let printed = world.rolecall(["console", "--print"]).run().succeeded();
    let page = world.open(printed.stdout.trim()).unwrap().body;
    assert!(page.contains("111122223333") && page.contains("eu-central-1"), "{page}");
}

#[test]
fn the_browser_is_started_with_a_one_time_address_that_tells_nothing() {
    let world = World::listed();
    install_browser(&world);
    let console = world.rolecall(["console", GRANT]).env("DISPLAY", ":99").start();
    let argv = started_with(&world);
    let address = argv.trim();
    assert!(address.starts_with("http://127.0.0.1:"), "{argv}");
    assert!(!argv.contains("SigninToken") && !argv.contains("federation"), "{argv}");

    // Somebody who guesses gets nothing, and does not use the address up.
    let (origin, _) = address.rsplit_once('/').unwrap();
    let guess = world.open(&format!("{origin}/00000000000000000000000000000000")).unwrap();
    assert_eq!(guess.status, 404);
    let page = world.open(address).unwrap();
    assert!(page.status == 200 && page.body.contains("Meadow Production"), "{}", page.body);
    console.finish().succeeded();
    assert!(world.open(address).is_err(), "the second use leads nowhere");

    let environ = fs::read_to_string(world.session.home().join("browser.environ")).unwrap();
    let kept = world.rolecall(["credentials", "--grant", GRANT]).run().succeeded().json();
    for secret in ["SecretAccessKey", "SessionToken"] {
        assert!(!environ.contains(kept[secret].as_str().unwrap()), "{secret} in the browser's environment");
    }
}

#[test]
fn a_sign_in_opens_the_browser_where_there_is_a_screen() {
    let world = World::new();
    world.add_portal();
    install_browser(&world);
    let login = world.rolecall(["login", "--flow", "device"]).env("DISPLAY", ":99").start();
    let argv = started_with(&world);
    world.visit(argv.trim(), sim::Decision::Allow);
    let done = login.finish().succeeded();
    assert!(done.stderr.contains(argv.trim()), "the address is shown all the same: {}", done.stderr);

    fs::remove_file(world.session.home().join("browser.argv")).unwrap();
    for screenless in [vec![], vec![("DISPLAY", ":99"), ("SSH_CONNECTION", "a b c d")]] {
        let login = world.rolecall(["login"]);
        let login = screenless.iter().fold(login, |login, (name, value)| login.env(name, value)).start();
        until("the code is shown", || login.told().contains("Waiting for your approval"));
        world.visit(&crate::world::code_of(&login).0, sim::Decision::Allow);
        login.finish().succeeded();
    }
    assert!(!world.session.home().join("browser.argv").exists(), "no browser without a screen");
}

#[test]
fn an_arn_leads_to_its_account_region_and_service() {
    let world = World::listed();
    let (account, _) = OTHER.split_once('/').unwrap();
    let arn = format!("arn:aws:sqs:eu-north-1:{account}:orders");
    let several = world.rolecall(["console", "--arn", &arn, "--print"]).run().failed(4);
    assert!(
        several.failure().0.contains(account),
        "the roles of the account are offered: {}",
        several.stderr
    );
    let printed = world.rolecall(["console", OTHER, "--arn", &arn, "--print"]).run().succeeded();
    let page = world.open(printed.stdout.trim()).unwrap().body;
    assert!(page.contains(account) && page.contains("/sqs/") && page.contains("eu-north-1"), "{page}");
    world.rolecall(["console", GRANT, "--arn", &arn, "--print"]).run().failed(4);
    world.rolecall(["console", GRANT, "--arn", "arn:aws", "--print"]).run().failed(2);
}
