//! Who asks, on macOS and Windows.

use std::ffi::OsString;
use std::path::Path;

use domain::asker::{Asker, Process};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// The process, its parents, and where the program works.
pub(super) fn asker(pid: u32) -> Asker {
    let what = ProcessRefreshKind::nothing()
        .with_exe(UpdateKind::Always)
        .with_cmd(UpdateKind::Always)
        .with_cwd(UpdateKind::Always);
    let mut system = System::new();
    let mut processes = Vec::new();
    let mut directories = Vec::new();
    let mut next = Some(Pid::from_u32(pid));
    let mut born = u64::MAX;
    while let Some(pid) = next.filter(|pid| pid.as_u32() > 1 && processes.len() < Asker::DEPTH) {
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
        // The parent may have ended, and its id be another's by now: nobody is younger than their child.
        let Some(process) = system.process(pid).filter(|process| process.start_time() <= born) else { break };
        born = process.start_time();
        let program = process.exe().map(|path| path.to_string_lossy().into_owned());
        let program = program.unwrap_or_else(|| process.name().to_string_lossy().into_owned());
        let is_wrapper = is_ours(&program) || runs_one_command(&program, process.cmd());
        processes.push(Process { pid: pid.as_u32(), program, is_wrapper });
        directories.push(process.cwd().map(|path| path.to_string_lossy().into_owned()));
        next = process.parent();
    }
    let mut asker = Asker { processes, ..Asker::default() };
    let at = asker.program().and_then(|program| asker.processes.iter().position(|p| p.pid == program.pid));
    asker.directory = at.and_then(|at| directories.swap_remove(at));
    asker
}

/// Whether it is `rolecall` itself, which lies beside this program: not whatever else is called so.
fn is_ours(program: &str) -> bool {
    let own = std::env::current_exe().ok();
    let name = format!("rolecall{}", std::env::consts::EXE_SUFFIX);
    own.is_some_and(|own| own.with_file_name(name) == Path::new(program))
}

/// A shell with a command to run as argument. That it is a shell is what the system says and not its own first word; a
/// script's arguments are not its options.
fn runs_one_command(program: &str, words: &[OsString]) -> bool {
    let program = program.to_lowercase();
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    if !matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "cmd.exe") {
        return false;
    }
    let is_it = |word: &OsString| word == "-c" || word.eq_ignore_ascii_case("/c");
    let is_option = |word: &OsString| word.to_string_lossy().starts_with(['-', '/']);
    words.iter().skip(1).find(|word| is_it(word) || !is_option(word)).is_some_and(is_it)
}
