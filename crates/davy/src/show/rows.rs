//! Answers in rows: the same facts as a table, as CSV and as JSON.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;

use super::{
    csv, json,
    table::{Align, Table},
};
use crate::cli::Format;

/// A line of an answer.
pub trait Row: Serialize {
    const COLUMNS: &'static [(&'static str, Align)];

    fn cells(&self) -> Vec<String>;
}

/// Writes the rows in the format that was asked for.
pub fn write<R: Row>(out: &mut dyn Write, rows: &[R], format: Format, columns: Option<usize>) -> Result<()> {
    match format {
        // Headings over nothing say less than the line below them.
        Format::Table if rows.is_empty() => {}
        Format::Table => {
            let mut table = Table::new(R::COLUMNS.iter().copied());
            for row in rows {
                table.row(row.cells());
            }
            table.write(out, "", columns)?;
        }
        Format::Csv => csv::write(out, R::COLUMNS.iter().map(|(name, _)| *name), rows.iter().map(Row::cells))?,
        Format::Json => json::write_document(out, &rows)?,
        Format::Jsonl => rows.iter().try_for_each(|row| json::write_line(out, row))?,
    }
    Ok(())
}
