use proptest::prelude::*;

use super::*;
use crate::catalogue::{Account, Catalogue};
use crate::ids::{AccountId, ChainName, GrantId, PortalName, RoleName, StartUrl};
use crate::settings::Settings;

fn grant() -> GrantId {
    GrantId {
        portal: PortalName::parse("corp").unwrap(),
        account_id: AccountId::parse("001234567890").unwrap(),
        role_name: RoleName::parse("Read+Only@x").unwrap(),
    }
}

fn has(known: Known, profiles: &[(&str, &str)]) -> Browser {
    let profile = |(name, dir): &(&str, &str)| Profile { name: (*name).into(), dir: (*dir).into() };
    Browser {
        known: Some(known),
        program: format!("/bin/{}", known.as_str()).into(),
        is_elsewhere: false,
        data_dir: Some("/data".into()),
        profiles: profiles.iter().map(profile).collect(),
        trouble: None,
    }
}

fn chosen(settings: &str) -> Choice {
    Settings::parse(&format!("[browser]\n{settings}")).unwrap().browser
}

fn words(choice: &Choice, account_name: &str, found: &[Browser]) -> Result<Vec<String>, Failure> {
    let of = Of { grant: &grant(), account_name, catalogues: &[] };
    let launch = launch(choice, &of, None, found)?.unwrap();
    let words = launch.words("http://127.0.0.1:1/x");
    Ok(words.into_iter().map(|word| word.into_string().unwrap()).collect())
}

