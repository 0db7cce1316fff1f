//! `abnormal_count`: more in an hour than the model allows, for one detection.
//!
//! Counts are of instances (D9), of successes only, in hours of absolute time. The finding
//! appears with the event that crosses the bound, not when the hour is over; the original
//! judged each clock hour in two pieces, of 50 and 10 minutes, against whole hours (D8).
//!
//! The model is rebuilt at the midnight that begins each week, from the days before it, and
//! replaces the old one as a whole. In the first fortnight, when a week-old model would still
//! lack rows for some group of hours, it is rebuilt every midnight.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use model::{Event, EventId, Finding, FindingId, IncidentId, Scope, Text};

use crate::{
    baseline::{Entry, Seen},
    calendar::{Calendar, Day, Hour, HourGroup},
    coverage::Starts,
    density::{Fit, fit_groups},
    detection::{AbnormalCount, Detection, Model},
    evidence,
    held::{HeldCounts, HeldSeries},
    hours::Hours,
    memory::Turn,
    message::plural,
    sparse::Moments,
    table::Table,
    window::Hearing,
};

/// From here on every group of hours has its rows within a model that is built once a week.
const SETTLED_DAYS: u16 = 14;

/// Hourly counts of one detection, and the model built from them.
#[derive(Debug, Default)]
pub struct Counts {
    /// Of the whole estate, by hour; empty hours are not stored.
    pub(crate) total: Hours,
    /// Of each value of the `by` field; their sum is `total`.
    pub(crate) series: Table<Series>,
    pub(crate) built: Option<Built>,
    /// The detection is younger than what else is remembered: it counts since then.
    pub(crate) learns_since: Option<Timestamp>,
    pub(crate) learning: u64,
    /// What incidents would have taught.
    pub(crate) held: HeldCounts,
}

/// The counts of one principal.
#[derive(Debug, Default)]
pub(crate) struct Series {
    pub account: Text,
    pub hours: Hours,
    /// The hour being counted.
    pub(crate) current: Option<Current>,
    pub(crate) open: Option<Box<Finding>>,
    /// The bound under the model built last: fitted when first asked for.
    pub(crate) bound: Option<(Timestamp, Bound)>,
}

#[derive(Debug)]
pub(crate) struct Current {
    hour: Hour,
    count: u64,
    /// The events counted so far, kept until they are in a finding. Each counts at least one,
    /// so there are never more of them than the bound allows.
    events: Vec<Arc<Event>>,
}

/// A model: of which hours, and for the estate what they gave.
#[derive(Debug)]
pub(crate) struct Built {
    /// Nothing was counted before.
    covered_since: Timestamp,
    start: Timestamp,
    end: Timestamp,
    groups: BTreeMap<HourGroup, Fit>,
}

/// What is normal, in one hour, and on what grounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    upper: f64,
    mean: f64,
    rows: u32,
    group: Option<HourGroup>,
    degenerate: bool,
}

impl Counts {
    /// Judgements that could not be made: the model had too few hours.
    pub fn learning(&self) -> u64 {
        self.learning
    }

    /// The fits of the model built last, by group of hours.
    pub fn fits(&self) -> impl Iterator<Item = (HourGroup, &Fit)> {
        self.built.iter().flat_map(|built| built.groups.iter().map(|(group, fit)| (*group, fit)))
    }

    /// What each principal launched: first and last hour, and how much in all.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.series.iter().filter_map(|(value, series)| series.entry(value)).collect();
        entries.sort_by(|a, b| (&a.value, &a.account).cmp(&(&b.value, &b.account)));
        entries
    }

    /// Takes back what these principals launched since then. Returns how many hours went.
    pub fn unlearn(&mut self, principals: &[Text], since: Timestamp) -> usize {
        let first = Hour::of(since);
        let mut taken = 0;
        for principal in principals {
            let Some(series) = self.series.get_mut(principal) else { continue };
            for (hour, count) in series.hours.split_off(first).iter() {
                taken += 1;
                self.total.take_back(hour, count);
            }
        }
        taken
    }

    /// Takes back the same, and keeps it for when the incident is judged.
    pub(crate) fn withhold(&mut self, incident: IncidentId, principals: &[Text], since: Timestamp) {
        let first = Hour::of(since);
        for principal in principals {
            let Some(series) = self.series.get(principal) else { continue };
            for (hour, units) in series.hours.iter().filter(|(hour, _)| *hour >= first) {
                self.held.add(incident, (principal, &series.account), hour, units);
            }
        }
        self.unlearn(principals, since);
    }

    /// Learns what was held of an incident, up to the hour of `until`.
    pub(crate) fn release(&mut self, incident: IncidentId, until: Timestamp) {
        for (value, HeldSeries { account, hours }) in self.held.release(incident, until) {
            let series = self.series.get_or_insert_with(&value, || Series { account, ..Series::default() });
            for (hour, units) in hours.iter() {
                series.hours.add(hour, units);
                self.total.add(hour, units);
            }
        }
    }

    /// Unlearns everything a principal launched, in the estate's totals too. Returns how many hours went.
    pub fn forget(&mut self, value: &str) -> usize {
        let Some(series) = self.series.remove(&value.into()) else { return 0 };
        self.built = None;
        for (hour, count) in series.hours.iter() {
            self.total.take_back(hour, count);
        }
        series.hours.len()
    }
}

