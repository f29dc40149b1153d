use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::ids::{PortalName, StartUrl};
use portal::{Portal, Run, account, at, role, run};

mod portal;

fn empty() -> Catalogue {
    Catalogue::empty(PortalName::parse("corp").unwrap(), StartUrl::parse("corp").unwrap())
}

fn begin(catalogue: Catalogue) -> Listing {
    Listing::begin(catalogue, &[], at(0))
}

/// The catalogue as a dying process leaves it on disk and the next one finds it.
fn from_disk(catalogue: &Catalogue) -> Catalogue {
    serde_json::from_str(&serde_json::to_string(catalogue).unwrap()).unwrap()
}

/// A catalogue of which every account was read a day before the listings of these tests.
fn yesterdays(portal: &Portal) -> Catalogue {
    let mut catalogue = empty();
    let accounts = portal.truth().into_iter().map(|(id, (name, roles))| {
        let roles_at = Some(at(-86_400));
        Account { id, name, email: None, roles, roles_at }
    });
    catalogue.put_accounts(accounts.collect());
    catalogue.fetched_at = Some(at(-86_400));
    catalogue
}

type Content = BTreeMap<AccountId, (String, Vec<RoleName>)>;

fn content(catalogue: &Catalogue) -> Content {
    catalogue.accounts.iter().map(|a| (a.id.clone(), (a.name.clone(), a.roles.clone()))).collect()
}

fn complete(run: &Run, portal: &Portal) {
    let catalogue = run.listing.catalogue();
    assert_eq!(run.listing.stopped(), None);
    assert_eq!(content(catalogue), portal.truth());
    let progress = run.listing.progress();
    assert_eq!(progress.accounts_done, progress.accounts);
    assert_eq!(progress.grants, catalogue.grants().count());
    assert!(catalogue.fetched_at.is_some_and(|fetched| fetched >= at(0)));
    assert_eq!(catalogue.listing_since, None);
}

#[test]
fn pages_are_read_to_the_end_and_roles_are_in_order() {
    let portal = Portal {
        accounts: vec![vec![], vec![2, 0], vec![], vec![1, 2], vec![]],
        roles: vec![vec!["c", "a", "b", "a"], vec![], vec!["z"]],
        role_page: 1,
        ..Portal::default()
    };
    let run = run(begin(empty()), &portal, at(0), None);
    complete(&run, &portal);
    assert_eq!(run.listing.catalogue().accounts[0].roles, [role("a"), role("b"), role("c")]);
    assert_eq!(run.asked.len(), 5 + 4 + 1 + 1);
}

#[test]
fn pinned_accounts_are_read_first_and_each_to_its_end() {
    let portal = Portal::of(20, 3);
    let listing = Listing::begin(empty(), &[account(17), account(13)], at(0));
    let run = run(listing, &Portal { role_page: 1, ..portal }, at(0), None);
    let first: Vec<&Request> = run.asked.iter().filter(|r| matches!(r, Request::Roles(..))).take(2).collect();
    assert_eq!(first, [&Request::Roles(account(13), None), &Request::Roles(account(17), None)]);
    let place = |wanted: &Request| run.asked.iter().position(|r| r == wanted).unwrap();
    let last = place(&Request::Roles(account(13), Some("r2".into())));
    assert!(last < place(&Request::Roles(account(19), None)), "not after all others");
}

#[test]
fn five_thousand_accounts_come_in_good_time_and_with_few_refusals() {
    let portal = Portal { bucket: Some(20.0), latency: 150, ..Portal::of(5_000, 3) };
    let run = run(begin(empty()), &portal, at(0), None);
    complete(&run, &portal);
    let refused = run.asked.len() - 5_050;
    assert!(refused * 100 <= run.asked.len() * 5, "{refused} refused");
    let seconds = run.ended.duration_since(at(0)).as_secs();
    assert!(seconds < 5_050 / 20 * 12 / 10, "{seconds} s");
}

#[test]
fn a_busy_portal_is_listed_all_the_same() {
    for rate in [1.0, 4.0, 11.0] {
        let portal = Portal { bucket: Some(rate), ..Portal::of(300, 2) };
        complete(&run(begin(empty()), &portal, at(0), None), &portal);
    }
}

