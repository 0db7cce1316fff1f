//! What a detection has to say: one detection, one value, and where that value is new.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EventId, FindingId, Outcome, Text, VendorProduct};

/// How far "never seen before" reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Account,
    /// Everything Davy reads: the original's only scope.
    Organization,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Organization => "organization",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A finding, growing for a day: later launches with the same value join it under its id.
///
/// Its fields are the output contract; see `schema/output.schema.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub id: FindingId,
    /// File name of the detection.
    pub detection: Text,
    pub detection_id: Uuid,
    pub name: Text,
    /// Of the event that opened it.
    pub time: Timestamp,
    pub first_time: Timestamp,
    pub last_time: Timestamp,
    pub vendor_product: VendorProduct,
    pub vendor_account: Option<Text>,
    pub vendor_region: Option<Text>,
    /// All regions of its events, in order of appearance.
    pub vendor_regions: Vec<Text>,
    /// Stable principal of the event that opened it.
    pub user: Text,
    pub user_name: Option<Text>,
    pub session: Option<Text>,
    pub src: Option<Text>,
    /// What is new; for a count, whose count it is.
    pub value: Text,
    pub scopes: Vec<Scope>,
    /// `ok` as soon as anything ran, else how the first request ended.
    pub outcome: Outcome,
    /// Instances that ran; if none did, instances asked for.
    pub count: u64,
    pub requests: u64,
    /// Requests by how they ended.
    pub outcomes: BTreeMap<Outcome, u64>,
    pub object_id: Vec<Text>,
    pub image_id: Vec<Text>,
    pub instance_type: Vec<Text>,
    pub event_ids: Vec<EventId>,
    /// Evidence lists stop at a limit; `count` and `requests` never do.
    pub evidence_truncated: bool,
    /// For an abnormal count: the largest normal count in the hour that exceeded it most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_upper_threshold: Option<f64>,
    /// That hour's count less that bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_from_threshold: Option<f64>,
    pub risk_score: u32,
    pub message: String,
    /// The facts behind it, a sentence each.
    pub because: Vec<String>,
    pub mitre_attack_id: Vec<Text>,
}