fn colour_of(colour: Option<Colour>) -> String {
    let of = Of { grant: &grant(), account_name: "a", catalogues: &[] };
    let found = [has(Known::Firefox, &[])];
    let launch = launch(&chosen("open = \"firefox-container\""), &of, colour, &found).unwrap().unwrap();
    let address = launch.words("u").pop().unwrap().into_string().unwrap();
    address.split("&color=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[test]
fn without_a_choice_the_desktop_opens_the_page() {
    let of = Of { grant: &grant(), account_name: "a", catalogues: &[] };
    assert_eq!(launch(&Choice::default(), &of, None, &[]), Ok(None));
    // Nothing is to be opened in a private window by accident in one that is not.
    let private = Choice::default().with(&Wish { private: true, ..Wish::default() });
    assert!(launch(&private, &of, None, &[]).is_err());
}

#[test]
fn each_browser_is_told_in_its_own_words() {
    let found = [has(Known::Firefox, &[]), has(Known::Edge, &[]), has(Known::Vivaldi, &[])];
    let check = |settings: &str, expected: &str| {
        assert_eq!(words(&chosen(settings), "Payroll", &found).unwrap().join(" "), expected);
    };
    let page = "http://127.0.0.1:1/x";
    check("program = \"edge\"", page);
    check("program = \"edge\"\nprivate = true", &format!("--inprivate {page}"));
    check("program = \"vivaldi\"\nprivate = true", &format!("--incognito {page}"));
    check("private = true", &format!("-private-window {page}"));
    let ours = "--profile-directory=rolecall-001234567890 --no-first-run --no-default-browser-check";
    check("open = \"profile\"\nprogram = \"vivaldi\"", &format!("{ours} {page}"));
    check("open = \"profile\"", &format!("--profile /data/rolecall-001234567890 {page}"));
    let by_role = "open = \"profile\"\nname = \"{account} {role}\"";
    check(by_role, &format!("--profile /data/rolecall-001234567890-Read+Only@x {page}"));
    let icon = "&color=orange&icon=briefcase&signature=00";
    check(
        "open = \"firefox-container\"\ncontainer_extension = \"granted-containers\"\nname = \"{portal}:{role}\"",
        &format!(
            "--new-tab ext+granted-containers:name=corp%3ARead%2BOnly%40x&url=http%3A%2F%2F127.0.0.1%3A1%2Fx{icon}"
        ),
    );
}

#[test]
fn colours_are_the_accounts_or_always_the_same() {
    assert_eq!(colour_of(Some(Colour::Teal)), "turquoise");
    assert_eq!(colour_of(Some(Colour::Red)), "red");
    assert_eq!(colour_of(None), "orange");
    assert_eq!(colour_of(Some(Colour::Grey)), "orange");
}

#[test]
fn whoever_waits_in_vain_for_a_container_hears_of_the_add_on() {
    let found = [has(Known::Firefox, &[])];
    let hint = |settings: &str| {
        let of = Of { grant: &grant(), account_name: "a", catalogues: &[] };
        launch(&chosen(settings), &of, None, &found).unwrap().unwrap().if_nobody_comes()
    };
    assert!(hint("open = \"firefox-container\"").unwrap().contains("Open external links in a container"));
    let granteds = "open = \"firefox-container\"\ncontainer_extension = \"granted-containers\"";
    assert!(hint(granteds).unwrap().contains("Granted"));
    assert_eq!(hint("open = \"profile\""), None);
}

#[test]
fn a_profile_is_found_by_name_or_folder_and_never_guessed() {
    let known = [("Payroll", "Profile 1"), ("Twin", "Profile 2"), ("Twin", "Profile 3")];
    let found = [has(Known::Chrome, &known)];
    let first = |name: &str| {
        let wish = Wish { profile: Some(Name::parse(name).unwrap()), ..Wish::default() };
        words(&Choice::default().with(&wish), "Payroll", &found).map(|words| words[0].clone())
    };
    assert_eq!(first("Payroll").unwrap(), "--profile-directory=Profile 1");
    assert_eq!(first("{account}").unwrap(), "--profile-directory=Profile 1");
    assert_eq!(first("Profile 3").unwrap(), "--profile-directory=Profile 3");
    // Another name than any: a profile of its own where names are the accounts', a mistake elsewhere.
    assert_eq!(first("{account} {role}").unwrap(), "--profile-directory=rolecall-001234567890-Read+Only@x");
    let missing = first("Payrol").unwrap_err();
    assert_eq!(missing.summary, "Chrome has no profile called Payrol");
    let several = first("Twin").unwrap_err();
    assert_eq!(
        (several.code, several.hint.as_str()),
        (Code::NoSingleMatch, "name its folder: Profile 2, Profile 3")
    );
}

#[test]
fn what_is_wanted_once_takes_away_what_does_not_go_with_it() {
    let containers = chosen("open = \"firefox-container\"");
    let program = |known| Some(Program::Known(known));
    let chrome = containers.with(&Wish { program: program(Known::Chrome), ..Wish::default() });
    assert_eq!((chrome.open, chrome.program), (Open::Default, program(Known::Chrome)));
    let private = containers.with(&Wish { private: true, ..Wish::default() });
    assert_eq!((private.open, private.private), (Open::Default, true));
    let container =
        chosen("program = \"chrome\"\nprivate = true").with(&Wish { container: true, ..Wish::default() });
    assert_eq!((container.open, container.program, container.private), (Open::FirefoxContainer, None, false));
    let both = Wish { container: true, program: program(Known::Chrome), ..Wish::default() };
    let found = [has(Known::Chrome, &[])];
    assert_eq!(words(&Choice::default().with(&both), "a", &found).unwrap_err().code, Code::Usage);
}

#[test]
fn a_browser_that_is_not_there_is_named() {
    let absent = |settings: &str| words(&chosen(settings), "a", &[has(Known::Chrome, &[])]).unwrap_err();
    assert_eq!(absent("program = \"brave\"").summary, "Brave was not found on this computer");
    assert_eq!(absent("program = \"/opt/x\"").summary, "/opt/x was not found on this computer");
    assert!(absent("open = \"firefox-container\"").summary.contains("want Firefox"));
}

#[test]
fn settings_that_mean_nothing_are_refused_with_their_line() {
    for (wrong, expected) in [
        ("open = \"tab\"", "line 2: `browser.open`: there is no choice \"tab\""),
        ("program = \"lynx\"", "line 2: `browser.program`: should be firefox"),
        ("name = \"{user}\"", "line 2: `browser.name`: there is no {user}: use {account}"),
        ("name = \"\"", "line 2: `browser.name`: the name is empty"),
        ("open = \"firefox-container\"\nprivate = true", "`browser`: private windows have no containers"),
        ("open = \"firefox-container\"\nprogram = \"edge\"", "`browser`: only Firefox has containers"),
        ("colour = \"red\"", "line 2: `browser.colour`: there is no such setting"),
    ] {
        let failure = Settings::parse(&format!("[browser]\n{wrong}\n")).unwrap_err();
        assert!(failure.summary.contains(expected), "{wrong}: {}", failure.summary);
    }
}

#[test]
fn programs_are_known_by_their_names() {
    for (path, known) in [
        ("/usr/bin/firefox-esr", Some(Known::Firefox)),
        ("/usr/bin/google-chrome-stable", Some(Known::Chrome)),
        ("/snap/bin/chromium", Some(Known::Chromium)),
        ("/opt/microsoft-edge", Some(Known::Edge)),
        ("/opt/lynx", None),
    ] {
        assert_eq!(Program::parse(path).unwrap().known(), known, "{path}");
    }
    assert!(matches!(Program::parse("C:\\Browsers\\chrome.exe"), Ok(Program::Path(_))));
    assert_eq!(Program::parse("Chrome"), Ok(Program::Known(Known::Chrome)));
}

#[test]
fn profiles_are_read_from_what_browsers_write() {
    let state = r#"{"profile":{"info_cache":{"Default":{"name":"Work","x":1},"Profile 1":{"name":""},
        "..":{"name":"up"},"a/b":{"name":"in"},"C:":{"name":"drive"},"Profile 2":{"name":7}},"last_used":"Default"}}"#;
    let names = |profiles: Vec<Profile>| -> Vec<(String, String)> {
        profiles.into_iter().map(|p| (p.name, p.dir.to_str().unwrap().to_owned())).collect()
    };
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, dir)| ((*name).into(), (*dir).into())).collect()
    };
    let expected = pairs(&[("Work", "Default"), ("Profile 1", "Profile 1"), ("Profile 2", "Profile 2")]);
    assert_eq!(names(chromium_profiles(state).unwrap()), expected);
    assert_eq!(chromium_profiles("{}").unwrap(), []);
    for broken in ["", "[]", "{\"profile\":3}", &"[".repeat(100_000)] {
        assert_eq!(chromium_profiles(broken), None);
    }
    let ini = "\u{feff}[Install4F96D1932A9F858E]\nDefault=a.default\n\n[Profile1]\r\nName=Work = play\r\nIsRelative=1\r\n\
        Path=Profiles/b.work\r\n[Profile0]\nName=up\nIsRelative=1\nPath=../../x\n[Profile2]\nName=far\nIsRelative=0\n\
        Path=/srv/p\n[General]\nName=no\nPath=no\nIsRelative=1\n[Profile3]\nName=half\n";
    let expected = pairs(&[("Work = play", "/base/Profiles/b.work"), ("far", "/srv/p")]);
    assert_eq!(names(firefox_profiles(ini, Path::new("/base"))), expected);
}

