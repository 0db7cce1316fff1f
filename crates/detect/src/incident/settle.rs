//! Verdicts take effect: with the first event after the last that was judged, never before. So
//! all that was judged is found again as it was, and only what comes later is judged by what the
//! verdict taught.

use std::{collections::BTreeSet, mem};

use jiff::{SignedDuration, Timestamp};
use model::{IncidentId, Severity, Text};

use super::{Incidents, Release, Teaching, past::Past, running::Running, scoring::Scoring, verdicts::Judgement};
use crate::{baseline::Baseline, counts::Counts};

/// An incident that a memory knows of, whether it is open or over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    pub id: IncidentId,
    pub principal: Text,
    pub severity: Severity,
    pub first_time: Timestamp,
    pub last_time: Timestamp,
    /// What it taught is not known, until somebody finds nothing wrong with it.
    pub withheld: bool,
}

impl From<Past> for Remembered {
    fn from(past: Past) -> Self {
        let withheld = past.is_withheld();
        let Past { incident: id, principal, severity, first_time, last_time, .. } = past;
        Self { id, principal, severity, first_time, last_time, withheld }
    }
}

impl Incidents {
    /// The verdicts on what was before `now` take effect.
    pub(crate) fn settle(&mut self, scoring: &Scoring, now: Timestamp) {
        self.reconcile(scoring);
        while let Some(judgement) = scoring.verdicts.nth(self.settled).filter(|judgement| judgement.until < now) {
            self.settled += 1;
            self.settle_one(scoring, judgement);
        }
    }

    /// What an earlier run did by verdicts that are no longer there is undone, once.
    fn reconcile(&mut self, scoring: &Scoring) {
        if mem::replace(&mut self.reconciled, true) {
            return;
        }
        let past = self.past.reconcile(|incident| scoring.verdicts.on(incident).is_some());
        let open = self.running.values_mut();
        let open = open.filter(|running| running.severity() >= Severity::Medium && !running.is_cleared(scoring));
        self.teachings.extend(past.into_iter().chain(open.filter_map(Running::withhold)));
    }

    fn settle_one(&mut self, scoring: &Scoring, judgement: &Judgement) {
        let root = self.running.iter().find(|(_, running)| running.id() == Some(judgement.incident));
        if let Some(root) = root.map(|(root, _)| root.clone()) {
            let running = self.running.get_mut(&root);
            self.teachings.extend(running.and_then(|running| settle_running(running, scoring, judgement)));
            self.convict(scoring, judgement, &root);
            self.changed.insert(root);
            return;
        }
        self.teachings.extend(self.past.settle(judgement));
        if let Some(root) = self.past.get(judgement.incident).map(|past| past.principal.clone()) {
            self.convict(scoring, judgement, &root);
        }
    }

    /// Nothing that a thief does is learnt for as long as an accusation stands.
    fn convict(&mut self, scoring: &Scoring, judgement: &Judgement, root: &Text) {
        if !judgement.verdict.clears() {
            let young = SignedDuration::from_hours(i64::from(scoring.young_days) * 24);
            let until = judgement.until.checked_add(young).unwrap_or(Timestamp::MAX);
            self.convicted.insert(root.clone(), until);
        }
    }

    pub(super) fn is_convicted(&self, root: &Text, now: Timestamp) -> bool {
        !self.convicted.is_empty() && self.convicted.get(root).is_some_and(|until| now <= *until)
    }

    /// What the baselines have not heard of yet.
    pub(crate) fn teachings(&mut self) -> Vec<Teaching> {
        mem::take(&mut self.teachings)
    }

    /// Nothing more is to come of this run, whose last event was `now`: the verdicts take effect
    /// that have not yet, who is no longer suspected is noted as such, and what is out of every
    /// window is forgotten.
    pub(crate) fn close_run(&mut self, scoring: &Scoring, now: Option<Timestamp>, horizon: Option<Timestamp>) {
        self.settle(scoring, Timestamp::MAX);
        let Some(now) = now else { return };
        let over = self.running.iter().filter(|(_, running)| running.is_over(scoring, now));
        self.over = over.map(|(root, _)| root.clone()).collect();
        let young = SignedDuration::from_hours(i64::from(scoring.young_days) * 24);
        if let Ok(young) = now.checked_sub(young) {
            self.accused.forget_before(young);
        }
        if let Some(horizon) = horizon {
            self.past.forget_before(horizon);
        }
    }

    /// The incidents of which anything is held, or may yet be.
    pub(crate) fn known(&self) -> BTreeSet<IncidentId> {
        let open = self.running.values().filter_map(Running::id);
        open.chain(self.past.iter().map(|past| past.incident)).collect()
    }

    /// All that can be judged.
    pub(crate) fn remembered(&self) -> Vec<Remembered> {
        let open = self.running.values().filter(|running| running.severity() >= Severity::Low);
        let open = open.filter_map(|running| Some(Past::new(running.id()?, running)));
        open.chain(self.past.iter().cloned()).map(Remembered::from).collect()
    }
}

impl Teaching {
    pub(crate) fn teach_values(&self, baseline: &mut Baseline) {
        match self {
            Self::TakeBack { incident, principals, since } => baseline.withhold(*incident, principals, *since),
            Self::Release(verdict) => baseline.release(verdict.incident, verdict.until),
        }
    }

    pub(crate) fn teach_counts(&self, counts: &mut Counts) {
        match self {
            Self::TakeBack { incident, principals, since } => counts.withhold(*incident, principals, *since),
            Self::Release(verdict) => counts.release(verdict.incident, verdict.until),
        }
    }
}

fn settle_running(running: &mut Running, scoring: &Scoring, judgement: &Judgement) -> Option<Teaching> {
    running.judge_again(scoring);
    if !judgement.verdict.clears() {
        return running.withhold();
    }
    let is_released = running.is_cleared(scoring) && running.is_withheld();
    is_released.then(|| {
        running.release();
        let (incident, until) = (judgement.incident, judgement.until);
        Teaching::Release(Release { incident, until, findings: running.findings().clone() })
    })
}
