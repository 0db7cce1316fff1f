//! CSV for spreadsheets, which run what begins like a formula.

use std::{borrow::Cow, io::Write};

use anyhow::Result;

use super::text;

/// Writes a heading and rows. No cell can become a formula or a terminal command.
pub fn write<R: IntoIterator<Item = String>>(
    out: &mut dyn Write,
    heading: impl IntoIterator<Item = &'static str>,
    rows: impl IntoIterator<Item = R>,
) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(heading)?;
    for row in rows {
        writer.write_record(row.into_iter().map(|cell| harmless(&cell).into_owned()))?;
    }
    writer.flush()?;
    Ok(())
}

/// A quote in front makes it text in every spreadsheet. Control characters are escaped
/// first, so that a tab or line break cannot carry a formula in either.
fn harmless(cell: &str) -> Cow<'_, str> {
    let cell = text::safe(cell);
    if cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in [
            ("arn:aws:iam::1:user/x", "arn:aws:iam::1:user/x"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\t=1", "\\u{9}=1"),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }
}
