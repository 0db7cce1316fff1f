//! What is known as normal, for people and programs.

use std::io::Write;

use anyhow::Result;
use detect::Entry;
use model::VendorProduct;
use serde::Serialize;

use super::{findings::time, rows, table::Align, text};
use crate::cli::Format;

/// One entry, and of which detection.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    pub vendor_product: VendorProduct,
    pub detection: &'a str,
    /// What the value is: a field, or launches that were counted.
    pub field: String,
    #[serde(flatten)]
    pub entry: Entry,
}

/// The same where several products are known, and each row has to say which it is of.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct RowOfProduct<'a>(Row<'a>);

/// Writes the rows; `mixed`: of more than one product.
pub fn write(
    out: &mut dyn Write,
    rows: Vec<Row<'_>>,
    mixed: bool,
    format: Format,
    columns: Option<usize>,
) -> Result<()> {
    if mixed {
        let rows: Vec<_> = rows.into_iter().map(RowOfProduct).collect();
        rows::write(out, &rows, format, columns)
    } else {
        rows::write(out, &rows, format, columns)
    }
}

impl rows::Row for Row<'_> {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("field", Align::Left),
        ("value", Align::Left),
        ("known to", Align::Left),
        ("first seen (utc)", Align::Left),
        ("last seen (utc)", Align::Left),
        ("events", Align::Right),
        ("last used by", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let seen = &self.entry.seen;
        vec![
            self.field.clone(),
            self.entry.value.to_string(),
            self.entry.account.as_deref().unwrap_or("organization").to_owned(),
            time(seen.first_seen),
            time(seen.last_seen),
            text::number(seen.events),
            seen.last_user.to_string(),
        ]
    }
}

impl rows::Row for RowOfProduct<'_> {
    const COLUMNS: &'static [(&'static str, Align)] = &[
        ("product", Align::Left),
        ("field", Align::Left),
        ("value", Align::Left),
        ("known to", Align::Left),
        ("first seen (utc)", Align::Left),
        ("last seen (utc)", Align::Left),
        ("events", Align::Right),
        ("last used by", Align::Left),
    ];

    fn cells(&self) -> Vec<String> {
        let mut cells = self.0.cells();
        cells.insert(0, self.0.vendor_product.to_string());
        cells
    }
}
