//! What the decoders did not know: the schema of a provider has drifted away from ours.

use serde::Serialize;

/// One thing about compute that was met and not understood: a status, an operation, a shape.
/// The event was kept as far as it could be; this says what may be missing from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// What was not known, e.g. ``Azure status `Canceling` ``. A sentence in lower case,
    /// without a full stop. Quotes the log.
    pub what: String,
    /// How often.
    pub records: u64,
    /// The file in which it was met first.
    pub path: String,
    /// Where that record begins, in bytes of the unpacked content.
    pub offset: u64,
    /// The beginning of that record, as written.
    pub sample: String,
}
