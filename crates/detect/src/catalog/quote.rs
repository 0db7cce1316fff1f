//! What is asked of the catalogue, and what it answers.

use model::Event;
use serde::{Deserialize, Serialize};

use super::manifest::CatalogFile;

/// A machine, as a log names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ask<'a> {
    pub instance_type: &'a str,
    /// A region, or a zone of one.
    pub region: Option<&'a str>,
    /// What the request attaches to each machine.
    pub attached: &'a [model::Accelerator],
    pub spot: bool,
}

impl<'a> Ask<'a> {
    /// A machine of one of the types that an event names.
    pub fn of(event: &'a Event, instance_type: &'a str) -> Self {
        Self {
            instance_type,
            region: event.vendor_region.as_deref(),
            attached: &event.compute.accelerators,
            spot: event.compute.spot,
        }
    }
}

/// What the machine is, and what it costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quote<'a> {
    /// As the catalogue writes it; absent when it has no row of its own.
    pub instance_type: Option<&'a str>,
    pub vcpu: Option<f64>,
    pub memory_gib: Option<f64>,
    pub accelerators: Vec<Accelerator<'a>>,
    /// Absent when nothing can be said.
    pub usd_per_hour: Option<Range>,
    pub basis: Basis<'a>,
    pub region: Place,
    /// What is paid of the list price: less for spot. Attached accelerators may have their own.
    pub market: Range,
    /// The service that sells the machine, where not the cloud's machines themselves are meant.
    pub service: Option<Service<'a>>,
    /// Where the price is from, and of when.
    pub source: Option<&'a CatalogFile>,
}

impl Quote<'_> {
    /// Whether anything can be said of the machine.
    pub fn is_known(&self) -> bool {
        self.instance_type.is_some() || self.basis != Basis::Unknown
    }

    pub(super) fn unknown() -> Self {
        Quote {
            instance_type: None,
            vcpu: None,
            memory_gib: None,
            accelerators: Vec::new(),
            usd_per_hour: None,
            basis: Basis::Unknown,
            region: Place::Elsewhere(Range::ONE),
            market: Range::ONE,
            service: None,
            source: None,
        }
    }
}

/// An accelerator inside of a machine, or attached to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Accelerator<'a> {
    pub name: &'a str,
    /// Zero is a part of one; absent, when nobody says how many.
    pub count: Option<u32>,
    /// Whether it is in the price.
    pub priced: bool,
}

/// A service that sells machines dearer than they are without it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Service<'a> {
    /// What it puts in front of their names.
    pub prefix: &'a str,
    pub factor: Range,
}

/// How the price was come by, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "by")]
pub enum Basis<'a> {
    /// The machine is in the table.
    Exact,
    /// From what the family asks for a vCPU and for memory.
    Rates(&'a str),
    /// From the next sizes of its family.
    Family(&'a str),
    /// From what such accelerators cost elsewhere, or attached.
    Accelerator(&'a str),
    /// From all families whose names begin with these letters.
    Letter(&'a str),
    /// Not known, and not guessed.
    Unknown,
}

/// What is known of prices where the machine runs, and what they are against those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "factor")]
pub enum Place {
    /// The prices are of this region.
    Base,
    /// The table of regions names it.
    Listed(f64),
    /// It does not, or the region is not known.
    Elsewhere(Range),
}

impl Place {
    pub fn factor(self) -> Range {
        match self {
            Self::Base => Range::ONE,
            Self::Listed(factor) => Range::exactly(factor),
            Self::Elsewhere(range) => range,
        }
    }
}

/// From `low` to `high`; the same where something is known exactly. Ranges of money add up, from nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    pub(super) const ONE: Self = Self { low: 1.0, high: 1.0 };

    pub fn exactly(value: f64) -> Self {
        Self { low: value, high: value }
    }

    pub fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    pub(super) fn one() -> Self {
        Self::ONE
    }

    /// As wide as all of `values`; nothing when there are none.
    pub(super) fn around(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let join = |range: Self, other: Self| Self { low: range.low.min(other.low), high: range.high.max(other.high) };
        values.into_iter().map(Self::exactly).reduce(join)
    }

    pub(super) fn is_factor(self) -> bool {
        self.low > 0.0 && self.low <= self.high && self.high <= 100.0
    }
}

impl std::ops::Mul for Range {
    type Output = Self;

    fn mul(self, by: Self) -> Self {
        Self { low: self.low * by.low, high: self.high * by.high }
    }
}

impl std::ops::Mul<f64> for Range {
    type Output = Self;

    fn mul(self, by: f64) -> Self {
        self * Self::exactly(by)
    }
}

impl std::ops::Add for Range {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }
}
