//! `make demo` where there is no display.

use std::path::Path;

use crate::program::Program;

#[test]
fn the_guided_demo_runs_to_its_end_and_leaves_nothing() {
    let stage = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/demo.sh");
    let demo = Program::new(&script)
        .args([env!("CARGO_BIN_EXE_rolecall")])
        .env("PATH", "/usr/bin:/bin")
        .env("TMPDIR", stage.path());
    let outcome = demo.run().succeeded();
    for step in
        ["signed in to acme", "default is now", "assumed-role/AWSReservedSSO_ReadOnlyAccess", "signed out"]
    {
        assert!(outcome.stdout.contains(step) || outcome.stderr.contains(step), "{step}: {outcome:?}");
    }
    let left: Vec<_> = std::fs::read_dir(stage.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
