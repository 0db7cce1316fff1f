//! All that one principal lineage did, as one thing that grows.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Accelerator, EventId, FindingId, IncidentId, Text, VendorProduct};

/// An incident as it stands. Its fields are the output contract; see `schema/output.schema.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// Stays the same while the incident grows, and in every run over the same logs.
    pub id: IncidentId,
    pub severity: Severity,
    pub risk_score: u32,
    /// What the score is made of, in the order in which it came about.
    pub score_terms: Vec<ScoreTerm>,
    pub status: IncidentStatus,
    /// In warm-up only facts speak: what is new cannot be told yet.
    pub provisional: bool,
    pub vendor_product: VendorProduct,
    pub accounts: Vec<Text>,
    /// Root of the lineage: who began it.
    pub principal: Text,
    /// Everybody of the lineage who acted, in order of appearance.
    pub principals: Vec<Text>,
    pub regions: Vec<Text>,
    pub first_time: Timestamp,
    pub last_time: Timestamp,
    /// Event time at which it first was `high`; before that, at which it reached its severity.
    pub detected_time: Timestamp,
    /// When it crossed each severity, and with which event.
    pub crossings: Vec<Crossing>,
    pub stages: Vec<IncidentStage>,
    pub findings: Vec<FindingId>,
    pub event_ids: Vec<EventId>,
    /// `event_ids` stops at a limit; the counts never do.
    pub evidence_truncated: bool,
    pub instances: Instances,
    /// Running, as far as sizes are known.
    pub vcpu: u64,
    /// Running.
    pub accelerators: Vec<Accelerator>,
    pub usd_per_hour: Usd,
    /// If everything that may run without another request did.
    pub usd_per_hour_armed: Usd,
    pub usd_so_far: Usd,
    /// Date of the price list.
    pub price_date: Option<jiff::civil::Date>,
    /// Sizes that no price is known of.
    pub unpriced: Vec<Text>,
    pub message: String,
}

/// One reason, and what it adds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreTerm {
    /// File name of the detection, or of the context.
    pub signal: Text,
    pub title: Text,
    /// Negative for context that speaks for the principal.
    pub points: i32,
    pub group: Text,
    /// Event time at which it came about.
    pub time: Timestamp,
    pub event_ids: Vec<EventId>,
    /// In words.
    pub reason: String,
}

/// The moment at which an incident reached a severity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crossing {
    pub severity: Severity,
    pub time: Timestamp,
    pub event_id: EventId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Below what is reported.
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// It may still grow.
    Open,
    /// Every machine it started is gone.
    Contained,
    /// Nothing more came of it for the length of its window.
    Quiet,
}

/// What a theft goes through, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStage {
    Precursor,
    Launch,
    Spread,
    Persistence,
    Containment,
}

/// Machines of an incident.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Instances {
    /// Asked for, granted or not.
    pub requested: u64,
    pub launched: u64,
    /// Neither stopped nor terminated, as far as the log says.
    pub alive: u64,
}

/// Money as a range: spot prices, regions and unknown sizes make it one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Usd {
    pub low: f64,
    pub high: f64,
}

impl Usd {
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }

    /// The larger of each end.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.max(other.high) }
    }
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
