//! The nouns of Davy. Plain data: no I/O, no clock, no runtime.
//!
//! Event fields bear the names of Splunk's CIM *Change* data model, so that an
//! analyst who knows it knows ours.

mod compute;
mod coverage;
mod drift;
mod event;
mod few;
mod field;
mod finding;
mod id;
mod incident;
mod outcome;
mod quantity;
mod reject;
mod selection;
mod verdict;

pub use compute::{Compute, Requested};
pub use coverage::{Coverage, ProductCoverage, Span};
pub use drift::Drift;
pub use event::{
    Accelerator, Action, Begotten, Event, Instance, Operation, Principal, Stage, UserClass, VendorProduct,
};
pub use few::Few;
pub use field::{Field, Values};
pub use finding::{Finding, Scope};
pub use id::{EventId, FindingId, IncidentId};
pub use incident::{
    BurnPoint, Crossing, Incident, IncidentStage, IncidentStatus, Instances, Moment, Object, ScoreTerm, Severity, Usd,
};
pub use outcome::Outcome;
pub use quantity::Quantity;
pub use reject::Reject;
pub use selection::Selection;
pub use verdict::{Judged, Reopened, Verdict};

/// Text taken from a log: written by whoever made the request, hence never trusted.
pub type Text = arcstr::ArcStr;

/// A word of ours as a text, made once.
#[macro_export]
macro_rules! text {
    ($word:literal) => {{
        static WORD: std::sync::LazyLock<$crate::Text> = std::sync::LazyLock::new(|| $word.into());
        &*WORD
    }};
}
