//! All that the detector remembers between one batch and the next.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use jiff::{SignedDuration, Timestamp};
use model::{Coverage, Event, EventId, Text};

use crate::{baseline::Baseline, counts::Counts};

/// Keys come from logs, so the hash is seeded afresh in every process. Order is never taken from it.
pub(crate) type Map<K, V> = HashMap<K, V, RandomState>;

/// What was decoded together: events of interest, and the coverage of everything read.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub events: Vec<Event>,
    pub coverage: Coverage,
}

/// Baselines, counts and coverage; and the events that are still waiting for their turn.
#[derive(Debug, Default)]
pub struct Memory {
    pub(crate) coverage: Coverage,
    /// By detection.
    pub(crate) baselines: BTreeMap<Text, Baseline>,
    /// By detection.
    pub(crate) counts: BTreeMap<Text, Counts>,
    /// Every event taken in, with its time in seconds: 24 bytes each and the table around them.
    pub(crate) seen: Map<EventId, i64>,
    /// Ids of older events were let go: such an event has been taken in, or is out of every window.
    pub(crate) seen_since: Option<Timestamp>,
    /// Newer than the newest event less the lateness bound, hence not in their final order.
    pub(crate) waiting: Vec<Arc<Event>>,
    pub(crate) newest: Option<Timestamp>,
    pub(crate) duplicates: u64,
}

impl Memory {
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Events that had been taken in before, by their id.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The baseline of a detection, if anything was learned or judged for it.
    pub fn baseline(&self, detection: &str) -> Option<&Baseline> {
        self.baselines.get(detection)
    }

    /// The baseline of a detection, to be changed by a person.
    pub fn baseline_mut(&mut self, detection: &str) -> &mut Baseline {
        self.baselines.entry(detection.into()).or_default()
    }

    /// The hourly counts of a detection.
    pub fn counts(&self, detection: &str) -> Option<&Counts> {
        self.counts.get(detection)
    }

    /// Unlearns a value: for one detection or all, in one account or everywhere. Returns how
    /// many entries and hours of counts went.
    pub fn forget(&mut self, value: &str, detection: Option<&str>, account: Option<&str>) -> usize {
        let asked = |name: &Text| detection.is_none_or(|detection| *detection == **name);
        let baselines = self.baselines.iter_mut().filter(|(name, _)| asked(name));
        let entries: usize = baselines.map(|(_, baseline)| baseline.forget(value, account)).sum();
        // Counts are of principals, each of which is in one account already.
        let counts = self.counts.iter_mut().filter(|(name, _)| asked(name) && account.is_none());
        entries + counts.map(|(_, counts)| counts.forget(value)).sum::<usize>()
    }

    /// Takes a batch in; an event that was taken in before changes nothing.
    pub(crate) fn admit(&mut self, batch: Batch) {
        self.coverage.merge(&batch.coverage);
        for event in batch.events {
            let too_old = self.seen_since.is_some_and(|since| event.time < since);
            if too_old || self.seen.insert(event.id.clone(), event.time.as_second()).is_some() {
                self.duplicates += 1;
                continue;
            }
            self.newest = self.newest.max(Some(event.time));
            self.waiting.push(Arc::new(event));
        }
    }

    /// The events whose turn has come, in event order: those as old as the newest less
    /// `lateness` or older, or all of them when no bound is given. Whatever comes less late than
    /// the bound is in time, and with a bound of zero every event is judged at once.
    pub(crate) fn release(&mut self, lateness: Option<SignedDuration>) -> Vec<Arc<Event>> {
        self.waiting.sort_unstable_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        let Some(lateness) = lateness else { return std::mem::take(&mut self.waiting) };
        let horizon = self.newest.and_then(|newest| newest.checked_sub(lateness).ok());
        let ready = self.waiting.partition_point(|event| Some(event.time) <= horizon);
        let later = self.waiting.split_off(ready);
        std::mem::replace(&mut self.waiting, later)
    }

    /// Forgets the ids of events older than `time`: they are out of every window.
    pub(crate) fn forget_ids_before(&mut self, time: Timestamp) {
        self.seen_since = self.seen_since.max(Some(time));
        self.seen.retain(|_, second| *second >= time.as_second());
    }
}
