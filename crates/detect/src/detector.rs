//! Events and memory in, findings and incidents and memory out.

use std::{mem, sync::Arc};

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use model::{Finding, Incident, Text};

use crate::{
    baseline::Baseline,
    calendar::Calendar,
    catalog::Catalog,
    counts::{Counting, Counts},
    coverage::Starts,
    detection::{Detection, Kind},
    dispatch::Concerned,
    incident::{Charged, Hit, Scoring, Teaching, Verdicts, Window},
    memory::{Batch, Memory, ProductMemory, Turn},
    novelty::Novelty,
    pricing::Prices,
    window::{Hearing, Said, Watching, Windows},
};

/// Checked detections and the calendar they live by. The same events and the same memory give
/// the same findings and the same next memory: no I/O, no clock, no chance.
#[derive(Debug)]
pub struct Detector {
    /// Those that ask what others had to say come after them.
    detections: Vec<Detection>,
    calendar: Calendar,
    lateness: Option<SignedDuration>,
    scoring: Option<Scoring>,
    catalog: Option<Catalog>,
}

impl Detector {
    /// `lateness`: how long an event waits for older ones before it is judged. `None`: until
    /// [`Detector::finish`], which puts any order of arrival right.
    pub fn new(mut detections: Vec<Detection>, calendar: Calendar, lateness: Option<SignedDuration>) -> Self {
        detections.sort_by_key(Detection::asks_others);
        Self { detections, calendar, lateness, scoring: None, catalog: None }
    }

    /// Findings make incidents, scored like this.
    #[must_use]
    pub fn with_scoring(self, scoring: Scoring) -> Self {
        Self { scoring: Some(scoring), ..self }
    }

    /// Load tests and drills that were declared; for incidents, so after [`Detector::with_scoring`].
    #[must_use]
    pub fn with_windows(self, windows: Vec<Window>) -> Self {
        Self { scoring: self.scoring.map(|scoring| Scoring { windows, ..scoring }), ..self }
    }

    /// What people made of incidents; for incidents, so after [`Detector::with_scoring`].
    #[must_use]
    pub fn with_verdicts(self, verdicts: Verdicts) -> Self {
        Self { scoring: self.scoring.map(|scoring| Scoring { verdicts, ..scoring }), ..self }
    }

    /// Events are told what their machines are and cost.
    #[must_use]
    pub fn with_catalog(self, catalog: Catalog) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    pub fn detections(&self) -> &[Detection] {
        &self.detections
    }

