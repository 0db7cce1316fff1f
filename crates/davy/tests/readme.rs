//! The README is run: each command of its console blocks, in order, with the output it shows.
//!
//! `DAVY_BLESS=1` writes what the commands really print into the page.

#![expect(clippy::unwrap_used, reason = "a test may fail like this")]

use std::{env, fs, path::Path, process::Command};

const BLOCK: &str = "```console\n";

#[test]
fn every_command_prints_what_the_page_shows() {
    let path = repository().join("README.md");
    let page = fs::read_to_string(&path).unwrap();
    let fresh = run_page(&page);
    if env::var_os("DAVY_BLESS").is_some() {
        fs::write(&path, fresh).unwrap();
        return;
    }
    for (shown, printed) in page.lines().zip(fresh.lines()) {
        assert_eq!(shown, printed, "README.md is stale\nhint: DAVY_BLESS=1 cargo test -p davy --test readme");
    }
    assert_eq!(page.len(), fresh.len(), "README.md is stale");
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The page with every console block filled anew.
fn run_page(page: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for name in ["sample", "testdata"] {
        let there = fs::canonicalize(repository().join(name)).unwrap();
        std::os::unix::fs::symlink(there, folder.path().join(name)).unwrap();
    }
    let mut blocks = page.split(BLOCK);
    let mut fresh = blocks.next().unwrap_or_default().to_owned();
    for block in blocks {
        let (shown, rest) = block.split_once("```").unwrap();
        fresh.push_str(BLOCK);
        fresh.push_str(&run_block(shown, folder.path()));
        fresh.push_str("```");
        fresh.push_str(rest);
    }
    fresh
}

fn run_block(shown: &str, folder: &Path) -> String {
    let commands: Vec<&str> = shown.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(!commands.is_empty(), "a console block without a command");
    commands.iter().map(|command| format!("$ {command}\n{}", run(command, folder))).collect::<Vec<_>>().join("\n")
}

/// What is on the reader's path as `davy` is the program under test.
fn run(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_davy"));
    let path = format!("{}:{}", program.parent().unwrap().display(), env::var("PATH").unwrap());
    let command = command.replace("cargo run --release -- ", "davy ");
    let output = Command::new("sh").args(["-c", &command]).current_dir(folder).env("PATH", path).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    String::from_utf8(output.stdout).unwrap()
}
