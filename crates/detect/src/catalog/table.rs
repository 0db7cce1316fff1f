//! The files of figures: CSV, checked row by row. An empty cell says nothing.

use std::collections::BTreeSet;

use model::Text;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    manifest::{CatalogFile, TableKind},
    names::MAX_NAME,
};
use crate::Error;

/// Real catalogues have some thousands.
const MAX_ROWS: usize = 100_000;
/// Above all that is sold, and far below where sums would go wrong.
const MAX_VCPU: f64 = 100_000.0;
const MAX_GIB: f64 = 10_000_000.0;
const MAX_USD: f64 = 100_000.0;
const MAX_COUNT: u32 = 10_000;

/// The rows of a file.
#[derive(Debug)]
pub(super) enum Rows {
    Types(Vec<TypeRow>),
    Rates(Vec<RateRow>),
    Shapes(Vec<ShapeRow>),
    Accelerators(Vec<AcceleratorRow>),
    Regions(Vec<RegionRow>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeRow {
    #[serde(rename = "type")]
    pub(super) name: Text,
    pub(super) vcpu: Option<f64>,
    pub(super) memory_gib: Option<f64>,
    pub(super) accelerator: Option<Text>,
    pub(super) accelerator_count: Option<u32>,
    pub(super) usd_per_hour: Option<f64>,
    /// Median of the regions that offer it.
    pub(super) usd_per_hour_elsewhere: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateRow {
    pub(super) family: Text,
    pub(super) usd_per_vcpu_hour: f64,
    pub(super) usd_per_gib_hour: f64,
    pub(super) spot_ratio: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShapeRow {
    /// `*` is any that has no row of its own.
    pub(super) family: Text,
    pub(super) shape: Text,
    pub(super) gib_per_vcpu: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceleratorRow {
    pub(super) accelerator: Text,
    pub(super) usd_per_hour: f64,
    pub(super) usd_per_hour_spot: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionRow {
    pub(super) region: Text,
    pub(super) factor: f64,
}

impl TableKind {
    /// The table that a CSV is, by its heading.
    pub fn of_text(text: &str) -> Option<Self> {
        let heading = text.lines().next()?.trim_start_matches('\u{feff}');
        Self::of(&heading.split(',').map(|column| column.trim().trim_matches('"')).collect::<BTreeSet<_>>())
    }
}

impl Rows {
    pub(super) fn parse(file: &CatalogFile, text: &str) -> Result<Self, Error> {
        let name = &*file.name;
        Ok(match file.table {
            TableKind::Types => Self::Types(rows(name, text, TypeRow::check)?),
            TableKind::Rates => Self::Rates(rows(name, text, RateRow::check)?),
            TableKind::Shapes => Self::Shapes(rows(name, text, ShapeRow::check)?),
            TableKind::Accelerators => Self::Accelerators(rows(name, text, AcceleratorRow::check)?),
            TableKind::Regions => Self::Regions(rows(name, text, RegionRow::check)?),
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Types(rows) => rows.len(),
            Self::Rates(rows) => rows.len(),
            Self::Shapes(rows) => rows.len(),
            Self::Accelerators(rows) => rows.len(),
            Self::Regions(rows) => rows.len(),
        }
    }
}

fn rows<R: DeserializeOwned>(file: &str, text: &str, check: fn(&R) -> Result<(), String>) -> Result<Vec<R>, Error> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for row in reader.deserialize() {
        let row = row.map_err(|source| Error::CatalogCsv { file: file.to_owned(), source })?;
        rows.push(row);
        let line = rows.len() + 1;
        let problem = |problem| Error::Catalog { file: file.to_owned(), problem: format!("line {line}: {problem}") };
        check(&rows[rows.len() - 1]).map_err(problem)?;
        if rows.len() > MAX_ROWS {
            return Err(problem(format!("more than {MAX_ROWS} rows")));
        }
    }
    if rows.is_empty() {
        return Err(Error::Catalog { file: file.to_owned(), problem: "the file has no rows".to_owned() });
    }
    Ok(rows)
}

impl TypeRow {
    fn check(&self) -> Result<(), String> {
        name("type", &self.name)?;
        self.accelerator.as_deref().map_or(Ok(()), |accelerator| name("accelerator", accelerator))?;
        positive("vcpu", self.vcpu, MAX_VCPU)?;
        positive("memory_gib", self.memory_gib, MAX_GIB)?;
        positive("usd_per_hour", self.usd_per_hour, MAX_USD)?;
        positive("usd_per_hour_elsewhere", self.usd_per_hour_elsewhere, MAX_USD)?;
        match self.accelerator_count {
            Some(count) if count > MAX_COUNT => Err(format!("`accelerator_count` is {count}, above {MAX_COUNT}")),
            _ => Ok(()),
        }
    }
}

impl RateRow {
    fn check(&self) -> Result<(), String> {
        name("family", &self.family)?;
        positive("usd_per_vcpu_hour", Some(self.usd_per_vcpu_hour), MAX_USD)?;
        positive("usd_per_gib_hour", Some(self.usd_per_gib_hour), MAX_USD)?;
        positive("spot_ratio", self.spot_ratio, 1.0)
    }
}

impl ShapeRow {
    fn check(&self) -> Result<(), String> {
        name("family", &self.family)?;
        name("shape", &self.shape)?;
        positive("gib_per_vcpu", Some(self.gib_per_vcpu), MAX_GIB)
    }
}

impl AcceleratorRow {
    fn check(&self) -> Result<(), String> {
        name("accelerator", &self.accelerator)?;
        positive("usd_per_hour", Some(self.usd_per_hour), MAX_USD)?;
        positive("usd_per_hour_spot", self.usd_per_hour_spot, MAX_USD)
    }
}

impl RegionRow {
    fn check(&self) -> Result<(), String> {
        name("region", &self.region)?;
        positive("factor", Some(self.factor), 100.0)
    }
}

/// A name that could not be asked for would be a row for nothing.
fn name(column: &str, text: &str) -> Result<(), String> {
    if (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/') {
        return Ok(());
    }
    Err(format!("`{column}` is not a name: 1 to {MAX_NAME} characters of ASCII, without blanks and slashes"))
}

fn positive(column: &str, value: Option<f64>, most: f64) -> Result<(), String> {
    match value {
        Some(value) if !(value > 0.0 && value <= most) => {
            Err(format!("`{column}` is {value}, not between 0 and {most}"))
        }
        _ => Ok(()),
    }
}
