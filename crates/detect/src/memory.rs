//! All that the detector remembers between one batch and the next.
//!
//! Each product's logs have a memory of their own: what is normal in one cloud says nothing
//! about another, and months of one do not end the warm-up of the next.

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    sync::Arc,
};

use foldhash::fast::RandomState;
use jiff::{SignedDuration, Timestamp};
use model::{Coverage, Event, Text, VendorProduct};

use crate::{
    baseline::Baseline,
    counts::Counts,
    descriptions::Descriptions,
    dispatch::Dispatch,
    ids::Ids,
    incident::{Incidents, Remembered},
    operations::Operations,
    window::Windows,
};

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
    pub(crate) products: BTreeMap<VendorProduct, ProductMemory>,
    pub(crate) newest: Option<Timestamp>,
    pub(crate) duplicates: u64,
}

/// What is remembered of the logs of one product.
#[derive(Debug, Default)]
pub(crate) struct ProductMemory {
    /// By detection.
    pub baselines: BTreeMap<Text, Baseline>,
    /// By detection.
    pub counts: BTreeMap<Text, Counts>,
    /// By detection.
    pub windows: BTreeMap<Text, Windows>,
    pub dispatch: Dispatch,
    pub descriptions: Descriptions,
    pub incidents: Incidents,
    /// Every event taken in.
    pub seen: Ids,
    /// Ids of older events were let go: such an event has been taken in, or is out of every window.
    pub seen_since: Option<Timestamp>,
    /// Newer than the newest event less the lateness bound, hence not in their final order. All of a
    /// scan wait here: a turn, and what the machines cost, is made of each when it is judged.
    pub waiting: Vec<Arc<Event>>,
    /// Requests of several records, and those of their records that are waiting.
    pub operations: Operations,
    pub newest: Option<Timestamp>,
    /// What was remembered before this process ends here. A detection that it knows nothing of
    /// is new: it has learned nothing, however long the logs were read.
    pub restored_until: Option<Timestamp>,
}

/// An event, and the moment in which it is judged.
#[derive(Debug)]
pub(crate) struct Turn {
    /// Of the event; or, when it was judged before, of the record that told more of it.
    pub time: Timestamp,
    pub event: Arc<Event>,
    /// The same request as it was judged before, when less of it was known.
    pub before: Option<Arc<Event>>,
}

impl Turn {
    /// Of an event that is judged for the first time.
    fn new(event: Arc<Event>) -> Self {
        Self { time: event.time, event, before: None }
    }
}

/// What a person wants to be unlearned.
#[derive(Debug, Clone, Copy)]
pub struct Forget<'a> {
    pub what: Forgotten<'a>,
    /// Only for this detection.
    pub detection: Option<&'a str>,
    /// Only in this account.
    pub account: Option<&'a str>,
    /// Only of this product's logs.
    pub vendor_product: Option<VendorProduct>,
}

/// A value, or all that somebody taught.
#[derive(Debug, Clone, Copy)]
pub enum Forgotten<'a> {
    Value(&'a str),
    /// What nobody else has used since.
    Taught {
        principal: &'a str,
        since: Timestamp,
    },
}

impl Memory {
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The products of whose logs anything is remembered.
    pub fn products(&self) -> impl Iterator<Item = VendorProduct> {
        self.products.keys().copied()
    }

    /// Events that had been taken in before, by their id.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The baseline of a detection, if anything was learned or judged for it.
    pub fn baseline(&self, product: VendorProduct, detection: &str) -> Option<&Baseline> {
        self.products.get(&product)?.baselines.get(detection)
    }

    /// The baseline of a detection, to be changed by a person.
    pub fn baseline_mut(&mut self, product: VendorProduct, detection: &str) -> &mut Baseline {
        self.products.entry(product).or_default().baselines.entry(detection.into()).or_default()
    }

    /// The hourly counts of a detection.
    pub fn counts(&self, product: VendorProduct, detection: &str) -> Option<&Counts> {
        self.products.get(&product)?.counts.get(detection)
    }

