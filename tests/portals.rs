//! Adding, importing and removing portals, and settings that are edited by hand.

use std::fs;

use crate::world::{GRANT, PORTAL, World};

fn portals(world: &World) -> Vec<(String, String, String)> {
    let list = world.rolecall(["portal", "list", "--json"]).run().succeeded().json();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = list.as_array().unwrap().iter();
    rows.map(|row| (text(row, "name"), text(row, "startUrl"), text(row, "region"))).collect()
}

#[test]
fn portals_are_added_once() {
    let world = World::new();
    world.add_portal();
    world.add_portal();
    let known = vec![(PORTAL.to_owned(), world.start_url(), "us-east-1".to_owned())];
    assert_eq!(portals(&world), known);
    let other = "https://d-0000000000.awsapps.com/start";
    let add = ["portal", "add", PORTAL, "--start-url", other, "--region", "us-east-1"];
    let refused = world.rolecall(add).run().failed(1);
    assert!(refused.failure().0.contains("already"), "{}", refused.stderr);
    assert_eq!(portals(&world), known);
}

#[test]
fn the_subdomain_is_enough_of_a_start_url() {
    let world = World::new();
    let add = ["portal", "add", "short", "--start-url", "d-1234567890", "--region", "eu-west-1"];
    world.rolecall(add).run().succeeded();
    assert_eq!(portals(&world)[0].1, "https://d-1234567890.awsapps.com/start");
    for (url, region) in [("not a url", "eu-west-1"), ("d-1234567890", "mars"), ("", "eu-west-1")] {
        let add = ["portal", "add", "bad", "--start-url", url, "--region", region];
        world.rolecall(add).run().failed_as_usage();
    }
    assert_eq!(portals(&world).len(), 1);
}

#[test]
fn portals_of_the_aws_config_are_imported() {
    let world = World::new();
    let config = format!(
        "[sso-session 'work space']\nsso_start_url = {}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n\n\
         [profile legacy]\nsso_start_url = https://d-2222222222.awsapps.com/start # old\nsso_region = eu-west-1\n\
         sso_account_id = 111122223333\nsso_role_name = Admin\n\n\
         [profile same]\nsso_start_url = https://d-2222222222.awsapps.com/start\nsso_region = eu-west-1\n\n\
         [profile broken]\nsso_start_url = nonsense here\nsso_region = mars\n",
        world.start_url()
    );
    world.write_config(&config);
    let imported = world.rolecall(["portal", "import"]).run().succeeded();
    assert!(imported.stderr.contains("left out"), "{}", imported.stderr);
    let urls: Vec<(String, String)> =
        portals(&world).into_iter().map(|(_, url, region)| (url, region)).collect();
    let legacy = ("https://d-2222222222.awsapps.com/start".to_owned(), "eu-west-1".to_owned());
    assert_eq!(urls, [(world.start_url(), "us-east-1".to_owned()), legacy]);
    assert_eq!(portals(&world)[0].0, "work-space", "as near to its name as the characters allow");
    assert_eq!(world.config(), config, "the config is only read");
    world.rolecall(["portal", "import"]).run().succeeded();
    assert_eq!(portals(&world).len(), 2, "nothing twice");
}

#[test]
fn an_imported_portal_can_be_signed_in_to() {
    let world = World::new();
    world.write_config(format!(
        "[sso-session {PORTAL}]\nsso_start_url = {}\nsso_region = us-east-1\n",
        world.start_url()
    ));
    world.rolecall(["portal", "import"]).run().succeeded();
    world.sign_in().succeeded();
    assert!(!world.grants().is_empty());
}

#[test]
fn removing_a_portal_signs_out_and_forgets_it() {
    let world = World::listed();
    world.switch(GRANT, "dev");
    world.rolecall(["credentials", "--profile", "dev"]).run().succeeded();
    let removed = world.rolecall(["portal", "remove", PORTAL]).run().succeeded();
    assert!(removed.stderr.contains("profile dev"), "what still points at it is told: {}", removed.stderr);
    assert_eq!(world.asked("Logout"), 1);
    assert_eq!(portals(&world), []);
    assert_eq!(world.session.kept_secrets(), "", "not even the registration");
    world.rolecall(["credentials", "--profile", "dev"]).run().failed(4);
    world.rolecall(["portal", "remove", PORTAL]).run().failed(4);
}

