//! Pages of the console in the quick switcher: bookmarks, and pages that were opened lately.

use std::fs;

use serde_json::{Value, json};

use super::desk::Desk;
use super::web::Web;
use crate::console::{install_browser, started_with};
use crate::program::until;
use crate::world::{GRANT, World};

const PAGE: &str = "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/invoice";

fn world() -> World {
    let world = World::listed();
    install_browser(&world);
    world
}

fn bookmark(world: &World, name: &str, more: &[&str]) {
    let add = ["bookmark", "add", name, GRANT, "--at", PAGE];
    world.rolecall(add.into_iter().chain(more.iter().copied())).run().succeeded();
}

/// The console that the browser was sent to.
fn opened(desk: &Desk) -> String {
    let address = started_with(&desk.world);
    fs::remove_file(desk.world.session.home().join("browser.argv")).unwrap();
    desk.world.open(address.trim()).unwrap().body
}

fn selected(web: &Web) -> String {
    web.text("[role=option][aria-selected=true]")
}

fn bookmarks(desk: &Desk) -> Value {
    desk.world.rolecall(["bookmark", "list", "--json"]).run().succeeded().json()
}

#[test]
fn a_bookmark_is_found_by_its_name_and_opened_by_enter() {
    let world = world();
    bookmark(&world, "invoice code", &[]);
    let desk = Desk::start(world);
    let web = desk.open_switcher();
    desk.look_for("invoice");
    let row = selected(web);
    for told in
        ["Bookmark", "invoice code", "lambda: functions/invoice", "Meadow Production", "AdministratorAccess"]
    {
        assert!(row.contains(told), "{told}: {row}");
    }
    let hints = web.text("#hints");
    assert!(
        hints.contains("Open") && hints.contains("Remove bookmark") && !hints.contains("Exports"),
        "{hints}"
    );
    desk.display.press("Return");
    let console = opened(&desk);
    assert!(console.contains("Meadow Production") && console.contains("/lambda/home"), "{console}");
    assert!(!desk.world.config_path().exists(), "no profile was switched");
    until("it is put away", || !desk.display.shows("^Rolecall$"));

    // Where nothing is typed it has a key, and a role that is typed comes before it.
    desk.open_switcher();
    desk.display.focus("^Rolecall$");
    let first = "return document.querySelector('[aria-posinset=\"1\"]').textContent";
    assert!(web.run(first, Value::Null).as_str().unwrap().contains("Ctrl 1"));
    desk.display.press("ctrl+1");
    assert!(opened(&desk).contains("/lambda/home"));
    desk.open_switcher();
    desk.look_for("meadow prod admin");
    assert!(!selected(web).contains("Bookmark"), "{}", selected(web));
}

#[test]
fn a_page_that_was_pasted_is_kept_under_a_name_and_taken_out_again() {
    let desk = Desk::start(world());
    let web = desk.open_switcher();
    desk.look_for(&format!("{PAGE} meadow prod admin"));
    desk.display.press("ctrl+d");
    let focused = "return document.activeElement.getAttribute('aria-label')";
    until("the name is asked for", || web.run(focused, Value::Null) == "Keep the page as");
    desk.display.press("ctrl+a");
    desk.display.type_text("a/b");
    desk.display.press("Return");
    web.until("it is told why not", |view| {
        view["notice"]["text"].as_str().is_some_and(|text| text.contains("a/b"))
    });
    assert_eq!(web.run(focused, Value::Null), "Keep the page as", "it can be mended");
    desk.display.press("ctrl+a");
    desk.display.type_text("invoices");
    desk.display.press("Return");
    web.until("it is kept", |view| view["bookmarks"] == json!(["invoices"]));
    until("the list has the keys again", || web.run(focused, Value::Null) == "Find an account and role");
    let kept = &bookmarks(&desk)[0];
    assert_eq!((&kept["destination"], &kept["roleName"]), (&json!(PAGE), &json!("AdministratorAccess")));

    desk.look_for("invoices");
    desk.display.press("ctrl+d");
    web.until("it is gone", |view| view["bookmarks"] == json!([]) && view["notice"]["undo"] == true);
    assert_eq!(bookmarks(&desk), json!([]));
    desk.display.press("ctrl+a");
    desk.display.press("BackSpace");
    desk.painted("");
    desk.display.press("ctrl+z");
    web.until("it is back", |view| view["bookmarks"] == json!(["invoices"]));
    assert_eq!(bookmarks(&desk)[0]["destination"], PAGE);
}

