//! Memory as one file, and back.
//!
//! The format is versioned; every version that was ever written must still be read
//! (`testdata/` keeps one of each). Findings are not part of it: they belong to who was told.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use jiff::Timestamp;
use model::{Coverage, EventId, IncidentId, ProductCoverage, Span, Text, VendorProduct};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    baseline::{Baseline, Known, KnownInAccount, Seen},
    calendar::Hour,
    counts::{Counts, Series},
    held::HeldSeries,
    hours::Hours,
    incident::Carried,
    memory::{Memory, ProductMemory},
    names::Names,
    operations::Operations,
};

const FORMAT: &str = "davy-baseline";
const VERSION: u32 = 2;

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
    let snapshot = if header.version < 2 { first_version(text) } else { serde_json::from_slice(text) };
    Ok(snapshot.map_err(|source| Error::Baseline { source })?.restore())
}

/// There was one product then, and what stands under its name now was all there was.
fn first_version(text: &[u8]) -> Result<Snapshot, serde_json::Error> {
    let products = BTreeMap::from([(VendorProduct::AwsCloudTrail, serde_json::from_slice(text)?)]);
    Ok(Snapshot { format: FORMAT.to_owned(), version: VERSION, products })
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
    products: BTreeMap<VendorProduct, ProductFile>,
}

#[derive(Serialize, Deserialize)]
struct ProductFile {
    coverage: CoverageFile,
    baselines: BTreeMap<Text, BaselineFile>,
    counts: BTreeMap<Text, CountsFile>,
    /// Events taken in, with their seconds: a log read twice must not count twice.
    events: BTreeMap<EventId, i64>,
    /// Requests of several records that were judged to their end, with their seconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    operations: BTreeMap<Text, i64>,
    /// Who is known to incidents.
    #[serde(default, skip_serializing_if = "Carried::is_empty")]
    lineages: Carried,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    learns_since: Option<Timestamp>,
    /// What incidents would have taught.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    held: BTreeMap<IncidentId, BTreeMap<Text, KnownFile>>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    learns_since: Option<Timestamp>,
    /// What incidents would have taught.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    held: BTreeMap<IncidentId, BTreeMap<Text, SeriesFile>>,
}

#[derive(Serialize, Deserialize)]
struct SeriesFile {
    account: Text,
    hours: BTreeMap<i64, u64>,
}

impl Snapshot {
    fn of(memory: &Memory) -> Self {
        let covered: BTreeSet<VendorProduct> = memory.coverage.products().map(|(product, _)| product).collect();
        let products = covered.into_iter().chain(memory.products()).map(|product| {
            let (known, covered) = (memory.products.get(&product), memory.coverage.product(product));
            let nothing = (ProductMemory::default(), ProductCoverage::default());
            (product, ProductFile::of(known.unwrap_or(&nothing.0), covered.unwrap_or(&nothing.1)))
        });
        Self { format: FORMAT.to_owned(), version: VERSION, products: products.collect() }
    }

    fn restore(self) -> Memory {
        let mut memory = Memory::default();
        for (product, file) in self.products {
            file.coverage.restore(product, &mut memory.coverage);
            let mut restored = file.restore();
            restored.restored_until = memory
                .coverage
                .product(product)
                .and_then(|covered| covered.iter().map(|(.., span)| span.last_time).max());
            memory.products.insert(product, restored);
        }
        memory
    }
}

impl ProductFile {
    fn of(memory: &ProductMemory, covered: &ProductCoverage) -> Self {
        let baselines = memory.baselines.iter().map(|(name, baseline)| (name.clone(), BaselineFile::of(baseline)));
        let counts = memory.counts.iter().map(|(name, counts)| (name.clone(), CountsFile::of(counts)));
        let operations = memory.operations.finished().map(|(id, second)| (id.into(), second));
        Self {
            coverage: CoverageFile::of(covered),
            baselines: baselines.collect(),
            counts: counts.collect(),
            events: judged(memory),
            operations: operations.collect(),
            lineages: Carried::of(&memory.incidents),
            events_since: memory.seen_since,
        }
    }

    fn restore(self) -> ProductMemory {
        let mut names = Names::default();
        ProductMemory {
            baselines: self.baselines.into_iter().map(|(name, file)| (name, file.restore(&mut names))).collect(),
            counts: self.counts.into_iter().map(|(name, file)| (name, file.restore(&mut names))).collect(),
            seen: self.events.into_iter().collect(),
            seen_since: self.events_since,
            operations: Operations::restore(self.operations),
            incidents: self.lineages.restore(),
            ..ProductMemory::default()
        }
    }
}

impl CoverageFile {
    fn of(covered: &ProductCoverage) -> Self {
        let mut accounts: BTreeMap<Text, BTreeMap<Text, Covered>> = BTreeMap::new();
        for (account, region, Span { first_time, last_time, .. }) in covered.iter() {
            accounts.entry(account.into()).or_default().insert(region.into(), Covered { first_time, last_time });
        }
        Self { accounts }
    }

