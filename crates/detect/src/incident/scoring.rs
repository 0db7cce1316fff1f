//! What a score is made of: the points of each detection, the caps of their groups, what the
//! context takes away, and which facts leave no doubt.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{Field, IncidentStage, ScoreTerm, Severity, Text};
use serde::{Deserialize, Serialize};

use super::{declared::Window, verdicts::Verdicts};
use crate::Error;

/// What a detection is worth in an incident: its `[score]` block.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    pub group: Group,
    /// When it happened.
    pub points: u32,
    /// When it was only tried.
    pub refused: u32,
    pub stage: IncidentStage,
    /// No context speaks against it.
    #[serde(default)]
    pub certain: bool,
    /// It is about whoever is called what this field says first, by name or by access key, and
    /// not about who acted: a provider that disables a leaked key speaks of the key.
    pub about: Option<Field>,
}

/// Signals of one group say much the same, so that what they add together is capped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Identity,
    Recon,
    Capability,
    Breadth,
    Failures,
    Evasion,
}

impl Group {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Recon => "recon",
            Self::Capability => "capability",
            Self::Breadth => "breadth",
            Self::Failures => "failures",
            Self::Evasion => "evasion",
        }
    }
}

/// How incidents are scored: `scoring.toml` of a story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    pub severity: Thresholds,
    pub caps: BTreeMap<Group, u32>,
    pub context: Discounts,
    pub fresh_identity: FreshIdentity,
    /// An incident ends when nothing more came of it for so long. Below medium, its terms are
    /// forgotten after the same time, so that small things do not add up over weeks.
    pub quiet_hours: u32,
    /// What was made is charged to its maker for so long.
    pub young_days: u32,
    /// Kinds of object that are paid for by themselves, and start no machine that the log would
    /// show: what runs is counted by them.
    #[serde(default)]
    pub billed: BTreeSet<Text>,
    #[serde(default)]
    pub one_fact: Vec<OneFact>,
    #[serde(default)]
    pub floors: Vec<Floor>,
    /// The change calendar; a file of its own.
    #[serde(skip)]
    pub windows: Vec<Window>,
    /// What people made of incidents; a file of its own.
    #[serde(skip)]
    pub verdicts: Verdicts,
}

/// The least score of each severity.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    pub low: u32,
    pub medium: u32,
    pub high: u32,
    pub critical: u32,
}

/// To act under an identity that the same lineage made a little while ago.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreshIdentity {
    pub points: u32,
    /// It is fresh for so long.
    pub hours: u32,
}

/// The term of [`FreshIdentity`], by which a floor can name it.
pub(crate) const FRESH_IDENTITY: &str = "fresh_identity";

/// Points that context takes away.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discounts {
    /// Launched by a service for a parent that is older than the log or than `young_days`.
    pub old_parent: u32,
    /// A role or service account that has launched for a fortnight or longer.
    pub seasoned_automation: u32,
    /// Inside a window that somebody declared, and within what was declared.
    pub declared: u32,
    /// Nothing is left of what was started, and it cost less than `gone_again_usd`.
    #[serde(default)]
    pub gone_again: u32,
    #[serde(default)]
    pub gone_again_usd: f64,
}

/// Detections that tell the same fact, so that only the highest of them counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneFact {
    pub of: BTreeSet<Text>,
}

/// Facts that together leave no doubt: every one of `all`, and one of `any` unless it is empty.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    pub severity: Severity,
    pub reason: Text,
    #[serde(default)]
    pub all: BTreeSet<Text>,
    #[serde(default)]
    pub any: BTreeSet<Text>,
}

impl Scoring {
    /// Checks the text of a scoring file against the detections that are loaded.
    pub fn parse(text: &str, detections: &BTreeSet<&str>) -> Result<Self, Error> {
        let scoring: Self = toml::from_str(text)
            .map_err(|source| Error::Toml { detection: "scoring".to_owned(), source: Box::new(source) })?;
        scoring.check(detections).map_err(|problem| Error::Detection { detection: "scoring".to_owned(), problem })?;
        Ok(scoring)
    }

    fn check(&self, detections: &BTreeSet<&str>) -> Result<(), String> {
        let Thresholds { low, medium, high, critical } = self.severity;
        if !(0 < low && low < medium && medium < high && high < critical) {
            return Err("severity: low < medium < high < critical is expected".to_owned());
        }
        for floor in &self.floors {
            if floor.all.is_empty() && floor.any.is_empty() {
                return Err(format!("floor `{}` names no detection", floor.reason));
            }
            let is_known = |name: &&Text| detections.contains(&***name) || ***name == *FRESH_IDENTITY;
            if let Some(unknown) = floor.all.iter().chain(&floor.any).find(|name| !is_known(name)) {
                return Err(format!("floor `{}`: there is no detection `{unknown}`", floor.reason));
            }
        }
        Ok(())
    }

    /// What else tells the fact that this detection tells.
    fn same_as<'s>(&'s self, detection: &'s str) -> impl Iterator<Item = &'s Text> {
        let told_by = self.one_fact.iter().filter(|fact| fact.of.contains(detection));
        told_by.flat_map(|fact| &fact.of).filter(move |other| ***other != *detection)
    }

    fn cap(&self, group: &str) -> i64 {
        let cap = self.caps.iter().find(|(known, _)| known.as_str() == group);
        cap.map_or(i64::MAX, |(_, cap)| i64::from(*cap))
    }

