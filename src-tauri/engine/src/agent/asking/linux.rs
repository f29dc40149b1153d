//! Who asks, as Linux tells it in `/proc` (proc(5)).

use std::fs;

use domain::asker::{Asker, Process};

/// The process, its parents, and where the program works.
pub(super) fn asker(pid: u32) -> Asker {
    let mut processes = Vec::new();
    let mut next = Some(pid);
    while let Some(pid) = next.filter(|pid| *pid > 1 && processes.len() < Asker::DEPTH) {
        processes.push(Process { pid, program: program(pid), is_wrapper: is_wrapper(pid) });
        next = parent(pid);
    }
    let mut asker = Asker { processes, ..Asker::default() };
    asker.directory = asker.program().and_then(|program| directory(program.pid));
    asker
}

/// The path of its executable; the name that it gives itself where that may not be read.
fn program(pid: u32) -> String {
    let path = fs::read_link(format!("/proc/{pid}/exe")).map(|path| path.to_string_lossy().into_owned());
    let name = || fs::read_to_string(format!("/proc/{pid}/comm")).map(|name| name.trim_end().to_owned());
    path.or_else(|_| name()).unwrap_or_default()
}

/// A shell with a command to run as argument.
fn is_wrapper(pid: u32) -> bool {
    let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else { return false };
    let mut words = line.split(|byte| *byte == 0);
    let name = words.next().unwrap_or_default().rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    matches!(name, b"sh" | b"bash" | b"dash" | b"zsh" | b"ksh" | b"busybox")
        && words.take(3).any(|word| word == b"-c")
}

/// The fourth field of `stat`, after the name, which may hold anything.
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(1)?.parse().ok()
}

fn directory(pid: u32) -> Option<String> {
    fs::read_link(format!("/proc/{pid}/cwd")).ok().map(|path| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_a_shell_runs_for_us_is_seen_through() {
        let mut child = std::process::Command::new("/bin/sh").args(["-c", "sleep 5; true"]).spawn().unwrap();
        let name = || program(child.id());
        let started = std::time::Instant::now();
        while !name().ends_with("sh") || !is_wrapper(child.id()) {
            assert!(started.elapsed().as_secs() < 5, "{}", name());
        }
        let asker = asker(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        let us = std::env::current_exe().unwrap();
        assert!(asker.processes[0].is_wrapper, "{asker:?}");
        assert_eq!(asker.program().unwrap().program, us.to_string_lossy());
        assert_eq!(asker.directory.unwrap(), std::env::current_dir().unwrap().to_string_lossy());
    }

    #[test]
    fn a_process_that_is_gone_is_nobody() {
        let asker = asker(u32::MAX - 1);
        assert_eq!(asker.processes.len(), 1);
        assert_eq!(asker.describe(None), "an unknown program");
    }
}
