//! `cargo xtask sizes`: how long functions and files are, to be looked at now and then.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::measure::functions;
use crate::repository;

/// Prints percentiles for each crate, then the longest functions and files.
pub(crate) fn report() -> Result<()> {
    let mut by_crate: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut longest_functions = Vec::new();
    let mut longest_files = Vec::new();
    for file in repository::files_ending("rs")? {
        let source = repository::read(&file)?;
        longest_files.push((source.lines().count(), file.display().to_string()));
        for function in functions(&source) {
            by_crate.entry(crate_of(&file)).or_default().push(function.lines);
            longest_functions.push((function.lines, format!("{}:{} {}", file.display(), function.line, function.name)));
        }
    }
    print_percentiles(by_crate);
    print_longest("functions", longest_functions);
    print_longest("files", longest_files);
    Ok(())
}

/// `crates/decode/src/lib.rs` belongs to `decode`, `xtask/src/main.rs` to `xtask`.
fn crate_of(file: &Path) -> String {
    let mut parts = file.iter().map(|part| part.to_string_lossy());
    let first = parts.next().unwrap_or_default();
    if first == "crates" { parts.next().unwrap_or_default().into_owned() } else { first.into_owned() }
}

fn print_percentiles(by_crate: BTreeMap<String, Vec<usize>>) {
    println!("{:<10} {:>9} {:>7} {:>5} {:>5} {:>5}", "crate", "functions", "median", "90th", "99th", "max");
    for (name, mut lines) in by_crate {
        lines.sort_unstable();
        let at = |percent: usize| lines[(lines.len() - 1) * percent / 100];
        println!("{name:<10} {:>9} {:>7} {:>5} {:>5} {:>5}", lines.len(), at(50), at(90), at(99), at(100));
    }
}

fn print_longest(what: &str, mut measured: Vec<(usize, String)>) {
    measured.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    println!("\nlongest {what}");
    for (lines, name) in measured.iter().take(SHOWN) {
        println!("{lines:>5}  {name}");
    }
}

const SHOWN: usize = 10;
