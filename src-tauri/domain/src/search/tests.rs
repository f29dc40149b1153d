mod chain;
mod pages;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::ids::{RoleName, StartUrl};

fn account(id: &str, name: &str, email: &str, roles: &[&str]) -> Account {
    Account {
        id: AccountId::parse(id).unwrap(),
        name: name.into(),
        email: (!email.is_empty()).then(|| email.into()),
        roles: roles.iter().map(|role| RoleName::parse(role).unwrap()).collect(),
        roles_at: None,
    }
}

fn catalogue(portal: &str, accounts: Vec<Account>) -> Catalogue {
    let url = StartUrl::parse("https://d-1.awsapps.com/start").unwrap();
    let mut catalogue = Catalogue::empty(PortalName::parse(portal).unwrap(), url);
    catalogue.put_accounts(accounts);
    catalogue
}

/// An organisation such as one meets them.
fn acme() -> Index {
    Index::new(&[catalogue(
        "acme",
        vec![
            account(
                "111122223333",
                "payments-prod",
                "aws+payments-prod@acme.com",
                &["AdministratorAccess", "ReadOnly"],
            ),
            account(
                "222233334444",
                "payments-dev",
                "aws+payments-dev@acme.com",
                &["AdministratorAccess", "PowerUserAccess"],
            ),
            account("333344445555", "Production", "root@acme.com", &["ReadOnly"]),
            account("444455556666", "projects-old", "old@acme.com", &["ReadOnly"]),
            account("555566667777", "Größe Lager", "lager@acme.de", &["Admin"]),
            account("000000000012", "team/data", "data@acme.com", &["admin", "Admin", "Analyst"]),
            account("666677778888", "Sandbox 1", "", &["Admin"]),
            account("777788889999", "sandbox 1", "", &["Admin"]),
            account("888899990000", "log-archive-2024", "", &["Auditor"]),
        ],
    )])
}

fn now() -> Timestamp {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn shown(index: &Index, id: &GrantId) -> String {
    let grant = index.grant(index.position(id).unwrap()).unwrap();
    assert_eq!(grant.id(), *id);
    format!("{}/{}", grant.account.name, grant.role_name)
}

fn found(index: &Index, query: &str, usage: &Usage) -> Vec<(String, Kind)> {
    let hits = search(index, query, usage, now(), usize::MAX);
    hits.iter().map(|hit| (shown(index, &index.grant(hit.grant).unwrap().id()), hit.kind)).collect()
}

/// All answers, in order, with the kind of the first.
fn check(query: &str, kind: Kind, expected: &[&str]) {
    let found = found(&acme(), query, &Usage::default());
    assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), expected, "{query}");
    assert_eq!(found.first().map(|(_, kind)| *kind), Some(kind), "{query}");
}

#[test]
fn words_find_any_attribute_in_any_order() {
    use Kind::{Exact, Prefix, Substring};
    check("payments prod admin", Prefix, &["payments-prod/AdministratorAccess"]);
    check("admin PROD payments", Prefix, &["payments-prod/AdministratorAccess"]);
    check("production readonly", Exact, &["Production/ReadOnly"]);
    check("aws+payments-prod@acme.com read", Prefix, &["payments-prod/ReadOnly"]);
    check("acme lager", Substring, &["Größe Lager/Admin"]);
    check("duction", Substring, &["Production/ReadOnly"]);
    check("user dev", Prefix, &["payments-dev/PowerUserAccess"]);
    check("aNaLyS", Prefix, &["team/data/Analyst"]);
}

#[test]
fn accents_and_case_do_not_matter() {
    for query in ["grose", "GRÖSE", "gro\u{308}se", "größe", "LAGER"] {
        check(query, Kind::Prefix, &["Größe Lager/Admin"]);
    }
}

