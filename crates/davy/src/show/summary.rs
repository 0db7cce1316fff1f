//! What was read, and how far it can be trusted: counts that add up, coverage, gates, rejects.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use anstyle::Style;
use detect::plural;
use jiff::Timestamp;
use model::VendorProduct;

use super::{findings::time, text};
use crate::report::{Summary, Verdicts};

const LABEL: Style = Style::new().dimmed();
/// Rejects shown on a screen; all of them are in the JSON formats.
const SHOWN_REJECTS: usize = 5;
const SHOWN_DRIFTS: usize = 5;
const LINES_OF_GATES: usize = 6;

/// Writes the summary of a scan, a labelled line a subject.
pub fn write(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    label(out, "found", &format!("{}{}", incidents(summary), found(summary)))?;
    if let Some(Verdicts { given, met }) = summary.verdicts {
        let line = format!("{given} = {met} on incidents of these logs + {} on others", given.saturating_sub(met));
        label(out, "verdicts", &line)?;
    }
    label(out, "read", &read(summary))?;
    label(out, "files", &files(summary))?;
    label(out, "covered", &covered(summary))?;
    for line in gates(summary) {
        label(out, "learning", &line)?;
    }
    for reject in summary.rejects.iter().take(SHOWN_REJECTS) {
        let at = if reject.offset == 0 { String::new() } else { format!(", byte {}", text::number(reject.offset)) };
        label(out, "rejected", &format!("{}{at}: {}", text::safe(&reject.path), text::safe(&reject.reason)))?;
    }
    let more = summary.rejects_total.saturating_sub(SHOWN_REJECTS as u64);
    if more > 0 {
        label(out, "rejected", &format!("and {} more; `--format jsonl` lists them", text::number(more)))?;
    }
    drifts(out, summary)
}

/// What was not known, with the place of one example each: somebody should look at it.
fn drifts(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    for drift in summary.drifts.iter().take(SHOWN_DRIFTS) {
        let (what, path) = (text::safe(&drift.what), text::safe(&drift.path));
        let (records, at) = (plural(drift.records, "record"), text::number(drift.offset));
        label(out, "unknown", &format!("{what}, in {records}: see {path}, byte {at}"))?;
    }
    let more = summary.drifts.len().saturating_sub(SHOWN_DRIFTS) as u64;
    if more > 0 {
        label(out, "unknown", &format!("and {}; `--format jsonl` lists them", plural(more, "more thing")))?;
    }
    Ok(())
}

/// One line: `  label     text`.
pub fn label(out: &mut dyn Write, name: &str, line: &str) -> io::Result<()> {
    writeln!(out, "{LABEL}{name:<10}{LABEL:#}{line}")
}

/// Stands before the findings, where there are any incidents.
fn incidents(summary: &Summary) -> String {
    let counts = &summary.incidents;
    let [reported, closed, hidden] = [counts.reported, counts.closed, counts.hidden].map(|count| count as u64);
    let mut told = match (reported, hidden) {
        (0, 0) => return String::new(),
        (0, hidden) => format!("{} hidden by the filters", plural(hidden, "incident")),
        (reported, 0) => plural(reported, "incident"),
        (reported, hidden) => format!("{} and {hidden} hidden by the filters", plural(reported, "incident")),
    };
    if closed > 0 {
        let closed = if closed == reported { String::new() } else { format!(" {closed} of them") };
        told = format!("{told},{closed} closed by a verdict");
    }
    format!("{told}; ")
}

fn found(summary: &Summary) -> String {
    let [reported, hidden] = [summary.findings.reported, summary.findings.hidden].map(|count| count as u64);
    match (reported, hidden) {
        (0, 0) if summary.files.read == 0 => "nothing: no file could be read as a log".to_owned(),
        (0, 0) if summary.records.kept == 0 && summary.records.duplicate > 0 => {
            "nothing: every launch here is in the baseline already".to_owned()
        }
        (0, 0) if summary.gates.iter().any(|gate| !gate.open) && summary.findings.learning > 0 => {
            let silent = plural(summary.findings.learning, "judgement");
            format!("nothing abnormal; {silent} not made, because too little is known yet")
        }
        (0, 0) => "nothing abnormal".to_owned(),
        (0, hidden) => format!("{}, hidden by the filters", plural(hidden, "finding")),
        (reported, 0) => format!("{}{}", plural(reported, "finding"), closed(summary)),
        (reported, hidden) => {
            let (reported, hidden) = (plural(reported, "finding"), plural(hidden, "more finding"));
            format!("{reported}{}, {hidden} hidden by the filters", closed(summary))
        }
    }
}

fn closed(summary: &Summary) -> String {
    match summary.findings.closed {
        0 => String::new(),
        closed if closed == summary.findings.reported => ", closed with it".to_owned(),
        closed => format!(", {closed} of them closed with it"),
    }
}

fn read(summary: &Summary) -> String {
    let records = &summary.records;
    let [read, kept, filtered, duplicate, rejected] =
        [records.read, records.kept, records.filtered, records.duplicate, records.rejected].map(text::number);
    format!("{read} records = {kept} kept + {filtered} filtered out + {duplicate} duplicate + {rejected} rejected")
}

fn files(summary: &Summary) -> String {
    let files = &summary.files;
    let [found, read, skipped, rejected] = [files.found, files.read, files.skipped, files.rejected].map(text::number);
    format!("{found} = {read} read + {skipped} skipped + {rejected} rejected")
}

fn covered(summary: &Summary) -> String {
    let (Some(first), Some(last)) = (summary.first_time, summary.last_time) else { return "nothing".to_owned() };
    let regions: BTreeSet<&str> =
        summary.accounts.iter().flat_map(|account| account.regions.iter().map(|region| &*region.region)).collect();
    let accounts = plural(summary.accounts.len() as u64, "account");
    format!("{accounts}, {}, {} to {} UTC", plural(regions.len() as u64, "region"), time(first), time(last))
}

/// The gates that are still closed, by when they open: who is not judged yet, and on what.
fn gates(summary: &Summary) -> Vec<String> {
    let mut closed: BTreeMap<(Timestamp, VendorProduct, &str), Vec<&str>> = BTreeMap::new();
    for gate in summary.gates.iter().filter(|gate| !gate.open) {
        let scope = match gate.account.as_deref() {
            None => "the organization",
            Some("") => "records without an account",
            Some(account) => account,
        };
        closed.entry((gate.opens, gate.vendor_product, scope)).or_default().push(&gate.title);
    }
    let total = closed.len();
    let products: BTreeSet<VendorProduct> = summary.gates.iter().map(|gate| gate.vendor_product).collect();
    let line = |((opens, product, scope), titles): ((Timestamp, VendorProduct, &str), Vec<&str>)| {
        let product = if products.len() > 1 { format!("{product}, ") } else { String::new() };
        format!("{product}{}: {} until {}", text::safe(scope), titles.join(", "), &time(opens)[..10])
    };
    let mut lines: Vec<String> = closed.into_iter().map(line).take(LINES_OF_GATES).collect();
    if total > LINES_OF_GATES {
        lines.push(format!("and {} more; `--format jsonl` lists them", total - LINES_OF_GATES));
    }
    if lines.is_empty() && !summary.gates.is_empty() {
        lines.push("nothing: every baseline has seen enough".to_owned());
    }
    lines
}
