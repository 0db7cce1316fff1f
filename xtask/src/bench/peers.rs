//! `DuckDB` and `ClickHouse` as they come from `PyPI`, in an environment of their own beside the build.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::build;
use crate::repository;

/// The Python environment in which the engines are.
#[derive(Debug)]
pub(crate) struct Peers {
    python: PathBuf,
}

impl Peers {
    pub(crate) fn new(install: bool) -> Result<Self> {
        let folder = build::target()?.join("bench-peers");
        let peers = Self { python: folder.join("bin").join("python") };
        if install && !(peers.has("duckdb") && peers.has("chdb")) {
            done("python3", &["-m", "venv", &folder.to_string_lossy()])?;
            let python = peers.python.to_string_lossy();
            done(&python, &[&["-m", "pip", "install", "--quiet"], PACKAGES].concat())?;
        }
        Ok(peers)
    }

    /// Whether this engine can be used.
    pub(crate) fn has(&self, module: &str) -> bool {
        let mut import = Command::new(&self.python);
        import.args(["-c", &format!("import {module}")]).stdout(Stdio::null()).stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    }

    pub(crate) fn python(&self) -> OsString {
        self.python.clone().into()
    }

    pub(crate) fn script(name: &str) -> OsString {
        repository::root().join(Path::new("bench/peers")).join(name).into()
    }
}

fn done(program: &str, arguments: &[&str]) -> Result<()> {
    let status = Command::new(program).args(arguments).status().with_context(|| format!("starting `{program}`"))?;
    if !status.success() {
        bail!("`{program} {}` failed", arguments.join(" "));
    }
    Ok(())
}

/// Later versions of `DuckDB` read these files seven times slower, which would not be a fair race.
const PACKAGES: &[&str] = &["duckdb==1.4.4", "chdb"];
