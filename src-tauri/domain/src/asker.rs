//! Who asks for credentials: a program, who started it, and where.

use serde::{Deserialize, Serialize};

use crate::text;

/// A process that asks, or one that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Process {
    /// Its id, which the system gives to another process some time after this one has ended.
    pub pid: u32,
    /// The path of its executable, or at least its name; empty if the system does not tell.
    pub program: String,
    /// It only stands between: Rolecall itself, or a shell that was started to run one command (`sh -c …`), as SDKs run a
    /// `credential_process`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_wrapper: bool,
}

impl Process {
    /// The file name of its executable.
    pub fn name(&self) -> &str {
        let name = self.program.rsplit(['/', '\\']).next().unwrap_or_default();
        name.strip_suffix(".exe").unwrap_or(name)
    }
}

/// Who asks. What a process says of itself is not believed; what the system says of it may be old news.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asker {
    /// The process that asks, its parent, and so on.
    pub processes: Vec<Process>,
    /// Where the program works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// What `rolecall exec` is about to become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl Asker {
    /// How many ancestors are looked at.
    pub const DEPTH: usize = 12;

    /// The program that wants the credentials: not Rolecall itself, nor the shell that runs it for somebody. If a
    /// person has typed the command, it is their shell.
    pub fn program(&self) -> Option<&Process> {
        self.at().map(|at| &self.processes[at])
    }

    /// What has started that program, such as a shell.
    pub fn starter(&self) -> Option<&Process> {
        self.at()
            .and_then(|at| self.processes.get(at + 1..))
            .and_then(|rest| rest.iter().find(|p| !p.is_wrapper))
    }

    fn at(&self) -> Option<usize> {
        self.processes.iter().position(|p| !p.is_wrapper).or(self.processes.len().checked_sub(1))
    }

    /// Who asks, for a person, safe to show: `terraform (started from zsh in ~/infra)`.
    pub fn describe(&self, home: Option<&str>) -> String {
        match self.origin(home) {
            Some(origin) => format!("{} ({origin})", self.name()),
            None => self.name(),
        }
    }

    /// What it is called, safe to show: `terraform`, or `rolecall exec make`.
    pub fn name(&self) -> String {
        match &self.command {
            Some(command) => format!("rolecall exec {}", text::line(command)),
            None => name_of(self.program()),
        }
    }

    /// Where it comes from, safe to show: `started from zsh in ~/infra`.
    pub fn origin(&self, home: Option<&str>) -> Option<String> {
        let place = self.directory.as_deref().map(|dir| text::line(&shorter(dir, home)).into_owned());
        // A command is what the person typed; the shell in front of it is what started it.
        let from = if self.command.is_some() { self.program() } else { self.starter() };
        match (from.map(|from| name_of(Some(from))), place) {
            (Some(from), Some(place)) => Some(format!("started from {from} in {place}")),
            (Some(from), None) => Some(format!("started from {from}")),
            (None, Some(place)) => Some(format!("in {place}")),
            (None, None) => None,
        }
    }
}

fn name_of(process: Option<&Process>) -> String {
    match process.map(Process::name) {
        None | Some("") => "an unknown program".to_owned(),
        Some(name) => text::line(name).into_owned(),
    }
}

fn shorter(dir: &str, home: Option<&str>) -> String {
    match home.filter(|home| home.len() > 1).and_then(|home| dir.strip_prefix(home)) {
        Some("") => "~".to_owned(),
        Some(rest) if rest.starts_with(['/', '\\']) => format!("~{rest}"),
        _ => dir.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(program: &str, is_wrapper: bool) -> Process {
        Process { pid: 1, program: program.to_owned(), is_wrapper }
    }

    fn asker(processes: &[Process], directory: Option<&str>) -> Asker {
        Asker { processes: processes.to_vec(), directory: directory.map(str::to_owned), command: None }
    }

    #[test]
    fn the_program_behind_the_credential_process_is_named() {
        let chain = [
            process("/usr/bin/rolecall", true),
            process("/bin/dash", true),
            process("/opt/terraform", false),
            process("/usr/bin/zsh", false),
        ];
        let described = asker(&chain, Some("/home/ana/infra")).describe(Some("/home/ana"));
        assert_eq!(described, "terraform (started from zsh in ~/infra)");
    }

    #[test]
    fn a_person_who_types_is_their_shell() {
        let chain = [process("/usr/bin/rolecall", true), process("/usr/bin/fish", false)];
        assert_eq!(asker(&chain, None).describe(None), "fish");
        let exec = Asker { command: Some("make".into()), ..asker(&chain, Some("/home/anabel")) };
        assert_eq!(
            exec.describe(Some("/home/ana")),
            "rolecall exec make (started from fish in /home/anabel)"
        );
    }

    #[test]
    fn what_is_not_known_is_said_and_what_is_hostile_is_harmless() {
        assert_eq!(Asker::default().describe(None), "an unknown program");
        let chain = [process("/tmp/\u{1b}[31mterra\u{202e}form\n", false)];
        let described = asker(&chain, None).describe(None);
        assert!(described.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{described:?}");
        let alone = [process("/usr/bin/rolecall", true)];
        assert_eq!(asker(&alone, None).describe(None), "rolecall");
    }

    #[test]
    fn windows_paths_are_paths() {
        assert_eq!(process(r"C:\Tools\terraform.exe", false).name(), "terraform");
    }
}
