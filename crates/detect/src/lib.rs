//! Events and memory to findings.
//!
//! Knows no cloud, does no I/O, reads no clock: the same events and the same memory give the
//! same findings and the same next memory.

mod baseline;
mod calendar;
pub mod catalog;
mod counts;
mod coverage;
mod density;
mod descriptions;
mod detection;
mod detector;
mod dispatch;
mod error;
mod evidence;
mod held;
mod hours;
mod ids;
mod incident;
mod lookup;
mod memory;
mod message;
mod names;
mod novelty;
mod operations;
mod plan;
mod pricing;
mod sets;
mod snapshot;
mod sparse;
mod table;
mod window;

pub use baseline::{Baseline, Entry, Seen};
pub use calendar::{Calendar, Day, Hour, HourGroup};
pub use counts::Counts;
pub use density::{Fit, fit_groups};
pub use detection::{AbnormalCount, Detection, Kind, Lookup, Model, NewValue, Risk, SameAs, Unit};
pub use detector::Detector;
pub use error::Error;
pub use evidence::MAX_EVIDENCE;
pub use incident::{
    Discounts, Floor, FreshIdentity, Group, Judgement, OneFact, Remembered, Score, Scoring, Thresholds, Verdicts,
    Window,
};
pub use lookup::{LookupOf, export_lookup, import_lookup};
pub use memory::{Batch, Forget, Forgotten, Memory};
pub use message::{Message, plural};
pub use plan::{Containment, Measure, Phase, Plan, Step};
pub use sets::Sets;
pub use snapshot::{read_memory, write_memory};
pub use sparse::{Moments, PRIOR_COUNT};
pub use window::{Given, Within};
