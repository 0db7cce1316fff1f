//! Memory as one file, and back.
//!
//! The format is versioned; every version that was ever written must still be read
//! (`testdata/` keeps one of each). Findings are not part of it: they belong to who was told.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use jiff::Timestamp;
use model::{Coverage, EventId, Span, Text, VendorProduct};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    baseline::{Baseline, Known, Seen},
    calendar::Hour,
    counts::{Counts, Series},
    memory::Memory,
};

const FORMAT: &str = "davy-baseline";
const VERSION: u32 = 1;

/// Writes what was learned, ordered, so that the same memory is the same file.
pub fn write_memory(memory: &Memory, to: impl io::Write) -> Result<(), Error> {
    serde_json::to_writer_pretty(to, &Snapshot::of(memory)).map_err(|source| Error::Baseline { source })
}

/// Reads what [`write_memory`] wrote, in this version or an older one.
pub fn read_memory(text: &[u8]) -> Result<Memory, Error> {
    let header: Header = serde_json::from_slice(text).map_err(|source| Error::Baseline { source })?;
    if header.format != FORMAT || header.version > VERSION {
        let Header { format, version } = header;
        return Err(Error::Format { format, version, expected: FORMAT, supported: VERSION });
    }
    let snapshot: Snapshot = serde_json::from_slice(text).map_err(|source| Error::Baseline { source })?;
    Ok(snapshot.restore())
}

#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    format: String,
    version: u32,
    coverage: CoverageFile,
    baselines: BTreeMap<Text, BaselineFile>,
    counts: BTreeMap<Text, CountsFile>,
    /// Events taken in, with their seconds: a log read twice must not count twice.
    events: BTreeMap<EventId, i64>,
    /// Before this, ids were let go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    events_since: Option<Timestamp>,
}

/// Times alone: how many records a file holds would grow each time the same logs are read.
#[derive(Serialize, Deserialize)]
struct CoverageFile {
    accounts: BTreeMap<Text, BTreeMap<Text, Covered>>,
}

#[derive(Serialize, Deserialize)]
struct Covered {
    first_time: Timestamp,
    last_time: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct BaselineFile {
    values: BTreeMap<Text, KnownFile>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    copies: BTreeMap<Text, Text>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    imported: BTreeMap<Text, Seen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    imported_since: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct KnownFile {
    organization: Option<Seen>,
    accounts: BTreeMap<Text, Seen>,
}

#[derive(Serialize, Deserialize)]
struct CountsFile {
    /// Hours are numbered from 1970.
    total: BTreeMap<i64, u64>,
    series: BTreeMap<Text, SeriesFile>,
}

#[derive(Serialize, Deserialize)]
struct SeriesFile {
    account: Text,
    hours: BTreeMap<i64, u64>,
}

impl Snapshot {
    fn of(memory: &Memory) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            coverage: CoverageFile::of(&memory.coverage),
            baselines: memory
                .baselines
                .iter()
                .map(|(name, baseline)| (name.clone(), BaselineFile::of(baseline)))
                .collect(),
            counts: memory.counts.iter().map(|(name, counts)| (name.clone(), CountsFile::of(counts))).collect(),
            events_since: memory.seen_since,
            events: judged(memory),
        }
    }

    fn restore(self) -> Memory {
        Memory {
            coverage: self.coverage.restore(),
            baselines: self.baselines.into_iter().map(|(name, file)| (name, file.restore())).collect(),
            counts: self.counts.into_iter().map(|(name, file)| (name, file.restore())).collect(),
            seen: self.events.into_iter().collect(),
            seen_since: self.events_since,
            ..Memory::default()
        }
    }
}

impl CoverageFile {
    fn of(coverage: &Coverage) -> Self {
        let mut accounts: BTreeMap<Text, BTreeMap<Text, Covered>> = BTreeMap::new();
        let covered = coverage.products().flat_map(|(_, covered)| covered.iter());
        for (account, region, Span { first_time, last_time, .. }) in covered {
            accounts.entry(account.into()).or_default().insert(region.into(), Covered { first_time, last_time });
        }
        Self { accounts }
    }

    fn restore(self) -> Coverage {
        let mut coverage = Coverage::default();
        for (account, regions) in &self.accounts {
            for (region, &Covered { first_time, last_time }) in regions {
                let span = Span { first_time, last_time, records: 0 };
                coverage.product_mut(VendorProduct::AwsCloudTrail).add(account, region, span);
            }
        }
        coverage
    }
}

impl BaselineFile {
    fn of(baseline: &Baseline) -> Self {
        let known = baseline.values.iter().map(|(value, known)| (value.clone(), KnownFile::of(known)));
        Self {
            values: known.filter(|(_, file)| file.organization.is_some() || !file.accounts.is_empty()).collect(),
            copies: baseline.copies.iter().map(|(copy, of)| (copy.clone(), of.clone())).collect(),
            imported: baseline.imported.iter().map(|(value, seen)| (value.clone(), seen.clone())).collect(),
            imported_since: baseline.imported_since,
        }
    }

    fn restore(self) -> Baseline {
        let mut baseline = Baseline {
            copies: self.copies.into_iter().collect(),
            imported: self.imported.into_iter().collect(),
            imported_since: self.imported_since,
            ..Baseline::default()
        };
        for (value, known) in self.values {
            baseline.values.insert(value, known.restore());
        }
        baseline
    }
}

impl KnownFile {
    fn of(known: &Known) -> Self {
        let accounts = known.accounts.iter().filter_map(|entry| Some((entry.account.clone(), entry.seen.clone()?)));
        Self { organization: known.organization.clone(), accounts: accounts.collect() }
    }

    fn restore(self) -> Known {
        let mut known = Known { organization: self.organization, accounts: Vec::new() };
        for (account, seen) in self.accounts {
            known.account_mut(&account).seen = Some(seen);
        }
        known
    }
}

impl CountsFile {
    fn of(counts: &Counts) -> Self {
        let series = counts.series.iter().filter(|(_, series)| !series.hours.is_empty());
        Self {
            total: numbers(&counts.total),
            series: series.map(|(value, series)| (value.clone(), SeriesFile::of(series))).collect(),
        }
    }

    fn restore(self) -> Counts {
        Counts {
            total: hours(self.total),
            series: self.series.into_iter().map(|(value, file)| (value, file.restore())).collect(),
            ..Counts::default()
        }
    }
}

impl SeriesFile {
    fn of(series: &Series) -> Self {
        Self { account: series.account.clone(), hours: numbers(&series.hours) }
    }

    fn restore(self) -> Series {
        Series { account: self.account, hours: hours(self.hours), ..Series::default() }
    }
}

/// Events that still wait for their turn are not in the file, and so must come again.
fn judged(memory: &Memory) -> BTreeMap<EventId, i64> {
    let waiting: BTreeSet<&EventId> = memory.waiting.iter().map(|event| &event.id).collect();
    let judged = memory.seen.iter().filter(|(id, _)| !waiting.contains(id));
    judged.map(|(id, second)| (id.clone(), *second)).collect()
}

fn numbers(hours: &BTreeMap<Hour, u64>) -> BTreeMap<i64, u64> {
    hours.iter().map(|(hour, count)| (hour.number(), *count)).collect()
}

fn hours(numbers: BTreeMap<i64, u64>) -> BTreeMap<Hour, u64> {
    numbers.into_iter().map(|(number, count)| (Hour::from_number(number), count)).collect()
}
