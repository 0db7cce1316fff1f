//! One test command: what the README says is what CI runs.

use std::path::Path;

use crate::repository;

const COMMAND: &str = "cargo xtask test";

#[test]
fn ci_runs_the_test_command_and_nothing_else() {
    let script = repository::read(Path::new(".ci/run")).expect("`.ci/run` can be read");
    let cargo: Vec<&str> = script.lines().map(str::trim).filter(|line| is_cargo(line)).collect();
    assert_eq!(cargo, [format!("exec {COMMAND}")], "`.ci/run` must run `{COMMAND}`, and no other command of cargo");
}

#[test]
fn the_readme_names_the_test_command() {
    let readme = repository::read(Path::new("README.md")).expect("`README.md` can be read");
    assert!(readme.contains(COMMAND), "`README.md` must name the test command, `{COMMAND}`");
}

fn is_cargo(line: &str) -> bool {
    !line.starts_with('#') && line.split_whitespace().any(|word| word == "cargo")
}
