//! `new_value`: the state machine of novelty, for one detection.
//!
//! For each value of an event, in event order:
//!
//! 1. The value is *novel* in a scope that never saw it, or saw it last 90 days ago or longer.
//! 2. A scope whose coverage is younger than the warm-up is *learning*: it stays silent.
//! 3. An open finding on the value takes the event in for a day; else novelty opens one.
//! 4. Only what really ran is learned. A refused launch is judged, and teaches nothing: else a
//!    thief's first failure would make his region, image and type known (D4).
//!
//! Warm-up is a property of the coverage, decided without looking at what is being judged.
//! The original took it from the run's own rows, so that a lone launch at night in a new region,
//! the textbook attack, was the one it missed (D1).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{Event, Field, Finding, FindingId, IncidentId, Outcome, Scope, Text};

use crate::{
    baseline::{Baseline, Known, Seen},
    calendar::{Calendar, Day, days_between},
    coverage::Starts,
    detection::{Detection, NewValue},
    evidence,
    incident::Release,
    memory::Turn,
    message::plural,
    operations::REMEMBERED,
    window::{Hearing, Said},
};

/// The account of an event that names none.
static NOWHERE: Text = Text::new();

/// Judges the events of one detection against its baseline.
pub(crate) struct Novelty<'a> {
    pub detection: &'a Detection,
    rule: &'a NewValue,
    calendar: &'a Calendar,
    starts: &'a Starts,
    /// Of the day of the event judged last.
    bounds: Option<Bounds>,
    told: Told,
    /// When the last turn was.
    last: Option<Timestamp>,
    /// Whether what is judged may be learned.
    may_learn: bool,
    /// Else, for which incident it is held.
    held_for: Option<IncidentId>,
    /// What was said of the event that is being judged.
    spoken: Option<FindingId>,
}

/// The bounds that one day gives: at or before these midnights.
#[derive(Clone, Copy)]
struct Bounds {
    day: Day,
    warm_up: Timestamp,
    forget: Timestamp,
}

/// One value of one event, before the court.
struct Case<'c> {
    event: &'c Event,
    /// As it was judged before, if it was, on this value.
    before: Option<&'c Event>,
    account: &'c Text,
    value: &'c Text,
    /// What the value stands for; mostly itself.
    key: &'c Text,
    bounds: Bounds,
    imported_since: Option<Timestamp>,
    learns_since: Option<Timestamp>,
}

/// Where a value stands in one scope at one moment.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Known,
    Novel,
    Learning,
}

/// What a run has to say, before it is said.
#[derive(Default)]
struct Told {
    /// Open findings that were opened or have grown, by value and account.
    changed: BTreeSet<(Text, Text)>,
    /// Findings that a later one on the same value has replaced.
    closed: Vec<Finding>,
}

impl<'a> Novelty<'a> {
    pub(crate) fn new(
        detection: &'a Detection,
        rule: &'a NewValue,
        calendar: &'a Calendar,
        starts: &'a Starts,
    ) -> Self {
        Self {
            detection,
            rule,
            calendar,
            starts,
            bounds: None,
            told: Told::default(),
            last: None,
            may_learn: true,
            held_for: None,
            spoken: None,
        }
    }

    /// Judges the next event in order, and learns from it if that is allowed. Says whether it
    /// has opened a finding or joined one, or would have, had it learned for long enough.
    pub(crate) fn hear(&mut self, baseline: &mut Baseline, turn: &Turn, hearing: &Hearing<'_>) -> Said {
        let silent = baseline.learning;
        self.last = Some(turn.time);
        (self.may_learn, self.held_for) = (hearing.may_learn, hearing.held_for);
        self.note_copies(baseline, &turn.event);
        if hearing.selects(self.detection, &turn.event) {
            let bounds = self.bounds(turn.event.time);
            self.judge_event(baseline, bounds, turn);
        }
        match self.spoken.take() {
            None if baseline.learning > silent => Said::Learning,
            spoken => Said::of(spoken),
        }
    }

