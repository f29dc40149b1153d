//! Who asks, on macOS and Windows.

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
        processes.push(Process {
            pid: pid.as_u32(),
            program: program.unwrap_or_else(|| process.name().to_string_lossy().into_owned()),
            is_wrapper: is_wrapper(process.cmd()),
        });
        directories.push(process.cwd().map(|path| path.to_string_lossy().into_owned()));
        next = process.parent();
    }
    let mut asker = Asker { processes, ..Asker::default() };
    let at = asker.program().and_then(|program| asker.processes.iter().position(|p| p.pid == program.pid));
    asker.directory = at.and_then(|at| directories.swap_remove(at));
    asker
}

/// A shell with a command to run as argument.
fn is_wrapper(words: &[std::ffi::OsString]) -> bool {
    let Some((shell, rest)) = words.split_first() else { return false };
    let shell = shell.to_string_lossy().to_lowercase();
    let name = shell.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_shell = matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "cmd" | "cmd.exe");
    is_shell && rest.iter().take(3).any(|word| word == "-c" || word.eq_ignore_ascii_case("/c"))
}
