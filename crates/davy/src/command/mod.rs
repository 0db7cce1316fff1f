//! The commands, a file each.

mod baseline;
mod catalog;
mod explain;
mod inspect;
mod instances;
mod investigate;
mod manual;
mod scan;
mod verdict;

pub use investigate::Activity;

use std::io::{BufWriter, IsTerminal as _, Write};

use anyhow::Result;
use detect::{Calendar, Containment, Detector, Plan, Verdicts};
use jiff::Timestamp;

use crate::{
    Ending, catalog as prices,
    cli::{Cli, Command, Rules},
    report::Report,
    story::{self, Story},
};

/// Does what the command line says.
pub fn run(cli: Cli) -> Result<Ending> {
    let mut out = BufWriter::with_capacity(1 << 16, anstream::stdout().lock());
    let ending = match cli.command {
        Command::Scan(scan) => scan::run(&scan, &mut out)?,
        Command::Explain(options) => explain::run(&options, &mut out)?,
        Command::Verdict { command } => verdict::run(&command, &mut out)?,
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

/// What logs are judged by, and what can be done about what is found.
struct Setup {
    detector: Detector,
    plan: Plan,
}

/// The detector that the rules ask for. It waits for all events before it judges any: files
/// come in the order of their names, which is not that of time.
fn setup(rules: &Rules) -> Result<Setup> {
    let verdicts = rules.verdicts.as_deref().map_or_else(|| Ok(Verdicts::default()), story::verdicts)?;
    setup_with(rules, verdicts)
}

/// The same, with these verdicts.
fn setup_with(rules: &Rules, verdicts: Verdicts) -> Result<Setup> {
    let Story { detections, scoring, plan } = story::load(rules.detections.as_deref())?;
    let catalog = prices::load(rules.catalog.catalog.as_deref())?;
    let detector = Detector::new(detections, Calendar::new(&rules.time_zone)?, None);
    let windows = rules.windows.as_deref().map_or_else(|| Ok(Vec::new()), story::windows)?;
    let detector = detector.with_scoring(scoring).with_windows(windows).with_verdicts(verdicts);
    Ok(Setup { detector: detector.with_catalog(catalog), plan })
}

impl Setup {
    /// What to do about each incident of a report. Made of the real ids, before any of them is
    /// replaced by a pseudonym: what an id looks like says what it is.
    fn contain(&self, report: &Report) -> Vec<Containment> {
        report.incidents.iter().map(|incident| self.plan.contain(incident)).collect()
    }

    /// Which records must be seen. `until`: as if the logs ended then.
    fn wanted(&self, until: Option<Timestamp>) -> decode::Wanted {
        let which = story::which(self.detector.detections(), &self.plan, self.detector.scoring());
        decode::Wanted { which, instances: false, until }
    }
}

/// Columns of the terminal; a pipe has no end.
fn columns() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}