#[test]
fn several_portals_live_side_by_side() {
    let world = World::listed();
    let url = world.start_url();
    let add = ["portal", "add", "second", "--start-url", &url, "--region", "us-east-1"];
    world.rolecall(add).run().succeeded();
    let unclear = world.rolecall(["login", "--no-open"]).run().failed(4);
    assert!(unclear.failure().1.contains("corp, second"), "{}", unclear.stderr);
    // One that nobody is signed in to does not hide the other.
    let list = world.rolecall(["list", "--json"]).run().succeeded();
    assert!(list.json().as_array().unwrap().iter().all(|row| row["portal"] == PORTAL));
    assert!(list.stderr.contains("second"), "{}", list.stderr);

    let login = world.rolecall(["login", "second", "--no-open"]).start();
    crate::program::until("the code is shown", || login.told().contains("Waiting for your approval"));
    world.visit(&crate::world::code_of(&login).0, sim::Decision::Allow);
    login.finish().succeeded();
    let twice = world.rolecall(["switch", GRANT, "--profile", "dev"]).run().failed(4);
    assert!(twice.failure().0.contains("second"), "the portals tell them apart: {}", twice.stderr);
    let exact = format!("second/{GRANT}");
    world.rolecall(["switch", &exact, "--profile", "dev"]).run().succeeded();
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    assert_eq!(status["profiles"][0]["portal"], "second");

    // Signing out of one leaves the other.
    world.rolecall(["logout", PORTAL]).run().succeeded();
    let status = world.rolecall(["status", "--json"]).run().succeeded().json();
    assert_eq!(
        (&status["portals"][0]["state"], &status["portals"][1]["state"]),
        (&"signedOut".into(), &"signedIn".into())
    );
    world.rolecall(["logout", "--all"]).run().succeeded();
    assert!(!world.session.kept_secrets().contains("accessToken"));
}

#[test]
fn without_a_portal_every_verb_says_how_to_add_one() {
    let world = World::new();
    for args in [&["list"][..], &["login"], &["switch", "x"], &["credentials", "--grant", "x"], &["logout"]] {
        let refused = world.rolecall(args.iter().copied()).run().failed(4);
        assert!(refused.failure().1.contains("rolecall portal add"), "{}", refused.stderr);
    }
    world.rolecall(["status"]).run().succeeded();
    let unknown = world.rolecall(["login", "nowhere"]).run().failed(4);
    assert!(unknown.failure().0.contains("nowhere"), "{}", unknown.stderr);
}

#[test]
fn a_mistake_in_the_settings_is_named_with_line_and_key() {
    let world = World::new();
    for (text, line, key) in [
        ("# mine\ndefault_regoin = \"eu-west-1\"\n", "line 2", "default_regoin"),
        ("\n\n[portal.corp]\nstart_url = 3\nregion = \"us-east-1\"\n", "line 4", "start_url"),
        ("keyring = \"plain\"\n", "line 1", "keyring"),
        ("a = [\n", "line", "settings.toml"),
    ] {
        world.write_settings(text);
        let refused = world.rolecall(["list"]).run().failed(1);
        let said = refused.failure().0;
        assert!(said.contains("settings.toml") && said.contains(line) && said.contains(key), "{said}");
        world.rolecall(["portal", "add", "x", "--start-url", "d-1", "--region", "us-east-1"]).run().failed(1);
        let path = world.session.home().join(".config/rolecall/settings.toml");
        assert_eq!(fs::read_to_string(path).unwrap(), text, "a file with a mistake is not edited");
    }
}

#[test]
fn comments_in_the_settings_stay() {
    let world = World::new();
    let mine = "# mine\ndefault_region = \"eu-west-1\" # near\n";
    world.write_settings(mine);
    world.add_portal();
    let path = world.session.home().join(".config/rolecall/settings.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(mine) && text.contains("[portal.corp]"), "{text}");
    world.rolecall(["portal", "remove", PORTAL]).run().succeeded();
    assert!(fs::read_to_string(&path).unwrap().starts_with(mine));
}

#[test]
fn the_programs_folders_can_be_moved() {
    let world = World::new();
    let (config, state) = (world.session.path("c"), world.session.path("s"));
    let url = world.start_url();
    let add = ["portal", "add", PORTAL, "--start-url", &url, "--region", "us-east-1"];
    let moved = |program: crate::program::Program| {
        program.env("ROLECALL_CONFIG_DIR", &config).env("ROLECALL_STATE_DIR", &state)
    };
    moved(world.rolecall(add)).run().succeeded();
    assert!(config.join("settings.toml").exists() && state.exists());
    assert!(!world.session.home().join(".config").exists());
    assert!(!world.session.home().join(".local/state/rolecall").exists());
    assert_eq!(portals(&world), []);
}