/// A catalogue of accounts with the ids 0, 1, and so on.
fn catalogue(portal: &str, accounts: &[(&str, &[&str])]) -> Catalogue {
    let portal = PortalName::parse(portal).unwrap();
    let mut catalogue =
        Catalogue::empty(portal, StartUrl::parse("https://d-1234567890.awsapps.com/start").unwrap());
    let account = |(id, (name, roles)): (usize, &(&str, &[&str]))| Account {
        id: AccountId::parse(&format!("{id:012}")).unwrap(),
        name: (*name).into(),
        email: None,
        roles: roles.iter().map(|role| RoleName::parse(role).unwrap()).collect(),
        roles_at: None,
    };
    catalogue.put_accounts(accounts.iter().enumerate().map(account).collect());
    catalogue
}

/// What `name` makes for every grant that is known, with the grant.
fn names(name: &str, catalogues: &[Catalogue]) -> Vec<(GrantId, String)> {
    let name = Name::parse(name).unwrap();
    let known = catalogues.iter().flat_map(Catalogue::grants);
    known
        .map(|known| {
            let of = Of { grant: &known.id(), account_name: &known.account.name, catalogues };
            (known.id(), name.of(&of))
        })
        .collect()
}

#[test]
fn accounts_that_are_called_alike_are_told_apart_by_their_ids() {
    let of = |name: &str, catalogues: &[Catalogue]| -> Vec<String> {
        names(name, catalogues).into_iter().map(|(_, name)| name).collect()
    };
    let admin: &[&str] = &["Admin"];
    let corp = catalogue("corp", &[("Production", admin), ("Production", admin), ("Dev", admin)]);
    let alone = std::slice::from_ref(&corp);
    assert_eq!(of("{account}", alone), ["Production (000000000000)", "Production (000000000001)", "Dev"]);
    let first = |name: &str| of(name, alone).remove(0);
    assert_eq!(first("R&D {account} {role}"), "R&D Production Admin (000000000000)");
    // A chained role is in an account like any other.
    let chained = RoleName::of_chain(&ChainName::parse("deploy").unwrap());
    let chained = GrantId { role_name: chained, ..corp.grants().next().unwrap().id() };
    let in_chain = Of { grant: &chained, account_name: "Production", catalogues: alone };
    let by_role = Name::parse("{account} {role}").unwrap();
    assert_eq!(by_role.of(&in_chain), "Production deploy (000000000000)");
    // Names that are the accounts' own already, or that the person wants for several accounts.
    assert_eq!(first("{account} {account_id}"), "Production 000000000000");
    assert_eq!(first("aws"), "aws");
    assert_eq!(first("{portal} {role}"), "corp Admin");
    // The same in two portals: the account that both have is one, and where names tell portals apart all is well.
    let both = [
        corp.clone(),
        catalogue("lab", &[("Production", admin), ("x", admin), ("y", admin), ("Dev", admin)]),
    ];
    let expected = ["Production (000000000000)", "Production (000000000001)", "Dev (000000000002)"];
    assert_eq!(of("{account}", &both)[..3], expected);
    let dev_of_lab = of("{account}", &both).pop().unwrap();
    assert_eq!(dev_of_lab, "Dev (000000000003)");
    assert_eq!(of("{portal} {account}", &both)[2..4], ["corp Dev", "lab Production"]);
    // One that its owner called like another one's container.
    let forged = [catalogue("corp", &[("a", admin), ("a", admin), ("a (000000000000)", admin)])];
    let told_apart = ["a (000000000000)", "a (000000000001)", "a (000000000000) (000000000002)"];
    assert_eq!(of("{account}", &forged), told_apart);
    // Two roles that make up for what the names lack.
    let joined = [catalogue("corp", &[("prod", &["eu-admin"]), ("prod-eu", admin), ("prod-eu", &["admin"])])];
    let told_apart =
        ["prod-eu-admin (000000000000)", "prod-eu-Admin (000000000001)", "prod-eu-admin (000000000002)"];
    assert_eq!(of("{account}-{role}", &joined), told_apart);
    // A name that is cut off keeps its id.
    let long = "x".repeat(100);
    let long = of("{account}", &[catalogue("corp", &[(&long, admin), (&long, admin)])]);
    assert_eq!(long[1], format!("{} (000000000001)", "x".repeat(65)));
}

