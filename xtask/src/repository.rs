//! The files of this repository, as git sees them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The folder that holds the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Every file that is tracked or would be, relative to the root, in order. A new file is held
/// to the rules before it is committed, not after.
pub(crate) fn files() -> Result<Vec<PathBuf>> {
    let mut files = match listed_by_git() {
        Some(files) => files,
        None => walked(root())?,
    };
    files.retain(|file| root().join(file).is_file());
    files.sort();
    Ok(files)
}

/// The files whose name ends with `.extension`.
pub(crate) fn files_ending(extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = files()?;
    files.retain(|file| file.extension().is_some_and(|e| e == extension));
    Ok(files)
}

/// The text of a file, named relative to the root.
pub(crate) fn read(file: &Path) -> Result<String> {
    fs::read_to_string(root().join(file)).with_context(|| format!("reading `{}`", file.display()))
}

fn listed_by_git() -> Option<Vec<PathBuf>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(list).current_dir(root()).output().ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    let files: Vec<PathBuf> = names.split_terminator('\0').map(PathBuf::from).collect();
    (output.status.success() && !files.is_empty()).then_some(files)
}

/// For a source archive without git: everything but what the build leaves behind.
fn walked(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("listing `{}`", folder.display()))? {
        let path = entry?.path();
        let skipped = path.file_name().is_some_and(|name| name == "target" || name == ".git");
        if path.is_dir() && !skipped {
            files.extend(walked(&path)?);
        } else if path.is_file() {
            files.push(path.strip_prefix(root())?.to_owned());
        }
    }
    Ok(files)
}
