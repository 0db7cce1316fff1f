//! What happens to records on the way: they come late, twice, in any order, or not at all.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::entry::{Entry, Place};
use crate::sample::calendar::seconds;
use crate::sample::rng::Rng;

/// How the delivery is disturbed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Perturbation {
    /// The records of a log change places: between files, and within them.
    pub(crate) shuffle: bool,
    /// So many of a hundred records come a second time, in another file.
    pub(crate) duplicate_percent: u64,
    /// A third of the records comes this much later than the rest.
    pub(crate) delay_minutes: u64,
    pub(crate) without_reads: bool,
}

impl Perturbation {
    /// Delivers the records: sets the time of arrival, and adds or drops what is to be.
    pub(crate) fn deliver(&self, mut entries: Vec<Entry>, rng: &mut Rng) -> Vec<Entry> {
        if self.without_reads {
            entries.retain(|entry| !entry.read_only);
        }
        for entry in &mut entries {
            // Five minutes on average, as AWS says.
            entry.arrival = entry.time + seconds(rng.between(120, 480));
            if self.delay_minutes > 0 && rng.chance(33) {
                entry.arrival += seconds(self.delay_minutes * 60);
            }
        }
        if self.shuffle {
            change_places(&mut entries, rng);
        }
        let twice: Vec<Entry> = entries.iter().filter(|_| rng.chance(self.duplicate_percent)).map(again).collect();
        entries.extend(twice);
        entries
    }
}

/// Within each log the times of arrival are dealt out anew.
fn change_places(entries: &mut [Entry], rng: &mut Rng) {
    let mut arrivals: BTreeMap<Place, Vec<Timestamp>> = BTreeMap::new();
    for entry in entries.iter() {
        arrivals.entry(entry.place).or_default().push(entry.arrival);
    }
    for times in arrivals.values_mut() {
        rng.shuffle(times);
    }
    for entry in entries {
        if let Some(arrival) = arrivals.get_mut(&entry.place).and_then(Vec::pop) {
            entry.arrival = arrival;
        }
    }
}

fn again(entry: &Entry) -> Entry {
    Entry { arrival: entry.arrival + SignedDuration::from_mins(20), ..entry.clone() }
}
