//! One scenario of one seed, measured.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::output::{Incident, Output};
use crate::eval::label::{Line, Severity, Truth};

/// What a detector made of one telling.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Measure {
    pub(crate) scenario: String,
    pub(crate) seed: u64,
    /// Highest severity of an incident about the scenario.
    pub(crate) severity: Severity,
    /// Incidents about it, at low or above; an attack should make one.
    pub(crate) incidents: u64,
    /// Decisive events up to and with the one that made it high.
    pub(crate) decisive_events: Option<u64>,
    /// All changes by the thief until then, decisive or not.
    pub(crate) changes: Option<u64>,
    /// Money burnt until then, by the labels.
    pub(crate) usd: Option<f64>,
    /// From medium to the first machine; below zero the machine was first.
    pub(crate) lead_seconds: Option<i64>,
    pub(crate) root_named: bool,
    /// Either end of the estimate is within a fifth of what really runs; absent where nothing runs.
    pub(crate) burn_right: Option<bool>,
    /// Incidents at low or above that are not about the scenario.
    pub(crate) alerts_beside: u64,
}

/// Labels by any id under which a detector may name a record.
struct Known<'a> {
    by_id: BTreeMap<&'a str, Vec<&'a Line>>,
}

impl<'a> Known<'a> {
    fn new(labels: &'a [Line]) -> Self {
        let mut by_id: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in labels {
            for id in [Some(&*line.event_id), line.operation_id.as_deref()].into_iter().flatten() {
                by_id.entry(id).or_default().push(line);
            }
        }
        Self { by_id }
    }

    /// An id that is unique only within a project or an operation may have more around it.
    fn labels(&self, id: &str) -> Vec<&'a Line> {
        if let Some(labels) = self.by_id.get(id) {
            return labels.clone();
        }
        let parts = id.split(['@', '/', '|', ' ', '#', ':']);
        parts.filter_map(|part| self.by_id.get(part)).flatten().copied().collect()
    }
}

/// An incident at low or above is about a scenario if any of its events belongs to it.
pub(crate) fn measure(truth: &Truth, labels: &[Line], output: &Output) -> Measure {
    let known = Known::new(labels);
    let is_about = |incident: &&Incident| {
        let mut labels = incident.event_ids.iter().flat_map(|id| known.labels(id));
        if truth.attack { labels.any(|label| label.malicious || label.change) } else { labels.next().is_some() }
    };
    let alerts = || output.incidents.iter().filter(|incident| incident.severity() >= Severity::Low);
    let about: Vec<&Incident> = alerts().filter(is_about).collect();
    let first = |severity| about.iter().filter_map(|incident| incident.crossed(severity)).min();
    let high = first(Severity::High);
    let medium = first(Severity::Medium);
    Measure {
        scenario: truth.scenario.clone(),
        seed: truth.seed,
        severity: about.iter().map(|incident| incident.severity()).max().unwrap_or(Severity::None),
        incidents: about.len() as u64,
        decisive_events: high.map(|time| count_until(labels, time, |label| label.decisive)),
        changes: high.map(|time| count_until(labels, time, |label| label.change)),
        usd: high.map(|time| burnt_until(labels, time)),
        lead_seconds: medium.zip(truth.first_machine_time).map(|(medium, machine)| (machine - medium).get_seconds()),
        root_named: worst(&about).is_some_and(|incident| names_root(truth, incident)),
        burn_right: (truth.usd_per_hour > 0.0).then(|| worst(&about).is_some_and(|incident| burn(truth, incident))),
        alerts_beside: alerts().count() as u64 - about.len() as u64,
    }
}

/// A record that was delivered twice counts once.
fn count_until(labels: &[Line], time: Timestamp, counts: impl Fn(&Line) -> bool) -> u64 {
    let counted = labels.iter().filter(|label| counts(label) && label.time <= time);
    counted.map(|label| (&label.event_id, label.time)).collect::<BTreeSet<_>>().len() as u64
}

fn burnt_until(labels: &[Line], end: Timestamp) -> f64 {
    let started = labels.iter().filter(|label| label.malicious && label.usd_per_hour > 0.0 && label.time < end);
    let once: BTreeMap<(&str, Timestamp), f64> =
        started.map(|label| ((&*label.event_id, label.time), label.usd_per_hour)).collect();
    // Begun at nothing, for the sum of nothing is less than that: it prints as -0.00.
    once.iter().fold(0.0, |sum, ((_, time), usd)| sum + usd * (end - *time).get_seconds() as f64 / 3600.0)
}

/// The incident that an analyst opens first.
fn worst<'a>(about: &[&'a Incident]) -> Option<&'a Incident> {
    about.iter().copied().max_by_key(|incident| (incident.severity(), incident.event_ids.len()))
}

/// The whole name, or the name behind whatever a detector puts before it.
fn names_root(truth: &Truth, incident: &Incident) -> bool {
    let Some(principal) = incident.principal.as_deref() else { return false };
    truth.root_principals.iter().any(|root| principal == root || principal.ends_with(&format!(":{root}")))
}

fn burn(truth: &Truth, incident: &Incident) -> bool {
    let near = |estimate: f64| (estimate - truth.usd_per_hour).abs() <= 0.2 * truth.usd_per_hour;
    incident.usd_per_hour.is_some_and(|range| near(range.low) || near(range.high))
}
