//! Which machines an incident has running, whoever stops them, and what they cost.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{SignedDuration, Timestamp};
use model::{Accelerator, Action, Event, Instances, Outcome, Text, Usd};

use super::{
    blast::{INSTANCE, SEVERAL},
    lineage::names,
};
use crate::memory::Map;

/// Machines followed of one incident. The counts go on beyond.
const MACHINES: usize = 100_000;

/// The machines of all open incidents by key: about 200 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    owners: Map<Text, Text>,
}

impl Ledger {
    /// Which incident the machines of `event` belong to, by root principal, and which they are.
    pub(crate) fn owners(&self, event: &Event) -> BTreeMap<Text, Vec<Text>> {
        let mut owners: BTreeMap<Text, Vec<Text>> = BTreeMap::new();
        if self.owners.is_empty() {
            return owners;
        }
        for key in keys(event) {
            if let Some(root) = self.owners.get(&*key) {
                owners.entry(root.clone()).or_default().push(key.into_owned());
            }
        }
        owners
    }

    pub(crate) fn take_over(&mut self, event: &Event, root: &Text) {
        self.owners.extend(keys(event).map(|key| (key.into_owned(), root.clone())));
    }

    pub(crate) fn forget(&mut self, burn: &Burn) {
        for key in burn.machines.keys() {
            self.owners.remove(key);
        }
    }
}

/// Under what the ledger knows the machines that an event is about: a machine by its id, which is
/// like no other; of all else the first name, which others may have elsewhere.
fn keys(event: &Event) -> impl Iterator<Item = Cow<'_, Text>> {
    let category = event.object_category.as_deref().unwrap_or_default();
    let (account, region) = (event.vendor_account.as_deref(), event.vendor_region.as_deref());
    let few = if SEVERAL.contains(&category) { usize::MAX } else { 1 };
    event.object_id.iter().take(few).map(move |id| {
        if category == INSTANCE {
            return Cow::Borrowed(id);
        }
        let key = format!("{}/{}/{category}:{id}", account.unwrap_or_default(), region.unwrap_or_default());
        Cow::Owned(key.into())
    })
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
    /// Which group is made of a template, or has something inside, whose name machines may have
    /// instead of the group's.
    made_of: BTreeMap<Text, Text>,
    requested: u64,
    launched: u64,
    so_far: Usd,
    as_of: Option<Timestamp>,
    unpriced: Vec<Text>,
}

#[derive(Debug, Clone)]
struct Machine {
    size: Size,
    /// Of a service, its tasks; else one.
    count: u64,
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

