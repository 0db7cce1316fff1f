//! Where the instructions of a scan go, counted by Callgrind: the same numbers on a busy machine.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::corpus::{Cloud, Shape};
use super::{build, process, series};

/// The functions that take most, a line each; empty where there is no Valgrind.
pub(crate) fn run() -> Result<String> {
    if process::find("valgrind").is_none() {
        eprintln!("no instruction counts: `valgrind` is not installed");
        return Ok(String::new());
    }
    eprintln!("counting instructions");
    let davy = build::davy_for_profiling()?;
    let folder = tempfile::tempdir().context("making a folder for the corpus")?;
    let logs = folder.path().join("logs");
    series::write(&logs, Cloud::Aws, BYTES, Shape::Mixed)?;
    let counts = folder.path().join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", counts.display()));
    valgrind.arg(davy).args(["scan", "--format", "jsonl", "--threads", "1"]).arg(logs);
    let status = valgrind.stdout(Stdio::null()).stderr(Stdio::null()).status().context("starting `valgrind`")?;
    if !matches!(status.code(), Some(0 | 1)) {
        bail!("`valgrind` ended with {status}");
    }
    let annotate = Command::new("callgrind_annotate").arg(counts).output().context("starting `callgrind_annotate`")?;
    Ok(shares(&String::from_utf8_lossy(&annotate.stdout)))
}

/// `1,234 (56.7%)  file:function [object]` becomes a row: share and function.
fn shares(annotated: &str) -> String {
    let rows = annotated.lines().filter_map(|line| {
        let (count, rest) = line.split_once('(')?;
        let (share, place) = rest.split_once("%)")?;
        let function = place.split_once(':')?.1.split(" [").next()?;
        let counts = count.trim().chars().all(|c| c.is_ascii_digit() || c == ',');
        counts.then(|| format!("| {} % | `{}` |", share.trim(), short(function)))
    });
    rows.take(SHOWN).collect::<Vec<_>>().join("\n")
}

/// Without the hash that the compiler adds, and not longer than a line.
fn short(function: &str) -> String {
    let end = function.rfind("::h").filter(|at| function.len() - at == HASH).unwrap_or(function.len());
    let mut name: String = function[..end].chars().take(WIDTH).collect();
    if name.len() < end {
        name.push('…');
    }
    name.replace('`', "'")
}

const BYTES: u64 = 30_000_000;
const SHOWN: usize = 16;
const WIDTH: usize = 110;
/// `::h` and sixteen digits.
const HASH: usize = 19;

#[cfg(test)]
mod tests {
    #[test]
    fn counts_become_rows() {
        let text = "\
Ir
-------
2,000 (100.0%)  PROGRAM TOTALS

1,500 (75.00%)  ???:inflate [/usr/bin/davy]
  400 (20.00%)  src/scan.rs:decode::scan::string::h0123456789abcdef [/usr/bin/davy]
";
        assert_eq!(super::shares(text), "| 75.00 % | `inflate` |\n| 20.00 % | `decode::scan::string` |");
    }
}
