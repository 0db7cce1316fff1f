//! Columns that line up, without lines between them.

use std::io::{self, Write};

use anstyle::Style;

use super::text;

const GAP: &str = "  ";
const HEADER: Style = Style::new().dimmed();

/// Where the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Rows under headings. Every cell is made safe to look at when it is put in.
#[derive(Debug)]
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(columns: impl IntoIterator<Item = (&'static str, Align)>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| text::safe(&cell).into_owned()).collect());
    }

    /// Writes the table, each line after `indent` and cut at `columns`.
    pub fn write(&self, out: &mut dyn Write, indent: &str, columns: Option<usize>) -> io::Result<()> {
        let widths = self.widths();
        let names: Vec<String> = self.columns.iter().map(|(name, _)| name.to_uppercase()).collect();
        let line = self.line(&names, &widths, indent, columns);
        writeln!(out, "{HEADER}{line}{HEADER:#}")?;
        for row in &self.rows {
            writeln!(out, "{}", self.line(row, &widths, indent, columns))?;
        }
        Ok(())
    }

    fn widths(&self) -> Vec<usize> {
        let width = |(index, (name, _)): (usize, &(&str, Align))| {
            let cells = self.rows.iter().filter_map(|row| row.get(index)).map(|cell| text::width(cell));
            cells.chain([text::width(name)]).max().unwrap_or(0)
        };
        self.columns.iter().enumerate().map(width).collect()
    }

    fn line(&self, cells: &[String], widths: &[usize], indent: &str, columns: Option<usize>) -> String {
        let mut line = indent.to_owned();
        for (index, cell) in cells.iter().enumerate() {
            let padding = " ".repeat(widths[index] - text::width(cell));
            let gap = if index == 0 { "" } else { GAP };
            match self.columns[index].1 {
                Align::Left => line.extend([gap, cell, &padding]),
                Align::Right => line.extend([gap, &padding, cell]),
            }
        }
        let line = line.trim_end();
        columns.map_or_else(|| line.to_owned(), |columns| text::fit(line, columns).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_nothing_escapes() {
        let mut table = Table::new([("who", Align::Left), ("times", Align::Right)]);
        table.row(["漢字".into(), "7".into()]);
        table.row(["\u{1b}[2J".into(), "1,000".into()]);
        let mut out = Vec::new();
        table.write(&mut anstream::StripStream::new(&mut out), "  ", None).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  WHO        TIMES\n  漢字           7\n  \\u{1b}[2J  1,000\n");
    }
}
