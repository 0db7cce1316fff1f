//! The micro-benchmarks of the crates, as they print themselves.

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::build;
use crate::repository;

/// Cutting, searching and parsing; and folding.
pub(crate) fn run() -> Result<String> {
    let decode = bench("davy-decode", "decode")?;
    let fold = bench("davy-detect", "fold")?;
    Ok(format!("{}\n\n{}", decode.trim_end(), fold.trim_end()))
}

fn bench(package: &str, name: &str) -> Result<String> {
    eprintln!("measuring {name}");
    let mut command = Command::new("cargo");
    command.args(["bench", "--quiet", "--locked", "--package", package, "--bench", name]);
    command.env("CARGO_TARGET_DIR", build::target()?).current_dir(repository::root());
    let output = command.output().context("starting `cargo`")?;
    if !output.status.success() {
        bail!("`cargo bench --package {package}` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
