//! Findings of one lineage become one incident that grows, and is scored with every event.
//!
//! The engine sees every event in event order, after the detections have judged it and before
//! anything is learned from it. It says whom the event is charged to, adds what the detections
//! found to that principal's incident, and answers what may be learned from it.

mod blast;
mod declared;
mod ledger;
mod lineage;
mod message;
mod running;
mod scoring;
mod story;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use jiff::{SignedDuration, Timestamp};
use model::{Event, FindingId, Incident, Outcome, Severity, Text, UserClass};

pub use declared::Window;
pub use scoring::{Discounts, Floor, Group, Score, Scoring, Thresholds};

use self::{
    ledger::Ledger,
    lineage::{Charge, Lineages},
    running::Running,
};
use crate::{catalog::Catalog, detection::Detection, memory::Map};

/// A finding that an event opened or joined, of a detection that counts in incidents.
pub(crate) struct Hit<'d> {
    pub detection: &'d Detection,
    pub score: &'d Score,
    pub finding: FindingId,
}

/// Whom an event is charged to, and what follows from that before it is judged.
pub(crate) struct Charged {
    charge: Charge,
    seasoned: bool,
    /// False for what belongs to an open incident of medium severity or more.
    pub may_learn: bool,
}

/// What an event means for what has been learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Teaching {
    Stands,
    /// The incident has become one to be believed: what these principals taught since then is
    /// taken back.
    TakeBack {
        principals: Vec<Text>,
        since: Timestamp,
    },
}

/// All incidents that are open, and what ties events to them.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    lineages: Lineages,
    ledger: Ledger,
    /// By root principal.
    running: BTreeMap<Text, Running>,
    /// Root principals whose incident changed since it was last told.
    changed: BTreeSet<Text>,
    ended: Vec<Incident>,
    /// Principals that are no persons, with when each first launched anything: what they have
    /// done for a fortnight is ordinary.
    workloads: Map<Text, Timestamp>,
}

/// A principal that has launched for so long does nothing out of its way by launching again.
const SEASONED: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Incidents {
    /// Whom an event is charged to. Every event must pass here, in order, before it is judged.
    pub(crate) fn charge(&mut self, scoring: &Scoring, event: &Event) -> Charged {
        let young = SignedDuration::from_hours(i64::from(scoring.young_days) * 24);
        let charge = self.lineages.charge(event, young);
        self.follow_machines(event);
        self.end_if_quiet(scoring, &charge.root, event.time);
        let running = self.running.get(&charge.root);
        let may_learn = running.is_none_or(|running| running.severity() < Severity::Medium);
        Charged { seasoned: self.is_seasoned(event), charge, may_learn }
    }

    /// Takes in what the detections had to say of an event.
    pub(crate) fn step(&mut self, scoring: &Scoring, event: &Event, charged: Charged, hits: &[Hit<'_>]) -> Teaching {
        let Charged { charge, seasoned, .. } = charged;
        let contexts = contexts(scoring, &charge, seasoned);
        let running = match self.running.get_mut(&charge.root) {
            Some(running) => running,
            None if hits.is_empty() => return Teaching::Stands,
            None => self.running.entry(charge.root.clone()).or_insert_with(|| Running::new(&charge.root, event)),
        };
        let before = running.severity();
        running.take(scoring, event, hits, &contexts);
        let has_risen = before < Severity::Medium && running.severity() >= Severity::Medium;
        let teaching = if has_risen { running.take_back() } else { Teaching::Stands };
        if event.is_launch() && event.outcome == Outcome::Ok {
            self.ledger.take_over(event, &charge.root);
        }
        self.changed.insert(charge.root);
        teaching
    }

    /// The incidents that were opened or have changed since they were told last, as they stand.
    pub(crate) fn tell(&mut self, scoring: &Scoring, now: Timestamp, catalog: Option<&Catalog>) -> Vec<Incident> {
        let quiet = SignedDuration::from_hours(i64::from(scoring.quiet_hours));
        let changed = mem::take(&mut self.changed);
        let mut told = mem::take(&mut self.ended);
        for root in &changed {
            told.extend(self.running.get_mut(root).map(|running| running.stand(now, quiet)));
        }
        told.retain(|incident| incident.severity >= Severity::Low);
        for incident in &mut told {
            incident.price_date = catalog.and_then(|catalog| catalog.dated(incident.vendor_product));
            incident.message = message::of(incident);
        }
        told.sort_by_key(|incident| (incident.first_time, incident.id));
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
        if let Some(mut running) = self.running.remove(root) {
            self.ledger.forget(running.burn());
            self.ended.push(running.stand(now, quiet));
        }
    }

    /// Whether the principal is no person, and has launched for a fortnight.
    fn is_seasoned(&mut self, event: &Event) -> bool {
        if event.user.class != UserClass::Workload || !event.user.attributed {
            return false;
        }
        if let Some(since) = self.workloads.get(&event.user.id) {
            return event.time.duration_since(*since) >= SEASONED;
        }
        if event.is_launch() && event.outcome == Outcome::Ok {
            self.workloads.insert(event.user.id.clone(), event.time);
        }
        false
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