#[test]
fn a_slash_separates_account_and_role() {
    use Kind::{Exact, Prefix};
    check("pay/power", Prefix, &["payments-dev/PowerUserAccess"]);
    check("production/readonly", Exact, &["Production/ReadOnly"]);
    check("000000000012/ana", Prefix, &["team/data/Analyst"]);
    check("team/data", Exact, &["team/data/Admin", "team/data/Analyst", "team/data/admin"]);
    check("team/data/ana", Prefix, &["team/data/Analyst"]);
    check("acme/pay/power", Prefix, &["payments-dev/PowerUserAccess"]);
    check("acme:pay/power", Prefix, &["payments-dev/PowerUserAccess"]);
    check("lager/", Prefix, &["Größe Lager/Admin"]);
    check("/auditor", Exact, &["log-archive-2024/Auditor"]);
}

#[test]
fn digits_are_taken_as_they_are() {
    use Kind::{Exact, Prefix, Substring};
    check("333344445555", Exact, &["Production/ReadOnly"]);
    check("3333-4444-5555", Exact, &["Production/ReadOnly"]);
    check("333344445", Prefix, &["Production/ReadOnly"]);
    check("344445555", Substring, &["Production/ReadOnly"]);
    assert_eq!(
        found(&acme(), "3333", &Usage::default())[0].0,
        "Production/ReadOnly",
        "the beginning before the middle"
    );
    check("2024", Prefix, &["log-archive-2024/Auditor"]);
    check("sandbox1", Kind::Typo, &["Sandbox 1/Admin", "sandbox 1/Admin"]);
    for other_number in ["333344445556", "33334444556", "2025", "log2025", "archive-2023", "sandbox2"] {
        let found = found(&acme(), other_number, &Usage::default());
        assert!(found.is_empty(), "{other_number} {found:?}");
    }
}

#[test]
fn better_kinds_come_first() {
    let found = found(&acme(), "prod", &Usage::default());
    let names: Vec<_> = found.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    assert_eq!(
        names,
        [
            ("payments-prod/AdministratorAccess", Kind::Prefix),
            ("payments-prod/ReadOnly", Kind::Prefix),
            ("Production/ReadOnly", Kind::Prefix),
        ],
        "a whole word first, and `projects-old` not at all"
    );
}

#[test]
fn slips_are_forgiven() {
    use Kind::Typo;
    for query in ["prdo", "prood", "porduction", "prodution", "produktion"] {
        let found = found(&acme(), query, &Usage::default());
        assert!(found.iter().any(|(name, _)| name == "Production/ReadOnly"), "{query} {found:?}");
        let wrong = |(name, kind): &(String, Kind)| *kind == Typo && name.starts_with("projects");
        assert!(!found.iter().any(wrong), "{query} {found:?}");
    }
    check("sanbdox", Typo, &["Sandbox 1/Admin", "sandbox 1/Admin"]);
    check("analist", Typo, &["team/data/Analyst"]);
    check("administartor dev", Typo, &["payments-dev/AdministratorAccess"]);
    for query in ["prx", "xxod", "lgaer-x", "admim-foo", "qqqq"] {
        assert!(found(&acme(), query, &Usage::default()).is_empty(), "{query}");
    }
}

#[test]
fn abbreviations_are_found_and_chance_letters_are_not() {
    use Kind::Subsequence;
    check("pua", Subsequence, &["payments-dev/PowerUserAccess"]);
    check("prdctn", Subsequence, &["Production/ReadOnly"]);
    check("pypr adm", Subsequence, &["payments-prod/AdministratorAccess"]);
    check("lgarch", Subsequence, &["log-archive-2024/Auditor"]);
    for query in ["pjd", "oly", "tst", "dmn", "pd"] {
        let found = found(&acme(), query, &Usage::default());
        assert!(found.is_empty(), "{query} {found:?}");
    }
}

