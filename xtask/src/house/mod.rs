//! House rules that no compiler checks, as tests. Each complaint says what to do.

mod arrows;
mod dependencies;
mod fixtures;
mod shapes;
mod test_command;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::repository;

/// Passes when there is nothing to complain about.
fn assert_none(complaints: Result<Vec<String>>) {
    let complaints = complaints.expect("the repository can be read");
    assert!(complaints.is_empty(), "\n  {}\n", complaints.join("\n  "));
}

/// The manifests of our crates, and of `xtask`, by path.
fn manifests() -> Result<BTreeMap<PathBuf, toml::Table>> {
    let mut manifests = BTreeMap::new();
    for file in repository::files_ending("toml")? {
        let ours = file.starts_with("crates") || file.starts_with("xtask");
        if ours && file.ends_with("Cargo.toml") {
            let table = repository::read(&file)?.parse().with_context(|| format!("reading `{}`", file.display()))?;
            manifests.insert(file, table);
        }
    }
    Ok(manifests)
}

/// The names in one of the dependency tables of a manifest.
fn dependencies<'a>(manifest: &'a toml::Table, table: &str) -> impl Iterator<Item = (&'a String, &'a toml::Value)> {
    manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten()
}
