//! All that one principal lineage did, as one thing that grows.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Accelerator, EventId, FindingId, IncidentId, Judged, Outcome, Text, VendorProduct};

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
    /// What it will have cost by `morning` if nobody does anything.
    pub usd_by_morning: Usd,
    /// When people are at work again: 09:00 of the next working day.
    pub morning: Timestamp,
    /// The last event read of its product: what is alive, and what it has cost, is as of then.
    pub as_of: Timestamp,
    /// Date of the price list.
    pub price_date: Option<jiff::civil::Date>,
    /// Sizes that no price is known of.
    pub unpriced: Vec<Text>,
    /// What was made, and who acted: whatever there is to contain.
    pub objects: Vec<Object>,
    /// What there was to say something of, and every launch, in event order.
    pub timeline: Vec<Moment>,
    /// What it cost an hour, from each change on.
    pub burn: Vec<BurnPoint>,
    pub message: String,
    /// What a person made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Judged>,
    /// It began in an earlier run: machines, money and events are those since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_since: Option<Timestamp>,
}

/// Something that was made by the lineage, or somebody of the lineage who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Object {
    /// `instance`, `autoscaling_group`, `access_key`…; `principal` for who acted.
    pub category: Text,
    pub id: Text,
    /// Of a principal: the provider's kind of identity.
    pub kind: Option<Text>,
    pub account: Option<Text>,
    pub region: Option<Text>,
    /// What it belongs to, as the provider's log names that; of an access key, whose it is.
    pub parent: Option<Text>,
    /// Of a machine: it runs. Of anything else: it was not deleted, as far as the log says.
    pub alive: bool,
    /// It cannot be terminated before that is lifted.
    pub protected: bool,
}

/// One event of an incident, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    pub time: Timestamp,
    pub event_id: EventId,
    pub command: Text,
    pub user: Text,
    pub src: Option<Text>,
    pub account: Option<Text>,
    pub region: Option<Text>,
    pub outcome: Outcome,
    /// Machines.
    pub count: u32,
    /// Of the detections that had something to say of it.
    pub stages: Vec<IncidentStage>,
    pub signals: Vec<Text>,
}

/// What ran from a moment on, and what it had cost by then.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BurnPoint {
    pub time: Timestamp,
    pub alive: u64,
    pub usd_per_hour: Usd,
    pub usd_so_far: Usd,
}

/// One reason, and what it adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// A person found nothing wrong with it, and nothing new has come since.
    Closed,
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

impl IncidentStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Contained => "contained",
            Self::Quiet => "quiet",
            Self::Closed => "closed",
        }
    }
}

impl IncidentStage {
    pub const ALL: [Self; 5] = [Self::Precursor, Self::Launch, Self::Spread, Self::Persistence, Self::Containment];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Precursor => "precursor",
            Self::Launch => "launch",
            Self::Spread => "spread",
            Self::Persistence => "persistence",
            Self::Containment => "containment",
        }
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