/// Counts and judges the events of one detection.
pub(crate) struct Counting<'a> {
    pub detection: &'a Detection,
    rule: &'a AbnormalCount,
    calendar: &'a Calendar,
    starts: &'a Starts,
    /// Of the event counted last.
    day: Option<Day>,
    group: Option<(Hour, HourGroup)>,
    told: Told,
    /// Whether what is counted may be learned.
    may_learn: bool,
    /// Else, for which incident it is held.
    held_for: Option<IncidentId>,
    /// What was said of the event that is being judged.
    spoken: Option<FindingId>,
}

/// What a run has to say, before it is said.
#[derive(Default)]
struct Told {
    changed: BTreeSet<Text>,
    closed: Vec<Finding>,
}

impl<'a> Counting<'a> {
    pub(crate) fn new(
        detection: &'a Detection,
        rule: &'a AbnormalCount,
        calendar: &'a Calendar,
        starts: &'a Starts,
    ) -> Self {
        Self {
            detection,
            rule,
            calendar,
            starts,
            day: None,
            group: None,
            told: Told::default(),
            may_learn: true,
            held_for: None,
            spoken: None,
        }
    }

    /// Counts and judges the next event in order, and learns from it if that is allowed. Says
    /// whether it has opened a finding or joined one.
    pub(crate) fn hear(&mut self, counts: &mut Counts, turn: &Turn, hearing: &Hearing<'_>) -> Option<FindingId> {
        if !hearing.selects(self.detection, &turn.event) {
            return None;
        }
        if self.day.is_none_or(|day| !day.contains(turn.event.time)) {
            let today = self.calendar.day(turn.event.time);
            self.rebuild_if_due(counts, &today);
            self.day = Some(today);
        }
        let before = turn.before.as_deref().filter(|before| self.detection.selects(before));
        if let Some(before) = before {
            self.uncount(counts, before);
        }
        (self.may_learn, self.held_for) = (hearing.may_learn, hearing.held_for);
        for value in self.rule.by.of(&turn.event) {
            self.count(counts, &turn.event, before, value);
        }
        self.spoken.take()
    }

    /// Fetches what the next events will be judged by.
    pub(crate) fn look_ahead(&self, counts: &Counts, turns: &[Turn]) {
        let values = turns.iter().flat_map(|turn| self.rule.by.of(&turn.event));
        counts.series.fetch(values, Series::touch);
    }

    /// The findings that were opened or have grown.
    pub(crate) fn close(self, counts: &Counts) -> Vec<Finding> {
        let mut findings = self.told.closed;
        for value in self.told.changed {
            let open = counts.series.get(&value).and_then(|series| series.open.as_deref());
            findings.extend(open.cloned());
        }
        for finding in &mut findings {
            finding.message = self.detection.message.render(finding);
        }
        findings
    }

    fn rebuild_if_due(&self, counts: &mut Counts, today: &Day) {
        let Some(covered_since) = self.starts.organization().max(counts.learns_since) else { return };
        let end = self.due(covered_since, today);
        if counts.built.as_ref().is_none_or(|built| built.end < end) {
            self.rebuild(counts, covered_since, end);
        }
    }

    /// The midnight up to which today's model is built.
    fn due(&self, covered_since: Timestamp, today: &Day) -> Timestamp {
        let week = self.calendar.week_start(today);
        let settled = self.calendar.days_before(&self.calendar.day(week), SETTLED_DAYS);
        if covered_since <= settled { week } else { today.start() }
    }

    fn rebuild(&self, counts: &mut Counts, covered_since: Timestamp, end: Timestamp) {
        let start = self.calendar.days_before(&self.calendar.day(end), self.rule.window_days);
        let oldest = Hour::of(start);
        counts.total.forget_before(oldest);
        counts.series.retain(|_, series| {
            series.hours.forget_before(oldest);
            !series.hours.is_empty() || series.open.is_some()
        });
        let groups = match self.rule.model {
            Model::Exponential => {
                fit_groups(self.rows(&counts.total, start.max(covered_since), end), self.rule.threshold)
            }
            Model::NegativeBinomial => BTreeMap::new(),
        };
        counts.built = Some(Built { covered_since, start, end, groups });
    }

