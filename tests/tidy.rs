//! The rules of ARCHITECTURE.md that a machine can keep.
#![expect(clippy::unwrap_used, reason = "a test that stumbles has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Longer files want a reason; there is none so far.
const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of ours below `dir` with this ending.
fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        let theirs =
            ["target", "gen", "node_modules", "dist"].contains(&name.as_str()) || name.starts_with('.');
        if path.is_dir() && !theirs {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn dependencies(manifest: &str, table: &str) -> BTreeSet<String> {
    let text = text(&root().join(manifest));
    let body = text.split(&format!("\n[{table}]\n")).nth(1).unwrap_or_default();
    let body = body.split("\n[").next().unwrap();
    let names = body.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
    names.map(|line| line.split(['.', ' ', '=']).next().unwrap().to_owned()).collect()
}

#[test]
fn the_domain_depends_on_nothing_that_acts() {
    let known =
        ["jiff", "nucleo-matcher", "percent-encoding", "serde", "serde_json", "toml_edit", "url", "zeroize"];
    let known: BTreeSet<String> = known.map(str::to_owned).into();
    assert_eq!(dependencies("src-tauri/domain/Cargo.toml", "dependencies"), known);
}

#[test]
fn the_domain_does_no_io_and_has_no_clock() {
    let forbidden =
        ["std::fs", "std::net", "std::env", "std::process", "std::thread", "::now()", "async fn", ".await"];
    for path in files(&root().join("src-tauri/domain/src"), ".rs") {
        if path.components().any(|part| part.as_os_str().to_string_lossy().contains("tests")) {
            continue;
        }
        let code = text(&path);
        let code = code.split("#[cfg(test)]").next().unwrap();
        for word in forbidden {
            let found = code.lines().find(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert!(found.is_none(), "{}: {word} in `{}`", path.display(), found.unwrap());
        }
    }
}

#[test]
fn only_the_desktop_names_tauri() {
    for path in files(&root().join("src-tauri"), ".rs") {
        if path.starts_with(root().join("src-tauri/desktop")) {
            continue;
        }
        for line in text(&path).lines().filter(|line| !line.trim_start().starts_with("//")) {
            assert!(!line.contains("tauri::"), "{}: {line}", path.display());
        }
    }
    for manifest in ["domain", "engine", "sim"] {
        let names = dependencies(&format!("src-tauri/{manifest}/Cargo.toml"), "dependencies");
        assert!(!names.iter().any(|name| name.contains("tauri")), "{manifest}");
    }
}

#[test]
fn the_simulator_shares_nothing_with_the_client() {
    let manifest = text(&root().join("src-tauri/sim/Cargo.toml"));
    assert!(!manifest.contains("path ="), "sim may not depend on another crate of ours");
    assert!(!text(&root().join("src-tauri/engine/Cargo.toml")).contains("../sim"), "engine may not know sim");
    assert!(
        !text(&root().join("src-tauri/domain/Cargo.toml")).contains("../"),
        "domain depends on nothing of ours"
    );
}

#[test]
fn there_is_one_tray_icon_crate() {
    // Two versions would mean that the choice of backend in our manifest does not reach Tauri's copy.
    let lock = text(&root().join("Cargo.lock"));
    assert_eq!(lock.matches("name = \"tray-icon\"").count(), 1);
    assert_eq!(lock.matches("name = \"zbus\"").count(), 1, "one D-Bus implementation");
}

#[test]
fn every_package_takes_the_links() {
    let config: serde_json::Value = serde_json::from_str(&text(&root().join("tauri.conf.json"))).unwrap();
    let entry = text(&root().join("packaging/rolecall-desktop.desktop"));
    let value = |key: &str| entry.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    let schemes = config["plugins"]["deep-link"]["desktop"]["schemes"].as_array().unwrap();
    let types = schemes.iter().map(|scheme| format!("x-scheme-handler/{};", scheme.as_str().unwrap()));
    assert_eq!(value("MimeType="), types.collect::<String>());
    assert_eq!(value("Exec="), format!("{} %u", config["mainBinaryName"].as_str().unwrap()));
    for package in ["deb", "rpm"] {
        let linux = &config["bundle"]["linux"][package];
        assert_eq!(linux["desktopTemplate"], "packaging/rolecall-desktop.desktop", "{package}");
        let recommended = linux["recommends"].as_array().unwrap();
        // Without it GIO, and all that asks it, never learns of the scheme.
        assert!(recommended.contains(&"desktop-file-utils".into()), "{package}");
    }
}

#[test]
fn files_are_named_for_what_they_hold() {
    for path in files(&root(), ".rs").into_iter().chain(files(&root(), ".js")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for vague in ["util", "utils", "helper", "helpers", "common", "manager", "misc"] {
            assert_ne!(name, vague, "{}", path.display());
        }
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for path in files(&root(), ".rs").into_iter().chain(files(&root(), ".js")) {
        let lines = text(&path).lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
    }
}

#[test]
fn nothing_is_left_unfinished() {
    let words = ["todo!(", "unimplemented!(", "#[ignore", concat!("TO", "DO"), concat!("FIX", "ME")];
    for path in files(&root(), ".rs") {
        if path.ends_with("tests/tidy.rs") {
            continue;
        }
        for word in words {
            assert!(!text(&path).contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn each_line_of_the_behaviour_names_its_test() {
    let all: String = files(&root(), ".rs").iter().map(|path| text(path)).collect();
    let behaviour = text(&root().join("docs/behaviour.md"));
    let lines: Vec<&str> = behaviour.lines().filter(|line| line.starts_with("- ")).collect();
    assert!(lines.len() > 30, "docs/behaviour.md lists what the user sees");
    for line in lines {
        let named = line.trim_end().strip_suffix('`').and_then(|line| line.rsplit('`').next());
        let Some(name) = named.and_then(|name| name.rsplit("::").next()) else {
            panic!("no test named: {line}")
        };
        assert!(all.contains(&format!("fn {name}(")), "there is no test `{name}` (named by: {line})");
    }
}

#[test]
fn every_test_that_the_documents_name_is_there() {
    let all: String = files(&root(), ".rs").iter().map(|path| text(path)).collect();
    for document in ["docs/behaviour.md", "docs/clients.md", "docs/sign-in.md"] {
        let document = text(&root().join(document));
        let quoted = document.split('`').skip(1).step_by(2).filter(|quoted| quoted.contains("::"));
        let names: Vec<&str> = quoted.filter_map(|quoted| quoted.rsplit("::").next()).collect();
        assert!(names.len() > 10);
        for name in names {
            assert!(all.contains(&format!("fn {name}(")), "there is no test `{name}`");
        }
    }
}