    fn of_points(&self, points: u32) -> Severity {
        let Thresholds { low, medium, high, critical } = self.severity;
        match points {
            _ if points >= critical => Severity::Critical,
            _ if points >= high => Severity::High,
            _ if points >= medium => Severity::Medium,
            _ if points >= low => Severity::Low,
            _ => Severity::Informational,
        }
    }
}

/// The terms of one incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scorecard {
    terms: Vec<Counted>,
    /// What they come to, until one of them changes: a flood says the same again and again.
    #[serde(skip)]
    judged: Option<(u32, Severity)>,
}

/// A term, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    term: ScoreTerm,
    certain: bool,
    /// When it was last said.
    last: Timestamp,
}

/// The group of what context takes away.
pub(crate) const CONTEXT: &str = "context";

impl Scorecard {
    /// Counts a term in. A signal counts once, at its highest; `term` is asked for only if it
    /// changes anything, for a flood says the same again and again.
    pub(crate) fn count(
        &mut self,
        signal: &str,
        points: i32,
        certain: bool,
        now: Timestamp,
        term: impl FnOnce() -> ScoreTerm,
    ) {
        let Some(known) = self.terms.iter_mut().find(|known| *known.term.signal == *signal) else {
            self.terms.push(Counted { term: term(), certain, last: now });
            self.judged = None;
            return;
        };
        known.last = known.last.max(now);
        if certain && !known.certain {
            known.certain = true;
            self.judged = None;
        }
        if known.term.points.abs() < points.abs() {
            known.term = term();
            self.judged = None;
        }
    }

    /// Whether the fact that a detection tells stands there already, for as many points.
    pub(crate) fn says_as_much(&self, scoring: &Scoring, detection: &str, points: i32) -> bool {
        let mut others = scoring.same_as(detection);
        others.any(|other| self.terms().any(|term| term.signal == *other && term.points >= points))
    }

    /// A term that no longer holds.
    pub(crate) fn withdraw(&mut self, signal: &str) {
        self.forget(|counted| *counted.term.signal == *signal);
    }

    /// Counts in what another card holds.
    pub(crate) fn absorb(&mut self, other: Self) {
        for Counted { term, certain, last } in other.terms {
            self.count(&term.signal.clone(), term.points, certain, last, || term);
        }
    }

    /// What was last said before `time` is forgotten.
    pub(crate) fn forget_before(&mut self, time: Timestamp) {
        self.forget(|counted| counted.last < time);
    }

    /// Only what was said after `time`.
    pub(crate) fn after(&self, time: Timestamp) -> Self {
        Self { terms: self.terms.iter().filter(|counted| counted.last > time).cloned().collect(), judged: None }
    }

    /// Whether anything speaks against the principal.
    pub(crate) fn accuses(&self) -> bool {
        self.terms.iter().any(|counted| &*counted.term.group != CONTEXT)
    }

    pub(crate) fn terms(&self) -> impl Iterator<Item = &ScoreTerm> {
        self.terms.iter().map(|counted| &counted.term)
    }

    /// Whether a fact is among them that no context speaks against.
    pub(crate) fn is_certain(&self) -> bool {
        self.certain().is_some()
    }

    /// The first fact that no context speaks against.
    pub(crate) fn certain(&self) -> Option<&ScoreTerm> {
        self.terms.iter().find(|counted| counted.certain).map(|counted| &counted.term)
    }

    /// The capped sum, and the severity that it or a floor gives. Where context speaks for the
    /// principal there is a doubt, and only the points count.
    pub(crate) fn judge(&mut self, scoring: &Scoring) -> (u32, Severity) {
        let judged = self.judged.unwrap_or_else(|| self.judgement(scoring));
        *self.judged.insert(judged)
    }

    fn judgement(&self, scoring: &Scoring) -> (u32, Severity) {
        let score = self.score(scoring);
        let has_doubt = !self.is_certain() && self.terms().any(|term| &*term.group == CONTEXT);
        let floors = scoring.floors.iter().filter(|floor| !has_doubt && self.meets(floor));
        let floor = floors.map(|floor| floor.severity).max();
        (score, scoring.of_points(score).max(floor.unwrap_or(Severity::Informational)))
    }

    fn forget(&mut self, is_it: impl Fn(&Counted) -> bool) {
        let before = self.terms.len();
        self.terms.retain(|counted| !is_it(counted));
        if self.terms.len() != before {
            self.judged = None;
        }
    }

    fn score(&self, scoring: &Scoring) -> u32 {
        let mut groups: BTreeMap<&str, i64> = BTreeMap::new();
        for term in self.terms() {
            *groups.entry(&term.group).or_default() += i64::from(term.points);
        }
        let context = groups.remove(CONTEXT).unwrap_or(0);
        let sum: i64 = groups.into_iter().map(|(group, points)| points.min(scoring.cap(group))).sum();
        let score = if self.is_certain() { sum } else { sum + context };
        u32::try_from(score.max(0)).unwrap_or(u32::MAX)
    }

    fn meets(&self, floor: &Floor) -> bool {
        let has = |name: &Text| self.terms().any(|term| term.signal == *name);
        floor.all.iter().all(has) && (floor.any.is_empty() || floor.any.iter().any(has))
    }
}
