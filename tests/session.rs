//! A desktop session of its own for each test: home, runtime folder, D-Bus session bus, keyring.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::program::{self, Program, until};

/// What the session has to keep secrets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyring {
    /// GNOME Keyring, unlocked as it is after a login.
    Unlocked,
    /// A session bus on which nobody keeps secrets.
    Absent,
    /// Not even a session bus, as on a server.
    NoBus,
}

/// Everything in it dies with this value.
#[derive(Debug)]
pub(crate) struct Session {
    dir: tempfile::TempDir,
    bus: Option<Child>,
    keyring: Option<Child>,
}

impl Session {
    pub(crate) fn start(keyring: Keyring) -> Self {
        let dir = tempfile::Builder::new().prefix("rolecall-test-").tempdir().unwrap();
        let mut session = Self { dir, bus: None, keyring: None };
        for name in ["home", "run", "bin"] {
            fs::create_dir(session.path(name)).unwrap();
        }
        fs::set_permissions(session.path("run"), fs::Permissions::from_mode(0o700)).unwrap();
        if keyring != Keyring::NoBus {
            session.bus = Some(session.start_bus(keyring));
        }
        if keyring == Keyring::Unlocked {
            session.keyring = Some(session.start_keyring());
        }
        session
    }

    /// A path inside the session's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// A program inside the session, with nothing of the surrounding environment.
    pub(crate) fn program(&self, program: impl AsRef<Path>) -> Program {
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        let mut program = Program::new(program.as_ref())
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("PATH", path)
            .env("LANG", "C.UTF-8");
        if self.bus.is_some() {
            program = program.env("DBUS_SESSION_BUS_ADDRESS", self.bus_address());
        }
        program
    }

    /// Closes the keyring, as after a log-in without password: the next access asks to unlock it.
    pub(crate) fn lock_keyring(&self) {
        let lock = self.program("/usr/bin/gdbus").args([
            "call",
            "--session",
            "--dest=org.freedesktop.secrets",
            "--object-path=/org/freedesktop/secrets",
            "--method=org.freedesktop.Secret.Service.Lock",
            "[objectpath '/org/freedesktop/secrets/collection/login']",
        ]);
        lock.run().succeeded();
    }

    /// A keyring that does not answer, as while its unlock prompt stands.
    pub(crate) fn freeze_keyring(&self) {
        program::signal(self.keyring.as_ref().unwrap().id(), "STOP");
    }

    pub(crate) fn thaw_keyring(&self) {
        program::signal(self.keyring.as_ref().unwrap().id(), "CONT");
    }

    /// Everything that Rolecall keeps, as `secret-tool` shows it.
    pub(crate) fn kept_secrets(&self) -> String {
        let search = self.program("/usr/bin/secret-tool").args(["search", "--all", "service", "rolecall"]);
        // Without a match it ends with 1.
        let outcome = search.run();
        format!("{}{}", outcome.stdout, outcome.stderr)
    }

    pub(crate) fn bus_address(&self) -> String {
        format!("unix:path={}", self.path("run/bus").display())
    }

    fn start_bus(&self, keyring: Keyring) -> Child {
        // With the folders of activatable services a missing keyring would be started on demand.
        let services = match keyring {
            Keyring::Unlocked => "<standard_session_servicedirs/>",
            Keyring::Absent | Keyring::NoBus => "",
        };
        let config = self.path("bus.conf");
        let text = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig><type>session</type><listen>{}</listen>{services}
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
            <allow own="*"/></policy></busconfig>"#,
            self.bus_address()
        );
        fs::write(&config, text).unwrap();
        let mut command = self.command("/usr/bin/dbus-daemon");
        command.arg("--nofork").arg("--print-address=1").arg(format!("--config-file={}", config.display()));
        let mut bus = command.stdout(Stdio::piped()).spawn().expect("dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(address.starts_with("unix:"), "the bus does not start");
        bus
    }

    fn start_keyring(&self) -> Child {
        let mut command = self.command("/usr/bin/gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        command.env("DBUS_SESSION_BUS_ADDRESS", self.bus_address());
        let log = fs::File::create(self.path("keyring.log")).unwrap();
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn();
        let mut keyring = spawned.expect("gnome-keyring is installed");
        keyring.stdin.take().unwrap().write_all(b"a login password").unwrap();
        let id = keyring.id();
        // Another instance could be activated in the moment before this one has the name.
        until("the keyring is on the bus", || {
            let owner = self.program_on_bus("/usr/bin/gdbus").args([
                "call",
                "--session",
                "--dest=org.freedesktop.DBus",
                "--object-path=/org/freedesktop/DBus",
                "--method=org.freedesktop.DBus.GetConnectionUnixProcessID",
                "org.freedesktop.secrets",
            ]);
            owner.run().stdout.contains(&format!("uint32 {id},"))
        });
        keyring
    }

    fn program_on_bus(&self, program: &str) -> Program {
        self.program(program).env("DBUS_SESSION_BUS_ADDRESS", self.bus_address())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("HOME", self.home()).env("XDG_RUNTIME_DIR", self.path("run"));
        command.env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").stderr(Stdio::null());
        command
    }

    /// Processes of this session, wherever they come from: whoever was activated by the bus, or started by a
    /// program that is gone, still has the session's runtime folder in its environment.
    fn left_over(&self) -> Vec<u32> {
        let mark = format!("XDG_RUNTIME_DIR={}", self.path("run").display());
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.filter(|id| *id != std::process::id())
            .filter(|id: &u32| {
                let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
                environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
            })
            .collect()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for child in [&mut self.keyring, &mut self.bus].into_iter().flatten() {
            if let Ok(Some(status)) = child.try_wait() {
                let log = fs::read_to_string(self.dir.path().join("keyring.log")).unwrap_or_default();
                println!("a part of the session ended by itself: {status}\n{log}");
            }
            // A stopped process dies of SIGKILL too.
            let _ = child.kill();
            let _ = child.wait();
        }
        for id in self.left_over() {
            program::signal(id, "KILL");
        }
    }
}
