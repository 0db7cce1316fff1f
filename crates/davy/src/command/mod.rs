//! The commands, a file each.

mod baseline;
mod catalog;
mod inspect;
mod instances;
mod investigate;
mod manual;
mod scan;

use std::io::{BufWriter, IsTerminal as _, Write};

use anyhow::Result;
use detect::{Calendar, Detector};
use jiff::Timestamp;

use crate::{
    Ending,
    cli::{Cli, Command, Rules},
    story,
};

/// Does what the command line says.
pub fn run(cli: Cli) -> Result<Ending> {
    let mut out = BufWriter::with_capacity(1 << 16, anstream::stdout().lock());
    let ending = match cli.command {
        Command::Scan(scan) => scan::run(&scan, &mut out)?,
        Command::Baseline { command } => baseline::run(&command, &mut out)?,
        Command::Investigate { command } => investigate::run(&command, &mut out)?,
        Command::Inspect(options) => inspect::run(&options, &mut out)?,
        Command::Catalog(options) => catalog::run(&options, &mut out)?,
        Command::Completions { shell } => manual::completions(shell, &mut out),
        Command::Man { out: folder } => manual::man(folder.as_deref(), &mut out)?,
    };
    out.flush()?;
    Ok(ending)
}

/// The detector that the rules ask for. It waits for all events before it judges any: files
/// come in the order of their names, which is not that of time.
fn detector(rules: &Rules) -> Result<Detector> {
    let detections = story::load(rules.detections.as_deref())?;
    Ok(Detector::new(detections, Calendar::new(&rules.time_zone)?, None))
}

/// Which records the detections must see; `until`: as if the logs ended then.
fn wanted(detector: &Detector, until: Option<Timestamp>) -> decode::Wanted {
    let selections = detector.detections().iter().flat_map(detect::Detection::selections);
    decode::Wanted { which: decode::Which::of(selections), instances: false, until }
}

/// Columns of the terminal; a pipe has no end.
fn columns() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}
