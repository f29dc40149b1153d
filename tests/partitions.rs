//! AWS's separate worlds: each has hosts, ARNs and consoles of its own.

use sim::{Decision, Options};

use crate::program::until;
use crate::proxy::Proxy;
use crate::session::Keyring;
use crate::world::{GRANT, World, code_of};

/// A region, a start URL as people have it there, the partition, and what its hosts look like.
const WORLDS: [(&str, &str, &str, &str, &str); 4] = [
    ("eu-west-1", "https://d-9067f4a1b2.awsapps.com/start", "aws", "amazonaws.com", "console.aws.amazon.com"),
    (
        "us-gov-west-1",
        "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-9067f4a1b2",
        "aws-us-gov",
        "amazonaws.com",
        "console.amazonaws-us-gov.com",
    ),
    (
        "cn-north-1",
        "https://d-9067f4a1b2.awsapps.cn/start",
        "aws-cn",
        "amazonaws.com.cn",
        "console.amazonaws.cn",
    ),
    (
        "eusc-de-east-1",
        "https://ssoins-9067f4a1b2.portal.eusc-de-east-1.app.aws",
        "aws-eusc",
        "amazonaws.eu",
        "console.amazonaws-eusc.eu",
    ),
];

pub(crate) fn world(region: &str, start_url: &str) -> World {
    let options = Options { region: region.into(), start_url: start_url.into(), ..Options::default() };
    let world = World::with(options, Keyring::Unlocked);
    world.rolecall(["portal", "add", "corp", "--start-url", start_url, "--region", region]).run().succeeded();
    world
}

pub(crate) fn sign_in(world: &World, proxy: &Proxy, flow: &str) {
    let login = proxy.through(world.rolecall(["login", "--flow", flow, "--no-open"])).start();
    until("it is the person's turn", || login.told().contains("Waiting for your"));
    let told = login.told();
    let page = if flow == "device" {
        code_of(&login).0
    } else {
        // The browser is led to the simulator as the proxy leads the program.
        let page = told.lines().map(str::trim).find(|line| line.starts_with("https")).unwrap();
        let (_, rest) = page.split_once("/authorize").unwrap();
        format!("{}/authorize{rest}", world.sim.url())
    };
    world.visit(&page, Decision::Allow);
    login.finish().succeeded();
}

#[test]
fn the_whole_job_is_done_in_every_partition() {
    for (region, start_url, partition, suffix, console_host) in WORLDS {
        let world = world(region, start_url);
        let proxy = Proxy::start(&world, &[]);
        sign_in(&world, &proxy, "browser");
        proxy.through(world.rolecall(["list"])).run().succeeded();
        proxy.through(world.rolecall(["switch", GRANT])).run().succeeded();
        proxy.through(world.rolecall(["credentials", "--profile", "default"])).run().succeeded();
        let doctor = proxy.through(world.rolecall(["doctor"])).run();
        assert!(
            doctor.stdout.contains(&format!("arn:{partition}:sts::111122223333")),
            "{region}: {}",
            doctor.stdout
        );
        let console = proxy.through(world.rolecall(["console", GRANT, "--print"])).run().succeeded();
        assert!(console.stdout.contains(&format!("{region}.{console_host}")), "{region}: {}", console.stdout);
        let (federation, rest) = console.stdout.trim().split_once("/federation").unwrap();
        assert!(
            federation.starts_with("https://") && federation.contains("signin"),
            "{region}: {federation}"
        );
        // The simulator takes consoles of its partition only.
        let page = world.open(&format!("{}/federation{rest}", world.sim.url())).unwrap();
        assert_eq!(page.status, 200, "{region}: {}", page.body);
        assert!(page.body.contains("111122223333") && page.body.contains(region), "{region}: {}", page.body);
        let asked = proxy.asked();
        for host in [
            format!("oidc.{region}.{suffix} /token"),
            format!("portal.sso.{region}.{suffix} /assignment/accounts"),
        ] {
            assert!(asked.contains(&host), "{region}: {host} is not in {asked:?}");
        }
    }
}

#[test]
fn endpoints_for_fips_and_both_internets_are_used_where_the_settings_say_so() {
    for (fips, dual_stack, oidc, portal) in [
        (true, false, "oidc-fips.us-east-1.amazonaws.com", "portal.sso-fips.us-east-1.amazonaws.com"),
        (false, true, "oidc.us-east-1.api.aws", "portal.sso.us-east-1.api.aws"),
    ] {
        let world = World::new();
        world.write_settings(&format!(
            "[portal.corp]\nstart_url = \"{}\"\nregion = \"us-east-1\"\nfips = {fips}\ndual_stack = {dual_stack}\n",
            world.start_url()
        ));
        let proxy = Proxy::start(&world, &[]);
        sign_in(&world, &proxy, "device");
        proxy.through(world.rolecall(["list"])).run().succeeded();
        let asked = proxy.asked();
        assert!(asked.contains(&format!("{oidc} /token")), "{asked:?}");
        assert!(asked.contains(&format!("{portal} /assignment/accounts")), "{asked:?}");
        let login = proxy.through(world.rolecall(["login", "--flow", "browser", "--no-open"])).start();
        until("the page is shown", || login.told().contains("Waiting for your browser"));
        assert!(login.told().contains(&format!("https://{oidc}/authorize?")), "{}", login.told());
        login.kill();
    }
}