#[test]
fn what_is_pasted_narrows_to_its_account() {
    use Kind::Exact;
    let (prod, read) = ("payments-prod/AdministratorAccess", "payments-prod/ReadOnly");
    check("arn:aws:lambda:eu-west-1:111122223333:function:foo", Exact, &[prod, read]);
    check("\"arn:aws-us-gov:iam::111122223333:role/ReadOnly\",", Exact, &[read]);
    check(
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef",
        Exact,
        &[read],
    );
    check("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_0123/me@acme.com", Exact, &[read]);
    check("arn:aws:iam::111122223333:role/lambda-exec", Kind::Typo, &[prod, read]);
    check("https://111122223333.signin.aws.amazon.com/console", Exact, &[prod, read]);
    check("https://111122223333-abc.eu-west-1.console.aws.amazon.com/s3/home read", Kind::Prefix, &[read]);
    check(
        "https://acme.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly",
        Exact,
        &[read],
    );
    check(
        "https://console.aws.amazon.com/go?arn=arn%3Aaws%3Asns%3A%3A111122223333%3Ax",
        Exact,
        &[prod, read],
    );
    for nothing in ["https://example.com/", "arn:", "https://x/?account_id=%zz%"] {
        assert!(found(&acme(), nothing, &Usage::default()).is_empty(), "{nothing}");
    }
}

#[test]
fn a_page_of_no_account_leaves_the_choice_to_the_other_words() {
    for page in ["arn:aws:s3:::bucket/key", "https://eu-west-1.console.aws.amazon.com/ec2/home#Instances:"] {
        let found = found(&acme(), page, &Usage::default());
        assert_eq!(found.len(), acme().len(), "{page}");
        check(&format!("{page} lager"), Kind::Prefix, &["Größe Lager/Admin"]);
        let meant = resolve(&acme(), page, &Usage::default(), now());
        assert!(matches!(meant, Resolution::None { .. }), "nobody is switched to by it: {meant:?}");
    }
}

fn grant(index: &Index, name: &str) -> GrantId {
    (0..index.len()).map(|at| index.grant(at).unwrap().id()).find(|id| shown(index, id) == name).unwrap()
}

#[test]
fn without_a_query_pins_lead_then_habits_then_names() {
    let index = acme();
    let mut usage = Usage::default();
    usage.pin(&grant(&index, "team/data/Analyst"));
    usage.pin(&grant(&index, "Production/ReadOnly"));
    usage.record(&grant(&index, "projects-old/ReadOnly"), now());
    for _ in 0..3 {
        usage.record(&grant(&index, "sandbox 1/Admin"), now() - SignedDuration::from_hours(24));
    }
    let names: Vec<_> = found(&index, " ", &usage).into_iter().map(|(name, _)| name).collect();
    let lead = ["team/data/Analyst", "Production/ReadOnly", "sandbox 1/Admin", "projects-old/ReadOnly"];
    let rest = ["Größe Lager/Admin", "log-archive-2024/Auditor", "payments-dev/AdministratorAccess"];
    assert_eq!(names[..4], lead);
    assert_eq!(names[4..7], rest);
    assert_eq!(names.len(), index.len());
    assert_eq!(search(&index, "", &usage, now(), 2).len(), 2);
}

#[test]
fn pins_and_habits_decide_among_equals_only() {
    let index = acme();
    let mut usage = Usage::default();
    let first = |query: &str, usage: &Usage| found(&index, query, usage)[0].0.clone();
    usage.record(&grant(&index, "Production/ReadOnly"), now());
    usage.record(&grant(&index, "Production/ReadOnly"), now());
    assert_eq!(first("prod", &usage), "Production/ReadOnly", "used comes first");
    usage.pin(&grant(&index, "payments-prod/ReadOnly"));
    assert_eq!(first("prod", &usage), "payments-prod/ReadOnly", "pinned comes first");
    for _ in 0..99 {
        usage.record(&grant(&index, "payments-prod/ReadOnly"), now());
    }
    assert_eq!(first("production", &usage), "Production/ReadOnly", "but not before the exact one");
}

/// `One` as its name; `Several` as names after `?`; suggestions after `-`.
fn meant(index: &Index, text: &str) -> String {
    let names = |ids: &[GrantId]| ids.iter().map(|id| shown(index, id)).collect::<Vec<_>>().join(" ");
    match resolve(index, text, &Usage::default(), now()) {
        Resolution::One(id) => shown(index, &id),
        Resolution::Several(ids) => format!("? {}", names(&ids)),
        Resolution::None { suggestions } => format!("- {}", names(&suggestions)),
    }
}

