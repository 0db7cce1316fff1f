//! The original's lookup tables: key, `firstTimeSeen`, `lastTimeSeen`, `enough_data`.
//!
//! Whoever has run the story in Splunk has learned for months what is normal. Davy takes that
//! over, and gives it back, so that nobody learns for a month again in either direction.

use std::{collections::BTreeMap, io};

use jiff::Timestamp;
use model::{ProductCoverage, VendorProduct};

use crate::{
    Error,
    baseline::{Baseline, Seen},
    calendar::Calendar,
    detection::{Lookup, NewValue},
    memory::Memory,
};

const FIRST: &str = "firstTimeSeen";
const LAST: &str = "lastTimeSeen";
const ENOUGH: &str = "enough_data";

/// What a table of the original is about, here: a detection, and the logs of one product.
#[derive(Debug, Clone, Copy)]
pub struct LookupOf<'a> {
    pub vendor_product: VendorProduct,
    pub detection: &'a str,
    pub rule: &'a NewValue,
    pub lookup: &'a Lookup,
}

impl LookupOf<'_> {
    fn baseline<'m>(&self, memory: &'m Memory) -> Option<&'m Baseline> {
        memory.baseline(self.vendor_product, self.detection)
    }
}

/// Writes what the organization knows, as the original's table. Times are seconds since 1970.
pub fn export_lookup(
    memory: &Memory,
    of: &LookupOf<'_>,
    calendar: &Calendar,
    to: impl io::Write,
) -> Result<usize, Error> {
    let rows = of.baseline(memory).map(|baseline| rows(baseline, of.lookup)).unwrap_or_default();
    let enough = if enough_data(memory, of, calendar) { "1" } else { "0" };
    let mut writer = csv::Writer::from_writer(to);
    let written = || -> Result<(), csv::Error> {
        writer.write_record([&*of.lookup.key, FIRST, LAST, ENOUGH])?;
        for (value, (first, last)) in &rows {
            writer.write_record([&**value, &first.as_second().to_string(), &last.as_second().to_string(), enough])?;
        }
        writer.flush().map_err(csv::Error::from)
    }();
    written.map_err(|source| Error::Csv { source })?;
    Ok(rows.len())
}

/// The table's key may be coarser than ours (a bare user name for an ARN): its rows are joined.
fn rows(baseline: &Baseline, lookup: &Lookup) -> BTreeMap<String, (Timestamp, Timestamp)> {
    let known = baseline.values.iter().filter_map(|(value, known)| Some((&**value, known.organization.as_ref()?)));
    let imported = baseline.imported.iter().map(|(value, seen)| (&**value, seen));
    let mut rows: BTreeMap<String, (Timestamp, Timestamp)> = BTreeMap::new();
    for (value, seen) in known.chain(imported) {
        let key = if lookup.field.is_some() { bare_name(value) } else { value };
        let row = rows.entry(key.to_owned()).or_insert((seen.first_seen, seen.last_seen));
        *row = (row.0.min(seen.first_seen), row.1.max(seen.last_seen));
    }
    rows
}

/// `arn:aws:iam::111122223333:role/path/ci` is `ci` to the original.
fn bare_name(principal: &str) -> &str {
    principal.rsplit(['/', ':']).next().unwrap_or(principal)
}

fn enough_data(memory: &Memory, of: &LookupOf<'_>, calendar: &Calendar) -> bool {
    let imported = of.baseline(memory).and_then(|baseline| baseline.imported_since);
    let covered = memory.coverage().product(of.vendor_product);
    let Some(total) = covered.and_then(ProductCoverage::total) else { return imported.is_some() };
    let start = imported.into_iter().chain([total.first_time]).min().unwrap_or(total.first_time);
    start <= calendar.days_before(&calendar.day(total.last_time), of.rule.warm_up_days)
}

/// Learns the rows of the original's table for the organization. Returns how many.
///
/// `enough_data` of 1 opens the gate: the table says that its coverage began long enough ago.
pub fn import_lookup(
    memory: &mut Memory,
    of: &LookupOf<'_>,
    calendar: &Calendar,
    from: impl io::Read,
) -> Result<usize, Error> {
    let table = read_table(from, &of.lookup.key)?;
    let rows = table.len();
    let latest = table.iter().map(|row| row.seen.last_seen).max();
    let enough = table.iter().any(|row| row.enough);
    let earliest = table.iter().map(|row| row.seen.first_seen).min();
    let baseline = memory.baseline_mut(of.vendor_product, of.detection);
    for row in table {
        if of.lookup.field.is_some() {
            baseline.imported.entry(row.key.into()).and_modify(|seen| seen.widen(&row.seen)).or_insert(row.seen);
        } else {
            baseline.put(&row.key.into(), None, row.seen);
        }
    }
    if let (true, Some(earliest), Some(latest)) = (enough, earliest, latest) {
        let gate = calendar.days_before(&calendar.day(latest), of.rule.warm_up_days);
        baseline.imported_since = baseline.imported_since.into_iter().chain([earliest.min(gate)]).min();
    }
    Ok(rows)
}

struct Row {
    key: String,
    seen: Seen,
    enough: bool,
}

fn read_table(from: impl io::Read, key: &str) -> Result<Vec<Row>, Error> {
    let mut reader = csv::Reader::from_reader(from);
    let headers = reader.headers().map_err(|source| Error::Csv { source })?.clone();
    let find = |column: &str| headers.iter().position(|name| name.trim_start_matches('\u{feff}') == column);
    let required = |column: &str| find(column).ok_or_else(|| Error::Column { column: column.into(), key: key.into() });
    let (key, first, last, enough) = (required(key)?, required(FIRST)?, required(LAST)?, find(ENOUGH));
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|source| Error::Csv { source })?;
            let cell = |index: usize| record.get(index).unwrap_or_default();
            let line = record.position().map_or(0, csv::Position::line);
            let (first_seen, last_seen) = (seconds(cell(first), line, FIRST)?, seconds(cell(last), line, LAST)?);
            let seen = Seen { first_seen, last_seen, events: 0, last_user: "imported".into() };
            Ok(Row { key: cell(key).to_owned(), seen, enough: enough.is_some_and(|index| cell(index) == "1") })
        })
        .filter(|row| row.as_ref().map_or(true, |row| !matches!(&*row.key, "" | "unknown")))
        .collect()
}

/// Splunk writes whole seconds or `1700000000.000000`.
fn seconds(text: &str, line: u64, column: &'static str) -> Result<Timestamp, Error> {
    let whole = text.trim().split('.').next().unwrap_or_default();
    let time = whole.parse().ok().and_then(|seconds: i64| Timestamp::from_second(seconds).ok());
    time.ok_or_else(|| Error::Seconds { line, column, value: text.to_owned() })
}