#[test]
fn accounts_that_are_not_the_persons_any_more_do_not_spoil_the_rest() {
    for (trouble, asked) in [(Trouble::Forbidden, 2), (Trouble::NotFound, 1)] {
        let portal = Portal { role_page: 1, ..Portal::of(5, 2) };
        let gone = Portal { gone: vec![(3, trouble.clone())], ..portal.clone() };
        let run = run(begin(yesterdays(&portal)), &gone, at(0), None);
        assert_eq!(run.listing.skipped(), [(account(3), trouble)]);
        complete(&run, &gone);
        let second = Request::Roles(account(3), Some("r1".into()));
        assert_eq!(run.asked.iter().filter(|r| **r == second).count(), asked, "vanished at its second page");
        assert_eq!(run.listing.catalogue().account(&account(3)).unwrap().roles, []);
    }
}

#[test]
fn accounts_that_cannot_be_read_keep_what_was_known_and_are_asked_for_next_time() {
    let portal = Portal::of(40, 2);
    let broken = Portal { broken: vec![0, 1, 2, 3, 20, 39], ..portal.clone() };
    let ended = run(begin(yesterdays(&portal)), &broken, at(0), None);
    let catalogue = ended.listing.catalogue();
    assert_eq!(ended.listing.stopped(), None, "six accounts are not the network");
    assert_eq!(ended.listing.skipped().len(), 6);
    assert_eq!(content(catalogue), portal.truth());
    assert_eq!((catalogue.fetched_at, catalogue.listing_since), (Some(at(0)), Some(at(0))));
    let again = run(Listing::begin(from_disk(catalogue), &[], at(60)), &portal, at(60), None);
    complete(&again, &portal);
    assert_eq!(again.asked.len(), 1 + 6);
}

#[test]
fn without_a_network_it_ends_soon_and_nothing_is_lost() {
    let portal = Portal { latency: 8_000, ..Portal::of(400, 2) };
    let known = yesterdays(&portal);
    let lost = Portal { lost_after: Some((20, Trouble::Unavailable("no route".into()))), ..portal.clone() };
    let run = run(begin(known), &lost, at(0), None);
    assert_eq!(run.listing.stopped(), Some(&Trouble::Unavailable("no route".into())));
    assert_eq!(content(run.listing.catalogue()), portal.truth());
    assert!(run.asked.len() < 20 + 10 * 8, "{}", run.asked.len());
    assert_eq!(run.listing.catalogue().listing_since, Some(at(0)), "the next listing takes it up");
}

#[test]
fn an_interrupted_listing_is_not_taken_up_for_ever() {
    let portal = Portal::of(9, 1);
    let catalogue = run(begin(empty()), &portal, at(0), Some(5)).listing.catalogue().clone();
    for (start, asked) in [(60, 1 + 5), (3_599, 1 + 5), (3_600, 1 + 9), (-60, 1 + 9)] {
        let listing = Listing::begin(from_disk(&catalogue), &[], at(start));
        assert_eq!(run(listing, &portal, at(start), None).asked.len(), asked, "begun at {start}");
    }
}