#[test]
fn a_page_that_was_opened_is_found_again_and_is_in_the_tray() {
    let desk = Desk::start(world());
    let web = desk.open_switcher();
    desk.look_for("arn:aws:ec2:eu-north-1:111122223333:instance/i-0abc admin");
    desk.display.press("ctrl+Return");
    assert!(opened(&desk).contains("i-0abc"));
    until("the tray has it", || desk.panel.labels().iter().any(|label| label.contains("instance i-0abc")));
    desk.open_switcher();
    desk.look_for("i-0abc");
    let row = selected(web);
    assert!(row.contains("Opened lately") && row.contains("instance i-0abc"), "{row}");
    desk.display.press("Return");
    let console = opened(&desk);
    assert!(console.contains("i-0abc") && console.contains("eu-north-1"), "{console}");
    let label = desk.panel.labels().into_iter().find(|label| label.contains("instance i-0abc")).unwrap();
    desk.panel.click(label.trim());
    assert!(opened(&desk).contains("i-0abc"));
}

#[test]
fn of_several_roles_the_person_chooses_one() {
    let world = world();
    bookmark(&world, "invoice code", &["--any-role"]);
    let desk = Desk::start(world);
    let web = desk.open_switcher();
    desk.look_for("invoice code");
    assert!(selected(web).contains("as one of"), "{}", selected(web));
    desk.display.press("Return");
    until("the roles are offered", || web.text("[role=alertdialog]").contains("Billing"));
    let checked = "return document.querySelector('dialog :checked').closest('label').textContent";
    let first = web.run(checked, Value::Null);
    desk.display.press("Down");
    until("another one is chosen", || web.run(checked, Value::Null) != first);
    let chosen = web.run(checked, Value::Null);
    desk.display.press("ctrl+Return");
    let console = opened(&desk);
    assert!(
        console.contains(chosen.as_str().unwrap()) && console.contains("/lambda/home"),
        "{chosen}: {console}"
    );

    // From then on it is the one that was used last.
    desk.panel.click("⚠ invoice code");
    assert!(opened(&desk).contains(chosen.as_str().unwrap()));
}

#[test]
fn a_link_for_colleagues_is_copied_and_holds_no_secret() {
    let desk = Desk::start(world());
    let web = desk.open_switcher();
    desk.look_for(&format!("{PAGE} meadow prod admin"));
    desk.display.press("ctrl+l");
    web.until("it is said", |view| {
        view["notice"]["text"].as_str().is_some_and(|text| text.contains("by their own sign-in"))
    });
    let copied = desk.world.program("xclip").args(["-selection", "clipboard", "-o"]);
    let copied = copied.env("DISPLAY", &desk.display.name).run().succeeded().stdout;
    let printed = desk.world.rolecall(["link", GRANT, "--at", PAGE]).run().succeeded().stdout;
    assert_eq!(copied.trim(), printed.trim());
    assert_eq!(desk.world.asked("GetRoleCredentials"), 0);
}

#[test]
fn the_button_of_a_bookmarks_row_takes_it_out() {
    let desk = Desk::start(world());
    bookmark(&desk.world, "invoices", &[]);
    let web = desk.open_switcher();
    web.until("it is known", |view| view["bookmarks"] == json!(["invoices"]));
    desk.look_for("invoices");
    assert!(selected(web).contains("invoices"), "{}", selected(web));
    let button = "document.querySelector('#tools button:last-child')";
    assert!(
        web.run(&format!("return {button}.title"), Value::Null)
            .as_str()
            .unwrap()
            .contains("Remove the bookmark")
    );
    web.run(&format!("{button}.click()"), Value::Null);
    web.until("it is gone", |view| view["bookmarks"] == json!([]));
}
