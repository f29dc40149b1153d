//! Marks with `confirm = true`: what a person is asked at a terminal, and what scripts get.

use std::fs;

use crate::world::{GRANT, OTHER, World};

/// A world where production is marked so.
fn marked() -> World {
    let world = World::listed();
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text}\n[[mark]]\naccount = \"prod*\"\nconfirm = true\n")).unwrap();
    world
}

#[test]
fn a_switch_to_what_is_marked_asks_at_a_terminal() {
    let world = marked();
    world.switch(OTHER, "dev");
    let before = world.config();
    let switch = ["switch", GRANT, "--profile", "dev"];
    for no in ["n", "", "what"] {
        let refused = world.at_a_terminal("[y/N]", no, &switch).failed(1);
        assert!(refused.stderr.contains("nothing was done"), "{}", refused.stderr);
        assert_eq!(world.config(), before);
    }
    let asked = world.at_a_terminal("[y/N]", "y", &switch).succeeded();
    let question =
        format!("Meadow Production/AdministratorAccess ({GRANT}) is marked `confirm`. Switch to it? ");
    assert!(asked.stderr.contains(&question), "{}", asked.stderr);
    assert_ne!(world.config(), before);
    // Ways back are never in the way, nor is what is not marked.
    let undone = world.at_a_terminal("[y/N]", "n", &["undo"]).succeeded();
    assert!(!undone.stderr.contains("[y/N]"), "{}", undone.stderr);
    let other = world.at_a_terminal("[y/N]", "n", &["switch", OTHER, "--profile", "dev"]).succeeded();
    assert!(!other.stderr.contains("[y/N]"), "{}", other.stderr);
    let yes = ["switch", GRANT, "--profile", "dev", "--yes", "--for", "1h"];
    assert!(!world.at_a_terminal("[y/N]", "n", &yes).succeeded().stderr.contains("[y/N]"));
    world.rolecall(["switch", "--back", "--profile", "dev"]).run().succeeded();
}

#[test]
fn a_script_says_that_it_means_it_where_it_changes_what_others_use() {
    let world = marked();
    let refused = world.rolecall(["switch", GRANT, "--profile", "dev"]).run().failed(2);
    assert!(refused.failure().1.contains("--yes"), "{}", refused.stderr);
    assert!(!world.config_path().exists());
    world.rolecall(["console", GRANT, "--print"]).run().failed(2);
    world.rolecall(["switch", GRANT, "--profile", "dev", "--yes"]).run().succeeded();
    assert!(world.rolecall(["console", GRANT, "--print", "--yes"]).run().succeeded().stdout.contains("http"));
    // What concerns nobody but itself goes on, as AWS tools do.
    world.rolecall(["env", GRANT]).run().succeeded();
    world.rolecall(["exec", GRANT, "--", "true"]).run().succeeded();
    world.rolecall(["use", GRANT, "--shell", "bash"]).run().succeeded();
    world.rolecall(["credentials", "--profile", "dev"]).run().succeeded();
    world.rolecall(["credentials", "--grant", GRANT]).run().succeeded();
}

#[test]
fn credentials_and_shells_of_what_is_marked_are_asked_about_at_a_terminal() {
    let world = marked();
    for args in [
        &["exec", GRANT, "--", "true"][..],
        &["env", GRANT],
        &["use", GRANT, "--shell", "bash"],
        &["console", GRANT, "--print"],
    ] {
        let refused = world.at_a_terminal("[y/N]", "n", args).failed(1);
        assert!(refused.stderr.contains("is marked `confirm`") && refused.stdout.is_empty(), "{refused:?}");
        world.at_a_terminal("[y/N]", "yes", args).succeeded();
    }
    // AWS tools call this one, whatever terminal they are at.
    let asked = world.at_a_terminal("[y/N]", "n", &["credentials", "--grant", GRANT]).succeeded();
    assert!(!asked.stderr.contains("[y/N]"), "{}", asked.stderr);
}