#[test]
fn pages_that_go_round_in_a_circle_end() {
    let mut listing = begin(empty());
    let mut request = Request::Accounts(None);
    for _ in 0..3 {
        let Next::Ask(asked) = listing.next(at(0)) else { break };
        request = asked;
        let page = Page::Accounts(vec![(account(1), "a".into(), None)], Some("same".into()));
        listing.answered(request.clone(), Ok(page), 0.5, at(0));
    }
    assert_eq!(request, Request::Accounts(Some("same".into())));
    assert_eq!(listing.next(at(0)), Next::Done);
    assert!(matches!(listing.stopped(), Some(Trouble::Unreadable(_))));
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_it() {
    let mut listing = begin(empty());
    assert_eq!(listing.next(at(0)), Next::Ask(Request::Accounts(None)));
    let slower = Trouble::Throttled(Some(std::time::Duration::from_secs(20)));
    listing.answered(Request::Accounts(None), Err(slower), 0.5, at(0));
    assert_eq!(listing.next(at(1)), Next::Wait(at(20)));
    assert_eq!(listing.next(at(-7_200)), Next::Ask(Request::Accounts(None)));
}

#[test]
fn absurd_times_are_no_panic() {
    for now in [Timestamp::MIN, Timestamp::MAX] {
        let known = Catalogue { listing_since: Some(at(0)), ..empty() };
        let mut listing = Listing::begin(known, &[], now);
        let wish = Trouble::Throttled(Some(std::time::Duration::MAX));
        for trouble in [wish, Trouble::Unavailable(String::new())] {
            assert_eq!(listing.next(now), Next::Ask(Request::Accounts(None)));
            listing.answered(Request::Accounts(None), Err(trouble), 1.0, now);
            listing = Listing::begin(empty(), &[], now);
        }
    }
}

fn any_portal() -> impl Strategy<Value = Portal> {
    let roles = prop::collection::vec(prop::sample::subsequence(vec!["a", "b", "c", "d", "e"], 0..=5), 0..25);
    let shape = (roles, 1..4_usize, 1..4_usize, any::<u64>(), 0..3_u64);
    let limit = prop::option::of(2.0..25.0_f64);
    (shape, limit, 20..900_i64).prop_map(|((roles, page, role_page, seed, faults), bucket, latency)| {
        let mut portal = Portal { roles, role_page, bucket, latency, seed, faults, ..Portal::default() };
        portal.accounts = portal.pages(page);
        portal
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_passes_in_the_end_the_catalogue_is_the_portals(portal in any_portal(), known in any_portal()) {
        let run = run(begin(yesterdays(&known)), &portal, at(0), None);
        complete(&run, &portal);
        prop_assert!(run.listing.skipped().is_empty());
        let pages = run.asked.iter().collect::<HashSet<_>>().len();
        prop_assert_eq!(pages, portal.pages_in_all());
        prop_assert_eq!(run.asked.len(), pages + run.faults, "nothing is asked without need");
    }

    #[test]
    fn accounts_that_fail_for_good_fail_alone(
        portal in any_portal(),
        gone in prop::collection::btree_map(0..25_usize, any::<bool>(), 0..9),
        broken in prop::collection::btree_set(0..25_usize, 0..7),
    ) {
        let trouble = |forbidden| if forbidden { Trouble::Forbidden } else { Trouble::NotFound };
        let gone: Vec<_> = gone.into_iter().filter(|(n, _)| !broken.contains(n)).collect();
        let portal = Portal {
            gone: gone.into_iter().map(|(n, forbidden)| (n, trouble(forbidden))).collect(),
            broken: broken.into_iter().collect(),
            faults: 0,
            ..portal
        };
        let run = run(begin(yesterdays(&portal)), &portal, at(0), None);
        prop_assert_eq!(run.listing.stopped(), None);
        prop_assert_eq!(content(run.listing.catalogue()), portal.truth());
        let there = |n: &usize| *n < portal.roles.len();
        let failing = portal.gone.iter().map(|(n, _)| *n).chain(portal.broken.clone()).filter(there).count();
        prop_assert_eq!(run.listing.skipped().len(), failing);
    }

    #[test]
    fn what_was_read_before_an_interruption_is_not_asked_again(
        portal in any_portal(),
        answers in 0..80_usize,
        // What was read at the very moment of the second start is as good as new.
        pause in 1..3_000_i64,
    ) {
        let cut = run(begin(empty()), &portal, at(0), Some(answers));
        let start = after(cut.ended, SignedDuration::from_secs(pause));
        let listing = Listing::begin(from_disk(cut.listing.catalogue()), &[], start);
        let taken_up = run(listing, &portal, start, None);
        complete(&taken_up, &portal);
        // One that came to its end before it was cut is no reason to ask for less.
        let over = cut.listing.catalogue().listing_since.is_none();
        for (account, _) in portal.truth() {
            let again = taken_up.asked.contains(&Request::Roles(account.clone(), None));
            prop_assert_eq!(again, over || !cut.read.contains(&account), "{}", account);
        }
    }

    #[test]
    fn a_listing_that_fails_loses_nothing(
        portal in any_portal(),
        after in 0..60_usize,
        trouble in prop::sample::select(vec![
            Trouble::Unauthorized,
            Trouble::Unavailable(String::new()),
            Trouble::Unreadable(String::new()),
            Trouble::Throttled(None),
        ]),
    ) {
        let portal = Portal { lost_after: Some((after, trouble.clone())), ..portal };
        let ended = run(begin(yesterdays(&portal)), &portal, at(0), None);
        prop_assert_eq!(content(ended.listing.catalogue()), portal.truth());
        if ended.asked.len() > after {
            let skipped = ended.listing.skipped().len();
            prop_assert!(ended.listing.stopped() == Some(&trouble) || skipped > 0);
        } else {
            complete(&ended, &portal);
        }
        prop_assert!(ended.asked.len() <= after + ended.faults.max(1) * 14, "{}", ended.asked.len());
    }
}
