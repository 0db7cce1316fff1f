//! Acme's ordinary life: what every scenario happens in the middle of.
//!
//! Three clouds, in the proportions of a company that began on AWS. Everything is decided by the
//! seed and the day, so one history serves all scenarios of a seed.

pub(crate) mod automation;
pub(crate) mod azure;
pub(crate) mod cast;
pub(crate) mod fleets;
pub(crate) mod google;
pub(crate) mod people;
pub(crate) mod readers;

use jiff::Timestamp;
use serde_json::Value;

use super::entry::Entry;
use super::story::Story;
use crate::sample::calendar::Day;

/// How much life there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    pub(crate) seed: u64,
    /// Days before the day of the scenario.
    pub(crate) days: i64,
    /// Background reads: 1 is some five hundred a day.
    pub(crate) scale: u64,
}

impl Life {
    /// The day on which scenarios happen. Life goes on around them, and on the day after.
    pub(crate) fn scenario_day(&self) -> Day {
        Day { number: self.days }
    }

    /// Midnight before the first day of the last `days` days of history.
    pub(crate) fn begins(&self, days: i64) -> Timestamp {
        Day { number: self.days - days }.at(0, 0, 0)
    }

    /// Everything from the first day to the day after the scenario's.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        (0..self.days + 2).flat_map(|number| self.day(Day { number })).collect()
    }

    fn day(&self, day: Day) -> Vec<Entry> {
        ROUTINES.iter().flat_map(|(name, routine)| self.routine(day, name, *routine)).collect()
    }

    /// Each routine has random numbers of its own, so that a change in one leaves the others as they were.
    fn routine(&self, day: Day, name: &str, routine: Routine) -> Vec<Entry> {
        let mut story = Story::new(&format!("life {name} {}", day.number), self.seed, day.at(0, 0, 0));
        routine(&mut story, &Today { day, last: self.days, scale: self.scale });
        story.entries
    }
}

/// What a routine knows of the day.
pub(crate) struct Today {
    pub(crate) day: Day,
    /// The number of the scenario's day.
    pub(crate) last: i64,
    pub(crate) scale: u64,
}

impl Today {
    pub(crate) fn works(&self) -> bool {
        !self.day.is_weekend()
    }

    /// Scenarios tell the nightly batch and the weekly rollout of their own days themselves.
    pub(crate) fn is_history(&self) -> bool {
        self.day.number < self.last
    }
}

/// No answer, or none that is logged.
pub(crate) const NOTHING: Value = Value::Null;

type Routine = fn(&mut Story, &Today);

const ROUTINES: &[(&str, Routine)] = &[
    ("people", people::work),
    ("newcomers", people::workbenches),
    ("builds", automation::builds),
    ("terraform", automation::terraform),
    ("packer", automation::packer),
    ("rollout", automation::weekly_rollout),
    ("batch", automation::nightly_batch),
    ("karpenter", fleets::karpenter),
    ("auto scaling", fleets::auto_scaling),
    ("monitoring", readers::monitoring),
    ("users", readers::users),
    ("workloads", readers::workloads),
    ("google", google::day),
    ("azure", azure::day),
];
