//! All scenarios of all seeds under one disturbance, in a dozen numbers.

use serde::{Deserialize, Serialize};

use super::measure::Measure;
use crate::eval::label::Severity;
use crate::eval::scenarios::Scenario;

/// A share, as it is written: so many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) of: u64,
    pub(crate) are: u64,
}

/// The numbers that the scoreboard is about.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) recall_medium: Share,
    pub(crate) recall_high: Share,
    /// Of B1 to B11, variants included.
    pub(crate) false_high: Share,
    /// Benign stories that were taken for more than they may be taken for.
    pub(crate) above_ceiling: Share,
    pub(crate) one_incident: Share,
    pub(crate) most_incidents: u64,
    /// High within three decisive events.
    pub(crate) three_events: Share,
    /// High before 25 dollars were burnt.
    pub(crate) cheap: Share,
    pub(crate) median_decisive_events: Option<u64>,
    pub(crate) median_changes: Option<u64>,
    pub(crate) median_usd: Option<f64>,
    /// Medium before the first machine; of attacks that start one.
    pub(crate) before_machine: Share,
    pub(crate) root_named: Share,
    pub(crate) burn_right: Share,
    /// Low or above, in ordinary life.
    pub(crate) alerts_per_account_week: f64,
}

impl Share {
    pub(crate) fn of<T>(items: &[T], is: impl Fn(&T) -> bool) -> Self {
        Self { of: items.len() as u64, are: items.iter().filter(|item| is(item)).count() as u64 }
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.are, self.of)
    }
}

/// `account_weeks` is how much ordinary life one telling of `quiet` holds.
pub(crate) fn summary(measures: &[Measure], account_weeks: f64) -> Summary {
    let of = |keep: fn(&Scenario) -> bool| -> Vec<&Measure> {
        measures.iter().filter(|m| Scenario::named(&m.scenario).is_some_and(keep)).collect()
    };
    let attacks = of(Scenario::is_judged_for_recall);
    let with_burn: Vec<&Measure> = attacks.iter().copied().filter(|m| m.burn_right.is_some()).collect();
    let quiet: Vec<&Measure> = measures.iter().filter(|m| m.scenario == "quiet").collect();
    let alerts: u64 = quiet.iter().map(|m| m.alerts_beside + m.incidents).sum();
    Summary {
        recall_medium: Share::of(&attacks, |m| m.severity >= Severity::Medium),
        recall_high: Share::of(&attacks, |m| m.severity >= Severity::High),
        false_high: Share::of(&of(Scenario::must_not_be_high), |m| m.severity >= Severity::High),
        above_ceiling: Share::of(&of(|scenario| !scenario.is_attack()), |m| above_ceiling(m)),
        one_incident: Share::of(&attacks, |m| m.incidents == 1),
        most_incidents: attacks.iter().map(|m| m.incidents).max().unwrap_or_default(),
        three_events: Share::of(&attacks, |m| m.decisive_events.is_some_and(|events| events <= 3)),
        cheap: Share::of(&attacks, |m| m.usd.is_some_and(|usd| usd <= 25.0)),
        median_decisive_events: median(attacks.iter().filter_map(|m| m.decisive_events).collect()),
        median_changes: median(attacks.iter().filter_map(|m| m.changes).collect()),
        median_usd: median(attacks.iter().filter_map(|m| m.usd).collect()),
        before_machine: Share::of(&with_burn, |m| m.lead_seconds.is_some_and(|lead| lead > 0)),
        root_named: Share::of(&attacks, |m| m.root_named),
        burn_right: Share::of(&with_burn, |m| m.burn_right == Some(true)),
        alerts_per_account_week: alerts as f64 / (account_weeks * quiet.len().max(1) as f64),
    }
}

fn above_ceiling(measure: &Measure) -> bool {
    Scenario::named(&measure.scenario).is_some_and(|scenario| measure.severity > scenario.ceiling)
}

/// Of those that there are; an attack that was never seen burns for ever and is told by the recall.
pub(crate) fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    values.get(values.len().checked_sub(1)? / 2).copied()
}
