//! `cargo xtask test`: the test command. What passes here passes everywhere.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::repository;

/// Runs every step in order and stops at the first that fails.
pub(crate) fn run() -> Result<()> {
    for step in STEPS {
        println!("── {}: cargo {}", step.heading, step.arguments.join(" "));
        if let Some(component) = step.component {
            require(component)?;
        }
        if !cargo(step.arguments)? {
            bail!("{} failed\nhint: run `cargo {}`", step.heading, step.repair);
        }
    }
    Ok(())
}

struct Step {
    heading: &'static str,
    arguments: &'static [&'static str],
    /// The part of the toolchain without which cargo does not know the command.
    component: Option<Component>,
    repair: &'static str,
}

#[derive(Clone, Copy)]
struct Component {
    name: &'static str,
    probe: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        heading: "formatting",
        arguments: &["fmt", "--all", "--check"],
        component: Some(Component { name: "rustfmt", probe: "fmt" }),
        repair: "fmt --all",
    },
    Step {
        heading: "lints",
        arguments: &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
        component: Some(Component { name: "clippy", probe: "clippy" }),
        repair: "clippy --workspace --all-targets",
    },
    Step {
        heading: "tests",
        arguments: &["test", "--workspace", "--locked"],
        component: None,
        repair: "test --workspace",
    },
    Step { heading: "speed", arguments: &["xtask", "bench", "guard"], component: None, repair: "xtask bench guard" },
    Step { heading: "detection", arguments: &["xtask", "eval", "guard"], component: None, repair: "xtask eval guard" },
];

/// Toolchains in containers often come without rustfmt and clippy, so one try to add them is made.
fn require(component: Component) -> Result<()> {
    if present(component)? {
        return Ok(());
    }
    println!("`{0}` is missing; trying `rustup component add {0}`", component.name);
    let added = Command::new("rustup").args(["component", "add", component.name]).status();
    if !added.is_ok_and(|status| status.success()) || !present(component)? {
        bail!("`{0}` is not installed\nhint: run `rustup component add {0}`", component.name);
    }
    Ok(())
}

fn present(component: Component) -> Result<bool> {
    let status = Command::new("cargo")
        .args([component.probe, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("starting `cargo`")?;
    Ok(status.success())
}

fn cargo(arguments: &[&str]) -> Result<bool> {
    let status =
        Command::new("cargo").args(arguments).current_dir(repository::root()).status().context("starting `cargo`")?;
    Ok(status.success())
}
