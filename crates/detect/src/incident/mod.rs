//! Findings of one lineage become one incident that grows, and is scored with every event.
//!
//! The engine sees every event in event order, after the detections have judged it and before
//! anything is learned from it. It says whom the event is charged to, adds what the detections
//! found to that principal's incident, and answers whether the event may teach.

mod ledger;
mod lineage;
mod running;
mod scoring;

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use model::{Event, FindingId, Incident, Outcome, Severity, Text, UserClass};

pub use scoring::{Discounts, Floor, Group, Score, Scoring, Thresholds};

use self::{
    ledger::Ledger,
    lineage::{Charge, Lineages},
    running::Running,
};
use crate::memory::Map;

/// A finding that an event opened, or raised.
pub(crate) struct Hit<'d> {
    /// File name of the detection.
    pub signal: &'d Text,
    pub title: &'d Text,
    pub score: &'d Score,
    pub finding: FindingId,
    pub reason: String,
}

/// What the baselines do with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Teaching {
    Learn,
    /// It belongs to an open incident of medium severity or more.
    Withhold,
    /// The same, and what the incident taught before is to be taken back.
    TakeBack,
}

/// All incidents that are open, and what ties events to them.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    lineages: Lineages,
    ledger: Ledger,
    /// By root principal.
    running: Map<Text, Running>,
    /// Root principals whose incident changed since it was last told.
    changed: BTreeSet<Text>,
    ended: Vec<Incident>,
    /// Roles and service accounts, with when each first made compute: what a fortnight of the
    /// same makes ordinary.
    automation: Map<Text, Timestamp>,
}

/// A principal that has made compute for so long does nothing out of its way by doing it again.
const SEASONED: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Incidents {
    /// Takes in one event and what the detections had to say of it.
    pub(crate) fn step(&mut self, scoring: &Scoring, event: &Arc<Event>, hits: &[Hit<'_>]) -> Teaching {
        let young = SignedDuration::from_hours(i64::from(scoring.young_days) * 24);
        let charge = self.lineages.charge(event, young);
        self.follow_machines(event);
        let seasoned = self.is_seasoned(event);
        self.end_if_quiet(scoring, &charge.root, event.time);
        if hits.is_empty() && !self.running.contains_key(&charge.root) {
            return Teaching::Learn;
        }
        let running = self.running.entry(charge.root.clone()).or_insert_with(|| Running::new(&charge.root, event));
        let before = running.severity();
        running.take(scoring, event, hits, &contexts(scoring, &charge, seasoned));
        if event.is_launch() && event.outcome == Outcome::Ok {
            self.ledger.take_over(event, &charge.root);
        }
        self.changed.insert(charge.root);
        match (before, running.severity()) {
            (_, now) if now < Severity::Medium => Teaching::Learn,
            (before, _) if before < Severity::Medium => Teaching::TakeBack,
            _ => Teaching::Withhold,
        }
    }

    /// The incidents that were opened or have changed since they were told last, as they stand.
    pub(crate) fn tell(&mut self, scoring: &Scoring) -> Vec<Incident> {
        let changed = std::mem::take(&mut self.changed);
        let running = changed.iter().filter_map(|root| self.running.get(root)).map(Running::stand);
        let mut told: Vec<Incident> = std::mem::take(&mut self.ended).into_iter().chain(running).collect();
        told.retain(|incident| incident.severity >= Severity::Low);
        told.sort_by(|a, b| (a.first_time, a.id).cmp(&(b.first_time, b.id)));
        let _ = scoring;
        told
    }

    /// Machines of an incident may be stopped by anybody: its thief, its owner, the provider.
    fn follow_machines(&mut self, event: &Event) {
        if event.is_launch() || event.object_id.is_empty() {
            return;
        }
        for (root, ids) in self.ledger.owners(event) {
            if let Some(running) = self.running.get_mut(&root) {
                running.machines_changed(event, &ids);
                self.changed.insert(root);
            }
        }
    }

    fn end_if_quiet(&mut self, scoring: &Scoring, root: &Text, now: Timestamp) {
        let quiet = SignedDuration::from_hours(i64::from(scoring.quiet_hours));
        if self.running.get(root).is_none_or(|running| !running.is_quiet(now, quiet)) {
            return;
        }
        if let Some(running) = self.running.remove(root) {
            self.ledger.forget(running.burn());
            self.ended.push(running.end());
        }
    }

    /// Whether the principal is no person, and has made compute for a fortnight.
    fn is_seasoned(&mut self, event: &Event) -> bool {
        let makes = event.is_launch() && event.outcome == Outcome::Ok;
        let since = match self.automation.get(&event.user.id) {
            Some(since) => *since,
            None if makes && event.user.attributed => {
                self.automation.insert(event.user.id.clone(), event.time);
                event.time
            }
            None => return false,
        };
        event.user.class == UserClass::Workload && event.time.duration_since(since) >= SEASONED
    }
}

/// What speaks for the principal: name, points and reason.
fn contexts(scoring: &Scoring, charge: &Charge, seasoned: bool) -> Vec<(&'static str, u32, &'static str)> {
    let mut contexts = Vec::new();
    if charge.old_parent {
        let reason = "launched by a service of the provider for something that has been there for long";
        contexts.push(("context_old_parent", scoring.context.old_parent, reason));
    }
    if seasoned {
        let reason = "a role or service account that has launched machines for a fortnight or longer";
        contexts.push(("context_seasoned_automation", scoring.context.seasoned_automation, reason));
    }
    contexts
}