    /// Every hour of the covered window is a row, the empty ones too, also before the first
    /// launch and after the last (D12).
    fn rows(&self, total: &Hours, start: Timestamp, end: Timestamp) -> impl Iterator<Item = (HourGroup, f64)> {
        Hour::each(hours(start, end)).map(|hour| (self.calendar.group(hour), total.get(hour) as f64))
    }

    /// What was counted before more was known of it is counted anew.
    fn uncount(&self, counts: &mut Counts, before: &Event) {
        let (hour, units) = (Hour::of(before.time), self.rule.unit.of(before));
        for value in self.rule.by.of(before) {
            let Some(series) = counts.series.get_mut(value) else { continue };
            series.take_back(hour, units, &before.id);
            counts.total.take_back(hour, units);
        }
    }

    fn count(&mut self, counts: &mut Counts, event: &Arc<Event>, before: Option<&Event>, value: &Text) {
        let (hour, units) = (Hour::of(event.time), self.rule.unit.of(event));
        if units == 0 {
            return;
        }
        let series = counts.series.get_or_insert_with(value, || Series::of(event));
        if self.may_learn {
            series.hours.add(hour, units);
            counts.total.add(hour, units);
        } else if let Some(incident) = self.held_for {
            // What was held of it before more was known of it is held already.
            let more = units.saturating_sub(before.map_or(0, |before| self.rule.unit.of(before)));
            counts.held.add(incident, (value, &series.account), hour, more);
        }
        let Some(built) = &counts.built else { return };
        let is_past = !series.advance(hour, units, self.may_learn);
        if self.amend(series, event, before, value) || is_past {
            return;
        }
        match self.bound(built, series, hour) {
            Some(bound) => self.judge(series, event, value, &bound),
            None => counts.learning += u64::from(before.is_none()),
        }
    }

    /// An event that is in a finding has been judged; what is new of it goes where it went.
    fn amend(&mut self, series: &mut Series, event: &Event, before: Option<&Event>, value: &Text) -> bool {
        let Some(before) = before else { return false };
        let Some(open) = series.open.as_deref_mut().filter(|open| evidence::holds(open, before)) else { return false };
        evidence::amend(open, self.detection, before, event);
        self.spoken = Some(open.id);
        self.told.changed.insert(value.clone());
        true
    }

    fn group(&mut self, hour: Hour) -> HourGroup {
        match self.group {
            Some((known, group)) if known == hour => group,
            _ => self.group.insert((hour, self.calendar.group(hour))).1,
        }
    }

    fn bound(&mut self, built: &Built, series: &mut Series, hour: Hour) -> Option<Bound> {
        let bound = match self.rule.model {
            Model::Exponential => {
                let group = self.group(hour);
                let fit = built.groups.get(&group)?;
                let (upper, mean, degenerate) = (fit.upper, fit.mean(), fit.is_degenerate());
                Bound { upper, mean, rows: fit.rows, group: Some(group), degenerate }
            }
            // A count that is never abnormal needs no bound, and most are.
            Model::NegativeBinomial if series.count() < self.rule.min_count => {
                let rows = Hour::count(&self.own_window(built, series));
                Bound { upper: f64::INFINITY, mean: 0.0, rows, group: None, degenerate: false }
            }
            Model::NegativeBinomial => self.own_bound(built, series),
        };
        (bound.rows >= self.rule.min_rows).then_some(bound)
    }

    fn own_bound(&self, built: &Built, series: &mut Series) -> Bound {
        if let Some((end, bound)) = series.bound
            && end == built.end
        {
            return bound;
        }
        let window = self.own_window(built, series);
        let moments = if window.is_empty() {
            Moments::default()
        } else {
            Moments::of(Hour::count(&window), series.hours.within(&window).map(|(_, count)| count as f64))
        };
        let rows = moments.rows;
        let upper = moments.upper(self.rule.threshold) as f64;
        let bound = Bound { upper, mean: moments.mean(), rows, group: None, degenerate: false };
        series.bound = Some((built.end, bound));
        bound
    }

    /// The hours of the model that were read of the principal's account.
    fn own_window(&self, built: &Built, series: &Series) -> Range<Hour> {
        let covered_since = self.starts.account(&series.account).unwrap_or(built.end);
        hours(built.start.max(built.covered_since).max(covered_since), built.end)
    }

