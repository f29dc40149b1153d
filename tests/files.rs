//! The AWS config belongs to the person: what a switch may do to it, and what it must not.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::program::Outcome;
use crate::world::{GRANT, OTHER, World};

const THEIRS: &str = "# mine\n[default]\nregion = eu-west-1\naws_access_key_id = AKIDEXAMPLE\n\
                      aws_secret_access_key = x\noutput = json\n# kept\n\n[profile other]\nregion = us-west-2\n";

fn backups(world: &World) -> Vec<PathBuf> {
    let dir = world.config_path().with_file_name("rolecall-backups");
    let entries = fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort_unstable();
    paths
}

#[test]
fn a_profile_of_somebody_else_is_refused() {
    let world = World::listed();
    world.write_config(THEIRS);
    let refused = world.rolecall(["switch", GRANT]).run().failed(5);
    assert!(refused.failure().0.contains("not written by Rolecall"), "{}", refused.stderr);
    assert!(refused.failure().1.contains("--force"), "{}", refused.stderr);
    assert_eq!(world.config(), THEIRS);
    assert_eq!(backups(&world), Vec::<PathBuf>::new());
}

#[test]
fn force_takes_a_profile_over_and_says_what_it_took_out() {
    let world = World::listed();
    world.write_config(THEIRS);
    let forced = world.rolecall(["switch", GRANT, "--force"]).run().succeeded();
    assert!(forced.stderr.contains("aws_access_key_id"), "{}", forced.stderr);
    let config = world.config();
    for kept in
        ["# mine\n[default]\n", "output = json\n", "# kept\n", "[profile other]\nregion = us-west-2\n"]
    {
        assert!(config.contains(kept), "{kept}: {config}");
    }
    assert!(!config.contains("AKIDEXAMPLE"), "{config}");
    // Its region is kept, and it really is the role now.
    let identity = world.aws(["sts", "get-caller-identity"]).run().succeeded().json();
    assert_eq!(identity["Account"], "111122223333");
    let region = world.aws(["configure", "get", "region"]).run().succeeded();
    assert_eq!(region.stdout.trim(), "eu-west-1");
}

#[test]
fn the_old_file_is_kept_beside_the_new_one() {
    let world = World::listed();
    world.write_config(THEIRS);
    for number in 0..15 {
        world.switch(if number % 2 == 0 { GRANT } else { OTHER }, "dev");
    }
    let kept = backups(&world);
    assert_eq!(fs::read_to_string(&kept[0]).unwrap(), THEIRS, "the very first stays for good");
    assert_eq!(kept.len(), 11, "and the latest ten");
    for path in &kept {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, fs::metadata(world.config_path()).unwrap().permissions().mode() & 0o7777);
    }
    // The same switch again changes nothing and leaves no backup.
    world.switch(GRANT, "dev");
    assert_eq!(backups(&world), kept);
}

#[test]
fn links_and_permissions_stay() {
    let world = World::listed();
    let dotfiles = world.session.home().join("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    let target = dotfiles.join("aws-config");
    fs::write(&target, THEIRS).unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir_all(world.config_path().parent().unwrap()).unwrap();
    symlink("../dotfiles/aws-config", world.config_path()).unwrap();
    world.switch(GRANT, "dev");
    assert!(world.config_path().is_symlink());
    let changed = fs::read_to_string(&target).unwrap();
    assert!(changed.starts_with(THEIRS) && changed.contains("[profile dev]"), "{changed}");
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o7777, 0o640);
}

