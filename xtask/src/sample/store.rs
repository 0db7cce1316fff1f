//! Files of the sample on disk: written, or compared with what is there.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::layout::Files;

/// Replaces the logs in this folder, and says how many bytes they take.
pub(crate) fn write(folder: &Path, files: &Files) -> Result<u64> {
    let logs = folder.join(TOP);
    if logs.exists() {
        fs::remove_dir_all(&logs).with_context(|| format!("removing `{}`", logs.display()))?;
    }
    let mut bytes = 0;
    for (name, text) in files {
        let path = folder.join(name);
        bytes += pack(&path, text).with_context(|| format!("writing `{}`", path.display()))?;
    }
    Ok(bytes)
}

/// What has to change for the folder to hold these files, one line each.
///
/// Unpacked contents are compared, and as values: how well a library packs, and in which order
/// it writes the fields of a map, is no difference.
pub(crate) fn differences(folder: &Path, files: &Files) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut present = listed(&folder.join(TOP), TOP)?;
    for (name, text) in files {
        if !present.remove(name) {
            lines.push(format!("`{name}` is missing"));
        } else if value(&unpack(&folder.join(name))?)? != value(text)? {
            lines.push(format!("`{name}` differs"));
        }
    }
    lines.extend(present.into_iter().map(|name| format!("`{name}` does not belong here")));
    Ok(lines)
}

fn pack(path: &Path, text: &str) -> Result<u64> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut encoder = GzEncoder::new(File::create(path)?, Compression::best());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.metadata()?.len())
}

fn unpack(path: &Path) -> Result<String> {
    let mut text = String::new();
    let file = File::open(path).with_context(|| format!("opening `{}`", path.display()))?;
    GzDecoder::new(file).read_to_string(&mut text).with_context(|| format!("unpacking `{}`", path.display()))?;
    Ok(text)
}

fn value(text: &str) -> Result<Value> {
    serde_json::from_str(text).context("reading a log file as JSON")
}

/// The names of all files under a folder, with slashes on every system.
fn listed(folder: &Path, name: &str) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    if !folder.exists() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("listing `{}`", folder.display()))? {
        let entry = entry?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            names.extend(listed(&entry.path(), &name)?);
        } else {
            names.insert(name);
        }
    }
    Ok(names)
}

const TOP: &str = "AWSLogs";
