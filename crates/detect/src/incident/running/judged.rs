//! What a verdict means for an incident that is open, and what takes it out of the verdict again.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{FindingId, IncidentId, Judged, Reopened, Severity, Text};

use super::Running;
use crate::incident::{
    Teaching,
    scoring::Scoring,
    verdicts::{Judgement, Verdicts},
};

impl Running {
    pub(crate) fn id(&self) -> Option<IncidentId> {
        self.id
    }

    pub(crate) fn findings(&self) -> &BTreeSet<FindingId> {
        &self.findings
    }

    pub(crate) fn root(&self) -> &Text {
        &self.root
    }

    pub(crate) fn principals(&self) -> &[Text] {
        &self.principals
    }

    pub(crate) fn first_time(&self) -> Timestamp {
        self.first_time
    }

    pub(crate) fn last_time(&self) -> Timestamp {
        self.last_time
    }

    pub(crate) fn is_withheld(&self) -> bool {
        self.withheld
    }

    /// Which verdict did not hold: the one that ends here.
    pub(crate) fn reopened_until(&self) -> Option<Timestamp> {
        self.reopened.as_ref().map(|(until, _)| *until)
    }

    /// Whether what it does is not to be learnt: from medium on, unless a person has judged it. A
    /// verdict changes nothing of what it is about, only what comes after that.
    pub(crate) fn is_believed(&self, scoring: &Scoring, now: Timestamp) -> bool {
        match self.judgement(&scoring.verdicts).filter(|judgement| now > judgement.until) {
            Some(judgement) => !judgement.verdict.clears() || self.reopened(judgement).is_some(),
            None => self.severity >= Severity::Medium,
        }
    }

    /// Whether a person found nothing wrong with it, and nothing has come that speaks against that.
    pub(crate) fn is_cleared(&self, scoring: &Scoring) -> bool {
        let judgement = self.judgement(&scoring.verdicts);
        judgement.is_some_and(|judgement| judgement.verdict.clears() && self.reopened(judgement).is_none())
    }

    /// Whether it was cleared so long ago that what comes now is another incident: nobody is to
    /// hide behind a verdict of yesterday.
    pub(crate) fn is_behind_verdict(&self, scoring: &Scoring, now: Timestamp, quiet: SignedDuration) -> bool {
        let judgement = self.judgement(&scoring.verdicts);
        judgement.is_some_and(|judgement| now.duration_since(judgement.until) >= quiet) && self.is_cleared(scoring)
    }

    /// Takes what comes after a verdict for what it is.
    pub(super) fn weigh_verdict(&mut self, scoring: &Scoring, now: Timestamp) {
        if self.judgement(&scoring.verdicts).is_some_and(|judgement| now > judgement.until) {
            self.judge_again(scoring);
        }
    }

    /// Whether a verdict that clears it still goes with what is known.
    pub(crate) fn judge_again(&mut self, scoring: &Scoring) {
        let Some(judgement) = self.judgement(&scoring.verdicts) else { return };
        if !judgement.verdict.clears() || self.reopened(judgement).is_some() {
            return;
        }
        if let Some(reason) = self.exceeds(scoring, judgement) {
            self.reopened = Some((judgement.until, Reopened { time: self.last_time, reason }));
        }
    }

    fn exceeds(&self, scoring: &Scoring, judgement: &Judgement) -> Option<String> {
        if self.severity > judgement.severity {
            return Some(format!("it was {} when it was judged, and is {}", judgement.severity, self.severity));
        }
        let mut since = self.card.after(judgement.until);
        if let Some(fact) = since.certain() {
            return Some(format!("{} came after it was judged", fact.title));
        }
        let (score, severity) = since.judge(scoring);
        (severity >= Severity::Medium)
            .then(|| format!("what came after it was judged is {severity} by itself, with {score} points"))
    }

    /// What it taught from its beginning is to be taken back, if it was not yet.
    pub(crate) fn withhold(&mut self) -> Option<Teaching> {
        let incident = self.id.filter(|_| !self.withheld)?;
        self.withheld = true;
        Some(Teaching::TakeBack { incident, principals: self.principals.clone(), since: self.first_time })
    }

    /// What it taught is learnt after all.
    pub(crate) fn release(&mut self) {
        self.withheld = false;
    }

    /// As it is told with the incident.
    pub(super) fn verdict(&self, scoring: &Scoring) -> Option<Judged> {
        let judgement = self.judgement(&scoring.verdicts)?;
        let Judgement { verdict, ref by, at, ref reason, until, severity, .. } = *judgement;
        let reopened = self.reopened(judgement).cloned();
        Some(Judged { verdict, by: by.clone(), at, reason: reason.clone(), until, severity, reopened })
    }

    fn judgement<'v>(&self, verdicts: &'v Verdicts) -> Option<&'v Judgement> {
        if verdicts.is_empty() { None } else { verdicts.on(self.id?) }
    }

    /// What was judged anew since is judged by that.
    fn reopened(&self, judgement: &Judgement) -> Option<&Reopened> {
        let (until, reopened) = self.reopened.as_ref()?;
        (*until == judgement.until).then_some(reopened)
    }
}
