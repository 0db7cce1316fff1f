//! What incidents would have taught, kept apart from what is known, until a person has judged
//! them: then it is learnt, or it is not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{IncidentId, Text};

use crate::{
    baseline::{Entry, Known, Seen},
    calendar::Hour,
    hours::Hours,
};

/// Values kept of one incident, for each detection. What goes beyond stays unknown, which errs
/// on the side of saying too much.
const MOST: usize = 1000;

/// Values of one detection, by incident.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldValues(BTreeMap<IncidentId, BTreeMap<Text, Known>>);

impl HeldValues {
    /// What is kept of a value, to be added to. A flood of the same value allocates nothing.
    pub(crate) fn value_mut(&mut self, incident: IncidentId, value: &Text) -> Option<&mut Known> {
        let values = self.0.entry(incident).or_default();
        if !values.contains_key(value) {
            if values.len() >= MOST {
                return None;
            }
            values.insert(value.clone(), Known::default());
        }
        values.get_mut(value)
    }

    /// Keeps what was taken back of the known.
    pub(crate) fn keep(&mut self, incident: IncidentId, entries: Vec<Entry>) {
        for Entry { value, account, seen } in entries {
            let Some(known) = self.value_mut(incident, &value) else { continue };
            known.put(account.as_ref(), seen);
        }
    }

    /// Takes out what was seen last by `until`.
    pub(crate) fn release(&mut self, incident: IncidentId, until: Timestamp) -> Vec<Entry> {
        let Some(values) = self.0.get_mut(&incident) else { return Vec::new() };
        let is_due = |seen: &Seen| seen.last_seen <= until;
        let mut released = Vec::new();
        for (value, known) in &mut *values {
            released.extend(known.take_if(value, None, is_due));
        }
        values.retain(|_, known| !known.is_empty());
        self.0.retain(|_, values| !values.is_empty());
        released
    }

    pub(crate) fn retain(&mut self, is_kept: impl Fn(IncidentId) -> bool) {
        self.0.retain(|incident, _| is_kept(*incident));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (IncidentId, &BTreeMap<Text, Known>)> {
        self.0.iter().map(|(incident, values)| (*incident, values))
    }
}

impl FromIterator<(IncidentId, BTreeMap<Text, Known>)> for HeldValues {
    fn from_iter<I: IntoIterator<Item = (IncidentId, BTreeMap<Text, Known>)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// Counts of one detection, by incident and principal.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldCounts(BTreeMap<IncidentId, BTreeMap<Text, HeldSeries>>);

/// The hours of one principal, and its account.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldSeries {
    pub account: Text,
    pub hours: Hours,
}

impl HeldCounts {
    pub(crate) fn add(&mut self, incident: IncidentId, (value, account): (&Text, &Text), hour: Hour, units: u64) {
        let series = self.0.entry(incident).or_default();
        if let Some(known) = series.get_mut(value) {
            known.hours.add(hour, units);
        } else if series.len() < MOST {
            let hours = [(hour, units)].into_iter().collect();
            series.insert(value.clone(), HeldSeries { account: account.clone(), hours });
        }
    }

    /// Takes out the hours up to that of `until`.
    pub(crate) fn release(&mut self, incident: IncidentId, until: Timestamp) -> Vec<(Text, HeldSeries)> {
        let next = Hour::of(until).next();
        let Some(series) = self.0.remove(&incident) else { return Vec::new() };
        let mut released = Vec::new();
        for (value, mut held) in series {
            let later = held.hours.split_off(next);
            if !later.is_empty() {
                let rest = HeldSeries { account: held.account.clone(), hours: later };
                self.0.entry(incident).or_default().insert(value.clone(), rest);
            }
            released.push((value, held));
        }
        released
    }

    pub(crate) fn retain(&mut self, is_kept: impl Fn(IncidentId) -> bool) {
        self.0.retain(|incident, _| is_kept(*incident));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (IncidentId, &BTreeMap<Text, HeldSeries>)> {
        self.0.iter().map(|(incident, series)| (*incident, series))
    }
}

impl FromIterator<(IncidentId, BTreeMap<Text, HeldSeries>)> for HeldCounts {
    fn from_iter<I: IntoIterator<Item = (IncidentId, BTreeMap<Text, HeldSeries>)>>(series: I) -> Self {
        Self(series.into_iter().collect())
    }
}
