//! The programs that are measured, built as they are released.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::repository;

/// The programs of ours.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) davy: PathBuf,
    pub(crate) floor: PathBuf,
}

pub(crate) fn programs() -> Result<Programs> {
    let davy = davy()?;
    cargo(&["build", "--release", "--locked", "--package", "davy-decode", "--example", "inflate"])?;
    let release = target()?.join("release");
    Ok(Programs { davy, floor: release.join("examples").join("inflate") })
}

/// Davy as released.
pub(crate) fn davy() -> Result<PathBuf> {
    cargo(&["build", "--release", "--locked", "--package", "davy"])?;
    Ok(target()?.join("release").join("davy"))
}

/// Davy as released, with names in it.
pub(crate) fn davy_for_profiling() -> Result<PathBuf> {
    cargo(&["build", "--profile", "profiling", "--locked", "--package", "davy"])?;
    Ok(target()?.join("profiling").join("davy"))
}

/// This chore once more, optimised.
pub(crate) fn optimised(chore: &str, words: &[&str]) -> Result<()> {
    cargo(&[&["run", "--release", "--locked", "--package", "xtask", "--", chore], words].concat())
}

/// Where cargo builds: this program lies in a folder of it.
pub(crate) fn target() -> Result<PathBuf> {
    let program = std::env::current_exe().context("asking where this program is")?;
    let target = program.parent().and_then(Path::parent).context("this program was not built by cargo")?;
    Ok(target.to_owned())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.arg("--quiet").args(arguments).current_dir(repository::root());
    // Programs have to lie where `target` says.
    command.env("CARGO_TARGET_DIR", target()?);
    let status = command.status().context("starting `cargo`")?;
    if !status.success() {
        bail!("`cargo {}` failed", arguments.join(" "));
    }
    Ok(())
}
