//! Incidents that are over. A verdict may come when the incident is long over, and so may its
//! withdrawal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{IncidentId, Severity, Text};
use serde::{Deserialize, Serialize};

use super::{Release, Teaching, running::Running, verdicts::Judgement};

/// What must be known of one of them for a verdict to take effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    pub incident: IncidentId,
    pub principal: Text,
    pub severity: Severity,
    pub first_time: Timestamp,
    pub last_time: Timestamp,
    principals: Vec<Text>,
    /// What it taught is not known, and held.
    withheld: bool,
    /// The verdict that ends here did not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reopened: Option<Timestamp>,
}

/// The worst of them, and of those alike the latest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pasts(BTreeMap<IncidentId, Past>);

/// Beyond, the least is forgotten, and can be judged no more.
const MOST: usize = 1000;

impl Past {
    pub(super) fn new(incident: IncidentId, running: &Running) -> Self {
        Self {
            incident,
            principal: running.root().clone(),
            severity: running.severity(),
            first_time: running.first_time(),
            last_time: running.last_time(),
            principals: running.principals().to_vec(),
            withheld: running.is_withheld(),
            reopened: running.reopened_until(),
        }
    }

    /// Whether what it taught is not known, and held.
    pub(crate) fn is_withheld(&self) -> bool {
        self.withheld
    }

    /// What it taught is learnt, if it is what was judged. What it did after that is still held
    /// then, so that the next verdict finds it.
    fn clear(&mut self, judgement: &Judgement) -> Option<Teaching> {
        let is_more = self.severity > judgement.severity || self.reopened == Some(judgement.until);
        (!is_more).then(|| self.release(judgement.until))
    }

    /// As it would stand had nobody judged it.
    fn withdraw(&mut self) -> Option<Teaching> {
        match (self.severity < Severity::Medium, self.withheld) {
            (true, true) => Some(self.release(self.last_time)),
            (true, false) => None,
            (false, _) => self.withhold(),
        }
    }

    fn release(&mut self, until: Timestamp) -> Teaching {
        self.withheld = false;
        Teaching::Release(Release { incident: self.incident, until, findings: BTreeSet::new() })
    }

    fn withhold(&mut self) -> Option<Teaching> {
        if self.withheld {
            return None;
        }
        self.withheld = true;
        let (incident, principals, since) = (self.incident, self.principals.clone(), self.first_time);
        Some(Teaching::TakeBack { incident, principals, since })
    }
}

impl Pasts {
    pub(super) fn keep(&mut self, past: Past) {
        self.0.insert(past.incident, past);
        if self.0.len() > MOST {
            let least = self.0.values().min_by_key(|past| (past.severity, past.last_time, past.incident));
            least.map(|least| least.incident).map(|least| self.0.remove(&least));
        }
    }

    pub(super) fn get(&self, incident: IncidentId) -> Option<&Past> {
        self.0.get(&incident)
    }

    /// A verdict takes effect.
    pub(super) fn settle(&mut self, judgement: &Judgement) -> Option<Teaching> {
        let past = self.0.get_mut(&judgement.incident)?;
        if judgement.verdict.clears() { past.clear(judgement) } else { past.withhold() }
    }

    /// What was done by verdicts that are no longer there is undone.
    pub(super) fn reconcile(&mut self, is_judged: impl Fn(IncidentId) -> bool) -> Vec<Teaching> {
        let withdrawn = self.0.values_mut().filter(|past| !is_judged(past.incident));
        withdrawn.filter_map(Past::withdraw).collect()
    }

    pub(super) fn forget_before(&mut self, time: Timestamp) {
        self.0.retain(|_, past| past.last_time >= time);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Past> {
        self.0.values()
    }
}

impl FromIterator<Past> for Pasts {
    fn from_iter<I: IntoIterator<Item = Past>>(pasts: I) -> Self {
        let mut kept = Self::default();
        pasts.into_iter().for_each(|past| kept.keep(past));
        kept
    }
}
