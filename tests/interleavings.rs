//! Expiry, renewal, revocation, sign-out and crash in random order, with real files and the simulator over HTTP. The
//! same laws are kept by the state machine alone in `domain::renewal`.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use domain::failure::Code;
use domain::flow::{FlowChoice, Plan, Surroundings};
use domain::settings::Portal;
use engine::environment::Environment;
use engine::{Engine, Progress};
use sim::{Decision, IdentitySource, Options, Simulator, Visitor};
use tokio::task::JoinHandle;

use crate::program::{Running, signal, until};
use crate::world::World;

/// How many orders are tried, and how many things happen in each.
const ORDERS: u64 = 1000;
const EVENTS: usize = 6;

/// The same numbers in every run: what fails can be looked at.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        // Steele, Lea and Flood, "Fast splittable pseudorandom number generators".
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What is known of the world from outside.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Truth {
    #[default]
    SignedOut,
    SignedIn,
    Revoked,
}

struct Bench {
    dir: tempfile::TempDir,
    sim: Simulator,
    portal: Portal,
    environment: Environment,
    visitor: Visitor,
    crashes: u64,
}

impl Bench {
    async fn new() -> Self {
        // Tokens that are over when they come: every look at one wants a renewal. And people who need no one-time
        // codes, of which there are few a minute.
        let options =
            Options { token_seconds: 0, identity_source: IdentitySource::Adfs, ..Options::default() };
        let sim = sim::serve(options).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let url =
            sim.environment().into_iter().find(|(name, _)| *name == "ROLECALL_SIM_START_URL").unwrap().1;
        let settings = format!(
            "keyring = \"file\"\n[portal.corp]\nstart_url = \"{url}\"\nregion = \"us-east-1\"\naws_cli = \"off\"\n"
        );
        fs::create_dir(dir.path().join("config")).unwrap();
        fs::write(dir.path().join("config/settings.toml"), settings).unwrap();
        let environment = sim
            .environment()
            .into_iter()
            .fold(Environment::default(), |all, (name, value)| all.with(name, value));
        let environment = environment
            .with("HOME", dir.path())
            .with("ROLECALL_CONFIG_DIR", dir.path().join("config"))
            .with("ROLECALL_STATE_DIR", dir.path().join("state"));
        let visitor = Visitor::new(sim::Person::default());
        let portal = open(&environment).settings().portals[0].clone();
        Self { dir, sim, portal, environment, visitor, crashes: 0 }
    }

    /// Another process: nothing is shared but files.
    fn process(&self) -> Engine {
        open(&self.environment)
    }

    fn renew(&self, delay: u64) -> JoinHandle<Result<(), Code>> {
        let (engine, portal) = (self.process(), self.portal.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_micros(delay)).await;
            engine.renew(&portal).await.map(drop).map_err(|failure| failure.code)
        })
    }

    async fn sign_in(&mut self) {
        let engine = self.process();
        let plan = Plan::choose(FlowChoice::Browser, Surroundings::default());
        let (tell, told) = tokio::sync::oneshot::channel();
        let mut tell = Some(tell);
        let show = |progress: Progress<'_>| {
            if let (Progress::Turn(authorization), Some(tell)) = (progress, tell.take()) {
                let _ = tell.send(authorization.page().to_owned());
            }
        };
        let visit = async {
            self.visitor.visit(&told.await.unwrap(), Decision::Allow).await.unwrap();
        };
        let (signed_in, ()) = tokio::join!(engine.sign_in(&self.portal, plan, show), visit);
        signed_in.unwrap();
    }

    fn kept(&self) -> String {
        fs::read_to_string(self.dir.path().join("state/secrets.json")).unwrap_or_default()
    }
}

fn open(environment: &Environment) -> Engine {
    Engine::open(environment.clone(), Arc::new(|_| ()), Duration::from_secs(30)).unwrap()
}

