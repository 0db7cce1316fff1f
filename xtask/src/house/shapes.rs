//! Functions are short, files hold one idea, and every file says what it is.

use std::path::Path;

use anyhow::Result;

use super::assert_none;
use crate::measure::functions;
use crate::repository;

/// A function longer than this needs the line `// long: <reason>` above it.
const FUNCTION_LINES: usize = 70;
/// A file longer than this needs the line `//! long: <reason>` at its top.
const FILE_LINES: usize = 800;
/// Names that say nothing, and so collect everything.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"];

#[test]
fn functions_are_short() {
    assert_none(long_functions());
}

#[test]
fn files_are_short_and_say_what_they_are() {
    assert_none(files());
}

#[test]
fn names_say_something() {
    assert_none(empty_names());
}

fn long_functions() -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for file in repository::files_ending("rs")? {
        let functions = functions(&repository::read(&file)?);
        let long = functions.into_iter().filter(|f| f.lines > FUNCTION_LINES && f.excuse.is_none());
        complaints.extend(long.map(|f| {
            let place = format!("{}:{}", file.display(), f.line);
            format!("{place} `{}` is {} lines long; split it, or say why with `// long: <reason>`", f.name, f.lines)
        }));
    }
    Ok(complaints)
}

fn files() -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for file in repository::files_ending("rs")? {
        let source = repository::read(&file)?;
        let lines = source.lines().count();
        if !opens_with_doc(&source) {
            complaints.push(format!("{} say on the first line what the file is, after `//!`", file.display()));
        }
        if lines > FILE_LINES && !source.contains("//! long: ") {
            complaints.push(format!("{} is {lines} lines long; split it by idea, or say `//! long:`", file.display()));
        }
    }
    Ok(complaints)
}

/// The crate of a fuzz target begins with `#![no_main]`, so attributes may come first.
fn opens_with_doc(source: &str) -> bool {
    let first = source.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["));
    first.is_some_and(|line| line.starts_with("//!"))
}

fn empty_names() -> Result<Vec<String>> {
    let files = repository::files_ending("rs")?;
    let empty = files.iter().filter(|file| file.iter().any(|part| is_empty_name(Path::new(part))));
    Ok(empty.map(|file| format!("{} name it after what it holds", file.display())).collect())
}

fn is_empty_name(part: &Path) -> bool {
    part.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| EMPTY_NAMES.contains(&stem))
}