    fn judge(&mut self, series: &mut Series, event: &Arc<Event>, value: &Text, bound: &Bound) {
        let Some(current) = &mut series.current else { return };
        let abnormal = current.count as f64 > bound.upper && current.count >= self.rule.min_count;
        if !abnormal {
            current.events.push(Arc::clone(event));
            return;
        }
        let mut joining = std::mem::take(&mut current.events);
        joining.push(Arc::clone(event));
        let ended = series.open.take_if(|open| event.time.duration_since(open.time) >= self.join_window());
        self.told.closed.extend(ended.filter(|_| self.told.changed.remove(value)).map(|finding| *finding));
        let open =
            series.open.get_or_insert_with(|| Box::new(evidence::open(self.detection, event, value, self.scopes())));
        for event in &joining {
            evidence::join(open, self.detection, event);
        }
        self.explain(open, current, bound);
        self.spoken = Some(open.id);
        self.told.changed.insert(value.clone());
    }

    /// The finding speaks of its hour with the largest excess.
    fn explain(&self, finding: &mut Finding, current: &Current, bound: &Bound) {
        let excess = current.count as f64 - bound.upper;
        if finding.distance_from_threshold.is_some_and(|known| known >= excess) {
            return;
        }
        finding.distance_from_threshold = Some(excess);
        finding.expected_upper_threshold = Some(bound.upper);
        let start = self.calendar.zone().to_datetime(current.hour.start());
        let count = plural(current.count, self.rule.unit.noun());
        let normal = if bound.upper < 1.0 {
            "none is normal".to_owned()
        } else {
            format!("at most {:.1} are normal", bound.upper)
        };
        finding.because =
            vec![format!("{count} in the hour from {}, {normal}", start.strftime("%H:%M")), self.grounds(bound)];
    }

    fn grounds(&self, bound: &Bound) -> String {
        let (rows, mean, threshold) = (bound.rows, bound.mean, self.rule.threshold);
        match bound.group {
            Some(group) if bound.degenerate => {
                format!("all {rows} hours on {group} were alike, with {mean:.1} in the whole estate")
            }
            Some(group) => format!(
                "exponential model of the whole estate, {rows} hours on {group}: mean {mean:.2} an hour, bound at {threshold}"
            ),
            None => format!(
                "negative binomial model of this principal, {rows} hours: mean {mean:.3} an hour, bound at {threshold}"
            ),
        }
    }

    fn scopes(&self) -> Vec<Scope> {
        match self.rule.model {
            Model::Exponential => vec![Scope::Organization],
            Model::NegativeBinomial => vec![Scope::Account],
        }
    }

    fn join_window(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.detection.join_hours))
    }
}

impl Series {
    fn of(event: &Event) -> Self {
        Self { account: event.vendor_account.clone().unwrap_or_default(), ..Self::default() }
    }

    /// Reads what a judgement will read.
    fn touch(&self) -> u64 {
        let last = self.hours.iter().next_back().map_or(0, |(_, count)| count);
        let first = self.current.as_ref().and_then(|current| current.events.first());
        last + first.map_or(0, |event| u64::from(event.count))
    }

    /// Of the hour being counted.
    fn count(&self) -> u64 {
        self.current.as_ref().map_or(0, |current| current.count)
    }

    fn entry(&self, value: &Text) -> Option<Entry> {
        let (first, _) = self.hours.iter().next()?;
        let (last, _) = self.hours.iter().next_back()?;
        let events = self.hours.iter().map(|(_, count)| count).sum();
        let seen = Seen { first_seen: first.start(), last_seen: last.start(), events, last_user: value.clone() };
        Some(Entry { value: value.clone(), account: Some(self.account.clone()), seen })
    }

    /// Counts on in the hour being counted, or begins the next; after a restart an hour goes on
    /// from what was learned of it. False for an hour that is past: what arrives that late is
    /// learned, not judged.
    fn advance(&mut self, hour: Hour, units: u64, learned: bool) -> bool {
        let just_learned = if learned { units } else { 0 };
        let so_far = self.hours.get(hour).saturating_sub(just_learned);
        let current = self.current.get_or_insert_with(|| Current { hour, count: so_far, events: Vec::new() });
        if current.hour > hour {
            return false;
        }
        if current.hour < hour {
            (current.hour, current.count) = (hour, so_far);
            current.events.clear();
        }
        current.count += units;
        true
    }

    fn take_back(&mut self, hour: Hour, units: u64, event: &EventId) {
        self.hours.take_back(hour, units);
        if let Some(current) = self.current.as_mut().filter(|current| current.hour == hour) {
            current.count = current.count.saturating_sub(units);
            current.events.retain(|counted| counted.id != *event);
        }
    }
}

/// The whole hours from `start` to `end`.
fn hours(start: Timestamp, end: Timestamp) -> Range<Hour> {
    Hour::ceil(start)..Hour::of(end)
}
