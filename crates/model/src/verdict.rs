//! What a person made of an incident, in the words of OCSF.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Severity, Text};

/// What it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It happened, and was meant to.
    Benign,
    /// It is not what it was taken for.
    FalsePositive,
    /// It is a theft.
    TruePositive,
}

/// A verdict, as it stands with its incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    pub verdict: Verdict,
    pub by: Text,
    pub at: Timestamp,
    pub reason: Text,
    /// Event time of the last that was judged. What comes later counts in full.
    pub until: Timestamp,
    /// The severity that was judged.
    pub severity: Severity,
    /// What came since does not go with the verdict.
    pub reopened: Option<Reopened>,
}

/// Why a verdict does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// Event time.
    pub time: Timestamp,
    pub reason: String,
}

impl Verdict {
    /// Whether it says that nothing is wrong.
    pub fn clears(self) -> bool {
        matches!(self, Self::Benign | Self::FalsePositive)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Benign => "benign",
            Self::FalsePositive => "false_positive",
            Self::TruePositive => "true_positive",
        }
    }
}