    /// How incidents are scored, where there are any.
    pub fn scoring(&self) -> Option<&Scoring> {
        self.scoring.as_ref()
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Takes a batch in and judges the events whose turn has come. Returns the findings that
    /// were opened or have grown, by time; a finding that grows comes again under its id.
    pub fn fold(&self, memory: &mut Memory, mut batch: Batch) -> Vec<Finding> {
        if let Some(catalog) = &self.catalog {
            // Records of one request are told before they are joined; all else when it is judged.
            let mut prices = Prices::new(catalog);
            let parts = batch.events.iter_mut().filter(|event| event.operation.is_some());
            parts.for_each(|event| prices.tell(event));
        }
        memory.admit(batch);
        match self.lateness.and_then(|lateness| memory.horizon(lateness)) {
            Some(horizon) => self.judge(memory, |memory| memory.release(horizon)),
            None => Vec::new(),
        }
    }

    /// Judges the events that are still waiting. Nothing more is to come.
    pub fn finish(&self, memory: &mut Memory) -> Vec<Finding> {
        let findings = self.judge(memory, ProductMemory::release_all);
        for memory in memory.products.values_mut() {
            let horizon = memory.newest.and_then(|newest| self.horizon(newest));
            if let Some(horizon) = horizon {
                memory.forget_ids_before(horizon);
            }
            self.close_run(memory, horizon);
        }
        findings
    }

    /// What was judged to the end of the logs is learnt, or not, and what nobody can judge any
    /// more is held no longer.
    fn close_run(&self, memory: &mut ProductMemory, horizon: Option<Timestamp>) {
        let Some(scoring) = &self.scoring else { return };
        memory.incidents.close_run(scoring, memory.newest, horizon);
        for teaching in memory.incidents.teachings() {
            memory.baselines.values_mut().for_each(|baseline| teaching.teach_values(baseline));
            memory.counts.values_mut().for_each(|counts| teaching.teach_counts(counts));
        }
        memory.prune_held();
    }

    /// The incidents that were opened or have changed since they were asked for last.
    pub fn incidents(&self, memory: &mut Memory) -> Vec<Incident> {
        let Some(scoring) = &self.scoring else { return Vec::new() };
        let (Some(newest), priced) = (memory.newest, self.catalog.as_ref()) else { return Vec::new() };
        let products = memory.products.values_mut();
        let mut incidents: Vec<Incident> =
            products.flat_map(|memory| memory.incidents.tell(scoring, newest, priced)).collect();
        for incident in &mut incidents {
            self.look_ahead(incident);
            incident.provisional = self.is_warming_up(memory, incident);
        }
        incidents
    }

    /// What it comes to if it goes on as it does until people are at work.
    fn look_ahead(&self, incident: &mut Incident) {
        incident.morning = self.calendar.next_working_morning(incident.as_of);
        let hours = incident.morning.duration_since(incident.as_of).as_secs_f64() / 3600.0;
        incident.usd_by_morning = incident.usd_so_far.plus(incident.usd_per_hour.times(hours));
    }

    /// Whether the account was too new, when it began, for what is new in it to be told.
    fn is_warming_up(&self, memory: &Memory, incident: &Incident) -> bool {
        let Some(coverage) = memory.coverage.product(incident.vendor_product) else { return false };
        let days = self.detections.iter().filter_map(|detection| match &detection.kind {
            Kind::NewValue(rule) => Some(rule.warm_up_days),
            _ => None,
        });
        let Some(days) = days.max() else { return false };
        let starts = incident.accounts.iter().filter_map(|account| coverage.account(account));
        let opens = starts.map(|span| self.calendar.warm_up_ends(span.first_time, days));
        opens.max().is_some_and(|opens| opens > incident.first_time)
    }

    /// The events of each product are judged by what is known of that product.
    fn judge(&self, memory: &mut Memory, release: impl Fn(&mut ProductMemory) -> Vec<Turn>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (product, of_product) in &mut memory.products {
            let mut turns = release(of_product);
            if let Some(catalog) = &self.catalog {
                let mut prices = Prices::new(catalog);
                let whole = turns.iter_mut().filter(|turn| turn.event.operation.is_none());
                whole.for_each(|turn| prices.tell(Arc::make_mut(&mut turn.event)));
                of_product.descriptions.complete(&mut prices, &mut turns);
            }
            if !turns.is_empty() {
                let starts = memory.coverage.product(*product).map(Starts::of).unwrap_or_default();
                findings.extend(self.judge_product(of_product, &starts, &turns));
            }
        }
        findings.sort_by(|a, b| (a.time, &a.detection, a.id).cmp(&(b.time, &b.detection, b.id)));
        findings
    }

    fn judge_product(&self, memory: &mut ProductMemory, starts: &Starts, turns: &[Turn]) -> Vec<Finding> {
        let mut judges: Vec<Judge<'_>> =
            self.detections.iter().map(|detection| Judge::new(detection, &self.calendar, starts, memory)).collect();
        // All are let go at the end, in order: letting go of each as soon as nobody holds it any more
        // was measured to more than double the time of a launch.
        for turns in turns.chunks(AHEAD) {
            for judge in &judges {
                judge.look_ahead(turns);
            }
            for turn in turns {
                self.take_turn(memory, &mut judges, turn);
            }
        }
        judges.into_iter().flat_map(|judge| judge.close(memory)).collect()
    }

    /// One event: who it is charged to, what the detections have to say of it, what that makes
    /// of the incident, and whether it may teach.
    fn take_turn(&self, memory: &mut ProductMemory, judges: &mut [Judge<'_>], turn: &Turn) {
        if let Some(scoring) = &self.scoring {
            memory.incidents.settle(scoring, turn.time);
            teach(memory, judges);
        }
        let charge = self.scoring.as_ref().map(|scoring| memory.incidents.charge(scoring, &turn.event));
        let may_learn = charge.as_ref().is_none_or(|charge| charge.may_learn);
        let held_for = charge.as_ref().and_then(|charge| charge.held_for);
        let root = charge.as_ref().map(Charged::root);
        let (mut spoken, mut learning): (Vec<&Text>, Vec<&Text>) = (Vec::new(), Vec::new());
        let mut hits = Vec::new();
        for &Concerned { place, allows, asks_others } in memory.dispatch.of(&self.detections, &turn.event) {
            // Most events nobody has anything to say of.
            if asks_others && spoken.is_empty() && learning.is_empty() {
                continue;
            }
            let detection = &self.detections[place];
            let hearing = Hearing { may_learn, held_for, allows, spoken: &spoken, learning: &learning, root };
            match judges[place].hear(turn, &hearing) {
                Said::Nothing => {}
                Said::Learning => learning.push(&detection.detection),
                Said::Found(finding) => {
                    spoken.push(&detection.detection);
                    hits.extend(detection.score.as_ref().map(|score| Hit { detection, score, finding }));
                }
            }
        }
        let (Some(scoring), Some(charge)) = (&self.scoring, charge) else { return };
        memory.incidents.step(scoring, turn, charge, &hits);
        teach(memory, judges);
    }

    /// Before this, nothing that comes again could change any count.
    fn horizon(&self, now: Timestamp) -> Option<Timestamp> {
        let windows = self.detections.iter().filter_map(|detection| match &detection.kind {
            Kind::NewValue(rule) => Some(rule.forget_after_days),
            // A model is a week old before it is replaced.
            Kind::AbnormalCount(rule) => Some(rule.window_days + 7),
            Kind::Within(_) => None,
        });
        let hours = i64::from(windows.max()? + 2) * 24;
        now.checked_sub(hours.hours()).ok()
    }
}

/// The baselines hear what became of what incidents taught.
fn teach(memory: &mut ProductMemory, judges: &mut [Judge<'_>]) {
    for teaching in memory.incidents.teachings() {
        for judge in &mut *judges {
            judge.teach(&teaching);
        }
    }
}

/// Events of which what they will be judged by is fetched at a time.
const AHEAD: usize = 32;

/// One detection, while it judges, with what it remembers in hand.
enum Judge<'a> {
    Novelty(Novelty<'a>, Baseline),
    Counting(Counting<'a>, Counts),
    Watching(Watching<'a>, Windows),
}

impl<'a> Judge<'a> {
    fn new(detection: &'a Detection, calendar: &'a Calendar, starts: &'a Starts, memory: &mut ProductMemory) -> Self {
        let name = &detection.detection;
        match &detection.kind {
            Kind::NewValue(rule) => {
                let since = memory.restored_until;
                let unknown = || Baseline { learns_since: since, ..Baseline::default() };
                let baseline = memory.baselines.get_mut(name).map_or_else(unknown, mem::take);
                Self::Novelty(Novelty::new(detection, rule, calendar, starts), baseline)
            }
            Kind::AbnormalCount(rule) => {
                let since = memory.restored_until;
                let unknown = || Counts { learns_since: since, ..Counts::default() };
                let counts = memory.counts.get_mut(name).map_or_else(unknown, mem::take);
                Self::Counting(Counting::new(detection, rule, calendar, starts), counts)
            }
            Kind::Within(rule) => {
                let windows = memory.windows.get_mut(name).map(mem::take).unwrap_or_default();
                Self::Watching(Watching::new(detection, rule, calendar), windows)
            }
        }
    }

    /// Fetches what the next events will be judged by.
    fn look_ahead(&self, turns: &[Turn]) {
        match self {
            Self::Novelty(novelty, baseline) => novelty.look_ahead(baseline, turns),
            Self::Counting(counting, counts) => counting.look_ahead(counts, turns),
            Self::Watching(..) => {}
        }
    }

    /// Judges the next event in order. Says whether it had something to say of it.
    fn hear(&mut self, turn: &Turn, hearing: &Hearing<'_>) -> Said {
        match self {
            Self::Novelty(novelty, baseline) => novelty.hear(baseline, turn, hearing),
            Self::Counting(counting, counts) => Said::of(counting.hear(counts, turn, hearing)),
            Self::Watching(watching, windows) => Said::of(watching.hear(windows, turn, hearing)),
        }
    }

    /// What an incident taught is taken back, or learnt after all.
    fn teach(&mut self, teaching: &Teaching) {
        match (self, teaching) {
            (Self::Novelty(novelty, baseline), Teaching::Release(verdict)) => novelty.release(baseline, verdict),
            (Self::Novelty(_, baseline), Teaching::TakeBack { .. }) => teaching.teach_values(baseline),
            (Self::Counting(_, counts), _) => teaching.teach_counts(counts),
            (Self::Watching(watching, windows), Teaching::Release(verdict)) => watching.release(windows, verdict),
            (Self::Watching(..), Teaching::TakeBack { .. }) => {}
        }
    }

    /// Puts back what it remembers. The findings that were opened or have grown.
    fn close(self, memory: &mut ProductMemory) -> Vec<Finding> {
        match self {
            Self::Novelty(novelty, mut baseline) => {
                let name = novelty.detection.detection.clone();
                let findings = novelty.close(&mut baseline);
                memory.baselines.insert(name, baseline);
                findings
            }
            Self::Counting(counting, counts) => {
                let name = counting.detection.detection.clone();
                let findings = counting.close(&counts);
                memory.counts.insert(name, counts);
                findings
            }
            Self::Watching(watching, windows) => {
                let name = watching.detection.detection.clone();
                let findings = watching.close(&windows);
                memory.windows.insert(name, windows);
                findings
            }
        }
    }
}