/// One order of events. Callers come and go while the session is begun, ended and revoked.
async fn order(bench: &mut Bench, seed: u64) {
    let mut dice = Dice(seed);
    let mut truth = Truth::SignedOut;
    // AWS takes no token that is over, so it is not told; what counts here is what stays on this computer.
    let _ = bench.process().sign_out(&bench.portal, false).await.unwrap();
    let mut callers: Vec<JoinHandle<Result<(), Code>>> = Vec::new();
    for event in 0..EVENTS {
        match if event == 0 { 0 } else { dice.throw(12) } {
            0 => {
                bench.sign_in().await;
                truth = Truth::SignedIn;
            }
            1 => {
                let _ = bench.process().sign_out(&bench.portal, false).await.unwrap();
                truth = Truth::SignedOut;
                assert!(!bench.kept().contains("-token"), "{seed}: nothing is left after a sign-out");
            }
            2 => {
                bench.sim.revoke_sessions();
                truth = if truth == Truth::SignedIn { Truth::Revoked } else { truth };
            }
            3..=5 if !callers.is_empty() => {
                let at = usize::try_from(dice.throw(callers.len() as u64)).unwrap();
                callers.swap_remove(at).abort();
                bench.crashes += 1;
            }
            _ => callers.extend((0..=dice.throw(2)).map(|_| bench.renew(dice.throw(4000)))),
        }
        tokio::time::sleep(Duration::from_micros(dice.throw(6000))).await;
    }
    for caller in callers {
        let answer = caller.await.unwrap();
        assert!(matches!(answer, Ok(()) | Err(Code::SignInNeeded)), "{seed}: {answer:?}");
    }
    let end = bench.renew(0).await.unwrap();
    match truth {
        Truth::SignedIn => assert_eq!(end, Ok(()), "{seed}: a session that lives is not lost"),
        Truth::SignedOut | Truth::Revoked => assert_eq!(end, Err(Code::SignInNeeded), "{seed}: {truth:?}"),
    }
    if truth != Truth::SignedIn {
        assert!(!bench.kept().contains("refresh-token"), "{seed}: what is of no use is not kept");
    }
    let used_twice = bench.sim.stats().rotated_out_uses;
    assert!(used_twice <= bench.crashes, "{seed}: {used_twice} times, after {} crashes", bench.crashes);
}

#[test]
fn a_thousand_orders_of_events_lose_no_session_and_leave_no_token() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build().unwrap();
    runtime.block_on(async {
        let benches = (0..4_u64).map(|part| {
            tokio::spawn(async move {
                let mut bench = Bench::new().await;
                for seed in (part * ORDERS / 4)..((part + 1) * ORDERS / 4) {
                    order(&mut bench, seed).await;
                }
                let stats = bench.sim.stats();
                let happened =
                    stats.refreshes > ORDERS / 4 && stats.refused_refreshes > 0 && bench.crashes > 20;
                assert!(happened, "something has to have happened: {stats:?}, {} crashes", bench.crashes);
            })
        });
        for bench in benches.collect::<Vec<_>>() {
            bench.await.unwrap();
        }
    });
}

#[test]
fn processes_that_are_killed_while_they_renew_lose_no_session() {
    let world = World::signed_in_with(Options { token_seconds: 2, ..Options::default() });
    let mut dice = Dice(7);
    for _ in 0..15 {
        let before = world.asked("CreateToken");
        world.set_faults(|faults| faults.latency = 30);
        let mut running = Vec::new();
        until("somebody renews", || {
            running.push(world.rolecall(["list", "--refresh"]).start());
            std::thread::sleep(Duration::from_millis(100));
            world.asked("CreateToken") > before
        });
        std::thread::sleep(Duration::from_millis(dice.throw(60)));
        // All at once: the next one would take up what the one before it had to leave.
        for process in &running {
            signal(process.id(), "STOP");
        }
        running.into_iter().for_each(Running::kill);
    }
    world.set_faults(|_| ());
    assert_eq!(world.state(), "signedIn");
    world.rolecall(["list", "--refresh"]).run().succeeded();
    let stats = world.sim.stats();
    assert_eq!(stats.refused_refreshes, 0);
    assert!(stats.rotated_out_uses <= 15, "at most once for each that was killed: {stats:?}");
}

#[test]
fn a_reply_that_is_lost_on_the_way_is_asked_for_again() {
    let world = World::signed_in_with(Options { token_seconds: 0, ..Options::default() });
    world.set_faults(|faults| faults.lost_reply = Some(2));
    for _ in 0..3 {
        // The portal takes no token that was over when it came; what counts is that each one was renewed.
        let _ = world.rolecall(["list", "--refresh"]).run();
    }
    assert!(world.sim.stats().refreshes >= 3, "{:?}", world.sim.stats());
    assert_eq!(world.state(), "signedIn");
    assert_eq!(world.sim.stats().refused_refreshes, 0);
}

#[test]
fn a_renewal_without_a_new_refresh_token_keeps_the_old_one() {
    let world = World::signed_in_with(Options::default());
    world.set_faults(|faults| {
        faults.refresh_without_rotation = true;
        faults.short_tokens = Some(3);
    });
    world.sign_in().succeeded();
    until("it was renewed twice", || {
        world.rolecall(["list", "--refresh"]).run().succeeded();
        world.sim.stats().refreshes >= 2
    });
}
