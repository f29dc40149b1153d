use proptest::prelude::*;

use super::*;

fn name(text: &str) -> ChainName {
    ChainName::parse(text).unwrap()
}

fn step(called: &str, from: &str) -> Step {
    let role = RoleArn::parse(&format!("arn:aws:iam::222233334444:role/ops/{called}Role")).unwrap();
    Step::new(name(called), role, Origin::parse(from).unwrap())
}

const ADMIN: &str = "corp/111122223333/Admin";

#[test]
fn a_chain_is_a_grant_of_its_roots_portal_and_its_roles_account() {
    let chains = resolve(vec![step("c", "b"), step("a", ADMIN), step("b", "a")]).unwrap();
    let [c, a, b] = chains.as_slice() else { panic!("three: {chains:?}") };
    let shown = |grant: &GrantId| format!("{}/{grant}", grant.portal);
    assert_eq!(shown(c.grant()), "corp/222233334444/~c");
    assert_eq!((shown(c.parent()), shown(a.parent())), ("corp/222233334444/~b".into(), ADMIN.into()));
    assert!([a, b, c].iter().all(|chain| shown(chain.root()) == ADMIN));
    let order: Vec<&str> = c.steps().map(|step| step.name.as_str()).collect();
    assert_eq!(order, ["a", "b", "c"]);
    assert_eq!((a.label(), c.label()), ("a ← Admin".to_owned(), "c ← b".to_owned()));
    assert_eq!(a.names(), ["a", "aRole"]);
    assert_eq!(find(&chains, c.grant()), Some(c));
    let elsewhere = GrantId { account_id: AccountId::parse("333344445555").unwrap(), ..c.grant().clone() };
    assert_eq!(find(&chains, &elsewhere), None);
    assert_eq!(name_in(&c.grant().role_name), Some(name("c")));
    assert_eq!(Origin::of(c.grant()), Origin::Chain(name("c")));
}

#[test]
fn circles_strangers_and_namesakes_are_named() {
    let wrong = |steps: Vec<Step>| {
        let Wrong { at, key, why } = resolve(steps).unwrap_err();
        (at, key, why)
    };
    let (at, key, why) = wrong(vec![step("x", "b"), step("a", "b"), step("b", "a")]);
    assert_eq!((at, key), (0, "from"));
    assert!(why.contains("in a circle: x ← b ← a ← b"), "{why}");
    let (_, _, why) = wrong(vec![step("a", "a")]);
    assert!(why.ends_with("a ← a"), "{why}");
    let (at, _, why) = wrong(vec![step("a", ADMIN), step("b", "nobody")]);
    assert!(at == 1 && why.contains("no chained role `nobody`"), "{why}");
    assert_eq!(wrong(vec![step("a", ADMIN), step("A", ADMIN)]).1, "name");
}

#[test]
fn what_credentials_were_made_by_is_told_apart() {
    let made = |change: fn(&mut Step), below: fn(&mut Step)| {
        let (mut a, mut b) = (step("a", ADMIN), step("b", "a"));
        change(&mut a);
        below(&mut b);
        resolve(vec![a, b]).unwrap()[1].definition()
    };
    let plain = made(|_| (), |_| ());
    assert_eq!(plain, made(|_| (), |_| ()));
    assert_ne!(plain, made(|_| (), |b| b.external_id = Some("x1".into())));
    assert_ne!(plain, made(|a| a.from = Origin::parse("corp/111122223333/Other").unwrap(), |_| ()));
    assert_ne!(plain, made(|a| a.tags = vec![("team".into(), "x".into())], |_| ()));
}