    /// Unlearns a value. Returns how many entries and hours of counts went.
    pub fn forget(&mut self, asked: &Forget<'_>) -> usize {
        let products = self.products.iter_mut();
        let products = products.filter(|(product, _)| asked.vendor_product.is_none_or(|asked| asked == **product));
        products.map(|(_, memory)| memory.forget(asked)).sum()
    }

    /// The incidents that can be judged, whether they are open or over.
    pub fn incidents(&self) -> Vec<Remembered> {
        self.products.values().flat_map(|memory| memory.incidents.remembered()).collect()
    }

    /// Takes a batch in; an event that was taken in before changes nothing.
    pub(crate) fn admit(&mut self, batch: Batch) {
        self.coverage.merge(&batch.coverage);
        for event in batch.events {
            let memory = self.products.entry(event.vendor_product).or_default();
            let time = event.time;
            if memory.admit(event) {
                self.newest = self.newest.max(Some(time));
            } else {
                self.duplicates += 1;
            }
        }
    }

    /// Events as old as this or older are due when `lateness` is allowed for. Whatever comes
    /// less late than the bound is in time, and with a bound of zero every event is due at once.
    pub(crate) fn horizon(&self, lateness: SignedDuration) -> Option<Timestamp> {
        self.newest?.checked_sub(lateness).ok()
    }
}

impl ProductMemory {
    /// False for an event that was taken in before.
    fn admit(&mut self, event: Event) -> bool {
        let time = event.time;
        let too_old = self.seen_since.is_some_and(|since| time < since);
        if too_old || !self.seen.insert(&event.id, time.as_second()) {
            return false;
        }
        self.newest = self.newest.max(Some(time));
        if event.operation.is_some() {
            return self.operations.add(event);
        }
        self.waiting.push(Arc::new(event));
        true
    }

    /// The events whose turn has come, in event order: those up to the horizon.
    pub(crate) fn release(&mut self, horizon: Timestamp) -> Vec<Turn> {
        let joined = self.operations.release(horizon);
        let ready = self.waiting.extract_if(.., |event| event.time <= horizon);
        in_order(ready.map(Turn::new), joined)
    }

    /// All events that are waiting, in event order. Nothing more is to come.
    pub(crate) fn release_all(&mut self) -> Vec<Turn> {
        let joined = self.operations.release_all();
        in_order(mem::take(&mut self.waiting).into_iter().map(Turn::new), joined)
    }

    /// Forgets the ids of events older than `time`: they are out of every window.
    pub(crate) fn forget_ids_before(&mut self, time: Timestamp) {
        self.seen_since = self.seen_since.max(Some(time));
        self.seen.forget_before(time.as_second());
        self.operations.forget_before(time);
    }

    /// Holds nothing any more of incidents that nobody knows of.
    pub(crate) fn prune_held(&mut self) {
        let known = self.incidents.known();
        self.baselines.values_mut().for_each(|baseline| baseline.held.retain(|incident| known.contains(&incident)));
        self.counts.values_mut().for_each(|counts| counts.held.retain(|incident| known.contains(&incident)));
    }

    fn forget(&mut self, asked: &Forget<'_>) -> usize {
        let is_asked = |name: &Text| asked.detection.is_none_or(|detection| *detection == **name);
        let baselines = self.baselines.iter_mut().filter(|(name, _)| is_asked(name));
        let entries: usize = baselines
            .map(|(_, baseline)| match asked.what {
                Forgotten::Value(value) => baseline.forget(value, asked.account),
                Forgotten::Taught { principal, since } => {
                    baseline.unlearn(&[principal.into()], since, asked.account).len()
                }
            })
            .sum();
        // Counts are of principals, each of which is in one account already.
        let counts = self.counts.iter_mut().filter(|(name, _)| is_asked(name) && asked.account.is_none());
        let hours = counts.map(|(_, counts)| match asked.what {
            Forgotten::Value(value) => counts.forget(value),
            Forgotten::Taught { principal, since } => counts.unlearn(&[principal.into()], since),
        });
        entries + hours.sum::<usize>()
    }
}

fn in_order(turns: impl Iterator<Item = Turn>, joined: Vec<Turn>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = turns.chain(joined).collect();
    turns.sort_unstable_by(|a, b| a.time.cmp(&b.time).then_with(|| a.event.id.cmp(&b.event.id)));
    turns
}
