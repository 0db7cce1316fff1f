//! Which machines an incident has running, whoever stops them, and what they cost.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::{Accelerator, Action, Event, Instances, Outcome, Text, Usd};

use super::lineage::names;
use crate::memory::Map;

/// Machines followed of one incident. The counts go on beyond.
const MACHINES: usize = 100_000;

/// The machines of all open incidents by id: about 200 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    owners: Map<Text, Text>,
}

impl Ledger {
    /// Which incident the machines of `event` belong to, by root principal, and which they are.
    pub(crate) fn owners<'e>(&self, event: &'e Event) -> BTreeMap<Text, Vec<&'e Text>> {
        let mut owners: BTreeMap<Text, Vec<&Text>> = BTreeMap::new();
        for id in &event.object_id {
            if let Some(root) = self.owners.get(id) {
                owners.entry(root.clone()).or_default().push(id);
            }
        }
        owners
    }

    pub(crate) fn take_over(&mut self, event: &Event, root: &Text) {
        for id in &event.object_id {
            self.owners.insert(id.clone(), root.clone());
        }
    }

    pub(crate) fn forget(&mut self, burn: &Burn) {
        for id in burn.machines.keys() {
            self.owners.remove(id);
        }
    }
}

/// What one incident runs, and what it has cost.
#[derive(Debug, Clone, Default)]
pub(crate) struct Burn {
    machines: BTreeMap<Text, Machine>,
    /// What runs now, together; and how many. Machines that the log gives no id of are among
    /// them for good, because nobody can see them stop.
    running: Size,
    alive: u64,
    /// By group: what it may launch without another request.
    groups: BTreeMap<Text, Usd>,
    requested: u64,
    launched: u64,
    so_far: Usd,
    as_of: Option<Timestamp>,
    unpriced: Vec<Text>,
}

#[derive(Debug, Clone)]
struct Machine {
    size: Size,
    parent: Option<Text>,
    running: bool,
}

/// What machines are, together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Size {
    pub vcpu: f64,
    pub accelerators: BTreeMap<Text, u64>,
    pub usd_per_hour: Usd,
}

impl Size {
    fn add(&mut self, other: &Self, times: u64) {
        self.vcpu += other.vcpu * times as f64;
        self.usd_per_hour = self.usd_per_hour.plus(other.usd_per_hour.times(times as f64));
        for (name, count) in &other.accelerators {
            let sum = self.accelerators.entry(name.clone()).or_default();
            *sum = sum.saturating_add(count.saturating_mul(times));
        }
    }

    fn take_away(&mut self, other: &Self) {
        self.vcpu -= other.vcpu;
        self.usd_per_hour = self.usd_per_hour.plus(other.usd_per_hour.times(-1.0));
        for (name, count) in &other.accelerators {
            let sum = self.accelerators.entry(name.clone()).or_default();
            *sum = sum.saturating_sub(*count);
        }
    }

    /// Of one of the machines of an event.
    fn of(event: &Event) -> Self {
        let compute = &event.compute;
        let machines = f64::from(event.count.max(1));
        Self {
            vcpu: compute.vcpu.map_or(0.0, |vcpu| f64::from(vcpu) / machines),
            accelerators: compute.accelerators.iter().map(|a| (a.name.clone(), u64::from(a.count))).collect(),
            usd_per_hour: compute.usd_per_hour.unwrap_or_default(),
        }
    }
}

