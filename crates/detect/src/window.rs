//! `match`, `spread` and `burst`: what is worth saying because it happened, because it happened
//! in many places, or because it happened often, within minutes and by one and the same.
//!
//! Nothing is learned: these facts mean the same on the first day as after a year. Of each
//! principal no more is kept than the events that are still missing to the bound.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use model::{Event, Field, Finding, FindingId, IncidentId, Scope, Text};

use crate::{
    calendar::Calendar,
    detection::{Detection, Unit},
    evidence,
    incident::Release,
    memory::{Map, Turn},
    message::plural,
};

/// So much, within so long.
#[derive(Debug, Clone)]
pub struct Within {
    /// Who it is counted by.
    pub by: Field,
    /// Different values of this are counted; else events or machines.
    pub of: Option<Field>,
    pub unit: Unit,
    pub at_least: u64,
    pub minutes: u32,
    pub given: Option<Given>,
}

/// Only events of which another detection had this to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// It spoke.
    Spoken(Text),
    /// It would have spoken, had it learned for long enough.
    Learning(Text),
}

impl Given {
    /// As a file has it: one of them, or none.
    pub(crate) fn of(given: Option<Text>, while_learning: Option<Text>) -> Result<Option<Self>, String> {
        match (given, while_learning) {
            (Some(_), Some(_)) => Err("either `given` or `while_learning`".to_owned()),
            (given, while_learning) => Ok(given.map(Self::Spoken).or(while_learning.map(Self::Learning))),
        }
    }

    pub fn detection(&self) -> &Text {
        match self {
            Self::Spoken(detection) | Self::Learning(detection) => detection,
        }
    }
}

/// What was lately done, by whom.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    by: Map<Text, Window>,
    swept: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Window {
    /// By time, and those of one time as they came.
    recent: Vec<Recent>,
    open: Option<Box<Finding>>,
}

#[derive(Debug)]
struct Recent {
    time: Timestamp,
    value: Option<Text>,
    units: u64,
    event: Arc<Event>,
}

/// Judges the events of one detection.
pub(crate) struct Watching<'a> {
    pub detection: &'a Detection,
    rule: &'a Within,
    calendar: &'a Calendar,
    told: Told,
}

/// What a run has to say, before it is said.
#[derive(Default)]
struct Told {
    changed: BTreeSet<Text>,
    closed: Vec<Finding>,
}

/// What a detection is told of an event beside the event itself.
pub(crate) struct Hearing<'h> {
    /// Whether it may be learned from.
    pub may_learn: bool,
    /// Else, for which incident what it would teach is held.
    pub held_for: Option<IncidentId>,
    /// As far as its operation tells, the detection selects it.
    pub allows: bool,
    /// The detections that had something to say of it already.
    pub spoken: &'h [&'h Text],
    /// Those that would have had, had they learned for long enough.
    pub learning: &'h [&'h Text],
    /// Root of the lineage it is charged to.
    pub root: Option<&'h Text>,
}

impl Hearing<'_> {
    pub(crate) fn selects(&self, detection: &Detection, event: &Event) -> bool {
        self.allows && detection.selects_rest(event)
    }

    fn meets(&self, given: &Given) -> bool {
        match given {
            Given::Spoken(detection) => self.spoken.contains(&detection),
            Given::Learning(detection) => self.learning.contains(&detection),
        }
    }

    /// By whom it is counted. What a lineage does in many names it does as one.
    fn counted_by(&self, by: Field, event: &Event) -> Option<Text> {
        match (by, self.root) {
            (Field::User, Some(root)) => Some(root.clone()),
            _ => by.of(event).next().cloned(),
        }
    }
}

/// What a detection has to say of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Nothing,
    /// Something, had it learned for long enough.
    Learning,
    /// The event opened this finding, or joined it.
    Found(FindingId),
}

impl Said {
    pub(crate) fn of(finding: Option<FindingId>) -> Self {
        finding.map_or(Self::Nothing, Self::Found)
    }
}

impl<'a> Watching<'a> {
    pub(crate) fn new(detection: &'a Detection, rule: &'a Within, calendar: &'a Calendar) -> Self {
        Self { detection, rule, calendar, told: Told::default() }
    }

    /// Judges the next event in order. Says whether it has opened a finding or joined one.
    pub(crate) fn hear(&mut self, windows: &mut Windows, turn: &Turn, hearing: &Hearing<'_>) -> Option<FindingId> {
        let is_given = self.rule.given.as_ref().is_none_or(|given| hearing.meets(given));
        if !is_given || !hearing.selects(self.detection, &turn.event) {
            return None;
        }
        let key = hearing.counted_by(self.rule.by, &turn.event)?;
        match &turn.before {
            // It had its say; only what is new of it goes where it went.
            Some(before) if self.detection.selects(before) => self.amend(windows, key, before, &turn.event),
            _ => self.judge(windows, key, &turn.event),
        }
    }

    fn amend(&mut self, windows: &mut Windows, key: Text, before: &Event, event: &Event) -> Option<FindingId> {
        let open = windows.by.get_mut(&key)?.open.as_deref_mut().filter(|open| evidence::holds(open, before))?;
        evidence::amend(open, self.detection, before, event);
        self.told.changed.insert(key);
        Some(open.id)
    }

