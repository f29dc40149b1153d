//! What a person's shell is told: code that sets and unsets variables, in the shell's own words.
//!
//! A program can't change the shell that started it, so `rolecall use` prints code and a function of the shell runs
//! it. Names and values in it are anybody's text; they are quoted here and nowhere else.

mod standing;

use std::fmt::Write;

use crate::ids::NotValid;

pub use standing::{Layer, Off, STATE, Shift, Standing, Target, VARIABLES};

/// The first line of code for a shell. The shell's function runs nothing that begins otherwise, such as a help text.
pub const MARK: &str = "# rolecall";

/// A shell that can be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// 3.2 and later; also whatever else reads POSIX.
    Bash,
    /// 5 and later.
    Zsh,
    /// 3 and later.
    Fish,
    /// 5.1 and later, on every system.
    PowerShell,
    /// Does not run code that a program printed, so it gets data: JSON.
    Nushell,
}

impl Shell {
    /// By the name or the path of its program, such as `$SHELL`.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        match name.strip_suffix(".exe").unwrap_or(name) {
            "bash" | "sh" | "dash" | "ksh" => Ok(Self::Bash),
            "zsh" => Ok(Self::Zsh),
            "fish" => Ok(Self::Fish),
            "powershell" | "pwsh" => Ok(Self::PowerShell),
            "nushell" | "nu" => Ok(Self::Nushell),
            _ => Err(NotValid("should be bash, zsh, fish, powershell or nushell".into())),
        }
    }

    /// As in arguments.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Nushell => "nushell",
        }
    }

    /// The text as one word that means nothing but itself, whatever is in it.
    pub fn quote(self, text: &str) -> String {
        match self {
            Self::Bash | Self::Zsh => format!("'{}'", text.replace('\'', r"'\''")),
            Self::Fish => format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
            Self::PowerShell => format!("'{}'", power_shell(text)),
            Self::Nushell => serde_json::Value::from(text).to_string(),
        }
    }
}

/// PowerShell takes typographic quotes for the plain one (`about_Quoting_Rules`); each is doubled.
pub(crate) fn power_shell(value: &str) -> String {
    let is_quote = |c| matches!(c, '\'' | '\u{2018}'..='\u{201B}');
    value.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 })).collect()
}

/// One thing that a shell does to one of its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Set {
        name: &'static str,
        value: String,
    },
    Unset {
        name: &'static str,
    },
    /// Out of the environment, into a variable that no child sees. The value never comes to us.
    Park {
        name: &'static str,
        layer: Layer,
    },
    /// Back again, if it is in this shell. If not, it can be told.
    Unpark {
        name: &'static str,
        layer: Layer,
        tells: bool,
    },
}

/// The code for these steps, with [`MARK`] as its first line. Nothing for no steps.
pub(crate) fn code(steps: &[Step], shell: Shell) -> String {
    if shell == Shell::Nushell {
        return data(steps);
    }
    if steps.is_empty() {
        return String::new();
    }
    let mut code = format!("{MARK}\n");
    for step in steps {
        // Writing to a text can't fail.
        let _ = writeln!(code, "{}", line(step, shell));
    }
    code
}

fn line(step: &Step, shell: Shell) -> String {
    let unset = |name: &str| match shell {
        Shell::Fish => {
            // A universal variable is kept for good: it is shadowed, not erased.
            format!("set -eg {name}; if set -q {name}; set -gu {name}; end")
        }
        Shell::PowerShell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
        _ => format!("unset {name}"),
    };
    match step {
        Step::Set { name, value } => match shell {
            Shell::Fish => format!("set -gx {name} {}", shell.quote(value)),
            Shell::PowerShell => format!("$env:{name} = {}", shell.quote(value)),
            _ => format!("export {name}={}", shell.quote(value)),
        },
        Step::Unset { name } => unset(name),
        Step::Park { name, layer } => {
            let (slot, unset) = (slot(name, *layer), unset(name));
            match shell {
                Shell::Fish => format!("if set -q {name}; set -g {slot} ${name}; {unset}; end"),
                Shell::PowerShell => {
                    format!("if (Test-Path Env:{name}) {{ $global:{slot} = $env:{name}; {unset} }}")
                }
                _ => format!("if [ -n \"${{{name}+x}}\" ]; then {slot}=\"${name}\"; {unset}; fi"),
            }
        }
        Step::Unpark { name, layer, tells } => {
            let slot = slot(name, *layer);
            let missing = format!(
                "rolecall: {name} stays unset: it is only in the shell that this one was started from"
            );
            let unset = match shell {
                _ if !tells => unset(name),
                Shell::PowerShell => {
                    format!("{}; [Console]::Error.WriteLine({})", unset(name), shell.quote(&missing))
                }
                _ => format!("{}; echo {} >&2", unset(name), shell.quote(&missing)),
            };
            match shell {
                Shell::Fish => {
                    format!("if set -q {slot}; set -gx {name} ${slot}; set -eg {slot}; else; {unset}; end")
                }
                Shell::PowerShell => format!(
                    "if (Test-Path Variable:global:{slot}) {{ $env:{name} = $global:{slot}; Remove-Variable {slot} \
                     -Scope Global }} else {{ {unset} }}"
                ),
                _ => format!(
                    "if [ -n \"${{{slot}+x}}\" ]; then export {name}=\"${slot}\"; unset {slot}; else {unset}; fi"
                ),
            }
        }
    }
}

fn slot(name: &str, layer: Layer) -> String {
    format!("__rolecall_{}_{name}", layer.as_str())
}

/// `{"set": {NAME: VALUE}, "unset": [NAME]}`. A parked variable is gone here: every variable of nushell is in the
/// environment of its children.
fn data(steps: &[Step]) -> String {
    let mut set = serde_json::Map::new();
    let mut unset: Vec<&str> = Vec::new();
    for step in steps {
        match step {
            Step::Set { name, value } => {
                unset.retain(|other| other != name);
                set.insert((*name).to_owned(), value.as_str().into());
            }
            Step::Unset { name } | Step::Park { name, .. } | Step::Unpark { name, .. } => {
                set.remove(*name);
                if !unset.contains(name) {
                    unset.push(name);
                }
            }
        }
    }
    format!("{}\n", serde_json::json!({ "set": set, "unset": unset }))
}

#[cfg(test)]
mod tests;