impl Burn {
    /// What ran until now is paid for.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        let Some(since) = self.as_of.replace(self.as_of.map_or(now, |as_of| as_of.max(now))) else { return };
        let elapsed = now.duration_since(since);
        if elapsed > SignedDuration::ZERO {
            self.so_far = self.so_far.plus(self.running.usd_per_hour.times(elapsed.as_secs_f64() / 3600.0));
        }
    }

    /// Machines or groups that the incident asked for; `before`: as it was known before. Of the
    /// records of one request each may tell of more machines, and each machine is one.
    pub(crate) fn launch(&mut self, event: &Event, before: Option<&Event>) {
        self.advance(event.time);
        if !event.is_launch() {
            self.arm(event);
            return;
        }
        let before = before.filter(|before| before.is_launch());
        let asked_before = before.map_or(0, |before| before.count);
        self.requested += u64::from(event.count.saturating_sub(asked_before));
        if event.outcome != Outcome::Ok {
            return;
        }
        let ran_before = before.filter(|before| before.outcome == Outcome::Ok).map_or(0, |before| before.count);
        let more = u64::from(event.count.saturating_sub(ran_before));
        self.note_unpriced(event);
        self.launched += more;
        let (size, parent) = (Size::of(event), self.group_of(event));
        self.alive += more;
        self.running.add(&size, more);
        for id in event.object_id.iter().take(MACHINES.saturating_sub(self.machines.len())) {
            let machine = || Machine { size: size.clone(), parent: parent.clone(), running: true };
            self.machines.entry(id.clone()).or_insert_with(machine);
        }
    }

    /// The group of this incident that the machines belong to: named with its kind, or by its id alone.
    fn group_of(&self, event: &Event) -> Option<Text> {
        let parent = event.compute.parent.as_deref()?;
        let is_it = |group: &&Text| ***group == *parent || group.split_once(':').is_some_and(|(_, id)| id == parent);
        self.groups.keys().find(is_it).cloned()
    }

    /// A group that launches by itself may cost what its largest size does.
    fn arm(&mut self, event: &Event) {
        let (Some(most), Some(usd)) = (event.compute.max_count, event.compute.usd_per_hour) else { return };
        let Some(group) = names(event).next() else { return };
        if event.outcome == Outcome::Ok {
            self.groups.insert(group, usd.times(f64::from(most)));
        }
    }

    /// Machines of this incident were stopped, terminated or started, by whomever.
    pub(crate) fn change(&mut self, event: &Event, ids: &[&Text]) {
        let running = match event.action {
            Some(Action::Started | Action::Restarted) => true,
            Some(Action::Stopped | Action::Deleted) => false,
            _ => return,
        };
        if event.outcome != Outcome::Ok {
            return;
        }
        self.advance(event.time);
        for id in ids {
            let Some(machine) = self.machines.get_mut(*id).filter(|machine| machine.running != running) else {
                continue;
            };
            machine.running = running;
            if running {
                self.alive += 1;
                self.running.add(&machine.size, 1);
            } else {
                self.alive = self.alive.saturating_sub(1);
                self.running.take_away(&machine.size);
            }
        }
        if self.alive == 0 {
            // What many small differences leave behind is not money.
            self.running = Size::default();
        }
    }

    pub(crate) fn is_running(&self, machine: &str) -> bool {
        self.machines.get(machine).is_some_and(|machine| machine.running)
    }

    pub(crate) fn running(&self) -> &Size {
        &self.running
    }

    /// What it would cost if every group were as large as it may be.
    pub(crate) fn armed(&self) -> Usd {
        let mut groups = self.groups.clone();
        let mut alone = self.running.usd_per_hour;
        let mut of_groups: BTreeMap<&Text, Usd> = BTreeMap::new();
        for machine in self.machines.values().filter(|machine| machine.running) {
            let Some(parent) = machine.parent.as_ref().filter(|parent| groups.contains_key(*parent)) else { continue };
            let sum = of_groups.entry(parent).or_default();
            *sum = sum.plus(machine.size.usd_per_hour);
            alone = alone.plus(machine.size.usd_per_hour.times(-1.0));
        }
        for (group, usd) in of_groups {
            if let Some(most) = groups.get_mut(group) {
                *most = most.max(usd);
            }
        }
        groups.into_values().fold(alone, Usd::plus)
    }

    pub(crate) fn instances(&self) -> Instances {
        Instances { requested: self.requested, launched: self.launched, alive: self.alive }
    }

    pub(crate) fn accelerators(&self) -> Vec<Accelerator> {
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let running = self.running.accelerators.iter().filter(|(_, number)| **number > 0);
        running.map(|(name, number)| Accelerator { name: name.clone(), count: count(*number) }).collect()
    }

    pub(crate) fn so_far(&self) -> Usd {
        self.so_far
    }

    pub(crate) fn unpriced(&self) -> &[Text] {
        &self.unpriced
    }

    /// Whether there were machines, and all of them are gone.
    pub(crate) fn is_over(&self) -> bool {
        self.launched > 0 && self.alive == 0
    }

    fn note_unpriced(&mut self, event: &Event) {
        if event.compute.usd_per_hour.is_some() {
            return;
        }
        for name in &event.instance_type {
            if self.unpriced.len() < 100 && !self.unpriced.contains(name) {
                self.unpriced.push(name.clone());
            }
        }
    }
}