#[test]
fn a_grant_is_taken_when_it_is_the_only_reading() {
    let index = acme();
    for (text, expected) in [
        ("111122223333/ReadOnly", "payments-prod/ReadOnly"),
        ("payments-prod/readonly", "payments-prod/ReadOnly"),
        ("PAYMENTS-PROD / ReadOnly ", "payments-prod/ReadOnly"),
        ("acme/111122223333/ReadOnly", "payments-prod/ReadOnly"),
        ("acme:Payments-Prod/ReadOnly", "payments-prod/ReadOnly"),
        ("team/data/Admin", "team/data/Admin"),
        ("team/data/admin", "team/data/admin"),
        ("team/data/ADMIN", "? team/data/Admin team/data/admin"),
        ("acme/team/data/Analyst", "team/data/Analyst"),
        ("666677778888/Admin", "Sandbox 1/Admin"),
        ("sandbox 1/Admin", "? Sandbox 1/Admin sandbox 1/Admin"),
        ("Production", "Production/ReadOnly"),
        ("größe lager", "Größe Lager/Admin"),
        ("lager@acme.de", "Größe Lager/Admin"),
        ("auditor", "log-archive-2024/Auditor"),
        ("pay dev power", "payments-dev/PowerUserAccess"),
        ("pay/power", "payments-dev/PowerUserAccess"),
        ("payments-prod", "? payments-prod/AdministratorAccess payments-prod/ReadOnly"),
        ("arn:aws:iam::111122223333:role/ReadOnly", "payments-prod/ReadOnly"),
    ] {
        assert_eq!(meant(&index, text), expected, "{text}");
    }
}

#[test]
fn a_guess_is_a_suggestion_and_never_a_switch() {
    let index = acme();
    for (text, expected) in [
        ("productoin", "- Production/ReadOnly"),
        ("prdctn", "- Production/ReadOnly"),
        ("team/data/Analist", "- team/data/Analyst"),
        ("333344445555/Admin", "- Production/ReadOnly"),
        ("arn:aws:iam::333344445555:role/Admin", "- Production/ReadOnly"),
        ("Production Owner", "- Production/ReadOnly"),
        ("qqqq", "- "),
        ("acme2/333344445555/ReadOnly", "- Production/ReadOnly"),
    ] {
        let meant = meant(&index, text);
        assert!(meant.starts_with(expected), "{text}: {meant}");
    }
    let single = Index::new(&[catalogue("p", vec![account("111122223333", "only", "", &["Admin"])])]);
    for nothing in ["", "  ", "/", "-", "ony", "onyl"] {
        assert_eq!(meant(&single, nothing), "- only/Admin", "{nothing}");
    }
    assert_eq!(
        meant(&single, &format!("{} other", "only ".repeat(16))),
        "- ",
        "nothing is left out of account"
    );
    assert_eq!(meant(&Index::new(&[]), ""), "- ");
}

#[test]
fn one_account_seen_through_two_portals_is_a_question() {
    let seen = || vec![account("111122223333", "prod", "", &["Admin"])];
    let index = Index::new(&[catalogue("one", seen()), catalogue("two", seen())]);
    assert_eq!(meant(&index, "111122223333/Admin"), "? prod/Admin prod/Admin");
    for portal in ["one", "two"] {
        for text in [format!("{portal}/111122223333/Admin"), format!("{portal}:prod/admin")] {
            let Resolution::One(id) = resolve(&index, &text, &Usage::default(), now()) else {
                panic!("{text}")
            };
            assert_eq!(id.portal.as_str(), portal);
        }
    }
}

#[test]
fn an_account_that_calls_itself_by_anothers_id_is_not_taken_for_it() {
    let accounts = vec![
        account("111122223333", "prod", "", &["Admin"]),
        account("999999999999", "111122223333", "", &["Admin"]),
    ];
    let index = Index::new(&[catalogue("p", accounts)]);
    assert_eq!(meant(&index, "111122223333/Admin"), "prod/Admin");
    assert_eq!(meant(&index, "111122223333"), "? 111122223333/Admin prod/Admin");
}

