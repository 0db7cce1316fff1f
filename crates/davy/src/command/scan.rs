//! `davy scan`: read, decode, judge, say.

use std::{
    collections::BTreeMap,
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use detect::{Detector, Memory};
use model::{Finding, FindingId, Incident, IncidentId, IncidentStatus};

use super::Setup;
use crate::{
    Ending,
    cli::{Filter, Input, Scan, ScanFormat},
    read::read,
    redact::redact,
    report::{Judged, Line, Report},
    show,
};

pub fn run(scan: &Scan, out: &mut dyn Write) -> Result<Ending> {
    let setup = super::setup(&scan.rules)?;
    let (report, _) = judge(&scan.input, &scan.filter, &setup, scan.baseline.as_deref())?;
    let mut plans = setup.contain(&report);
    let report = if scan.redact { redact(report, &mut plans) } else { report };
    match scan.format {
        ScanFormat::Table => write_table(out, &report, &setup.detector, scan)?,
        ScanFormat::Html => show::html::write(out, &report, &plans)?,
        ScanFormat::Json => show::json::write_document(out, &report)?,
        ScanFormat::Jsonl => write_lines(out, &report)?,
        ScanFormat::Csv => write_csv(out, &report)?,
    }
    Ok(ending(scan, &report))
}

/// The loop over files, with a memory that lasts as long as the scan.
pub fn judge(input: &Input, filter: &Filter, setup: &Setup, baseline: Option<&Path>) -> Result<(Report, Memory)> {
    let detector = &setup.detector;
    let mut memory = baseline.map_or_else(|| Ok(Memory::default()), load)?;
    let mut findings: BTreeMap<FindingId, Finding> = BTreeMap::new();
    let mut keep = |found: Vec<Finding>| findings.extend(found.into_iter().map(|finding| (finding.id, finding)));
    let mut tally = read(input, &setup.wanted(filter.until), |batch| keep(detector.fold(&mut memory, batch)))?;
    keep(detector.finish(&mut memory));
    tally.settle_duplicates(&memory);
    let mut findings: Vec<Finding> = findings.into_values().collect();
    findings.sort_by(|a, b| (a.time, &a.detection, a.id).cmp(&(b.time, &b.detection, b.id)));
    // An incident that was told before comes again under its id when it has grown.
    let told = detector.incidents(&mut memory);
    let incidents: BTreeMap<IncidentId, Incident> = told.into_iter().map(|incident| (incident.id, incident)).collect();
    let judged = Judged { incidents: incidents.into_values().collect(), findings };
    Ok((Report::new(judged, filter, detector, &memory, tally), memory))
}

/// Reads a baseline file.
pub fn load(path: &Path) -> Result<Memory> {
    let context = || format!("cannot use baseline `{}`", path.display());
    let text = fs::read(path).map_err(|error| {
        let hint = if error.kind() == ErrorKind::NotFound { "\nhint: `davy baseline build` makes one" } else { "" };
        anyhow::Error::new(error).context(format!("{}{hint}", context()))
    })?;
    detect::read_memory(&text).with_context(context)
}

/// A strict run that could not read everything is an error, whatever it found.
fn ending(scan: &Scan, report: &Report) -> Ending {
    if scan.input.strict && report.summary.rejects_total > 0 {
        Ending::Rejects
    } else if report.is_calm() {
        Ending::Quiet
    } else {
        Ending::Findings
    }
}

/// What a screen calls each detection.
pub fn titles(detector: &Detector) -> BTreeMap<&str, &str> {
    detector.detections().iter().map(|detection| (&*detection.detection, &*detection.title)).collect()
}

fn write_table(out: &mut dyn Write, report: &Report, detector: &Detector, scan: &Scan) -> Result<()> {
    let paths = again(&scan.input.paths);
    show::incidents::write(out, report, &paths)?;
    let findings = report.open_findings();
    show::findings::write(out, &findings, &titles(detector), super::columns())?;
    show::summary::write(out, &report.summary)?;
    if let Some(worst) = report.incidents.iter().find(|incident| incident.status != IncidentStatus::Closed) {
        let next = format!("davy explain {} {paths}", show::incidents::short_id(worst));
        show::summary::label(out, "next", &next)?;
    } else if let Some(worst) = findings.iter().map(|found| &found.finding).max_by_key(|finding| finding.risk_score) {
        let next = format!("davy investigate user {} {}", shell_word(&worst.user), paths);
        show::summary::label(out, "next", &next)?;
    }
    Ok(())
}

fn write_lines(out: &mut dyn Write, report: &Report) -> Result<()> {
    for incident in &report.incidents {
        show::json::write_line(out, &Line::Incident(incident))?;
    }
    for finding in &report.findings {
        show::json::write_line(out, &Line::Finding(finding))?;
    }
    Ok(show::json::write_line(out, &Line::Summary(&report.summary))?)
}

/// The summary has no place among the rows, so it goes where messages go.
fn write_csv(out: &mut dyn Write, report: &Report) -> Result<()> {
    let rows = report.findings.iter().map(show::findings::csv_row);
    show::csv::write(out, show::findings::CSV_HEADING, rows)?;
    show::summary::write(&mut anstream::stderr(), &report.summary)?;
    Ok(())
}

/// The same paths once more; many would hide the command, and standard input has been read.
fn again(paths: &[PathBuf]) -> String {
    if paths.len() > SHOWN_PATHS || paths.iter().any(|path| path.as_os_str() == "-") {
        return "PATH...".to_owned();
    }
    paths.iter().map(|path| shell_word(&path.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

const SHOWN_PATHS: usize = 3;

/// A word that a shell takes as it is: what a thief named his role must not run when pasted.
pub fn shell_word(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", show::text::safe(word).replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pasted_command_runs_nothing_else() {
        for (word, shown) in [
            ("arn:aws:iam::1:role/ci", "arn:aws:iam::1:role/ci"),
            ("a b", "'a b'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(super::shell_word(word), shown);
        }
    }
}
