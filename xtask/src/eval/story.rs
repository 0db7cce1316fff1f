//! A scenario while it is being told: a clock, a phase, and the records so far.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::aws::machines::{Machines, Started};
use super::decisive::is_decisive;
use super::entry::Entry;
use super::label::{Label, Phase};
use super::prices;
use crate::sample::actor::Actor;
use crate::sample::record::Call;
use crate::sample::rng::Rng;

/// Records are told in the order of the report, each at the time the clock shows.
pub(crate) struct Story {
    pub(crate) rng: Rng,
    pub(crate) entries: Vec<Entry>,
    /// Names of the one who began it, if it is an attack.
    pub(crate) root_principals: Vec<String>,
    start: Timestamp,
    /// Times of the report are stretched by up to 40 %, by as much throughout one telling.
    stretch: f64,
    now: Timestamp,
    phase: Phase,
    malicious: bool,
}

impl Story {
    /// Begins at `start`, or a while after it; `name` and `seed` decide everything else.
    pub(crate) fn new(name: &str, seed: u64, start: Timestamp) -> Self {
        let mut rng = Rng::new(&format!("story {name} {seed}"));
        let stretch = 1.0 + rng.between(0, 40) as f64 / 100.0;
        let entries = Vec::new();
        Self {
            rng,
            entries,
            root_principals: Vec::new(),
            start,
            stretch,
            now: start,
            phase: Phase::Life,
            malicious: false,
        }
    }

    /// An attack, begun by somebody who has these names.
    pub(crate) fn attack_by(&mut self, names: &[&str]) {
        self.malicious = true;
        self.phase = Phase::Precursor;
        self.root_principals = names.iter().map(|name| (*name).to_owned()).collect();
    }

    pub(crate) fn phase(&mut self, phase: Phase) {
        self.phase = phase;
    }

    /// Sets the clock to so many minutes and seconds after the first call, as the report counts.
    pub(crate) fn at(&mut self, minutes: u64, seconds: u64) {
        self.now = self.start + self.stretched((minutes * 60 + seconds) as f64);
    }

    /// Sets the clock to this hour of the story's day: for what follows the calendar.
    pub(crate) fn at_hour(&mut self, days: i64, hour: i64, minute: i64) {
        let midnight = self.start.as_second() - self.start.as_second().rem_euclid(DAY);
        let second = midnight + days * DAY + hour * 3600 + minute * 60;
        self.now = Timestamp::from_second(second).expect("a story does not leave the calendar");
    }

    /// Lets some seconds pass.
    pub(crate) fn wait(&mut self, low: u64, high: u64) {
        let seconds = self.rng.between(low * 10, high * 10) as f64 / 10.0;
        self.now += self.stretched(seconds);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Goes back or on to a time that was noted: two things may happen side by side.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// The actor makes the call now.
    pub(crate) fn does(&mut self, actor: &Actor, call: Call) {
        self.record(actor, call, 0, 0.0);
    }

    /// The provider or the owner does something about the theft: evidence, but no crime.
    pub(crate) fn responds(&mut self, actor: &Actor, call: Call) {
        self.does(actor, call);
        let entry = self.entries.last_mut().expect("the record was pushed just now");
        entry.label =
            Label { phase: Phase::Containment, malicious: false, change: true, decisive: true, ..entry.label.clone() };
    }

    /// Asks for machines and gets them. The ids are for whoever wants to change them later.
    pub(crate) fn starts(&mut self, actor: &Actor, machines: &Machines) -> Vec<String> {
        let Started { call, ids } = machines.started(actor.account, self.now, &mut self.rng);
        let usd = prices::of(machines.instance_type) * machines.count as f64;
        self.record(actor, call, machines.count, usd);
        ids
    }

    /// Starts something that is billed by the hour and is no instance.
    pub(crate) fn starts_other(&mut self, actor: &Actor, call: Call, count: u64, usd_per_hour: f64) {
        self.record(actor, call, count, usd_per_hour);
    }

    /// A record that was made elsewhere, at its own time.
    pub(crate) fn push(&mut self, mut entry: Entry, machines: u64, usd_per_hour: f64) {
        entry.label = self.label(&entry, machines, usd_per_hour);
        self.entries.push(entry);
    }

    /// One more record of the operation that was told last: it decides nothing anew.
    pub(crate) fn push_again(&mut self, mut entry: Entry) {
        entry.label = Label { change: false, decisive: false, ..self.label(&entry, 0, 0.0) };
        self.entries.push(entry);
    }

    /// Weeks since the world began, counted from its first Tuesday: the age of the weekly image.
    pub(crate) fn week(&self) -> i64 {
        ((self.start.as_second() - WORLD_BEGINS).div_euclid(DAY) - 1).div_euclid(7)
    }

    /// The label of a record told now.
    fn label(&self, entry: &Entry, machines: u64, usd_per_hour: f64) -> Label {
        let (phase, malicious) = (self.phase, self.malicious);
        let change = malicious && !entry.read_only;
        Label { phase, malicious, change, decisive: change && is_decisive(&entry.operation), machines, usd_per_hour }
    }

    fn record(&mut self, actor: &Actor, call: Call, machines: u64, usd_per_hour: f64) {
        // CloudTrail tells whole seconds, and the label must say what the record says.
        let at = self.now - SignedDuration::from_nanos(self.now.subsec_nanosecond().into());
        let record = call.record(at, actor, &mut self.rng);
        self.push(Entry::aws(&record, Label::LIFE), machines, usd_per_hour);
    }

    fn stretched(&self, seconds: f64) -> SignedDuration {
        SignedDuration::from_secs_f64(seconds * self.stretch)
    }
}

/// A call that only looks, with nothing worth logging in its request.
pub(crate) fn looks(region: &'static str, service: &'static str, name: &'static str) -> Call {
    Call::read(region, service, name)
}

/// A call that changes something, and whose answer tells nothing that is needed here.
pub(crate) fn changes(region: &'static str, service: &'static str, name: &'static str, request: Value) -> Call {
    Call::write(region, service, name).asking(request)
}

const DAY: i64 = 86_400;
/// 2026-02-02, a Monday.
const WORLD_BEGINS: i64 = 1_769_990_400;
