//! Fetching the list of a large organisation: at AWS's pace, resumed when interrupted, never lost.

use std::collections::BTreeMap;

use sim::Organisation;

use crate::program::until;
use crate::world::{World, every_grant};

#[test]
fn a_killed_listing_is_taken_up_where_it_stopped() {
    let world = World::signed_in_with(World::large());
    let accounts = Organisation::Large.accounts().len() as u64;
    let listing = world.rolecall(["list", "--json"]).start();
    // What is learnt is put on disk every few seconds; a third of the accounts takes longer than that.
    until("a part of the list is known", || world.asked("ListAccountRoles") > accounts / 3);
    listing.kill();
    let before = world.asked("ListAccountRoles");
    assert!(before < accounts, "it was killed in the middle");

    let mut grants = world.grants();
    grants.sort_unstable();
    assert_eq!(grants, every_grant(Organisation::Large));
    let in_all = world.asked("ListAccountRoles");
    assert!(in_all < accounts + accounts / 3, "{in_all} requests for {accounts} accounts");

    let stats = world.sim.stats();
    assert_eq!(stats.services["portal"].throttled, 0, "AWS's limit was never met");
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for record in world.requests().into_iter().filter(|r| r.operation == "ListAccountRoles") {
        *times.entry(record.parameters["account_id"].clone().unwrap()).or_default() += 1;
    }
    assert!(times.values().all(|count| *count <= 2), "no account is asked for more than once a run");
}

#[test]
fn a_known_list_costs_no_request() {
    let world = World::listed();
    let before = world.requests().len();
    world.rolecall(["list"]).run().succeeded();
    world.rolecall(["list", "meadow", "--json"]).run().succeeded();
    world.rolecall(["status"]).run().succeeded();
    assert_eq!(world.requests().len(), before);
}

#[test]
fn words_narrow_the_list() {
    let world = World::listed();
    let found = |words: &[&str]| {
        let args = ["list", "--json"].into_iter().chain(words.iter().copied());
        let list = world.rolecall(args).run().succeeded().json();
        let rows = list.as_array().unwrap().clone();
        rows.iter()
            .map(|r| format!("{}/{}", r["accountId"], r["roleName"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&["billing", "production"]), ["111122223333/Billing"]);
    assert_eq!(found(&["billing"]), found(&["biling"]), "a typo is forgiven");
    assert_eq!(found(&["データ", "poweruser"]), ["555566667777/PowerUserAccess"]);
    assert_eq!(found(&["0012345", "backup_op"]), ["001234567890/backup_operator"]);
    assert_eq!(found(&["nothing-like-this-at-all"]), Vec::<String>::new());
}

#[test]
fn pinned_and_used_grants_come_first() {
    let world = World::listed();
    world.switch("555566667777/PowerUserAccess", "a");
    world.rolecall(["pin", "001234567890/backup_operator"]).run().succeeded();
    let grants = world.grants();
    assert_eq!(grants[..2], ["001234567890/backup_operator", "555566667777/PowerUserAccess"]);
    world.rolecall(["pin", "001234567890/backup_operator", "--remove"]).run().succeeded();
    assert_eq!(world.grants()[0], "555566667777/PowerUserAccess");
}

#[test]
fn a_damaged_copy_of_the_list_is_fetched_anew() {
    let world = World::listed();
    let copy = world.session.home().join(".local/state/rolecall/catalogues/corp.json");
    let whole = std::fs::read(&copy).unwrap();
    for damage in [&b""[..], &whole[..whole.len() / 2], b"\xff\xfe{}"] {
        std::fs::write(&copy, damage).unwrap();
        assert_eq!(world.grants().len(), every_grant(Organisation::Small).len());
    }
    assert_eq!(world.asked("ListAccounts"), 4);
}
