//! An open incident as the next run takes it over: who is suspected of what, since when. What it
//! made and cost was told by the run that saw it.

use jiff::Timestamp;
use model::{Crossing, FindingId, IncidentId, IncidentStage, Reopened, Severity, Text, VendorProduct};
use serde::{Deserialize, Serialize};

use super::{
    super::{declared::Declared, ledger::Burn},
    Running,
};
use crate::incident::{blast::Blast, scoring::Scorecard, story::Story};

/// What is known of whoever is suspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suspect {
    root: Text,
    named: Text,
    vendor_product: VendorProduct,
    opened_by: FindingId,
    card: Scorecard,
    score: u32,
    severity: Severity,
    crossings: Vec<Crossing>,
    first_time: Timestamp,
    last_time: Timestamp,
    last_hit: Timestamp,
    accounts: Vec<Text>,
    principals: Vec<Text>,
    names: Vec<Text>,
    regions: Vec<Text>,
    stages: Vec<IncidentStage>,
    withheld: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reopened: Option<(Timestamp, Reopened)>,
}

impl Running {
    /// What the next run has to know of it; `None` if nothing speaks against anybody.
    pub(crate) fn suspect(&self) -> Option<Suspect> {
        let opened_by = self.opened_by.filter(|_| self.card.accuses())?;
        Some(Suspect {
            root: self.root.clone(),
            named: self.named.clone(),
            vendor_product: self.vendor_product,
            opened_by,
            card: self.card.clone(),
            score: self.score,
            severity: self.severity,
            crossings: self.crossings.clone(),
            first_time: self.first_time,
            last_time: self.last_time,
            last_hit: self.last_hit,
            accounts: self.accounts.iter().cloned().collect(),
            principals: self.principals.clone(),
            names: self.names.iter().cloned().collect(),
            regions: self.regions.iter().cloned().collect(),
            stages: self.stages.iter().copied().collect(),
            withheld: self.withheld,
            reopened: self.reopened.clone(),
        })
    }

    /// Whether this run has anything to say of it.
    pub(crate) fn is_news(&self) -> bool {
        self.counted_since.is_none() || !self.findings.is_empty()
    }
}

impl Suspect {
    pub(crate) fn root(&self) -> &Text {
        &self.root
    }

    /// The worst first, and of those alike the latest.
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        std::cmp::Reverse((self.severity, self.last_hit))
    }

    pub(crate) fn restore(self) -> Running {
        Running {
            id: Some(IncidentId::new(&self.named, self.opened_by)),
            root: self.root,
            named: self.named,
            vendor_product: self.vendor_product,
            opened_by: Some(self.opened_by),
            card: self.card,
            score: self.score,
            severity: self.severity,
            crossings: self.crossings,
            first_time: self.first_time,
            last_time: self.last_time,
            last_hit: self.last_hit,
            accounts: self.accounts.into_iter().collect(),
            acted: self.principals.iter().cloned().collect(),
            principals: self.principals,
            names: self.names.into_iter().collect(),
            regions: self.regions.into_iter().collect(),
            stages: self.stages.into_iter().collect(),
            findings: std::collections::BTreeSet::new(),
            event_ids: Vec::new(),
            evidence_truncated: false,
            burn: Burn::default(),
            blast: Blast::default(),
            declared: Declared::default(),
            story: Story::default(),
            withheld: self.withheld,
            reopened: self.reopened,
            counted_since: Some(self.last_time),
        }
    }
}