    fn judge(&mut self, windows: &mut Windows, key: Text, event: &Arc<Event>) -> Option<FindingId> {
        self.sweep(windows, event.time);
        let window = windows.by.entry(key.clone()).or_default();
        let ended = window.open.take_if(|open| event.time.duration_since(open.time) >= self.join_window());
        self.told.closed.extend(ended.filter(|_| self.told.changed.remove(&key)).map(|finding| *finding));
        if let Some(open) = &mut window.open {
            evidence::join(open, self.detection, event);
            self.told.changed.insert(key);
            return Some(open.id);
        }
        self.take(window, event);
        let reached = self.reached(window);
        if reached < self.rule.at_least {
            return None;
        }
        let finding = self.open(window, event, &key, reached);
        let id = finding.id;
        window.open = Some(Box::new(finding));
        self.told.changed.insert(key);
        Some(id)
    }

    /// A person found nothing wrong with an incident: what its findings were about is judged anew.
    pub(crate) fn release(&mut self, windows: &mut Windows, verdict: &Release) {
        let is_of_it = |open: &mut Box<Finding>| verdict.findings.contains(&open.id);
        let ended = windows.by.iter_mut().filter_map(|(key, window)| Some((key, window.open.take_if(is_of_it)?)));
        let untold: Vec<Finding> =
            ended.filter(|(key, _)| self.told.changed.remove(*key)).map(|(_, finding)| *finding).collect();
        self.told.closed.extend(untold);
    }

    /// The findings that were opened or have grown.
    pub(crate) fn close(self, windows: &Windows) -> Vec<Finding> {
        let open = self.told.changed.iter().filter_map(|key| windows.by.get(key)?.open.as_deref().cloned());
        let mut findings: Vec<Finding> = self.told.closed.into_iter().chain(open).collect();
        for finding in &mut findings {
            finding.message = self.detection.message.render(finding);
        }
        findings
    }

    fn take(&self, window: &mut Window, event: &Arc<Event>) {
        let oldest = event.time - self.span();
        if window.recent.first().is_some_and(|first| first.time < oldest) {
            let old = window.recent.partition_point(|recent| recent.time < oldest);
            window.recent.drain(..old);
        }
        let Some(of) = self.rule.of else { return self.add(window, event, None) };
        for value in of.of(event) {
            window.recent.retain(|recent| recent.value.as_ref() != Some(value));
            self.add(window, event, Some(value.clone()));
        }
    }

    fn add(&self, window: &mut Window, event: &Arc<Event>, value: Option<Text>) {
        let (time, units) = (event.time, self.rule.unit.of(event));
        if units > 0 {
            let place = window.recent.partition_point(|recent| recent.time <= time);
            window.recent.insert(place, Recent { time, value, units, event: Arc::clone(event) });
        }
    }

    fn reached(&self, window: &Window) -> u64 {
        match self.rule.of {
            Some(_) => window.recent.len() as u64,
            None => window.recent.iter().map(|recent| recent.units).fold(0, u64::saturating_add),
        }
    }

    fn open(&self, window: &mut Window, event: &Event, key: &Text, reached: u64) -> Finding {
        let value = self.rule.of.filter(|_| self.rule.at_least == 1).and_then(|of| of.of(event).next());
        let mut finding = evidence::open(self.detection, event, value.unwrap_or(key), vec![Scope::Account]);
        let mut joined = BTreeSet::new();
        for recent in std::mem::take(&mut window.recent) {
            if joined.insert(recent.event.id.clone()) {
                evidence::join(&mut finding, self.detection, &recent.event);
            }
        }
        finding.because = self.because(&finding, reached);
        finding
    }

    fn because(&self, finding: &Finding, reached: u64) -> Vec<String> {
        if self.rule.at_least == 1 {
            return vec![format!("{}, at {}", self.detection.title, self.time(finding.first_time))];
        }
        let what = match self.rule.of {
            Some(of) => plural(reached, &format!("different {}", of.as_str().trim_start_matches("vendor_"))),
            None => plural(reached, self.rule.unit.noun()),
        };
        let minutes = finding.last_time.duration_since(finding.first_time).as_mins().unsigned_abs();
        let took = if minutes == 0 { "less than a minute".to_owned() } else { plural(minutes, "minute") };
        vec![format!(
            "{what} in {took}; {} within {} are enough",
            self.rule.at_least,
            plural(u64::from(self.rule.minutes), "minute")
        )]
    }

    fn time(&self, time: Timestamp) -> String {
        self.calendar.zone().to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Once a day, principals are forgotten that have nothing in their window. What of their
    /// findings is still to be told is told.
    fn sweep(&mut self, windows: &mut Windows, now: Timestamp) {
        if windows.swept.is_some_and(|swept| now.duration_since(swept) < SignedDuration::from_hours(24)) {
            return;
        }
        windows.swept = Some(now);
        let (oldest, closing) = (now - self.span(), now - self.join_window());
        let told = &mut self.told;
        windows.by.retain(|key, window| {
            let is_kept = window.open.as_ref().is_some_and(|open| open.time > closing)
                || window.recent.last().is_some_and(|recent| recent.time >= oldest);
            if !is_kept && told.changed.remove(key) {
                told.closed.extend(window.open.take().map(|finding| *finding));
            }
            is_kept
        });
    }

    fn span(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.rule.minutes))
    }

    fn join_window(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.detection.join_hours))
    }
}
