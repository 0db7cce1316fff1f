//! Ordinary life: what happens on a day on which nothing happens.
//!
//! Every value that ordinary life uses is in use in the first week, except for the few that a
//! detection is meant to notice. They are listed in the parent module.

mod fleet;
mod jobs;
mod people;

use super::calendar::Day;
use super::record::Record;

/// All that is logged on this day, routine by routine.
pub(crate) fn day(day: Day) -> Vec<Record> {
    ROUTINES.iter().flat_map(|routine| routine(day)).collect()
}

const ROUTINES: &[fn(Day) -> Vec<Record>] = &[
    fleet::auto_scaling,
    fleet::karpenter,
    jobs::builds,
    jobs::nightly_batch,
    jobs::terraform,
    jobs::backup,
    jobs::monitoring,
    people::production,
    people::development,
    people::new_colleague,
];
