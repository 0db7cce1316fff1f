//! Findings of one lineage become one incident that grows, and is scored with every event.
//!
//! The engine sees every event in event order, after the detections have judged it and before
//! anything is learned from it. It says whom the event is charged to, adds what the detections
//! found to that principal's incident, and answers what may be learned from it.

mod accused;
mod blast;
mod carried;
mod declared;
mod ledger;
mod lineage;
mod message;
mod past;
mod running;
mod scoring;
mod settle;
mod story;
mod verdicts;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use jiff::{SignedDuration, Timestamp};
use model::{Action, Event, FindingId, Incident, IncidentId, Outcome, Severity, Text, UserClass};

pub(crate) use carried::Carried;
pub use declared::Window;
pub use scoring::{Discounts, Floor, FreshIdentity, Group, OneFact, Score, Scoring, Thresholds};
pub use settle::Remembered;
pub use verdicts::{Judgement, Verdicts};

use self::{
    accused::Accused,
    ledger::Ledger,
    lineage::{Charge, Lineages},
    past::{Past, Pasts},
    running::{Remark, Running},
};
use crate::{
    catalog::Catalog,
    detection::Detection,
    memory::{Map, Turn},
};

/// A finding that an event opened or joined, of a detection that counts in incidents.
#[derive(Clone, Copy)]
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
    /// Then, the incident for which it is held.
    pub held_for: Option<IncidentId>,
}

impl Charged {
    /// Root of the lineage.
    pub(crate) fn root(&self) -> &Text {
        &self.charge.root
    }
}

/// What becomes of what an incident taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Teaching {
    /// It is one to be believed: what these principals taught since then is taken back, and held.
    TakeBack { incident: IncidentId, principals: Vec<Text>, since: Timestamp },
    /// A person found nothing wrong with it: what is held of it is learnt.
    Release(Release),
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub incident: IncidentId,
    /// Up to its last event.
    pub until: Timestamp,
    pub findings: BTreeSet<FindingId>,
}

/// All incidents that are open, and what ties events to them.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    lineages: Lineages,
    accused: Accused,
    ledger: Ledger,
    /// By root principal.
    running: BTreeMap<Text, Running>,
    /// Root principals whose incident changed since it was last told.
    changed: BTreeSet<Text>,
    ended: Vec<Incident>,
    past: Pasts,
    /// What is to become of what was taught, until the baselines have heard of it.
    teachings: Vec<Teaching>,
    /// Principals who were found to be thieves, with until when nothing that they do is learnt.
    convicted: BTreeMap<Text, Timestamp>,
    /// How many verdicts have taken effect, of those that hold, in their order.
    settled: usize,
    /// What an earlier run did by verdicts that are gone was undone.
    reconciled: bool,
    /// Whose incident is over when the run ends.
    over: BTreeSet<Text>,
    /// Principals that are no persons, with when each first launched anything: what they have
    /// done for a fortnight is ordinary.
    workloads: Map<Text, Timestamp>,
    /// Everybody else who has, with when.
    people: Map<Text, Timestamp>,
    swept: Option<Timestamp>,
}

