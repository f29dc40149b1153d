use super::*;

const PORTAL: &str = "[portal.corp]\nstart_url = \"https://d-1.awsapps.com/start\"\nregion = \"us-east-1\"\n";
const DEPLOY: &str = "[[chain]] # ours\nname = \"deploy\"\nrole = \"arn:aws:iam::222233334444:role/Deploy\"\n\
    from = \"corp/111122223333/Admin\"\n";

fn full() -> Step {
    let role = RoleArn::parse("arn:aws:iam::333344445555:role/Audit").unwrap();
    Step {
        external_id: Some("a:b/c".into()),
        session_name: Some("alex".into()),
        source_identity: Some("alex.r".into()),
        mfa_serial: Some("arn:aws:iam::111122223333:mfa/me".into()),
        duration_seconds: Some(1800),
        region: Some(Region::parse("eu-central-1").unwrap()),
        tags: vec![("team".into(), "payments".into()), ("Größe".into(), String::new())],
        ..Step::new(ChainName::parse("audit").unwrap(), role, Origin::parse("deploy").unwrap())
    }
}

#[test]
fn chains_are_read_wherever_they_stand() {
    let text = format!("{DEPLOY}\n{PORTAL}");
    let chains = Settings::parse(&text).unwrap().chains;
    assert_eq!(chains.len(), 1);
    assert_eq!(chains[0].label(), "deploy ← Admin");
    assert!(Settings::parse(PORTAL).unwrap().chains.is_empty());
}

#[test]
fn what_is_added_is_read_and_what_was_there_stays() {
    for before in [format!("# mine\n{PORTAL}{DEPLOY}"), format!("{PORTAL}\n{DEPLOY}# last\n")] {
        let after = with_chain(&before, &full()).unwrap();
        let chains = Settings::parse(&after).unwrap().chains;
        assert_eq!(*chains[1].step(), full());
        for line in before.lines() {
            assert!(after.contains(line), "{line}: {after}");
        }
        assert_eq!(without_chain(&after, &full().name).unwrap(), before);
    }
    // In front of the portals, each stays where it is.
    let before = format!("{DEPLOY}\n{PORTAL}");
    let after = with_chain(&before, &full()).unwrap();
    assert_eq!(without_chain(&after, &full().name).unwrap(), before, "{after}");
}

#[test]
fn the_first_chain_comes_and_goes_without_a_trace() {
    let mut step = full();
    step.from = Origin::parse("corp/111122223333/Deploy+Rollback=Now,v2.1@eu-west").unwrap();
    let after = with_chain(PORTAL, &step).unwrap();
    assert!(after.ends_with("tags = { team = \"payments\", \"Größe\" = \"\" }\n"), "{after}");
    assert_eq!(without_chain(&after, &step.name).unwrap(), PORTAL);
    let unended = PORTAL.trim_end();
    assert_eq!(*Settings::parse(&with_chain(unended, &step).unwrap()).unwrap().chains[0].step(), step);
}

#[test]
fn an_edit_that_could_not_be_read_is_none() {
    let text = format!("{PORTAL}{DEPLOY}");
    let mut taken = full();
    taken.name = ChainName::parse("Deploy").unwrap();
    let failure = with_chain(&text, &taken).unwrap_err();
    assert!(failure.summary.contains("there is a chained role `deploy` already"), "{failure}");
    let mut lost = full();
    lost.from = Origin::parse("nobody").unwrap();
    assert_eq!(with_chain(&text, &lost).unwrap_err().code, Code::Usage);
    let both = with_chain(&text, &full()).unwrap();
    let deploy = ChainName::parse("deploy").unwrap();
    let failure = without_chain(&both, &deploy).unwrap_err();
    assert!(failure.hint.contains("remove audit first"), "{failure}: {}", failure.hint);
    let failure = without_chain(&text, &full().name).unwrap_err();
    assert!(failure.code == Code::NoSingleMatch && failure.hint.ends_with("deploy"), "{}", failure.hint);
    let settings = Settings::parse(&both).unwrap();
    let corp = PortalName::parse("corp").unwrap();
    assert!(settings.may_lose_portal(&corp).unwrap_err().summary.ends_with("deploy, audit"));
    assert!(settings.may_lose_portal(&PortalName::parse("other").unwrap()).is_ok());
}

#[test]
fn mistakes_are_named_with_line_and_key() {
    let check = |from: &str, to: &str, expected: &str| {
        let text = format!("{PORTAL}{DEPLOY}").replace(from, to);
        let failure = Settings::parse(&text).unwrap_err();
        assert!(failure.summary.contains(expected), "{expected}: {}", failure.summary);
    };
    let more = |line: &str, expected: &str| {
        check(
            "from = \"corp/111122223333/Admin\"\n",
            &format!("from = \"corp/111122223333/Admin\"\n{line}\n"),
            expected,
        );
    };
    check("\"deploy\"", "\"a b\"", "line 5: `chain.name`: `a b` can't name");
    check("name = \"deploy\"", "", "line 4: `chain`: `name` is missing");
    check(
        "arn:aws:iam::222233334444:role/Deploy",
        "Deploy",
        "line 6: `chain.role`: `Deploy` is not a role's ARN",
    );
    check(
        "arn:aws:",
        "arn:aws-cn:",
        "line 6: `chain.role`: it is in the partition aws-cn, and corp is in aws",
    );
    check(
        "corp/111122223333/Admin",
        "deploy",
        "line 7: `chain.from`: it goes round in a circle: deploy ← deploy",
    );
    check("corp/111122223333/Admin", "other", "line 7: `chain.from`: there is no chained role `other`");
    check(
        "corp/111122223333/Admin",
        "crop/111122223333/Admin",
        "line 7: `chain.from`: there is no portal called crop",
    );
    check(
        "corp/111122223333/Admin",
        "corp/1111/Admin",
        "line 7: `chain.from`: `1111` is not an AWS account id",
    );
    check("corp/111122223333/Admin", "corp/222233334444/~deploy", "goes by its name alone: `deploy`");
    more("duration = \"2h\"", "line 8: `chain.duration`: `2h` is too long: AWS gives a chained role an hour");
    more("external_id = \"x\"", "line 8: `chain.external_id`: `x` should be 2 to 1224");
    more("region = \"cn-north-1\"", "line 8: `chain.region`: it is in the partition aws-cn");
    more("tags = { \"aws:x\" = \"1\" }", "line 8: `chain.tags`: the tag `aws:x` begins with aws:");
    more("tags = { a = \"1\", A = \"2\" }", "line 8: `chain.tags`: the tag `A` is there twice");
    more("tags = 3", "line 8: `chain.tags`: should be a table");
    more("durration = \"1h\"", "line 8: `chain.durration`: there is no such setting");
    let failure = Settings::parse("\nchain = [{ name = \"a\" }]\n").unwrap_err();
    assert!(failure.summary.contains("line 2: `chain`: should be tables: [[chain]]"), "{failure}");
}
