//! Where the person is, as far as a program can tell.

use std::path::Path;

use domain::flow::Surroundings;

use crate::browser;
use crate::environment::Environment;

/// Files that container engines leave in what they run.
const CONTAINER_MARKS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// Looks at variables and marks that others go by as well. What only the caller knows is left false.
pub fn look(environment: &Environment) -> Surroundings {
    let any = |names: &[&str]| names.iter().any(|name| environment.text(name).is_some());
    let cloud_shell = environment.text("AWS_EXECUTION_ENV").is_some_and(|text| text.contains("CloudShell"));
    Surroundings {
        ssh: any(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]),
        container: cloud_shell
            || any(&[
                "container",
                "REMOTE_CONTAINERS",
                "CODESPACES",
                "GITPOD_WORKSPACE_ID",
                "KUBERNETES_SERVICE_HOST",
            ])
            || CONTAINER_MARKS.iter().any(|mark| Path::new(mark).exists()),
        ci: environment.text("CI").is_some_and(|text| !text.eq_ignore_ascii_case("false")),
        wsl: any(&["WSL_DISTRO_NAME", "WSL_INTEROP"]),
        screen: browser::has_screen(environment),
        embedded: false,
        no_open: false,
    }
}