#[test]
fn a_new_file_can_be_read_by_its_owner_alone() {
    let world = World::listed();
    world.switch(GRANT, "default");
    assert_eq!(fs::metadata(world.config_path()).unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
fn every_byte_that_is_not_the_profiles_stays() {
    let world = World::listed();
    for theirs in [
        "[default]\r\nregion = eu-west-1\r\n\r\n# the end\r\n",
        "\u{feff}[default]\nregion = eu-west-1\n",
        "[default]\nregion = eu-west-1",
        "; Größe\n\n\n[profile a]\n  \ns3 =\n    max_concurrent_requests = 10\n",
        "[plugins]\ncli_legacy_plugin_path = /x\n[profile a]\nregion: eu-west-1\n",
        "",
    ] {
        world.write_config(theirs);
        world.switch(GRANT, "dev");
        let after = world.config();
        assert!(after.starts_with(theirs), "{theirs:?} became {after:?}");
        let added = &after[theirs.len()..];
        assert_eq!(added.contains("\r\n"), theirs.contains("\r\n"), "its line ends: {added:?}");
        // Back and forth: only the profile's own lines move.
        world.switch(OTHER, "dev");
        world.switch(GRANT, "dev");
        assert_eq!(world.config(), after);
    }
}

#[test]
fn a_file_that_cannot_be_understood_is_left_alone() {
    let world = World::listed();
    for broken in [&b"[default]\nregion = \xff\xfe\n"[..], b"[default]\nregion = a\n[default]\nregion = b\n"]
    {
        world.write_config(broken);
        world.rolecall(["switch", GRANT]).run().failed(5);
        assert_eq!(fs::read(world.config_path()).unwrap(), broken);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let world = World::listed();
    // Nobody, root included, can make files there.
    let switch = world.rolecall(["switch", GRANT]).env("AWS_CONFIG_FILE", "/proc/self/aws-config");
    let refused = switch.run().failed(5);
    assert!(refused.stderr.contains("/proc/self/aws-config"), "{}", refused.stderr);
}

/// Runs a command that can't write a single byte to any file, as on a full disk.
fn on_a_full_disk(world: &World, args: &str) -> Outcome {
    let script = format!("trap '' XFSZ; ulimit -f 0; exec {} {args}", env!("CARGO_BIN_EXE_rolecall"));
    world.program("/bin/sh").args(["-c", &script]).run()
}

#[test]
fn a_full_disk_costs_nothing() {
    let world = World::listed();
    world.write_config(THEIRS);
    let refused = on_a_full_disk(&world, &format!("switch {GRANT} --profile dev")).failed(5);
    assert!(refused.stderr.contains(".aws"), "the place is named: {}", refused.stderr);
    assert_eq!(world.config(), THEIRS);
    let list = on_a_full_disk(&world, "list --refresh --json");
    assert_eq!(list.code(), 1, "{}", list.stderr);
    assert_eq!(list.json().as_array().unwrap().len(), world.grants().len());
    on_a_full_disk(&world, "portal add more --start-url d-1234567890 --region us-east-1").failed(5);
    world.rolecall(["status"]).run().succeeded();
}

#[test]
fn a_switch_killed_at_any_moment_leaves_the_old_or_the_new_file() {
    let world = World::listed();
    world.write_config(THEIRS);
    world.switch(OTHER, "dev");
    let first = world.config();
    let began = Instant::now();
    world.switch(GRANT, "dev");
    let took = began.elapsed();
    let second = world.config();
    let mut seen = [0, 0];
    for number in 0..48_u32 {
        let grant = if number % 2 == 0 { OTHER } else { GRANT };
        let switch = world.rolecall(["switch", grant, "--profile", "dev"]).start();
        // A sweep over the whole run: the moment of the kill is the input here, not a wait for something.
        std::thread::sleep(took * (number / 2) / 20 + Duration::from_micros(u64::from(number) * 37));
        switch.kill();
        let now = world.config();
        let which = [&first, &second].iter().position(|whole| **whole == now);
        seen[which.unwrap_or_else(|| panic!("neither old nor new: {now:?}"))] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "some kills came before the change and some after: {seen:?}");
    // No lock is left behind.
    world.switch(GRANT, "dev");
    assert_eq!(world.config(), second);
}

#[test]
fn keys_in_the_credentials_file_that_would_win_are_told() {
    let world = World::listed();
    world.write_config("");
    let credentials = world.config_path().with_file_name("credentials");
    let theirs = "[dev]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n";
    fs::write(&credentials, theirs).unwrap();
    let warned = world.rolecall(["switch", GRANT, "--profile", "dev"]).run().succeeded();
    assert!(warned.stderr.contains("warning: [dev] in the AWS credentials file"), "{}", warned.stderr);
    assert_eq!(fs::read_to_string(&credentials).unwrap(), theirs);
    let quiet = world.rolecall(["switch", GRANT, "--profile", "test"]).run().succeeded();
    assert!(!quiet.stderr.contains("warning"), "{}", quiet.stderr);
    // The variable names another file.
    let elsewhere = world.rolecall(["switch", GRANT, "--profile", "dev"]);
    let quiet = elsewhere.env("AWS_SHARED_CREDENTIALS_FILE", "~/none").run().succeeded();
    assert!(!quiet.stderr.contains("warning"), "{}", quiet.stderr);
}

#[test]
fn variables_that_would_win_are_told() {
    let world = World::listed();
    let warned = |name: &str, value: &str| {
        let switch = world.rolecall(["switch", GRANT, "--profile", "dev"]).env(name, value);
        switch.run().succeeded().stderr
    };
    assert!(warned("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").contains("warning: AWS_ACCESS_KEY_ID is set"));
    assert!(
        warned("AWS_WEB_IDENTITY_TOKEN_FILE", "/t").contains("warning: AWS_WEB_IDENTITY_TOKEN_FILE is set")
    );
    assert!(warned("AWS_PROFILE", "prod").contains("warning: AWS_PROFILE is `prod`"));
    assert!(warned("AWS_DEFAULT_PROFILE", "prod").contains("warning: AWS_DEFAULT_PROFILE is `prod`"));
    assert!(warned("AWS_REGION", "eu-west-1").contains("warning: AWS_REGION is `eu-west-1`"));
    assert!(!warned("AWS_PROFILE", "dev").contains("warning"));
}

#[test]
fn the_variable_for_the_config_file_is_honoured() {
    let world = World::listed();
    let elsewhere = world.session.path("elsewhere");
    let switch = world.rolecall(["switch", GRANT]).env("AWS_CONFIG_FILE", &elsewhere);
    switch.run().succeeded();
    assert!(!world.config_path().exists());
    let identity = world.aws(["sts", "get-caller-identity"]).env("AWS_CONFIG_FILE", &elsewhere);
    assert_eq!(identity.run().succeeded().json()["Account"], "111122223333");
    let home = world.rolecall(["switch", GRANT]).env("AWS_CONFIG_FILE", "~/from-home");
    home.run().succeeded();
    assert!(world.session.home().join("from-home").exists(), "a leading ~ is the home folder");
}

#[test]
fn the_region_is_the_asked_the_present_or_the_chosen_one() {
    let world = World::listed();
    let region = |profile: &str| {
        let told = world.aws(["configure", "get", "region", "--profile", profile]).run().succeeded();
        told.stdout.trim().to_owned()
    };
    world.switch(GRANT, "a");
    assert_eq!(region("a"), "us-east-1", "the portal's, where nothing else is known");
    world.rolecall(["switch", GRANT, "--profile", "a", "--region", "eu-north-1"]).run().succeeded();
    world.switch(OTHER, "a");
    assert_eq!(region("a"), "eu-north-1", "a switch does not move a profile");
    let settings = world.session.home().join(".config/rolecall/settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("default_region = \"ca-central-1\"\ndefault_profile = \"c\"\n{text}"))
        .unwrap();
    world.rolecall(["switch", GRANT]).run().succeeded();
    assert_eq!(region("c"), "ca-central-1");
    world.rolecall(["switch", GRANT, "--region", "mars-1"]).run().failed_as_usage();
}

#[test]
fn a_program_in_a_folder_with_a_space_is_found_by_aws_tools() {
    let world = World::listed();
    let dir = world.session.path("my tools");
    fs::create_dir(&dir).unwrap();
    let moved = dir.join("rolecall");
    fs::copy(env!("CARGO_BIN_EXE_rolecall"), &moved).unwrap();
    world.program(&moved).args(["switch", GRANT]).run().succeeded();
    assert!(world.config().contains("my tools"), "{}", world.config());
    let identity = world.aws(["sts", "get-caller-identity"]).run().succeeded().json();
    assert_eq!(identity["Account"], "111122223333");
    let script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])";
    assert_eq!(world.python(script).run().succeeded().stdout.trim(), "111122223333");
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let world = World::listed();
    let pipe = world.session.path("pipe");
    let made = std::process::Command::new("/usr/bin/mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let link = world.session.path("link");
    symlink(&pipe, &link).unwrap();
    let dir = world.session.path("folder");
    fs::create_dir(&dir).unwrap();
    for path in [&pipe, &link, &dir] {
        // Whoever opened the pipe would wait for a writer.
        world.rolecall(["switch", GRANT]).env("AWS_CONFIG_FILE", path).run().failed(5);
        world.rolecall(["switch", GRANT]).env("AWS_SHARED_CREDENTIALS_FILE", path).run().failed(5);
    }
    assert!(dir.is_dir() && fs::symlink_metadata(&link).unwrap().is_symlink());
    // Some people name this device to say that there is no config.
    world.rolecall(["status"]).env("AWS_CONFIG_FILE", "/dev/null").run().succeeded();
}