/// Names of the kinds that have broken something before, and then anything.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,8}([-_ /.:][a-zA-Z0-9]{1,6}){0,3}",
        "(prod|dev|test|team|data|eu|[0-9]{1,12})([-/ ](prod|dev|data|1|2)){0,2}",
        "\\PC{1,12}",
        any::<String>().prop_filter("a name has letters", |name| !name.is_empty()),
    ]
}

prop_compose! {
    fn any_account()(id in "[0-9]{12}", name in any_name(), email in any_name(),
                     roles in prop::collection::vec(any_name(), 1..4)) -> Account {
        account(&id, &name, &email, &roles.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

prop_compose! {
    fn any_index()(accounts in prop::collection::vec(any_account(), 1..8)) -> Index {
        Index::new(&[catalogue("corp", accounts)])
    }
}

fn grants_found(index: &Index, query: &str) -> Vec<usize> {
    search(index, query, &Usage::default(), now(), usize::MAX).iter().map(|hit| hit.grant).collect()
}

proptest! {
    #[test]
    fn what_is_spelled_out_is_always_found(index in any_index()) {
        for at in 0..index.len() {
            let grant = index.grant(at).unwrap();
            prop_assert_eq!(index.position(&grant.id()), Some(at));
            for text in [
                format!("{}/{}", grant.account.id, grant.role_name),
                format!("corp/{}/{}", grant.account.id, grant.role_name),
                format!("corp:{}/{}", grant.account.id, grant.role_name),
            ] {
                let meant = resolve(&index, &text, &Usage::default(), now());
                prop_assert_eq!(meant, Resolution::One(grant.id()), "{}", text);
            }
        }
    }

    #[test]
    fn nothing_typed_breaks_it(index in any_index(), query in any::<String>(), limit in 0_usize..9) {
        let hits = search(&index, &query, &Usage::default(), now(), usize::MAX);
        let best = search(&index, &query, &Usage::default(), now(), limit);
        prop_assert_eq!(&best[..], &hits[..limit.min(hits.len())]);
        resolve(&index, &query, &Usage::default(), now());
    }

    #[test]
    fn another_word_never_adds_an_answer(index in any_index(), query in any_name(), word in any_name()) {
        let before = grants_found(&index, &query);
        let after = grants_found(&index, &format!("{query} {word}"));
        prop_assert!(after.iter().all(|at| before.contains(at)));
        let turned = grants_found(&index, &format!("{word} {query}"));
        prop_assert_eq!(turned, after, "the order of words does not matter");
    }

    #[test]
    fn the_order_does_not_depend_on_the_order_of_accounts(mut accounts in prop::collection::vec(any_account(), 1..8), query in any_name()) {
        accounts.sort_by(|a, b| a.id.cmp(&b.id));
        accounts.dedup_by(|a, b| a.id == b.id);
        let mut shuffled = catalogue("corp", accounts.clone());
        shuffled.accounts.reverse();
        let (one, other) = (Index::new(&[catalogue("corp", accounts)]), Index::new(&[shuffled]));
        prop_assert_eq!(grants_found(&one, &query), grants_found(&other, &query));
    }

    #[test]
    fn every_word_is_really_there(index in any_index(), words in prop::collection::vec("[a-z]{1,9}|[0-9]{1,4}", 1..3)) {
        for hit in search(&index, &words.join(" "), &Usage::default(), now(), usize::MAX) {
            let grant = index.grant(hit.grant).unwrap();
            let texts = [grant.account.id.as_str(), &grant.account.name, grant.account.email.as_deref().unwrap_or(""),
                         grant.role_name.as_str(), "corp"];
            let plain: Vec<String> = texts.iter().map(|text| Text::new(text).plain()).collect();
            for word in &words {
                // Two slips change two letters at most; without a slip every letter is there.
                let missing = |text: &String| word.chars().filter(|c| !text.contains(*c)).count();
                let fewest = plain.iter().map(missing).min().unwrap();
                let literal = plain.iter().any(|text| text.contains(word.as_str()));
                prop_assert!(if hit.kind.is_guess() { fewest <= 2 } else { literal }, "{} in {:?}", word, plain);
                prop_assert!(literal || !word.contains(char::is_numeric));
            }
        }
    }
}
