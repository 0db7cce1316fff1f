//! Events and memory in, findings and memory out.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use model::{Event, Finding};

use crate::{
    calendar::Calendar,
    counts::Counting,
    coverage::Starts,
    detection::{Detection, Kind},
    memory::{Batch, Memory},
    novelty::Novelty,
};

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
        match self.lateness {
            Some(lateness) => {
                let events = memory.release(Some(lateness));
                self.judge(memory, &events)
            }
            None => Vec::new(),
        }
    }

    /// Judges the events that are still waiting. Nothing more is to come.
    pub fn finish(&self, memory: &mut Memory) -> Vec<Finding> {
        let events = memory.release(None);
        let findings = self.judge(memory, &events);
        if let Some(horizon) = memory.newest.and_then(|newest| self.horizon(newest)) {
            memory.forget_ids_before(horizon);
        }
        findings
    }

    fn judge(&self, memory: &mut Memory, events: &[Arc<Event>]) -> Vec<Finding> {
        let starts = Starts::of(&memory.coverage);
        let mut findings = Vec::new();
        for detection in &self.detections {
            findings.extend(self.judge_one(memory, detection, &starts, events));
        }
        findings.sort_by(|a, b| (a.time, &a.detection, a.id).cmp(&(b.time, &b.detection, b.id)));
        findings
    }

    fn judge_one(
        &self,
        memory: &mut Memory,
        detection: &Detection,
        starts: &Starts,
        events: &[Arc<Event>],
    ) -> Vec<Finding> {
        let calendar = &self.calendar;
        match &detection.kind {
            Kind::NewValue(rule) => {
                let baseline = memory.baselines.entry(detection.detection.clone()).or_default();
                Novelty { detection, rule, calendar, starts }.run(baseline, events)
            }
            Kind::AbnormalCount(rule) => {
                let counts = memory.counts.entry(detection.detection.clone()).or_default();
                Counting { detection, rule, calendar, starts }.run(counts, events)
            }
        }
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
