//! Verdicts in rows, as they were given.

use std::io::Write;

use anyhow::Result;
use detect::{Judgement, Verdicts};
use serde::Serialize;

use super::{findings::time, incidents::word, rows, table::Align, text};
use crate::cli::Format;

/// An entry, and whether it still holds.
#[derive(Debug, Serialize)]
struct Row<'a> {
    holds: bool,
    #[serde(flatten)]
    entry: &'a Judgement,
}

impl rows::Row for Row<'_> {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("given (utc)", Align::Left),
        ("incident", Align::Left),
        ("verdict", Align::Left),
        ("holds", Align::Left),
        ("severity", Align::Left),
        ("until (utc)", Align::Left),
        ("by", Align::Left),
        ("principal", Align::Left),
        ("reason", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let Judgement { incident, verdict, withdrawn, principal, severity, until, by, at, reason } = self.entry;
        let said = if *withdrawn { format!("not {}", word(*verdict)) } else { word(*verdict) };
        vec![
            time(*at),
            incident.to_string().chars().take(8).collect(),
            said,
            if self.holds { "yes" } else { "no" }.to_owned(),
            severity.to_string(),
            time(*until),
            text::safe(by).into_owned(),
            text::safe(principal).into_owned(),
            text::safe(reason).into_owned(),
        ]
    }
}

/// Writes the entries in the order in which they were given.
pub fn write(out: &mut dyn Write, verdicts: &Verdicts, format: Format, columns: Option<usize>) -> Result<()> {
    let row = |entry| Row { holds: verdicts.holds(entry), entry };
    let rows: Vec<Row<'_>> = verdicts.entries().iter().map(row).collect();
    rows::write(out, &rows, format, columns)
}
