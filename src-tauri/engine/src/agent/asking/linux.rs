//! Who asks, as Linux tells it in `/proc` (proc(5)).

use std::fs;
use std::path::Path;

use domain::asker::{Asker, Process};

/// The process, its parents, and where the program works.
pub(super) fn asker(pid: u32) -> Asker {
    let mut processes = Vec::new();
    let mut next = Some(pid);
    while let Some(pid) = next.filter(|pid| *pid > 1 && processes.len() < Asker::DEPTH) {
        let program = program(pid);
        let is_wrapper = is_ours(&program) || runs_one_command(pid, &program);
        processes.push(Process { pid, program, is_wrapper });
        next = parent(pid);
    }
    let mut asker = Asker { processes, ..Asker::default() };
    asker.directory = asker.program().and_then(|program| directory(program.pid));
    asker
}

/// The path of its executable, as the kernel knows it; the name that it gives itself where that may not be read.
fn program(pid: u32) -> String {
    let path = fs::read_link(format!("/proc/{pid}/exe")).map(|path| path.to_string_lossy().into_owned());
    let name = || fs::read_to_string(format!("/proc/{pid}/comm")).map(|name| name.trim_end().to_owned());
    let program = path.or_else(|_| name()).unwrap_or_default();
    // Replaced by an update while it runs.
    program.strip_suffix(" (deleted)").map(str::to_owned).unwrap_or(program)
}

/// Whether it is `rolecall` itself, which lies beside this program: not whatever else is called so.
fn is_ours(program: &str) -> bool {
    let own = std::env::current_exe().ok();
    own.is_some_and(|own| own.with_file_name("rolecall") == Path::new(program))
}

/// A shell with a command to run as argument. That it is a shell is what the kernel says and not its own first word; a
/// script's arguments are not its options.
fn runs_one_command(pid: u32, program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or_default();
    if !matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "busybox") {
        return false;
    }
    let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else { return false };
    let mut options =
        line.split(|byte| *byte == 0).skip(1).filter(|word| name != "busybox" || *word != b"sh");
    options.find(|word| *word == b"-c" || !word.starts_with(b"-")).is_some_and(|word| word == b"-c")
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
        while !name().ends_with("sh") || !runs_one_command(child.id(), &name()) {
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
    fn what_a_program_calls_itself_counts_for_nothing() {
        use std::os::unix::process::CommandExt;
        let mut liar = std::process::Command::new("/bin/sleep").arg0("sh").arg("5").spawn().unwrap();
        let mut script = std::process::Command::new("/bin/sh");
        script.args(["/dev/stdin", "-c", "x"]).stdin(std::process::Stdio::piped());
        let mut script = script.spawn().unwrap();
        for child in [&mut liar, &mut script] {
            let started = std::time::Instant::now();
            while program(child.id()) == std::env::current_exe().unwrap().to_string_lossy() {
                assert!(started.elapsed().as_secs() < 5);
            }
            assert!(!asker(child.id()).processes[0].is_wrapper);
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(
            !is_ours("/tmp/rolecall")
                && is_ours(&std::env::current_exe().unwrap().with_file_name("rolecall").to_string_lossy())
        );
    }

    #[test]
    fn a_process_that_is_gone_is_nobody() {
        let asker = asker(u32::MAX - 1);
        assert_eq!(asker.processes.len(), 1);
        assert_eq!(asker.describe(None), "an unknown program");
    }
}
