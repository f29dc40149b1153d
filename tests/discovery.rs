//! From an address that a person has to the portal that it leads to.

use std::process::Command;

use sim::Options;

use crate::program::until;
use crate::proxy::Proxy;
use crate::world::World;

fn add(world: &World, url: &str, region: Option<&str>) -> crate::program::Program {
    let region = region.map(|region| vec!["--region", region]).unwrap_or_default();
    world.rolecall(["portal", "add", "corp", "--start-url", url].into_iter().chain(region))
}

/// The portals as `portal list --json` has them: address and region.
fn portals(world: &World) -> Vec<(String, String)> {
    let list = world.rolecall(["portal", "list", "--json"]).run().succeeded().json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(|row| (text(&row["startUrl"]), text(&row["region"]))).collect()
}

#[test]
fn every_form_of_a_start_url_signs_in() {
    for form in ["/", "#", "/#/", "/#/?tab=accounts"] {
        let world = World::new();
        let url = world.start_url().replace("https://d-", "https://D-") + form;
        add(&world, &url, Some("us-east-1")).run().succeeded();
        assert_eq!(portals(&world)[0].0, url, "kept as it was written");
        world.sign_in().succeeded();
    }
}

#[test]
fn the_region_is_where_the_host_names_it() {
    let world = World::new();
    add(&world, "https://ssoins-72230a1b2c3d4e5f.portal.eu-central-2.app.aws", None).run().succeeded();
    assert_eq!(portals(&world)[0].1, "eu-central-2");
}

#[test]
fn the_region_is_found_on_the_start_page() {
    let world = World::with(
        Options { region: "eu-west-3".into(), ..Options::default() },
        crate::session::Keyring::Unlocked,
    );
    let proxy = Proxy::start(&world, &[]);
    let added = proxy.through(add(&world, &world.start_url(), None)).run().succeeded();
    assert!(added.stderr.contains("eu-west-3"), "{}", added.stderr);
    assert_eq!(portals(&world), [(world.start_url(), "eu-west-3".to_owned())]);
}

#[test]
fn a_region_that_cannot_be_found_is_asked_for() {
    let world = World::new();
    // Nobody answers there.
    let asked =
        add(&world, "https://nobody.awsapps.com/start", None).env("HTTPS_PROXY", "http://127.0.0.1:9");
    let asked = asked.run().failed(2);
    assert!(asked.failure().1.contains("--region"), "{}", asked.stderr);
    assert!(portals(&world).is_empty());
}

#[test]
fn a_companys_own_domain_is_followed_once_and_only_to_aws() {
    let vanity = Options { vanity: true, ..Options::default() };
    let world = World::with(vanity, crate::session::Keyring::Unlocked);
    let proxy = Proxy::start(&world, &["sso.company.example"]);
    let add = || proxy.through(add(&world, "https://sso.company.example/", Some("us-east-1")));
    world.set_faults(|faults| faults.vanity_elsewhere = true);
    let refused = add().run().failed(1);
    assert!(refused.failure().0.contains("does not lead to an access portal"), "{}", refused.stderr);
    assert!(!proxy.asked().iter().any(|host| host.contains("evil")), "{:?}", proxy.asked());

    for no_head in [false, true] {
        world.set_faults(|faults| faults.vanity_no_head = no_head);
        add().run().succeeded();
        assert_eq!(portals(&world)[0].0, world.start_url());
        world.rolecall(["portal", "remove", "corp"]).run().succeeded();
    }
    add().run().succeeded();
    world.sign_in().succeeded();
}

#[test]
fn a_wrong_region_is_told_with_the_right_one_and_can_be_corrected() {
    let world = World::with(
        Options { region: "eu-west-3".into(), ..Options::default() },
        crate::session::Keyring::Unlocked,
    );
    let proxy = Proxy::start(&world, &[]);
    add(&world, "https://d-0000000000.awsapps.com/start", Some("us-east-1")).run().succeeded();
    // What the portal of another region answers to a start URL that it does not know.
    let login = proxy.through(world.rolecall(["login", "--flow", "device", "--no-open"]));
    let wrong = login.run().failed(1);
    let (what, hint) = wrong.failure();
    assert!(what.contains("is in eu-west-3, not in us-east-1"), "{what}");
    assert!(hint.contains("--region eu-west-3"), "{hint}");
    add(&world, "https://d-0000000000.awsapps.com/start", Some("eu-west-3")).run().succeeded();
    assert_eq!(portals(&world)[0].1, "eu-west-3", "corrected in place");
}

#[test]
fn a_start_url_over_plain_http_is_refused_but_for_this_computer() {
    let world = World::new();
    add(&world, "http://portal.example/start", Some("us-east-1")).run().failed_as_usage();
    add(&world, world.sim.url(), Some("us-east-1")).run().succeeded();
}

#[test]
fn the_proxy_of_these_tests_is_a_real_one() {
    let version =
        Command::new("/usr/bin/mitmdump").arg("--version").output().expect("mitmproxy is installed");
    until("it says what it is", || String::from_utf8_lossy(&version.stdout).contains("Mitmproxy"));
}