    /// Fetches what the next events will be judged by.
    pub(crate) fn look_ahead(&self, baseline: &Baseline, turns: &[Turn]) {
        let values = turns.iter().flat_map(|turn| self.rule.field.of(&turn.event));
        baseline.values.fetch(values, Known::touch);
    }

    /// The findings that were opened or have grown.
    pub(crate) fn close(self, baseline: &mut Baseline) -> Vec<Finding> {
        // What joined at the last moment may end as late as this.
        let bound = self.last.and_then(|last| last.checked_sub(self.join_window() + REMEMBERED).ok());
        let findings = self.collect(baseline);
        if let Some(bound) = bound {
            baseline.close_before(bound);
        }
        findings
    }

    /// A person found nothing wrong with an incident: what it taught by `until` is learnt, and
    /// what its findings were about is judged anew from now on.
    pub(crate) fn release(&mut self, baseline: &mut Baseline, verdict: &Release) {
        baseline.release(verdict.incident, verdict.until);
        for (_, value, account) in &baseline.open {
            let known = baseline.values.get_mut(value);
            let ended = known.and_then(|known| known.end_open(account, |open| verdict.findings.contains(&open.id)));
            if let Some(finding) = ended.filter(|_| self.told.changed.remove(&(value.clone(), account.clone()))) {
                self.told.closed.push(*finding);
            }
        }
    }

    fn bounds(&mut self, time: Timestamp) -> Bounds {
        match self.bounds {
            Some(bounds) if bounds.day.contains(time) => bounds,
            _ => {
                let day = self.calendar.day(time);
                let warm_up = self.calendar.days_before(&day, self.rule.warm_up_days);
                let forget = self.calendar.days_before(&day, self.rule.forget_after_days);
                *self.bounds.insert(Bounds { day, warm_up, forget })
            }
        }
    }

    /// A copy of something stands for what it was copied from, and so does a copy of the copy (D21).
    fn note_copies(&self, baseline: &mut Baseline, event: &Event) {
        let Some(same_as) = &self.rule.same_as else { return };
        if event.outcome != Outcome::Ok || !same_as.selection.matches(event) {
            return;
        }
        let Some(original) = same_as.of.of(event).next() else { return };
        let original = baseline.copies.get(original).unwrap_or(original).clone();
        for copy in same_as.copy.of(event) {
            baseline.copies.insert(copy.clone(), original.clone());
        }
    }

    fn judge_event(&mut self, baseline: &mut Baseline, bounds: Bounds, turn: &Turn) {
        let event = &*turn.event;
        let before = turn.before.as_deref().filter(|before| self.detection.selects(before));
        let vouched = self.imported(baseline, event).cloned();
        for (position, value) in self.rule.field.of(event).enumerate() {
            let original = baseline.copies.get(value).cloned();
            let key = original.as_ref().unwrap_or(value);
            let stands_for = |value| baseline.copies.get(value).unwrap_or(value);
            // Two copies of one image in one launch are one value.
            if self.rule.field.of(event).take(position).any(|earlier| stands_for(earlier) == key) {
                continue;
            }
            let case = Case {
                event,
                before: before.filter(|before| self.rule.field.of(before).any(|judged| judged == value)),
                account: event.vendor_account.as_ref().unwrap_or(&NOWHERE),
                value,
                key,
                bounds,
                imported_since: baseline.imported_since,
                learns_since: baseline.learns_since,
            };
            self.judge(baseline, &case, vouched.clone());
        }
    }