#[test]
fn a_profile_that_bears_the_name_of_two_accounts_is_neithers() {
    let grant = grant();
    let other = |name: &str| [catalogue("lab", &[(name, &["Admin"])])];
    let found = [has(Known::Chrome, &[("Payroll", "Profile 1"), ("Twin (001234567890)", "Profile 2")])];
    let dir = |settings: &str, account_name: &str, catalogues: &[Catalogue]| {
        let of = Of { grant: &grant, account_name, catalogues };
        let launch = launch(&chosen(settings), &of, None, &found).unwrap().unwrap();
        launch.words("u")[0].to_str().unwrap().strip_prefix("--profile-directory=").unwrap().to_owned()
    };
    let usual = "open = \"profile\"";
    assert_eq!(dir(usual, "Payroll", &other("Twin")), "Profile 1");
    assert_eq!(dir(usual, "Payroll", &other("Payroll")), "rolecall-001234567890");
    assert_eq!(dir(usual, "Twin", &other("Twin")), "Profile 2");
    assert_eq!(dir("open = \"profile\"\nname = \"Payroll\"", "Payroll", &other("Payroll")), "Profile 1");
}

#[test]
fn accounts_are_compared_only_where_their_names_keep_them_apart() {
    let compares = |settings: &str| chosen(settings).compares_accounts();
    assert!(compares("open = \"firefox-container\""));
    assert!(compares("open = \"profile\"\nname = \"{role} {account}\""));
    for none in ["program = \"edge\"", "private = true", "open = \"profile\"\nname = \"aws\""] {
        assert!(!compares(none), "{none}");
    }
    assert!(!compares("open = \"firefox-container\"\nname = \"{account} {account_id}\""));
}

