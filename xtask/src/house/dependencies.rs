//! Every dependency is named once, at the root, with a version.

use std::path::Path;

use anyhow::Result;

use super::{assert_none, dependencies, manifests};
use crate::repository;

#[test]
fn members_take_their_dependencies_from_the_root() {
    assert_none(named_in_members());
}

#[test]
fn no_version_is_a_star() {
    assert_none(stars());
}

fn named_in_members() -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for (file, manifest) in manifests()? {
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in dependencies(&manifest, table) {
                if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    complaints.push(format!(
                        "`{}` names `{name}` itself; move it to the root `Cargo.toml`, with the sentence that earns \
                         its place, and write `{name}.workspace = true`",
                        file.display()
                    ));
                }
            }
        }
    }
    Ok(complaints)
}

fn stars() -> Result<Vec<String>> {
    let manifests = repository::files_ending("toml")?.into_iter().filter(|file| file.ends_with("Cargo.toml"));
    let mut complaints = Vec::new();
    for file in manifests {
        complaints.extend(stars_in(&file)?);
    }
    Ok(complaints)
}

fn stars_in(file: &Path) -> Result<Vec<String>> {
    let source = repository::read(file)?;
    let lines = source.lines().enumerate().filter(|(_, line)| line.contains("= \"*\""));
    Ok(lines.map(|(index, _)| format!("{}:{} give the version a number", file.display(), index + 1)).collect())
}