    fn judge(&mut self, baseline: &mut Baseline, case: &Case<'_>, vouched: Option<Seen>) {
        let known = baseline.values.get_or_insert_with(case.key, Known::default);
        if known.organization.is_none() {
            known.organization = vouched;
        }
        let place = known.position(case.account).ok();
        let joined = self.amend(known, case).or_else(|| self.join(known.open_at(place), case));
        if joined.is_some() {
            self.speak(joined);
            self.told.changed.insert((case.key.clone(), case.account.clone()));
        } else if let Some(opened) = self.open(known, place, &mut baseline.learning, case) {
            self.speak(Some(opened.id));
            baseline.open.push((case.event.time, case.key.clone(), case.account.clone()));
            let replaced = known.account_mut(case.account).open.replace(Box::new(opened));
            let untold = !self.told.changed.insert((case.key.clone(), case.account.clone()));
            self.told.closed.extend(replaced.filter(|_| untold).map(|finding| *finding));
        }
        let is_lesson = self.is_lesson(case);
        if is_lesson && self.may_learn {
            learn(known, place, case);
            return;
        }
        if known.is_empty() {
            baseline.values.remove(case.key);
        }
        if let Some(incident) = self.held_for.filter(|_| is_lesson)
            && let Some(held) = baseline.held.value_mut(incident, case.key)
        {
            learn(held, held.position(case.account).ok(), case);
        }
    }

    /// An event that was judged before has had its say; what is new of it goes where it went.
    fn amend(&self, known: &mut Known, case: &Case<'_>) -> Option<FindingId> {
        let before = case.before?;
        let open = known.open_mut(case.account).filter(|open| evidence::holds(open, before))?;
        evidence::amend(open, self.detection, before, case.event);
        Some(open.id)
    }

    fn join(&self, open: Option<&mut Finding>, case: &Case<'_>) -> Option<FindingId> {
        let open = open.filter(|_| case.before.is_none());
        let open = open.filter(|open| case.event.time.duration_since(open.time).abs() < self.join_window())?;
        evidence::join(open, self.detection, case.event);
        Some(open.id)
    }

    fn speak(&mut self, finding: Option<FindingId>) {
        self.spoken = self.spoken.or(finding);
    }

    fn open(&self, known: &Known, place: Option<usize>, learning: &mut u64, case: &Case<'_>) -> Option<Finding> {
        if case.before.is_some() {
            return None;
        }
        let standing = |scope: &Scope| (*scope, self.standing(seen(known, place, *scope), case, *scope));
        let standings = || self.rule.scopes.iter().map(standing);
        let (mut is_novel, mut is_learning) = (false, false);
        for (_, standing) in standings() {
            is_novel |= standing == Standing::Novel;
            is_learning |= standing == Standing::Learning;
        }
        if !is_novel {
            *learning += u64::from(is_learning);
            return None;
        }
        let standings: Vec<(Scope, Standing)> = standings().collect();
        let novel = standings.iter().filter(|(_, standing)| *standing == Standing::Novel);
        let novel = novel.map(|(scope, _)| *scope).collect();
        let mut finding = evidence::open(self.detection, case.event, case.value, novel);
        evidence::join(&mut finding, self.detection, case.event);
        finding.because = self.because(|scope| seen(known, place, scope), case, &standings);
        Some(finding)
    }

    fn standing(&self, seen: Option<&Seen>, case: &Case<'_>, scope: Scope) -> Standing {
        // A sighting later than this event means that it arrived late: the later one has spoken.
        if seen.is_some_and(|seen| seen.last_seen > case.bounds.forget) {
            return Standing::Known;
        }
        let covered = match scope {
            Scope::Account => self.starts.account(case.account),
            Scope::Organization => self.starts.organization().into_iter().chain(case.imported_since).min(),
        };
        let covered = covered.map(|start| start.max(case.learns_since.unwrap_or(start)));
        if covered.is_some_and(|start| start <= case.bounds.warm_up) { Standing::Novel } else { Standing::Learning }
    }

    /// Only what ran is learned, and only once. Nobody becomes known by doing something in
    /// nobody's name (D16).
    fn is_lesson(&self, case: &Case<'_>) -> bool {
        let is_learned = case.before.is_some_and(|before| before.outcome == Outcome::Ok);
        let in_a_name = case.event.user.attributed || !matches!(self.rule.field, Field::User | Field::UserName);
        case.event.outcome == Outcome::Ok && !is_learned && in_a_name
    }