    fn take_away(&mut self, other: &Self, times: u64) {
        self.vcpu -= other.vcpu * times as f64;
        self.usd_per_hour = self.usd_per_hour.plus(other.usd_per_hour.times(-(times as f64)));
        for (name, count) in &other.accelerators {
            let sum = self.accelerators.entry(name.clone()).or_default();
            *sum = sum.saturating_sub(count.saturating_mul(times));
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
    /// records of one request each may tell of more machines, and each machine is one. What is
    /// `billed` by itself starts no machine that the log would show.
    pub(crate) fn launch(&mut self, event: &Event, before: Option<&Event>, billed: &BTreeSet<Text>) {
        self.advance(event.time);
        let is_of_itself = is_billed(event, billed);
        match event.action {
            _ if event.is_launch() => {}
            Some(Action::Created | Action::Started) if is_of_itself && event.count > 0 => {}
            Some(Action::Modified) if is_of_itself => return self.resize(event),
            _ => return self.arm(event),
        }
        let before = before.filter(|before| before.count > 0);
        let asked_before = before.map_or(0, |before| before.count);
        self.requested += u64::from(event.count.saturating_sub(asked_before));
        if event.outcome == Outcome::Ok {
            let ran_before = before.filter(|before| before.outcome == Outcome::Ok).map_or(0, |before| before.count);
            self.run(event, u64::from(event.count.saturating_sub(ran_before)));
        }
    }

    /// So many more machines run.
    fn run(&mut self, event: &Event, more: u64) {
        let keys: Vec<Text> = keys(event).map(Cow::into_owned).collect();
        let is_new = |key: &Text| !self.machines.contains_key(key);
        if !event.is_launch() && !keys.is_empty() && !keys.iter().any(is_new) {
            // What was there before runs again.
            return self.change(event, &keys);
        }
        self.note_unpriced(event);
        self.launched += more;
        let (size, parent) = (Size::of(event), self.group_of(event));
        self.alive += more;
        self.running.add(&size, more);
        let each = if keys.len() == 1 { u64::from(event.count) } else { 1 };
        for key in keys.into_iter().take(MACHINES.saturating_sub(self.machines.len())) {
            let machine = || Machine { size: size.clone(), count: each, parent: parent.clone(), running: true };
            self.machines.entry(key).or_insert_with(machine);
        }
    }

    /// A service of this incident runs more or fewer tasks, or none.
    fn resize(&mut self, event: &Event) {
        let count = match (event.count, event.compute.max_count) {
            (0, Some(0)) => 0,
            (0, _) => return,
            (count, _) => u64::from(count),
        };
        if event.outcome != Outcome::Ok {
            return;
        }
        for key in keys(event) {
            let Some(machine) = self.machines.get_mut(&*key).filter(|machine| machine.running) else { continue };
            let (size, before) = (machine.size.clone(), std::mem::replace(&mut machine.count, count));
            self.launched += count.saturating_sub(before);
            self.alive = self.alive.saturating_sub(before).saturating_add(count);
            self.running.take_away(&size, before);
            self.running.add(&size, count);
        }
        self.settle();
    }

    /// The group of this incident that the machines belong to: named with its kind, or by its id alone.
    fn group_of(&self, event: &Event) -> Option<Text> {
        let parent = event.compute.parent.as_deref()?;
        let is_it = |group: &&Text| ***group == *parent || group.split_once(':').is_some_and(|(_, id)| id == parent);
        self.groups.keys().find(is_it).or_else(|| self.made_of.get(parent)).cloned()
    }

    /// A group that launches by itself may cost what its largest size does.
    fn arm(&mut self, event: &Event) {
        let (Some(most), Some(usd)) = (event.compute.max_count, event.compute.usd_per_hour) else { return };
        let Some(group) = names(event).next() else { return };
        if event.outcome == Outcome::Ok {
            self.made_of.extend(event.compute.parent.clone().map(|template| (template, group.clone())));
            // What is inside of it, a pool of a cluster, is named besides, and its machines are of that.
            self.made_of.extend(names(event).skip(2).map(|inside| (inside, group.clone())));
            self.groups.insert(group, usd.times(f64::from(most)));
        }
    }

    /// Machines of this incident were stopped, terminated or started, by whomever.
    pub(crate) fn change(&mut self, event: &Event, keys: &[Text]) {
        let running = match event.action {
            Some(Action::Modified) => return self.resize(event),
            Some(Action::Started | Action::Restarted) => true,
            Some(Action::Stopped | Action::Deleted) => false,
            _ => return,
        };
        if event.outcome != Outcome::Ok {
            return;
        }
        self.advance(event.time);
        for key in keys {
            let Some(machine) = self.machines.get_mut(key).filter(|machine| machine.running != running) else {
                continue;
            };
            machine.running = running;
            if running {
                self.alive += machine.count;
                self.running.add(&machine.size, machine.count);
            } else {
                self.alive = self.alive.saturating_sub(machine.count);
                self.running.take_away(&machine.size, machine.count);
            }
        }
        self.settle();
    }

    /// What many small differences leave behind is not money.
    fn settle(&mut self) {
        if self.alive == 0 {
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
            let usd = machine.size.usd_per_hour.times(machine.count as f64);
            *sum = sum.plus(usd);
            alone = alone.plus(usd.times(-1.0));
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

/// Whether it is about something that is paid for by itself, and not by the machines it starts.
pub(super) fn is_billed(event: &Event, billed: &BTreeSet<Text>) -> bool {
    event.object_category.as_ref().is_some_and(|category| billed.contains(category))
}