#[test]
fn arns_of_roles_are_read_and_everything_else_is_refused() {
    let arn = RoleArn::parse("arn:aws-us-gov:iam::222233334444:role/a/b/Deploy+1").unwrap();
    assert_eq!((arn.role_name(), arn.account_id().as_str()), ("Deploy+1", "222233334444"));
    assert_eq!(arn.partition(), Partition::AwsUsGov);
    for bad in [
        "",
        "Deploy",
        "arn:aws:iam::222233334444:user/me",
        "arn:aws:iam::222233334444:role/",
        "arn:aws:iam:us-east-1:222233334444:role/x",
        "arn:aws:iam::2222:role/x",
        "arn:mars:iam::222233334444:role/x",
        "arn:aws:sts::222233334444:assumed-role/x/y",
        "arn:aws:iam::222233334444:role/x y",
        "arn:aws:iam::222233334444:role/x\n",
    ] {
        assert!(RoleArn::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn limits_are_those_of_aws() {
    for (text, seconds) in [("1h", 3600), ("60m", 3600), ("15m", 900), ("900s", 900), ("30 min", 1800)] {
        assert_eq!(duration_seconds(text), Ok(seconds), "{text}");
    }
    for (text, why) in
        [("61m", "an hour at most"), ("14m", "15 minutes"), ("soon", "not a duration"), ("-1h", "15 minutes")]
    {
        assert!(duration_seconds(text).unwrap_err().0.contains(why), "{text}");
    }
    assert!(external_id("a:b/c").is_ok() && external_id("x").is_err() && external_id("a b").is_err());
    assert!(session_name("alex@corp.example").is_ok() && session_name("a/b").is_err());
    assert!(mfa_serial("arn:aws:iam::111122223333:mfa/me").is_ok() && mfa_serial("GAHT12345678").is_ok());
    let arn =
        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alex@corp.example";
    assert_eq!(session_in(arn).as_deref(), Some("alex@corp.example"));
    assert_eq!(session_in("arn:aws:iam::111122223333:user/alex"), None);
    assert!(tag_key("aws:x").is_err() && tag_key("").is_err() && tag_key("Größe").is_ok());
    assert!(tag_value("").is_ok() && tag_value("a\nb").is_err());
    assert_eq!(code("123 456").unwrap().reveal(), "123456");
    for bad in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        assert!(!code(bad).unwrap_err().0.contains('5'), "{bad}");
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    let mut step = step("deploy", ADMIN);
    let hint = |step: &Step| {
        let chain = resolve(vec![step.clone()]).unwrap().remove(0);
        Refusal::Denied("no".into()).failure(&chain).hint
    };
    assert!(hint(&step).contains("set `external_id`") && hint(&step).contains("demand no MFA"));
    step.external_id = Some("x1".into());
    step.tags = vec![("team".into(), "x".into())];
    assert!(
        hint(&step).contains("must be the one") && hint(&step).contains("sts:TagSession"),
        "{}",
        hint(&step)
    );
    let chain = resolve(vec![step]).unwrap().remove(0);
    assert_eq!(code_wanted(&chain).code.exit_code(), 3);
    assert!(code_wanted(&chain).hint.contains("rolecall assume deploy"));
}

proptest! {
    /// Whatever the settings say, each chain ends at a grant, or a circle or stranger is told; and no chain is its
    /// own ancestor, which is what makes it safe to hold one lock while another is waited for.
    #[test]
    fn every_chain_ends_at_a_grant(parents in proptest::collection::vec(0_usize..8, 1..8)) {
        let steps: Vec<Step> = parents
            .iter()
            .enumerate()
            .map(|(at, parent)| {
                let from = if *parent == at { ADMIN.to_owned() } else { format!("c{parent}") };
                step(&format!("c{at}"), &from)
            })
            .collect();
        match resolve(steps.clone()) {
            Ok(chains) => for chain in &chains {
                let names: Vec<&str> = chain.steps().map(|step| step.name.as_str()).collect();
                let mut unique = names.clone();
                unique.sort_unstable();
                unique.dedup();
                prop_assert_eq!(unique.len(), names.len());
                prop_assert_eq!(chain.root().role_name.as_str(), "Admin");
                let parent = find(&chains, chain.parent());
                prop_assert_eq!(parent.map_or(0, |parent| parent.steps().count()) + 1, names.len());
            },
            Err(wrong) => prop_assert!(wrong.at < steps.len() && wrong.key == "from"),
        }
    }

    #[test]
    fn no_text_makes_a_hostile_chain(text in any::<String>()) {
        let _ = Origin::parse(&text);
        if let Ok(name) = ChainName::parse(&text) {
            let role = RoleName::of_chain(&name);
            prop_assert!(role.as_str().bytes().all(|b| b.is_ascii_graphic() && !b"#;\"'\\[]/".contains(&b)));
            prop_assert_eq!(name_in(&role), Some(name));
        }
        if let Ok(arn) = RoleArn::parse(&text) {
            prop_assert!(arn.as_str() == text && !arn.role_name().is_empty());
        }
    }
}