    fn imported<'b>(&self, baseline: &'b Baseline, event: &Event) -> Option<&'b Seen> {
        let field = self.rule.lookup.as_ref()?.field?;
        field.of(event).find_map(|value| baseline.imported.get(value))
    }

    /// A sentence a scope: where the value is new first, and the widest scope before the others.
    fn because<'k>(
        &self,
        seen: impl Fn(Scope) -> Option<&'k Seen>,
        case: &Case<'_>,
        standings: &[(Scope, Standing)],
    ) -> Vec<String> {
        let (novel, other): (Vec<_>, Vec<_>) =
            standings.iter().rev().partition(|(_, standing)| *standing == Standing::Novel);
        let mut reasons: Vec<String> = novel
            .into_iter()
            .chain(other)
            .map(|(scope, standing)| self.reason(seen(*scope), case, *scope, standing))
            .collect();
        if case.key != case.value {
            reasons.push(format!("a copy of {}", case.key));
        }
        if !case.event.user.attributed {
            reasons.push("the log does not say who acted, and such an actor never becomes known".to_owned());
        }
        reasons
    }

    fn reason(&self, seen: Option<&Seen>, case: &Case<'_>, scope: Scope, standing: &Standing) -> String {
        let place = match scope {
            Scope::Account => format!("account {}", case.account),
            Scope::Organization => "the organization".to_owned(),
        };
        match (standing, seen) {
            (Standing::Learning, _) => format!("{place} is still learning what is normal"),
            (Standing::Known, Some(seen)) => {
                format!("known in {place} since {}, seen {}", self.date(seen.first_seen), plural(seen.events, "time"))
            }
            (_, Some(seen)) => format!(
                "last seen in {place} on {}, {} days before, and forgotten after {}",
                self.date(seen.last_seen),
                days_between(seen.last_seen, case.event.time),
                self.rule.forget_after_days
            ),
            (_, None) => format!("never seen in {place}{}", self.since(case, scope)),
        }
    }

    fn since(&self, case: &Case<'_>, scope: Scope) -> String {
        let start = match scope {
            Scope::Account => self.starts.account(case.account),
            Scope::Organization => self.starts.organization(),
        };
        start.map_or_else(String::new, |start| {
            let days = u64::try_from(days_between(start, case.event.time)).unwrap_or(0);
            format!(" in {} of logs", plural(days, "day"))
        })
    }

    fn date(&self, time: Timestamp) -> String {
        self.calendar.zone().to_datetime(time).date().to_string()
    }

    fn join_window(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.detection.join_hours))
    }

    fn collect(self, baseline: &mut Baseline) -> Vec<Finding> {
        let mut findings = self.told.closed;
        for (key, account) in self.told.changed {
            let open = baseline.values.get_mut(&key).and_then(|known| known.open_mut(&account));
            findings.extend(open.map(|open| open.clone()));
        }
        for finding in &mut findings {
            finding.message = self.detection.message.render(finding);
        }
        findings
    }
}

fn seen(known: &Known, place: Option<usize>, scope: Scope) -> Option<&Seen> {
    match scope {
        Scope::Organization => known.organization.as_ref(),
        Scope::Account => known.accounts[place?].seen.as_ref(),
    }
}

/// `place`: of the account, if it was known before this event.
fn learn(known: &mut Known, place: Option<usize>, case: &Case<'_>) {
    sight(&mut known.organization, case);
    let account = match place {
        Some(place) => &mut known.accounts[place],
        None => known.account_mut(case.account),
    };
    sight(&mut account.seen, case);
}

/// A forgotten entry is replaced: its old life does not vouch for the new one.
fn sight(place: &mut Option<Seen>, case: &Case<'_>) {
    let (time, user) = (case.event.time, &case.event.user.id);
    match place {
        Some(seen) if seen.last_seen > case.bounds.forget => seen.again(time, user),
        _ => *place = Some(Seen::once(time, user)),
    }
}
