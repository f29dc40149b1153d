//! Starting, watching and stopping a simulator.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::directory::{Change, ProvisionError};
use crate::faults::Faults;
use crate::journal::{RequestRecord, Stats};
use crate::options::Options;
use crate::people::PersonId;
use crate::server::{self, Origin};
use crate::sts::Trust;
use crate::world::World;
use crate::{endpoint_rules, totp};

/// Connections that do not end by themselves are dropped after this.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(1);

/// A running simulator. Dropping it stops it.
pub struct Simulator {
    world: Arc<World>,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

/// Starts a simulator on the current Tokio runtime; it serves when this returns.
///
/// # Errors
/// When a port is taken, or the endpoint rules cannot be written.
pub async fn serve(options: Options) -> io::Result<Simulator> {
    let main = TcpListener::bind(("127.0.0.1", options.port)).await?;
    let origin = origin_of(&main)?;
    let idp = if options.identity_source.is_external() { Some(next_to(&options, 1).await?) } else { None };
    let idp_origin = idp.as_ref().map(origin_of).transpose()?;
    let vanity = if options.vanity { Some(next_to(&options, 2).await?) } else { None };
    let vanity_origin = vanity.as_ref().map(origin_of).transpose()?;
    if let Some(dir) = &options.data_dir {
        endpoint_rules::write(dir, &origin)?;
    }
    let (stop, stopping) = watch::channel(false);
    let world = Arc::new(World::new(options, origin, idp_origin, vanity_origin, stopping));
    let listeners = [(Origin::Main, Some(main)), (Origin::IdentityProvider, idp), (Origin::Vanity, vanity)];
    let servers = listeners
        .into_iter()
        .filter_map(|(origin, listener)| Some((origin, listener?)))
        .map(|(origin, listener)| tokio::spawn(server::run(Arc::clone(&world), origin, listener)))
        .collect();
    Ok(Simulator { world, stop, servers })
}

/// A listener some ports above the main one, or on any free port.
async fn next_to(options: &Options, distance: u16) -> io::Result<TcpListener> {
    let port = if options.port == 0 { 0 } else { options.port.wrapping_add(distance) };
    TcpListener::bind(("127.0.0.1", port)).await
}

fn origin_of(listener: &TcpListener) -> io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

impl Simulator {
    /// `http://127.0.0.1:PORT`, without a slash at the end: the base of everything but the external
    /// identity provider.
    pub fn url(&self) -> &str {
        &self.world.origin
    }

    /// Base of the external identity provider, if there is one.
    pub fn idp_url(&self) -> Option<&str> {
        self.world.idp_origin.as_deref()
    }

    /// Base of the company's own domain, if there is one: it redirects to the start URL.
    pub fn vanity_url(&self) -> Option<&str> {
        self.world.vanity_origin.as_deref()
    }

    /// What to set for clients, and what a person needs to sign in. `ROLECALL_SIGNIN_URL` is the federation
    /// endpoint itself. The order is fixed.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let options = &self.world.options;
        let url = &self.world.origin;
        let mut variables = vec![
            ("AWS_ENDPOINT_URL_SSO", url.clone()),
            ("AWS_ENDPOINT_URL_SSO_OIDC", url.clone()),
            ("AWS_ENDPOINT_URL_STS", url.clone()),
            ("ROLECALL_SIGNIN_URL", format!("{url}/federation")),
            ("ROLECALL_SIM_START_URL", options.start_url.clone()),
            ("ROLECALL_SIM_REGION", options.region.clone()),
            ("ROLECALL_SIM_USER", options.person.user.clone()),
            ("ROLECALL_SIM_PASSWORD", options.person.password.clone()),
            ("ROLECALL_SIM_TOTP", options.person.totp_secret.clone()),
            ("ROLECALL_SIM_URL", url.clone()),
        ];
        if let Some(vanity) = &self.world.vanity_origin {
            variables.push(("ROLECALL_SIM_VANITY_URL", vanity.clone()));
        }
        if let Some(dir) = &options.data_dir {
            variables.push(("AWS_DATA_PATH", dir.display().to_string()));
        }
        variables
    }

    /// All requests so far (the latest 50,000), newest last. Requests to `/_sim/` are not among them.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.journal.lock().since(0)
    }

    /// Counts and rates so far.
    pub fn stats(&self) -> Stats {
        self.world.stats()
    }

    /// The faults in force.
    pub fn faults(&self) -> Faults {
        self.world.faults()
    }

    /// Replaces all faults.
    pub fn set_faults(&self, faults: Faults) {
        self.world.set_faults(faults);
    }

    /// Approves a device authorization without the pages, as the main person. False when none waits under
    /// this user code.
    pub fn approve(&self, user_code: &str) -> bool {
        self.world.settle_device(user_code, PersonId::MAIN, true)
    }

    /// Approves a device authorization as the person of this user name. False when there is no such person,
    /// or none waits.
    pub fn approve_as(&self, user_code: &str, user: &str) -> bool {
        let person = self.world.options.person_named(user);
        person.is_some_and(|person| self.world.settle_device(user_code, person, true))
    }

    /// Denies a device authorization without the pages. False when none waits under this user code.
    pub fn deny(&self, user_code: &str) -> bool {
        self.world.settle_device(user_code, PersonId::MAIN, false)
    }

    /// Ends all sessions as an administrator does: access and refresh tokens die, the pages ask for the
    /// password again. Role credentials stay good until they expire.
    pub fn revoke_sessions(&self) {
        self.world.end_sessions(None);
    }

    /// Ends the sessions of one person as [`Self::revoke_sessions`] does for all. False when there is no
    /// such person.
    pub fn end_session(&self, user: &str) -> bool {
        let person = self.world.options.person_named(user);
        if person.is_some() {
            self.world.end_sessions(person);
        }
        person.is_some()
    }

    /// Changes accounts or assignments while the simulator runs.
    ///
    /// # Errors
    /// When the change names something that does not exist, or that exists already.
    pub fn provision(&self, change: impl Into<Change>) -> Result<(), ProvisionError> {
        self.world.provision(change.into())
    }

    /// Sets what the trust policy of a role asks for.
    pub fn trust(&self, trust: Trust) {
        self.world.trusts.lock().put(trust);
    }

    /// Moves the simulator's time to this many seconds from the real clock. The `clock_skew` fault comes
    /// on top.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.world.clock.set_offset(seconds);
    }

    /// The simulator's time, in milliseconds since the epoch.
    pub fn now_ms(&self) -> i64 {
        self.world.clock.now_ms()
    }

    /// The main person's one-time code of this moment, six digits; `None` if the secret is not base32.
    pub fn one_time_code(&self) -> Option<String> {
        self.code_of(PersonId::MAIN)
    }

    /// The same for the person of this user name; `None` also when there is no such person.
    pub fn one_time_code_of(&self, user: &str) -> Option<String> {
        self.code_of(self.world.options.person_named(user)?)
    }

    fn code_of(&self, person: PersonId) -> Option<String> {
        let secret = &self.world.options.person_of(person).totp_secret;
        totp::code(secret, totp::step_at(self.world.clock.now_ms()))
    }

    /// Stops serving and waits for open connections, for a second at most.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        for mut server in std::mem::take(&mut self.servers) {
            if tokio::time::timeout(SHUTDOWN_PATIENCE, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

/// Shows the address only: everything else is long or secret.
impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("url", &self.world.origin).finish_non_exhaustive()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
