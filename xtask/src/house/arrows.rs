//! Which crate may stand on which. `ARCHITECTURE.md` draws it; this is the list.

use anyhow::{Context, Result};

use super::{assert_none, dependencies, manifests};

/// All the arrows there are, from a crate to those it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("decode", &["model"]),
    ("detect", &["model"]),
    ("store", &["model"]),
    ("io", &["model"]),
    ("web", &["model"]),
    ("lake", &["model", "decode"]),
    ("davy", &["model", "decode", "detect", "store", "io", "web", "lake"]),
    ("xtask", &[]),
];

/// Arrows that only tests may use: a detection's page is proved on real records, which only the
/// decoder can read.
const ARROWS_OF_TESTS: &[(&str, &[&str])] = &[("detect", &["decode"])];

#[test]
fn crates_stand_only_on_what_they_may() {
    assert_none(complaints());
}

fn complaints() -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for (file, manifest) in manifests()? {
        let package = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        let name = short(package.with_context(|| format!("`{}` names no package", file.display()))?);
        let Some(allowed) = list(ARROWS, name) else {
            complaints.push(format!("`{name}` is not in the list of arrows; give it a line in {LIST}"));
            continue;
        };
        let in_tests = [allowed, list(ARROWS_OF_TESTS, name).unwrap_or_default()].concat();
        for (table, allowed) in
            [("dependencies", allowed), ("build-dependencies", allowed), ("dev-dependencies", &in_tests[..])]
        {
            let used = dependencies(&manifest, table).filter(|(used, _)| is_ours(used)).map(|(used, _)| short(used));
            let wrong = used.filter(|used| !allowed.contains(used));
            complaints.extend(wrong.map(|used| {
                format!("`{name}` must not use `{used}` ({table}); move the code, or argue for the arrow in {LIST}")
            }));
        }
    }
    Ok(complaints)
}

fn is_ours(dependency: &str) -> bool {
    dependency.starts_with("davy") || dependency == "xtask"
}

/// `davy-model` is `model` to us.
fn short(package: &str) -> &str {
    package.strip_prefix("davy-").unwrap_or(package)
}

fn list(arrows: &'static [(&str, &[&str])], name: &str) -> Option<&'static [&'static str]> {
    arrows.iter().find(|(from, _)| *from == name).map(|(_, to)| *to)
}

const LIST: &str = "`xtask/src/house/arrows.rs`";