proptest! {
    /// Whatever accounts and roles are called, two accounts never share what is named after the account.
    #[test]
    fn no_two_accounts_get_one_name(
        accounts in prop::collection::vec(
            ("(|a|a-b|x{78,82})( \\(00000000000[01]\\)){0,2}|00000000000[01]", "a|b|b-a", "c|ba"),
            2..5,
        ),
        name in prop::sample::select(vec!["{account}", "{account}-{role}", "{role}{account}", "{portal}{account}"]),
    ) {
        let roles: Vec<[&str; 2]> = accounts.iter().map(|(_, one, two)| [one.as_str(), two.as_str()]).collect();
        let accounts: Vec<(&str, &[&str])> =
            accounts.iter().zip(&roles).map(|((name, ..), roles)| (name.as_str(), &roles[..])).collect();
        let turned: Vec<(&str, &[&str])> = accounts.iter().rev().copied().collect();
        let catalogues = [catalogue("a", &accounts), catalogue("ab", &turned)];
        let names = names(name, &catalogues);
        for (grant, name) in &names {
            let shared = names.iter().find(|(other, same)| same == name && other.account_id != grant.account_id);
            prop_assert_eq!(shared, None, "{:?}", grant);
        }
    }

    /// Whatever an account is called, the address has its values, and they are what was meant.
    #[test]
    fn no_name_breaks_out_of_a_containers_address(account_name in "\\PC{0,40}|[&#=%+\"' 🦀é]{1,20}", url in "\\PC{0,40}") {
        let of = Of { grant: &grant(), account_name: &account_name, catalogues: &[] };
        let found = [has(Known::Firefox, &[])];
        let launch = launch(&chosen("open = \"firefox-container\""), &of, None, &found).unwrap().unwrap();
        let address = launch.words(&url).pop().unwrap().into_string().unwrap();
        let query = address.strip_prefix("ext+container:").unwrap();
        prop_assert!(query.is_ascii() && !query.contains(['#', '"', '\'', ' ', '+'].as_slice()));
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
        prop_assert_eq!(keys, ["name", "url", "color", "icon", "signature"]);
        prop_assert_eq!(&pairs[0].1, &Name::default().of(&of));
        prop_assert_eq!(&pairs[1].1, &url);
    }

    /// No file makes us stumble, and no profile leads out of the browser's folder.
    #[test]
    fn files_of_browsers_may_hold_anything(text in "(?s).{0,200}", dir in "\\PC{0,20}") {
        let _ = firefox_profiles(&text, Path::new("/base"));
        let _ = chromium_profiles(&text);
        let state = serde_json::json!({ "profile": { "info_cache": { dir: { "name": text } } } }).to_string();
        for profile in chromium_profiles(&state).unwrap() {
            prop_assert_eq!(profile.dir.components().count(), 1);
            prop_assert!(Path::new("/base").join(&profile.dir).starts_with("/base") && !profile.dir.starts_with(".."));
        }
    }
}
