//! One program from start to end, and what it took.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Seek as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use wait4::Wait4 as _;

/// What a program took, its children included.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// In user mode and in the kernel.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) peak_bytes: u64,
    /// The last line of its output: there may be much of it, and see [`measure`].
    pub(crate) last_line: String,
}

/// Runs the program to its end. Its output goes to a file: a pipe would make it wait for us.
///
/// Linux counts what this process held when it started the child as the child's, so whatever
/// takes much memory is done in a process of its own.
pub(crate) fn measure(words: &[OsString]) -> Result<Run> {
    let name = words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let mut file = tempfile::tempfile().context("making a file for the output")?;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stderr(Stdio::null());
    command.stdout(file.try_clone().context("opening the file for the output again")?);
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("starting `{name}`"))?;
    let used = child.wait4().with_context(|| format!("waiting for `{name}`"))?;
    let wall = start.elapsed();
    // Davy says 1 when it has found something.
    if !matches!(used.status.code(), Some(0 | 1)) {
        bail!("`{name}` ended with {}", used.status);
    }
    file.rewind().context("reading the output")?;
    let last_line = BufReader::new(file).lines().last().transpose();
    let last_line = last_line.with_context(|| format!("reading the output of `{name}`"))?.unwrap_or_default();
    Ok(Run { cpu: used.rusage.utime + used.rusage.stime, wall, peak_bytes: used.rusage.maxrss, last_line })
}

/// The full path of a program that can be run by its name.
pub(crate) fn find(name: &str) -> Option<OsString> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| fs::metadata(file).is_ok());
    found.map(Into::into)
}