    fn restore(&self, product: VendorProduct, coverage: &mut Coverage) {
        let covered = coverage.product_mut(product);
        for (account, regions) in &self.accounts {
            for (region, &Covered { first_time, last_time }) in regions {
                covered.add(account, region, Span { first_time, last_time, records: 0 });
            }
        }
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
            learns_since: baseline.learns_since,
            held: baseline.held.iter().map(|(incident, values)| (incident, KnownFile::of_all(values))).collect(),
        }
    }

    fn restore(self, names: &mut Names) -> Baseline {
        let mut baseline = Baseline {
            copies: self.copies.into_iter().collect(),
            imported: self.imported.into_iter().collect(),
            imported_since: self.imported_since,
            learns_since: self.learns_since,
            held: self
                .held
                .into_iter()
                .map(|(incident, values)| (incident, KnownFile::restore_all(values, names)))
                .collect(),
            ..Baseline::default()
        };
        for (value, known) in self.values {
            baseline.values.get_or_insert_with(&names.kept(value), || known.restore(names));
        }
        baseline
    }
}

impl KnownFile {
    fn of(known: &Known) -> Self {
        let accounts = known.accounts.iter().filter_map(|entry| Some((entry.account.clone(), entry.seen.clone()?)));
        Self { organization: known.organization.clone(), accounts: accounts.collect() }
    }

    fn of_all(values: &BTreeMap<Text, Known>) -> BTreeMap<Text, Self> {
        values.iter().map(|(value, known)| (value.clone(), Self::of(known))).collect()
    }

    fn restore_all(values: BTreeMap<Text, Self>, names: &mut Names) -> BTreeMap<Text, Known> {
        values.into_iter().map(|(value, file)| (names.kept(value), file.restore(names))).collect()
    }

    fn restore(self, names: &mut Names) -> Known {
        let organization = self.organization.map(|seen| seen.named_by(names));
        let mut accounts = Vec::with_capacity(self.accounts.len());
        for (account, seen) in self.accounts {
            let seen = Some(seen.named_by(names));
            accounts.push(KnownInAccount { account: names.kept(account), seen, open: None });
        }
        Known { organization, accounts }
    }
}

impl CountsFile {
    fn of(counts: &Counts) -> Self {
        let series = counts.series.iter().filter(|(_, series)| !series.hours.is_empty());
        Self {
            total: numbers(&counts.total),
            series: series.map(|(value, series)| (value.clone(), SeriesFile::of(series))).collect(),
            learns_since: counts.learns_since,
            held: counts.held.iter().map(|(incident, series)| (incident, SeriesFile::of_all(series))).collect(),
        }
    }

    fn restore(self, names: &mut Names) -> Counts {
        Counts {
            total: hours(self.total),
            series: self.series.into_iter().map(|(value, file)| (names.kept(value), file.restore(names))).collect(),
            learns_since: self.learns_since,
            held: self.held.into_iter().map(|(incident, series)| (incident, SeriesFile::restore_all(series))).collect(),
            ..Counts::default()
        }
    }
}

impl SeriesFile {
    fn of(series: &Series) -> Self {
        Self { account: series.account.clone(), hours: numbers(&series.hours) }
    }

    fn of_all(series: &BTreeMap<Text, HeldSeries>) -> BTreeMap<Text, Self> {
        let file = |held: &HeldSeries| Self { account: held.account.clone(), hours: numbers(&held.hours) };
        series.iter().map(|(value, held)| (value.clone(), file(held))).collect()
    }

    fn restore_all(series: BTreeMap<Text, Self>) -> BTreeMap<Text, HeldSeries> {
        let held = |file: Self| HeldSeries { account: file.account, hours: hours(file.hours) };
        series.into_iter().map(|(value, file)| (value, held(file))).collect()
    }

    fn restore(self, names: &mut Names) -> Series {
        Series { account: names.kept(self.account), hours: hours(self.hours), ..Series::default() }
    }
}

/// Events that still wait for their turn are not in the file, and so must come again; and so
/// must the records of a request that has not ended.
fn judged(memory: &ProductMemory) -> BTreeMap<EventId, i64> {
    let waiting = memory.waiting.iter().map(|event| &event.id);
    let to_come: BTreeSet<&EventId> = waiting.chain(memory.operations.unfinished()).collect();
    memory.seen.iter().filter(|(id, _)| !to_come.contains(id)).collect()
}

fn numbers(hours: &Hours) -> BTreeMap<i64, u64> {
    hours.iter().map(|(hour, count)| (hour.number(), count)).collect()
}

fn hours(numbers: BTreeMap<i64, u64>) -> Hours {
    numbers.into_iter().map(|(number, count)| (Hour::from_number(number), count)).collect()
}