/// A principal that has launched for so long does nothing out of its way by launching again.
const SEASONED: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Incidents {
    /// Whom an event is charged to. Every event must pass here, in order, before it is judged.
    pub(crate) fn charge(&mut self, scoring: &Scoring, event: &Event) -> Charged {
        let young = SignedDuration::from_hours(i64::from(scoring.young_days) * 24);
        let Self { lineages, workloads, people, .. } = self;
        let known = |id: &Text| workloads.contains_key(id) || people.contains_key(id);
        let charge = lineages.charge(event, young, known);
        self.follow_machines(scoring, event);
        self.sweep(scoring, event.time);
        self.end_or_renew(scoring, &charge.root, event);
        self.meet_accused(&charge.root, event, young);
        let running = self.running.get(&charge.root);
        let believed = running.filter(|running| running.is_believed(scoring, event.time));
        let held_for = believed.and_then(Running::id);
        let may_learn = believed.is_none() && !self.is_convicted(&charge.root, event.time);
        Charged { seasoned: self.is_seasoned(event), charge, may_learn, held_for }
    }

    /// Takes in what the detections had to say of an event.
    pub(crate) fn step(&mut self, scoring: &Scoring, turn: &Turn, charged: Charged, hits: &[Hit<'_>]) {
        let (event, Charged { charge, seasoned, .. }) = (&*turn.event, charged);
        let (of_others, hits): (Vec<Hit<'_>>, Vec<Hit<'_>>) = hits.iter().partition(|hit| hit.score.about.is_some());
        for hit in of_others {
            self.accuse(scoring, event, &hit);
        }
        let running = match self.running.get_mut(&charge.root) {
            Some(running) => running,
            None if hits.is_empty() => return,
            None => self.running.entry(charge.root.clone()).or_insert_with(|| Running::new(&charge.root, event)),
        };
        running.take(scoring, turn, &hits, &remarks(scoring, &charge, seasoned, !hits.is_empty()));
        if running.is_believed(scoring, event.time) {
            self.teachings.extend(running.withhold());
        }
        let runs = event.is_launch() || event.count > 0 && ledger::is_billed(event, &scoring.billed);
        if runs && event.outcome == Outcome::Ok {
            self.ledger.take_over(event, &charge.root);
        }
        self.changed.insert(charge.root);
    }

    /// Somebody else spoke of a principal: its incident says so, or one begins under its name.
    fn accuse(&mut self, scoring: &Scoring, event: &Event, hit: &Hit<'_>) {
        let (Some(about), Some(account)) = (hit.score.about, &event.vendor_account) else { return };
        let Some(name) = about.of(event).next().cloned() else { return };
        self.accused.accuse(account, &name, event.time);
        let known = self.running.iter().find(|(_, running)| running.answers_to(account, &name));
        let root = known.map_or_else(|| accused::stand_in(account, &name), |(root, _)| root.clone());
        let running = self.running.entry(root.clone()).or_insert_with(|| Running::new(&root, event));
        running.accuse(scoring, event, hit);
        if running.is_believed(scoring, event.time) {
            self.teachings.extend(running.withhold());
        }
        self.changed.insert(root);
    }

    /// An accused acts: the incident under its name is its own from now on.
    fn meet_accused(&mut self, root: &Text, event: &Event, young: SignedDuration) {
        let Some(name) = self.accused.name_of(event, young) else { return };
        let Some(account) = &event.vendor_account else { return };
        let stand_in = accused::stand_in(account, name);
        let Some(mut running) = self.running.remove(&stand_in) else { return };
        self.changed.remove(&stand_in);
        if let Some(own) = self.running.get_mut(root) {
            own.absorb(running);
        } else {
            running.charge_to(root);
            self.running.insert(root.clone(), running);
        }
        self.changed.insert(root.clone());
    }

    /// The incidents that were opened or have changed since they were told last, as they stand.
    pub(crate) fn tell(&mut self, scoring: &Scoring, now: Timestamp, catalog: Option<&Catalog>) -> Vec<Incident> {
        let changed = mem::take(&mut self.changed);
        let mut told = mem::take(&mut self.ended);
        for root in &changed {
            let running = self.running.get_mut(root).filter(|running| running.is_news());
            told.extend(running.map(|running| running.stand(scoring, now)));
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
    fn follow_machines(&mut self, scoring: &Scoring, event: &Event) {
        if event.is_launch() || event.object_id.is_empty() {
            return;
        }
        for (root, keys) in self.ledger.owners(event) {
            if let Some(running) = self.running.get_mut(&root) {
                running.machines_changed(scoring, event, &keys);
                self.changed.insert(root);
            }
        }
    }

    /// Ends the incident of a lineage, or lets it begin anew, if its time has come.
    fn end_or_renew(&mut self, scoring: &Scoring, root: &Text, event: &Event) {
        let quiet = SignedDuration::from_hours(i64::from(scoring.quiet_hours));
        let Some(running) = self.running.get(root) else { return };
        if running.is_over(scoring, event.time) {
            self.end(scoring, root, event.time);
        } else if running.is_stale(event.time, quiet) {
            let next = running.renew(event, quiet);
            self.end(scoring, root, event.time);
            self.running.extend(next.map(|next| (root.clone(), next)));
        }
    }

    fn end(&mut self, scoring: &Scoring, root: &Text, now: Timestamp) {
        let Some(mut running) = self.running.remove(root) else { return };
        self.ledger.forget(running.burn());
        self.changed.remove(root);
        running.judge_again(scoring);
        if running.severity() < Severity::Low {
            return;
        }
        if let Some(incident) = running.id() {
            self.past.keep(Past::new(incident, &running));
        }
        if running.is_news() {
            self.ended.push(running.stand(scoring, now));
        }
    }

    /// Once an hour, the incidents are ended of those who do nothing more.
    fn sweep(&mut self, scoring: &Scoring, now: Timestamp) {
        let hour = SignedDuration::from_hours(1);
        if self.swept.is_some_and(|swept| now.duration_since(swept) < hour) {
            return;
        }
        self.swept = Some(now);
        let over = self.running.iter().filter(|(_, running)| running.is_over(scoring, now));
        let over: Vec<Text> = over.map(|(root, _)| root.clone()).collect();
        for root in &over {
            self.end(scoring, root, now);
        }
    }

    /// Whether the principal is no person, and has made machines for a fortnight.
    fn is_seasoned(&mut self, event: &Event) -> bool {
        if !event.user.attributed || event.user.class == UserClass::Service {
            return false;
        }
        let launches = || asks_for_machines(event) && event.outcome == Outcome::Ok;
        if event.user.class != UserClass::Workload {
            if launches() && !self.people.contains_key(&event.user.id) {
                self.people.insert(event.user.id.clone(), event.time);
            }
            return false;
        }
        if let Some(since) = self.workloads.get(&event.user.id) {
            return event.time.duration_since(*since) >= SEASONED;
        }
        if launches() {
            self.workloads.insert(event.user.id.clone(), event.time);
        }
        false
    }
}

fn asks_for_machines(event: &Event) -> bool {
    let makes = matches!(event.action, Some(Action::Created | Action::Started));
    makes && (event.count > 0 || event.compute.max_count.is_some() || event.compute.vcpu.is_some())
}

/// What there is to say of who acted. Of a lineage of which nothing else is said, only what
/// speaks for it.
fn remarks(scoring: &Scoring, charge: &Charge, seasoned: bool, has_hits: bool) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if charge.old_parent {
        let reason = "launched by a service of the provider for something that has been there for long";
        remarks.push(Remark::context("context_old_parent", scoring.context.old_parent, reason));
    }
    if seasoned {
        let reason = "a role or service account that has made machines for a fortnight or longer";
        remarks.push(Remark::context("context_seasoned_automation", scoring.context.seasoned_automation, reason));
    }
    let fresh = SignedDuration::from_hours(i64::from(scoring.fresh_identity.hours));
    if has_hits && charge.age.is_some_and(|age| age <= fresh) {
        remarks.push(Remark::fresh_identity(scoring.fresh_identity.points));
    }
    remarks
}
