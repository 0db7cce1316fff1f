//! Events and memory in, findings and memory out.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use model::{Finding, Selection};

use crate::{
    calendar::Calendar,
    counts::Counting,
    coverage::Starts,
    detection::{Detection, Kind},
    memory::{Batch, Memory, ProductMemory, Turn},
    novelty::Novelty,
};

/// So many events are judged by every detection before the next are looked at, so that they stay
/// in the cache meanwhile. All are let go at the end, in order: letting go of each as soon as
/// nobody holds it any more was measured to more than double the time of a launch.
const CHUNK: usize = 256;

/// Checked detections and the calendar they live by. The same events and the same memory give
/// the same findings and the same next memory: no I/O, no clock, no chance.
#[derive(Debug)]
pub struct Detector {
    detections: Vec<Detection>,
    calendar: Calendar,
    lateness: Option<SignedDuration>,
}

impl Detector {
    /// `lateness`: how long an event waits for older ones before it is judged. `None`: until
    /// [`Detector::finish`], which puts any order of arrival right.
    pub fn new(detections: Vec<Detection>, calendar: Calendar, lateness: Option<SignedDuration>) -> Self {
        Self { detections, calendar, lateness }
    }

    pub fn detections(&self) -> &[Detection] {
        &self.detections
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Takes a batch in and judges the events whose turn has come. Returns the findings that
    /// were opened or have grown, by time; a finding that grows comes again under its id.
    pub fn fold(&self, memory: &mut Memory, batch: Batch) -> Vec<Finding> {
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
            if let Some(horizon) = memory.newest.and_then(|newest| self.horizon(newest)) {
                memory.forget_ids_before(horizon);
            }
        }
        findings
    }

    /// The events of each product are judged by what is known of that product.
    fn judge(&self, memory: &mut Memory, release: impl Fn(&mut ProductMemory) -> Vec<Turn>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (product, of_product) in &mut memory.products {
            let turns = release(of_product);
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
            self.detections.iter().map(|detection| Judge::new(detection, &self.calendar, starts)).collect();
        let selections = Selections::of(&self.detections);
        for chunk in turns.chunks(CHUNK) {
            let selected = selections.select(chunk);
            for (judge, selection) in judges.iter_mut().zip(&selections.by_detection) {
                judge.hear(memory, chunk, &selected[*selection]);
            }
        }
        judges.into_iter().flat_map(|judge| judge.close(memory)).collect()
    }

    /// Before this, nothing that comes again could change any count.
    fn horizon(&self, now: Timestamp) -> Option<Timestamp> {
        let windows = self.detections.iter().map(|detection| match &detection.kind {
            Kind::NewValue(rule) => rule.forget_after_days,
            // A model is a week old before it is replaced.
            Kind::AbnormalCount(rule) => rule.window_days + 7,
        });
        let hours = i64::from(windows.max()? + 2) * 24;
        now.checked_sub(hours.hours()).ok()
    }
}

/// What the detections select. Most select the same, so that an event is asked once for all.
struct Selections<'a> {
    distinct: Vec<&'a Selection>,
    /// Which of them each detection has.
    by_detection: Vec<usize>,
}

impl<'a> Selections<'a> {
    fn of(detections: &'a [Detection]) -> Self {
        let mut distinct: Vec<&Selection> = Vec::new();
        let by_detection = detections.iter().map(|detection| {
            let known = distinct.iter().position(|known| **known == detection.selection);
            known.unwrap_or_else(|| {
                distinct.push(&detection.selection);
                distinct.len() - 1
            })
        });
        let by_detection = by_detection.collect();
        Self { distinct, by_detection }
    }

    /// For each of them, which of the turns it selects.
    fn select(&self, turns: &[Turn]) -> Vec<Vec<bool>> {
        let selects = |selection: &&Selection| turns.iter().map(|turn| selection.matches(&turn.event)).collect();
        self.distinct.iter().map(selects).collect()
    }
}

/// One detection, while it judges.
enum Judge<'a> {
    Novelty(Novelty<'a>),
    Counting(Counting<'a>),
}

impl<'a> Judge<'a> {
    fn new(detection: &'a Detection, calendar: &'a Calendar, starts: &'a Starts) -> Self {
        match &detection.kind {
            Kind::NewValue(rule) => Self::Novelty(Novelty::new(detection, rule, calendar, starts)),
            Kind::AbnormalCount(rule) => Self::Counting(Counting::new(detection, rule, calendar, starts)),
        }
    }

    /// Judges events in order.
    fn hear(&mut self, memory: &mut ProductMemory, turns: &[Turn], selected: &[bool]) {
        match self {
            Self::Novelty(novelty) => {
                let baseline = memory.baselines.entry(novelty.detection.detection.clone()).or_default();
                novelty.hear(baseline, turns, selected);
            }
            Self::Counting(counting) => {
                let counts = memory.counts.entry(counting.detection.detection.clone()).or_default();
                counting.hear(counts, turns, selected);
            }
        }
    }

    /// The findings that were opened or have grown.
    fn close(self, memory: &mut ProductMemory) -> Vec<Finding> {
        match self {
            Self::Novelty(novelty) => {
                let baseline = memory.baselines.get_mut(&novelty.detection.detection);
                baseline.map_or_else(Vec::new, |baseline| novelty.close(baseline))
            }
            Self::Counting(counting) => {
                let counts = memory.counts.get(&counting.detection.detection);
                counts.map_or_else(Vec::new, |counts| counting.close(counts))
            }
        }
    }
}
