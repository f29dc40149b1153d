//! Pages among the grants.

use super::super::pages::{Named, Pages, Row, rows, unasked};
use super::*;

fn grant(account: &str, role: &str) -> GrantId {
    GrantId {
        portal: PortalName::parse("acme").unwrap(),
        account_id: AccountId::parse(account).unwrap(),
        role_name: RoleName::parse(role).unwrap(),
    }
}

/// Two bookmarks and a page that was opened.
fn pages(index: &Index) -> Pages {
    let prod = grant("111122223333", "ReadOnly");
    let dev = grant("222233334444", "PowerUserAccess");
    let named = [
        Named { name: "prod logs", title: "cloudwatch: logsV2", grant: &prod },
        Named { name: "Payments", title: "the page of dynamodb", grant: &dev },
        Named { name: "", title: "lambda: functions/invoice", grant: &prod },
    ];
    Pages::new(index, named)
}

fn found(query: &str) -> Vec<Row> {
    let index = acme();
    let hits = search(&index, query, &Usage::default(), now(), usize::MAX);
    rows(&hits, &pages(&index), query)
}

/// At which places pages are, and which.
fn places(query: &str) -> Vec<(usize, usize)> {
    let page = |(at, row): (usize, Row)| match row {
        Row::Page(page) => Some((at, page)),
        Row::Grant(_) => None,
    };
    found(query).into_iter().enumerate().filter_map(page).collect()
}

#[test]
fn a_page_is_found_by_its_name_its_title_and_its_grant() {
    assert_eq!(places("logs prod"), [(0, 0)]);
    assert_eq!(places("cloudwatch"), [(0, 0)]);
    assert_eq!(places("invoice readonly"), [(0, 2)]);
    assert_eq!(places("invoice 1111"), [(0, 2)]);
    assert_eq!(places("invoice PowerUser"), [], "opened as another role");
}

#[test]
fn whoever_types_an_account_or_a_role_finds_the_roles_first() {
    assert_eq!(places("payments p"), [(3, 1), (4, 0)], "{:?}", found("payments p"));
    assert_eq!(places("readonly"), [], "no word is the page's own");
    assert_eq!(places("prod"), [(3, 0)], "{:?}", found("prod"));
    assert_eq!(places("prod/logs"), [], "a slash means a role");
    assert_eq!(places("arn:aws:s3:::logs"), []);
}

#[test]
fn a_name_that_was_typed_whole_fits_exactly() {
    assert_eq!(places("Prod Logs"), [(0, 0)]);
    assert_eq!(places("payments"), [(0, 1)], "before roles that only begin so");
    let index = acme();
    let grant = grant("333344445555", "ReadOnly");
    let pages = Pages::new(&index, [Named { name: "production", title: "", grant: &grant }]);
    let hits = search(&index, "production", &Usage::default(), now(), usize::MAX);
    let all = rows(&hits, &pages, "production");
    assert!(matches!(all[..2], [Row::Grant(_), Row::Page(0)]), "behind what is called the same: {all:?}");
}

#[test]
fn where_nothing_was_typed_pages_follow_the_pinned_grants() {
    let index = acme();
    let mut usage = Usage::default();
    usage.pin(&grant("333344445555", "ReadOnly"));
    let hits = search(&index, "", &usage, now(), usize::MAX);
    let rows = unasked(&hits, 1, 2);
    assert_eq!(rows.len(), index.len() + 2);
    assert_eq!(rows[1..3], [Row::Page(0), Row::Page(1)]);
    assert!(matches!(rows[0], Row::Grant(at) if index.grant(at).unwrap().account.name == "Production"));
}

proptest! {
    #[test]
    fn no_grant_is_lost_or_moved(query in "[a-z ]{0,12}") {
        let index = acme();
        let hits = search(&index, &query, &Usage::default(), now(), usize::MAX);
        let rows = rows(&hits, &pages(&index), &query);
        let grants: Vec<usize> = rows.iter().filter_map(|row| match row {
            Row::Grant(at) => Some(*at),
            Row::Page(_) => None,
        }).collect();
        prop_assert_eq!(grants, hits.iter().map(|hit| hit.grant).collect::<Vec<_>>());
    }
}
