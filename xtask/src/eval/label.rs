//! What is known of a record because we wrote it, and of a scenario because it has been told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which part of a theft a record belongs to, as reports tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// Ordinary work, not part of any theft.
    Life,
    /// Looking around, asking for quota, opening doors.
    Precursor,
    /// The first attempts to start machines.
    Launch,
    /// The same in more places and under more names.
    Spread,
    /// What keeps the machines alive, or lets the thief come back.
    Persistence,
    /// What the provider or the owner does about it.
    Containment,
}

/// What is true of one record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Label {
    pub(crate) phase: Phase,
    /// The thief did it, or a service did it for the thief.
    pub(crate) malicious: bool,
    /// It changes something, or is an attempt to.
    pub(crate) change: bool,
    /// A detector could act on it as part of a theft of compute: see `decisive.rs`.
    pub(crate) decisive: bool,
    /// Machines that this record says were started.
    pub(crate) machines: u64,
    /// List price of what started, on demand, an hour.
    pub(crate) usd_per_hour: f64,
}

impl Label {
    /// Of ordinary work.
    pub(crate) const LIFE: Self =
        Self { phase: Phase::Life, malicious: false, change: false, decisive: false, machines: 0, usd_per_hour: 0.0 };
}

/// A line of `labels.jsonl`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    /// As the provider wrote it; for Azure, whose records have no id, the name of the content.
    pub(crate) event_id: String,
    /// Under this, several records are one operation: of Azure the correlation id.
    pub(crate) operation_id: Option<String>,
    pub(crate) scenario: String,
    pub(crate) phase: Phase,
    pub(crate) malicious: bool,
    pub(crate) change: bool,
    pub(crate) decisive: bool,
    pub(crate) machines: u64,
    pub(crate) usd_per_hour: f64,
    pub(crate) time: Timestamp,
    pub(crate) arrival: Timestamp,
}

/// The highest severity that is still right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    None,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// Anything unknown is none: the scoreboard gives nothing for a word it does not know.
    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => Self::None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// `truth.json`: what a reader of all the logs would say in the end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Truth {
    pub(crate) scenario: String,
    pub(crate) title: String,
    pub(crate) seed: u64,
    pub(crate) attack: bool,
    /// Names under which the one who began it may be given: any of them is right.
    pub(crate) root_principals: Vec<String>,
    pub(crate) regions: Vec<String>,
    pub(crate) first_malicious_time: Option<Timestamp>,
    pub(crate) first_machine_time: Option<Timestamp>,
    pub(crate) expected_incidents: u64,
    /// Of a benign scenario.
    pub(crate) ceiling: Severity,
    pub(crate) machines: u64,
    pub(crate) usd_per_hour: f64,
    /// Records of the scenario, read-only ones included.
    pub(crate) records: u64,
}
